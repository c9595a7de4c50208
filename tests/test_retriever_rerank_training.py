"""The reranker's training: questions, draws, the network in PyTorch and as it is shipped, the choice of a share."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from retriever.rerankers.inputs import PASSAGE, QUERY
from retriever.training.encoder import bert
from retriever.training.packed_weights import read_packed
from retriever.training.pairs import Block, Pair
from retriever.training.rerank_choose import best_share, figures
from retriever.training.rerank_pairs import sampled, write_folder
from retriever.training.rerank_train import (
    Example,
    Found,
    Settings,
    Trainer,
    by_source,
    draw,
    run,
)
from tests.test_retriever_training import PIECES, packed_bytes

IDS = [[0, 8, 9, 5, 6, 2, 2, 8, 9, 7, 10, 2], [0, 8, 9, 7, 2, 2, 8, 9, 11, 10, 5, 2]]
PARTS = [
    [0, 0, 0, QUERY, QUERY, 0, 0, 0, 0, PASSAGE, PASSAGE, 0],
    [0, 0, 0, QUERY, 0, 0, 0, 0, *[PASSAGE] * 3, 0],
]


# --- questions ---


def test_half_of_a_sample_is_about_the_documents() -> None:
    pairs = [Pair("cloze", f"问{i}", (f"文{i}",)) for i in range(40)]
    own = frozenset(f"文{i}" for i in range(10))
    kept = sampled(pairs, own, {"cloze": 16}, seed=1)
    assert len(kept) == len(set(kept)) == 16
    assert sum(pair.right[0] in own for pair in kept) == 8
    assert kept == sampled(pairs, own, {"cloze": 16}, seed=1)
    assert len(sampled(pairs, own, {"cloze": 30}, seed=1)) == 30
    assert sampled(pairs, own, {"heading": 3}, seed=1) == []


def test_the_folder_is_a_judged_set(tmp_path: Path) -> None:
    blocks = [
        Block("法", "法第一条", "", "甲。"),
        Block("法", "法第二条", "", "乙。"),
        Block("法", "法第一条", "", "甲。"),
    ]
    pairs = [
        Pair("judged", "问甲", (blocks[0].passage, blocks[1].passage)),
        Pair("cloze", "乙", (blocks[1].passage,)),
    ]
    assert write_folder(tmp_path, blocks, pairs) == {"judged": 1, "cloze": 1}
    corpus = [json.loads(line) for line in (tmp_path / "corpus.jsonl").read_text("utf-8").splitlines()]
    assert corpus == [
        {"_id": "p00000", "title": "法第一条", "text": "甲。"},
        {"_id": "p00001", "title": "法第二条", "text": "乙。"},
    ]
    grades = (tmp_path / "qrels" / "train.tsv").read_text("utf-8").splitlines()[1:]
    assert grades == ["judged-00000\tp00000\t1", "judged-00000\tp00001\t1", "cloze-00000\tp00001\t1"]


def example(name: str, right: int, count: int = 6) -> Example:
    found = tuple(Found(f"d{i}", "题", f"第{i}段", 0.6 - i / 20) for i in range(count))
    return Example(name, "问", {f"d{right}": 1}, found)


def test_a_draw_depends_on_seed_and_step_alone() -> None:
    settings = Settings(questions=5, wrong=3, shares={"judged": 0.5, "cloze": 0.5})
    sources = by_source(
        [*(example(f"{s}-{i}", i % 6) for s in settings.shares for i in range(9)), example("judged-9", 99)]
    )
    lists = draw(sources, settings, 4)
    assert lists == draw(sources, settings, 4) != draw(sources, settings, 5)
    assert [len(row) for row in lists] == [4] * 5
    for row in lists:
        assert [found.id in one.right for one, found in row] == [True, False, False, False]


# --- the network ---


def small(tmp_path: Path) -> tuple[Any, Any]:
    pytest.importorskip("torch", reason="needs the extra 'models'")
    from retriever.training.rerank_model import Reranker, Shape

    path = tmp_path / "small.bin"
    path.write_bytes(packed_bytes())
    model = read_packed(path)
    return model, Reranker(bert(model, np.arange(len(PIECES))).eval(), shape=Shape(first=0))


def test_the_graph_says_what_the_network_says(tmp_path: Path) -> None:
    model, network = small(tmp_path)
    pytest.importorskip("onnx", reason="needs the extra 'convert'")
    import onnxruntime
    import torch

    from retriever.training.rerank_graph import build_reranker
    from retriever.training.rerank_model import SCALE

    random = np.random.default_rng(3)
    values = {n: random.standard_normal(v.shape).astype(np.float32) / 8 for n, v in network.values().items()}
    values = {n: v.astype(np.float16).astype(np.float32) for n, v in values.items()}
    network.set_values(values)
    with torch.no_grad():
        expected = network.score(torch.tensor(IDS), torch.tensor(PARTS)).numpy() / SCALE
    graph = build_reranker(model, np.arange(len(PIECES)), "float", values)
    session = onnxruntime.InferenceSession(graph.SerializeToString(), providers=["CPUExecutionProvider"])
    told = session.run(None, {"input_ids": np.array(IDS), "parts": np.array(PARTS)})[0]
    np.testing.assert_allclose(told, expected, atol=0.01)  # the network computes in bfloat16
    assert abs(told[0] - told[1]) > 0.02


class Letters:
    """A tokenizer of the small model's pieces."""

    def encode(self, sequence: str) -> Any:
        """Every character a piece."""
        ids = [0, *(PIECES.index(c) if c in PIECES else 3 for c in sequence[-4:]), 2]
        return type("Encoding", (), {"ids": ids})()


def test_a_run_learns_and_goes_on_where_it_stopped(tmp_path: Path) -> None:
    settings = Settings(
        steps=24, questions=4, wrong=2, warmup=2, shares={"judged": 1.0}, rate=2e-3, head_rate=2e-2
    )
    found = tuple(
        Found(name, "", text, 0.5) for name, text in (("a", "党党党a"), ("b", "员员员z"), ("c", "zzzz"))
    )
    examples = [Example("judged-0", "a", {"b": 1}, found), Example("judged-1", "z", {"b": 1}, found)]

    def trained(out: Path, stop: int | None = None) -> Trainer:
        trainer = Trainer(small(tmp_path)[1], Letters(), settings)
        train = trainer.train

        def stopping(lists: Any) -> dict[str, float]:
            if trainer.step == stop:
                raise KeyboardInterrupt
            return train(lists)

        trainer.train = stopping  # type: ignore[method-assign]
        run(trainer, examples, {"dev": examples}, out, every=8)
        return trainer

    whole = trained(tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        trained(tmp_path / "parts", stop=11)
    parts = trained(tmp_path / "parts")
    log = [json.loads(line) for line in (tmp_path / "whole" / "log.jsonl").read_text("utf-8").splitlines()]
    losses = [row["losses"]["judged"] for row in log if "losses" in row]
    assert np.mean(losses[-4:]) < np.mean(losses[:4]) - 0.1
    for name, value in whole.average.items():
        np.testing.assert_allclose(value, parts.average[name], atol=1e-5)


# --- the choice ---


def test_figures_by_hand() -> None:
    rows = [example("judged-0", 2), example("judged-1", 0)]
    told = {"judged-0": [0, 0, 0.2, 0, 0, 0], "judged-1": [0] * 6}
    assert figures(rows, told, 0.0, 6) == {"nDCG@10": 0.75, "hit@1": 0.5}
    assert figures(rows, told, 1.0, 6) == {"nDCG@10": 1.0, "hit@1": 1.0}
    assert figures(rows, told, 1.0, 2) == {"nDCG@10": 0.75, "hit@1": 0.5}


def test_the_share_is_the_best_that_spoils_nothing() -> None:
    def row(law: float, guard: float) -> dict[str, dict[str, float]]:
        return {"law": {"nDCG@10": law}, "guard": {"nDCG@10": guard}}

    rows = {0.0: row(0.5, 0.98), 0.5: row(0.53, 0.976), 1.0: row(0.6, 0.97)}
    assert best_share(rows) == 0.5
    assert best_share({0.0: row(0.5, 0.98), 0.5: row(0.49, 0.98)}) == 0.0
