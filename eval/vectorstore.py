"""What a build needs of a library, for data sets: documents in memory, vectors in a file that all runs share.

A document is one passage; one that is longer than the model reads is cut at sentence ends into passages of about the
same length, and stands in a ranking where the best of them stands (MaxP: Dai and Callan 2019).
"""

from __future__ import annotations

import hashlib
import itertools
import sqlite3
import time
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from eval.datasets import CorpusDocument
from eval.errors import RunError
from ingest import library_vectors
from ingest.errors import DocumentNotFound
from ingest.sentences import split_sentences
from ingest.types import Document, Metadata, Passage, Span
from retriever.vectors import Vector

LONGEST = 650
"""Characters of a passage: about 490 tokens, of the 512 that the model reads."""

_TABLES = """
CREATE TABLE IF NOT EXISTS vectors (
    model_revision TEXT NOT NULL, text_sha256 BLOB NOT NULL, vector BLOB NOT NULL,
    PRIMARY KEY (model_revision, text_sha256)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS seconds (
    model_revision TEXT NOT NULL, text_sha256 BLOB NOT NULL, seconds REAL NOT NULL,
    PRIMARY KEY (model_revision, text_sha256)
) WITHOUT ROWID;
"""


class VectorFile:
    """A ``VectorCache`` in an SQLite file that also keeps how long each vector took to make."""

    def __init__(self, path: Path) -> None:
        """Open the file, or make it; raises ``RunError``."""
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._connection = sqlite3.connect(path, timeout=60)
            self._connection.executescript(_TABLES)
        except sqlite3.Error as error:
            raise RunError(f"向量缓存 {path} 打不开（{error}）。请删除它后再试。") from error
        self._looked = time.perf_counter()
        self._used: dict[str, set[bytes]] = {}
        self.fresh_seconds = 0.0
        """How long embedding took since the file was opened."""

    def cached_vectors(self, model_revision: str, digests: Collection[bytes]) -> dict[bytes, Vector]:
        """The stored vectors among these."""
        found = library_vectors.fetch(self._connection, model_revision, digests)
        self._used.setdefault(model_revision, set()).update(digests)
        self._looked = time.perf_counter()
        return found

    def store_vectors(self, model_revision: str, vectors: Mapping[bytes, Vector]) -> None:
        """Remember vectors, made since they were last looked for."""
        took = time.perf_counter() - self._looked
        self.fresh_seconds += took
        each = took / max(1, len(vectors))
        with self._connection:
            library_vectors.store(self._connection, model_revision, vectors)
            self._connection.executemany(
                "INSERT OR REPLACE INTO seconds VALUES (?, ?, ?)",
                ((model_revision, digest, each) for digest in vectors),
            )

    def seconds(self) -> float:
        """How long the vectors that were asked for took to make, whenever that was."""
        total = 0.0
        for revision, digests in self._used.items():
            rows = self._connection.execute(
                "SELECT text_sha256, seconds FROM seconds WHERE model_revision = ?", (revision,)
            )
            total += sum(seconds for digest, seconds in rows if digest in digests)
        return total

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


class MemoryStore:
    """A ``Store`` (see ``retriever.builder``) over the documents of a data set."""

    def __init__(self, corpus: Sequence[CorpusDocument], vectors: VectorFile) -> None:
        self._documents = {document.id: document for document in corpus}
        self._vectors = vectors

    def snapshot(self) -> Mapping[str, int]:
        """Every document in revision 1."""
        return dict.fromkeys(self._documents, 1)

    @cached_property
    def _state(self) -> str:
        digest = hashlib.sha256(f"{LONGEST}\n".encode())
        for document in self._documents.values():
            for part in (document.id, document.title, document.text, *document.path):
                data = part.encode("utf-8", "surrogatepass")
                digest.update(len(data).to_bytes(8, "little") + data)
        return digest.hexdigest()

    def state_hash(self) -> str:
        """A hash of all documents and of how they are cut."""
        return self._state

    @property
    def parts(self) -> int:
        """The most passages that a document has."""
        return max((len(cut(document.text)) for document in self._documents.values()), default=1)

    def document(self, document_id: str, revision: int | None = None) -> Document:
        """A document of the data set."""
        found = self._find(document_id)
        digest = hashlib.sha256(found.text.encode("utf-8", "surrogatepass")).hexdigest()
        metadata = Metadata(title=found.title)
        return Document(found.id, found.id, digest, "utf-8", found.text, digest, (), metadata, ())

    def passages(self, document_id: str, revision: int | None = None) -> tuple[Passage, ...]:
        """Its passages, without sentences: the harness ranks documents, it does not answer."""
        found = self._find(document_id)
        return tuple(
            Passage(f"{document_id}-{number:04d}", document_id, span, span.of(found.text), found.path)
            for number, span in enumerate(cut(found.text))
        )

    def cached_vectors(self, model_revision: str, digests: Collection[bytes]) -> dict[bytes, Vector]:
        """See ``VectorFile``."""
        return self._vectors.cached_vectors(model_revision, digests)

    def store_vectors(self, model_revision: str, vectors: Mapping[bytes, Vector]) -> None:
        """See ``VectorFile``."""
        self._vectors.store_vectors(model_revision, vectors)

    def _find(self, document_id: str) -> CorpusDocument:
        try:
            return self._documents[document_id]
        except KeyError:
            raise DocumentNotFound(f"数据集里没有文档“{document_id}”。") from None


def cut(text: str, longest: int = LONGEST) -> tuple[Span, ...]:
    """Spans that tile ``text``: all of it, or runs of sentences of about the same length, none over ``longest``."""
    if len(text) <= longest:
        return (Span(0, len(text)),)
    target = len(text) / -(-len(text) // longest)
    ends = [0]
    for sentence in split_sentences(text):
        for end in [*range(sentence.start + longest, sentence.end, longest), sentence.end]:
            if len(ends) > 1 and (end - ends[-2] <= target * 1.1 and end - ends[-2] <= longest):
                ends[-1] = end  # the last run takes this sentence in
            else:
                ends.append(end)
    return tuple(Span(start, end) for start, end in itertools.pairwise(ends))
