"""A lesson as a Word file: 时间安排, its parts with every excerpt footnoted, 参考文献, and 附录 with the originals as checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ingest.numerals import to_chinese
from ingest.types import Document
from service.exports.material import ANSWERS, OWN, Cited, Material, ShownPoint, ShownSection, material
from service.exports.word_package import TEXT_WIDTH, word_file
from service.exports.word_quotes import originals
from service.exports.wordml import Footnotes, page_break, paragraph, run, table
from service.exports.words import one_line, printable
from service.lesson.types import Lesson

_COLUMNS = (1100, TEXT_WIDTH - 1100 - 1700, 1700)


def lesson_word(lesson: Lesson, documents: Mapping[str, Document]) -> bytes:
    """``service.exports.lesson_word``."""
    shown = material(lesson, documents)
    footnotes = Footnotes()
    body = [
        paragraph("Title", run(one_line(lesson.title or lesson.topic))),
        *(paragraph("Subtitle", run(line)) for line in shown.about),
        *_agenda(shown),
        *(part for section in shown.sections for part in _section(section, footnotes)),
        *_sources(shown),
        *_appendix(shown),
    ]
    return word_file(lesson.title or lesson.topic, body, footnotes, lesson.updated)


def _agenda(shown: Material) -> Iterator[str]:
    rows = [
        (to_chinese(section.number), one_line(section.section.title), _minutes(section.section.minutes))
        for section in shown.sections
    ]
    if rows:
        yield paragraph("Subtitle")  # room above the table
        yield table(("序号", "环节", "时长"), rows, _COLUMNS)


def _minutes(minutes: int) -> str:
    return f"{minutes}分钟" if minutes else ""


def _section(shown: ShownSection, footnotes: Footnotes) -> Iterator[str]:
    section = shown.section
    minutes = _minutes(section.minutes)
    yield paragraph("Heading1", run(shown.heading + (f"（{minutes}）" if minutes else "")))
    if section.missing:
        yield paragraph("Notice", run(one_line(section.missing)))
    for point in shown.points:
        yield from _question(point) if shown.is_quiz else _point(point, footnotes)
    answers = [point for point in shown.points if point.point.answer or point.cited] if shown.is_quiz else []
    if answers:
        yield paragraph("Heading2", run(ANSWERS))
    for point in answers:
        yield from _answer(point, footnotes)


def _point(shown: ShownPoint, footnotes: Footnotes) -> Iterator[str]:
    yield paragraph("Heading2", run(f"（{to_chinese(shown.number)}）{shown.text}"))
    yield from _quotes(shown, footnotes)
    yield from _remarks(shown)


def _question(shown: ShownPoint) -> Iterator[str]:
    yield paragraph("Question", run(f"{shown.number}. {shown.text}"))
    yield from _remarks(shown)


def _answer(shown: ShownPoint, footnotes: Footnotes) -> Iterator[str]:
    answer = one_line(shown.point.answer) or "见下列原文。"
    yield paragraph("Question", run(f"{shown.number}. {answer}"))
    yield from _quotes(shown, footnotes)


def _quotes(shown: ShownPoint, footnotes: Footnotes) -> Iterator[str]:
    """The excerpts of a point; of those that the reader has seen before only where."""
    for cited in shown.cited:
        if not cited.again:
            yield from _quote(cited, footnotes)
    if before := [cited for cited in shown.cited if cited.again]:
        numbers = [part for cited in before for part in (run("、注"), footnotes.see(cited.number))][1:]
        yield paragraph("BodyText", run("（原文见注"), *numbers, run("）"))


def _quote(cited: Cited, footnotes: Footnotes) -> Iterator[str]:
    """The excerpt word for word, a paragraph for each of its lines, its footnote behind the last."""
    *before, last = cited.quote.split("\n")
    yield from (paragraph("Quote", run(line)) for line in before)
    notes = (cited.reference, *([cited.warning] if cited.warning else []))
    yield paragraph("Quote", run(last), footnotes.add(*notes))
    if cited.warning:
        yield paragraph("Notice", run(cited.warning))


def _remarks(shown: ShownPoint) -> Iterator[str]:
    for warning in shown.point.warnings:
        yield paragraph("Notice", run(f"注意：{one_line(warning)}"))
    if shown.point.note.strip():
        yield paragraph("OwnWords", run(f"【{OWN}】", "Label"), run(printable(shown.point.note)))


def _sources(shown: Material) -> Iterator[str]:
    if not shown.sources:
        return
    yield paragraph("Heading1", run("参考文献"))
    for number, source in enumerate(shown.sources, 1):
        yield paragraph("Bibliography", run(f"[{number}] {source}"))


def _appendix(shown: Material) -> Iterator[str]:
    """Each excerpt once more under the number of its footnote, with what the check at export found."""
    cited = list(shown.cited)
    if not cited:
        return
    good = sum(one.holds for one in cited)
    yield page_break()
    yield paragraph("Heading1", run("附录：引文原文核对"))
    yield paragraph(
        "BodyText",
        run(f"编号与脚注相同。导出时与资料库逐字核对：共{len(cited)}条，一致{good}条，其余见各条说明。")
        if good < len(cited)
        else run(f"编号与脚注相同。导出时与资料库逐字核对：共{len(cited)}条，全部一致。"),
    )
    for one in cited:
        yield from originals(f"{one.number}. ", one)
