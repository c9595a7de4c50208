"""A lesson as Markdown: its parts, every quote with its number, the sources, and what the check at export found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ingest.numerals import to_chinese
from ingest.types import Document
from service.answering.compose import escape
from service.exports.material import ANSWERS, OWN, Cited, Material, ShownPoint, ShownSection, material
from service.exports.words import one_line, printable
from service.lesson.types import Lesson


def lesson_markdown(lesson: Lesson, documents: Mapping[str, Document]) -> str:
    """``service.exports.lesson_markdown``."""
    shown = material(lesson, documents)
    blocks = [f"# {_inline(lesson.title or lesson.topic)}", *map(_inline, shown.about)]
    for section in shown.sections:
        blocks += _section(section)
    blocks += _sources(shown)
    return "\n\n".join(blocks) + "\n"


def quoted(text: str) -> str:
    """``text`` as a block quote, line for line."""
    return "\n".join(f"> {escape(line)}".rstrip() for line in printable(text).split("\n"))


def _inline(text: str) -> str:
    return escape(one_line(text))


def _section(shown: ShownSection) -> Iterator[str]:
    section = shown.section
    yield f"## {escape(shown.heading)}" + (f"（{section.minutes}分钟）" if section.minutes else "")
    if section.missing:
        yield f"**缺：** {_inline(section.missing)}"
    for point in shown.points:
        yield from _question(point) if shown.is_quiz else _point(point)
    if shown.is_quiz and any(point.point.answer or point.cited for point in shown.points):
        yield f"### {ANSWERS}"
        for point in shown.points:
            if point.point.answer:
                yield f"{point.number}\\. {_inline(point.point.answer)}"
            yield from _quotes(point)


def _point(shown: ShownPoint) -> Iterator[str]:
    yield f"### （{to_chinese(shown.number)}）{escape(shown.text)}"
    yield from _quotes(shown)
    yield from _remarks(shown)


def _question(shown: ShownPoint) -> Iterator[str]:
    yield f"{shown.number}\\. {escape(shown.text)}"
    yield from _remarks(shown)


def _quotes(shown: ShownPoint) -> Iterator[str]:
    """The excerpts of a point; of those that the reader has seen before only their numbers."""
    for cited in shown.cited:
        if not cited.again:
            yield from _quote(cited)
    if before := "".join(f"[{cited.number}]" for cited in shown.cited if cited.again):
        yield f"（原文见{before}）"


def _quote(cited: Cited) -> Iterator[str]:
    yield f"{quoted(cited.quote)}\n>\n> ——[{cited.number}] {escape(cited.reference)}"
    if cited.warning:
        yield f"**{escape(cited.warning)}**"


def _remarks(shown: ShownPoint) -> Iterator[str]:
    for warning in shown.point.warnings:
        yield f"**注意：** {_inline(warning)}"
    if shown.point.note.strip():
        yield f"【{OWN}】{escape(printable(shown.point.note.strip()))}"


def _sources(shown: Material) -> Iterator[str]:
    if not shown.sources:
        return
    yield "## 参考文献"
    yield "\n".join(f"- \\[{number}\\] {escape(source)}" for number, source in enumerate(shown.sources, 1))
    yield "## 附录：引文原文核对"
    yield "\n".join(
        f"- \\[{cited.number}\\] {escape(cited.reference)} {cited.verdict}" for cited in shown.cited
    )
