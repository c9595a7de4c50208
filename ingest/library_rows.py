"""Between the library's rows and the types of the stages."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ingest.corrections import HAND, SIDECAR
from ingest.holdings import Held
from ingest.metadata import title_from_origin
from ingest.types import Document, Edit, Metadata, Passage, Repeal, Section, Span


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """A document as the library lists it: all but its text.

    ``sha256`` is of the file's bytes (hex), ``characters`` counts code points of the text, ``ingested_at`` is an ISO
    time in UTC; ``fingerprint`` tells how the text was made from the bytes (see ``ingest.pipeline``); ``corrected`` is
    that of ``Document``.
    """

    id: str
    origin: str
    revision: int
    sha256: str
    metadata: Metadata
    characters: int
    passages: int
    ingested_at: str
    fingerprint: str
    corrected: tuple[tuple[str, str], ...] = ()

    @property
    def title(self) -> str:
        """What to call the document, as ``metadata.display_title`` does."""
        return self.metadata.title or title_from_origin(self.origin)


RECORD_COLUMNS = (
    "d.id, d.origin, r.revision, r.sha256, r.metadata, r.characters, r.passages, r.ingested_at, r.fingerprint,"
    " r.corrected"
)
DOCUMENT_COLUMNS = (
    "d.id, d.origin, r.sha256, r.encoding, r.text, r.text_sha256, r.edits, r.metadata, r.sections, r.pages,"
    " r.corrected"
)
PASSAGE_COLUMNS = 'ordinal, start, "end", path, sentences'
CURRENT = "documents d JOIN revisions r ON r.document_id = d.id AND r.revision = d.revision"
SELECT_HOLDINGS = (
    "SELECT d.id, d.origin, d.last_sha256, coalesce(r.fingerprint, ''), d.first_sha256, d.revision IS NOT NULL,"
    " d.removed_at != ''"
    " FROM documents d LEFT JOIN revisions r ON r.document_id = d.id AND r.revision = d.revision"
)
SELECT_PASSAGES = (
    f"SELECT {PASSAGE_COLUMNS} FROM passages WHERE document_id = ? AND revision = ? ORDER BY ordinal"
)
SELECT_PASSAGE = (
    f"SELECT {PASSAGE_COLUMNS} FROM passages WHERE document_id = ? AND revision = ? AND ordinal = ?"
)


def passage_id(document_id: str, ordinal: int) -> str:
    """The id of a document's passage number ``ordinal``, counted from 0."""
    return f"{document_id}-{ordinal:04d}"


def text_digest(text: str) -> str:
    """The SHA-256 of ``text`` in UTF-8, hex."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def to_json(value: object) -> str:
    """``value`` as compact JSON that is the same each time; dataclasses become objects."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True, default=asdict)


def metadata_json(metadata: Metadata) -> str:
    """Only what is known."""
    return to_json({name: value for name, value in asdict(metadata).items() if value})


def metadata_of(row: str) -> Metadata:
    """Back from ``metadata_json``."""
    return Metadata(**values_of(json.loads(row)))


def values_of(row: dict[str, Any]) -> dict[str, Any]:
    """Fields of the metadata as ``Metadata`` has them, from their JSON."""
    lists = {name: tuple(value) for name, value in row.items() if isinstance(value, list)}
    if "repeals" in lists:
        lists["repeals"] = tuple(Repeal(**repeal) for repeal in lists["repeals"])
    return {**row, **lists}


def corrected_json(by_sidecar: Iterable[str], by_hand: Iterable[str]) -> str:
    """The names of the corrected fields by what corrected them."""
    names = {SIDECAR: sorted(by_sidecar), HAND: sorted(by_hand)}
    return to_json({by: listed for by, listed in names.items() if listed})


def corrected_of(row: str) -> tuple[tuple[str, str], ...]:
    """Each corrected field with what has the last word on it, from ``corrected_json``."""
    names = json.loads(row)
    marks = {**dict.fromkeys(names.get(SIDECAR, ()), SIDECAR), **dict.fromkeys(names.get(HAND, ()), HAND)}
    return tuple(sorted(marks.items()))


def edits_json(edits: Iterable[Edit]) -> str:
    """As ``[start, end, replacement, kind]``."""
    return to_json([[edit.raw.start, edit.raw.end, edit.replacement, edit.kind] for edit in edits])


def edits_of(row: str) -> tuple[Edit, ...]:
    """Back from ``edits_json``."""
    return tuple(Edit(Span(start, end), text, kind) for start, end, text, kind in json.loads(row))


def sections_json(sections: Iterable[Section]) -> str:
    """As ``[start, end, heading start, heading end, level, path]``."""
    return to_json(
        [[s.span.start, s.span.end, s.heading.start, s.heading.end, s.level, s.path] for s in sections]
    )


def sections_of(row: str) -> tuple[Section, ...]:
    """Back from ``sections_json``."""
    return tuple(
        Section(Span(start, end), Span(heading_start, heading_end), level, tuple(path))
        for start, end, heading_start, heading_end, level, path in json.loads(row)
    )


def passage_row(passage: Passage, ordinal: int) -> tuple[int, int, int, str, str]:
    """The values of ``PASSAGE_COLUMNS``."""
    sentences = [offset for sentence in passage.sentences for offset in (sentence.start, sentence.end)]
    return ordinal, passage.span.start, passage.span.end, to_json(passage.path), to_json(sentences)


def passage_of(document_id: str, text: str, row: Sequence[Any]) -> Passage:
    """A passage from the values of ``PASSAGE_COLUMNS`` and the text of its revision."""
    ordinal, start, end, path, sentences = row
    span = Span(start, end)
    offsets = json.loads(sentences)
    return Passage(
        id=passage_id(document_id, ordinal),
        document_id=document_id,
        span=span,
        text=span.of(text),
        path=tuple(json.loads(path)),
        sentences=tuple(map(Span, offsets[::2], offsets[1::2])),
    )


def record_of(row: Sequence[Any]) -> DocumentRecord:
    """A record from the values of ``RECORD_COLUMNS``."""
    (
        identity,
        origin,
        revision,
        sha256,
        metadata,
        characters,
        passages,
        ingested_at,
        fingerprint,
        corrected,
    ) = row
    return DocumentRecord(
        id=identity,
        origin=origin,
        revision=revision,
        sha256=sha256,
        metadata=metadata_of(metadata),
        characters=characters,
        passages=passages,
        ingested_at=ingested_at,
        fingerprint=fingerprint,
        corrected=corrected_of(corrected),
    )


def held_of(row: Sequence[Any]) -> Held:
    """What an ingest looks at of a document, from ``SELECT_HOLDINGS``."""
    identity, origin, sha256, fingerprint, first_sha256, current, by_hand = row
    return Held(identity, origin, sha256, fingerprint, first_sha256, bool(current), bool(by_hand))


def document_of(row: Sequence[Any]) -> Document:
    """A document from the values of ``DOCUMENT_COLUMNS``."""
    identity, origin, sha256, encoding, text, digest, edits, metadata, sections, pages, corrected = row
    return Document(
        id=identity,
        origin=origin,
        sha256=sha256,
        encoding=encoding,
        text=text,
        text_sha256=digest,
        edits=edits_of(edits),
        metadata=metadata_of(metadata),
        sections=sections_of(sections),
        pages=tuple(json.loads(pages)),
        corrected=corrected_of(corrected),
    )


def check_stored_form(document: Document, passages: Sequence[Passage]) -> None:
    """Raise ``ValueError`` where storing would lose something: a passage's text is stored as a span only."""
    if text_digest(document.text) != document.text_sha256:
        raise ValueError(f"text_sha256 is not that of the text: {document.id}")
    for ordinal, passage in enumerate(passages):
        if passage.id != passage_id(document.id, ordinal) or passage.document_id != document.id:
            raise ValueError(f"passage {passage.id} is not number {ordinal} of {document.id}")
        if passage.span.end > len(document.text) or passage.span.of(document.text) != passage.text:
            raise ValueError(f"passage {passage.id} is not what stands at its span")
