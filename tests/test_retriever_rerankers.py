"""What a reranker reads of a question and a passage, and how a model is run."""

from __future__ import annotations

import json
import math
import random
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from retriever.embedders.onnx import packaged_model
from retriever.errors import RerankerError
from retriever.rerankers.inputs import PASSAGE, QUERY, SPECIAL, asked, best_window, likest, pair
from retriever.rerankers.onnx import OnnxReranker

TOKENIZER = Tokenizer.from_file(str(packaged_model() / "tokenizer.json"))
ANY = st.text(max_size=400)


def read(question: str, place: str, text: str) -> tuple[list[int], list[int]]:
    return pair(TOKENIZER, asked(TOKENIZER, question), place, text)


@given(ANY, ANY, ANY)
def test_any_pair_is_short_and_has_both_parts(question: str, place: str, text: str) -> None:
    ids, parts = read(question, place, text)
    assert len(ids) == len(parts) <= 140
    assert {QUERY, PASSAGE, SPECIAL} == set(parts)
    assert (parts[0], parts[-1]) == (SPECIAL, SPECIAL)
    assert max(ids) < TOKENIZER.get_vocab_size()


def test_prefixes_are_special() -> None:
    ids, parts = read("预备党员", "党章", "预备期为一年。")
    pieces = [TOKENIZER.id_to_token(i) for i in ids]
    named = {
        part: [p for p, one in zip(pieces, parts, strict=True) if one == part] for part in (QUERY, PASSAGE)
    }
    assert "".join(named[QUERY]).strip("▁") == "预备党员"
    assert "".join(named[PASSAGE]).replace("▁", "") == "党章预备期为一年。"
    assert pieces[0] == "<s>"
    assert pieces[-1] == "</s>"


def test_scripts_are_read_as_one() -> None:
    assert read("黨費怎麼交", "黨費", "黨員應當交納黨費。") == read(
        "党费怎么交", "党费", "党员应当交纳党费。"
    )


@given(st.text("党费交纳，。一", max_size=600), st.text("党费交纳", max_size=8))
def test_a_window_is_a_part_of_the_text_that_holds_as_much_as_its_beginning(text: str, words: str) -> None:
    pairs = frozenset(words[i : i + 2] for i in range(len(words) - 1))
    window = best_window(text, pairs)
    assert window in text
    assert sum(p in window for p in pairs) >= sum(p in text[: len(window)] for p in pairs)


def test_the_window_is_where_the_words_are() -> None:
    text = "会议由书记主持。" * 40 + "党费按月交纳。" + "会议由书记主持。" * 40
    assert "党费按月交纳" in best_window(text, frozenset({"党费", "交纳"}))


SENTENCES = st.lists(st.text("党费交纳按月，。", max_size=20), min_size=1, max_size=8)


@given(ANY, SENTENCES, st.integers(1, 4))
def test_the_likest_sentences_are_some_of_them(question: str, sentences: list[str], most: int) -> None:
    chosen = likest(question, sentences, most)
    assert 1 <= len(chosen) <= most
    assert all(sentence in [one.strip() for one in sentences] for sentence in chosen)


def test_the_likest_sentences_come_first_and_short_ones_last() -> None:
    sentences = ["党费。", "会议由书记主持。", "党员应当按月交纳党费。", "交纳党费确有困难的党员可以少交。"]
    assert likest("党费怎么交纳", sentences, 2) == [sentences[2], sentences[3]]
    assert likest("黨費怎麼交納", sentences, 1) == [sentences[2]]
    assert likest("党费", ["党费。", "会议。"], 2) == ["党费。", "会议。"]


# --- the packaged model ---

ASKED = "预备党员的预备期是多久？"
PLACE = "中国共产党章程 › 第一章 党员"
SAID = {
    (PLACE, "预备党员的预备期为一年。"): 0.06465,
    (PLACE, "预备党员必须面向党旗进行入党宣誓。"): -0.10047,
    ("", "上海是中国的直辖市。"): -0.19844,
}


def test_the_packaged_model_says_what_it_said() -> None:
    """A change of weights, tokenizer or inputs must not go unnoticed."""
    reranker = OnnxReranker(threads=1)
    assert reranker.corrections(ASKED, list(SAID)) == pytest.approx(list(SAID.values()), abs=2e-3)
    alone = [reranker.corrections(ASKED, [pair])[0] for pair in SAID]
    assert alone == reranker.corrections(ASKED, list(SAID)[::-1])[::-1]


# --- a small model of the same make ---

SMALL = Path(__file__).parent / "data" / "small_reranker"
"""A random 4-bit model of two layers and twelve pieces: that of test_retriever_training through `build_reranker`."""

FIRST, SECOND = ("a", "党员党"), ("zz", "员za党")
QUESTION = "党员z"
PINNED = {FIRST: -0.01094, SECOND: -0.01448}


@pytest.fixture(scope="module")
def reranker() -> OnnxReranker:
    return OnnxReranker(SMALL / "small", threads=2)


def test_numbers_are_pinned(reranker: OnnxReranker) -> None:
    told = reranker.corrections(QUESTION, list(PINNED))
    np.testing.assert_allclose(told, list(PINNED.values()), atol=0.0005)
    assert told[0] > told[1]


def test_the_share_scales_what_the_model_says(reranker: OnnxReranker, small: Path) -> None:
    config = json.loads((small / "config.json").read_text("utf-8"))
    (small / "config.json").write_text(json.dumps(config | {"share": 1.0}), "utf-8")
    whole = OnnxReranker(small, threads=1)
    assert whole.corrections(QUESTION, [FIRST])[0] == 2 * reranker.corrections(QUESTION, [FIRST])[0]
    assert whole.revision != reranker.revision


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(ANY, ANY), max_size=4), ANY, st.randoms())
def test_a_pair_has_its_number_in_any_company(
    reranker: OnnxReranker, passages: list[tuple[str, str]], question: str, chance: random.Random
) -> None:
    told = dict(zip(passages, reranker.corrections(question, passages), strict=True))
    chance.shuffle(passages)
    assert reranker.corrections(question, passages) == [told[one] for one in passages]
    assert [reranker.corrections(question, [one])[0] for one in passages] == [told[one] for one in passages]


@pytest.mark.parametrize("threads", [1, 2])
def test_hostile_texts_have_numbers(threads: int) -> None:
    """5,000 texts of what breaks tokenizers and matchers, as questions, places and passages."""
    chance = random.Random(7)
    pieces = [
        "\0", "\ud800", "\u202e", "\ufeff", "𠮷", "😀", "<s>", "</s>", "<pad>", "é", "\u0301", "㈱", "…", "　", "\n",
        "党", "党员" * 40, "a" * 200, "%s", "{}", "'\";--", "（(", "1" * 60, "\U0010ffff", "ﷺ", "query: ", "passage: ",
    ]  # fmt: skip
    texts = ["".join(chance.choices(pieces, k=chance.randrange(6))) for _ in range(5000 // 2)]
    model = OnnxReranker(SMALL / "small", threads=threads)
    for question, place, text in zip(texts[::50], texts[1::50], texts[2::50], strict=True):
        assert all(
            math.isfinite(value) for value in model.corrections(question, [(place, text), (text, place)])
        )
    for question, text in zip(texts, reversed(texts), strict=True):
        assert model.tokens(question, (text, question)) <= 140


def test_the_same_files_are_the_same_model(reranker: OnnxReranker, small: Path) -> None:
    again = OnnxReranker(small, threads=1)
    assert again.revision == reranker.revision
    assert again.corrections(QUESTION, [FIRST]) == reranker.corrections(QUESTION, [FIRST])


@pytest.fixture
def small(tmp_path: Path) -> Path:
    shutil.copytree(SMALL, tmp_path / "models")
    return tmp_path / "models" / "small"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("config.json", None, "不存在"),
        ("config.json", "{", "无法读取"),
        ("config.json", '{"name": 1, "tokenizer": "x", "share": 1.0, "revision": "0"}', "内容有误"),
        ("config.json", '{"name": "x", "tokenizer": "x", "share": true, "revision": "0"}', "内容有误"),
        ("model.onnx", None, "无法读取"),
        ("model.onnx", "damaged", "校验值不符"),
    ],
)
def test_damaged_files_are_reported(small: Path, name: str, content: str | None, words: str) -> None:
    if content is None:
        (small / name).unlink()
    else:
        (small / name).write_text(content, "utf-8")
    with pytest.raises(RerankerError, match=words) as caught:
        OnnxReranker(small, threads=1)
    assert "重新安装" in str(caught.value)


def test_importing_the_policy_loads_no_runtime() -> None:
    code = "import sys, retriever.rerank, retriever.rerankers; print([n for n in ('onnxruntime', 'torch') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
