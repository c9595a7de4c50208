"""Sections to passages: whole sentences, of a size that a reader and an embedding model can take in."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ingest.regulations import parse_regulation
from ingest.sentences import split_long, split_sentences
from ingest.types import Passage, Section, Span

VERSION = 2
"""Part of the pipeline's fingerprint: raise it when the passages of any text change."""


@dataclass(frozen=True, slots=True)
class ChunkSettings:
    """Sizes in code points: passages aim at ``target`` and stay within ``most`` where sentences allow it.

    A rest shorter than ``least`` joins its neighbour. A single sentence longer than ``hard`` is cut at its clauses.
    """

    least: int = 80
    target: int = 260
    most: int = 350
    hard: int = 500


def chunk(
    document_id: str, text: str, sections: Sequence[Section], settings: ChunkSettings = ChunkSettings()
) -> tuple[Passage, ...]:
    """The passages of a text. They tile it: their spans follow on one another from 0 to ``len(text)``.

    No passage crosses the start of a section. Text that is only white space joins the passage before it. An article
    of a regulation is one passage where it fits, else it is divided between its 款 and 项.
    """
    passages: list[Passage] = []
    starts = _article_parts(text)
    for area, path in _leaves(text, sections):
        pieces = _pieces(text, area, starts, settings)
        for sentences in _groups(text, pieces, settings):
            span = Span(sentences[0].start, sentences[-1].end)
            identity = f"{document_id}-{len(passages):04d}"
            passages.append(Passage(identity, document_id, span, span.of(text), path, sentences))
    return tuple(passages)


def _article_parts(text: str) -> list[int]:
    """Where the 款 and 项 of a regulation begin, in order: the only places to divide an article at.

    The first 项 after the words that lead it in is left out, so that these stay together.
    """
    regulation = parse_regulation(text)
    starts: list[int] = []
    for article in regulation.articles if regulation else ():
        starts.append(article.span.start)
        for number, paragraph in enumerate(article.paragraphs):
            if number:
                starts.append(paragraph.span.start)
            starts += [item.span.start for item in paragraph.items[1:]]
    return starts


def _pieces(text: str, area: Span, starts: Sequence[int], settings: ChunkSettings) -> list[tuple[Span, ...]]:
    """The sentences of ``area``, of an article by the 款 or 项 they are in; those of too long a part stand alone."""
    sentences = _sentences(text, area, settings)
    inside = starts[bisect_left(starts, area.start) : bisect_left(starts, area.end)]
    if not inside:
        return [(sentence,) for sentence in sentences]
    if len(area) <= settings.most:
        return [tuple(sentences)]
    parts: list[list[Span]] = []
    limits = iter([*inside[1:], area.end])
    limit = area.start
    for sentence in sentences:
        if sentence.start >= limit or not parts:
            parts.append([])
            while sentence.start >= limit:
                limit = next(limits)
        parts[-1].append(sentence)
    return [
        piece
        for part in parts
        for piece in ([tuple(part)] if _size(part) <= settings.most else [(sentence,) for sentence in part])
    ]


def _leaves(text: str, sections: Sequence[Section]) -> Iterator[tuple[Span, tuple[str, ...]]]:
    """The stretches between section starts, with their paths. A heading with nothing under it joins what follows."""
    start = 0
    pending: int | None = None
    for index, section in enumerate(sections):
        end = sections[index + 1].span.start if index + 1 < len(sections) else len(text)
        start = section.span.start if pending is None else pending
        only_heading = (
            not text[section.heading.end : end].strip() if section.level else not text[start:end].strip()
        )
        if only_heading and index + 1 < len(sections):
            pending = start
            continue
        pending = None
        if end > start:
            yield Span(start, end), section.path


def _sentences(text: str, area: Span, settings: ChunkSettings) -> list[Span]:
    """The sentences of ``area`` with over-long ones cut."""
    return [
        part for sentence in split_sentences(text, area) for part in split_long(text, sentence, settings.hard)
    ]


def _groups(
    text: str, pieces: Sequence[tuple[Span, ...]], settings: ChunkSettings
) -> Iterator[tuple[Span, ...]]:
    """Runs of pieces: closed at a paragraph end from ``least`` short of ``target`` on, or before passing ``most``."""
    group: list[Span] = []
    remaining = sum(map(_size, pieces))
    for piece in pieces:
        size, rest = _size(group), remaining  # the rest is from this piece on
        if (
            group
            and size >= settings.least
            and rest >= settings.least
            and _full(text, group, size, _size(piece), settings)
        ):
            yield tuple(group)
            group = []
        group += piece
        remaining -= _size(piece)
    if group:
        yield tuple(group)


def _full(text: str, group: Sequence[Span], size: int, coming: int, settings: ChunkSettings) -> bool:
    if size + coming > settings.most:
        return True
    paragraph_end = "\n" in group[-1].of(text)
    return size >= settings.target or (paragraph_end and size >= settings.target - settings.least)


def _size(sentences: Iterable[Span]) -> int:
    return sum(map(len, sentences))
