"""The retriever: a question to ranked passages.

Both legs are asked for their best, each passage that either found gets its exact score in both, and the
scores are put on scales that do not depend on the other hits (the share of the greatest possible BM25, the
cosine above that of unrelated texts) before they are averaged. So a score says the same from one question to
the next. A reranker, where there is one, then reads the first of the ranking again (see ``rerank``).
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ingest.errors import DocumentNotFound
from ingest.normal import simplify
from ingest.sentences import split_sentences
from ingest.types import Document, Passage, Span
from retriever.analyzer import Analyzer
from retriever.errors import QueryError
from retriever.fusion import calibrated_cosine, convex_combination, ranked, reciprocal_rank_fusion
from retriever.generation import Generation, current_directory, open_generation
from retriever.protocols import Embedder
from retriever.rerank import SecondLook
from retriever.search_settings import RetrieverSettings
from retriever.thesaurus import in_writing, written
from retriever.types import Hit, Query

_LOG = logging.getLogger(__name__)

Scores = dict[int, float]

_LONG_QUESTION = 60
"""Characters; a longer one says in several ways what it is about, and takes long to embed twice."""


class PassageStore(Protocol):
    """What searching needs of the library."""

    def passages(self, document_id: str, revision: int | None = None) -> tuple[Passage, ...]:
        """The passages of a document in a revision; raises ``DocumentNotFound``."""

    def document(self, document_id: str, revision: int | None = None) -> Document:
        """A document in a revision; raises ``DocumentNotFound``."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What the legs say: raw scores by position and the fused ones."""

    lexical: Scores
    dense: Scores
    fused: Scores
    vector: NDArray[np.float32] | None


class Retriever:
    """Searches one index generation; safe to share between threads. Close to stateless: see ``reload``."""

    def __init__(
        self,
        library: PassageStore,
        generation: Generation,
        embedder: Embedder,
        analyzer: Analyzer,
        settings: RetrieverSettings | None = None,
        second_look: SecondLook | None = None,
    ) -> None:
        self._library = library
        self._generation = generation
        self._embedder = embedder
        self._analyzer = analyzer
        self._settings = settings or RetrieverSettings()
        self._second_look = second_look
        self._last_vector: tuple[Generation, str, NDArray[np.float32]] | None = None
        self._passages = lru_cache(maxsize=128)(library.passages)
        self._titles = lru_cache(maxsize=1024)(
            lambda i, revision: library.document(i, revision).metadata.title
        )

    @classmethod
    def open(
        cls,
        library: PassageStore,
        index_dir: Path,
        embedder: Embedder,
        analyzer: Analyzer,
        settings: RetrieverSettings | None = None,
        second_look: SecondLook | None = None,
    ) -> Retriever:
        """A retriever on the generation in use. Raises a ``GenerationError``."""
        settings = settings or RetrieverSettings()
        generation = open_generation(
            index_dir, embedder=embedder, analyzer=analyzer, lexical=settings.lexical, dense=settings.dense
        )
        return cls(library, generation, embedder, analyzer, settings, second_look)

    @property
    def generation(self) -> Generation:
        """The generation that searches use."""
        return self._generation

    @property
    def embedder(self) -> Embedder:
        """The model that queries are embedded with."""
        return self._embedder

    def reload(self) -> bool:
        """Go over to the generation now in use; whether it is another one. Searches under way keep the old
        one.

        Raises a ``GenerationError`` and stays with the old one where the new one cannot be opened.
        """
        old = self._generation
        if current_directory(old.directory.parent)[0] == old.directory:
            return False
        new = open_generation(
            old.directory.parent,
            embedder=self._embedder,
            analyzer=self._analyzer,
            lexical=self._settings.lexical,
            dense=self._settings.dense,
        )
        self._generation = new
        return True

    def verify_files(self) -> None:
        """Compare every file of the index with its checksum; raises ``IndexDamaged``."""
        self._generation.verify()

    @property
    def generation_id(self) -> str:
        """The name of the generation that searches use; it follows from its content."""
        return self._generation.manifest.generation

    @property
    def snapshot(self) -> dict[str, int]:
        """The revisions of the documents that the generation was built from, by document id."""
        return dict(self._generation.manifest.snapshot)

    @property
    def passage_count(self) -> int:
        """How many passages are indexed."""
        return self._generation.table.count

    def search(self, query: Query, k: int = 10, *, look_again: bool = True) -> list[Hit]:
        """The best ``k`` passages, score descending, then passage id. Scores lie in [0, 1].

        After a second look, which ``look_again`` may forgo, the hits stand in its order, and the scores that fusion
        gave are dealt out anew, the greatest to the first: what a score says of the whole finding stays the same.

        Raises ``QueryError`` for a question that is blank or too long, or holds nothing to search for.
        """
        self._check(query.text)
        generation = self._generation
        allowed = generation.table.positions(query.document_ids) if query.document_ids else None
        if k < 1 or not generation.table.count or (allowed is not None and not allowed):
            return []
        second_look = self._second_look if look_again else None
        wanted = max(k, second_look.settings.candidates) if second_look else k
        found = self._find(generation, query.text, max(wanted, self._settings.depth), allowed)
        order = ranked(found.fused)
        if len(order) > wanted:  # ties at the end go by passage id, so all of them are looked at
            last = order[wanted - 1][1]
            order = [pair for pair in order if pair[1] >= last]
        hits = [hit for position, score in order if (hit := self._hit(generation, found, position, score))]
        hits = sorted(hits, key=lambda hit: (-hit.score, hit.passage.id))[:wanted]
        return (self._looked_again(second_look, generation, query.text, hits) if second_look else hits)[:k]

    def at(self, question: str, document_id: str, span: Span, score: float) -> list[Hit]:
        """The passages of a document that ``span`` touches, as hits for a question, with a score that no search gave them."""
        generation = self._generation
        positions = generation.table.positions([document_id])
        if not positions:
            return []
        vector = None if self._settings.mode == "lexical" else self._question_vector(generation, question)
        passages = self._passages(document_id, generation.manifest.snapshot.get(document_id))
        return [
            Hit(passage, score, sentence_similarities=self._similarities(generation, position, vector))
            for position, passage in zip(sorted(positions), passages, strict=False)
            if passage.span.overlaps(span)
        ]

    def _looked_again(
        self, second_look: SecondLook, generation: Generation, text: str, hits: list[Hit]
    ) -> list[Hit]:
        first = hits[: second_look.settings.candidates]
        readings = [(self._place(generation, hit.passage), _sentences(hit.passage)) for hit in first]
        scores = [hit.score for hit in first]
        order = second_look.order(text, readings, scores)
        again = [replace(first[i], score=score) for i, score in zip(order, scores, strict=True)]
        return [*again, *hits[len(first) :]]

    def read(self, question: str, sentences: Sequence[tuple[Passage, str]]) -> list[float]:
        """What the second look says of sentences of passages, of the first ones as many as there is time for; empty without one."""
        if self._second_look is None:
            return []
        generation = self._generation
        return self._second_look.sentences(
            question, [(self._place(generation, passage), text) for passage, text in sentences]
        )

    def _place(self, generation: Generation, passage: Passage) -> str:
        """Title and headings; without the title where the library no longer has the document."""
        try:
            title = self._titles(passage.document_id, generation.manifest.snapshot.get(passage.document_id))
        except DocumentNotFound:
            title = ""
        return " › ".join(part for part in (title, *passage.path) if part)

    def query_terms(self, question: str) -> list[str]:
        """The content terms of a question, as the index knows them."""
        return self._analyzer.query_terms(question)

    def idf(self, term: str) -> float:
        """How rare a term is in the corpus: BM25's inverse document frequency, at least 0."""
        return self._generation.lexical.idf(term)

    def coverage(self, question: str, text: str) -> float:
        """The share of the question's content terms, weighted by rarity, that ``text`` has: in [0, 1]."""
        lexical = self._generation.lexical
        weights = {term: lexical.idf(term) for term in self._analyzer.query_terms(question)}
        total = sum(weights.values())
        present = set(self._analyzer.index_terms(text))
        return sum(weight for term, weight in weights.items() if term in present) / total if total else 0.0

    def _check(self, text: str) -> None:
        if not text.strip():
            raise QueryError("问题是空的，请输入要查找的内容。")
        if len(text) > self._settings.longest_query:
            raise QueryError(f"问题太长（{len(text)} 字），请缩短到 {self._settings.longest_query} 字以内。")

    def _find(self, generation: Generation, text: str, depth: int, allowed: frozenset[int] | None) -> _Found:
        mode = self._settings.mode
        lexical: Scores = {}
        dense: Scores = {}
        vector = self._question_vector(generation, text) if mode != "lexical" else None
        if mode != "dense":
            lexical = dict(generation.lexical.search(text, depth, allowed))
        if vector is not None:
            dense = dict(generation.dense.search(vector, depth, allowed))
        if mode == "fused" and self._settings.fusion == "rrf":
            fused = reciprocal_rank_fusion([ranked(lexical), ranked(dense)], self._weights)
            return _Found(lexical, dense, fused, vector)
        if mode == "fused" and vector is not None:
            _complete(generation, text, vector, lexical, dense)
        return _Found(lexical, dense, self._combine(generation, text, lexical, dense), vector)

    def question_vector(self, question: str) -> NDArray[np.float32]:
        """The vector that a question is searched for with, (dimension,), of unit length."""
        return self._question_vector(self._generation, question)

    def _question_vector(self, generation: Generation, question: str) -> NDArray[np.float32]:
        """The vector of the question in this generation; the last one made is remembered."""
        known = self._last_vector
        if known is None or known[0] is not generation or known[1] != question:
            self._last_vector = known = (generation, question, self._embedded(generation, question))
        return known[2]

    def _embedded(self, generation: Generation, question: str) -> NDArray[np.float32]:
        text = simplify(question)
        share = self._settings.written_share
        short = share and len(text) <= _LONG_QUESTION
        words = written(text, self._analyzer, generation.lexical.occurs) if short else {}
        vectors = self._embedder.embed_queries(list(dict.fromkeys((text, in_writing(text, words)))))
        mixed = vectors[0] if len(vectors) == 1 else (1 - share) * vectors[0] + share * vectors[1]
        length = float(np.linalg.norm(mixed))
        return np.asarray(mixed / length if length else mixed, np.float32)

    @property
    def _weights(self) -> tuple[float, float]:
        share = {"lexical": 0.0, "dense": 1.0, "fused": self._settings.dense_weight}[self._settings.mode]
        return 1 - share, share

    def _combine(self, generation: Generation, text: str, lexical: Scores, dense: Scores) -> Scores:
        bound = generation.lexical.bound(text) or 1.0
        chosen = self._settings.unrelated
        unrelated = generation.manifest.unrelated if chosen is None else chosen
        return convex_combination(
            [
                {position: min(1.0, score / bound) for position, score in lexical.items()},
                {position: calibrated_cosine(score, unrelated) for position, score in dense.items()},
            ],
            self._weights,
        )

    def _hit(self, generation: Generation, found: _Found, position: int, score: float) -> Hit | None:
        passage = self._passage(generation, position)
        if passage is None:
            return None
        return Hit(
            passage=passage,
            score=score,
            lexical=found.lexical.get(position),
            dense=found.dense.get(position),
            sentence_similarities=self._similarities(generation, position, found.vector),
        )

    def _similarities(
        self, generation: Generation, position: int, vector: NDArray[np.float32] | None
    ) -> tuple[float, ...]:
        return () if vector is None else generation.sentences.similarities(position, vector)

    def _passage(self, generation: Generation, position: int) -> Passage | None:
        """The passage as it was when the index was built; ``None`` where the library no longer has it."""
        document_id, revision, ordinal = generation.table.locate(position)
        try:
            return self._passages(document_id, revision)[ordinal]
        except (DocumentNotFound, IndexError):
            _LOG.warning("索引里的段落不在资料库中：文档 %s 第 %s 版第 %s 段", document_id, revision, ordinal)
            return None


def _sentences(passage: Passage) -> list[str]:
    """The sentences of a passage, found anew where it does not tell them."""
    if not passage.sentences:
        return [span.of(passage.text) for span in split_sentences(passage.text)]
    offset = passage.span.start
    return [passage.text[span.start - offset : span.end - offset] for span in passage.sentences]


def _complete(
    generation: Generation, text: str, vector: NDArray[np.float32], lexical: Scores, dense: Scores
) -> None:
    """Give every passage that one leg found its score in the other leg too."""
    if missing := frozenset(dense.keys() - lexical.keys()):
        lexical.update(generation.lexical.search(text, len(missing), missing))
    if missing := frozenset(lexical.keys() - dense.keys()):
        dense.update(generation.dense.search(vector, len(missing), missing))
