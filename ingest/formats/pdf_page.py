"""What stands on a page of a PDF: pieces of text and the grids of ruled tables. All lengths are in points, upwards."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_LATIN_END = re.compile(r"[A-Za-z0-9,.;:)]$")
_LATIN_START = re.compile(r"[A-Za-z0-9(]")

STARTS_ANEW = re.compile(
    r"第[一二三四五六七八九十百千零〇两0-9]+[编篇章节条](?:之[一二三四五六七八九十]+)?(?=[\s　]|$)|[一二三四五六七八九十百]{1,4}、|"
    r"[（(][一二三四五六七八九十百0-9]{1,4}[）)]|[0-9]{1,3}[.．、](?![0-9])|[①-⑳•●■◆]"
)
"""The beginning of a line that no paragraph runs on into."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters on one line, or a table's row; ``table`` tells the tables of a page apart, 0 is none."""

    text: str
    left: float
    right: float
    bottom: float
    top: float
    table: int = 0

    @property
    def height(self) -> float:
        return max(self.top - self.bottom, 1.0)

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    @property
    def center(self) -> float:
        return (self.left + self.right) / 2


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a grid: its first row and column, and how many of each it takes."""

    row: int
    column: int
    rows: int
    columns: int


@dataclass(frozen=True, slots=True)
class Grid:
    """The rules of a table: where its columns (rightwards) and rows (downwards) begin and end, and its cells."""

    xs: Sequence[float]
    ys: Sequence[float]
    cells: Sequence[Cell]

    def has_border(self, column: int, height: float) -> bool:
        """Whether the cells at ``height`` are parted where ``column`` begins."""
        return any(
            cell.column == column or cell.column + cell.columns == column
            for cell in self.cells
            if self.ys[cell.row + cell.rows] < height < self.ys[cell.row]
        )


@dataclass(frozen=True, slots=True)
class Page:
    """A page's size, its pieces and its grids."""

    width: float
    height: float
    pieces: Sequence[Piece]
    grids: Sequence[Grid] = ()


def rows_of(pieces: Iterable[Piece]) -> list[list[Piece]]:
    """Pieces of one height together, from left to right, a table's row alone; the rows from top to bottom."""
    rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda p: (-p.middle, p.left)):
        first = rows[-1][0] if rows else None
        if first and not (first.table or piece.table) and first.bottom < piece.middle < first.top:
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [sorted(row, key=lambda p: p.left) for row in rows]


def line_of(row: Sequence[Piece]) -> Piece:
    """The pieces of a row as one, a space between them."""
    if len(row) == 1:
        return row[0]
    return Piece(
        " ".join(piece.text for piece in row),
        row[0].left,
        max(piece.right for piece in row),
        min(piece.bottom for piece in row),
        max(piece.top for piece in row),
    )


def glued(upper: str, lower: str) -> str:
    """Two lines of one paragraph as one text."""
    if re.search(r"[A-Za-z]-$", upper) and re.match(r"[a-z]", lower):
        return upper[:-1] + lower
    space = " " if _LATIN_END.search(upper) and _LATIN_START.match(lower) else ""
    return upper + space + lower
