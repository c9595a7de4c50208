"""The library: what goes in comes out, revisions stay while needed, and nothing but a library is opened as one."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import (
    DocumentNotFound,
    LibraryBusy,
    LibraryError,
    LibraryMissing,
    LibraryTooNew,
    LibraryTooOld,
)
from ingest.holdings import Holdings
from ingest.library import Library
from ingest.library_connections import connect, switch_to_wal
from ingest.library_schema import Kind, create_tables, identify
from ingest.types import Document, Edit, Metadata, Passage, Section, Span


def make(
    text: str, *, origin: str = "/a.txt", identity: str = "", cuts: tuple[int, ...] = ()
) -> tuple[Document, tuple[Passage, ...]]:
    """A document of ``text`` whose passages are cut at ``cuts``."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    identity = identity or digest[:12]
    bounds = sorted({0, len(text), *(cut % (len(text) + 1) for cut in cuts)})
    spans = [Span(start, end) for start, end in pairwise(bounds)]
    passages = tuple(
        Passage(f"{identity}-{number:04d}", identity, span, span.of(text), ("一、", "（一）"), (span,))
        for number, span in enumerate(spans)
    )
    document = Document(
        id=identity,
        origin=origin,
        sha256=digest,
        encoding="utf-8",
        text=text,
        text_sha256=digest,
        edits=(Edit(Span(0, 3), "", "pinyin"), Edit(Span(5, 5), "，", "half-width")),
        metadata=Metadata(title="题目", authors=("甲", "乙"), published="2024-12-07"),
        sections=(Section(Span(0, len(text)), Span(0, min(2, len(text))), 1, ("一、",)),),
    )
    return document, passages


def put(library: Library, text: str, *, origin: str = "/a.txt", identity: str = "") -> int:
    """Store ``text`` as one document."""
    return library.put(*make(text, origin=origin, identity=identity, cuts=(3, 7)), fingerprint="f")


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "home" / "library.sqlite") as opened:
        yield opened


@given(text=st.text(max_size=80), cuts=st.tuples(st.integers(0), st.integers(0)), data=st.data())
def test_what_is_put_is_what_comes_out(
    library: Library, text: str, cuts: tuple[int, int], data: st.DataObject
) -> None:
    """Whatever characters the text and its metadata hold, NUL among them."""
    words = st.text(max_size=8)
    metadata = Metadata(title=data.draw(words), authors=tuple(data.draw(st.lists(words, max_size=2))))
    document, passages = make(text, identity="doc", cuts=cuts)
    document = replace(document, metadata=metadata, edits=(Edit(Span(0, 1), data.draw(words), "x"),))
    revision = library.put(document, passages, fingerprint="f")
    assert library.document("doc") == document
    assert library.passages("doc") == passages
    keys = [("doc", revision, number) for number in reversed(range(len(passages)))]
    assert library.passages_at(keys) == passages[::-1]
    record = library.record("doc")
    assert (record.characters, record.passages, record.metadata) == (len(text), len(passages), metadata)
    assert (record.revision, record.sha256, record.fingerprint) == (revision, document.sha256, "f")


def test_lone_surrogates_are_refused_in_chinese(library: Library) -> None:
    document, _ = make("党建")
    for broken in (replace(document, text="党\ud800建"), replace(document, origin="/\udcff.txt")):
        with pytest.raises(LibraryError, match="代理对"):
            library.put(broken, (), fingerprint="f")
    assert library.records() == ()


def test_a_passage_that_is_not_at_its_span_is_refused(library: Library) -> None:
    document, passages = make("党建工作", cuts=(2,))
    for wrong in (
        [replace(passages[0], text="别的")],
        [replace(passages[0], id="x-0000")],
        [replace(passages[0], span=Span(0, 99))],
        [passages[1]],
    ):
        with pytest.raises(ValueError, match="passage"):
            library.put(document, wrong, fingerprint="f")
    with pytest.raises(ValueError, match="text_sha256"):
        library.put(replace(document, text="另"), (), fingerprint="f")
    assert library.snapshot() == {}


def test_old_revisions_stay_until_collected(library: Library) -> None:
    identity = make("第一版的文字。")[0].id
    for text in ("第一版的文字。", "第二版的文字。", "第三版的文字。"):
        put(library, text, identity=identity)
    assert library.snapshot() == {identity: 3}
    assert library.document(identity, 1).text == "第一版的文字。"
    assert library.passage(identity, 2, 0).text == "第二版"
    assert library.collect_garbage([{identity: 1}, {"gone": 4}]) == 1
    with pytest.raises(DocumentNotFound, match="已被清理"):
        library.document(identity, 2)
    assert [library.document(identity, number).text[1] for number in (1, 3)] == ["一", "三"]
    assert library.collect_garbage() == 1
    assert library.problems() == ()


def test_removed_documents_leave_but_their_revisions_can_be_read(library: Library) -> None:
    put(library, "党建工作要点。")
    (record,) = library.records()
    library.remove(record.id)
    assert (library.records(), library.snapshot()) == ((), {})
    assert library.find_by_origin("/a.txt") is None
    assert library.find_by_sha256(record.sha256) == ()
    assert library.document(record.id, 1).text == "党建工作要点。"
    for call in (library.remove, library.record, library.document, library.passages):
        with pytest.raises(DocumentNotFound, match=record.id):
            call(record.id)
    assert library.collect_garbage() == 1
    assert put(library, "党建工作要点。") == 2, "a revision number must never mean another text"


def new_id(library: Library, sha256: str) -> str:
    return Holdings(library.holdings()).new_id(sha256)


def test_ids_come_from_the_first_content(library: Library) -> None:
    document, _ = make("甲")
    later, _ = make("乙")
    assert new_id(library, document.sha256) == document.id
    put(library, "甲")
    put(library, "乙", identity=document.id)
    assert new_id(library, document.sha256) == f"{document.id}-2"
    assert new_id(library, later.sha256) == later.id
    library.remove(document.id)
    assert new_id(library, document.sha256) == document.id, "the same content comes back under its id"
    assert new_id(library, later.sha256) == document.id, "also the content that it had last"


def test_origins_are_unique_and_move(library: Library) -> None:
    put(library, "甲", origin="/甲.txt")
    put(library, "乙", origin="/乙.txt")
    first, second = library.find_by_origin("/甲.txt"), library.find_by_origin("/乙.txt")
    assert first
    assert second
    with pytest.raises(LibraryError, match=first.id):
        library.move(second.id, "/甲.txt")
    with pytest.raises(LibraryError, match=first.id):
        put(library, "丙", origin="/甲.txt")
    library.move(first.id, "/丁.txt")
    assert [record.origin for record in library.records()] == ["/丁.txt", "/乙.txt"]
    with pytest.raises(DocumentNotFound):
        library.move("nobody", "/x")


def test_the_state_hash_tells_contents_not_history(tmp_path: Path) -> None:
    with Library.create(tmp_path / "a") as one, Library.create(tmp_path / "b") as other:
        put(one, "甲", origin="/1")
        put(one, "乙", origin="/2")
        put(other, "乙", origin="/2")
        assert one.state_hash() != other.state_hash()
        put(other, "丙", origin="/1")
        other.remove(make("丙")[0].id)
        put(other, "甲", origin="/1")
        put(other, "甲", origin="/1")
        assert one.state_hash() == other.state_hash()
        other.move(make("甲")[0].id, "/3")
        assert one.state_hash() != other.state_hash()


def test_vectors_are_cached_by_model(library: Library) -> None:
    digests = [number.to_bytes(32) for number in range(1100)]
    vectors = {digest: np.full(4, number, dtype=np.float32) for number, digest in enumerate(digests)}
    library.store_vectors("m1", vectors)
    library.store_vectors("m2", {digests[0]: np.ones(2, dtype=np.float32)})
    found = library.cached_vectors("m1", [*digests, b"?"])
    assert found.keys() == vectors.keys()
    assert all(np.array_equal(found[digest], vectors[digest]) for digest in digests)
    assert library.cached_vectors("m2", digests)[digests[0]].tolist() == [1.0, 1.0]
    assert library.collect_vectors({"m1": digests[:10]}) == 1091
    assert library.cached_vectors("m2", digests) == {}
    assert len(library.cached_vectors("m1", digests)) == 10


# --- opening ----------------------------------------------------------------------------------------------------


def _foreign(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE other (x)")
    connection.close()


def _newer(path: Path) -> None:
    Library.create(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()


def _truncated(path: Path) -> None:
    with Library.create(path) as library:
        for number in range(30):
            put(library, f"{number}" * 500, origin=f"/{number}")
    path.write_bytes(path.read_bytes()[:6000])


@pytest.mark.parametrize(
    ("spoil", "kind", "fix"),
    [
        (lambda path: None, LibraryMissing, "dangjian ingest"),
        (lambda path: path.write_bytes(b""), LibraryMissing, "dangjian ingest"),
        (lambda path: path.write_bytes(b"no database at all" * 99), LibraryError, "dangjian ingest"),
        (lambda path: path.mkdir(), LibraryError, "--home"),
        (_foreign, LibraryError, "--home"),
        (_newer, LibraryTooNew, "升级"),
    ],
)
def test_what_is_no_library_is_refused(
    tmp_path: Path, spoil: Callable[[Path], object], kind: type[LibraryError], fix: str
) -> None:
    path = tmp_path / "library.sqlite"
    spoil(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(kind, match=fix) as caught:
        Library.open(path)
    assert str(path) in str(caught.value)
    assert (path.read_bytes() if path.is_file() else None) == before


def _as_version_one(path: Path) -> None:
    """Take back what later versions added."""
    connection = sqlite3.connect(path)
    connection.executescript(
        "ALTER TABLE revisions DROP COLUMN pages; DROP TABLE corrections; ALTER TABLE revisions DROP COLUMN corrected;"
        "ALTER TABLE revisions DROP COLUMN uncorrected; ALTER TABLE documents DROP COLUMN last_sha256;"
        "ALTER TABLE documents DROP COLUMN removed_at;"
        "PRAGMA user_version = 1;"
    )
    connection.close()


def test_an_older_library_is_upgraded_by_the_next_ingest_and_not_by_opening(tmp_path: Path) -> None:
    path = tmp_path / "library.sqlite"
    document, passages = make("党建工作条例", cuts=(2,))
    with Library.create(path) as library:
        library.put(document, passages, fingerprint="f")
        state = library.state_hash()
    _as_version_one(path)
    before = path.read_bytes()
    with pytest.raises(LibraryTooOld, match="dangjian ingest --rebuild"):
        Library.open(path)
    assert path.read_bytes() == before
    with Library.create(path) as upgraded:
        assert upgraded.state_hash() == state
        assert upgraded.document(document.id) == document
        assert upgraded.problems() == ()
    fresh = tmp_path / "fresh.sqlite"
    Library.create(fresh).close()
    assert _columns(path) == _columns(fresh)


def _columns(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    connection = sqlite3.connect(path)
    names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    columns = {name: connection.execute(f"PRAGMA table_info({name})").fetchall() for name in sorted(names)}
    connection.close()
    return columns


def test_a_truncated_library_says_so(tmp_path: Path) -> None:
    path = tmp_path / "library.sqlite"
    _truncated(path)
    with pytest.raises(LibraryError, match=r"已损坏.*dangjian ingest"), Library.open(path) as library:
        library.records()


def test_problems_tells_of_a_changed_text(library: Library) -> None:
    put(library, "党建工作要点。")
    with sqlite3.connect(library.path) as connection:
        connection.execute("UPDATE revisions SET text = '党建工作要點。'")
    connection.close()
    assert "校验值不符" in library.problems()[0]


def test_opening_and_reading_write_nothing(tmp_path: Path) -> None:
    path = tmp_path / "library.sqlite"
    with Library.create(path) as library:
        put(library, "党建")
    before = path.read_bytes(), path.stat().st_mtime_ns
    with Library.open(path) as library:
        assert library.document(library.records()[0].id).text == "党建"
        assert new_id(library, "0" * 64) == "0" * 12
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


def test_a_library_on_a_read_only_medium_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite cannot make its side files there; as root we cannot take the permission away, so feign it."""
    path = tmp_path / "library.sqlite"
    with Library.create(path) as library:
        put(library, "党建")
    real = sqlite3.connect

    class Refusing(sqlite3.Connection):
        def execute(self, *_: object) -> sqlite3.Cursor:
            raise sqlite3.OperationalError("unable to open database file")

    def refuse(database: str, **options: Any) -> sqlite3.Connection:
        return real(database, factory=sqlite3.Connection if "immutable" in database else Refusing, **options)

    monkeypatch.setattr("ingest.library_connections.sqlite3.connect", refuse)
    monkeypatch.setattr("ingest.library_connections.os.access", lambda *_: False)
    with Library.open(path) as library:
        assert len(library.records()) == 1


def test_a_closed_library_says_so(tmp_path: Path) -> None:
    library = Library.create(tmp_path / "l.sqlite")
    library.close()
    with pytest.raises(LibraryError, match="已经关闭"):
        library.records()
    with pytest.raises(LibraryError, match="已经关闭"):
        put(library, "党建")


# --- threads and processes --------------------------------------------------------------------------------------


def test_the_ingest_lock_is_for_one(library: Library) -> None:
    with library.ingest_lock(), pytest.raises(LibraryBusy, match="另一个导入"), library.ingest_lock():
        pass
    with library.ingest_lock():
        pass


def test_threads_read_whole_revisions_while_one_writes(library: Library) -> None:
    """Whatever a reader's snapshot names can be read, and is of one piece."""
    identity = make("0")[0].id
    put(library, "0" * 50, identity=identity)
    done, seen, errors = threading.Event(), set[str](), list[BaseException]()

    def read() -> None:
        try:
            while not done.is_set():
                ((document_id, revision),) = library.snapshot().items()
                text = library.document(document_id, revision).text
                passages = library.passages_at([(document_id, revision, number) for number in range(2)])
                assert len(set(text + "".join(passage.text for passage in passages))) == 1
                seen.add(text[0])
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(60):
        put(library, str(number % 10) * 50, identity=identity)
    done.set()
    for thread in threads:
        thread.join()
    assert not errors
    assert seen
    assert library.snapshot() == {identity: 61}


_WRITER = """
import sys
sys.path[:0] = [{root!r}, {tests!r}]
from pathlib import Path
from ingest.holdings import Holdings
from ingest.library import Library
from ingest.library_connections import connect, switch_to_wal
from ingest.library_schema import Kind, create_tables, identify
from test_ingest_library import put
with Library.create(Path({path!r})) as library:
    for number in range(20):
        put(library, f"{{sys.argv[1]}} {{number}} 的文字", origin=f"/{{sys.argv[1]}}-{{number}}")
"""


def test_processes_create_and_write_at_once(tmp_path: Path) -> None:
    path = tmp_path / "home" / "library.sqlite"
    tests = Path(__file__).parent
    code = _WRITER.format(root=str(tests.parent), tests=str(tests), path=str(path))
    writers = [subprocess.Popen([sys.executable, "-c", code, name], env={**os.environ}) for name in "甲乙丙"]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    with Library.open(path) as library:
        assert len(library.records()) == 60
        assert library.problems() == ()


def test_a_file_laid_out_while_it_is_looked_at_is_not_taken_for_another_programs(tmp_path: Path) -> None:
    path = tmp_path / "library.sqlite3"
    with closing(connect(path, "rwc")) as looking, closing(connect(path, "rw")) as other:
        switch_to_wal(looking)

        def lay_out(statement: str) -> None:
            if statement == "PRAGMA user_version":  # the second of the three looks
                other.execute("BEGIN IMMEDIATE")
                create_tables(other)
                other.execute("COMMIT")

        looking.set_trace_callback(lay_out)
        assert identify(looking, path) is Kind.FRESH
        looking.set_trace_callback(None)
        assert identify(looking, path) is Kind.OURS
