"""How well the assistant knows what it does not know: refusal, risk and coverage, thresholds, calibration.

Everything here works on ``Outcome``: what an answer would have cost, and how sure the assistant was of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eval.statistics import bootstrap, estimate, ratio_estimate
from eval.types import Estimate

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

THRESHOLDS = tuple(round(step / 20, 2) for step in range(1, 20))
"""The thresholds of the table: 0.05, 0.10, …, 0.95."""

_BINS = 10


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question. ``evidence`` is what the assistant thinks of its best answer, given or not.

    ``loss`` is what giving that answer costs: 1 for a question without an answer in the documents, else the share
    of gold groups that the answer does not quote. ``refused`` says whether it was held back.
    """

    answerable: bool
    refused: bool
    evidence: float
    loss: float


def refusal_measures(outcomes: Sequence[Outcome], seed: int = 0) -> dict[str, Estimate]:
    """Refusal as retrieval of the unanswerable, and the two ways of being wrong; each with its interval.

    ``refusal_precision``, ``refusal_recall``, ``refusal_f1``; ``false_refusals`` is the share of answerable questions
    refused, ``false_answers`` that of unanswerable ones answered (1 − recall). What has no denominator is left out.
    """
    refused = [float(o.refused) for o in outcomes]
    none = [float(not o.answerable) for o in outcomes]
    both = [a * b for a, b in zip(refused, none, strict=True)]
    result: dict[str, Estimate] = {}
    if any(none):
        if any(refused):
            result["refusal_precision"] = ratio_estimate(both, refused, seed=seed)
        result["refusal_recall"] = ratio_estimate(both, none, seed=seed)
        sums = [a + b for a, b in zip(refused, none, strict=True)]
        result["refusal_f1"] = ratio_estimate([2 * value for value in both], sums, seed=seed)
        result["false_answers"] = estimate(
            [1.0 - float(o.refused) for o in outcomes if not o.answerable], seed=seed
        )
    if not all(none):
        result["false_refusals"] = estimate([float(o.refused) for o in outcomes if o.answerable], seed=seed)
    return result


def risk_coverage(outcomes: Sequence[Outcome]) -> list[list[float]]:
    """The points ``[coverage, risk, threshold]`` as the threshold falls (El-Yaniv and Wiener 2010).

    Coverage is the share of questions answered, risk the mean loss over those. Equal evidence gives one point.
    """
    ordered = sorted(outcomes, key=lambda o: -o.evidence)
    points: list[list[float]] = []
    total = 0.0
    for number, outcome in enumerate(ordered, 1):
        total += outcome.loss
        if number == len(ordered) or ordered[number].evidence != outcome.evidence:
            points.append([number / len(ordered), total / number, outcome.evidence])
    return points


def aurc(outcomes: Sequence[Outcome], seed: int = 0) -> Estimate:
    """The area under the risk–coverage curve: the mean risk over all coverages; lower is better.

    Geifman, Uziel and El-Yaniv 2019. Among equal evidence the worst order is taken. See ``best_aurc`` for scale.
    """
    import numpy as np

    evidence = np.array([o.evidence for o in outcomes])
    loss = np.array([o.loss for o in outcomes])

    def area(chosen: NDArray[np.int64]) -> NDArray[np.float64]:
        order = np.lexsort((-loss[chosen], -evidence[chosen]), axis=-1)
        return _mean_risk(np.take_along_axis(loss[chosen], order, axis=-1))

    return bootstrap(len(outcomes), area, seed=seed, samples=1000)


def best_aurc(outcomes: Sequence[Outcome]) -> float:
    """The area that a perfect order of the same answers would have."""
    import numpy as np

    return float(_mean_risk(np.sort(np.array([o.loss for o in outcomes])))) if outcomes else 0.0


def _mean_risk(losses: NDArray[np.float64]) -> NDArray[np.float64]:
    import numpy as np

    risks = np.cumsum(losses, axis=-1) / np.arange(1, losses.shape[-1] + 1)
    return np.asarray(risks.mean(axis=-1), dtype=float)


def threshold_table(outcomes: Sequence[Outcome]) -> list[list[float]]:
    """Rows ``[threshold, false refusals, false answers, correct]``, as shares.

    ``correct`` is over all questions: the share of gold quoted where one is answered, 1 for a question rightly
    refused. The first two are of the answerable and of the unanswerable questions; 0 where there are none.
    """
    can = [o for o in outcomes if o.answerable]
    cannot = [o for o in outcomes if not o.answerable]
    rows = []
    for threshold in THRESHOLDS:
        right = [1.0 - o.loss for o in can if o.evidence >= threshold]
        held = sum(o.evidence < threshold for o in cannot)
        rows.append(
            [
                threshold,
                1.0 - len(right) / len(can) if can else 0.0,
                1.0 - held / len(cannot) if cannot else 0.0,
                (sum(right) + held) / len(outcomes) if outcomes else 0.0,
            ]
        )
    return rows


def reliability(outcomes: Sequence[Outcome]) -> list[list[float]]:
    """Rows ``[mean evidence, share right, questions]`` for the tenths of evidence that hold any question.

    Right is an answer that quotes any gold (loss below 1).
    """
    rows = []
    for number in range(_BINS):
        inside = [o for o in outcomes if min(int(o.evidence * _BINS), _BINS - 1) == number]
        if inside:
            count = len(inside)
            right = sum(o.loss < 1 for o in inside)
            rows.append([sum(o.evidence for o in inside) / count, right / count, float(count)])
    return rows


def calibration_error(outcomes: Sequence[Outcome], seed: int = 0) -> Estimate:
    """The expected calibration error over those tenths (Naeini, Cooper and Hauskrecht 2015); lower is better."""
    import numpy as np

    evidence = np.array([o.evidence for o in outcomes])
    gap = evidence - np.array([float(o.loss < 1) for o in outcomes])
    bins = np.minimum((evidence * _BINS).astype(int), _BINS - 1)

    def error(chosen: NDArray[np.int64]) -> NDArray[np.float64]:
        sums = [np.abs(np.where(bins[chosen] == b, gap[chosen], 0.0).sum(axis=-1)) for b in range(_BINS)]
        return np.asarray(np.sum(sums, axis=0) / chosen.shape[-1], dtype=float)

    return bootstrap(len(outcomes), error, seed=seed, samples=1000)
