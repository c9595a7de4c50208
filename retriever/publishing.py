"""Changes to the index folder that survive a crash at any instant. Only the builder makes them."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from retriever.errors import GenerationError, IndexBusy
from retriever.generation import CURRENT, file_sha256
from retriever.manifest import MANIFEST

_TEMPORARY = "tmp-"
_GENERATION = re.compile(r"[0-9a-f]{16}(-[0-9]+)?")


@contextmanager
def building(index_dir: Path) -> Iterator[None]:
    """Held while a build runs; raises ``IndexBusy`` at once while another one does."""
    lock = FileLock(index_dir / "build.lock", timeout=0, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        raise IndexBusy("另一个导入正在建立索引；请等它结束后再试。") from None
    except OSError as error:
        raise GenerationError(f"无法在 {index_dir} 写入索引；请检查文件夹的写权限。") from error
    try:
        yield
    finally:
        lock.release()


def work_directory(index_dir: Path) -> Path:
    """A new folder to build in."""
    work = index_dir / f"{_TEMPORARY}{os.getpid()}"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    return work


def free_name(index_dir: Path, identifier: str) -> Path:
    """The generation's name, numbered where a damaged one bears it: a directory in use is never replaced."""
    directory, number = index_dir / identifier, 1
    while directory.exists():
        number += 1
        directory = index_dir / f"{identifier}-{number}"
    return directory


def make_current(index_dir: Path, directory: Path, before: Path | None) -> None:
    """Put a generation in use, ``before`` being the one till now: one atomic replacement of ``CURRENT``."""
    row = {
        "directory": directory.name,
        "manifest": file_sha256(directory / MANIFEST),
        "previous": before.name if before else "",
    }
    draft = index_dir / f"{_TEMPORARY}{CURRENT}"
    draft.write_text(json.dumps(row), "utf-8")
    sync(draft)
    os.replace(draft, index_dir / CURRENT)
    sync(index_dir)


def sync(path: Path) -> None:
    """Bring a file or directory to disk (directories cannot be synced on Windows)."""
    if path.is_dir() and os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def clean(index_dir: Path) -> None:
    """Remove all generations but the one in use and the one before it, and what broken-off builds left.

    Each is renamed first: what a crash leaves of it is ``tmp-…``.
    """
    pointer = json.loads((index_dir / CURRENT).read_text("utf-8"))
    keep = {pointer["directory"], pointer.get("previous")}
    for path in list(index_dir.iterdir()):
        if _GENERATION.fullmatch(path.name) and path.name not in keep:
            gone = index_dir / f"{_TEMPORARY}{path.name}"
            shutil.rmtree(gone, ignore_errors=True)
            os.rename(path, gone)
    for path in list(index_dir.glob(f"{_TEMPORARY}*")):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
