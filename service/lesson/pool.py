"""What the library has for each part of a lesson: sentences about the topic that have the form of the part, best first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ingest.authority import nature_of
from ingest.types import Document
from retriever.types import Hit
from service.answering.compose import owner
from service.answering.question import Question
from service.answering.selection import repeats, says_the_same
from service.answering.topics import topic_of
from service.answering.units import Unit, UnitMaker, setting_of
from service.lesson.cues import LOOKS, words_for
from service.lesson.types import Part
from service.types import Kind
from service.view import View

_DEPTH = 40
_LONGEST, _SHORTEST = 600, 18
_SETTING, _LIKENESS = 0.85, 0.4
_FORM, _AUDIENCE, _FRAGMENT, _CASE = 0.5, 0.08, 0.35, 0.3
_ITEM = re.compile(r"^[（(][一二三四五六七八九十]{1,3}[）)]")
_CUT_OFF = re.compile(r"[；;：:，,]$")
"""An item torn from its list, or a sentence that only leads one in."""
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
        return not any(says_the_same(unit.text, text) for text in self._texts)

    def units(self, part: Part) -> list[Unit]:
        """The units that belong to a part and are still free, best first; the score is that for the part, at best about 2."""
        look = LOOKS[part]
        hits = self._found(look.words)
        units = self._maker_for(look.kind).units(hits)
        best = max((unit.score for unit in units), default=0.0) or 1.0
        likeness = _scale([unit.similarity for unit in units])
        rated = []
        for unit in units:
            credit = look.natures.get(self.nature(unit), 0.0)
            if part is not Part.HOW and owner(unit.text) and self.nature(unit) == "做法":
                credit -= _CASE
            fitness = look.fitness(unit.text)
            if fitness + credit < look.least or not _is_fit(unit.text) or not self.is_free(unit):
                continue
            if self._relevance(unit, likeness(unit.similarity)) < look.floor:
                continue
            score = unit.score / best + _FORM * fitness + credit
            score += _AUDIENCE * any(word in unit.text for word in self._audience)
            rated.append(replace(unit, score=score - _FRAGMENT * self._is_item(unit)))
        return sorted(rated, key=lambda unit: (-unit.score, unit.hit.passage.document_id, unit.span.start))

    def choice(self, unit: Unit, others: Sequence[Unit]) -> Choice:
        """``unit`` with at most two of ``others`` from other documents that say the same."""
        return Choice(unit, tuple(repeats(unit, others)[:2]))

    def coverage(self, text: str) -> float:
        """How much of the topic ``text`` speaks to, in [0, 1]."""
        return self._maker.coverage(text)

    def document(self, unit: Unit) -> Document:
        """The document that a unit is from."""
        return self.view.document(unit.hit.passage.document_id)

    def nature(self, unit: Unit) -> str:
        """What the unit's document is good for."""
        return nature_of(self.document(unit).metadata)

    def _found(self, words: str) -> list[Hit]:
        """The passages for the topic with ``words``, and with those of the audience; each with its best score."""
        searches = [f"{self.topic} {words}"]
        if self._audience:
            searches.append(f"{self.topic} {' '.join(self._audience)} {words}")
        found: dict[str, Hit] = {}
        for hit in (hit for text in searches for hit in self.view.find(text, _DEPTH, None)):
            known = found.get(hit.passage.id)
            if known is None or hit.score > known.score:
                found[hit.passage.id] = hit
        self.hits.update(found)
        return sorted(found.values(), key=lambda hit: (-hit.score, hit.passage.id))

    def _relevance(self, unit: Unit, likeness: float) -> float:
        """In [0, 1]: by the topic's words in the unit, or in the headings and the title above it, and by likeness."""
        document = self.document(unit)
        around = self._maker.coverage(unit.text + setting_of(document, unit.hit.passage.path))
        words = max(self._maker.coverage(unit.text), _SETTING * around)
        return (1 - _LIKENESS) * words + _LIKENESS * likeness

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


def _is_fit(text: str) -> bool:
    return _SHORTEST <= len(text) <= _LONGEST and not _TALK.search(text[:40]) and not _CUT_OFF.search(text)


class _Scale:
    def __init__(self, values: Sequence[float]) -> None:
        ordered = sorted(values) or [0.0]
        self._low = ordered[len(ordered) // 2]
        self._range = max(ordered[-1] - self._low, 0.04)

    def __call__(self, value: float) -> float:
        return max(0.0, min(1.0, (value - self._low) / self._range))


def _scale(values: Sequence[float]) -> _Scale:
    return _Scale(values)
