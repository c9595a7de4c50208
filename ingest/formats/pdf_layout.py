"""From pieces of text with places on pages to paragraphs in reading order.

Pieces become lines, columns are read one after the other, what repeats at the edges of the pages (running heads,
page numbers) goes, and lines are joined to paragraphs, over page breaks too. All lengths are in points, upwards.
"""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

EDGE = 0.14
"""The share of the page's height, above and below, in which running heads and page numbers stand."""

_REPEATS_ON = 0.4  # of the pages: heads of left and right pages differ
_LEAST_REPEATS = 3
_EDGE_ROWS = 3
_GUTTER_LINES = 6
_PAGE_NUMBER = re.compile(
    r"[-–—―·•\s]*(?:第\s*)?[0-9０-９一二三四五六七八九十百]{1,5}(?:\s*页)?(?:\s*[/／，,]?\s*共?\s*[0-9]{1,5}\s*页?)?[-–—―·•\s]*|[ivxlc]{1,7}"
)
_STARTS_ANEW = re.compile(
    r"第[一二三四五六七八九十百千零〇两0-9]+[编篇章节条](?:之[一二三四五六七八九十]+)?(?=[\s　]|$)|[一二三四五六七八九十百]{1,4}、|"
    r"[（(][一二三四五六七八九十百0-9]{1,4}[）)]|[0-9]{1,3}[.．、](?![0-9])|[①-⑳•●■◆]"
)
_ENDS = re.compile(r"[。！？：；!?][”’」』）)]?$")
_LATIN_END = re.compile(r"[A-Za-z0-9,.;:)]$")
_LATIN_START = re.compile(r"[A-Za-z0-9(]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters on one line."""

    text: str
    left: float
    right: float
    bottom: float
    top: float

    @property
    def height(self) -> float:
        return max(self.top - self.bottom, 1.0)


@dataclass(frozen=True, slots=True)
class Page:
    """A page's size and its pieces."""

    width: float
    height: float
    pieces: Sequence[Piece]


def paragraphs(pages: Sequence[Page]) -> list[str]:
    """The paragraphs of all pages in reading order."""
    rows = [_rows(page.pieces) for page in pages]
    kept = _without_edges(pages, rows)
    blocks = [block for page, lines in zip(pages, kept, strict=True) for block in _columns(page, lines)]
    return list(_joined(blocks))


def _rows(pieces: Iterable[Piece]) -> list[list[Piece]]:
    """Pieces of one height together, from left to right; the rows from top to bottom."""
    rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda p: (-(p.top + p.bottom), p.left)):
        middle = (piece.top + piece.bottom) / 2
        if rows and rows[-1][0].bottom < middle < rows[-1][0].top:
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [sorted(row, key=lambda p: p.left) for row in rows]


def _line(row: Sequence[Piece]) -> Piece:
    """The pieces of a row as one, a space between them."""
    return Piece(
        " ".join(piece.text for piece in row),
        row[0].left,
        max(piece.right for piece in row),
        min(piece.bottom for piece in row),
        max(piece.top for piece in row),
    )


# --- running heads ----------------------------------------------------------------------------------------------


def _without_edges(pages: Sequence[Page], rows: Sequence[list[list[Piece]]]) -> list[list[list[Piece]]]:
    """The rows without those at the edges that repeat from page to page, or hold nothing but a page number."""
    seen = Counter(
        key
        for page, page_rows in zip(pages, rows, strict=True)
        for key in {_edge_key(page, row) for row in page_rows}
    )
    least = max(_LEAST_REPEATS, _REPEATS_ON * len(pages)) if len(pages) > 2 else 2
    return [_stripped(page, page_rows, seen, least) for page, page_rows in zip(pages, rows, strict=True)]


def _stripped(page: Page, rows: list[list[Piece]], seen: Counter[str], least: float) -> list[list[Piece]]:
    """A page's rows without the running ones, taken off from outside as far as they go."""
    start, end = 0, len(rows)
    while start < min(end, _EDGE_ROWS) and _is_running(page, rows[start], seen, least):
        start += 1
    while end > max(start, len(rows) - _EDGE_ROWS) and _is_running(page, rows[end - 1], seen, least):
        end -= 1
    return rows[start:end]


def _edge_key(page: Page, row: Sequence[Piece]) -> str:
    """What a row at the edge says, numbers aside; empty for rows elsewhere."""
    line = _line(row)
    edge = "上" if line.bottom > page.height * (1 - EDGE) else "下" if line.top < page.height * EDGE else ""
    return edge and edge + re.sub(
        r"[0-9０-９]+|(?<=第)[一二三四五六七八九十百]+", "#", re.sub(r"\s+", "", line.text)
    )


def _is_running(page: Page, row: Sequence[Piece], seen: Counter[str], least: float) -> bool:
    key, words = _edge_key(page, row), _line(row).text.strip()
    if not key:
        return False
    return _PAGE_NUMBER.fullmatch(words) is not None or (seen[key] >= least and not _STARTS_ANEW.match(words))


# --- columns ----------------------------------------------------------------------------------------------------


def _columns(page: Page, rows: list[list[Piece]]) -> Iterator[list[Piece]]:
    """The lines of a page in blocks to be read one after the other: bands over the whole width, columns between."""
    gutter = _gutter(page, rows)
    if gutter is None:
        yield from filter(None, [[_line(row) for row in rows]])
        return
    left: list[Piece] = []
    right: list[Piece] = []
    for row in rows:
        crossing = any(piece.left < gutter < piece.right for piece in row)
        if crossing:
            yield from filter(None, (left, right, [_line(row)]))
            left, right = [], []
            continue
        for side, pieces in (
            (left, [p for p in row if p.right <= gutter]),
            (right, [p for p in row if p.left >= gutter]),
        ):
            if pieces:
                side.append(_line(pieces))
    yield from filter(None, (left, right))


def _gutter(page: Page, rows: Sequence[Sequence[Piece]]) -> float | None:
    """Where the empty strip between two columns is; None on a page of one column.

    Both sides must hold lines that fill their column for the most part, so that tables are no columns.
    """
    pieces = [piece for row in rows for piece in row]
    for share in (0.5, 0.48, 0.52, 0.46, 0.54, 0.44, 0.56):
        place = page.width * share
        left = [piece for piece in pieces if piece.right <= place]
        right = [piece for piece in pieces if piece.left >= place]
        if min(len(left), len(right)) < _GUTTER_LINES or len(left) + len(right) < 0.7 * len(pieces):
            continue
        if all(
            statistics.median(p.right - p.left for p in side) > 0.28 * page.width for side in (left, right)
        ):
            return place
    return None


# --- paragraphs -------------------------------------------------------------------------------------------------


def _joined(blocks: Iterable[list[Piece]]) -> Iterator[str]:
    """Lines put together to paragraphs, from block to block too."""
    held: Piece | None = None
    held_right = 0.0
    previous: Piece | None = None
    for block in blocks:
        left, right = _margins(block)
        for index, line in enumerate(block):
            over = index == 0 and previous is not None and _ENDS.search(previous.text) is not None
            if held and previous and not over and _continues(previous, held_right, line, left):
                held = replace(held, text=_glued(held.text, line.text))
            else:
                if held is not None:
                    yield held.text.strip()
                held = line
            previous, held_right = line, right
    if held is not None:
        yield held.text.strip()


def _margins(block: Sequence[Piece]) -> tuple[float, float]:
    """Where the lines of a block mostly begin, and how far they reach, a few that stick out aside."""
    starts = Counter(round(line.left / 3) for line in block)
    # The leftmost of the usual starts: in Chinese prose every paragraph's first line is indented.
    usual = [start for start, count in starts.items() if count >= max(1, len(block) // 10)]
    return min(usual) * 3.0, sorted(line.right for line in block)[-1 - len(block) // 20]


def _continues(before: Piece, right: float, line: Piece, left: float) -> bool:
    """Whether ``line`` goes on with the paragraph of the line before it."""
    size = min(before.height, line.height)
    if _STARTS_ANEW.match(line.text) or max(before.height, line.height) > 1.25 * size:
        return False
    if line.left > left + 1.2 * size or before.right < right - 2.2 * size:
        return False  # an indent begins a paragraph, a short line ends one
    gap = before.bottom - line.top
    return gap < 1.6 * size  # upwards, to the next column or page, is no gap


def _glued(upper: str, lower: str) -> str:
    if re.search(r"[A-Za-z]-$", upper) and re.match(r"[a-z]", lower):
        return upper[:-1] + lower
    space = " " if _LATIN_END.search(upper) and _LATIN_START.match(lower) else ""
    return upper + space + lower
