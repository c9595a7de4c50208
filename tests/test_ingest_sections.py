"""Sentences, sections, passages and metadata."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.chunking import ChunkSettings, chunk
from ingest.manifest import corpus_folder
from ingest.metadata import extract
from ingest.repair import repair
from ingest.sections import find_sections
from ingest.sentences import is_sentence, split_long, split_sentences
from ingest.types import Metadata, Section, Span

LINES = st.lists(
    st.sampled_from(
        [
            "# 标题",
            "## 二级标题",
            "一、提高认识",
            "(一)加强领导。要把责任压实，把工作做细，做到件件有着落。",
            "坚持问题导向。" + "各部门要结合实际抓好落实，" * 9 + "。",
            "强化理论武装，把牢正确方向",
            "“要抓好落实。”他说。",
            "正文一句。正文两句！正文三句？",
            "……",
            "",
            "   ",
            "——优化设置，严密体系。",
            "第一章 总则",
            "没有标点的一行",
            "长句" * 300,
            "a b\tc",
            "某某说：“一。二。三。”完。",
        ]
    ),
    max_size=14,
).map("\n".join)
TEXTS = LINES | st.text(max_size=120)


def sections_of(text: str) -> tuple[Section, ...]:
    return find_sections(text, Metadata())


@given(TEXTS)
def test_sentences_tile_the_text(text: str) -> None:
    spans = split_sentences(text)
    assert "".join(span.of(text) for span in spans) == text
    if text.strip():
        assert all(span.of(text).strip() for span in spans)


@given(TEXTS)
def test_passages_tile_the_text_and_keep_to_sections(text: str) -> None:
    sections = sections_of(text)
    passages = chunk("d", text, sections)
    assert "".join(passage.text for passage in passages) == text
    starts = {
        section.span.start
        for section in sections
        if section.level and text[section.heading.end : section.span.end].strip()
    }
    for number, passage in enumerate(passages):
        assert passage.id == f"d-{number:04d}"
        assert passage.text == passage.span.of(text)
        assert "".join(s.of(text) for s in passage.sentences) == passage.text
        inner = {start for start in starts if passage.span.start < start < passage.span.end}
        assert all(
            not text[passage.span.start : start].strip()
            or _only_headings(text, passage.span.start, start, sections)
            for start in inner
        )


def _only_headings(text: str, start: int, end: int, sections: tuple[Section, ...]) -> bool:
    """Whether ``text[start:end]`` holds nothing but headings that have no text of their own."""
    rest = text[start:end]
    for section in sections:
        if section.level and start <= section.span.start < end:
            rest = rest.replace(text[section.span.start : section.heading.end], "", 1)
    return not rest.strip()


@given(TEXTS)
def test_sections_nest_and_their_headings_lie_inside(text: str) -> None:
    sections = sections_of(text)
    assert not text or sections[0].span.start == 0
    for section in sections:
        assert section.level == len(section.path) or section.level >= len(section.path)
        assert section.level == 0 or section.span.contains(section.heading)
    for a in sections:
        for b in sections:
            assert not a.span.overlaps(b.span) or a.span.contains(b.span) or b.span.contains(a.span)


@given(st.text(alphabet="文，；、。字", min_size=1, max_size=200), st.integers(3, 40))
def test_long_sentences_are_cut_within_the_limit(text: str, limit: int) -> None:
    parts = split_long(text, Span(0, len(text)), limit)
    assert "".join(part.of(text) for part in parts) == text
    assert all(0 < len(part) <= limit for part in parts)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("甲。乙！丙？", ["甲。", "乙！", "丙？"]),
        ("“做好融合。”司长刘明说。今年如何。", ["“做好融合。”司长刘明说。", "今年如何。"]),
        (
            "“谁来管？怎么管？答案是党支部。”支部严格执行。",
            ["“谁来管？怎么管？答案是党支部。”", "支部严格执行。"],
        ),
        ("甲“乙。\n丙。", ["甲“乙。\n", "丙。"]),
        ("坚持“一、二。”、“三。”。完。", ["坚持“一、二。”、“三。”。", "完。"]),
        ("标题\n\n正文。", ["标题\n\n", "正文。"]),
    ],
)
def test_sentence_boundaries(text: str, sentences: list[str]) -> None:
    assert [span.of(text) for span in split_sentences(text)] == sentences


def test_titles_and_by_lines_are_no_sentences() -> None:
    assert not is_sentence("本报记者 耿 磊")
    assert not is_sentence("建强战斗堡垒，夯实组织基础")
    assert is_sentence("党建要抓实。\n")


def test_headings_of_the_corpus() -> None:
    paths = set()
    for file in corpus_folder().glob("*.txt"):
        text = repair(file.read_bytes().decode("utf-8")).text
        sections = find_sections(text, extract(text, Metadata()))
        paths |= {section.path for section in sections}
    leaves = {path[-1] for path in paths if path}
    assert "建强战斗堡垒，夯实抓改革落实的组织基础" in leaves
    assert "砥砺实干精神，跑好抓改革落实的“第一棒”" in leaves
    assert "优化设置，严密党的组织体系" in leaves
    assert "構建科學指標評價體系" in leaves
    assert ("二、提高认识，牢牢把握全面提高新时代机关党建质量的着力点", "(六)实施服务发展行动") in paths
    assert ("夯实机关基层党组织 锻造坚强战斗堡垒", "严管厚爱，加强党员教育管理") in paths


def test_passage_sizes_of_the_corpus() -> None:
    settings = ChunkSettings()
    for file in corpus_folder().glob("*.txt"):
        text = repair(file.read_bytes().decode("utf-8")).text
        sizes = [len(p.span) for p in chunk("d", text, find_sections(text, extract(text, Metadata())))]
        assert max(sizes) <= settings.hard
        assert sum(150 <= size <= 360 for size in sizes) >= 0.7 * len(sizes)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "以高质量党建促发展\n\n本报记者 耿 磊\n\n《人民日报》（2024年12月07日 第 01 版）\n\n正文开始。",
            Metadata(
                title="以高质量党建促发展",
                authors=("耿磊",),
                source="人民日报",
                published="2024-12-07",
                edition="第01版",
                kind="报道",
                rank="报道",
            ),
        ),
        (
            "# 走在前 作表率\n\n## ——机关党建综述\n\n正文。\n\n新华社北京9月14日电",
            Metadata(
                title="走在前 作表率", subtitle="机关党建综述", source="新华社", kind="报道", rank="报道"
            ),
        ),
        ("李恩和\n机关党支部是党的基层组织，是党在机关全部工作的基础。", Metadata(authors=("李恩和",))),
        (
            "关于某事的意见\n来源：旗帜网  发布时间：2023-02-30\n正文在这里。",
            Metadata(title="关于某事的意见", source="旗帜网", kind="文件"),
        ),
        (
            "关于某事的意见\n发布时间：2023-02-28\n正文在这里。",
            Metadata(title="关于某事的意见", published="2023-02-28", kind="文件"),
        ),
        ("党的十八大以来，2012年11月15日召开了会议。\n会议很重要。", Metadata()),
        ("", Metadata()),
    ],
)
def test_metadata_is_read_where_it_stands(text: str, expected: Metadata) -> None:
    assert extract(text, Metadata()) == expected


def test_the_text_speaks_before_the_manifest() -> None:
    defaults = Metadata(title="清单标题", source="清单来源", published="2022-09-14", kind="报道")
    found = extract("# 文中标题\n\n正文。", defaults)
    assert (found.title, found.source, found.published, found.kind) == (
        "文中标题",
        "清单来源",
        "2022-09-14",
        "报道",
    )


@given(st.text(max_size=300))
def test_metadata_never_invents(text: str) -> None:
    found = extract(text, Metadata())
    squeezed = "".join(text.split())
    for value in (found.title, found.subtitle, found.source, *found.authors):
        assert "".join(value.split()) in squeezed
