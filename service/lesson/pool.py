"""What the library has for each part of a lesson: sentences about the topic that have the form of the part, best first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ingest.authority import nature_of
from ingest.normal import simplify
from ingest.types import Document
from retriever.types import Hit
from service.answering.question import Question
from service.answering.selection import repeats, says_the_same
from service.answering.topics import topic_of
from service.answering.units import Unit, UnitMaker, setting_of
from service.answering.wording import list_items
from service.lesson.cues import LOOKS, words_for
from service.lesson.naming import whose
from service.lesson.types import Part
from service.types import Kind
from service.view import View

_DEPTH = 40
"""How many passages each search brings."""

_LONGEST, _SHORTEST, _SHORTEST_LEAD = 600, 18, 10
_SETTING, _LIKENESS = 0.7, 0.4
"""What the topic's words are worth that only the headings and the title have; the share of likeness in the relevance."""

_REPEATED = 0.7
"""From this share of its character pairs on a sentence repeats another one, in whatever part of the lesson."""

_WORDS, _ALIKE = 0.06, 0.75
"""How far above the floor the words alone have to be, unless a unit is as like the topic as hardly any other."""

_FEW, _USUAL, _NAMED = 3, 3, 0.7
"""A topic of so few terms (发展党员) is a phrase. Where at least ``_USUAL`` units have it word for word, ``_NAMED`` is what is
left of the words' worth without it."""

_FORM, _AUDIENCE = 0.7, 0.10
_FRAGMENT, _CASE = 0.35, 0.3
"""What it costs to be an item torn from its list, and to tell of one unit's deed where that is not what the part is for."""

_ITEM = re.compile(r"^[（(][一二三四五六七八九十]{1,3}[）)]")
_ARTICLE = re.compile(r"^第[一二三四五六七八九十百零]+条")
_CUT_OFF = re.compile(r"[；;：:，,]$")
"""Ends of what is but a part of a sentence, or leads in what is not there."""

_TALK = re.compile(r"谢谢|同志们[，！!]|我就讲|各位|记者|本报|编辑|责编|来源[：:]|今天[，的我]|下面[，我]")


@dataclass(frozen=True, slots=True)
class Choice:
    """A unit for a point, with those of other documents that say the same."""

    unit: Unit
    also: tuple[Unit, ...] = ()


class Pool:
    """The units that speak of a topic. What one part takes, and what says the same, no other part gets."""

    def __init__(self, view: View, topic: str, audience: str) -> None:
        self.view = view
        self.topic = topic_of(topic)
        self._audience = words_for(audience)
        self._question = view.understand(self.topic)
        self._maker = self._maker_for(self._question.kind)
        self._texts: list[str] = []
        self.hits: dict[str, Hit] = {}

    def take(self, choices: Iterable[Choice]) -> None:
        """Note what a part has taken."""
        for choice in choices:
            self._texts.extend(unit.text for unit in (choice.unit, *choice.also))

    def is_free(self, unit: Unit) -> bool:
        """Whether no part has taken what ``unit`` says."""
        return not any(says_the_same(unit.text, text, _REPEATED) for text in self._texts)

    def units(self, part: Part) -> list[Unit]:
        """The units that belong to a part and are still free, best first; the score is that for the part, at best about 2."""
        look = LOOKS[part]
        hits = self._found(look.words)
        units = self._maker_for(look.kind).units(hits)
        best = max((unit.score for unit in units), default=0.0) or 1.0
        likeness = _Scale([unit.similarity for unit in units])
        exact = self._exact_where_usual(units)
        rated = []
        for unit in units:
            credit = look.natures.get(self.nature(unit), 0.0)
            if part not in (Part.HOW, Part.OPENING) and self.is_case(unit):
                credit -= _CASE
            fitness = look.fitness(unit.text, binding=self.nature(unit) == "规定")
            if fitness + credit < look.least or not _is_fit(unit.text) or not self.is_free(unit):
                continue
            if self._relevance(unit, likeness(unit.similarity), exact, look.floor) < look.floor:
                continue
            score = unit.score / best + _FORM * fitness + credit
            score += _AUDIENCE * any(word in unit.text for word in self._audience)
            rated.append(replace(unit, score=score - _FRAGMENT * self._is_item(unit)))
        return sorted(rated, key=lambda unit: (-unit.score, unit.hit.passage.document_id, unit.span.start))

    def choice(self, unit: Unit, others: Sequence[Unit]) -> Choice:
        """``unit`` with at most two of ``others`` from other documents that say the same."""
        same = [o for o in repeats(unit, others) if says_the_same(unit.text, o.text, _REPEATED)]
        return Choice(unit, tuple(same[:2]))

    def coverage(self, text: str) -> float:
        """How much of the topic ``text`` speaks to, in [0, 1]."""
        return self._maker.coverage(text)

    def document(self, unit: Unit) -> Document:
        """The document that a unit is from."""
        return self.view.document(unit.hit.passage.document_id)

    def nature(self, unit: Unit) -> str:
        """What the unit's document is good for."""
        return nature_of(self.document(unit).metadata)

    def _found(self, words: Sequence[str]) -> list[Hit]:
        """The passages for the topic with each of ``words``, and with those of the audience; each with its best score."""
        searches = [f"{self.topic} {each}" for each in words]
        if self._audience:
            searches.append(f"{self.topic} {' '.join(self._audience)} {words[0]}")
        found: dict[str, Hit] = {}
        for hit in (hit for text in searches for hit in self.view.find(text, _DEPTH, None)):
            known = found.get(hit.passage.id)
            if known is None or hit.score > known.score:
                found[hit.passage.id] = hit
        self.hits.update(found)
        return sorted(found.values(), key=lambda hit: (-hit.score, hit.passage.id))

    def _exact_where_usual(self, units: Sequence[Unit]) -> float:
        """How much of the topic's phrases stand word for word where most do; 0 where few units have so many."""
        found = sorted((self._maker.exact(self._around(unit)) for unit in units), reverse=True)
        return found[0] if len(found) >= _USUAL and found[_USUAL - 1] >= 0.9 * found[0] else 0.0

    def _around(self, unit: Unit) -> str:
        return f"{unit.text} {setting_of(self.document(unit), unit.hit.passage.path)}"

    def _relevance(self, unit: Unit, likeness: float, exact: float, floor: float) -> float:
        """In [0, 1]: by the topic's words in the unit, or in the headings and the title above it, and by likeness.

        ``exact`` is how much of its phrases stand word for word where most of them do. Without words enough for ``floor``
        a unit is none of the topic's, unless of a topic of many words hardly any sentence found is more like it.
        """
        around = self._around(unit)
        words = max(self._maker.coverage(unit.text), _SETTING * self._maker.coverage(around))
        few = len(self._question.terms) <= _FEW
        if exact and few:
            words *= _NAMED + (1 - _NAMED) * self._maker.exact(around) / exact
        if words < floor + _WORDS and (few or likeness < _ALIKE):
            return 0.0
        return (1 - _LIKENESS) * words + _LIKENESS * likeness

    def is_case(self, unit: Unit) -> bool:
        """Whether a unit tells what somebody named did."""
        return self.nature(unit) == "做法" and bool(whose(unit.text))

    def _is_item(self, unit: Unit) -> bool:
        """Whether a unit is one item of a list of rules, without what leads the list in."""
        return _ITEM.match(unit.text) is not None and self.nature(unit) == "规定"

    def _maker_for(self, kind: Kind) -> UnitMaker:
        question: Question = replace(self._question, kind=kind)
        lexical = self.view.lexical
        return UnitMaker(
            question,
            self.view.analyzer,
            lexical.idf,
            lambda term: lexical.document_frequency(term) > 0,
            self.view.document,
        )


def chapter_of(path: tuple[str, ...]) -> tuple[str, ...]:
    """The headings above an article; of what is no article, its own."""
    return path[:-1] if len(path) > 1 and _ARTICLE.match(path[-1]) else path


def _is_fit(text: str) -> bool:
    if not _SHORTEST <= len(text) <= _LONGEST or _TALK.search(simplify(text[:40])) or _CUT_OFF.search(text):
        return False
    lead, *lines = text.split("\n")
    # Several lines are a list with what leads it in, or else paragraphs of which one leans on the other.
    return not lines or (list_items(text) > 1 and len(lead) >= _SHORTEST_LEAD)


class _Scale:
    """From 0 for what half of the values do not reach to 1 for the greatest."""

    def __init__(self, values: Sequence[float]) -> None:
        ordered = sorted(values) or [0.0]
        self._low = ordered[len(ordered) // 2]
        self._range = max(ordered[-1] - self._low, 0.04)

    def __call__(self, value: float) -> float:
        return max(0.0, min(1.0, (value - self._low) / self._range))
