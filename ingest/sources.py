"""What there is to ingest: the files found and the members of archives, each with what people say of it.

A manifest speaks of the files in its folder, be it on the disk or in an archive; the note ``通知.docx.toml`` of the
file beside it. What is said of an archive as a whole holds for its members where nothing is said of them.
"""

from __future__ import annotations

import hashlib
import logging
import os
import posixpath
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path
from typing import TypeVar

from ingest.corrections import parse_sidecar
from ingest.errors import LoadError, ManifestError
from ingest.fields import Fields
from ingest.formats.archive import SEPARATOR, Member, is_archive, member_names, members
from ingest.formats.limits import Limits
from ingest.loaders import (
    MANIFEST_NAME,
    SIDECAR_SUFFIX,
    FoundFiles,
    advice,
    is_document,
    is_sidecar,
    read_bytes,
    shown,
)
from ingest.manifest import manifest_for, parse_manifest
from ingest.places import origin_of, printable
from ingest.report import FileReport, Outcome
from ingest.types import Metadata

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that can be read. ``name`` is for messages, ``sha256`` of ``data``.

    ``defaults`` is what the manifest says of it, None where that is broken; ``sidecar`` what the note beside it says,
    and ``problem`` why that cannot be used.
    """

    name: str
    origin: str
    data: bytes
    sha256: str
    defaults: Metadata | None
    sidecar: Fields
    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Said:
    """What people say of a file."""

    defaults: Metadata | None
    sidecar: Fields
    problem: str = ""


_Read = Callable[[], bytes]
_Work = TypeVar("_Work")


class Sources:
    """The files found under the paths that were named."""

    def __init__(self, found: FoundFiles, max_bytes: int, limits: Limits) -> None:
        self._found = found
        self._max_bytes = max_bytes
        self._limits = limits
        self._manifests: dict[Path, dict[str, Metadata] | None] = {}

    def documents(self) -> Iterator[Candidate | FileReport]:
        """Every document in a fixed order, and a report for each that cannot be read."""
        for path, error in self._found.failures:
            yield _failed(printable(path), error)
        yield from self._read_manifests()
        for path in self._found.files:
            if is_archive(path):
                yield from self._archive(path)
            else:
                yield self._file(path)

    def others(self) -> Iterator[FileReport]:
        """The files that are no documents."""
        for path in self._found.skipped:
            yield _skipped(printable(path))

    def _read_manifests(self) -> Iterator[FileReport]:
        for folder in dict.fromkeys(path.parent for path in self._found.files):
            try:
                self._manifests[folder] = manifest_for(folder)
            except ManifestError as error:
                self._manifests[folder] = None
                yield _failed(printable(folder / MANIFEST_NAME), error)

    def _file(self, path: Path) -> Candidate | FileReport:
        def read() -> Candidate:
            data = read_bytes(path, max_bytes=self._max_bytes)
            return _candidate(path.name, origin_of(path), data, self._said_of(path))

        return guarded(printable(path), read)

    def _said_of(self, path: Path) -> _Said:
        manifest = self._manifests.get(path.parent)
        defaults = None if manifest is None else manifest.get(path.name, Metadata())
        note = path.with_name(path.name + SIDECAR_SUFFIX)
        if not os.path.lexists(note):
            return _Said(defaults, {})
        return _with_note(
            defaults, shown(note), path.name, partial(read_bytes, note, max_bytes=self._max_bytes)
        )

    def _archive(self, path: Path) -> Iterator[Candidate | FileReport]:
        """An archive member by member; one that cannot be opened keeps what the library had of it."""
        place = printable(path) + SEPARATOR
        try:
            data = read_bytes(path, max_bytes=self._max_bytes)
            inside = _Inside(data, shown(path), self._max_bytes, self._limits, self._said_of(path))
            for name, error in inside.failures.items():
                yield _failed(place + name, error)
            for member in members(data, shown(path), self._limits, max_bytes=self._max_bytes):
                if inside.speaks_of_others(member.name):
                    continue
                if member.error is None and not is_document(Path(member.name)):
                    yield _skipped(place + member.name)
                else:
                    yield guarded(place + member.name, partial(_member, path, member, inside))
        except LoadError as error:
            yield _failed(printable(path), error)


class _Inside:
    """What manifests and notes in an archive say of its members; ``failures`` are the manifests that are broken."""

    def __init__(self, data: bytes, archive: str, max_bytes: int, limits: Limits, whole: _Said) -> None:
        self._archive = archive
        self._whole = whole
        self._names = member_names(data, archive, limits)
        said = members(data, archive, limits, max_bytes=max_bytes, wanted=self.speaks_of_others)
        self._notes = {member.name: member for member in said}
        self._manifests: dict[str, dict[str, Metadata]] = {}
        self.failures: dict[str, Exception] = {}
        for name, member in self._notes.items():
            if posixpath.basename(name) == MANIFEST_NAME:
                self._read_manifest(posixpath.dirname(name), member)

    def speaks_of_others(self, name: str) -> bool:
        """Whether a member is a manifest or the note beside another member."""
        spoken_of = name.removesuffix(SIDECAR_SUFFIX)
        return posixpath.basename(name) == MANIFEST_NAME or (is_sidecar(name) and spoken_of in self._names)

    def of(self, name: str) -> _Said:
        """What is said of a member, by itself before as part of the archive."""
        folder, base = posixpath.split(name)
        broken = self._whole.defaults is None or posixpath.join(folder, MANIFEST_NAME) in self.failures
        own = self._manifests.get(folder, {}).get(base, Metadata())
        defaults = None if broken else _filled(own, self._whole.defaults or Metadata())
        member = self._notes.get(name + SIDECAR_SUFFIX)
        if self._whole.problem or member is None:
            return _Said(defaults, self._whole.sidecar, self._whole.problem)
        said = _with_note(defaults, self._label(member.name), base, partial(_bytes_of, member))
        return _Said(defaults, {**self._whole.sidecar, **said.sidecar}, said.problem)

    def _read_manifest(self, folder: str, member: Member) -> None:
        try:
            data = _bytes_of(member)
            self._manifests[folder] = parse_manifest(
                data, self._label(member.name), lambda name: posixpath.join(folder, name) in self._names
            )
        except (LoadError, ManifestError) as error:
            self.failures[member.name] = error

    def _label(self, name: str) -> str:
        return self._archive + SEPARATOR + name


def guarded(place: str, work: Callable[[], _Work]) -> _Work | FileReport:
    """What ``work`` on the file at ``place`` gives; whatever is wrong with the file becomes a report."""
    try:
        return work()
    except LoadError as error:
        return _failed(place, error)
    except Exception as error:
        _log.exception("cannot ingest %s", place)
        reason = f"{shown(place)}：处理时程序出错（{type(error).__name__}）；请把这个文件反馈给维护人员"
        return FileReport(place, Outcome.FAILED, reason=reason)


def _member(path: Path, member: Member, inside: _Inside) -> Candidate:
    place = SEPARATOR + member.name
    return _candidate(path.name + place, origin_of(path) + place, _bytes_of(member), inside.of(member.name))


def _bytes_of(member: Member) -> bytes:
    if member.error is not None:
        raise member.error
    return member.data


def _with_note(defaults: Metadata | None, place: str, name: str, read: _Read) -> _Said:
    try:
        return _Said(defaults, parse_sidecar(read(), place, name))
    except (LoadError, ManifestError) as error:
        return _Said(defaults, {}, str(error))


def _filled(own: Metadata, others: Metadata) -> Metadata:
    """``own`` with what it leaves open taken from ``others``."""
    return Metadata(**{f.name: getattr(own, f.name) or getattr(others, f.name) for f in fields(Metadata)})


def _candidate(name: str, origin: str, data: bytes, said: _Said) -> Candidate:
    if printable(origin) != origin:
        raise LoadError(f"{shown(name)}：文件名或文件夹名不是 UTF-8 编码，无法登记；请改名后再导入")
    digest = hashlib.sha256(data).hexdigest()
    return Candidate(name, origin, data, digest, said.defaults, said.sidecar, said.problem)


def _failed(place: str, error: Exception) -> FileReport:
    return FileReport(place, Outcome.FAILED, reason=str(error))


def _skipped(place: str) -> FileReport:
    spoken_of = shown(place.removesuffix(SIDECAR_SUFFIX))
    reason = f"没有它所说明的 {spoken_of}" if is_sidecar(place) else f"不是支持的格式{advice(place)}"
    return FileReport(place, Outcome.SKIPPED, reason=reason)
