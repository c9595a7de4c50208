"""How headings and tables are written as lines of text, the same for every format, as ``ingest.sections`` reads them."""

from __future__ import annotations

import re
from collections.abc import Iterable

_SPEAKS_FOR_ITSELF = re.compile(
    r"第[一二三四五六七八九十百千零〇两0-9]+[编篇部章节条]|[一二三四五六七八九十百]{1,4}、|[（(][一二三四五六七八九十百]{1,4}[）)]"
)
_DEEPEST = 6


def one_line(words: str) -> str:
    """``words`` with all white space, line breaks too, as single spaces."""
    return " ".join(words.split())


def heading(words: str, level: int) -> str:
    """A heading's line: as it is where its number tells what it is (第一章, 一、), else with Markdown's mark.

    ``level`` counts from 1, the title not included; the title has no mark, it is the first line.
    """
    words = one_line(words)
    if not words or level < 1 or _SPEAKS_FOR_ITSELF.match(words):
        return words
    return "#" * min(level + 1, _DEEPEST) + " " + words


def table_row(cells: Iterable[str]) -> str:
    """A row's line, ``| 甲 | 乙 |``; empty where all the cells are."""
    written = [one_line(cell).replace("|", "｜") for cell in cells]
    return "| " + " | ".join(written) + " |" if any(written) else ""
