"""The files that documents were made of, as long as they are unchanged where they were."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from ingest.errors import LoadError, OriginalChanged, OriginalUnavailable
from ingest.formats.archive import members, split_origin
from ingest.formats.limits import Limits
from ingest.loaders import read_bytes, shown
from ingest.places import path_of

_Stamp = tuple[int, int, int]


class Originals:
    """Reads files by origin. An origin comes from the library, never from whoever asks for the file."""

    def __init__(self, max_bytes: int, limits: Limits) -> None:
        self._max_bytes = max_bytes
        self._limits = limits
        self._checked: dict[tuple[str, str], tuple[_Stamp, bool]] = {}

    def read(self, origin: str, sha256: str) -> bytes:
        """The bytes at ``origin``. Raises ``OriginalUnavailable``, ``OriginalChanged`` where they have another hash."""
        place, inner = split_origin(str(path_of(origin)))
        name = shown(origin)
        if not os.path.lexists(place):
            raise OriginalUnavailable(f"{name}：原件已不在导入时的位置；请把它放回原处，或重新导入")
        try:
            data = read_bytes(Path(place), max_bytes=self._max_bytes)
            if inner:
                data = self._member(data, shown(place), inner)
        except LoadError as error:
            raise OriginalUnavailable(f"原件无法读取。{error}") from error
        if hashlib.sha256(data).hexdigest() != sha256:
            raise OriginalChanged(f"{name}：原件在导入之后有改动；请重新导入，再下载")
        return data

    def is_available(self, origin: str, sha256: str) -> bool:
        """Whether ``read`` would give the file; a file that was looked at is read again only once it changed."""
        stamp = _stamp(split_origin(str(path_of(origin)))[0])
        if stamp is None:
            return False
        known = self._checked.get((origin, sha256))
        if known is None or known[0] != stamp:
            known = stamp, self._can_read(origin, sha256)
            self._checked[origin, sha256] = known
        return known[1]

    def _can_read(self, origin: str, sha256: str) -> bool:
        try:
            self.read(origin, sha256)
        except OriginalUnavailable:
            return False
        return True

    def _member(self, archive: bytes, name: str, inner: str) -> bytes:
        found = members(
            archive, name, self._limits, max_bytes=self._max_bytes, wanted=lambda each: each == inner
        )
        for member in found:
            if member.error is not None:
                raise member.error
            return member.data
        raise LoadError(f"{name}：压缩包里已没有 {inner}；请把它放回去，或重新导入")


def _stamp(place: str) -> _Stamp | None:
    try:
        status = os.stat(place)
    except (OSError, ValueError):
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
