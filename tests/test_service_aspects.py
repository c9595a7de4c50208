"""The lessons and the plans of a report, found by the place that it gives them."""

from __future__ import annotations

import pytest

from ingest.types import Document
from service.answering.facets import LESSONS, PLANS
from service.answering.question import understand
from service.answering.structure import aspect_points
from tests.answer_fakes import ANALYZER, document

REPORT = document(
    "青禾县供水站2023年工作总结\n"
    "一、全年做的事\n"
    "换了老水管三十公里，旧阀门全部换成铜的。\n"
    "二、下一步工作打算\n"
    "（一）把山后三个村的水接上。年底前通水，管线走老路。\n"
    "（二）请乡亲们来站里看看。每季度开放一天，由值班员讲解。\n",
    "report",
)
TALK = document(
    "让水管跟着人家走\n"
    "青禾县供水站在全省交流会上的发言\n"
    "去年我们跑遍了全县的山村，修了四十处漏水。\n"
    "回头看，体会有两条。一是先问乡亲再动土。二是修好了还要常去看。\n"
    "下一步，我们要给每个村配一名管水员。\n",
    "talk",
)


def told(question: str, *documents: Document) -> list[str]:
    points = aspect_points(understand(question, ANALYZER), documents)
    assert all(point.document in documents for point in points)
    return [point.span.of(point.document.text) for point in points]


@pytest.mark.parametrize("question", ["青禾县供水站的总结里下一步有什么打算？", "县供水站明年准备怎么做？"])
def test_plans_stand_under_the_heading_that_says_so(question: str) -> None:
    assert [words[:7] for words in told(question, REPORT)] == ["（一）把山后三", "（二）请乡亲们"]


def test_lessons_that_a_sentence_announces_come_with_their_series() -> None:
    assert told("请概括县供水站在交流会上谈的几点体会", TALK) == [
        "回头看，体会有两条。",
        "一是先问乡亲再动土。",
        "二是修好了还要常去看。",
    ]


def test_without_a_heading_the_sentences_that_begin_so_are_told() -> None:
    assert told("供水站的发言讲了今后哪些打算", TALK) == ["下一步，我们要给每个村配一名管水员。"]


def test_a_series_is_told_to_its_end() -> None:
    lines = "".join(f"{n}要把第{n}个村的水管换完。" for n in "一二三四五六七八")
    long = document(
        f"青禾县供水站2023年工作总结\n一、做的事\n换了水管三十公里。\n二、下一步工作打算\n{lines}\n", "long"
    )
    assert len(told("县供水站下一步有什么打算", long)) == 8


def test_the_first_document_that_is_named_counts() -> None:
    assert told("供水站在交流会上讲了今后什么打算", REPORT, TALK)[0].startswith("下一步，我们")


@pytest.mark.parametrize(
    "question",
    [
        "青禾县供水站治理跑水漏水问题有哪些启示",  # asks about a matter, not about the text
        "红岩镇中学下一步有什么打算",
        "有什么打算",
        "青禾县供水站做了哪些事",
    ],
)
def test_a_question_about_something_else_is_not_answered_so(question: str) -> None:
    assert told(question, REPORT, TALK) == []


@pytest.mark.parametrize(
    ("question", "facet"),
    [
        ("工委下一步打算怎么抓", PLANS),
        ("供水站下半年的工作思路是什么", PLANS),
        ("这个经验有什么启示", LESSONS),
        ("主要体会有哪些", LESSONS),
        ("复核结果还是不满意，接下来找谁", None),
        ("放暑假后打算陪母亲去外地住一个月，怎么请假", None),
        ("明年的培训计划什么时候报", None),
    ],
)
def test_what_asks_for_lessons_and_plans(question: str, facet: object) -> None:
    assert understand(question, ANALYZER).facet is facet
