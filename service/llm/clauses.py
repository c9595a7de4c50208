"""Texts in clauses, and which clause of a source a clause of a sentence goes by."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from ingest.normal import normal_form
from service.llm.quantities import Quantity, plain, quantities

_BREAK = re.compile(r"[,;:。!?\n]+")
_STOP = re.compile(r"[。!?;\n]")
_BEFORE, _ACROSS = 0.5, 0.25
"""How much the clause before counts (the subject often stands there), and one's own words where the other has them before."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause in normal form, with the grams that it is recognised by and those of the clause before it in its sentence.

    ``sentence`` numbers the sentences of the text from 0.
    """

    text: str
    sentence: int
    quantities: tuple[Quantity, ...]
    grams: frozenset[str]
    before: frozenset[str]


@lru_cache(maxsize=512)
def clauses(text: str) -> tuple[Clause, ...]:
    """The clauses of a text in order; empty ones are left out."""
    normal = plain(normal_form(text))
    result: list[Clause] = []
    sentence, start = 0, 0
    ends = [*((m.start(), m.end(), _STOP.search(m.group()) is not None) for m in _BREAK.finditer(normal))]
    for stop, following, closes in (*ends, (len(normal), len(normal), True)):
        words = normal[start:stop].strip()
        if words:
            before = result[-1].grams if result and result[-1].sentence == sentence else frozenset()
            found = tuple(quantities(words))
            result.append(Clause(words, sentence, found, grams(_without(words, found)), before))
        sentence += closes
        start = following
    return tuple(result)


def _without(words: str, found: Iterable[Quantity]) -> str:
    """A clause without its quantities: what they are of is what clauses are compared by."""
    for quantity in sorted(found, key=lambda quantity: -quantity.start):
        words = f"{words[: quantity.start]} {words[quantity.end :]}"
    return words


@lru_cache(maxsize=4096)
def grams(words: str) -> frozenset[str]:
    """Neighbouring characters, punctuation and numbers left out; of a single character that one."""
    bare = re.sub(r"[^\w]|[0-9_]", "", words)
    return frozenset(bare[i : i + 2] for i in range(len(bare) - 1)) or frozenset(bare)


def overlap(own: Clause, source: Clause) -> float:
    """How much two clauses have in common, what stands before them counting less, and least across."""
    across = len(own.grams & source.before) + len(own.before & source.grams)
    return len(own.grams & source.grams) + _BEFORE * len(own.before & source.before) + _ACROSS * across


def share(own: frozenset[str], source: frozenset[str]) -> float:
    """The share of ``own`` that is in ``source``; 1 where there is nothing of its own."""
    return len(own & source) / len(own) if own else 1.0


def nearest(own: Clause, sources: Iterable[Clause]) -> list[Clause]:
    """The clauses that ``own`` most likely goes by, all that are equally near; none where none shares anything with it."""
    scored = [(overlap(own, source), source) for source in sources]
    best = max((score for score, _ in scored), default=0.0)
    return [source for score, source in scored if score == best] if best else []
