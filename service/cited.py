"""The articles that the passages found refer to: what is asked for often stands where they point.

违反本条例第二十六条规定的… is found by a question about what must not be done, and article 26 says what that is, often without a word of
the question.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ingest.types import Span
from retriever.types import Hit
from service.references import Link

_POINTING, _MOST = 10, 6
"""So many of the first passages are followed, to so many articles."""
_SHARE = 0.95
"""What an article has of the score of the passage that refers to it."""


def with_cited(
    hits: Sequence[Hit],
    links: Callable[[str], Sequence[Link]],
    passages: Callable[[str, Span, float], Sequence[Hit]],
) -> list[Hit]:
    """``hits`` with the articles of the same texts that the first of them refer to, each in the place that its score gives it.

    ``passages`` gives those of a document that a span touches, as hits with a score.
    """
    known = {hit.passage.id for hit in hits}
    added: list[Hit] = []
    for hit in hits[:_POINTING]:
        passage = hit.passage
        for link in links(passage.document_id):
            here = link.document_id == passage.document_id and passage.span.contains(link.span)
            if not here or not link.target or link.place is None or not link.place.article:
                continue
            for other in passages(passage.document_id, link.target, _SHARE * hit.score):
                if other.passage.id not in known and len(added) < _MOST:
                    known.add(other.passage.id)
                    added.append(other)
    return sorted([*hits, *added], key=lambda hit: -hit.score) if added else list(hits)
