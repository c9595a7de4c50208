"""Members of a list that the text numbers in words: 第一，… 第二，… or 一是…。二是…。, each a sentence of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ingest.numerals import chinese_number
from ingest.sentences import split_sentences
from ingest.types import Document, Span

_OPENER = re.compile(
    r"\s*(?:第(?P<a>[一二三四五六七八九十]{1,2})[，,、]|(?P<b>[一二三四五六七八九十]{1,2})(?:是|要))"
)
_LONGEST_MEMBER = 12  # sentences that may belong to one member
_TOUCHED = 2


@dataclass(frozen=True, slots=True)
class Series:
    """The first sentences of the members, in order, and the sentence before them."""

    document: Document
    introduction: Span
    members: tuple[Span, ...]


def series_in(document: Document) -> list[Series]:
    """The runs of sentences of a document that count from one on, of two or more."""
    text = document.text
    sentences = split_sentences(text)
    found: list[Series] = []
    run: list[int] = []
    for index, sentence in enumerate(sentences):
        number = _number(sentence.of(text))
        if number and number == len(run) + 1 and (not run or index - run[-1] <= _LONGEST_MEMBER):
            run.append(index)
        elif number == 1:
            found += _closed(document, sentences, run)
            run = [index]
    return found + _closed(document, sentences, run)


def best_series(
    documents: Sequence[Document], members: int, coverage: Callable[[str], float], least: float
) -> Series | None:
    """The series of exactly ``members`` that speaks most of the question with its introduction, at least ``least``."""
    scored = [
        (coverage(Span(series.introduction.start, series.members[0].end).of(document.text)), series)
        for document in documents
        for series in series_in(document)
        if len(series.members) == members
    ]
    score, best = max(scored, key=lambda pair: pair[0], default=(0.0, None))
    return best if score >= least else None


def whole_series(document: Document, spans: Sequence[Span]) -> tuple[Span, ...]:
    """The members of the series that two or more of ``spans`` lie in, each in another member; empty where there is none."""
    for series in series_in(document) if len(spans) >= _TOUCHED else ():
        ends = [*(member.start for member in series.members[1:]), series.members[-1].end]
        areas = [Span(member.start, end) for member, end in zip(series.members, ends, strict=True)]
        if sum(any(area.contains(span) for span in spans) for area in areas) >= _TOUCHED:
            return series.members
    return ()


def _closed(document: Document, sentences: Sequence[Span], run: Sequence[int]) -> list[Series]:
    if len(run) < 2:
        return []
    before = sentences[max(0, run[0] - 1)]
    return [Series(document, before, tuple(sentences[index].stripped(document.text) for index in run))]


def _number(sentence: str) -> int:
    match = _OPENER.match(sentence)
    return chinese_number(match["a"] or match["b"]) if match else 0
