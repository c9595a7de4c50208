"""Documents, citations and lessons to export, and how the words of a quote are found again in a Word file."""

from __future__ import annotations

import hashlib
import io
from typing import Any

import docx
from docx.oxml.ns import qn

from ingest.types import Document, Metadata, Span
from service.lesson.types import Excerpt, ExcerptState, Lesson, Part, Point, Section
from service.types import Citation


def document(text: str, identity: str = "d1", **known: Any) -> Document:
    """A document of ``text`` with the metadata given."""
    sha = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return Document(identity, f"/{identity}.txt", "0" * 64, "utf-8", text, sha, (), Metadata(**known), ())


def citation(of: Document, quote: str, number: int = 1, location: str = "第一章 › 第二条") -> Citation:
    """The first place at which ``of`` has ``quote``."""
    start = of.text.index(quote)
    span, meta = Span(start, start + len(quote)), of.metadata
    return Citation(
        number,
        of.id,
        meta.title,
        location,
        quote,
        span,
        span,
        meta.published,
        meta.source,
        0.9,
        of.text_sha256,
    )


def excerpt(
    of: Document, quote: str, state: ExcerptState = ExcerptState.CURRENT, remark: str = ""
) -> Excerpt:
    """An excerpt in a state."""
    return Excerpt(citation(of, quote), state, remark)


def lesson(*sections: Section, **known: Any) -> Lesson:
    """A lesson of these sections."""
    about = {
        "title": "把支部建强",
        "audience": "支部书记",
        "minutes": 60,
        "updated": "2026-11-20T08:00:00.000+00:00",
    }
    return Lesson("l1", "支部建设", **{**about, **known}, sections=sections)


def how(*points: Point, missing: str = "") -> Section:
    """A section 怎么办."""
    return Section(Part.HOW, "怎么办：做法与案例", 20, points, missing)


def word_quotes(data: bytes) -> list[str]:
    """The quotes of a Word file in order: the paragraphs in the style Quote up to each footnote, joined by line ends."""
    found, open_lines = [], []
    for each in docx.Document(io.BytesIO(data)).paragraphs:
        if each.style is None or each.style.name != "Quote":
            continue
        open_lines.append(each.text)
        if each._p.findall(f".//{qn('w:footnoteReference')}"):
            found.append("\n".join(open_lines))
            open_lines = []
    assert not open_lines
    return found


def word_text(data: bytes, *styles: str) -> list[str]:
    """The paragraphs of a Word file, those in ``styles`` where any are named."""
    return [
        p.text
        for p in docx.Document(io.BytesIO(data)).paragraphs
        if not styles or (p.style and p.style.name in styles)
    ]
