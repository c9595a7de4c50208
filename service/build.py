"""The only place that names concrete classes: settings in, a working assistant out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from ingest.corrections import Changes
from ingest.library import DocumentRecord, Library
from ingest.manifest import corpus_folder
from ingest.pipeline import ingest_paths, preview_paths
from ingest.report import FileReport, IngestReport
from retriever.analyzer import Analyzer
from retriever.builder import build_generation
from retriever.embedders import load_embedder
from retriever.generation import kept_snapshots
from retriever.manifest import GenerationInfo
from retriever.protocols import Embedder
from retriever.rerank import RerankSettings, SecondLook
from retriever.search import Retriever
from service.assistant import Assistant
from service.settings import Settings

Progress = Callable[[str, int, int], None]
"""Called with the stage in Chinese, how much of it is done and how much there is."""

_STAGES = {"lexical": "建立词语索引", "passages": "计算段落向量", "sentences": "计算句子向量"}


def embedder_of(settings: Settings) -> Embedder:
    """The embedder that the settings name."""
    return load_embedder(settings.embedder, threads=settings.threads)


def second_look_of(settings: Settings) -> SecondLook | None:
    """The second look that the settings ask for, if any; raises RerankerError."""
    if not settings.rerank_ms:
        return None
    from retriever.rerankers.onnx import OnnxReranker

    limits = RerankSettings(settings.rerank_candidates, settings.rerank_ms)
    return SecondLook(OnnxReranker(threads=settings.threads), limits)


def open_assistant(settings: Settings) -> Assistant:
    """The assistant over an existing library and index; opening writes nothing."""
    analyzer = Analyzer()
    library = Library.open(settings.library_path)
    try:
        embedder, second_look = embedder_of(settings), second_look_of(settings)
        retriever = Retriever.open(library, settings.index_path, embedder, analyzer, second_look=second_look)
    except BaseException:
        library.close()
        raise
    return Assistant(library, retriever, analyzer, settings)


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
    with Library.open(settings.library_path) as library, library.ingest_lock():
        library.correct(document_id, changes)
        build_generation(
            library,
            embedder or embedder_of(settings),
            analyzer or Analyzer(),
            settings.index_path,
            progress=_staged(progress),
        )
        return library.record(document_id)


def remove(settings: Settings, document_id: str, *, progress: Progress) -> str:
    """Take a document out of library and index; its title. Raises DocumentNotFound."""
    with Library.open(settings.library_path) as library:
        with library.ingest_lock():
            title = library.record(document_id).metadata.title
            library.remove(document_id)
        _index(settings, library, False, progress)
    return title


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
    library.collect_garbage(kept_snapshots(settings.index_path))
    return info


def _wanted(paths: Iterable[Path], corpus: bool) -> list[Path]:
    return [*([corpus_folder()] if corpus else []), *paths]


def _staged(progress: Progress) -> Progress:
    """Progress of a build, in the words of its stages."""

    def staged(step: str, done: int, total: int) -> None:
        if step in _STAGES:
            progress(_STAGES[step], done, total)

    return staged


def _per_file(progress: Progress) -> Callable[[FileReport, int, int], None]:
    return lambda _, done, total: progress("读取文件", done, total)
