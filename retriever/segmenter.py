"""Chinese word segmentation: jieba with our party dictionary, loaded without jieba's cache file.

jieba keeps a marshalled cache in the world-writable temporary folder and trusts what it finds there. This
module fills the frequency table itself, from jieba's own word list, so nothing is written or unmarshalled;
done in bulk it is also faster than jieba's loop (0.4 s instead of 0.65 s).
"""

from __future__ import annotations

import logging
import math
import threading
import warnings
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib import metadata, resources
from itertools import repeat
from typing import Protocol, cast

_LEXICON = resources.files("retriever") / "lexicon"
_CHUNK = 256  # jieba is quadratic in the length of a run without punctuation: longer runs are cut in pieces


class _Jieba(Protocol):
    FREQ: dict[str, int]
    total: int
    initialized: bool

    def cut(self, sentence: str, cut_all: bool = False, HMM: bool = True) -> Iterator[str]: ...  # noqa: N803


def lexicon_bytes(name: str) -> bytes:
    """A file of ``retriever/lexicon`` as it is stored."""
    return (_LEXICON / name).read_bytes()


def lexicon_lines(name: str) -> Iterator[str]:
    """The lines of a lexicon file, without comments and blank ones."""
    for line in lexicon_bytes(name).decode("utf-8").splitlines():
        stripped = line.strip()
        if stripped and not stripped.startswith("#"):
            yield stripped


@lru_cache(maxsize=1)
def user_words() -> Mapping[str, int]:
    """The words of ``user_dict.txt`` with their frequencies."""
    return {
        word: int(frequency)
        for word, frequency, _ in (line.split() for line in lexicon_lines("user_dict.txt"))
    }


@lru_cache(maxsize=1)
def stop_words() -> frozenset[str]:
    """The words of ``stop_words.txt``."""
    return frozenset(word for line in lexicon_lines("stop_words.txt") for word in line.split())


def jieba_version() -> str:
    """The installed version of jieba, without importing it."""
    return metadata.version("jieba")


def _jieba_words() -> tuple[dict[str, int], int]:
    """jieba's own word list and the total it reckons with (a few words stand in the list twice)."""
    fields = (resources.files("jieba") / "dict.txt").read_bytes().decode("utf-8").split()
    frequencies = list(map(int, fields[1::3]))
    return dict(zip(fields[0::3], frequencies, strict=True)), sum(frequencies)


def _with_prefixes(words: Mapping[str, int]) -> dict[str, int]:
    """jieba's prefix table: every word with its frequency, every proper prefix of a word with at least 0."""
    table: dict[str, int] = {}
    longest = max(map(len, words))
    remaining = list(words)
    for length in range(1, longest):
        remaining = [word for word in remaining if len(word) > length]
        table.update(zip((word[:length] for word in remaining), repeat(0)))
    table.update(words)
    return table


def _load() -> _Jieba:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # jieba's regular expressions and its use of pkg_resources
        import jieba
    logging.getLogger("jieba").setLevel(logging.WARNING)
    words, total = _jieba_words()
    for word, frequency in user_words().items():
        total += max(0, frequency - words.get(word, 0))
        words[word] = max(words.get(word, 0), frequency)
    tokenizer = cast(_Jieba, jieba.Tokenizer())
    tokenizer.FREQ, tokenizer.total = _with_prefixes(words), total
    tokenizer.initialized = True
    return tokenizer


class Segmenter:
    """Cuts runs of Chinese characters into words. Loads on first use; safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loaded: _Jieba | None = None

    def _jieba(self) -> _Jieba:
        if self._loaded is not None:
            return self._loaded
        with self._lock:
            if self._loaded is None:
                self._loaded = _load()
            return self._loaded

    def cut(self, run: str) -> Iterator[tuple[int, int]]:
        """The words of ``run`` as ranges that tile it. Unknown words come out as single characters.

        jieba's hidden Markov model is left off: what it makes of an unknown word depends on the words around
        it, so that index and question would disagree; the analyzer's character pairs serve instead.
        """
        tokenizer = self._jieba()
        position = 0
        for start in range(0, len(run), _CHUNK):
            for word in tokenizer.cut(run[start : start + _CHUNK], HMM=False):
                yield position, position + len(word)
                position += len(word)

    def known(self, word: str) -> bool:
        """Whether the dictionary has ``word``."""
        return self._jieba().FREQ.get(word, 0) > 0

    def likelihood(self, word: str) -> float:
        """The natural logarithm of the word's probability; of an unknown one, of a word seen once."""
        tokenizer = self._jieba()
        return math.log((tokenizer.FREQ.get(word, 0) or 1) / tokenizer.total)
