"""Answers to our own questions, measured: a run folder of kind ``answers`` and what it comes to.

The figures in all are of questions that stand alone. Follow-ups are a slice of their own (``followup``): what they
come to says as much about conversations as about answers.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from eval.asking import Asker
from eval.questions import document_key, read_questions
from eval.refusal import (
    Outcome,
    aurc,
    calibration_error,
    refusal_measures,
    reliability,
    risk_coverage,
    threshold_table,
)
from eval.runs import RunWriter, new_info, summarise_latency
from eval.statistics import estimate
from eval.terminal import Progress
from eval.types import Estimate, QueryResult, Question, Run, RunInfo, Summary
from eval.versions import collect, files_sha256
from service.assistant import Assistant

SLICES = "slices.json"
MEANS = (
    "answered",
    "quoted_share",
    "quoted_all",
    "quoted_any",
    "first_claim",
    "passages@1",
    "passages@3",
    "passages@5",
    "passages@10",
    "list_share",
    "list_complete",
    "citation_recall",
    "citation_precision",
    "claims_with_gold",
    "verbatim",
    "characters",
    "claims",
)
"""Measures whose figure is the mean over the questions that have them, in the order they are shown."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to ask: files of questions, a split, how they are written, and at most how many (0: all)."""

    files: tuple[Path, ...]
    split: str = "all"
    variant: str = "plain"
    limit: int = 0
    seed: int = 0

    def questions(self) -> list[tuple[str, Question]]:
        """(name of its file, question) in order. Raises DatasetError, ConfigurationError."""
        read_questions(list(self.files))  # ids given twice in two files are bad rows too
        found = [(path.stem, q) for path in self.files for q in read_questions(path, self.split)]
        return found[: self.limit] if self.limit else found


def run_info(plan: Plan, assistant: Assistant, asked: int) -> RunInfo:
    """What this run is made of."""
    manifest = assistant.generation.manifest
    settings = assistant.settings
    configuration = {
        "variant": plan.variant,
        "threshold": settings.evidence_threshold,
        "points": settings.points,
        "embedder": settings.embedder,
    }
    versions = collect(
        files_sha256(plan.files),
        model=f"{manifest.embedder['name']}@{manifest.embedder['revision']}",
        index=library_hash(assistant),
    )
    dataset = "+".join(path.stem for path in plan.files)
    return new_info(
        "answers",
        name=plan.variant,
        dataset=dataset,
        split=plan.split,
        configuration=configuration,
        seed=plan.seed,
        versions=versions,
        queries=asked,
    )


def library_hash(assistant: Assistant) -> str:
    """What stands for the index: a hash of the documents it covers, wherever their files are."""
    rows = sorted((document_key(r.origin), r.sha256, r.fingerprint) for r in assistant.documents())
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode("utf-8")).hexdigest()[:16]


def run_answers(assistant: Assistant, plan: Plan, out: Path, progress: Progress) -> Run:
    """Ask everything of ``plan`` and write the run folder below ``out``; an unfinished one is gone on with."""
    asked = plan.questions()
    asker = Asker(assistant, plan.variant)
    asker.warm_up()
    with RunWriter.open(out, run_info(plan, assistant, len(asked))) as writer:
        for number, (name, question) in enumerate(asked, 1):
            if question.id not in writer.done:
                writer.add(asker.ask(question, name))
            progress("提问", number, len(asked))
        results = [writer.done[question.id] for _, question in asked]
        run = writer.finish(summarise(results, plan.seed))
    _write_slices(run.folder, results, plan.seed)
    return run


def summarise(results: Sequence[QueryResult], seed: int = 0) -> Summary:
    """The figures of the questions that stand alone, and their curves."""
    alone = [row for row in results if not row.extra["turns"]]
    outcomes = outcomes_of(alone)
    curves = {
        "risk_coverage": risk_coverage(outcomes),
        "thresholds": threshold_table(outcomes),
        "reliability": reliability(outcomes),
    }
    return Summary(figures(alone, seed), summarise_latency(results), {}, curves)


def figures(results: Sequence[QueryResult], seed: int = 0) -> dict[str, Estimate]:
    """Every measure over ``results`` with its interval; those that none of them has are left out."""
    table: dict[str, Estimate] = {}
    for name in MEANS:
        values = [row.measures[name] for row in results if name in row.measures]
        if values:
            table[name] = estimate(values, seed=seed)
    outcomes = outcomes_of(results)
    table |= refusal_measures(outcomes, seed)
    if outcomes:
        table["aurc"] = aurc(outcomes, seed)
        table["calibration_error"] = calibration_error(outcomes, seed)
    return table


def outcomes_of(results: Iterable[QueryResult]) -> list[Outcome]:
    """What refusal is measured from."""
    return [
        Outcome(
            bool(row.extra["answerable"]),
            row.extra["status"] == "not_found",
            float(row.extra["evidence"]),
            float(row.extra["loss"]),
        )
        for row in results
    ]


def slices_of(results: Sequence[QueryResult]) -> dict[str, list[QueryResult]]:
    """Results by set, kind and tag (``kind=list``); follow-ups count in ``tag=followup`` and their set's own slice only."""
    groups: dict[str, list[QueryResult]] = {}
    for row in results:
        extra: Mapping[str, Any] = row.extra
        if extra["turns"]:
            names = ["tag=followup"]
        elif extra["answerable"]:
            names = [f"set={extra['set']}", f"kind={extra['kind']}", *(f"tag={tag}" for tag in extra["tags"])]
        else:
            names = [f"set={extra['set']}", *(f"tag={tag}" for tag in extra["tags"])]
        for name in names:
            groups.setdefault(name, []).append(row)
    return dict(sorted(groups.items()))


def _write_slices(folder: Path, results: Sequence[QueryResult], seed: int) -> None:
    """The figures of every slice beside the summary."""
    table = {
        name: {
            "queries": len(rows),
            "measures": {measure: asdict(value) for measure, value in figures(rows, seed).items()},
        }
        for name, rows in slices_of(results).items()
    }
    (folder / SLICES).write_text(json.dumps(table, ensure_ascii=False, indent=1) + "\n", "utf-8")
