"""Baselines in the box: plain BM25 over character pairs or over jieba's words.

BM25 as Lucene has it (Robertson and Zaragoza 2009; idf = ln(1 + (N − n + 0.5) / (n + 0.5)), k1 = 1.2, b = 0.75), with
the weights worked out when the index is built (Lù 2024), so that a search adds up columns.
"""

from __future__ import annotations

import itertools
import math
import re
import tempfile
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

_K1, _B = 1.2, 0.75
_RUN = re.compile(r"[a-z0-9]+|[^\W_a-z0-9]+")

Tokenizer = Callable[[str], list[str]]


def character_pairs(text: str) -> list[str]:
    """Pairs of neighbouring 汉字 (a lone one stays), Latin words and numbers whole, in lower case."""
    found: list[str] = []
    for run in _RUN.findall(text.lower()):
        if run.isascii() or len(run) == 1:
            found.append(run)
        else:
            found.extend(first + second for first, second in itertools.pairwise(run))
    return found


def jieba_words() -> Tokenizer:
    """jieba as it comes: its own dictionary, no stop words; punctuation dropped, lower case."""
    import logging
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # jieba's own
        import jieba
    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    with (
        tempfile.TemporaryDirectory() as folder
    ):  # not the cache in the shared folder, which anybody may write
        tokenizer.tmp_dir = folder
        tokenizer.initialize()
    return lambda text: [
        word for word in tokenizer.lcut(text.lower()) if any(char.isalnum() for char in word)
    ]


class Bm25:
    """An index of documents known by their position, 0-based."""

    def __init__(self, texts: Iterable[str], tokenize: Tokenizer) -> None:
        self._tokenize = tokenize
        counts = [Counter(tokenize(text)) for text in texts]
        lengths = np.array([sum(count.values()) for count in counts], dtype=np.float64)
        average = float(lengths.mean()) if len(lengths) and lengths.any() else 1.0
        norms = _K1 * (1 - _B + _B * lengths / average)
        postings: dict[str, tuple[array[int], array[float]]] = {}
        for position, count in enumerate(counts):
            for term, frequency in count.items():
                places, weights = postings.setdefault(term, (array("i"), array("f")))
                places.append(position)
                weights.append(frequency * (_K1 + 1) / (frequency + norms[position]))
        self.count = len(counts)
        self._postings = {term: self._column(*columns) for term, columns in postings.items()}

    def _column(
        self, places: array[int], weights: array[float]
    ) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        idf = math.log(1 + (self.count - len(places) + 0.5) / (len(places) + 0.5))
        return np.array(places, dtype=np.int32), np.array(weights, dtype=np.float32) * np.float32(idf)

    @property
    def size(self) -> int:
        """Bytes of postings and vocabulary."""
        return sum(
            len(term.encode("utf-8")) + places.nbytes + weights.nbytes
            for term, (places, weights) in self._postings.items()
        )

    def search(self, query: str, k: int) -> list[tuple[int, float]]:
        """At most ``k`` pairs (position, score), best first, ties by position; only documents that share a term."""
        scores = np.zeros(self.count, dtype=np.float32)
        for term in self._tokenize(query):
            if (column := self._postings.get(term)) is not None:
                scores[column[0]] += column[1]
        return best(scores, k)


def best(scores: NDArray[np.float32], k: int) -> list[tuple[int, float]]:
    """The ``k`` greatest scores above 0 as (position, score), best first, ties by position."""
    if k < len(scores):
        threshold = np.partition(scores, -k)[-k]
        candidates: Sequence[int] = np.flatnonzero((scores >= threshold) & (scores > 0)).tolist()
    else:
        candidates = np.flatnonzero(scores > 0).tolist()
    pairs = [(position, float(scores[position])) for position in candidates]
    return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))[:k]
