"""Questions as fingers write them: the reader learns that 公务员发第26条 asks for 公务员法."""

from __future__ import annotations

import random
import re

from retriever.spelling import KEPT, sounding_alike

_HAN = re.compile(r"[\u4e00-\u9fff]")
_PER = 8
"""A slip for every so many characters, at least one."""
_ANOTHER, _DOUBLED = 0.7, 0.15
"""How often one character stands for another, and how often it is doubled; else it is left out."""
_COMMON = 0xD7
"""The last row of the common characters of GB 2312 (level 1, ordered by sound)."""


def slipped(question: str, chance: random.Random) -> str:
    """The question with slips of the input method: a character for another that sounds alike, doubled, or left out.

    Numbers and negations stay: with a slip there it would be another question.
    """
    chars = list(question)
    places = [place for place, char in enumerate(chars) if _HAN.match(char) and char not in KEPT]
    for place in chance.sample(places, min(max(1, len(chars) // _PER), len(places))):
        chars[place] = _slip(chars[place], chance)
    return "".join(chars)


def _slip(char: str, chance: random.Random) -> str:
    alike = sorted(
        other for other in sounding_alike().get(char, ()) if other not in KEPT and _is_common(other)
    )
    drawn = chance.random()
    if drawn < _ANOTHER and alike:
        return chance.choice(alike)
    return char * 2 if drawn < _ANOTHER + _DOUBLED else ""


def _is_common(char: str) -> bool:
    return char.encode("gb2312", "replace")[0] <= _COMMON
