"""Public libraries that a user might pick instead, on the same passages, vectors and questions (extra ``peers``).

Each is set up as its documentation shows; where its BM25 cannot see Chinese words as it comes, the hybrid is given a
pattern that takes characters one by one, as its users do. The vectors are ours: what is compared is the library.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from eval.measures import extra
from eval.systems import Search, System, Workbench
from ingest.normal import simplify
from retriever.vectors import embedded, passage_text

_CHARACTERS = r"(?u)[a-zA-Z0-9]+|[^\W_]"
_EXTRA = "peers"


@dataclass(frozen=True, slots=True)
class _Unit:
    """A passage of a document, as a library is given it."""

    document: str
    text: str


def make_peer(name: str, bench: Workbench) -> System:
    """The library's system called ``name``; raises ``MissingExtra`` where the library is not installed."""
    units = _units(bench)
    started = time.perf_counter()
    search, version = _MAKERS[name](units, bench)
    took, model = time.perf_counter() - started, ""
    cost = {}
    if name.endswith("hybrid"):  # the vectors count with what they cost, whenever they were made
        made, model = bench.vectors.seconds(), bench.model
        took += made - bench.vectors.fresh_seconds
        cost["embed_s"] = round(made, 3)
    cost["build_s"] = round(took, 3)
    return System(name, {"retriever": name, "library": version}, search, cost, model)


def _units(bench: Workbench) -> list[_Unit]:
    store = bench.store
    return [
        _Unit(document.id, f"{document.place}\n{passage.text}" if document.place else passage.text)
        for document in bench.dataset.corpus
        for passage in store.passages(document.id)
    ]


def _vectors(bench: Workbench) -> list[list[float]]:
    """Our vectors of the same passages, from the cache where they are there."""
    store = bench.store
    texts = [
        passage_text(document.title, passage)
        for document in bench.dataset.corpus
        for passage in store.passages(document.id)
    ]
    told = partial(bench.progress, "计算段落向量")
    return [row.tolist() for _, rows in embedded(store, bench.embedder, texts, told) for row in rows]


def _query_vector(bench: Workbench, text: str) -> list[float]:
    vector: list[float] = bench.embedder.embed_queries([simplify(text)])[0].tolist()
    return vector


def _best(found: Iterable[tuple[str, float]], k: int) -> list[tuple[str, float]]:
    """Passages' documents, each where its best passage stands."""
    best: dict[str, float] = {}
    for document, score in found:
        best.setdefault(document, score)
    return list(best.items())[:k]


def _haystack() -> Any:
    os.environ.setdefault("HAYSTACK_TELEMETRY_ENABLED", "False")
    return extra("haystack", _EXTRA)


def _haystack_store(units: Sequence[_Unit], vectors: Sequence[list[float]] | None) -> Any:
    haystack = _haystack()
    stores = extra("haystack.document_stores.in_memory", _EXTRA)
    store = stores.InMemoryDocumentStore(shared=False, return_embedding=False)
    rows = [
        haystack.Document(
            id=str(number),
            content=unit.text,
            meta={"document": unit.document},
            embedding=None if vectors is None else vectors[number],
        )
        for number, unit in enumerate(units)
    ]
    store.write_documents(rows)
    return store


def _haystack_bm25(units: Sequence[_Unit], bench: Workbench) -> tuple[Search, str]:
    store = _haystack_store(units, None)
    retriever = extra("haystack.components.retrievers.in_memory", _EXTRA).InMemoryBM25Retriever(store)

    def search(question: str, k: int) -> list[tuple[str, float]]:
        found = retriever.run(query=question, top_k=2 * k)["documents"]
        return _best(((row.meta["document"], row.score) for row in found), k)

    return search, _version("haystack-ai")


def _haystack_hybrid(units: Sequence[_Unit], bench: Workbench) -> tuple[Search, str]:
    haystack = _haystack()
    in_memory = extra("haystack.components.retrievers.in_memory", _EXTRA)
    joiners = extra("haystack.components.joiners", _EXTRA)
    store = _haystack_store(units, _vectors(bench))
    pipeline = haystack.Pipeline()
    pipeline.add_component("words", in_memory.InMemoryBM25Retriever(store))
    pipeline.add_component("vectors", in_memory.InMemoryEmbeddingRetriever(store))
    pipeline.add_component("join", joiners.DocumentJoiner(join_mode="reciprocal_rank_fusion"))
    pipeline.connect("words", "join")
    pipeline.connect("vectors", "join")

    def search(question: str, k: int) -> list[tuple[str, float]]:
        inputs = {
            "words": {"query": question, "top_k": 2 * k},
            "vectors": {"query_embedding": _query_vector(bench, question), "top_k": 2 * k},
        }
        found = pipeline.run(inputs)["join"]["documents"]
        return _best(((row.meta["document"], row.score) for row in found), k)

    return search, _version("haystack-ai")


def _llamaindex_nodes(units: Sequence[_Unit], vectors: Sequence[list[float]] | None) -> list[Any]:
    node = extra("llama_index.core.schema", _EXTRA).TextNode
    return [
        node(
            id_=f"{number}",
            text=unit.text,
            metadata={"document": unit.document},
            excluded_embed_metadata_keys=["document"],
            embedding=None if vectors is None else vectors[number],
        )
        for number, unit in enumerate(units)
    ]


def _llamaindex_words(nodes: Sequence[Any], depth: int, pattern: str | None = None) -> Any:
    retriever = extra("llama_index.retrievers.bm25", _EXTRA).BM25Retriever
    options = {} if pattern is None else {"token_pattern": pattern}
    return retriever.from_defaults(nodes=nodes, similarity_top_k=min(depth, len(nodes)), **options)


def _llamaindex_bm25(units: Sequence[_Unit], bench: Workbench) -> tuple[Search, str]:
    retriever = _llamaindex_words(_llamaindex_nodes(units, None), _DEPTH)

    def search(question: str, k: int) -> list[tuple[str, float]]:
        found = (row for row in retriever.retrieve(question) if row.score > 0)
        return _best(((row.node.metadata["document"], row.score) for row in found), k)

    return search, _version("llama-index-core")


def _llamaindex_hybrid(units: Sequence[_Unit], bench: Workbench) -> tuple[Search, str]:
    core = extra("llama_index.core", _EXTRA)
    nodes = _llamaindex_nodes(units, _vectors(bench))
    index = core.VectorStoreIndex(nodes, embed_model=core.MockEmbedding(embed_dim=bench.embedder.dimension))
    fused = extra("llama_index.core.retrievers", _EXTRA).QueryFusionRetriever(
        [index.as_retriever(similarity_top_k=_DEPTH), _llamaindex_words(nodes, _DEPTH, _CHARACTERS)],
        llm=extra("llama_index.core.llms", _EXTRA).MockLLM(),
        mode="reciprocal_rerank",
        similarity_top_k=_DEPTH,
        num_queries=1,
        use_async=False,
    )
    bundle = extra("llama_index.core.schema", _EXTRA).QueryBundle

    def search(question: str, k: int) -> list[tuple[str, float]]:
        found = fused.retrieve(bundle(question, embedding=_query_vector(bench, question)))
        return _best(((row.node.metadata["document"], row.score) for row in found), k)

    return search, _version("llama-index-core")


def _version(package: str) -> str:
    from importlib.metadata import version

    return f"{package} {version(package)}"


_DEPTH = 200
_MAKERS: Mapping[str, Callable[[Sequence[_Unit], Workbench], tuple[Search, str]]] = {
    "haystack-bm25": _haystack_bm25,
    "haystack-hybrid": _haystack_hybrid,
    "llamaindex-bm25": _llamaindex_bm25,
    "llamaindex-hybrid": _llamaindex_hybrid,
}
