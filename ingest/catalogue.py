"""Well-known regulations: what they are called, when their versions were issued, and what people look for in them.

Facts written by us, no texts; ``catalogue.toml`` beside this module. The official texts decide.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from ingest.metadata import RANKS
from ingest.normal import normal_form

FILE = "catalogue.toml"


@dataclass(frozen=True, slots=True)
class KnownVersion:
    """When a version was issued and took effect: ISO dates, or the year or year and month of one; empty is not known."""

    published: str
    effective: str = ""

    @property
    def since(self) -> str:
        """From when it is in force, as far as is known."""
        return self.effective or self.published


@dataclass(frozen=True, slots=True)
class KnownRegulation:
    """A regulation with its versions from the oldest to the newest.

    ``rank`` is one of ``ingest.metadata.RANKS``; ``topics`` are words of people who look for it, in normal form;
    ``replaces`` are the titles that it took the place of.
    """

    title: str
    rank: str
    versions: tuple[KnownVersion, ...]
    topics: tuple[str, ...]
    replaces: tuple[str, ...] = ()


@cache
def known_regulations() -> tuple[KnownRegulation, ...]:
    """All of the catalogue. Raises ``ValueError`` where the file is not what it should be: that is a slip of ours."""
    rows = tomllib.loads((resources.files("ingest") / FILE).read_text("utf-8"))["regulation"]
    return tuple(_regulation(row) for row in rows)


def _regulation(row: dict[str, object]) -> KnownRegulation:
    versions, topics, replaces = row["versions"], row["topics"], row.get("replaces", [])
    title, rank = row["title"], row["rank"]
    if not (isinstance(versions, list) and isinstance(topics, list) and isinstance(replaces, list)):
        raise ValueError(f"catalogue: {title}: versions, topics and replaces are lists")
    if not isinstance(title, str) or rank not in RANKS or not isinstance(rank, str):
        raise ValueError(f"catalogue: {title}: title is a string and rank one of RANKS")
    return KnownRegulation(
        title,
        rank,
        tuple(KnownVersion(**version) for version in versions),
        tuple(normal_form(topic) for topic in topics),
        tuple(replaces),
    )


def on_topic(text: str, most: int = 2) -> tuple[KnownRegulation, ...]:
    """The regulations whose topics ``text`` names, those with the longest and most names first; at most ``most``."""
    normal = normal_form(text)
    weighed = [
        (sum(len(t) for t in r.topics if t in normal), -n, r) for n, r in enumerate(known_regulations())
    ]
    best = sorted((row for row in weighed if row[0] >= 2), key=lambda row: row[:2], reverse=True)
    return tuple(r for weight, _, r in best if weight * 2 > best[0][0])[:most]
