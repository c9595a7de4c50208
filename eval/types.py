"""The stages of a measurement: questions and judgements, what a run says of each query, and what it says in all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

Ranking = Sequence[tuple[str, float]]
"""What a system returned for a query: (document id, score), best first."""

Qrels = Mapping[str, Mapping[str, int]]
"""Relevance judgements: query id → document id → grade; 0 is judged not relevant."""

Split = Literal["dev", "test"]
RunKind = Literal["retrieval", "answers"]


@dataclass(frozen=True, slots=True)
class GoldQuote:
    """Words that stand in a document. ``document`` is a file name, with or without its suffix."""

    document: str
    quote: str


@dataclass(frozen=True, slots=True)
class GoldGroup:
    """One thing that an answer has to show; any of its quotes shows it."""

    any: tuple[GoldQuote, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A question of our own format. Every group of ``gold`` is needed; none where it is not ``answerable``.

    ``turns`` are the questions asked before it in the same conversation, oldest first.
    """

    id: str
    question: str
    kind: str
    gold: tuple[GoldGroup, ...] = ()
    answerable: bool = True
    turns: tuple[str, ...] = ()
    tags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its confidence interval (95 % unless said otherwise)."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Versions:
    """What a figure depends on. ``corpus`` is the sha256 (hex) of the data, ``index`` the generation's id, or empty.

    ``code`` is version, commit and a hash of the sources; ``model`` name and revision of the embedder.
    """

    code: str
    corpus: str
    model: str
    index: str
    python: str
    machine: str


@dataclass(frozen=True, slots=True)
class RunInfo:
    """What was run: the content of ``run.json``.

    ``split`` is ``dev``, ``test`` or ``all`` (or the name of a BEIR qrels file); times are ISO 8601 in UTC;
    ``finished`` is empty while the run goes on. ``queries`` counts those that it is to answer.
    """

    kind: RunKind
    id: str
    dataset: str
    split: str
    configuration: Mapping[str, Any]
    seed: int
    versions: Versions
    queries: int
    started: str = ""
    finished: str = ""


@dataclass(frozen=True, slots=True)
class QueryResult:
    """What a run says of one query: a line of ``queries.jsonl``. ``extra`` holds further columns."""

    id: str
    measures: Mapping[str, float]
    latency_ms: float
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run says in all: the content of ``summary.json``.

    ``latency_ms`` has p50, p95 and p99; ``cost`` figures by name with the unit at its end (``build_s``,
    ``index_bytes``, ``memory_bytes``, ``queries_per_s``); ``curves`` lists of points by name.
    """

    measures: Mapping[str, Estimate]
    latency_ms: Mapping[str, float]
    cost: Mapping[str, float] = field(default_factory=dict)
    curves: Mapping[str, Sequence[Sequence[float]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Run:
    """A run folder, read. ``summary`` is ``None`` while the run is unfinished; ``queries`` stand in dataset order."""

    folder: Path
    info: RunInfo
    queries: tuple[QueryResult, ...]
    summary: Summary | None

    def values(self, measure: str) -> dict[str, float]:
        """A measure by query id; queries without it are left out."""
        return {row.id: row.measures[measure] for row in self.queries if measure in row.measures}
