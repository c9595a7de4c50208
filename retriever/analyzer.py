"""The one tokenizer: what is indexed and what is asked for pass through the same code.

A text is brought to its normal form and taken apart in four ways:

- *terms*: jieba words, the dictionary words inside them, single characters and character pairs where the
  dictionary knows nothing, numbers and Latin words whole, and canonical forms of ordinals (第十二条 and 第12条
  → ``第12条``) and years (二〇二三年 → ``2023``);
- *characters*: every Chinese character, number and Latin word in order, for exact phrases;
- *pairs* (bigrams): neighbouring characters, for what the dictionary cuts differently here and there;
- *phrases*: quoted strings and words of the party dictionary.

Quotation marks and spaces are transparent, so that “四强”党支部 holds 四强党支部; other punctuation
separates.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

from ingest import normal
from ingest.types import Span
from retriever import numerals
from retriever.numerals import chinese_number
from retriever.segmenter import Segmenter, jieba_version, lexicon_bytes, stop_words, user_words

__all__ = ["Analysis", "Analyzer", "Token", "chinese_number"]

_CODE_VERSION = 2
"""Raise it when any text would be taken apart differently."""

MAX_TERM = 64
"""Longer runs of letters or digits are cut: an index term must have a bound."""

_HAN = "〇々\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3040-\u30ff\U00020000-\U000323af"
_RUN = re.compile(rf"(?P<han>[{_HAN}]+)|[0-9]+(?:\.[0-9]+)*|[^\W\d_{_HAN}]+|\d+")
_TRANSPARENT = frozenset(" \"'“”‘’「」『』·•")
_QUOTED = re.compile(
    r"“([^“”]{2,64})”|《([^《》]{2,64})》|「([^「」]{2,64})」|『([^『』]{2,64})』|\"([^\"]{2,64})\""
)


@dataclass(frozen=True, slots=True)
class Token:
    """An index term and the range of the original text that it stands for."""

    term: str
    span: Span


@dataclass(frozen=True, slots=True)
class _Cut:
    """A term at a range of the normal form; ``stop`` says whether a question can do without it."""

    start: int
    end: int
    term: str
    stop: bool = False


class Analysis:
    """One text taken apart. The parts are worked out when they are asked for."""

    def __init__(self, text: str, segmenter: Segmenter) -> None:
        self._normal = normal.normalise(text)
        self._segmenter = segmenter

    @cached_property
    def units(self) -> list[_Cut]:
        """Characters, numbers and Latin words, in order and without overlap."""
        units: list[_Cut] = []
        for run in _RUN.finditer(self._normal.text):
            step = 1 if run["han"] else MAX_TERM
            for start in range(run.start(), run.end(), step):
                end = min(start + step, run.end())
                units.append(_Cut(start, end, self._normal.text[start:end]))
        return units

    @cached_property
    def cuts(self) -> list[_Cut]:
        """All terms, ordered by where they start and end. Ordinals and years are not cut any further."""
        text = self._normal.text
        found = {_Cut(start, end, term) for start, end, term in numerals.canonical_terms(text)}
        text = numerals.blanked(text)
        for run in _RUN.finditer(text):
            if run["han"]:
                found.update(self._words(run.start(), run.group()))
        found.update(unit for unit in self.units if not _is_han(unit.term) and text[unit.start] != " ")
        spans = {(cut.start, cut.end) for cut in found}
        found.update(cut for cut in self.party_words if (cut.start, cut.end) not in spans)
        return sorted(found, key=lambda cut: (cut.start, cut.end, cut.term))

    def _words(self, offset: int, run: str) -> Iterator[_Cut]:
        stops = stop_words()
        loose: list[_Cut] = []
        for start, end in self._segmenter.cut(run):
            word = run[start:end]
            cut = _Cut(offset + start, offset + end, word, word in stops)
            if end - start == 1:
                loose.append(cut)
            else:
                yield from _pairs(loose)
                loose = []
                yield cut
                if not cut.stop:
                    yield from self._inner(cut)
        yield from _pairs(loose)

    def _inner(self, cut: _Cut) -> Iterator[_Cut]:
        """The dictionary words inside a word."""
        length = len(cut.term)
        for size in range(2, length):
            for start in range(length - size + 1):
                part = cut.term[start : start + size]
                if self._segmenter.known(part):
                    yield _Cut(cut.start + start, cut.start + start + size, part, part in stop_words())

    @cached_property
    def blocks(self) -> list[list[_Cut]]:
        """The units in runs that nothing but quotation marks and spaces interrupts."""
        blocks: list[list[_Cut]] = []
        end = -1
        for unit in self.units:
            if not blocks or not _TRANSPARENT.issuperset(self._normal.text[end : unit.start]):
                blocks.append([])
            blocks[-1].append(unit)
            end = unit.end
        return blocks

    @cached_property
    def party_words(self) -> list[_Cut]:
        """Words of the party dictionary, longest first from the left, quotation marks inside them or not."""
        words, lengths = user_words(), _lengths()
        found: list[_Cut] = []
        for block in self.blocks:
            # A unit of several letters is no part of a party word: a placeholder keeps positions aligned.
            text = "".join(unit.term if len(unit.term) == 1 else "\0" for unit in block)
            position = 0
            while position < len(text):
                candidates = (text[position : position + size] for size in lengths.get(text[position], ()))
                size = len(next((word for word in candidates if word in words), ""))
                if size:
                    start, end = block[position].start, block[position + size - 1].end
                    found.append(_Cut(start, end, text[position : position + size]))
                position += size or 1
        return found

    @cached_property
    def pairs(self) -> list[_Cut]:
        """Neighbouring units; a pair is a stop pair where it touches a stop word."""
        stopped = {position for cut in self.cuts if cut.stop for position in range(cut.start, cut.end)} - {
            position for cut in self.party_words for position in range(cut.start, cut.end)
        }
        return [
            _Cut(
                left.start, right.end, left.term + right.term, left.start in stopped or right.start in stopped
            )
            for block in self.blocks
            for left, right in pairwise(block)
        ]

    @cached_property
    def phrases(self) -> list[str]:
        """Quoted strings (their units joined) and party words of three characters or more, once each."""
        quoted = ("".join(filter(None, match.groups())) for match in _QUOTED.finditer(self._normal.text))
        party = (cut.term for cut in self.party_words if len(cut.term) > 2)
        return list(dict.fromkeys(filter(None, (*(_joined(text) for text in quoted), *party))))

    def tokens(self) -> list[Token]:
        """The terms with their ranges in the original text."""
        return [Token(cut.term, self._normal.span(cut.start, cut.end)) for cut in self.cuts]


def _is_han(term: str) -> bool:
    return (match := _RUN.match(term)) is not None and match["han"] is not None


def _pairs(loose: list[_Cut]) -> Iterator[_Cut]:
    """Single characters that no word claimed, and their pairs."""
    yield from loose
    for left, right in pairwise(loose):
        yield _Cut(left.start, right.end, left.term + right.term, left.stop or right.stop)


def _joined(text: str) -> str:
    return "".join(run.group() for run in _RUN.finditer(text))


@lru_cache(maxsize=1)
def _lengths() -> Mapping[str, tuple[int, ...]]:
    """For a first character, the lengths of the party words that begin with it, longest first."""
    lengths: defaultdict[str, set[int]] = defaultdict(set)
    for word in user_words():
        lengths[word[0]].add(len(word))
    return {char: tuple(sorted(sizes, reverse=True)) for char, sizes in lengths.items()}


def _unique(cuts: Iterable[_Cut]) -> list[str]:
    return list(dict.fromkeys(cut.term for cut in cuts))


class Analyzer:
    """Takes texts apart for the index and for questions.

    Loads jieba on first use; safe to share between threads.
    """

    def __init__(self) -> None:
        self._segmenter = Segmenter()
        self._remembered = lru_cache(maxsize=256)(self._analyse)

    @property
    def segmenter(self) -> Segmenter:
        """What knows the words that texts are taken apart into."""
        return self._segmenter

    @cached_property
    def fingerprint(self) -> str:
        """Changes whenever some text might be taken apart differently; part of an index's identity."""
        digest = hashlib.sha256()
        versions = (_CODE_VERSION, normal.VERSION, jieba_version(), unicodedata.unidata_version)
        for part in (
            repr(versions).encode(),
            lexicon_bytes("user_dict.txt"),
            lexicon_bytes("stop_words.txt"),
        ):
            digest.update(len(part).to_bytes(8, "big") + part)
        return digest.hexdigest()[:32]

    def _analyse(self, text: str) -> Analysis:
        return Analysis(text, self._segmenter)

    def analysis(self, text: str) -> Analysis:
        """All the parts of ``text``; those of short texts are remembered for a while."""
        return self._remembered(text) if len(text) <= 1000 else self._analyse(text)

    def tokens(self, text: str) -> list[Token]:
        """Every term with the range of ``text`` it stands for, by start, end and term."""
        return self.analysis(text).tokens()

    def index_terms(self, text: str) -> list[str]:
        """The terms of ``text`` in order, repetitions kept: what goes into the index."""
        return [cut.term for cut in self.analysis(text).cuts]

    def query_terms(self, text: str) -> list[str]:
        """The content terms of a question in order, once each.

        All its terms where only stop words are left.
        """
        cuts = self.analysis(text).cuts
        return _unique(cut for cut in cuts if not cut.stop) or _unique(cuts)

    def phrases(self, text: str) -> list[str]:
        """Quoted strings and party words in the question, for exact matching through ``characters``."""
        return list(self.analysis(text).phrases)

    def bigrams(self, text: str) -> list[str]:
        """Neighbouring characters in order, repetitions kept."""
        return [cut.term for cut in self.analysis(text).pairs]

    def query_bigrams(self, text: str) -> list[str]:
        """The bigrams of a question that touch no stop word, once each."""
        return _unique(cut for cut in self.analysis(text).pairs if not cut.stop)

    def ordinals(self, text: str) -> list[str]:
        """The 第…条, 第…章 and the like in a text, in canonical form, once each."""
        return list(dict.fromkeys(term for _, _, term in numerals.canonical_terms(normal.normal_form(text))))

    def addresses(self, text: str) -> list[str]:
        """The ordinals that the lines of a text begin with: what it is called, not what it refers to."""
        lines = (normal.normal_form(line) for line in text.splitlines())
        return [term for line in lines for term in numerals.leading_ordinals(line)]

    def characters(self, text: str) -> list[str]:
        """Every Chinese character, number and Latin word in order.

        Punctuation and white space are left out.
        """
        return [unit.term for unit in self.analysis(text).units]
