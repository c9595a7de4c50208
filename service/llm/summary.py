"""From an answer to the same answer with a 归纳 above it: ask the model, check what it wrote, keep what holds.

Nothing of the answer itself changes: its claims stay, word for word, and the model adds no evidence. Where the model gives
nothing that can be used, a note says so.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from ingest.sentences import split_sentences
from service.answering.compose import escape
from service.errors import (
    LanguageModelError,
    LanguageModelLate,
    LanguageModelUnreachable,
    LanguageModelUnusable,
)
from service.llm.orders import without_orders
from service.llm.prompt import make_prompt
from service.llm.reading import read_sentences
from service.llm.types import LanguageModel, Limits
from service.llm.verifier import Verifier
from service.llm.waiting import write_within
from service.types import Answer, Claim, Kind, Status

logger = logging.getLogger(__name__)

_MOST_INPUT = 6000
"""Characters of excerpts sent; more makes small models slow and forgetful."""

_MOST_SENTENCES = 12
_NOT_IN_FORCE = frozenset({"已修订", "已废止", "尚未施行"})
_AT_ONCE = 4
"""Requests under way at the same time; further questions go without."""

_FAILURES, _REST = 3, 60.0
"""After so many failures to answer in a row the model is left alone for so many seconds."""


class Summariser:
    """Adds a 归纳 to answers. Safe to share between threads."""

    def __init__(
        self,
        model: LanguageModel,
        verifier: Verifier,
        limits: Limits,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._model = model
        self._verifier = verifier
        self._limits = limits
        self._clock = clock
        self._places = threading.BoundedSemaphore(_AT_ONCE)
        self._failures = 0
        self._resting_until = 0.0

    def summarised(self, answer: Answer) -> Answer:
        """``answer`` with the sentences that hold, or with a note why there are none; it never raises.

        What is not found is not sent, nor are articles that were looked up (their wording is the answer), nor what rests on
        texts that are not in force: a sentence without its version would mislead.
        """
        past = any(citation.status in _NOT_IN_FORCE for citation in answer.citations)
        if answer.status is not Status.ANSWERED or answer.kind is Kind.ARTICLE or not answer.claims or past:
            return answer
        started = time.perf_counter()
        try:
            summary, dropped = self._written(answer)
        except LanguageModelError as error:
            logger.warning("no summary: %s", error)
            return _timed(_noted(answer, f"{error}，以下只列原文。"), started)
        except Exception:  # whatever goes wrong here, the answer is there and is given
            logger.exception("the summary failed")
            return _timed(_noted(answer, "归纳没有做成，以下只列原文。"), started)
        if dropped:
            logger.info("%d sentences of the language model were not supported", dropped)
            answer = _noted(answer, f"语言模型写的话里有 {dropped} 句没有通过核对，已经删去。")
        return _timed(replace(answer, summary=summary, text=self._markdown(answer.text, summary)), started)

    def _written(self, answer: Answer) -> tuple[tuple[Claim, ...], int]:
        """The sentences that hold, and how many did not; raises LanguageModelError where none does."""
        texts = {citation.id: without_orders(citation.quote) for citation in answer.citations}
        texts = {number: words for number, words in texts.items() if words}
        sent = _within(texts)
        if not sent:
            raise LanguageModelUnusable("引文不适合交给语言模型")
        prompt = make_prompt(answer.resolved_question or answer.question, sent)
        sentences = read_sentences(self._ask(lambda: write_within(self._model, prompt, self._limits)))
        known = {citation.id: citation for citation in answer.citations}
        checked = self._verifier.check(sentences[:_MOST_SENTENCES], known, {n: texts[n] for n in sent})
        held = tuple(Claim(c.sentence.text, False, c.sentence.citations) for c in checked if not c.reason)
        if not held:
            raise LanguageModelUnusable("语言模型写的话没有通过核对")
        return held, len(checked) - len(held)

    def _ask(self, write: Callable[[], str]) -> str:
        """What ``write`` gives, unless too many ask at once or the model failed to answer lately."""
        if self._clock() < self._resting_until:
            raise LanguageModelUnreachable("语言模型接连几次没有应答，暂停使用片刻")
        if not self._places.acquire(blocking=False):
            raise LanguageModelLate("语言模型正忙")
        try:
            written = write()
        except (LanguageModelLate, LanguageModelUnreachable):
            self._failures += 1
            if self._failures >= _FAILURES:
                self._resting_until, self._failures = self._clock() + _REST, 0
            raise
        finally:
            self._places.release()
        self._failures = 0
        return written

    def _markdown(self, text: str, summary: Sequence[Claim]) -> str:
        lead = f"**归纳**（由语言模型“{escape(self._model.name)}”据原文写成，每句已与引文核对，请以原文为准）"
        lines = [f"{escape(claim.text)} {''.join(f'[{n}]' for n in claim.citations)}" for claim in summary]
        return "\n\n".join((lead, "\n".join(f"- {line}" for line in lines), "**原文要点**", text))


def _within(texts: Mapping[int, str]) -> dict[int, str]:
    """As much of the texts, in whole sentences, as may be sent; what is left without any is left out."""
    room, sent = _MOST_INPUT, {}
    for number, words in texts.items():
        kept = ""
        for span in split_sentences(words):
            if len(kept) + span.end - span.start > room:
                break
            kept += span.of(words)
        if kept.strip():
            sent[number] = kept.strip()
            room -= len(kept)
    return sent


def _noted(answer: Answer, note: str) -> Answer:
    return replace(answer, notes=(*answer.notes, note))


def _timed(answer: Answer, started: float) -> Answer:
    """``answer`` with the time that the summary took, which counts in the total."""
    took = round((time.perf_counter() - started) * 1000, 2)
    total = round(answer.timings_ms.get("total", 0.0) + took, 2)
    return replace(answer, timings_ms={**answer.timings_ms, "summary": took, "total": total})
