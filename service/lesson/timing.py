"""How the minutes of a lesson are shared out."""

from __future__ import annotations

from collections.abc import Mapping

from service.lesson.types import Part

SHARES: Mapping[Part, int] = {
    Part.OPENING: 8,
    Part.WHY: 16,
    Part.WHAT: 18,
    Part.VIEW: 13,
    Part.HOW: 28,
    Part.DISCUSSION: 10,
    Part.QUIZ: 5,
    Part.READING: 2,
}
"""Of a hundred, what each part usually takes."""

_A_POINT = 3.0
"""Minutes that a trainer gives a point."""

_POINTS: Mapping[Part, tuple[int, int]] = {
    Part.OPENING: (1, 2),
    Part.WHY: (2, 6),
    Part.WHAT: (2, 8),
    Part.VIEW: (2, 6),
    Part.HOW: (3, 10),
    Part.DISCUSSION: (3, 6),
    Part.QUIZ: (3, 8),
    Part.READING: (2, 6),
}
"""The fewest and the most points of a part."""


def share_out(minutes: int) -> dict[Part, int]:
    """Whole minutes for each part that add up to ``minutes``.

    By the largest remainders; of equal ones the part that usually takes more comes first. A part that the library has
    nothing for keeps its time: the trainer fills it.
    """
    exact = {part: minutes * share / 100 for part, share in SHARES.items()}
    shared = {part: int(exact[part]) for part in Part}
    order = sorted(Part, key=lambda part: (shared[part] - exact[part], -SHARES[part], part))
    for part in order[: minutes - sum(shared.values())]:
        shared[part] += 1
    return shared


def point_count(part: Part, minutes: int) -> int:
    """How many points a part is to have in a lesson of so many minutes."""
    least, most = _POINTS[part]
    return max(least, min(most, round(minutes * SHARES[part] / 100 / _A_POINT)))
