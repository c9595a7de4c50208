"""Slips in the words that ask."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.normal import simplify
from retriever.interrogatives import asked_plainly


@pytest.mark.parametrize(
    ("question", "meant"),
    [
        ("党支部有那些基本任务？", "党支部有哪些基本任务？"),
        ("五个一是那五个一", "五个一是哪五个一"),
        ("新舊規定有麼變化", "新旧规定有什么变化"),
        ("考核结果分为那几个等次", "考核结果分为哪几个等次"),
        ("新旧规定有么变化", "新旧规定有什么变化"),
        ("为么要轮训", "为什么要轮训"),
        ("这个会叫么？", "这个会叫什么？"),
        ("是什时候定的", "是什么时候定的"),
        ("怎怎么办，什什么条件，什么么程序", "怎么办，什么条件，什么程序"),
        ("神麼是四強", "什么是四强"),
        ("如如何落实，如何何落实", "如何落实，如何落实"),
        ("一共多少少人", "一共多少人"),
        ("党章第八调怎么说", "党章第八条怎么说"),
        ("党章第三调第（四）项", "党章第三条第（四）项"),
        ("群众可以用那几种形式提信访", "群众可以用哪几种形式提信访"),
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
        "对那些不合格党员咋处理",
        "有那些荣誉的支部有无奖励",
        "我想了解有那些困难的党员",
        "党员对那些长期不交党费又不参加组织生活的同志应当及时提醒帮助",
        "慰问品一年最多多少钱",
        "这样行么",
        "可以这么做么？",
        "可以兼职做么还是不行",
        "為什麼要輪訓",
        "要么公开，要么说明理由",
        "是什锦饭还是面条",
        "這是什錦飯嗎",
        "全会精神什么时候传达",
        "这是雷锋精神么",
        "例如如何申请",
        "比如如何调动积极性",
        "我国有多少少数民族",
        "有多少少先队员",
        "第三调研组去了哪里",
        "第一挑戰是什麼",
        "第二调处室在几楼",
        "转发第三章的通知",
        "哪些行为会触发第十条",
        "墙上第三张表是什么",
        "办法第一张附表是什么",
        "规定第二张照片怎么贴",
        "人生几何",
        "",
    ],
)
def test_what_is_said_so_stays(question: str) -> None:
    assert asked_plainly(question) == question


@given(st.text("那哪些几个有是什么么麼怎样如何多少第三条调张法发的？ a", max_size=40) | st.text(max_size=60))
def test_any_question_is_read_and_stays_so(question: str) -> None:
    plain = asked_plainly(question)
    if not set(question) & set("那什么麽麼怎神甚哪如何少调跳挑张"):
        assert plain == question
    assert set(plain) <= set(simplify(question)) | set(question) | set("什么哪条章")
