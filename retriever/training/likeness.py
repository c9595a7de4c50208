"""How much of a question's wording a sentence shares."""

from __future__ import annotations

from collections.abc import Collection

from ingest.normal import simplify


def overlap(query: str, sentence: str) -> float:
    """The share of the question's character pairs that a sentence holds, in [0, 1]."""
    return share_of(character_pairs(simplify(query)), simplify(sentence))


def character_pairs(text: str) -> set[str]:
    """All pairs of neighbouring characters."""
    return {text[i : i + 2] for i in range(len(text) - 1)}


def share_of(pairs: Collection[str], sentence: str) -> float:
    """The share of ``pairs`` in a sentence of the same script, in [0, 1]."""
    return sum(pair in sentence for pair in pairs) / max(1, len(pairs))
