"""Embedding models behind one function; importing this loads neither a runtime nor a model."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from retriever.errors import EmbedderError

if TYPE_CHECKING:
    from retriever.protocols import Embedder

__all__ = ["load_embedder"]


def _builtin(argument: str, threads: int) -> Embedder:
    from retriever.embedders.onnx import OnnxEmbedder

    if argument:
        raise EmbedderError(f"内置向量模型不带参数：请把“builtin:{argument}”改为“builtin”。")
    return OnnxEmbedder(threads=threads)


def _onnx(argument: str, threads: int) -> Embedder:
    from pathlib import Path

    from retriever.embedders.onnx import OnnxEmbedder

    if not argument:
        raise EmbedderError("缺少模型文件夹：请写成“onnx:文件夹路径”。")
    return OnnxEmbedder(Path(argument), threads=threads)


def _sentence_transformers(argument: str, threads: int) -> Embedder:
    from retriever.embedders.sentence_transformer import SentenceTransformerEmbedder

    if not argument:
        raise EmbedderError("缺少模型名称或路径：请写成“sentence-transformers:模型文件夹路径”。")
    return SentenceTransformerEmbedder(argument, threads=threads)


_KINDS: dict[str, Callable[[str, int], Embedder]] = {
    "builtin": _builtin,
    "onnx": _onnx,
    "sentence-transformers": _sentence_transformers,
}
_KNOWN = "builtin、onnx:<文件夹>、sentence-transformers:<名称或文件夹>"


def load_embedder(spec: str = "builtin", *, threads: int = 0) -> Embedder:
    """The embedder that `spec` names: `builtin`, `onnx:<dir>` or `sentence-transformers:<name or path>`.

    `threads` is the number of CPU threads for one text, 0 for all. Raises EmbedderError when the spec is
    unknown or its model cannot be loaded.
    """
    kind, _, argument = spec.strip().partition(":")
    make = _KINDS.get(kind)
    if make is None:
        raise EmbedderError(f"不认识的向量模型“{spec}”。可用的写法：{_KNOWN}。")
    if threads < 0:
        raise EmbedderError(f"线程数不能是负数（{threads}）：请填 0（全部）或正整数。")
    return make(argument.strip(), threads)
