"""What a text puts out of force, and what only looks like it."""

from __future__ import annotations

import pytest

from ingest.metadata import extract
from ingest.regulations import parse_regulation
from ingest.repeals import find_repeals
from ingest.types import Metadata, Repeal

_HEAD = "护林条例\n第一条 甲甲甲。\n第二条 乙乙乙。\n第三条 丙丙丙。\n第四条 丁丁丁。\n第五条 戊戊戊。\n"


def repeals(words: str) -> list[tuple[str, str]]:
    text = f"{_HEAD}第六条 {words}\n"
    found = find_repeals(text, parse_regulation(text), "护林条例")
    return [(repeal.title, repeal.published) for repeal in found]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (
            "本条例自2018年11月20日起施行。1991年4月2日中央组织部、国家档案局印发的《干部档案工作条例》同时废止。",
            [("干部档案工作条例", "1991-04-02")],
        ),
        ("1995年10月28日国务院发布的《信访条例》同时废止。", [("信访条例", "1995-10-28")]),
        ("本法自公布之日起施行。《中华人民共和国行政监察法》同时废止。", [("中华人民共和国行政监察法", "")]),
        (
            "1991年4月2日甲部印发的《甲条例》（甲发〔1991〕4号）和《乙办法》同时废止。",
            [("甲条例", "1991-04-02"), ("乙办法", "1991-04-02")],
        ),
        (
            "1991年4月2日印发的《甲条例》、2003年5月印发的《乙办法》、《丙规定》（2004年发布）予以废止。",
            [("甲条例", "1991-04-02"), ("乙办法", "2003-05"), ("丙规定", "2004")],
        ),
        ("《甲条例》自本条例施行之日起废止。", [("甲条例", "")]),
        ("《甲条例（试行）》同时废止。", [("甲条例（试行）", "")]),
        ("《关于印发〈甲办法〉的通知》同时废止。", [("关于印发〈甲办法〉的通知", "")]),
        ("2001年1月1日发布、2011年1月8日修订的《甲条例》同时废止。", [("甲条例", "2011-01-08")]),
        ("根据《立法法》，《甲条例》同时废止。", [("甲条例", "")]),
        ("《甲条例》予以废止，《乙条例》予以修改。", [("甲条例", "")]),
        ("《甲\n条例》同时废止。", [("甲条例", "")]),
        ("此前发布的有关规定，凡与本条例不一致的，按照本条例执行。", []),
        ("《甲条例》与本条例不一致的，停止执行。", []),
        ("《甲条例》的修改或者废止，按照《立法法》办理。", []),
        ("《甲条例》废止前的行为，适用《甲条例》。", []),
        ("《甲条例》不予废止。", []),
        ("《关于废止甲条例的决定》由国务院解释。", []),
    ],
)
def test_the_last_articles_say_what_they_repeal(words: str, found: list[tuple[str, str]]) -> None:
    assert repeals(words) == found


def test_what_earlier_articles_say_is_left_alone() -> None:
    text = _HEAD.replace("甲甲甲", "《甲条例》同时废止") + "第六条 完。\n"
    assert find_repeals(text, parse_regulation(text), "护林条例") == ()


DECISION = """国务院关于废止和修改部分行政法规的决定
为了依法推进改革，国务院对有关行政法规进行了清理，决定：
一、对3件行政法规予以废止。（附件1）
二、对1件行政法规的部分条款予以修改。（附件2）
本决定自公布之日起施行。
附件1：国务院决定废止的行政法规
一、《甲条例》（1990年3月4日国务院令第50号公布）
二、《乙办法》（1991年12月1日国务院发布）
三、关于丙的《丙规定》
附件2：国务院决定修改的行政法规
一、将《丁条例》第二条修改为：“第二条 完。”
"""


def test_a_decision_repeals_what_it_lists_and_no_more() -> None:
    found = find_repeals(DECISION, None, "国务院关于废止和修改部分行政法规的决定")
    assert found == (Repeal("甲条例", "1990-03-04"), Repeal("乙办法", "1991-12-01"), Repeal("丙规定", ""))
    assert find_repeals(DECISION, None, "废止一批法规") == ()


def test_a_decision_in_one_sentence() -> None:
    title = "中共中央关于废止《甲条例》的决定"
    text = f"{title}\n根据《立法规定》，中共中央决定，自即日起废止《甲条例》。\n"
    assert find_repeals(text, None, title) == (Repeal("甲条例"),)
    assert extract(text, Metadata()).repeals == (Repeal("甲条例"),)
