"""How far the evidence found carries an answer: one number in [0, 1], and a threshold below which none is given.

A logistic regression over what search and selection say of the question and of the first point of its answer. The weights are
in ``evidence.json``; ``eval.fit_evidence`` makes them from development questions.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources

from retriever.types import Hit
from service.answering.units import Unit

WEIGHTS = "evidence.json"
MOST_TERMS = 15
_FOLLOWS = 0.5
"""Chosen on the development conversations: what it takes for follow-ups not to be refused more often than other questions."""
_RELATED, _RELATED_WORDS, _RELATED_STEEPNESS = 0.25, 0.15, 30.0
"""Chosen on development questions: hardly a right answer lies below, nearly all questions about something else do."""

_OF_VECTORS = ("likeness", "similarity")


@dataclass(frozen=True, slots=True)
class Signals:
    """What the number is made from.

    ``likeness`` is the cosine of the question with the nearest passage, ``similarity`` that with the best unit, both on a scale
    from 0 (what unrelated texts have) to 1 and ``None`` without vectors. ``score`` is that of the best unit; ``words`` is the
    share of the question's words, by weight, in the first point or its headings, ``exact`` that of its phrases found word for
    word. ``met`` and ``unmet`` say that the question asks for a form (so many members) that the points have, or have not,
    ``numeric`` that it asks for a number; ``terms`` is how many terms it has, at most ``MOST_TERMS``. ``told`` is what a second
    reading said of the best of the first units, ``None`` where there was none.
    """

    likeness: float | None
    similarity: float | None
    score: float
    words: float
    exact: float = 0.0
    met: bool = False
    unmet: bool = False
    numeric: bool = False
    terms: int = 0
    told: float | None = None


def features(signals: Signals) -> dict[str, float]:
    """The signals as numbers, those left out that there are none of."""
    values = {name: value for name, value in asdict(signals).items() if value is not None}
    return {name: float(value) for name, value in values.items()}


def evidence(signals: Signals, *, follows: bool = False) -> float:
    """The chance that the library answers the question, as far as the signals tell.

    A question that ``follows`` another carries the topic along, which thins out what its own words can show. Where no
    passage is about anything like the question, that alone decides.
    """
    weights = _weights(kind_of(signals.likeness is not None, signals.told is not None))
    chance = probability(features(signals), {**weights, "bias": weights["bias"] + _FOLLOWS * follows})
    if signals.likeness is None:
        return chance
    related = signals.likeness + _RELATED_WORDS * signals.words - _RELATED
    return min(chance, 1 / (1 + math.exp(-max(-60.0, min(60.0, _RELATED_STEEPNESS * related)))))


def probability(values: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """The logistic curve over the weighted sum; ``bias`` among the weights is added as it is."""
    z = weights["bias"] + sum(weights[name] * value for name, value in values.items())
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, z))))


def signals_of(
    units: Sequence[Unit],
    hits: Sequence[Hit],
    unrelated: float,
    *,
    words: float,
    exact: float,
    met: bool,
    unmet: bool,
    numeric: bool,
    terms: int,
    told: float | None = None,
) -> Signals:
    """Collect the signals; ``unrelated`` is the cosine that counts as nothing, ``units`` come best first."""
    cosines = [hit.dense for hit in hits if hit.dense is not None]
    return Signals(
        likeness=_above(max(cosines), unrelated) if cosines else None,
        similarity=(_above(units[0].similarity, unrelated) if units else 0.0) if cosines else None,
        score=units[0].score if units else 0.0,
        words=words,
        exact=exact,
        met=met,
        unmet=unmet,
        numeric=numeric,
        terms=min(terms, MOST_TERMS),
        told=told,
    )


def _above(cosine: float, unrelated: float) -> float:
    return (cosine - unrelated) / (1 - unrelated)


def kind_of(vectors: bool, read: bool) -> str:
    """The name of the weights for findings with and without vectors, read again or not."""
    return f"{'with' if vectors else 'without'}_vectors" + ("_read" if read else "")


KINDS = {kind_of(vectors, read): (vectors, read) for vectors in (True, False) for read in (True, False)}
"""What there are weights for, by name."""


@cache
def _weights(kind: str) -> dict[str, float]:
    rows = json.loads((resources.files("service.answering") / WEIGHTS).read_text("utf-8"))
    weights: dict[str, float] = rows[kind]
    return weights


def names(kind: str) -> tuple[str, ...]:
    """The features that the weights of a kind are for, in order."""
    vectors, read = KINDS[kind]
    known = features(Signals(0.0, 0.0, 0.0, 0.0, told=0.0))
    left_out = {*(() if vectors else _OF_VECTORS), *(() if read else ("told",))}
    return tuple(name for name in known if name not in left_out)
