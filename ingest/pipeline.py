"""From files to the library: a plan of what is new, changed, moved or gone, carried out file by file.

Every decision is made from the files and the library as they are, never from what this run did before; so a run that
was killed at any instant is finished by running it again, and running twice does what running once does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from ingest import chunking, metadata, normal, regulations, repair, sections
from ingest.chunking import ChunkSettings
from ingest.corrections import SIDECAR, apply_corrections
from ingest.errors import EmptyFile, LibraryMissing
from ingest.fields import Fields
from ingest.formats.archive import SEPARATOR, is_archive
from ingest.formats.limits import Limits
from ingest.holdings import Action, Holdings, Move, Put
from ingest.library import Library
from ingest.library_rows import check_stored_form, text_digest, to_json
from ingest.loaders import MAX_BYTES, FoundFiles, find_files, load_bytes, reader_version, shown
from ingest.places import Places, origin_of, prefix_of
from ingest.planning import Planner, Step, plan
from ingest.report import FileReport, IngestReport
from ingest.sources import Candidate, Sources
from ingest.types import Document, Metadata, Passage, RawText, text_offsets

VERSION = 1
"""Part of every fingerprint: raise it when this module makes another document of the same file."""

Progress = Callable[[FileReport, int, int], None]
"""Called after each file with its report, how many are done and how many there are."""


def prepare(
    raw: RawText,
    defaults: Metadata,
    document_id: str,
    settings: ChunkSettings = ChunkSettings(),
    sidecar: Fields | None = None,
) -> tuple[Document, tuple[Passage, ...]]:
    """The document and the passages of a raw text. Raises ``EmptyFile`` where the repairs leave nothing.

    ``sidecar`` corrects the metadata, but not what the sections follow from: the text's own title line stays one.
    """
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
        metadata=apply_corrections(known, sidecar or {}),
        sections=tree,
        corrected=tuple((field, SIDECAR) for field in sorted(sidecar or {})),
        pages=text_offsets(repaired.edits, raw.pages),
    )
    return document, chunking.chunk(document_id, repaired.text, tree, settings)


_MAKERS = (normal, repair, metadata, regulations, sections, chunking)


def fingerprint(
    defaults: Metadata, settings: ChunkSettings, reader: str = "", sidecar: Fields | None = None
) -> str:
    """What, besides a file's bytes, decides the document made of it: where it differs, the file is processed anew.

    ``reader`` is what ``loaders.reader_version`` says. Corrections by hand are not part of it: they are applied to
    whatever is stored (``ingest.library_corrections``).
    """
    versions: list[int | str] = [module.VERSION for module in _MAKERS]
    versions += [reader] if reader else []
    people = [asdict(defaults), *([sidecar] if sidecar else [])]
    made_by = to_json([VERSION, *versions, asdict(settings), *people])
    return hashlib.sha256(made_by.encode("utf-8", "backslashreplace")).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Reading:
    """How files are read and documents made of them; ``max_bytes`` is the most that a file may have."""

    settings: ChunkSettings
    max_bytes: int
    limits: Limits

    def fingerprint(self, file: Candidate) -> str:
        """What decides the document made of ``file`` besides its bytes."""
        reader = reader_version(file.name)
        return fingerprint(file.defaults or Metadata(), self.settings, reader, file.sidecar)

    def make(self, file: Candidate, document_id: str) -> Put:
        """The document made of ``file``, ready to be stored. Raises ``LoadError``."""
        raw = load_bytes(file.data, name=file.name, origin=file.origin, limits=self.limits)
        defaults = file.defaults or Metadata()
        document, passages = prepare(raw, defaults, document_id, self.settings, file.sidecar)
        check_stored_form(document, passages)
        return Put(document, passages, self.fingerprint(file))


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
        steps = _steps(found, Holdings(library.holdings()), Reading(settings, max_bytes, limits))
        return _report(_carried_out(library, steps), found, progress)


def preview_paths(
    library_path: Path,
    paths: Iterable[Path],
    *,
    settings: ChunkSettings = ChunkSettings(),
    max_bytes: int = MAX_BYTES,
    limits: Limits = Limits(),
    progress: Progress | None = None,
) -> IngestReport:
    """The report that ``ingest_paths`` would give, nothing written: no library needs to be there, no lock is taken.

    Raises ``LibraryError`` where there is a library that cannot be read.
    """
    try:
        holdings = Holdings(Library.peek(library_path))
    except LibraryMissing:
        holdings = Holdings(())
    found = find_files(paths)
    return _report(_steps(found, holdings, Reading(settings, max_bytes, limits)), found, progress)


def _steps(found: FoundFiles, holdings: Holdings, reading: Reading) -> Iterator[Step]:
    sources = Sources(found, reading.max_bytes, reading.limits)
    folders = tuple(prefix_of(folder) for folder in found.folders)
    planner = Planner(holdings, reading, Places(reading.max_bytes, reading.limits), folders)
    archives = (origin_of(path) + SEPARATOR for path in found.files if is_archive(path))
    yield from plan(planner, sources.documents(), (*folders, *archives))
    yield from map(Step, sources.others())


def _carried_out(library: Library, steps: Iterable[Step]) -> Iterator[Step]:
    """The steps, each done when it comes; an action is one transaction."""
    for step in steps:
        for action in step.actions:
            _do(library, action)
        yield step


def _do(library: Library, action: Action) -> None:
    if isinstance(action, Put):
        library.put(action.document, action.passages, fingerprint=action.fingerprint)
    elif isinstance(action, Move):
        library.move(action.document_id, action.origin)
    else:
        library.remove(action.document_id)


def _report(steps: Iterable[Step], found: FoundFiles, progress: Progress | None) -> IngestReport:
    reports: list[FileReport] = []
    total = len(found.files) + len(found.skipped) + len(found.failures)
    for step in steps:
        reports.append(step.report)
        if progress:
            progress(step.report, len(reports), max(total, len(reports)))
    return IngestReport(tuple(reports))
