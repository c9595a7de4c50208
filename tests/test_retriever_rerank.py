"""The second look: its order, what fits into its time, and what happens when a model is slow or fails."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.library import Library
from retriever.analyzer import Analyzer
from retriever.builder import build_generation
from retriever.errors import RerankerError
from retriever.rerank import RerankSettings, SecondLook
from retriever.search import Retriever
from retriever.types import Query
from tests.retriever_fakes import HashEmbedder, make_library

ANALYZER = Analyzer()


class FakeReranker:
    """Says of a text the number that stands in `said`, else 0; every token takes `token_ms` of its own clock."""

    name, revision = "fake", "1"

    def __init__(self, said: dict[str, float] | None = None, token_ms: float = 0.0) -> None:
        self.said, self.token_ms, self.now, self.fails = said or {}, token_ms, 0.0, False
        self.asked: list[tuple[str, list[tuple[str, str]]]] = []

    def corrections(self, question: str, passages: Sequence[tuple[str, str]]) -> list[float]:
        """As the protocol says."""
        if self.fails:
            raise RerankerError("坏了")
        self.asked.append((question, list(passages)))
        self.now += sum(self.tokens(question, one) for one in passages) * self.token_ms / 1000
        return [self.said.get(text, 0.0) for _, text in passages]

    def tokens(self, question: str, passage: tuple[str, str]) -> int:
        """As the protocol says."""
        return 10

    def clock(self) -> float:
        """Seconds."""
        return self.now


def look(reranker: FakeReranker, candidates: int = 16, milliseconds: float | None = None) -> SecondLook:
    return SecondLook(reranker, RerankSettings(candidates, milliseconds=milliseconds), reranker.clock)


def readings(count: int) -> list[tuple[str, tuple[str, ...]]]:
    return [("题", (str(number),)) for number in range(count)]


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(-1, 1)), max_size=30), st.integers(1, 20))
def test_the_first_are_ordered_by_the_sum_and_the_others_stay(
    rows: list[tuple[float, float]], count: int
) -> None:
    rows.sort(key=lambda row: -row[0])
    reranker = FakeReranker({str(number): row[1] for number, row in enumerate(rows)})
    order = look(reranker, count).order("问", readings(len(rows)), [row[0] for row in rows])
    assert sorted(order) == list(range(len(rows)))
    assert order[count:] == list(range(len(rows)))[count:]
    totals = [sum(rows[i]) for i in order[:count]]
    assert totals == sorted(totals, reverse=True)


def test_the_best_of_the_likest_sentences_counts() -> None:
    texts = ["交纳党费的比例由中央规定。", "党员应当按月交纳党费。", "会议由书记主持，每季度召开。"]
    reranker = FakeReranker({texts[1]: 0.2, texts[2]: 0.9})
    second = SecondLook(reranker, RerankSettings(sentences=2, milliseconds=None))
    assert second.read("党费交纳", [("题", texts), ("题", texts[:1])]) == [0.2, 0.0]
    ((_, asked),) = reranker.asked
    assert asked == [("题", texts[0]), ("题", texts[1])]


def test_equal_sums_stay_in_the_order_of_fusion() -> None:
    assert look(FakeReranker()).order("问", readings(5), [0.5] * 5) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("token_ms", "read"), [(0.01, 16), (1.0, 15), (2.0, 7), (2.5, 5), (4.0, 0), (100.0, 0)]
)
def test_as_many_are_read_as_fit_into_the_time(token_ms: float, read: int) -> None:
    reranker = FakeReranker({"4": 1.0}, token_ms)
    second = look(reranker, 16, 150.0)
    orders = [second.order(question, readings(20), [0.5] * 20) for question in ("问1", "问2", "问3")]
    assert orders[0] == orders[1] == orders[2]
    asked = [passages for question, passages in reranker.asked if question.startswith("问")]
    assert [len(passages) for passages in asked] == ([read] * 3 if read else [])
    assert (orders[0][0] == 4) == (read > 4)


def test_lasting_slowness_halves_the_number_at_most_twice() -> None:
    reranker = FakeReranker(token_ms=1.0)
    second = look(reranker, 16, 160.0)
    second.order("问", readings(16), [0.5] * 16)
    reranker.token_ms = 100.0
    for number in range(60):
        second.order(f"问{number}", readings(16), [0.5] * 16)
    counts = [len(passages) for question, passages in reranker.asked if question.startswith("问")]
    assert counts == [16] * 9 + [8] * 8 + [4] * (61 - 17)


def test_a_model_that_fails_leaves_fusion(caplog: pytest.LogCaptureFixture) -> None:
    reranker = FakeReranker({"1": 1.0})
    second = look(reranker)
    assert second.order("问", readings(2), [0.5, 0.4]) == [1, 0]
    reranker.fails = True
    assert second.order("又问", readings(2), [0.5, 0.4]) == [0, 1]
    assert second.sentences("又问", [("题", "1"), ("题", "2")]) == []
    assert "按原来的得分排列" in caplog.text


def test_what_was_read_of_a_question_is_not_read_again() -> None:
    reranker = FakeReranker({"1": 0.3, "9": 0.7})
    second = look(reranker)
    second.order("问", readings(3), [0.5] * 3)
    assert second.sentences("问", [("题", "1"), ("题", "9"), ("别题", "1")]) == [0.3, 0.7, 0.3]
    assert second.sentences("又问", [("题", "1"), ("题", "9")]) == [0.3, 0.7]
    assert [passages for _, passages in reranker.asked[1:]] == [
        [("题", "9"), ("别题", "1")],
        [("题", "1"), ("题", "9")],
    ]


def test_only_so_much_is_remembered() -> None:
    reranker = FakeReranker()
    second = look(reranker)
    for number in range(300):
        second.sentences("问", [("题", str(number)), ("题", "同")])
    second.sentences("问", [("题", "0"), ("题", "299")])
    assert reranker.asked[-1][1] == [("题", "0")]


@pytest.mark.parametrize(("token_ms", "read"), [(0.01, 10), (1.0, 7), (2.0, 3), (2.5, 0)])
def test_sentences_have_half_of_the_time(token_ms: float, read: int) -> None:
    second = look(FakeReranker(token_ms=token_ms), 16, 150.0)
    assert len(second.sentences("问", [("题", str(number)) for number in range(10)])) == read


@pytest.mark.parametrize("options", [{"candidates": 0}, {"milliseconds": 0.0}])
def test_nonsensical_settings_are_refused(options: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        RerankSettings(**options)


# --- in the retriever ---


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with make_library(tmp_path / "library.sqlite") as opened:
        build_generation(opened, HashEmbedder(), ANALYZER, tmp_path / "index")
        yield opened


def retrieve(library: Library, second: SecondLook | None = None) -> Retriever:
    folder = library.path.parent / "index"
    return Retriever.open(library, folder, HashEmbedder(), ANALYZER, second_look=second)


def test_hits_stand_in_the_new_order_with_the_scores_of_fusion(library: Library) -> None:
    plain = retrieve(library).search(Query("党员交纳党费"), 5)
    last = plain[-1].passage
    reranker = FakeReranker({last.text: 2.0})
    hits = retrieve(library, look(reranker)).search(Query("党员交纳党费"), 5)
    assert hits[0].passage == last
    assert [hit.score for hit in hits] == [hit.score for hit in plain]
    assert [hit.passage.id for hit in hits[1:]] == [hit.passage.id for hit in plain[:-1]]


def test_a_passage_beyond_k_can_come_first(library: Library) -> None:
    plain = retrieve(library).search(Query("党员交纳党费"), 5)
    reranker = FakeReranker({plain[3].passage.text: 2.0})
    assert retrieve(library, look(reranker)).search(Query("党员交纳党费"), 1)[0].passage == plain[3].passage


def test_a_search_can_forgo_it(library: Library) -> None:
    reranker = FakeReranker()
    hits = retrieve(library, look(reranker)).search(Query("党员交纳党费"), 3, look_again=False)
    assert hits == retrieve(library).search(Query("党员交纳党费"), 3)
    assert reranker.asked == []


def test_the_model_reads_titles_and_headings(library: Library) -> None:
    reranker = FakeReranker()
    retrieve(library, look(reranker)).search(Query("党员交纳党费"), 3)
    ((question, passages),) = reranker.asked
    assert question == "党员交纳党费"
    assert ("党费办法 › 关于党费", "党员应当按月交纳党费。") in passages


def test_sentences_are_read_behind_titles_and_headings(library: Library) -> None:
    reranker = FakeReranker({"每月一日交。": 0.4})
    retriever = retrieve(library, look(reranker))
    passage = retriever.search(Query("党员交纳党费"), 1, look_again=False)[0].passage
    assert retriever.read("何时交", [(passage, "每月一日交。"), (passage, "别的。")]) == [0.4, 0.0]
    assert reranker.asked[0][1][0] == ("党费办法 › 关于党费", "每月一日交。")
    assert retrieve(library).read("何时交", [(passage, "每月一日交。")]) == []
