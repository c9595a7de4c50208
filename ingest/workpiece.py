"""A text under repair: changes composed pass after pass, each remembered against the raw text."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

from ingest.types import Edit, RepairedText, Span


@dataclass(frozen=True, slots=True)
class Replacement:
    """A change to the text as it stands now: ``[start, end)`` becomes ``text``; ``kind`` names the repair."""

    start: int
    end: int
    text: str
    kind: str


class Workpiece:
    """``text`` is the current form; ``finish`` gives it with its edits against the raw text.

    Every character of ``text`` carries the raw range it came from; characters put in by one change share a range.
    """

    def __init__(self, raw: str) -> None:
        self._raw = raw
        self._starts = array("l", range(len(raw)))
        self._ends = array("l", range(1, len(raw) + 1))
        self._log: list[tuple[int, int, str]] = []
        self.text = raw

    def apply(self, replacements: Iterable[Replacement]) -> bool:
        """Make the replacements (offsets into ``text``, in order, without overlap); whether anything changed."""
        wanted = [r for r in replacements if self.text[r.start : r.end] != r.text]
        if not wanted:
            return False
        parts: list[str] = []
        starts, ends = array("l"), array("l")
        cursor = 0
        for change in wanted:
            if change.start < cursor:
                raise ValueError("replacements overlap or are out of order")
            parts += self.text[cursor : change.start], change.text
            raw = self._raw_range(change.start, change.end)
            starts += self._starts[cursor : change.start] + array("l", [raw.start] * len(change.text))
            ends += self._ends[cursor : change.start] + array("l", [raw.end] * len(change.text))
            self._log.append((raw.start, raw.end, change.kind))
            cursor = change.end
        parts.append(self.text[cursor:])
        self._starts, self._ends = starts + self._starts[cursor:], ends + self._ends[cursor:]
        self.text = "".join(parts)
        return True

    def finish(self) -> RepairedText:
        """The text with its edits, in raw order; changes that came out as what stood there before are left out."""
        edits: list[Edit] = []
        self._log.sort(key=lambda entry: entry[:2])  # stable: of equal ranges the first change names the edit
        position, raw, size = 0, 0, len(self.text)
        while position < size:
            if self._starts[position] == raw and self._untouched(position):
                position, raw = position + 1, raw + 1
                continue
            end, high = position, self._starts[position]
            while end < size and (
                self._starts[end] < high or (self._starts[end] == high and not self._untouched(end))
            ):
                high = max(high, self._ends[end])
                end += 1
            self._note(edits, Span(raw, high), self.text[position:end])
            position, raw = end, high
        self._note(edits, Span(raw, len(self._raw)), "")
        return RepairedText(self.text, tuple(edits))

    def _untouched(self, position: int) -> bool:
        start = self._starts[position]
        return self._ends[position] == start + 1 and self.text[position] == self._raw[start]

    def _raw_range(self, start: int, end: int) -> Span:
        if start < end:
            return Span(self._starts[start], self._ends[end - 1])
        at = self._starts[start] if start < len(self._starts) else len(self._raw)
        return Span(at, at)

    def _note(self, edits: list[Edit], raw: Span, replacement: str) -> None:
        if raw.of(self._raw) != replacement:
            edits.append(Edit(raw, replacement, self._kind(raw)))

    def _kind(self, raw: Span) -> str:
        index = bisect_left(self._log, (raw.start, -1, ""))
        inside = index < len(self._log) and self._log[index][0] <= raw.end
        return self._log[index if inside else index - 1][2]
