"""Embedding with any local sentence-transformers model; the extra `models` brings what it needs."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from retriever.embedders.text import clean
from retriever.errors import EmbedderError

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BATCH = 16


class SentenceTransformerEmbedder:
    """An `Embedder` over a sentence-transformers model on the CPU; it never goes online.

    Prefixes default to the model's own prompts: `query`, and `document` or `passage`. Vectors of a text
    agree across batches to about 1e-6 (float32, padding masked).
    """

    def __init__(
        self,
        model: str,
        *,
        threads: int = 0,
        query_prefix: str | None = None,
        passage_prefix: str | None = None,
    ) -> None:
        """Load `model`, a folder or a name in the local model cache. Raises EmbedderError."""
        self._model = _load(model, threads)
        self._lock = Lock()  # truncation and padding are state of the shared tokenizer
        prompts = dict(self._model.prompts)
        own = prompts.get("document") or prompts.get("passage") or ""
        self._query_prefix = query_prefix if query_prefix is not None else prompts.get("query") or ""
        self._passage_prefix = passage_prefix if passage_prefix is not None else own
        self._name = Path(model).name or model
        self._dimension = len(self._encode("", [self._name])[0])
        self._revision = self._fingerprint()

    @property
    def name(self) -> str:
        return self._name

    @property
    def revision(self) -> str:
        return self._revision

    @property
    def dimension(self) -> int:
        return self._dimension

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors of questions, float32 (len(texts), dimension)."""
        return self._embed(self._query_prefix, texts)

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors of passages, float32 (len(texts), dimension)."""
        return self._embed(self._passage_prefix, texts)

    def _embed(self, prefix: str, texts: Sequence[str]) -> NDArray[np.float32]:
        if not texts:
            return np.empty((0, self._dimension), np.float32)
        vectors = self._encode(prefix, [clean(text) for text in texts])
        if not np.isfinite(vectors).all():
            raise EmbedderError(
                f"向量模型“{self._name}”给出了无效的数值：请改用内置模型 builtin，或更换模型。"
            )
        return vectors

    def _encode(self, prefix: str, texts: list[str]) -> NDArray[np.float32]:
        try:
            with self._lock:
                result = self._model.encode(
                    texts, prompt=prefix, batch_size=_BATCH, normalize_embeddings=True,
                    convert_to_numpy=True, show_progress_bar=False,
                )  # fmt: skip
        except Exception as problem:  # torch and transformers share no base
            raise EmbedderError(
                f"向量模型运行失败：{problem}。请改用内置模型 builtin，或更换模型。"
            ) from problem
        vectors: NDArray[np.float32] = np.asarray(result, np.float32)
        return vectors

    def _fingerprint(self) -> str:
        """Short sha256 of weights, tokenizer, length limit and prefixes: all that makes the vectors."""
        digest = hashlib.sha256()
        for name, tensor in sorted(self._model.state_dict().items()):
            digest.update(name.encode())
            digest.update(tensor.detach().float().contiguous().numpy().tobytes())
        backend = getattr(self._model.tokenizer, "backend_tokenizer", None)
        digest.update(backend.to_str().encode() if backend is not None else b"")
        digest.update(repr((self._model.max_seq_length, self._query_prefix, self._passage_prefix)).encode())
        return digest.hexdigest()[:16]


def _load(model: str, threads: int) -> Any:
    # Read when the libraries are imported, so set first; the product never downloads a model.
    os.environ["HF_HUB_OFFLINE"] = os.environ["TRANSFORMERS_OFFLINE"] = "1"
    try:
        import torch
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging as transformers_logging
    except ImportError as problem:
        raise EmbedderError(
            "缺少 sentence-transformers：请运行 pip install 'dangjian-qa[models]'。"
        ) from problem
    transformers_logging.disable_progress_bar()
    if threads:
        torch.set_num_threads(threads)
    try:
        return SentenceTransformer(model, device="cpu", local_files_only=True)
    except Exception as problem:  # missing files, damaged weights, unknown architectures: all differ
        reason = str(problem).split("\n")[0]
        raise EmbedderError(
            f"无法载入向量模型“{model}”：请确认它是本机上完整的模型文件夹（程序不联网下载）。原因：{reason}"
        ) from problem
