"""``dangjian-eval table RUN…``: many runs side by side, a Markdown table for each data set and split."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from eval.compare import SIGNIFICANT
from eval.errors import RunError
from eval.statistics import paired
from eval.terminal import markdown_table
from eval.types import Estimate, Run

MEASURES = ("nDCG@10", "RR@10", "Success@1", "R@100")
_COSTS = {
    "build_s": ("建立（秒）", 1.0),
    "index_bytes": ("索引（MB）", 2.0**20),
    "memory_bytes": ("内存（MB）", 2.0**20),
}


def tables(runs: Sequence[Run], *, against: str = "fused", measures: Sequence[str] = MEASURES) -> str:
    """A table for each data set, runs in the order given; ``†`` marks values that differ from the run ``against``.

    ``against`` is the ``retriever`` of a configuration; a difference counts where the paired randomisation test has
    p < 0.05, not corrected for the number of comparisons. Raises ``RunError`` for a run that is not finished.
    """
    groups: dict[tuple[str, str], list[Run]] = {}
    for run in runs:
        if run.summary is None:
            raise RunError(f"运行 {run.info.id} 还没有做完。请用同样的参数再运行一次，把它补完。")
        groups.setdefault((run.info.dataset, run.info.split), []).append(run)
    return "\n\n".join(
        f"**{dataset}**（{split}，{group[0].info.queries} 个问题）\n\n{_table(group, against, measures)}"
        for (dataset, split), group in groups.items()
    )


def _table(runs: Sequence[Run], against: str, measures: Sequence[str]) -> str:
    reference = next((run for run in runs if name_of(run) == against), None)
    header = ("系统", *measures, "p50（毫秒）", "p95（毫秒）", *(label for label, _ in _COSTS.values()))
    return markdown_table(header, [_row(run, reference, measures) for run in runs])


def _row(run: Run, reference: Run | None, measures: Sequence[str]) -> tuple[str, ...]:
    summary = run.summary
    assert summary is not None
    return (
        name_of(run),
        *(_figure(run, reference, name, summary.measures.get(name)) for name in measures),
        *(f"{summary.latency_ms[name]:.1f}" for name in ("p50", "p95")),
        *_costs(summary.cost),
    )


def name_of(run: Run) -> str:
    """What a run's system is called."""
    return str(run.info.configuration.get("retriever", run.info.kind))


def _figure(run: Run, reference: Run | None, name: str, found: Estimate | None) -> str:
    if found is None:
        return "—"
    mark = ""
    if reference is not None and reference is not run:
        mark = "†" if paired(reference.values(name), run.values(name)).p_randomisation < SIGNIFICANT else ""
    return f"{found.value:.3f}{mark}（{found.low:.3f}–{found.high:.3f}）"


def _costs(cost: Mapping[str, float]) -> list[str]:
    return [f"{cost[name] / unit:.1f}" if name in cost else "—" for name, (_, unit) in _COSTS.items()]
