"""A kept answer against the library as it is now, and as a file."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from service import exports
from service.api.models import AnswerOut
from service.assistant import Assistant
from service.errors import AnswerFileError
from service.lesson.recheck import look
from service.lesson.types import Excerpt
from service.output import check_writable

_MEDIA = {
    "md": "text/markdown; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "json": "application/json",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


class AnswerFormat(StrEnum):
    """The formats that an answer can be exported to, by suffix; ``json`` is what ``dangjian verify`` reads."""

    MD = "md"
    DOCX = "docx"
    TXT = "txt"
    JSON = "json"

    @property
    def media(self) -> str:
        """The media type, for HTTP."""
        return _MEDIA[self]


def format_for(path: Path) -> AnswerFormat:
    """The format that a file's suffix names, the file being one that can be written.

    Raises AnswerFileError for a suffix that there is not, OutputUnwritable where no file can be written there.
    """
    suffix = path.suffix.lower().removeprefix(".")
    if suffix not in _MEDIA:
        raise AnswerFileError(f"不认识输出文件的后缀“{path.suffix[:20]}”。请用 .md、.docx、.txt 或 .json。")
    check_writable(path)
    return AnswerFormat(suffix)


def checked_excerpts(answer: AnswerOut, assistant: Assistant) -> tuple[Excerpt, ...]:
    """What has become of each citation, in order; what has moved is cited where it is now."""
    view = assistant.view()
    return tuple(look(citation.to_citation(), view) for citation in answer.citations)


def exported_answer(answer: AnswerOut, kind: AnswerFormat, assistant: Assistant) -> bytes:
    """``answer`` as a file, its citations looked for in the library as it is now."""
    if kind is AnswerFormat.JSON:
        return answer.model_dump_json(indent=2).encode("utf-8")
    excerpts = checked_excerpts(answer, assistant)
    documents = exports.documents_of(assistant, (c.document_id for c in answer.citations))
    if kind is AnswerFormat.DOCX:
        return exports.answer_word(answer, excerpts, documents)
    write = exports.answer_markdown if kind is AnswerFormat.MD else exports.answer_text
    return write(answer, excerpts, documents).encode("utf-8")
