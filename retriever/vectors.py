"""What is embedded of a passage and of its sentences, and how the library's cache saves doing it twice.

All that is embedded is in simplified script, questions too: models have seen more of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ingest.normal import simplify
from ingest.types import Passage
from retriever.protocols import Embedder, Vectors

Vector = NDArray[np.float32]

BATCH = 256
"""Texts embedded and stored at a time: the most that a killed build loses."""


class VectorCache(Protocol):
    """Where vectors are kept, by the model's revision and the SHA-256 of the text."""

    def cached_vectors(self, model_revision: str, digests: Collection[bytes]) -> dict[bytes, Vector]:
        """The stored vectors among these."""

    def store_vectors(self, model_revision: str, vectors: Mapping[bytes, Vector]) -> None:
        """Remember vectors."""


def passage_text(title: str, passage: Passage) -> str:
    """What is embedded of a passage: where it stands, then what it says."""
    place = " › ".join(part for part in (title, *passage.path) if part)
    return simplify(f"{place}\n{passage.text}" if place else passage.text)


def sentence_texts(passage: Passage) -> list[str]:
    """What is embedded of its sentences: the plain text of each."""
    offset = passage.span.start
    return [
        simplify(passage.text[span.start - offset : span.end - offset].strip()) for span in passage.sentences
    ]


def text_digest(text: str) -> bytes:
    """The cache key of a text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def embedded(
    cache: VectorCache, embedder: Embedder, texts: Sequence[str], progress: Callable[[int, int], None]
) -> Iterator[tuple[int, Vectors]]:
    """The vectors of ``texts``, as (position of the first, batch), from the cache or made and stored there."""
    for start in range(0, len(texts), BATCH):
        progress(start, len(texts))
        batch = texts[start : start + BATCH]
        digests = [text_digest(text) for text in batch]
        wanted = dict(zip(digests, batch, strict=True))
        known = dict(cache.cached_vectors(embedder.revision, wanted))
        missing = {digest: text for digest, text in wanted.items() if digest not in known}
        if missing:
            made = embedder.embed_passages(list(missing.values()))
            fresh = dict(zip(missing, made, strict=True))
            cache.store_vectors(embedder.revision, fresh)
            known.update(fresh)
        yield start, np.stack([known[digest] for digest in digests])


def text_digests(items: Sequence[tuple[str, Passage]]) -> set[bytes]:
    """The cache keys of everything that is embedded of (title, passage) pairs: what the cache should keep."""
    texts = {passage_text(title, passage) for title, passage in items}
    texts.update(text for _, passage in items for text in sentence_texts(passage))
    return {text_digest(text) for text in texts}
