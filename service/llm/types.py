"""What the language model is asked, what bounds it, and the two things that can be exchanged: the model and the support check."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is told: our rules, and the request that carries the question and the excerpts as data."""

    rules: str
    request: str


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may take, in seconds and characters of output; all times run from the moment of asking."""

    connect_seconds: float
    first_seconds: float
    seconds: float
    characters: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the model without its markers, and the ids of the citations that it names."""

    text: str
    citations: tuple[int, ...]


class Receiver(Protocol):
    """Takes what a model writes, in the model's own thread."""

    def add(self, text: str) -> bool:
        """Take the next piece, which may be empty; false where no more is wanted."""

    def on_stop(self, close: Callable[[], None]) -> None:
        """``close`` is called, from another thread, once no more is wanted."""

    def on_size(self, size: Callable[[], int]) -> None:
        """``size`` tells how many bytes came in, whether or not they made any text."""


class LanguageModel(Protocol):
    """Writes text. Used from several threads at once."""

    @property
    def name(self) -> str:
        """What the model is called, for people."""

    def write(self, prompt: Prompt, limits: Limits, receiver: Receiver) -> None:
        """Hand all that is written to ``receiver``, piece by piece, and return at its end.

        Raises LanguageModelError. Whoever waits does not rely on this to return in time.
        """


class Support(Protocol):
    """How far a text carries a sentence: what facts that can be compared one by one do not show."""

    @property
    def threshold(self) -> float:
        """The least score of a sentence that may be shown."""

    def score(self, sentence: str, cited: str) -> float:
        """From 0 (``cited`` says nothing of it) to 1 (it says all of it)."""
