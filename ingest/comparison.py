"""What differs between two texts: article by article for regulations, else paragraph by paragraph.

All spans are ``[start, end)`` code points of the text that they are of. White space, and full or half width, are no
difference; neither is the number of an article: it is told apart as renumbered.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Literal

from ingest.alignment import align
from ingest.regulation_tree import Regulation
from ingest.regulations import lines_of, parse_regulation
from ingest.types import Span

Kind = Literal["unchanged", "changed", "added", "removed", "renumbered"]
Op = Literal["equal", "insert", "delete", "replace"]

_DIGITS = re.compile(r"[0-9]+(?:\.[0-9]*)?")
_SHORTEST_EQUAL = 3
"""What two changes have in common between them is part of one change up to here: single characters agree by chance."""


@dataclass(frozen=True, slots=True)
class Part:
    """An article, or a paragraph outside of articles. ``body`` is its text without the number; ``path`` the headings above it."""

    span: Span
    body: Span
    label: str = ""
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of both bodies: ``a`` became ``b``; the one of an insertion or deletion that is not there is empty."""

    op: Op
    a: Span
    b: Span


@dataclass(frozen=True, slots=True)
class Change:
    """One part of either text or both. ``runs`` tile both bodies in order; they are empty where only one text has the part.

    ``moved`` says that it stands elsewhere in the order.
    """

    kind: Kind
    a: Part | None
    b: Part | None
    runs: tuple[Run, ...] = ()
    moved: bool = False


@lru_cache(maxsize=8)
def compare(a: str, b: str) -> tuple[Change, ...]:
    """The parts of both texts, each exactly once, in the order of ``b``."""
    trees = parse_regulation(a), parse_regulation(b)
    parts_a, parts_b = _parts(a, trees[0] if trees[1] else None), _parts(b, trees[1] if trees[0] else None)
    pairs = align(
        [_plain(part.body.of(a)) for part in parts_a], [_plain(part.body.of(b)) for part in parts_b]
    )
    in_order = _longest_rising([i for i, j in pairs if i is not None and j is not None])
    return tuple(
        _change(
            a,
            b,
            None if i is None else parts_a[i],
            None if j is None else parts_b[j],
            i is not None and j is not None and i not in in_order,
        )
        for i, j in pairs
    )


def _change(a: str, b: str, left: Part | None, right: Part | None, moved: bool) -> Change:
    if left is None or right is None:
        return Change("added" if left is None else "removed", left, right)
    runs = tuple(_runs(a, b, left.body, right.body))
    if any(run.op != "equal" for run in runs):
        return Change("changed", left, right, runs, moved)
    return Change("unchanged" if left.label == right.label else "renumbered", left, right, runs, moved)


def _parts(text: str, regulation: Regulation | None) -> list[Part]:
    """The articles and what stands between them; all paragraphs where there is no ``regulation``."""
    if regulation is None:
        return [Part(line, line) for line in lines_of(text)]
    articles = [
        Part(
            article.span,
            _after(text, article.heading, article.span),
            article.title,
            _above(regulation, article.span),
        )
        for article in regulation.articles
    ]
    taken = [part.span for part in articles] + [division.heading for division in regulation.divisions]
    loose = (
        Part(line, line, "", _above(regulation, line))
        for line in lines_of(text)
        if line.start >= regulation.front.end and not any(span.overlaps(line) for span in taken)
    )
    return sorted([*articles, *loose], key=lambda part: part.span)


def _above(regulation: Regulation, span: Span) -> tuple[str, ...]:
    return tuple(division.title for division in regulation.divisions if division.span.contains(span))


def _after(text: str, heading: Span, span: Span) -> Span:
    """What stands behind the number 第…条 and the white space and marks after it."""
    words = text[heading.end : span.end]
    lead = re.match(r"[\s*_]*", words)
    return Span(heading.end + (lead.end() if lead else 0), span.end)


def _plain(text: str) -> str:
    return "".join(token for token, _ in _tokens(text))


def _tokens(text: str) -> list[tuple[str, int]]:
    """The characters that count, each with its offset: no white space, one width of marks; a number is one."""
    found: list[tuple[str, int]] = []
    end = 0  # of the token before
    for offset, char in enumerate(text):
        if char.isspace():
            continue
        folded = unicodedata.normalize("NFKC", char)
        token = folded if len(folded) == 1 else char
        if found and end == offset and _DIGITS.fullmatch(found[-1][0] + token):
            found[-1] = (found[-1][0] + token, found[-1][1])
        else:
            found.append((token, offset))
        end = offset + 1
    return found


def _runs(a: str, b: str, left: Span, right: Span) -> Iterator[Run]:
    """What became of ``left``, as runs that tile both bodies; white space belongs to the run before it."""
    tokens_a, tokens_b = _tokens(left.of(a)), _tokens(right.of(b))
    plain_a, plain_b = ([token for token, _ in tokens] for tokens in (tokens_a, tokens_b))
    starts_a = [left.start + offset for _, offset in tokens_a] + [left.end]
    starts_b = [right.start + offset for _, offset in tokens_b] + [right.end]
    at_a, at_b = left.start, right.start
    for op, end_a, end_b in _operations(plain_a, plain_b):
        run = Run(op, Span(at_a, starts_a[end_a]), Span(at_b, starts_b[end_b]))
        at_a, at_b = run.a.end, run.b.end
        yield run


def _operations(a: Sequence[str], b: Sequence[str]) -> Iterator[tuple[Op, int, int]]:
    """``(operation, end in a, end in b)``, changes put together where hardly anything stands between them."""
    codes = SequenceMatcher(None, a, b, autojunk=False).get_opcodes()
    begin_a = begin_b = 0  # where the change under way began
    done_a = done_b = 0
    for index, (tag, start_a, end_a, _, end_b) in enumerate(codes):
        within = 0 < index < len(codes) - 1
        chance = tag == "equal" and within and end_a - start_a < _SHORTEST_EQUAL and not _is_mark(a[start_a])
        if tag != "equal" or chance:
            done_a, done_b = end_a, end_b
            continue
        if (done_a, done_b) != (begin_a, begin_b):
            yield _operation(done_a - begin_a, done_b - begin_b), done_a, done_b
        yield "equal", end_a, end_b
        begin_a, begin_b = done_a, done_b = end_a, end_b
    if (done_a, done_b) != (begin_a, begin_b):
        yield _operation(done_a - begin_a, done_b - begin_b), done_a, done_b


def _operation(removed: int, added: int) -> Op:
    if removed and added:
        return "replace"
    return "delete" if removed else "insert"


def _is_mark(char: str) -> bool:
    return unicodedata.category(char).startswith("P")


def _longest_rising(numbers: Sequence[int]) -> frozenset[int]:
    """The longest subsequence of distinct ``numbers`` that rises: what kept its order."""
    tails: list[int] = []
    before: dict[int, int | None] = {}
    for number in numbers:
        at = bisect_left(tails, number)
        before[number] = tails[at - 1] if at else None
        tails[at : at + 1] = [number]
    kept: set[int] = set()
    last = tails[-1] if tails else None
    while last is not None:
        kept.add(last)
        last = before[last]
    return frozenset(kept)
