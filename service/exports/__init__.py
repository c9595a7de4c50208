"""Lessons and answers as files: Markdown, Word and PowerPoint. Each format is imported when it is asked for.

``documents`` are the documents that are cited, by id, as the library has them now: ``documents_of`` gets them from an
assistant. Of them an entry of the list of sources is made (authors or issuer, source, date, number), and against their
text each quote is checked once more. A document that is not among them counts as gone: its excerpts are shown as such,
with an entry made of what the citation remembers.

Characters that a file format cannot hold (control characters, half surrogates) become U+FFFD one by one, and the
excerpt says so; all else of a quote is in the file exactly as it is stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from ingest.errors import DocumentNotFound
from ingest.types import Document

if TYPE_CHECKING:
    from service.api.models import AnswerOut
    from service.assistant import Assistant
    from service.lesson.types import Excerpt, Lesson

__all__ = [
    "answer_markdown",
    "answer_text",
    "answer_word",
    "documents_of",
    "lesson_markdown",
    "lesson_slides",
    "lesson_word",
]


def documents_of(assistant: Assistant, document_ids: Iterable[str]) -> dict[str, Document]:
    """The documents of these ids that the library still has."""
    found = {}
    for document_id in dict.fromkeys(document_ids):
        try:
            found[document_id] = assistant.document(document_id)
        except DocumentNotFound:
            continue
    return found


def lesson_markdown(lesson: Lesson, documents: Mapping[str, Document]) -> str:
    """The lesson as Markdown: parts, points, quotes with numbers, and the sources at the end."""
    from service.exports import markdown_lesson

    return markdown_lesson.lesson_markdown(lesson, documents)


def lesson_word(lesson: Lesson, documents: Mapping[str, Document]) -> bytes:
    """The lesson as a .docx file, set as 公文 are: footnotes with sources, 参考文献, an appendix of checked originals."""
    from service.exports import word_lesson

    return word_lesson.lesson_word(lesson, documents)


def lesson_slides(lesson: Lesson, documents: Mapping[str, Document]) -> bytes:
    """The lesson as a .pptx file: title, agenda, one point a slide, full quotes with sources in the speaker notes."""
    from service.exports import slides_lesson

    return slides_lesson.lesson_slides(lesson, documents)


def answer_markdown(answer: AnswerOut, excerpts: Sequence[Excerpt], documents: Mapping[str, Document]) -> str:
    """The answer as Markdown. ``excerpts`` are those of its citations, in order, as ``service.checking`` finds them now."""
    from service.exports import text_answer

    return text_answer.answer_markdown(answer, excerpts, documents)


def answer_text(answer: AnswerOut, excerpts: Sequence[Excerpt], documents: Mapping[str, Document]) -> str:
    """The answer as plain text, for pasting into a document of one's own."""
    from service.exports import text_answer

    return text_answer.answer_text(answer, excerpts, documents)


def answer_word(answer: AnswerOut, excerpts: Sequence[Excerpt], documents: Mapping[str, Document]) -> bytes:
    """The answer as a .docx file."""
    from service.exports import word_answer

    return word_answer.answer_word(answer, excerpts, documents)
