"""The only place that names concrete classes: settings in, a working assistant out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from ingest.library import Library
from ingest.manifest import corpus_folder
from ingest.pipeline import ingest_paths
from ingest.report import FileReport, IngestReport
from retriever.analyzer import Analyzer
from retriever.builder import build_generation
from retriever.embedders import load_embedder
from retriever.generation import kept_snapshots
from retriever.manifest import GenerationInfo
from retriever.protocols import Embedder
from retriever.search import Retriever
from service.assistant import Assistant
from service.settings import Settings

Progress = Callable[[str, int, int], None]
"""Called with the stage in Chinese, how much of it is done and how much there is."""

_STAGES = {"lexical": "建立词语索引", "passages": "计算段落向量", "sentences": "计算句子向量"}


def embedder_of(settings: Settings) -> Embedder:
    """The embedder that the settings name."""
    return load_embedder(settings.embedder, threads=settings.threads)


def open_assistant(settings: Settings) -> Assistant:
    """The assistant over an existing library and index; opening writes nothing."""
    analyzer = Analyzer()
    library = Library.open(settings.library_path)
    try:
        retriever = Retriever.open(library, settings.index_path, embedder_of(settings), analyzer)
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
    wanted = [*([corpus_folder()] if corpus else []), *paths]
    with Library.create(settings.library_path) as library:
        report = IngestReport(())
        if wanted:
            report = ingest_paths(
                library, wanted, max_bytes=settings.file_bytes, progress=_per_file(progress)
            )
        return report, _index(settings, library, rebuild, progress)


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

    def staged(step: str, done: int, total: int) -> None:
        if step in _STAGES:
            progress(_STAGES[step], done, total)

    info = build_generation(
        library, embedder_of(settings), Analyzer(), settings.index_path, progress=staged, rebuild=rebuild
    )
    library.collect_garbage(kept_snapshots(settings.index_path))
    return info


def _per_file(progress: Progress) -> Callable[[FileReport, int, int], None]:
    return lambda _, done, total: progress("读取文件", done, total)
