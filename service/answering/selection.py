"""Choosing the points of an answer: the best units, none saying what another says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from ingest.authority import NATURES
from ingest.normal import normal_form
from service.answering.units import Unit
from service.answering.wording import bare

_SAME = 0.55
"""Two units say the same from this overlap of their character pairs on (of the shorter one's)."""

_SAME_IN_ONE = 0.8
"""In one document only from here on: it repeats itself seldom, and articles in nearly the same words (复查, 复核) say different things."""

_SAME_WHOLE = 0.35
"""A further source has to have this share of the longer one's pairs as well: else it says but a part, or less."""

_SAME_DOCUMENT_DISCOUNT = 0.03
"""What each point already taken from a document costs the next from it: other sources get a word in."""

_YEAR = re.compile(r"(?:19|20)\d{2}(?= ?年)")

_PREFERENCE = 0.10
"""What a unit of the nature asked for is credited with: it decides between units that speak to the question alike."""

_FOREMOST = 10
"""Among so many units, about as many as are read, those wanted may be put first."""


def prefer(units: Sequence[Unit], wanted: Callable[[Unit], bool]) -> list[Unit]:
    """``units``, best first, with those that are ``wanted`` credited for it."""
    credited = [replace(unit, score=unit.score + _PREFERENCE) if wanted(unit) else unit for unit in units]
    return sorted(credited, key=lambda unit: -unit.score)


def put_first(units: Sequence[Unit], wanted: Callable[[Unit], bool]) -> list[Unit]:
    """``units``, best first, of the first ten those that are ``wanted`` before the others; the scores are dealt out anew."""
    first = units[:_FOREMOST]
    order = sorted(first, key=lambda unit: not wanted(unit))
    return [
        *(replace(one, score=unit.score) for one, unit in zip(order, first, strict=True)),
        *units[_FOREMOST:],
    ]


_COMPARABLE, _AS_WELL_READ = 0.80, 0.02
"""A nature that is to stand before the best unit has to have a unit of this share of its score, which reading put no further below it."""


def by_nature(units: Sequence[Unit], nature: Callable[[Unit], str], wanted: str = "") -> list[Unit]:
    """``units`` grouped: what binds first, then 讲话, then practice, ``wanted`` before all; in each group as before.

    A group that would push the best unit back without comparable evidence is left out: a rule that hardly speaks to
    the question must not lead its answer.
    """
    if not units:
        return []
    order = [wanted, *NATURES] if wanted else [*NATURES]
    top = max(units, key=lambda unit: unit.score)
    lead, least = order.index(nature(top)), _COMPARABLE * top.score
    strong = {
        nature(unit)
        for unit in units
        if order.index(nature(unit)) >= lead
        or (unit.score >= least and (nature(unit) == wanted or _reads_as_well(unit, top)))
    }
    kept = [unit for unit in units if nature(unit) in strong]
    return sorted(kept, key=lambda unit: order.index(nature(unit)))


def _reads_as_well(unit: Unit, top: Unit) -> bool:
    """Whether a unit was read to answer about as well as the best; where that was not read, they all do."""
    return top.read is None or (unit.read is not None and unit.read >= top.read - _AS_WELL_READ)


def choose(units: Sequence[Unit], most: int, floor: float) -> list[Unit]:
    """At most ``most`` units, greedily by score, without near-repeats; none below ``floor`` times the best score.

    Units that follow on one another in the same passage are kept apart only if both stand alone; see ``merge``.
    """
    chosen: list[Unit] = []
    pool = list(units)
    best = pool[0].score if pool else 0.0
    while pool and len(chosen) < most:
        taken = [unit.hit.passage.document_id for unit in chosen]
        pick = max(
            pool, key=lambda u: u.score - _SAME_DOCUMENT_DISCOUNT * taken.count(u.hit.passage.document_id)
        )
        pool.remove(pick)
        if pick.score < floor * best:
            break
        if not any(
            (pick.span.overlaps(other.span) or says_the_same(pick.text, other.text, _SAME_IN_ONE))
            if same_document(pick, other)
            else says_the_same(pick.text, other.text)
            for other in chosen
        ):
            chosen.append(pick)
    return chosen


def with_years(question: str, chosen: Sequence[Unit], units: Sequence[Unit]) -> list[Unit]:
    """``chosen`` with the best of ``units`` for each year that a question of several years names and that none of them speaks of.

    They stand behind the first. A year that no unit speaks of is passed over.
    """
    years = list(dict.fromkeys(_YEAR.findall(normal_form(question))))
    missing = [year for year in years if not any(year in normal_form(unit.text) for unit in chosen)]
    found = [
        next((unit for unit in units if year in normal_form(unit.text)), None)
        for year in (missing if len(years) > 1 else ())
    ]
    return [*chosen[:1], *(unit for unit in found if unit is not None), *chosen[1:]]


def same_document(a: Unit, b: Unit) -> bool:
    """Whether two units are of one document."""
    return a.hit.passage.document_id == b.hit.passage.document_id


def says_the_same(a: str, b: str, share: float = _SAME) -> bool:
    """Whether one text is for the most part contained in the other, by ``share`` of its character pairs in normal form."""
    pairs_a, pairs_b = _pairs(a), _pairs(b)
    smaller = min(len(pairs_a), len(pairs_b))
    return smaller > 0 and len(pairs_a & pairs_b) / smaller >= share


@lru_cache(maxsize=4096)
def _pairs(text: str) -> frozenset[str]:
    normal = bare(text)
    return frozenset(normal[i : i + 2] for i in range(len(normal) - 1))


def repeats(unit: Unit, others: Iterable[Unit]) -> list[Unit]:
    """Those of ``others`` from other documents that say the same as ``unit``, all of it: further sources for it."""
    return [
        o
        for o in others
        if not same_document(unit, o)
        and says_the_same(unit.text, o.text)
        and _shared_of_longer(unit.text, o.text) >= _SAME_WHOLE
    ]


def _shared_of_longer(a: str, b: str) -> float:
    """The share of the longer text's character pairs that the other has."""
    pairs_a, pairs_b = _pairs(a), _pairs(b)
    return len(pairs_a & pairs_b) / max(len(pairs_a), len(pairs_b), 1)
