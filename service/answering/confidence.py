"""How far the evidence found carries an answer: one number in [0, 1], and a threshold below which none is given."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from retriever.types import Hit
from service.answering.units import Unit


@dataclass(frozen=True, slots=True)
class Signals:
    """What the number is made from, each in [0, 1].

    ``unit`` is the best share of the question's weight in one unit, ``passage`` that in one passage with its
    headings, ``similarity`` the cosine of the best sentence above what any two texts have in common.
    """

    unit: float
    passage: float
    similarity: float


_BIAS, _UNIT, _PASSAGE, _SIMILARITY = -6.0, 3.2, 3.4, 4.2


def evidence(signals: Signals) -> float:
    """A logistic combination of the signals (weights fitted on development questions; see docs/evaluation.md)."""
    z = _BIAS + _UNIT * signals.unit + _PASSAGE * signals.passage + _SIMILARITY * signals.similarity
    return 1 / (1 + math.exp(-z))


def signals(
    units: Sequence[Unit], hits: Sequence[Hit], passage_coverage: Sequence[float], floor: float
) -> Signals:
    """Collect the signals of the best units and passages; ``floor`` is the cosine of texts with nothing in common."""
    top = units[:5]
    best_similarity = max((s for hit in hits for s in hit.sentence_similarities), default=floor)
    return Signals(
        unit=max((unit.coverage for unit in top), default=0.0),
        passage=max(passage_coverage[:5], default=0.0),
        similarity=min(1.0, max(0.0, (best_similarity - floor) / (1 - floor))),
    )
