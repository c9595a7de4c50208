"""Which documents a name stands for: 支部工作条例 is 中国共产党支部工作条例（试行）. The one place that compares titles.

A name is sufficient where it fits the titles of one regulation only, of its versions no matter how many. It fits, from
the surest to the least sure: a title without what all titles have (中华人民共和国…, …（试行）); the end of a title; the
characters of a title in order, with others between. Only the surest kind found counts; a name that
fits none may have one character wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ingest.normal import normal_form
from retriever.spelling import KEPT, sounding_alike

_STATUS = re.compile(r"(?:试行|暂行|修正|修订|(?:19|20)[0-9]{2}年?版?)+$")
_STATE = re.compile(r"^(?:中华人民共和国|中国共产党|中共中央|国务院|中国)+")
_KIND = re.compile(r"(?:条例|规定|办法|细则|准则|规则|章程|法|意见|决定|通知|纲要)?")
_REGULATION = re.compile(r"(?:条例|规定|办法|细则|准则|规则|章程|(?<![方做看想说用])法)$")
_SHORT = {"党章": "中国共产党章程"}
_LEAST_SCATTERED = 3
_SHORTEST_HEARD, _SURE_NAME = 3, 5
"""Characters of a name in which one may be taken for another, and of the longest that is too short to do without one."""

Alone = Callable[[str], Sequence[int]]


@dataclass(frozen=True, slots=True)
class Titled:
    """A document by its title; ``published`` is as in ``Metadata``."""

    id: str
    title: str
    published: str


def in_force(versions: Sequence[Titled], year: str = "") -> Titled:
    """Of the versions of one regulation that of ``year``, else the latest. ``versions`` holds at least one."""
    dated = [row for row in versions if year and row.published.startswith(year)]
    return max(dated or versions, key=lambda row: (row.published, row.id))


def called(name: str, rows: Sequence[Titled], year: str = "", alone: Alone | None = None) -> list[Titled]:
    """The regulations that ``name`` may mean, one version of each: none, the one meant, or several to choose from.

    ``name`` is in normal form without punctuation; an empty one may mean any regulation. A year that titles of that
    name were published in decides. ``alone`` tells which characters of a name are no part of a longer word: in a short name
    one of these may be wrong.
    """
    candidates = [(row, letters(row.title)) for row in rows]
    of_year = [pair for pair in candidates if year and pair[0].published.startswith(year)]
    for names in ([_SHORT.get(name, name)], [*_misspelt(name), *_misheard(name, candidates, alone)]):
        for pool in (of_year, candidates):
            if found := _surest(names, pool):
                return _one_of_each(found, year)
    return []


def is_exact(name: str, title: str) -> bool:
    """Whether ``name`` is all of a title but what many titles have, or a short name that everybody uses."""
    return _is(letters(title), letters(_SHORT.get(name, name)))


class TitleIndex:
    """Documents by the names that texts give them in full (《档案法》, 《中华人民共和国档案法》): nothing less sure will do."""

    def __init__(self, rows: Iterable[Titled]) -> None:
        self._versions: dict[str, list[Titled]] = {}
        self._titles: dict[str, str] = {}
        for row in rows:
            self._titles[row.id] = row.title
            self._versions.setdefault(formal(letters(row.title)), []).append(row)

    def title(self, document_id: str) -> str:
        """The title of a document, empty where it is not known."""
        return self._titles.get(document_id, "")

    def named(self, title: str) -> Titled | None:
        """The document of that title that is in force, or ``None``."""
        versions = self._versions.get(formal(letters(_SHORT.get(title, title))))
        return in_force(versions) if versions else None


def letters(title: str) -> str:
    """A title in normal form without punctuation."""
    return re.sub(r"[\W_]+", "", normal_form(title))


def formal(title: str) -> str:
    """``letters`` of a title without the state or party before it and the status behind it."""
    whole = _STATUS.sub("", title) or title
    bare = _STATE.sub("", whole)
    return whole if _KIND.fullmatch(bare) else bare


def _surest(names: Sequence[str], pool: Sequence[tuple[Titled, str]]) -> list[Titled]:
    """The rows that one of ``names`` fits as surely as any fits."""
    for fits in (_is, _ends, scattered) if any(names) else (_is_regulation,):
        if found := [row for row, title in pool if any(fits(title, name) for name in names)]:
            return found
    return []


def _is_regulation(title: str, _: str) -> bool:
    return _REGULATION.search(_STATUS.sub("", title)) is not None


def _is(title: str, name: str) -> bool:
    return formal(title) == formal(name)


def _ends(title: str, name: str) -> bool:
    return _STATUS.sub("", title).endswith(_STATUS.sub("", name) or name)


def scattered(title: str, name: str) -> bool:
    """Whether ``title`` has the characters of ``name`` in order, the last one near its end."""
    title, name = _STATUS.sub("", title), _STATUS.sub("", name)
    rest = iter(title)
    return len(name) >= _LEAST_SCATTERED and all(char in rest for char in name) and name[-1] in title[-2:]


def _misspelt(name: str) -> list[str]:
    """``name`` with one character left out, in case that one is wrong; only where enough is left to go by."""
    return [name[:i] + name[i + 1 :] for i in range(len(name))] if len(name) > _SURE_NAME else []


def _misheard(name: str, pool: Sequence[tuple[Titled, str]], alone: Alone | None) -> list[str]:
    """``name`` with one character for another of the titles that sounds alike, where it is too short to do without one."""
    if alone is None or not _SHORTEST_HEARD <= len(name) <= _SURE_NAME:
        return []
    written = {char for _, title in pool for char in title} - KEPT
    alike = sounding_alike(loosely=True)
    return [
        name[:place] + other + name[place + 1 :]
        for place in alone(name)
        for other in sorted(written & alike.get(name[place], frozenset()))
        if name[place] not in KEPT
    ]


def _one_of_each(found: Iterable[Titled], year: str) -> list[Titled]:
    """One version of each regulation, the shortest titles first."""
    families: dict[str, list[Titled]] = {}
    for row in found:
        families.setdefault(formal(letters(row.title)), []).append(row)
    chosen = [in_force(versions, year) for versions in families.values()]
    return sorted(chosen, key=lambda row: (len(row.title), row.title, row.id))
