"""The revisions of a document: what is written when a document is stored or only its metadata change."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from ingest import library_rows as rows
from ingest.corrections import SIDECAR, apply_corrections
from ingest.errors import DocumentNotFound
from ingest.fields import Fields
from ingest.types import Document, Metadata, Passage

_SAME = "sha256, encoding, text_sha256, fingerprint, ingested_at, characters, passages, sections, edits, text, pages"


def next_number(connection: sqlite3.Connection, document_id: str) -> int:
    """Make a new revision of a document the current one; it has to be written in the same transaction."""
    (revision,) = connection.execute(
        "UPDATE documents SET last_revision = last_revision + 1, revision = last_revision + 1"
        " WHERE id = ? RETURNING revision",
        (document_id,),
    ).fetchone()
    return int(revision)


def insert(
    connection: sqlite3.Connection,
    document: Document,
    passages: Sequence[Passage],
    revision: int,
    fingerprint: str,
    hand: Fields,
) -> None:
    """Write a revision; ``hand`` is applied to the document's metadata."""
    by_sidecar = [name for name, by in document.corrected if by == SIDECAR]
    connection.execute(
        f"INSERT INTO revisions (document_id, revision, {_SAME}, metadata, corrected, uncorrected)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            document.id,
            revision,
            document.sha256,
            document.encoding,
            document.text_sha256,
            fingerprint,
            datetime.now(UTC).isoformat(timespec="seconds"),
            len(document.text),
            len(passages),
            rows.sections_json(document.sections),
            rows.edits_json(document.edits),
            document.text,
            rows.to_json(document.pages),
            *metadata_values(document.metadata, by_sidecar, hand),
        ),
    )
    connection.executemany(
        "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            (document.id, revision, *rows.passage_row(passage, number))
            for number, passage in enumerate(passages)
        ),
    )


def copy(
    connection: sqlite3.Connection, document_id: str, from_revision: int, values: tuple[str, str, str]
) -> None:
    """Make a revision current that differs from another one in its ``metadata_values`` only."""
    revision = next_number(connection, document_id)
    connection.execute(
        f"INSERT INTO revisions (document_id, revision, {_SAME}, metadata, corrected, uncorrected)"
        f" SELECT document_id, ?, {_SAME}, ?, ?, ? FROM revisions WHERE document_id = ? AND revision = ?",
        (revision, *values, document_id, from_revision),
    )
    connection.execute(
        f"INSERT INTO passages (document_id, revision, {rows.PASSAGE_COLUMNS})"
        f" SELECT document_id, ?, {rows.PASSAGE_COLUMNS} FROM passages WHERE document_id = ? AND revision = ?",
        (revision, document_id, from_revision),
    )


def metadata_values(uncorrected: Metadata, by_sidecar: Sequence[str], hand: Fields) -> tuple[str, str, str]:
    """The columns metadata, corrected and uncorrected of a revision."""
    return (
        rows.metadata_json(apply_corrections(uncorrected, hand)),
        rows.corrected_json(by_sidecar, hand),
        rows.metadata_json(uncorrected) if hand else "",
    )


def row(
    connection: sqlite3.Connection, columns: str, document_id: str, revision: int | None
) -> Sequence[Any]:
    """``columns`` of one revision, the current one where none is given. Raises ``DocumentNotFound``."""
    found: Sequence[Any] | None = connection.execute(
        f"SELECT {columns} FROM documents d JOIN revisions r ON r.document_id = d.id"
        " WHERE d.id = ? AND r.revision = coalesce(?, d.revision)",
        (document_id, revision),
    ).fetchone()
    if found is None:
        raise DocumentNotFound(not_found(document_id))
    return found


def holder_of(connection: sqlite3.Connection, origin: str, document_id: str) -> str:
    """The current document other than ``document_id`` whose file is at ``origin``, empty where there is none."""
    query = "SELECT id FROM documents WHERE origin = ? AND revision IS NOT NULL AND id IS NOT ?"
    other = connection.execute(query, (origin, document_id)).fetchone()
    return str(other[0]) if other else ""


def not_found(name: str) -> str:
    """What to say where there is no document or passage ``name``."""
    return f"资料库里没有 {name}，或者这一版已被清理；可运行 dangjian documents 查看现有文档"
