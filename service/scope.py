"""Which documents answer a question: what the filters allow, of that what is in force on the day, unless it names a version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from ingest.authority import NATURES, nature_of
from ingest.dates import chinese_date
from ingest.families import title_of
from ingest.library import DocumentRecord
from ingest.metadata import RANKS
from ingest.standing import Standing, Standings
from service.answering.titles import is_exact
from service.answering.versions import Named, named_versions, version_labels
from service.errors import FilterError


@dataclass(frozen=True, slots=True)
class Filters:
    """Which documents may speak; an empty field allows all.

    ``as_of`` is the day asked about: what was published later is left out, and of a regulation the version in force on
    that day speaks. Documents named in ``document_ids`` speak whether they are in force or not. Raises FilterError for a
    rank or nature that does not exist.
    """

    document_ids: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    as_of: date | None = None
    ranks: frozenset[str] = frozenset()
    natures: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        check_known("层级", self.ranks, RANKS)
        check_known("类别", self.natures, NATURES)

    def allows(self, record: DocumentRecord) -> bool:
        """Whether ``record``'s document passes. A document without a date passes ``as_of``."""
        meta = record.metadata
        if self.as_of and meta.published and meta.published[:10] > self.as_of.isoformat():
            return False
        return (
            (not self.document_ids or record.id in self.document_ids)
            and (not self.kinds or meta.kind in self.kinds)
            and (not self.sources or meta.source in self.sources)
            and (not self.ranks or meta.rank in self.ranks)
            and (not self.natures or nature_of(meta) in self.natures)
        )

    def __bool__(self) -> bool:
        return self != Filters()


def check_known(name: str, values: Iterable[str], known: Iterable[str]) -> None:
    """Raise FilterError unless all ``values`` are among ``known``; ``name`` is what the user calls them."""
    names = [value for value in known if value]
    for value in sorted(values):
        if value not in names:
            raise FilterError(f"没有“{value[:40]}”这个{name}。可用的{name}：{'、'.join(names)}。")


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version of a document's family, with what it is on the day."""

    id: str
    title: str
    published: str
    effective: str
    status: str


@dataclass(frozen=True, slots=True)
class History:
    """What a document is on the day, and all versions of its family, the oldest first; empty where there is but one."""

    standing: Standing = field(default_factory=Standing)
    versions: tuple[VersionRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The documents of one index generation, and what they are on any day."""

    records: Mapping[str, DocumentRecord]
    standings: Standings

    def history(self, document_id: str, day: date) -> History:
        """A document on ``day`` and the versions beside it; its own version goes by its own id."""
        family = self.standings.family_of(document_id)
        standing = self.standings.on(document_id, day)
        if family is None or len(family.versions) < 2:
            return History(standing)
        ids = (document_id if document_id in version.ids else version.ids[0] for version in family.versions)
        rows = (
            VersionRow(
                identity,
                title_of(self.records[identity]),
                version.published,
                version.effective,
                self.standings.on(identity, day).status,
            )
            for identity, version in zip(ids, family.versions, strict=True)
        )
        return History(standing, tuple(rows))

    def note(self, document_id: str, standing: Standing) -> str:
        """《信访条例》（2005年1月10日）自2022年5月1日起已被《信访工作条例》（2022年2月25日）取代."""
        record = self.records[document_id]
        title = title_of(record)
        name = title if "《" in title else f"《{title}》"
        dated = f"（{chinese_date(record.metadata.published)}）" if record.metadata.published else ""
        return f"{name}{dated}{standing.reason or standing.status}"


@dataclass(frozen=True, slots=True)
class Scope:
    """The documents that answer one question on ``day``.

    ``sides`` holds the ids to search, by the name of the version where several are compared, else under an empty name;
    ``None`` means all documents but the ``silent``: those that only their standing keeps from speaking.
    """

    catalogue: Catalogue
    day: date
    named: Named
    sides: Mapping[str, frozenset[str] | None] = field(default_factory=dict)
    silent: frozenset[str] = frozenset()

    @property
    def records(self) -> list[list[DocumentRecord]]:
        """The documents of each side."""
        return [
            [
                record
                for identity, record in self.catalogue.records.items()
                if (identity in ids if ids is not None else identity not in self.silent)
            ]
            for ids in self.sides.values()
        ]

    @property
    def compared(self) -> tuple[str, str]:
        """The documents of the oldest and the newest of the versions to compare."""
        return self.named.versions[0].ids[0], self.named.versions[-1].ids[0]

    def standing(self, document_id: str) -> Standing:
        """What a document is on the day."""
        return self.catalogue.standings.on(document_id, self.day)

    def is_called(self, document_id: str, names: Iterable[str]) -> bool:
        """Whether one of ``names`` is all of a document's title but what many titles have."""
        title = title_of(self.catalogue.records[document_id])
        return any(is_exact(name, title) for name in names)

    def notes(self, document_ids: Sequence[str]) -> tuple[str, ...]:
        """What a reader of these documents has to know: which of them do not hold on the day."""
        standings = {identity: self.standing(identity) for identity in dict.fromkeys(document_ids)}
        told = (self.catalogue.note(i, standing) for i, standing in standings.items() if not standing.holds)
        return tuple(f"{note}。" for note in dict.fromkeys(told))

    def elsewhere(self, document_ids: Sequence[str]) -> tuple[str, ...]:
        """Where nothing that holds on the day answers: which texts that do not hold speak of it."""
        cited = list(dict.fromkeys(document_ids))
        notes = [
            f"{self.catalogue.note(identity, self.standing(identity))}，其中有相关内容。"
            for identity in cited
        ]
        if notes:
            notes.append("要看这样的文本，请在问题里写明版本，例如“2010年版”“旧版”，或只选这份资料再问。")
        return tuple(dict.fromkeys(notes))


def scope_of(question: str, catalogue: Catalogue, filters: Filters, day: date) -> Scope:
    """The scope of ``question`` asked about ``day``."""
    standings = catalogue.standings
    named = Named(question)
    if not filters.document_ids:
        named = named_versions(question, standings.families, lambda identity: standings.on(identity, day))
    allowed = frozenset(record.id for record in catalogue.records.values() if filters.allows(record))
    if named.versions:
        named_ids = frozenset(identity for version in named.versions for identity in version.ids)
        if named.compare and named_ids <= allowed:
            ids = (frozenset(version.ids) for version in named.versions)
            return Scope(catalogue, day, named, dict(zip(version_labels(named.versions), ids, strict=True)))
        return Scope(catalogue, day, replace(named, compare=False), {"": named_ids & allowed})
    silent = (standings.silent(day) & allowed) - filters.document_ids
    return Scope(catalogue, day, named, {"": allowed - silent if filters else None}, silent)
