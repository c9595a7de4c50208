"""Addressed questions are looked up, not searched for: the regulation by its name, then 章, 条, 款 and 项 by number.

The nearest thing to what was asked for is not an answer: a name that fits several regulations, and a place that the
regulation does not have, are said to be so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ingest.metadata import display_title
from ingest.normal import simplify
from ingest.regulation_places import (
    Lack,
    Place,
    articles_in,
    division_of,
    place_words,
    points_of,
    span_of,
)
from ingest.regulation_tree import Regulation
from ingest.regulations import lines_of, parse_regulation
from ingest.types import Document, Span
from service.answering.addresses import Address, Run
from service.answering.lacking import counted, lacking_point, words_for
from service.answering.titles import Alone, Titled, called, formal, is_exact

_MOST = 8
"""So many articles of a chapter or a range are shown."""

_LOOKED_INTO = 24
"""So many regulations are opened, of one name to see whether they have the place, without a title to see what they are about."""

_NAMED = re.compile("(?P<subject>.{3,}?)(?:管理)?(?:工作)?(?P<kind>条例|规定|办法|章程|准则|细则|规则|法)")
_NO_TITLE = re.compile("[^\u4e00-\u9fff]*$|扫描|附件|新建|文档|无标题|未命名")
"""Titles that are names of files."""
_ABOUT = 4
"""One article in so many names the subject of the whole."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What is shown of one article, with the headings above it."""

    span: Span
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """The excerpts an address names, in its order; ``notes`` say what is left out or not there."""

    document: Document
    excerpts: tuple[Excerpt, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Several:
    """The regulations that the name may mean and that have ``place``, which is what was asked of them in words."""

    titles: tuple[str, ...]
    place: str


@dataclass(frozen=True, slots=True)
class Lacking:
    """Nothing: ``reason`` says in Chinese what there is not."""

    reason: str


Outcome = Found | Several | Lacking
Lookup = Callable[[Address], Sequence[Outcome]]
"""Finds an address in the library: once, or in each version where versions are compared."""


def look_up(
    address: Address,
    rows: Sequence[Titled],
    document: Callable[[str], Document],
    alone: Alone | None = None,
) -> Outcome:
    """What ``address`` names among the documents ``rows``; ``document`` gives one by id, ``alone`` is as in ``titles.called``."""
    meant: list[Titled] = []
    name = ""
    for name in address.names or ("",):
        if meant := called(name, rows, address.year, alone):
            break
    why = ""
    if not meant and (meant := _by_subject(address.law, rows, document)):
        name, why = address.law, "：这份资料没有标题，从正文看说的是这件事"
    if not meant:
        return Lacking(_unknown(address))
    if len(meant) > 1:
        having, place = _having(meant, address.runs, document), _asked(address)
        if not having:
            return Lacking(f"资料库里符合这个名称的{counted(len(meant))}部法规都没有{place}。")
        return Several(tuple(row.title for row in having), place)
    outcome = places_in(document(meant[0].id), address.runs)
    if isinstance(outcome, Found) and name and not is_exact(name, meant[0].title):
        return replace(outcome, notes=(f"“{name}”按《{meant[0].title}》查找{why}。", *outcome.notes))
    return outcome


def places_in(document: Document, runs: Sequence[Run]) -> Outcome:
    """The excerpts of ``document`` that ``runs`` name; ``Lacking`` where it has none of them."""
    regulation = parse_regulation(document.text)
    excerpts: list[Excerpt] = []
    notes: list[str] = []
    for run in runs:
        spans, note = _spans(document, regulation, run)
        excerpts += [Excerpt(span, _path(document, regulation, span)) for span in spans]
        notes += [note] if note else []
    excerpts = list(dict.fromkeys(excerpts))
    if not excerpts:
        return Lacking("".join(notes))
    if len(excerpts) > _MOST:
        notes.append(f"共有{counted(len(excerpts))}条，以上是前{counted(_MOST)}条。")
    return Found(document, tuple(excerpts[:_MOST]), tuple(notes))


def _by_subject(name: str, rows: Sequence[Titled], document: Callable[[str], Document]) -> list[Titled]:
    """The one text without a title of its own that is about what ``name`` says; none where there are several.

    干部人事档案条例 is a text that calls itself 本条例 and speaks of 干部人事档案 in its first article and in every fourth.
    """
    split = _NAMED.fullmatch(formal(name))
    untitled = [row for row in rows if _NO_TITLE.match(row.title)] if split else []
    if split is None or len(untitled) > _LOOKED_INTO:
        return []
    found = []
    for row in untitled:
        text = simplify(document(row.id).text)
        regulation = parse_regulation(text)
        articles = [article.span.of(text) for article in regulation.articles] if regulation else []
        about = [split["subject"] in article for article in articles]
        names_itself = re.search(f"(?<![基根])本{split['kind']}", text) is not None
        if names_itself and about[:1] == [True] and sum(about) * _ABOUT >= len(about):
            found.append(row)
    return found if len(found) == 1 else []


def _having(
    meant: Sequence[Titled], runs: Sequence[Run], document: Callable[[str], Document]
) -> list[Titled]:
    """Those of the first regulations meant that have the places, with all that there was no time to look into."""
    looked, rest = meant[:_LOOKED_INTO], meant[_LOOKED_INTO:]
    return [row for row in looked if isinstance(places_in(document(row.id), runs), Found)] + list(rest)


def _unknown(address: Address) -> str:
    if address.law:
        return f"资料库里没有《{address.law}》，也没有名称与它相符的法规。"
    return "没有认出问的是哪一部法规。请写明法规名称，例如“《中国共产党章程》第八条”。"


def _asked(address: Address) -> str:
    """The places asked for, in words (第十条至第十二条、第十五条)."""
    return "、".join(
        place_words(run.first) + (f"至{place_words(run.last)}" if run.last else "") for run in address.runs
    )


def _spans(document: Document, regulation: Regulation | None, run: Run) -> tuple[list[Span], str]:
    """The spans of a run, with a word on what is left out; none, and what is lacking."""
    title = display_title(document)
    if regulation is None:
        return _points(document.text, title, run)
    first, last = run.first, run.last or run.first
    start, end = span_of(regulation, first), span_of(regulation, last)
    if isinstance(start, Lack):
        return [], words_for(start, regulation, title, first)
    if isinstance(end, Lack):
        return [], words_for(end, regulation, title, last)
    if not first.article:
        return _chapter(document.text, regulation, title, first)
    if last is first:
        return [start], ""
    whole = Span(min(start.start, end.start), max(start.end, end.end))
    articles = [article.span for article in regulation.articles if whole.overlaps(article.span)]
    if len(articles) < 2:
        return [whole], ""
    return _bounded(articles, f"《{title}》{place_words(first)}至{place_words(last)}")


def _bounded(spans: Sequence[Span], named: str, unit: str = "条") -> tuple[list[Span], str]:
    """The first of many spans, and how many more there are."""
    more = len(spans) - _MOST
    note = (
        f"{named}共{counted(len(spans))}{unit}，以上是前{counted(_MOST)}{unit}，还有{counted(more)}{unit}。"
    )
    return list(spans[:_MOST]), note if more > 0 else ""


def _chapter(text: str, regulation: Regulation, title: str, place: Place) -> tuple[list[Span], str]:
    """The articles of a 章; of one without articles (总纲) its paragraphs."""
    division = division_of(regulation, place)
    if division is None:
        return [], words_for(Lack.DIVISION, regulation, title, place)
    articles = articles_in(regulation, division)
    if not articles:
        start = division.heading.end
        body = lines_of(text[start : division.span.end])
        lines = [Span(line.start + start, line.end + start) for line in body]
        return _bounded(lines, f"《{title}》“{division.title}”", "段")
    outline = _from_to(articles[0].title, articles[-1].title)
    note = f"《{title}》“{division.title}”共{counted(len(articles))}条（{outline}）"
    rest = articles[_MOST:]
    if rest:
        left = _from_to(rest[0].title, rest[-1].title)
        note += f"，以上是前{counted(_MOST)}条，还有{counted(len(rest))}条：{left}"
    return [article.span for article in articles[:_MOST]], f"{note}。"


def _from_to(first: str, last: str) -> str:
    return first if first == last else f"{first}至{last}"


def _points(text: str, title: str, run: Run) -> tuple[list[Span], str]:
    """The points 一、 to 八、 of a text without articles that are asked for as if they were articles."""
    points = points_of(text)
    count = len(points)
    numbers = [_from_front(place.article, count) for place in (run.first, run.last or run.first)]
    deeper = run.first.paragraph or run.first.item or run.first.division
    if deeper or not all(1 <= number <= count for number in numbers):
        return [], lacking_point(title, count, run.first)
    spans = points[min(numbers) - 1 : max(numbers)]
    return list(spans[:_MOST]), ""


def _from_front(number: int, count: int) -> int:
    return number if number >= 0 else count + 1 + number


def _path(document: Document, regulation: Regulation | None, span: Span) -> tuple[str, ...]:
    """The headings above a span; that of the article where the sections know none."""
    inside = [section for section in document.sections if section.level and section.span.contains(span)]
    if regulation is None:  # sections of such a text may take several points together
        inside = [section for section in inside if section.span.start == span.start]
    article = regulation.article_at(span) if regulation else None
    return inside[-1].path if inside else ((article.title,) if article else ())
