"""Points from the structure of a document: the members of a counted list, the outline of a document or section, the place of its
lessons or plans."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ingest.regulation_places import points_of
from ingest.sentences import split_sentences
from ingest.types import Document, Section, Span
from service.answering.aspects import asks_only_that, aspect_spans
from service.answering.compose import Point
from service.answering.facets import PLACED
from service.answering.outline import asks_whole, lead_sentences, parts_within, section_named
from service.answering.question import Question
from service.answering.series import best_series
from service.answering.siblings import best_group

_TELLING_HEADING = 8
_LONGEST_NUMBERED = 300
_GROUP_COVERAGE = 0.5


def member_points(
    question: Question, documents: Sequence[Document], coverage: Callable[[str], float]
) -> list[Point]:
    """A counted list, complete, from sibling headings or numbered sentences; empty where there is none of that length. Without a
    number, from headings that are each called the thing asked for."""
    group = best_group(documents, question.members, question.thing, coverage, _GROUP_COVERAGE)
    if group is not None:
        return [_lead(group.document, section) for section in group.members]
    if not question.members:
        return []
    series = best_series(documents, question.members, coverage, _GROUP_COVERAGE)
    return [_inside(series.document, span) for span in series.members] if series else []


def outline_points(question: Question, document: Document, *, whole: bool = False) -> list[Point]:
    """The parts of the section of ``document`` that the question names, or of all of it where that is asked for, as ``whole``
    says that it is.

    Empty where the question names no section and asks about something else, or asks for another number of parts.
    """
    section = None if whole else section_named(question, document)
    if section is None and not whole and not asks_whole(question, document):
        return []
    sections = parts_within(document, section)
    numbered = points_of(document.text) if section is None else ()
    if len(numbered) > len(sections) and all(len(span) <= _LONGEST_NUMBERED for span in numbered):
        return [Point(document, span, (), span, 1.0) for span in numbered]
    if question.members and section and sections and len(sections) != question.members:
        return []
    if sections:
        return [_lead(document, part) for part in sections]
    within = section.span if section else Span(0, len(document.text))
    path = section.path if section else ()
    return [Point(document, span, path, within, 1.0) for span in lead_sentences(document, within)]


def aspect_points(question: Question, documents: Sequence[Document]) -> list[Point]:
    """What the first document that the question names says to the side asked about (lessons, plans); empty where the question asks
    for more, or none of the ``documents`` gives a place to that side."""
    facet = question.facet
    if facet is None or facet not in PLACED:
        return []
    document = next((one for one in documents if asks_only_that(question.text, facet, one)), None)
    return [_inside(document, span) for span in aspect_spans(document, facet)] if document else []


def _inside(document: Document, span: Span) -> Point:
    above = [section for section in document.sections if section.span.contains(span)]
    return Point(document, span, above[-1].path if above else (), span, 1.0)


def _lead(document: Document, section: Section) -> Point:
    """A section by its heading; by its first sentence where the heading says nothing by itself (第一条)."""
    text = document.text
    span = section.heading
    if len(span) < _TELLING_HEADING:
        body = split_sentences(text, Span(span.end, section.span.end))
        first = next((s for s in body if s.of(text).strip()), None)
        if first is not None:
            words = first.of(text)
            start = first.start + len(words) - len(words.lstrip())
            span = Span(start, first.start + len(words.rstrip()))
    label = section.path[-1] if span != section.heading else ""
    return Point(document, span, section.path, section.span, 1.0, label)
