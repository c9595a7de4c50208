"""The formats that a lesson can be exported to. What writes them is heavy and loaded when it is needed."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

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


def format_of(path: Path) -> Format:
    """The format that a file's suffix names; raises LessonUnwritable."""
    suffix = path.suffix.lower().removeprefix(".")
    if suffix not in _MEDIA:
        raise LessonUnwritable(
            f"不认识输出文件的后缀“{path.suffix[:20]}”。请用 .md、.docx（讲稿）或 .pptx（幻灯片）。"
        )
    return Format(suffix)


def exported(lesson: Lesson, kind: Format, assistant: Assistant) -> bytes:
    """``lesson`` as a file of that format."""
    from service import exports

    cited = (e.citation for section in lesson.sections for point in section.points for e in point.excerpts)
    documents = exports.documents_of(assistant, (citation.document_id for citation in cited))
    if kind is Format.MD:
        return exports.lesson_markdown(lesson, documents).encode("utf-8")
    write = exports.lesson_word if kind is Format.DOCX else exports.lesson_slides
    return write(lesson, documents)
