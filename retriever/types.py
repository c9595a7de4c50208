"""What goes into a search and what comes out."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.types import Passage


@dataclass(frozen=True, slots=True)
class Query:
    """A question to search for, with an optional restriction to documents (empty: all)."""

    text: str
    document_ids: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage and how well it answers the query.

    ``score`` orders the hits (higher is better; ties by passage id). ``lexical`` is the BM25 score and ``dense`` the
    cosine similarity of its own leg, ``None`` where that leg did not return the passage. ``sentence_similarities``
    holds the cosine of the query with each of ``passage.sentences``; empty where there are no sentence vectors.
    """

    passage: Passage
    score: float
    lexical: float | None = None
    dense: float | None = None
    sentence_similarities: tuple[float, ...] = ()
