"""The tables of the conversations, and how our file is told from another program's, a newer one or a damaged one."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from ingest.library_schema import labels
from service.errors import ConversationError

APPLICATION_ID = 0x646A6376  # "djcv"
SCHEMA_VERSION = 1

_TABLES = (
    """CREATE TABLE conversations (
        id      TEXT PRIMARY KEY,
        owner   TEXT NOT NULL,      -- the token of a browser; empty where none was given
        title   TEXT NOT NULL,
        created TEXT NOT NULL,      -- ISO times in UTC
        updated TEXT NOT NULL
    )""",
    "CREATE INDEX conversations_by_owner ON conversations (owner, updated)",
    """CREATE TABLE turns (
        conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
        ordinal  INTEGER NOT NULL,
        question TEXT NOT NULL,
        resolved TEXT NOT NULL,     -- the question as it was understood; empty where it was taken as it stands
        answer   TEXT NOT NULL,     -- the answer as the API gave it, in JSON
        asked_at TEXT NOT NULL,
        PRIMARY KEY (conversation_id, ordinal)
    ) WITHOUT ROWID""",
    f"PRAGMA application_id = {APPLICATION_ID}",
    f"PRAGMA user_version = {SCHEMA_VERSION}",
)


def is_fresh(connection: sqlite3.Connection, path: Path) -> bool:
    """Whether the database is empty; raises ConversationError where it is not ours or of another version."""
    application_id, version, tables = labels(connection)
    if (application_id, version, tables) == (0, 0, 0):
        return True
    if application_id != APPLICATION_ID:
        raise ConversationError(
            f"{path} 是别的程序的数据库，不是对话记录；请把它移走，或用 --home 换一个数据文件夹"
        )
    if version > SCHEMA_VERSION:
        raise ConversationError(
            f"对话记录 {path} 由更新版本的程序写成（格式 {version}，本程序只认到 {SCHEMA_VERSION}）；请升级本程序"
        )
    return False


def create_tables(connection: sqlite3.Connection) -> None:
    """Lay out an empty database, inside the caller's transaction."""
    for statement in _TABLES:
        connection.execute(statement)


def explain(error: sqlite3.Error, path: Path) -> ConversationError:
    """What an SQLite error means to the user, with the fix."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_FORMAT):
        return ConversationError(f"对话记录 {path} 已损坏；请把这个文件移走（或从备份恢复）后再试")
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return ConversationError(f"对话记录 {path} 正被另一个程序写入；请稍后再试")
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN):
        return ConversationError(
            f"对话记录 {path} 打不开或是只读的；请检查路径和写权限，或设置 DANGJIAN_KEEP_CONVERSATIONS=false"
        )
    if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
        return ConversationError(f"读写对话记录 {path} 时磁盘出错或已满；请检查磁盘空间后再试")
    return ConversationError(f"读写对话记录 {path} 时出错（{error}）；请检查这个文件，或把它移走后再试")
