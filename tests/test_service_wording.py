"""What a text has of the words that questions ask for: meanings, complaints."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.answering.wording import complains, defines
from service.types import Kind
from tests.answer_fakes import library_of

RULE = "第九条 机关党课是党员教育的基本形式，由支部书记主讲。"


@pytest.mark.parametrize(
    ("text", "question"),
    [
        (RULE, "什么是机关党课？"),
        (RULE, "机关党课 定义"),
        (RULE, "機關黨課到底是什麼"),
        (RULE, "细则是怎么给机关党课下定义的？"),
        (RULE, "“机关党课”是个什么概念"),
        ("各级监察委员会是行使国家监察职能的专责机关。", "监察委员会是干什么的机关？"),
        ("本条例所称政府信息，是指行政机关制作的信息。", "法规上讲的“政府信息”指什么？"),
        ("所谓导师帮带，就是老书记带新书记。", "什么叫导师帮带"),
        ("（二）机关党课是学习的课堂。", "什么是机关党课呢，有什么要求？"),
        ("实事求是是党的思想路线的核心。", "什么是实事求是？"),
        ("党的指导思想是马克思列宁主义。", "党的指导思想是什么？"),
    ],
)
def test_a_meaning_is_given(text: str, question: str) -> None:
    assert defines(text, question)


@pytest.mark.parametrize(
    ("text", "question"),
    [
        (RULE, "机关党课多久上一次？"),
        (RULE, "机关党课的“三统一”是什么意思？"),
        (RULE, "党课是什么？"),
        ("机关党课的基本要求是联系实际。", "什么是机关党课？"),
        ("机关党课是否点名由支部定。", "什么是机关党课？"),
        ("机关党课，每季度一次。", "什么是机关党课？"),
        ("党委指导党支部工作。", "什么是党委？"),
        ("民主生活会指定专人记录。", "什么是民主生活会？"),
        ("中央委员会是党的最高领导机关。", "中央委员会是什么会议选举产生的？"),
        ("党支部书记是第一责任人。", "第一责任人为什么是党支部书记？"),
        ("", "什么是机关党课？"),
        (RULE, ""),
    ],
)
def test_no_meaning_is_given(text: str, question: str) -> None:
    assert not defines(text, question)


@pytest.mark.parametrize(
    ("text", "amiss"),
    [
        ("机关党建仍存在与业务融合不够紧等问题。", True),
        ("“有的支部还不如基层，这种情况一定要改变”“品牌特色不突出”……点评让书记们红了脸。", True),
        ("针对仍存在的问题，建立台账，逐项整改。", False),
        ("坚持问题导向。", False),
        ("機關黨建還存在與業務融合不緊等問題。", True),
        ("他们还有效解决了停车难问题。", False),
        ("谈话后仍有问题的，由上级党组织约谈。", False),
    ],
)
def test_complaints(text: str, amiss: bool) -> None:
    assert complains(text) is amiss


@given(st.text("第九条机关党课是，。指什么的所谓", max_size=40), st.text(max_size=30))
def test_a_meaning_is_of_what_the_question_names(text: str, question: str) -> None:
    if defines(text, question):
        assert set(text) & set(question)


def test_the_meaning_comes_first_and_what_is_amiss_last(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text(
        "机关党课管理细则\n第一条 党支部上机关党课，由支部书记主讲机关党课，机关党课的主要内容是理论和形势。\n"
        f"{RULE}\n第十条 有的支部机关党课仍存在内容空、听的人少等问题。\n"
        "第十一条 上好机关党课，应当推行“听众点题、支部接单”，每季度公开评课。\n",
        "utf-8",
    )
    with library_of(file) as assistant:
        meaning = assistant.ask("什么是机关党课？")
        ways = assistant.ask("机关党课内容空、听的人少怎么办？")
    assert meaning.kind is Kind.DEFINITION
    assert meaning.claims[0].text == RULE
    assert ways.kind is Kind.HOWTO
    assert "仍存在" not in ways.claims[0].text
