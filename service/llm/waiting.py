"""Waiting for a model no longer than agreed: it writes in a thread of its own, which is left behind when time is up."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable

from service.errors import LanguageModelError, LanguageModelLate, LanguageModelUnusable
from service.llm.types import LanguageModel, Limits, Prompt

logger = logging.getLogger(__name__)

_GLANCE = 0.2
"""Seconds between looks at how much came in that made no text."""

_MOST_BYTES = 4_000_000
"""Beyond this no answer is so long: events carry some hundred bytes for each piece of text."""


class _Intake:
    """The ``Receiver`` between the thread that writes and the one that waits."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._pieces: queue.SimpleQueue[str | Exception | None] = queue.SimpleQueue()
        self._stopped = threading.Event()
        self._guard = threading.Lock()
        self._close: Callable[[], None] = lambda: None
        self._size: Callable[[], int] = lambda: 0

    def add(self, text: str) -> bool:
        if not isinstance(text, str):
            raise LanguageModelUnusable("语言模型的回复看不懂")
        if not self._stopped.is_set():
            self._pieces.put(text)
        return not self._stopped.is_set()

    def on_stop(self, close: Callable[[], None]) -> None:
        with self._guard:
            self._close = close
            late = self._stopped.is_set()
        if late:
            close()

    def on_size(self, size: Callable[[], int]) -> None:
        self._size = size

    def stop(self) -> None:
        """No more is wanted; what the writer holds open is closed."""
        with self._guard:
            self._stopped.set()
            close = self._close
        try:
            close()
        except (
            Exception
        ):  # closing under a reader's hands may fail in any way; the reader ends by itself then
            logger.debug("a request could not be closed", exc_info=True)

    def run(self, model: LanguageModel, prompt: Prompt) -> None:
        """What the writing thread does."""
        try:
            model.write(prompt, self._limits, self)
        except Exception as error:
            self._pieces.put(error)
        else:
            self._pieces.put(None)

    def text(self) -> str:
        """All that is written, as far as the bounds allow."""
        started = time.monotonic()
        written: list[str] = []
        alive = False
        while sum(map(len, written)) < self._limits.characters:
            limit = self._limits.seconds if alive else min(self._limits.first_seconds, self._limits.seconds)
            left = started + limit - time.monotonic()
            if left <= 0:
                raise LanguageModelLate(f"语言模型没有在 {limit:g} 秒内{'写完' if alive else '开始回答'}")
            try:
                piece = self._pieces.get(timeout=min(left, _GLANCE))
            except queue.Empty:
                if self._size() > _MOST_BYTES:
                    raise LanguageModelUnusable("语言模型发来的内容过多") from None
                continue
            if piece is None:
                break
            if isinstance(piece, Exception):
                raise piece
            written.append(piece)
            alive = True
        return "".join(written)[: self._limits.characters]


def write_within(model: LanguageModel, prompt: Prompt, limits: Limits) -> str:
    """What ``model`` writes for ``prompt``; at ``limits.characters`` it is cut off.

    Returns or raises LanguageModelError within ``limits.seconds``, whatever the model does.
    """
    intake = _Intake(limits)
    threading.Thread(target=intake.run, args=(model, prompt), name="language-model", daemon=True).start()
    try:
        return intake.text()
    except LanguageModelError:
        raise
    except Exception as error:  # a model of any library may fail in any way, and the answer must not
        # The message is not logged: it may quote what was sent, the key included.
        logger.error("the language model failed: %s", type(error).__name__)
        raise LanguageModelUnusable("语言模型出错") from None
    finally:
        intake.stop()
