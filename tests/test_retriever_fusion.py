"""Fusion: the formulas, their bounds, and one order for equal scores."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retriever.fusion import calibrated_cosine, convex_combination, minmax, ranked, reciprocal_rank_fusion

SCORES = st.dictionaries(st.integers(0, 30), st.floats(-1, 50, allow_nan=False), max_size=12)


def test_reciprocal_ranks_by_hand() -> None:
    fused = reciprocal_rank_fusion([[(7, 9.0), (3, 8.0)], [(3, 0.9)]])
    scale = 61 / 2
    assert fused == pytest.approx({7: scale / 61, 3: scale / 62 + scale / 61})
    assert [position for position, _ in ranked(fused)] == [3, 7]
    assert reciprocal_rank_fusion([[(1, 1.0)], [(1, 1.0)]]) == pytest.approx({1: 1.0})


def test_convex_combination_by_hand() -> None:
    fused = convex_combination([{1: 1.0, 2: 0.5}, {2: 1.0, 3: 0.2}], [0.4, 0.6])
    assert fused == pytest.approx({1: 0.4, 2: 0.8, 3: 0.12})


def test_minmax_by_hand() -> None:
    assert minmax({1: 10.0, 2: 5.0, 3: -2.0}, 0) == pytest.approx({1: 1, 2: 0.5, 3: 0})
    assert minmax({1: 5.0}, 0, 20) == {1: 0.25}
    assert minmax({1: 0.0, 2: 0.0}, 0) == {1: 0, 2: 0}
    assert minmax({}, 0) == {}


def test_ties_go_by_position() -> None:
    assert ranked({9: 1.0, 2: 1.0, 5: 2.0}) == [(5, 2.0), (2, 1.0), (9, 1.0)]


@pytest.mark.parametrize("weights", [[1.0], [1.0, -0.1], [1.0, 1.0, 1.0]])
def test_wrong_weights_are_refused(weights: list[float]) -> None:
    with pytest.raises(ValueError, match="weights"):
        convex_combination([{}, {}], weights)


@given(SCORES, SCORES, st.floats(0, 1))
def test_fused_scores_lie_between_0_and_1(
    first: dict[int, float], second: dict[int, float], share: float
) -> None:
    weights = [1 - share, share]
    for fused in (
        reciprocal_rank_fusion([ranked(first), ranked(second)], weights),
        convex_combination([minmax(first, -1), minmax(second, 0)], weights),
    ):
        assert fused.keys() == first.keys() | second.keys()
        assert all(0 <= score <= 1 + 1e-9 for score in fused.values())


@given(st.floats(-1, 1), st.floats(-1, 1), st.floats(-0.5, 0.95))
def test_calibration_keeps_the_order(one: float, other: float, unrelated: float) -> None:
    low, high = sorted((one, other))
    assert 0 <= calibrated_cosine(low, unrelated) <= calibrated_cosine(high, unrelated) <= 1
    if high - low > 1e-6:
        assert calibrated_cosine(low, unrelated) < calibrated_cosine(high, unrelated)


def test_calibration_endpoints() -> None:
    assert calibrated_cosine(1, 0.8) == pytest.approx(1)
    assert calibrated_cosine(0.8, 0.8) < 0.01
    assert 0 <= calibrated_cosine(1, 1) <= 0.01
