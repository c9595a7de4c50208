"""Slips of the input method in questions: 党废 where the documents have 党费.

A noisy channel (Kernighan, Church and Gale 1990, "A Spelling Correction Program Based on a Noisy Channel Model"): of all
ways to read a run of characters as words, some of them mistyped, the likeliest is meant. A word is mistyped with one character for
another that sounds alike, with one doubled, or, if it is a word of the party dictionary, with one left out. Only what stands nowhere
in the documents is changed, and only into what does.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from ingest.normal import simplify
from retriever.segmenter import Segmenter, lexicon_lines, stop_words, user_words

_HAN = re.compile(r"[\u4e00-\u9fff]+")
_SLIP, _SLIP_OF_TWO = 6.0, 9.5
"""What a slip costs, in natural logarithms of a word's probability, and what it costs where only two characters speak for the word and
the party dictionary does not have it: 质权 is no 职权. Chosen on development questions (docs/retrieval.md)."""

_LOOSE = re.compile("^([zcs])h|(?<=[aei])(n)g$")
"""What many do not tell apart: zh, ch, sh from z, c, s and ang, eng, ing from an, en, in."""
_LONGEST, _LONGEST_SLIP, _LONGEST_RUN = 10, 6, 200
_SHORTEST_LEFT_OUT = 4
_TRIES = 8
KEPT = frozenset("不没未无非免勿别一二三四五六七八九十百千万亿两几零")
"""Negations and numbers are never taken for slips."""


@dataclass(frozen=True, slots=True)
class Slip:
    """``written`` stands at ``start`` of the question for ``meant``."""

    start: int
    written: str
    meant: str


def slips(question: str, words: Segmenter, occurs: Callable[[str], bool]) -> tuple[Slip, ...]:
    """The slips of a question, in order. ``occurs`` tells whether a string stands somewhere in the documents."""
    text = simplify(question)
    if len(text) != len(question):
        return ()
    return tuple(
        slip
        for run in _HAN.finditer(text)
        if len(run.group()) <= _LONGEST_RUN
        for slip in _of_stretch(text, run.start(), run.end(), words, occurs)
    )


def mended(question: str, found: tuple[Slip, ...]) -> str:
    """The question as it was meant; what is mended comes out in simplified characters."""
    for slip in reversed(found):
        question = question[: slip.start] + slip.meant + question[slip.start + len(slip.written) :]
    return question


def _of_stretch(
    text: str, start: int, end: int, words: Segmenter, occurs: Callable[[str], bool]
) -> list[Slip]:
    """The slips of a run of characters: what is mistyped as words go, and what else is doubled."""
    found = _of_run(text[start:end], start, words, occurs)
    taken = {place for slip in found for place in range(slip.start, slip.start + len(slip.written))}
    for place in range(start + 1, end - 2):
        if not taken & {place, place + 1} and _is_doubled(text, place, words, occurs):
            first = place - (place - 1 not in taken)
            last = place + 1 + (place + 2 not in taken)
            taken.update(range(first, last + 1))
            found.append(Slip(first, text[first : last + 1], text[first:place] + text[place + 1 : last + 1]))
    return sorted(found, key=lambda slip: slip.start)


def _is_doubled(text: str, place: int, words: Segmenter, occurs: Callable[[str], bool]) -> bool:
    """Whether the character at ``place`` stands twice where the documents, with what is beside it on both sides, have it once.

    Where one word may end and another begin with it (党组|组织), it does.
    """
    char, twice, before, after = text[place], text[place : place + 2], text[place - 1], text[place + 2]
    if twice != char * 2 or char in KEPT or char in stop_words() or char in (before, after):
        return False
    if words.known(before + char) and words.known(char + after):
        return False
    return not occurs(before + twice) and not occurs(twice + after) and occurs(before + char + after)


def standing_alone(run: str, words: Segmenter) -> list[int]:
    """The places of the characters that are no part of a longer word where the run is read as it is written."""
    return [start for start, end, _ in _likeliest(run, {}, words) if end - start == 1]


def _of_run(run: str, offset: int, words: Segmenter, occurs: Callable[[str], bool]) -> list[Slip]:
    alone = standing_alone(run, words)
    edges: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for start, written, meant in _mistyped(run, alone, words):
        edges[start].append((written, meant))
    for _ in range(_TRIES if edges else 0):
        path = [
            (start, run[start:end], meant) for start, end, meant in _likeliest(run, edges, words) if meant
        ]
        wrong = next((one for one in path if occurs(one[1]) or not occurs(one[2])), None)
        if wrong is None:
            return [Slip(offset + start, written, meant) for start, written, meant in path]
        edges[wrong[0]].remove(wrong[1:])
    return []


def _mistyped(run: str, alone: Sequence[int], words: Segmenter) -> Iterator[tuple[int, str, str]]:
    """Parts of a run that are no words, and the words that they may be meant for: start, part, word.

    Each part holds a character that stands ``alone`` where the run is read as it is written.
    """
    alike, left_out = sounding_alike(), _left_out()
    for start in range(len(run)):
        for end in range(start + 2, min(start + _LONGEST_SLIP, len(run)) + 1):
            written = run[start:end]
            if words.known(written) or not any(start <= place < end for place in alone):
                continue
            for place, char in enumerate(written):
                before, after = written[:place], written[place + 1 :]
                for other in alike.get(char, ()) if char not in KEPT else ():
                    if words.known(meant := before + other + after):
                        yield start, written, meant
                doubled = place and char == written[place - 1] and char not in stop_words()
                if doubled and (written == char * 2 or words.known(before + after)):
                    yield start, written, before + after
            # 交党费 is no slip of 交纳党费: a short verb before a whole word is said so.
            if (meant := left_out.get(written, "")) and not words.known(written[1:]):
                yield start, written, meant


def _likeliest(
    run: str, edges: Mapping[int, Sequence[tuple[str, str]]], words: Segmenter
) -> list[tuple[int, int, str]]:
    """The likeliest way through a run (Viterbi): where each word starts and ends, and what it is meant for if it is mistyped."""
    best: list[tuple[float, int, str]] = [(0.0, 0, "")] * (len(run) + 1)
    for end in range(1, len(run) + 1):
        best[end] = (best[end - 1][0] + words.likelihood(run[end - 1]), end - 1, "")
        for start in range(max(0, end - _LONGEST), end - 1):
            if words.known(word := run[start:end]):
                best[end] = max(best[end], (best[start][0] + words.likelihood(word), start, ""))
            for written, meant in edges.get(start, ()):
                if start + len(written) == end:
                    score = best[start][0] + words.likelihood(meant) - _cost(written, meant, words)
                    best[end] = max(best[end], (score, start, meant))
    found, end = [], len(run)
    while end:
        _, start, meant = best[end]
        found.append((start, end, meant))
        end = start
    return found[::-1]


def _cost(written: str, meant: str, words: Segmenter) -> float:
    """What it costs to take ``written`` for ``meant``; a word with a character beside it may be just that: 培训办 is no 培训班."""
    sure = len(meant) > 2 or len(written) > len(meant) or meant in user_words()
    rests = [written[:-1], written[1:]] if len(written) == len(meant) > 2 else []
    beside = any(words.known(rest) and rest in meant for rest in rests)
    return _SLIP if sure and not beside else _SLIP_OF_TWO


@cache
def sounding_alike(*, loosely: bool = False) -> Mapping[str, frozenset[str]]:
    """For a character those that sound alike, whatever their tones; ``loosely`` as where zh is said as z, and ing as in."""
    table: defaultdict[str, set[str]] = defaultdict(set)
    for line in lexicon_lines("syllables.txt"):
        syllable, chars = line.split()
        table[_LOOSE.sub(r"\1\2", syllable) if loosely else syllable].update(chars)
    found: defaultdict[str, set[str]] = defaultdict(set)
    for others in table.values():
        for char in others:
            found[char].update(others)
    return {char: frozenset(others - {char}) for char, others in found.items()}


@cache
def _left_out() -> Mapping[str, str]:
    """Words of the party dictionary without one of their characters, where that is plain: against the word."""
    table: defaultdict[str, set[str]] = defaultdict(set)
    for word in user_words():
        if len(word) >= _SHORTEST_LEFT_OUT:
            for place in range(len(word)):
                table[word[:place] + word[place + 1 :]].add(word)
    return {short: next(iter(whole)) for short, whole in table.items() if len(whole) == 1}
