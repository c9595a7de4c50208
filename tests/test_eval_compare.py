"""Comparing two runs: what changed, by how much, and for which queries."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from eval.compare import as_json, as_markdown, compare
from eval.errors import ConfigurationError, RunError
from eval.runs import RunWriter, new_info
from eval.statistics import estimate
from eval.tables import tables
from eval.types import QueryResult, Run, Summary, Versions


def make(
    out: Path,
    values: Mapping[str, float],
    *,
    name: str = "a",
    dataset: str = "small",
    code: str = "1",
    **more: object,
) -> Run:
    info = new_info(
        "retrieval",
        name=name,
        dataset=dataset,
        split="test",
        configuration={"retriever": name, "depth": 100, **more},
        seed=0,
        versions=Versions(code, "sha", "", "", "3.11", "machine"),
        queries=len(values),
    )
    with RunWriter.open(out, info) as writer:
        for query, value in values.items():
            writer.add(QueryResult(query, {"nDCG@10": value, "AP": value / 2}, 1.0), [])
        measures = {"nDCG@10": estimate(list(values.values()))}
        return writer.finish(Summary(measures, {"p50": 1.0, "p95": 2.0}, {"build_s": len(name)}))


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Run, Run]:
    first = {f"q{number}": 0.25 for number in range(20)}
    second = {
        name: (0.75 if number < 15 else 0.0 if number == 15 else 0.25) for number, name in enumerate(first)
    }
    return make(tmp_path, first), make(tmp_path, second, name="bb", code="2", weight=0.5)


def test_what_changed_is_told(pair: tuple[Run, Run]) -> None:
    found = compare(*pair)
    assert found.changed == {
        "configuration.retriever": ("a", "bb"),
        "configuration.weight": (None, 0.5),
        "versions.code": ("1", "2"),
    }
    assert found.cost == {"build_s": (1, 2)}


def test_measures_are_compared_query_by_query(pair: tuple[Run, Run]) -> None:
    found = compare(*pair)
    assert list(found.measures) == ["nDCG@10", "AP"]
    result = found.measures["nDCG@10"]
    assert result.difference.value == pytest.approx(15 * 0.5 / 20 - 0.25 / 20)
    assert result.difference.low > 0
    assert result.p_randomisation < 0.01
    assert result.p_t < 0.01
    assert list(found.won)[:2] == ["q0", "q1"]
    assert found.lost == {"q15": (0.25, 0.0)}
    assert result.ties == 4


def test_both_forms_hold_the_figures(pair: tuple[Run, Run]) -> None:
    found = compare(*pair)
    row = json.loads(json.dumps(as_json(found)))
    assert row["measures"]["nDCG@10"]["significant"] is True
    assert row["measures"]["nDCG@10"]["won"] == 15
    assert row["lost"] == {"q15": [0.25, 0.0]}
    text = as_markdown(found)
    assert "15/1/4" in text
    assert "变差的问题" in text
    assert "| configuration.weight | — | 0.5 |" in text


def test_a_run_does_not_differ_from_itself(pair: tuple[Run, Run]) -> None:
    found = compare(pair[0], pair[0])
    assert not found.changed
    assert found.measures["AP"].p_randomisation == 1
    assert "完全相同" in as_markdown(found)


def test_what_cannot_be_compared_is_refused(pair: tuple[Run, Run], tmp_path: Path) -> None:
    other = make(tmp_path, {"q0": 1.0}, dataset="other")
    with pytest.raises(RunError, match="数据集不同"):
        compare(pair[0], other)
    with pytest.raises(ConfigurationError, match=r"nDCG@10"):
        compare(*pair, measure="R@5")
    unfinished = Run(pair[0].folder, pair[0].info, pair[0].queries, None)
    with pytest.raises(RunError, match="没有做完"):
        compare(unfinished, pair[1])


def test_runs_side_by_side(pair: tuple[Run, Run], tmp_path: Path) -> None:
    other = make(tmp_path, {"q0": 1.0}, dataset="other")
    text = tables([*pair, other], against="a", measures=("nDCG@10", "nope"))
    assert text.count("| 系统 |") == 2
    assert "**small**（test，20 个问题）" in text
    first, second = (line for line in text.splitlines() if line.startswith(("| a | 0.250", "| bb |")))
    assert "†" not in first
    assert "†" in second
    with pytest.raises(RunError, match="没有做完"):
        tables([Run(other.folder, other.info, (), None)])
