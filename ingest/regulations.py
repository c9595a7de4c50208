"""The structure of a regulation, from the lines of its text.

Headings are looked for at line starts only, and a line that merely goes on from a broken one (依照第七条、⏎第九条规定) opens
nothing: without the space or line end that follows a heading, the number must be the next one. Headings may have
lost their space (第一章总则), have strays (第 一 条), Markdown marks (## 第一章, **第一条**), or have lost their number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from ingest.normal import simplify
from ingest.numerals import NUMERALS, chinese_number
from ingest.regulation_body import has_mark, is_closed, paragraphs_of
from ingest.regulation_tree import Article, Division, Regulation
from ingest.types import Span

VERSION = 2
"""Part of the pipeline's fingerprint: raise it when the structure of any text changes."""

_LEAST_ARTICLES = 3
_TITLE_MAX, _BARE_MAX, _HEAD = 60, 20, 160
_RANKS = {"编": 1, "篇": 1, "部": 1, "分编": 2, "章": 3, "节": 4}
_CHAPTER = 3
_MAY_BE_LOST = 3  # so many numbers may be passed over where a heading is not plain
_SPACE = r"[ \t\u00a0\u3000]{0,4}"
_MARKS = r"(?:[#>*_]{1,8}[ \t]{0,2}|[-+][ \t]){0,3}"
_NUMBER = rf"(?P<number>(?:[{NUMERALS}]{_SPACE}){{1,12}})"
_ARTICLE = re.compile(
    rf"{_MARKS}(?P<words>第{_SPACE}{_NUMBER}条(?:{_SPACE}之{_SPACE}(?P<sub>[一二三四五六七八九十]{{1,3}}))?)(?P<close>[*_]{{0,3}})"
)
_DIVISION = re.compile(rf"{_MARKS}(?P<words>第{_SPACE}{_NUMBER}(?P<kind>分编|编|篇|部(?![分门])|章|节))")
_NAMED = re.compile(
    rf"{_MARKS}(?P<words>(?P<kind>总{_SPACE}[纲则]|[序前引导]{_SPACE}言|[分附]{_SPACE}则))[*_#\s]{{0,8}}$"
)
_ANNEX = re.compile(
    rf"{_MARKS}(?P<words>(?P<kind>附{_SPACE}(?:[件录表]|(?=[：:])))(?![件录表则由由是的]).*)$"
)
_MARKED = re.compile(r"#{1,6}[ \t]+(?P<words>.+)$")
_REFERS = re.compile(
    rf"\s*(?:[、，,；。）》”]|规定|所[列称规述]|的|至(?![少今])|[和或与]|及(?![时早])|以及|中(?:规定|所|的|，)|[前后]款|"
    rf"第{_SPACE}[{NUMERALS}]{{1,9}}{_SPACE}[条款项])"
)
"""What follows a number that only refers to an article."""

_LEFT_OPEN = re.compile(
    r"(?:[、，,和或及与至照据按《（(“]|本(?:条例|法|规定|办法|细则|准则|规则|章程)|违反|适用|依据)$"
)


@dataclass(frozen=True, slots=True)
class _Found:
    """A heading on line number ``line`` (0-based): of a division, or of an article where ``kind`` is 条."""

    line: int
    kind: str
    number: int
    sub: int
    words: Span
    title: str


@lru_cache(maxsize=64)  # the hits of one search are of many documents
def parse_regulation(text: str) -> Regulation | None:
    """The structure of ``text``, in simplified or traditional script, with titles as the text has them.

    ``None`` where it has fewer than three articles. Linear; never raises.
    """
    simple = simplify(text)
    regulation = _parsed(simple)
    if regulation is None or simple == text:
        return regulation
    return replace(
        regulation,
        divisions=tuple(replace(d, title=_as_written(d, simple, text)) for d in regulation.divisions),
        articles=tuple(replace(a, title=_as_written(a, simple, text)) for a in regulation.articles),
    )


def _as_written(part: Division | Article, simple: str, text: str) -> str:
    """The title of a part of the simplified text in the characters of the text itself."""
    position, written = part.heading.start, []
    for char in part.title:
        # Spaces are ours or the text's: the title may have them where the text has a line break.
        place = -1 if char.isspace() else simple.find(char, position, part.heading.end)
        written.append(text[place] if place >= 0 else char)
        position = max(position, place + 1)
    return "".join(written)


def _parsed(text: str) -> Regulation | None:
    lines = tuple(lines_of(text))
    found = _without_contents(list(_Finder(text, lines).find()))
    if sum(heading.kind == "条" for heading in found) < _LEAST_ARTICLES:
        return None
    found = _with_bare_headings(text, lines, found)
    front = Span(0, lines[found[0].line].start)
    return Regulation(front, tuple(_divisions(lines, found)), tuple(_articles(text, lines, found)))


def lines_of(text: str) -> Iterator[Span]:
    """The lines of ``text`` that hold something, without white space at their ends."""
    position = 0
    for line in text.split("\n"):
        if words := line.strip():
            start = position + len(line) - len(line.lstrip())
            yield Span(start, start + len(words))
        position += len(line) + 1


class _Finder:
    """Finds the headings that say so by their form, in one pass."""

    def __init__(self, text: str, lines: Sequence[Span]) -> None:
        self._text, self._lines = text, lines
        self._last = (0, 0)  # number and sub of the article before
        self._began = False

    def find(self) -> Iterator[_Found]:
        upper_heads = True  # whether the line above is a heading, so nothing can go on from it
        taken = -1
        for index, line in enumerate(self._lines):
            if index <= taken:
                continue
            head = self._text[line.start : min(line.end, line.start + _HEAD)]
            closed = upper_heads or not self._began or is_closed(self._text, self._lines[index - 1])
            found = self._article(index, head, closed) or self._division(index, head, closed)
            upper_heads = found is not None and found.kind != "条"
            if found is None:
                continue
            if found.kind == "条":
                self._began, self._last = True, (found.number, found.sub)
            elif _is_annex(found):
                self._last = (0, 0)
            if found.words.end > line.end:
                taken = index + 1
            yield found

    def _article(self, index: int, head: str, closed: bool) -> _Found | None:
        match = _ARTICLE.match(head)
        if match is None:
            return None
        number, sub = _value(match["number"]), _value(match["sub"] or "")
        rest = head[match.end() :]
        spaced = not rest or rest[0].isspace() or bool(match["close"]) or rest[0] in "【：:"
        if not self._opens(index, (number, sub), spaced, closed, _REFERS.match(rest) is not None):
            return None
        return _Found(index, "条", number, sub, self._span(index, match), _tight(match["words"]))

    def _opens(self, index: int, at: tuple[int, int], spaced: bool, closed: bool, refers: bool) -> bool:
        """Whether a number at a line start is an article's own, not one that a broken sentence refers to."""
        last, sub = self._last
        is_next = at in ((last + 1, 0), (last, sub + 1))
        if spaced and closed:
            return True
        near = is_next or (self._began and last < at[0] <= last + _MAY_BE_LOST)
        return near and not refers and (closed or (spaced and not self._hangs(index - 1)))

    def _division(self, index: int, head: str, closed: bool) -> _Found | None:
        if len(self._lines[index]) > _HEAD // 2 or (not closed and self._hangs(index - 1)):
            return None
        if match := _DIVISION.match(head):
            return self._numbered(index, head, match, closed)
        if (match := _NAMED.match(head)) and closed:
            return _Found(
                index, _tight(match["kind"]), 0, 0, self._span(index, match), _tight(match["words"])
            )
        match = _ANNEX.match(head) or (_MARKED.match(head) if closed else None)
        if match is None or not self._began or not _is_title(match["words"]):
            return None
        kind = _tight(match["kind"]) if "kind" in match.groupdict() else ""
        return _Found(index, kind, 0, 0, self._span(index, match), display(match["words"].rstrip("*_# ")))

    def _numbered(self, index: int, head: str, match: re.Match[str], closed: bool) -> _Found | None:
        """第…章 with its title on the same line, or on the next one."""
        rest = head[match.end() :]
        title = rest.strip("*_# \t\u00a0\u3000")
        glued = bool(rest) and not rest[0].isspace()
        if _REFERS.match(rest) or not _is_title(title) or (glued and not closed):
            return None
        span = self._span(index, match)
        end = span.start + len(match["words"]) + len(rest.rstrip("*_# \t\u00a0\u3000"))
        if not title and (below := self._title_below(index + 1)):
            title, end = below.of(self._text), below.end
        name = f"{_tight(match['words'])} {display(title)}".rstrip()
        return _Found(index, match["kind"], _value(match["number"]), 0, Span(span.start, end), name)

    def _title_below(self, index: int) -> Span | None:
        if index >= len(self._lines) or len(self._lines[index]) > _BARE_MAX * 2:
            return None
        words = self._lines[index].of(self._text)
        heads = _ARTICLE.match(words) or _DIVISION.match(words) or has_mark(self._text, self._lines[index])
        return None if heads or not _is_title(words) else self._lines[index]

    def _hangs(self, index: int) -> bool:
        """Whether a line breaks off where a reference to an article must follow."""
        line = self._lines[index]
        return _LEFT_OPEN.search(self._text[max(line.start, line.end - 8) : line.end]) is not None

    def _span(self, index: int, match: re.Match[str]) -> Span:
        start = self._lines[index].start
        words = match["words"].rstrip("*_# \t")
        return Span(start + match.start("words"), start + match.start("words") + len(words))


def _is_title(words: str) -> bool:
    return len(words) <= _TITLE_MAX and not re.search(r"[。；;！？!?]|[，、,：:]$", words)


def _value(number: str) -> int:
    return chinese_number(re.sub(r"\s", "", number)) if number else 0


def _tight(words: str) -> str:
    return re.sub(r"\s", "", words)


def display(title: str) -> str:
    """A title without the spaces that set its characters apart: 总 则 is 总则, 理论武装 凝心铸魂 stays."""
    parts = title.split()
    shown = "".join(
        part if index == 0 or len(part) == 1 or len(parts[index - 1]) == 1 else f" {part}"
        for index, part in enumerate(parts)
    )
    return shown if re.search(r"[\u4e00-\u9fff]", title) else " ".join(parts)


def _without_contents(found: list[_Found]) -> list[_Found]:
    """Headings without those of a table of contents: what stands before the last return of the first heading."""
    first = next((i for i, heading in enumerate(found) if heading.kind == "条"), len(found))
    before = found[:first]
    keys = [(heading.kind, heading.number or heading.title) for heading in before]
    again = max((i for i, key in enumerate(keys) if key == keys[0]), default=0)
    return found[again:]


def _with_bare_headings(text: str, lines: Sequence[Span], found: list[_Found]) -> list[_Found]:
    """``found`` with the short lines over an article that once were 第…章, their number being lost."""
    result: list[_Found] = []
    for heading in found:
        above = heading.line - 1
        taken = bool(result) and result[-1].words.end > lines[above].start if above >= 0 else True
        if heading.kind == "条" and above >= 1 and not taken and _is_bare(text, lines, above):
            result.append(_Found(above, "", 0, 0, lines[above], display(lines[above].of(text))))
        result.append(heading)
    return result


def _is_bare(text: str, lines: Sequence[Span], index: int) -> bool:
    line = lines[index]
    if not 2 <= len(line) <= _BARE_MAX or not is_closed(text, lines[index - 1]):
        return False
    return re.fullmatch(r"[\u3007\u3400-\u9fff\s]+", line.of(text)) is not None


def _divisions(lines: Sequence[Span], found: Sequence[_Found]) -> Iterator[Division]:
    """Each division with all that stands below it, up to the next of its own or a higher rank."""
    heads = [heading for heading in found if heading.kind != "条"]
    ends = [lines[-1].end] * len(heads)
    opened: list[int] = []
    for index, heading in enumerate(heads):
        while opened and _rank(heads[opened[-1]]) >= _rank(heading):
            ends[opened.pop()] = lines[heading.line - 1].end if heading.line else 0
        opened.append(index)
    for heading, end in zip(heads, ends, strict=True):
        start = lines[heading.line].start
        span = Span(start, max(end, heading.words.end))
        yield Division(heading.kind, _rank(heading), heading.number, span, heading.words, heading.title)


def _rank(heading: _Found) -> int:
    return _RANKS.get(heading.kind, 1 if _is_annex(heading) else _CHAPTER)


def _is_annex(heading: _Found) -> bool:
    return heading.kind.startswith("附") and heading.kind != "附则"


def _articles(text: str, lines: Sequence[Span], found: Sequence[_Found]) -> Iterator[Article]:
    for index, heading in enumerate(found):
        if heading.kind != "条":
            continue
        stop = found[index + 1].line if index + 1 < len(found) else len(lines)
        own = lines[heading.line]
        match = re.compile(r"[*_\s：:]{0,8}").match(text, heading.words.end, own.end)
        first = Span(match.end() if match else heading.words.end, own.end)
        body = [first, *lines[heading.line + 1 : stop]] if first else list(lines[heading.line + 1 : stop])
        span = Span(own.start, lines[stop - 1].end)
        paragraphs = paragraphs_of(text, body)
        yield Article(heading.number, heading.sub, span, heading.words, heading.title, paragraphs)
