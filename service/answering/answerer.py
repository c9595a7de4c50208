"""From hits to an answer: choose the evidence, compose the points, or say that there is none."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest

from ingest.authority import nature_of
from ingest.comparison import Change
from ingest.metadata import display_title
from ingest.normal import normal_form
from ingest.types import Document, Span
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
from service.answering.compose import Composer, Point, distinct_labels, label_for
from service.answering.confidence import Signals, evidence, signals_of
from service.answering.differences import side_by_side
from service.answering.draft import Draft
from service.answering.figures import scopes, with_figures
from service.answering.outline import PLAIN_KINSHIP, asks_outline, kinship, nearest_document
from service.answering.parts import merged, parts_of
from service.answering.practice import by_actor, examples, is_named, telling_terms
from service.answering.question import Question, understand
from service.answering.reach import NOWHERE, Reach
from service.answering.refusal import lacking, lacking_note, refusal
from service.answering.selection import by_nature, choose, prefer, repeats
from service.answering.structure import member_points, outline_points
from service.answering.units import Unit, UnitMaker, setting_of
from service.answering.wording import counts, enumerates, lists
from service.types import Citation, Kind, Status

_FLOORS = {Kind.FACT: 0.75, Kind.DEFINITION: 0.78}
_FLOOR = 0.68
_COUNTING_FLOOR = 0.5  # numbers of the same thing in other sources are wanted even where the words differ
_MOST = {Kind.FACT: 3, Kind.DEFINITION: 3}
_SUGGESTIONS = 3
_EXAMPLES, _TELLING = 2, 4
_CASE_COVERAGE = (
    0.6  # of the best case's share of the question's words; a unit that has less is a case of something else
)
_BESIDE_LIST = 3  # points, where the first says all there is of what is asked about
_RELATED, _RELATED_COVERAGE = 3, 0.25
_OF_A_PART, _OF_A_SIDE = 2, 3
"""Points for each part of a question that asks several things, and for each side of one that compares."""
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

    def answer(self, question: Question, hits: Sequence[Hit]) -> Draft:
        """The answer that ``hits`` carry, or a ``not_found`` that names what came nearest."""
        if question.address:
            return self._article(question, question.address, hits)
        if absent := absent_body(normal_form(question.text), self._lexical.occurs):
            return self._not_found(question, hits, _NEAR, absent)
        history, sure = self._history(question, hits)
        if sure:
            return self.show(question, history)
        outline, sure = self._outline(question, hits)
        if sure:
            return self.show(question, outline)
        points, strength = self._weigh(question, hits)
        points, strength, notes = self._with_parts(question, points, strength)
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
        if self._meets(question, points) is False:
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

    def _with_parts(
        self, question: Question, points: list[Point], strength: float
    ) -> tuple[list[Point], float, tuple[str, ...]]:
        """The answers to the several questions that one may consist of, each searched for by itself."""
        parts = parts_of(question.text)
        answers = []
        for part in parts:
            asked = understand(part.text, self._analyzer)
            found, carries = (
                self._weigh(asked, self._reach.search(part.text)) if not asked.address else ([], 0.0)
            )
            of_it = found[:_OF_A_SIDE] if part.side else found[:_OF_A_PART]
            answers.append(([replace(p, label=part.label if part.side else "") for p in of_it], carries))
        if not any(found for found, _ in answers):
            return points, strength, ()
        carried = [found if carries >= self._threshold else [] for found, carries in answers]
        silent = [part.label for part, found in zip(parts, carried, strict=True) if not found]
        if parts[0].side and not silent:
            strength = max(strength, min(carries for _, carries in answers))
        most = max(_MOST.get(question.kind, self._most), _OF_A_SIDE * len(parts))
        beside = (
            [] if parts[0].side and not silent else points
        )  # each side has its own points: others would blur them
        return (
            merged(carried, beside, most),
            strength,
            tuple(f"没有找到关于“{label}”的内容。" for label in silent),
        )

    def _weigh(self, question: Question, hits: Sequence[Hit]) -> tuple[list[Point], float]:
        """The points that ``hits`` carry, and how far they do, in [0, 1]."""
        points, signals = self.found(question, hits)
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

    def found(self, question: Question, hits: Sequence[Hit]) -> tuple[list[Point], Signals]:
        """The points that ``hits`` offer, and what speaks for them."""
        maker = self._maker(question)
        units = maker.units(hits)
        points = self._points(question, maker, self._preferred(question, units), hits)
        first = points[0] if points else None
        around = (
            f"{first.span.of(first.document.text)} {setting_of(first.document, first.path)}" if first else ""
        )
        met = self._meets(question, points)
        signals = signals_of(
            units,
            hits,
            self._unrelated,
            words=maker.words(around),
            exact=max((maker.exact(unit.text) for unit in units[:5]), default=0.0),
            met=met is True,
            unmet=met is False,
            numeric=question.numeric,
            terms=len(question.terms),
        )
        return points, signals

    def _article(self, question: Question, address: Address, hits: Sequence[Hit]) -> Draft:
        """The words of an article. One that is not in the library is not made up from its neighbours."""
        return addressed_draft(self._lookup(address), self._links) or self._not_found(question, hits, 0.0)

    def _maker(self, question: Question) -> UnitMaker:
        return UnitMaker(question, self._analyzer, self._lexical.idf, self._is_known, self._document)

    def _is_known(self, term: str) -> bool:
        return self._lexical.document_frequency(term) > 0

    def _meets(self, question: Question, points: Sequence[Point]) -> bool | None:
        """Whether the points, or one of them, hold the many members asked for; ``None`` where no number is."""
        if question.kind is not Kind.LIST or question.members < 2:
            return None
        texts = (point.span.of(point.document.text) for point in points)
        return len(points) == question.members or any(
            enumerates(text, question.members, question.thing) or enumerates(text, question.members, "")
            for text in texts
        )

    def _points(
        self, question: Question, maker: UnitMaker, units: Sequence[Unit], hits: Sequence[Hit]
    ) -> list[Point]:
        outline, _ = self._outline(question, hits)
        if outline:
            return outline
        if (
            question.members
            and question.kind in (Kind.LIST, Kind.SUMMARY)
            and not any(enumerates(unit.text, question.members, question.thing) for unit in units[:2])
            and (members := member_points(question, self._nearest(hits), maker.coverage))
        ):
            return members
        most = min(self._most, _MOST.get(question.kind, self._most))
        floor = _FLOORS.get(question.kind, _FLOOR)
        if units and question.counted and counts(units[0].text, question.counted):
            units, floor = [unit for unit in units if counts(unit.text, question.counted)], _COUNTING_FLOOR
        elif units and maker.tells(units[0].text):
            units = [unit for unit in units if maker.tells(unit.text)]
        elif units and question.kind is Kind.LIST and lists(units[0].text, question.listed):
            most = min(most, _BESIDE_LIST)
        elif question.kind is Kind.CASE:
            best = max((unit.coverage for unit in units[:most] if is_named(unit)), default=0.0)
            units = [unit for unit in units if unit.coverage >= _CASE_COVERAGE * best]
        chosen = choose(units, most, floor)
        if question.kind is Kind.CASE:
            chosen = by_actor(chosen)
        elif question.kind is Kind.HOWTO:
            chosen = by_nature([*chosen, *self._examples(question, chosen)], self._nature, question.wants)
        rest = [unit for unit in units[:40] if unit not in chosen]
        points = [self._point(question.kind, unit, repeats(unit, rest)[:2]) for unit in chosen]
        return with_figures(question, points, maker.coverage) if question.kind is Kind.FACT else points

    def _examples(self, question: Question, chosen: Sequence[Unit]) -> list[Unit]:
        """What named units do in the matter, where the chosen points leave room for it and the rule is not what is asked."""
        room = min(_EXAMPLES, self._most - len(chosen))
        if room <= 0 or question.wants == "规定" or question.named:
            return []
        weights = telling_terms(
            [unit.text for unit in chosen[:_TELLING]], self._analyzer.query_terms, self._lexical.idf
        )
        hits = self._reach.search(" ".join((question.text, *weights))) if weights else ()
        practice = [unit for unit in self._maker(question).units(hits) if self._nature(unit) == "做法"]
        return examples(practice, chosen, weights, room)

    def _preferred(self, question: Question, units: Sequence[Unit]) -> Sequence[Unit]:
        """The units with those of the nature asked for put forward, of cases those that say whose; the evidence is judged without this."""
        if question.kind is Kind.CASE:
            units = prefer(units, is_named)
        if not question.wants:
            return units
        return prefer(units, lambda unit: self._nature(unit) == question.wants)

    def _nature(self, unit: Unit) -> str:
        return nature_of(self._document(unit.hit.passage.document_id).metadata)

    def _nearest(self, hits: Sequence[Hit]) -> list[Document]:
        """The documents of the best hits, best first."""
        return [
            self._document(identity) for identity in dict.fromkeys(h.passage.document_id for h in hits[:8])
        ]

    def _outline(self, question: Question, hits: Sequence[Hit]) -> tuple[list[Point], bool]:
        """The outline of the document or section that the question names, and whether it plainly names that document.

        Empty where no outline is asked for, or neither is named.
        """
        if not asks_outline(question):
            return [], False
        total = sum(hit.score for hit in hits[:8]) or 1.0
        share = dict.fromkeys((hit.passage.document_id for hit in hits[:8]), 0.0)
        for hit in hits[:8]:
            share[hit.passage.document_id] += hit.score / total
        ids, _ = named_documents(question.text, self._reach.titles())
        weighed = [(weight, self._document(identity)) for identity, weight in share.items()]
        document = self._document(ids[0]) if ids else nearest_document(question.text, weighed)
        outline = outline_points(question, document) if document else []
        kin = sorted((kinship(question.text, other) for _, other in weighed), reverse=True)
        plain = bool(ids) or (bool(kin) and kin[0] >= PLAIN_KINSHIP and kin[1:2] != kin[:1])
        return outline, plain and bool(outline)

    def _point(self, kind: Kind, unit: Unit, also: Sequence[Unit] = ()) -> Point:
        passage = unit.hit.passage
        return Point(
            self._document(passage.document_id),
            unit.span,
            passage.path,
            Span(min(passage.span.start, unit.span.start), max(passage.span.end, unit.span.end)),
            unit.hit.score,
            label_for(kind, unit.text, passage.path),
            tuple(self._point(kind, other) for other in also),
        )

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
        units = [unit for unit in self._maker(question).units(hits) if unit.coverage >= _RELATED_COVERAGE]
        for unit in choose(units, _RELATED, _FLOOR):
            composer.add(self._point(question.kind, unit))
        return tuple(composer.citations)


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
