"""Sentence boundaries in Chinese text.

A sentence ends at 。！？ (and their half-width forms) with the closing marks that follow, or at a line end. Inside a
quotation it goes on, unless the quotation is long. “……。”某某说。 stays one sentence: the words and who spoke them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.types import Span

_END = re.compile(r"[。！？!?]+[”’」』）)》】]*|…{2,}[”’」』]|\n+")
_OPEN, _CLOSE = "“「『", "”」』"
_LONG_QUOTATION = 160
_SPEAKER = re.compile(
    r"[^。！？；\n“”]{1,40}(?:说|表示|指出|介绍|介紹|认为|認為|强调|強調|感叹|感慨|回忆|坦言|谈到|說|写道)。"
)
_CLAUSE = re.compile(r"[；;]|[，,、：:]")
_LABEL = re.compile(r"^(?:[0-9]{1,2}[.．、)）]|[①-⑳])\s*")
_HEADING = re.compile(
    r"(?:第[零〇一二三四五六七八九十百]+[编章节条]|[一二三四五六七八九十]+、|[（(][一二三四五六七八九十]+[）)])"
)
_TELLS = re.compile(r"[0-9０-９]|[：:][^：:]{2}")
_SHORTEST_ROW, _LONGEST_ROW = 8, 200
CELLS = " | "
"""Between the cells of a table's row."""
_TERMINAL = re.compile(r"[。！？!?…；;—─][”’」』）)》】]*\s*$")
_UNENDED = 45  # characters, more than a heading has


def split_sentences(text: str, within: Span | None = None) -> tuple[Span, ...]:
    """The sentences of ``text[within]``, tiling it in order; white space belongs to the sentence before it.

    Leading white space belongs to the first sentence. Spans count code points of ``text``.
    """
    area = within or Span(0, len(text))
    spans: list[Span] = []
    start = area.start
    for cut in _cuts(text, area):
        if cut > start and text[start:cut].strip():
            spans.append(Span(start, cut))
            start = cut
    if start < area.end:
        if text[start : area.end].strip() or not spans:
            spans.append(Span(start, area.end))
        else:
            spans[-1] = Span(spans[-1].start, area.end)
    return tuple(spans)


def is_sentence(text: str) -> bool:
    """Whether ``text`` ends as a sentence does, or with the dash before paragraphs that tell more (…展现了丰硕成果——): titles,
    by-lines and list labels do not."""
    return bool(_TERMINAL.search(text))


def is_unended(text: str) -> bool:
    """Whether ``text`` is prose whose last mark was lost, as at the ends of copied paragraphs: longer than a heading, and in clauses."""
    words = text.strip()
    return (
        len(words) >= _UNENDED
        and _CLAUSE.search(words[:-1]) is not None
        and words[-1] not in "：:"
        and CELLS not in words
        and not is_sentence(words)
    )


def is_row(text: str) -> bool:
    """Whether ``text`` tells something though it is no sentence: a row of a table or a timetable, 联系电话：…, （责任单位：…）.

    What only heads or numbers other lines does not.
    """
    words = _LABEL.sub("", text.strip())
    if is_sentence(words) or not _SHORTEST_ROW <= len(words) <= _LONGEST_ROW or _HEADING.match(text.strip()):
        return False
    return CELLS in words or _TELLS.search(words) is not None


def _cuts(text: str, area: Span) -> Iterator[int]:
    """Offsets after which a new sentence may begin, in order."""
    opened = -1  # where the quotation now open began
    position = area.start
    for match in _END.finditer(text, area.start, area.end):
        opened = _quotation(text, position, match.end(), opened)
        position = match.end()
        if text[match.start()] == "\n":
            opened = -1
        elif (
            opened >= 0
            and match.start() - opened < _LONG_QUOTATION
            and _closes_ahead(text, match.end(), area)
        ):
            continue
        elif text[match.end() - 1] in _CLOSE:
            if match.end() < area.end and text[match.end()] in "，、；：。和与及的等":
                continue
            if _SPEAKER.match(text, match.end(), area.end):
                continue
        end = match.end()
        while end < area.end and text[end].isspace():
            end += 1
        yield end


def _quotation(text: str, start: int, end: int, opened: int) -> int:
    """Where the quotation open at ``end`` began, or -1, given the one open at ``start``."""
    for index in range(start, end):
        if text[index] in _OPEN and opened < 0:
            opened = index
        elif text[index] in _CLOSE:
            opened = -1
    return opened


def _closes_ahead(text: str, position: int, area: Span) -> bool:
    """Whether the open quotation closes soon on this line (a mark that never closes must not swallow the text)."""
    for index in range(position, min(area.end, position + _LONG_QUOTATION)):
        if text[index] in _CLOSE:
            return True
        if text[index] == "\n":
            return False
    return False


def split_long(text: str, span: Span, limit: int) -> tuple[Span, ...]:
    """``span`` in parts of at most ``limit`` code points, cut after ； where there is one, else ，, else anywhere."""
    parts: list[Span] = []
    start = span.start
    while span.end - start > limit:
        window = text[start : start + limit]
        marks = list(_CLAUSE.finditer(window, limit // 3))
        strong = [m for m in marks if m.group() in "；;"]
        cut = start + ((strong or marks)[-1].end() if marks else limit)
        parts.append(Span(start, cut))
        start = cut
    parts.append(Span(start, span.end))
    return tuple(parts)
