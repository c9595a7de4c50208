"""Retrieval runs over a small data set: every system, what is used again, what a crash and a bad system cost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval import retrieval, systems
from eval.baselines import Bm25, best, character_pairs, jieba_words
from eval.errors import ConfigurationError
from eval.retrieval import Plan, load, measure
from eval.types import Run
from eval.vectorstore import MemoryStore, VectorFile, cut
from ingest.errors import DocumentNotFound
from tests.eval_fakes import DOCUMENTS, QRELS, write_beir
from tests.retriever_fakes import HashEmbedder

OURS = ("lexical", "dense", "fused")


@pytest.fixture
def beir(tmp_path: Path) -> Path:
    return write_beir(tmp_path / "small")


@pytest.fixture
def embedder() -> HashEmbedder:
    return HashEmbedder(2048)  # few pairs share a number


class Lab:
    """Runs systems on one data set with a scripted embedder."""

    def __init__(self, beir: Path, folder: Path, embedder: HashEmbedder) -> None:
        self.beir, self.folder, self.embedder = beir, folder, embedder

    def bench(self, plan: Plan) -> systems.Workbench:
        return systems.Workbench(load(plan), self.folder / "cache", embedder=self.embedder)

    def run(self, name: str, **options: object) -> Run:
        plan = Plan(self.beir, name, **options)  # type: ignore[arg-type]
        bench = self.bench(plan)
        try:
            system = systems.make(name, bench, plan.settings)
            return measure(system, bench.dataset, plan, self.folder / "runs")
        finally:
            bench.close()


@pytest.fixture
def lab(beir: Path, tmp_path: Path, embedder: HashEmbedder) -> Iterator[Lab]:
    return Lab(beir, tmp_path, embedder)  # type: ignore[return-value]


@pytest.mark.parametrize("name", [*OURS, "bigram", "jieba"])
def test_every_system_finds_what_is_there(lab: Lab, name: str) -> None:
    run = lab.run(name)
    assert run.info.queries == len(run.queries) == len(QRELS)
    assert run.summary is not None
    assert run.summary.measures["Success@1"].value == 1
    assert run.summary.measures["R@100"].value >= 0.8
    assert {"index_bytes", "build_s", "memory_bytes", "queries_per_s"} <= run.summary.cost.keys()
    assert run.info.configuration["retriever"] == name
    if name in OURS:
        assert run.info.versions.model == "hash@1"
        assert run.info.versions.index


def test_what_is_printed_is_what_the_design_promises(lab: Lab) -> None:
    row = retrieval.printed(lab.run("fused"))
    assert list(row) == ["dataset", "retriever", "queries", "measures", "latency_ms", "run"]
    assert list(row["measures"]) == ["nDCG@10", "R@100", "RR@10", "Success@1", "Success@5"]
    assert list(row["latency_ms"]) == ["p50", "p95"]
    assert Path(row["run"]).read_text().startswith("q1 Q0 d1 1 ")
    json.dumps(row)


def test_running_again_differs_only_in_times(lab: Lab) -> None:
    def content(run: Run) -> tuple[object, ...]:
        summary = run.summary
        assert summary is not None
        rows = [(row.id, row.measures) for row in run.queries]
        assert all(list(row.extra) == ["cpu_ms"] and row.extra["cpu_ms"] >= 0 for row in run.queries)
        size = summary.cost["index_bytes"]
        return run.info.id, rows, summary.measures, size, (run.folder / "run.trec").read_bytes()

    assert content(lab.run("fused")) == content(lab.run("fused"))


def test_vectors_and_indexes_are_used_again(lab: Lab) -> None:
    first = lab.run("fused")
    made = len(lab.embedder.embedded)
    second = lab.run("dense")
    assert len([text for text in lab.embedder.embedded[made:] if "党费" in text]) == 0
    assert first.info.versions.index == second.info.versions.index
    assert first.summary is not None
    assert second.summary is not None
    assert first.summary.cost["build_s"] == second.summary.cost["build_s"]
    other = Lab(write_beir(lab.folder / "copy" / "small"), lab.folder, lab.embedder)
    other.run("fused")
    assert sum("按月交纳" in text for text in lab.embedder.embedded) == 1


def test_a_run_that_broke_off_is_resumed(lab: Lab) -> None:
    whole = lab.run("bigram")
    kept = (whole.folder / "run.trec").read_bytes(), [row.measures for row in whole.queries]
    asked: list[str] = []
    plan = Plan(lab.beir, "bigram")
    bench = lab.bench(plan)
    system = systems.make("bigram", bench)

    def breaking(question: str, k: int) -> list[tuple[str, float]]:
        if len(asked) == 6:  # four to warm up, then two that are measured
            raise RuntimeError("out of power")
        asked.append(question)
        return system.search(question, k)

    broken = systems.System(system.name, system.configuration, breaking, system.cost)
    with pytest.raises(RuntimeError):
        measure(broken, bench.dataset, plan, lab.folder / "runs")
    asked.clear()
    finished = measure(broken, bench.dataset, plan, lab.folder / "runs")
    assert len(set(asked)) == 2
    assert ((finished.folder / "run.trec").read_bytes(), [row.measures for row in finished.queries]) == kept
    bench.close()


def test_a_broken_retriever_scores_zero(lab: Lab) -> None:
    plan = Plan(lab.beir, "bigram")
    bench = lab.bench(plan)
    silent = systems.System("nothing", {"retriever": "nothing"}, lambda question, k: [])
    run = measure(silent, bench.dataset, plan, lab.folder / "runs")
    assert run.summary is not None
    assert {value.value for value in run.summary.measures.values()} == {0.0}
    assert len(run.queries) == len(QRELS)


def test_a_question_that_cannot_be_asked_finds_nothing(lab: Lab) -> None:
    (lab.beir / "queries.jsonl").write_text(
        '{"_id": "q1", "text": " "}\n{"_id": "q2", "text": "党员大会"}\n', "utf-8"
    )
    run = lab.run("fused")
    assert run.values("Success@1") == {"q1": 0.0, "q2": 1.0}


def test_limit_and_split(lab: Lab, tmp_path: Path) -> None:
    assert list(load(Plan(lab.beir, limit=2)).queries) == ["q1", "q2"]
    parts = [load(Plan(lab.beir, split=split)) for split in ("dev", "heldout")]
    assert sorted(name for part in parts for name in part.queries) == list(QRELS)
    assert [part.split for part in parts] == ["dev", "heldout"]
    own = write_beir(tmp_path / "own", split="dev")
    assert list(load(Plan(own, split="dev")).queries) == list(QRELS)
    with pytest.raises(ConfigurationError, match="test"):
        load(Plan(lab.beir, split="train"))


def test_unknown_and_unavailable_systems_are_told(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigurationError, match="bigram"):
        retrieval.run(Plan(lab.beir, "magic"), lab.folder, lab.folder)
    monkeypatch.setattr("retriever.rerankers.onnx.default_reranker", lambda: lab.folder / "none")
    with pytest.raises(ConfigurationError, match="重排"):
        retrieval.run(Plan(lab.beir, "reranked"), lab.folder, lab.folder)
    with pytest.raises(ConfigurationError, match="指标"):
        retrieval.run(Plan(lab.beir, "bigram", measures=("nope",)), lab.folder, lab.folder)


def test_reranked_is_fusion_looked_at_again(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    small = Path(__file__).parent / "data" / "small_reranker" / "small"
    monkeypatch.setattr("retriever.rerankers.onnx.default_reranker", lambda: small)
    run, fused = lab.run("reranked"), lab.run("fused")
    assert run.info.configuration["retriever"] == "reranked"
    assert str(run.info.configuration["reranker"]).startswith("small@")
    found, plain = ({row.id for row in one.queries} for one in (run, fused))
    assert found == plain == set(QRELS)
    assert run.summary is not None
    assert fused.summary is not None
    assert run.summary.measures["R@100"].value == fused.summary.measures["R@100"].value


def test_a_long_document_stands_where_its_best_part_stands(tmp_path: Path, embedder: HashEmbedder) -> None:
    filler = "".join(f"这里是第{number}句无关的话，说的是别的事情。" for number in range(100))
    long = {
        "d1": ("长文", filler + "党费应当按月交纳，怎么交纳见此。" + filler),
        "d2": ("短文", "别的事情。"),
    }
    lab = Lab(write_beir(tmp_path / "small", documents={**DOCUMENTS, **long}), tmp_path, embedder)
    run = lab.run("dense")
    lines = [line.split() for line in (run.folder / "run.trec").read_text().splitlines()]
    ranked = [line[2] for line in lines if line[0] == "q1"]
    assert sorted(ranked) == ["d1", "d2", "d3", "d4"]  # each once
    assert lab.run("lexical").values("Success@1")["q1"] == 1


@given(st.text(alphabet="党。\n，a", max_size=120), st.integers(1, 30))
def test_cuts_tile_the_text_and_none_is_too_long(text: str, longest: int) -> None:
    spans = cut(text, longest)
    assert "".join(span.of(text) for span in spans) == text
    assert all(len(span) <= longest for span in spans)


def test_a_text_that_fits_is_one_passage(tmp_path: Path) -> None:
    vectors = VectorFile(tmp_path / "v.sqlite3")
    store = MemoryStore(load(Plan(write_beir(tmp_path / "small"))).corpus, vectors)
    assert store.parts == 1
    (passage,) = store.passages("d1")
    assert passage.text == DOCUMENTS["d1"][1]
    assert store.document("d1").metadata.title == "党费"
    with pytest.raises(DocumentNotFound):
        store.passages("none")
    vectors.close()


def test_bm25_by_hand() -> None:
    import math

    index = Bm25(["甲乙丙", "甲乙", "丁戊己庚辛"], character_pairs)
    (first, score), (second, _) = index.search("甲乙", 10)
    idf = math.log(1 + (3 - 2 + 0.5) / (2 + 0.5))
    average = (2 + 1 + 4) / 3
    assert (first, second) == (1, 0)  # the shorter one first
    assert score == pytest.approx(idf * 2.2 / (1 + 1.2 * (0.25 + 0.75 * 1 / average)), rel=1e-5)
    assert index.search("无", 10) == []
    assert Bm25([], character_pairs).search("甲乙", 10) == []


def test_tokens_of_the_baselines() -> None:
    assert character_pairs("机关党建，GDP增长5%，好") == ["机关", "关党", "党建", "gdp", "增长", "5", "好"]
    assert jieba_words()("党员 GDP 交纳，党费！") == ["党员", "gdp", "交纳", "党费"]


@given(st.lists(st.sampled_from([0.0, 1.0, 2.0, 3.0]), max_size=30), st.integers(1, 10))
def test_the_best_are_the_best(values: list[float], k: int) -> None:
    import numpy as np

    expected = sorted(((n, v) for n, v in enumerate(values) if v > 0), key=lambda pair: (-pair[1], pair[0]))
    assert best(np.array(values, dtype=np.float32), k) == expected[:k]
