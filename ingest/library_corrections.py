"""Corrections by hand in the library: kept by document, applied to every revision that is stored of it.

The current revision always has the corrections in it that the document has: both change in one transaction.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from ingest import library_revisions as revisions
from ingest import library_rows as rows
from ingest.corrections import SIDECAR, apply_corrections
from ingest.fields import Fields, Value

_CURRENT = f"SELECT r.revision, r.metadata, r.uncorrected, r.corrected FROM {rows.CURRENT} WHERE d.id = ?"


def by_hand(connection: sqlite3.Connection, document_id: str) -> Fields:
    """The corrections of a document."""
    row = connection.execute(
        "SELECT fields FROM corrections WHERE document_id = ?", (document_id,)
    ).fetchone()
    return _fields_of(row[0]) if row else {}


def correct(connection: sqlite3.Connection, document_id: str, changes: Mapping[str, Value | None]) -> bool:
    """Change a document's corrections, ``None`` taking one back; False where there is no such document."""
    current = connection.execute(_CURRENT, (document_id,)).fetchone()
    if current is None:
        return False
    before = by_hand(connection, document_id)
    after = {name: value for name, value in {**before, **changes}.items() if value is not None}
    if after != before:
        _write(connection, document_id, after)
        revision, metadata, uncorrected, corrected = current
        by_sidecar = json.loads(corrected).get(SIDECAR, [])
        values = revisions.metadata_values(rows.metadata_of(uncorrected or metadata), by_sidecar, after)
        revisions.copy(connection, document_id, revision, values)
    return True


def unapplied(connection: sqlite3.Connection) -> Iterator[str]:
    """The current documents whose metadata are not what their corrections make them; there should be none."""
    found = connection.execute(
        "SELECT d.id, r.metadata, r.uncorrected, coalesce(c.fields, '{}')"
        f" FROM {rows.CURRENT} LEFT JOIN corrections c ON c.document_id = d.id"
    )
    for document_id, metadata, uncorrected, fields in found:
        beneath = rows.metadata_of(uncorrected or metadata)
        if apply_corrections(beneath, _fields_of(fields)) != rows.metadata_of(metadata):
            yield document_id


def _write(connection: sqlite3.Connection, document_id: str, fields: Fields) -> None:
    connection.execute("DELETE FROM corrections WHERE document_id = ?", (document_id,))
    if fields:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        connection.execute(
            "INSERT INTO corrections VALUES (?, ?, ?)", (document_id, rows.to_json(fields), now)
        )


def _fields_of(row: str) -> Fields:
    return rows.values_of(json.loads(row))
