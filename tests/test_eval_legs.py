"""Scores of every field by themselves: put together with weights, they rank as the retriever does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.datasets import read_dataset
from eval.legs import FIELDS, Asked, Gatherer, gains
from eval.systems import Workbench, make
from retriever.lexical import LexicalSettings
from retriever.search_settings import RetrieverSettings
from retriever.training.measure import ndcg
from tests.eval_fakes import write_beir
from tests.retriever_fakes import HashEmbedder


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    made = Workbench(read_dataset(write_beir(tmp_path / "set")), tmp_path / "cache", embedder=HashEmbedder())
    yield made
    made.close()


@pytest.mark.parametrize(
    ("share", "grams", "title", "path", "phrase"),
    [
        (0.0, 0.5, 0.3, 0.3, 0.3),
        (0.6, 0.5, 0.3, 0.3, 0.3),
        (0.4, 2.0, 0.0, 1.0, 1.2),
        (1.0, 0.0, 0.0, 0.0, 0.0),
    ],
)
def test_gains_are_those_of_the_retriever(
    bench: Workbench, share: float, grams: float, title: float, path: float, phrase: float
) -> None:
    lexical = LexicalSettings(grams=grams, title=title, path=path, phrase=phrase)
    system = make("fused", bench, RetrieverSettings(dense_weight=share, lexical=lexical))
    gatherer, dataset = Gatherer(bench), bench.dataset
    for name, text in dataset.queries.items():
        found = gains(gatherer.ask(name), np.array([[1.0, grams, title, path, phrase]]), np.array([share]))
        ranking = [document for document, _ in system.search(text, 10)]
        assert found[0] == pytest.approx(ndcg(ranking, dataset.qrels[name]))


def asked(
    cosines: list[float], starts: list[int], relevant: tuple[tuple[int, int], ...], ideal: float
) -> Asked:
    """A question that words say nothing of."""
    nothing = np.zeros((1 + len(FIELDS), len(cosines)))
    return Asked("q", nothing, nothing[:, 0], np.array(cosines), np.array(starts), relevant, ideal)


def test_a_document_stands_where_its_best_passage_does_and_ties_go_by_order() -> None:
    weights, share = np.ones((1, 1 + len(FIELDS))), np.ones(1)
    best_of_two = asked([0.1, 0.9, 0.5], [0, 2], ((0, 1),), 1.0)
    assert gains(best_of_two, weights, share)[0] == 1.0
    tied = asked([0.5, 0.5], [0, 1], ((1, 1),), 1.0)
    assert gains(tied, weights, share)[0] == pytest.approx(1 / np.log2(3))
    assert gains(asked([0.5], [0], (), 1.0), weights, share)[0] == 0.0


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2)), min_size=1, max_size=20))
def test_gains_are_ndcg(rows: list[tuple[int, int]]) -> None:
    grades = {str(number): grade for number, (_, grade) in enumerate(rows)}
    order = sorted(range(len(rows)), key=lambda number: (-rows[number][0], number))
    relevant = tuple((number, grade) for number, (_, grade) in enumerate(rows) if grade)
    best = sum(g / np.log2(i + 2) for i, g in enumerate(sorted(grades.values(), reverse=True)[:10]))
    question = asked([float(score) for score, _ in rows], list(range(len(rows))), relevant, best)
    found = gains(question, np.ones((1, 1 + len(FIELDS))), np.ones(1))[0]
    assert found == pytest.approx(ndcg([str(number) for number in order], grades))
