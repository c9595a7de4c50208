"""Passages from the documents that may speak."""

from __future__ import annotations

from retriever.search import Retriever
from retriever.types import Hit, Query


def find(
    retriever: Retriever, text: str, k: int, ids: frozenset[str] | None, silent: frozenset[str] = frozenset()
) -> list[Hit]:
    """The best ``k`` passages of the documents ``ids``; of all but ``silent`` where it is ``None``.

    The silent ones are few and left out afterwards: a restricted search costs more the more it may look at.
    """
    if ids is not None:
        return retriever.search(Query(text, ids), k) if ids else []
    depth = 2 * k if silent else k
    while True:
        hits = retriever.search(Query(text), depth)
        spoken = [hit for hit in hits if hit.passage.document_id not in silent][:k]
        if len(spoken) == k or len(hits) < depth:
            return spoken
        depth *= 4
