"""Slips in the words that ask."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retriever.interrogatives import asked_plainly


@pytest.mark.parametrize(
    ("question", "meant"),
    [
        ("党支部有那些基本任务？", "党支部有哪些基本任务？"),
        ("五个一是那五个一", "五个一是哪五个一"),
        ("群眾可以用那幾種形式提信訪", "群眾可以用那幾種形式提信訪"),
        ("考核结果分为那几个等次", "考核结果分为哪几个等次"),
        ("新旧规定有么变化", "新旧规定有什么变化"),
        ("为么要轮训", "为什么要轮训"),
        ("这个会叫么？", "这个会叫什么？"),
        ("是什时候定的", "是什么时候定的"),
        ("怎怎么办，什什么条件，什么么程序", "怎么办，什么条件，什么程序"),
        ("神麼是四強", "什么是四強"),
        ("如如何落实，如何何落实", "如何落实，如何落实"),
        ("一共多少少人", "一共多少人"),
        ("党章第八调怎么说", "党章第八条怎么说"),
        ("公务员发第26条", "公务员法第26条"),
        ("条例第三张讲什么", "条例第三章讲什么"),
    ],
)
def test_what_is_asked_for_is_found(question: str, meant: str) -> None:
    assert asked_plainly(question) == meant


@pytest.mark.parametrize(
    "question",
    [
        "那些支部是怎么做的？",
        "有那几年的数字吗",
        "请介绍2023年那几个案例",
        "介绍一下有那些经验的支部",
        "慰问品一年最多多少钱",
        "这样行么",
        "可以这么做么？",
        "為什麼要輪訓",
        "要么公开，要么说明理由",
        "什锦菜是什么",
        "第三调研组去了哪里",
        "转发第三章的通知",
        "墙上第三张表是什么",
        "人生几何",
        "",
    ],
)
def test_what_is_said_so_stays(question: str) -> None:
    assert asked_plainly(question) == question


@given(st.text("那哪些几个有是什么么麼怎样如何多少第三条调张法发的？ a", max_size=40) | st.text(max_size=60))
def test_what_is_plain_stays_plain(question: str) -> None:
    plain = asked_plainly(question)
    assert len(plain) <= 2 * len(question)
    if "那" not in question and not set(question) & set("什么麼麽怎神甚哪如何少调跳挑张发"):
        assert plain == question
