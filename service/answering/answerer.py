"""From hits to an answer: choose the evidence, compose the points, or say that there is none."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest

from ingest.comparison import Change
from ingest.metadata import display_title
from ingest.normal import normal_form
from ingest.types import Document
from retriever.analyzer import Analyzer
from retriever.lexical import LexicalIndex
from retriever.types import Hit
from service.answering.addressed import Links, addressed_draft
from service.answering.addresses import Address
from service.answering.articles import Lookup
from service.answering.bodies import absent_body
from service.answering.chronicle import (
    asks_force,
    asks_history,
    history_spans,
    is_only_history,
    named_documents,
)
from service.answering.compose import Composer, Point, distinct_labels
from service.answering.confidence import Signals, evidence, signals_of
from service.answering.differences import side_by_side
from service.answering.draft import Draft
from service.answering.figures import scopes
from service.answering.parts import Part, merged, parts_of
from service.answering.picking import FLOOR, MOST, Picker
from service.answering.question import Question, understand
from service.answering.reach import NOWHERE, Reach, Read
from service.answering.refusal import lacking, lacking_note, refusal
from service.answering.rereading import read_again
from service.answering.selection import choose
from service.answering.units import setting_of
from service.types import Citation, Kind, Status

_SUGGESTIONS = 3
_RELATED, _RELATED_COVERAGE = 3, 0.25
_OF_A_PART, _OF_A_SIDE = 2, 3
"""Points for each part of a question that asks several things, and for each side of one that compares."""
_LEAD_IN = 200  # characters before a list that may say what it is a list of
_CLAUSE = 6  # the first clause of a heading stands for it from this length on
_SURE = 0.75  # what other texts than the regulation named have to reach
_NEAR = 0.15  # below this evidence nothing found has to do with the question


class Answerer:
    """Answers from hits alone. ``document`` gives a document by id as the hits' index knows it."""

    def __init__(
        self,
        analyzer: Analyzer,
        lexical: LexicalIndex,
        document: Callable[[str], Document],
        lookup: Lookup,
        links: Links,
        *,
        threshold: float,
        points: int,
        unrelated: float,
        reach: Reach = NOWHERE,
    ) -> None:
        self._analyzer = analyzer
        self._lexical = lexical
        self._document = document
        self._lookup = lookup
        self._links = links
        self._threshold = threshold
        self._most = points
        self._unrelated = unrelated
        self._reach = reach
        self._pick = Picker(analyzer, lexical, document, reach, points)

    def answer(self, question: Question, hits: Sequence[Hit]) -> Draft:
        """The answer that ``hits`` carry, or a ``not_found`` that names what came nearest."""
        if question.address:
            return self._article(question, question.address, hits)
        if absent := absent_body(normal_form(question.text), self._lexical.occurs):
            return self._not_found(question, hits, _NEAR, absent)
        history, sure = self._history(question, hits)
        if sure:
            return self.show(question, history)
        outline, sure = self._pick.outline(question, hits)
        if sure:
            return self.show(question, outline)
        points, strength, notes = self._in_parts(question, hits)
        untitled = (
            bool(points) and not points[0].document.metadata.title
        )  # which may be the very one that is named
        missing = None if untitled else lacking(question.text, self._reach.titles())
        if not points or strength < (max(_SURE, self._threshold) if missing else self._threshold):
            short = strength < self._threshold and points
            return self._not_found(question, hits, strength if short else min(strength, self._threshold / 2))
        points = merged([history], points, max(self._most, len(history)))
        if missing:
            notes = (*notes, lacking_note(missing))
        if question.kind is Kind.FACT and (scope := scopes(points, question.counted)):
            notes = (*notes, scope)
        if self._pick.meets(question, points) is False:
            notes = (
                *notes,
                f"问的是{question.members}项，资料中没有找到恰好{question.members}项的列举，以下内容不一定完整。",
            )
        return replace(self._compose(question, distinct_labels(points), hits, strength), notes=notes)

    def compare(
        self,
        question: Question,
        sides: Mapping[str, Sequence[Hit]],
        changes: Sequence[Change] = (),
        old: str = "",
    ) -> Draft:
        """The answers that the hits of each side carry, in turns, each point under its side's name.

        With the ``changes`` from the text of the document ``old`` to that of the other version, parts that correspond stand together.

        A side that carries none is said so in the notes; where none does, it is a ``not_found``.
        """
        if question.address:
            return self._article(question, question.address, ())
        weighed = {name: self._weigh(question, hits) for name, hits in sides.items()}
        told = {
            name: [replace(point, label=name) for point in points]
            for name, (points, strength) in weighed.items()
            if points and strength >= self._threshold
        }
        hits = [hit for found in sides.values() for hit in found]
        strength = max((strength for _, strength in weighed.values()), default=0.0)
        if not told:
            return self._not_found(question, hits, min(strength, self._threshold / 2))
        turns = [point for row in zip_longest(*told.values()) for point in row if point]
        if changes:
            turns = side_by_side(turns, changes, old)
        draft = self._compose(question, turns, hits, strength)
        silent = tuple(f"{name}里没有找到相应的内容。" for name in sides if name not in told)
        return replace(draft, notes=silent)

    def show(self, question: Question, points: Sequence[Point]) -> Draft:
        """The answer that consists of ``points``, which were found without a search."""
        return self._compose(question, points, (), 1.0)

    def _history(self, question: Question, hits: Sequence[Hit]) -> tuple[list[Point], bool]:
        """What the text that a question names says of its own dates; whether that is all that is asked."""
        if not asks_history(question.text):
            return [], False
        ids, name = named_documents(question.text, self._reach.titles())
        top = [hit.passage.document_id for hit in hits[:1]]
        near = [identity for identity in top if not name or not self._document(identity).metadata.title]
        points = [
            Point(document, span, (), span, 1.0)
            for document in map(self._document, ids or near)
            for span in history_spans(document, asks_force(question.text))
        ]
        return points, bool(ids and points) and is_only_history(question.text, name)

    def _in_parts(
        self, question: Question, hits: Sequence[Hit]
    ) -> tuple[list[Point], float, tuple[str, ...]]:
        """The points for the question and for each of the several that it may consist of, how far they carry an answer, and what
        was not found.

        Sides that are compared and all found speak for themselves: points for the whole question would blur them.
        """
        parts = parts_of(question.text)
        answers = [self._part(part) for part in parts]
        carried = [found if carries >= self._threshold else [] for found, carries in answers]
        most = max(MOST.get(question.kind, self._most), _OF_A_SIDE * len(parts))
        if parts and parts[0].side and all(carried):
            return merged(carried, (), most), min(carries for _, carries in answers), ()
        points, strength = self._weigh(question, hits)
        if not any(found for found, _ in answers):
            return points, strength, ()
        silent = [part.label for part, found in zip(parts, carried, strict=True) if not found]
        notes = tuple(f"没有找到关于“{label}”的内容。" for label in silent)
        return merged(carried, points, most), strength, notes

    def _part(self, part: Part) -> tuple[list[Point], float]:
        """As ``_weigh``, of one of several questions. Only of sides are the sentences read again: where clauses ask several things
        that was no gain on development questions, and each reading costs the time of another search."""
        asked = understand(part.text, self._analyzer)
        if asked.address:
            return [], 0.0
        read = self._reach.read if part.side else NOWHERE.read
        points, carries = self._weigh(asked, self._reach.search(part.text), read)
        most, label = (_OF_A_SIDE, part.label) if part.side else (_OF_A_PART, "")
        return [replace(point, label=label) for point in points[:most]], carries

    def _weigh(
        self, question: Question, hits: Sequence[Hit], read: Read | None = None
    ) -> tuple[list[Point], float]:
        """The points that ``hits`` carry, and how far they do, in [0, 1]; see ``found``."""
        points, signals = self.found(question, hits, read)
        return points, evidence(signals, follows=bool(question.background.own))

    def _compose(
        self, question: Question, points: Sequence[Point], hits: Sequence[Hit], strength: float
    ) -> Draft:
        composer = Composer()
        for point in points:
            composer.add(point)
        if not composer.claims:
            return self._not_found(question, hits, strength)
        return Draft(
            Status.ANSWERED,
            composer.markdown(question.kind, question.facet.introduction if question.facet else ""),
            tuple(composer.claims),
            tuple(composer.citations),
            round(strength, 4),
            self._suggestions(hits, {point.path for point in points}),
        )

    def found(
        self, question: Question, hits: Sequence[Hit], read: Read | None = None
    ) -> tuple[list[Point], Signals]:
        """The points that ``hits`` offer, and what speaks for them. ``read`` reads the first sentences again instead of what the
        answerer may read with."""
        maker = self._pick.maker(question)
        units, told = read_again(question, maker.units(hits), read or self._reach.read)
        points = self._pick.points(question, maker, self._pick.preferred(question, units), hits)
        met = self._pick.meets(question, points)
        signals = signals_of(
            units,
            hits,
            self._unrelated,
            words=maker.words(_told(points, whole=met is True)),
            exact=max((maker.exact(unit.text) for unit in units[:5]), default=0.0),
            met=met is True,
            unmet=met is False,
            told=told,
            numeric=question.numeric,
            terms=len(question.terms),
        )
        return points, signals

    def _article(self, question: Question, address: Address, hits: Sequence[Hit]) -> Draft:
        """The words of an article. One that is not in the library is not made up from its neighbours."""
        return addressed_draft(self._lookup(address), self._links) or self._not_found(question, hits, 0.0)

    def _suggestions(self, hits: Sequence[Hit], used: set[tuple[str, ...]]) -> tuple[str, ...]:
        """Questions that the passages found but not used would answer, from their headings."""
        unused = [h.passage for h in hits if h.passage.path and h.passage.path not in used]
        questions = (
            heading_question(p.path[-1], display_title(self._document(p.document_id))) for p in unused
        )
        return tuple(list(dict.fromkeys(questions))[:_SUGGESTIONS])

    def _not_found(self, question: Question, hits: Sequence[Hit], strength: float, absent: str = "") -> Draft:
        """No answer: the nearest documents are named only where they have something to do with the question."""
        related = self._related(question, hits) if strength >= _NEAR else ()
        near = [hit for hit in hits if any(hit.passage.document_id == c.document_id for c in related)]
        nearest = dict.fromkeys(citation.title for citation in related)
        text = refusal(question.text, tuple(nearest), (title for _, title in self._reach.titles()), absent)
        suggestions = self._suggestions(near, set())
        return Draft(Status.NOT_FOUND, text, (), (), round(strength, 4), suggestions, related=related)

    def _related(self, question: Question, hits: Sequence[Hit]) -> tuple[Citation, ...]:
        """The excerpts that came nearest, none saying what another says; empty where none has much of the question's words."""
        composer = Composer()
        units = [
            unit for unit in self._pick.maker(question).units(hits) if unit.coverage >= _RELATED_COVERAGE
        ]
        for unit in choose(units, _RELATED, FLOOR):
            composer.add(self._pick.point(question.kind, unit))
        return tuple(composer.citations)


def _told(points: Sequence[Point], *, whole: bool) -> str:
    """What the first point says with its headings; of a ``whole`` list all members and what leads in to them."""
    if not points:
        return ""
    first = points[0]
    text, setting = first.document.text, setting_of(first.document, first.path)
    if not whole or len(points) == 1:
        return f"{first.span.of(text)} {setting}"
    lead = text[: first.span.start].rstrip()[-_LEAD_IN:]
    return " ".join((lead, *(point.span.of(point.document.text) for point in points), setting))


def heading_question(heading: str, title: str) -> str:
    """A question that the section under ``heading`` of the document called ``title`` answers."""
    words = re.sub(r"^[（(]?[一二三四五六七八九十]+[）)、]\s?", "", heading).translate(
        str.maketrans("“”", "‘’")
    )
    if re.match(r"第[一二三四五六七八九十百千零〇]+条", words):
        return f"《{title}》{words}是怎么规定的？"
    clause = re.split(r"[，,\s]", words)[0]
    words = clause if len(clause) >= _CLAUSE else words
    return f"“{words}”方面有哪些要求和做法？"
