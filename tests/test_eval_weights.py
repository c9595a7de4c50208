"""The fusion share chosen over several sets, and our own questions as a BEIR folder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval import own_set, weights
from eval.datasets import read_dataset
from eval.questions import split_of
from eval.retrieval import Plan
from eval.systems import Workbench, make
from eval.weights import SHARES, chosen, figures
from retriever.search import RetrieverSettings
from tests.eval_fakes import write_beir
from tests.retriever_fakes import HashEmbedder


def test_the_best_mean_wins_unless_it_gains_next_to_nothing() -> None:
    flat = dict.fromkeys(SHARES, 0.5)
    assert chosen({"a": flat | {0.3: 0.7}, "b": flat | {0.8: 0.6}}, 0.6) == 0.3
    assert chosen({"a": flat | {0.3: 0.501}}, 0.6) == 0.6
    assert chosen({"a": flat}, 0.6) == 0.6


def test_shares_are_what_the_retriever_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("retriever.embedders.load_embedder", lambda *_, **__: HashEmbedder())
    folder = write_beir(tmp_path / "set")
    found = figures(Plan(folder), tmp_path / "cache")
    assert set(found) == set(SHARES)
    dataset = read_dataset(folder)
    bench = Workbench(dataset, tmp_path / "cache")
    for share in (0.0, 0.6, 1.0):
        system = make("fused", bench, RetrieverSettings(dense_weight=share))
        rankings = {q: [name for name, _ in system.search(text, 10)] for q, text in dataset.queries.items()}
        gains = [weights.ndcg(rankings[q], dataset.qrels[q]) for q in dataset.queries]
        assert found[share] == pytest.approx(sum(gains) / len(gains), abs=1e-3)
    bench.close()


def test_own_questions_become_a_data_set(tmp_path: Path) -> None:
    folder = tmp_path / "texts"
    folder.mkdir()
    text = "第一条 党员应当按月交纳党费。\n第二条 预备党员的预备期为一年。\n"
    (folder / "条例.txt").write_text(text, "utf-8")
    identifier = next(f"q-{n}" for n in range(99) if split_of(f"q-{n}") == "dev")
    gold = [{"any": [{"document": "条例", "quote": "预备期 为一年"}]}]
    rows = [
        {"id": identifier, "question": "预备期多久？", "kind": "fact", "gold": gold},
        {"id": f"{identifier}-x", "question": "没有答案？", "kind": "fact", "answerable": False},
    ]
    (tmp_path / "q.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    assert own_set.write_set([tmp_path / "q.jsonl"], [folder], tmp_path / "out") == 1
    made = read_dataset(tmp_path / "out", "dev")
    assert list(made.queries.values()) == ["预备期多久？"]
    right = {d.id: d.text for d in made.corpus if d.id in made.qrels[identifier]}
    assert right
    assert all("预备期为一年" in text for text in right.values())
