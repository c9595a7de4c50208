"""An answer as a Word file: its points with superscript numbers, and the sources with their quotes as checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ingest.types import Document
from service.api.models import AnswerOut
from service.exports.answer import NOT_VERBATIM, ShownAnswer, ShownClaim, shown_answer
from service.exports.word_package import word_file
from service.exports.word_quotes import originals
from service.exports.wordml import Footnotes, paragraph, run
from service.exports.words import one_line
from service.lesson.types import Excerpt


def answer_word(answer: AnswerOut, excerpts: Sequence[Excerpt], documents: Mapping[str, Document]) -> bytes:
    """``service.exports.answer_word``."""
    shown = shown_answer(answer, excerpts, documents)
    return word_file(shown.title, list(_body(shown)), Footnotes())


def _body(shown: ShownAnswer) -> Iterator[str]:
    yield paragraph("Title", run(shown.title))
    if shown.understood:
        yield paragraph("Subtitle", run(shown.understood))
    if shown.introduction:
        yield paragraph("BodyText", run(shown.introduction))
    for claim in shown.claims:
        if claim.group:
            yield paragraph("Heading2", run(claim.group))
        yield _claim(claim)
    yield from (paragraph("BodyText", run(line)) for line in shown.prose)
    for note in shown.answer.notes:
        yield paragraph("Notice", run(f"注意：{one_line(note)}"))
    if not shown.cited:
        return
    yield paragraph("Heading1", run("资料来源"))
    yield paragraph("Check", run(shown.checks))
    for cited in shown.cited:
        yield from originals(f"[{cited.number}] ", cited)


def _claim(claim: ShownClaim) -> str:
    words = run(claim.text, "QuoteWords" if claim.verbatim else "")
    note = "" if claim.verbatim else run(NOT_VERBATIM)
    return paragraph(
        "BodyText", run(claim.number), run(claim.lead, "Label"), words, run(claim.marks, "Marker"), note
    )
