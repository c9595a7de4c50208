"""Where documents come from: origins, the files behind them, and whether those are still there."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from ingest.errors import LoadError
from ingest.formats.archive import members, split_origin
from ingest.formats.limits import Limits
from ingest.loaders import read_bytes, shown
from ingest.manifest import CORPUS_ORIGIN, corpus_folder


def origin_of(path: Path) -> str:
    """Where a file is, as the library notes it: an absolute path, or ``corpus:NAME`` inside our corpus."""
    corpus = os.path.abspath(corpus_folder())
    absolute = os.path.abspath(path)
    if absolute.startswith(corpus + os.sep):
        return CORPUS_ORIGIN + Path(absolute).relative_to(corpus).as_posix()
    return absolute


def path_of(origin: str) -> Path:
    """The file behind an origin; for a member of an archive, its place as if the archive were a folder."""
    if origin.startswith(CORPUS_ORIGIN):
        return corpus_folder() / origin.removeprefix(CORPUS_ORIGIN)
    return Path(origin)


def prefix_of(folder: Path) -> str:
    """What the origins of all files below ``folder`` begin with."""
    return origin_of(folder / "x")[:-1]


def printable(path: Path | str) -> str:
    """A path as text, whatever bytes the file system has in it."""
    return str(path).encode("utf-8", "backslashreplace").decode("utf-8")


class Places:
    """What is at origins now; an archive is unpacked once as long as it does not change."""

    def __init__(self, max_bytes: int, limits: Limits) -> None:
        self._max_bytes = max_bytes
        self._limits = limits
        self._archives: dict[tuple[Path, str], dict[str, str]] = {}

    def digest(self, origin: str) -> str | None:
        """The hash of the bytes at an origin; empty where they cannot be read, None where there is no file any more."""
        place, inner = split_origin(str(path_of(origin)))
        if _is_gone(Path(place)):
            return None
        try:
            if inner:
                return self._digests(Path(place)).get(inner)
            return hashlib.sha256(read_bytes(Path(place), max_bytes=self._max_bytes)).hexdigest()
        except LoadError:
            return ""

    def is_gone(self, origin: str) -> bool:
        """Whether a document's file, or its archive or its place in that, is there no more for certain."""
        place, inner = split_origin(str(path_of(origin)))
        if not inner or _is_gone(Path(place)):
            return _is_gone(Path(place))
        try:
            return inner not in self._digests(Path(place))
        except LoadError:
            return False

    def _digests(self, archive: Path) -> dict[str, str]:
        """The hash of each member's bytes by name, empty for one that cannot be read. Raises ``LoadError``."""
        data = read_bytes(archive, max_bytes=self._max_bytes)
        key = archive, hashlib.sha256(data).hexdigest()
        if key not in self._archives:
            inside = members(data, shown(archive), self._limits, max_bytes=self._max_bytes)
            self._archives[key] = {member.name: "" if member.error else member.sha256 for member in inside}
        return self._archives[key]


def _is_gone(path: Path) -> bool:
    """Whether there is nothing at ``path`` for certain; not being allowed to look is no proof."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False
