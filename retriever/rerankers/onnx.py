"""Reranking with ONNX Runtime; by default with the packaged model (docs/reranking.md)."""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from retriever.errors import RerankerError
from retriever.rerankers.inputs import Asked, asked, pair
from retriever.runtime import cpu_session

_MODEL, _TOKENIZER = "model.onnx", "tokenizer.json"


@dataclass(frozen=True, slots=True)
class RerankerConfig:
    """`config.json` of a model folder.

    `tokenizer` is the folder beside it whose tokenizer.json is read; `share` is how much of what the model says counts.
    `revision` begins the sha256 of model.onnx and tokenizer.json.
    """

    name: str
    tokenizer: str
    share: float
    revision: str


def default_reranker() -> Path:
    """The folder of the packaged model."""
    return Path(str(files("retriever"))) / "models" / "reranker_zh"


class OnnxReranker:
    """A `Reranker` over a folder with model.onnx and config.json.

    Each pair is a run of its own, so that what it says does not depend on the pairs beside it; several threads
    take pairs in turn. Safe to use from several threads at once.
    """

    def __init__(self, directory: Path | None = None, *, threads: int = 0) -> None:
        """Load the model. `threads` for the pairs of a question, 0 for all cores. Raises RerankerError."""
        self._directory = directory or default_reranker()
        self._config = _read_config(self._directory)
        tokenizer = self._directory.parent / self._config.tokenizer / _TOKENIZER
        _check_files(self._directory, tokenizer, self._config.revision)
        self._tokenizer = _load_tokenizer(self._directory, tokenizer)
        self._session = _load_session(self._directory)
        workers = threads or os.cpu_count() or 1
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="rerank") if workers > 1 else None

    @property
    def name(self) -> str:
        return self._config.name

    @property
    def revision(self) -> str:
        """Short sha256 of the files and of everything else that decides a number."""
        return hashlib.sha256(repr(self._config).encode()).hexdigest()[:16]

    def corrections(self, question: str, passages: Sequence[tuple[str, str]]) -> list[float]:
        """See `Reranker`."""
        ready = asked(self._tokenizer, question)

        def told(passage: tuple[str, str]) -> float:
            return self._run(ready, passage)

        return list(self._pool.map(told, passages) if self._pool else map(told, passages))

    def tokens(self, question: str, passage: tuple[str, str]) -> int:
        """See `Reranker`."""
        return len(pair(self._tokenizer, asked(self._tokenizer, question), *passage)[0])

    def _run(self, question: Asked, passage: tuple[str, str]) -> float:
        ids, parts = pair(self._tokenizer, question, *passage)
        feed = {"input_ids": np.array([ids], np.int64), "parts": np.array([parts], np.int64)}
        try:
            value = float(self._session.run(["correction"], feed)[0][0])
        except Exception as problem:  # the runtime's exceptions share no base of their own
            raise RerankerError(
                f"重排模型“{self.name}”运行失败：{problem}。{_fix(self._directory)}"
            ) from problem
        if not math.isfinite(value):
            raise RerankerError(f"重排模型“{self.name}”给出的不是数。{_fix(self._directory)}")
        return self._config.share * value


def _read_config(directory: Path) -> RerankerConfig:
    path = directory / "config.json"
    try:
        config = RerankerConfig(**json.loads(path.read_text("utf-8")))
    except FileNotFoundError as problem:
        raise RerankerError(f"找不到重排模型：{path} 不存在。{_fix(directory)}") from problem
    except (OSError, ValueError, TypeError) as problem:
        raise RerankerError(
            f"重排模型的设置文件 {path} 无法读取（{problem}）。{_fix(directory)}"
        ) from problem
    words = (config.name, config.tokenizer, config.revision)
    share = config.share
    if not all(isinstance(w, str) for w in words) or not isinstance(share, float) or not 0 <= share <= 10:
        raise RerankerError(f"重排模型的设置文件 {path} 内容有误。{_fix(directory)}")
    return config


def _check_files(directory: Path, tokenizer: Path, revision: str) -> None:
    digest = hashlib.sha256()
    for path in (directory / _MODEL, tokenizer):
        try:
            digest.update(path.read_bytes())
        except OSError as problem:
            raise RerankerError(f"重排模型文件 {path} 无法读取。{_fix(directory)}") from problem
    if not revision or not digest.hexdigest().startswith(revision):
        raise RerankerError(f"重排模型文件已损坏或被改动（{directory}，校验值不符）。{_fix(directory)}")


def _fix(directory: Path) -> str:
    return f"请重新安装本程序，或换一个完好的模型文件夹（{directory}）；不用重排时设 DANGJIAN_RERANK_MS=0。"


def _load_tokenizer(directory: Path, path: Path) -> Any:
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as problem:  # tokenizers raises bare Exception
        raise RerankerError(f"分词文件 {path} 无法读取。{_fix(directory)}") from problem
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def _load_session(directory: Path) -> Any:
    try:
        session = cpu_session(directory / _MODEL, 1)
    except ImportError as problem:
        raise RerankerError("缺少 onnxruntime：请运行 pip install onnxruntime。") from problem
    except Exception as problem:  # the runtime's exceptions share no base of their own
        raise RerankerError(f"重排模型 {directory / _MODEL} 无法载入。{_fix(directory)}") from problem
    names = {value.name for value in [*session.get_inputs(), *session.get_outputs()]}
    if names != {"input_ids", "parts", "correction"}:
        raise RerankerError(
            f"重排模型 {directory / _MODEL} 的输入输出不符：需要输入 input_ids、parts，输出 correction。"
        )
    return session
