"""Sections to passages: whole sentences, of a size that a reader and an embedding model can take in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.sentences import split_long, split_sentences
from ingest.types import Passage, Section, Span

VERSION = 1
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

    No passage crosses the start of a section. Text that is only white space joins the passage before it.
    """
    passages: list[Passage] = []
    for area, path in _leaves(text, sections):
        for sentences in _groups(text, _sentences(text, area, settings), settings):
            span = Span(sentences[0].start, sentences[-1].end)
            identity = f"{document_id}-{len(passages):04d}"
            passages.append(Passage(identity, document_id, span, span.of(text), path, sentences))
    return tuple(passages)


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


def _groups(text: str, sentences: Sequence[Span], settings: ChunkSettings) -> Iterator[tuple[Span, ...]]:
    """Runs of sentences: closed at a paragraph end from ``least`` short of ``target`` on, or before passing ``most``."""
    group: list[Span] = []
    remaining = sum(map(len, sentences))
    for sentence in sentences:
        size = sum(map(len, group))
        rest = remaining  # from this sentence on
        if (
            group
            and size >= settings.least
            and rest >= settings.least
            and _full(text, group, size, sentence, settings)
        ):
            yield tuple(group)
            group = []
        group.append(sentence)
        remaining -= len(sentence)
    if group:
        yield tuple(group)


def _full(text: str, group: Sequence[Span], size: int, coming: Span, settings: ChunkSettings) -> bool:
    if size + len(coming) > settings.most:
        return True
    paragraph_end = "\n" in group[-1].of(text)
    return size >= settings.target or (paragraph_end and size >= settings.target - settings.least)
