"""References in a text to places in it or in other texts: 本法第七条第一款, 前款, 《档案法》第八条.

Words are matched in one pass; where they stand (in which 条, 款 and 项) comes from ``ingest.regulations``. Relative ones
get the numbers they stand for. A text without articles of its own only refers to others.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from ingest.reference_words import (
    AFTER_TITLE,
    HAS,
    ITEM_GOES_ON,
    JOINS,
    LAW,
    LEAD,
    NAME,
    SELF,
    SHORT,
    TEXT_TITLE,
    THAT,
    TO,
    TOKEN,
    WINDOW,
    is_relative,
    names_more,
    number_of,
    steps_of,
    value_of,
)
from ingest.regulation_places import Place
from ingest.regulation_tree import Article, Division, Regulation
from ingest.regulations import parse_regulation
from ingest.types import Span


class Form(StrEnum):
    """How a reference is worded: with its numbers, from where it stands, a part of a text, or a text's name alone."""

    NUMBERED = "article"
    RELATIVE = "relative"
    DIVISION = "division"
    TITLE = "title"


@dataclass(frozen=True, slots=True)
class Reference:
    """Words that name a place. ``span`` is theirs; ``title`` is the text named, empty for the one they stand in.

    ``place`` has the numbers, of relative ones too, and is ``None`` where there is nothing before to refer to (前款 in a
    first 款); ``until`` is the end of a range, or ``None``. ``Place()`` is a text as a whole.
    """

    span: Span
    form: Form
    title: str
    place: Place | None
    until: Place | None = None


def find_references(text: str) -> tuple[Reference, ...]:
    """The references in ``text``, in order and without overlap. Linear; never raises."""
    return tuple(_Reader(text, parse_regulation(text)).read())


class _Reader:
    """Reads the tokens of one text in order, each with what stands before it."""

    def __init__(self, text: str, regulation: Regulation | None) -> None:
        self._text, self._regulation = text, regulation
        self._articles = sorted(regulation.articles, key=lambda a: a.span.start) if regulation else []
        self._starts = [article.span.start for article in self._articles]
        self._divisions: dict[str, list[Division]] = {}
        for division in regulation.divisions if regulation else ():
            self._divisions.setdefault(division.kind, []).append(division)
        self._headings = {heading.start: heading.end for heading in _headings(regulation)}
        self._short = {short.strip(): full for full, short in SHORT.findall(text)}
        self._titled, self._titled_at = "", Span(0, 0)  # the text named last, and where it is in 《》
        self._last: Reference | None = None

    def read(self) -> Iterator[Reference]:
        for match in self._tokens():
            found = self._take(match)
            if found is None:
                continue
            if self._last and found.span.start <= self._last.span.start:  # it goes on with the last one
                self._last = found
                continue
            if self._last:
                yield self._last
            self._last = found
        if self._last:
            yield self._last

    def _tokens(self) -> Iterator[re.Match[str]]:
        """The matches outside headings: 第四条 前款… is a heading and a reference."""
        match = TOKEN.search(self._text)
        while match:
            end = self._headings.get(match.start())
            if end is None:
                yield match
            match = TOKEN.search(self._text, max(end or match.end(), match.start() + 1))

    def _take(self, match: re.Match[str]) -> Reference | None:
        """What a token refers to; a reference that begins where the last one does takes its place."""
        if match["title"]:
            return self._take_title(match)
        start = match.start()
        if self._is_heading(match):
            return None
        if ranged := self._range(match):
            return ranged
        found = self._named(match)
        if found is None:
            return None
        begin, title, base = found
        form, place, until = self._place(match, base)
        if form is Form.RELATIVE and (title or not self._article_at(start) or not names_more(match)):
            return None
        return Reference(Span(begin, match.end()), form, title, place, until)

    def _take_title(self, match: re.Match[str]) -> Reference | None:
        title: str = match["title"]
        self._titled, self._titled_at = self._short.get(title, title), Span(match.start(), match.end())
        if not TEXT_TITLE.search(title):
            return None
        return Reference(self._titled_at, Form.TITLE, self._titled, Place())

    def _is_heading(self, match: re.Match[str]) -> bool:
        """A 章 at a line start opens one, or is a line of a table of contents."""
        before = self._text[max(0, match.start() - 8) : match.start()].rpartition("\n")
        return (
            match["kind"] is not None
            and (bool(before[1]) or match.start() < 8)
            and not before[2].strip(" \t\u3000#*")
        )

    def _range(self, match: re.Match[str]) -> Reference | None:
        """The last reference with the token as the end of its range, or ``None`` where it is not that."""
        last = self._last
        if last is None or last.place is None or last.until or last.form is Form.TITLE:
            return None
        if not TO.fullmatch(self._text, last.span.end, match.start()):
            return None
        form, place, _ = self._place(match, last.place)
        ends = form is Form.NUMBERED
        return replace(last, span=Span(last.span.start, match.end()), until=place) if ends else None

    def _named(self, match: re.Match[str]) -> tuple[int, str, Place] | None:
        """Where the reference begins with its title, the title, and the place that it goes on from."""
        text, start, last = self._text, match.start(), self._last
        if self._titled_at and AFTER_TITLE.fullmatch(text, self._titled_at.end, start):
            return self._titled_at.start, self._titled, Place()
        if (
            last
            and last.place
            and last.form is not Form.TITLE
            and JOINS.fullmatch(text, last.span.end, start)
        ):
            return start, last.title, last.until or last.place
        begin = max(0, start - WINDOW, last.span.end if last else 0)
        window = text[begin:start]
        if own := SELF.search(window):
            return (begin + own.start(), "", Place()) if self._regulation else None
        if that := THAT.search(window):
            return (begin + that.start(), self._titled, Place()) if self._titled else None
        if (name := NAME.search(window)) and value_of(match, "article"):
            words = HAS.sub("", LEAD.sub("", name.group()))
            called = words.removesuffix("的")
            if not re.fullmatch(LAW, called) or called in ("宪法", "党章"):
                self._titled = self._short.get(called, called)
                return start - len(words), self._titled, Place()
        return (start, "", Place()) if self._stands_alone(match) else None

    def _stands_alone(self, match: re.Match[str]) -> bool:
        """Whether words without a title before them can only mean this text."""
        if self._regulation is None:
            return False
        if (
            match["first"]
            or match["kind"]
            or match["own"]
            or value_of(match, "article")
            or is_relative(match)
        ):
            return bool(match["own"] is None or self._article_at(match.start()))
        if not self._article_at(match.start()):
            return False
        if match["item3"] and not match["open3"]:
            return ITEM_GOES_ON.match(self._text, match.end()) is not None
        return True

    def _place(self, match: re.Match[str], base: Place) -> tuple[Form, Place | None, Place | None]:
        """The numbers that a token stands for; ``base`` is what it goes on from where it gives only a 款 or 项."""
        if match["first"]:
            return Form.NUMBERED, Place(number_of(match["first"])), Place(number_of(match["last"]))
        if match["kind"]:
            return Form.DIVISION, Place(division=match["kind"], ordinal=number_of(match["ordinal"])), None
        if match["own"]:
            return Form.RELATIVE, self._own_division(match), None
        if is_relative(match) or not (base.article or value_of(match, "article")):
            place, until = self._relative(match)
            return Form.RELATIVE, place, until
        article, sub, paragraph, item = (
            number_of(value_of(match, name)) for name in ("article", "sub", "paragraph", "item")
        )
        if article:
            return Form.NUMBERED, Place(article, sub, paragraph, item), None
        return Form.NUMBERED, replace(base, paragraph=paragraph or base.paragraph, item=item), None

    def _own_division(self, match: re.Match[str]) -> Place | None:
        """The 章 or 节 that the words stand in."""
        same = self._divisions.get(match["own"], [])
        index = bisect_right(same, match.start(), key=lambda division: division.span.start) - 1
        inside = index >= 0 and match.start() < same[index].span.end
        return Place(division=match["own"], ordinal=same[index].number) if inside else None

    def _relative(self, match: re.Match[str]) -> tuple[Place | None, Place | None]:
        """前款, 前两款, 前条, 本条第二款 and their like, from the 条, 款 and 项 they stand in; ``None``: nothing is there."""
        at = self._index_at(match.start())
        if at is None:
            return None, None
        steps = steps_of(value_of(match, "before"))
        if steps > at:
            return None, None
        article, previous = self._articles[at - steps], self._articles[at - 1]
        paragraph, item = number_of(value_of(match, "paragraph")), number_of(value_of(match, "item"))
        place = Place(article.number, article.sub, paragraph, item)
        if steps:
            return place, Place(previous.number, previous.sub) if steps > 1 else None
        return _counted_back(match, place, article)

    def _index_at(self, position: int) -> int | None:
        index = bisect_right(self._starts, position) - 1
        return index if index >= 0 and position < self._articles[index].span.end else None

    def _article_at(self, position: int) -> Article | None:
        index = self._index_at(position)
        return None if index is None else self._articles[index]


def _counted_back(match: re.Match[str], place: Place, article: Article) -> tuple[Place | None, Place | None]:
    """A place in the article that the words stand in: counted back from there, or with the numbers given."""
    paragraph, item = _standing(article, match.start())
    up, behind = steps_of(value_of(match, "above")), steps_of(value_of(match, "behind"))
    if up:
        if up >= paragraph:
            return None, None
        place = replace(place, paragraph=paragraph - up)
        return place, replace(place, paragraph=paragraph - 1) if up > 1 and not place.item else None
    if behind:
        if behind >= item:
            return None, None
        place = replace(place, paragraph=paragraph, item=item - behind)
        return place, replace(place, item=item - 1) if behind > 1 else None
    if value_of(match, "this"):
        return replace(place, paragraph=paragraph), None
    if place.item and not place.paragraph and not value_of(match, "here"):
        own = article.paragraphs[paragraph - 1].items if paragraph else ()
        return replace(place, paragraph=paragraph if any(i.number == place.item for i in own) else 0), None
    return place, None


def _standing(article: Article, position: int) -> tuple[int, int]:
    """The numbers of the 款 and 项 at ``position``, 0 where there is none."""
    at = bisect_right(article.paragraphs, position, key=lambda paragraph: paragraph.span.end)
    if at == len(article.paragraphs):
        return 0, 0
    items = article.paragraphs[at].items
    inside = bisect_right(items, position, key=lambda item: item.span.start) - 1
    return at + 1, items[inside].number if inside >= 0 and position < items[inside].span.end else 0


def _headings(regulation: Regulation | None) -> Iterator[Span]:
    if regulation:
        yield from (article.heading for article in regulation.articles)
        yield from (division.heading for division in regulation.divisions)
