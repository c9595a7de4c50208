"""Points that go on to what stands around them: the section that is asked for, the paragraph of a procedure, the years that are
named, the article that another refers to."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.types import Document, Passage, Span
from retriever.types import Hit
from service.answering.continuing import going_on
from service.answering.question import understand
from service.answering.selection import with_years
from service.answering.units import Unit
from service.cited import with_cited
from service.references import Linker
from service.types import Kind
from tests.answer_fakes import ANALYZER, document, hit, hits, maker

SPEECH = document(
    "一、办好图书室\n"
    "(一)实施添书行动，着力丰富藏书。坚持把添书放在首位，大力实施添书行动。每月由居民点题，十五日前下单采购。"
    "旧书由志愿者修补，修不好的送到废品站。添书的钱从活动经费里出，账目每季度张榜。\n"
    "(二)实施延时行动，着力方便上班族。周三、周五开放到晚上九点。值班的人由各楼推选。\n"
)
RULES = document(
    "第一条 本办法适用于社区图书室的全体读者。\n"
    "第二条 补办借书证，应当向管理员提出书面申请。管理员应当自收到申请之日起三日内核实。核实无误的，当场发给新证。\n"
    "补办借书证每年不超过两次，工本费由本人承担。\n"
    "第三条 违反本办法第四条规定的，暂停借阅一个月。\n"
    "第四条 禁止在书上涂写、折页，禁止把书转借给他人。\n",
    "r",
)


def chosen(question: str, source: Document, *beginnings: str) -> list[Unit]:
    """The units that begin so, in that order."""
    units = maker(question, source).units(hits(source))
    return [next(unit for unit in units if unit.text.startswith(words)) for words in beginnings]


def told(question: str, units: Sequence[Unit], source: Document, most: int = 6) -> list[str]:
    asked = understand(question, ANALYZER)
    found = going_on(asked, units, most, {source.id: source}.__getitem__)
    assert all(unit.span.of(source.text) == unit.text for unit in found)
    return [unit.text for unit in found]


@pytest.mark.parametrize(
    "question",
    [
        "添书行动具体怎么做？",
        "添书行动要从哪几处着手抓？",
        "按照讲话，添书行动有哪些措施？",
        "怎么抓好添书行动",
    ],
)
def test_a_section_that_is_asked_for_is_given_as_a_whole(question: str) -> None:
    found = told(question, chosen(question, SPEECH, "坚持把添书"), SPEECH)
    assert [text[:4] for text in found] == ["坚持把添", "每月由居", "旧书由志", "添书的钱"]
    assert told(question, chosen(question, SPEECH, "坚持把添书"), SPEECH, 2) == found[:2]


@pytest.mark.parametrize("question", ["添书行动的钱从哪里来？", "添书行动里旧书怎么修补", "延时行动怎么做"])
def test_a_question_about_something_in_a_section_is_not_given_all_of_it(question: str) -> None:
    units = chosen(question, SPEECH, "坚持把添书")
    assert told(question, units, SPEECH) == [unit.text for unit in units]


def test_other_points_stay_behind_the_section() -> None:
    question = "添书行动具体怎么做？"
    units = chosen(question, SPEECH, "周三", "坚持把添书")
    assert [text[:2] for text in told(question, units, SPEECH)] == ["坚持", "每月", "旧书", "添书", "周三"]


def test_a_procedure_is_the_whole_paragraph_and_nothing_is_said_twice() -> None:
    question = "补办借书证要走什么程序？"
    units = chosen(question, RULES, "管理员应当", "第二条", "补办借书证每年")
    assert told(question, units, RULES) == [
        "第二条 补办借书证，应当向管理员提出书面申请。管理员应当自收到申请之日起三日内核实。核实无误的，当场发给新证。",
        "补办借书证每年不超过两次，工本费由本人承担。",
    ]
    assert told("补办借书证谁来核实？", units[:1], RULES) == [units[0].text]


def test_what_the_steps_are_is_no_definition() -> None:
    assert understand("补办借书证的流程是什么", ANALYZER).kind is Kind.HOWTO
    assert understand("什么是借书证", ANALYZER).kind is Kind.DEFINITION


GAPS = document(
    "图书室办得红火，但是还有不足。一是藏书陈旧，新书只占一成，旧书占了九成。二是开放时间太短，上班的人晚上来不了。"
    "三是管理员人手太紧，借书还书都要排队。明年要添新书两千册，延长晚上的开放。\n"
)


def test_two_members_of_a_list_bring_the_others_in_their_order() -> None:
    units = chosen("图书室有哪些不足", GAPS, "明年", "三是", "一是")
    assert [text[:2] for text in told("图书室有哪些不足", units, GAPS)] == ["明年", "一是", "二是", "三是"]
    assert [text[:2] for text in told("图书室有哪些不足", units[:2], GAPS)] == ["明年", "三是"]
    assert [text[:2] for text in told("图书室怎么补不足", units, GAPS)] == ["明年", "三是", "一是"]


@given(st.text("添书行动怎么做具体有哪些，程序\n", max_size=30))
def test_going_on_never_fails_and_stays_verbatim(question: str) -> None:
    units = maker("添书行动", SPEECH).units(hits(SPEECH))
    told(question or "添书", units[:4], SPEECH)
    assert told(question or "添书", [], SPEECH) == []


def test_every_year_asked_about_has_its_point() -> None:
    text = (
        "2019年5月，县里定下三年修渠的计划，要求各村出工出料。\n2021年，全县修好水渠八十条，受益农户三千多家。\n"
        "2023年，县里开会总结修渠，表扬了十个村，并且部署了管护。\n"
    )
    source = document(text)
    question = "修渠从2019年定计划，到2023年总结，经过怎样？"
    units = maker("修渠经过怎样", source).units(hits(source))
    by_year = {year: next(unit for unit in units if year in unit.text) for year in ("2019", "2021", "2023")}
    first = [by_year["2023"], by_year["2021"]]
    assert with_years(question, first, units) == [by_year["2023"], by_year["2019"], by_year["2021"]]
    assert with_years("修渠是2019年定的计划吗", first, units) == first
    assert with_years("修渠从2011年到2023年经过怎样", first, units) == first


# --- articles that others refer to ---


def followed(found: Sequence[Hit], source: Document) -> list[Hit]:
    linker = Linker([], [], {source.id: source}.__getitem__)

    def passages(document_id: str, span: Span, score: float) -> list[Hit]:
        assert document_id == source.id
        return [hit(one.passage, score) for one in hits(source) if one.passage.span.overlaps(span)]

    return with_cited(found, linker.links, passages)


def article(source: Document, name: str) -> Passage:
    return next(one.passage for one in hits(source) if one.passage.text.startswith(name))


def test_an_article_is_brought_by_the_one_that_refers_to_it() -> None:
    pointing, first = article(RULES, "第三条"), article(RULES, "第一条")
    found = followed([hit(pointing, 0.6), hit(first, 0.2)], RULES)
    assert [one.passage.text[:3] for one in found] == ["第三条", "第四条", "第一条"]
    assert found[1].score == pytest.approx(0.57)


def test_what_is_found_already_is_not_brought_again() -> None:
    pointing, cited = article(RULES, "第三条"), article(RULES, "第四条")
    found = [hit(pointing, 0.6), hit(cited, 0.2)]
    assert followed(found, RULES) == found
    assert followed([hit(cited, 0.4)], RULES) == [hit(cited, 0.4)]
    assert followed([], RULES) == []


def test_a_chain_of_references_is_followed_one_step() -> None:
    numbers = "一二三四五六七八九"
    lines = [f"第{a}条 按照本办法第{b}条规定办理登记手续。" for a, b in pairwise(numbers)]
    source = document("\n".join(lines) + "\n", "c")
    found = followed([hit(article(source, "第二条"), 0.5)], source)
    assert [one.passage.text[1] for one in found] == ["二", "三"]
