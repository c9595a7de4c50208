"""Addressed questions: 党章第八条第二款 is looked up, not searched for.

The regulation is the one whose title holds the characters of the name in order (支部工作条例 in
中国共产党支部工作条例（试行）); of several versions the one of the year asked for, else the latest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ingest.normal import normal_form
from ingest.numerals import chinese_number
from ingest.regulation_tree import Article
from ingest.regulations import parse_regulation
from ingest.types import Document, Span

_NUMBER = r"[0-9零〇一二两三四五六七八九十百千]{1,9}"
_ADDRESS = re.compile(
    rf"第(?P<article>{_NUMBER})条(?:之(?P<sub>[一二三四五六七八九十]))?"
    rf"(?:第(?P<paragraph>{_NUMBER})款)?(?:第?[（(]?(?P<item>{_NUMBER})[）)]?项)?"
)
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_BEFORE = re.compile(
    r"^(?:请问|我?想问|我?想知道|查一?下|帮我查|请查|现行的?|最新的?|新版的?|旧版的?|新修订的?|修订后的?|修正后的?|根据|按照|依据|"
    r"(?:19|20)[0-9]{2}年?(?:版|新?修[订正]后?)?的?|中共中央|国务院)+"
)
_STATUS = re.compile(r"(?:试行|暂行|修正|修订|[0-9]{4}年?)+$")
_SHORTEST_NAME, _SURE_NAME = 2, 5


@dataclass(frozen=True, slots=True)
class Address:
    """A place in a regulation; ``name`` is what stands before it in the question, 0 means not given."""

    name: str
    article: int
    sub: int = 0
    paragraph: int = 0
    item: int = 0
    year: str = ""


def address_of(question: str) -> Address | None:
    """The first address in a question, or ``None``."""
    normal = normal_form(question)
    match = _ADDRESS.search(normal)
    if match is None:
        return None
    name = re.sub(r"[\W_]|的$", "", re.sub(r"[\W_]+", "", normal[: match.start()]))
    year = _YEAR.search(name)
    numbers = {key: chinese_number(value) if value else 0 for key, value in match.groupdict().items()}
    return Address(name, **numbers, year=year.group() if year else "")


def find_regulation(address: Address, titles: Iterable[tuple[str, str, str]]) -> str:
    """The id of the regulation that ``address`` names, among (id, title, published); empty where there is none.

    A name is taken whole, without what people say before it (请问, 2024年修订的): the nearest thing to an unknown
    regulation is not an answer.
    """
    candidates = [(identity, letters_of(title), published) for identity, title, published in titles]
    names = _names(address.name)
    for attempt in (names, [name for whole in names for name in _misspelt(whole)]):
        for name in attempt:
            found = [row for row in candidates if name_fits(row[1], name)]
            if found:
                return _choose(found, address.year)
    return ""


def _choose(found: list[tuple[str, str, str]], year: str) -> str:
    """Of the regulations that a name fits, that of the year, else the one that says least besides, else the latest."""
    dated = [row for row in found if year and row[2].startswith(year)] or found
    shortest = min(len(row[1]) for row in dated)
    return max((row for row in dated if len(row[1]) == shortest), key=lambda row: (row[2], row[0]))[0]


def _misspelt(name: str) -> list[str]:
    """``name`` with one character left out, in case that one is wrong; only where enough is left to go by."""
    return [name[:i] + name[i + 1 :] for i in range(len(name))] if len(name) > _SURE_NAME else []


def _names(asked: str) -> list[str]:
    """What may be the name in the words before an address: all of them, or what follows the last 的."""
    stripped = _BEFORE.sub("", asked)
    names = dict.fromkeys([stripped, _BEFORE.sub("", stripped.rsplit("的", 1)[-1])])
    return [name for name in names if len(name) >= _SHORTEST_NAME]


def letters_of(title: str) -> str:
    """The normal form of a title without punctuation and spaces."""
    return re.sub(r"[\W_]+", "", normal_form(title))


def name_fits(title: str, name: str) -> bool:
    """Whether ``title``, in letters alone, has the characters of ``name`` in order, the last one near its end (党章 is 中国共产党章程)."""
    title, name = _STATUS.sub("", title), _STATUS.sub("", name)
    rest = iter(title)
    return bool(name) and all(char in rest for char in name) and name[-1] in title[-2:]


def place_in(document: Document, address: Address) -> tuple[Span, tuple[str, ...]] | None:
    """Where the address is in ``document``, with the headings above it; ``None`` where there is no such place."""
    regulation = parse_regulation(document.text)
    article = regulation.find(address.article, address.sub) if regulation else None
    span = _narrow(article, address) if article else None
    if article is None or span is None:
        return None
    above = [section for section in document.sections if section.span.contains(article.span)]
    return span, above[-1].path if above else (article.title,)


def _narrow(article: Article, address: Address) -> Span | None:
    """The part of an article: the whole, a 款 (with its items), or one 项; the first 款 with the number 第…条."""
    if not address.paragraph and not address.item:
        return article.span
    number = address.paragraph or 1
    if number > len(article.paragraphs):
        return None
    paragraph = article.paragraphs[number - 1]
    if address.item:
        return next((item.span for item in paragraph.items if item.number == address.item), None)
    return Span(article.span.start, paragraph.span.end) if number == 1 else paragraph.span


Lookup = Callable[[Address], Sequence[tuple[Document, Span, tuple[str, ...]]]]
"""Finds an address in the library: one place, one in each version where versions are compared, or none."""
