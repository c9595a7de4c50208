"""Text as file formats can hold it, and shortened where a page is too small for it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.sentences import split_sentences

# What XML 1.0 cannot hold even escaped: most control characters, halves of surrogate pairs, two non-characters. A bare
# carriage return it can, but each program makes something else of it.
_FORBIDDEN = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
REPLACEMENT = "\ufffd"
ELLIPSIS = "……"


def printable(text: str) -> str:
    """``text`` with each character that XML forbids as U+FFFD: its length stays, other characters are untouched."""
    return _FORBIDDEN.sub(REPLACEMENT, text)


def one_line(text: str) -> str:
    """``text`` for a heading or a name: white space folded, what XML forbids replaced."""
    return " ".join(printable(text).split())


def shortened(text: str, limit: int) -> str:
    """The whole sentences that ``text`` begins with, as many as ``limit`` characters hold, with an ellipsis.

    The text itself where it fits; empty where not even the first sentence does.
    """
    if len(text) <= limit:
        return text
    kept = 0
    for sentence in split_sentences(text):
        if len(text[: sentence.end].rstrip()) + len(ELLIPSIS) > limit:
            break
        kept = sentence.end
    return text[:kept].rstrip() + ELLIPSIS if kept else ""


def page_numbers(pages: Sequence[int]) -> str:
    """第3页, or 第3–5页; empty where there are none."""
    if not pages:
        return ""
    return f"第{pages[0]}页" if len(pages) == 1 else f"第{pages[0]}–{pages[-1]}页"


def book_title(title: str) -> str:
    """A title in 《》, which are not doubled."""
    return title if "《" in title else f"《{title}》"


def joined(parts: Sequence[str], mark: str = "，") -> str:
    """The parts that are not empty."""
    return mark.join(part for part in parts if part)
