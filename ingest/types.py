"""The stages a file passes through on its way to passages; one immutable type per stage.

All spans are half-open ``[start, end)`` and count Unicode code points.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range ``[start, end)`` of code points."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"not a span: [{self.start}, {self.end})")

    def __len__(self) -> int:
        return self.end - self.start

    def of(self, text: str) -> str:
        """The part of ``text`` that this span covers."""
        return text[self.start : self.end]

    def contains(self, other: Span) -> bool:
        """Whether ``other`` lies wholly inside this span."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Span) -> bool:
        """Whether the two spans share at least one code point."""
        return self.start < other.end and other.start < self.end

    def moved(self, offset: int) -> Span:
        """The span ``offset`` code points further on."""
        return Span(self.start + offset, self.end + offset)

    def stripped(self, text: str) -> Span:
        """The span without the white space at both ends of what it covers in ``text``."""
        words = self.of(text)
        start = self.start + len(words) - len(words.lstrip())
        return Span(start, start + len(words.strip()))


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a loader makes of a file: its text, the codec or format it was read with, and where its pages begin.

    ``pages`` are offsets in ``text``, one for each page of the file, never descending, the first 0: a page without
    text begins where the next one does. Empty where the format has no pages.
    """

    text: str
    encoding: str
    pages: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class RawText:
    """A file's bytes as text, before any repair.

    ``sha256`` is of the bytes (hex); ``encoding`` is the codec that decoded them; ``origin`` says where the file is.
    ``pages`` are those of ``Loaded``.
    """

    text: str
    sha256: str
    encoding: str
    origin: str
    pages: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Edit:
    """One repair: the raw span was replaced by ``replacement`` (empty: removed).

    ``raw`` counts code points of ``RawText.text``; ``kind`` names the repair (see ``ingest.repair``).
    """

    raw: Span
    replacement: str
    kind: str


@dataclass(frozen=True, slots=True)
class RepairedText:
    """Text after repair, with the edits that made it, in raw order and without overlap."""

    text: str
    edits: tuple[Edit, ...]

    def raw_span(self, span: Span) -> Span:
        """The smallest raw span that yields ``span`` of the repaired text.

        A span that touches a replacement takes in the whole of what was replaced. Removals at the very edge of the
        span are left out.
        """
        return raw_span(self.edits, span)


def raw_span(edits: Sequence[Edit], span: Span) -> Span:
    """Map a span of repaired text to the raw text it came from, given the edits in raw order."""
    return (
        Span(_raw_start(edits, span.start), _raw_end(edits, span)) if span else _raw_point(edits, span.start)
    )


def text_offsets(edits: Sequence[Edit], raw: Iterable[int]) -> tuple[int, ...]:
    """Map offsets into the raw text, never descending, to the repaired text: how many characters come from before each.

    The other way round than ``raw_span``: a character of the repaired text stands before the mapped offset just if
    its raw span starts before the raw one. An offset inside what was replaced goes behind the replacement.
    """
    mapped: list[int] = []
    index = shift = 0  # edits passed so far; raw offset minus text offset behind them
    for offset in raw:
        while index < len(edits) and edits[index].raw.end <= offset and edits[index].raw.start < offset:
            shift += len(edits[index].raw) - len(edits[index].replacement)
            index += 1
        inside = index < len(edits) and edits[index].raw.start < offset
        end = edits[index].raw.start + len(edits[index].replacement) if inside else offset
        mapped.append(end - shift)
    return tuple(mapped)


def _raw_start(edits: Sequence[Edit], position: int) -> int:
    shift = 0  # raw offset minus text offset, after the edits passed so far
    for edit in edits:
        text_start = edit.raw.start - shift
        if position < text_start:
            break
        if position < text_start + len(edit.replacement):
            return edit.raw.start
        shift += len(edit.raw) - len(edit.replacement)
    return position + shift


def _raw_end(edits: Sequence[Edit], span: Span) -> int:
    shift = 0
    for edit in edits:
        text_start = edit.raw.start - shift
        if span.end <= text_start:
            break
        if span.end <= text_start + len(edit.replacement):
            return edit.raw.end
        shift += len(edit.raw) - len(edit.replacement)
    return span.end + shift


def _raw_point(edits: Sequence[Edit], position: int) -> Span:
    start = _raw_start(edits, position)
    return Span(start, start)


@dataclass(frozen=True, slots=True)
class Repeal:
    """What a text puts out of force: a regulation's title, and the date of issue named with it (ISO, or its part)."""

    title: str
    published: str = ""


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known about a document; an empty value means not known, never guessed.

    ``published`` is an ISO date (``2024-12-07``), the year or year and month of one, or empty; ``kind`` is one of
    ``ingest.metadata.KINDS`` and ``rank`` of ``RANKS``, or empty. ``document_number`` is the 发文字号, ``interpreter``
    the 解释机关. ``effective`` (施行日期) and ``repealed`` (the day from which it is no more in force) are dates like
    ``published``; ``repeals`` is what the text itself says it puts out of force. ``status`` and ``family``
    are only set by hand, where what follows from the texts is wrong: one of ``STATUSES``, and the title that all
    versions of one regulation share.
    """

    title: str = ""
    subtitle: str = ""
    authors: tuple[str, ...] = ()
    source: str = ""
    published: str = ""
    edition: str = ""
    kind: str = ""
    licence: str = ""
    document_number: str = ""
    effective: str = ""
    rank: str = ""
    interpreter: str = ""
    repealed: str = ""
    repeals: tuple[Repeal, ...] = ()
    status: str = ""
    family: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it, up to the next heading of the same or a higher level.

    ``span`` covers heading and body in ``Document.text``; ``heading`` is the span of the heading's own words (empty
    for the text before the first heading); ``path`` holds the titles from the outermost section to this one.
    ``level`` is 1 for the outermost; 0 for the text before the first heading.
    """

    span: Span
    heading: Span
    level: int
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A text with its metadata and its section tree, ready to be stored and cited.

    ``sha256`` is of the file's bytes, ``text_sha256`` of ``text`` in UTF-8 (both hex). ``origin`` says where the file
    is: an absolute path, or ``corpus:NAME`` for the documents that come with the package. ``corrected`` are the fields
    of ``metadata`` that people corrected, each with by what (``sidecar`` or ``hand``). ``pages`` are the offsets in
    ``text`` at which the pages of the file begin, as in ``Loaded``.
    """

    id: str
    origin: str
    sha256: str
    encoding: str
    text: str
    text_sha256: str
    edits: tuple[Edit, ...]
    metadata: Metadata
    sections: tuple[Section, ...]
    pages: tuple[int, ...] = ()
    corrected: tuple[tuple[str, str], ...] = ()

    def pages_of(self, span: Span) -> tuple[int, ...]:
        """The numbers, from 1, of the file's pages that ``span`` stands on; empty where the format has no pages."""
        if not self.pages:
            return ()
        # Of pages that begin at one place, the last is the one with text.
        first = bisect_right(self.pages, span.start)
        last = bisect_right(self.pages, max(span.start, span.end - 1))
        starts = (*self.pages, len(self.text))
        return tuple(n for n in range(first, last + 1) if n in (first, last) or starts[n - 1] < starts[n])


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of whole sentences inside one section: the unit of retrieval.

    ``text == document.text[span.start:span.end]``; ``sentences`` tile ``span`` in order (spans in the document's
    text, white space between sentences belonging to the one before it). ``path`` is that of its section.
    """

    id: str
    document_id: str
    span: Span
    text: str
    path: tuple[str, ...] = ()
    sentences: tuple[Span, ...] = field(default=())
