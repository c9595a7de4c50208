"""Points and words of an answer: claims with their citations, and the Markdown that holds them together.

Every claim is the verbatim text of its citations. The connecting words are ours and carry no facts of the sources.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from ingest.authority import nature_of
from ingest.metadata import display_title
from ingest.types import Document, Span
from service.answering.actors import actor
from service.answering.places import location
from service.answering.verify import holds
from service.types import Citation, Claim, Kind

_LABEL_MAX = 26
INTRODUCTIONS: dict[Kind, str] = {
    Kind.HOWTO: "资料中的要求和做法：",
    Kind.LIST: "资料中的列举：",
    Kind.FACT: "资料中的记载：",
    Kind.TIMELINE: "按资料中的记载：",
    Kind.DEFINITION: "资料中的表述：",
    Kind.CASE: "资料中的做法和案例：",
    Kind.COMPARE: "资料中有关各方的表述：",
    Kind.SUMMARY: "资料的要点：",
    Kind.ARTICLE: "条文原文：",
}

GROUPS = {"规定": "规定：", "要求": "讲话要求：", "做法": "做法：", "": "其他资料："}
"""What stands over the claims of a nature where an answer has several, the binding ones first."""


@dataclass(frozen=True, slots=True)
class Point:
    """A point of an answer before it is numbered: verbatim spans of documents, the first being what is shown."""

    document: Document
    span: Span
    path: tuple[str, ...]
    context: Span
    score: float
    label: str = ""
    also: tuple[Point, ...] = ()

    @property
    def nature(self) -> str:
        """What the text is good for; one of ``ingest.authority.NATURES``."""
        return nature_of(self.document.metadata)


@dataclass(slots=True)
class Composer:
    """Turns points into claims and citations, numbering each distinct excerpt once. ``dropped`` counts failed quotes."""

    claims: list[Claim] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    dropped: int = 0

    def add(self, point: Point) -> None:
        """Add a claim for ``point``; one whose quote does not hold is dropped."""
        ids = [number for source in (point, *point.also) if (number := self._cite(source))]
        if not ids or not self._holds(point):
            return
        text = point.span.of(point.document.text)
        self.claims.append(Claim(text, True, tuple(ids), point.label, point.nature))

    def markdown(self, kind: Kind, introduction: str = "") -> str:
        """The answer as Markdown with [n] markers: one claim stands alone, several are numbered through.

        Where a howto has claims of several natures, a line over each group says which it is.
        """
        lines = [_line(claim) for claim in self.claims]
        if len(lines) == 1:
            return f"{introduction or INTRODUCTIONS[kind]}\n\n{lines[0]}"
        parts = [introduction or INTRODUCTIONS[kind], ""]
        leads = group_leads(kind, [claim.nature for claim in self.claims])
        for number, (lead, line) in enumerate(zip(leads, lines, strict=True), 1):
            if lead:
                parts += [lead, ""] if number == 1 else ["", lead, ""]
            parts.append(f"{number}. {line}")
        return "\n".join(parts)

    def _holds(self, point: Point) -> bool:
        return any(c.document_id == point.document.id and c.span == point.span for c in self.citations)

    def _cite(self, point: Point) -> int:
        for known in self.citations:
            if known.document_id == point.document.id and known.span == point.span:
                return known.id
        number = len(self.citations) + 1
        citation = cite(point, number)
        if citation is None:
            self.dropped += 1
            return 0
        self.citations.append(citation)
        return number


def cite(point: Point, number: int) -> Citation | None:
    """The citation of what ``point`` shows; ``None`` where its quote does not hold, which is logged."""
    document, span, meta = point.document, point.span, point.document.metadata
    quote = span.of(document.text)
    if not holds(document, span, quote):
        return None
    return Citation(
        number,
        document.id,
        display_title(document),
        location(point.path, document, span),
        quote,
        span,
        point.context,
        meta.published,
        meta.source,
        round(min(1.0, max(0.0, point.score)), 4),
        document.text_sha256,
        pages=document.pages_of(span),
        rank=meta.rank,
        nature=point.nature,
    )


def _line(claim: Claim) -> str:
    marks = "".join(f"[{number}]" for number in claim.citations)
    text = " ".join(claim.text.split("\n"))
    begins = bool(claim.label) and text.startswith(claim.label)
    label = f"**{escape(claim.label)}**{'' if begins else '：'}" if claim.label else ""
    return f"{label}{escape(text.removeprefix(claim.label) if begins else text)} {marks}"


_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|~])")


def escape(text: str) -> str:
    """``text`` so that Markdown shows it as it is."""
    return _MARKDOWN.sub(r"\\\1", text)


def label_for(kind: Kind, text: str, path: Sequence[str]) -> str:
    """A lead-in in the words of the source: whose practice it is for cases, else the heading it stands under."""
    if kind is Kind.CASE:
        return actor(text)
    if kind not in (Kind.HOWTO, Kind.LIST, Kind.SUMMARY) or not path:
        return ""
    heading = path[-1]
    return heading if len(heading) <= _LABEL_MAX and heading not in text else ""


def group_leads(kind: Kind, natures: Sequence[str]) -> list[str]:
    """For each claim the words that stand over it: those of its nature where a howto turns from one to another."""
    if kind is not Kind.HOWTO or len(set(natures)) < 2:
        return [""] * len(natures)
    before = ["-", *natures]
    return [GROUPS[nature] if nature != last else "" for last, nature in zip(before, natures, strict=False)]


def distinct_labels(points: Iterable[Point]) -> list[Point]:
    """``points`` with a label kept only the first time it comes up."""
    seen: set[str] = set()
    result = []
    for point in points:
        result.append(replace(point, label="") if point.label in seen else point)
        seen.add(point.label)
    return result
