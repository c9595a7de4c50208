"""The analyzer: what a question is taken for, that spans point at the text, and that nothing breaks it."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.normal import normal_form
from retriever import numerals
from retriever.analyzer import MAX_TERM, Analyzer
from retriever.segmenter import Segmenter, stop_words, user_words

ANALYZER, OTHER = Analyzer(), Analyzer()
CHINESE = st.text(
    alphabet="党建支部四强两张皮的如何第十二条之一〇年GDP3 ，。“”《》『\n黨領導D机关員", max_size=60
)
ANY = st.text(max_size=80)


@pytest.mark.parametrize(
    ("question", "terms"),
    [
        ("如何破解机关党建“两张皮”问题？", ["机关党建", "两张皮", "破解"]),
        ("“四强”党支部是什么", ["四强党支部", "四强", "党支部"]),
        ("三會一課包括哪些", ["三会一课"]),
        ("机关D建工作", ["机关党建"]),
        ("第十二条说了什么", ["第12条"]),
        ("第 12 条", ["第12条"]),
        ("第九十三条之一", ["第93条", "第93条之1"]),
        ("二〇二三年的GDP是3.5%", ["2023", "gdp", "3.5"]),
        ("３８１５战略", ["3815"]),
        ("留党察看一年", ["留党察看"]),
    ],
)
def test_questions_hold_the_terms_that_matter(question: str, terms: list[str]) -> None:
    assert set(terms) <= set(ANALYZER.query_terms(question))


def test_stop_words_leave_questions_but_not_texts() -> None:
    assert "如何" not in ANALYZER.query_terms("如何交纳党费")
    assert "如何" in ANALYZER.index_terms("如何交纳党费")
    assert ANALYZER.query_terms("是什么") == ["是", "什么"]  # better than nothing
    assert "不" in ANALYZER.query_terms("不交纳党费")


def test_bigrams_of_questions_touch_no_stop_word() -> None:
    assert ANALYZER.query_bigrams("如何破解两张皮") == ["破解", "解两", "两张", "张皮"]
    assert ANALYZER.bigrams("破解") == ["破解"]
    assert ANALYZER.bigrams("甲。乙") == []
    assert "强党" in ANALYZER.bigrams("“四强”党支部")


def test_phrases_are_quoted_strings_and_party_words() -> None:
    assert ANALYZER.phrases("《中国共产党章程》里的“先锋模范”和三会一课") == [
        "中国共产党章程",
        "先锋模范",
        "三会一课",
    ]
    assert ANALYZER.phrases("“四强”党支部") == ["四强", "四强党支部"]
    assert ANALYZER.phrases("“”《》") == []


def test_addresses_are_what_lines_begin_with() -> None:
    assert ANALYZER.addresses("第一章 总则\n  第十二条之一 依照第三条办理。") == [
        "第1章",
        "第12条",
        "第12条之1",
    ]
    assert ANALYZER.ordinals("第十二条和第12条、第三章") == ["第12条", "第3章"]


def test_characters_leave_punctuation_out() -> None:
    assert ANALYZER.characters("党建，GDP 3.5！") == ["党", "建", "gdp", "3.5"]


@pytest.mark.parametrize(
    ("numeral", "value"),
    [
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("一百零三", 103),
        ("一千二百六十", 1260),
        ("两百", 200),
        ("12", 12),
    ],
)
def test_chinese_numbers(numeral: str, value: int) -> None:
    assert numerals.chinese_number(numeral) == value


@given(CHINESE | ANY)
def test_spans_point_at_the_text(text: str) -> None:
    for token in ANALYZER.tokens(text):
        piece = normal_form(token.span.of(text))
        canonical = {term for _, _, term in numerals.canonical_terms(piece)}
        canonical |= {term for _, _, term in numerals.canonical_terms(piece + "年")}
        bare = "".join(char for char in piece if char not in " \"'“”‘’「」『』·•")
        # A term may begin or end inside what one character expands to (㈱ → (株)).
        assert token.term in bare or token.term in canonical


@given(CHINESE | ANY)
def test_analysis_is_deterministic(text: str) -> None:
    assert OTHER.tokens(text) == ANALYZER.tokens(text)
    assert [token.term for token in ANALYZER.tokens(text)] == ANALYZER.index_terms(text)


@given(CHINESE | ANY)
def test_questions_are_taken_apart_like_texts(text: str) -> None:
    assert set(ANALYZER.query_terms(text)) <= set(ANALYZER.index_terms(text))
    assert set(ANALYZER.query_bigrams(text)) <= set(ANALYZER.bigrams(text))


@given(CHINESE | ANY)
def test_terms_can_stand_in_a_white_space_index(text: str) -> None:
    terms = [*ANALYZER.index_terms(text), *ANALYZER.bigrams(text), *ANALYZER.characters(text)]
    assert all(term and not any(char.isspace() for char in term) for term in terms)
    assert all(len(term) <= 2 * MAX_TERM for term in terms)


@pytest.mark.parametrize(
    "text",
    [
        "", "\0" * 50, "\ud800党\udfff", "ﷺ" * 5000, "😀" * 5000, "，。！" * 3000, "的" * 10_000, "党" * 10_000,
        "a" * 100_000, "1." * 5000, "“" * 10_000, "《" * 5000 + "》" * 5000, "\u202e\u0627\u0644" * 3000, "第" * 10_000,
        "第十" * 5000, "二〇" * 5000, "e\u0301" * 5000, "党 " * 5000, "甲乙丙丁戊己庚辛" * 1250, "𠮷" * 10_000,
    ],
    ids=lambda text: ascii(text[:4]) + str(len(text)),
)  # fmt: skip
def test_hostile_text_is_taken_in_its_stride(text: str) -> None:
    started = time.process_time()
    ANALYZER.tokens(text)
    ANALYZER.phrases(text)
    ANALYZER.query_bigrams(text)
    ANALYZER.query_terms(text)
    assert time.process_time() - started < 10


@pytest.mark.parametrize("piece", ["党", "甲乙", "“", "ab ", "第十"])
def test_cost_grows_with_length_only(piece: str) -> None:
    def cost(length: int) -> float:
        text = piece * (length // len(piece))
        started = time.process_time()
        ANALYZER.tokens(text)
        ANALYZER.phrases(text)
        return time.process_time() - started

    cost(2000)
    assert min(cost(40_000) for _ in range(2)) < 40 * max(0.01, min(cost(4000) for _ in range(3)))


def test_dictionary_and_stop_list_are_sound() -> None:
    words, stops = user_words(), stop_words()
    assert len(words) >= 400
    assert all(word == normal_form(word) for word in words)
    assert all(frequency > 0 for frequency in words.values())
    assert not stops & words.keys()
    assert not any(char.isdigit() for word in stops for char in word)
    assert not stops & {"不", "没有", "必须", "应当", "可以", "不得"}


def test_every_party_word_is_found_in_a_sentence() -> None:
    for word in user_words():
        assert word in ANALYZER.index_terms(f"我们认真贯彻{word}，取得成效"), word


def test_fingerprint_follows_the_lexicon(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Analyzer().fingerprint == ANALYZER.fingerprint
    monkeypatch.setattr("retriever.analyzer.lexicon_bytes", lambda name: b"other")
    assert Analyzer().fingerprint != ANALYZER.fingerprint


def test_segments_tile_the_run() -> None:
    run = "甲乙丙党支部工作" * 100
    spans = list(Segmenter().cut(run))
    assert spans[0][0] == 0
    assert spans[-1][1] == len(run)
    assert all(left[1] == right[0] for left, right in itertools.pairwise(spans))


def test_threads_share_one_lazy_dictionary() -> None:
    analyzer = Analyzer()
    found: list[list[str]] = []
    threads = [
        threading.Thread(target=lambda: found.append(analyzer.index_terms("机关党建两张皮")))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert all(terms == found[0] for terms in found)


def test_importing_is_light_and_loading_leaves_no_file(tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "from retriever.analyzer import Analyzer\n"
        "import retriever.builder, retriever.search\n"
        "assert not {'jieba', 'faiss', 'tantivy', 'onnxruntime'} & sys.modules.keys(), sys.modules.keys()\n"
        "assert Analyzer().fingerprint and 'jieba' not in sys.modules\n"
        "assert 'jieba' not in sys.modules\n"
        "print(Analyzer().query_terms('两张皮'))\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], cwd=Path(__file__).parent.parent, text=True,
        capture_output=True,
        env={**os.environ, "TMPDIR": str(tmp_path)}, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "两张皮" in done.stdout
    assert done.stderr == ""
    assert list(tmp_path.iterdir()) == []
