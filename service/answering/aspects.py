"""The place where a report draws its lessons or tells its plans: questions about these share few words with it.

水文局在交流会上谈了哪些体会 is answered by 回头看，我们的体会有三条：…, of which only one word is asked. So it is looked for in the document
that is named: under the heading that speaks to that side, or by the sentence that does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.normal import normal_form
from ingest.sentences import is_sentence, split_sentences
from ingest.types import Document, Section, Span
from service.answering.facets import Facet
from service.answering.outline import parts_within, without_asking
from service.answering.series import series_in
from service.answering.wording import bare

_MOST, _SHORTEST = 6, 8
_LITTLE = 2
_BEGINNING = 80  # characters of a document that its title and by-line stand in, however many lines they have
_DOING = re.compile(r"(?:怎么|怎样|如何|咋)(?:样|做|干|抓|办|走)?|[有做谈到过在]")
_OPENING = 14  # characters of a sentence that say what it speaks to
_COUNTED = re.compile(r"[一二三四五六七八九两几][个点条]|[:：]|如下")


def aspect_spans(document: Document, facet: Facet) -> tuple[Span, ...]:
    """What ``document`` says to a side of its matter, in order; empty where no place is given to that. A series or the parts of the
    section are all there, of mere sentences at most six."""
    section = _section(document, facet)
    if section is None:
        return _sentences(document, facet)
    inside = [
        series.members
        for series in series_in(document)
        if all(section.span.contains(member) for member in series.members)
    ]
    if inside:
        return inside[0]
    if parts := parts_within(document, section):
        return tuple(part.heading for part in parts)
    body = Span(section.heading.end, section.span.end)
    return _whole(document, split_sentences(document.text, body))[:_MOST]


def asks_only_that(question: str, facet: Facet, document: Document) -> bool:
    """Whether a question names ``document`` and asks for nothing but the side: hardly a character of it is neither asking nor in the
    title, the source or the beginning."""
    rest = bare(_DOING.sub("", without_asking(facet.asked.sub("，", normal_form(question)))))
    metadata = document.metadata
    told = bare(metadata.title + metadata.subtitle + metadata.source + document.text[:_BEGINNING])
    names = any(rest[i : i + 2] in told for i in range(len(rest) - 1))
    return names and sum(char not in told for char in rest) <= _LITTLE


def _section(document: Document, facet: Facet) -> Section | None:
    """The outermost section whose heading speaks to the side, the last of several: reports end with it."""
    found = [
        one
        for one in document.sections
        if one.level
        and facet.told.search(normal_form(one.path[-1]))
        and one.path[-1] not in document.metadata.title
    ]
    return min(reversed(found), key=lambda one: one.level, default=None)


def _sentences(document: Document, facet: Facet) -> tuple[Span, ...]:
    """The sentences that begin with speaking to the side; where one of them announces a series, the series as well."""
    spans = _whole(document, split_sentences(document.text))
    opening = [
        span
        for span in spans
        if facet.told.search(normal_form(span.of(document.text))[:_OPENING]) is not None
    ]
    for span in opening:
        if _COUNTED.search(span.of(document.text)):
            series = next(
                (
                    one
                    for one in series_in(document)
                    if span.contains(one.introduction.stripped(document.text))
                ),
                None,
            )
            return (span, *(series.members if series else ()))
    return tuple(opening[:_MOST])


def _whole(document: Document, spans: Sequence[Span]) -> tuple[Span, ...]:
    stripped = (span.stripped(document.text) for span in spans)
    return tuple(s for s in stripped if len(s) >= _SHORTEST and is_sentence(s.of(document.text)))
