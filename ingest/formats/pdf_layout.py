"""From pieces of text with places on pages to paragraphs in reading order.

Tables become rows and other pieces lines, columns are read one after the other, what repeats at the edges of the pages
(running heads, page numbers) goes, and lines are joined to paragraphs, over page breaks too.
"""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from ingest.formats.pdf_aligned import with_aligned
from ingest.formats.pdf_page import STARTS_ANEW, Page, Piece, glued, line_of, rows_of
from ingest.formats.pdf_tables import with_ruled

EDGE = 0.14
"""The share of the page's height, above and below, in which running heads and page numbers stand."""

_REPEATS_ON = 0.4  # of the pages: heads of left and right pages differ
_LEAST_REPEATS = 3
_EDGE_ROWS = 3
_GUTTER_LINES = 6
_PAGE_NUMBER = re.compile(
    r"[-–—―·•\s]*(?:第\s*)?[0-9０-９一二三四五六七八九十百]{1,5}(?:\s*页)?(?:\s*[/／，,]?\s*共?\s*[0-9]{1,5}\s*页?)?[-–—―·•\s]*|[ivxlc]{1,7}"
)
_ENDS = re.compile(r"[。！？：；!?][”’」』）)]?$")


def reading_order(pages: Sequence[Page]) -> tuple[str, tuple[int, ...]]:
    """The text of all pages, a line for each paragraph and row of a table, and where each page begins in it."""
    paragraphs: list[str] = []
    starts: dict[int, int] = {}
    finished = 0  # characters of the paragraphs before the last, line breaks counted
    for page, words, goes_on in _lines(pages):
        if goes_on:
            paragraphs[-1] = glued(paragraphs[-1], words)
        else:
            finished += len(paragraphs[-1]) + 1 if paragraphs else 0
            paragraphs.append(words)
        starts.setdefault(page, finished + len(paragraphs[-1]) - len(words))
    text = "\n".join(paragraphs)
    return text, _starts_of_all(starts, len(pages), len(text))


def _starts_of_all(starts: Mapping[int, int], pages: int, end: int) -> tuple[int, ...]:
    """Where each page begins, those without text where the next one does."""
    found = [end] * (pages + 1)
    for page in reversed(range(pages)):
        found[page] = starts.get(page, found[page + 1])
    return tuple(found[:pages])


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
    """What a row at the edge says, numbers aside; empty for rows elsewhere, also of tables that reach elsewhere."""
    line = line_of(row)
    whole = [piece for piece in page.pieces if piece.table == line.table] if line.table else row
    low, high = min(piece.bottom for piece in whole), max(piece.top for piece in whole)
    edge = "上" if low > page.height * (1 - EDGE) else "下" if high < page.height * EDGE else ""
    return edge and edge + re.sub(
        r"[0-9０-９]+|(?<=第)[一二三四五六七八九十百]+", "#", re.sub(r"\s+", "", line.text)
    )


def _is_running(page: Page, row: Sequence[Piece], seen: Counter[str], least: float) -> bool:
    key, words = _edge_key(page, row), line_of(row).text
    if not key:
        return False
    return _PAGE_NUMBER.fullmatch(words) is not None or (seen[key] >= least and not STARTS_ANEW.match(words))


# --- columns ----------------------------------------------------------------------------------------------------


def _columns(page: Page, rows: list[list[Piece]]) -> Iterator[list[Piece]]:
    """The lines of a page in blocks to be read one after the other: bands over the whole width, columns between."""
    gutter = _gutter(page, rows)
    if gutter is None:
        yield from filter(None, [[line_of(row) for row in rows]])
        return
    left: list[Piece] = []
    right: list[Piece] = []
    for row in rows:
        crossing = any(piece.left < gutter < piece.right for piece in row)
        if crossing:
            yield from filter(None, (left, right, [line_of(row)]))
            left, right = [], []
            continue
        for side, pieces in (
            (left, [p for p in row if p.right <= gutter]),
            (right, [p for p in row if p.left >= gutter]),
        ):
            if pieces:
                side.append(line_of(pieces))
    yield from filter(None, (left, right))


def _gutter(page: Page, rows: Sequence[Sequence[Piece]]) -> float | None:
    """Where the empty strip between two columns is; None on a page of one column.

    Both sides must hold lines that fill their column for the most part, so that tables are no columns.
    """
    pieces = [piece for row in rows for piece in row if not piece.table]
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


def _lines(pages: Sequence[Page]) -> Iterator[tuple[int, str, bool]]:
    """Lines in reading order: the page's index, the words, and whether they go on with the paragraph before them."""
    previous: Piece | None = None
    previous_right = 0.0
    for number, block in _without_repeated_heads(_blocks(pages)):
        left, right = _margins(block)
        for index, line in enumerate(block):
            over = index == 0 and previous is not None and _ENDS.search(previous.text) is not None
            goes_on = previous is not None and not over and _continues(previous, previous_right, line, left)
            yield number, line.text, goes_on
            previous, previous_right = line, right


def _blocks(pages: Sequence[Page]) -> Iterator[tuple[int, list[Piece]]]:
    """What is read one after the other, with the index of its page."""
    laid = [_with_tables(page) for page in pages]
    kept = _without_edges(laid, [rows_of(page.pieces) for page in laid])
    for number, (page, rows) in enumerate(zip(laid, kept, strict=True)):
        for block in _columns(page, rows):
            yield number, block


def _with_tables(page: Page) -> Page:
    ruled = Page(page.width, page.height, with_ruled(page))
    if _gutter(ruled, rows_of(ruled.pieces)) is not None:
        return ruled
    return replace(ruled, pieces=with_aligned(ruled.pieces))


def _without_repeated_heads(
    blocks: Iterable[tuple[int, list[Piece]]],
) -> Iterator[tuple[int, list[Piece]]]:
    """Where a table goes on, on the next page or in the next column, without the rows that say again how it began."""
    begun: list[str] = []  # the rows with which the table began that was read last
    for number, block in blocks:
        goes_on = bool(begun and block[0].table)
        repeated = _repeated(begun, block) if goes_on else 0
        last = block[-1].table
        if not goes_on or any(line.table != last for line in block):
            begun = [line.text for line in block if last and line.table == last]
        if block[repeated:]:
            yield number, block[repeated:]


def _repeated(begun: Sequence[str], block: Sequence[Piece]) -> int:
    """With how many rows of ``begun`` the table begins that stands first in ``block``."""
    first = [line.text for line in block if line.table == block[0].table]
    pairs = enumerate(zip(begun, first, strict=False))
    return next((index for index, (old, new) in pairs if old != new), min(len(begun), len(first)))


def _margins(block: Sequence[Piece]) -> tuple[float, float]:
    """Where the lines of a block mostly begin, and how far they reach, a few that stick out aside."""
    lines = [line for line in block if not line.table]
    if not lines:
        return 0.0, 0.0
    starts = Counter(round(line.left / 3) for line in lines)
    # The leftmost of the usual starts: in Chinese prose every paragraph's first line is indented.
    usual = [start for start, count in starts.items() if count >= max(1, len(lines) // 10)]
    return min(usual) * 3.0, sorted(line.right for line in lines)[-1 - len(lines) // 20]


def _continues(before: Piece, right: float, line: Piece, left: float) -> bool:
    """Whether ``line`` goes on with the paragraph of the line before it."""
    size = min(before.height, line.height)
    if before.table or line.table or STARTS_ANEW.match(line.text):
        return False
    if max(before.height, line.height) > 1.25 * size:
        return False
    if line.left > left + 1.2 * size or before.right < right - 2.2 * size:
        return False  # an indent begins a paragraph, a short line ends one
    gap = before.bottom - line.top
    return gap < 1.6 * size  # upwards, to the next column or page, is no gap
