"""What an index generation says of itself: its manifest and its table of passages."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from itertools import accumulate
from pathlib import Path
from typing import Any

from retriever.errors import IndexDamaged, IndexMismatch
from retriever.protocols import Embedder

FORMAT = 1
"""Raise it when the files change their meaning."""

MANIFEST = "manifest.json"
PASSAGES = "passages.json"

BUILD = "请运行 dangjian ingest 建立索引。"
REBUILD = "请运行 dangjian ingest --rebuild 重建索引。"


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file of a generation: bytes and sha256 (hex)."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation is made of.

    ``snapshot`` maps document ids to revisions; ``unrelated`` is the cosine of unrelated texts (see
    ``retriever.calibration``); ``created`` is ISO 8601, UTC.
    """

    format: int
    generation: str
    analyzer: str
    embedder: Mapping[str, str | int]
    settings: Mapping[str, Any]
    snapshot: Mapping[str, int]
    passages: int
    sentences: int
    unrelated: float
    created: str
    files: Mapping[str, FileRecord] = field(default_factory=dict)

    def to_json(self) -> str:
        """The manifest as it is stored."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Manifest:
        """Read a manifest of this format.

        Raises ``IndexMismatch`` for another, ``IndexDamaged`` for nonsense.
        """
        try:
            row = json.loads(text)
            _check_format(row["format"])
            files = {name: FileRecord(**record) for name, record in row.pop("files").items()}
            return cls(**row, files=files)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise IndexDamaged(f"索引清单 {MANIFEST} 无法读取。{REBUILD}") from error


@dataclass(frozen=True, slots=True)
class GenerationInfo:
    """Facts about a generation for people and programs; ``built`` is false where an existing one was kept."""

    id: str
    directory: Path
    documents: int
    passages: int
    sentences: int
    created: str
    size: int
    built: bool = False


def embedder_identity(embedder: Embedder) -> dict[str, str | int]:
    """What must agree between the embedder that built an index and the one that searches it."""
    return {"name": embedder.name, "dimension": embedder.dimension, "revision": embedder.revision}


class PassageTable:
    """Positions in the generation against documents and the ordinals of their passages."""

    def __init__(self, documents: Iterable[tuple[str, int, int]]) -> None:
        self._documents = tuple(documents)
        self._starts = [0, *accumulate(count for _, _, count in self._documents)]
        self._numbers = {identifier: number for number, (identifier, _, _) in enumerate(self._documents)}

    @property
    def count(self) -> int:
        """The number of passages."""
        return self._starts[-1]

    def locate(self, position: int) -> tuple[str, int, int]:
        """Document id, revision and ordinal of the passage at ``position``."""
        if not 0 <= position < self.count:
            raise IndexError(f"no passage at position {position}")
        number = bisect_right(self._starts, position) - 1
        identifier, revision, _ = self._documents[number]
        return identifier, revision, position - self._starts[number]

    def positions(self, document_ids: Iterable[str]) -> frozenset[int]:
        """The positions of all passages of the documents; unknown documents have none."""
        numbers = [self._numbers[identifier] for identifier in document_ids if identifier in self._numbers]
        return frozenset(
            position
            for number in numbers
            for position in range(self._starts[number], self._starts[number + 1])
        )

    def to_json(self) -> str:
        """The table as it is stored."""
        return json.dumps(self._documents, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> PassageTable:
        """Read a stored table; raises ``IndexDamaged``."""
        try:
            return cls(
                (str(identifier), revision, int(count)) for identifier, revision, count in json.loads(text)
            )
        except (ValueError, TypeError) as error:
            raise IndexDamaged(f"段落表 {PASSAGES} 无法读取。{REBUILD}") from error


def describe(directory: Path, manifest: Manifest, *, built: bool = False) -> GenerationInfo:
    """The facts that a manifest holds."""
    return GenerationInfo(
        id=manifest.generation,
        directory=directory,
        documents=len(manifest.snapshot),
        passages=manifest.passages,
        sentences=manifest.sentences,
        created=manifest.created,
        size=sum(record.size for record in manifest.files.values()),
        built=built,
    )


def _check_format(found: int) -> None:
    if found < FORMAT:
        raise IndexMismatch(f"索引格式太旧（{found}，本程序用 {FORMAT}）。{BUILD}")
    if found > FORMAT:
        raise IndexMismatch(
            f"索引由更新的程序建立（格式 {found}，本程序用 {FORMAT}）。请升级程序，或{REBUILD[1:]}"
        )
