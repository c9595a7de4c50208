"""Tuning: training questions, splits, corrections in PyTorch and in the shipped graph, the choice of a share."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from tokenizers import Tokenizer, models, pre_tokenizers

from retriever.training.anchors import anchors
from retriever.training.encoder import Tuned, read_tuned, write_tuned
from retriever.training.packed_weights import PackedModel, read_packed
from retriever.training.pairs import Pair, document_blocks, judged_pairs, statute_blocks, structure_pairs
from retriever.training.splits import PARTS, part_of, write_split
from retriever.training.templates import bare, questions
from tests.retriever_fakes import HashEmbedder
from tests.test_retriever_training import LAYERS, PIECES, packed_bytes

RANK = 2
QUESTION = PIECES.index("党")
IDS = np.array([[0, QUESTION, 5, 6, 7, 8, 2], [0, 9, 10, 2, 1, 1, 1]])
MASK = (IDS != 1).astype(np.int64)


@pytest.fixture
def model(tmp_path: Path) -> PackedModel:
    path = tmp_path / "small.bin"
    path.write_bytes(packed_bytes())
    return read_packed(path)


def corrections(model: PackedModel) -> Tuned:
    random = np.random.default_rng(3)
    found: Tuned = {}
    for layer in range(LAYERS):
        for part in ("q", "k", "v", "ao", "fi", "fo"):
            rows, columns = model.matrices[f"l{layer}.{part}.w"].nibbles.shape
            found[f"l{layer}.{part}.A"] = (random.standard_normal((RANK, columns)) * 0.3).astype(np.float32)
            found[f"l{layer}.{part}.B"] = (random.standard_normal((rows, RANK)) * 0.3).astype(np.float32)
    return {name: value.astype(np.float16).astype(np.float32) for name, value in found.items()}


def run_graph(model: PackedModel, tuned: Tuned, ids: NDArray[Any], mask: NDArray[Any]) -> NDArray[Any]:
    pytest.importorskip("onnx", reason="needs the extra 'convert'")
    import onnxruntime

    from retriever.training.bert_graph import build_graph

    graph = build_graph(model, np.arange(len(PIECES)), "float", tuned, QUESTION)
    session = onnxruntime.InferenceSession(graph.SerializeToString(), providers=["CPUExecutionProvider"])
    result: NDArray[Any] = session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
    return result


# --- the graph ---


def test_corrections_change_questions_only(model: PackedModel) -> None:
    base, changed = (run_graph(model, tuned, IDS, MASK) for tuned in ({}, corrections(model)))
    assert (base[0] * changed[0]).sum() < 0.999
    np.testing.assert_allclose(base[1], changed[1], atol=1e-6)
    alone = run_graph(model, corrections(model), IDS[1:, :4], MASK[1:, :4])
    assert (alone == run_graph(model, {}, IDS[1:, :4], MASK[1:, :4])).all()


def test_graph_equals_the_tuned_model_in_torch(model: PackedModel) -> None:
    torch = pytest.importorskip("torch", reason="needs the extra 'models'")
    from retriever.training.encoder import add_corrections, bert, pooled

    net = bert(model, np.arange(len(PIECES))).eval()
    named = add_corrections(net, RANK, 0)
    values = corrections(model)
    with torch.no_grad():
        for name, parameter in named.items():
            parameter.copy_(torch.from_numpy(values[name]))
        expected = pooled(net, torch.tensor(IDS), torch.tensor(MASK)).numpy()
    np.testing.assert_allclose(run_graph(model, values, IDS, MASK)[0], expected[0], atol=1e-5)


def test_corrections_begin_as_nothing(model: PackedModel) -> None:
    torch = pytest.importorskip("torch", reason="needs the extra 'models'")
    from retriever.training.encoder import add_corrections, bert, pooled

    net = bert(model, np.arange(len(PIECES))).eval()
    with torch.no_grad():
        before = pooled(net, torch.tensor(IDS), torch.tensor(MASK)).numpy()
        named = add_corrections(net, RANK, 1)
        after = pooled(net, torch.tensor(IDS), torch.tensor(MASK)).numpy()
    np.testing.assert_allclose(before, after, atol=1e-6)
    assert {name.split(".")[0] for name in named} == {"l1"}
    assert sum(p.requires_grad for p in net.parameters()) == len(named) == 12


def test_written_corrections_are_read_and_scaled(model: PackedModel, tmp_path: Path) -> None:
    values = corrections(model)
    write_tuned(tmp_path / "a.npz", values)
    write_tuned(tmp_path / "b.npz", values)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    half = read_tuned(tmp_path / "a.npz", 0.5)
    assert half.keys() == values.keys()
    for name, value in values.items():
        np.testing.assert_allclose(half[name], value * (0.5 if name.endswith(".B") else 1.0))


# --- splits and training questions ---


@given(st.text(max_size=20))
def test_every_question_has_one_part(identifier: str) -> None:
    assert part_of(identifier) in PARTS
    assert part_of(identifier) == part_of(identifier)


def test_the_parts_of_stard_are_what_was_recorded() -> None:
    parts = [part_of(f"s{number:04d}") for number in range(1543)]
    assert [parts.count(part) for part in PARTS] == [621, 179, 743]


def beir(folder: Path) -> Path:
    (folder / "qrels").mkdir(parents=True)
    rows = [
        {"_id": f"g{i}", "title": f"某某法第{n}条", "text": f"公民可以申请第{n}类许可并且一直使用下去。"}
        for i, n in enumerate("一二三四五六")
    ]
    asked = [{"_id": f"s{i:04d}", "text": f"问题{i}"} for i in range(6)]
    for name, found in (("corpus", rows), ("queries", asked)):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(r) + "\n" for r in found), "utf-8")
    lines = ["query-id\tcorpus-id\tscore", *(f"s{i:04d}\tg{i}\t1" for i in range(6))]
    (folder / "qrels" / "test.tsv").write_text("\n".join(lines) + "\n", "utf-8")
    return folder


def test_held_back_questions_never_train(tmp_path: Path) -> None:
    folder = beir(tmp_path / "set")
    trained = {pair.query for pair in judged_pairs(folder)}
    assert trained == {f"问题{i}" for i in range(6) if part_of(f"s{i:04d}") == "train"}
    write_split(folder, tmp_path / "split")
    lines = {part: (tmp_path / "split" / "qrels" / f"{part}.tsv").read_text().splitlines() for part in PARTS}
    assert {rows[0] for rows in lines.values()} == {"query-id\tcorpus-id\tscore"}
    assert sum(len(rows) - 1 for rows in lines.values()) == 6
    assert all(part_of(row.split("\t")[0]) == part for part, rows in lines.items() for row in rows[1:])


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("第二条 本条例所称干部，是指国家机关工作人员。", "什么是干部？"),
        ("监察官应当具备下列条件：", "监察官应当具备什么条件？"),
        ("（二）企业不得泄露个人信息。", "企业可以泄露个人信息吗？"),
        ("有下列情形之一的，可以不予公开：", "什么情况下会不予公开？"),
        ("伪造公文印章的，处十日以下拘留。", "伪造公文印章会受到什么处罚？"),
    ],
)  # fmt: skip
def test_rules_become_questions(sentence: str, question: str) -> None:
    assert question in list(questions(sentence))


def test_numbers_in_front_are_left_out() -> None:
    assert bare("第十二条之一 内容。") == bare("（三）内容；") == "内容"


@given(st.text(alphabet="第一条应当不得可以有下列情形之的，。：；（）是指本法所称", max_size=60))
def test_any_sentence_is_taken(sentence: str) -> None:
    assert all("{" not in question and question for question in questions(sentence))


def test_structure_gives_the_same_pairs_again(tmp_path: Path) -> None:
    blocks = statute_blocks(beir(tmp_path) / "corpus.jsonl")
    pairs = structure_pairs(blocks, 1)
    assert pairs == structure_pairs(blocks, 1)
    assert {block.group for block in blocks} == {"某某法"}
    assert {pair.source for pair in pairs} == {"template", "heading"}
    assert all(pair.right[0] in {block.passage for block in blocks} for pair in pairs)


def test_documents_are_cut_as_the_product_cuts_them(tmp_path: Path) -> None:
    folder = tmp_path / "texts"
    folder.mkdir()
    text = "第一章 总则\n第一条 党员应当按期交纳党费，不得拖欠。\n第二条 党费应当用于党的活动。党费由党委管理。\n"
    (folder / "a.txt").write_text(text, "utf-8")
    (tmp_path / "index.json").write_text(json.dumps([{"key": "a", "title": "党费条例"}]), "utf-8")
    blocks = document_blocks(folder)
    assert blocks
    assert all(block.place.startswith("党费条例 › 第一章") and block.group == "a" for block in blocks)
    assert any("按期交纳党费" in block.passage for block in blocks)


# --- a run ---


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What `make_pairs` writes: three passages, along the first axes."""
    from retriever.training.make_pairs import write_anchors, write_pairs

    pairs = [
        Pair("judged", "党", ("甲",)),
        Pair("judged", "党员", ("乙",)),
        Pair("template", "员 a", ("丙", "甲")),
    ]
    write_pairs(tmp_path / "pairs", pairs, ["甲", "乙", "丙"], np.eye(3, 64, dtype=np.float32))
    write_anchors(tmp_path / "pairs", ["z", "a"], HashEmbedder(64))
    return tmp_path / "pairs"


def tuner(model: PackedModel, folder: Path) -> tuple[Any, Any]:
    pytest.importorskip("torch", reason="needs the extra 'models'")
    from retriever.training.encoder import bert
    from retriever.training.finetune import Examples, Settings, Texts, Tuner, read_examples

    shares = {"judged": 0.6, "template": 0.2, "anchor": 0.2}
    settings = Settings(steps=6, batch=4, rank=RANK, warmup=1, longest=12, shares=shares)
    tokenizer = Tokenizer(models.Unigram([(p, -float(i)) for i, p in enumerate(PIECES)], 3))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace("▁")
    examples, passages, held = read_examples(folder)
    net = bert(model, np.arange(len(PIECES)))
    return Tuner(net, Texts(tokenizer), passages, held, settings), Examples(examples, settings)


def test_a_broken_off_run_ends_like_one_in_one_go(model: PackedModel, folder: Path, tmp_path: Path) -> None:
    whole, examples = tuner(model, folder)
    from retriever.training.finetune import run

    run(whole, examples, tmp_path / "whole", every=2)
    first, _ = tuner(model, folder)
    first.settings = replace(first.settings, steps=6)
    for step in range(4):
        first.train(examples.draw(step))
    (tmp_path / "parts").mkdir()
    first.save(tmp_path / "parts")
    second, _ = tuner(model, folder)
    run(second, examples, tmp_path / "parts", every=2)
    one, two = (read_tuned(tmp_path / name / "tuned.npz") for name in ("whole", "parts"))
    for name, value in one.items():
        np.testing.assert_allclose(value, two[name], atol=1e-4)
    rows = [json.loads(line) for line in (tmp_path / "whole" / "log.jsonl").read_text().splitlines()]
    assert [row["step"] for row in rows] == list(range(6))
    assert any(np.abs(value).max() > 0 for name, value in one.items() if name.endswith(".B"))


def test_other_right_passages_are_not_held_against_a_question(model: PackedModel, folder: Path) -> None:
    trained, examples = tuner(model, folder)
    found = {e.query: e for e in (e for step in range(9) for e in examples.draw(step))}
    alone, both = found["党"], replace(found["党"], right=(0, 1, 2))
    with_rivals, without = trained.losses([alone, both]).tolist()
    assert without == pytest.approx(0.0, abs=1e-6)
    assert with_rivals > 0


def test_anchors_are_held_to_the_vectors_they_had(model: PackedModel, folder: Path) -> None:
    trained, examples = tuner(model, folder)
    anchor = next(e for step in range(50) for e in examples.draw(step) if e.source == "anchor")
    (away,) = trained.losses([anchor]).tolist()
    assert away > 0
    import torch

    from retriever.training.encoder import pooled

    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        trained.anchors[anchor.right[0]] = pooled(trained.net, *trained.texts([anchor.query], 12))[0].float()
    assert trained.losses([anchor]).item() == pytest.approx(0.0, abs=0.05)


def test_anchors_are_the_same_each_time_and_of_common_words() -> None:
    words = [
        ("黄河", 900, "ns"),
        ("石头", 500, "n"),
        ("李白", 80, "nr"),
        ("中纪委", 60, "nt"),
        ("量子", 50, "nz"),
    ]
    rare = [("某某河", 1, "ns"), ("的", 10**6, "n")]
    made = anchors([*words, *rare], 30, 4)
    assert made == anchors([*words, *rare], 30, 4)
    assert len(made) == 30
    assert any("黄河" in question for question in made)
    assert not any("某某河" in question for question in made)
    with pytest.raises(IndexError):
        anchors(rare, 1, 4)


def test_a_source_without_examples_is_refused(model: PackedModel, folder: Path) -> None:
    pytest.importorskip("torch", reason="needs the extra 'models'")
    from retriever.training.finetune import Examples, Settings

    with pytest.raises(ValueError, match="cloze"):
        Examples([], Settings(shares={"cloze": 1.0}))


# --- the choice ---


def test_the_best_share_that_harms_nowhere_is_chosen() -> None:
    pytest.importorskip("onnx", reason="needs the extra 'convert'")
    from retriever.training.choose import best_share

    def row(law: float, guard: float) -> dict[str, dict[str, float]]:
        return {"law": {"nDCG@10": law}, "guard": {"nDCG@10": guard}}

    scores = {0.0: row(0.45, 0.90), 0.5: row(0.48, 0.898), 1.0: row(0.55, 0.89)}
    assert best_share(scores) == 0.5
    assert best_share({0.0: row(0.5, 0.9), 1.0: row(0.6, 0.8)}) == 0.0
