"""How the retriever searches."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from retriever.dense import DenseSettings
from retriever.lexical import LexicalSettings


@dataclass(frozen=True, slots=True)
class RetrieverSettings:
    """How to search. ``depth`` hits are taken from each leg.

    ``dense_weight`` is the vectors' share of the score, chosen together with ``LexicalSettings.grams`` by
    ``eval.weights`` on development questions of five sets (docs/retrieval.md). ``written_share`` is how much of a question's
    vector is that of the question in written words, where it has spoken ones (``thesaurus``). ``unrelated`` is the cosine that counts
    as nothing; ``None`` takes what was measured when the index was built.
    """

    mode: Literal["lexical", "dense", "fused"] = "fused"
    fusion: Literal["convex", "rrf"] = "convex"
    depth: int = 100
    dense_weight: float = 0.55
    written_share: float = 0.3
    unrelated: float | None = None
    longest_query: int = 2000
    lexical: LexicalSettings = field(default_factory=LexicalSettings)
    dense: DenseSettings = field(default_factory=DenseSettings)

    def __post_init__(self) -> None:
        if self.mode not in ("lexical", "dense", "fused") or self.fusion not in ("convex", "rrf"):
            raise ValueError(f"unknown mode or fusion: {self.mode}, {self.fusion}")
        if not 0 <= self.dense_weight <= 1 or not 0 <= self.written_share <= 1:
            raise ValueError("dense_weight and written_share lie in [0, 1]")
        if self.depth < 1 or self.longest_query < 1:
            raise ValueError("depth and longest_query are at least 1")
