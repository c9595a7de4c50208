"""What people took out of a library by hand: it stays as it was, out of sight, so that it can be put back.

A removed document keeps its last revision and its corrections; restoring it only makes that revision current again.
A file of the same content that is found in a folder does not bring it back (``ingest.planning``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from ingest import library_revisions as revisions
from ingest import library_rows as rows
from ingest.errors import DocumentNotFound, NotRestorable
from ingest.library_connections import Connections
from ingest.library_rows import DocumentRecord

_LAST = "documents d JOIN revisions r ON r.document_id = d.id AND r.revision = d.last_revision"


@dataclass(frozen=True, slots=True)
class Removed:
    """A document that can be restored, as it was; ``removed_at`` is an ISO time in UTC."""

    record: DocumentRecord
    removed_at: str


class Removals:
    """The documents of one library that people removed."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def remove(self, document_id: str) -> None:
        """Take a document out until it is restored. Raises ``DocumentNotFound``."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with self._connections.writing() as connection:
            done = connection.execute(
                "UPDATE documents SET revision = NULL, removed_at = ? WHERE id = ? AND revision IS NOT NULL",
                (now, document_id),
            )
            if not done.rowcount:
                raise DocumentNotFound(revisions.not_found(document_id))

    def restore(self, document_id: str) -> None:
        """Put a removed document back as it was; one that is there already stays as it is.

        Raises ``DocumentNotFound`` where there was none, ``NotRestorable`` where its text was cleared away or another
        document has its origin by now.
        """
        with self._connections.writing() as connection:
            row = connection.execute(
                "SELECT origin, revision FROM documents WHERE id = ?", (document_id,)
            ).fetchone()
            if row is None:
                raise DocumentNotFound(revisions.not_found(document_id))
            if row[1] is not None:
                return
            if not connection.execute(f"SELECT 1 FROM {_LAST} WHERE d.id = ?", (document_id,)).fetchone():
                raise NotRestorable("这份资料移除已久，内容已经清理，恢复不了；请重新导入或上传原文件")
            if other := revisions.holder_of(connection, row[0], document_id):
                raise NotRestorable(
                    f"原来的位置现在是另一份资料（编号 {other}）；请先移除那一份，再恢复这一份"
                )
            connection.execute(
                "UPDATE documents SET revision = last_revision, removed_at = '' WHERE id = ?", (document_id,)
            )

    def all(self) -> tuple[Removed, ...]:
        """The documents that can be restored, the one removed last first."""
        with self._connections.reading() as connection:
            found = connection.execute(
                f"SELECT d.removed_at, {rows.RECORD_COLUMNS} FROM {_LAST}"
                " WHERE d.revision IS NULL AND d.removed_at != '' ORDER BY d.removed_at DESC, d.id"
            )
            return tuple(Removed(rows.record_of(row), removed_at) for removed_at, *row in found)
