"""Evidence units: the sentences of the passages found, each with how well it speaks to the question.

A unit is one sentence, or a run of sentences where the first cannot stand alone (它…, 对此…) and the sentence that
names its subject comes along.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ingest.normal import normal_form
from ingest.sentences import is_row, is_sentence, is_unended
from ingest.types import Document, Passage, Span
from retriever.analyzer import Analyzer
from retriever.types import Hit
from service.answering.actors import actor
from service.answering.demands import has_number, is_about
from service.answering.question import Question
from service.answering.question_words import KnownWords, QuestionWords
from service.answering.rows import EDGE, head_of, is_head, without_edges
from service.answering.wording import complains, counts, enumerates, list_items, list_span, lists
from service.types import Kind

_DEPENDENT = re.compile(
    r"^[“‘「『（(]*(?:这(?!里|次会议)|其(?!他|中|次|实|余)|该(?!市|省|院)|它|他|她|此(?!外)|对此|为此|因此|由此|据此|同时|与此同时|此外|"
    r"但|然而|于是|所以|而且|并且|也|还|即|针对这|针对该|在此|如此|上述|前者|后者|[\u4e00-\u9fff]{0,4}前[款项]|"
    r"(?:在|遇有)?特殊情况|情节(?:较|特别)?[轻重严]|必要时|逾期(?:不|未|仍))"
)
_QUESTION = re.compile(r"[？?][”’」』）)》】]*$")
"""A question answers none: it is shown, where it is much the one asked, with what follows it."""
_ADDING = re.compile(r"^(?:同时|与此同时|此外|而且|并且|也|还)")
_FORMS = {
    Kind.TIMELINE: (re.compile(r"[0-9]{4}年|[0-9]{1,2}月|今年|去年|近年|目前|截至"), 0.10),
    Kind.DEFINITION: (
        re.compile(r"是指|就是|指的是|，即|”是|是.{2,40}的(?:基础|组织|制度|机制|要求|关键|根本|核心)"),
        0.08,
    ),
    Kind.HOWTO: (
        re.compile(
            r"建立|健全|完善|制定|印发|开展|推动|推进|实施|强化|加强|落实|组织|坚持|明确|深化|围绕|聚焦|构建|打造|通过|探索|创新|融入"
        ),
        0.06,
    ),
    Kind.LIST: (
        re.compile(
            r"(?:分为|分成|包括|是指|有|为|下列|以下)[^，,。；]{0,16}?[:：]?[^，,。；]{1,20}(?:、[^，,。；]{1,20}){2,}|一是.*二是"
        ),
        0.08,
    ),
    Kind.CASE: (re.compile(r"(?:党支部|工委|党委|党组|委员会|部门|机关|公司|学校|局|厅|处|司)"), 0.08),
}
"""The form that an answer of a kind tends to have, and what a sentence of that form is credited with."""


@dataclass(frozen=True, slots=True)
class _Weights:
    """What a unit's score is made of; found by random search on the dev split for the rank of the first good unit."""

    similarity: float = 0.44
    coverage: float = 0.40
    setting: float = 0.48
    passage: float = 0.89
    length: float = 0.21
    exact: float = 0.21


_WEIGHTS = _Weights()
_FULL_LENGTH = 120  # longer units are not better for it
_LISTING = {Kind.LIST: 0.15, Kind.HOWTO: 0.04, Kind.DEFINITION: 0.0, Kind.SUMMARY: 0.10, Kind.CASE: 0.0}
"""Kinds of question that a whole list may answer, and its credit."""

_LISTS = 0.9  # credit for saying what there is of the thing asked about; found on the dev split
_FACET = 0.15  # credit for speaking to the side of the matter that is asked about
_COMPLAINS = -0.25  # what says that a thing is amiss does not say what to do about it
_COMPLETE = 0.25  # credit for as many members as are asked for
_SHORTEST = 8
_SPREAD = 0.04  # cosines closer together than this are hardly told apart
_LEAD_IN, _LONGEST_RUN = 60, 260
_SAME_QUESTION = 0.6  # of the words asked for, in a question of the text
_TELLING_LEAD_IN = 30
_TERSE = (Kind.FACT, Kind.DEFINITION, Kind.LIST)


@dataclass(frozen=True, slots=True)
class Unit:
    """``text`` is what ``span`` covers in the document, ``head`` the first row of the table that it is a row of, else empty.

    ``coverage`` is the share of the question's idf weight that the unit's words carry, ``similarity`` the cosine with
    the question; ``score`` puts both together with the passage's own and what the kind of question looks for. ``heading_coverage``
    is ``coverage`` for the document's title and date and the headings above; ``read`` is what a second reading said of the unit, ``None``
    where there was none.
    """

    hit: Hit
    span: Span
    text: str
    coverage: float
    similarity: float
    score: float
    head: str = ""
    heading_coverage: float = 0.0
    read: float | None = None

    @property
    def told(self) -> str:
        """What the unit says together with its table's head."""
        return f"{self.head} {self.text}" if self.head else self.text


class _Place:
    """What all units of a passage share."""

    def __init__(self, maker: UnitMaker, hit: Hit, best: float) -> None:
        self.hit = hit
        self.setting = maker.setting(hit.passage)
        self.coverage = maker.coverage(self.setting)
        self.rank = hit.score / best


class UnitMaker:
    """Makes scored units for one question."""

    def __init__(
        self,
        question: Question,
        analyzer: Analyzer,
        index: KnownWords,
        document: Callable[[str], Document],
    ) -> None:
        self._question = question
        self._low = self._high = 0.0  # the range of similarities among the hits
        self._document = document
        self._said = QuestionWords(question, analyzer, index)

    def coverage(self, text: str) -> float:
        """See `QuestionWords`."""
        return self._said.coverage(text)

    def words(self, text: str) -> float:
        """See `QuestionWords`."""
        return self._said.words(text)

    def exact(self, text: str) -> float:
        """See `QuestionWords`."""
        return self._said.exact(text)

    def setting(self, passage: Passage) -> str:
        """What a passage's sentences can take for granted: the document's title and date, and the headings."""
        return setting_of(self._document(passage.document_id), passage.path)

    def units(self, hits: Sequence[Hit]) -> list[Unit]:
        """The units of ``hits`` about what the question names, best first; ties by document and place."""
        best = max((hit.score for hit in hits), default=0.0) or 1.0
        self._low, self._high = _range([s for hit in hits for s in hit.sentence_similarities])
        units = [
            unit
            for hit in hits
            for place in [_Place(self, hit, best)]
            for index in range(len(hit.passage.sentences))
            if (unit := self._unit(place, index)) is not None
        ]
        return sorted(units, key=lambda unit: (-unit.score, unit.hit.passage.document_id, unit.span.start))

    def _unit(self, place: _Place, index: int) -> Unit | None:
        passage = place.hit.passage
        if not self._stands(passage, index):
            return self._listing(place, index)
        first, last = self._run(passage, index)
        if last == index and self._asks(passage, index):
            return None
        span = _stripped(passage, Span(passage.sentences[first].start, passage.sentences[last].end))
        text, head = span_text(passage.text, span, passage.span.start), ""
        if text.startswith(EDGE):
            whole = self._document(passage.document_id).text
            head, span = head_of(whole, span), without_edges(whole, span)
            text = span.of(whole)
        told = f"{head} {text}".strip()
        if not self._meets(told, place.setting):
            return None
        similarity = max(place.hit.sentence_similarities[first : last + 1], default=0.0)
        unit = self._scored(place, span, text, similarity, self._fitness(told), told)
        return replace(unit, head=head) if head else unit

    def _listing(self, place: _Place, index: int) -> Unit | None:
        """A sentence that leads in a list (…：) with all the items that follow it, be they in this passage or on."""
        passage = place.hit.passage
        lead = passage.sentences[index]
        document = self._document(passage.document_id)
        span = list_span(document.text, lead)
        if span is None or self._question.kind not in _LISTING:
            return self._lead_in(place, index) if span else None
        span = span.stripped(document.text)
        text = span.of(document.text)
        if not self._meets(text, place.setting):
            return None
        inside = [
            s
            for s, at in zip(place.hit.sentence_similarities, passage.sentences, strict=False)
            if span.contains(at)
        ]
        credit = _LISTING[self._question.kind] + _WEIGHTS.exact * self.exact(text)
        if self._question.members and list_items(text) == self._question.members:
            credit += _COMPLETE
        elif self._question.kind is Kind.LIST and lists(text, self._question.listed):
            credit += _LISTS
        return self._scored(place, span, text, max(inside, default=0.0), credit)

    def _lead_in(self, place: _Place, index: int) -> Unit | None:
        """A sentence that leads in a list by itself, where it says enough and the list is not what is asked for."""
        passage = place.hit.passage
        span = _stripped(passage, passage.sentences[index])
        text = span_text(passage.text, span, passage.span.start)
        if len(text) < _TELLING_LEAD_IN or not self._meets(text, place.setting):
            return None
        return self._scored(place, span, text, place.hit.sentence_similarities[index], self._fitness(text))

    def _scored(
        self, place: _Place, span: Span, text: str, similarity: float, credit: float, told: str = ""
    ) -> Unit:
        coverage = self.coverage(told or text)
        relative = (similarity - self._low) / max(self._high - self._low, _SPREAD)
        weights = _WEIGHTS
        score = (
            weights.similarity * relative
            + weights.coverage * coverage
            + weights.setting * place.coverage
            + weights.passage * place.rank
            + weights.length * min(1.0, len(text) / _FULL_LENGTH)
        )
        score -= self._question.background.cost(place.hit.passage.document_id, span)
        return Unit(
            place.hit, span, text, coverage, similarity, score + credit, heading_coverage=place.coverage
        )

    def _stands(self, passage: Passage, index: int) -> bool:
        words = _words(passage.text, passage.sentences[index], passage.span.start)
        if is_sentence(words):
            return len(words) >= _SHORTEST
        document = self._document(passage.document_id)
        heads = words in (document.metadata.title, *passage.path) or is_head(
            document.text, passage.sentences[index]
        )
        return (is_row(words) or is_unended(words)) and not heads

    def _run(self, passage: Passage, index: int) -> tuple[int, int]:
        """The sentence with the one before it where it leans on that, or the one after it where it only leads in."""
        words = _words(passage.text, passage.sentences[index], passage.span.start)
        if index > 0 and self._leans(passage, index) and self._stands(passage, index - 1):
            before = _words(passage.text, passage.sentences[index - 1], passage.span.start)
            if len(before) + len(words) <= _LONGEST_RUN:
                return index - 1, index
        following = index + 1
        if self._asks(passage, index):
            same = self.coverage(words) >= _SAME_QUESTION
            return index, self._answered(passage, index, len(words)) if same else index
        leads = len(words) <= _LEAD_IN and "\n" not in span_text(
            passage.text, passage.sentences[index], passage.span.start
        )
        if leads and following < len(passage.sentences) and self._question.kind not in _TERSE:
            after = _words(passage.text, passage.sentences[following], passage.span.start)
            fits = is_sentence(after) and len(after) + len(words) <= _LONGEST_RUN and not _turns(words, after)
            # A sentence that says less of the question than the next does not lead in to it: that one stands alone.
            if fits and self.coverage(words) >= self.coverage(after):
                return index, following
        return index, index

    @staticmethod
    def _asks(passage: Passage, index: int) -> bool:
        return (
            _QUESTION.search(_words(passage.text, passage.sentences[index], passage.span.start)) is not None
        )

    def _answered(self, passage: Passage, index: int, length: int) -> int:
        """The first sentence after a question that is none itself, or the question where that is too far or not there."""
        for following in range(index + 1, len(passage.sentences)):
            after = _words(passage.text, passage.sentences[following], passage.span.start)
            length += len(after)
            if length > _LONGEST_RUN:
                break
            if not self._asks(passage, following):
                return following if self._stands(passage, following) else index
        return index

    def _leans(self, passage: Passage, index: int) -> bool:
        """Whether a sentence needs the one before it; what only adds to that (同时…) does not where a paragraph ends between."""
        words = normal_form(_words(passage.text, passage.sentences[index], passage.span.start))
        before = span_text(passage.text, passage.sentences[index - 1], passage.span.start)
        if words.startswith("(") and is_row(words):  # ……。（责任单位：…）
            return "\n" not in before
        return _DEPENDENT.match(words) is not None and not ("\n" in before and _ADDING.match(words))

    def _meets(self, text: str, setting: str) -> bool:
        """Whether a unit has the number asked for, and the region, year and numbered unit named in it or around it."""
        question = self._question
        if question.numeric and not has_number(text, question.measure):
            return False
        return not question.named or is_about(normal_form(text + " " + setting), question.named)

    def _fitness(self, text: str) -> float:
        """A small credit for having the form of what the question asks for, and its exact words."""
        return self._form(text) + _FACET * self.tells(text) + _WEIGHTS.exact * self.exact(text)

    def tells(self, text: str) -> bool:
        """Whether ``text`` speaks to the side of the matter that is asked about; ``False`` where none is."""
        facet = self._question.facet
        return facet is not None and facet.told.search(normal_form(text)) is not None

    def _form(self, text: str) -> float:
        question = self._question
        if question.members and enumerates(text, question.members, question.thing):
            return _COMPLETE
        if question.kind is Kind.FACT:
            return 0.08 * has_number(text, "") + 0.40 * counts(text, question.counted)
        if question.kind is Kind.LIST and lists(text, question.listed):
            return _LISTS
        if question.kind is Kind.HOWTO and complains(text):
            return _COMPLAINS
        pattern, credit = _FORMS.get(question.kind, (None, 0.0))
        return credit if pattern is not None and pattern.search(text) else 0.0


def _turns(words: str, after: str) -> bool:
    """Whether a sentence goes on to tell of somebody else."""
    other = actor(after)
    return bool(other) and other != actor(words)


def setting_of(document: Document, path: Sequence[str]) -> str:
    """A document's title and date with the headings of a place in it."""
    metadata = document.metadata
    return " ".join((metadata.title, metadata.subtitle, metadata.published, *path))


def _range(values: Sequence[float]) -> tuple[float, float]:
    """The median and the greatest of ``values``: what a sentence must rise above, and the best there is."""
    if not values:
        return 0.0, 0.0
    ordered = sorted(values)
    return ordered[len(ordered) // 2], ordered[-1]


def span_text(text: str, span: Span, offset: int) -> str:
    """``span`` of the document, read from a passage that begins at ``offset``."""
    return text[span.start - offset : span.end - offset]


def _stripped(passage: Passage, span: Span) -> Span:
    """``span`` of the document, within ``passage``, without white space at its ends."""
    offset = passage.span.start
    return span.moved(-offset).stripped(passage.text).moved(offset)


def _words(text: str, span: Span, offset: int) -> str:
    return span_text(text, span, offset).strip()
