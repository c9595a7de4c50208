"""What a reader may ask of a document besides its text: the repairs made to it, and a check of an excerpt anew."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from ingest.errors import DocumentNotFound, LoadError, OriginalUnavailable
from ingest.formats.limits import Limits
from ingest.loaders import load_bytes, shown
from ingest.normal import simplify
from ingest.types import Document, Edit, Span
from service.answering.verify import Verdict, check
from service.assistant import Assistant


@dataclass(frozen=True, slots=True)
class Repair:
    """A repair: ``removed`` of the raw text became ``replacement``, which stands at ``place`` in the document's text.

    ``raw`` counts code points of the raw text; ``removed`` is ``None`` where the raw text cannot be had.
    """

    kind: str
    raw: Span
    place: Span
    removed: str | None
    replacement: str


@dataclass(frozen=True, slots=True)
class Repairs:
    """All repairs of a document, in order; ``reason`` says in Chinese why the raw words are missing, else empty."""

    rows: tuple[Repair, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Recheck:
    """An excerpt compared with the text as it is stored at ``checked_at`` (ISO, UTC).

    ``text_sha256`` is worked out from that text now; ``recorded_sha256`` is what was recorded when it was taken in.
    """

    verdict: Verdict
    text_sha256: str
    recorded_sha256: str
    checked_at: str


def reading_form(document: Document) -> tuple[str, int]:
    """The text in simplified script, of the same length, and how many characters differ from the text itself."""
    simplified = simplify(document.text)
    if simplified == document.text:
        return simplified, 0
    return simplified, sum(a != b for a, b in zip(document.text, simplified, strict=True))


def repairs_of(assistant: Assistant, document_id: str) -> Repairs:
    """The repairs of a document, with the words of the file where it is still as it was; raises DocumentNotFound."""
    document = assistant.document(document_id)
    raw, reason = "", ""
    if document.edits:
        try:
            origin, data = assistant.original(document_id)
            raw = _raw_text(document, data, origin, assistant.settings.limits)
        except (LoadError, OriginalUnavailable) as error:
            reason = str(error)
    return Repairs(_placed(document.edits, None if reason else raw), reason)


def _raw_text(document: Document, data: bytes, origin: str, limits: Limits) -> str:
    """The text of the file before any repair; raises LoadError where it is not what the repairs were made on."""
    raw = load_bytes(data, name=shown(origin), origin=origin, limits=limits).text
    if applied(raw, document.edits) != document.text:
        raise LoadError("原件现在读出的文字与导入时不同；请运行 dangjian ingest 重新导入")
    return raw


def applied(raw: str, edits: Sequence[Edit]) -> str:
    """The raw text with the edits made; they are in raw order and do not overlap."""
    parts: list[str] = []
    at = 0
    for edit in edits:
        parts += raw[at : edit.raw.start], edit.replacement
        at = edit.raw.end
    return "".join((*parts, raw[at:]))


def _placed(edits: Sequence[Edit], raw: str | None) -> tuple[Repair, ...]:
    rows, shift = [], 0  # raw offset minus text offset, behind the edits so far
    for edit in edits:
        start = edit.raw.start - shift
        place = Span(start, start + len(edit.replacement))
        removed = None if raw is None else edit.raw.of(raw)
        rows.append(Repair(edit.kind, edit.raw, place, removed, edit.replacement))
        shift += len(edit.raw) - len(edit.replacement)
    return tuple(rows)


def recheck(assistant: Assistant, document_id: str, span: Span, quote: str, text_sha256: str) -> Recheck:
    """Compare an excerpt with the library, read from the disk again; raises DocumentNotFound."""
    revision = assistant.generation.manifest.snapshot.get(document_id)
    if revision is None:
        raise DocumentNotFound(
            f"没有编号为 {document_id[:80]} 的资料，可能已经移除。请重新提问，或在资料列表里另选一份。"
        )
    document = assistant.library.document(document_id, revision)
    return Recheck(
        check(document, span, quote, text_sha256),
        hashlib.sha256(document.text.encode("utf-8", "surrogatepass")).hexdigest(),
        document.text_sha256,
        datetime.now(UTC).isoformat(timespec="seconds"),
    )
