"""Practice, told by whose it is: cases under the unit or region they are of, and examples that bear out a howto."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from service.answering.actors import actor
from service.answering.selection import says_the_same
from service.answering.units import Unit
from service.answering.wording import occurs

_TERMS = 8
_LEAST_SHARE = 0.3  # chosen by reading the examples of development questions
_LEAST = 2  # so many named cases make the nameless ones dispensable


def is_named(unit: Unit) -> bool:
    """Whether a unit says whose doing it tells of."""
    return bool(actor(unit.text))


def by_actor(units: Sequence[Unit]) -> list[Unit]:
    """``units`` with those of one actor together, in the order in which the actors come; nameless ones last.

    Where several are named, the nameless ones are left out: they say what ought to be done, not who did it.
    """
    groups: dict[str, list[Unit]] = {}
    for unit in units:
        groups.setdefault(actor(unit.text), []).append(unit)
    nameless = groups.pop("", [])
    return [unit for group in groups.values() for unit in group] + (nameless if len(groups) < _LEAST else [])


def telling_terms(
    texts: Sequence[str], terms: Callable[[str], Iterable[str]], idf: Callable[[str], float]
) -> dict[str, float]:
    """The terms that several of ``texts`` share, each with its weight: what the matter is called where it is dealt with.

    Pseudo-relevance feedback (Rocchio 1971) over the points chosen: idf times the number of texts.
    """
    counts = Counter(term for text in texts for term in set(terms(text)) if len(term) > 1)
    weights = {term: idf(term) * number for term, number in counts.items() if number > 1}
    return dict(sorted(weights.items(), key=lambda item: (-item[1], item[0]))[:_TERMS])


def examples(
    units: Sequence[Unit], chosen: Sequence[Unit], weights: Mapping[str, float], most: int
) -> list[Unit]:
    """At most ``most`` of ``units`` that tell of a named actor's doing in the ``weights``' terms, those with most of them first.

    Each is of another actor; none says what one of ``chosen`` says.
    """
    total = sum(weights.values())
    known = {actor(unit.text) for unit in chosen}
    found: list[Unit] = []
    shares = {
        unit: sum(weight for term, weight in weights.items() if occurs(term, unit.text)) / total
        for unit in units
        if total and is_named(unit)
    }
    for unit, share in sorted(shares.items(), key=lambda item: (-item[1], -item[0].similarity)):
        name = actor(unit.text)
        if len(found) == most or share < _LEAST_SHARE:
            break
        if name not in known and not any(says_the_same(unit.text, o.text) for o in (*chosen, *found)):
            known.add(name)
            found.append(unit)
    return found
