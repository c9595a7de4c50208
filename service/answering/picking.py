"""Picking the points of an answer from hits: which sentences, in which order, under which heading, for each kind of question."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from ingest.authority import RULES, nature_of
from ingest.normal import normal_form
from ingest.types import Document, Span
from retriever.analyzer import Analyzer
from retriever.lexical import LexicalIndex
from retriever.types import Hit
from service.answering.chronicle import named_documents
from service.answering.compose import Point, label_for
from service.answering.continuing import going_on
from service.answering.demands import is_about
from service.answering.figures import with_figures
from service.answering.outline import PLAIN_KINSHIP, asks_only_for, asks_outline, kinship, nearest_document
from service.answering.practice import by_actor, examples, is_named, telling_terms
from service.answering.question import Question
from service.answering.reach import Reach
from service.answering.selection import by_nature, choose, prefer, put_first, repeats, with_years
from service.answering.structure import aspect_points, member_points, outline_points
from service.answering.units import Unit, UnitMaker
from service.answering.wording import complains, counts, defines, enumerates, lists, names_each
from service.types import Kind

FLOOR = 0.68
"""A point has to have this share of the best one's score; more where one point is mostly enough."""

_FLOORS = {Kind.FACT: 0.75, Kind.DEFINITION: 0.78}
_COUNTING_FLOOR = 0.5  # numbers of the same thing in other sources are wanted even where the words differ
MOST = {Kind.FACT: 3, Kind.DEFINITION: 3}
_BESIDE_LIST = 3  # points, where the first says all there is of what is asked about
_EXAMPLES, _TELLING = 2, 4  # at most so many; the matter is told by the terms of so many points
_BEGINNING = 300  # characters of a document that say what it is about
_CASE_COVERAGE = 0.6
"""Of the best case's share of the question's words: a unit that has less is a case of something else."""

_MANY, _OF_MANY = re.compile("哪些|哪几|都有"), 0.6
"""Where all of them are asked for, less is enough."""


class Picker:
    """Picks points for questions over the documents of one index. ``document`` gives a document by id as that index knows it."""

    def __init__(
        self,
        analyzer: Analyzer,
        lexical: LexicalIndex,
        document: Callable[[str], Document],
        reach: Reach,
        most: int,
    ) -> None:
        self._analyzer = analyzer
        self._lexical = lexical
        self._document = document
        self._reach = reach
        self._most = most

    def maker(self, question: Question) -> UnitMaker:
        """What makes the units for a question."""
        return UnitMaker(question, self._analyzer, self._lexical, self._document)

    def meets(self, question: Question, points: Sequence[Point]) -> bool | None:
        """Whether the points, or one of them, hold the many members asked for; ``None`` where no number is."""
        if question.kind is not Kind.LIST or question.members < 2:
            return None
        texts = (point.span.of(point.document.text) for point in points)
        return len(points) == question.members or any(
            enumerates(text, question.members, question.thing) or enumerates(text, question.members, "")
            for text in texts
        )

    def points(
        self, question: Question, maker: UnitMaker, units: Sequence[Unit], hits: Sequence[Hit]
    ) -> list[Point]:
        """The points of the answer, ``units`` being those of ``hits``, best first, as ``preferred`` orders them."""
        outline, _ = self.outline(question, hits)
        if outline:
            return outline
        if (
            (question.members or question.thing)
            and question.kind in (Kind.LIST, Kind.SUMMARY)
            and not self._set_out(question, units[:2])
            and (members := self._members(question, maker, hits))
        ):
            return members
        most = min(self._most, MOST.get(question.kind, self._most))
        floor = _FLOORS.get(question.kind, FLOOR)
        if units and question.counted and counts(units[0].text, question.counted):
            units, floor = [unit for unit in units if counts(unit.text, question.counted)], _COUNTING_FLOOR
        elif units and maker.tells(units[0].text):
            units = [unit for unit in units if maker.tells(unit.text)]
        elif units and question.kind is Kind.LIST and lists(units[0].text, question.listed):
            most = min(most, _BESIDE_LIST)
        elif question.kind is Kind.CASE:
            best = max((unit.coverage for unit in units[:most] if is_named(unit)), default=0.0)
            least = _CASE_COVERAGE * best * (_OF_MANY if _MANY.search(question.text) else 1)
            units = [unit for unit in units if unit.coverage >= least]
        chosen = choose(units, most, floor)
        if question.kind in (Kind.TIMELINE, Kind.FACT):
            chosen = with_years(question.text, chosen, units)
        if question.kind is Kind.CASE:
            chosen = by_actor(chosen)
        elif question.kind is Kind.HOWTO:
            chosen = by_nature([*chosen, *self._examples(question, chosen)], self._nature, question.wants)
        chosen = going_on(question, chosen, most, self._document)
        rest = [unit for unit in units[:40] if unit not in chosen]
        points = [self.point(question.kind, unit, repeats(unit, rest)[:2]) for unit in chosen]
        return with_figures(question, points, maker.coverage) if question.kind is Kind.FACT else points

    def _members(self, question: Question, maker: UnitMaker, hits: Sequence[Hit]) -> list[Point]:
        """The things asked for where the structure of a document near to the question sets them out."""
        return member_points(question, self._nearest(hits, question.named), maker.coverage)

    @staticmethod
    def _set_out(question: Question, units: Sequence[Unit]) -> bool:
        """Whether one of ``units`` sets out in one sentence what is asked for."""
        if not question.members:
            return any(lists(unit.text, question.listed) for unit in units)
        return any(enumerates(unit.text, question.members, question.thing) for unit in units)

    def _examples(self, question: Question, chosen: Sequence[Unit]) -> list[Unit]:
        """What named units do in the matter, where the chosen points leave room for it and the rule is not what is asked."""
        room = min(_EXAMPLES, self._most - len(chosen))
        if room <= 0 or question.wants == RULES or question.named:
            return []
        weights = telling_terms(
            [unit.text for unit in chosen[:_TELLING]], self._analyzer.query_terms, self._lexical.idf
        )
        hits = self._reach.search(" ".join((question.text, *weights))) if weights else ()
        practice = [unit for unit in self.maker(question).units(hits) if self._nature(unit) == "做法"]
        return examples(practice, chosen, weights, room)

    def preferred(self, question: Question, units: Sequence[Unit]) -> Sequence[Unit]:
        """The units with those of the nature asked for put forward, of cases those that say whose, of counted things those
        that name each, of meanings those that give it, of ways those that say more than what is amiss; the evidence is judged
        without this."""
        if question.kind is Kind.CASE:
            units = prefer(units, is_named)
        if question.kind is Kind.HOWTO:
            units = put_first(units, lambda unit: not complains(unit.text))
        if question.kind is Kind.DEFINITION:
            units = put_first(units, lambda unit: defines(unit.text, question.text))
        if question.kind is Kind.LIST and question.members and len(question.thing) > 1:
            units = prefer(units, lambda unit: names_each(unit.text, question.members, question.thing))
        if not question.wants:
            return units
        return prefer(units, lambda unit: self._nature(unit) == question.wants)

    def _nature(self, unit: Unit) -> str:
        return nature_of(self._document(unit.hit.passage.document_id).metadata)

    def _nearest(self, hits: Sequence[Hit], named: tuple[str, ...]) -> list[Document]:
        """The documents of the best hits, best first, those that by their beginnings are about what is named."""
        found = map(self._document, dict.fromkeys(hit.passage.document_id for hit in hits[:8]))
        return [one for one in found if is_about(normal_form(_beginning(one)), named)]

    def outline(self, question: Question, hits: Sequence[Hit]) -> tuple[list[Point], bool]:
        """The outline of the document or section that the question names, or the place where that speaks to the side asked about, and
        whether it plainly names that document.

        Empty where no outline is asked for, or neither is named.
        """
        if placed := aspect_points(question, self._nearest(hits, question.named)):
            return placed, True
        ids, name = named_documents(question.text, self._reach.titles())
        whole = bool(ids) and asks_only_for(question.text, name)
        if not whole and not asks_outline(question):
            return [], False
        if question.thing and not question.members and self._members(question, self.maker(question), hits):
            return [], False  # 讲话提了哪几项行动: not all of it, but what it calls so
        total = sum(hit.score for hit in hits[:8]) or 1.0
        share = dict.fromkeys((hit.passage.document_id for hit in hits[:8]), 0.0)
        for hit in hits[:8]:
            share[hit.passage.document_id] += hit.score / total
        weighed = [(weight, self._document(identity)) for identity, weight in share.items()]
        document = self._document(ids[0]) if ids else nearest_document(question.text, weighed)
        outline = outline_points(question, document, whole=whole) if document else []
        kin = sorted((kinship(question.text, other) for _, other in weighed), reverse=True)
        plain = bool(ids) or (bool(kin) and kin[0] >= PLAIN_KINSHIP and kin[1:2] != kin[:1])
        return outline, plain and bool(outline)

    def point(self, kind: Kind, unit: Unit, also: Sequence[Unit] = ()) -> Point:
        """A unit as a point; ``also`` are further sources that say the same."""
        passage = unit.hit.passage
        return Point(
            self._document(passage.document_id),
            unit.span,
            passage.path,
            Span(min(passage.span.start, unit.span.start), max(passage.span.end, unit.span.end)),
            unit.hit.score,
            unit.head or label_for(kind, unit.text, passage.path),
            tuple(self.point(kind, other) for other in also),
        )


def _beginning(document: Document) -> str:
    metadata = document.metadata
    return " ".join(
        (metadata.title, metadata.subtitle, metadata.published, metadata.source, document.text[:_BEGINNING])
    )
