"""Rows of tables as evidence: what their cells are stands in the first row."""

from __future__ import annotations

from ingest.types import Span

EDGE = "|"
"""What a row begins and ends with."""
_FARTHEST = 200
"""Rows that a table's head is looked for above."""


def without_edges(text: str, span: Span) -> Span:
    """The span of a row without the lines at its two ends; of anything else, as it is."""
    words = span.of(text)
    if not (words.startswith(EDGE) and words.endswith(EDGE) and len(words) > 2):
        return span
    return Span(span.start + 1, span.end - 1).stripped(text)


def is_head(text: str, row: Span) -> bool:
    """Whether the row at ``row`` is the first of a table of several."""
    after = text.find("\n", max(0, row.end - 1))
    follows = after >= 0 and text.startswith(EDGE, after + 1)
    return follows and text.startswith(EDGE, row.start) and not head_of(text, row)


def head_of(text: str, row: Span) -> str:
    """The first row of the table that the row at ``row`` stands in, without the lines at its ends; empty where that is ``row``
    itself, or what is there is no row."""
    start = text.rfind("\n", 0, row.start) + 1
    if not text.startswith(EDGE, start):
        return ""
    first = start
    for _ in range(_FARTHEST):
        above = text.rfind("\n", 0, max(0, first - 1)) + 1
        if above == first or not text.startswith(EDGE, above):
            break
        first = above
    if first == start:
        return ""
    return text[first : text.find("\n", first)].strip().strip(EDGE).strip()
