"""The tables on answers in ``docs/evaluation.md``, from run folders.

    python -m eval.answer_docs RUNS_FOLDER            prints them
    python -m eval.answer_docs RUNS_FOLDER --write    puts them between the marks in docs/evaluation.md

For each data set, split and variant the newest run counts.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from eval.answer_commands import compared
from eval.answer_tables import signed, written
from eval.answers import figures, outcomes_of, slices_of
from eval.errors import RunError
from eval.refusal import best_aurc, threshold_table
from eval.runs import list_runs
from eval.statistics import bootstrap
from eval.terminal import markdown_table
from eval.types import Estimate, QueryResult, Run

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BEGIN, END = "<!-- answers: begin -->", "<!-- answers: end -->"
DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "evaluation.md"
_SPLITS = ("dev", "test")
_HIGHER = (
    "answered",
    "quoted_share",
    "quoted_all",
    "first_claim",
    "passages@1",
    "passages@3",
    "passages@5",
    "passages@10",
    "list_share",
    "list_complete",
    "claims_with_gold",
    "citation_recall",
    "citation_precision",
    "verbatim",
    "characters",
    "refusal_precision",
    "refusal_recall",
    "refusal_f1",
    "false_refusals",
    "false_answers",
    "aurc",
    "calibration_error",
)
_SHORT = ("answered", "quoted_share", "quoted_all", "first_claim", "passages@5")


def newest(runs: Iterable[Run]) -> dict[tuple[str, str, str], Run]:
    """The newest finished run of answers by (data set, split, variant); ``runs`` come newest first."""
    found: dict[tuple[str, str, str], Run] = {}
    for run in runs:
        if run.info.kind == "answers" and run.summary is not None:
            variant = str(run.info.configuration.get("variant", "plain"))
            found.setdefault((run.info.dataset, run.info.split, variant), run)
    return found


def tables(runs: dict[tuple[str, str, str], Run]) -> str:
    """All tables that the runs allow, as Markdown."""
    plain = {(name, split): run for (name, split, variant), run in runs.items() if variant == "plain"}
    own = {f"{name} {split}": run for (name, split), run in sorted(plain.items()) if split in _SPLITS}
    other = {name: run for (name, split), run in sorted(plain.items()) if split not in _SPLITS}
    removed = {name: run for name, run in other.items() if name.endswith("_removed")}
    codes = sorted({run.info.versions.code for run in runs.values()})
    parts = [f"Code: {'、'.join(codes)}."] if codes else []
    if own:
        parts += ["### Own questions", _measures(own), "### By kind and tag", _kinds(own)]
        parts += ["### What a threshold would do (own dev)", _thresholds(_rows(own, "dev"))]
    if removed:
        parts += ["### Refusal with the documents of half the questions removed", _measures(removed)]
        parts += [_thresholds([row for run in removed.values() for row in run.queries])]
    if rows := _robustness(runs):
        parts += ["### Robustness", rows]
    if own:
        parts += ["### Everyday words", _paraphrase(own)]
    return "\n\n".join(parts)


def _measures(columns: dict[str, Run]) -> str:
    """A row a measure, a column a run; questions that stand alone."""
    results = {name: [row for row in run.queries if not row.extra["turns"]] for name, run in columns.items()}
    found = {name: figures(rows) for name, rows in results.items()}
    body = [["questions", *(str(len(rows)) for rows in results.values())]]
    for measure in _HIGHER:
        if any(measure in table for table in found.values()):
            cells = [written(table[measure]) if measure in table else "–" for table in found.values()]
            body.append([f"`{measure}`", *cells])
    best = [f"{best_aurc(outcomes_of(rows)):.3f}" for rows in results.values()]
    body.append(["`aurc` of the best order", *best])
    latency = [run.summary.latency_ms if run.summary else {} for run in columns.values()]
    body.append(
        [
            "latency p50 / p95 / p99, ms",
            *(" / ".join(f"{value:.0f}" for value in row.values()) for row in latency),
        ]
    )
    return markdown_table(["measure", *columns], body)


def _rows(own: dict[str, Run], split: str) -> list[QueryResult]:
    return [row for run in own.values() if run.info.split == split for row in run.queries]


def _kinds(own: dict[str, Run]) -> str:
    """Both sets together: a row a slice, dev and test side by side."""
    slices = {split: slices_of(_rows(own, split)) for split in _SPLITS}
    names = [name for name in sorted({*slices["dev"], *slices["test"]}) if not name.startswith("set=")]
    body = []
    for name in names:
        cells = []
        for split in _SPLITS:
            members = slices[split].get(name, [])
            table = figures(members)
            cells.append(str(len(members)))
            cells += [f"{table[measure].value:.2f}" if measure in table else "–" for measure in _SHORT]
            cells.append(f"{table['refusal_recall'].value:.2f}" if "refusal_recall" in table else "–")
        body.append([name, *cells])
    header = [f"{split} {name}" for split in _SPLITS for name in ("n", *_SHORT, "refusal_recall")]
    return markdown_table(["slice", *header], body)


def _thresholds(rows: Sequence[QueryResult]) -> str:
    outcomes = outcomes_of([row for row in rows if not row.extra["turns"]])
    body = [[f"{row[0]:.2f}", *(f"{value:.3f}" for value in row[1:])] for row in threshold_table(outcomes)]
    return markdown_table(["threshold", "false refusals", "false answers", "correct"], body)


def _robustness(runs: dict[tuple[str, str, str], Run]) -> str:
    body = []
    for (name, split, variant), run in sorted(runs.items()):
        plain = runs.get((name, split, "plain"))
        if variant == "plain" or plain is None:
            continue
        for measure, pair in compared(plain, run):
            if measure == "answered":
                continue
            figures_ = [f"{pair.mean_a:.3f}", f"{pair.mean_b:.3f}", signed(pair.difference)]
            counts = [f"{pair.p_randomisation:.4f}", str(len(pair.lost)), str(len(pair.won))]
            body.append([f"{name} {split}", variant, f"`{measure}`", str(pair.queries), *figures_, *counts])
    header = ["set", "variant", "measure", "n", "plain", "variant's", "difference", "p", "lost", "won"]
    return markdown_table(header, body) if body else ""


def _paraphrase(own: dict[str, Run]) -> str:
    """``quoted_share`` of the questions in everyday words against that of the others: different questions, unpaired."""
    body = []
    for name, run in own.items():
        rows = [row for row in run.queries if row.extra["answerable"] and not row.extra["turns"]]
        lay = [1.0 if "paraphrase" in row.extra["tags"] else 0.0 for row in rows]
        values = [row.measures["quoted_share"] for row in rows]
        means = [
            f"{sum(v for v, p in zip(values, lay, strict=True) if p == side) / max(1, lay.count(side)):.3f}"
            for side in (1.0, 0.0)
        ]
        counts = [str(lay.count(side)) for side in (1.0, 0.0)]
        body.append([name, *counts, *means, signed(difference(values, lay))])
    header = ["set", "n paraphrase", "n others", "paraphrase", "others", "difference"]
    return markdown_table(header, body)


def difference(values: Sequence[float], marks: Sequence[float]) -> Estimate:
    """The mean of the marked ``values`` minus that of the others, with its bootstrap interval."""
    import numpy as np

    value, mark = np.array(values), np.array(marks)

    def gap(chosen: NDArray[np.int64]) -> NDArray[np.float64]:
        v, m = value[chosen], mark[chosen]
        ours = (v * m).sum(axis=-1) / np.maximum(m.sum(axis=-1), 1)
        theirs = (v * (1 - m)).sum(axis=-1) / np.maximum((1 - m).sum(axis=-1), 1)
        return np.asarray(ours - theirs, dtype=float)

    return bootstrap(len(values), gap)


def put(text: str, content: str, marks: tuple[str, str] = (BEGIN, END), name: str = DOCUMENT.name) -> str:
    """``text`` (of the file ``name``) with ``content`` between the marks. Raises ``RunError`` where a mark is missing."""
    before, begin, rest = text.partition(marks[0])
    _, end, after = rest.partition(marks[1])
    if not begin or not end:
        raise RunError(f"{name} 里缺少标记 {marks[0]} 和 {marks[1]}。请恢复标记后再运行。")
    return f"{before}{begin}\n\n{content}\n\n{end}{after}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the tables or write them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runs", type=Path, help="the folder of run folders")
    parser.add_argument("--write", action="store_true", help="into docs/evaluation.md instead of printing")
    options = parser.parse_args(arguments)
    content = tables(newest(list_runs(options.runs)))
    if options.write:
        DOCUMENT.write_text(put(DOCUMENT.read_text("utf-8"), content), "utf-8")
    else:
        print(content)


if __name__ == "__main__":
    main()
