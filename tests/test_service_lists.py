"""Lists: the noun whose members are asked for, texts that list them, and what is no repetition."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.types import Metadata
from service.answering.outline import asks_whole
from service.answering.question import understand
from service.answering.selection import choose
from service.answering.series import whole_series
from service.answering.siblings import best_group
from service.answering.structure import member_points
from service.answering.wording import lists, names_each
from service.types import Kind
from tests.answer_fakes import ANALYZER, document, hits, library_of, maker


@pytest.mark.parametrize(
    ("question", "noun"),
    [
        ("读者有哪些权利", "权利"),
        ("图书室有哪几项主要职责？", "职责"),
        ("办证有哪些程序", "程序"),
        ("处罚有哪几种", "处罚"),
        ("借书证分哪几级", "借书证"),
        ("读者的义务有哪些", "义务"),
        ("哪些情形应当退书", ""),
        ("有哪些单位办得好", ""),
        ("怎么办证", ""),
    ],
)
def test_the_noun_whose_members_are_asked_for(question: str, noun: str) -> None:
    listed = understand(question, ANALYZER).listed
    assert (noun in listed) if noun else not listed


@pytest.mark.parametrize(
    ("text", "noun", "yes"),
    [
        ("第五条 读者享有下列权利：\n（一）借书；\n（二）续借；\n（三）预约。", "权利", True),
        ("第六条 读者履行下列义务：\n（一）爱护图书；\n（二）按期归还；\n（三）赔偿。", "权利", False),
        ("处罚分为警告、暂停借阅、注销借书证。", "处罚", True),
        ("读者的权利受到保护。", "权利", False),
        ("读者的考核应当全面，考核读者的言、行、德、才。", "考核", False),
        ("定期考核的结果分为优秀、合格和不合格三个等次。", "考核", True),
        ("报名的条件应当包括年龄、学历、健康状况。", "条件", True),
    ],
)
def test_a_text_lists_what_it_leads_in(text: str, noun: str, yes: bool) -> None:
    assert lists(text, (noun,)) is yes


@given(st.text(max_size=80))
def test_looking_for_lists_never_fails(text: str) -> None:
    assert isinstance(understand(text, ANALYZER).listed, tuple)


def test_articles_in_nearly_the_same_words_are_different_points() -> None:
    text = (
        "第七条 读者对赔偿决定不服的，可以自收到决定之日起十日内向图书室申请复查，图书室应当自收到申请之日起十日内答复。\n"
        "第八条 读者对复查结果不服的，可以自收到结果之日起十日内向居民委员会申请复核，居民委员会应当自收到申请之日起二十日内答复。\n"
    )
    source = document(text)
    units = maker("对赔偿决定不服怎么申请", source).units(hits(source))
    assert {unit.text[:3] for unit in choose(units, 6, 0.0)} == {"第七条", "第八条"}


def test_an_exception_brings_the_rule() -> None:
    text = "借书期限为三十日，到期应当归还图书室。特殊情况下，可以延长一次，延长不得超过三十日。\n"
    source = document(text)
    units = maker("特殊情况下借书能延长多久", source).units(hits(source))
    assert any(unit.text.startswith("借书期限") and "延长一次" in unit.text for unit in units)


def test_a_group_is_known_by_the_title_that_the_question_names() -> None:
    text = "会议开始。\n\n一、实施强基行动\n\n建强组织。\n\n二、实施铸魂行动\n\n加强学习。\n"
    source = document(text, metadata=Metadata(title="在道路养护动员会上的讲话"))
    coverage = maker("道路养护动员会讲话里的两大行动分别是什么", source).coverage
    assert best_group([source], 2, "行动", coverage, 0.5) is not None
    other = document(text, metadata=Metadata(title="通知"))
    assert best_group([other], 2, "行动", coverage, 0.5) is None


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("哪家图书室做得比较好，有什么经验做法", Kind.CASE),
        ("甲办法和乙办法比较一下", Kind.COMPARE),
        ("概述一下图书室的管理体制", Kind.SUMMARY),
        ("帮我把借书的流程梳理一下", Kind.SUMMARY),
    ],
)
def test_what_only_sounds_like_comparing(question: str, kind: Kind) -> None:
    assert understand(question, ANALYZER).kind is kind


def test_a_property_of_what_a_text_is_about_is_not_the_text() -> None:
    source = document("第一条 内容。\n第二条 内容。\n", metadata=Metadata(title="社区图书室管理办法"))
    assert asks_whole(understand("概括一下社区图书室管理办法的主要内容", ANALYZER), source)
    assert not asks_whole(understand("概括一下社区图书室的主要职责", ANALYZER), source)


STAGES = document(
    "图书室搬家分三步走。\n（一）清点阶段（3月至5月）。各楼推选两人清点图书。\n（二）装箱阶段（6月）。每箱贴上号码。\n"
    "（三）上架阶段（7月至8月）。按号码上架，缺书登记。\n"
)


def test_a_group_without_a_number_is_all_whose_headings_name_the_thing() -> None:
    question = understand("图书室搬家 几个阶段 起止月份", ANALYZER)
    assert (question.kind, question.members, question.thing) == (Kind.LIST, 0, "阶段")
    points = member_points(question, [STAGES], maker(question.text, STAGES).coverage)
    assert [point.span.of(STAGES.text)[3:5] for point in points] == ["清点", "装箱", "上架"]
    other = understand("图书室搬家有哪些纪律", ANALYZER)
    assert member_points(other, [STAGES], maker(other.text, STAGES).coverage) == []


GAPS = document(
    "图书室办得红火，但是还有不足。一是藏书陈旧，新书只占一成。二是开放时间短，上班的人来不了。\n"
    "附近没有停车的地方。三是管理员人手紧，借还都要排队。\n明年要添新书两千册，延长晚上的开放。\n"
)


def test_two_members_bring_the_whole_series() -> None:
    spans = [unit.span for unit in maker("图书室有哪些不足", GAPS).units(hits(GAPS))]
    by_words = {span.of(GAPS.text)[:2]: span for span in spans}
    members = whole_series(GAPS, [by_words["三是"], by_words["一是"]])
    assert [span.of(GAPS.text)[:2] for span in members] == ["一是", "二是", "三是"]
    assert whole_series(GAPS, [by_words["三是"], by_words["明年"]]) == ()
    assert whole_series(GAPS, []) == ()


def test_things_counted_are_named_each_by_the_whole_word() -> None:
    assert names_each("实施旧书“修补工程”、新书“编号工程”，推进送书“上门工程”。", 3, "工程")
    assert not names_each("管理员的工作、工资和工具都由社区负责。", 3, "工程")
    assert not names_each("实施修补工程。实施编号工程。实施上门工程。", 3, "工程")


SPEECH = """在社区图书室建设推进会上的讲话
一、认清图书室建设的形势
近年来各社区的图书室有了起色，借书的人多了起来。
二、抓好图书室建设的任务
今年要实施下面几项行动，把图书室办到居民的心坎上。
（一）实施补书行动，添置居民想看的新书。
各社区要征集居民的意见，三月底前列出书单。
（二）实施修书行动，让旧书重新上架。
各社区要请老馆员带徒弟，每月修补五十册。
（三）实施送书行动，把书送到行动不便的人家里。
各社区要建立送书的队伍，每周送一次。
三、压实图书室建设的责任
社区书记是第一责任人，年底要向街道报告。
"""


def test_things_that_headings_name_are_told_instead_of_the_outline(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(SPEECH, "utf-8")
    with library_of(tmp_path / "a.txt") as assistant:
        things = assistant.ask("推进会的讲话提了哪几项行动").claims
        outline = assistant.ask("推进会的讲话主要讲了什么").claims
    assert [claim.text[:3] for claim in things] == ["（一）", "（二）", "（三）"]
    assert [claim.text[:2] for claim in outline] == ["一、", "二、", "三、"]
