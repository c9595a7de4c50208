"""Builds index generations: all of it or nothing, whatever happens in between.

A generation is written into ``tmp-…`` beside the others, brought to disk file by file, renamed to its name,
and made current by replacing the small file ``CURRENT``. Each step is told to ``progress`` before it begins.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Protocol

import numpy as np

from ingest.types import Document, Passage
from retriever import generation as layout
from retriever.analyzer import Analyzer
from retriever.calibration import unrelated_cosine
from retriever.dense import DenseIndex, DenseSettings
from retriever.errors import GenerationError
from retriever.lexical import LexicalEntry, build_lexical
from retriever.manifest import (
    FORMAT,
    MANIFEST,
    PASSAGES,
    FileRecord,
    GenerationInfo,
    Manifest,
    PassageTable,
    describe,
    embedder_identity,
)
from retriever.protocols import Embedder
from retriever.publishing import (
    building,
    clean,
    free_name,
    make_current,
    sync,
    work_directory,
)
from retriever.vectors import VectorCache, embedded, passage_text, sentence_texts

Progress = Callable[[str, int, int], None]
"""Called with the name of a step, how much of it is done and how much there is."""


class Store(VectorCache, Protocol):
    """What a build needs of the library."""

    def snapshot(self) -> Mapping[str, int]:
        """The current revision of every document, by id."""

    def state_hash(self) -> str:
        """A hash of all current documents and passages."""

    def document(self, document_id: str, revision: int | None = None) -> Document:
        """A document in a revision."""

    def passages(self, document_id: str, revision: int | None = None) -> tuple[Passage, ...]:
        """Its passages in order."""


@dataclass(frozen=True, slots=True)
class _Item:
    title: str
    passage: Passage


def generation_id(
    store: Store, embedder: Embedder, analyzer: Analyzer, dense: DenseSettings
) -> tuple[str, dict[str, int]]:
    """A name that follows from everything a generation is made of, and the snapshot it is made of.

    The same library gives the same name.
    """
    snapshot, state = dict(store.snapshot()), store.state_hash()
    while (again := dict(store.snapshot())) != snapshot:  # somebody ingested in between
        snapshot, state = again, store.state_hash()
    made_of = {
        "format": FORMAT,
        "analyzer": analyzer.fingerprint,
        "embedder": embedder_identity(embedder),
        "settings": _build_settings(dense),
        "snapshot": snapshot,
        "state": state,
    }
    identifier = hashlib.sha256(json.dumps(made_of, sort_keys=True).encode()).hexdigest()[:16]
    return identifier, dict(sorted(snapshot.items()))


def _build_settings(dense: DenseSettings) -> dict[str, int]:
    """The settings that the files depend on."""
    return {"flat_limit": dense.flat_limit, "half_limit": dense.half_limit}


def build_generation(
    store: Store,
    embedder: Embedder,
    analyzer: Analyzer,
    index_dir: Path,
    *,
    progress: Progress = lambda step, done, total: None,
    dense: DenseSettings | None = None,
    rebuild: bool = False,
) -> GenerationInfo:
    """Make a generation of the library's current state and put it in use.

    Where an intact one of the same content is there already it is put in use instead, unless ``rebuild``. The
    generation that was in use before is kept for its readers; older ones and what broken-off builds left are
    removed. Raises ``IndexBusy`` while another build runs.
    """
    settings = dense or DenseSettings()
    index_dir.mkdir(parents=True, exist_ok=True)
    with building(index_dir):
        identifier, snapshot = generation_id(store, embedder, analyzer, settings)
        before = _current(index_dir)
        existing = None if rebuild else _existing(index_dir, identifier, before)
        if existing is None:
            work = work_directory(index_dir)
            _write(_Build(store, embedder, analyzer, work, progress, settings), identifier, snapshot)
            progress("rename", 0, 1)
            directory = free_name(index_dir, identifier)
            os.rename(work, directory)
            sync(index_dir)
        else:
            directory = existing
        if directory != before:
            progress("current", 0, 1)
            make_current(index_dir, directory, before)
        progress("clean", 0, 1)
        clean(index_dir)
        return describe(directory, layout.read_manifest(directory), built=existing is None)


def _current(index_dir: Path) -> Path | None:
    try:
        return layout.current_directory(index_dir)[0]
    except GenerationError:
        return None


def _existing(index_dir: Path, identifier: str, current: Path | None) -> Path | None:
    """An intact generation of this name, the one in use first."""
    candidates = [*filter(None, [current]), *sorted(index_dir.glob(f"{identifier}*"))]
    for directory in candidates:
        try:
            digest = layout.current_directory(index_dir)[1] if directory == current else None
            manifest = layout.read_manifest(directory, digest)
            if manifest.generation == identifier:
                layout.check_files(directory, manifest, checksums=True)
                return directory
        except GenerationError:
            continue
    return None


@dataclass(frozen=True, slots=True)
class _Build:
    store: Store
    embedder: Embedder
    analyzer: Analyzer
    work: Path
    progress: Progress
    dense: DenseSettings


def _write(build: _Build, identifier: str, snapshot: Mapping[str, int]) -> None:
    """All files of the generation into the work directory, on disk when this returns."""
    items, rows = _read(build.store, snapshot)
    table = PassageTable(rows)
    (build.work / PASSAGES).write_text(table.to_json(), "utf-8")
    build.progress("lexical", 0, len(items))
    (build.work / layout.LEXICAL).mkdir()
    entries = (LexicalEntry(item.passage.text, item.title, item.passage.path) for item in items)
    build_lexical(build.work / layout.LEXICAL, entries, build.analyzer)
    _write_dense(build, items)
    sentences = _write_sentences(build, items)
    build.progress("manifest", 0, 1)
    manifest = Manifest(
        format=FORMAT,
        generation=identifier,
        analyzer=build.analyzer.fingerprint,
        embedder=embedder_identity(build.embedder),
        settings=_build_settings(build.dense),
        snapshot=snapshot,
        passages=table.count,
        sentences=sentences,
        unrelated=unrelated_cosine(build.embedder),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        files=_records(build.work),
    )
    (build.work / MANIFEST).write_text(manifest.to_json(), "utf-8")
    build.progress("sync", 0, 1)
    for path in [*build.work.rglob("*"), build.work]:
        sync(path)


def _read(store: Store, snapshot: Mapping[str, int]) -> tuple[list[_Item], list[tuple[str, int, int]]]:
    items: list[_Item] = []
    rows: list[tuple[str, int, int]] = []
    for identifier, revision in snapshot.items():
        title = store.document(identifier, revision).metadata.title
        passages = store.passages(identifier, revision)
        items.extend(_Item(title, passage) for passage in passages)
        rows.append((identifier, revision, len(passages)))
    return items, rows


def _write_dense(build: _Build, items: Sequence[_Item]) -> None:
    vectors = np.zeros((len(items), build.embedder.dimension), dtype=np.float32)
    texts = [passage_text(item.title, item.passage) for item in items]
    for start, batch in embedded(build.store, build.embedder, texts, partial(build.progress, "passages")):
        vectors[start : start + len(batch)] = batch
    build.progress("dense", 0, 1)
    DenseIndex.build(vectors, build.dense).save(build.work / layout.DENSE)


def _write_sentences(build: _Build, items: Sequence[_Item]) -> int:
    texts = [text for item in items for text in sentence_texts(item.passage)]
    offsets = np.cumsum([0, *(len(item.passage.sentences) for item in items)], dtype=np.int64)
    np.save(build.work / layout.OFFSETS, offsets, allow_pickle=False)
    shape = (len(texts), build.embedder.dimension)
    if not texts:
        np.save(build.work / layout.SENTENCES, np.zeros(shape, dtype=np.float16), allow_pickle=False)
        return 0
    table = np.lib.format.open_memmap(build.work / layout.SENTENCES, mode="w+", dtype=np.float16, shape=shape)
    for start, batch in embedded(build.store, build.embedder, texts, partial(build.progress, "sentences")):
        table[start : start + len(batch)] = batch
    table.flush()
    return len(texts)


def _records(work: Path) -> dict[str, FileRecord]:
    """Size and checksum of every file. Tantivy's lock files stay, or opening would create them."""
    return {
        path.relative_to(work).as_posix(): FileRecord(path.stat().st_size, layout.file_sha256(path))
        for path in sorted(work.rglob("*"))
        if path.is_file()
    }
