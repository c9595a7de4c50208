"""Stand-ins for the retriever's tests: an embedder that needs no model, and a library full of known text."""

from __future__ import annotations

import hashlib
import itertools
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingest.library import Library
from ingest.sentences import split_sentences
from ingest.types import Document, Metadata, Passage, Span

TEXTS = {
    "融合": "机关党建要防止“两张皮”。要推动党建和业务深度融合，同谋划、同部署、同推进、同考核。",
    "四强": "政治功能强、支部班子强、党员队伍强、作用发挥强的党支部称为“四强”党支部。每年评选一次。",
    "会议": "党支部应当坚持三会一课制度。第十二条 党员大会每季度召开一次。",
    "党费": "党员应当按月交纳党费。预备党员从支部大会通过其为预备党员之日起交纳党费。",
    "口号": "3815战略发展目标由市委提出。GDP增长百分之五。",
}


class HashEmbedder:
    """Vectors of hashed character pairs: texts that share words are near each other. Remembers what it embedded."""

    def __init__(self, dimension: int = 64, revision: str = "1", name: str = "hash") -> None:
        self.name, self.revision, self.dimension = name, revision, dimension
        self.embedded: list[str] = []

    def _vector(self, text: str) -> NDArray[np.float32]:
        vector = np.full(self.dimension, 0.01, dtype=np.float32)
        for pair in itertools.pairwise(text):
            vector[zlib.crc32("".join(pair).encode("utf-8", "surrogatepass")) % self.dimension] += 1
        return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row for each text."""
        return np.stack([self._vector(text) for text in texts])

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row for each text."""
        self.embedded.extend(texts)
        return np.stack([self._vector(text) for text in texts])


def put(library: Library, title: str, text: str, *, cut: bool = True) -> str:
    """Store ``text`` as a document with a passage for each sentence (or one for all); returns the document's id."""
    identity = hashlib.sha256(title.encode()).hexdigest()[:12]
    digest = hashlib.sha256(text.encode()).hexdigest()
    sentences = split_sentences(text)
    groups = [(sentence,) for sentence in sentences] if cut else [sentences]
    passages = tuple(
        Passage(f"{identity}-{number:04d}", identity, span, span.of(text), (f"关于{title}",), group)
        for number, group in enumerate(groups)
        for span in [Span(group[0].start, group[-1].end)]
    )
    document = Document(
        identity, f"/{title}.txt", digest, "utf-8", text, digest, (), Metadata(title=f"{title}办法"), ()
    )
    library.put(document, passages, fingerprint="test")
    return identity


def make_library(path: Path, texts: dict[str, str] | None = None) -> Library:
    """A library holding ``texts`` (title → text)."""
    library = Library.create(path)
    for title, text in (TEXTS if texts is None else texts).items():
        put(library, title, text)
    return library
