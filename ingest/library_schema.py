"""The tables of the library, and how one of our files is told from another program's, a newer one or a damaged one."""

from __future__ import annotations

import sqlite3
from enum import Enum
from pathlib import Path

from ingest.errors import LibraryBusy, LibraryError, LibraryTooNew

APPLICATION_ID = 0x646A7161  # "djqa"
SCHEMA_VERSION = 4

TABLES = """
CREATE TABLE documents (
    id            TEXT PRIMARY KEY,
    origin        TEXT NOT NULL,
    first_sha256  TEXT NOT NULL,      -- of the bytes that gave the id
    revision      INTEGER,            -- the current one; NULL once removed
    last_revision INTEGER NOT NULL,   -- never goes back, so that (id, revision) means one text for ever
    last_sha256   TEXT NOT NULL DEFAULT '',  -- of the bytes it was made of last, by which a removed one is known again
    removed_at    TEXT NOT NULL DEFAULT '',  -- when a person took it out; empty for what left with its file
    FOREIGN KEY (id, revision) REFERENCES revisions (document_id, revision) DEFERRABLE INITIALLY DEFERRED
);
CREATE UNIQUE INDEX documents_by_origin ON documents (origin) WHERE revision IS NOT NULL;

CREATE TABLE revisions (
    document_id TEXT NOT NULL REFERENCES documents (id),
    revision    INTEGER NOT NULL,
    sha256      TEXT NOT NULL,
    encoding    TEXT NOT NULL,
    text_sha256 TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    ingested_at TEXT NOT NULL,
    characters  INTEGER NOT NULL,
    passages    INTEGER NOT NULL,
    metadata    TEXT NOT NULL,
    sections    TEXT NOT NULL,
    edits       TEXT NOT NULL,
    text        TEXT NOT NULL,
    pages       TEXT NOT NULL DEFAULT '[]',  -- where the file's pages begin in the text
    corrected   TEXT NOT NULL DEFAULT '{}',  -- the names of the fields that people corrected, by "sidecar" and "hand"
    uncorrected TEXT NOT NULL DEFAULT '',    -- the metadata without corrections by hand, empty where there are none
    PRIMARY KEY (document_id, revision)
);
CREATE INDEX revisions_by_sha256 ON revisions (sha256);

CREATE TABLE passages (               -- the text of a passage is text[start:end] of its revision
    document_id TEXT NOT NULL,
    revision    INTEGER NOT NULL,
    ordinal     INTEGER NOT NULL,
    start       INTEGER NOT NULL,
    "end"       INTEGER NOT NULL,
    path        TEXT NOT NULL,
    sentences   TEXT NOT NULL,
    PRIMARY KEY (document_id, revision, ordinal),
    FOREIGN KEY (document_id, revision) REFERENCES revisions (document_id, revision) ON DELETE CASCADE
) WITHOUT ROWID;

CREATE TABLE vectors (
    model_revision TEXT NOT NULL,
    text_sha256    BLOB NOT NULL,
    vector         BLOB NOT NULL,     -- float32, little-endian
    PRIMARY KEY (model_revision, text_sha256)
);

CREATE TABLE corrections (            -- what people know better than the text; outlives every ingest
    document_id TEXT PRIMARY KEY REFERENCES documents (id),
    fields      TEXT NOT NULL,        -- a JSON object with fields of the metadata
    changed_at  TEXT NOT NULL
);
"""

UPGRADES = {
    1: (
        "ALTER TABLE revisions ADD COLUMN pages TEXT NOT NULL DEFAULT '[]'",
        "CREATE TABLE corrections (document_id TEXT PRIMARY KEY REFERENCES documents (id),"
        " fields TEXT NOT NULL, changed_at TEXT NOT NULL)",
    ),
    2: (
        "ALTER TABLE revisions ADD COLUMN corrected TEXT NOT NULL DEFAULT '{}'",
        "ALTER TABLE revisions ADD COLUMN uncorrected TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE documents ADD COLUMN last_sha256 TEXT NOT NULL DEFAULT ''",
        "UPDATE documents SET last_sha256 = coalesce((SELECT r.sha256 FROM revisions r WHERE"
        " r.document_id = documents.id AND r.revision = documents.revision), first_sha256)",
    ),
    3: ("ALTER TABLE documents ADD COLUMN removed_at TEXT NOT NULL DEFAULT ''",),
}
"""The statements that take a library of an older version one version on."""


class Kind(Enum):
    """What a database file is to us."""

    FRESH = "fresh"
    OLD = "old"
    OURS = "ours"


def identify(connection: sqlite3.Connection, path: Path) -> Kind:
    """Whether the file is an empty database, a library of ours or one of an older version. Raises ``LibraryError`` for anything else."""
    application_id, version, tables = labels(connection)
    if (application_id, version, tables) == (0, 0, 0):
        return Kind.FRESH
    if application_id != APPLICATION_ID:
        raise LibraryError(f"{path} 是别的程序的数据库，不是资料库；请用 --home 换一个数据文件夹")
    if version > SCHEMA_VERSION:
        raise LibraryTooNew(
            f"资料库 {path} 由更新版本的程序写成（格式 {version}，本程序只认到 {SCHEMA_VERSION}）；请升级本程序"
        )
    return Kind.OURS if version == SCHEMA_VERSION else Kind.OLD


def labels(connection: sqlite3.Connection) -> tuple[int, int, int]:
    """The application id, the schema version and the number of tables and indexes, all of one moment.

    Read one by one outside a transaction they could be of two: before and after another process laid out the file.
    """
    alone = not connection.in_transaction
    if alone:
        connection.execute("BEGIN")
    (application_id,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if alone:
        connection.execute("COMMIT")
    return application_id, version, tables


def create_tables(connection: sqlite3.Connection) -> None:
    """Lay out an empty database, inside the caller's transaction."""
    for statement in TABLES.split(";\n"):
        if statement.strip():
            connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def upgrade(connection: sqlite3.Connection) -> None:
    """Bring a library of an older version up to this one, inside the caller's transaction. Nothing is lost."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    for step in range(version, SCHEMA_VERSION):
        for statement in UPGRADES[step]:
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def explain(error: sqlite3.Error, path: Path) -> LibraryError:
    """What an SQLite error means to the user, with the fix."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_FORMAT):
        return LibraryError(
            f"资料库 {path} 已损坏或不是资料库；请把这个文件移走（或从备份恢复），再运行 dangjian ingest 重新导入"
        )
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return LibraryBusy(f"资料库 {path} 正被另一个程序写入；请等它结束后再试")
    if code == sqlite3.SQLITE_READONLY:
        return LibraryError(
            f"资料库 {path} 是只读的；请修改文件和文件夹的写权限，或用 --home 换一个数据文件夹"
        )
    if code == sqlite3.SQLITE_CANTOPEN:
        return LibraryError(f"资料库 {path} 打不开；请检查路径和权限，或用 --home 换一个数据文件夹")
    if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
        return LibraryError(f"读写资料库 {path} 时磁盘出错或已满；请检查磁盘空间后再试")
    return LibraryError(f"读写资料库 {path} 时出错（{error}）；请运行 dangjian doctor 检查")
