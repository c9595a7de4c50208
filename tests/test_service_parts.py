"""Questions that ask several things: how they are divided, and how the answers to their parts become one."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.types import Passage, Span
from retriever.search import Retriever
from service.answering.compose import Point
from service.answering.parts import in_turn, merged, parts_of
from service.assistant import Assistant
from tests.answer_fakes import document


@pytest.mark.parametrize(
    ("question", "labels"),
    [
        ("借书证谁来办、丢了怎么补？", ["借书证谁来办", "丢了怎么补"]),
        ("图书室由谁管理，几点开门？", ["图书室由谁管理", "几点开门"]),
        ("补助向谁申请？多久能批下来？", ["补助向谁申请", "多久能批下来"]),
        ("续借要什么手续，可以续几次", ["续借要什么手续", "可以续几次"]),
        ("浙江和甘肃修路各有什么办法", ["浙江", "甘肃"]),
        ("河南、四川、陕西分别怎么做的", ["河南", "四川", "陕西"]),
        ("村干部与社区干部的待遇有什么不同", ["村干部", "社区干部"]),
        ("浙江与江苏的修路考核有啥不一样", ["浙江", "江苏"]),
        ("村干部和社区干部的待遇有什么不一样的地方？", ["村干部", "社区干部"]),
        ("正式职工和临时职工年假一样吗", ["正式职工", "临时职工"]),
        ("怎么办好社区图书室", []),
        ("我是新来的管理员，书架乱了，该怎么整理？", []),
        ("党和国家机构有什么区别于企业的特点", []),
        ("中央和国家机关分别有什么要求", []),
        ("借书期限有几种，分别叫什么？", []),
        ("您好，麻烦问一下，图书室几点开门？谢谢！", []),
        ("一名同志分别在哪里工作过", []),
        ("村里没怎么修路，该向谁反映", []),
    ],
)
def test_questions_are_divided_where_they_ask_several_things(question: str, labels: list[str]) -> None:
    assert [part.label for part in parts_of(question)] == labels


def test_parts_carry_what_they_share() -> None:
    second = parts_of("社区图书室的借阅证由谁发放，丢了怎么补办？")[1]
    assert "借阅证" in second.text
    one, other = parts_of("村干部与社区干部的待遇有什么不同")
    assert (one.text, other.text) == ("村干部的待遇", "社区干部的待遇")
    one, other = parts_of("管理员和志愿者，奖励的种类差在哪里？")
    assert (one.text, other.text) == ("管理员,奖励的种类有哪些", "志愿者,奖励的种类有哪些")


@given(st.text(alphabet="谁什么怎和与的，。？村路修几多少各分别“”（）", max_size=40))
def test_dividing_never_fails_and_is_never_into_one(question: str) -> None:
    parts = parts_of(question)
    assert len(parts) != 1
    assert all(part.text for part in parts)


def test_two_things_named_one_after_the_other_are_asked_about_each() -> None:
    parts = parts_of("修渠的决定，还有后来关于管护的通知，分别是什么时候作出的？")
    assert [part.text for part in parts] == ["修渠的决定是什么时候作出的", "关于管护的通知是什么时候作出的"]
    assert [part.label for part in parts] == ["修渠的决定", "关于管护的通知"]
    assert in_turn("修渠的决定，是什么时候作出的？") == ()
    assert in_turn("修渠和管护，分别由谁负责") == ()


def test_merging_takes_every_part_before_the_rest() -> None:
    source = document("甲办法由街道负责。乙办法由社区负责。丙事项另行规定。")
    a, b, c = (Point(source, Span(n, n + 9), (), Span(0, 27), 1.0) for n in (0, 9, 18))
    assert merged([[b], [b]], [a, b, c], 2) == [b, a]
    assert merged([[a], [c]], [b], 1) == [a, c]
    both = Point(source, Span(0, 18), (), Span(0, 27), 1.0)
    assert merged([[a, c], [both]], [b], 3) == [both, c]


def test_members_of_a_list_are_kept_however_alike() -> None:
    text = "实施强基行动，着力提高建设质量。实施铸魂行动，着力提高建设质量。"
    source = document(text)
    points = [Point(source, Span(n, n + 16), (), Span(0, len(text)), 1.0) for n in (0, 16)]
    assert merged([[]], points, 1) == points


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("浙江和甘肃抓巡视整改各有什么招？", ["浙江抓巡视整改各有什么招?", "甘肃抓巡视整改各有什么招?"]),
        ("谁印发了指导意见？什么时候印发的？", ["谁印发了指导意见？什么时候印发的？"]),
    ],
)
def test_sides_are_read_each_by_itself_and_clauses_only_together(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch, question: str, asked: list[str]
) -> None:
    """What is compared need not be read as a whole where every side is found."""
    questions: list[str] = []
    read = Retriever.read

    def noted(self: Retriever, question: str, sentences: Sequence[tuple[Passage, str]]) -> list[float]:
        questions.append(question)
        return read(self, question, sentences)

    monkeypatch.setattr(Retriever, "read", noted)
    answer = assistant.ask(question)
    assert questions == asked
    assert {claim.label for claim in answer.claims} >= ({"浙江", "甘肃"} if len(asked) > 1 else set())
