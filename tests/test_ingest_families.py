"""Families of versions: by title, by overlap where titles are only near, copies put together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import permutations

import pytest

from ingest.families import Family, build_families, family_key, is_draft, is_regulation, near_key
from ingest.metadata import extract
from ingest.types import Metadata
from tests.regulation_samples import NEW_LAW, NEW_NAME, OLD_LAW, OLD_NAME, REPEALED, REPORT


@dataclass(frozen=True)
class Sample:
    """A document as families see it."""

    id: str
    text: str
    metadata: Metadata
    origin: str = "x.txt"


def sample(identity: str, text: str, **known: str) -> Sample:
    return Sample(identity, text, replace(extract(text, Metadata()), **known))  # type: ignore[arg-type]


def families(*samples: Sample) -> tuple[Family, ...]:
    texts = {item.id: item.text for item in samples}
    return build_families(samples, texts.__getitem__)


def versions(*samples: Sample) -> list[list[tuple[str, ...]]]:
    return sorted([version.ids for version in family.versions] for family in families(*samples))


@pytest.mark.parametrize(
    ("title", "key"),
    [
        ("中华人民共和国保守国家秘密法", "保守国家秘密法"),
        ("《保守国家秘密法》（2024年修订）", "保守国家秘密法"),
        ("保守国家秘密法(2010-04-29)", "保守国家秘密法"),
        ("中华人民共和国工会法（2021年第三次修正）", "工会法"),
        ("中国共产党支部工作条例（试行）", "支部工作条例"),
        ("重大行政决策程序暂行条例", "重大行政决策程序条例"),
        ("档案法（修订草案征求意见稿）", "档案法"),
        ("档案法（征求意见稿）", "档案法"),
        ("档案法实施条例", "档案法实施条例"),
        ("普通高等学校（高职）党建工作规定", "普通高等学校高职党建工作规定"),
        ("關于黨費的規定", "关于党费的规定"),
        ("", ""),
    ],
)
def test_the_key_is_the_title_without_state_and_version(title: str, key: str) -> None:
    assert family_key(title) == key


def test_a_near_key_ignores_one_word_and_is_never_empty() -> None:
    assert near_key("信访工作条例") == near_key("信访条例")
    assert near_key("工作") == "工作"


def test_two_versions_are_one_family_oldest_first_in_any_order() -> None:
    samples = [sample("b", NEW_LAW), sample("a", OLD_LAW), sample("c", REPEALED)]
    for order in permutations(samples):
        assert versions(*order) == [[("a",), ("b",)], [("c",)]]


def test_a_law_and_its_implementing_rules_are_two_families() -> None:
    rules = OLD_LAW.replace("护林法\n", "护林法实施条例\n")
    assert versions(sample("a", OLD_LAW), sample("b", rules)) == [[("a",)], [("b",)]]


def test_near_titles_join_only_where_the_wording_overlaps() -> None:
    assert versions(sample("a", OLD_NAME), sample("b", NEW_NAME)) == [[("a",), ("b",)]]
    other = REPEALED.replace("门卫值守办法", "来访登记工作条例")
    assert versions(sample("a", OLD_NAME), sample("b", other)) == [[("a",)], [("b",)]]


def test_one_title_over_two_different_texts_is_two_families() -> None:
    other = (
        "来访登记条例\n2003年3月3日 某大学印发\n第一条 学生会客室每晚十点关门，值班同学负责清点桌椅。\n"
        "第二条 客人须由楼长签字带入，车棚钥匙当日归还。\n第三条 周末可延长一小时，届时广播提醒。\n"
    )
    assert versions(sample("a", OLD_NAME), sample("b", other)) == [[("a",)], [("b",)]]


def test_two_notices_of_one_title_are_no_versions_of_one_another() -> None:
    notice = {"title": "关于做好来访登记工作的通知", "kind": "文件"}
    assert versions(
        sample("a", OLD_NAME, **notice, published="2001-03-01"),
        sample("b", OLD_NAME, **notice, published="2002-03-01"),
    ) == [[("a",)], [("b",)]]


def test_a_copy_is_no_newer_version() -> None:
    noisy = OLD_LAW.replace("。", "。\n", 3).replace("第三条 ", "第三条")
    assert versions(sample("a", OLD_LAW), sample("b", noisy)) == [[("a", "b")]]
    undated = OLD_LAW.replace("1998年5月6日 ", "").replace("1998年7月1日", "发布之日")
    assert versions(sample("a", OLD_LAW), sample("b", undated), sample("c", NEW_LAW)) == [
        [("a", "b"), ("c",)]
    ]


def test_what_has_another_text_and_no_date_stands_before_the_dated_versions() -> None:
    undated = "\n".join(line for line in NEW_LAW.split("\n") if "20" not in line and "1998" not in line)
    assert versions(sample("a", OLD_LAW), sample("b", undated)) == [[("b",), ("a",)]]


def test_a_family_set_by_hand_joins_and_only_that() -> None:
    one, other = sample("a", OLD_NAME, family="甲"), sample("b", REPEALED, family="《甲》")
    assert versions(one, other, sample("c", NEW_NAME)) == [[("b",), ("a",)], [("c",)]]


def test_the_family_is_called_by_its_newest_title() -> None:
    (family,) = families(sample("a", OLD_NAME), sample("b", NEW_NAME))
    assert family.key == "来访登记工作条例"
    assert [version.since for version in family.versions] == ["2001-05-01", "2015-05-01"]


@pytest.mark.parametrize(
    ("text", "known", "expected"),
    [
        (OLD_LAW, {}, True),
        (REPORT, {}, False),
        (REPORT, {"kind": "文件"}, True),
        (OLD_LAW, {"kind": "报道", "rank": "报道"}, False),
        (REPORT, {"rank": "中央法规"}, True),
        (OLD_LAW.replace("自1998年7月1日起施行", "由国务院解释"), {"effective": ""}, True),
        ("浅谈护林条例\n第一条是立法。\n", {"title": "浅谈护林条例"}, False),
    ],
)
def test_what_has_articles_or_binds_is_a_regulation(text: str, known: dict[str, str], expected: bool) -> None:
    assert is_regulation(sample("a", text, **known), lambda _: text) is expected


def test_a_draft_says_so_in_its_title() -> None:
    assert is_draft("档案法（修订草案）")
    assert is_draft("档案法（征求意见稿）")
    assert not is_draft("法律草案审议办法")
