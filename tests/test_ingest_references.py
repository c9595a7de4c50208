"""References in a text: which words refer, and to what numbers."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.numerals import to_chinese
from ingest.references import Form, Reference, find_references
from ingest.regulation_places import Lack, Place, place_words, points_of, span_of
from ingest.regulations import parse_regulation
from ingest.types import Span

HEAD = """值班工作条例
第一章 总则
第一条 为了做好值班工作，根据《中华人民共和国档案法》（以下简称《档案法》）制定本条例。
第二条 本条例适用于各级机关。
有下列情形的除外：
（一）甲；
（二）乙。
第二章 职责
第三条 值班人员应当在岗。
"""


def found(words: str, before: str = "") -> list[tuple[str, str, Place | None, Place | None]]:
    """The references in the last article of a regulation that ends with ``words``."""
    text = f"{HEAD}第四条 {before}{words}\n第五条 完。"
    start = text.rindex(words)
    return [
        (one.span.of(text), one.title, one.place, one.until)
        for one in find_references(text)
        if one.span.start >= start
    ]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("违反本条例第二条规定的，处分。", [("本条例第二条", "", Place(2), None)]),
        (
            "依照本条例第二条第一款第（二）项办理。",
            [("本条例第二条第一款第（二）项", "", Place(2, 0, 1, 2), None)],
        ),
        (
            "第二条、第三条规定的人员。",
            [("第二条", "", Place(2), None), ("第三条", "", Place(3), None)],
        ),
        ("本条例第二条至第十五条的规定。", [("本条例第二条至第十五条", "", Place(2), Place(15))]),
        ("适用第二至三条。", [("第二至三条", "", Place(2), Place(3))]),
        (
            "有本条例第二条第一款、第二款情形的。",
            [("本条例第二条第一款", "", Place(2, 0, 1), None), ("第二款", "", Place(2, 0, 2), None)],
        ),
        (
            "第二条第二款第一项和第二项情形。",
            [("第二条第二款第一项", "", Place(2, 0, 2, 1), None), ("第二项", "", Place(2, 0, 2, 2), None)],
        ),
        ("第二条第一项至第二项。", [("第二条第一项至第二项", "", Place(2, 0, 0, 1), Place(2, 0, 0, 2))]),
        ("依照前条第二款办理。", [("前条第二款", "", Place(3, 0, 2), None)]),
        ("前两条的规定。", [("前两条", "", Place(2), Place(3))]),
        ("依据本条第一款处理。", [("本条第一款", "", Place(4, 0, 1), None)]),
        ("前款的规定。", [("前款", "", None, None)]),
        ("本章规定的人员。", [("本章", "", Place(division="章", ordinal=2), None)]),
        ("本条例第一章规定。", [("本条例第一章", "", Place(division="章", ordinal=1), None)]),
        (
            "《中国共产党纪律处分条例》第一百二十条之一的规定。",
            [("《中国共产党纪律处分条例》第一百二十条之一", "中国共产党纪律处分条例", Place(120, 1), None)],
        ),
        ("依照《档案法》第八条。", [("《档案法》第八条", "中华人民共和国档案法", Place(8), None)]),
        ("按照《公务员法》执行。", [("《公务员法》", "公务员法", Place(), None)]),
        (
            "因有公职人员政务处分法第六十一条、第六十三条情形的。",
            [
                ("公职人员政务处分法第六十一条", "公职人员政务处分法", Place(61), None),
                ("第六十三条", "公职人员政务处分法", Place(63), None),
            ],
        ),
        ("违反《档案法》和本条例规定的。", [("《档案法》", "中华人民共和国档案法", Place(), None)]),
        ("第16条第2款的规定。", [("第16条第2款", "", Place(16, 0, 2), None)]),
        ("本条例由机关解释，开展三项工作，此前款项不变，目前条件具备。", []),
        ("抓好第一条战线和第一项任务。", []),
        ("读《人民日报》。", []),
        ("见《工作要点》第三条。", [("《工作要点》第三条", "工作要点", Place(3), None)]),
    ],
)
def test_words_that_refer(words: str, expected: list[tuple[str, str, Place | None, Place | None]]) -> None:
    assert found(words) == expected


@pytest.mark.parametrize(
    ("words", "place", "until"),
    [
        ("前款规定由机关解释。", Place(4, 0, 2), None),
        ("前两款规定由机关解释。", Place(4, 0, 1), Place(4, 0, 2)),
        ("前款第（一）项规定的情形。", Place(4, 0, 2, 1), None),
        ("第一款规定的情形。", Place(4, 0, 1), None),
        ("有前款第一项情形的。", Place(4, 0, 2, 1), None),
        ("前四款规定。", None, None),
    ],
)
def test_relative_ones_count_from_where_they_stand(words: str, place: Place, until: Place | None) -> None:
    references = found(words, before="第一段。\n有下列情形：\n（一）子；\n（二）丑。\n")
    assert [(one[2], one[3]) for one in references] == [(place, until)]


def test_an_item_refers_to_its_own_list() -> None:
    text = f"{HEAD}第四条 甲。\n有下列情形：\n（一）子；\n（二）第一项所列以外的；\n（三）前两项以外的。\n第五条 完。"
    places = [(one.place, one.until) for one in find_references(text)][-2:]
    assert places == [(Place(4, 0, 2, 1), None), (Place(4, 0, 2, 1), Place(4, 0, 2, 2))]


def test_headings_are_no_references() -> None:
    assert [one.span.of(HEAD) for one in find_references(HEAD)] == ["《中华人民共和国档案法》", "《档案法》"]


def test_a_text_without_articles_refers_to_others_only() -> None:
    text = "各支部依照前款和第七条，学习《中国共产党章程》第三条。"
    assert find_references(text) == (Reference(Span(14, 26), Form.NUMBERED, "中国共产党章程", Place(3)),)


_WORDS = st.sampled_from(
    [
        *"第前本上一二十百条款项章节之至、和（）()《》\n 　。，法",
        "条例",
        "规定",
        "第三条",
        "《某法》",
        "前款",
        "以下简称",
    ]
)


@given(st.lists(_WORDS, max_size=120).map("".join) | st.text(max_size=80))
def test_any_text_is_read(words: str) -> None:
    text = f"{HEAD}第四条 {words}\n第五条 完。"
    for source in (text, words):
        references = find_references(source)
        assert all(one.span for one in references)
        assert all(a.span.end <= b.span.start for a, b in pairwise(references))


def test_reading_is_linear() -> None:
    def spent(count: int) -> float:
        """Processor time: what else the machine does must not count."""
        text = f"{HEAD}第四条 甲。\n" + "前款和第一项、本章、某法第三条《某法》的规定。\n" * count
        parse_regulation(text)
        started = time.process_time()
        assert len(find_references(text)) >= 4 * count
        return time.process_time() - started

    few, many = (min(spent(count) for _ in range(3)) for count in (1000, 8000))
    assert many < 24 * max(few, 0.005)  # quadratic would be 64


@given(st.integers(1, 9999), st.integers(0, 9), st.integers(1, 99))
def test_a_reference_reads_back(article: int, paragraph: int, item: int) -> None:
    place = Place(article, 0, paragraph, item)
    assert found(f"依照本条例{place_words(place)}办理。")[0][2] == place


def test_places_and_what_is_lacking() -> None:
    regulation = parse_regulation(HEAD)
    assert regulation is not None

    def words(place: Place) -> str:
        span = span_of(regulation, place)
        return span if isinstance(span, Lack) else span.of(HEAD)

    assert words(Place(-1)) == "第三条 值班人员应当在岗。"
    assert words(Place(2, 0, 0, 2)) == "（二）乙。"
    assert words(Place(division="总则")).startswith("第一章 总则\n第一条")
    assert words(Place(1, division="章", ordinal=2)) == "第三条 值班人员应当在岗。"
    assert words(Place(9)) is Lack.ARTICLE
    assert words(Place(3, 0, 2)) is Lack.PARAGRAPH
    assert words(Place(2, 0, 2, 3)) is Lack.ITEM
    assert words(Place(division="附则")) is Lack.DIVISION
    assert words(Place(-9)) is Lack.ARTICLE


def test_points_of_a_text_without_articles() -> None:
    text = "八项规定\n一、改进调查研究。\n多商量。\n二、精简会议。\n三、精简文件。\n"
    assert [point.of(text) for point in points_of(text)] == [
        "一、改进调查研究。\n多商量。",
        "二、精简会议。",
        "三、精简文件。",
    ]
    assert points_of("一、甲\n三、乙\n四、丙") == ()


@pytest.mark.parametrize("number", [1, 10, 9999])
def test_numbers_in_words(number: int) -> None:
    assert place_words(Place(number)) == f"第{to_chinese(number)}条"
    assert place_words(Place(12_345)) == "第12345条"
