"""The only place that names concrete classes: settings in, a working assistant out."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypedDict

from ingest.corrections import Changes
from ingest.library import DocumentRecord, Library
from ingest.manifest import corpus_folder
from ingest.pipeline import ingest_paths, preview_paths
from ingest.report import FileReport, IngestReport
from retriever.analyzer import Analyzer
from retriever.builder import build_generation
from retriever.embedders import load_embedder
from retriever.errors import IndexBusy, RerankerError
from retriever.generation import kept_snapshots
from retriever.manifest import GenerationInfo
from retriever.protocols import Embedder
from retriever.rerank import RerankSettings, SecondLook
from retriever.search import Retriever
from service.assistant import Assistant
from service.llm.load import limits_of, load_language_model
from service.llm.summary import Summariser
from service.llm.support import WordsAndVectors
from service.llm.types import LanguageModel
from service.llm.verifier import Verifier
from service.settings import Settings

Progress = Callable[[str, int, int], None]
"""Called with the stage in Chinese, how much of it is done and how much there is."""

logger = logging.getLogger(__name__)

READING = "读取文件"
_STAGES = {"lexical": "建立词语索引", "passages": "计算段落向量", "sentences": "计算句子向量"}


class Tools(TypedDict):
    """What a running service has loaded already."""

    embedder: Embedder
    analyzer: Analyzer


def embedder_of(settings: Settings) -> Embedder:
    """The embedder that the settings name."""
    return load_embedder(settings.embedder, threads=settings.threads)


def second_look_of(settings: Settings) -> SecondLook | None:
    """The second look that the settings ask for, if any; raises RerankerError."""
    if not settings.rerank_ms:
        return None
    from retriever.rerankers.onnx import OnnxReranker

    limits = RerankSettings(settings.rerank_candidates, milliseconds=settings.rerank_ms)
    return SecondLook(OnnxReranker(threads=settings.threads), limits)


def _second_look(settings: Settings) -> SecondLook | None:
    """The second look, or none where its model cannot be had: answers are to be had without."""
    try:
        return second_look_of(settings)
    except RerankerError as error:
        logger.error("answers are ordered without the reranker: %s", error)
        return None


def open_assistant(settings: Settings) -> Assistant:
    """The assistant over an existing library and index; opening writes nothing."""
    analyzer = Analyzer()
    library = Library.open(settings.library_path)
    try:
        embedder, second_look = embedder_of(settings), _second_look(settings)
        retriever = Retriever.open(library, settings.index_path, embedder, analyzer, second_look=second_look)
        summariser = _summariser(settings, retriever, analyzer)
    except BaseException:
        library.close()
        raise
    return Assistant(library, retriever, analyzer, settings, summariser=summariser)


def language_model_of(settings: Settings) -> LanguageModel | None:
    """The language model that the settings name, ``None`` where they name none; nothing is contacted."""
    return load_language_model(settings)


def verifier_of(retriever: Retriever, analyzer: Analyzer) -> Verifier:
    """The check of what a language model writes, by the words of the index in use and its embedder."""
    support = WordsAndVectors(analyzer, retriever.idf, retriever.embedder)
    return Verifier(
        support,
        analyzer.query_terms,
        lambda term: retriever.generation.lexical.document_frequency(term) > 0,
    )


def _summariser(settings: Settings, retriever: Retriever, analyzer: Analyzer) -> Summariser | None:
    model = language_model_of(settings)
    return Summariser(model, verifier_of(retriever, analyzer), limits_of(settings)) if model else None


def ingest(
    settings: Settings,
    paths: Iterable[Path],
    *,
    corpus: bool = False,
    rebuild: bool = False,
    progress: Progress,
) -> tuple[IngestReport, GenerationInfo]:
    """Bring ``paths`` (and the package's own corpus) into the library and make a new index current."""
    wanted = _wanted(paths, corpus)
    with Library.create(settings.library_path) as library:
        report = IngestReport(())
        if wanted:
            report = ingest_paths(
                library,
                wanted,
                max_bytes=settings.file_bytes,
                limits=settings.limits,
                progress=_per_file(progress),
            )
        return report, _index(settings, library, rebuild, progress)


def preview(
    settings: Settings, paths: Iterable[Path], *, corpus: bool = False, progress: Progress
) -> IngestReport:
    """What ``ingest`` would report; nothing is written."""
    return preview_paths(
        settings.library_path,
        _wanted(paths, corpus),
        max_bytes=settings.file_bytes,
        limits=settings.limits,
        progress=_per_file(progress),
    )


def take_in(
    settings: Settings,
    paths: Iterable[Path],
    *,
    progress: Progress,
    embedder: Embedder,
    analyzer: Analyzer,
) -> IngestReport:
    """Bring ``paths`` into the library and the index of a running service, which passes what it has loaded.

    Unlike ``ingest`` it clears away before, not after: answers under way may still need what this change replaces.
    Raises LibraryBusy while another ingest runs; where one only builds its index this waits, since the files are in.
    """
    with Library.open(settings.library_path) as library:
        _clear(settings, library)
        report = ingest_paths(
            library,
            paths,
            max_bytes=settings.file_bytes,
            limits=settings.limits,
            progress=_per_file(progress),
        )
        while True:
            try:
                build_generation(library, embedder, analyzer, settings.index_path, progress=_staged(progress))
                return report
            except IndexBusy:
                progress("等另一个导入结束", 0, 0)
                time.sleep(1)


def correct(
    settings: Settings,
    document_id: str,
    changes: Changes,
    *,
    progress: Progress,
    embedder: Embedder | None = None,
    analyzer: Analyzer | None = None,
) -> DocumentRecord:
    """Correct a document's metadata by hand in library and index; the document as it is then.

    A running service passes its own ``embedder`` and ``analyzer``. Raises DocumentNotFound, CorrectionError and,
    while another ingest runs, LibraryBusy before or IndexBusy after the correction is made; saying the same again
    then finishes it. Revisions that no index needs any more are left to the next ingest, so that answers under way
    keep theirs.
    """
    with _changing(settings, progress, embedder, analyzer) as library:
        library.correct(document_id, changes)
        return library.record(document_id)


def remove(
    settings: Settings,
    document_id: str,
    *,
    progress: Progress,
    embedder: Embedder | None = None,
    analyzer: Analyzer | None = None,
) -> str:
    """Take a document out of library and index until it is restored; its title. Raises like ``correct``."""
    with _changing(settings, progress, embedder, analyzer) as library:
        removed = {each.record.id: each.record for each in library.removals.all()}
        record = removed.get(document_id) or library.record(document_id)
        if document_id not in removed:  # else only the index did not follow
            library.removals.remove(document_id)
        return record.title


def restore(
    settings: Settings,
    document_id: str,
    *,
    progress: Progress,
    embedder: Embedder | None = None,
    analyzer: Analyzer | None = None,
) -> DocumentRecord:
    """Put a removed document back as it was. Raises like ``correct``, and NotRestorable."""
    with _changing(settings, progress, embedder, analyzer) as library:
        library.removals.restore(document_id)
        return library.record(document_id)


@contextmanager
def _changing(
    settings: Settings, progress: Progress, embedder: Embedder | None, analyzer: Analyzer | None
) -> Iterator[Library]:
    """The library to change, alone; the index follows."""
    with Library.open(settings.library_path) as library, library.ingest_lock():
        yield library
        build_generation(
            library,
            embedder or embedder_of(settings),
            analyzer or Analyzer(),
            settings.index_path,
            progress=_staged(progress),
        )


def _index(settings: Settings, library: Library, rebuild: bool, progress: Progress) -> GenerationInfo:
    """A new index of the library; then what no index in use needs any more leaves the library."""
    info = build_generation(
        library,
        embedder_of(settings),
        Analyzer(),
        settings.index_path,
        progress=_staged(progress),
        rebuild=rebuild,
    )
    _clear(settings, library)
    return info


def _clear(settings: Settings, library: Library) -> None:
    """Delete what no index needs, and what was removed too long ago to be restored."""
    before = datetime.now(UTC) - timedelta(days=settings.keep_removed_days)
    library.collect_garbage(
        kept_snapshots(settings.index_path), removed_before=before.isoformat(timespec="seconds")
    )


def _wanted(paths: Iterable[Path], corpus: bool) -> list[Path]:
    return [*([corpus_folder()] if corpus else []), *paths]


def _staged(progress: Progress) -> Progress:
    """Progress of a build, in the words of its stages."""

    def staged(step: str, done: int, total: int) -> None:
        if step in _STAGES:
            progress(_STAGES[step], done, total)

    return staged


def _per_file(progress: Progress) -> Callable[[FileReport, int, int], None]:
    return lambda _, done, total: progress(READING, done, total)
