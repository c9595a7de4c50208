"""Not a test: kills ingests and looks at what is left. ``test_ingest_pipeline`` runs it as a process of its own.

``python ingest_crash.py WORK_FOLDER first|statements|corrections|signals|together`` prints one JSON list with a row for each
trial. It forks, so it must stay single-threaded.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from ingest import library_connections
from ingest.errors import LibraryBusy, LibraryMissing
from ingest.library import Library
from ingest.pipeline import ingest_paths

KILLED, BUSY = 9, 3


def lay_out(work: Path) -> None:
    """A library with an older state of a folder, and the folder as it is now: every kind of change at once."""
    shutil.rmtree(work, ignore_errors=True)
    folder = work / "docs"
    folder.mkdir(parents=True)
    body = "坚持党的领导，加强党的建设。各级机关党组织要压实责任，推动党建和业务深度融合。\n" * 8
    for name in ("changed", "moved", "removed", "same", "retitled", "z-now-twin", "noted", "away"):
        (folder / f"{name}.txt").write_text(f"关于{name}的通知\n{body}", encoding="utf-8")
    away = folder / "away.txt"
    away.rename(work / "away.txt")
    with Library.create(work / "library.sqlite") as library:
        ingest_paths(library, [folder, work / "away.txt"])
        for record in library.records():
            library.correct(record.id, {"title": f"{Path(record.origin).stem}更正", "source": ""})
        removed = library.find_by_origin(str(work / "away.txt"))
        assert removed is not None
        library.remove(removed.id)
    (work / "away.txt").rename(away)  # returns with the content that it had
    (folder / "noted.txt.toml").write_text('title = "旁注"\nauthors = ["甲"]\n', encoding="utf-8")
    (folder / "changed.txt").write_text(f"关于修改的通知\n{body * 2}", encoding="gb18030")
    (folder / "moved.txt").rename(folder / "elsewhere.txt")
    (folder / "removed.txt").unlink()
    (folder / "added.txt").write_text(f"关于新增的通知\n{body}", encoding="utf-8")
    (folder / "copy.txt").write_bytes((folder / "added.txt").read_bytes())
    (folder / "z-now-twin.txt").write_bytes((folder / "same.txt").read_bytes())
    (folder / "bad.txt").write_bytes(b"\x89PNG\r\n\x1a\n")
    (folder / "manifest.toml").write_text(
        '[[document]]\nfile = "retitled.txt"\nsource = "某报"\n', encoding="utf-8"
    )


def ingest(work: Path) -> None:
    """One undisturbed ingest."""
    with Library.create(work / "library.sqlite") as library:
        ingest_paths(library, [work / "docs"])


def correct(work: Path) -> None:
    """Correct every document by hand, once more and otherwise."""
    with Library.open(work / "library.sqlite") as library, library.ingest_lock():
        for record in library.records():
            library.correct(record.id, {"title": f"再更正{record.id}", "source": None, "kind": "文件"})


def fork(action: Callable[[], None]) -> int:
    """Run ``action`` in a child that ends without any clean-up; its process id."""
    child = os.fork()
    if child:
        return child
    try:
        action()
    except LibraryBusy:
        os._exit(BUSY)
    except BaseException as error:
        print(repr(error), file=sys.stderr)
        os._exit(1)
    os._exit(0)


def die_at(statement: int, work: Path, action: Callable[[Path], None]) -> None:
    """Do ``action``, but die as the given SQL statement is about to run."""
    left = statement
    real = library_connections.connect

    def count(_: str) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            os._exit(KILLED)

    def connect(path: Path, mode: str, *, immutable: bool = False) -> sqlite3.Connection:
        connection = real(path, mode, immutable=immutable)
        connection.set_trace_callback(count)
        return connection

    library_connections.connect = connect
    action(work)


def look_inside(work: Path) -> tuple[tuple[str, ...], bool]:
    """What is wrong with the library, and whether all that it lists can be read."""
    try:
        with Library.open(work / "library.sqlite") as library:
            return library.problems(), all(library.passages(record.id) for record in library.records())
    except LibraryMissing:
        return (), True


def look(work: Path, action: Callable[[Path], None] = ingest) -> dict[str, object]:
    """Open what is left, then finish the work."""
    problems, readable = look_inside(work)
    action(work)
    with Library.open(work / "library.sqlite") as library:
        corrections = {record.origin: library.corrections(record.id) for record in library.records()}
        state = library.state_hash()
    return {"problems": problems, "readable": readable, "state": state, "corrections": corrections}


def trials(work: Path, template: Path) -> Iterator[Path]:
    """Fresh copies of the template, at the same place each time."""
    while True:
        shutil.rmtree(work, ignore_errors=True)
        shutil.copytree(template, work)
        yield work


def main(base: Path, mode: str) -> None:
    """Print the rows; the first is the undisturbed run."""
    work, template = base / "work", base / "template"
    lay_out(work)
    if mode == "first":
        for path in work.glob("library.sqlite*"):
            path.unlink()
    shutil.copytree(work, template)
    copies = trials(work, template)
    action = correct if mode == "corrections" else ingest
    rows = [{**look(next(copies), action), "ended": 0}]
    if mode in ("first", "statements", "corrections"):
        statement, ended = 0, KILLED
        while ended == KILLED:
            here = next(copies)
            _, status = os.waitpid(fork(partial(die_at, statement, here, action)), 0)
            ended = os.waitstatus_to_exitcode(status)
            rows.append({**look(here, action), "ended": ended})
            statement += 1
    elif mode == "signals":
        chooser = random.Random(4)
        for _ in range(40):
            here = next(copies)
            child = fork(partial(ingest, here))
            time.sleep(chooser.uniform(0, 0.12))
            os.kill(child, signal.SIGKILL)
            _, status = os.waitpid(child, 0)
            rows.append({**look(here), "ended": os.waitstatus_to_exitcode(status)})
    else:
        here = next(copies)
        children = [fork(partial(ingest, here)) for _ in range(4)]
        endings = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
        rows.append({**look(here), "ended": endings})
    print(json.dumps(rows))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
