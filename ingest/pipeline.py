"""From files to the library: what is new, changed, moved or gone, one transaction for each document.

Every decision is made from the files and the library as they are, never from what this run did before; so a run that
was killed at any instant is finished by running it again, and running twice does what running once does.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from ingest import chunking, metadata, normal, regulations, repair, sections
from ingest.chunking import ChunkSettings
from ingest.errors import EmptyFile, LibraryError, LoadError, ManifestError
from ingest.library import DocumentRecord, Library
from ingest.library_rows import text_digest, to_json
from ingest.loaders import MANIFEST_NAME, MAX_BYTES, FoundFiles, find_files, load_bytes, read_bytes, shown
from ingest.manifest import CORPUS_ORIGIN, corpus_folder, manifest_for
from ingest.report import FileReport, IngestReport, Outcome
from ingest.types import Document, Metadata, Passage, RawText

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
    )
    return document, chunking.chunk(document_id, repaired.text, tree, settings)


def fingerprint(defaults: Metadata, settings: ChunkSettings) -> str:
    """What, besides a file's bytes, decides the document made of it: where it differs, the file is processed anew."""
    versions = [module.VERSION for module in (normal, repair, metadata, regulations, sections, chunking)]
    made_by = to_json([VERSION, *versions, asdict(settings), asdict(defaults)])
    return hashlib.sha256(made_by.encode("utf-8", "backslashreplace")).hexdigest()[:16]


def origin_of(path: Path) -> str:
    """Where a file is, as the library notes it: an absolute path, or ``corpus:NAME`` inside our corpus."""
    corpus = os.path.abspath(corpus_folder())
    absolute = os.path.abspath(path)
    if absolute.startswith(corpus + os.sep):
        return CORPUS_ORIGIN + Path(absolute).relative_to(corpus).as_posix()
    return absolute


def path_of(origin: str) -> Path:
    """The file behind an origin."""
    if origin.startswith(CORPUS_ORIGIN):
        return corpus_folder() / origin.removeprefix(CORPUS_ORIGIN)
    return Path(origin)


def ingest_paths(
    library: Library,
    paths: Iterable[Path],
    *,
    settings: ChunkSettings = ChunkSettings(),
    max_bytes: int = MAX_BYTES,
    progress: Progress | None = None,
) -> IngestReport:
    """Bring the library in line with files and folders; what is below a folder no more leaves the library.

    A bad file is reported as failed and keeps what the library had of it. Raises ``LibraryBusy`` while another
    ingest runs and ``LibraryError`` where the library itself cannot be written.
    """
    with library.ingest_lock():
        found = find_files(paths)
        ingest = _Ingest(library, settings, max_bytes)
        reports: list[FileReport] = []
        total = len(found.files) + len(found.skipped) + len(found.failures)
        for report in ingest.run(found):
            reports.append(report)
            if progress:
                progress(report, len(reports), max(total, len(reports)))
    return IngestReport(tuple(reports))


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A file that can be read: its path, origin, bytes' hash and what its manifest says (None: that is broken)."""

    path: Path
    origin: str
    sha256: str
    defaults: Metadata | None


class _Ingest:
    """One run over the files found."""

    def __init__(self, library: Library, settings: ChunkSettings, max_bytes: int) -> None:
        self._library = library
        self._settings = settings
        self._max_bytes = max_bytes
        self._manifests: dict[Path, dict[str, Metadata] | None] = {}

    def run(self, found: FoundFiles) -> Iterator[FileReport]:
        for path, error in found.failures:
            yield FileReport(_printable(path), Outcome.FAILED, reason=str(error))
        yield from self._read_manifests(found)
        for path in found.files:
            yield self._take(path)
        yield from self._remove_vanished(found.folders)
        for path in found.skipped:
            yield FileReport(_printable(path), Outcome.SKIPPED, reason="不是支持的格式")

    def _read_manifests(self, found: FoundFiles) -> Iterator[FileReport]:
        for folder in dict.fromkeys(path.parent for path in found.files):
            try:
                self._manifests[folder] = manifest_for(folder)
            except ManifestError as error:
                self._manifests[folder] = None
                yield FileReport(_printable(folder / MANIFEST_NAME), Outcome.FAILED, reason=str(error))

    def _take(self, path: Path) -> FileReport:
        """Deal with one file; whatever is wrong with it stays with it."""
        try:
            data = read_bytes(path, max_bytes=self._max_bytes)
            candidate = self._candidate(path, data)
            return self._decide(candidate, data)
        except LoadError as error:
            return FileReport(_printable(path), Outcome.FAILED, reason=str(error))
        except LibraryError:
            raise
        except Exception as error:
            _log.exception("cannot ingest %s", _printable(path))
            reason = f"{shown(path)}：处理时程序出错（{type(error).__name__}）；请把这个文件反馈给维护人员"
            return FileReport(_printable(path), Outcome.FAILED, reason=reason)

    def _candidate(self, path: Path, data: bytes) -> _Candidate:
        origin = origin_of(path)
        if _printable(origin) != origin:
            raise LoadError(f"{shown(path)}：文件名或文件夹名不是 UTF-8 编码，无法登记；请改名后再导入")
        manifest = self._manifests.get(path.parent)
        defaults = None if manifest is None else manifest.get(path.name, Metadata())
        return _Candidate(path, origin, hashlib.sha256(data).hexdigest(), defaults)

    def _decide(self, file: _Candidate, data: bytes) -> FileReport:
        known = self._library.find_by_origin(file.origin)
        if known and known.sha256 == file.sha256:
            return self._refresh(known, file, data, Outcome.UNCHANGED)
        twins = [(twin, self._hash_now(twin)) for twin in self._library.find_by_sha256(file.sha256)]
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
        current = file.defaults is None or known.fingerprint == fingerprint(file.defaults, self._settings)
        if current:
            return FileReport(file.origin, outcome, known.id, reason)
        if outcome is Outcome.UNCHANGED:
            outcome, reason = Outcome.CHANGED, "处理方法或登记信息有更新"
        return replace(self._store(known.id, file, data, outcome), reason=reason)

    def _store(self, document_id: str, file: _Candidate, data: bytes, outcome: Outcome) -> FileReport:
        defaults = file.defaults or Metadata()
        raw = load_bytes(data, name=file.path.name, origin=file.origin)
        document, passages = prepare(raw, defaults, document_id, self._settings)
        self._library.put(document, passages, fingerprint=fingerprint(defaults, self._settings))
        return FileReport(file.origin, outcome, document_id)

    def _hash_now(self, record: DocumentRecord) -> str | None:
        """The hash of the bytes that are now where a document came from; None where there is no file any more."""
        path = path_of(record.origin)
        if _is_gone(path):
            return None
        try:
            return hashlib.sha256(read_bytes(path, max_bytes=self._max_bytes)).hexdigest()
        except LoadError:
            return ""

    def _remove_vanished(self, folders: Iterable[Path]) -> Iterator[FileReport]:
        """Take out the documents from below ``folders`` whose files are there no more."""
        below = tuple(_prefix(folder) for folder in folders)
        for record in self._library.records():
            if record.origin.startswith(below) and _is_gone(path_of(record.origin)):
                self._library.remove(record.id)
                yield FileReport(record.origin, Outcome.REMOVED, record.id, "文件已不在文件夹中")


def _prefix(folder: Path) -> str:
    """What the origins of all files below ``folder`` begin with."""
    probe = origin_of(folder / "x")
    return probe[:-1]


def _is_gone(path: Path) -> bool:
    """Whether there is nothing at ``path`` for certain; not being allowed to look is no proof."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def _printable(path: Path | str) -> str:
    return str(path).encode("utf-8", "backslashreplace").decode("utf-8")
