"""Real regulations against a reference parse; docs/regulations.md explains every difference listed here."""

from __future__ import annotations

import json
import unicodedata
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from ingest.metadata import extract
from ingest.pipeline import prepare
from ingest.regulation_tree import Article, Regulation
from ingest.regulations import parse_regulation
from ingest.repair import repair
from ingest.types import Metadata, RawText
from service.answering.places import location

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "data" / "regulations"
KEYS = [
    "baomi_tiaoli_2024",
    "baomifa_2010",
    "baomifa_2024",
    "baxiang_guiding_2012",
    "dangan_tiaoli_2024",
    "dangfei_2008",
    "dangshi_jiaoyu_2024",
    "dangyuan_jiaoyu_2019",
    "dangzhang_2022",
    "ganbu_dangan_2018",
    "gaoxiao_jiceng_2021",
    "gonghui_2021",
    "gongwuyuan_2018",
    "guoqi_chufen_2024",
    "jianchafa_2024",
    "jiguan_shiwu_2012",
    "noisy_dangyuan_jiaoyu_2019",
    "shiye_renshi_2014",
    "xinfang_2005",
    "xinfang_2022",
    "xingzheng_juece_2019",
    "xinxi_gongkai_2019",
    "zhengwu_chufen_2020",
]
MARKDOWN = [
    "baomi_tiaoli_2024",
    "baomifa_2010",
    "baomifa_2024",
    "dangan_tiaoli_2024",
    "gonghui_2021",
    "gongwuyuan_2018",
    "guoqi_chufen_2024",
    "jianchafa_2024",
    "jiguan_shiwu_2012",
    "shiye_renshi_2014",
    "xinfang_2005",
    "xinfang_2022",
    "xingzheng_juece_2019",
    "xinxi_gongkai_2019",
    "zhengwu_chufen_2020",
]
EXPLAINED = {
    ("dangfei_2008", 16): ([0], [0, 0]),
    ("dangfei_2008", 21): ([0], [0, 0]),
    ("noisy_dangyuan_jiaoyu_2019", 44): ([0], [0, 0]),
    ("xinfang_2005", 21): ([4, 0], [3, 1, 0]),
}
"""Ours and the reference's 项 in every 款, where they differ."""

PUBLISHED = {
    "baomi_tiaoli_2024": "2024-07-10",
    "baomifa_2010": "2010-04-29",
    "baomifa_2024": "2024-02-27",
    "dangshi_jiaoyu_2024": "2024-02-05",
    "dangzhang_2022": "2022-10-22",
    "gaoxiao_jiceng_2021": "2021-04-16",
    "gonghui_2021": "2021-12-24",
    "gongwuyuan_2018": "2018-12-29",
    "jianchafa_2024": "2024-12-25",
    "jiguan_shiwu_2012": "2012-06-28",
    "shiye_renshi_2014": "2014-04-25",
    "xinfang_2005": "2005-01-10",
    "xinfang_2022": "2022-02-25",
    "xingzheng_juece_2019": "2019-04-20",
    "xinxi_gongkai_2019": "2019-04-03",
    "zhengwu_chufen_2020": "2020-06-20",
}
"""From the header lines; the other texts state no date there, so none is known."""

pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason="the regulations are not on this machine (../shared/data/regulations)"
)


@cache
def reference() -> dict[str, dict[tuple[int, int], dict[str, Any]]]:
    rows: dict[str, dict[tuple[int, int], dict[str, Any]]] = defaultdict(dict)
    for line in (DATA / "articles.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        rows[row["reg"]][row["article"], row["sub"]] = row
    return rows


def text_of(path: str) -> str:
    return repair((DATA / path).read_text(encoding="utf-8")).text


def articles_of(regulation: Regulation | None) -> dict[tuple[int, int], Article]:
    return {(a.number, a.sub): a for a in regulation.articles} if regulation else {}


def letters(words: str) -> str:
    """``words`` without white space, full-width marks as half-width: the repairs exchange them."""
    return "".join(unicodedata.normalize("NFKC", words).split())


def compare(key: str, text: str) -> dict[tuple[str, int], tuple[list[int], list[int]]]:
    """The articles whose 款 and 项 are counted otherwise; the same words must stand in all the others."""
    ours, theirs = articles_of(parse_regulation(text)), reference()[key]
    assert list(ours) == list(theirs)
    different = {}
    for at, article in ours.items():
        found = [len(p.items) for p in article.paragraphs]
        wanted = [len(p["items"]) for p in theirs[at]["paras"]]
        if found != wanted:
            different[key, at[0]] = (found, wanted)
            continue
        words = "".join(letters(p.span.of(text)) for p in article.paragraphs)
        assert words == letters(theirs[at]["text"]), at
    return different


@pytest.mark.parametrize("key", KEYS)
def test_the_text_agrees_with_the_reference(key: str) -> None:
    expected = {at: counts for at, counts in EXPLAINED.items() if at[0] == key}
    assert compare(key, text_of(f"text/{key}.txt")) == expected


@pytest.mark.parametrize("key", MARKDOWN)
def test_the_markdown_agrees_with_the_reference(key: str) -> None:
    expected = {at: counts for at, counts in EXPLAINED.items() if at[0] == key}
    assert compare(key, text_of(f"orig/{key}.md")) == expected


@pytest.mark.parametrize("key", KEYS)
def test_the_date_of_the_version_is_that_of_the_header(key: str) -> None:
    assert extract(text_of(f"text/{key}.txt"), Metadata()).published == PUBLISHED.get(key, "")


def test_all_texts_are_compared() -> None:
    assert sorted(path.stem for path in (DATA / "text").glob("*.txt")) == sorted(KEYS)
    assert sorted(path.stem for path in (DATA / "orig").glob("*.md")) == sorted(MARKDOWN)


def test_a_place_in_a_real_regulation() -> None:
    raw = RawText((DATA / "text/xinxi_gongkai_2019.txt").read_text(encoding="utf-8"), "", "utf-8", "o")
    document, _ = prepare(raw, Metadata(), "d")
    article = articles_of(parse_regulation(document.text))[4, 0]
    section = next(s for s in document.sections if s.span.start == article.span.start)
    item = article.paragraphs[1].items[2]
    assert location(section.path, document, item.span) == "第一章 总则 › 第四条 第二款第(三)项"
