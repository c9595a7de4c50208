"""The retriever: hits with their scores, filters, limits, and a change of index under running searches."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.library import Library
from ingest.types import Span
from retriever.analyzer import Analyzer
from retriever.builder import build_generation
from retriever.errors import IndexDamaged, QueryError
from retriever.generation import CURRENT, kept_snapshots
from retriever.search import Retriever
from retriever.search_settings import RetrieverSettings
from retriever.types import Hit, Query
from tests.retriever_fakes import TEXTS, HashEmbedder, make_library, put

ANALYZER = Analyzer()
MODES = {
    "lexical": RetrieverSettings(mode="lexical"),
    "dense": RetrieverSettings(mode="dense"),
    "fused": RetrieverSettings(),
    "rrf": RetrieverSettings(fusion="rrf"),
}


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with make_library(tmp_path / "library.sqlite") as opened:
        build_generation(opened, HashEmbedder(), ANALYZER, tmp_path / "index")
        yield opened


def retrieve(library: Library, settings: RetrieverSettings | None = None) -> Retriever:
    return Retriever.open(library, library.path.parent / "index", HashEmbedder(), ANALYZER, settings)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Retriever]]:
    home = tmp_path_factory.mktemp("home")
    texts = {**TEXTS, **{f"副本{number}": TEXTS["党费"] for number in range(4)}}
    with make_library(home / "library.sqlite", texts) as library:
        build_generation(library, HashEmbedder(), ANALYZER, home / "index")
        yield {name: retrieve(library, settings) for name, settings in MODES.items()}


def key(hit: Hit) -> tuple[float, str]:
    return (-hit.score, hit.passage.id)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("如何破解“两张皮”", "两张皮"), ("“四强”党支部是什么", "四强"), ("三會一課", "三会一课"), ("第12条", "第十二条"),
        ("3815战略发展目标", "3815"),
    ],
)  # fmt: skip
def test_the_right_passage_comes_first(
    shared: dict[str, Retriever], mode: str, question: str, words: str
) -> None:
    if mode == "dense" and question == "第12条":
        pytest.skip("character pairs know nothing of numerals")
    assert words in shared[mode].search(Query(question), 3)[0].passage.text


@pytest.mark.parametrize("mode", MODES)
@given(
    question=st.text(alphabet="党建支部四强两张皮如何第十二条GDP35费员 ，“”黨", min_size=1, max_size=20),
    k=st.integers(1, 20),
)
def test_order_scores_and_prefixes(shared: dict[str, Retriever], mode: str, question: str, k: int) -> None:
    if not question.strip():
        return
    retriever = shared[mode]
    hits = retriever.search(Query(question), k)
    assert len(hits) <= k
    assert hits == sorted(hits, key=key)
    assert hits == retriever.search(Query(question), k)
    assert hits == retriever.search(Query(question), 100)[:k]
    assert all(0 <= hit.score <= 1 + 1e-9 for hit in hits)
    assert len({hit.passage.id for hit in hits}) == len(hits)
    for hit in hits:
        if mode == "lexical":
            assert hit.dense is None
            assert hit.sentence_similarities == ()
        else:
            assert len(hit.sentence_similarities) == len(hit.passage.sentences)


def test_every_fused_hit_has_both_scores_that_exist(shared: dict[str, Retriever]) -> None:
    lexical = {hit.passage.id: hit.lexical for hit in shared["lexical"].search(Query("党费标准"), 100)}
    dense = {hit.passage.id: hit.dense for hit in shared["dense"].search(Query("党费标准"), 100)}
    for hit in shared["fused"].search(Query("党费标准"), 100):
        assert hit.dense == pytest.approx(dense[hit.passage.id])
        assert (hit.lexical or 0) == pytest.approx(lexical.get(hit.passage.id, 0))


def test_depth_bounds_the_legs_but_not_the_scores(library: Library) -> None:
    deep = {hit.passage.id: hit.score for hit in retrieve(library).search(Query("党费"), 100)}
    for hit in retrieve(library, RetrieverSettings(depth=1)).search(Query("党费"), 1):
        assert hit.score == pytest.approx(deep[hit.passage.id])


def test_a_score_means_the_same_for_every_question(shared: dict[str, Retriever]) -> None:
    known = shared["fused"].search(Query("预备党员应当按月交纳党费"), 1)[0].score
    unknown = shared["fused"].search(Query("量子计算机怎样纠错"), 1)[0].score
    assert known > 2 * unknown


@pytest.mark.parametrize("mode", MODES)
def test_filters(shared: dict[str, Retriever], mode: str) -> None:
    retriever = shared[mode]
    some = frozenset(list(retriever.snapshot)[:2])
    found = retriever.search(Query("党费", some), 50)
    assert {hit.passage.document_id for hit in found} <= some
    assert retriever.search(Query("党费", frozenset({"nowhere"})), 5) == []


@pytest.mark.parametrize("question", ["", " \n\u3000", "党" * 2001])
def test_blank_and_long_questions_are_refused(shared: dict[str, Retriever], question: str) -> None:
    with pytest.raises(QueryError):
        shared["fused"].search(Query(question))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    "question", ["\0", "\ud800", "😀", "，", "ﷺ" * 1000, '"AND*:(', "\u202e\u0644"], ids=ascii
)
def test_hostile_questions(shared: dict[str, Retriever], mode: str, question: str) -> None:
    assert all(0 <= hit.score <= 1 for hit in shared[mode].search(Query(question), 5))


def test_k_below_one_finds_nothing(shared: dict[str, Retriever]) -> None:
    assert shared["fused"].search(Query("党费"), 0) == []


def test_coverage_and_idf(shared: dict[str, Retriever]) -> None:
    retriever = shared["fused"]
    assert retriever.coverage("如何交纳党费", "党员应当按月交纳党费。") == pytest.approx(1)
    assert retriever.coverage("如何交纳党费", "量子计算机") == 0
    assert 0 < retriever.coverage("两张皮和量子", "两张皮") < 1
    assert retriever.coverage("", "党费") == 0
    assert retriever.idf("gdp") > retriever.idf("党费") > 0
    assert "党费" in retriever.query_terms("如何交纳党费")


def test_facts_about_the_index(library: Library) -> None:
    retriever = retrieve(library)
    retriever.verify_files()
    assert retriever.snapshot == library.snapshot()
    assert retriever.passage_count == retriever.generation.table.count > len(TEXTS)
    assert len(retriever.generation_id) == 16


def test_passages_can_be_had_as_hits_without_a_search(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    retriever = retrieve(library)
    found = retriever.search(Query("党员交纳党费"), 3)
    monkeypatch.setattr(HashEmbedder, "embed_queries", lambda self, texts: pytest.fail("embedded again"))
    for hit in found:
        passage = hit.passage
        (same,) = retriever.at("党员交纳党费", passage.document_id, passage.span, 0.4)
        assert same.passage == passage
        assert same.score == 0.4
        assert same.sentence_similarities == hit.sentence_similarities
    assert retriever.at("党员交纳党费", "nobody", Span(0, 9), 0.4) == []
    assert retriever.at("党员交纳党费", found[0].passage.document_id, Span(10**6, 10**6 + 1), 0.4) == []


def test_reload_goes_over_to_the_new_index(library: Library) -> None:
    retriever = retrieve(library)
    assert not retriever.reload()
    identity = put(library, "党费", "党费改为按季度交纳。")
    build_generation(library, HashEmbedder(), ANALYZER, library.path.parent / "index")
    library.collect_garbage(kept_snapshots(library.path.parent / "index"))
    old = retriever.search(Query("党费", frozenset({identity})), 5)
    assert not any("季度" in hit.passage.text for hit in old)
    assert len(old) == 2
    assert retriever.reload()
    assert "季度" in retriever.search(Query("党费", frozenset({identity})), 5)[0].passage.text


def test_a_failed_reload_keeps_the_old_index(library: Library) -> None:
    retriever = retrieve(library)
    found = retriever.search(Query("党费"), 3)
    (library.path.parent / "index" / CURRENT).write_text("nonsense")
    with pytest.raises(IndexDamaged):
        retriever.reload()
    assert retriever.search(Query("党费"), 3) == found


def test_passages_that_the_library_lost_are_left_out(
    library: Library, caplog: pytest.LogCaptureFixture
) -> None:
    retriever = retrieve(library)
    identity = retriever.search(Query("党费"), 1)[0].passage.document_id
    library.remove(identity)
    library.collect_garbage()
    fresh = retrieve(library)
    assert identity not in {hit.passage.document_id for hit in fresh.search(Query("党费"), 10)}
    assert "不在资料库中" in caplog.text


def test_searches_and_reloads_at_once(library: Library) -> None:
    retriever = retrieve(library)
    problems: list[BaseException] = []
    stop = threading.Event()

    def search() -> None:
        try:
            while not stop.is_set():
                assert retriever.search(Query("两张皮"), 3)[0].passage.text
        except BaseException as error:
            problems.append(error)

    threads = [threading.Thread(target=search) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(5):
        put(library, "变化", f"第{number}次修改。")
        build_generation(library, HashEmbedder(), ANALYZER, library.path.parent / "index")
        assert retriever.reload()
    stop.set()
    for thread in threads:
        thread.join()
    assert not problems


@pytest.mark.parametrize(
    "options", [{"mode": "other"}, {"dense_weight": 2.0}, {"depth": 0}, {"fusion": "sum"}]
)
def test_nonsensical_settings_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        RetrieverSettings(**options)  # type: ignore[arg-type]
