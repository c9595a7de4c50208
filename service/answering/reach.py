"""What an answer may look at besides the passages found for the whole question: further searches, documents by title, a
second reading."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ingest.types import Passage
from retriever.types import Hit

Read = Callable[[str, Sequence[tuple[Passage, str]]], Sequence[float]]
"""Says of sentences of passages how far they answer a question: of the first ones, or of none."""


@dataclass(frozen=True, slots=True)
class Reach:
    """``search`` finds passages for a question, best first; ``titles`` gives (id, title) of all that may answer; ``read`` reads
    sentences again.

    The first two keep to the documents that the question is answered from.
    """

    search: Callable[[str], Sequence[Hit]]
    titles: Callable[[], Sequence[tuple[str, str]]]
    read: Read = lambda question, sentences: ()


NOWHERE = Reach(lambda text: (), lambda: ())
"""Finds and reads nothing: the answer keeps to the hits given."""
