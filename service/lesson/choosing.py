"""Which units each part of a lesson takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from service.answering.selection import choose, says_the_same
from service.answering.units import Unit
from service.lesson.naming import whose
from service.lesson.pool import Choice, Pool, chapter_of
from service.lesson.types import Part

_FLOOR = 0.6
"""Of the best unit's score, what any has to have."""

_SAME_CHAPTER = 0.12
"""What each unit already taken from a chapter costs the next from it."""

_NAMED = 0.15
"""What a case is credited with that says whose it is."""

_LOOKED_AT = 60
"""How many of the best units are looked at for repeats."""

ORDER = (Part.VIEW, Part.OPENING, Part.WHAT, Part.WHY, Part.HOW)
"""The parts in the order in which they choose: what is rarest first."""


def choose_part(pool: Pool, part: Part, most: int) -> list[Choice]:
    """At most ``most`` choices for a part, in the order in which they are told; the pool notes what is taken."""
    units = pool.units(part)
    choices = _measures(pool, units, most) if part is Part.HOW else _plain(pool, units, most)
    pool.take(choices)
    return choices


def _plain(pool: Pool, units: Sequence[Unit], most: int) -> list[Choice]:
    return _with_repeats(pool, _in_order(pool, _spread(units, most)), units)


def _measures(pool: Pool, units: Sequence[Unit], most: int) -> list[Choice]:
    """What is required first, then what was done, a case for each unit that is named; either fills the other's places."""
    required = [unit for unit in units if pool.nature(unit) in ("规定", "要求")]
    done = sorted(
        (replace(u, score=u.score + _NAMED * pool.is_case(u)) for u in units if pool.nature(u) == "做法"),
        key=lambda unit: -unit.score,
    )
    rest = [unit for unit in units if pool.nature(unit) == ""]
    cases = _one_each(choose(done, 2 * most, _FLOOR))
    share = max(most - len(cases), (most + 1) // 2)
    rules = _in_order(pool, _spread(required, share))
    cases = cases[: most - len(rules)]
    more = choose(rest, most - len(rules) - len(cases), _FLOOR)
    chosen: list[Unit] = []
    for unit in (*rules, *cases, *more):
        if not any(says_the_same(unit.text, other.text) for other in chosen):
            chosen.append(unit)
    return _with_repeats(pool, chosen, units)


def _spread(units: Sequence[Unit], most: int) -> list[Unit]:
    """The best units, those of a chapter already taken from put back a little: a lesson goes through its subject."""
    left, chosen = choose(units, 3 * most, _FLOOR), list[Unit]()
    while left and len(chosen) < most:
        taken = [_chapter(unit) for unit in chosen]
        pick = max(left, key=lambda unit: unit.score - _SAME_CHAPTER * taken.count(_chapter(unit)))
        left.remove(pick)
        chosen.append(pick)
    return chosen


def _chapter(unit: Unit) -> tuple[str, tuple[str, ...]]:
    return unit.hit.passage.document_id, chapter_of(unit.hit.passage.path)


def _in_order(pool: Pool, units: Sequence[Unit]) -> list[Unit]:
    """Articles of one regulation in their order; everything else as it came."""
    first = {unit.hit.passage.document_id: index for index, unit in reversed(list(enumerate(units)))}

    def place(pair: tuple[int, Unit]) -> tuple[int, int]:
        index, unit = pair
        binding = pool.nature(unit) == "规定"
        return (first[unit.hit.passage.document_id], unit.span.start) if binding else (index, 0)

    return [unit for _, unit in sorted(enumerate(units), key=place)]


def _one_each(units: Sequence[Unit]) -> list[Unit]:
    """The best case of each named unit; those that name none come last."""
    seen: set[str] = set()
    named, others = [], []
    for unit in units:
        name = whose(unit.text)
        if not name:
            others.append(unit)
        elif name not in seen:
            named.append(unit)
            seen.add(name)
    return named + others


def _with_repeats(pool: Pool, chosen: Sequence[Unit], units: Sequence[Unit]) -> list[Choice]:
    """Each with its repeats elsewhere; a repeat goes to the first that it repeats."""
    choices: list[Choice] = []
    others = list(units[:_LOOKED_AT])
    for unit in chosen:
        choice = pool.choice(unit, others)
        others = [other for other in others if other not in choice.also]
        choices.append(choice)
    return choices
