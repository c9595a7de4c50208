"""Whose practice a sentence tells of, the figure that answers, and the side of a matter that is asked about."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.normal import normal_form
from ingest.types import Passage, Span
from retriever.types import Hit
from service.answering.actors import actor
from service.answering.facets import PROBLEMS, REASONS, RESULTS, facet_of
from service.answering.figures import figure
from service.answering.practice import telling_terms
from service.answering.selection import repeats
from service.answering.units import Unit
from service.answering.wording import counts, lists
from service.assistant import Assistant
from service.types import Kind


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("天津把随机暗访抽查作为有效方法。", "天津"),
        ("国家发展改革委社会发展司党支部统筹安排学习。", "国家发展改革委社会发展司党支部"),
        (
            "为了让群众住上好房子，住房城乡建设部村镇建设司党支部选派骨干党员。",
            "住房城乡建设部村镇建设司党支部",
        ),
        ("近年来，中共江蘇省委省級機關工作委員會深入學習。", "中共江蘇省委省級機關工作委員會"),
        ("今年社会发展司党支部深入学习。", "社会发展司党支部"),
        ("山东明确单位党组（党委）12项机关党建主体责任。", "山东"),
        ("宁夏区直机关工委建立“三级三长”责任制。", "宁夏区直机关工委"),
        ("坚持问题导向。", ""),
        ("各级党委要加强领导。", ""),
        ("党支部书记是带头人。", ""),
        ("加強和推進機關黨支部標準化建設。", ""),
        ("重视干部培养，推动内部管理。", ""),
    ],
)
def test_the_actor_of_a_sentence_is_a_unit_with_a_name_or_a_region(text: str, name: str) -> None:
    assert actor(text) == name


@given(st.text(max_size=60))
def test_an_actor_stands_word_for_word_in_the_text(text: str) -> None:
    assert actor(text) in text


def _shared(question: str):  # type: ignore[no-untyped-def]
    """How many of the question's characters a clause has."""
    return lambda clause: len(set(question) & set(clause)) / len(set(question))


@pytest.mark.parametrize(
    ("question", "text", "words"),
    [
        ("审结多少件", "成立以来，法庭共受理案件21331件，审结18961件，质效提高。", "18961件"),
        ("委员任期几年", "支部委员会每届任期三年，换届应当提前6个月准备。", "三年"),
        ("处分期是多少个月", "记大过，处分期十八个月；只能有一个处分期。", "十八个月"),
        ("培训了几次", "举办培训2次，培训书记3次。", ""),  # two clauses speak of it alike
        ("什么时候印发的", "2020年10月，工委印发意见。", "2020年10月"),
        ("有多少党员", "支部有党员35名。", ""),  # no unit is asked for that says which number is meant
        ("评定了多少个", "各部门开展评定。", ""),
    ],
)
def test_the_figure_that_answers_is_given_only_where_it_is_plain(
    question: str, text: str, words: str
) -> None:
    assert figure(normal_form(question), text, _shared(question)) == words


@given(st.text("0123456789一二三件个名年月日，。审结", max_size=40))
def test_a_figure_stands_word_for_word_in_the_text(text: str) -> None:
    for question in ("审结多少件", "几年", "什么时候审结", "多少个月"):
        assert figure(question, text, _shared(question)) in text


def test_a_number_of_something_else_counts_nothing() -> None:
    assert counts("评定“四强”党支部5273个", "四强党支部")
    assert not counts("组织举办11期“四强”党支部建设分论坛", "四强党支部")


@pytest.mark.parametrize(
    ("question", "facet"),
    [
        ("机关党建存在哪些问题", PROBLEMS),
        ("机关党建还有什么短板？", PROBLEMS),
        ("为什么要抓机关党建", REASONS),
        ("创建工作取得了什么成效", RESULTS),
        ("存在的问题怎么整改", None),
        ("如何破解“两张皮”", None),
    ],
)
def test_the_side_of_the_matter_that_is_asked_about(question: str, facet: object) -> None:
    assert facet_of(normal_form(question)) is facet


@pytest.mark.parametrize(
    ("text", "nouns", "told"),
    [
        ("第六十二条 处分分为：警告、记过、记大过、降级、撤职、开除。", ("的处分", "处分"), True),
        ("第五条 奖励的种类有嘉奖、记功、授予称号。", ("奖励",), True),
        ("对公务员的处分，应当事实清楚、证据确凿、程序合法。", ("处分",), False),
        ("第三条 处分分为警告。", ("处分",), False),
        ("处分分为：警告、记过、开除。", (), False),
    ],
)
def test_a_sentence_that_says_what_there_is_of_a_thing(text: str, nouns: tuple[str, ...], told: bool) -> None:
    assert lists(text, nouns) == told


def test_telling_terms_are_those_that_several_texts_share() -> None:
    weights = telling_terms(["融合 业务", "融合 学习", "制度"], str.split, lambda term: 2.0)
    assert weights == {"融合": 4.0}


def test_figures_that_differ_are_all_shown_newest_first_with_what_they_count(assistant: Assistant) -> None:
    answer = assistant.ask("一共评定了多少个四强党支部")
    assert [claim.label for claim in answer.claims] == ["2024年12月7日", "2023年"]
    (scope,) = answer.notes
    assert all(number in scope for number in ("5354个", "5273个", "2128个"))
    assert "各部门评定" in scope
    assert "3年来" in scope


def test_a_plain_figure_leads_its_sentence(assistant: Assistant) -> None:
    assert assistant.ask("知识产权法庭审结多少件").claims[0].label == "18961件"


def test_a_unit_that_begins_its_sentence_is_not_said_twice(assistant: Assistant) -> None:
    answer = assistant.ask("有没有调研做得好的支部案例")
    names = [claim.label for claim in answer.claims if claim.text.startswith(claim.label)]
    assert names
    assert all(f"**{name}**" in answer.text and f"**{name}**：" not in answer.text for name in names)


def test_cases_are_told_by_unit(assistant: Assistant) -> None:
    claims = assistant.ask("有没有调研做得好的支部案例").claims
    assert len(claims) >= 3
    for claim in claims:
        assert claim.label
        assert claim.label in claim.text
    assert max(Counter(claim.label for claim in claims).values()) == 1


def test_problems_are_answered_with_problems(assistant: Assistant) -> None:
    answer = assistant.ask("机关党建存在哪些问题")
    assert answer.kind is Kind.LIST
    assert "融合不够紧" in answer.claims[0].text
    assert all(PROBLEMS.told.search(normal_form(claim.text)) for claim in answer.claims)


def test_howto_gives_an_example_of_a_named_unit(assistant: Assistant) -> None:
    claims = assistant.ask("如何破解“两张皮”").claims
    assert any(claim.nature == "做法" and actor(claim.text) for claim in claims)
    assert claims[0].nature == "要求"


def unit_of(text: str, document: str) -> Unit:
    """A unit that is all of a document."""
    span = Span(0, len(text))
    return Unit(Hit(Passage("p", document, span, text), 0.5), span, text, 0.5, 0.5, 1.0)


def test_a_further_source_says_the_whole_of_it() -> None:
    whole = "工委制定三年行动计划，推进基层党组织建设质量提升，明确五个方面举措，举办四期支部书记示范培训班，推动培训全覆盖。"
    same = "工委制定三年行动计划，推进基层党组织建设质量提升，明确五个方面举措，举办支部书记示范培训班。"
    part = "工委制定三年行动计划，推进培训。"
    first, alike, less = (unit_of(text, str(n)) for n, text in enumerate((whole, same, part)))
    assert repeats(first, [alike, less]) == [alike]
