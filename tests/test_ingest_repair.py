"""Repairs: what they mend, what they leave, and the map back to the raw text."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.manifest import corpus_folder
from ingest.repair import repair
from ingest.types import Document, Edit, Metadata, RepairedText, Span, raw_span, text_offsets
from ingest.workpiece import Replacement, Workpiece

PIECES = st.lists(
    st.sampled_from(
        [
            "機關(guān)",
            "黨",
            "支部",
            "，",
            ",",
            "。",
            "“",
            "”",
            "\n",
            "\n\n",
            "\r\n",
            "　　",
            " ",
            "\t",
            "…………\n",
            "还不",
            "如基层",
            "一、",
            "(一)",
            "# ",
            "——",
            "2024年",
            "D建",
            "\ufeff",
            "\0",
            "a:b",
            "：",
            "党建工作情况说明如下",
            "\n\n\n",
            "𠮷",
            "?",
            "(guān)",
            "關(guān)",
            "?qū)嵔鉀Q",
        ]
    ),
    max_size=25,
).map("".join)


def replayed(raw: str, repaired: RepairedText) -> str:
    """The text that the edits make of ``raw``."""
    parts, position = [], 0
    for edit in repaired.edits:
        assert edit.raw.start >= position, "edits overlap or are out of order"
        parts += raw[position : edit.raw.start], edit.replacement
        position = edit.raw.end
    return "".join([*parts, raw[position:]])


@given(PIECES | st.text(max_size=80))
def test_edits_make_the_text_and_a_second_pass_changes_nothing(raw: str) -> None:
    repaired = repair(raw)
    assert replayed(raw, repaired) == repaired.text
    assert all(edit.kind for edit in repaired.edits)
    assert all(edit.raw.of(raw) != edit.replacement for edit in repaired.edits)
    again = repair(repaired.text)
    assert again.text == repaired.text
    assert again.edits == ()


@given(PIECES)
def test_every_span_maps_to_raw_text_that_holds_it(raw: str) -> None:
    repaired = repair(raw)
    size = len(repaired.text)
    previous = 0
    for position in range(size):
        span = repaired.raw_span(Span(position, position + 1))
        assert previous <= span.start <= span.end <= len(raw)
        previous = span.start
        replaced = any(edit.raw.start <= span.start and span.end <= edit.raw.end for edit in repaired.edits)
        assert replaced or span.of(raw) == repaired.text[position]
    assert repaired.raw_span(Span(0, size)).end <= len(raw)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("機關(guān)黨支部", "機關黨支部"),
        ("堅持在機關（guān）全部工作和戰(zhàn)斗力的基礎(chǔ)", "堅持在機關全部工作和戰斗力的基礎"),
        ("有些市级机关的工作做得还不（“”）", "有些市级机关的工作做得还不（“”）"),
        (
            "“有些市级机关的党建工作做得还不\n\n如基层，这种情况一定要改变”。",
            "“有些市级机关的党建工作做得还不如基层，这种情况一定要改变”。",
        ),
        ("　　第一段。\r\n　　第二段。\r\n", "第一段。\n第二段。\n"),
        ("一。\n…………\n二。", "一。\n二。"),
        ("同志们:党建,很重要;对吗?对!", "同志们：党建，很重要；对吗？对！"),
        ("共1,600人,10:30开会,见http://a.cn", "共1,600人，10:30开会，见http://a.cn"),
        (
            "在2024年机关D建工作会上的讲话\n在2024年机关党建工作会上的讲话\n同志们：",
            "在2024年机关党建工作会上的讲话\n同志们：",
        ),
        (
            "在2024年机关党建工作会上的讲话\n在2024年机关D建工作会上的讲话\n同志们：",
            "在2024年机关党建工作会上的讲话\n同志们：",
        ),
        ("甲\n\n\n\n乙", "甲\n\n乙"),
    ],
)
def test_mends(raw: str, text: str) -> None:
    assert repair(raw).text == text


@pytest.mark.parametrize(
    "raw",
    [
        "山东单(shàn)县的做法",  # a reading given on purpose
        "耄耋(mào dié)之年",
        "参见(guide)一文",
        "全国人大(NPC)和政协",
        "省级机关(含直属单位)现有六千多个党支部",
        "组织(党委)负责",
        "关于加强党的建设的意见\n\n各市委：",  # a title does not run on
        "一、提高认识\n\n二、明确责任，抓好落实。",
        "第一条 为了加强管理，\n第二条 党员应当履行义务。",
        "坚持走在前作表率 彰显政治机关本色\n\n党和国家各级机关地位重要。",
        "比分3:2，比例1:1",
        "建设“两个维护”的第一方阵\n\n各党支部牢牢把握总要求。",
    ],
)
def test_leaves_alone(raw: str) -> None:
    assert repair(raw).text == raw


def test_a_lone_reading_in_a_long_traditional_text_stays() -> None:
    raw = "山東單(shàn)縣的經驗。" + "機關黨支部是黨的基層組織。" * 200
    assert "單(shàn)縣" in repair(raw).text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("幫助基層實打?qū)嵔鉀Q一批問題", "幫助基層實打實解決一批問題"),
        ("深入?qū)W習貫徹", "深入學習貫徹"),
        ("打？qū)崿F目標", "打實現目標"),
        ("針?qū)Ψ?案", "針？qū)Ψ?案"),  # the byte that would end it is lost as well
        ("真的?qū)的", "真的？qū)的"),
        ("打?qū)嵔?做好D建", "打？qū)嵔？做好D建"),
        ("真的?qū)的D建", "真的？qū)的D建"),
    ],
)
def test_characters_shifted_by_a_byte_are_read_anew(raw: str, text: str) -> None:
    repaired = repair(raw)
    assert repaired.text == text
    assert ("lost-byte" in {edit.kind for edit in repaired.edits}) == ("ū" not in text)


def test_the_corpus_is_mended() -> None:
    texts = {path.name: repair(path.read_bytes().decode("utf-8")) for path in corpus_folder().glob("*.txt")}
    assert len(texts) == 5
    kinds = {edit.kind for repaired in texts.values() for edit in repaired.edits}
    assert {"pinyin", "broken-line", "double-title", "indent", "half-width"} <= kinds
    joined = "".join(repaired.text for repaired in texts.values())
    assert "guān" not in joined
    assert "實打實解決一批問題" in joined
    assert "做得还不如基层" in joined
    assert "机关D建" not in joined
    assert "\u3000" not in joined


def test_workpiece_composes_and_refuses_overlap() -> None:
    piece = Workpiece("abcdef")
    assert piece.apply([Replacement(1, 3, "XY", "one"), Replacement(4, 5, "", "two")])
    assert piece.text == "aXYdf"
    assert piece.apply([Replacement(2, 4, "Z", "three")])
    assert piece.finish() == RepairedText(
        "aXZf", (Edit(Span(1, 4), "XZ", "one"), Edit(Span(4, 5), "", "two"))
    )
    with pytest.raises(ValueError, match="overlap"):
        piece.apply([Replacement(2, 3, "q", "x"), Replacement(1, 2, "r", "x")])


def test_workpiece_that_ends_where_it_began_has_no_edits() -> None:
    piece = Workpiece("党建")
    piece.apply([Replacement(0, 1, "D", "x")])
    piece.apply([Replacement(0, 1, "党", "x")])
    assert piece.finish() == RepairedText("党建", ())


@given(PIECES | st.text(max_size=80), st.lists(st.integers(0, 100), max_size=8))
def test_raw_offsets_map_to_where_their_characters_begin(raw: str, places: list[int]) -> None:
    """The other way round than ``raw_span``: before a mapped offset stand the characters from before the raw one."""
    repaired = repair(raw)
    offsets = sorted(min(place, len(raw)) for place in places)
    starts = [repaired.raw_span(Span(at, at + 1)).start for at in range(len(repaired.text))]
    mapped = text_offsets(repaired.edits, offsets)
    assert mapped == tuple(sum(start < offset for start in starts) for offset in offsets)


EDITS = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 4), st.text("ab", max_size=4)).filter(any), max_size=6
)


@given(EDITS, st.integers(0, 4), st.lists(st.integers(0, 60), max_size=8))
def test_raw_offsets_map_through_any_edits(
    parts: list[tuple[int, int, str]], tail: int, places: list[int]
) -> None:
    """Edits side by side and insertions too: each part is what stays, what is replaced and what comes in its place."""
    edits, position, size = [], 0, tail
    for kept, replaced, replacement in parts:
        edits.append(Edit(Span(position + kept, position + kept + replaced), replacement, "x"))
        position += kept + replaced
        size += kept + len(replacement)
    offsets = sorted(min(place, position + tail) for place in places)
    starts = [raw_span(edits, Span(at, at + 1)).start for at in range(size)]
    assert text_offsets(edits, offsets) == tuple(sum(start < o for start in starts) for o in offsets)


def test_pages_of_a_span() -> None:
    """Pages 2 and 3 have no text; the fourth begins in the middle of a word."""
    document = Document("x", "x", "", "pdf", "一二三四五六", "", (), Metadata(), (), (0, 2, 2, 2, 5))
    assert document.pages_of(Span(0, 2)) == (1,)
    assert document.pages_of(Span(1, 3)) == (1, 4)
    assert document.pages_of(Span(2, 5)) == (4,)
    assert document.pages_of(Span(0, 6)) == (1, 4, 5)
    assert document.pages_of(Span(2, 2)) == (4,)
    assert replace(document, pages=()).pages_of(Span(0, 6)) == ()
