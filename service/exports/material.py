"""What an export shows of a lesson, in order: every distinct excerpt numbered once and checked against the library."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from ingest.dates import chinese_date
from ingest.numerals import to_chinese
from ingest.types import Document, Span
from service.answering.verify import check
from service.exports.bibliography import entry
from service.exports.words import (
    REPLACEMENT,
    book_title,
    joined,
    one_line,
    page_numbers,
    printable,
)
from service.lesson.types import Excerpt, ExcerptState, Lesson, Part, Point, Section
from service.types import Citation

OWN = "讲课人补充"
ANSWERS = "参考答案"
_STATES = {
    ExcerptState.SUPERSEDED: ("已有新版本或已失效", "这份资料已有新的版本，或已不再有效，使用前请核对。"),
    ExcerptState.MOVED: ("原文位置有变动", "资料已经改动，这段文字还在，位置已按现在的原文标注。"),
    ExcerptState.VANISHED: (
        "原文已找不到",
        "资料库里已没有这份资料，或其中已没有这段文字，请勿作为原文引用。",
    ),
}
_UNPRINTABLE = f"原文含有文件格式不能保存的控制字符，以 {REPLACEMENT} 代替。"


@dataclass(frozen=True, slots=True)
class Cited:
    """An excerpt with its number in the export, from 1; ``source`` is its entry after GB/T 7714.

    ``again`` where the same words of the same place have been shown before, under the same number. ``flag`` and ``remark`` say in Chinese what is to be known of it; both empty where it is what the library has.
    ``holds`` tells whether the words stood in the library, at this place, when the export was made.
    """

    number: int
    citation: Citation
    source: str
    flag: str
    remark: str
    holds: bool
    again: bool = False

    @property
    def quote(self) -> str:
        """The stored quote, each character that XML forbids as U+FFFD."""
        return printable(self.citation.quote)

    @property
    def place(self) -> str:
        """第四章 › 第十二条，第3页; empty where neither is known."""
        return joined((one_line(self.citation.location), page_numbers(self.citation.pages)))

    @property
    def reference(self) -> str:
        """Source and place as one line: what a footnote says."""
        return self.source + (f" {self.place}。" if self.place else "")

    @property
    def verdict(self) -> str:
        """What the check found, where in the text, and by which hash the text can be told."""
        span, sha = self.citation.span, self.citation.text_sha256
        found = "核对一致" if self.holds else "未核对一致"
        return f"{found}；全文第{span.start + 1}至{span.end}字，文本校验值{sha[:16]}。"

    @property
    def warning(self) -> str:
        """Flag and remark as one sentence; empty where there is nothing to say."""
        return f"〔{self.flag}〕{self.remark}" if self.flag else self.remark


@dataclass(frozen=True, slots=True)
class ShownPoint:
    """A point with its number in the section, from 1, and its excerpts."""

    number: int
    point: Point
    cited: tuple[Cited, ...]

    @property
    def text(self) -> str:
        """The line of the point, on one line; where it is just its first excerpt, what that is from instead."""
        text = one_line(self.point.text)
        if self.cited and not self.point.own and text == one_line(self.cited[0].quote):
            return f"{book_title(one_line(self.cited[0].citation.title))}{self.cited[0].place}"
        return text + (f"【{OWN}】" if self.point.own else "")


@dataclass(frozen=True, slots=True)
class ShownSection:
    """A section with its number, from 1."""

    number: int
    section: Section
    points: tuple[ShownPoint, ...]

    @property
    def heading(self) -> str:
        """一、导入."""
        return f"{to_chinese(self.number)}、{one_line(self.section.title)}"

    @property
    def is_quiz(self) -> bool:
        """Whether its answers are to stand apart from its questions."""
        return self.section.part is Part.QUIZ


@dataclass(frozen=True, slots=True)
class Material:
    """A lesson as an export shows it."""

    lesson: Lesson
    sections: tuple[ShownSection, ...]

    @property
    def cited(self) -> Iterator[Cited]:
        """Each distinct excerpt, in the order of their numbers."""
        shown = (cited for section in self.sections for point in section.points for cited in point.cited)
        return (cited for cited in shown if not cited.again)

    @property
    def sources(self) -> tuple[str, ...]:
        """The entries of the documents, each once, as first cited."""
        return tuple(dict.fromkeys(cited.source for cited in self.cited))

    @property
    def about(self) -> tuple[str, ...]:
        """Two lines at most: for whom and how long; as of which day."""
        lesson = self.lesson
        audience = f"授课对象：{one_line(lesson.audience)}" if lesson.audience else ""
        minutes = f"时长：{lesson.minutes}分钟" if lesson.minutes else ""
        return tuple(filter(None, (joined((audience, minutes), "　"), chinese_date(lesson.updated[:10]))))


def material(lesson: Lesson, documents: Mapping[str, Document]) -> Material:
    """Number the excerpts of ``lesson`` and check each against ``documents``, by id; those that are gone are missing."""
    known: dict[tuple[str, Span, str], Cited] = {}
    sections = []
    for place, section in enumerate(lesson.sections, 1):
        points = []
        for ordinal, point in enumerate(section.points, 1):
            cited = tuple(_numbered(excerpt, known, documents) for excerpt in point.excerpts)
            points.append(ShownPoint(ordinal, point, cited))
        sections.append(ShownSection(place, section, tuple(points)))
    return Material(lesson, tuple(sections))


def _numbered(
    excerpt: Excerpt, known: dict[tuple[str, Span, str], Cited], documents: Mapping[str, Document]
) -> Cited:
    """The excerpt under its number: a new one, or the one it was shown under before."""
    citation = excerpt.citation
    key = (citation.document_id, citation.span, citation.quote)
    if key in known:
        return replace(known[key], again=True)
    known[key] = checked(len(known) + 1, excerpt, documents)
    return known[key]


def checked(number: int, excerpt: Excerpt, documents: Mapping[str, Document]) -> Cited:
    """An excerpt under its number, its words compared with those of its document as the library has it."""
    citation = excerpt.citation
    document = documents.get(citation.document_id)
    verdict = (
        check(document, citation.span, citation.quote, citation.text_sha256) if document is not None else None
    )
    holds = verdict is not None and verdict.ok and excerpt.state is not ExcerptState.VANISHED
    flag, remark = "", ""
    if excerpt.state is not ExcerptState.CURRENT:
        flag, remark = _STATES[excerpt.state]
        remark = one_line(excerpt.remark) or remark
    elif verdict is None:
        flag, remark = "未能核对", "导出时资料库里没有这份资料。"
    elif not verdict.ok:
        flag, remark = "核对不符", f"{verdict.reason}。"
    if printable(citation.quote) != citation.quote:
        remark += _UNPRINTABLE
    return Cited(number, citation, entry(citation, document), flag, remark, holds)
