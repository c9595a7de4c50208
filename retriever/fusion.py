"""Putting two rankings together: pure functions on scores by position.

- Reciprocal rank fusion: Cormack, Clarke and Büttcher, SIGIR 2009.
- Convex combination with theoretical min-max normalisation: Bruch, Gai and Ingber, "An Analysis of Fusion
  Functions for Hybrid Retrieval", ACM TOIS 2023 (arXiv 2210.11934). A leg's scores are shifted by the least
  value they could take and divided by their spread.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

Scores = Mapping[int, float]
"""Scores by position."""


def ranked(scores: Scores) -> list[tuple[int, float]]:
    """The pairs (position, score), best first, ties by position."""
    return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))


def reciprocal_rank_fusion(
    rankings: Sequence[Sequence[tuple[int, float]]],
    weights: Sequence[float] | None = None,
    constant: float = 60.0,
) -> dict[int, float]:
    """Σ weight / (constant + rank), ranks from 1, over the rankings that hold a position.

    ``rankings`` are best first. The sum is scaled by its greatest possible value, so that it lies in [0, 1].
    """
    weights = _weights(weights, len(rankings))
    scale = (constant + 1) / (sum(weights) or 1.0)
    fused: dict[int, float] = {}
    for ranking, weight in zip(rankings, weights, strict=True):
        for rank, (position, _) in enumerate(ranking, 1):
            fused[position] = fused.get(position, 0.0) + scale * weight / (constant + rank)
    return fused


def minmax(scores: Scores, least: float, greatest: float | None = None) -> dict[int, float]:
    """``(score - least) / (greatest - least)``, kept within [0, 1].

    ``least`` is the theoretical minimum (0 for BM25, -1 for a cosine) or another value known to mean
    "nothing"; ``greatest`` is the best score found where it is not given. Where there is no spread all scores
    become 0.
    """
    top = max(scores.values(), default=least) if greatest is None else greatest
    spread = top - least
    if spread <= 0:
        return dict.fromkeys(scores, 0.0)
    return {position: min(1.0, max(0.0, (score - least) / spread)) for position, score in scores.items()}


def calibrated_cosine(cosine: float, unrelated: float) -> float:
    """A cosine on a scale where 0 means unrelated and 1 means the same.

    ``unrelated`` is the cosine that the model gives unrelated texts. A hundredth of the scale goes to the plain
    cosine, so that order is kept below ``unrelated`` too.
    """
    plain = min(1.0, max(0.0, (cosine + 1) / 2))
    above = min(1.0, max(0.0, (cosine - unrelated) / (1 - unrelated))) if unrelated < 1 else 0.0
    return 0.99 * above + 0.01 * plain


def convex_combination(legs: Sequence[Scores], weights: Sequence[float] | None = None) -> dict[int, float]:
    """The weighted mean of normalised scores; a leg that lacks a position counts as 0 there."""
    weights = _weights(weights, len(legs))
    total = sum(weights) or 1.0
    fused: dict[int, float] = {}
    for leg, weight in zip(legs, weights, strict=True):
        for position, score in leg.items():
            fused[position] = fused.get(position, 0.0) + score * weight / total
    return fused


def _weights(weights: Iterable[float] | None, count: int) -> list[float]:
    chosen = [1.0] * count if weights is None else list(weights)
    if len(chosen) != count or any(weight < 0 for weight in chosen):
        raise ValueError(f"{count} weights of at least 0 are wanted, not {chosen}")
    return chosen
