"""The second look: the first of the fused ranking read again by a reranker, within a time.

A passage is read by its sentences: those most like the question, the best of them counting (MaxP: Dai and Callan 2019,
"Deeper Text Understanding for IR with Contextual Neural Language Modeling").

How many passages are read follows from what a token takes on this machine, measured once and rounded up to a
power of √2, and from the lengths of the question and its passages: never from how long this very question took. So
the same question has the same order as long as the process runs. Only where eight questions in succession took
twice their time is the number halved for good, at most twice. A model that fails leaves fusion as it is.

Sentences that make an answer are read too, in half as much time again; what was read of a question before is not read twice.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from retriever.errors import RerankerError
from retriever.protocols import Reranker
from retriever.rerankers.inputs import likest

_LOG = logging.getLogger(__name__)

_SAMPLE = ("党支部的任期是多久？", ("中国共产党支部工作条例", "党支部委员会每届任期三年。" * 5))
_ROUNDS, _PAIRS = 3, 4
_FEWEST = 4
"""With fewer passages than this a second look is not worth its time."""
_PATIENCE, _MOST_HALVINGS = 8, 2
_SENTENCES_SHARE = 0.5
_FEWEST_SENTENCES = 3
_REMEMBERED = 256

Pair = tuple[str, str]
"""Title with headings, and a sentence."""
Reading = tuple[str, Sequence[str]]
"""Of a passage: title with headings, and its sentences."""


@dataclass(frozen=True, slots=True)
class RerankSettings:
    """At most so many passages are read, so many sentences of each, and only as many as fit into the time.

    ``milliseconds`` may be ``None``: no limit. Sentences of the answer have half of it besides.
    """

    candidates: int = 6
    sentences: int = 1
    milliseconds: float | None = 150.0

    def __post_init__(self) -> None:
        if min(self.candidates, self.sentences) < 1 or (
            self.milliseconds is not None and self.milliseconds <= 0
        ):
            raise ValueError("candidates and sentences are at least 1 and milliseconds greater than 0")


class SecondLook:
    """Orders passages anew; safe to share between threads."""

    def __init__(
        self,
        reranker: Reranker,
        settings: RerankSettings | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        """``clock`` gives seconds."""
        self.reranker = reranker
        self.settings = settings or RerankSettings()
        self._clock = clock
        self._lock = threading.Lock()
        self._token_ms = 0.0
        self._late = self._halvings = 0
        self._told: OrderedDict[tuple[str, Pair], float] = OrderedDict()

    def order(self, question: str, readings: Sequence[Reading], scores: Sequence[float]) -> list[int]:
        """Positions of the passages, best first; those beyond the ones read stay behind them as they were.

        ``readings`` and their fused ``scores`` are best first. Never fails.
        """
        told = self.read(question, readings)
        count = len(told)
        totals = [score + correction for score, correction in zip(scores[:count], told, strict=True)]
        return [*sorted(range(count), key=lambda i: (-totals[i], i)), *range(count, len(readings))]

    def read(self, question: str, readings: Sequence[Reading]) -> list[float]:
        """What the model says of the first of ``readings``, as many as fit into the time; empty where too few do.

        Never fails: a model that does says nothing.
        """
        if len(readings) < 2:
            return []
        chosen = [
            [(place, sentence) for sentence in likest(question, sentences, self.settings.sentences)]
            for place, sentences in readings[: self.settings.candidates]
        ]
        return [max(row, default=0.0) for row in self._read(question, chosen, 1.0, _FEWEST)]

    def sentences(self, question: str, pairs: Sequence[Pair]) -> list[float]:
        """The same for single sentences."""
        rows = self._read(question, [[pair] for pair in pairs], _SENTENCES_SHARE, _FEWEST_SENTENCES)
        return [row[0] for row in rows]

    def _read(
        self, question: str, rows: Sequence[Sequence[Pair]], share: float, fewest: int
    ) -> list[list[float]]:
        """What the model says of each pair of the first rows, as many as fit into a share of the time."""
        try:
            count = self._count(question, rows, share, min(fewest, len(rows)))
            pairs = [pair for row in rows[:count] for pair in row]
            told = self._recalled(question, pairs)
            if missing := list(dict.fromkeys(pair for pair in pairs if pair not in told)):
                started = self._clock()
                told |= zip(missing, self.reranker.corrections(question, missing), strict=True)
                self._note((self._clock() - started) * 1000)
                self._remember(question, told)
        except RerankerError as problem:
            _LOG.warning("重读没有进行，按原来的得分排列：%s", problem)
            return []
        return [[told[pair] for pair in row] for row in rows[:count]]

    def _recalled(self, question: str, pairs: Sequence[Pair]) -> dict[Pair, float]:
        with self._lock:
            return {pair: self._told[question, pair] for pair in pairs if (question, pair) in self._told}

    def _remember(self, question: str, told: Mapping[Pair, float]) -> None:
        with self._lock:
            self._told.update(((question, pair), value) for pair, value in told.items())
            while len(self._told) > _REMEMBERED:
                self._told.popitem(last=False)

    def _count(self, question: str, rows: Sequence[Sequence[Pair]], share: float, fewest: int) -> int:
        """How many rows are read, 0 where fewer than ``fewest`` fit. Not what is remembered decides, but their lengths."""
        budget = self.settings.milliseconds
        if budget is None:
            return len(rows)
        left = share * budget / self._pace() / 2**self._halvings
        for number, row in enumerate(rows):
            left -= sum(self.reranker.tokens(question, pair) for pair in row)
            if left < 0:
                return number if number >= fewest else 0
        return len(rows)

    def _pace(self) -> float:
        """Milliseconds that a token takes, where several passages are read."""
        with self._lock:
            if not self._token_ms:
                question, reading = _SAMPLE
                tokens = _PAIRS * self.reranker.tokens(question, reading)
                taken = []
                for _ in range(_ROUNDS):
                    started = self._clock()
                    self.reranker.corrections(question, [reading] * _PAIRS)
                    taken.append((self._clock() - started) * 1000 / max(1, tokens))
                self._token_ms = 2 ** (math.ceil(2 * math.log2(max(min(taken), 1e-4)) - 1e-6) / 2)
            return self._token_ms

    def _note(self, took: float) -> None:
        budget = self.settings.milliseconds
        if budget is None:
            return
        with self._lock:
            self._late = self._late + 1 if took > 2 * budget else 0
            if self._late >= _PATIENCE and self._halvings < _MOST_HALVINGS:
                self._late, self._halvings = 0, self._halvings + 1
                _LOG.warning("重排连续超时，改为只重排原来几分之一的段落：1/%s", 2**self._halvings)
