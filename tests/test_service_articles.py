"""Addressed questions: the regulation, the article, the paragraph and the item."""

from __future__ import annotations

from hashlib import sha256

import pytest

from ingest.regulation_places import Place
from ingest.sections import find_sections
from ingest.types import Document, Metadata, Span
from service.answering.addressed import addressed_draft
from service.answering.addresses import Run, address_of
from service.answering.articles import Found, Lacking, Several, look_up, places_in
from service.answering.places import location
from service.answering.titles import Titled
from service.references import Linker
from service.types import Status
from tests.answer_fakes import address_to

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


def document(text: str = TEXT, title: str = "信访工作条例", identity: str = "d") -> Document:
    metadata = Metadata(title=title)
    text_sha = sha256(text.encode()).hexdigest()
    return Document(identity, "o", "", "utf-8", text, text_sha, (), metadata, find_sections(text, metadata))


def words(*runs: Run) -> list[str] | str:
    outcome = places_in(document(), runs)
    if isinstance(outcome, Lacking):
        return outcome.reason
    assert isinstance(outcome, Found)
    return [excerpt.span.of(TEXT) for excerpt in outcome.excerpts]


FIRST, SECOND = "第一条 为了做好信访工作，制定本条例。", "第二条 本条例适用于各级机关。\n各单位参照执行。"


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ((1,), FIRST),
        ((2,), SECOND),
        ((2, 0, 2), "各单位参照执行。"),
        ((3, 0, 1), "第三条 有下列情形之一的，予以表彰：\n（一）成绩突出的；\n（二）勇于创新的。"),
        ((3, 0, 2), "前款规定由上级机关解释。"),
        ((3, 0, 1, 2), "（二）勇于创新的。"),
        ((3, 0, 0, 1), "（一）成绩突出的；"),
        ((3, 1), "第三条之一 依照本条例第一条办理。"),
        ((-1,), "第三条之一 依照本条例第一条办理。"),
    ],
)
def test_places(numbers: tuple[int, ...], expected: str) -> None:
    assert words(Run(Place(*numbers))) == [expected]


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        (Place(9), "《信访工作条例》共三条，没有第九条。"),
        (Place(99999), "《信访工作条例》共三条，没有第99999条。"),
        (Place(-9), "《信访工作条例》共三条，没有倒数第九条。"),
        (Place(1, 0, 2), "《信访工作条例》第一条不分款，没有第二款。"),
        (Place(2, 0, 3), "《信访工作条例》第二条只有两款，没有第三款。"),
        (Place(3, 0, 0, 5), "《信访工作条例》第三条只有两项，没有第（五）项。"),
        (Place(3, 0, 2, 1), "《信访工作条例》第三条第二款没有分项，没有第（一）项。"),
        (Place(division="章", ordinal=4), "《信访工作条例》共一章，没有第四章。"),
        (Place(division="附则"), "《信访工作条例》没有附则。"),
    ],
)
def test_what_is_not_there_is_said_exactly(place: Place, reason: str) -> None:
    assert words(Run(place)) == reason


def test_several_places_are_shown_one_by_one() -> None:
    assert words(Run(Place(1), Place(2))) == [FIRST, SECOND]
    assert words(Run(Place(2), Place(1))) == [FIRST, SECOND]
    assert words(Run(Place(2)), Run(Place(1)), Run(Place(2))) == [SECOND, FIRST]
    assert words(Run(Place(2, 0, 1), Place(2, 0, 2))) == [SECOND]
    found = places_in(document(), (Run(Place(1)), Run(Place(7))))
    assert isinstance(found, Found)
    assert found.notes == ("《信访工作条例》共三条，没有第七条。",)


def test_a_chapter_is_shown_up_to_a_bound_that_is_said() -> None:
    text = (
        "办法\n第一章 总则\n"
        + "".join(f"第{n}条 规定{n}。\n" for n in range(1, 12))
        + "第二章 附则\n第12条 完。\n"
    )
    found = places_in(document(text, "办法"), (Run(Place(division="章", ordinal=1)),))
    assert isinstance(found, Found)
    assert [excerpt.span.of(text) for excerpt in found.excerpts] == [
        f"第{n}条 规定{n}。" for n in range(1, 9)
    ]
    assert found.notes == (
        "《办法》“第一章 总则”共十一条（第1条至第11条），以上是前八条，还有三条：第9条至第11条。",
    )
    ranged = places_in(document(text, "办法"), (Run(Place(1), Place(11)),))
    assert isinstance(ranged, Found)
    assert ranged.notes == ("《办法》第一条至第十一条共十一条，以上是前八条，还有三条。",)


def test_points_stand_for_articles_where_a_text_has_none() -> None:
    text = "八项规定\n一、改进调查研究。\n二、精简会议。\n三、精简文件。\n"
    found = places_in(document(text, "八项规定"), (Run(Place(2)),))
    assert isinstance(found, Found)
    assert [excerpt.span.of(text) for excerpt in found.excerpts] == ["二、精简会议。"]
    lacking = places_in(document(text, "八项规定"), (Run(Place(4)),))
    assert lacking == Lacking("《八项规定》不分章条，共列三项，没有第四条。")
    assert places_in(document("讲话。", "讲话"), (Run(Place(4)),)) == Lacking(
        "《讲话》没有分条，不能按条查找。可以直接询问其中的内容。"
    )


def test_the_path_names_chapter_and_article() -> None:
    found = places_in(document(), (Run(Place(3)),))
    assert isinstance(found, Found)
    assert found.excerpts[0].path == ("第一章 总则", "第三条")


LIBRARY = {
    "a": document(TEXT, "信访工作条例", "a"),
    "b": document(TEXT.replace("信访", "值班"), "值班工作条例（试行）", "b"),
    "c": document("一则消息。", "简讯", "c"),
}
ROWS = [Titled(known.id, known.metadata.title, "") for known in LIBRARY.values()]


def test_a_name_of_several_regulations_is_asked_back() -> None:
    outcome = look_up(address_to("条例", 2), ROWS, LIBRARY.__getitem__)
    assert outcome == Several(("信访工作条例", "值班工作条例（试行）"), "第二条")
    draft = addressed_draft([outcome], lambda _: ())
    assert draft is not None
    assert draft.status is Status.NOT_FOUND
    assert draft.choices == (
        "《信访工作条例》第二条是怎么规定的？",
        "《值班工作条例（试行）》第二条是怎么规定的？",
    )
    assert draft.suggestions == draft.choices
    for choice, identity in zip(draft.choices, "ab", strict=True):
        address = address_of(choice)
        assert address is not None
        found = look_up(address, ROWS, LIBRARY.__getitem__)
        assert isinstance(found, Found)
        assert found.document.id == identity


def test_at_most_eight_choices_are_given_and_the_rest_counted() -> None:
    several = Several(tuple(f"第{n}部条例" for n in range(11)), "第二条")
    draft = addressed_draft([several], lambda _: ())
    assert draft is not None
    assert len(draft.choices) == 8
    assert "另有三部没有列出" in draft.text


def test_only_regulations_that_have_the_place_are_to_choose_from() -> None:
    longer = document(TEXT + "第四条 完。\n", "值班工作条例（试行）", "b")
    outcome = look_up(address_to("条例", 4), ROWS, (LIBRARY | {"b": longer}).__getitem__)
    assert outcome == Several(("值班工作条例（试行）",), "第四条")
    none = look_up(address_to("条例", 9), ROWS, LIBRARY.__getitem__)
    assert none == Lacking("资料库里符合这个名称的两部法规都没有第九条。")


@pytest.mark.parametrize("name", ["条例", ""])
def test_the_only_regulation_need_not_be_named(name: str) -> None:
    outcome = look_up(address_to(name, 2), [ROWS[0], ROWS[2]], LIBRARY.__getitem__)
    assert isinstance(outcome, Found)
    assert outcome.document.id == "a"


@pytest.mark.parametrize(
    ("question", "notes"),
    [
        ("信访工作条例第二条", ()),
        ("值班工作条例第二条", ()),
        ("信访条例第二条", ("“信访条例”按《信访工作条例》查找。",)),
        ("信访工作条列第二条", ("“信访工作条列”按《信访工作条例》查找。",)),
    ],
)
def test_a_name_that_is_not_the_title_is_said_to_be_taken_for_it(
    question: str, notes: tuple[str, ...]
) -> None:
    address = address_of(question)
    assert address is not None
    outcome = look_up(address, ROWS, LIBRARY.__getitem__)
    assert isinstance(outcome, Found)
    assert outcome.notes == notes


def test_a_regulation_that_is_not_there_is_named() -> None:
    address = address_of("请问《监察法》第三条")
    assert address is not None
    outcome = look_up(address, ROWS, LIBRARY.__getitem__)
    assert outcome == Lacking("资料库里没有《监察法》，也没有名称与它相符的法规。")
    unnamed = look_up(address_to("我们支部上个月开的会", 3), ROWS, LIBRARY.__getitem__)
    assert isinstance(unnamed, Lacking)
    assert unnamed.reason.startswith("没有认出问的是哪一部法规。")


def test_an_article_suggests_those_it_refers_to() -> None:
    found = look_up(address_to("信访工作条例", 3, 1), ROWS, LIBRARY.__getitem__)
    draft = addressed_draft([found], Linker(ROWS, (), LIBRARY.__getitem__).links)
    assert draft is not None
    assert draft.status is Status.ANSWERED
    assert draft.suggestions == ("《信访工作条例》第一条是怎么规定的？",)


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


UNTITLED = """第一条 为了管好机关车辆，制定本办法。
第二条 机关车辆由服务中心统一调派。
第三条 驾驶员每月保养一次。
"""


@pytest.mark.parametrize("name", ["机关车辆管理办法", "中国共产党机关车辆管理工作办法", "机关车辆办法"])
def test_a_text_without_a_title_is_found_by_what_it_is_about(name: str) -> None:
    rows = [Titled("a", "信访工作条例", "2022-02-25"), Titled("b", "scan_0031", "")]
    library = {"a": document(), "b": document(UNTITLED, "scan_0031", "b")}
    outcome = look_up(address_to(name, 2), rows, library.__getitem__)
    assert isinstance(outcome, Found)
    assert outcome.document.id == "b"
    assert outcome.notes == (f"“{name}”按《scan_0031》查找：这份资料没有标题，从正文看说的是这件事。",)


@pytest.mark.parametrize("name", ["机关车辆条例", "机关食堂办法", "车辆办法", "驾驶员保养办法"])
def test_a_text_about_something_else_is_not(name: str) -> None:
    library = {"b": document(UNTITLED, "scan_0031", "b")}
    outcome = look_up(address_to(name, 2), [Titled("b", "scan_0031", "")], library.__getitem__)
    assert isinstance(outcome, Lacking)


def test_of_two_texts_without_a_title_neither_is_chosen() -> None:
    rows = [Titled("a", "scan_0031", ""), Titled("b", "scan_0032", "")]
    library = {row.id: document(UNTITLED, row.title, row.id) for row in rows}
    assert isinstance(look_up(address_to("机关车辆办法", 2), rows, library.__getitem__), Lacking)
