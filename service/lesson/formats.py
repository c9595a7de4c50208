"""The formats that a lesson can be exported to. What writes them is heavy and loaded when it is needed."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
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


def check_writable(path: Path) -> None:
    """Raise LessonUnwritable where no file can be written at ``path``, before work is done for it."""
    folder = path.parent
    if path.is_dir():
        raise LessonUnwritable(f"{path} 是文件夹。请在后面加上文件名，如 {path / '党课.docx'}。")
    if not folder.is_dir():
        raise LessonUnwritable(f"没有文件夹 {folder}。请先建立这个文件夹，或换一个输出位置。")
    if not os.access(folder, os.W_OK) or (path.exists() and not os.access(path, os.W_OK)):
        raise LessonUnwritable(f"{path} 不能写入。请检查权限，或换一个输出位置。")


def write(path: Path, content: bytes) -> None:
    """Put ``content`` at ``path``, all of it or nothing; raises LessonUnwritable."""
    name = ""
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".dangjian-", delete=False) as file:
            name = file.name
            file.write(content)
        os.chmod(name, 0o666 & ~_umask())
        os.replace(name, path)
    except OSError as error:
        with suppress(OSError):
            os.unlink(name)
        raise LessonUnwritable(
            f"{path} 写不进去（{error.strerror}）。请检查磁盘空间和权限，或换一个输出位置。"
        ) from error


def _umask() -> int:
    """What new files are not allowed; a temporary file is made for its owner alone."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
