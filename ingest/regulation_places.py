"""Places in a regulation by their numbers: 第三章, 第十条第二款第（三）项, 最后一条."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from ingest.numerals import chinese_number, to_chinese
from ingest.regulation_tree import Article, Division, Regulation
from ingest.types import Span

_POINT = re.compile(r"(?m)^[ \t\u3000]*(?:[#>*_-]{1,6}[ \t]{0,2})?(?P<number>[一二三四五六七八九十]{1,3})、")


@dataclass(frozen=True, slots=True)
class Place:
    """A place by number; 0 and empty mean not given, a negative ``article`` counts from the end (-1: the last).

    ``division`` is 章, 节 or 编 with ``ordinal``, or 总则, 附则, 总纲 and their like without one.
    """

    article: int = 0
    sub: int = 0
    paragraph: int = 0
    item: int = 0
    division: str = ""
    ordinal: int = 0


class Lack(StrEnum):
    """The part of a place that a regulation does not have."""

    DIVISION = "division"
    ARTICLE = "article"
    PARAGRAPH = "paragraph"
    ITEM = "item"


def place_words(place: Place) -> str:
    """A place as it is written: 第三章第十条之一第二款第（三）项."""
    named = f"第{to_chinese(place.ordinal)}{place.division}" if place.ordinal else place.division
    if place.article < 0:
        return f"{named}{'最后一' if place.article == -1 else f'倒数第{to_chinese(-place.article)}'}条"
    return "".join(
        (
            named,
            f"第{to_chinese(place.article)}条" if place.article else "",
            f"之{to_chinese(place.sub)}" if place.sub else "",
            f"第{to_chinese(place.paragraph)}款" if place.paragraph else "",
            f"第（{to_chinese(place.item)}）项" if place.item else "",
        )
    )


def span_of(regulation: Regulation, place: Place) -> Span | Lack:
    """Where ``place`` is, or what is lacking. A 款 takes in its items, the first one the number 第…条."""
    division = division_of(regulation, place)
    if place.division and division is None:
        return Lack.DIVISION
    if not place.article:
        return division.span if division else Lack.ARTICLE
    article = article_of(regulation, place)
    return within(article, place) if article else Lack.ARTICLE


def division_of(regulation: Regulation, place: Place) -> Division | None:
    """The first division that ``place`` names: by kind and number, or by name (总则 is also 第一章 总则)."""
    if not place.division:
        return None
    for division in regulation.divisions:
        named = not place.ordinal and division.title.endswith(place.division)
        if named or (division.kind, division.number) == (place.division, place.ordinal):
            return division
    return None


def article_of(regulation: Regulation, place: Place) -> Article | None:
    """The article of ``place``. In a division that does not hold its number: so many articles into the division."""
    if place.article < 0:
        back = -place.article
        return regulation.articles[-back] if back <= len(regulation.articles) else None
    division = division_of(regulation, place)
    inside = articles_in(regulation, division) if division else regulation.articles
    key = (place.article, place.sub)
    found = next((article for article in inside if (article.number, article.sub) == key), None)
    if found or not division or place.sub:
        return found
    return inside[place.article - 1] if place.article <= len(inside) else None


def articles_in(regulation: Regulation, division: Division) -> tuple[Article, ...]:
    """The articles below a division."""
    return tuple(article for article in regulation.articles if division.span.contains(article.span))


def within(article: Article, place: Place) -> Span | Lack:
    """The part of ``article`` that ``place`` names. A 项 without a 款 is the first of that number."""
    if not place.paragraph and not place.item:
        return article.span
    if place.paragraph > len(article.paragraphs):
        return Lack.PARAGRAPH
    paragraphs = article.paragraphs[place.paragraph - 1 :][:1] if place.paragraph else article.paragraphs
    if place.item:
        items = (item.span for part in paragraphs for item in part.items if item.number == place.item)
        return next(items, Lack.ITEM)
    paragraph = paragraphs[0]
    return Span(article.span.start, paragraph.span.end) if place.paragraph == 1 else paragraph.span


def points_of(text: str) -> tuple[Span, ...]:
    """一、 to 八、 of a text that is divided by them alone, each up to the next; empty where they do not count up
    from one, or are fewer than three. Linear."""
    marks = list(_POINT.finditer(text))
    if len(marks) < 3 or [chinese_number(mark["number"]) for mark in marks] != list(range(1, len(marks) + 1)):
        return ()
    return tuple(_between(text, [mark.start("number") for mark in marks]))


def _between(text: str, starts: list[int]) -> Iterator[Span]:
    for start, stop in zip(starts, [*starts[1:], len(text)], strict=True):
        yield Span(start, start + len(text[start:stop].rstrip("#>*_- \t\u3000\r\n")))
