"""The first evidence units read again, each with the question, by the retriever's second look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from service.answering.question import Question
from service.answering.reach import Read
from service.answering.units import Unit

_READ = 10
"""Units that are read: a right one is seldom further down."""
_WEIGHT, _HEADINGS = 10.0, 1.25
"""What a reading and the headings, of which reading sees the end alone, count beside a unit's score; chosen on development questions, as is
the number above (docs/reranking.md)."""
_BEST_OF = 3


def read_again(question: Question, units: Sequence[Unit], read: Read) -> tuple[list[Unit], float | None]:
    """The units in the order that reading the first of them gives, and what the best of the first three was said to be worth;
    ``None`` where nothing was read.

    The scores are dealt out anew, the greatest to the first: what they say of the whole finding stays the same. Of follow-ups
    reading says which sentence comes first, but not what it is worth: with the topic that they carry along they read unlike
    anything the model was trained on, and more were refused.
    """
    told = read(question.text, [(unit.hit.passage, unit.told) for unit in units[:_READ]])
    if not told:
        return list(units), None
    first = units[: len(told)]
    worth = [
        unit.score + _WEIGHT * said + _HEADINGS * unit.heading_coverage
        for unit, said in zip(first, told, strict=True)
    ]
    order = sorted(range(len(first)), key=lambda i: (-worth[i], i))
    again = [replace(first[i], score=unit.score, read=told[i]) for i, unit in zip(order, first, strict=True)]
    best = None if question.background.own else max(told[i] for i in order[:_BEST_OF])
    return [*again, *units[len(first) :]], best
