"""A SQLite file of the service's own, beside the library: made with the first write, opened anew by each call.

Our file is told from another program's, from a newer version's and from a damaged one before anything is read.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ingest.library_connections import connect, switch_to_wal
from ingest.library_schema import labels
from service.errors import ServiceError


@dataclass(frozen=True, slots=True)
class Layout:
    """What is in a file: ``name`` is what users call it, ``tables`` the statements that lay it out.

    ``error`` is raised where the file cannot be used; ``without_it`` (Chinese) is what helps where it cannot be written.
    ``upgrades`` takes a file of an older version, by its number, one version on; it is done with the next write, so
    reading meets files of older versions too.
    """

    name: str
    application_id: int
    version: int
    tables: tuple[str, ...]
    error: type[ServiceError]
    without_it: str
    upgrades: Mapping[int, tuple[str, ...]] = field(default_factory=dict)

    def is_fresh(self, connection: sqlite3.Connection, path: Path) -> bool:
        """Whether the database is empty; raises ``error`` where it is not ours or of another version."""
        application_id, version, tables = labels(connection)
        if (application_id, version, tables) == (0, 0, 0):
            return True
        if application_id != self.application_id:
            raise self.error(
                f"{path} 是别的程序的数据库，不是{self.name}；请把它移走，或用 --home 换一个数据文件夹"
            )
        if version > self.version:
            raise self.error(
                f"{self.name} {path} 由更新版本的程序写成（格式 {version}，本程序只认到 {self.version}）；请升级本程序"
            )
        return False

    def create(self, connection: sqlite3.Connection) -> None:
        """Lay out an empty database, inside the caller's transaction."""
        for statement in self.tables:
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {self.application_id}")
        connection.execute(f"PRAGMA user_version = {self.version}")

    def upgrade(self, connection: sqlite3.Connection) -> None:
        """Bring a file of an older version up to this one, inside the caller's transaction. Nothing is lost."""
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        for step in range(version, self.version):
            for statement in self.upgrades[step]:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {self.version}")

    def explain(self, error: sqlite3.Error, path: Path) -> ServiceError:
        """What an SQLite error means to the user, with the fix."""
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_FORMAT):
            return self.error(f"{self.name} {path} 已损坏；请把这个文件移走（或从备份恢复）后再试")
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return self.error(f"{self.name} {path} 正被另一个程序写入；请稍后再试")
        if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN):
            return self.error(f"{self.name} {path} 打不开或是只读的；请检查路径和写权限，{self.without_it}")
        if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
            return self.error(f"读写{self.name} {path} 时磁盘出错或已满；请检查磁盘空间后再试")
        return self.error(f"读写{self.name} {path} 时出错（{error}）；请检查这个文件，或把它移走后再试")


class OwnFile:
    """The file at ``path``. Safe between threads and processes. All methods raise the layout's error."""

    def __init__(self, path: Path, layout: Layout) -> None:
        self.path = path
        self._layout = layout

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection | None]:
        """A connection that sees one moment, ``None`` where nothing was ever kept."""
        if not self.path.exists():
            yield None
            return
        with self._connected("rw") as connection:
            connection.execute("PRAGMA query_only = ON")
            connection.execute("BEGIN")
            yield None if self._layout.is_fresh(connection, self.path) else connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A connection inside a write transaction, committed at the end and undone on any error."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._layout.error(
                f"无法建立数据文件夹 {self.path.parent}；请检查路径和权限，或用 --home 换一个"
            ) from error
        with self._connected("rwc") as connection:
            if self._layout.is_fresh(connection, self.path):
                switch_to_wal(connection)
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("BEGIN IMMEDIATE")
            if self._layout.is_fresh(connection, self.path):
                self._layout.create(connection)
            self._layout.upgrade(connection)
            yield connection
            connection.execute("COMMIT")

    @contextmanager
    def _connected(self, mode: str) -> Iterator[sqlite3.Connection]:
        """A connection that is closed in any case, which undoes what is not committed."""
        try:
            connection = connect(self.path, mode)
            try:
                yield connection
            finally:
                connection.close()
        except sqlite3.Error as error:
            raise self._layout.explain(error, self.path) from error
