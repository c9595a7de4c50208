"""What has become of the excerpts of a lesson: each is looked for again in the library as it is now."""

from __future__ import annotations

from dataclasses import replace

from ingest.types import Document, Span
from service.lesson.types import Excerpt, ExcerptState, Lesson
from service.types import Citation
from service.view import View

_GONE = "这份资料已不在资料库中，无法核对。"
_CHANGED = "资料已经改动，现在的文本里没有这段话了。"


def rechecked(lesson: Lesson, view: View) -> Lesson:
    """``lesson`` with the state of each excerpt as ``view`` shows it; what has moved is cited where it is now."""
    return replace(
        lesson,
        sections=tuple(
            replace(
                section,
                points=tuple(
                    replace(point, excerpts=tuple(look(excerpt.citation, view) for excerpt in point.excerpts))
                    for point in section.points
                ),
            )
            for section in lesson.sections
        ),
    )


def look(citation: Citation, view: View) -> Excerpt:
    """The excerpt as it is in the library now."""
    document = view.known(citation.document_id)
    if document is None:
        return Excerpt(citation, ExcerptState.VANISHED, _GONE)
    span = place_of(document, citation.quote, citation.span.start)
    now = view.cite(view.point_at(document, span, citation.score), citation.id) if span else None
    if now is None:
        return Excerpt(citation, ExcerptState.VANISHED, _CHANGED)
    standing = view.scope.standing(document.id)
    if not standing.holds:
        note = view.scope.catalogue.note(document.id, standing)
        return Excerpt(
            now, ExcerptState.SUPERSEDED, f"{note}。{_in_newer(citation.quote, standing.newer, view)}"
        )
    if now.span != citation.span:
        where = f"，现在在“{now.location}”" if now.location else ""
        return Excerpt(now, ExcerptState.MOVED, f"资料已经更新，这段话还在{where}，位置有变动。")
    return Excerpt(now)


def place_of(document: Document, quote: str, near: int) -> Span | None:
    """Where ``quote`` stands in a document, the nearest place to ``near`` where it does several times."""
    text = document.text
    if not quote:
        return None
    if text.startswith(quote, near):
        return Span(near, near + len(quote))
    after, before = text.find(quote, near), text.rfind(quote, 0, near + len(quote))
    places = [start for start in (before, after) if start >= 0]
    start = min(places, key=lambda start: abs(start - near), default=-1)
    return Span(start, start + len(quote)) if start >= 0 else None


def _in_newer(quote: str, newer: str, view: View) -> str:
    """Whether the text that took the place says the same, word for word."""
    document = view.known(newer) if newer else None
    if document is None:
        return ""
    if quote in document.text:
        return "这段话在现行文本里一字未改，可以换成现行文本的摘录。"
    return "现行文本里没有一字不差的这段话，请改用现行文本。"
