"""Measures against hand-computed and published values; intervals and tests against known ones."""

from __future__ import annotations

import importlib
import itertools
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval import measures
from eval.errors import ConfigurationError, MissingExtra
from eval.measures import DEFAULT, mean, per_query, strictly_descending
from eval.statistics import bootstrap, estimate, paired, percentiles, ratio_estimate

ranking = st.lists(st.sampled_from("abcdefghij"), unique=True, max_size=10)


def scored(names: list[str]) -> list[tuple[str, float]]:
    return [(name, float(-position)) for position, name in enumerate(names)]


def test_the_published_example_of_pytrec_eval() -> None:
    """From its README: q1 map 1/3, ndcg 0.5; q2 map 0.5833, ndcg 0.6934 (d1 and d2 tie nowhere)."""
    qrels = {"q1": {"d1": 0, "d2": 1, "d3": 0}, "q2": {"d2": 1, "d3": 1}}
    run = {"q1": [("d3", 1.5), ("d1", 1.0), ("d2", 0.0)], "q2": [("d1", 1.5), ("d3", 0.5), ("d2", 0.2)]}
    found = per_query(qrels, run, ("AP", "nDCG"))
    assert found["q1"] == pytest.approx({"AP": 1 / 3, "nDCG": 0.5})
    assert found["q2"] == pytest.approx({"AP": 0.5833333333333333, "nDCG": 0.6934264036172708})


def test_values_computed_by_hand() -> None:
    qrels = {"q": {"a": 2, "b": 1, "c": 1, "z": 0}}
    found = per_query(qrels, {"q": scored(["z", "a", "x", "b"])}, (*DEFAULT, "nDCG@3", "RR@1", "R@2"))["q"]
    ideal = 2 + 1 / math.log2(3) + 1 / math.log2(4)
    assert found["nDCG@10"] == pytest.approx((2 / math.log2(3) + 1 / math.log2(5)) / ideal)
    assert found["nDCG@3"] == pytest.approx(2 / math.log2(3) / ideal)
    assert found["AP"] == pytest.approx((1 / 2 + 2 / 4) / 3)
    assert found["RR@10"] == pytest.approx(1 / 2)
    assert found["RR@1"] == 0
    assert found["R@2"] == pytest.approx(1 / 3)
    assert found["R@100"] == pytest.approx(2 / 3)
    assert (found["Success@1"], found["Success@5"]) == (0, 1)


@given(ranking, st.dictionaries(st.sampled_from("abcdefghij"), st.integers(0, 2), min_size=1))
def test_they_agree_with_the_definitions(names: list[str], grades: dict[str, int]) -> None:
    found = per_query({"q": grades}, {"q": scored(names)}, ("nDCG@5", "R@5", "RR@5", "Success@5"))["q"]
    relevant = [name for name, grade in grades.items() if grade > 0]
    ranks = [rank for rank, name in enumerate(names[:5], 1) if grades.get(name, 0) > 0]
    gains = sum(grades[names[rank - 1]] / math.log2(rank + 1) for rank in ranks)
    best = sorted(grades.values(), reverse=True)[:5]
    ideal = sum(grade / math.log2(rank + 1) for rank, grade in enumerate(best, 1))
    assert found["R@5"] == pytest.approx(len(ranks) / len(relevant) if relevant else 0)
    assert found["RR@5"] == pytest.approx(1 / ranks[0] if ranks else 0)
    assert found["Success@5"] == (1 if ranks else 0)
    assert found["nDCG@5"] == pytest.approx(gains / ideal if ideal else 0)


def test_a_query_missing_from_the_run_counts_as_zero() -> None:
    qrels = {"q1": {"a": 1}, "q2": {"a": 1}, "q3": {"a": 1}, "q4": {}}
    found = per_query(qrels, {"q1": scored(["a"]), "q3": [], "other": scored(["a"])})
    assert list(found) == ["q1", "q2", "q3", "q4"]
    assert mean(found.values())["nDCG@10"] == 0.25
    assert set(found["q2"].values()) == {0.0}


def test_ties_are_measured_in_the_order_that_people_see() -> None:
    tied = [("a", 1.0), ("b", 1.0), ("c", 1.0)]
    assert per_query({"q": {"a": 1}}, {"q": tied}, ("RR@10",))["q"]["RR@10"] == 1
    assert per_query({"q": {"c": 1}}, {"q": tied}, ("RR@10",))["q"]["RR@10"] == pytest.approx(1 / 3)


@given(st.lists(st.floats(-1e6, 1e6), max_size=20))
def test_scores_fall_and_the_order_stays(values: list[float]) -> None:
    rows = strictly_descending([(str(number), value) for number, value in enumerate(values)])
    assert [name for name, _ in rows] == [str(number) for number in range(len(values))]
    assert all(first > second for (_, first), (_, second) in itertools.pairwise(rows))


def test_an_unknown_measure_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="nDCG@10"):
        measures.check(["nDGC@10"])


def test_without_the_extra_the_fix_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(MissingExtra, match=r"ir-measures。请运行 pip install 'dangjian-qa\[eval\]'"):
        per_query({"q": {"a": 1}}, {"q": [("a", 1.0)]})


def test_percentiles_are_values_that_occurred() -> None:
    assert percentiles([]) == {"p50": 0.0, "p95": 0.0, "p99": 0.0}
    assert percentiles([7.0]) == {"p50": 7.0, "p95": 7.0, "p99": 7.0}
    assert percentiles(list(range(100, 0, -1))) == {"p50": 50, "p95": 95, "p99": 99}


def test_intervals_hold_the_mean_and_are_seeded() -> None:
    values = [0.0, 1.0] * 50
    found = estimate(values, seed=3)
    assert found == estimate(values, seed=3)
    assert found != estimate(values, seed=4)
    assert found.value == 0.5
    # the normal interval: 0.5 ± 1.96 · 0.05
    assert found.low == pytest.approx(0.402, abs=0.02)
    assert found.high == pytest.approx(0.598, abs=0.02)
    assert estimate([]).value == 0
    assert estimate([0.25]) == type(found)(0.25, 0.25, 0.25)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_an_interval_lies_within_the_values(values: list[float]) -> None:
    found = estimate(values, samples=200)
    assert min(values) - 1e-9 <= found.low <= found.value + 1e-9
    assert found.value - 1e-9 <= found.high <= max(values) + 1e-9 or len(values) < 3


def test_ratios_weigh_queries_by_what_they_contribute() -> None:
    assert ratio_estimate([1, 0], [1, 3]).value == 0.25
    assert ratio_estimate([0, 0], [0, 0]).value == 0
    with pytest.raises(ValueError, match="differ"):
        ratio_estimate([1], [1, 2])


def test_any_statistic_can_be_drawn() -> None:
    import numpy as np

    values = np.array([1.0, 2.0, 9.0])
    found = bootstrap(3, lambda chosen: np.median(values[chosen], axis=-1))
    assert (found.value, found.low, found.high) == (2.0, 1.0, 9.0)


def test_paired_tests_agree_with_known_values() -> None:
    """Sleep data of Student (1908), as in R's `t.test(extra ~ group, paired = TRUE)`: t = −4.0621, p = 0.002833."""
    first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
    second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
    a, b = ({str(n): value for n, value in enumerate(values)} for values in (first, second))
    found = paired(a, b)
    assert found.difference.value == pytest.approx(1.58)
    assert found.p_t == pytest.approx(0.002833, abs=1e-6)
    # All nine differences that are not 0 are above it: 2 of the 512 sign patterns are as extreme.
    assert found.p_randomisation == pytest.approx(2 / 512, abs=0.002)
    assert (len(found.won), len(found.lost), found.ties) == (9, 0, 1)


def test_two_runs_that_agree_do_not_differ() -> None:
    values = {"q1": 0.5, "q2": 1.0}
    found = paired(values, dict(values))
    assert (found.p_t, found.p_randomisation, found.won, found.lost) == (1.0, 1.0, (), ())
    assert paired({}, {}).p_randomisation == 1.0
    constant = paired({"a": 0.0, "b": 0.0}, {"a": 1.0, "b": 1.0})
    assert constant.p_t == 0.0


def test_a_query_that_one_run_lacks_counts_as_zero_there() -> None:
    found = paired({"q1": 1.0, "q2": 1.0}, {"q1": 1.0})
    assert (found.lost, found.mean_b) == (("q2",), 0.5)
