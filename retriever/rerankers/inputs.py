"""What a reranker reads of a question and a passage: short, so that many passages can be read.

Of a long passage the window is read that shares most character pairs with the question. Training and the
product read by the same rules, from here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ingest.normal import simplify
from retriever.embedders.text import clean

QUERY_PREFIX, PASSAGE_PREFIX = "query: ", "passage: "
QUERY, PASSAGE, SPECIAL = 1, 2, 0
"""What a token belongs to: the question, the passage, or what stands around them."""

_QUERY_TOKENS, _PASSAGE_TOKENS, _PREFIX_TOKENS = 40, 96, 3
_QUERY_CHARACTERS, _PLACE_CHARACTERS = 400, 40
_WINDOW = 130
_SHORTEST = 6
_CLAUSE = re.compile(r"[。；！？;!?\n，,]+")


class Encoding(Protocol):
    """What a tokenizer makes of a text."""

    @property
    def ids(self) -> list[int]:
        """The numbers of its pieces, `<s>` first and `</s>` last."""


class Tokenizer(Protocol):
    """As in the package `tokenizers`."""

    def encode(self, sequence: str) -> Encoding:
        """A text as pieces."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question made ready once for all its passages."""

    ids: tuple[int, ...]
    pairs: frozenset[str]


def asked(tokenizer: Tokenizer, question: str) -> Asked:
    """The question's pieces and character pairs."""
    text = simplify(clean(question[:_QUERY_CHARACTERS]))
    ids = tokenizer.encode(QUERY_PREFIX + text).ids
    return Asked((*ids[:-1][:_QUERY_TOKENS], ids[-1]), _pairs(text))


def pair(tokenizer: Tokenizer, question: Asked, place: str, text: str) -> tuple[list[int], list[int]]:
    """The pieces of question and passage as one row, and what each belongs to.

    `place` are title and headings. The row is `<s> query … </s> </s> passage … </s>`; prefixes count as special.
    """
    window = best_window(clean(text), question.pairs)
    body = f"{place[-_PLACE_CHARACTERS:]}\n{window}" if place else window
    ids = tokenizer.encode(PASSAGE_PREFIX + simplify(clean(body))).ids
    first, second = list(question.ids), [ids[-1], *ids[1:-1][:_PASSAGE_TOKENS], ids[-1]]
    return first + second, [*_belongs(first, QUERY), *_belongs(second, PASSAGE)]


def likest(question: str, sentences: Sequence[str], most: int) -> list[str]:
    """The `most` sentences that hold the greatest share of the question's character pairs, the first of equals.

    Sentences of a few characters count only where there are no others.
    """
    pairs = _pairs(simplify(clean(question)))
    words = [sentence.strip() for sentence in sentences]
    told = [sentence for sentence in words if len(sentence) >= _SHORTEST] or words

    def shared(sentence: str) -> int:
        simple = simplify(clean(sentence))
        return sum(pair in simple for pair in pairs)

    return sorted(told, key=shared, reverse=True)[:most]


def _belongs(ids: list[int], part: int) -> list[int]:
    """The first piece, those of the prefix and the last are special, as long as anything is left."""
    inner = len(ids) - 2
    prefix = min(_PREFIX_TOKENS, inner - 1) if inner else 0
    return [SPECIAL] * (1 + prefix) + [part] * (inner - prefix) + [SPECIAL]


def best_window(text: str, pairs: frozenset[str]) -> str:
    """The whole text if it is short, else the run of clauses that holds most of the pairs, the first of several."""
    if len(text) <= _WINDOW:
        return text
    starts = [0, *(match.end() for match in _CLAUSE.finditer(text))]
    last = len(text) - _WINDOW // 2
    windows = [text[start : start + _WINDOW] for start in starts if start <= last]
    return max(windows, key=lambda window: len(pairs & _pairs(window)))


def _pairs(text: str) -> frozenset[str]:
    return frozenset(text[i : i + 2] for i in range(len(text) - 1))
