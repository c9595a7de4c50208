"""The library's cache of embeddings: vectors by (model revision, SHA-256 of the text that was embedded)."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]

_BATCH = 500  # digests in one statement


def fetch(
    connection: sqlite3.Connection, model_revision: str, digests: Collection[bytes]
) -> dict[bytes, Vector]:
    """The stored vectors among ``digests``."""
    found: dict[bytes, Vector] = {}
    wanted = list(digests)
    for start in range(0, len(wanted), _BATCH):
        batch = wanted[start : start + _BATCH]
        marks = ",".join("?" * len(batch))
        query = (
            f"SELECT text_sha256, vector FROM vectors WHERE model_revision = ? AND text_sha256 IN ({marks})"
        )
        for digest, vector in connection.execute(query, (model_revision, *batch)):
            found[digest] = np.frombuffer(vector, dtype="<f4").astype(np.float32)
    return found


def store(connection: sqlite3.Connection, model_revision: str, vectors: Mapping[bytes, Vector]) -> None:
    """Add or replace vectors."""
    connection.executemany(
        "INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)",
        ((model_revision, digest, vector.astype("<f4").tobytes()) for digest, vector in vectors.items()),
    )


def collect(connection: sqlite3.Connection, keep: Mapping[str, Collection[bytes]]) -> int:
    """Delete all vectors but those of ``keep``, digests by model revision; returns how many."""
    kept = {(model, digest) for model, digests in keep.items() for digest in digests}
    stored = connection.execute("SELECT model_revision, text_sha256 FROM vectors").fetchall()
    gone = [row for row in stored if row not in kept]
    connection.executemany("DELETE FROM vectors WHERE model_revision = ? AND text_sha256 = ?", gone)
    return len(gone)
