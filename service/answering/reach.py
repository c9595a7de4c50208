"""What an answer may look at besides the passages found for the whole question: further searches, documents by title."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from retriever.types import Hit


@dataclass(frozen=True, slots=True)
class Reach:
    """``search`` finds passages for a question, best first; ``titles`` gives (id, title) of all that may answer.

    Both keep to the documents that the question is answered from.
    """

    search: Callable[[str], Sequence[Hit]]
    titles: Callable[[], Sequence[tuple[str, str]]]


NOWHERE = Reach(lambda text: (), lambda: ())
"""Finds nothing: the answer keeps to the hits given."""
