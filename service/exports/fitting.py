"""How much room words take on a slide, before any program has laid them out. All lengths are in points."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable

from service.exports.words import ELLIPSIS, shortened

LINE = 1.35
"""The height of a line, in sizes of its font."""
_NARROW = 0.56  # how wide a Latin letter is, in sizes of the font, on the generous side
_SAFE = 0.96  # programs break lines a little earlier than arithmetic does


def lines(text: str, size: float, width: float) -> int:
    """How many lines ``text`` takes in a box of ``width``, at least one."""
    room = max(1.0, width * _SAFE / size)
    return sum(max(1, math.ceil(_ems(line) / room)) for line in text.split("\n"))


def height(text: str, size: float, width: float) -> float:
    """How high ``text`` is in a box of ``width``."""
    return lines(text, size, width) * size * LINE


def largest(text: str, sizes: Iterable[int], width: float, room: float) -> int:
    """The first of ``sizes``, which fall, at which ``text`` is no higher than ``room``; 0 where there is none."""
    return next((size for size in sizes if height(text, size, width) <= room), 0)


def whole_sentences(text: str, size: float, width: float, room: float) -> str:
    """``text``, or the whole sentences at its beginning that fit, with an ellipsis; empty where not even one does."""
    if height(text, size, width) <= room:
        return text
    # A sentence boundary is never lost to halving: what fits for a limit fits for each smaller one.
    low, high, best = 0, min(len(text) - 1, 2000), ""
    while low < high:
        middle = (low + high + 1) // 2
        short = shortened(text, middle)
        if not short or height(short, size, width) <= room:
            low, best = middle, short or best
        else:
            high = middle - 1
    return best


def clipped(text: str, size: float, width: float, most_lines: int) -> str:
    """Our own or the trainer's words in at most so many lines: by whole sentences, else cut with an ellipsis."""
    room = most_lines * size * LINE
    if fitting := whole_sentences(text, size, width, room):
        return fitting
    kept = text[: max(1, int(most_lines * width * _SAFE / size) - len(ELLIPSIS))]
    while lines(kept + ELLIPSIS, size, width) > most_lines and len(kept) > 1:
        kept = kept[:-1]
    return kept + ELLIPSIS


def _ems(line: str) -> float:
    """The width of a line in sizes of its font."""
    return sum(1.0 if unicodedata.east_asian_width(char) in "WFA" else _NARROW for char in line)
