"""The assistant: everything that the command line, the API and the page ask for, over one library and one index."""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache, partial

from ingest.comparison import Change, compare
from ingest.errors import DocumentNotFound
from ingest.families import title_of
from ingest.library import DocumentRecord, Library
from ingest.metadata import display_title
from ingest.originals import Originals
from ingest.standing import Standings
from ingest.types import Document
from retriever.aliases import in_full
from retriever.analyzer import Analyzer
from retriever.errors import GenerationError
from retriever.generation import Generation
from retriever.search import Retriever
from retriever.types import Hit, Query
from service.answering.addresses import Address
from service.answering.answerer import Answerer
from service.answering.articles import Outcome, look_up, places_in
from service.answering.compose import Point
from service.answering.confidence import Signals, evidence
from service.answering.differences import difference_points, differences_note
from service.answering.draft import Draft
from service.answering.followup import Ground, Resolved, blended, resolve
from service.answering.pointing import Pointer, pointed_points
from service.answering.question import Question, leaning, understand
from service.answering.reach import Reach
from service.answering.titles import Titled
from service.answering.turns import Place, RecentTurns, Turn
from service.errors import QuestionError
from service.llm.summary import Summariser
from service.references import Link, Linker
from service.scope import Catalogue, Filters, History, Scope, scope_of
from service.settings import Settings
from service.types import Answer, Citation, Kind, Status
from service.view import View

__all__ = ["Assistant", "Filters"]

_DEPTH = 16
"""How many passages the answerer looks at."""

_LOOK_EVERY = 2.0
"""Seconds between looks at whether another process has made a newer index."""

_WIDE = 60
"""How many passages of each of the two searches for a follow-up are put together."""

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
        self._remembered = lru_cache(maxsize=64)(library.document)
        self._catalogues: dict[str, Catalogue] = {}
        self._originals = Originals(settings.file_bytes, settings.limits)
        self._linked: tuple[Generation | None, Linker | None] = (None, None)
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
        return self._search(cleaned, k, self._allowed(filters))

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
        resolved = resolve(cleaned, earlier, self._ground(generation, filters))
        scope = scope_of(resolved.text, self.catalogue(generation), filters, filters.as_of or self._today())
        question = self._understand(generation, resolved, scope)
        if kind and Kind.ARTICLE not in (kind, question.kind):
            question = replace(question, kind=kind)
        sides = {name: self._evidence(question, ids, scope.silent) for name, ids in scope.sides.items()}
        searched = time.perf_counter()
        draft = self._draft(generation, scope, question, sides, resolved.pointer)
        done = time.perf_counter()
        timings = {"search": searched - started, "compose": done - searched, "total": done - started}
        answer = Answer(
            text,
            draft.status,
            question.kind,
            draft.text,
            draft.claims,
            self._dated(scope, draft.citations),
            draft.evidence,
            conversation_id,
            draft.suggestions,
            {name: round(seconds * 1000, 2) for name, seconds in timings.items()},
            draft.notes,
            draft.choices,
            resolved_question=resolved.text if resolved.changed else "",
            related=self._dated(scope, draft.related),
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

    def _dated(self, scope: Scope, citations: Iterable[Citation]) -> tuple[Citation, ...]:
        """``citations`` with what their documents are on the day asked about."""
        return tuple(replace(c, status=scope.standing(c.document_id).status) for c in citations)

    def found(self, text: str, hits: Sequence[Hit]) -> tuple[list[Point], Signals]:
        """What ``hits`` offer for ``text`` and what speaks for it, whether or not an answer is made of it."""
        generation = self.generation
        cleaned = self.check_question(text)
        scope = scope_of(cleaned, self.catalogue(generation), Filters(), self._today())
        question = self._understand(generation, Resolved(cleaned), scope)
        return self._answerer(generation, scope).found(question, hits)

    def _ground(self, generation: Generation, filters: Filters) -> Ground:
        """What a follow-up is resolved by: the documents that the filters allow, whether in force or not."""
        ids = self._allowed(filters)

        def strength(text: str) -> float:
            return max((hit.score for hit in self._search(text, 1, ids)), default=0.0)

        def words(place: Place) -> str:
            """Empty where the document has left since, or may not speak."""
            known = generation.manifest.snapshot if ids is None else generation.manifest.snapshot.keys() & ids
            return (
                place.words(self._document(generation, place.document_id))
                if place.document_id in known
                else ""
            )

        return Ground(strength, words)

    def _understand(self, generation: Generation, resolved: Resolved, scope: Scope) -> Question:
        """The question without the words that name versions, which choose documents and are not searched for."""
        asked = in_full(scope.named.text, generation.lexical.occurs)
        question = understand(asked, self.analyzer)
        if resolved.own:
            told = [(place.document_id, place.span) for place in resolved.told]
            own = understand(in_full(resolved.own, generation.lexical.occurs), self.analyzer)
            question = leaning(question, own, told, again=resolved.again)
        if scope.named.versions:  # their years have chosen the documents: sentences need not have them
            question = replace(question, named=tuple(n for n in question.named if not n.isdecimal()))
        return (
            replace(question, kind=Kind.COMPARE) if scope.named.compare and not question.address else question
        )

    def _draft(
        self,
        generation: Generation,
        scope: Scope,
        question: Question,
        sides: Mapping[str, list[Hit]],
        pointer: Pointer | None,
    ) -> Draft:
        """What the hits of each side carry, with what is to be said of texts that do not hold on the day."""
        answerer = self._answerer(generation, scope)
        asked_for = self._document(generation, pointer.place.document_id) if pointer else None
        if pointer and asked_for and (points := pointed_points(asked_for, pointer, self.settings.points)):
            draft = answerer.show(question, points)
        elif scope.named.compare and not scope.named.topic and not question.address:
            draft = answerer.show(question, self._differing(generation, scope))
        elif scope.named.compare:
            old, new = (self._document(generation, identity) for identity in scope.compared)
            draft = answerer.compare(question, sides, compare(old.text, new.text), old.id)
        else:
            draft = answerer.answer(question, sides[""])
        if draft.status is Status.ANSWERED:
            meant = [
                i for i in scope.silent if question.address and scope.is_called(i, question.address.names)
            ]
            notes = scope.notes([*meant, *(citation.document_id for citation in draft.citations)])
        elif scope.silent and not draft.choices:
            notes = self._elsewhere(generation, scope, question)
        else:
            notes = ()
        if scope.named.compare:
            old, new = (self._document(generation, identity) for identity in scope.compared)
            notes = (*notes, differences_note(compare(old.text, new.text), old.id, new.id))
        return replace(draft, notes=(*draft.notes, *notes))

    def _evidence(self, question: Question, ids: frozenset[str] | None, silent: frozenset[str]) -> list[Hit]:
        """The passages to answer from; for a follow-up what was asked now weighs in by itself too."""
        own, told = question.background.own, question.background.told
        if not own:
            return self._search(question.text, _DEPTH, ids, silent)
        both = (self._search(question.text, _WIDE, ids, silent), self._search(own, _WIDE, ids, silent))
        return blended(*both, frozenset(document_id for document_id, _ in told))[:_DEPTH]

    def _differing(self, generation: Generation, scope: Scope) -> list[Point]:
        """What is new and what is gone between the versions compared, where the question asks about nothing in particular."""
        old, new = (self._document(generation, identity) for identity in scope.compared)
        changes = compare(old.text, new.text)
        return difference_points(old, new, changes, tuple(scope.sides), self.settings.points)

    def _elsewhere(self, generation: Generation, scope: Scope, question: Question) -> tuple[str, ...]:
        """Which of the texts that were left out would have answered."""
        left_out = replace(scope, sides={"": scope.silent}, silent=frozenset())
        hits = self._search(question.text, _DEPTH, scope.silent)
        found = self._answerer(generation, left_out).answer(question, hits)
        return scope.elsewhere([citation.document_id for citation in found.citations])

    def view(self, filters: Filters = Filters(), topic: str = "") -> View:
        """The library as it is now, with what may speak of ``topic``: what is in force, unless that names a version."""
        generation = self.generation
        scope = scope_of(topic, self.catalogue(generation), filters, filters.as_of or self._today())
        sides = list(scope.sides.values())
        speaking = sides[0] if len(sides) == 1 else frozenset[str]().union(*(ids or () for ids in sides))
        snapshot = generation.manifest.snapshot

        def find(text: str, k: int) -> list[Hit]:
            return self._search(text, k, speaking, scope.silent)

        def take_apart(text: str) -> Question:
            return understand(in_full(text, generation.lexical.occurs), self.analyzer)

        def strength(text: str) -> float:
            hits = find(text, _DEPTH)
            points, signals = self._answerer(generation, scope).found(take_apart(text), hits)
            return evidence(signals) if points else 0.0

        return View(
            scope,
            self.analyzer,
            generation.lexical,
            find,
            take_apart,
            strength,
            partial(self._document, generation),
            lambda document_id: self.library.passages(document_id, snapshot.get(document_id)),
        )

    def document(self, document_id: str) -> Document:
        """A document as the index in use knows it; raises DocumentNotFound."""
        return self._document(self.generation, document_id)

    def original(self, document_id: str) -> tuple[str, bytes]:
        """The origin and the bytes of the file that a document was made of.

        Raises DocumentNotFound, and OriginalUnavailable where the file is not there as it was.
        """
        sha256 = self.document(document_id).sha256
        # From the record, not from the document remembered: a file that moved gives it no new revision.
        origin = self.library.record(document_id).origin
        return origin, self._originals.read(origin, sha256)

    def has_original(self, document: Document) -> bool:
        """Whether ``original`` would give the file."""
        try:
            origin = self.library.record(document.id).origin
        except DocumentNotFound:
            return False
        return self._originals.is_available(origin, document.sha256)

    def links(self, document_id: str) -> tuple[Link, ...]:
        """The references in a document's text and where they lead, in order; raises DocumentNotFound."""
        return self._linker(self.generation).links(document_id)

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
        known = self._catalogues.get(name)
        if known is None:
            covered = generation.manifest.snapshot
            records = {record.id: record for record in self.library.records() if record.id in covered}
            standings = Standings(records.values(), lambda i: self._document(generation, i).text)
            known = Catalogue(records, standings)
            self._catalogues = {name: known}  # that of the generation before is no longer asked for
        return known

    def _search(
        self, text: str, k: int, ids: frozenset[str] | None, silent: frozenset[str] = frozenset()
    ) -> list[Hit]:
        """The best ``k`` passages of the documents ``ids``; of all but ``silent`` where it is ``None``.

        The silent ones are few and left out afterwards: a restricted search costs more the more it may look at.
        """
        if ids is not None:
            return self.retriever.search(Query(text, ids), k) if ids else []
        depth = 2 * k if silent else k
        while True:
            hits = self.retriever.search(Query(text), depth)
            spoken = [hit for hit in hits if hit.passage.document_id not in silent][:k]
            if len(spoken) == k or len(hits) < depth:
                return spoken
            depth *= 4

    def _look_up(self, generation: Generation, scope: Scope, address: Address) -> list[Outcome]:
        """What an address names among the documents of each side."""
        document = partial(self._document, generation)
        if scope.named.versions:
            return [places_in(document(records[0].id), address.runs) for records in scope.records if records]
        return [look_up(address, _titled(records), document) for records in scope.records]

    def _linker(self, generation: Generation) -> Linker:
        """The linker of a generation; that of the one in use is kept, with what it has found.

        A title stands for what is in force; for what is not, only where nothing of that title is.
        """
        known, linker = self._linked
        if known is not generation or linker is None:
            catalogue = self.catalogue(generation)
            silent = catalogue.standings.silent(self._today())
            speaking = [row for identity, row in catalogue.records.items() if identity not in silent]
            rest = [row for identity, row in catalogue.records.items() if identity in silent]
            linker = Linker(_titled(speaking), _titled(rest), partial(self._document, generation))
            self._linked = (generation, linker)
        return linker

    def _answerer(self, generation: Generation, scope: Scope) -> Answerer:
        return Answerer(
            self.analyzer,
            generation.lexical,
            partial(self._document, generation),
            partial(self._look_up, generation, scope),
            lambda document_id: self._linker(generation).links(document_id),
            threshold=self.settings.evidence_threshold,
            points=self.settings.points,
            unrelated=generation.manifest.unrelated,
            reach=self._reach(generation, scope),
        )

    def _reach(self, generation: Generation, scope: Scope) -> Reach:
        """What an answer may look at besides its hits: the documents of the first side."""
        ids = next(iter(scope.sides.values()))
        return Reach(
            lambda text: self._search(text, _DEPTH, ids, scope.silent),
            lambda: [(record.id, title_of(record)) for record in scope.records[0]],
        )


def _titled(records: Iterable[DocumentRecord]) -> list[Titled]:
    """Documents by what they are called."""
    return [Titled(record.id, title_of(record), record.metadata.published) for record in records]
