"""An index generation: a directory that is complete before it has a name, and never changes afterwards.

    <home>/index/CURRENT             one line of JSON: the directory in use, the sha256 of its manifest
    <home>/index/<generation>/manifest.json
                              passages.json          documents in order of position, with their counts
                              lexical/               tantivy
                              dense.faiss
                              sentences.npy          half-precision vectors of all sentences
                              sentence_offsets.npy   where each passage's sentences begin

Opening checks identity first (format, embedder, analyzer), then that every file has its size, then the
checksums, and writes nothing. ``retriever.builder`` makes generations.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from retriever.analyzer import Analyzer
from retriever.dense import DenseIndex, DenseSettings, SentenceVectors
from retriever.errors import GenerationError, IndexDamaged, IndexMismatch, IndexMissing
from retriever.lexical import LexicalIndex, LexicalSettings
from retriever.manifest import (
    BUILD,
    MANIFEST,
    PASSAGES,
    REBUILD,
    GenerationInfo,
    Manifest,
    PassageTable,
    describe,
    embedder_identity,
)
from retriever.protocols import Embedder

CURRENT = "CURRENT"
LEXICAL = "lexical"
DENSE = "dense.faiss"
SENTENCES = "sentences.npy"
OFFSETS = "sentence_offsets.npy"

VERIFY_UP_TO = 256 << 20
"""Files up to this size in total are checksummed at every opening (about 0.2 s).

Beyond, only on ``verify``.
"""


@dataclass(frozen=True, slots=True)
class Generation:
    """An open generation.

    Its manifest, its indexes and its table of passages. Never changes; safe to share.
    """

    directory: Path
    manifest: Manifest
    table: PassageTable
    lexical: LexicalIndex
    dense: DenseIndex
    sentences: SentenceVectors

    @property
    def info(self) -> GenerationInfo:
        """Facts about it."""
        return describe(self.directory, self.manifest)

    def verify(self) -> None:
        """Read every file and compare checksums; raises ``IndexDamaged``."""
        check_files(self.directory, self.manifest, checksums=True)


def file_sha256(path: Path) -> str:
    """The sha256 of a file (hex)."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def current_directory(index_dir: Path) -> tuple[Path, str]:
    """The generation in use and its manifest's sha256; raises ``IndexMissing`` or ``IndexDamaged``."""
    try:
        row = json.loads((index_dir / CURRENT).read_text("utf-8"))
        name, digest = row["directory"], row["manifest"]
    except (FileNotFoundError, NotADirectoryError) as error:
        raise IndexMissing(f"还没有索引。{BUILD}") from error
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise IndexDamaged(f"索引指针文件 {CURRENT} 无法读取。{BUILD}") from error
    if not isinstance(name, str) or not isinstance(digest, str) or Path(name).name != name:
        raise IndexDamaged(f"索引指针文件 {CURRENT} 内容有误。{BUILD}")
    return index_dir / name, digest


def read_manifest(directory: Path, digest: str | None = None) -> Manifest:
    """A generation's manifest, checked against ``digest`` if given; raises a ``GenerationError``."""
    try:
        data = (directory / MANIFEST).read_bytes()
        manifest = Manifest.from_json(
            data.decode("utf-8")
        )  # another format is told as such, whatever its checksum
    except (OSError, UnicodeDecodeError) as error:
        raise IndexDamaged(f"索引清单 {MANIFEST} 缺失或无法读取。{REBUILD}") from error
    if digest is not None and hashlib.sha256(data).hexdigest() != digest:
        raise IndexDamaged(f"索引清单 {MANIFEST} 与指针文件的校验值不符。{REBUILD}")
    return manifest


def check_identity(manifest: Manifest, embedder: Embedder, analyzer: Analyzer) -> None:
    """Raise ``IndexMismatch`` unless the generation was made by this embedder and this analyzer."""
    wanted = embedder_identity(embedder)
    if dict(manifest.embedder) != wanted:
        made, now = manifest.embedder.get("name"), wanted["name"]
        raise IndexMismatch(f"索引由另一个向量模型建立（{made}，当前为 {now}）。{BUILD}")
    if manifest.analyzer != analyzer.fingerprint:
        raise IndexMismatch(f"索引由另一个版本的分词器或词典建立。{BUILD}")


def kept_snapshots(index_dir: Path) -> list[Mapping[str, int]]:
    """The snapshots of all generations that are still there: what the library must not collect yet."""
    found = []
    for path in sorted(index_dir.glob(f"*/{MANIFEST}")):
        try:
            found.append(read_manifest(path.parent).snapshot)
        except GenerationError:
            continue  # it cannot be opened, so nobody reads by it
    return found


def check_files(directory: Path, manifest: Manifest, *, checksums: bool) -> None:
    """Raise ``IndexDamaged`` unless all files are there with their sizes and, if wanted, checksums."""
    for name, record in manifest.files.items():
        path = directory / name
        try:
            if path.stat().st_size != record.size:
                raise IndexDamaged(f"索引文件 {name} 不完整。{REBUILD}")
            if checksums and file_sha256(path) != record.sha256:
                raise IndexDamaged(f"索引文件 {name} 已被改动（校验值不符）。{REBUILD}")
        except OSError as error:
            raise IndexDamaged(f"索引文件 {name} 缺失或无法读取。{REBUILD}") from error


def open_generation(
    index_dir: Path,
    *,
    embedder: Embedder,
    analyzer: Analyzer,
    lexical: LexicalSettings | None = None,
    dense: DenseSettings | None = None,
) -> Generation:
    """Open the generation in use; writes nothing.

    Raises ``IndexMissing`` where none was built, ``IndexMismatch`` where it belongs to another format,
    embedder or analyzer, ``IndexDamaged`` where a file is missing, truncated or altered. Each message names
    the repair.
    """
    for attempt in range(3):
        directory, digest = current_directory(index_dir)
        try:
            return _open(directory, digest, embedder, analyzer, lexical, dense)
        except GenerationError:
            # A builder may have put two newer ones in place and cleared this one away since we looked.
            if attempt == 2 or current_directory(index_dir)[0] == directory:
                raise
    raise AssertionError("unreachable")


def _open(
    directory: Path,
    digest: str,
    embedder: Embedder,
    analyzer: Analyzer,
    lexical: LexicalSettings | None,
    dense: DenseSettings | None,
) -> Generation:
    manifest = read_manifest(directory, digest)
    check_identity(manifest, embedder, analyzer)
    size = sum(record.size for record in manifest.files.values())
    check_files(directory, manifest, checksums=size <= VERIFY_UP_TO)
    try:
        table = PassageTable.from_json((directory / PASSAGES).read_text("utf-8"))
        words = LexicalIndex(directory / LEXICAL, analyzer, lexical)
    except (OSError, ValueError) as error:
        raise IndexDamaged(f"词语索引或段落表无法打开。{REBUILD}") from error
    vectors = DenseIndex.load(directory / DENSE, dense)
    sentences = SentenceVectors.load(directory / SENTENCES, directory / OFFSETS)
    counts = {manifest.passages, table.count, words.count, vectors.count, sentences.passages}
    if len(counts) != 1 or vectors.dimension != embedder.dimension:
        raise IndexDamaged(f"索引各文件的段落数不一致。{REBUILD}")
    return Generation(directory, manifest, table, words, vectors, sentences)
