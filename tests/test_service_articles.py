"""Addressed questions: the regulation, the article, the paragraph and the item."""

from __future__ import annotations

import pytest

from ingest.sections import find_sections
from ingest.types import Document, Metadata, Span
from service.answering.articles import Address, address_of, find_regulation, place_in
from service.answering.places import location

TEXT = """信访工作条例
第一章 总则
第一条 为了做好信访工作，制定本条例。
第二条 本条例适用于各级机关。
各单位参照执行。
第三条 有下列情形之一的，予以表彰：
（一）成绩突出的；
（二）勇于创新的。
前款规定由上级机关解释。
第三条之一 依照本条例第一条办理。
"""
TITLES = [
    ("zhang", "中国共产党章程", "2022-10-22"),
    ("xf05", "信访条例", "2005-01-10"),
    ("xf22", "信访工作条例", "2022-02-25"),
    ("bm10", "中华人民共和国保守国家秘密法", "2010-04-29"),
    ("bm24", "中华人民共和国保守国家秘密法", "2024-02-27"),
    ("zb", "中国共产党支部工作条例（试行）", "2018-10-28"),
    ("ds", "中华人民共和国档案法实施条例", "2024-01-25"),
]


def document() -> Document:
    metadata = Metadata(title="信访工作条例")
    return Document("d", "o", "", "utf-8", TEXT, "", (), metadata, find_sections(TEXT, metadata))


@pytest.mark.parametrize(
    ("question", "address"),
    [
        ("党章第八条怎么规定的？", Address("党章", 8)),
        ("支部工作条例第12条第2款", Address("支部工作条例", 12, paragraph=2)),
        ("《信访工作条例》第三条第（二）项", Address("信访工作条例", 3, item=2)),
        ("纪律处分条例第一百二十条之一", Address("纪律处分条例", 120, sub=1)),
        ("2010年保密法的第五条", Address("2010年保密法", 5, year="2010")),
    ],
)
def test_addresses_are_read(question: str, address: Address) -> None:
    assert address_of(question) == address


def test_a_question_without_an_article_has_no_address() -> None:
    assert address_of("信访工作有哪些原则") is None
    assert address_of("第一批名单") is None


@pytest.mark.parametrize(
    ("question", "regulation"),
    [
        ("党章第八条", "zhang"),
        ("信访条例第三条", "xf05"),
        ("请问信访工作条例第三条", "xf22"),
        ("保守国家秘密法第三条", "bm24"),
        ("2010年保守国家秘密法第三条", "bm10"),
        ("支部工作条例第十二条", "zb"),
        ("中国共产党支部工作条例（试行）第十二条", "zb"),
        ("信访工作条列第三条", "xf22"),
        ("支部工做条例第十二条", "zb"),
        ("干部人事档案条例第三条", ""),
        ("刑法第三条", ""),
    ],
)
def test_the_regulation_is_found_by_its_short_name_or_not_at_all(question: str, regulation: str) -> None:
    address = address_of(question)
    assert address is not None
    assert find_regulation(address, TITLES) == regulation


@pytest.mark.parametrize(
    ("address", "words"),
    [
        (Address("", 1), "第一条 为了做好信访工作，制定本条例。"),
        (Address("", 2), "第二条 本条例适用于各级机关。\n各单位参照执行。"),
        (Address("", 2, paragraph=2), "各单位参照执行。"),
        (
            Address("", 3, paragraph=1),
            "第三条 有下列情形之一的，予以表彰：\n（一）成绩突出的；\n（二）勇于创新的。",
        ),
        (Address("", 3, paragraph=2), "前款规定由上级机关解释。"),
        (Address("", 3, paragraph=1, item=2), "（二）勇于创新的。"),
        (Address("", 3, item=1), "（一）成绩突出的；"),
        (Address("", 3, sub=1), "第三条之一 依照本条例第一条办理。"),
        (Address("", 9), None),
        (Address("", 1, paragraph=2), None),
        (Address("", 3, item=3), None),
    ],
)
def test_places(address: Address, words: str | None) -> None:
    found = place_in(document(), address)
    assert (found[0].of(TEXT) if found else None) == words


def test_the_path_names_chapter_and_article() -> None:
    found = place_in(document(), Address("", 3))
    assert found is not None
    assert found[1] == ("第一章 总则", "第三条")


PLACES = """信访工作条例
第四章 工作机制
第十一条 只有一款：
（一）甲；
（二）乙：
1.子；
2.丑。
第十二条 第一款。
第二款如下：
（一）甲；
（二）乙；
（三）丙。
第三款。
第十三条 完。
"""


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("（三）丙。", "第四章 工作机制 › 第十二条 第二款第(三)项"),
        ("（一）甲；\n（二）乙；", "第四章 工作机制 › 第十二条 第二款第(一)项至第(二)项"),
        ("第二款如下：\n（一）甲；", "第四章 工作机制 › 第十二条 第二款"),
        ("第十二条 第一款。", "第四章 工作机制 › 第十二条 第一款"),
        ("第一款。\n第二款如下：", "第四章 工作机制 › 第十二条 第一款至第二款"),
        ("第三款。\n", "第四章 工作机制 › 第十二条 第三款"),
        ("（二）乙：\n1.子；", "第四章 工作机制 › 第十一条 第(二)项"),
        ("2.丑。", "第四章 工作机制 › 第十一条 第(二)项第2目"),
        ("只有一款：", "第四章 工作机制 › 第十一条"),
        ("第十三条 完。", "第四章 工作机制 › 第十三条"),
    ],
)
def test_a_location_names_paragraph_and_item(words: str, place: str) -> None:
    sections = find_sections(PLACES, Metadata())
    known = Document("d", "o", "", "utf-8", PLACES, "", (), Metadata(), sections)
    start = PLACES.rindex(words)
    span = Span(start, start + len(words))
    path = [section.path for section in sections if section.span.start <= start][-1]
    assert location(path, known, span) == place


def test_a_location_without_a_document_is_its_headings() -> None:
    assert location(("二、主要做法", "（六）实施行动")) == "二、主要做法 › （六）实施行动"
    plain = Document("d", "o", "", "utf-8", "文字。", "", (), Metadata(), ())
    assert location((), plain, Span(0, 3)) == ""
