"""The parts of a regulation: 编, 章, 节 over 条, and 款, 项, 目 within an article.

All spans count code points of the text that was parsed and leave out white space at their ends.
"""

from __future__ import annotations

from dataclasses import dataclass

from ingest.types import Span

ARTICLE_RANK = 5
"""Below the ranks of all divisions."""


@dataclass(frozen=True, slots=True)
class Subitem:
    """A 目: ``label`` is its mark as the text has it (1., ①), ``span`` takes in the mark."""

    span: Span
    label: str
    number: int


@dataclass(frozen=True, slots=True)
class Item:
    """A 项 with its mark （一） in ``span`` and ``label``; it may run over several lines."""

    span: Span
    label: str
    number: int
    subitems: tuple[Subitem, ...] = ()


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A 款 with the items that it leads in. The first one of an article begins after 第…条."""

    span: Span
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class Article:
    """A 条: ``number`` 120 and ``sub`` 1 for 第一百二十条之一 (``sub`` 0: none).

    ``span`` runs from the line's start to the end of the last 款; ``heading`` covers the words 第…条 alone.
    ``paragraphs`` is empty only where nothing stands under the number.
    """

    number: int
    sub: int
    span: Span
    heading: Span
    title: str
    paragraphs: tuple[Paragraph, ...] = ()


@dataclass(frozen=True, slots=True)
class Division:
    """A heading over articles. ``kind`` is 编, 分编, 章 or 节, one of 总纲 序言 总则 附则 附件 and their like, or empty for a
    heading that lost its number; ``rank`` is 1 for 编 to 4 for 节; ``number`` is 0 where there is none.

    ``span`` takes in all that stands below it; ``heading`` covers its words; ``title`` is fit for display (第一章 总则).
    """

    kind: str
    rank: int
    number: int
    span: Span
    heading: Span
    title: str


@dataclass(frozen=True, slots=True)
class Regulation:
    """``front`` is what stands before the first division or article: title, history, issuing body.

    Divisions and articles are in the order of the text; their spans nest or lie apart.
    """

    front: Span
    divisions: tuple[Division, ...]
    articles: tuple[Article, ...]

    def article_at(self, span: Span) -> Article | None:
        """The article that ``span`` lies in."""
        return next((article for article in self.articles if article.span.contains(span)), None)

    def find(self, number: int, sub: int = 0) -> Article | None:
        """The first article of that number."""
        return next((a for a in self.articles if (a.number, a.sub) == (number, sub)), None)
