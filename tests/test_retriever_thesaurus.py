"""Spoken words of questions and what regulations write for them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.normal import normal_form
from retriever.analyzer import Analyzer
from retriever.lexical import LexicalEntry, LexicalIndex, LexicalSettings, build_lexical
from retriever.segmenter import lexicon_lines
from retriever.thesaurus import in_writing, spoken, written

ANALYZER = Analyzer()
TEXTS = ["机关可以依法予以辞退。", "会议由书记主持。", "干部的培养和使用。", "炒菜用的鱿鱼要新鲜。"]


def test_every_line_has_two_sides_in_normal_form() -> None:
    for line in lexicon_lines("thesaurus.txt"):
        said, mark, others = line.partition("=")
        assert mark, line
        assert said.split(), line
        assert others.split(), line
        assert normal_form(line).replace(" ", "") == line.lower().replace(" ", "")


def test_no_word_stands_for_itself() -> None:
    assert all(word not in others for word, others in spoken().items())


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("公务员什么情况会被炒鱿鱼", {"炒鱿鱼": ("辞退",)}),
        ("公务员什么情况会被辞退，也就是炒鱿鱼", {}),
        ("召开会议由谁主持", {}),
        ("信访条例有几条", {}),
    ],
)
def test_what_the_documents_write(question: str, expected: dict[str, tuple[str, ...]]) -> None:
    assert written(question, ANALYZER, lambda word: word in "辞退") == expected


@given(st.text(max_size=60))
def test_without_documents_there_is_nothing_to_write(question: str) -> None:
    assert written(question, ANALYZER, lambda word: False) == {}


def test_a_spoken_question_finds_what_is_written(tmp_path: Path) -> None:
    build_lexical(tmp_path, [LexicalEntry(text) for text in TEXTS], ANALYZER)
    question = "什么人会被炒鱿鱼"
    plain = LexicalIndex(tmp_path, ANALYZER, LexicalSettings(written=0))
    assert 0 not in [position for position, _ in plain.search(question, 4)]
    index = LexicalIndex(tmp_path, ANALYZER, LexicalSettings(written=2, grams=0))
    (best, score), *_ = index.search(question, 4)
    assert best == 0
    assert 0 < score <= index.bound(question)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("公务员被炒鱿鱼了还能再考吗", "公务员被辞退了还能再考吗"),
        ("什么叫“炒鱿鱼”", "什么叫“炒鱿鱼”"),
        ("村书记和书记谁说了算", "村党组织书记和党支部书记谁说了算"),
        ("信访条例有几条", "信访条例有几条"),
    ],
    ids=["replaced", "quoted", "longest", "nothing-spoken"],
)
def test_a_question_in_written_words(question: str, expected: str) -> None:
    words = {"炒鱿鱼": ("辞退", "解聘"), "书记": ("党支部书记",), "村书记": ("村党组织书记",)}
    assert in_writing(question, words) == expected
    assert in_writing(question, {}) == question


@given(st.text(max_size=60), st.dictionaries(st.text(min_size=1, max_size=4), st.just(("辞退",)), max_size=5))
def test_writing_never_fails(question: str, words: dict[str, tuple[str, ...]]) -> None:
    assert isinstance(in_writing(question, words), str)
