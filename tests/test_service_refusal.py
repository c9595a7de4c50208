"""What a refusal says: the nearest titles, and which known regulation is missing from the library."""

from __future__ import annotations

import pytest

from service.answering.bodies import absent_body
from service.answering.refusal import lacking, refusal
from service.assistant import Assistant
from service.types import Kind, Status

ASKED = "入党积极分子至少要培养考察多长时间？"


def test_the_regulation_that_would_hold_it_is_named_with_its_date() -> None:
    text = refusal(ASKED, ["中国共产党章程"], ["中国共产党章程"])
    assert "《中国共产党发展党员工作细则》（2014年5月28日发布）" in text
    assert "请以正式文本为准" in text
    assert "内容较为接近的资料有《中国共产党章程》" in text


def test_what_the_library_has_in_whatever_version_is_not_called_missing() -> None:
    assert "发展党员工作细则" not in refusal(ASKED, [], ["发展党员工作细则（试行）"])


def test_a_question_about_something_else_gets_no_hint() -> None:
    text = refusal("红烧肉怎么做？", [], [])
    assert "《" not in text
    assert "换一种说法" in text


@pytest.mark.parametrize(
    ("question", "absent"),
    [
        ("海关总署的四强党支部怎么创建", "海关总署"),
        ("外交部党委有什么做法", "外交部"),
        ("我在海关总署工作，怎样开好组织生活会", ""),  # who asks is not what is asked about
        ("中央组织部干部一局支部有什么做法", ""),
        ("中组部干部一局支部有什么做法", ""),
    ],
)
def test_a_body_that_no_document_mentions_is_told_apart(
    assistant: Assistant, question: str, absent: str
) -> None:
    assert absent_body(question, assistant.generation.lexical.occurs) == absent
    answer = assistant.ask(question)
    assert (answer.status is Status.NOT_FOUND and f"没有提到“{absent}”" in answer.text) == bool(absent)


def test_a_refusal_shows_what_came_nearest_as_no_answer(assistant: Assistant) -> None:
    answer = assistant.ask("海关总署的四强党支部怎么创建")
    assert answer.related
    assert not answer.claims
    for near in answer.related:
        assert near.span.of(assistant.document(near.document_id).text) == near.quote
    assert assistant.ask("红烧肉怎么做").related == ()


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("按照问责条例，问责方式有哪些", "中国共产党问责条例"),
        ("发展党员工作细则里转正申请书怎么写", "中国共产党发展党员工作细则"),
        ("党章规定的入党条件", ""),
        ("如何破解两张皮", ""),
    ],
)
def test_a_known_regulation_that_is_named_but_not_there_is_told(question: str, title: str) -> None:
    found = lacking(question, [("a", "中国共产党章程"), ("b", "信访工作条例")])
    assert (found.title if found else "") == title
    assert lacking(question, [("a", title)] if title else []) is None or not title


def test_the_kind_of_answer_can_be_asked_for(assistant: Assistant) -> None:
    question = "四强党支部建设"
    assert assistant.ask(question).kind is Kind.HOWTO
    assert assistant.ask(question, kind=Kind.DEFINITION).kind is Kind.DEFINITION
    assert assistant.ask(question, kind=Kind.ARTICLE).kind is Kind.HOWTO
