"""The assistant: everything that the command line, the API and the page ask for, over one library and one index."""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date

from ingest.comparison import Change, compare
from ingest.library import DocumentRecord, Library
from ingest.metadata import display_title
from ingest.types import Document
from retriever.analyzer import Analyzer
from retriever.errors import GenerationError
from retriever.generation import Generation
from retriever.search import Retriever
from retriever.types import Hit
from service.answering.compose import Point
from service.answering.confidence import Signals
from service.answering.followup import Ground, Resolved, led_on, resolve
from service.answering.turns import Place, RecentTurns, Turn
from service.attempt import Attempt, attempt_of
from service.errors import QuestionError
from service.finding import find
from service.inquiry import Inquiry
from service.llm.summary import Summariser
from service.references import Link
from service.scope import Catalogue, Filters, History, Scope, scope_of
from service.settings import Settings
from service.shelf import Shelf
from service.types import Answer, Citation, Kind, Status
from service.view import View

__all__ = ["Assistant", "Filters"]

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
        summariser: Summariser | None = None,
    ) -> None:
        self.library = library
        self.retriever = retriever
        self.analyzer = analyzer
        self.settings = settings
        self._today = today
        self._summariser = summariser
        self._shelf = Shelf(library, settings, today)
        self._recent = RecentTurns(settings.conversation_turns)
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
                self._reload()
            finally:
                self._looking.release()
        return self.retriever.generation

    def look_again(self) -> None:
        """Take up the newest index now."""
        with self._looking:
            self._reload()

    def _reload(self) -> None:
        self._looked = time.monotonic()
        try:
            self.retriever.reload()
        except GenerationError as error:
            logger.error("the newer index cannot be opened, the old one stays in use: %s", error)

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
        return find(self.retriever, cleaned, k, self._allowed(filters))

    def _allowed(self, filters: Filters) -> frozenset[str] | None:
        return frozenset(r.id for r in self.documents() if filters.allows(r)) if filters else None

    def ask(
        self,
        text: str,
        filters: Filters = Filters(),
        conversation_id: str = "",
        turns: Sequence[Turn] | None = None,
        kind: Kind | None = None,
        *,
        summarise: bool = True,
    ) -> Answer:
        """The answer to ``text``; raises QuestionError where it cannot be asked.

        ``turns`` are the earlier ones of the conversation, the earliest first; without them the assistant goes by what
        it remembers of ``conversation_id``. ``kind`` is what sort of answer is wanted where the question is not to decide;
        an article that the question does not name, or versions that it does not compare, it cannot make up. Without
        ``summarise`` the language model is left to ``summarised``.
        """
        started = time.perf_counter()
        generation = self.generation
        cleaned = self.check_question(text)
        conversation_id = conversation_id or uuid.uuid4().hex
        earlier = self._recent.turns(conversation_id) if turns is None else turns
        ground = self._ground(generation, filters)
        resolved = resolve(cleaned, earlier, ground)

        def attempted(reading: Resolved) -> Attempt:
            return attempt_of(self._inquiry(generation, reading.text, filters), reading, kind)

        attempt = attempted(resolved)
        if attempt.draft.status is Status.NOT_FOUND and not resolved.changed:
            further = led_on(cleaned, earlier, ground)
            again = attempted(further) if further else attempt
            attempt = again if again.leads_on else attempt
        resolved, question, draft = attempt.resolved, attempt.question, attempt.draft
        total = time.perf_counter() - started
        timings = {"search": attempt.seconds, "compose": total - attempt.seconds, "total": total}
        answer = Answer(
            text,
            draft.status,
            question.kind,
            draft.text,
            draft.claims,
            _dated(attempt.scope, draft.citations),
            draft.evidence,
            conversation_id,
            draft.suggestions,
            {name: round(seconds * 1000, 2) for name, seconds in timings.items()},
            draft.notes,
            draft.choices,
            resolved_question=resolved.text if resolved.changed else "",
            related=_dated(attempt.scope, draft.related),
        )
        self._recent.keep(answer)
        return self.summarised(answer) if summarise else answer

    @property
    def summarises(self) -> bool:
        """Whether a language model is set."""
        return self._summariser is not None

    def summarised(self, answer: Answer) -> Answer:
        """``answer`` with the summary of the language model, where one is set."""
        return self._summariser.summarised(answer) if self._summariser else answer

    def evidence(self, text: str, depth: int) -> list[Hit]:
        """What `ask` would answer ``text`` from, if it looked at ``depth`` passages; of versions compared, from the first."""
        cleaned = self.check_question(text)
        inquiry = self._inquiry(self.generation, cleaned, Filters())
        sides = inquiry.evidence(inquiry.understand(Resolved(cleaned)), depth)
        return next(iter(sides.values()))

    def found(self, text: str, hits: Sequence[Hit], *, reads: bool = True) -> tuple[list[Point], Signals]:
        """What ``hits`` offer for ``text`` and what speaks for it, whether or not an answer is made of it."""
        generation = self.generation
        cleaned = self.check_question(text)
        inquiry = self._inquiry(generation, cleaned, Filters())
        return inquiry.answerer(reads=reads).found(inquiry.understand(Resolved(cleaned)), hits)

    def _inquiry(self, generation: Generation, text: str, filters: Filters) -> Inquiry:
        """How ``text`` is asked, on the day that the filters name or else today."""
        scope = scope_of(text, self.catalogue(generation), filters, filters.as_of or self._today())
        return Inquiry(self._shelf, self.retriever, self.analyzer, self.settings, generation, scope)

    def _ground(self, generation: Generation, filters: Filters) -> Ground:
        """What a follow-up is resolved by: the documents that the filters allow, whether in force or not."""
        ids = self._allowed(filters)

        def strength(text: str) -> float:
            return max(
                (hit.score for hit in find(self.retriever, text, 1, ids, look_again=False)), default=0.0
            )

        def words(place: Place) -> str:
            """Empty where the document has left since, or may not speak."""
            known = generation.manifest.snapshot if ids is None else generation.manifest.snapshot.keys() & ids
            return (
                place.words(self._shelf.document(generation, place.document_id))
                if place.document_id in known
                else ""
            )

        def knows(text: str) -> bool:
            terms = self.analyzer.query_terms(self._inquiry(generation, text, filters).mended(text)[0])
            return not terms or any(map(generation.lexical.occurs, terms))

        return Ground(strength, words, knows)

    def view(self, filters: Filters = Filters(), topic: str = "") -> View:
        """The library as it is now, with what may speak of ``topic``: what is in force, unless that names a version."""
        return self._inquiry(self.generation, topic, filters).view()

    def document(self, document_id: str) -> Document:
        """A document as the index in use knows it; raises DocumentNotFound."""
        return self._shelf.document(self.generation, document_id)

    def original(self, document_id: str) -> tuple[str, bytes]:
        """The origin and the bytes of the file that a document was made of.

        Raises DocumentNotFound, and OriginalUnavailable where the file is not there as it was.
        """
        return self._shelf.original(self.document(document_id))

    def has_original(self, document: Document) -> bool:
        """Whether ``original`` would give the file."""
        return self._shelf.has_original(document)

    def links(self, document_id: str) -> tuple[Link, ...]:
        """The references in a document's text and where they lead, in order; raises DocumentNotFound."""
        return self._shelf.linker(self.generation).links(document_id)

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
        return self._shelf.records(self.generation)

    def catalogue(self, generation: Generation) -> Catalogue:
        """The documents of a generation with their families, worked out once for each generation."""
        return self._shelf.catalogue(generation)


def _dated(scope: Scope, citations: Iterable[Citation]) -> tuple[Citation, ...]:
    """``citations`` with what their documents are on the day asked about."""
    return tuple(replace(c, status=scope.standing(c.document_id).status) for c in citations)
