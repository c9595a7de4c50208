"""What each lexical field and the vectors say of a question's candidates, so that weights can be tried without searching.

BM25 is a weighted sum over fields, and so is its bound: with the scores of every field by itself, any weighting of fields and
of the two legs is a product of matrices. Candidates are what the settings in use find, and what words, character pairs
and vectors find alone; one that only another weighting would have brought into its first hundred is not among them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from eval import systems
from eval.retrieval import DEPTH
from retriever.fusion import calibrated_cosine
from retriever.generation import LEXICAL, Generation
from retriever.lexical import LexicalIndex, LexicalSettings

if TYPE_CHECKING:
    from retriever.search import Retriever

FIELDS = ("grams", "title", "path", "phrase")
"""The fields whose weights are tried. Only ratios matter, so ``words`` stays 1; ``address`` and ``name`` go with it."""

_WORDS = LexicalSettings(words=1.0, grams=0.0, title=0.0, path=0.0, phrase=0.0)

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of a set: F fields (the words first), P passages, D documents.

    ``fields`` (F, P) are lexical scores, ``bounds`` (F,) what no passage can exceed, ``cosines`` (P,) calibrated. Passages
    stand document by document, ``starts`` (D,) says where each begins. ``relevant`` are (document, grade) of those that
    were found, ``ideal`` the discounted gain of the best order of all that there are.
    """

    name: str
    fields: Floats
    bounds: Floats
    cosines: Floats
    starts: NDArray[np.int64]
    relevant: tuple[tuple[int, int], ...]
    ideal: float


class Gatherer:
    """Asks the questions of one data set."""

    def __init__(self, bench: systems.Workbench) -> None:
        from retriever.analyzer import Analyzer

        self._retriever: Retriever = systems.open_retriever(bench)
        self._depth = DEPTH * bench.store.parts
        self._qrels = bench.dataset.qrels
        self._queries = bench.dataset.queries
        folder, analyzer = self.generation.directory / LEXICAL, Analyzer()
        alone = [_WORDS, *(replace(_WORDS, **{name: 1.0}) for name in FIELDS)]
        self._legs = [LexicalIndex(folder, analyzer, settings) for settings in alone]

    @property
    def generation(self) -> Generation:
        """What is searched."""
        return self._retriever.generation

    def ask(self, name: str) -> Asked:
        """The scores of the question called ``name``."""
        text = self._queries[name]
        vector = self._retriever.question_vector(text)
        words, grams = self._legs[0], self._legs[1 + FIELDS.index("grams")]
        lexical = [leg.search(text, self._depth) for leg in (self.generation.lexical, words, grams)]
        dense = self.generation.dense.search(vector, self._depth)
        found = frozenset(position for pairs in (*lexical, dense) for position, _ in pairs)
        located = {position: self.generation.table.locate(position)[0] for position in found}
        order = sorted(found, key=lambda position: (f"{located[position]}-", position))
        cosines = dict(self.generation.dense.search(vector, len(order), found))
        return Asked(
            name,
            _apart([_column(dict(leg.search(text, len(order), found)), order) for leg in self._legs]),
            _apart([np.array([leg.bound(text)]) for leg in self._legs])[:, 0],
            np.array([calibrated_cosine(cosines[p], self.generation.manifest.unrelated) for p in order]),
            *_grouped([located[position] for position in order], self._qrels[name]),
        )


def _column(scores: Mapping[int, float], order: Sequence[int]) -> Floats:
    return np.array([scores.get(position, 0.0) for position in order], dtype=np.float64)


def _apart(sums: Sequence[Floats]) -> Floats:
    """Rows of words, and of words with one more field, as rows of each field by itself."""
    rows = np.stack(sums)
    rows[1:] -= rows[0]
    return np.where(np.abs(rows) < 1e-5, 0.0, rows)  # single precision leaves a rest


def _grouped(
    documents: Sequence[str], grades: Mapping[str, int]
) -> tuple[NDArray[np.int64], tuple[tuple[int, int], ...], float]:
    """``starts``, ``relevant`` and ``ideal`` of documents that stand together, and of what is relevant."""
    names = list(dict.fromkeys(documents))
    starts = np.array([documents.index(name) for name in names], dtype=np.int64)
    relevant = tuple((number, grades[name]) for number, name in enumerate(names) if grades.get(name, 0) > 0)
    best = sorted((grade for grade in grades.values() if grade > 0), reverse=True)[:10]
    return starts, relevant, sum(grade / math.log2(rank + 2) for rank, grade in enumerate(best))


def gains(asked: Asked, weights: Floats, shares: Floats) -> Floats:
    """nDCG@10 of one question for C settings: field weights (C, F) and the vectors' shares (C,), as the retriever ranks.

    A document stands where the best of its passages stands; ties go by the documents' ids.
    """
    if not asked.relevant:
        return np.zeros(len(shares))
    bounds = weights @ asked.bounds
    words = np.minimum(1.0, weights @ asked.fields / np.where(bounds > 0, bounds, 1.0)[:, None])
    scores = (1 - shares)[:, None] * words + shares[:, None] * asked.cosines
    best = np.maximum.reduceat(scores, asked.starts, axis=1)
    total = np.zeros(len(shares))
    for number, grade in asked.relevant:
        own = best[:, number : number + 1]
        rank = (best > own).sum(axis=1) + (best[:, :number] == own).sum(axis=1)
        total += np.where(rank < 10, grade / np.log2(rank + 2), 0.0)
    return total / asked.ideal
