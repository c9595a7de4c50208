"""The published JSON of documents: what is known of them, their text, the repairs made to it and the references in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, Field

from ingest.authority import nature_of
from ingest.library import DocumentRecord
from ingest.metadata import display_title
from ingest.types import Document, Metadata
from service.api.versions import VersionOut
from service.references import Link
from service.scope import History


class DocumentFacts(BaseModel):
    """What is known of a document; an empty value means not known."""

    id: str
    title: str
    subtitle: str
    authors: list[str]
    source: str
    published: str
    edition: str
    kind: str
    licence: str
    document_number: str
    effective: str
    characters: int
    sha256: str
    status: str = Field(
        default="", description="今天的效力：现行、试行、尚未施行、已修订、已废止；不适用或不明时为空"
    )
    status_reason: str = ""
    newer: str = Field(default="", description="取代它的资料的编号；没有时为空")
    versions: list[VersionOut] = Field(
        default=[], description="同一法规的各个版本（含本身），旧的在前；只有一个版本时为空"
    )
    corrected: dict[str, str] = {}
    """The fields that people corrected: by a note beside the file (``sidecar``) or by hand (``hand``)."""
    rank: str = ""
    nature: str = ""
    interpreter: str = ""


def _facts(metadata: Metadata) -> dict[str, Any]:
    """The fields of ``DocumentFacts`` that are metadata, all but the title."""
    names = [
        "subtitle",
        "source",
        "published",
        "edition",
        "kind",
        "licence",
        "document_number",
        "effective",
        "rank",
        "interpreter",
    ]
    values = {name: getattr(metadata, name) for name in names}
    return {"authors": list(metadata.authors), "nature": nature_of(metadata), **values}


def _history(history: History) -> dict[str, Any]:
    """The fields of ``DocumentFacts`` that tell of its standing and its other versions."""
    standing = history.standing
    return {
        "status": standing.status,
        "status_reason": standing.reason,
        "newer": standing.newer,
        "versions": [VersionOut.of(row) for row in history.versions],
    }


class DocumentSummary(DocumentFacts):
    """A document without its text."""

    passages: int
    revision: int
    added: str = Field(default="", description="这一版入库的时间，ISO 格式，UTC")

    @classmethod
    def of(cls, r: DocumentRecord, history: History = History()) -> DocumentSummary:
        return cls(
            id=r.id,
            title=r.title,
            characters=r.characters,
            sha256=r.sha256,
            passages=r.passages,
            revision=r.revision,
            added=r.ingested_at,
            corrected=dict(r.corrected),
            **_facts(r.metadata),
            **_history(history),
        )


class DocumentsOut(BaseModel):
    """All documents."""

    documents: list[DocumentSummary]


class SectionOut(BaseModel):
    """A section: where it and its heading stand in the text."""

    title: str
    level: int
    start: int
    end: int
    heading_start: int
    heading_end: int


class EditOut(BaseModel):
    """A repair: the raw file's ``[start, end)`` was replaced."""

    kind: str
    start: int
    end: int
    replacement: str


class ReferenceOut(BaseModel):
    """Words of a text that name a place: ``kind`` is article, relative, division or title.

    ``document_id`` is empty where the library does not have what is named; ``target_start`` and ``target_end`` are
    null where the place is not there, and both 0 for a text as a whole.
    """

    start: int
    end: int
    kind: str
    label: str
    document_id: str
    title: str
    target_start: int | None
    target_end: int | None

    @classmethod
    def of(cls, link: Link) -> ReferenceOut:
        return cls(
            start=link.span.start,
            end=link.span.end,
            kind=link.form,
            label=link.label,
            document_id=link.document_id,
            title=link.title,
            target_start=link.target.start if link.target is not None else None,
            target_end=link.target.end if link.target is not None else None,
        )


class DocumentOut(DocumentFacts):
    """A document with its text; all offsets are code points, those of ``edits`` into the raw file's text."""

    encoding: str
    text_sha256: str
    text: str
    sections: list[SectionOut]
    edits: list[EditOut]
    original: bool = False
    """Whether the file it was made of can be downloaded."""
    references: list[ReferenceOut] = []
    traditional: int = Field(default=0, description="全文有几个繁体字：与简体对照不同的字数")
    reading: str | None = Field(default=None, description="简体对照，与全文逐字对应；引文仍以全文为准")

    @classmethod
    def of(
        cls, d: Document, history: History = History(), links: Sequence[Link] = (), *, original: bool = False
    ) -> DocumentOut:
        return cls(
            id=d.id,
            title=display_title(d),
            characters=len(d.text),
            sha256=d.sha256,
            encoding=d.encoding,
            text_sha256=d.text_sha256,
            text=d.text,
            corrected=dict(d.corrected),
            original=original,
            **_facts(d.metadata),
            **_history(history),
            sections=[
                SectionOut(
                    title=s.path[-1],
                    level=s.level,
                    start=s.span.start,
                    end=s.span.end,
                    heading_start=s.heading.start,
                    heading_end=s.heading.end,
                )
                for s in d.sections
                if s.level
            ],
            edits=[
                EditOut(kind=e.kind, start=e.raw.start, end=e.raw.end, replacement=e.replacement)
                for e in d.edits
            ],
            references=[ReferenceOut.of(link) for link in links],
        )
