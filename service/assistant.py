"""The assistant: everything that the command line, the API and the page ask for, over one library and one index."""

from __future__ import annotations

import logging
import threading
import time
import uuid
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial

from ingest.errors import DocumentNotFound
from ingest.library import DocumentRecord, Library
from ingest.metadata import display_title, title_from_origin
from ingest.types import Document
from retriever.aliases import in_full
from retriever.analyzer import Analyzer
from retriever.errors import GenerationError
from retriever.generation import Generation
from retriever.search import Retriever
from retriever.types import Hit, Query
from service.answering.addresses import Address
from service.answering.answerer import Answerer
from service.answering.articles import Outcome, look_up
from service.answering.question import understand
from service.answering.titles import Titled
from service.errors import QuestionError
from service.references import Link, Linker
from service.settings import Settings
from service.types import Answer

_DEPTH = 16
"""How many passages the answerer looks at."""

_LOOK_EVERY = 2.0
"""Seconds between looks at whether another process has made a newer index."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Filters:
    """Which documents may speak; an empty field allows all. ``as_of`` leaves out what was published later."""

    document_ids: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    as_of: date | None = None

    def allows(self, record: DocumentRecord) -> bool:
        """Whether ``record``'s document passes. A document without a date passes ``as_of``."""
        meta = record.metadata
        if self.as_of and meta.published and meta.published[:10] > self.as_of.isoformat():
            return False
        return (
            (not self.document_ids or record.id in self.document_ids)
            and (not self.kinds or meta.kind in self.kinds)
            and (not self.sources or meta.source in self.sources)
        )

    def __bool__(self) -> bool:
        return bool(self.document_ids or self.kinds or self.sources or self.as_of)


class Assistant:
    """Answers questions and shows documents. Safe to share between threads; ``close`` when done."""

    def __init__(
        self, library: Library, retriever: Retriever, analyzer: Analyzer, settings: Settings
    ) -> None:
        self.library = library
        self.retriever = retriever
        self.analyzer = analyzer
        self.settings = settings
        self._remembered = lru_cache(maxsize=64)(library.document)
        self._linked: tuple[Generation | None, Linker | None] = (None, None)
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
        """The best ``k`` passages for ``text``."""
        query = self._query(self.check_question(text), filters)
        return self.retriever.search(query, k) if query is not None else []

    def ask(self, text: str, filters: Filters = Filters(), conversation_id: str = "") -> Answer:
        """The answer to ``text``; raises QuestionError where it cannot be asked."""
        started = time.perf_counter()
        generation = self.generation
        cleaned = self.check_question(text)
        question = understand(in_full(cleaned, generation.lexical.occurs), self.analyzer)
        query = self._query(question.text, filters)
        hits = self.retriever.search(query, _DEPTH) if query is not None else []
        searched = time.perf_counter()
        draft = self._answerer(generation, filters).answer(question, hits)
        done = time.perf_counter()
        timings = {"search": searched - started, "compose": done - searched, "total": done - started}
        return Answer(
            text,
            draft.status,
            question.kind,
            draft.text,
            draft.claims,
            draft.citations,
            draft.evidence,
            conversation_id or uuid.uuid4().hex,
            draft.suggestions,
            {name: round(seconds * 1000, 2) for name, seconds in timings.items()},
            draft.notes,
            draft.choices,
        )

    def document(self, document_id: str) -> Document:
        """A document as the index in use knows it; raises DocumentNotFound."""
        return self._document(self.generation, document_id)

    def links(self, document_id: str) -> tuple[Link, ...]:
        """The references in a document's text and where they lead, in order; raises DocumentNotFound."""
        return self._linker(self.generation).links(document_id)

    def title(self, document_id: str) -> str:
        """What to call a document."""
        return display_title(self.document(document_id))

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

    def _query(self, text: str, filters: Filters) -> Query | None:
        """The query, or ``None`` where the filters leave no document."""
        if not filters:
            return Query(text)
        allowed = frozenset(record.id for record in self.documents() if filters.allows(record))
        return Query(text, allowed) if allowed else None

    def _titled(self, generation: Generation, filters: Filters = Filters()) -> list[Titled]:
        """The documents of a generation that the filters allow, by what they are called."""
        covered = generation.manifest.snapshot
        return [
            Titled(
                record.id,
                record.metadata.title or title_from_origin(record.origin),
                record.metadata.published,
            )
            for record in self.library.records()
            if record.id in covered and filters.allows(record)
        ]

    def _look_up(self, generation: Generation, filters: Filters, address: Address) -> Outcome:
        return look_up(address, self._titled(generation, filters), partial(self._document, generation))

    def _linker(self, generation: Generation) -> Linker:
        """The linker of a generation; that of the one in use is kept, with what it has found."""
        known, linker = self._linked
        if known is not generation or linker is None:
            linker = Linker(self._titled(generation), partial(self._document, generation))
            self._linked = (generation, linker)
        return linker

    def _answerer(self, generation: Generation, filters: Filters) -> Answerer:
        return Answerer(
            self.analyzer,
            generation.lexical,
            partial(self._document, generation),
            partial(self._look_up, generation, filters),
            lambda document_id: self._linker(generation).links(document_id),
            threshold=self.settings.evidence_threshold,
            points=self.settings.points,
            unrelated=generation.manifest.unrelated,
        )
