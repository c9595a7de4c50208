"""Retrieval runs: a data set and a system in, a run folder out."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval import measures, systems
from eval.datasets import Dataset, read_dataset, split_names
from eval.questions import split_of
from eval.runs import RunWriter, new_info, summarise_latency
from eval.statistics import estimate
from eval.terminal import Progress, silent
from eval.types import QueryResult, Run, Summary
from eval.versions import collect

if TYPE_CHECKING:
    from retriever.search_settings import RetrieverSettings

DEPTH = 100
"""Documents that a system is asked for."""

CPU = "cpu_ms"
"""The column of processor time beside a query's latency: what it takes where other work does not wait for it."""

_WARM_UP = 5
_HELD_OUT = {"dev": "dev", "heldout": "test"}


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run. ``limit`` keeps the first so many queries; ``settings`` are for our own systems.

    ``split`` is one of the folder's, or of its judgements as they stand ``dev`` (six tenths by the hash of the
    query's id, see ``questions.split_of``) or ``heldout`` (the other four).
    """

    dataset: Path
    retriever: str = "fused"
    split: str | None = None
    limit: int | None = None
    settings: RetrieverSettings | None = None
    seed: int = 0
    threads: int = 1
    embedder: str = "builtin"
    measures: Sequence[str] = measures.DEFAULT


def load(plan: Plan) -> Dataset:
    """The plan's data set, cut to its split and limit; raises an ``EvalError``."""
    part = _HELD_OUT.get(plan.split or "")
    if part is None or plan.split in split_names(plan.dataset):
        dataset, names = read_dataset(plan.dataset, plan.split), None
    else:
        dataset = read_dataset(plan.dataset)
        names = [name for name in dataset.queries if split_of(name) == part]
    chosen = list(dataset.queries if names is None else names)[: plan.limit]
    return replace(
        dataset,
        split=plan.split or dataset.split,
        queries={name: dataset.queries[name] for name in chosen},
        qrels={name: dataset.qrels[name] for name in chosen},
    )


def run(plan: Plan, out: Path, cache: Path, *, progress: Progress = silent) -> Run:
    """Measure one system on one data set; the finished run. Raises an ``EvalError``."""
    systems.check_name(plan.retriever)
    measures.check(plan.measures)
    bench = systems.Workbench(load(plan), cache, spec=plan.embedder, threads=plan.threads, progress=progress)
    try:
        return measure(systems.make(plan.retriever, bench, plan.settings), bench.dataset, plan, out, progress)
    finally:
        bench.close()


def measure(
    system: systems.System, dataset: Dataset, plan: Plan, out: Path, progress: Progress = silent
) -> Run:
    """Ask ``system`` every query of ``dataset`` that its run folder has no answer to yet, and sum up."""
    configuration = {**system.configuration, "depth_measured": DEPTH, "threads": plan.threads}
    info = new_info(
        "retrieval",
        name=system.name,
        dataset=dataset.name,
        split=dataset.split,
        configuration=configuration,
        seed=plan.seed,
        versions=collect(dataset.sha256, model=system.model, index=system.index),
        queries=len(dataset.queries),
    )
    with RunWriter.open(out, info) as writer:
        todo = {name: text for name, text in dataset.queries.items() if name not in writer.done}
        for text in list(todo.values())[:_WARM_UP]:
            system.search(text, DEPTH)
        for number, (name, text) in enumerate(todo.items()):
            progress("检索", len(dataset.queries) - len(todo) + number, len(dataset.queries))
            writer.add(*_ask(system, dataset, plan, name, text))
        progress("检索", len(dataset.queries), len(dataset.queries))
        rows = [writer.done[name] for name in dataset.queries]
        return writer.finish(_summary(rows, system, plan))


def _ask(
    system: systems.System, dataset: Dataset, plan: Plan, name: str, text: str
) -> tuple[QueryResult, list[tuple[str, float]]]:
    started, worked = time.perf_counter(), time.process_time()
    ranking = measures.strictly_descending(system.search(text, DEPTH))
    took, busy = (time.perf_counter() - started) * 1000, (time.process_time() - worked) * 1000
    values = measures.per_query({name: dataset.qrels[name]}, {name: ranking}, plan.measures)[name]
    return QueryResult(name, values, took, {CPU: round(busy, 3)}), ranking


def _summary(rows: Sequence[QueryResult], system: systems.System, plan: Plan) -> Summary:
    latency = summarise_latency(rows)
    total = sum(row.latency_ms for row in rows)
    cost = {**system.cost, "memory_bytes": float(resident_bytes())}
    if total:
        cost["queries_per_s"] = round(len(rows) * 1000 / total, 2)
    values: Mapping[str, Iterable[float]] = {
        name: [row.measures[name] for row in rows] for name in plan.measures
    }
    estimates = {name: estimate(list(column), seed=plan.seed) for name, column in values.items()}
    return Summary(estimates, latency, cost)


def resident_bytes() -> int:
    """Memory of this process: what is resident on Linux, the most that it was elsewhere."""
    import resource

    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * resource.getpagesize()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def printed(run: Run) -> dict[str, Any]:
    """What ``dangjian-eval run --json`` prints of a finished run."""
    summary = run.summary
    assert summary is not None
    names = [name for name in measures.REPORTED if name in summary.measures]
    return {
        "dataset": run.info.dataset,
        "retriever": run.info.configuration["retriever"],
        "queries": run.info.queries,
        "measures": {name: round(summary.measures[name].value, 4) for name in names},
        "latency_ms": {name: summary.latency_ms[name] for name in ("p50", "p95")},
        "run": str(run.folder / "run.trec"),
    }
