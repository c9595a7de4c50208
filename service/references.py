"""References between the documents of the library: what each names, and where that stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ingest.references import Form, Reference, find_references
from ingest.regulation_places import Lack, Place, place_words, span_of
from ingest.regulations import parse_regulation
from ingest.types import Document, Span
from service.answering.titles import Titled, TitleIndex

_KEPT = 256


@dataclass(frozen=True, slots=True)
class Link:
    """A reference and where it leads.

    ``label`` says what is named (《档案法》第八条). ``document_id`` is empty where the library does not have it;
    ``target`` is a span there, empty at the beginning for a text as a whole, ``None`` where the place is not found.
    """

    span: Span
    form: Form
    label: str
    document_id: str
    title: str
    target: Span | None
    place: Place | None = None


class Linker:
    """Links of the documents of one index generation. Safe to share; nothing changes but what is remembered."""

    def __init__(
        self, rows: Sequence[Titled], fallback: Sequence[Titled], document: Callable[[str], Document]
    ) -> None:
        """A title stands for one of ``rows``; for one of ``fallback`` (superseded texts) where none of them has it."""
        self._titles = TitleIndex(rows)
        self._fallback = TitleIndex(fallback)
        self._document = document
        self.links = lru_cache(maxsize=_KEPT)(self._links)

    def _links(self, document_id: str) -> tuple[Link, ...]:
        """The references in a document, in order; raises DocumentNotFound."""
        document = self._document(document_id)
        own = self._titles.title(document_id) or self._fallback.title(document_id)
        found = (self._link(document_id, own, reference) for reference in find_references(document.text))
        return tuple(link for link in found if link.document_id != document_id or link.place != Place())

    def _link(self, document_id: str, own: str, reference: Reference) -> Link:
        named = reference.title
        row = (self._titles.named(named) or self._fallback.named(named)) if named else None
        title = row.title if row else reference.title or own
        identity = row.id if row else "" if reference.title else document_id
        target = self._target(identity, reference) if identity else None
        if target is None and not reference.title:
            identity = ""  # 前款 with nothing before it leads nowhere
        label = _label(reference, title)
        return Link(reference.span, reference.form, label, identity, title, target, reference.place)

    def _target(self, document_id: str, reference: Reference) -> Span | None:
        if reference.place is None:
            return None
        if reference.place == Place():
            return Span(0, 0)
        regulation = parse_regulation(self._document(document_id).text)
        if regulation is None:
            return None
        first = span_of(regulation, reference.place)
        last = span_of(regulation, reference.until) if reference.until else first
        if isinstance(first, Lack) or isinstance(last, Lack):
            return None
        return Span(min(first.start, last.start), max(first.end, last.end))


def _label(reference: Reference, title: str) -> str:
    named = f"《{title}》" if reference.title else ""
    place = place_words(reference.place) if reference.place else "所指的内容"
    until = f"至{place_words(reference.until)}" if reference.until else ""
    return f"{named}{place}{until}"
