"""The library at one moment: the documents that may speak on a day, searched, read and cited."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from ingest.errors import DocumentNotFound
from ingest.families import title_of
from ingest.types import Document, Passage, Span
from retriever.analyzer import Analyzer
from retriever.lexical import LexicalIndex
from retriever.types import Hit
from service.answering.compose import Point, cite
from service.answering.question import Question
from service.answering.units import UnitMaker
from service.scope import Scope
from service.types import Citation


@dataclass(frozen=True, slots=True)
class View:
    """What one index generation holds, as ``scope`` allows.

    ``find`` gives the best so many passages for a text, ``understand`` takes a question apart, ``strength`` says how far
    the library answers it, in [0, 1].
    ``document`` and ``passages`` give a document of the generation by id and raise DocumentNotFound.
    """

    scope: Scope
    analyzer: Analyzer
    lexical: LexicalIndex
    find: Callable[[str, int], list[Hit]]
    understand: Callable[[str], Question]
    strength: Callable[[str], float]
    document: Callable[[str], Document]
    passages: Callable[[str], tuple[Passage, ...]]

    def titles(self) -> list[tuple[str, str]]:
        """(id, title) of all documents that may speak."""
        return [(record.id, title_of(record)) for side in self.scope.records for record in side]

    def known(self, document_id: str) -> Document | None:
        """A document by id, ``None`` where the generation does not have it."""
        try:
            return self.document(document_id)
        except DocumentNotFound:
            return None

    def maker(self, question: Question) -> UnitMaker:
        """What makes evidence units for ``question`` of passages found."""
        return UnitMaker(question, self.analyzer, self.lexical, self.document)

    def cite(self, point: Point, number: int = 1) -> Citation | None:
        """The citation of what ``point`` shows, with its document's standing on the day; ``None`` where it does not hold."""
        citation = cite(point, number)
        if citation is None:
            return None
        return replace(citation, status=self.scope.standing(citation.document_id).status)

    def point_at(self, document: Document, span: Span, score: float = 1.0) -> Point:
        """``span`` of ``document`` as a point: under its headings, within the passages that it touches."""
        around = [p for p in self.passages(document.id) if p.span.overlaps(span)]
        path = next((p.path for p in around if p.path), ())
        start = min([span.start, *(p.span.start for p in around)])
        end = max([span.end, *(p.span.end for p in around)])
        return Point(document, span, path, Span(start, end), score)
