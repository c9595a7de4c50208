"""Made-up run folders for the tests of reports and of the page 评测."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from eval.answers import summarise
from eval.runs import RunWriter, summarise_latency
from eval.statistics import estimate
from eval.types import QueryResult, Run, RunInfo, RunKind, Summary, Versions

VERSIONS = Versions("0.1.0+g0", "ab" * 32, "model@1", "generation", "3.11.7", "Linux x86_64, 2 cores")
KINDS = ("fact", "howto", "list")


def info(kind: RunKind, name: str, queries: int, **changes: Any) -> RunInfo:
    """What was run; its id is ``name``."""
    configuration = {"retriever": "fused"} if kind == "retrieval" else {"variant": "plain", "threshold": 0.5}
    started = "2026-11-20T08:00:00+00:00"
    made = RunInfo(kind, name, "made-up", "dev", configuration, 0, VERSIONS, queries, started=started)
    return replace(made, **changes)


def answer_row(number: int, share: float | None, **extra: Any) -> QueryResult:
    """A question; ``share`` is how much of its gold was quoted, ``None`` where there is no answer and it was refused."""
    answerable = share is not None
    measures: dict[str, float] = {"verbatim": 1.0}
    if share is None:
        measures["refused"] = 1.0
    else:
        measures |= {"answered": 1.0, "quoted_share": share, "first_claim": float(share > 0.5), "claims": 2.0}
    columns: dict[str, Any] = {
        "set": "made-up",
        "kind": KINDS[number % 3],
        "tags": [] if answerable else ["near_miss"],
        "turns": 0,
        "answerable": answerable,
        "question": f"第{number}个问题？",
        "status": "answered" if answerable else "not_found",
        "evidence": 0.9 if answerable else 0.2,
        "loss": 1.0 - (share or 0.0),
        "claims": [f"回答{number}甲", f"回答{number}乙"] if answerable else [],
        "gold": [{"any": [{"document": "通知.txt", "quote": f"依据{number}"}]}] if answerable else [],
    }
    return QueryResult(f"q{number}", measures, 5.0 + number, {**columns, **extra})


def answers_run(
    out: Path,
    name: str = "answers-a",
    quality: float = 0.7,
    rows: list[QueryResult] | None = None,
    **changes: Any,
) -> Run:
    """A finished run of kind ``answers``: 40 questions of which 8 have no answer, unless ``rows`` are given."""
    chance = random.Random(7)
    made = rows or [
        answer_row(n, None if n % 5 == 4 else float(chance.random() < quality)) for n in range(40)
    ]
    with RunWriter.open(out, info("answers", name, len(made), **changes)) as writer:
        for row in made:
            writer.add(row)
        return writer.finish(summarise(made))


def retrieval_run(
    out: Path, name: str = "retrieval-a", ranks: Mapping[str, int] | None = None, **changes: Any
) -> Run:
    """A finished run of kind ``retrieval``; ``ranks`` says where the one relevant document of a query stands."""
    where = ranks or {f"q{n}": 1 + n % 7 for n in range(30)}
    rows = [
        QueryResult(
            key, {"nDCG@10": 1 / rank, "Success@1": float(rank == 1), "Success@5": float(rank <= 5)}, 7.0
        )
        for key, rank in where.items()
    ]
    with RunWriter.open(out, info("retrieval", name, len(rows), **changes)) as writer:
        for row in rows:
            writer.add(row, [("other-doc", 0.9), (f"doc-{row.id}", 0.5)])
        figures = {m: estimate([row.measures[m] for row in rows]) for m in rows[0].measures}
        return writer.finish(Summary(figures, summarise_latency(rows), {"build_s": 1.5}))


def broken_off(out: Path, done: int = 11) -> Path:
    """A run of kind ``answers`` that stopped after ``done`` of 40 questions, in the middle of writing a line."""
    made = info("answers", "answers-partial", 40)
    with RunWriter.open(out, made) as writer:
        for number in range(done):
            writer.add(answer_row(number, float(number % 2)))
    with (out / made.id / "queries.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"id": "q11", "measures": {"quot')
    return out / made.id
