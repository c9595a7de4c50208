"""Data sets and questions: what is read, and that every bad row is named by its line."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval import datasets
from eval.doctor import examine
from eval.errors import ConfigurationError, DatasetError
from eval.questions import (
    bare,
    bare_text,
    check_split,
    document_key,
    question_row,
    question_split,
    read_questions,
    split_of,
    write_questions,
)
from eval.types import GoldGroup, GoldQuote, Question
from ingest.types import Span
from tests.eval_fakes import QRELS, lines, write_beir

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def beir(tmp_path: Path) -> Path:
    return write_beir(tmp_path / "small")


def test_a_beir_folder_is_read_as_it_is(beir: Path) -> None:
    dataset = datasets.read_dataset(beir)
    assert (dataset.name, dataset.split, len(dataset.corpus)) == ("small", "test", 4)
    assert list(dataset.queries) == ["q1", "q2", "q3", "q4"]  # q5 is not judged
    assert dataset.qrels == QRELS
    assert dataset.answers["q3"] == (datasets.GoldSpan("d3", Span(9, 11), "一年"),)
    assert dataset.corpus[0].content.startswith("党费\n党员")
    assert dataset.corpus[3].content.startswith("阳台")


def test_its_hash_follows_its_content(beir: Path, tmp_path: Path) -> None:
    first = datasets.read_dataset(beir).sha256
    assert datasets.read_dataset(write_beir(tmp_path / "again")).sha256 == first
    with (beir / "corpus.jsonl").open("a", encoding="utf-8") as stream:
        stream.write('{"_id": "d9", "text": "新"}\n')
    assert datasets.read_dataset(beir).sha256 != first


def test_all_bad_rows_are_reported_at_once_with_their_lines(beir: Path) -> None:
    (beir / "corpus.jsonl").write_text(
        lines(
            [{"_id": "d1", "text": "好"}, "{", {"_id": "d 2", "text": "好"}, {"_id": "d3", "text": 3}, "[]"]
        ),
        "utf-8",
    )
    (beir / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td1\tx\nq1\td1\n", "utf-8")
    with pytest.raises(DatasetError) as caught:
        datasets.read_dataset(beir)
    places = {(problem.file, problem.line) for problem in caught.value.problems}
    assert places == {("corpus.jsonl", n) for n in (2, 3, 4, 5)} | {("test.tsv", n) for n in (2, 3)}
    assert "corpus.jsonl 第 2 行" in str(caught.value)


def test_a_split_that_is_not_there_names_those_that_are(beir: Path) -> None:
    with pytest.raises(ConfigurationError, match="test"):
        datasets.read_dataset(beir, "train")
    with pytest.raises(ConfigurationError, match="BEIR"):
        datasets.read_dataset(beir / "qrels")


def test_qrels_and_runs_come_back_as_they_were_written(tmp_path: Path) -> None:
    datasets.write_qrels(tmp_path / "q.txt", QRELS)
    assert datasets.read_qrels(tmp_path / "q.txt") == QRELS
    run = {"q1": [("d2", 2.5), ("d1", 0.125)], "q2": [("d3", 1.0)]}
    datasets.write_trec_run(tmp_path / "run.txt", run)
    assert datasets.read_trec_run(tmp_path / "run.txt") == run
    (tmp_path / "bad.txt").write_text("q1 Q0 d1 1 1.0 t\nq1 Q0 d1 2 0.5 t\nq1 d1\n", "utf-8")
    with pytest.raises(DatasetError, match="第 2 行") as caught:
        datasets.read_trec_run(tmp_path / "bad.txt")
    assert [problem.line for problem in caught.value.problems] == [2, 3]


def test_the_doctor_finds_nothing_wrong_with_a_sound_folder(beir: Path) -> None:
    found = examine(beir)
    assert found.problems == ()
    assert found.counts["documents"] == 4
    assert found.counts["judgements_test"] == 6
    assert found.counts["queries_without_judgement"] == 1


def test_the_doctor_names_each_fault(beir: Path) -> None:
    with (beir / "corpus.jsonl").open("a", encoding="utf-8") as stream:
        stream.write(lines([{"_id": "d1", "text": "另一份"}, {"_id": "d6", "text": " "}]))
        stream.write(lines([{"_id": "d7", "text": "阳台上适合种月季和茉莉。"}]))
    with (beir / "qrels" / "test.tsv").open("a", encoding="utf-8") as stream:
        stream.write("q1\td1\t1\nq1\tnone\t1\nnobody\td1\t1\nq5\td1\t0\n")
    with (beir / "answers.jsonl").open("a", encoding="utf-8") as stream:
        stream.write(lines([{"query_id": "q3", "doc_id": "d3", "answers": [{"text": "一年", "start": 8}]}]))
    messages = [str(problem) for problem in examine(beir).problems]
    for expected in (
        "corpus.jsonl 第 5 行：编号“d1”与第 1 行重复",
        "corpus.jsonl 第 6 行：“d6”的文字是空的",
        "corpus.jsonl 第 7 行：“d7”的文字与第 4 行相同",
        "test.tsv 第 8 行：与第 2 行是同一个判断",
        "test.tsv 第 9 行：文档“none”不在",
        "test.tsv 第 10 行：问题“nobody”不在",
        "问题“q5”没有一份相关文档",
        "answers.jsonl 第 2 行：答案“一年”与原文 8–10 处不符",
    ):
        assert any(expected in message for message in messages), expected
    assert len(messages) == 8


def test_the_doctor_looks_for_every_quote(tmp_path: Path) -> None:
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "章程.txt").write_text("章程\n\n预备党员的预备期，为一年。\n", "utf-8")
    good = row("a", [("章程", "预备期为一年")])
    bad = [row("b", [("章程.txt", "为两年")]), row("c", [("别的", "一年")], question="另一个问题？")]
    (tmp_path / "q.jsonl").write_text(lines([good, "", *bad]), "utf-8")
    found = examine(tmp_path / "q.jsonl", tmp_path / "texts")
    assert [problem.line for problem in found.problems] == [3, 3, 4]
    assert found.counts["quotes"] == 3


def row(identifier: str, quotes: list[tuple[str, str]], **others: Any) -> dict[str, Any]:
    gold = [{"any": [{"document": document, "quote": quote} for document, quote in quotes]}] if quotes else []
    return {"id": identifier, "question": "预备期多长？", "kind": "fact", "gold": gold} | others


def test_questions_come_back_as_they_were_written(tmp_path: Path) -> None:
    group = GoldGroup((GoldQuote("章程.txt", "一年"), GoldQuote("章程", "12 个月")))
    asked = (
        Question("a", "多长？", "fact", (group,), tags=frozenset({"b", "a"})),
        Question("b", "那里呢？", "case", answerable=False, turns=("这里呢？",)),
    )
    write_questions(tmp_path / "q.jsonl", asked)
    assert read_questions(tmp_path / "q.jsonl") == asked
    assert question_row(asked[0])["tags"] == ["a", "b"]


def test_all_bad_questions_are_reported_at_once(tmp_path: Path) -> None:
    rows: list[dict[str, Any] | str] = [
        row("a", [("x", "好")]),
        row("a", [("x", "好")]),
        row("b", []),
        row("c", [("x", "好")], answerable=False),
        row("d", [("x", "。")]),
        row("e", [("x", "好")], kind="haiku"),
        row("f", [("x", "好")], turns="前一个"),
        row("g", [("x", "好")], note="?"),
        row("h", [], gold=[{"any": []}]),
        "not json",
        row(" ", [("x", "好")]),
    ]
    (tmp_path / "q.jsonl").write_text(lines(rows), "utf-8")
    with pytest.raises(DatasetError) as caught:
        read_questions(tmp_path / "q.jsonl")
    assert [problem.line for problem in caught.value.problems] == list(range(2, 12))


def test_a_question_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="不存在"):
        read_questions(tmp_path / "none.jsonl")


def test_the_split_follows_from_the_hash_of_the_id(tmp_path: Path) -> None:
    for name in ("c-001", "r-216", "问题"):
        tenth = int(hashlib.sha256(name.encode()).hexdigest(), 16) % 10
        assert split_of(name) == ("test" if tenth >= 6 else "dev")
    with pytest.raises(ConfigurationError, match="dev"):
        check_split("train")


def test_a_question_that_was_looked_at_is_for_development_whatever_its_id() -> None:
    name = next(name for name in map(str, range(100)) if split_of(name) == "test")
    assert question_split(Question(name, "问", "fact")) == "test"
    assert question_split(Question(name, "问", "fact", tags=frozenset({"seen"}))) == "dev"


def test_our_own_questions_are_sound_and_split() -> None:
    files = [ROOT / "eval" / "data" / f"{name}.jsonl" for name in ("corpus", "regulations")]
    everything = read_questions(files)
    parts = [read_questions(files, split) for split in ("dev", "test")]
    assert sorted(q.id for part in parts for q in part) == sorted(q.id for q in everything)
    assert examine(files[0], ROOT / "corpus").problems == ()


def test_quotes_are_found_whatever_their_punctuation_width_and_script() -> None:
    text = "第一条：黨員的預備期，為 １２ 個月。\n第二条 党员的预备期为12个月"
    spans = bare_text(text).find("预备期为12个月")
    assert [span.of(text) for span in spans] == ["預備期，為 １２ 個月", "预备期为12个月"]
    assert bare_text(text).find("不在其中") == ()
    assert bare_text(text).find("，。") == ()
    assert bare("占 3.5%，多。") == "占3.5%多"


@given(st.text(alphabet="党費费，。 １2㈱Ａé…\n.", max_size=40), st.data())
def test_what_is_found_reads_like_the_quote(text: str, data: st.DataObject) -> None:
    whole = bare_text(text)
    assert whole.text == bare(text)
    if whole.text:
        start = data.draw(st.integers(0, len(whole.text) - 1))
        end = data.draw(st.integers(start + 1, len(whole.text)))
        wanted = whole.text[start:end]
        for span in whole.find(wanted):
            assert bare(wanted) in bare(span.of(text))


def test_documents_are_known_without_folder_and_suffix() -> None:
    assert document_key("corpus:01-以.txt") == document_key("/a/b/01-以.TXT") == "01-以"
    assert document_key("dangzhang_2022") == "dangzhang_2022"
