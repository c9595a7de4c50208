"""What a reranker reads: its share of question and passage, and the window of a long one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from retriever.embedders.onnx import packaged_model
from retriever.rerankers.inputs import PASSAGE, QUERY, SPECIAL, asked, best_window, pair

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
