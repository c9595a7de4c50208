"""What a model wrote, as sentences with the citations that they name."""

from __future__ import annotations

import re
import unicodedata

from ingest.sentences import split_sentences
from service.llm.types import Sentence

_THINKING = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
_OPEN, _CLOSE = r"[\[［【〔]", r"[\]］】〕]"
_NUMBER = r"\s*\^?\d{1,3}\s*"
_MARK = re.compile(rf"\s*{_OPEN}({_NUMBER}(?:[,，、;；\-–~]{_NUMBER})*){_CLOSE}")
_LEADING = re.compile(rf"(?:{_MARK.pattern})+\s*[。；;]?")
_BULLET = re.compile(r"^\s*(?:[-*•·>#]+\s+|#+|\d{1,2}[.．、)）]\s*|[（(]\d{1,2}[)）]\s*)")
_END = re.compile(r"[。！？!?；;][”’」』）)》]*$")
_INVISIBLE = {"Cf", "Cc", "Cs", "Co", "Cn"}
_MOST = 99


def read_sentences(written: str) -> tuple[Sentence, ...]:
    """The sentences of ``written`` in order, each once.

    Thinking aloud, list marks and emphasis are taken off. A sentence that neither ends nor names a citation was cut off
    and is left out; markers right after a full stop belong to the sentence before it.
    """
    found: dict[Sentence, None] = {}
    for line in _THINKING.sub("", written).splitlines():
        for sentence in _of_line(_clean(_BULLET.sub("", line))):
            found.setdefault(sentence)
    return tuple(found)


def _clean(line: str) -> str:
    visible = "".join(char for char in line if unicodedata.category(char) not in _INVISIBLE)
    return re.sub(r"\*\*|__|`", "", visible).strip()


def _of_line(line: str) -> list[Sentence]:
    parts: list[str] = []
    for span in split_sentences(line):
        words = span.of(line)
        leading = _LEADING.match(words)
        if leading and parts:
            parts[-1] += leading.group()
            words = words[leading.end() :]
        if words.strip():
            parts.append(words)
    return [sentence for part in parts if (sentence := _sentence(part))]


def _sentence(part: str) -> Sentence | None:
    ids = tuple(dict.fromkeys(number for mark in _MARK.findall(part) for number in _ids(mark)))
    text = " ".join(_MARK.sub("", part).split()).strip()
    ended = _END.search(text) is not None
    if not text or not (ended or ids):
        return None
    return Sentence(re.sub(r"[；;]$", "。", text) if ended else f"{text.rstrip('，,、：:')}。", ids)


def _ids(mark: str) -> list[int]:
    """The numbers of a marker; a range (1-3) stands for all of them."""
    numbers = [int(number) for number in re.findall(r"\d+", mark)]
    if re.search(r"[\-–~]", mark) and len(numbers) == 2 and 0 < numbers[1] - numbers[0] < _MOST:
        return list(range(numbers[0], numbers[1] + 1))
    return numbers
