"""The parts that an answer is made of."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.types import Document, Metadata, Span
from service.answering import confidence
from service.answering.answerer import heading_question
from service.answering.compose import Composer, Point, escape
from service.answering.confidence import Signals, evidence
from service.answering.question import understand
from service.answering.selection import choose, says_the_same
from service.answering.siblings import best_group, sibling_groups
from service.answering.verify import check
from service.answering.wording import bare, counts, enumerates, list_span, occurs
from service.types import Kind
from tests.answer_fakes import ANALYZER, document, hits, maker

SPEECH = """# 在工作会上的讲话

开场白一句话，说明来意和要求，请大家认真听。

二、抓好重点任务

市里明确实施“三大行动”，分别作出部署。

(一)实施强基行动，夯实基层组织。坚持以提升组织力为重点，建强基层组织体系。

(二)实施铸魂行动，加强理论武装。坚持把学习放在首位，建立长效机制。

(三)实施清风行动，持续正风肃纪。坚持严的基调，纠治形式主义。
"""


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("如何破解“两张皮”", Kind.HOWTO),
        ("怎么抓好党员教育", Kind.HOWTO),
        ("六大行动分别是什么", Kind.LIST),
        ("有哪些措施", Kind.LIST),
        ("审结多少件案件", Kind.FACT),
        ("什么时候印发的", Kind.FACT),
        ("什么是“四强”党支部", Kind.DEFINITION),
        ("“最初一公里”是什么意思", Kind.DEFINITION),
        ("有没有做得好的支部案例", Kind.CASE),
        ("江苏和宁夏有什么不同", Kind.COMPARE),
        ("这篇讲话讲了什么", Kind.SUMMARY),
        ("四强党支部创建的历程", Kind.TIMELINE),
        ("党章第八条", Kind.ARTICLE),
        ("党建", Kind.HOWTO),
    ],
)
def test_kinds(question: str, kind: Kind) -> None:
    assert understand(question, ANALYZER).kind is kind


@pytest.mark.parametrize(
    ("question", "members", "thing"),
    [
        ("“六大行动”有哪些内容", 6, "行动"),
        ("图书室的三项任务是哪三项", 3, "任务"),
        ("申报四好的时候，碰到哪些事就不行了", 0, "事就"),
        ("创建“四好”图书室用了哪些办法", 0, "办法"),
    ],
)
def test_what_is_counted_is_not_always_what_is_asked_for(question: str, members: int, thing: str) -> None:
    found = understand(question, ANALYZER)
    assert (found.members, found.thing) == (members, thing)


def test_what_a_question_names() -> None:
    question = understand("2024年江苏的“六大行动”有多少个项目", ANALYZER)
    assert question.named == ("江苏", "2024")
    assert (question.members, question.thing) == (6, "行动")
    assert question.counted == "项目"
    assert question.numeric
    assert understand("预备期几年", ANALYZER).measure == "年"
    assert understand("预备党员的预备期一般是多长？", ANALYZER).counted == "预备期"
    assert understand("十二个月", ANALYZER).members == 0
    assert understand("四川的支部怎么抓", ANALYZER).members == 0


@given(st.text(max_size=80))
def test_any_question_is_understood(text: str) -> None:
    question = understand(text, ANALYZER)
    assert question.text == text
    assert question.members >= 0


@pytest.mark.parametrize(
    ("text", "members", "thing", "yes"),
    [
        ("政治功能强、支部班子强、党员队伍强、作用发挥强的党支部。", 4, "强", True),
        ("政治功能强、支部班子强的党支部。", 4, "强", False),
        ("以上率下学、上好示范课，外出考察学、上好交流课，联系实际学。", 3, "学", True),
        ("甲、乙、丙、丁。", 4, "强", False),
        ("分布在登记、借阅、归还和赔偿四个方面。", 4, "", True),
        ("登记、借阅、归还。", 4, "", False),
    ],
)
def test_enumerates(text: str, members: int, thing: str, yes: bool) -> None:
    assert enumerates(text, members, thing) is yes


@pytest.mark.parametrize(
    ("text", "noun", "yes"),
    [
        ("共审结案件18961件。", "案件", True),
        ("省级机关现有6000多个党支部。", "党支部", True),
        ("党支部书记很重要，有3条经验。", "党支部", False),
        ("评定“四强”党支部5273个。", "四强党支部", True),
        ("没有数字。", "党支部", False),
        ("有5个。", "", False),
    ],
)
def test_counts(text: str, noun: str, yes: bool) -> None:
    assert counts(text, noun) is yes


def test_terms_are_found_as_whole_numbers_and_in_any_script() -> None:
    assert occurs("党支部", "機關黨支部是基層組織")
    assert occurs("15", "共15个")
    assert not occurs("15", "共2015个")
    assert occurs("第12条", "依照第十二条规定")
    assert bare("“四强” 党支部，1.5％。") == "四强党支部1.5%"


def test_a_sentence_that_leans_brings_the_one_before_it() -> None:
    text = "江苏实施头雁工程，带动全省支部建设。\n\n这项工程每年评选一次先进党支部并予以表彰。\n"
    source = document(text)
    units = maker("头雁工程怎么实施", source).units(hits(source))
    leaning = next(unit for unit in units if "每年评选" in unit.text)
    assert leaning.text.startswith("江苏实施头雁工程")
    assert all(unit.span.of(text) == unit.text for unit in units)


def test_a_neighbour_about_something_else_is_not_dragged_along() -> None:
    text = "广东建立换届选举工作台账和谈话台账。青海开展机关党支部分类定级和考评工作，推动晋位升级。\n"
    source = document(text)
    units = maker("青海的分类定级怎么做", source).units(hits(source))
    assert [unit.text for unit in units] == ["青海开展机关党支部分类定级和考评工作，推动晋位升级。"]


def test_units_about_another_place_or_year_are_left_out() -> None:
    text = "贵州选派1.4万名驻村干部参加乡村振兴工作。\n\n山东选派机关干部2.5万人次参加攻坚行动。\n"
    source = document(text)
    found = hits(source)
    assert [u.text[:2] for u in maker("山东选派了多少人", source).units(found)] == ["山东"]
    assert maker("广东选派了多少人", source).units(found) == []
    assert maker("2030年选派了多少人", source).units(found) == []
    dated = document(text, metadata=Metadata(title="总结", published="2030-01-01"))
    assert maker("2030年选派了多少人", dated).units(found)


def test_a_list_comes_whole() -> None:
    text = "申请人有下列权利：\n（一）查阅材料；\n（二）提出意见；\n（三）请求回避。\n其他事项另行规定，由有关部门负责解释和修改。\n"
    source = document(text)
    span = list_span(text, Span(0, text.index("\n") + 1))
    assert span is not None
    assert span.of(text).endswith("（三）请求回避。")
    found = hits(source)
    assert any(unit.text == span.of(text) for unit in maker("申请人有哪些权利", source).units(found))
    assert list_span(text, Span(text.index("其他"), len(text))) is None


def test_near_repeats_are_one_point() -> None:
    assert says_the_same("推动党建和业务深度融合。", "推动機關黨建和業務深度融合。")
    assert not says_the_same("推动党建和业务深度融合。", "开展警示教育和纪律教育。")
    text = (
        "推动党建和业务深度融合发展。\n\n推动党建和业务工作深度融合发展。\n\n建立党员积分管理制度和台账。\n"
    )
    source = document(text)
    units = maker("怎么推动党建", source).units(hits(source))
    chosen = choose(units, 6, 0.0)
    assert len(chosen) == 2
    assert all(not a.span.overlaps(b.span) for a in chosen for b in chosen if a is not b)


def test_sibling_headings_are_a_complete_list_in_order() -> None:
    source = document(SPEECH)
    group = best_group([source], 3, "行动", maker("“三大行动”分别是什么", source).coverage, 0.3)
    assert group is not None
    assert [section.path[-1] for section in group.members] == [
        "(一)实施强基行动",
        "(二)实施铸魂行动",
        "(三)实施清风行动",
    ]
    assert best_group([source], 4, "行动", lambda text: 1.0, 0.3) is None
    assert best_group([source], 3, "原则", lambda text: 1.0, 0.3) is None
    assert all(len(group.members) >= 2 for group in sibling_groups(source))


def test_a_quote_that_does_not_hold_is_never_shown() -> None:
    good = document("党支部每月召开一次会议。\n")
    bad = Document(**{**{f: getattr(good, f) for f in good.__slots__}, "text_sha256": "0" * 64})
    composer = Composer()
    composer.add(Point(bad, Span(0, 12), (), Span(0, 12), 0.5))
    assert composer.claims == composer.citations == []
    assert composer.dropped == 1
    composer.add(Point(good, Span(0, 12), (), Span(0, 12), 0.5))
    assert composer.citations[0].quote == "党支部每月召开一次会议。"
    assert "[1]" in composer.markdown(Kind.HOWTO)


@given(st.integers(0, 20), st.integers(0, 20), st.text(max_size=6))
def test_verification_is_equality(start: int, size: int, quote: str) -> None:
    source = document("党支部每月召开一次会议。")
    span = Span(start, start + size)
    holds = bool(quote) and span.end <= len(source.text) and source.text[start : start + size] == quote
    assert check(source, span, quote).ok == holds


def test_markdown_of_quotes_is_inert() -> None:
    assert escape("**a** [1](x) <b>") == r"\*\*a\*\* \[1\](x) \<b\>"


@given(st.floats(-1, 1), st.floats(-1, 1), st.floats(0, 3), st.floats(0, 1), st.integers(0, 15))
def test_evidence_is_a_share_that_grows_with_what_speaks_for_an_answer(
    likeness: float, similarity: float, score: float, words: float, terms: int
) -> None:
    signals = Signals(likeness, similarity, score, words, terms=terms)
    value = evidence(signals)
    assert 0 <= value <= 1
    for better in ({"similarity": similarity + 0.1}, {"score": score + 0.1}, {"words": words + 0.1}):
        assert evidence(replace(signals, **better)) >= value
    assert evidence(replace(signals, unmet=True)) <= value
    assert evidence(signals, follows=True) >= value
    assert 0 <= evidence(replace(signals, likeness=None, similarity=None)) <= 1
    read = [evidence(replace(signals, told=told)) for told in (-0.2, 0.0, 0.2)]
    assert read == sorted(read)


@pytest.mark.parametrize("kind", confidence.KINDS)
def test_there_is_a_weight_for_every_signal(kind: str) -> None:
    rows = json.loads(Path(confidence.__file__).with_name(confidence.WEIGHTS).read_text("utf-8"))
    vectors, read = confidence.KINDS[kind]
    value = 0.5 if vectors else None
    signals = Signals(value, value, 0.5, 0.5, told=0.0 if read else None)
    assert set(rows) == set(confidence.KINDS)
    assert set(rows[kind]) == {*confidence.names(kind), "bias"} == {*confidence.features(signals), "bias"}


@pytest.mark.parametrize(
    ("heading", "question"),
    [
        ("(六)实施服务发展行动", "“实施服务发展行动”方面有哪些要求和做法？"),
        ("砥砺实干精神，跑好“第一棒”", "“砥砺实干精神”方面有哪些要求和做法？"),
        ("第十二条", "《条例》第十二条是怎么规定的？"),
    ],
)
def test_suggestions_are_questions_the_section_answers(heading: str, question: str) -> None:
    assert heading_question(heading, "条例") == question
