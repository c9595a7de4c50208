"""The elements of a Word document as text: runs, paragraphs, a table, footnotes. Whatever the words, they stay well-formed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from service.exports.words import printable

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_FIRST_FOOTNOTE = 1  # below it are the two separators that every document has


def words(text: str) -> str:
    """The content of a run: tabs and line breaks as elements, all else as it is."""
    parts = []
    for index, line in enumerate(printable(text).split("\n")):
        if index:
            parts.append("<w:br/>")
        for number, piece in enumerate(line.split("\t")):
            if number:
                parts.append("<w:tab/>")
            if piece:
                parts.append(f'<w:t xml:space="preserve">{escape(piece)}</w:t>')
    return "".join(parts)


def run(text: str, style: str = "", *, bold: bool = False) -> str:
    """A run of ``text``, in a character style of ``styles.xml`` where one is named.

    The hint makes Word set “”……— in the Chinese font too; in a style it would not count.
    """
    properties = (
        (f'<w:rStyle w:val="{style}"/>' if style else "")
        + '<w:rFonts w:hint="eastAsia"/>'
        + ("<w:b/>" if bold else "")
    )
    return f"<w:r><w:rPr>{properties}</w:rPr>{words(text)}</w:r>" if text else ""


def paragraph(style: str, *runs: str, properties: str = "") -> str:
    """A paragraph in a style of ``styles.xml``; ``properties`` follow the style in its ``w:pPr``."""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{properties}</w:pPr>{"".join(runs)}</w:p>'


def page_break() -> str:
    """What follows begins on a new page."""
    return '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'


def table(head: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[int]) -> str:
    """A table of plain words, its head repeated on each page; ``widths`` of the columns are in twentieths of a point."""
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    body = "".join(_row(row, widths, bold=False) for row in rows)
    properties = (
        f'<w:tblPr><w:tblStyle w:val="Agenda"/><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
        '<w:jc w:val="center"/><w:tblLayout w:type="fixed"/></w:tblPr>'
    )
    return f"<w:tbl>{properties}<w:tblGrid>{grid}</w:tblGrid>{_row(head, widths, bold=True)}{body}</w:tbl>"


def _row(cells: Sequence[str], widths: Sequence[int], *, bold: bool) -> str:
    properties = f"<w:trPr><w:cantSplit/>{'<w:tblHeader/>' if bold else ''}</w:trPr>"
    columns = (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>'
        f"{paragraph('TableText', run(cell, bold=bold))}</w:tc>"
        for cell, width in zip(cells, widths, strict=True)
    )
    return f"<w:tr>{properties}{''.join(columns)}</w:tr>"


@dataclass(slots=True)
class Footnotes:
    """The footnotes of a document, numbered by Word in the order in which they are added."""

    _notes: list[str] = field(default_factory=list)

    def add(self, *paragraphs: str) -> str:
        """A footnote of one or more paragraphs of plain words; the run that refers to it."""
        number = _FIRST_FOOTNOTE + len(self._notes)
        mark = '<w:r><w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr><w:footnoteRef/></w:r>'
        first, *rest = paragraphs
        body = paragraph("FootnoteText", mark, run(" " + first)) + "".join(
            paragraph("FootnoteText", run(more)) for more in rest
        )
        self._notes.append(f'<w:footnote w:id="{number}">{body}</w:footnote>')
        return (
            f'<w:bookmarkStart w:id="{number}" w:name="_Note{number}"/>'
            '<w:r><w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr>'
            f'<w:footnoteReference w:id="{number}"/></w:r><w:bookmarkEnd w:id="{number}"/>'
        )

    @staticmethod
    def see(number: int) -> str:
        """The number of a footnote that was added before, as a field that Word keeps right."""
        return f'<w:fldSimple w:instr=" NOTEREF _Note{number} \\h ">{run(str(number))}</w:fldSimple>'

    @property
    def xml(self) -> str:
        """The part ``word/footnotes.xml``."""
        separators = "".join(
            f'<w:footnote w:type="{kind}" w:id="{number}"><w:p><w:pPr><w:spacing w:before="0" w:after="0" '
            f'w:line="240" w:lineRule="auto"/></w:pPr><w:r><w:{element}/></w:r></w:p></w:footnote>'
            for kind, number, element in (
                ("separator", -1, "separator"),
                ("continuationSeparator", 0, "continuationSeparator"),
            )
        )
        return f'<w:footnotes xmlns:w="{W}">{separators}{"".join(self._notes)}</w:footnotes>'
