"""The lexical leg: finds what it holds, in one order, whatever is asked; and the contract of a ``PassageIndex``."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retriever.analyzer import Analyzer
from retriever.dense import DenseIndex, DenseLeg
from retriever.lexical import LexicalEntry, LexicalIndex, LexicalSettings, build_lexical
from retriever.protocols import PassageIndex
from tests.retriever_fakes import HashEmbedder

ANALYZER = Analyzer()
TEXTS = [
    "机关党建要防止“两张皮”问题", "党建与业务两张皮", "四强党支部", "“四强”党支部创建工作", "第十二条 党员应当交纳党费",
    "党建与业务两张皮", "", "GDP增长3.5%，3815战略", "黨支部書記", "薛宝钗",
]  # fmt: skip


def build(
    folder: Path, entries: list[LexicalEntry] | list[str], settings: LexicalSettings | None = None
) -> LexicalIndex:
    folder.mkdir()
    made = [LexicalEntry(entry) if isinstance(entry, str) else entry for entry in entries]
    assert build_lexical(folder, made, ANALYZER) == len(entries)
    return LexicalIndex(folder, ANALYZER, settings)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> LexicalIndex:
    return build(tmp_path_factory.mktemp("lexical") / "index", TEXTS)


@pytest.fixture(scope="module", params=["lexical", "dense"])
def leg(request: pytest.FixtureRequest, index: LexicalIndex) -> PassageIndex:
    """Both legs over the same texts."""
    if request.param == "lexical":
        return index
    embedder = HashEmbedder()
    return DenseLeg(DenseIndex.build(embedder.embed_passages(TEXTS)), embedder)


# --- the contract of a PassageIndex ---------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["两张皮", "党支部 党费 gdp", "第12条", "薛宝钗", "的", "?"])
@pytest.mark.parametrize("k", [0, 1, 2, 3, 100])
def test_contract_order_and_length(leg: PassageIndex, query: str, k: int) -> None:
    hits = leg.search(query, k)
    assert len(hits) <= k
    assert hits == sorted(hits, key=lambda pair: (-pair[1], pair[0]))
    assert len({position for position, _ in hits}) == len(hits)
    assert all(0 <= position < len(TEXTS) for position, _ in hits)
    assert hits == leg.search(query, k) == leg.search(query, 100)[:k]


@given(allowed=st.frozensets(st.integers(0, len(TEXTS) - 1)))
def test_contract_only_allowed_with_the_same_scores(leg: PassageIndex, allowed: frozenset[int]) -> None:
    everywhere = leg.search("党建业务两张皮", 100)
    within = leg.search("党建业务两张皮", 100, allowed)
    wanted = [pair for pair in everywhere if pair[0] in allowed]
    assert [position for position, _ in within] == [position for position, _ in wanted]
    assert [score for _, score in within] == pytest.approx([score for _, score in wanted])


def test_contract_ties_go_by_position(leg: PassageIndex) -> None:
    assert [position for position, _ in leg.search("党建与业务两张皮", 2)] == [1, 5]
    assert [position for position, _ in leg.search("党建与业务两张皮", 1)] == [1]


@pytest.mark.parametrize(
    "query",
    ["", "\0", "\ud800", "，。", "😀", 'words:党 OR *" AND (', "党" * 2000, "ﷺ" * 300, "\u202e"],
    ids=ascii,
)
def test_contract_hostile_queries(leg: PassageIndex, query: str) -> None:
    assert len(leg.search(query, 5)) <= 5
    assert {position for position, _ in leg.search(query, 5, frozenset({1, 3}))} <= {1, 3}


# --- the lexical leg ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("四强党支部", 2), ("“四强”如何创建？", 3), ("第12条规定了什么", 4), ("gdp", 7), ("３８１５", 7),
        ("党支部书记", 8), ("宝钗", 9),
    ],
)  # fmt: skip
def test_finds(index: LexicalIndex, query: str, first: int) -> None:
    assert index.search(query, 1)[0][0] == first


def test_nothing_to_look_for_finds_nothing(index: LexicalIndex) -> None:
    assert index.search("", 5) == index.search("，。！", 5) == []
    assert index.bound("") == 0


@given(st.text(alphabet="党建支部四强两张皮如何第十二条GDP35 ，“”黨員不", min_size=1, max_size=30))
def test_every_index_term_of_a_text_finds_it(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    index = build(tmp_path_factory.mktemp("terms") / "index", [text, "毫不相干"])
    for term in ANALYZER.index_terms(text):
        assert index.document_frequency(term) >= 1
    for term in ANALYZER.query_terms(text):
        assert 0 in [position for position, _ in index.search(text, 5)], term


@given(st.text(alphabet="党建支部四强两张皮如何第十二条GDP35 ，“”《》黨員不一", max_size=30))
def test_no_score_exceeds_the_bound(index: LexicalIndex, query: str) -> None:
    hits = index.search(query, 1)
    assert not hits or 0 < hits[0][1] <= index.bound(query)


def test_exact_phrases_win(tmp_path: Path) -> None:
    texts = ["四强是目标，党支部是堡垒，支部很强，四是数字", "建设四强党支部", "强党四支部"]
    plain = LexicalSettings(words=0, grams=0, title=0, path=0, phrase=1)
    index = build(tmp_path / "index", texts, plain)
    assert [position for position, _ in index.search("“四强”党支部", 5)] == [1, 0]
    assert [position for position, _ in index.search("《强党四支》", 5)] == [2]


def test_titles_and_headings_count(tmp_path: Path) -> None:
    entries = [
        LexicalEntry("应当遵守本办法"), LexicalEntry("应当遵守本办法", "党费管理办法"),
        LexicalEntry("应当遵守本办法", "", ("第一章", "党费收缴")),
    ]  # fmt: skip
    assert {position for position, _ in build(tmp_path / "a", entries).search("党费", 5)} == {1, 2}
    without = LexicalSettings(title=0, path=0)
    assert build(tmp_path / "b", entries, without).search("党费", 5) == []


def test_an_article_is_found_by_its_address(tmp_path: Path) -> None:
    entries = [
        LexicalEntry(f"第{number}条 {text}", title, ("第一章 总则",))
        for title in ("机关档案管理办法", "机关会议管理办法", "机关用车办法")
        for number, text in (
            ("十一", "依照第十二条、第十二条办理。"),
            ("十二", "负责人应当到场。"),
            ("十三", "见第十二条。"),
        )
    ]
    index = build(tmp_path / "index", entries)
    for question, first in (
        ("《机关会议管理办法》第十二条规定了什么", 4),
        ("《机关用车办法》第13条", 8),
        ("《机关档案管理办法》第 11 条", 0),
    ):
        assert index.search(question, 1)[0][0] == first
        assert index.search(question, 1)[0][1] <= index.bound(question)


def test_rare_terms_weigh_more(index: LexicalIndex) -> None:
    assert index.document_frequency("两张皮") == 3
    assert index.idf("薛宝钗") > index.idf("党建") > 0
    assert index.idf("没有的词") >= index.idf("薛宝钗")
    assert index.count == len(TEXTS)


def test_many_ties_are_cut_by_position(tmp_path: Path) -> None:
    index = build(tmp_path / "index", ["党费"] * 500 + ["党费标准"])
    assert [position for position, _ in index.search("党费", 7)] == list(range(7))
    some = frozenset(range(100, 400, 3))
    assert [position for position, _ in index.search("党费", 4, some)] == [100, 103, 106, 109]


def test_an_empty_index_is_usable(tmp_path: Path) -> None:
    index = build(tmp_path / "index", list[str]())
    assert index.count == 0
    assert index.search("党费", 5) == []
    assert index.idf("党费") >= 0


def test_opening_and_searching_change_nothing_and_outlive_the_files(tmp_path: Path) -> None:
    build(tmp_path / "index", TEXTS)
    before = {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in (tmp_path / "index").iterdir()}
    index = LexicalIndex(tmp_path / "index", ANALYZER)
    found = index.search("两张皮", 5)
    assert before == {
        path: (path.stat().st_mtime_ns, path.stat().st_size) for path in (tmp_path / "index").iterdir()
    }
    shutil.rmtree(tmp_path / "index")
    assert index.search("两张皮", 5) == found


def test_opens_where_the_lock_file_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import tantivy

    build(tmp_path / "index", TEXTS)
    real = tantivy.Index.open

    class Refusing:
        @staticmethod
        def open(path: str) -> tantivy.Index:
            if path == str(tmp_path / "index"):
                raise ValueError("Failed to acquire Lockfile: permission denied")
            return real(path)

    monkeypatch.setattr(tantivy, "Index", Refusing)
    assert LexicalIndex(tmp_path / "index", ANALYZER).search("薛宝钗", 1)[0][0] == 9


def test_a_folder_without_an_index_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"."):
        LexicalIndex(tmp_path, ANALYZER)
