"""What to read on: the documents that say most of the topic, each with the section to begin with."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ingest.dates import chinese_date
from ingest.metadata import display_title
from ingest.types import Document, Section, Span
from retriever.types import Hit
from service.answering.compose import Point as Shown
from service.lesson.pool import Pool, chapter_of
from service.lesson.types import Part, Point

_FLOOR = 0.5
"""Of the best document's weight, what any has to have."""

_QUOTED = 0.02
"""What each excerpt that the lesson has from a document adds to its weight."""

_SECTIONS = 3
_FORMAL = re.compile(r"总\s*则|附\s*则$")


def reading(pool: Pool, told: Mapping[Part, Sequence[Point]], most: int) -> list[tuple[Shown, str]]:
    """At most ``most`` documents, best first: of each its best section's heading, or its title line, and what to read."""
    weights = _weights(pool, told)
    top = max(weights.values(), default=0.0)
    order = sorted(weights, key=lambda identity: (-weights[identity], identity))
    found = []
    for identity in [i for i in order if weights[i] >= _FLOOR * top][:most]:
        document = pool.view.document(identity)
        sections = _sections(pool, document)
        span = sections[0].heading if sections else _title_line(document)
        shown = pool.view.point_at(document, span, min(1.0, weights[identity] / (top or 1.0)))
        found.append((shown, _line(document, sections)))
    return found


def _weights(pool: Pool, told: Mapping[Part, Sequence[Point]]) -> dict[str, float]:
    """By document: how much of the topic its best passages speak to, and how much the lesson already takes from it."""
    weights: dict[str, float] = {}
    for hit in sorted(pool.hits.values(), key=lambda hit: (-hit.score, hit.passage.id)):
        document = pool.view.document(hit.passage.document_id)
        covered = pool.coverage(hit.passage.text + document.metadata.title)
        weights[document.id] = max(weights.get(document.id, 0.0), hit.score * covered)
    for points in told.values():
        for point in points:
            for excerpt in point.excerpts:
                identity = excerpt.citation.document_id
                weights[identity] = weights.get(identity, 0.0) + _QUOTED
    return weights


def _sections(pool: Pool, document: Document) -> list[Section]:
    """The sections with headings that say most of the topic, best first; of articles the chapters above them."""
    scores: dict[tuple[str, ...], float] = {}
    for hit in pool.hits.values():
        if hit.passage.document_id == document.id:
            path = chapter_of(hit.passage.path)
            scores[path] = scores.get(path, 0.0) + _worth(pool, hit)
    named = {section.path: section for section in document.sections if section.level and len(section.heading)}
    best = sorted((path for path in scores if path in named), key=lambda path: (-scores[path], path))
    telling = [path for path in best if not _FORMAL.search(path[-1])] or best
    return [named[path] for path in telling[:_SECTIONS]]


def _worth(pool: Pool, hit: Hit) -> float:
    return hit.score * pool.coverage(hit.passage.text + " ".join(hit.passage.path))


def _title_line(document: Document) -> Span:
    """The first line with words: a title, or the beginning."""
    match = re.search(r"[^\s][^\n]*", document.text)
    assert match, "a document has words"
    return Span(match.start(), match.start() + len(match.group().rstrip()))


def _line(document: Document, sections: Sequence[Section]) -> str:
    meta = document.metadata
    facts = "，".join(filter(None, (meta.source, chinese_date(meta.published))))
    title = display_title(document)
    name = title if "《" in title else f"《{title}》"
    told = f"{name}（{facts}）" if facts else name
    parts = "；".join(f"“{_quoted(section.path[-1])}”" for section in sections)
    return f"{told}，重点读{parts}" if parts else told


def _quoted(heading: str) -> str:
    return heading.replace("“", "‘").replace("”", "’")
