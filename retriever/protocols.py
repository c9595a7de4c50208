"""The small interfaces behind which models and indexes can be exchanged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """Turns text into unit vectors. The same text gives the same vector, whatever else is in the batch."""

    @property
    def name(self) -> str:
        """What the model is called, for people."""

    @property
    def revision(self) -> str:
        """Changes whenever the vectors would change; part of the cache key and of the index's identity."""

    @property
    def dimension(self) -> int:
        """The length of a vector."""

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions: shape ``(len(texts), dimension)``, float32, rows of length 1."""

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of passages: shape ``(len(texts), dimension)``, float32, rows of length 1."""


class Reranker(Protocol):
    """Reads a question and a passage together. The same pair gives the same number, whatever else is asked with it."""

    @property
    def name(self) -> str:
        """What the model is called, for people."""

    @property
    def revision(self) -> str:
        """Changes whenever the numbers would change."""

    def corrections(self, question: str, passages: Sequence[tuple[str, str]]) -> list[float]:
        """What to add to the fused score of each passage to compare them; only differences mean something.

        A passage is a pair: title and headings, and the text. Raises ``RerankerError``.
        """

    def tokens(self, question: str, passage: tuple[str, str]) -> int:
        """How many tokens the model would read of the pair."""


class PassageIndex(Protocol):
    """One leg of a search: passages are known by their position in the generation, 0-based."""

    def search(self, query: str, k: int, allowed: frozenset[int] | None = None) -> list[tuple[int, float]]:
        """At most ``k`` pairs (position, score), best first, ties by position; only of ``allowed`` if given."""
