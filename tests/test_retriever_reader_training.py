"""The sentence reader's training: examples from reading sets, draws, "none of these", the network as it is shipped."""

from __future__ import annotations

import json
import math
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from retriever.training.encoder import bert
from retriever.training.measure import area
from retriever.training.packed_weights import Weights, read_packed
from retriever.training.reader_pairs import (
    main,
    overlap,
    passage_examples,
    read_marked,
    read_texts,
    reading_example,
    training_example,
    trains,
)
from retriever.training.reader_train import ReaderTrainer, Reading, lists_of
from retriever.training.rerank_train import Example, Found, by_source, run
from tests.test_retriever_rerank_training import IDS, PARTS, Letters
from tests.test_retriever_training import PIECES, packed_bytes

TEXTS = {
    "d0": ("甲县", "甲县位于江边。全县有人口三十万。县城在三十里铺。"),
    "d1": ("乙县", "乙县产茶叶很多。乙县的人口是二十万。人口三十万的是邻县。"),
    "d2": ("丙县", "丙县有一座古塔。古塔高九层。"),
}


def write_lines(path: Path, rows: list[Any]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")


def reading_set(tmp_path: Path, name: str = "cmrc2018_dev") -> tuple[Path, Path]:
    folder, candidates = tmp_path / name, tmp_path / f"{name}.jsonl"
    folder.mkdir()
    write_lines(folder / "corpus.jsonl", [{"_id": i, "title": t, "text": x} for i, (t, x) in TEXTS.items()])
    start = TEXTS["d0"][1].index("三十万")
    answers = [{"text": "三十万", "start": start}]
    write_lines(folder / "answers.jsonl", [{"query_id": "q", "doc_id": "d0", "answers": answers}])
    found = [{"id": i, "place": "", "text": "", "score": 0.5} for i in ("d1", "d0", "d2")]
    write_lines(candidates, [{"id": "q", "query": "甲县人口多少", "right": {"d0": 1}, "found": found}])
    return folder, candidates


# --- examples ---


def test_what_holds_the_answer_unmarked_is_left_out(tmp_path: Path) -> None:
    folder, candidates = reading_set(tmp_path)
    texts = read_texts(folder)
    (question,) = read_marked(folder, candidates)
    many = [*texts.values(), *(texts["d2"] for _ in range(3))]
    made = training_example("cmrc", question, texts, many, random.Random(1))
    assert made.id == "cmrc-q"
    assert made.right == {"d0#1": 1}
    names = [one.id for one in made.found]
    assert names[:3] == ["d0#0", "d0#1", "d0#2"]
    assert {"d1#0", "d1#1"} <= set(names)
    assert "d1#2" not in names
    assert made.found[1].text == "全县有人口三十万。"


def test_the_held_back_question_asks_among_the_first_passages(tmp_path: Path) -> None:
    folder, candidates = reading_set(tmp_path)
    (question,) = read_marked(folder, candidates)
    asked = reading_example(question, read_texts(folder))
    assert {one.id for one in asked.found} == {
        *(f"d{i}#{n}" for i in (0, 1) for n in range(3)),
        "d2#0",
        "d2#1",
    }
    scores = [one.score for one in asked.found]
    assert scores == sorted(scores, reverse=True)
    assert overlap("甲县人口", "甲县有人口。") == pytest.approx(2 / 3, abs=0.001)


def test_an_article_is_on_one_side_in_both_scripts() -> None:
    assert trains("乙縣") == trains("乙县")
    assert {trains(f"第{i}篇") for i in range(20)} == {True, False}


def test_a_set_that_measures_cannot_train(tmp_path: Path) -> None:
    folder, candidates = reading_set(tmp_path, "xquad_zh")
    with pytest.raises(SystemExit):
        main(["--reading", f"{folder}={candidates}", "--out", str(tmp_path / "out")])
    assert main(["--held", f"{folder}={candidates}", "--out", str(tmp_path / "out")]) == 0
    assert (tmp_path / "out" / "xquad_zh.jsonl").read_text("utf-8").count("\n") == 1
    assert (tmp_path / "out" / "train.jsonl").read_text("utf-8") == ""


def test_judged_passages_are_taken_over_without_their_doubles(tmp_path: Path) -> None:
    found = [
        {"id": f"p{i}", "place": "法", "text": text, "score": 0.5}
        for i, text in enumerate(["甲。", "乙。", "甲。"])
    ]
    rows = [{"id": f"{s}-0", "query": "问", "right": {"p0": 1}, "found": found} for s in ("judged", "cloze")]
    write_lines(tmp_path / "train.jsonl", rows)
    (made,) = passage_examples(tmp_path / "train.jsonl")
    assert [one.id for one in made.found] == ["p0", "p1"]


# --- draws ---


def example(name: str) -> Example:
    found = [Found(f"a#{i}", "题", f"近{i}", i / 10) for i in range(6)]
    found += [Found(f"b#{i}", "题", f"远{i}", 0.1) for i in range(6)]
    return Example(name, "问", {"a#0": 1}, tuple(found))


def test_a_list_has_near_and_far_sentences_and_sometimes_nothing_right() -> None:
    settings = Reading(questions=40, wrong=5, near=2, shares={"cmrc": 1.0})
    sources = by_source([example(f"cmrc-{i}") for i in range(5)])
    lists = lists_of(sources, settings, 3)
    assert lists == lists_of(sources, settings, 3) != lists_of(sources, settings, 4)
    without = [row for row in lists if row[0][1].id != "a#0"]
    assert 4 <= len(without) <= 20
    for row in lists:
        wrong = [found.id for _, found in row if found.id != "a#0"]
        assert len(wrong) == 5
        assert sorted(name[0] for name in wrong) == ["a", "a", "b", "b", "b"]
        assert "a#1" not in wrong  # the least like of five: four are drawn from


def test_a_near_miss_gives_lists_without_a_right_sentence() -> None:
    settings = Reading(questions=10, wrong=5, near=2, shares={"missed": 1.0})
    sources = by_source(
        [replace(example("missed-1"), right={}), replace(example("missed-2"), right={"z#9": 1})]
    )
    assert [one.id for one in sources["missed"]] == ["missed-1"]
    for row in lists_of(sources, settings, 3):
        assert len(row) == 5
        assert all(not one.right for one, _ in row)


def test_area_by_hand() -> None:
    assert area([1.0, 3.0], [0.0, 1.0]) == pytest.approx((0.75 + 1.0) / 2)


# --- the network ---


def network(tmp_path: Path) -> tuple[Any, Any]:
    pytest.importorskip("torch", reason="needs the extra 'models'")
    from retriever.training.rerank_model import Reranker, Shape

    path = tmp_path / "small.bin"
    path.write_bytes(packed_bytes())
    model = read_packed(path)
    return model, Reranker(
        bert(model, np.arange(len(PIECES))).eval(), shape=Shape(first=0, rank=4, neither=0.7)
    )


def test_the_loss_of_a_list_without_a_right_one_is_of_none(tmp_path: Path) -> None:
    _, small = network(tmp_path)
    import torch

    trainer = ReaderTrainer(small, Letters(), Reading())
    one = example("cmrc-0")
    lists = [[(one, one.found[0]), (one, one.found[1])], [(one, one.found[2])]]
    first, second = trainer.losses(lists, torch.tensor([2.0, 0.0, 0.0]))
    assert first.item() == pytest.approx(-math.log(math.exp(2) / (math.exp(2) + 2)))
    assert second.item() == pytest.approx(math.log(2))


@pytest.mark.parametrize(("weights", "far"), [("float", 0.01), ("q4", 0.01), ("int8", 0.01)])
def test_the_graph_says_what_the_network_says(tmp_path: Path, weights: Weights, far: float) -> None:
    model, small = network(tmp_path)
    pytest.importorskip("onnx", reason="needs the extra 'convert'")
    import onnxruntime
    import torch

    from retriever.training.rerank_graph import build_reranker
    from retriever.training.rerank_model import SCALE

    draw = np.random.default_rng(3)
    values = {n: draw.standard_normal(v.shape).astype(np.float32) * 0.3 for n, v in small.values().items()}
    values = {n: v.astype(np.float16).astype(np.float32) for n, v in values.items()}
    small.set_values(values)
    with torch.no_grad():
        expected = small.score(torch.tensor(IDS), torch.tensor(PARTS)).numpy() / SCALE
    graph = build_reranker(model, np.arange(len(PIECES)), weights, values)
    session = onnxruntime.InferenceSession(graph.SerializeToString(), providers=["CPUExecutionProvider"])
    told = session.run(None, {"input_ids": np.array(IDS), "parts": np.array(PARTS)})[0]
    np.testing.assert_allclose(told, expected, atol=far)  # the network computes in bfloat16
    assert np.abs(expected).min() > 10 * far
    alone = [
        session.run(None, {"input_ids": np.array([ids]), "parts": np.array([parts])})[0][0]
        for ids, parts in zip(IDS, PARTS, strict=True)
    ]
    np.testing.assert_allclose(told, alone, atol=1e-6)  # whatever a pair is run with


def test_a_run_learns_which_sentence_answers(tmp_path: Path) -> None:
    settings = Reading(
        steps=30, questions=6, wrong=2, warmup=2, shares={"cmrc": 1.0}, rate=2e-3, head_rate=2e-2,
        withheld={"cmrc": 0.3},
    )  # fmt: skip
    found = tuple(
        Found(name, "", text, 0.5) for name, text in (("a#0", "党党党a"), ("a#1", "员员员z"), ("b#0", "zzzz"))
    )
    examples = [Example("cmrc-0", "a", {"a#1": 1}, found), Example("cmrc-1", "z", {"a#1": 1}, found)]
    trainer = ReaderTrainer(network(tmp_path)[1], Letters(), settings)
    run(trainer, examples, {"dev": examples}, tmp_path / "run", every=15)
    log = [json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_text("utf-8").splitlines()]
    losses = [row["losses"]["cmrc"] for row in log if "losses" in row]
    assert np.mean(losses[-5:]) < np.mean(losses[:5])
    dev = [row["dev"]["dev"] for row in log if "dev" in row]
    assert dev[-1]["read"] == 1.0
    assert set(dev[-1]) == {"found", "read", "none", "above", "above_without", "lists"}
