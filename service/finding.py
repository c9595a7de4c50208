"""Passages from the documents that may speak."""

from __future__ import annotations

from retriever.search import Retriever
from retriever.types import Hit, Query


def find(
    retriever: Retriever,
    text: str,
    k: int,
    ids: frozenset[str] | None,
    silent: frozenset[str] = frozenset(),
    *,
    look_again: bool = True,
) -> list[Hit]:
    """The best ``k`` passages of the documents ``ids``; of all but ``silent`` where it is ``None``.

    The silent ones are few and left out afterwards: a restricted search costs more the more it may look at. Where many
    searches make one thing, or order does not count, the second look is forgone: it costs most of a search.
    """
    if ids is not None:
        return retriever.search(Query(text, ids), k, look_again=look_again) if ids else []
    depth = 2 * k if silent else k
    while True:
        hits = retriever.search(Query(text), depth, look_again=look_again)
        spoken = [hit for hit in hits if hit.passage.document_id not in silent][:k]
        if len(spoken) == k or len(hits) < depth:
            return spoken
        depth *= 4
