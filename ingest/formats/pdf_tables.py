"""Ruled tables on a page of a PDF: the words in the cells of its grids."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ingest.formats.lines import table_row
from ingest.formats.pdf_page import STARTS_ANEW, Cell, Grid, Page, Piece, glued, line_of, rows_of

_LEAST_FILLED = 0.25
"""The share of a grid's cells that must hold words: the grids of charts are mostly empty."""
_WRAPS_WITHIN = 2.6
"""In heights of a character: less room than this beside the words of a cell, borders' distance included, broke its line."""


def with_ruled(page: Page) -> list[Piece]:
    """The pieces of a page, those of tables put together to one piece for each row."""
    left = list(page.pieces)
    found: list[Piece] = []
    number = 0
    for grid in page.grids:
        inside = [piece for piece in left if _holds(grid, piece)]
        if rows := _ruled(grid, inside):
            number += 1
            found += [replace(row, table=number) for row in rows]
            left = [piece for piece in left if not _holds(grid, piece)]
    return left + found


# --- ruled tables -----------------------------------------------------------------------------------------------


def _holds(grid: Grid, piece: Piece) -> bool:
    return grid.xs[0] < piece.center < grid.xs[-1] and grid.ys[-1] < piece.middle < grid.ys[0]


def _ruled(grid: Grid, pieces: Sequence[Piece]) -> list[Piece]:
    """A grid's rows with the words in its cells; none where too few cells hold any."""
    words = {cell: _cell_words(grid, cell, pieces) for cell in grid.cells}
    if sum(map(bool, words.values())) < _LEAST_FILLED * len(words):
        return []
    rows = []
    for row in range(len(grid.ys) - 1):
        # A cell over several rows speaks in its first; in the others it is empty, as in a Word document.
        across = sorted(
            (cell for cell in grid.cells if cell.row <= row < cell.row + cell.rows), key=lambda c: c.column
        )
        if line := table_row(words[cell] if cell.row == row else "" for cell in across):
            rows.append(Piece(line, grid.xs[0], grid.xs[-1], grid.ys[row + 1], grid.ys[row]))
    return rows


def _cell_words(grid: Grid, cell: Cell, pieces: Iterable[Piece]) -> str:
    left, right = grid.xs[cell.column], grid.xs[cell.column + cell.columns]
    top, bottom = grid.ys[cell.row], grid.ys[cell.row + cell.rows]
    inside = [p for p in pieces if left < p.center < right and bottom < p.middle < top]
    return _joined((line_of(row) for row in rows_of(inside)), right - left)


def _joined(lines: Iterable[Piece], width: float) -> str:
    """The lines of a cell: one that fills the cell runs on without a space, as if it had not been broken."""
    words = ""
    full = False
    for line in lines:
        words = (
            glued(words, line.text) if full and not STARTS_ANEW.match(line.text) else f"{words} {line.text}"
        )
        full = width - (line.right - line.left) < _WRAPS_WITHIN * line.height
    return words.strip()
