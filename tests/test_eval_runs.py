"""Run folders: what is written, what a crash leaves, and what versions say."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from eval.errors import RunError
from eval.runs import RunWriter, default_out, list_runs, load_run, new_info, summarise_latency
from eval.types import Estimate, QueryResult, RunInfo, Summary, Versions
from eval.versions import code_version, collect, files_sha256

SUMMARY = Summary(
    {"AP": Estimate(0.5, 0.25, 0.75)}, {"p50": 1.0, "p95": 2.0, "p99": 2.0}, {"build_s": 1.5}, {"c": [[0, 1]]}
)


def info(**changes: object) -> RunInfo:
    made = new_info(
        "retrieval",
        name="fused",
        dataset="small",
        split="test",
        configuration={"retriever": "fused", "depth": 100},
        seed=0,
        versions=Versions("1", "sha", "model@1", "index", "3.11", "machine"),
        queries=3,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def result(name: str, value: float = 0.5, **extra: object) -> QueryResult:
    return QueryResult(name, {"AP": value}, 1.25, extra)


def complete(out: Path, run: RunInfo) -> Path:
    with RunWriter.open(out, run) as writer:
        for number in range(3):
            if f"q{number}" not in writer.done:
                writer.add(result(f"q{number}", kind="fact"), [("d1", 2.0), ("d2", 1.0)])
        return writer.finish(SUMMARY).folder


def test_a_run_reads_as_it_was_written(tmp_path: Path) -> None:
    run = load_run(complete(tmp_path, info()))
    assert run.summary == SUMMARY
    assert [row.id for row in run.queries] == ["q0", "q1", "q2"]
    assert run.queries[0] == result("q0", kind="fact")
    assert run.values("AP") == {"q0": 0.5, "q1": 0.5, "q2": 0.5}
    assert run.info.finished >= run.info.started > ""
    assert (run.folder / "run.trec").read_text().splitlines()[1] == f"q0 Q0 d2 2 1 {run.info.id}"
    assert load_run(run.folder / "run.trec").info == run.info


def test_the_contract_of_the_folder(tmp_path: Path) -> None:
    folder = complete(tmp_path, info())
    row = json.loads((folder / "run.json").read_text("utf-8"))
    assert row["format"] == 1
    assert set(row) == {
        *("format", "kind", "id", "dataset", "split", "configuration", "seed", "versions"),
        *("started", "finished", "queries"),
    }
    assert set(row["versions"]) == {"code", "corpus", "model", "index", "python", "machine"}
    line = json.loads((folder / "queries.jsonl").read_text("utf-8").splitlines()[0])
    assert line == {"id": "q0", "measures": {"AP": 0.5}, "latency_ms": 1.25, "kind": "fact"}
    summary = json.loads((folder / "summary.json").read_text("utf-8"))
    assert summary["measures"]["AP"] == {"value": 0.5, "low": 0.25, "high": 0.75}
    assert set(summary) == {"measures", "latency_ms", "cost", "curves"}


@pytest.mark.parametrize("cut", range(0, 60, 7))
def test_a_crash_loses_at_most_one_query(tmp_path: Path, cut: int) -> None:
    whole = complete(tmp_path / "whole", info())
    with RunWriter.open(tmp_path, info()) as writer:
        for number in range(2):
            writer.add(result(f"q{number}", kind="fact"), [("d1", 2.0), ("d2", 1.0)])
        folder = writer.folder
    for name in ("queries.jsonl", "run.trec"):  # the last line that was being written
        data = (folder / name).read_bytes()
        (folder / name).write_bytes(data[: len(data) - cut])
    assert load_run(folder).summary is None
    with RunWriter.open(tmp_path, info()) as writer:
        assert set(writer.done) in ({"q0"}, {"q0", "q1"})
    again = complete(tmp_path, info())
    for name in ("queries.jsonl", "run.trec", "summary.json"):
        assert (again / name).read_bytes() == (whole / name).read_bytes()


def test_a_finished_run_is_made_anew(tmp_path: Path) -> None:
    complete(tmp_path, info())
    with RunWriter.open(tmp_path, info()) as writer:
        assert not writer.done
        assert not (writer.folder / "summary.json").exists()


def test_the_id_follows_from_what_the_run_is_made_of() -> None:
    assert info().id == info().id
    assert info().id.startswith("small-test-fused-")
    other = new_info(
        "retrieval",
        name="fused",
        dataset="small",
        split="test",
        configuration={"retriever": "fused", "depth": 50},
        seed=0,
        versions=info().versions,
        queries=3,
    )
    assert other.id != info().id


def test_runs_are_listed_newest_first_and_broken_ones_left_out(tmp_path: Path) -> None:
    for number, started in enumerate(("2026-01-01", "2026-03-01", "2026-02-01")):
        complete(tmp_path, info(id=f"run{number}", started=started))
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "run.json").write_text("{}")
    assert [run.info.id for run in list_runs(tmp_path)] == ["run1", "run2", "run0"]
    assert list_runs(tmp_path / "none") == []


@pytest.mark.parametrize("damage", ["missing", "json", "format", "summary", "query"])
def test_a_folder_that_cannot_be_read_is_told(tmp_path: Path, damage: str) -> None:
    folder = complete(tmp_path, info())
    if damage == "missing":
        (folder / "run.json").unlink()
    elif damage == "json":
        (folder / "run.json").write_text("{")
    elif damage == "format":
        row = json.loads((folder / "run.json").read_text("utf-8")) | {"format": 2}
        (folder / "run.json").write_text(json.dumps(row))
    elif damage == "summary":
        (folder / "summary.json").write_text("[]")
    else:
        (folder / "queries.jsonl").write_text('{"id": 1}\n')
    with pytest.raises(RunError, match=r"运行"):
        load_run(folder)


def test_latency_is_summed_up() -> None:
    rows = [QueryResult(str(number), {}, float(number)) for number in range(1, 101)]
    assert summarise_latency(rows) == {"p50": 50, "p95": 95, "p99": 99}


def test_versions_say_what_a_figure_depends_on(tmp_path: Path) -> None:
    from tests.retriever_fakes import HashEmbedder

    found = collect("sha", embedder=HashEmbedder(), index="g1")
    assert (found.model, found.index, found.corpus) == ("hash@1", "g1", "sha")
    assert found.code == code_version()
    assert "+" in found.code
    assert str(Path.home()) not in str(found)
    (tmp_path / "a").write_text("1")
    (tmp_path / "b").write_text("2")
    first = files_sha256([tmp_path / "a", tmp_path / "b"])
    assert first == files_sha256([tmp_path / "b", tmp_path / "a"])
    (tmp_path / "b").write_text("3")
    assert files_sha256([tmp_path / "a", tmp_path / "b"]) != first


def test_runs_go_to_the_data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DANGJIAN_HOME", str(tmp_path))
    assert default_out() == tmp_path / "runs"


def test_line_separators_in_texts_are_no_line_ends(tmp_path: Path) -> None:
    odd = result("q0", answer="甲\u2028乙\x85丙")
    with RunWriter.open(tmp_path, info()) as writer:
        writer.add(odd, [("d1", 1.0)])
        writer.add(result("q1", answer="坏字符\ud800"), [("d1", 1.0)])
    with RunWriter.open(tmp_path, info()) as writer:
        assert writer.done["q0"] == odd
        assert writer.done["q1"].extra == {"answer": "坏字符?"}
