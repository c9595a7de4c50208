"""What a regulation is on a day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.standing import Standing, Standings
from tests.regulation_samples import COMING, NEW_LAW, NEW_NAME, OLD_LAW, OLD_NAME, REPEALED, REPORT
from tests.test_ingest_families import Sample, sample

LIBRARY = (
    sample("old", OLD_LAW),
    sample("new", NEW_LAW),
    sample("before", OLD_NAME),
    sample("after", NEW_NAME),
    sample("gone", REPEALED),
    sample("coming", COMING),
    sample("report", REPORT),
    sample("trial", OLD_NAME.replace("来访登记条例", "车辆登记办法（试行）").replace("来访", "车辆")),
)


def standings(*samples: Sample) -> Standings:
    texts = {item.id: item.text for item in samples}
    return Standings(samples, texts.__getitem__)


def on(identity: str, day: str, *samples: Sample) -> Standing:
    return standings(*(samples or LIBRARY)).on(identity, date.fromisoformat(day))


@pytest.mark.parametrize(
    ("identity", "day", "status"),
    [
        ("old", "1998-06-30", "尚未施行"),
        ("old", "1998-07-01", "现行"),
        ("old", "2020-06-30", "现行"),
        ("old", "2020-07-01", "已修订"),
        ("new", "2020-06-30", "尚未施行"),
        ("new", "2020-07-01", "现行"),
        ("before", "2015-04-30", "现行"),
        ("before", "2015-05-01", "已废止"),
        ("gone", "2015-04-30", "现行"),
        ("gone", "2015-05-01", "已废止"),
        ("coming", "2026-01-01", "尚未施行"),
        ("trial", "2026-01-01", "试行"),
        ("report", "2026-01-01", ""),
        ("nothing", "2026-01-01", ""),
    ],
)
def test_status_on_a_day(identity: str, day: str, status: str) -> None:
    assert on(identity, day).status == status


def test_the_reason_names_the_newer_one_and_the_day() -> None:
    assert on("old", "2026-01-01") == Standing(
        "已修订", "自2020年7月1日起已被2019年12月28日修订的版本取代", "2020-07-01", "new"
    )
    assert on("before", "2026-01-01") == Standing(
        "已废止", "自2015年5月1日起已被《来访登记工作条例》（2015年2月1日）取代", "2015-05-01", "after"
    )
    assert on("gone", "2026-01-01") == Standing(
        "已废止", "自2015年5月1日起已被《来访登记工作条例》废止", "2015-05-01", "after"
    )


def test_what_was_set_by_hand_wins() -> None:
    by_hand = sample("old", OLD_LAW, status="现行")
    assert on("old", "2026-01-01", by_hand, sample("new", NEW_LAW)).status == "现行"
    ended = sample("new", NEW_LAW, repealed="2025-01-01")
    assert on("new", "2024-12-31", ended).status == "现行"
    assert on("new", "2025-01-01", ended).status == "已废止"
    delayed = sample("new", NEW_LAW, status="尚未施行")
    assert on("old", "2026-01-01", sample("old", OLD_LAW), delayed).status == "现行"


def test_a_text_never_repeals_itself_nor_what_came_later() -> None:
    words = "第七条 本法自1998年7月1日起施行。1985年1月1日发布的《中华人民共和国护林法》同时废止。"
    old = sample("old", OLD_LAW.replace("第七条 本法自1998年7月1日起施行。", words))
    assert on("old", "2010-01-01", old).status == "现行"
    assert on("new", "2026-01-01", old, sample("new", NEW_LAW)).status == "现行"
    first = sample("first", OLD_LAW.replace("1998年5月6日", "1985年1月1日").replace("1998年7月", "1985年2月"))
    assert on("first", "2026-01-01", first, old).status == "已废止"


def test_a_version_in_between_leads_to_the_one_in_force() -> None:
    middle = sample(
        "mid", NEW_LAW.replace("2019年12月28日", "2009年8月27日").replace("2020年7月", "2009年10月")
    )
    found = on("old", "2026-01-01", sample("old", OLD_LAW), middle, sample("new", NEW_LAW))
    assert found.reason == "自2009年10月1日起已被2009年8月27日修订的版本取代，现行的是2019年12月28日的版本"
    assert found.newer == "new"


def test_copies_share_their_fate() -> None:
    copy = sample("copy", OLD_LAW.replace("。", "。 "))
    both = (sample("old", OLD_LAW), copy, sample("new", NEW_LAW))
    assert on("copy", "2026-01-01", *both) == on("old", "2026-01-01", *both)


def test_drafts_and_undated_versions_are_left_open() -> None:
    draft = sample("draft", NEW_LAW.replace("护林法\n", "护林法（修订草案）\n", 1))
    assert on("draft", "2026-01-01", draft, sample("old", OLD_LAW)).status == ""
    assert on("old", "2026-01-01", draft, sample("old", OLD_LAW)).status == "现行"
    undated = sample("undated", "\n".join(line for line in NEW_LAW.split("\n") if "年" not in line))
    assert on("undated", "2026-01-01", undated, sample("old", OLD_LAW)).status == ""
    assert on("undated", "2026-01-01", undated).status == "现行"


@given(st.integers(0, 40 * 365))
def test_of_each_family_at_most_one_version_speaks_and_none_is_silent_without_reason(days: int) -> None:
    day = date(1995, 1, 1) + timedelta(days)
    register = standings(*LIBRARY)
    for family in register.families:
        found = [register.on(version.ids[0], day) for version in family.versions]
        assert sum(standing.speaks for standing in found) <= 1
        assert all(standing.reason for standing in found if not standing.speaks)
    assert register.silent(day) == {item.id for item in LIBRARY if not register.on(item.id, day).speaks}


def test_a_version_that_the_catalogue_knows_to_be_overtaken_still_speaks_and_says_so() -> None:
    text = OLD_LAW.replace("护林法", "保守国家秘密法")
    record = sample(
        "a", text, title="中华人民共和国保守国家秘密法", published="2010-04-29", effective="2010-10-01"
    )
    standings = Standings([record], lambda _: text)
    now, then = standings.on("a", date(2026, 1, 1)), standings.on("a", date(2020, 1, 1))
    assert (now.status, now.holds, now.speaks) == ("已修订", False, True)
    assert "2024年2月27日" in now.reason
    assert "没有收录" in now.reason
    assert (then.status, then.holds) == ("现行", True)


@pytest.mark.parametrize(
    "dates", [{"published": "2024-02-27"}, {"effective": "2024-05-01"}, {"published": "2024-02"}]
)
def test_the_newest_version_of_the_catalogue_is_in_force_whichever_of_its_dates_is_stated(
    dates: dict[str, str],
) -> None:
    known = {"published": "", "effective": "", **dates}
    record = sample("a", OLD_LAW, title="中华人民共和国保守国家秘密法", **known)
    assert Standings([record], lambda _: OLD_LAW).on("a", date(2026, 1, 1)).status == "现行"
