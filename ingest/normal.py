"""The normal form that search runs on, with a map back to the text it came from.

NFKC, traditional to simplified, lower case, white space folded to single spaces, invisible characters dropped, and
evasive spellings undone (机关D建 → 机关党建). Search compares normal forms; what is shown is always the text itself.

The text is taken in combining clusters (a character and the marks that combine with it), so that every character of
the normal form knows the range it came from. OpenCC's ``t2s`` keeps the length, which is checked.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Protocol, cast

from ingest.types import Span

VERSION = 1
"""Part of every fingerprint: raise it when the normal form of any text changes."""

_SPACE = " "
# Letters written for 党 so that filters do not see it; only where the word around it is a party word.
_EVASIVE = re.compile(
    r"(?<![0-9a-z素])d(?=建(?![议立设造筑构模])|员|委(?![托派任])|组织|支部|课|史|章|费|校|性|风廉|内|中央|群|政机关|纪)"
)
_INVISIBLE = {"Cf", "Cc", "Cs", "Co", "Cn"}


class _Converter(Protocol):
    def convert(self, text: str) -> str: ...


@cache
def _simplifier() -> _Converter:
    import opencc

    return cast(_Converter, opencc.OpenCC("t2s"))


def simplify(text: str) -> str:
    """``text`` in simplified script, character for character: the length never changes."""
    if "\0" not in text and not _has_surrogate(text):
        converted = _simplifier().convert(text)
        if len(converted) == len(text):
            return converted
    return "".join(map(_simplify_one, text))


@lru_cache(maxsize=65536)
def _simplify_one(char: str) -> str:
    if char == "\0" or _has_surrogate(char):
        return char
    converted = _simplifier().convert(char)
    return converted if len(converted) == 1 else char


def _has_surrogate(text: str) -> bool:
    return any("\ud800" <= char <= "\udfff" for char in text)


@dataclass(frozen=True, slots=True)
class NormalText:
    """The normal form of a text.

    ``starts[i]`` and ``ends[i]`` bound, in code points of the original, what character ``i`` of ``text`` came from.
    """

    text: str
    starts: array[int]
    ends: array[int]

    def span(self, start: int, end: int) -> Span:
        """The range of the original text behind ``text[start:end]``; an empty range maps to an empty one."""
        if not 0 <= start <= end <= len(self.text):
            raise ValueError(f"not a range of the normal form: [{start}, {end})")
        if start == end:
            at = self.starts[start] if start < len(self.starts) else (self.ends[-1] if self.ends else 0)
            return Span(at, at)
        return Span(self.starts[start], self.ends[end - 1])


_SHORT = 300
"""Characters of a text whose normal form is remembered."""


@lru_cache(maxsize=65536)
def _fold(cluster: str) -> str:
    """The normal form of one combining cluster, but for script: possibly empty, possibly longer."""
    if cluster.isspace() or cluster == "\0":
        return _SPACE
    folded = unicodedata.normalize("NFKC", cluster).lower()
    # Lower-casing may leave a form that NFKC would change again (Kelvin sign and its kind).
    folded = unicodedata.normalize("NFKC", folded)
    return "".join(
        _SPACE if char.isspace() else char for char in folded if unicodedata.category(char) not in _INVISIBLE
    )


def _joins(char: str) -> bool:
    """Whether ``char`` may compose with what stands before it (marks and conjoining Hangul)."""
    return (
        unicodedata.combining(char) != 0 or unicodedata.category(char) == "Mc" or "\u1160" <= char <= "\u11ff"
    )


def normalise(text: str) -> NormalText:
    """The normal form of ``text`` with its map. Linear in the length; never raises, whatever the text holds."""
    chars: list[str] = []
    starts, ends = array("l"), array("l")
    position, length = 0, len(text)
    while position < length:
        end = position + 1
        if end < length and text[end] > "\u02ff":
            while end < length and end - position < 32 and _joins(text[end]):
                end += 1
        for char in _fold(text[position:end]):
            if char == _SPACE and chars and chars[-1] == _SPACE:
                ends[-1] = end
            else:
                chars.append(char)
                starts.append(position)
                ends.append(end)
        position = end
    folded = simplify("".join(chars))
    return NormalText(_EVASIVE.sub("党", folded), starts, ends)


def normal_form(text: str) -> str:
    """Only the normal form, where no map is needed. That of short texts, such as sentences, is remembered."""
    return _short_form(text) if len(text) <= _SHORT else normalise(text).text


@lru_cache(maxsize=16384)
def _short_form(text: str) -> str:
    return normalise(text).text
