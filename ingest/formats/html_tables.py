"""Tables of HTML pages: which are data and which lay out the page, and the cells of their rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode as Node

_MOST_BREAKS = 3  # a cell with more is a column of the page's layout
_MOST_SPAN = 1_000  # as in browsers


class TableRows:
    """Reads rows in the order of the page, and remembers which cells reach down into the next ones."""

    def __init__(self) -> None:
        self._table = -1
        # The cells that reach down, by column: how many rows more, and how many columns each takes.
        self._open: dict[int, tuple[int, int]] = {}

    def cells(self, row: Node) -> list[Node | None] | None:
        """The cells, None where one from above goes on; None for a row that lays out the page.

        A row of one cell is data where the row above it in the same table was.
        """
        own = cell_nodes(row)
        table = table_of(row).mem_id
        if not own or _is_layout(row) or (len(own) == 1 and table != self._table):
            self._table, self._open = -1, {}
            return None
        if table != self._table:
            self._table, self._open = table, {}
        return list(self._placed(own))

    def _placed(self, own: list[Node]) -> Iterator[Node | None]:
        opened: dict[int, tuple[int, int]] = {}
        column = 0
        for cell in (*own, None):
            while column in self._open:
                rows, width = self._open.pop(column)
                if rows > 1:
                    opened[column] = rows - 1, width
                column += width
                yield None
            if cell is None:
                break
            rows, width = _span(cell, "rowspan"), _span(cell, "colspan")
            if rows > 1:
                opened[column] = rows - 1, width
            column += width
            yield cell
        self._open = opened


def cell_nodes(row: Node) -> list[Node]:
    """A row's cells from left to right."""
    found = []
    child = row.child
    while child is not None:
        if child.tag in ("td", "th"):
            found.append(child)
        child = child.next
    return found


def table_of(node: Node) -> Node:
    """The table around a row or cell, or the outermost element where there is none."""
    while node.tag != "table" and node.parent is not None:
        node = node.parent
    return node


def is_data_cell(node: Node) -> bool:
    """Whether the article is what stands around the table of this cell, however much the cell says."""
    row = node.parent
    if node.tag not in ("td", "th") or row is None or row.tag != "tr":
        return False
    return len(cell_nodes(row)) > 1 and not _is_layout(row) and len(node.css("p, br, div")) <= _MOST_BREAKS


def _is_layout(row: Node) -> bool:
    return row.css_first("table") is not None or row.css_first("p p, div div div") is not None


def _span(cell: Node, name: str) -> int:
    words = cell.attributes.get(name) or ""
    if not re.fullmatch(r"[0-9]{1,5}", words):
        return 1
    return max(1, min(int(words), _MOST_SPAN))
