"""Embedding with ONNX Runtime; by default with the model packaged in `retriever/models/e5_small_zh`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from retriever.embedders.text import clean
from retriever.errors import EmbedderError
from retriever.runtime import cpu_session

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FILES = ("model.onnx", "tokenizer.json")


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """`config.json` of a model folder. `revision` begins the sha256 of model.onnx and tokenizer.json."""

    name: str
    dimension: int
    max_tokens: int
    query_prefix: str
    passage_prefix: str
    revision: str


def packaged_model() -> Path:
    """The folder of the model that comes with the package."""
    return Path(str(files("retriever"))) / "models" / "e5_small_zh"


class OnnxEmbedder:
    """An `Embedder` over a folder with model.onnx, tokenizer.json and config.json.

    The graph pools and normalises by itself. Texts beyond `max_tokens` are cut at the end. Each text is one
    run: padding to batches was 5 to 30 % slower on a CPU, takes more memory, and would make a vector depend
    on the texts beside it. Safe to use from several threads at once.
    """

    def __init__(self, directory: Path | None = None, *, threads: int = 0) -> None:
        """Load the model. `threads` per run, 0 for all cores. Raises EmbedderError."""
        self._directory = directory or packaged_model()
        self._config = _read_config(self._directory)
        _check_files(self._directory, self._config.revision)
        self._tokenizer = _load_tokenizer(self._directory, self._config.max_tokens)
        self._session = _load_session(self._directory, threads)

    @property
    def name(self) -> str:
        return self._config.name

    @property
    def revision(self) -> str:
        """Short sha256 of the files and of everything else that decides a vector."""
        return hashlib.sha256(repr(self._config).encode()).hexdigest()[:16]

    @property
    def dimension(self) -> int:
        return self._config.dimension

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors of questions, float32 (len(texts), dimension)."""
        return self._embed(self._config.query_prefix, texts)

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors of passages, float32 (len(texts), dimension)."""
        return self._embed(self._config.passage_prefix, texts)

    def tokens(self, text: str) -> list[str]:
        """The pieces that the model reads for a text without prefix, special tokens included."""
        pieces: list[str] = self._tokenizer.encode(clean(text)).tokens
        return pieces

    def _embed(self, prefix: str, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = np.empty((len(texts), self.dimension), np.float32)
        for position, text in enumerate(texts):
            vectors[position] = self._run(self._tokenizer.encode(prefix + clean(text)).ids)
        return vectors

    def _run(self, ids: list[int]) -> NDArray[np.float32]:
        row = np.array([ids], np.int64)
        try:
            result = self._session.run(["embedding"], {"input_ids": row, "attention_mask": np.ones_like(row)})
        except Exception as problem:  # the runtime's exceptions share no base of their own
            raise EmbedderError(
                f"向量模型“{self.name}”运行失败：{problem}。{_fix(self._directory)}"
            ) from problem
        vector = np.asarray(result[0], np.float32)
        if vector.shape != (1, self.dimension):
            raise EmbedderError(
                f"向量模型“{self.name}”输出 {vector.shape}，应为 (1, {self.dimension})。{_fix(self._directory)}"
            )
        first: NDArray[np.float32] = vector[0]
        return first


def _read_config(directory: Path) -> ModelConfig:
    path = directory / "config.json"
    try:
        row = json.loads(path.read_text("utf-8"))
        config = ModelConfig(**row)
    except FileNotFoundError as problem:
        raise EmbedderError(f"找不到向量模型：{path} 不存在。{_fix(directory)}") from problem
    except (OSError, ValueError, TypeError) as problem:
        raise EmbedderError(
            f"向量模型的设置文件 {path} 无法读取（{problem}）。{_fix(directory)}"
        ) from problem
    numbers = (config.dimension, config.max_tokens)
    words = (config.name, config.query_prefix, config.passage_prefix, config.revision)
    if not all(type(n) is int and n > 0 for n in numbers) or not all(isinstance(w, str) for w in words):
        raise EmbedderError(f"向量模型的设置文件 {path} 内容有误。{_fix(directory)}")
    return config


def _check_files(directory: Path, revision: str) -> None:
    digest = hashlib.sha256()
    for name in _FILES:
        try:
            digest.update((directory / name).read_bytes())
        except OSError as problem:
            raise EmbedderError(f"向量模型文件 {directory / name} 无法读取。{_fix(directory)}") from problem
    if not revision or not digest.hexdigest().startswith(revision):
        raise EmbedderError(f"向量模型文件已损坏或被改动（{directory}，校验值不符）。{_fix(directory)}")


def _fix(directory: Path) -> str:
    if directory == packaged_model():
        return "请重新安装：pip install --force-reinstall dangjian-qa。"
    return "请检查文件夹路径，或重新生成：python -m retriever.training.convert_e5 --out 文件夹。"


def _load_tokenizer(directory: Path, max_tokens: int) -> Any:
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
    except Exception as problem:  # tokenizers raises bare Exception
        raise EmbedderError(
            f"分词文件 {directory / 'tokenizer.json'} 无法读取。{_fix(directory)}"
        ) from problem
    tokenizer.enable_truncation(max_tokens)
    tokenizer.no_padding()
    return tokenizer


def _load_session(directory: Path, threads: int) -> Any:
    try:
        session = cpu_session(directory / "model.onnx", threads)
    except ImportError as problem:
        raise EmbedderError("缺少 onnxruntime：请运行 pip install onnxruntime。") from problem
    except Exception as problem:  # the runtime's exceptions share no base of their own
        raise EmbedderError(f"向量模型 {directory / 'model.onnx'} 无法载入。{_fix(directory)}") from problem
    inputs = {value.name for value in session.get_inputs()}
    outputs = {value.name for value in session.get_outputs()}
    if inputs != {"input_ids", "attention_mask"} or "embedding" not in outputs:
        raise EmbedderError(
            f"向量模型 {directory / 'model.onnx'} 的输入输出不符：需要输入 input_ids、attention_mask，输出 embedding。"
        )
    return session
