"""What ``dangjian-eval run``, ``compare``, ``sweep`` and ``doctor`` do; each returns the exit code."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from eval.runs import default_out, load_run
from eval.terminal import markdown_table, note, progress
from eval.types import Run

CACHE = ".cache"
"""Vectors and indexes that runs share: a folder beside the run folders."""


def run(
    dataset: Path,
    retriever: str,
    *,
    split: str | None = None,
    limit: int | None = None,
    out: Path | None = None,
    cache: Path | None = None,
    seed: int = 0,
    threads: int = 1,
    embedder: str = "builtin",
    settings: Sequence[str] = (),
    as_json: bool = False,
) -> int:
    """Measure one system on one data set."""
    from eval import retrieval
    from eval.sweep import parse_settings

    changed = parse_settings(settings) if settings else None
    plan = retrieval.Plan(dataset, retriever, split, limit, changed, seed, threads, embedder)
    out = out or default_out()
    with progress() as bars:
        finished = retrieval.run(plan, out, cache or out / CACHE, progress=bars)
    if as_json:
        print(json.dumps(retrieval.printed(finished), ensure_ascii=False))
        return 0
    print(overview(finished))
    note(f"运行文件夹：{finished.folder}")
    return 0


def compare(a: Path, b: Path, *, measure: str | None = None, as_json: bool = False) -> int:
    """Compare two run folders."""
    from eval import compare as comparing

    result = comparing.compare(load_run(a), load_run(b), measure=measure)
    if as_json:
        print(json.dumps(comparing.as_json(result), ensure_ascii=False))
    else:
        print(comparing.as_markdown(result))
    return 0


def table(folders: Sequence[Path], *, against: str = "fused") -> int:
    """Print run folders side by side."""
    from eval.tables import tables

    print(tables([load_run(folder) for folder in folders], against=against))
    return 0


def sweep(
    dataset: Path,
    grid: Sequence[str],
    *,
    retriever: str = "fused",
    split: str = "dev",
    measure: str = "nDCG@10",
    limit: int | None = None,
    out: Path | None = None,
    cache: Path | None = None,
    seed: int = 0,
    threads: int = 1,
    as_json: bool = False,
) -> int:
    """Run a grid of settings."""
    from eval import sweep as sweeping
    from eval.retrieval import Plan

    sweeping.check_split(split)
    parsed = sweeping.parse_grid(grid)
    plan = Plan(dataset, retriever, split, limit, seed=seed, threads=threads)
    out = out or default_out()
    with progress() as bars:
        result = sweeping.sweep(plan, parsed, out, cache or out / CACHE, measure_name=measure, progress=bars)
    if as_json:
        print(json.dumps(sweeping.as_json(result), ensure_ascii=False))
    else:
        print(sweeping.as_markdown(result))
    return 0


def doctor(paths: Sequence[Path], *, documents: Path | None = None, as_json: bool = False) -> int:
    """Examine data sets; 1 where one has problems."""
    from eval.doctor import examine

    rows: list[dict[str, Any]] = []
    for path in paths:
        found = examine(path, documents)
        problems = [asdict(problem) for problem in found.problems]
        rows.append({"path": path.name, "counts": found.counts, "problems": problems})
        if not as_json:
            counted = "，".join(f"{WORDS.get(name, name)} {count}" for name, count in found.counts.items())
            print(f"{path.name}：{counted or '无法读取'}；问题 {len(problems)} 处。")
            for problem in found.problems:
                print(f"  {problem}")
    if as_json:
        print(json.dumps(rows, ensure_ascii=False))
    return 1 if any(row["problems"] for row in rows) else 0


WORDS = {
    "documents": "文档",
    "queries": "问题",
    "long_documents": "超长文档",
    "queries_without_judgement": "没有判断的问题",
    "answers": "答案",
    "questions": "问题",
    "unanswerable": "不可回答",
    "followups": "追问",
    "dev": "开发集",
    "test": "测试集",
    "quotes": "引文",
}
"""What the doctor's counts are called."""


def overview(run: Run) -> str:
    """A finished run for people: measures with their intervals, latency and cost."""
    summary = run.summary
    assert summary is not None
    rows = [
        (name, f"{value.value:.4f}", f"{value.low:.4f}–{value.high:.4f}")
        for name, value in summary.measures.items()
    ]
    title = f"{run.info.dataset}（{run.info.split}），{run.info.configuration['retriever']}，{run.info.queries} 个问题"
    table = markdown_table(("指标", "值", "95% 区间"), rows)
    latency = "，".join(f"{name} {value:.1f}" for name, value in summary.latency_ms.items())
    cost = "，".join(f"{name} {value:,.10g}" for name, value in summary.cost.items())
    return f"{title}\n\n{table}\n\n延迟（毫秒）：{latency}\n成本：{cost}"
