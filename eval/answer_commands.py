"""What ``dangjian-eval answers``, ``robustness``, ``abstention`` and ``gate`` do; each returns the exit code."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from eval import abstention as removal
from eval import gate as gatekeeper
from eval.answer_tables import comparison, overview
from eval.answers import Plan, run_answers
from eval.asking import opened
from eval.errors import ConfigurationError
from eval.robustness import VARIANTS
from eval.runs import default_out
from eval.statistics import Paired, paired
from eval.terminal import Progress, note, progress
from eval.types import Run

ROBUSTNESS = ("quoted_share", "passages@5", "answered", "refused")
"""Compared between the plain questions and each variant."""


def answers(
    files: Sequence[Path],
    *,
    split: str = "all",
    home: Path | None = None,
    documents: Sequence[Path] = (),
    corpus: bool = False,
    variant: str = "plain",
    limit: int = 0,
    out: Path | None = None,
    as_json: bool = False,
) -> int:
    """Ask the questions of ``files``, write a run folder, print what it comes to."""
    _check_variant(variant)
    plan = Plan(tuple(files), split, variant, limit)
    plan.questions()  # bad rows are reported before anything is ingested
    with progress() as bars, opened(home, documents, corpus=corpus, progress=bars) as assistant:
        run = run_answers(assistant, plan, out or default_out(), bars)
    _show(row_of(run), overview(run), run.folder, as_json)
    return 0


def robustness(
    files: Sequence[Path],
    *,
    split: str = "all",
    home: Path | None = None,
    documents: Sequence[Path] = (),
    corpus: bool = False,
    variants: Sequence[str] = VARIANTS[1:],
    limit: int = 0,
    out: Path | None = None,
    as_json: bool = False,
) -> int:
    """Ask the same questions plainly and in each variant; print every difference with its significance."""
    for variant in variants:
        _check_variant(variant)
    plans = [Plan(tuple(files), split, variant, limit) for variant in ("plain", *variants)]
    plans[0].questions()
    with progress() as bars, opened(home, documents, corpus=corpus, progress=bars) as assistant:
        runs = [run_answers(assistant, plan, out or default_out(), _staged(bars, plan)) for plan in plans]
    rows = [
        (plan.variant, measure, pair)
        for plan, run in zip(plans[1:], runs[1:], strict=True)
        for measure, pair in compared(runs[0], run)
    ]
    table = [{"variant": variant, "measure": measure, **asdict(pair)} for variant, measure, pair in rows]
    _show({"runs": [str(run.folder) for run in runs], "comparisons": table}, comparison(rows), None, as_json)
    return 0


def abstention(
    source: Path,
    *,
    seed: int = 0,
    limit: int = 0,
    home: Path | None = None,
    out: Path | None = None,
    as_json: bool = False,
) -> int:
    """Refusal on a BEIR folder with answers, half of the gold documents left out."""
    with TemporaryDirectory() as folder:
        made = removal.write(Path(folder), source, seed=seed, limit=limit)
        note(f"{source.name}：移除 {len(made.removed)} 份含答案的文档，留下 {len(made.documents)} 份。")
        named = Path(folder) / f"{source.resolve().name}_removed.jsonl"
        (Path(folder) / removal.QUESTIONS).rename(named)
        return answers(
            [named], home=home, documents=[Path(folder) / removal.DOCUMENTS], out=out, as_json=as_json
        )


def gate(*, record: bool = False, home: Path | None = None, as_json: bool = False) -> int:
    """Ask the gate's questions over the corpus; 1 where a tracked figure fell beyond its interval."""
    configuration = gatekeeper.read_configuration()
    baseline = {} if record else gatekeeper.read_baseline(gatekeeper.BASELINE, configuration)
    with progress() as bars, opened(home, corpus=True, progress=bars) as assistant:
        measures, _ = gatekeeper.measure(assistant, configuration, bars)
    falls = gatekeeper.compare(measures, baseline)
    if record and not falls:
        gatekeeper.record(gatekeeper.BASELINE, configuration, measures)
    row = {
        "measures": {name: asdict(value) for name, value in measures.items()},
        "falls": [asdict(fall) for fall in falls],
    }
    words = [f"{gatekeeper.WORDS[name]} {value.value:.3f}" for name, value in measures.items()]
    verdict = [f"未通过：{fall}" for fall in falls] or [
        "已记录基线。" if record else "通过：没有指标低于基线区间。"
    ]
    _show(row, "\n".join([*words, "", *verdict]), None, as_json)
    return 1 if falls else 0


def compared(plain: Run, variant: Run) -> list[tuple[str, Paired]]:
    """The measures that both runs have, of the questions that stand alone, paired by question."""
    alone = {row.id for row in plain.queries if not row.extra["turns"]}
    found = []
    for measure in ROBUSTNESS:
        a, b = ({k: v for k, v in run.values(measure).items() if k in alone} for run in (plain, variant))
        if a:
            found.append((measure, paired(a, b)))
    return found


def row_of(run: Run) -> dict[str, Any]:
    """What ``answers --json`` prints."""
    if run.summary is None:
        raise ConfigurationError(f"运行 {run.info.id} 还没有完成。请重新运行同一命令。")
    return {
        "dataset": run.info.dataset,
        "split": run.info.split,
        "variant": run.info.configuration.get("variant"),
        "queries": run.info.queries,
        "measures": {name: asdict(value) for name, value in run.summary.measures.items()},
        "latency_ms": dict(run.summary.latency_ms),
        "run": str(run.folder),
    }


def _check_variant(variant: str) -> None:
    if variant not in VARIANTS:
        raise ConfigurationError(f"不认识的变体“{variant}”。可用：{'、'.join(VARIANTS)}。")


def _staged(bars: Progress, plan: Plan) -> Progress:
    return lambda stage, done, total: bars(f"{stage}（{plan.variant}）", done, total)


def _show(row: dict[str, Any], words: str, folder: Path | None, as_json: bool) -> None:
    if as_json:
        print(json.dumps(row, ensure_ascii=False))
        return
    print(words)
    if folder is not None:
        note(f"运行文件夹：{folder}")
