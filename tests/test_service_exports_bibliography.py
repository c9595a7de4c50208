"""Entries of the list of sources after GB/T 7714—2015: by what a document is, without what is not known."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.exports.bibliography import entry, mark_of
from tests.export_samples import citation, document


@pytest.mark.parametrize(
    ("known", "words"),
    [
        (
            {
                "title": "以高质量党建促发展",
                "authors": ("耿磊",),
                "source": "人民日报",
                "published": "2024-12-07",
                "edition": "第01版",
                "kind": "报道",
            },
            "耿磊. 以高质量党建促发展[N]. 人民日报, 2024-12-07(01).",
        ),
        (
            {
                "title": "四强支部",
                "subtitle": "创建综述",
                "source": "新华社",
                "published": "2022",
                "kind": "报道",
            },
            "四强支部: 创建综述[N]. 新华社, 2022.",
        ),
        ({"title": "某地的做法", "source": "旗帜网", "kind": "经验材料"}, "某地的做法[EB/OL]. 旗帜网."),
        (
            {
                "title": "论支部",
                "authors": ("甲", "乙", "丙", "丁"),
                "source": "《党建研究》",
                "published": "2021-03",
            },
            "甲, 乙, 丙, 等. 论支部[J]. 党建研究, 2021-03.",
        ),
        (
            {
                "title": "《机关事务管理条例》",
                "source": "国务院",
                "published": "2012-06-28",
                "kind": "法规",
                "document_number": "国务院令第621号",
            },
            "国务院. 机关事务管理条例: 国务院令第621号[Z]. 2012-06-28.",
        ),
        (
            {
                "title": "信访工作条例",
                "source": "中共中央、国务院",
                "published": "2022-02-25",
                "kind": "法规",
            },
            "中共中央、国务院. 信访工作条例[Z]. 2022-02-25.",
        ),
        (
            {"title": "某条例", "source": "共产党员网", "published": "2020", "kind": "法规"},
            "某条例[EB/OL]. 共产党员网, 2020.",
        ),
        ({"title": "党费规定", "kind": "法规"}, "党费规定[Z]."),
        (
            {"title": "党务公开平台要求", "document_number": "GB/T 12345—2020", "kind": "文件"},
            "党务公开平台要求: GB/T 12345—2020[S].",
        ),
        (
            {"title": "在会上的讲话", "authors": ("某某",), "published": "2024", "kind": "讲话"},
            "某某. 在会上的讲话[Z]. 2024.",
        ),
    ],
)
def test_an_entry_by_what_the_document_is(known: dict[str, Any], words: str) -> None:
    of = document("正文。", **known)
    assert entry(citation(of, "正文。"), of) == words


def test_a_document_that_is_gone_is_described_by_what_the_citation_remembers() -> None:
    of = document("正文。", title="某条例", source="国务院", published="2012-06-28")
    assert entry(citation(of, "正文。")) == "国务院. 某条例[Z]. 2012-06-28."


def test_a_document_without_a_title_is_called_by_its_file() -> None:
    of = document("正文。", "d9")
    assert entry(citation(of, "正文。"), of) == "d9[Z]."


@given(
    st.builds(
        dict,
        title=st.text(min_size=1, max_size=30),
        subtitle=st.text(max_size=10),
        authors=st.lists(st.text(max_size=5), max_size=5).map(tuple),
        source=st.text(max_size=10),
        published=st.sampled_from(["", "2024", "2024-12-07"]),
        kind=st.sampled_from(["", "法规", "报道", "讲话", "文件"]),
    )
)
def test_an_entry_is_one_line_that_ends_in_one_stop(known: dict[str, Any]) -> None:
    of = document("正文。", **known)
    written = entry(citation(of, "正文。"), of)
    assert written == entry(citation(of, "正文。"), of)
    assert len(written.splitlines()) == 1
    assert written.endswith(".")
    assert not written.endswith("..")
    assert f"[{mark_of(of)}]" in written
