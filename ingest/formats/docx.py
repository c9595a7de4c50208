"""Word documents (.docx): body text in order, with headings, tables, computed numbers and text boxes.

Insertions under revision are kept, deletions dropped, as if all changes were accepted. Headers, footers, notes,
comments, hidden text and tables of contents are left out. No macro, link or field is ever followed.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ingest.errors import LoadError
from ingest.formats.container import ENCRYPTED_PACKAGE, OLE, open_container
from ingest.formats.limits import Limits
from ingest.formats.lines import heading, table_row
from ingest.formats.numbering import Element, Numbering, W, integer, value
from ingest.types import Loaded

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_DROPPED = {
    f"{W}{tag}"
    for tag in (
        "del",
        "moveFrom",
        "instrText",
        "delText",
        "pPr",
        "rPr",
        "tblPr",
        "trPr",
        "tcPr",
        "sdtPr",
        "fldData",
    )
}
_TEXT_BOX = f"{W}txbxContent"
_WRAPPERS = {f"{W}{tag}" for tag in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag")}
_CONTENTS_STYLE = re.compile(r"(?:toc|目录)\s*\d", re.IGNORECASE)
_HEADING_STYLE = re.compile(r"(?:heading|标题)\s*([1-9])$", re.IGNORECASE)


def load_docx(data: bytes, name: str, limits: Limits) -> Loaded:
    """The text of a .docx. Raises ``LoadError``."""
    document = _open(data, name, limits)
    return Loaded("\n".join(_Reader(document).lines()), "docx")


def _open(data: bytes, name: str, limits: Limits) -> WordDocument:
    import docx

    if data.startswith(OLE):
        if ENCRYPTED_PACKAGE in data:
            raise LoadError(f"{name}：文件设有密码；请在 Word 或 WPS 中取消密码后再导入")
        raise LoadError(f"{name}：内容是旧版 Word 格式；请在 Word 或 WPS 中另存为 .docx 后再导入")
    open_container(data, name, limits).close()
    try:
        return docx.Document(io.BytesIO(data))
    except Exception as error:  # whatever python-docx and lxml make of a damaged or hostile package
        raise LoadError(
            f"{name}：不是完好的 Word 文档，打不开；请在 Word 或 WPS 中打开，另存为 .docx 后再导入"
        ) from error


class _Reader:
    """The lines of one document."""

    def __init__(self, document: WordDocument) -> None:
        self._body: Element = document.element.body
        styles: Element = document.styles.element
        self._numbering = Numbering(_numbering_part(document), styles)
        self._levels = dict(_style_levels(styles))
        self._title_level = self._level_of_title()

    def lines(self) -> Iterator[str]:
        yield from self._blocks(self._body)

    def _blocks(self, parent: Element) -> Iterator[str]:
        """The lines of paragraphs and tables in order; a paragraph whose mark is deleted runs into the next."""
        held = ""
        for block in _flat(parent):
            if block.tag == f"{W}tbl":
                yield from self._table(block)
                continue
            own, boxes = _words(block)
            line = held + self._paragraph(block, own)
            held = line if block.find(f"{W}pPr/{W}rPr/{W}del") is not None else ""
            if not held:
                yield from line.split("\n")
            for box in boxes:
                yield from self._blocks(box)
        if held:
            yield held

    def _paragraph(self, paragraph: Element, words: str) -> str:
        properties = paragraph.find(f"{W}pPr")
        style = value(properties.find(f"{W}pStyle")) if properties is not None else ""
        level = self._levels.get(style)
        if level == _CONTENTS or not words.strip():
            return ""
        outline = properties.find(f"{W}outlineLvl") if properties is not None else None
        if outline is not None and level is None:
            depth = integer(value(outline), 9)
            level = depth + 1 if depth < 9 else None
        numbered = self._numbering.label(properties, style) + words.strip()
        if level is None or level <= self._title_level:
            return numbered
        return heading(numbered, level - self._title_level)

    def _table(self, table: Element) -> Iterator[str]:
        """A row is a line of cells; a table of one column is layout, its cells' paragraphs are text."""
        rows = [row for row in _flat(table, f"{W}tr") if row.find(f"{W}trPr/{W}del") is None]
        cells = [list(_flat(row, f"{W}tc")) for row in rows]
        if max(map(len, cells), default=0) <= 1:
            for cell in (cell for row in cells for cell in row):
                yield from self._blocks(cell)
            return
        yield ""
        for row in cells:
            yield from filter(None, [table_row(" ".join(self._cell(cell)) for cell in row)])
        yield ""

    def _cell(self, cell: Element) -> Iterator[str]:
        """The words of a cell; those of tables inside it without their separators."""
        for line in self._blocks(cell):
            yield re.sub(r"^\| | \|(?= |$)", "", line)

    def _level_of_title(self) -> int:
        """1 where the first words are the only heading of level 1, and so the title; else 0."""
        first, count = None, 0
        for block in _flat(self._body):
            style = value(block.find(f"{W}pPr/{W}pStyle"))
            if block.tag != f"{W}p" or not _words(block)[0].strip():
                continue
            first = first if first is not None else self._levels.get(style, -1)
            count += self._levels.get(style) == 1
        return 1 if first == 1 and count == 1 else 0


_CONTENTS = -9  # the level of a table of contents


def _style_levels(styles: Element) -> Iterator[tuple[str, int]]:
    """Heading levels by style id: 0 for the title, ``_CONTENTS`` for tables of contents."""
    for style in styles.findall(f"{W}style"):
        name, key = value(style.find(f"{W}name")), style.get(f"{W}styleId") or ""
        outline = style.find(f"{W}pPr/{W}outlineLvl")
        if _CONTENTS_STYLE.match(name):
            yield key, _CONTENTS
        elif match := _HEADING_STYLE.match(name):
            yield key, int(match.group(1))
        elif name.lower() in ("title", "标题"):
            yield key, 0
        elif outline is not None and integer(value(outline), 9) < 9:
            yield key, integer(value(outline), 9) + 1


def _numbering_part(document: WordDocument) -> Element | None:
    from docx.opc.constants import RELATIONSHIP_TYPE

    try:
        part = document.part.part_related_by(RELATIONSHIP_TYPE.NUMBERING)
    except KeyError:
        return None
    return getattr(part, "element", None)


def _flat(parent: Element, *tags: str) -> Iterator[Element]:
    """Children of the kinds wanted, those inside content controls and insertions too; paragraphs and tables if none."""
    wanted = tags or (f"{W}p", f"{W}tbl")
    waiting = list(reversed(parent))
    while waiting:
        node = waiting.pop()
        if node.tag in wanted:
            yield node
        elif node.tag in _WRAPPERS and not _is_contents(node):
            waiting.extend(reversed(node))


def _is_contents(node: Element) -> bool:
    gallery = node.find(f"{W}sdtPr/{W}docPartObj/{W}docPartGallery")
    return value(gallery) == "Table of Contents"


def _words(paragraph: Element) -> tuple[str, list[Element]]:
    """A paragraph's own words, as they stand with all changes accepted, and the text boxes anchored in it."""
    parts: list[str] = []
    boxes: list[Element] = []
    waiting = list(reversed(paragraph))
    while waiting:
        node = waiting.pop()
        if node.tag == _TEXT_BOX:
            boxes.append(node)
        elif node.tag == f"{_MC}AlternateContent":
            waiting.extend(reversed(_choice(node)))
        elif node.tag == f"{W}r" and node.find(f"{W}rPr/{W}vanish") is not None:
            continue
        elif node.tag in _MARKS:
            parts.append(_MARKS[node.tag])
        elif node.tag == f"{W}t":
            parts.append(node.text or "")
        elif node.tag not in _DROPPED:
            waiting.extend(reversed(node))
    return "".join(parts), boxes


_MARKS = {
    f"{W}tab": "\t",
    f"{W}br": "\n",
    f"{W}cr": "\n",
    f"{W}noBreakHyphen": "-",
    f"{W}softHyphen": "",
}


def _choice(node: Element) -> list[Element]:
    """Of the ways to draw one thing, the first that holds anything: the others repeat it."""
    for way in (*node.findall(f"{_MC}Choice"), *node.findall(f"{_MC}Fallback")):
        if len(way):
            return list(way)
    return []
