"""The lines drawn on a page of a PDF, and the grids that they make.

Word, WPS, LibreOffice and browsers draw the borders of cells in different ways: as strokes, as rectangles, as thin filled
boxes, all at once or cell by cell. All become rules, and rules that cross or touch become a grid.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from ingest.formats.pdf_page import Cell, Grid

if TYPE_CHECKING:
    from pypdfium2 import PdfObject, PdfPage

_THIN = 3.0
_NEAR = 3.0
"""Rules this near to one another, side by side or end to end, are one; ends this near to a rule touch it."""
_SHORTEST = 6.0
_MOST_OBJECTS = 20_000  # more than that is a drawing
_MOST_RULES = 800
_MOST_FIELDS = 5_000

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line: at ``at``, from ``start`` to ``end``; at x and along y where it is upright."""

    upright: bool
    at: float
    start: float
    end: float

    def covers(self, place: float) -> bool:
        return self.start - _NEAR <= place <= self.end + _NEAR

    def meets(self, other: Rule) -> bool:
        return self.upright != other.upright and self.covers(other.at) and other.covers(self.at)


def grids_of(page: PdfPage) -> list[Grid]:
    """The grids of the ruled tables on a page, the largest first."""
    return grids(rule for path, drawn in _paths(page) for rule in _rules(path, drawn))


def grids(rules: Iterable[Rule]) -> list[Grid]:
    """The grids that rules make, the largest first; those with fewer than two rows of two cells are frames."""
    merged = _merged(rules)
    if len(merged) > _MOST_RULES:
        return []
    found = [grid for group in _groups(merged) if (grid := _grid(group))]
    return sorted(found, key=lambda g: (g.xs[0] - g.xs[-1]) * (g.ys[0] - g.ys[-1]))


# --- from what is drawn to rules --------------------------------------------------------------------------------


def _paths(page: PdfPage) -> Iterator[tuple[list[Point], bool]]:
    """The points of each visible line or polygon without curves, and whether its outline is drawn."""
    from pypdfium2 import raw

    for count, item in enumerate(page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH])):
        if count >= _MOST_OBJECTS:
            return
        fill, stroke = ctypes.c_int(), ctypes.c_int()
        raw.FPDFPath_GetDrawMode(item, fill, stroke)
        if fill.value or stroke.value:
            for points in _subpaths(item):
                yield points, bool(stroke.value)


def _subpaths(item: PdfObject) -> Iterator[list[Point]]:
    from pypdfium2 import raw

    place = item.get_matrix()
    outer = item.container
    while outer is not None:
        place = place.multiply(outer.get_matrix())
        outer = outer.container
    points: list[Point] = []
    straight = True
    x, y = ctypes.c_float(), ctypes.c_float()
    for index in range(raw.FPDFPath_CountSegments(item)):
        segment = raw.FPDFPath_GetPathSegment(item, index)
        kind = raw.FPDFPathSegment_GetType(segment)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            if straight and len(points) > 1:
                yield points
            points, straight = [], True
        straight = straight and kind != raw.FPDF_SEGMENT_BEZIERTO
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        points.append(place.on_point(x.value, y.value))
        if raw.FPDFPathSegment_GetClose(segment):
            points.append(points[0])
    if straight and len(points) > 1:
        yield points


def _rules(points: Sequence[Point], drawn: bool) -> Iterator[Rule]:
    """The rules that a line or polygon makes: itself where it is thin, else its outline where that is drawn."""
    left, right = min(x for x, _ in points), max(x for x, _ in points)
    bottom, top = min(y for _, y in points), max(y for _, y in points)
    if min(right - left, top - bottom) <= _THIN:
        if right - left > top - bottom:
            yield Rule(False, (bottom + top) / 2, left, right)
        else:
            yield Rule(True, (left + right) / 2, bottom, top)
    elif drawn:
        for (x0, y0), (x1, y1) in pairwise(points):
            if abs(x0 - x1) <= 0.5:
                yield Rule(True, x0, *sorted((y0, y1)))
            elif abs(y0 - y1) <= 0.5:
                yield Rule(False, y0, *sorted((x0, x1)))


def _merged(rules: Iterable[Rule]) -> list[Rule]:
    """Rules beside one another and end to end put together, what is too short left out."""
    found: list[Rule] = []
    ordered = sorted(rules, key=lambda r: (r.upright, r.at))
    begin = 0
    for index, rule in enumerate(ordered):
        following = ordered[index + 1] if index + 1 < len(ordered) else None
        if following and following.upright == rule.upright and following.at - rule.at <= _NEAR / 2:
            continue
        found += _end_to_end(ordered[begin : index + 1])
        begin = index + 1
    return [rule for rule in found if rule.end - rule.start >= _SHORTEST]


def _end_to_end(beside: Sequence[Rule]) -> Iterator[Rule]:
    at = (beside[0].at + beside[-1].at) / 2
    ordered = sorted(beside, key=lambda r: r.start)
    start, end = ordered[0].start, ordered[0].end
    for rule in ordered[1:]:
        if rule.start > end + _NEAR:
            yield Rule(rule.upright, at, start, end)
            start = rule.start
        end = max(end, rule.end)
    yield Rule(beside[0].upright, at, start, end)


# --- from rules to grids ----------------------------------------------------------------------------------------


def _groups(rules: Sequence[Rule]) -> Iterator[list[Rule]]:
    """Rules that hang together."""
    waiting = list(rules)
    while waiting:
        group = [waiting.pop()]
        for rule in group:  # grows as it goes
            group += [other for other in waiting if rule.meets(other)]
            waiting = [other for other in waiting if not rule.meets(other)]
        yield group


def _grid(group: Sequence[Rule]) -> Grid | None:
    """The grid of rules that hang together; what they reach to is its border, ruled or not."""
    upright = [rule for rule in group if rule.upright]
    level = [rule for rule in group if not rule.upright]
    if not upright or len(level) < 2:
        return None
    xs = _places([r.at for r in upright] + [r.start for r in level] + [r.end for r in level])
    ys = _places([r.at for r in level] + [r.start for r in upright] + [r.end for r in upright])[::-1]
    if (len(xs) - 1) * (len(ys) - 1) > _MOST_FIELDS:
        return None
    cells = _cells(xs, ys, upright, level)
    broad = sum(len({c.column for c in cells if c.row <= n < c.row + c.rows}) > 1 for n in range(len(ys) - 1))
    return Grid(xs, ys, cells) if broad > 1 else None


def _places(values: Iterable[float]) -> list[float]:
    """Distinct places, ascending."""
    found: list[float] = []
    for value in sorted(values):
        if not found or value - found[-1] > 2 * _NEAR:
            found.append(value)
    return found


def _cells(
    xs: Sequence[float], ys: Sequence[float], upright: Sequence[Rule], level: Sequence[Rule]
) -> list[Cell]:
    """The cells, row by row: fields of the grid with no rule between them are one."""
    taken: set[tuple[int, int]] = set()
    cells = []
    for row in range(len(ys) - 1):
        for column in range(len(xs) - 1):
            if (row, column) in taken:
                continue
            wide = tall = 1
            middle = (ys[row] + ys[row + 1]) / 2
            while (
                column + wide < len(xs) - 1
                and (row, column + wide) not in taken
                and not _ruled(upright, xs[column + wide], middle)
            ):
                wide += 1
            center = (xs[column] + xs[column + 1]) / 2
            while row + tall < len(ys) - 1 and not _ruled(level, ys[row + tall], center):
                tall += 1
            taken |= {(row + r, column + c) for r in range(tall) for c in range(wide)}
            cells.append(Cell(row, column, tall, wide))
    return cells


def _ruled(rules: Iterable[Rule], at: float, place: float) -> bool:
    return any(abs(rule.at - at) <= 2 * _NEAR and rule.start <= place <= rule.end for rule in rules)
