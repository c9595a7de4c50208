"""What differs between two versions, as points of an answer and in a sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from ingest.comparison import Change, Part
from ingest.types import Document
from service.answering.compose import Point

_KINDS = (
    ("changed", "修改"),
    ("added", "新增"),
    ("removed", "删去"),
    ("renumbered", "只变序号"),
    ("unchanged", "未变"),
)


def difference_points(
    old: Document, new: Document, changes: Iterable[Change], labels: Sequence[str], most: int
) -> list[Point]:
    """What is new, then what is gone, at most ``most`` each, longer ones first to go in; labelled by version.

    Where hardly anything came or went, the parts that changed follow in pairs.
    """
    changes = tuple(changes)
    added = [_point(new, change.b, labels[-1]) for change in changes if change.kind == "added" and change.b]
    removed = [
        _point(old, change.a, labels[0]) for change in changes if change.kind == "removed" and change.a
    ]
    points = [*_weightiest(added, most), *_weightiest(removed, most)]
    for change in changes:
        if change.kind == "changed" and change.a and change.b and len(points) < most:
            points += [_point(old, change.a, labels[0]), _point(new, change.b, labels[-1])]
    return points


def side_by_side(points: Sequence[Point], changes: Sequence[Change], old: str) -> list[Point]:
    """``points`` of two versions in the order they have, but what is of one part of the text, in either version, together.

    ``changes`` lead from the text of the document ``old`` to that of the other version, which stands second in each part.
    """
    parts: dict[int, list[Point]] = {}
    for number, point in enumerate(points):
        parts.setdefault(_part(point, changes, old, -1 - number), []).append(point)
    return [point for together in parts.values() for point in _alternating(together, old)]


def _alternating(points: Iterable[Point], old: str) -> Iterator[Point]:
    """The points of each version in the order of its text, in turns, the old version first."""
    ordered = sorted(points, key=lambda point: point.span)
    sides = ([point for point in ordered if (point.document.id == old) is first] for first in (True, False))
    yield from (point for pair in zip_longest(*sides) for point in pair if point)


def _part(point: Point, changes: Sequence[Change], old: str, otherwise: int) -> int:
    """The number of the change that the point's words are of."""
    for number, change in enumerate(changes):
        part = change.a if point.document.id == old else change.b
        if part and part.span.contains(point.span):
            return number
    return otherwise


def differences_note(changes: Iterable[Change], a: str, b: str) -> str:
    """How many parts came, went and changed, and where to see them all."""
    counts = Counter[str](change.kind for change in changes)
    told = "，".join(f"{words}{counts[kind]}条" for kind, words in _KINDS if counts[kind])
    return (
        f"两个版本逐条对照：{told}。全部对照见资料原文里的版本比较，或运行 dangjian documents diff {a} {b}。"
    )


def _point(document: Document, part: Part, label: str) -> Point:
    return Point(
        document, part.span, (*part.path, part.label) if part.label else part.path, part.span, 1.0, label
    )


def _weightiest(points: Sequence[Point], most: int) -> list[Point]:
    """The longest ``most`` of ``points``, in their order."""
    chosen = sorted(points, key=lambda point: -len(point.span))[:most]
    return [point for point in points if point in chosen]
