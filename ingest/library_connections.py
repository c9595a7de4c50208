"""SQLite connections that threads share: many readers, one writer, every error explained in Chinese."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from ingest.errors import LibraryError, LibraryMissing, LibraryTooOld
from ingest.library_schema import Kind, create_tables, explain, identify, upgrade

BUSY_SECONDS = 10.0


class Connections:
    """The connections to one library file.

    A reader is borrowed for the length of one read transaction and given back, so there are never more than there
    were reads at once, whatever threads come and go. The writer is one, behind a lock; between processes SQLite's
    own write lock decides. ``synchronous=FULL``: a commit is on the disk before an index generation that names its
    revision is (one fsync for each document; NORMAL could lose it in a power cut and give its number away again).
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._process = os.getpid()
        self._idle: list[sqlite3.Connection] = []
        self._writer: sqlite3.Connection | None = None
        self._closed = False
        self._guard = threading.Lock()
        self._write_lock = threading.Lock()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection inside a read transaction: all it reads is of one moment."""
        with self._explained():
            connection = self._borrow()
            try:
                connection.execute("BEGIN")
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                connection.close()
                raise
            self._give_back(connection)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A connection inside a write transaction, committed at the end and undone on any error."""
        with self._write_lock, self._explained():
            self._check_open()
            if self._writer is None:
                self._writer = connect(self.path, "rw")
                self._writer.execute("PRAGMA foreign_keys = ON")
                self._writer.execute("PRAGMA synchronous = FULL")
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
                self._writer.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    self._writer.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Close every connection; one that is in use closes when it is given back."""
        with self._write_lock, self._guard:
            self._closed = True
            for connection in (*self._idle, *([self._writer] if self._writer else [])):
                connection.close()
            self._idle, self._writer = [], None

    def _borrow(self) -> sqlite3.Connection:
        with self._guard:
            self._check_open()
            if self._idle:
                return self._idle.pop()
        return connect_reader(self.path)

    def _give_back(self, connection: sqlite3.Connection) -> None:
        with self._guard:
            if self._closed:
                connection.close()
            else:
                self._idle.append(connection)

    def _check_open(self) -> None:
        if self._closed:
            raise LibraryError(f"资料库 {self.path} 已经关闭；请重新打开")
        if self._process != os.getpid():  # SQLite connections must not cross a fork
            self._process, self._idle, self._writer = os.getpid(), [], None

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise explain(error, self.path) from error
        except UnicodeEncodeError as error:
            raise LibraryError(
                "文字里有无法保存的字符（半个代理对）；请把原文件另存为 UTF-8 后再导入"
            ) from error


def connect(path: Path, mode: str, *, immutable: bool = False) -> sqlite3.Connection:
    """A connection in SQLite's ``mode`` (ro, rw, rwc), with transactions left to the caller."""
    uri = f"file:{quote(str(path))}?mode={mode}" + ("&immutable=1" if immutable else "")
    return sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)


def connect_reader(path: Path) -> sqlite3.Connection:
    """A connection that cannot write, on a read-only medium too."""
    connection = connect(path, "ro")
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        connection.close()
        if os.access(path.parent, os.W_OK) or _has_log(path):
            raise
        return connect(path, "ro", immutable=True)  # no log, and nobody here may write one
    return connection


def connect_without_trace(path: Path) -> sqlite3.Connection:
    """A connection for one short look, which leaves no side files either: only where there is no log to read."""
    return connect_reader(path) if _has_log(path) else connect(path, "ro", immutable=True)


def _has_log(path: Path) -> bool:
    wal = path.with_name(path.name + "-wal")
    return wal.exists() and wal.stat().st_size > 0


def check_existing(path: Path, connect_to: Callable[[Path], sqlite3.Connection] = connect_reader) -> None:
    """Raise ``LibraryError`` unless ``path`` is a library of ours; never writes."""
    if not path.exists():
        raise LibraryMissing(f"还没有资料库（{path}）；请先运行 dangjian ingest 导入资料")
    _refuse_folder(path)
    try:
        connection = connect_to(path)
        try:
            kind = identify(connection, path)
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise explain(error, path) from error
    if kind is Kind.FRESH:
        raise LibraryMissing(f"资料库 {path} 还是空的；请先运行 dangjian ingest 导入资料")
    if kind is Kind.OLD:
        raise LibraryTooOld(
            f"资料库 {path} 由旧版本的程序写成；请运行 dangjian ingest --rebuild 升级，资料不会丢失"
        )


def create_missing(path: Path) -> None:
    """Make ``path`` a library of ours where it is not yet, of this version where it is older; safe when several processes do so at once."""
    _refuse_folder(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = connect(path, "rwc")
        try:
            if (kind := identify(connection, path)) is not Kind.OURS:
                if kind is Kind.FRESH:
                    switch_to_wal(connection)
                connection.execute("BEGIN IMMEDIATE")
                _bring_up_to_date(
                    connection, identify(connection, path)
                )  # still, now that no other process can
                connection.execute("COMMIT")
        finally:
            connection.close()
    except OSError as error:
        raise LibraryError(
            f"无法建立数据文件夹 {path.parent}；请检查路径和权限，或用 --home 换一个"
        ) from error
    except sqlite3.Error as error:
        raise explain(error, path) from error


def _bring_up_to_date(connection: sqlite3.Connection, kind: Kind) -> None:
    if kind is Kind.FRESH:
        create_tables(connection)
    elif kind is Kind.OLD:
        upgrade(connection)


def _refuse_folder(path: Path) -> None:
    if path.is_dir():
        raise LibraryError(f"{path} 是文件夹，不是资料库文件；请把它移走，或用 --home 换一个数据文件夹")


def switch_to_wal(connection: sqlite3.Connection) -> None:
    """Keep the file with a write-ahead log from now on. SQLite does not wait for other connections here, so this does."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
