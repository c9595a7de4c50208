"""Tables without rules on a page of a PDF: rows of pieces that stand in the same columns, with white space between.

Few signs tell them from text, so much is asked: three rows, three columns, hardly an empty cell, no columns of prose.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ingest.formats.lines import table_row
from ingest.formats.pdf_page import Piece, glued, rows_of

_LEAST_ROWS = 3
_LEAST_COLUMNS = 3
_FILLED = 0.7
"""The share of the rows in which at most one cell may be empty."""
_PARTED = 0.6
_FARTHEST = 2.2
"""In heights of a character: what parts two columns, and how far below one another two rows may stand."""
_PROSE_WIDTH, _PROSE_FILLS = 8, 0.85

Row = Sequence[Piece]
Column = tuple[float, float]
"""Its left and right edge."""


def with_aligned(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces of a page of one column, those of tables without rules put together to one piece for each row."""
    found: list[Piece] = []
    number = max((piece.table for piece in pieces), default=0)
    rows = rows_of(pieces)
    index = 0
    while index < len(rows):
        columns, size = _longest(rows, index)
        run = rows[index : index + size]
        if _is_table(run, columns):
            number += 1
            found += [replace(row, table=number) for row in _rows(run, columns)]
            index += size
        else:
            found += rows[index]
            index += 1
    return found


def _longest(rows: Sequence[Row], begin: int) -> tuple[list[Column], int]:
    """The columns that row number ``begin`` begins, and how many rows keep to them."""
    columns: list[Column] = []
    size = 0
    for index in range(begin, len(rows)):
        row = rows[index]
        if row[0].table or (index == begin and len(row) < _LEAST_COLUMNS):
            break
        if index > begin and rows[index - 1][0].bottom - row[0].top > _FARTHEST * row[0].height:
            break
        wider = _columns([*columns, *((piece.left, piece.right) for piece in row)], row[0].height)
        if len(wider) < _LEAST_COLUMNS or len({_place(wider, piece) for piece in row}) < len(row):
            break
        if len(row) == 1 and _place(wider, row[0]) == 0:
            break
        columns, size = wider, index + 1 - begin
    return columns, size


def _columns(edges: Sequence[Column], height: float) -> list[Column]:
    """The columns that pieces with these edges stand in."""
    found: list[Column] = []
    for left, right in sorted(edges):
        if found and left < found[-1][1] + _PARTED * height:
            found[-1] = (found[-1][0], max(found[-1][1], right))
        else:
            found.append((left, right))
    return found


def _place(columns: Sequence[Column], piece: Piece) -> int:
    return next(index for index, (_, right) in enumerate(columns) if piece.center <= right)


def _is_table(run: Sequence[Row], columns: Sequence[Column]) -> bool:
    whole = [row for row in run if len(row) > 1]
    if len(whole) < _LEAST_ROWS or sum(len(row) >= len(columns) - 1 for row in whole) < _FILLED * len(whole):
        return False
    return not all(
        _is_prose(column, [p for row in run for p in row if column[0] <= p.center <= column[1]])
        for column in columns
    )


def _is_prose(column: Column, pieces: Sequence[Piece]) -> bool:
    """Whether pieces fill a broad column from edge to edge, as lines of text do."""
    width = statistics.median(piece.right - piece.left for piece in pieces)
    return width > _PROSE_WIDTH * pieces[0].height and width > _PROSE_FILLS * (column[1] - column[0])


def _rows(run: Sequence[Row], columns: Sequence[Column]) -> Iterator[Piece]:
    """A piece for each row; a row that begins with an empty cell and is mostly empty goes on with the one above."""
    held: list[str] = []
    bottom = top = 0.0
    for row in run:
        cells = {_place(columns, piece): piece for piece in row}
        if held and 0 not in cells and 2 * len(cells) <= len(columns):
            for index, piece in cells.items():
                held[index] = glued(held[index], piece.text)
        else:
            if held:
                yield Piece(table_row(held), columns[0][0], columns[-1][1], bottom, top)
            held = [cells[index].text if index in cells else "" for index in range(len(columns))]
            top = max(piece.top for piece in row)
        bottom = min(piece.bottom for piece in row)
    yield Piece(table_row(held), columns[0][0], columns[-1][1], bottom, top)
