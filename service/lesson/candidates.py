"""Other excerpts for a point, or for a new one, to choose from."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from ingest.types import Span
from service.answering.selection import choose
from service.answering.units import UnitMaker
from service.lesson.types import Lesson
from service.types import Citation
from service.view import View

_DEPTH, _MOST, _FLOOR = 40, 12, 0.3


def candidates(view: View, text: str, without: Collection[tuple[str, Span]] = ()) -> list[Citation]:
    """The best excerpts for ``text``, none of which overlaps one of ``without``; best first."""
    # What is searched for may be a whole point: the unit or year that it tells of must not keep all others out.
    question = replace(view.understand(text), named=(), numeric=False, measure="")
    maker = UnitMaker(
        question,
        view.analyzer,
        view.lexical.idf,
        lambda t: view.lexical.document_frequency(t) > 0,
        view.document,
    )
    units = [
        unit
        for unit in maker.units(view.find(text, _DEPTH, None))
        if not any(i == unit.hit.passage.document_id and unit.span.overlaps(span) for i, span in without)
    ]
    found: list[Citation] = []
    for unit in choose(units, _MOST, _FLOOR):
        document = view.document(unit.hit.passage.document_id)
        citation = view.cite(view.point_at(document, unit.span, unit.hit.score), len(found) + 1)
        if citation is not None:
            found.append(citation)
    return found


def taken(lesson: Lesson) -> list[tuple[str, Span]]:
    """The places that a lesson quotes."""
    return [
        (excerpt.citation.document_id, excerpt.citation.span)
        for section in lesson.sections
        for point in section.points
        for excerpt in point.excerpts
    ]
