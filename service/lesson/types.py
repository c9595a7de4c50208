"""What a 党课 lesson is made of. ``service.api.lesson_models`` gives these their published JSON form."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from service.types import Citation


class Part(StrEnum):
    """The parts of a lesson, in the order in which trainers give them."""

    OPENING = "opening"  # 导入
    WHY = "why"  # 为什么：理论与要求
    WHAT = "what"  # 是什么：概念与政策规定
    VIEW = "view"  # 怎么看：问题与成因
    HOW = "how"  # 怎么办：做法与案例
    DISCUSSION = "discussion"  # 讨论题
    QUIZ = "quiz"  # 自测题
    READING = "reading"  # 延伸阅读


class ExcerptState(StrEnum):
    """What has become of an excerpt since it was taken: the library is looked at each time a lesson is opened."""

    CURRENT = "current"
    SUPERSEDED = "superseded"  # the document has a newer version, or is no longer in force
    MOVED = "moved"  # the document changed, the words are still in it: the citation names where they are now
    VANISHED = "vanished"  # the document is gone, or the words are no longer in it


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A verbatim excerpt with what has become of it; ``remark`` says so in Chinese, empty where it is current."""

    citation: Citation
    state: ExcerptState = ExcerptState.CURRENT
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a part, pinned to its excerpts.

    ``id`` is unique in the lesson and stays with the point when it is moved. ``text`` is the line on the slide: words
    of the source (a heading, a lead sentence), or the trainer's where ``own``. ``note`` is what the trainer adds, shown
    as theirs. ``answer`` is that of a question of the 自测题, words of the excerpts. ``warnings`` say what has to be known, such
    as figures of different dates that differ.
    """

    id: str
    text: str
    excerpts: tuple[Excerpt, ...] = ()
    own: bool = False
    note: str = ""
    answer: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the lesson; ``missing`` says in Chinese what the library has nothing for, empty where it has."""

    part: Part
    title: str
    minutes: int
    points: tuple[Point, ...] = ()
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson as it is kept. ``revision`` rises by one with each save; times are ISO in UTC, ``minutes`` the whole length."""

    id: str
    topic: str
    title: str
    audience: str
    minutes: int
    sections: tuple[Section, ...]
    revision: int = 1
    created: str = ""
    updated: str = ""
