"""Intervals and tests: how far a figure, or a difference of two, may be trusted.

Everything random is seeded: the same numbers give the same intervals.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eval.types import Estimate

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SAMPLES = 2000
_CELLS = 4_000_000  # random numbers made at a time


def percentiles(values: Sequence[float]) -> dict[str, float]:
    """``p50``, ``p95`` and ``p99`` of ``values`` (the smallest value that so many do not exceed); 0 where empty."""
    ordered = sorted(values)
    if not ordered:
        return {"p50": 0.0, "p95": 0.0, "p99": 0.0}
    last = len(ordered) - 1
    return {f"p{share}": ordered[min(last, -(-len(ordered) * share // 100) - 1)] for share in (50, 95, 99)}


def estimate(
    values: Sequence[float], *, seed: int = 0, samples: int = SAMPLES, level: float = 0.95
) -> Estimate:
    """The mean of ``values`` with its percentile bootstrap interval (Efron 1979); zeros where there are none."""
    return ratio_estimate(values, [1.0] * len(values), seed=seed, samples=samples, level=level)


def ratio_estimate(
    numerators: Sequence[float],
    denominators: Sequence[float],
    *,
    seed: int = 0,
    samples: int = SAMPLES,
    level: float = 0.95,
) -> Estimate:
    """``sum(numerators) / sum(denominators)``, both drawn together by query, with its bootstrap interval.

    For precision and its kind, where queries count as much as they contribute. 0 where the denominators sum to 0.
    """
    import numpy as np

    top, bottom = np.asarray(numerators, dtype=float), np.asarray(denominators, dtype=float)
    if len(top) != len(bottom):
        raise ValueError("numerators and denominators differ in length")

    def ratio(chosen: NDArray[np.int64]) -> NDArray[np.float64]:
        below = bottom[chosen].sum(axis=-1)
        safe = np.where(below == 0, 1.0, below)
        return np.where(below == 0, 0.0, top[chosen].sum(axis=-1) / safe)

    return bootstrap(len(top), ratio, seed=seed, samples=samples, level=level)


def bootstrap(
    count: int,
    statistic: Callable[[NDArray[np.int64]], NDArray[np.float64]],
    *,
    seed: int = 0,
    samples: int = SAMPLES,
    level: float = 0.95,
) -> Estimate:
    """Any statistic of ``count`` queries with its percentile interval.

    ``statistic`` takes positions of shape ``(…, count)`` and returns values of shape ``(…)``.
    """
    import numpy as np

    if not count:
        return Estimate(0.0, 0.0, 0.0)
    generator = np.random.default_rng(seed)
    value = float(statistic(np.arange(count, dtype=np.int64)))
    drawn: list[float] = []
    while len(drawn) < samples:
        rows = min(samples - len(drawn), max(1, _CELLS // count))
        drawn.extend(statistic(generator.integers(0, count, size=(rows, count))).tolist())
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return Estimate(value, float(low), float(high))


@dataclass(frozen=True, slots=True)
class Paired:
    """Two systems on the same queries; differences are b − a.

    ``p_randomisation`` is of the paired randomisation test on the mean difference (Fisher 1935; Smucker, Allan and
    Carterette 2007), ``p_t`` of the paired t-test, both two-sided. ``won`` and ``lost`` are queries where b is
    better and worse, ids in the order of the queries.
    """

    queries: int
    mean_a: float
    mean_b: float
    difference: Estimate
    p_randomisation: float
    p_t: float
    won: tuple[str, ...]
    lost: tuple[str, ...]

    @property
    def ties(self) -> int:
        """How many queries come out the same."""
        return self.queries - len(self.won) - len(self.lost)


def paired(a: Mapping[str, float], b: Mapping[str, float], *, seed: int = 0, samples: int = 10_000) -> Paired:
    """Compare two systems query by query; a query that only one of them has counts as zero for the other."""
    import numpy as np

    names = list(dict.fromkeys([*a, *b]))
    first = np.array([a.get(name, 0.0) for name in names])
    second = np.array([b.get(name, 0.0) for name in names])
    differences = second - first
    differences[np.abs(differences) < 1e-12] = 0.0
    return Paired(
        queries=len(names),
        mean_a=float(first.mean()) if names else 0.0,
        mean_b=float(second.mean()) if names else 0.0,
        difference=estimate(differences.tolist(), seed=seed),
        p_randomisation=_randomisation(differences, seed, samples),
        p_t=_t_test(differences),
        won=tuple(name for name, value in zip(names, differences, strict=True) if value > 0),
        lost=tuple(name for name, value in zip(names, differences, strict=True) if value < 0),
    )


def _randomisation(differences: NDArray[np.float64], seed: int, samples: int) -> float:
    """How often random signs give a sum at least as far from 0: (hits + 1) / (samples + 1)."""
    import numpy as np

    moved = differences[differences != 0]
    if not len(moved):
        return 1.0
    generator = np.random.default_rng(seed)
    target = abs(float(moved.sum())) - 1e-9
    hits = done = 0
    while done < samples:
        rows = min(samples - done, max(1, _CELLS // len(moved)))
        signs = generator.integers(0, 2, size=(rows, len(moved)), dtype=np.int8) * 2 - 1
        hits += int((np.abs(signs @ moved) >= target).sum())
        done += rows
    return (hits + 1) / (samples + 1)


def _t_test(differences: NDArray[np.float64]) -> float:
    """The p-value of the paired t-test; 1 where it is not defined."""
    import numpy as np

    count = len(differences)
    spread = float(differences.std(ddof=1)) if count > 1 else 0.0
    if not spread:
        return 1.0 if not count or not differences.any() else 0.0
    statistic = float(differences.mean()) / (spread / np.sqrt(count))
    return _two_sided(abs(statistic), count - 1)


def _two_sided(statistic: float, freedom: int) -> float:
    from eval.measures import extra

    return float(2 * extra("scipy.stats").t.sf(statistic, freedom))
