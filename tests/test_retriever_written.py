"""Questions written for training: how their files are read, and what is made of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from ingest.normal import normal_form
from retriever.training import written
from retriever.training.written import WRITTEN, Read, WrittenError, read_articles, read_texts

DATA = Path(__file__).resolve().parent.parent / "eval" / "data"
TEXT = """# 某市会议办法
P 第一条 会议由办公室召集。会期不超过两天。
Q 開會誰來叫人	由办公室召集
Q 开几天，谁张罗	不超过两天｜由办公室召集
N 会议费多少钱
P 第二条 会议记录保存十年。

# 某局经验
P 该局每周开一次短会。
Q 多久碰一次头	每周开一次
"""


def texts(tmp_path: Path, content: str = TEXT) -> Path:
    path = tmp_path / "rules.txt"
    path.write_text(content, "utf-8")
    return path


def articles(tmp_path: Path, lines: str) -> Read:
    corpus, path = tmp_path / "corpus.jsonl", tmp_path / "statutes.tsv"
    rows = [
        {"_id": "a1", "title": "某法第一条", "text": "申请应当书面。期限为十日。"},
        {"_id": "a2", "title": "某法第二条", "text": "逾期不受理。"},
    ]
    corpus.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    path.write_text(lines, "utf-8")
    return read_articles(path, corpus)


def test_texts_are_read_with_the_sentences_that_answer(tmp_path: Path) -> None:
    paragraphs, questions = read_texts(texts(tmp_path))
    assert [one.document for one in paragraphs] == ["rules:某市会议办法"] * 2 + ["rules:某局经验"]
    assert [(one.text, one.paragraph.number, one.answers) for one in questions] == [
        ("開會誰來叫人", 0, (0,)),
        ("开几天，谁张罗", 0, (0, 1)),
        ("会议费多少钱", 0, ()),
        ("多久碰一次头", 2, (0,)),
    ]
    assert (paragraphs[1].place, paragraphs[1].sentences) == ("某市会议办法", ("第二条 会议记录保存十年。",))


@pytest.mark.parametrize(
    ("line", "number"),
    [("Q 谁\t由局长召集", 9), ("X 谁", 9), ("谁来开会", 9)],
    ids=["quote-elsewhere", "mark", "no-mark"],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: str, number: int) -> None:
    lines = TEXT.splitlines()
    lines[number - 1] = line
    with pytest.raises(WrittenError, match=rf"rules\.txt:{number}"):
        read_texts(texts(tmp_path, "\n".join(lines)))


def test_articles_are_read_by_their_ids(tmp_path: Path) -> None:
    paragraphs, questions = articles(tmp_path, "a1\t1+2\t怎么申请\na1\t0\t要交钱吗\na2\t1\t晚了还收吗\n")
    assert [(one.document, one.place) for one in paragraphs] == [
        ("某法", "某法第一条"),
        ("某法", "某法第二条"),
    ]
    assert [one.answers for one in questions] == [(0, 1), (), (0,)]


@pytest.mark.parametrize("line", ["a9\t1\t谁", "a1\t3\t谁", "a1\t谁"])
def test_a_wrong_article_line_is_named(tmp_path: Path, line: str) -> None:
    with pytest.raises(WrittenError, match=r"statutes\.tsv:2"):
        articles(tmp_path, f"a1\t1\t怎么申请\n{line}\n")


def test_a_near_miss_has_no_right_sentence(tmp_path: Path) -> None:
    read = [read_texts(texts(tmp_path))]
    examples = {one.query: one for one in written.examples(read, 1)}
    missed = examples["会议费多少钱"]
    assert missed.id.startswith("missed-")
    assert not missed.right
    assert {one.text for one in missed.found} >= {"会期不超过两天。"}
    assert {
        one.text for one in examples["多久碰一次头"].found if one.id in examples["多久碰一次头"].right
    } == {"该局每周开一次短会。"}


class Spelled:
    """An embedder whose vectors tell how often 会 stands in a text."""

    name, revision, dimension = "spelled", "1", 2

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.array([[text.count("会"), 1] for text in texts], np.float32)

    embed_passages = embed_queries


def test_an_embedder_adds_what_it_takes_for_likest_but_nothing_nearer_than_the_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(written, "_ELSEWHERE", 2)
    monkeypatch.setattr(written, "_DRAWN", 0)
    content = "# 甲\nP 会议会期会前定两天。\nQ 会开几天\t会前定\nN 会费多少钱\n# 乙\nP 几天的会会会会议。会上不谈会。开完会几天交差。按年终结算。\n"
    read = [read_texts(texts(tmp_path, content))]

    def beside(query: str, embedder: Spelled | None) -> set[str]:
        found = {one.query: one.found for one in written.examples(read, 1, embedder)}[query]
        return {one.text for one in found} - {"会议会期会前定两天。"}

    assert beside("会开几天", None) == {"几天的会会会会议。", "开完会几天交差。"}
    assert beside("会开几天", Spelled()) == {"几天的会会会会议。", "会上不谈会。"}
    assert beside("会费多少钱", Spelled()) == beside("会费多少钱", None)


def test_the_same_seed_gives_the_same_examples(tmp_path: Path) -> None:
    read = [read_texts(texts(tmp_path))]
    assert list(written.examples(read, 7)) == list(written.examples(read, 7))


def test_the_folder_reads_and_is_not_about_what_is_measured() -> None:
    read = list(written.read_all())
    assert sum(len(questions) for _, questions in read) > 8000
    rows = [
        json.loads(line)
        for path in sorted(DATA.glob("*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
    ]
    measured = {normal_form(row["question"]) for row in rows if "question" in row}
    asked = [normal_form(one.text) for _, questions in read for one in questions]
    asked += [
        normal_form(line.split("\t")[2])
        for path in WRITTEN.glob("*.tsv")
        for line in path.read_text("utf-8").splitlines()
    ]
    assert len(measured) > 300
    assert measured.isdisjoint(asked)
