"""From files to the library: what is new, changed, moved or gone, one transaction for each document.

Every decision is made from the files and the library as they are, never from what this run did before; so a run that
was killed at any instant is finished by running it again, and running twice does what running once does.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

from ingest import chunking, metadata, normal, regulations, repair, sections
from ingest.chunking import ChunkSettings
from ingest.errors import EmptyFile, LibraryError, LoadError, ManifestError
from ingest.formats.archive import SEPARATOR, Member, is_archive, members
from ingest.formats.limits import Limits
from ingest.library import DocumentRecord, Library
from ingest.library_rows import text_digest, to_json
from ingest.loaders import (
    MANIFEST_NAME,
    MAX_BYTES,
    FoundFiles,
    find_files,
    is_document,
    load_bytes,
    read_bytes,
    reader_version,
    shown,
)
from ingest.manifest import manifest_for
from ingest.places import Places, origin_of, prefix_of, printable
from ingest.report import FileReport, IngestReport, Outcome
from ingest.types import Document, Metadata, Passage, RawText, text_offsets

VERSION = 1
"""Part of every fingerprint: raise it when this module makes another document of the same file."""

Progress = Callable[[FileReport, int, int], None]
"""Called after each file with its report, how many are done and how many there are."""

_log = logging.getLogger(__name__)


def prepare(
    raw: RawText, defaults: Metadata, document_id: str, settings: ChunkSettings = ChunkSettings()
) -> tuple[Document, tuple[Passage, ...]]:
    """The document and the passages of a raw text. Raises ``EmptyFile`` where the repairs leave nothing."""
    repaired = repair.repair(raw.text)
    if not repaired.text.strip():
        raise EmptyFile(f"{shown(raw.origin)}：去掉杂质后没有文字；请确认文件内容")
    known = metadata.extract(repaired.text, defaults)
    tree = sections.find_sections(repaired.text, known)
    document = Document(
        id=document_id,
        origin=raw.origin,
        sha256=raw.sha256,
        encoding=raw.encoding,
        text=repaired.text,
        text_sha256=text_digest(repaired.text),
        edits=repaired.edits,
        metadata=known,
        sections=tree,
        pages=text_offsets(repaired.edits, raw.pages),
    )
    return document, chunking.chunk(document_id, repaired.text, tree, settings)


_MAKERS = (normal, repair, metadata, regulations, sections, chunking)


def fingerprint(defaults: Metadata, settings: ChunkSettings, reader: str = "") -> str:
    """What, besides a file's bytes, decides the document made of it: where it differs, the file is processed anew.

    ``reader`` is what ``loaders.reader_version`` says.
    """
    versions: list[int | str] = [module.VERSION for module in _MAKERS]
    versions += [reader] if reader else []
    made_by = to_json([VERSION, *versions, asdict(settings), asdict(defaults)])
    return hashlib.sha256(made_by.encode("utf-8", "backslashreplace")).hexdigest()[:16]


def ingest_paths(
    library: Library,
    paths: Iterable[Path],
    *,
    settings: ChunkSettings = ChunkSettings(),
    max_bytes: int = MAX_BYTES,
    limits: Limits = Limits(),
    progress: Progress | None = None,
) -> IngestReport:
    """Bring the library in line with files and folders; what is below a folder no more leaves the library.

    An archive counts as a folder; each of its members is a document with the origin ``…/x.zip!/inner.txt``.

    A bad file is reported as failed and keeps what the library had of it. Raises ``LibraryBusy`` while another
    ingest runs and ``LibraryError`` where the library itself cannot be written.
    """
    with library.ingest_lock():
        found = find_files(paths)
        ingest = _Ingest(library, settings, max_bytes, limits)
        reports: list[FileReport] = []
        total = len(found.files) + len(found.skipped) + len(found.failures)
        for report in ingest.run(found):
            reports.append(report)
            if progress:
                progress(report, len(reports), max(total, len(reports)))
    return IngestReport(tuple(reports))


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A file that can be read: its name for messages, origin, bytes' hash, manifest entry (None: that is broken)."""

    name: str
    origin: str
    sha256: str
    defaults: Metadata | None


class _Ingest:
    """One run over the files found."""

    def __init__(self, library: Library, settings: ChunkSettings, max_bytes: int, limits: Limits) -> None:
        self._library = library
        self._settings = settings
        self._max_bytes = max_bytes
        self._limits = limits
        self._places = Places(max_bytes, limits)
        self._manifests: dict[Path, dict[str, Metadata] | None] = {}

    def run(self, found: FoundFiles) -> Iterator[FileReport]:
        for path, error in found.failures:
            yield FileReport(printable(path), Outcome.FAILED, reason=str(error))
        yield from self._read_manifests(found)
        for path in found.files:
            if is_archive(path):
                yield from self._take_archive(path)
            else:
                yield self._take(printable(path), partial(self._file, path))
        archives = (path for path in found.files if is_archive(path))
        below = [prefix_of(folder) for folder in found.folders] + [origin_of(p) + SEPARATOR for p in archives]
        yield from self._remove_vanished(tuple(below))
        for path in found.skipped:
            yield FileReport(printable(path), Outcome.SKIPPED, reason="不是支持的格式")

    def _read_manifests(self, found: FoundFiles) -> Iterator[FileReport]:
        for folder in dict.fromkeys(path.parent for path in found.files):
            try:
                self._manifests[folder] = manifest_for(folder)
            except ManifestError as error:
                self._manifests[folder] = None
                yield FileReport(printable(folder / MANIFEST_NAME), Outcome.FAILED, reason=str(error))

    def _take_archive(self, path: Path) -> Iterator[FileReport]:
        """Deal with an archive member by member; one that cannot be opened keeps what the library had of it."""
        try:
            data = read_bytes(path, max_bytes=self._max_bytes)
            for member in members(data, shown(path), self._limits, max_bytes=self._max_bytes):
                origin = printable(path) + SEPARATOR + member.name
                if member.error is None and not is_document(Path(member.name)):
                    yield FileReport(origin, Outcome.SKIPPED, reason="不是支持的格式")
                else:
                    yield self._take(origin, partial(self._member, path, member))
        except LoadError as error:
            yield FileReport(printable(path), Outcome.FAILED, reason=str(error))

    def _take(self, place: str, read: Callable[[], tuple[_Candidate, bytes]]) -> FileReport:
        """Deal with one file; whatever is wrong with it stays with it."""
        try:
            return self._decide(*read())
        except LoadError as error:
            return FileReport(place, Outcome.FAILED, reason=str(error))
        except LibraryError:
            raise
        except Exception as error:
            _log.exception("cannot ingest %s", place)
            reason = f"{shown(place)}：处理时程序出错（{type(error).__name__}）；请把这个文件反馈给维护人员"
            return FileReport(place, Outcome.FAILED, reason=reason)

    def _file(self, path: Path) -> tuple[_Candidate, bytes]:
        data = read_bytes(path, max_bytes=self._max_bytes)
        manifest = self._manifests.get(path.parent)
        defaults = None if manifest is None else manifest.get(path.name, Metadata())
        return _candidate(path.name, origin_of(path), data, defaults), data

    def _member(self, path: Path, member: Member) -> tuple[_Candidate, bytes]:
        if member.error is not None:
            raise member.error
        place = SEPARATOR + member.name
        return _candidate(path.name + place, origin_of(path) + place, member.data, Metadata()), member.data

    def _decide(self, file: _Candidate, data: bytes) -> FileReport:
        known = self._library.find_by_origin(file.origin)
        if known and known.sha256 == file.sha256:
            return self._refresh(known, file, data, Outcome.UNCHANGED)
        twins = [
            (twin, self._places.digest(twin.origin)) for twin in self._library.find_by_sha256(file.sha256)
        ]
        for twin, digest in twins:
            if digest == file.sha256:
                if known:
                    self._library.remove(known.id)
                reason = f"内容与 {shown(twin.origin)} 相同，没有重复存入"
                return FileReport(file.origin, Outcome.DUPLICATE, twin.id, reason)
        if known:
            return self._store(known.id, file, data, Outcome.CHANGED)
        for twin, digest in twins:
            if digest is None:
                self._library.move(twin.id, file.origin)
                return self._refresh(twin, file, data, Outcome.MOVED, f"原来在 {twin.origin}")
        return self._store(self._library.new_id(file.sha256), file, data, Outcome.ADDED)

    def _refresh(
        self, known: DocumentRecord, file: _Candidate, data: bytes, outcome: Outcome, reason: str = ""
    ) -> FileReport:
        """The file's bytes are in the library; its document is made anew only if it would come out otherwise."""
        current = file.defaults is None or known.fingerprint == _fingerprint(file, self._settings)
        if current:
            return FileReport(file.origin, outcome, known.id, reason)
        if outcome is Outcome.UNCHANGED:
            outcome, reason = Outcome.CHANGED, "处理方法或登记信息有更新"
        return replace(self._store(known.id, file, data, outcome), reason=reason)

    def _store(self, document_id: str, file: _Candidate, data: bytes, outcome: Outcome) -> FileReport:
        defaults = file.defaults or Metadata()
        raw = load_bytes(data, name=file.name, origin=file.origin, limits=self._limits)
        document, passages = prepare(raw, defaults, document_id, self._settings)
        self._library.put(document, passages, fingerprint=_fingerprint(file, self._settings))
        return FileReport(file.origin, outcome, document_id)

    def _remove_vanished(self, below: tuple[str, ...]) -> Iterator[FileReport]:
        """Take out the documents whose origins begin with one of ``below`` and whose files are there no more."""
        for record in self._library.records():
            if record.origin.startswith(below) and self._places.is_gone(record.origin):
                self._library.remove(record.id)
                yield FileReport(record.origin, Outcome.REMOVED, record.id, "文件已不在文件夹中")


def _candidate(name: str, origin: str, data: bytes, defaults: Metadata | None) -> _Candidate:
    if printable(origin) != origin:
        raise LoadError(f"{shown(name)}：文件名或文件夹名不是 UTF-8 编码，无法登记；请改名后再导入")
    return _Candidate(name, origin, hashlib.sha256(data).hexdigest(), defaults)


def _fingerprint(file: _Candidate, settings: ChunkSettings) -> str:
    return fingerprint(file.defaults or Metadata(), settings, reader_version(file.name))
