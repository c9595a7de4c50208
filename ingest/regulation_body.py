"""Within an article: its lines to 款, 项 and 目.

A line that begins with a mark （一） 1. ① is an item; what follows an item belongs to it while the list goes on after it
or the line before was left open; any other line begins a new 款.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ingest.numerals import chinese_number
from ingest.regulation_tree import Item, Paragraph, Subitem
from ingest.types import Span

_HAN = "一二三四五六七八九十百"
_MARK = re.compile(
    rf"[*_]{{0,3}}(?P<label>[（(] ?(?P<bracket>[{_HAN}]{{1,4}}) ?[）)]|(?P<dun>[{_HAN}]{{1,4}})、"
    r"|[（(] ?(?P<paren>[0-9０-９]{1,3}) ?[）)]|(?P<digit>[0-9０-９]{1,2})(?:[.．](?![0-9０-９])|[、)）])|(?P<circle>[①-⑳]))"
)
_CLOSERS = "”’」』）)】》*_ \t\u00a0\u3000"
_TERMINAL = "。；：！？…!?;:"
_TAIL = 24  # how much of a line's end is looked at


@dataclass(frozen=True, slots=True)
class _Mark:
    style: str
    number: int
    label: str


@dataclass(slots=True)
class _Draft:
    """A 款, 项 or 目 being read: where it begins and ends, its mark and its parts."""

    start: int
    end: int
    mark: _Mark | None = None
    parts: list[_Draft] = field(default_factory=list)


def is_closed(text: str, line: Span) -> bool:
    """Whether a line ends as a sentence or an item does, so that the next one begins something new."""
    tail = text[max(line.start, line.end - _TAIL) : line.end].rstrip(_CLOSERS)
    return tail != "" and tail[-1] in _TERMINAL


def has_mark(text: str, line: Span) -> bool:
    """Whether a line begins as an item does."""
    return _mark(text, line) is not None


def paragraphs_of(text: str, lines: Sequence[Span]) -> tuple[Paragraph, ...]:
    """The 款 of an article from its lines without the number; ``lines`` hold no blank ones. Linear."""
    reader = _Reader(text, lines)
    for index in range(len(lines)):
        reader.take(index)
    return tuple(_paragraph(draft) for draft in reader.drafts)


class _Reader:
    """Reads the lines of one article in order."""

    def __init__(self, text: str, lines: Sequence[Span]) -> None:
        self._text, self._lines = text, lines
        self._marks = [_mark(text, line) for line in lines]
        self._next: list[_Mark | None] = [None] * (len(lines) + 1)  # the first mark from a line on
        for index in range(len(lines) - 1, -1, -1):
            self._next[index] = self._marks[index] or self._next[index + 1]
        self.drafts: list[_Draft] = []

    def take(self, index: int) -> None:
        """Put line number ``index`` where it belongs."""
        line, mark = self._lines[index], self._marks[index]
        draft = _Draft(line.start, line.end, mark)
        items = self.drafts[-1].parts if self.drafts else []
        subitems = items[-1].parts if items else []
        if mark and (_goes_on(items, mark) or (not items and _may_open(mark))):
            if not self.drafts:
                self.drafts.append(_Draft(line.start, line.end))
            self.drafts[-1].parts.append(draft)
        elif mark and items and (_goes_on(subitems, mark) or (not subitems and _may_open(mark))):
            subitems.append(draft)
        elif not self.drafts or not self._continues(index, items, subitems):
            self.drafts.append(_Draft(line.start, line.end))
            return
        elif subitems:
            subitems[-1].end = line.end
        self._stretch(line.end)

    def _continues(self, index: int, items: list[_Draft], subitems: list[_Draft]) -> bool:
        """Whether a line without a mark of its own belongs to what stands before it."""
        if not is_closed(self._text, self._lines[index - 1]):
            return True
        coming = self._next[index]
        return coming is not None and any(_follows(parts, coming) for parts in (items, subitems))

    def _stretch(self, end: int) -> None:
        self.drafts[-1].end = end
        if self.drafts[-1].parts:
            self.drafts[-1].parts[-1].end = end


def _mark(text: str, line: Span) -> _Mark | None:
    match = _MARK.match(text, line.start, line.end)
    if match is None:
        return None
    label = re.sub(r"\s", "", match["label"])
    if match["circle"]:
        return _Mark("circle", ord(match["circle"]) - ord("①") + 1, label)
    style = next(name for name in ("bracket", "dun", "paren", "digit") if match[name])
    return _Mark(style, chinese_number(match[style]), label)


def _may_open(mark: _Mark) -> bool:
    """（三） may open a list whose first items are lost; a bare number elsewhere is mostly just a number."""
    return mark.style == "bracket" or mark.number == 1


def _goes_on(parts: list[_Draft], mark: _Mark) -> bool:
    """Whether ``mark`` is of the same list as ``parts``; one number may be lost, or a new list begin."""
    last = parts[-1].mark if parts else None
    if last is None or last.style != mark.style:
        return False
    return mark.style == "bracket" or mark.number == 1 or 0 < mark.number - last.number <= 2


def _follows(parts: list[_Draft], mark: _Mark) -> bool:
    last = parts[-1].mark if parts else None
    return last is not None and last.style == mark.style and mark.number == last.number + 1


def _paragraph(draft: _Draft) -> Paragraph:
    return Paragraph(Span(draft.start, draft.end), tuple(_item(part) for part in draft.parts))


def _item(draft: _Draft) -> Item:
    subitems = tuple(
        Subitem(Span(part.start, part.end), part.mark.label, part.mark.number)
        for part in draft.parts
        if part.mark
    )
    label, number = (draft.mark.label, draft.mark.number) if draft.mark else ("", 0)
    return Item(Span(draft.start, draft.end), label, number, subitems)
