"""The dense leg: inner products of unit vectors (cosines) in FAISS, and the vectors of the sentences.

The kind of index follows from the number of vectors (384 dimensions, one thread, measured): exact float32 is
quick up to 20,000; half-precision scalars halve the memory up to 200,000 and lose nothing measurable; beyond
that an inverted file over 8-bit scalars answers in about a millisecond at a recall near 0.98.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retriever.errors import IndexDamaged
from retriever.manifest import REBUILD
from retriever.protocols import Embedder, Vectors

_TRAINING_SEED = 20190709
_MAP_FROM = 64 << 20
"""Files from this size on are mapped into memory. Smaller ones are read: FAISS' mapped reader crashes the
process on a file that ends inside its header, and a file this large cannot."""


@dataclass(frozen=True, slots=True)
class DenseSettings:
    """Up to how many vectors an index is flat or half-precision; how many lists are searched beyond that."""

    flat_limit: int = 20_000
    half_limit: int = 200_000
    probes: int = 32
    threads: int = 1

    def kind(self, count: int) -> str:
        """``flat``, ``half`` or ``inverted`` for ``count`` vectors."""
        return "flat" if count <= self.flat_limit else "half" if count <= self.half_limit else "inverted"


def _new_index(kind: str, dimension: int, vectors: Vectors) -> Any:
    import faiss

    inner = faiss.METRIC_INNER_PRODUCT
    if kind == "flat":
        return faiss.IndexFlatIP(dimension)
    if kind == "half":
        return faiss.IndexScalarQuantizer(dimension, faiss.ScalarQuantizer.QT_fp16, inner)
    lists = max(1, min(int(4 * math.sqrt(len(vectors))), len(vectors) // 39 or 1))
    index = faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatIP(dimension), dimension, lists, faiss.ScalarQuantizer.QT_8bit, inner
    )
    index.cp.seed = _TRAINING_SEED
    chosen = np.random.default_rng(_TRAINING_SEED).permutation(len(vectors))[: lists * 64]
    index.train(vectors[np.sort(chosen)])
    return index


class DenseIndex:
    """Vectors of passages, known by their position. Searching is safe to share between threads."""

    def __init__(self, index: Any, settings: DenseSettings) -> None:
        """Wrap an ``IndexIDMap2``; see ``build`` and ``load``."""
        import faiss

        self._index = index
        self._inner: Any = faiss.downcast_index(index.index)
        self._settings = settings

    @classmethod
    def build(cls, vectors: Vectors, settings: DenseSettings | None = None) -> DenseIndex:
        """An index of the rows of ``vectors`` (shape ``(count, dimension)``, rows of length 1).

        Deterministic.
        """
        import faiss

        settings = settings or DenseSettings()
        rows = np.ascontiguousarray(vectors, dtype=np.float32)
        faiss.omp_set_num_threads(settings.threads)
        index = faiss.IndexIDMap2(_new_index(settings.kind(len(rows)), rows.shape[1], rows))
        if len(rows):
            index.add_with_ids(rows, np.arange(len(rows), dtype=np.int64))
        return cls(index, settings)

    def save(self, path: Path) -> None:
        """Write the index to ``path``."""
        import faiss

        faiss.write_index(self._index, str(path))

    @classmethod
    def load(cls, path: Path, settings: DenseSettings | None = None) -> DenseIndex:
        """Open an index, a large one mapped into memory; raises ``IndexDamaged`` where that fails."""
        import faiss

        settings = settings or DenseSettings()
        faiss.omp_set_num_threads(settings.threads)
        try:
            flags = faiss.IO_FLAG_MMAP_IFC if path.stat().st_size >= _MAP_FROM else 0
            return cls(faiss.read_index(str(path), flags), settings)
        except (RuntimeError, MemoryError, OSError) as error:
            raise IndexDamaged(f"向量索引文件已损坏：{path.name}。{REBUILD}") from error

    @property
    def count(self) -> int:
        """The number of vectors."""
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        """The length of a vector."""
        return int(self._index.d)

    def search(
        self, vector: NDArray[np.float32], k: int, allowed: frozenset[int] | None = None
    ) -> list[tuple[int, float]]:
        """At most ``k`` pairs (position, cosine), best first, ties by position.

        Only of ``allowed`` if given.
        """
        available = self.count if allowed is None else len(allowed)
        if k <= 0 or not available:
            return []
        query = np.ascontiguousarray(vector, dtype=np.float32).reshape(1, -1)
        limit = min(k + 1, available)
        while True:  # until no tie straddles the end, so that ties go by position
            scores, positions = self._index.search(query, limit, params=self._parameters(allowed))
            found = [(int(p), float(s)) for p, s in zip(positions[0], scores[0], strict=True) if p >= 0]
            if len(found) < limit or limit == available or found[-1][1] < found[k - 1][1]:
                return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:k]
            limit = min(limit * 4, available)

    def _parameters(self, allowed: frozenset[int] | None) -> Any:
        import faiss

        options: dict[str, Any] = {}
        if allowed is not None:
            options["sel"] = faiss.IDSelectorBatch(
                np.fromiter(sorted(allowed), dtype=np.int64, count=len(allowed))
            )
        if isinstance(self._inner, faiss.IndexIVF):
            # A restricted search looks into every list: what is allowed may lie far from the question.
            probes = self._settings.probes if allowed is None else int(self._inner.nlist)
            options["nprobe"] = probes
            return faiss.SearchParametersIVF(**options)
        return faiss.SearchParameters(**options) if options else None


class DenseLeg:
    """A dense index that takes questions as text. A ``PassageIndex``."""

    def __init__(self, index: DenseIndex, embedder: Embedder) -> None:
        self._index, self._embedder = index, embedder

    def search(self, query: str, k: int, allowed: frozenset[int] | None = None) -> list[tuple[int, float]]:
        """At most ``k`` pairs (position, cosine), best first, ties by position; only of ``allowed`` if given."""
        return self._index.search(self._embedder.embed_queries([query])[0], k, allowed)


class SentenceVectors:
    """The vectors of all sentences in half precision, mapped into memory, found by passage."""

    def __init__(self, vectors: NDArray[np.float16], offsets: NDArray[np.int64]) -> None:
        if vectors.ndim != 2 or offsets.ndim != 1 or not len(offsets) or int(offsets[-1]) != len(vectors):
            raise IndexDamaged(f"句向量文件与其位置表不符。{REBUILD}")
        self._vectors, self._offsets = vectors, offsets

    @property
    def passages(self) -> int:
        """The number of passages."""
        return len(self._offsets) - 1

    @classmethod
    def load(cls, vectors_path: Path, offsets_path: Path) -> SentenceVectors:
        """Open the two files; raises ``IndexDamaged`` where they cannot be read."""
        try:
            offsets = np.load(offsets_path, allow_pickle=False)
            vectors = np.load(vectors_path, mmap_mode="r", allow_pickle=False)
        except (ValueError, OSError, EOFError) as error:
            raise IndexDamaged(f"句向量文件已损坏：{vectors_path.name}。{REBUILD}") from error
        return cls(vectors, offsets)

    def similarities(self, position: int, query: NDArray[np.float32]) -> tuple[float, ...]:
        """The cosine of the query's vector with each sentence of the passage at ``position``, in order."""
        start, end = int(self._offsets[position]), int(self._offsets[position + 1])
        return tuple(float(value) for value in self._vectors[start:end].astype(np.float32) @ query)
