"""What a regulation is on a day: in force, on trial, not yet in force, revised or repealed, and by which other one.

What was set by hand comes first; then what other documents say that they repeal; then the later versions of the family.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache

from ingest.catalogue import KnownVersion, known_regulations
from ingest.dates import chinese_date
from ingest.families import (
    Family,
    Record,
    TextOf,
    Version,
    build_families,
    family_key,
    is_draft,
    is_on_trial,
    is_regulation,
    title_of,
)
from ingest.types import Repeal

IN_FORCE, ON_TRIAL, NOT_YET, REVISED, REPEALED = "现行", "试行", "尚未施行", "已修订", "已废止"
OUT_OF_FORCE = frozenset({NOT_YET, REVISED, REPEALED})
"""The statuses of texts that do not say what holds on the day."""


_HALF_A_YEAR = 6  # months


@dataclass(frozen=True, slots=True)
class Standing:
    """``status`` is one of ``ingest.metadata.STATUSES``, ``reason`` Chinese, fit to follow the title.

    ``since`` is the date from which it holds, as far as known; ``newer`` the document that took the place, or empty.
    ``alone`` says that what took its place is known from the catalogue only, so that nothing else can speak.
    """

    status: str = ""
    reason: str = ""
    since: str = ""
    newer: str = ""
    alone: bool = False

    @property
    def holds(self) -> bool:
        """Whether the text is what holds on the day; so is one for which the question does not arise."""
        return self.status not in OUT_OF_FORCE

    @property
    def speaks(self) -> bool:
        """Whether questions about the day are answered from it: it holds, or nothing in the library does in its place."""
        return self.holds or self.alone


@dataclass(frozen=True, slots=True)
class _Place:
    family: Family
    index: int

    @property
    def version(self) -> Version:
        return self.family.versions[self.index]

    @property
    def later(self) -> tuple[Version, ...]:
        return self.family.versions[self.index + 1 :]


@dataclass(frozen=True, slots=True)
class _Repealer:
    id: str
    title: str
    since: str


class Standings:
    """The regulations among ``records`` in their families.

    ``on(document_id, day)`` tells what one is on a day, ``silent(day)`` which do not say what holds then; both remember
    what they told. Never changes; ``text_of`` is asked only while it is made.
    """

    def __init__(self, records: Iterable[Record], text_of: TextOf) -> None:
        known = tuple(records)
        self._regulations = {record.id: record for record in known if is_regulation(record, text_of)}
        self.families = build_families(self._regulations.values(), text_of)
        self._places = {
            identity: _Place(family, index)
            for family in self.families
            for index, version in enumerate(family.versions)
            for identity in version.ids
        }
        self._repealers = self._find_repealers(known)
        self.on: Callable[[str, date], Standing] = lru_cache(maxsize=65536)(self._on)
        self.silent: Callable[[date], frozenset[str]] = lru_cache(maxsize=64)(self._silent)

    def family_of(self, document_id: str) -> Family | None:
        """The family of a document; ``None`` for what is no regulation."""
        place = self._places.get(document_id)
        return place.family if place else None

    def _silent(self, day: date) -> frozenset[str]:
        return frozenset(identity for identity in self._places if not self.on(identity, day).speaks)

    def _on(self, document_id: str, day: date) -> Standing:
        """What a document is on ``day``; an empty standing where the question does not arise or is open."""
        record = self._regulations.get(document_id)
        if record is None:
            return Standing()
        meta, place, today = record.metadata, self._places[document_id], day.isoformat()
        if meta.status:
            return Standing(meta.status, f"已由人工标注为{meta.status}", "", self._newest(place, today))
        if meta.repealed and meta.repealed <= today:
            return Standing(
                REPEALED,
                f"自{chinese_date(meta.repealed)}起已废止",
                meta.repealed,
                self._newest(place, today),
            )
        return (
            self._repealed(document_id, today)
            or self._replaced(place, today)
            or _overtaken(place.version, today)
            or self._own(place, title_of(record), today)
        )

    def _repealed(self, document_id: str, today: str) -> Standing | None:
        for repealer in self._repealers.get(document_id, ()):
            if repealer.since <= today:
                reason = f"{_from(repealer.since)}已被《{_bare(repealer.title)}》废止"
                return Standing(REPEALED, reason, repealer.since, repealer.id)
        return None

    def _replaced(self, place: _Place, today: str) -> Standing | None:
        """Revised by the next version in force; where that one has another name, what it replaced is gone."""
        if not place.version.since or place.version.draft:
            return None
        later = self._in_force(place, today)
        if not later:
            return None
        first, newest = later[0], later[-1]
        same = family_key(first.title) == family_key(place.version.title)
        what = "修订的版本" if same else f"《{_bare(first.title)}》"
        dated = (
            (
                f"{chinese_date(first.published)}{what}"
                if same
                else f"{what}（{chinese_date(first.published)}）"
            )
            if first.published
            else what
        )
        reason = f"自{chinese_date(first.since)}起已被{dated}取代"
        if newest is not first and newest.published:
            reason += f"，现行的是{chinese_date(newest.published)}的版本"
        return Standing(REVISED if same else REPEALED, reason, first.since, newest.ids[0])

    def _own(self, place: _Place, title: str, today: str) -> Standing:
        """What follows from the version itself."""
        version = place.version
        if is_draft(title):
            return Standing()
        if version.since > today:
            return Standing(
                NOT_YET, f"将自{chinese_date(version.since)}起施行，目前还没有施行", version.since
            )
        others = [other for other in place.family.versions if other is not version and not other.draft]
        if not version.since and others:
            return Standing("", "没有注明日期，无法判断是哪个版本")
        reason = f"自{chinese_date(version.since)}起施行" if version.effective else ""
        return Standing(ON_TRIAL if is_on_trial(title) else IN_FORCE, reason, version.since)

    def _in_force(self, place: _Place, today: str) -> list[Version]:
        """The later versions that have come into force by ``today``."""
        return [
            version
            for version in place.later
            if place.version.since < version.since <= today
            and not version.draft
            and not any(self._regulations[i].metadata.status == NOT_YET for i in version.ids)
        ]

    def _newest(self, place: _Place, today: str) -> str:
        later = self._in_force(place, today)
        return later[-1].ids[0] if later else ""

    def _find_repealers(self, records: Iterable[Record]) -> dict[str, tuple[_Repealer, ...]]:
        """By document, those that repeal it, the earliest first."""
        by_title: dict[str, list[_Place]] = {}
        for family in self.families:
            for index, version in enumerate(family.versions):
                by_title.setdefault(family_key(version.title), []).append(_Place(family, index))
        found: dict[str, list[_Repealer]] = {}
        for record in records:
            if not record.metadata.repeals or is_draft(title_of(record)):
                continue
            own = self._places.get(record.id)
            since = own.version.since if own else record.metadata.effective or record.metadata.published
            repealer = _Repealer(record.id, title_of(record), since)
            for repeal in record.metadata.repeals:
                for place in by_title.get(family_key(repeal.title), ()):
                    if _means(repeal, since, place, own):
                        for identity in place.version.ids:
                            found.setdefault(identity, []).append(repealer)
        return {
            identity: tuple(sorted(all_, key=lambda r: (r.since, r.id))) for identity, all_ in found.items()
        }


@cache
def _known_versions() -> dict[str, tuple[KnownVersion, ...]]:
    """The versions that the catalogue knows, by the keys of their families and of what they replaced."""
    found = {family_key(known.title): known.versions for known in known_regulations()}
    replaced = {
        family_key(title): known.versions for known in known_regulations() for title in known.replaces
    }
    return {**replaced, **found}


def newest_known(key: str, today: str) -> KnownVersion | None:
    """The newest version of a family that the catalogue knows to be in force on a day."""
    versions = [version for version in _known_versions().get(key, ()) if version.since <= today]
    return versions[-1] if versions else None


def _overtaken(version: Version, today: str) -> Standing | None:
    """What the catalogue knows of a later version, where the library has none."""
    newest = newest_known(family_key(version.title), today)
    if newest is None or not version.since or version.draft or not _well_before(version, newest):
        return None
    what = f"{chinese_date(newest.published)}发布的版本"
    when = f"，自{chinese_date(newest.effective)}起施行" if newest.effective else ""
    reason = f"不是最新的：已知有{what}{when}，资料库里没有收录，请以正式文本为准"
    return Standing(REVISED, reason, newest.since, alone=True)


def _well_before(version: Version, newest: KnownVersion) -> bool:
    """Whether a version is older by half a year at least: texts of one version may state this or that date of it."""
    dates = [date for date in (version.published, version.effective) if date]
    return not any(
        _agree(date, known) for date in dates for known in (newest.published, newest.effective)
    ) and (_months(newest.since) - _months(version.since) >= _HALF_A_YEAR)


def _months(day: str) -> int:
    """Months since year 0; a year alone counts as its first one."""
    year, month, *_ = (*(int(part) for part in day.split("-")), 1)
    return year * 12 + month


def _means(repeal: Repeal, since: str, target: _Place, own: _Place | None) -> bool:
    """Whether ``repeal``, said by a text in force from ``since``, puts ``target`` out of force.

    A text never repeals itself or what came after it. Of its own family it repeals what is of the date that it names.
    """
    version = target.version
    if own and own.family is target.family:
        if own.index <= target.index or not version.since:
            return False
        return not repeal.published or _agree(repeal.published, version.published)
    return not since or version.since < since


def _agree(a: str, b: str) -> bool:
    """Whether two dates, of which one may be only a year or a month, can be the same."""
    return bool(a and b) and (a.startswith(b) or b.startswith(a))


def _from(day: str) -> str:
    return f"自{chinese_date(day)}起" if day else ""


def _bare(title: str) -> str:
    return title.removeprefix("《").removesuffix("》") if title.count("《") == 1 else title
