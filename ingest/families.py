"""Families: the versions of one regulation among the documents, oldest first, copies of a version put together.

A title without what only names its state or its version (中华人民共和国…, （试行）, （2024年修订）) is the family's key.
Titles that are alike but for 工作 (信访条例, 信访工作条例) are one family only where the wording really overlaps.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from ingest.metadata import title_from_origin
from ingest.normal import normal_form
from ingest.regulations import parse_regulation
from ingest.types import Metadata

SAME_TITLE_OVERLAP, NEAR_TITLE_OVERLAP, COPY_LIKENESS = 0.25, 0.5, 0.85
"""Shares of three-character runs; measured in docs/regulations.md. The first keeps apart what only shares a title."""

_RUN = 3
_BINDING_RANKS = ("中央法规", "国家法律", "行政法规", "部门文件", "地方文件")
_BINDING_KINDS = ("法规", "文件")
_DATED = r"(?:(?:19|20)\d{2}[年.-]?(?:\d{1,2}[月.-]?)?(?:\d{1,2}日?)?)"
_STATE = (
    rf"(?:试行|暂行|草案|送审稿|征求意见稿|全文|(?:第[一二三四五六七八九十]+次)?修[订正]|新?修[订正]|新|最新|{_DATED}|"
    r"发布|公布|施行|通过|稿|本|版)"
)
_BRACKETED_STATE = re.compile(rf"[(\[〔【](?:{_STATE})+[)\]〕】]")
_OWNER = re.compile(r"^(?:中华人民共和国|中国共产党|中共中央)")
_NORM = r"(?:法|条例|规定|办法|准则|规则|细则|章程|制度|规程|守则|规范)"
_TRIAL = re.compile(rf"(?:试行|暂行)(?={_NORM}$)")
_VERSIONED = re.compile(rf"{_NORM}$")
_DRAFT = re.compile(r"[(〔【][^()〔〕【】]*(?:草案|征求意见稿|送审稿)[^()〔〕【】]*[)〕】]$")
_ON_TRIAL = re.compile(r"试行|暂行")


class Record(Protocol):
    """What is needed of a document; ``ingest.library.DocumentRecord`` and ``ingest.types.Document`` have it."""

    @property
    def id(self) -> str:
        """The document's id."""

    @property
    def origin(self) -> str:
        """Where its file is."""

    @property
    def metadata(self) -> Metadata:
        """What is known of it."""


TextOf = Callable[[str], str]
"""Gives the text of a document by id; asked only where titles alone do not decide."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a regulation. ``ids`` are the documents that hold it, the one that tells most of it first.

    Dates are those of any of its documents; ``draft`` says that it was never more than a draft.
    """

    ids: tuple[str, ...]
    title: str
    published: str
    effective: str
    draft: bool = False

    @property
    def since(self) -> str:
        """From when it is in force, as far as is known: an ISO date, a part of one, or empty."""
        return self.effective or self.published


@dataclass(frozen=True, slots=True)
class Family:
    """The versions of one regulation: those without a date first, then from the oldest to the newest."""

    key: str
    versions: tuple[Version, ...]


def family_key(title: str) -> str:
    """The normal form of a title without issuer, state, version, punctuation and spaces; empty for an empty one."""
    bare = _BRACKETED_STATE.sub("", re.sub(r"[《》〈〉\s]", "", normal_form(title)))
    letters = _OWNER.sub("", re.sub(r"[\W_]+", "", bare))
    return _TRIAL.sub("", letters)


def near_key(key: str) -> str:
    """``key`` without 工作: what 信访条例 and 信访工作条例 share."""
    return key.replace("工作", "") or key


def title_of(record: Record) -> str:
    """What to call a document."""
    return record.metadata.title or title_from_origin(record.origin)


def is_draft(title: str) -> bool:
    """Whether a title says that the text is a draft (草案, 征求意见稿)."""
    return _DRAFT.search(normal_form(title)) is not None


def is_on_trial(title: str) -> bool:
    """Whether a title says 试行 or 暂行."""
    return _ON_TRIAL.search(title) is not None


def is_regulation(record: Record, text_of: TextOf) -> bool:
    """Whether the question arises if a document is in force: a binding kind or rank, or a text with articles.

    The text is read only where nothing else tells and the title could be a regulation's.
    """
    meta = record.metadata
    if meta.kind in _BINDING_KINDS or meta.rank in _BINDING_RANKS or meta.status:
        return True
    if meta.kind or meta.rank:
        return False
    if meta.effective:
        return True
    could_be = not meta.title or _VERSIONED.search(family_key(meta.title)) is not None
    return could_be and parse_regulation(text_of(record.id)) is not None


def build_families(records: Iterable[Record], text_of: TextOf) -> tuple[Family, ...]:
    """The families of ``records``, which are regulations, in the order of their keys."""
    members = [_Member(record, text_of) for record in records]
    by_near: dict[str, list[_Member]] = {}
    for member in members:
        by_near.setdefault(near_key(member.key), []).append(member)
    families = (_family(group) for near in by_near.values() for group in _joined(near))
    return tuple(sorted(families, key=lambda family: (family.key, family.versions[0].ids)))


class _Member:
    """A record with what comparing it needs, its text read at most once."""

    def __init__(self, record: Record, text_of: TextOf) -> None:
        self.id, self.metadata, self.title = record.id, record.metadata, title_of(record)
        self.by_hand = bool(record.metadata.family)
        self.key = family_key(record.metadata.family or self.title)
        self.draft = is_draft(self.title)
        self.since = record.metadata.effective or record.metadata.published
        self._text_of = text_of

    @cached_property
    def runs(self) -> frozenset[str]:
        """All runs of three characters in its text."""
        letters = re.sub(r"[\W_]+", "", normal_form(self._text_of(self.id)))
        return frozenset(letters[i : i + _RUN] for i in range(len(letters) - _RUN + 1))


def _joined(near: Sequence[_Member]) -> list[list[_Member]]:
    """Members of one near key, divided into families: whoever belongs to any member belongs to all of its family."""
    groups: list[list[_Member]] = []
    for member in near:
        mine = [group for group in groups if any(_related(member, other) for other in group)]
        groups = [group for group in groups if group not in mine]
        groups.append([*(other for group in mine for other in group), member])
    return groups


def _related(a: _Member, b: _Member) -> bool:
    if a.by_hand or b.by_hand:
        return a.key == b.key
    if not _VERSIONED.search(a.key) or not _VERSIONED.search(b.key):
        return False  # two notices of one title are two notices
    least = SAME_TITLE_OVERLAP if a.key == b.key else NEAR_TITLE_OVERLAP
    return _overlap(a, b) >= least


def _overlap(a: _Member, b: _Member) -> float:
    """The share of the shorter text's runs that the other has."""
    shorter = min(len(a.runs), len(b.runs))
    return len(a.runs & b.runs) / shorter if shorter else 0.0


def _likeness(a: _Member, b: _Member) -> float:
    """The share of all runs that both have."""
    return len(a.runs & b.runs) / (len(a.runs | b.runs) or 1)


def _family(members: Sequence[_Member]) -> Family:
    groups: list[list[_Member]] = []
    for member in sorted(members, key=lambda m: (not m.since, m.since, m.id)):
        home = next((group for group in groups if any(_is_copy(member, other) for other in group)), None)
        if home is None:
            groups.append([member])
        else:
            home.append(member)
    versions = sorted((_version(group) for group in groups), key=lambda v: (v.since, v.published, v.ids))
    return Family(_key(members, versions), tuple(versions))


def _key(members: Sequence[_Member], versions: Sequence[Version]) -> str:
    newest = versions[-1].ids[0]
    return next(member.key for member in members if member.id == newest)


def _is_copy(a: _Member, b: _Member) -> bool:
    """Whether two members hold the same version: of one date, or nearly the same text where dates cannot tell."""
    if a.draft != b.draft:
        return False
    dates = [
        (a.metadata.published, b.metadata.published),
        (a.metadata.effective, b.metadata.effective),
    ]
    known = [(one, other) for one, other in dates if one and other]
    if known:
        return any(one == other for one, other in known)
    return _likeness(a, b) >= COPY_LIKENESS


def _version(group: Sequence[_Member]) -> Version:
    told = sorted(group, key=lambda m: (-bool(m.metadata.published) - bool(m.metadata.effective), m.id))
    return Version(
        tuple(member.id for member in told),
        told[0].title,
        next((m.metadata.published for m in told if m.metadata.published), ""),
        next((m.metadata.effective for m in told if m.metadata.effective), ""),
        told[0].draft,
    )
