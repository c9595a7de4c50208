"""The formats that a lesson can be exported to. What writes them is heavy and loaded when it is needed."""

from __future__ import annotations

from enum import StrEnum
from importlib import import_module
from typing import Any

from ingest.types import Document
from service.assistant import Assistant
from service.errors import LessonUnwritable
from service.lesson.types import Lesson

_MEDIA = {
    "md": "text/markdown; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}


class Format(StrEnum):
    """By suffix."""

    MD = "md"
    DOCX = "docx"
    PPTX = "pptx"

    @property
    def media(self) -> str:
        """The media type, for HTTP."""
        return _MEDIA[self]


def exported(lesson: Lesson, kind: Format, assistant: Assistant) -> bytes:
    """``lesson`` as a file of that format."""
    exports = _exports()
    documents = _documents(lesson, assistant)
    if kind is Format.MD:
        return str(exports.lesson_markdown(lesson, documents)).encode("utf-8")
    write = exports.lesson_word if kind is Format.DOCX else exports.lesson_slides
    return bytes(write(lesson, documents))


def _exports() -> Any:
    try:
        return import_module("service.exports")
    except ModuleNotFoundError as error:
        raise LessonUnwritable("这个版本的程序还不能导出党课。请升级后再试。") from error


def _documents(lesson: Lesson, assistant: Assistant) -> dict[str, Document]:
    """The documents that a lesson quotes, as far as the library still has them."""
    view = assistant.view()
    ids = dict.fromkeys(
        excerpt.citation.document_id
        for section in lesson.sections
        for point in section.points
        for excerpt in point.excerpts
    )
    return {identity: document for identity in ids if (document := view.known(identity)) is not None}
