"""The systems that a retrieval run can measure: ours in its modes, the baselines, and public libraries.

A maker takes a ``Workbench`` and gives a ``System``, ready to search. ``SYSTEMS`` is the registry.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval.datasets import Dataset
from eval.errors import ConfigurationError
from eval.terminal import Progress, silent

if TYPE_CHECKING:
    from eval.vectorstore import MemoryStore, VectorFile
    from retriever.protocols import Embedder
    from retriever.rerank import SecondLook
    from retriever.search import Retriever
    from retriever.search_settings import RetrieverSettings

Search = Callable[[str, int], list[tuple[str, float]]]
"""A question and how many documents are wanted, to (document id, score), best first."""

_STAGES = {"lexical": "建立词语索引", "passages": "计算段落向量"}
_TIMES = "times.json"


@dataclass(frozen=True, slots=True)
class System:
    """Something that ranks documents.

    ``configuration`` is what makes it this system; ``model`` names its embedder and ``index`` what it searches, both
    empty where there is none; ``cost`` as in ``Summary``.
    """

    name: str
    configuration: Mapping[str, Any]
    search: Search
    cost: Mapping[str, float] = field(default_factory=dict)
    model: str = ""
    index: str = ""


class Workbench:
    """What systems are made from: a data set, our embedder and a folder for what can be used again."""

    def __init__(
        self,
        dataset: Dataset,
        cache: Path,
        *,
        embedder: Embedder | None = None,
        spec: str = "builtin",
        threads: int = 1,
        progress: Progress = silent,
    ) -> None:
        """``embedder``, or the one that ``spec`` names, loaded when it is needed with ``threads`` threads."""
        self.dataset, self.cache, self.progress = dataset, cache, progress
        self.threads = threads
        self._given, self._spec = embedder, spec

    @cached_property
    def embedder(self) -> Embedder:
        """Our embedder."""
        from retriever.embedders import load_embedder

        return self._given or load_embedder(self._spec, threads=self.threads)

    @cached_property
    def vectors(self) -> VectorFile:
        """The vectors that all runs share."""
        from eval.vectorstore import VectorFile

        return VectorFile(self.cache / "vectors.sqlite3")

    @cached_property
    def store(self) -> MemoryStore:
        """The data set's documents as a library."""
        from eval.vectorstore import MemoryStore

        return MemoryStore(self.dataset.corpus, self.vectors)

    @property
    def model(self) -> str:
        """Name and revision of our embedder."""
        return f"{self.embedder.name}@{self.embedder.revision}"

    def close(self) -> None:
        """Close the vector file if it was opened."""
        if "vectors" in self.__dict__:
            self.vectors.close()


Maker = Callable[[Workbench], System]


def make(name: str, bench: Workbench, settings: RetrieverSettings | None = None) -> System:
    """The system called ``name``; ``settings`` are for ours. Raises ``ConfigurationError`` for an unknown name."""
    check_name(name)
    if name in _OURS:
        return _ours(name, bench, settings)
    if settings is not None:
        raise ConfigurationError(f"检索方式“{name}”没有可调的设置。可调的有：{'、'.join(_OURS)}。")
    return SYSTEMS[name](bench)


def check_name(name: str) -> None:
    """Raise ``ConfigurationError`` unless there is a system of this name."""
    if name not in SYSTEMS:
        raise ConfigurationError(f"不认识的检索方式“{name}”。可用：{'、'.join(SYSTEMS)}。")


def _ours(name: str, bench: Workbench, settings: RetrieverSettings | None = None) -> System:
    from retriever.search_settings import RetrieverSettings

    mode: Any = name
    settings = replace(settings or RetrieverSettings(), mode=mode)
    retriever, cost = _opened(bench, settings)
    search = _document_search(retriever, bench.store.parts)
    index = retriever.generation_id
    return System(name, {"retriever": name, **_flat(settings)}, search, cost, bench.model, index)


def open_retriever(bench: Workbench) -> Retriever:
    """Our retriever, as the product sets it up, over the data set; its index is built where it is not there."""
    from retriever.search_settings import RetrieverSettings

    return _opened(bench, RetrieverSettings())[0]


def _opened(
    bench: Workbench, settings: RetrieverSettings, second_look: SecondLook | None = None
) -> tuple[Retriever, dict[str, float]]:
    """The retriever, and what its index takes."""
    from retriever.analyzer import Analyzer
    from retriever.builder import build_generation
    from retriever.search import Retriever

    analyzer, folder = Analyzer(), bench.cache / "index" / bench.store.state_hash()[:16]

    def staged(step: str, done: int, total: int) -> None:
        if step in _STAGES:
            bench.progress(_STAGES[step], done, total)

    started = time.perf_counter()
    info = build_generation(bench.store, bench.embedder, analyzer, folder, progress=staged)
    took = time.perf_counter() - started
    retriever = Retriever.open(bench.store, folder, bench.embedder, analyzer, settings, second_look)
    cost = {"index_bytes": float(info.size), **_times(folder, info.id, took if info.built else None, bench)}
    return retriever, cost


def _times(folder: Path, generation: str, took: float | None, bench: Workbench) -> dict[str, float]:
    """What the generation took to build, embedding included, also where it or its vectors were there already."""
    path = folder / f"{generation}.{_TIMES}"
    if took is not None:
        made = bench.vectors.seconds()
        fresh = bench.vectors.fresh_seconds
        times = {"build_s": round(took - fresh + made, 3), "embed_s": round(made, 3)}
        path.write_text(json.dumps(times), "utf-8")
    try:
        stored: dict[str, float] = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return stored


def _document_search(retriever: Retriever, parts: int) -> Search:
    from retriever.errors import QueryError
    from retriever.types import Query

    def search(question: str, k: int) -> list[tuple[str, float]]:
        try:
            hits = retriever.search(Query(question), k if parts == 1 else 2 * k)
        except QueryError:
            return []  # blank, too long, or nothing to search for: found nothing
        best: dict[str, float] = {}
        for hit in hits:
            best.setdefault(hit.passage.document_id, hit.score)
        return list(best.items())[:k]

    return search


def _flat(settings: RetrieverSettings) -> dict[str, Any]:
    """Settings as ``field`` and ``part.field``."""
    flat: dict[str, Any] = {}
    for name, value in asdict(settings).items():
        if isinstance(value, dict):
            flat.update({f"{name}.{inner}": number for inner, number in value.items()})
        else:
            flat[name] = value
    return flat


def _baseline(name: str, tokenizer: Callable[[], Callable[[str], list[str]]]) -> Maker:
    def maker(bench: Workbench) -> System:
        from eval.baselines import Bm25

        corpus = bench.dataset.corpus
        bench.progress(_STAGES["lexical"], 0, len(corpus))
        started = time.perf_counter()
        index = Bm25((document.content for document in corpus), tokenizer())
        cost = {"build_s": round(time.perf_counter() - started, 3), "index_bytes": float(index.size)}
        configuration = {"retriever": name, "bm25": "k1=1.2, b=0.75"}
        return System(name, configuration, by_position(index.search, [d.id for d in corpus]), cost)

    return maker


def by_position(search: Callable[[str, int], list[tuple[int, float]]], names: Sequence[str]) -> Search:
    """A search that knows documents by position, as one that knows them by id."""
    return lambda question, k: [(names[position], score) for position, score in search(question, k)]


def _pairs() -> Callable[[str], list[str]]:
    from eval.baselines import character_pairs

    return character_pairs


def _words() -> Callable[[str], list[str]]:
    from eval.baselines import jieba_words

    return jieba_words()


def _reranked(bench: Workbench) -> System:
    """Fusion and a second look without a limit of time, so that a run is the same wherever it is made."""
    from retriever.errors import RerankerError
    from retriever.rerank import RerankSettings, SecondLook
    from retriever.rerankers.onnx import OnnxReranker
    from retriever.search_settings import RetrieverSettings

    settings, limits = RetrieverSettings(), RerankSettings(milliseconds=None)
    try:
        reranker = OnnxReranker(threads=bench.threads)
    except RerankerError as error:
        raise ConfigurationError(str(error)) from error
    retriever, cost = _opened(bench, settings, SecondLook(reranker, limits))
    configuration = {
        "retriever": "reranked",
        "reranker": f"{reranker.name}@{reranker.revision}",
        "reranked_candidates": limits.candidates,
        **_flat(settings),
    }
    search = _document_search(retriever, bench.store.parts)
    return System("reranked", configuration, search, cost, bench.model, retriever.generation_id)


def _peer(name: str) -> Maker:
    def maker(bench: Workbench) -> System:
        from eval.peers import make_peer

        return make_peer(name, bench)

    return maker


_OURS = ("lexical", "dense", "fused")
PEERS = ("haystack-bm25", "haystack-hybrid", "llamaindex-bm25", "llamaindex-hybrid")

SYSTEMS: dict[str, Maker] = {
    **{name: partial(_ours, name) for name in _OURS},
    "reranked": _reranked,
    "bigram": _baseline("bigram", _pairs),
    "jieba": _baseline("jieba", _words),
    **{name: _peer(name) for name in PEERS},
}
