"""How one question is asked: over one index generation, of the documents of one scope."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from ingest.comparison import compare
from ingest.families import title_of
from ingest.types import Document
from retriever.aliases import in_full
from retriever.analyzer import Analyzer
from retriever.generation import Generation
from retriever.interrogatives import asked_plainly
from retriever.search import Retriever
from retriever.spelling import mended, slips, standing_alone
from retriever.types import Hit
from service.answering.addresses import Address
from service.answering.answerer import Answerer
from service.answering.articles import Outcome, look_up, places_in
from service.answering.compose import Point
from service.answering.confidence import evidence
from service.answering.differences import difference_points, differences_note
from service.answering.draft import Draft
from service.answering.followup import Resolved, blended
from service.answering.pointing import Pointer, pointed_points
from service.answering.question import Question, leaning, understand
from service.answering.reach import Reach
from service.cited import with_cited
from service.finding import find
from service.references import Link
from service.scope import Scope
from service.settings import Settings
from service.shelf import Shelf, titled
from service.types import Kind, Status
from service.view import View

_DEPTH = 16
"""How many passages the answerer looks at."""

_WIDE = 60
"""How many passages of each of the two searches for a follow-up are put together."""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """Understands a question, gathers the evidence for it, and drafts the answer."""

    shelf: Shelf
    retriever: Retriever
    analyzer: Analyzer
    settings: Settings
    generation: Generation
    scope: Scope

    def understand(self, resolved: Resolved) -> Question:
        """The question without the words that name versions, which choose documents and are not searched for."""
        named = self.scope.named
        text, slipped = self.mended(named.text)
        question = replace(self._take_apart(text), mended=slipped)
        if resolved.own:
            told = [(place.document_id, place.span) for place in resolved.told]
            own = self._take_apart(self.mended(resolved.own)[0])
            question = leaning(question, own, told, again=resolved.again)
        if named.versions:  # their years have chosen the documents: sentences need not have them
            question = replace(question, named=tuple(n for n in question.named if not n.isdecimal()))
        return replace(question, kind=Kind.COMPARE) if named.compare and not question.address else question

    def evidence(self, question: Question, depth: int = _DEPTH) -> dict[str, list[Hit]]:
        """The passages to answer from, for each side of the scope; of several sides only the sentences are read again.

        ``depth`` passages are searched for; what they refer to comes in addition.
        """
        sides = self.scope.sides
        return {
            name: self._evidence(question, ids, depth, look_again=len(sides) == 1)
            for name, ids in sides.items()
        }

    def draft(self, question: Question, sides: Mapping[str, list[Hit]], pointer: Pointer | None) -> Draft:
        """What the hits of each side carry, with what is to be said of texts that do not hold on the day."""
        scope, answerer = self.scope, self.answerer()
        asked_for = self._document(pointer.place.document_id) if pointer else None
        if pointer and asked_for and (points := pointed_points(asked_for, pointer, self.settings.points)):
            draft = answerer.show(question, points)
        elif scope.named.compare and not scope.named.topic and not question.address:
            draft = answerer.show(question, self._differing())
        elif scope.named.compare:
            old, new = map(self._document, scope.compared)
            draft = answerer.compare(question, sides, compare(old.text, new.text), old.id)
        else:
            draft = answerer.answer(question, sides[""])
        return replace(draft, notes=(*draft.notes, *self._notes(question, draft)))

    def answerer(self, *, reads: bool = True) -> Answerer:
        """What makes an answer of hits; ``reads`` lets it read the first sentences again."""
        return Answerer(
            self.analyzer,
            self.generation.lexical,
            self._document,
            self._look_up,
            self._links,
            threshold=self.settings.evidence_threshold,
            points=self.settings.points,
            unrelated=self.generation.manifest.unrelated,
            reach=self._reach(reads=reads),
        )

    def view(self) -> View:
        """The documents that may speak, whatever their side, for what is made of more than one search."""
        scope = self.scope
        sides = list(scope.sides.values())
        speaking = sides[0] if len(sides) == 1 else frozenset[str]().union(*(ids or () for ids in sides))

        def found(text: str, k: int) -> list[Hit]:
            return find(self.retriever, text, k, speaking, scope.silent, look_again=False)

        def strength(text: str) -> float:
            points, signals = self.answerer(reads=False).found(self._take_apart(text), found(text, _DEPTH))
            return evidence(signals) if points else 0.0

        return View(
            scope,
            self.analyzer,
            self.generation.lexical,
            found,
            self._take_apart,
            strength,
            self._document,
            partial(self.shelf.passages, self.generation),
        )

    def mended(self, text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
        """A question without slips of the keyboard, and these; what the words that ask are read as stands before them, behind ""."""
        plain = asked_plainly(text)
        found = slips(plain, self.analyzer.segmenter, self.generation.lexical.occurs)
        told = [("", plain)] if plain != text else []
        return mended(plain, found), (*told, *((slip.written, slip.meant) for slip in found))

    def _take_apart(self, text: str) -> Question:
        return understand(in_full(text, self.generation.lexical.occurs), self.analyzer)

    def _document(self, document_id: str) -> Document:
        return self.shelf.document(self.generation, document_id)

    def _evidence(
        self, question: Question, ids: frozenset[str] | None, depth: int, *, look_again: bool
    ) -> list[Hit]:
        """The passages of one side; for a follow-up what was asked now weighs in by itself too."""
        silent = self.scope.silent
        own, told = question.background.own, question.background.told
        if not own:
            hits = find(self.retriever, question.text, depth, ids, silent, look_again=look_again)
            return with_cited(hits, self._links, partial(self.retriever.at, question.text))
        whole, alone = (
            find(self.retriever, text, _WIDE, ids, silent, look_again=False) for text in (question.text, own)
        )
        return blended(whole, alone, frozenset(document_id for document_id, _ in told))[:depth]

    def _notes(self, question: Question, draft: Draft) -> tuple[str, ...]:
        """What a reader of ``draft`` has to know of slips that were mended, of texts that do not hold on the day, and of versions
        compared."""
        scope, address = self.scope, question.address
        read = tuple(
            f"“{written}”资料里没有，按“{meant}”理解。" if written else f"按“{meant}”理解。"
            for written, meant in question.mended
        )
        if draft.status is Status.ANSWERED:
            meant = [i for i in scope.silent if address and scope.is_called(i, address.names)]
            notes = scope.notes([*meant, *(citation.document_id for citation in draft.citations)])
        elif scope.silent and not draft.choices:
            notes = self._elsewhere(question)
        else:
            notes = ()
        if scope.named.compare:
            old, new = map(self._document, scope.compared)
            notes = (*notes, differences_note(compare(old.text, new.text), old.id, new.id))
        return (*read, *notes)

    def _differing(self) -> list[Point]:
        """What is new and what is gone between the versions compared, where the question asks about nothing in particular."""
        old, new = map(self._document, self.scope.compared)
        changes = compare(old.text, new.text)
        return difference_points(old, new, changes, tuple(self.scope.sides), self.settings.points)

    def _elsewhere(self, question: Question) -> tuple[str, ...]:
        """Which of the texts that were left out would have answered."""
        silent = self.scope.silent
        hits = find(self.retriever, question.text, _DEPTH, silent, look_again=False)
        left_out = replace(self, scope=replace(self.scope, sides={"": silent}, silent=frozenset()))
        found = left_out.answerer(reads=False).answer(question, hits)
        return self.scope.elsewhere([citation.document_id for citation in found.citations])

    def _links(self, document_id: str) -> Sequence[Link]:
        return self.shelf.linker(self.generation).links(document_id)

    def _look_up(self, address: Address) -> list[Outcome]:
        """What an address names among the documents of each side."""
        scope = self.scope
        if scope.named.versions:
            return [
                places_in(self._document(records[0].id), address.runs) for records in scope.records if records
            ]
        alone = partial(standing_alone, words=self.analyzer.segmenter)
        return [look_up(address, titled(records), self._document, alone) for records in scope.records]

    def _reach(self, *, reads: bool) -> Reach:
        """What an answer may look at besides its hits: the documents of the first side. One second look a question is enough."""
        scope = self.scope
        ids = next(iter(scope.sides.values()))
        reach = Reach(
            lambda text: find(self.retriever, text, _DEPTH, ids, scope.silent, look_again=False),
            lambda: [(record.id, title_of(record)) for record in scope.records[0]],
        )
        return replace(reach, read=self.retriever.read) if reads else reach
