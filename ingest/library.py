"""The library: every document with its passages, in one SQLite file. The truth that indexes are rebuilt from.

A document has revisions. Readers of an older index generation go on reading the revisions that it was built from
(its snapshot) while a document is replaced; what nobody needs any more leaves with ``collect_garbage``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from types import TracebackType

from filelock import FileLock, Timeout

from ingest import library_check, library_corrections, library_vectors
from ingest import library_revisions as revisions
from ingest import library_rows as rows
from ingest.corrections import Changes, read_changes
from ingest.errors import DocumentNotFound, LibraryBusy, LibraryError
from ingest.fields import Fields
from ingest.holdings import Held
from ingest.library_connections import Connections, check_existing, connect_without_trace, create_missing
from ingest.library_removals import Removals
from ingest.library_rows import DocumentRecord
from ingest.library_schema import explain
from ingest.library_vectors import Vector
from ingest.types import Document, Metadata, Passage

__all__ = ["DocumentRecord", "Library", "PassageKey"]

PassageKey = tuple[str, int, int]
"""``(document id, revision, ordinal)``."""


class Library:
    """One library file. Safe to share between threads; other processes may read it, and one at a time write it."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self.removals = Removals(connections)

    @classmethod
    def open(cls, path: Path) -> Library:
        """The library at ``path``, which is not changed by opening or reading.

        Raises ``LibraryMissing`` where there is none, ``LibraryTooNew`` or ``LibraryError`` where it cannot be used.
        """
        check_existing(path)
        return cls(Connections(path))

    @classmethod
    def create(cls, path: Path) -> Library:
        """The library at ``path``, made if there is none yet. Raises like ``open``."""
        create_missing(path)
        return cls.open(path)

    @staticmethod
    def peek(path: Path) -> tuple[Held, ...]:
        """What ``holdings`` would tell of the library at ``path``, without leaving a trace. Raises like ``open``."""
        check_existing(path, connect_without_trace)
        try:
            with closing(connect_without_trace(path)) as connection:
                return tuple(map(rows.held_of, connection.execute(rows.SELECT_HOLDINGS)))
        except sqlite3.Error as error:
            raise explain(error, path) from error

    @property
    def path(self) -> Path:
        """Where the library is."""
        return self._connections.path

    def close(self) -> None:
        """Let go of the file."""
        self._connections.close()

    def __enter__(self) -> Library:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def ingest_lock(self) -> Iterator[None]:
        """Held by whoever ingests; raises ``LibraryBusy`` at once while another process or thread does.

        The operating system lets go of it when its holder dies.
        """
        lock = FileLock(self.path.with_name(self.path.name + ".lock"), timeout=0, thread_local=False)
        try:
            lock.acquire()
        except Timeout:
            raise LibraryBusy(f"另一个导入正在进行（资料库 {self.path}）；请等它结束后再试") from None
        except OSError as error:
            raise LibraryError(f"无法在 {self.path.parent} 建立锁文件；请检查文件夹的写权限") from error
        try:
            yield
        finally:
            lock.release()

    # --- writing ------------------------------------------------------------------------------------------------

    def put(self, document: Document, passages: Sequence[Passage], *, fingerprint: str) -> int:
        """Store a new revision of ``document`` and make it current, in one transaction; returns its number.

        The document's origin becomes that given; what was corrected by hand is corrected in it. Raises ``LibraryError`` where another document has that origin,
        ``ValueError`` where a passage is not what stands at its span.
        """
        with self._connections.writing() as connection:
            rows.check_stored_form(document, passages)
            self._check_origin_free(connection, document.id, document.origin)
            connection.execute(
                "INSERT INTO documents VALUES (:id, :origin, :sha256, NULL, 0, :sha256, '')"
                " ON CONFLICT (id) DO UPDATE SET origin = excluded.origin, last_sha256 = excluded.last_sha256,"
                " removed_at = ''",
                {"id": document.id, "origin": document.origin, "sha256": document.sha256},
            )
            revision = revisions.next_number(connection, document.id)
            hand = library_corrections.by_hand(connection, document.id)
            revisions.insert(connection, document, passages, revision, fingerprint, hand)
        return revision

    def move(self, document_id: str, origin: str) -> None:
        """Note that a document's file is now at ``origin``. Raises ``DocumentNotFound``."""
        with self._connections.writing() as connection:
            self._check_origin_free(connection, document_id, origin)
            self._change(connection, "origin = ?", origin, document_id)

    def remove(self, document_id: str) -> None:
        """Take out a document whose file is gone; its revisions stay until they are collected. Raises ``DocumentNotFound``.

        What people take out goes by ``removals``.
        """
        with self._connections.writing() as connection:
            self._change(connection, "revision = ?", None, document_id)

    def collect_garbage(self, keep: Iterable[Mapping[str, int]] = (), *, removed_before: str = "") -> int:
        """Delete the revisions that are neither current nor in a snapshot of ``keep``; returns how many.

        What people removed can be restored, unless it was ``removed_before`` that ISO time in UTC.
        """
        kept = {item for snapshot in keep for item in snapshot.items()}
        with self._connections.writing() as connection:
            old = connection.execute(
                "SELECT r.document_id, r.revision FROM revisions r JOIN documents d ON d.id = r.document_id"
                " WHERE d.revision IS NOT r.revision AND NOT"
                " (d.removed_at != '' AND d.removed_at >= ? AND r.revision = d.last_revision)",
                (removed_before,),
            ).fetchall()
            gone = [row for row in old if row not in kept]
            connection.executemany("DELETE FROM revisions WHERE document_id = ? AND revision = ?", gone)
        return len(gone)

    def correct(self, document_id: str, changes: Changes) -> None:
        """Correct fields of a document's metadata by hand, or take corrections back, in one transaction.

        Where it changes anything the document gets a new revision, so that readers of the old one go on reading
        that. Raises ``DocumentNotFound`` and, for what is no field or no value of one, ``CorrectionError``.
        """
        checked = read_changes(changes)
        with self._connections.writing() as connection:
            if not library_corrections.correct(connection, document_id, checked):
                raise DocumentNotFound(revisions.not_found(document_id))

    # --- reading ------------------------------------------------------------------------------------------------

    def records(self) -> tuple[DocumentRecord, ...]:
        """The current documents, by origin."""
        return self._records("TRUE ORDER BY d.origin")

    def record(self, document_id: str) -> DocumentRecord:
        """One current document. Raises ``DocumentNotFound``."""
        found = self._records("d.id = ?", document_id)
        if not found:
            raise DocumentNotFound(revisions.not_found(document_id))
        return found[0]

    def holdings(self) -> tuple[Held, ...]:
        """All documents, also those removed, as an ingest looks at them."""
        with self._connections.reading() as connection:
            return tuple(map(rows.held_of, connection.execute(rows.SELECT_HOLDINGS)))

    def corrections(self, document_id: str) -> Fields:
        """What was corrected by hand in a document, be it removed; empty where nothing was."""
        with self._connections.reading() as connection:
            return library_corrections.by_hand(connection, document_id)

    def detected(self, document_id: str) -> Metadata:
        """What is known of a document but for corrections by hand. Raises ``DocumentNotFound``."""
        with self._connections.reading() as connection:
            metadata, uncorrected = revisions.row(connection, "r.metadata, r.uncorrected", document_id, None)
            return rows.metadata_of(uncorrected or metadata)

    def find_by_origin(self, origin: str) -> DocumentRecord | None:
        """The current document whose file is at ``origin``."""
        return next(iter(self._records("d.origin = ?", origin)), None)

    def find_by_sha256(self, sha256: str) -> tuple[DocumentRecord, ...]:
        """The current documents whose file has this content, by origin."""
        return self._records("r.sha256 = ? ORDER BY d.origin", sha256)

    def document(self, document_id: str, revision: int | None = None) -> Document:
        """A document, in the given revision or the current one. Raises ``DocumentNotFound``."""
        with self._connections.reading() as connection:
            return rows.document_of(revisions.row(connection, rows.DOCUMENT_COLUMNS, document_id, revision))

    def passages(self, document_id: str, revision: int | None = None) -> tuple[Passage, ...]:
        """The passages of a document in order. Raises ``DocumentNotFound``."""
        with self._connections.reading() as connection:
            number, text = revisions.row(connection, "r.revision, r.text", document_id, revision)
            found = connection.execute(rows.SELECT_PASSAGES, (document_id, number))
            return tuple(rows.passage_of(document_id, text, row) for row in found)

    def passage(self, document_id: str, revision: int, ordinal: int) -> Passage:
        """One passage. Raises ``DocumentNotFound``."""
        return self.passages_at([(document_id, revision, ordinal)])[0]

    def passages_at(self, keys: Sequence[PassageKey]) -> tuple[Passage, ...]:
        """The passages with these keys, in the order asked. Raises ``DocumentNotFound`` where one is not there."""
        texts: dict[tuple[str, int], str] = {}
        found: list[Passage] = []
        with self._connections.reading() as connection:
            for document_id, revision, ordinal in keys:
                if (document_id, revision) not in texts:
                    (texts[document_id, revision],) = revisions.row(
                        connection, "r.text", document_id, revision
                    )
                row = connection.execute(rows.SELECT_PASSAGE, (document_id, revision, ordinal)).fetchone()
                if row is None:
                    raise DocumentNotFound(revisions.not_found(rows.passage_id(document_id, ordinal)))
                found.append(rows.passage_of(document_id, texts[document_id, revision], row))
        return tuple(found)

    def snapshot(self) -> dict[str, int]:
        """The current revision of every document, by id."""
        with self._connections.reading() as connection:
            return dict(
                connection.execute(
                    "SELECT id, revision FROM documents WHERE revision IS NOT NULL ORDER BY id"
                )
            )

    def state_hash(self) -> str:
        """A hash (hex) of all current documents and passages: equal for libraries that hold the same.

        Revision numbers, times and what was removed do not count.
        """
        with self._connections.reading() as connection:
            return library_check.state_hash(connection)

    def problems(self) -> tuple[str, ...]:
        """What a thorough check of the file finds wrong, in Chinese; empty when all is well. Reads everything."""
        with self._connections.reading() as connection:
            return library_check.problems(connection, self.path)

    # --- the embedding cache ------------------------------------------------------------------------------------

    def cached_vectors(self, model_revision: str, digests: Collection[bytes]) -> dict[bytes, Vector]:
        """The stored vectors of these texts (SHA-256 digests of what was embedded); those not stored are left out."""
        with self._connections.reading() as connection:
            return library_vectors.fetch(connection, model_revision, digests)

    def store_vectors(self, model_revision: str, vectors: Mapping[bytes, Vector]) -> None:
        """Remember vectors by the SHA-256 digest of the text that was embedded, in one transaction."""
        with self._connections.writing() as connection:
            library_vectors.store(connection, model_revision, vectors)

    def collect_vectors(self, keep: Mapping[str, Collection[bytes]]) -> int:
        """Delete the vectors that are not of ``keep`` (digests by model revision); returns how many."""
        with self._connections.writing() as connection:
            return library_vectors.collect(connection, keep)

    # ------------------------------------------------------------------------------------------------------------

    def _records(self, condition: str, *values: str) -> tuple[DocumentRecord, ...]:
        with self._connections.reading() as connection:
            found = connection.execute(
                f"SELECT {rows.RECORD_COLUMNS} FROM {rows.CURRENT} WHERE {condition}", values
            )
            return tuple(map(rows.record_of, found))

    def _check_origin_free(self, connection: sqlite3.Connection, document_id: str, origin: str) -> None:
        if other := revisions.holder_of(connection, origin, document_id):
            raise LibraryError(
                f"{origin} 已经是文档 {other} 的来源；请先运行 dangjian documents remove {other}"
            )

    def _change(
        self, connection: sqlite3.Connection, assignment: str, value: str | None, document_id: str
    ) -> None:
        query = f"UPDATE documents SET {assignment} WHERE id = ? AND revision IS NOT NULL"
        if not connection.execute(query, (value, document_id)).rowcount:
            raise DocumentNotFound(revisions.not_found(document_id))
