"""The assistant: everything that the command line, the API and the page ask for, over one library and one index."""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache, partial

from ingest.comparison import Change, compare
from ingest.errors import DocumentNotFound
from ingest.families import title_of
from ingest.library import DocumentRecord, Library
from ingest.metadata import display_title
from ingest.standing import Standings
from ingest.types import Document, Span
from retriever.aliases import in_full
from retriever.analyzer import Analyzer
from retriever.errors import GenerationError
from retriever.generation import Generation
from retriever.search import Retriever
from retriever.types import Hit, Query
from service.answering.answerer import Answerer, Draft
from service.answering.articles import Address, find_regulation, place_in
from service.answering.compose import Point
from service.answering.differences import difference_points, differences_note
from service.answering.question import Question, understand
from service.answering.reach import Reach
from service.errors import QuestionError
from service.scope import Catalogue, Filters, History, Scope, scope_of
from service.settings import Settings
from service.types import Answer, Kind, Status

__all__ = ["Assistant", "Filters"]

_DEPTH = 16
"""How many passages the answerer looks at."""

_LOOK_EVERY = 2.0
"""Seconds between looks at whether another process has made a newer index."""

logger = logging.getLogger(__name__)


class Assistant:
    """Answers questions and shows documents. Safe to share between threads; ``close`` when done."""

    def __init__(
        self,
        library: Library,
        retriever: Retriever,
        analyzer: Analyzer,
        settings: Settings,
        today: Callable[[], date] = date.today,
    ) -> None:
        self.library = library
        self.retriever = retriever
        self.analyzer = analyzer
        self.settings = settings
        self._today = today
        self._remembered = lru_cache(maxsize=64)(library.document)
        self._catalogues: dict[str, Catalogue] = {}
        self._looked = time.monotonic()
        self._looking = threading.Lock()

    def close(self) -> None:
        """Close the library."""
        self.library.close()

    @property
    def generation(self) -> Generation:
        """The index in use: the newest, looked for every few seconds."""
        if time.monotonic() - self._looked > _LOOK_EVERY and self._looking.acquire(blocking=False):
            try:
                self._looked = time.monotonic()
                self.retriever.reload()
            except GenerationError as error:
                logger.error("the newer index cannot be opened, the old one stays in use: %s", error)
            finally:
                self._looking.release()
        return self.retriever.generation

    def check_question(self, text: str) -> str:
        """``text`` ready to be asked; raises QuestionError where it is empty or too long."""
        cleaned = text.encode("utf-8", "replace").decode("utf-8").replace("\0", "").strip()
        limit = self.settings.question_characters
        if not cleaned:
            raise QuestionError("问题是空的。请输入要查询的内容。")
        if len(cleaned) > limit:
            raise QuestionError(f"问题太长：{len(cleaned)} 字，最多 {limit} 字。请缩短后再问。")
        return cleaned

    def search(self, text: str, k: int, filters: Filters = Filters()) -> list[Hit]:
        """The best ``k`` passages for ``text``, in force or not."""
        cleaned = self.check_question(text)
        ids = frozenset(r.id for r in self.documents() if filters.allows(r)) if filters else None
        return self._search(cleaned, ids, k)

    def ask(self, text: str, filters: Filters = Filters(), conversation_id: str = "") -> Answer:
        """The answer to ``text``; raises QuestionError where it cannot be asked."""
        started = time.perf_counter()
        generation = self.generation
        cleaned = self.check_question(text)
        scope = scope_of(cleaned, self.catalogue(generation), filters, filters.as_of or self._today())
        question = self._understand(generation, cleaned, scope)
        sides = {name: self._search(question.text, ids, _DEPTH) for name, ids in scope.sides.items()}
        searched = time.perf_counter()
        draft = self._draft(generation, scope, question, sides)
        done = time.perf_counter()
        timings = {"search": searched - started, "compose": done - searched, "total": done - started}
        return Answer(
            text,
            draft.status,
            question.kind,
            draft.text,
            draft.claims,
            tuple(replace(c, status=scope.standing(c.document_id).status) for c in draft.citations),
            draft.evidence,
            conversation_id or uuid.uuid4().hex,
            draft.suggestions,
            {name: round(seconds * 1000, 2) for name, seconds in timings.items()},
            draft.notes,
        )

    def _understand(self, generation: Generation, text: str, scope: Scope) -> Question:
        """The question without the words that name versions, which choose documents and are not searched for."""
        asked = in_full(scope.named.text, generation.lexical.occurs)
        question = understand(asked, self.analyzer)
        if scope.named.versions:  # their years have chosen the documents: sentences need not have them
            question = replace(question, named=tuple(n for n in question.named if not n.isdecimal()))
        return (
            replace(question, kind=Kind.COMPARE) if scope.named.compare and not question.address else question
        )

    def _draft(
        self, generation: Generation, scope: Scope, question: Question, sides: Mapping[str, list[Hit]]
    ) -> Draft:
        """What the hits of each side carry, with what is to be said of texts that do not hold on the day."""
        answerer = self._answerer(generation, scope)
        if scope.named.compare and not scope.named.topic and not question.address:
            draft = answerer.show(question, self._differing(scope))
        elif scope.named.compare:
            draft = answerer.compare(question, sides)
        else:
            draft = answerer.answer(question, sides[""])
        if draft.status is Status.NOT_FOUND and scope.silent:
            notes = self._elsewhere(generation, scope, question)
        else:
            notes = scope.notes([citation.document_id for citation in draft.citations])
        if scope.named.compare:
            a, b = scope.compared
            notes = (*notes, differences_note(self.differences(a, b), a, b))
        return replace(draft, notes=(*draft.notes, *notes))

    def _differing(self, scope: Scope) -> list[Point]:
        """What is new and what is gone between the versions compared, where the question asks about nothing in particular."""
        old, new = (self.document(identity) for identity in scope.compared)
        labels = tuple(scope.sides)
        return difference_points(old, new, self.differences(old.id, new.id), labels, self.settings.points)

    def _elsewhere(self, generation: Generation, scope: Scope, question: Question) -> tuple[str, ...]:
        """Which of the texts that were left out would have answered."""
        left_out = replace(scope, sides={"": scope.silent})
        hits = self._search(question.text, scope.silent, _DEPTH)
        found = self._answerer(generation, left_out).answer(question, hits)
        return scope.elsewhere([citation.document_id for citation in found.citations])

    def document(self, document_id: str) -> Document:
        """A document as the index in use knows it; raises DocumentNotFound."""
        return self._document(self.generation, document_id)

    def title(self, document_id: str) -> str:
        """What to call a document."""
        return display_title(self.document(document_id))

    def history(self, document_id: str) -> History:
        """What a document is today, and the other versions of it; an empty one for what is no regulation."""
        return self.catalogue(self.generation).history(document_id, self._today())

    def differences(self, a: str, b: str) -> tuple[Change, ...]:
        """What differs between two documents; raises DocumentNotFound."""
        return compare(self.document(a).text, self.document(b).text)

    def documents(self) -> list[DocumentRecord]:
        """The documents that the index in use covers, in the library's order."""
        covered = self.generation.manifest.snapshot
        return [record for record in self.library.records() if record.id in covered]

    def _document(self, generation: Generation, document_id: str) -> Document:
        revision = generation.manifest.snapshot.get(document_id)
        if revision is None:
            raise DocumentNotFound(
                f"没有编号为 {document_id[:80]} 的资料。请用 dangjian documents 查看现有资料。"
            )
        return self._remembered(document_id, revision)

    def catalogue(self, generation: Generation) -> Catalogue:
        """The documents of a generation with their families, worked out once for each generation."""
        name = generation.manifest.generation
        if name not in self._catalogues:
            covered = generation.manifest.snapshot
            records = {record.id: record for record in self.library.records() if record.id in covered}
            standings = Standings(records.values(), lambda i: self._document(generation, i).text)
            self._catalogues = {name: Catalogue(records, standings)}
        return self._catalogues[name]

    def _search(self, text: str, ids: frozenset[str] | None, k: int) -> list[Hit]:
        """The best passages of the documents ``ids``, of all where it is ``None``."""
        if ids is None:
            return self.retriever.search(Query(text), k)
        return self.retriever.search(Query(text, ids), k) if ids else []

    def _find_article(
        self, generation: Generation, scope: Scope, address: Address
    ) -> list[tuple[Document, Span, tuple[str, ...]]]:
        """An address in the documents of each side."""
        places = []
        for records in scope.records:
            titles = [(record.id, title_of(record), record.metadata.published) for record in records]
            if scope.named.versions:
                document_id = records[0].id
            else:
                document_id = find_regulation(address, titles)
            if document_id:
                document = self._document(generation, document_id)
                if found := place_in(document, address):
                    places.append((document, *found))
        return places

    def _answerer(self, generation: Generation, scope: Scope) -> Answerer:
        return Answerer(
            self.analyzer,
            generation.lexical,
            partial(self._document, generation),
            partial(self._find_article, generation, scope),
            threshold=self.settings.evidence_threshold,
            points=self.settings.points,
            unrelated=generation.manifest.unrelated,
            reach=self._reach(generation, scope),
        )

    def _reach(self, generation: Generation, scope: Scope) -> Reach:
        """What an answer may look at besides its hits: the documents of the first side."""
        ids = next(iter(scope.sides.values()))
        return Reach(
            lambda text: self._search(text, ids, _DEPTH),
            lambda: [(record.id, title_of(record)) for record in scope.records[0]],
        )
