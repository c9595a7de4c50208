"""The tables of docs/retrieval.md: which runs they show, and what they compare."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from eval.errors import ConfigurationError, RunError
from eval.retrieval_docs import BEGIN, DOCUMENT, END, collect, tables
from eval.runs import RunWriter
from eval.statistics import estimate
from eval.types import QueryResult, Summary
from tests.eval_runs import info


def write(
    out: Path, system: str, values: Mapping[str, float], busy: float | None = None, **changes: object
) -> None:
    """A finished retrieval run whose measures are all the same."""
    names = ("nDCG@10", "Success@1", "R@100")
    configuration = {"retriever": system}
    name = f"{system}-{changes.get('dataset', 'small')}-{changes.get('started', 'x')}"
    made = info(
        "retrieval", name, len(values), **{"dataset": "small", "configuration": configuration, **changes}
    )
    with RunWriter.open(out, made) as writer:
        for query, value in values.items():
            extra = {} if busy is None else {"cpu_ms": busy}
            writer.add(QueryResult(query, dict.fromkeys(names, value), 3.0, extra), [])
        means = dict.fromkeys(names, estimate(list(values.values())))
        writer.finish(Summary(means, {"p50": 3.0, "p95": 4.4, "p99": 5.0}, {}))


@pytest.fixture
def words(tmp_path: Path) -> list[str]:
    queries = [f"q{number}" for number in range(20)]
    for model, dense in (("base", 0.4), ("ours", 0.5)):
        write(tmp_path / model, "lexical", dict.fromkeys(queries, 0.6))
        write(tmp_path / model, "dense", dict.fromkeys(queries, dense))
        write(tmp_path / model, "fused", dict.fromkeys(queries, 0.7))
    return [f"base={tmp_path / 'base'}", f"ours={tmp_path / 'ours'}"]


def test_every_system_has_a_row_and_words_only_one(words: list[str]) -> None:
    rows, differences = tables(collect(words)).split("\n\n")
    systems = [line.split(" | ")[1] for line in rows.splitlines()[2:]]
    assert systems == ["lexical", "base dense", "ours dense", "base fused", "ours fused"]
    assert "| small dev (20) | ours dense | 0.500 (0.500–0.500) |" in rows
    assert all(line.endswith("| 3 / 4 | – |") for line in rows.splitlines()[2:])
    assert (
        "| small dev (20) | fused less lexical | +0.100 (+0.100 to +0.100) | 0.0001 | 20 | 0 |" in differences
    )
    assert "fused less dense | +0.200" in differences


def test_reranking_has_its_row_where_there_are_runs(words: list[str], tmp_path: Path) -> None:
    write(tmp_path / "ours", "reranked", {f"q{number}": 0.9 for number in range(20)}, busy=12.0)
    text = tables(collect(words))
    assert (
        "| ours reranked | 0.900 (0.900–0.900) | 0.900 (0.900–0.900) | 0.900 (0.900–0.900) | 3 / 4 | 12 / 12 |"
        in text
    )
    assert "reranked less fused | +0.200" in text


def test_the_newest_run_counts_and_other_systems_do_not(words: list[str], tmp_path: Path) -> None:
    write(tmp_path / "ours", "fused", {"q0": 0.1}, started="2026-11-21T08:00:00+00:00")
    write(tmp_path / "ours", "bigram", {"q0": 0.2})
    text = tables(collect(words))
    assert "| ours fused | 0.100" in text
    assert "bigram" not in text


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="名称="):
        collect([str(tmp_path)])
    with pytest.raises(RunError, match="dangjian-eval run"):
        collect([f"ours={tmp_path}"])


def test_the_document_has_the_marks() -> None:
    text = DOCUMENT.read_text("utf-8")
    assert 0 < text.index(BEGIN) < text.index(END)
