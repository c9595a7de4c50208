"""Slips of the input method: what is mended, what is left alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retriever.segmenter import Segmenter
from retriever.spelling import mended, slips

WORDS = Segmenter()
TEXT = (
    "党员应当按月交纳党费。党支部书记由党员大会选举产生，换届选举应当提前准备。预备党员没有表决权。发展党员工作应当有计划。"
    "会议纪律由组织委员负责，职权和责任相一致。人民日报刊登了这篇报道。可以书面提出申请，不能口头提出。培训班每期五天。"
)


def occurs_in(text: str) -> Callable[[str], bool]:
    return lambda words: words in text


def mend(question: str, text: str = TEXT) -> str:
    return mended(question, slips(question, WORDS, occurs_in(text)))


@pytest.mark.parametrize(
    ("question", "meant"),
    [
        ("大学生党员一个月交多少党废？", "大学生党员一个月交多少党费？"),
        ("党之部书记怎么选", "党支部书记怎么选"),
        ("换界选举要准备什么", "换届选举要准备什么"),
        ("人民日抱登了什么", "人民日报登了什么"),
        ("发展党党员有什么要求", "发展党员有什么要求"),
        ("预备员有没有表决权", "预备党员有没有表决权"),
        ("黨廢怎麼交", "党费怎麼交"),
        ("党之部的党废", "党支部的党费"),
    ],
)
def test_what_is_meant_is_found(question: str, meant: str) -> None:
    assert mend(question) == meant


@pytest.mark.parametrize(
    "question",
    [
        "党员多久交一次党费？",
        "红烧肉怎么做",
        "质权怎么设立",  # sounds like 职权, but is a word of its own
        "常常开会的支部",
        "书记培训办了几期",  # a word and a character beside it, no 培训班
        "谁谁都可以吗",
        "可以以书面形式提出吗",
        "李恩和是谁",
        "每月怎么交党费",  # a short verb before a whole word, no 交纳党费
        "ABC 2024年 “四强”",
        "",
    ],
)
def test_what_is_no_slip_stays(question: str) -> None:
    assert mend(question) == question


DOUBLED = (
    TEXT
    + "受到记大过处分的，十八个月内不得晋升。党组织的培训由上级安排。党员工作时间之外的言行。会议程序要公开。"
)


def test_what_the_documents_have_once_is_meant_once() -> None:
    question = "受到记大大过处分的几个月"
    assert mend(question) == question
    assert mend(question, DOUBLED) == "受到记大过处分的几个月"
    found = slips(question, WORDS, occurs_in(DOUBLED))
    assert [(one.start, one.written, one.meant) for one in found] == [(2, "记大大过", "记大过")]


@pytest.mark.parametrize(
    "question", ["参加党组组织的培训吗", "关心党员员工的生活", "通知会议议程序号", "可以以书面提出吗"]
)
def test_where_words_meet_nothing_is_doubled(question: str) -> None:
    assert mend(question, DOUBLED) == question


def test_what_the_documents_hold_is_no_slip() -> None:
    question = "党废怎么交"
    assert mend(question) == "党费怎么交"
    assert mend(question, TEXT + "党废是一个地名。") == question
    assert mend(question, "会议由书记主持。") == question


def test_a_negation_is_never_taken_for_a_slip() -> None:
    assert "不" in mend("不步门口头提出吗", TEXT + "部门。")


def test_places_are_those_of_the_question() -> None:
    question = "问：党之部，交党废？"
    found = slips(question, WORDS, occurs_in(TEXT))
    assert [(question[one.start :][: len(one.written)], one.meant) for one in found] == [
        ("党之部", "党支部"),
        ("党废", "党费"),
    ]


def test_the_table_of_sounds_is_made_as_it_is_said() -> None:
    pytest.importorskip("pypinyin", reason="needs the extra 'convert'")
    from retriever.training.syllables import OUT, table

    assert table() == OUT.read_text("utf-8")


@given(st.text("党支之部书记费废交纳员园的吗么不一，。a1\n“”黨", max_size=40))
def test_any_question_is_read(question: str) -> None:
    found = slips(question, WORDS, occurs_in(TEXT))
    assert all(question[one.start :].startswith(one.written) or "黨" in question for one in found)
    assert len(mended(question, found)) == len(question) + sum(
        len(one.meant) - len(one.written) for one in found
    )


@given(st.text(max_size=60))
def test_hostile_text_is_left_alone_or_mended(question: str) -> None:
    assert isinstance(mend(question), str)
