"""What a question points to: places of regulations, and the regulations that a name may mean."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.regulation_places import Place
from retriever.segmenter import Segmenter
from retriever.spelling import standing_alone
from service.answering.addresses import Address, Run, address_of
from service.answering.titles import Titled, TitleIndex, called
from tests.answer_fakes import address_to

TITLES = [
    Titled(*row)
    for row in [
        ("zhang", "中国共产党章程", "2022-10-22"),
        ("xf05", "信访条例", "2005-01-10"),
        ("xf22", "信访工作条例", "2022-02-25"),
        ("bm10", "中华人民共和国保守国家秘密法", "2010-04-29"),
        ("bm24", "中华人民共和国保守国家秘密法", "2024-02-27"),
        ("zb", "中国共产党支部工作条例（试行）", "2018-10-28"),
        ("ds", "中华人民共和国档案法实施条例", "2024-01-25"),
    ]
]


@pytest.mark.parametrize(
    ("question", "address"),
    [
        ("党章第八条怎么规定的？", address_to("党章", 8)),
        ("支部工作条例第12条第2款", address_to("支部工作条例", 12, 0, 2)),
        ("《信访工作条例》第三条第（二）项", address_to("信访工作条例", 3, 0, 0, 2)),
        ("纪律处分条例第一百二十条之一", address_to("纪律处分条例", 120, 1)),
        ("2010年保密法的第五条", address_to("2010年保密法", 5, year="2010")),
        ("按有关规定，《信访工作条例》（2022年）第十条讲什么", address_to("信访工作条例", 10, year="2022")),
        ("監察法第十條", address_to("监察法", 10)),
        ("监察法10条2款", address_to("监察法", 10, 0, 2)),
        ("第5条第1款第2项", address_to("", 5, 0, 1, 2)),
        ("第二十条第(三)项", address_to("", 20, 0, 0, 3)),
        ("支部工作条例十二条", address_to("支部工作条例", 12)),
        ("党章最后一条", address_to("党章", -1)),
        ("党章倒数第二条是什么", address_to("党章", -2)),
    ],
)
def test_addresses_are_read(question: str, address: Address) -> None:
    assert address_of(question) == address


@pytest.mark.parametrize(
    ("question", "runs"),
    [
        ("党章第十条到第十二条", (Run(Place(10), Place(12)),)),
        ("党章第十至十二条", (Run(Place(10), Place(12)),)),
        ("党章第10条—第12条", (Run(Place(10), Place(12)),)),
        ("党章第十条和第十五条", (Run(Place(10)), Run(Place(15)))),
        ("党章第十、十一条", (Run(Place(10)), Run(Place(11)))),
        ("党章第十条第一款、第三款", (Run(Place(10, 0, 1)), Run(Place(10, 0, 3)))),
        ("党章第三章讲什么", (Run(Place(division="章", ordinal=3)),)),
        ("信访工作条例第三章有哪些规定？", (Run(Place(division="章", ordinal=3)),)),
        ("信访工作条例附则", (Run(Place(division="附则")),)),
        ("信访工作条例总则第三条", (Run(Place(3, division="总则")),)),
        ("总则第三条", (Run(Place(3, division="总则")),)),
    ],
)
def test_ranges_lists_and_chapters_are_read(question: str, runs: tuple[Run, ...]) -> None:
    address = address_of(question)
    assert address is not None
    assert address.runs == runs


@pytest.mark.parametrize(
    "question",
    [
        "信访工作有哪些原则",
        "第一批名单",
        "中央八项规定具体是哪八条？",
        "党员要尽的义务一共有哪几条？",
        "现行信访工作条例规定信访工作要遵循哪五条原则？",
        "这篇报道提出了五条建议",
        "党章总纲怎么界定毛泽东思想",
        "抓党建的第一条经验",
        "做法十条",
        "机关基层组织工作条例的5条原则",
    ],
)
def test_a_question_without_an_article_has_no_address(question: str) -> None:
    assert address_of(question) is None


@given(st.text(alphabet="党章法条例第一十百千零10之款项章节总附则（）《》到至、和最后倒数 的", max_size=40))
def test_any_question_is_read(question: str) -> None:
    address = address_of(question)
    assert address is None or address.runs


@pytest.mark.parametrize(
    ("question", "regulations"),
    [
        ("党章第八条", ["zhang"]),
        ("信访条例第三条", ["xf05"]),
        ("2022年信访条例第三条", ["xf22"]),
        ("请问信访工作条例第三条", ["xf22"]),
        ("保守国家秘密法第三条", ["bm24"]),
        ("保密法第三条", ["bm24"]),
        ("2010年保守国家秘密法第三条", ["bm10"]),
        ("支部工作条例第十二条", ["zb"]),
        ("中国共产党支部工作条例（试行）第十二条", ["zb"]),
        ("信访工作条列第三条", ["xf22"]),
        ("支部工做条例第十二条", ["zb"]),
        ("性访条例第三条", ["xf05"]),
        ("保密发第三条", ["bm24"]),
        ("2010年保密发第三条", ["bm10"]),
        ("党张第八条", []),
        ("出访条例第三条", []),
        ("新房条例第三条", []),  # words of their own are no slips
        ("干部人事档案条例第三条", []),
        ("刑法第三条", []),
        ("章程第三条", ["zhang"]),
        ("工作条例第三条", ["xf22", "zb"]),
        ("请说明支部工作条例第十二条的内容", ["zb"]),
        ("信访工作那个条例第三条咋写的", ["xf22"]),
        ("请老师帮我看一下我们的支部工作条例第十二条", ["zb"]),
        ("依照2010年的那部保守国家秘密法第三条", ["bm10"]),
        ("条例第三条", ["xf05", "xf22", "ds", "zb"]),
    ],
)
def test_a_name_means_one_regulation_or_several_or_none(question: str, regulations: list[str]) -> None:
    address = address_of(question)
    assert address is not None
    alone = partial(standing_alone, words=Segmenter())
    found = [called(name, TITLES, address.year, alone) for name in address.names]
    assert [row.id for row in next(filter(None, found), [])] == regulations


@pytest.mark.parametrize(
    ("title", "regulation"),
    [
        ("中国共产党章程", "zhang"),
        ("党章", "zhang"),
        ("中国共产党支部工作条例", "zb"),
        ("保守国家秘密法", "bm24"),
        ("保密法", None),
        ("档案法", None),
    ],
)
def test_texts_name_others_in_full(title: str, regulation: str | None) -> None:
    row = TitleIndex(TITLES).named(title)
    assert (row.id if row else None) == regulation


def test_a_name_as_it_is_written_counts_before_one_of_that_year_that_sounds_alike() -> None:
    rows = [Titled("a", "检察官法", "2019-04-23"), Titled("b", "监察官法", "2021-08-20")]
    alone = partial(standing_alone, words=Segmenter())
    assert [row.id for row in called("检察官法", rows, "2021", alone)] == ["a"]
    assert called("检察官法", rows[1:], "", alone) == []
