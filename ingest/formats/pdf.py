"""PDF files that hold text: read through PDFium, laid out by ``ingest.formats.pdf_layout``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ingest.errors import EmptyFile, FileTooLarge, LoadError
from ingest.formats.limits import Limits
from ingest.formats.pdf_layout import reading_order
from ingest.formats.pdf_page import Grid, Page, Piece
from ingest.formats.pdf_rules import grids_of
from ingest.types import Loaded

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfTextPage

Box = tuple[float, float, float, float]
"""Left, bottom, right, top."""

_LEAST_CHARACTERS_A_PAGE = 5
_WIDE_GAP = 1.8
"""In heights of a character: a wider gap parts columns and cells."""
_NARROW_GAP = 0.4
_CHINESE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff“”‘’—…]")
_UNREADABLE_SHARE = 0.3


def load_pdf(data: bytes, name: str, limits: Limits) -> Loaded:
    """The text of a PDF in reading order, and where its pages begin. Raises ``LoadError``, for scans with the hint at OCR."""
    import pypdfium2

    if b"%PDF-" not in data[:1024]:
        raise LoadError(f"{name}：内容不是 PDF；请确认文件，或重新导出为 PDF 后再导入")
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower() or "security" in str(error).lower():
            raise LoadError(f"{name}：PDF 设有密码；请取消密码后再导入") from error
        raise LoadError(f"{name}：PDF 已损坏或不完整，打不开；请重新下载或重新导出后再导入") from error
    try:
        pages = _pages(document, name, limits)
    except pypdfium2.PdfiumError as error:
        raise LoadError(f"{name}：PDF 的某一页已损坏；请重新下载或重新导出后再导入") from error
    finally:
        document.close()
    text, starts = reading_order(pages)
    _check(text, len(pages), name)
    return Loaded(text, "pdf", starts)


def _check(text: str, pages: int, name: str) -> None:
    """Refuse what has no text, or text that cannot be read."""
    characters = sum(not char.isspace() for char in text)
    if characters < _LEAST_CHARACTERS_A_PAGE * pages:
        raise EmptyFile(f"{name}：PDF 里没有文字；扫描件需要先做文字识别(OCR)，再导入识别后的文件")
    unreadable = sum(
        char == "\ufffd" or "\ue000" <= char <= "\uf8ff" or (char < " " and char not in "\t\n")
        for char in text
    )
    if unreadable > _UNREADABLE_SHARE * characters:
        raise LoadError(
            f"{name}：PDF 的字体没有文字对照表，读出的是乱码；请先做文字识别(OCR)，或用 Word 原稿导入"
        )


def _pages(document: PdfDocument, name: str, limits: Limits) -> list[Page]:
    if len(document) > limits.pages:
        raise FileTooLarge(
            f"{name}：PDF 有 {len(document)} 页，超过 {limits.pages} 页的上限；请拆分成几个较小的文件"
        )
    found: list[Page] = []
    characters = 0
    for index in range(len(document)):
        page = document[index]
        text_page = page.get_textpage()
        characters += text_page.count_chars()
        if characters > limits.characters:
            raise FileTooLarge(f"{name}：PDF 的文字超过 {limits.characters} 字的上限；请拆分成几个较小的文件")
        grids = grids_of(page)
        found.append(Page(page.get_width(), page.get_height(), _pieces(text_page, grids), grids))
        text_page.close()
        page.close()
    return found


def _pieces(text_page: PdfTextPage, grids: Sequence[Grid]) -> list[Piece]:
    """Runs of characters next to one another on a line and in one cell, in the order of the file."""
    from pypdfium2 import raw

    found: list[Piece] = []
    words: list[str] = []
    box: Box | None = None
    apart = False  # whether PDFium takes the gap before the next character for a space
    for index in range(text_page.count_chars()):
        code = raw.FPDFText_GetUnicode(text_page, index)
        char = chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"
        if 0xD800 <= code < 0xE000:
            char = chr(code)  # half of a rare character, joined below
        if char in "\x02\ufffe":
            char = "-"  # what PDFium makes of a hyphen at the end of a line
        if char in "\r\n" or (char.isspace() and not words):
            continue
        if char.isspace():
            if raw.FPDFText_IsGenerated(text_page, index) == 1:
                apart = True
            else:
                words.append(" ")
            continue
        own = text_page.get_charbox(index, loose=True)
        if box is not None and (not _goes_on(box, own) or _parted(box, own, grids)):
            found.append(_piece(words, box))
            words, box = [], None
        if (
            apart
            and box is not None
            and not _is_typographic(words[-1], char, own[0] - box[2], own[3] - own[1])
        ):
            words.append(" ")
        apart = False
        words.append(char)
        box = own if box is None else (box[0], min(box[1], own[1]), max(box[2], own[2]), max(box[3], own[3]))
    if words and box is not None:
        found.append(_piece(words, box))
    return found


def _goes_on(box: Box, own: Box) -> bool:
    """Whether a character stands on the same line as the piece before it and next to its end."""
    height = max(min(box[3] - box[1], own[3] - own[1]), 1.0)
    overlap = min(box[3], own[3]) - max(box[1], own[1])
    gap = own[0] - box[2]
    return overlap > 0.4 * height and -height < gap < _WIDE_GAP * height


def _is_typographic(before: str, after: str, gap: float, height: float) -> bool:
    """Whether a gap is but the one that programs set between Chinese and Latin or digits: no space was written."""
    chinese = sum(_CHINESE.match(char) is not None for char in (before, after))
    return chinese == 1 and gap < _NARROW_GAP * height


def _parted(box: Box, own: Box, grids: Sequence[Grid]) -> bool:
    """Whether the border of a cell stands between a piece and the character after it."""
    middle, slack = (own[1] + own[3]) / 2, 0.3 * (own[3] - own[1])
    return any(
        box[2] - slack < grid.xs[column] < own[0] + slack and grid.has_border(column, middle)
        for grid in grids
        if grid.ys[-1] < middle < grid.ys[0]
        for column in range(len(grid.xs))
    )


def _piece(words: list[str], box: Box) -> Piece:
    text = "".join(words).encode("utf-16", "surrogatepass").decode("utf-16", "replace").rstrip()
    left, bottom, right, top = box
    return Piece(text, left, right, bottom, top)
