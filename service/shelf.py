"""The documents of the library as an index generation covers them: read, listed, in their families, linked, their files."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from functools import lru_cache, partial

from ingest.errors import DocumentNotFound
from ingest.families import title_of
from ingest.library import DocumentRecord, Library
from ingest.originals import Originals
from ingest.standing import Standings
from ingest.types import Document, Passage
from retriever.generation import Generation
from service.answering.titles import Titled
from service.references import Linker
from service.scope import Catalogue
from service.settings import Settings

_REMEMBERED = 64
"""How many documents are kept in memory."""


class Shelf:
    """What a library and an index generation show. Safe to share between threads; what is worked out is remembered."""

    def __init__(self, library: Library, settings: Settings, today: Callable[[], date]) -> None:
        self._library = library
        self._today = today
        self._remembered = lru_cache(maxsize=_REMEMBERED)(library.document)
        self._catalogues: dict[str, Catalogue] = {}
        self._originals = Originals(settings.file_bytes, settings.limits)
        self._linked: tuple[Generation | None, Linker | None] = (None, None)

    def document(self, generation: Generation, document_id: str) -> Document:
        """A document as the generation knows it; raises DocumentNotFound."""
        revision = generation.manifest.snapshot.get(document_id)
        if revision is None:
            raise DocumentNotFound(
                f"没有编号为 {document_id[:80]} 的资料。请用 dangjian documents 查看现有资料。"
            )
        return self._remembered(document_id, revision)

    def passages(self, generation: Generation, document_id: str) -> tuple[Passage, ...]:
        """The passages of a document as the generation knows it; raises DocumentNotFound."""
        return self._library.passages(document_id, generation.manifest.snapshot.get(document_id))

    def records(self, generation: Generation) -> list[DocumentRecord]:
        """The documents that the generation covers, in the library's order."""
        covered = generation.manifest.snapshot
        return [record for record in self._library.records() if record.id in covered]

    def catalogue(self, generation: Generation) -> Catalogue:
        """The documents of a generation with their families, worked out once for each generation."""
        name = generation.manifest.generation
        known = self._catalogues.get(name)
        if known is None:
            records = {record.id: record for record in self.records(generation)}
            standings = Standings(records.values(), lambda i: self.document(generation, i).text)
            known = Catalogue(records, standings)
            self._catalogues = {name: known}  # that of the generation before is no longer asked for
        return known

    def linker(self, generation: Generation) -> Linker:
        """The linker of a generation; that of the one in use is kept, with what it has found.

        A title stands for what is in force; for what is not, only where nothing of that title is.
        """
        known, linker = self._linked
        if known is not generation or linker is None:
            catalogue = self.catalogue(generation)
            silent = catalogue.standings.silent(self._today())
            speaking = [row for identity, row in catalogue.records.items() if identity not in silent]
            rest = [row for identity, row in catalogue.records.items() if identity in silent]
            linker = Linker(titled(speaking), titled(rest), partial(self.document, generation))
            self._linked = (generation, linker)
        return linker

    def original(self, document: Document) -> tuple[str, bytes]:
        """The origin and the bytes of the file that ``document`` was made of.

        Raises DocumentNotFound, and OriginalUnavailable where the file is not there as it was.
        """
        # From the record, not from the document remembered: a file that moved gives it no new revision.
        origin = self._library.record(document.id).origin
        return origin, self._originals.read(origin, document.sha256)

    def has_original(self, document: Document) -> bool:
        """Whether ``original`` would give the file."""
        try:
            origin = self._library.record(document.id).origin
        except DocumentNotFound:
            return False
        return self._originals.is_available(origin, document.sha256)


def titled(records: Iterable[DocumentRecord]) -> list[Titled]:
    """Documents by what they are called."""
    return [Titled(record.id, title_of(record), record.metadata.published) for record in records]
