"""The tables of retrieval in ``docs/retrieval.md``, from run folders.

    python -m eval.retrieval_docs base=RUNS ours=RUNS            prints them
    python -m eval.retrieval_docs base=RUNS ours=RUNS --write    puts them between the marks in docs/retrieval.md

Each word names a model and the folder of runs made with it. For each data set, split and system the newest run counts;
the last model's fusion is compared with its legs, and its reranking with its fusion where there are runs of it.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

from eval.answer_docs import put
from eval.errors import ConfigurationError, RunError
from eval.retrieval import CPU
from eval.runs import list_runs
from eval.statistics import paired, percentiles
from eval.tables import name_of
from eval.terminal import markdown_table
from eval.types import Estimate, Run

BEGIN, END = "<!-- retrieval: begin -->", "<!-- retrieval: end -->"
DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "retrieval.md"
_MEASURES = {"nDCG@10": "nDCG@10", "Success@1": "hit@1", "R@100": "recall@100"}
_ORDER = ("lexical", "dense", "fused", "reranked")

Runs = dict[tuple[str, str, str, str], Run]
"""Finished runs by data set, split, model and system."""


def collect(words: Sequence[str]) -> Runs:
    """The newest runs in the folders that ``MODEL=FOLDER`` words name; raises an ``EvalError``."""
    found: Runs = {}
    for word in words:
        model, equals, folder = word.partition("=")
        if not equals or not model:
            raise ConfigurationError(f"“{word}”写法不对。请写成 名称=运行文件夹的目录，如 ours=runs。")
        finished = [run for run in list_runs(Path(folder)) if run.summary and name_of(run) in _ORDER]
        if not finished:
            raise RunError(f"{folder} 里没有做完的检索运行。请先运行 dangjian-eval run --out {folder}。")
        for run in finished:
            found.setdefault((run.info.dataset, run.info.split, model, name_of(run)), run)
    return found


def tables(found: Runs) -> str:
    """Both tables as Markdown."""
    sets = sorted({key[:2] for key in found})
    models = list(dict.fromkeys(model for _, _, model, _ in found))
    rows = [row for where in sets for row in _rows(found, where, models)]
    header = ["set", "system", *_MEASURES.values(), "ms p50 / p95", "cpu ms p50 / p95"]
    differences = [row for where in sets for row in _differences(found, where, models[-1])]
    compared = markdown_table(["set", "difference in nDCG@10", "mean", "p", "won", "lost"], differences)
    return f"{markdown_table(header, rows)}\n\n{compared}"


def _rows(found: Runs, where: tuple[str, str], models: Sequence[str]) -> list[list[str]]:
    rows, said = [], False
    for system in _ORDER:
        for model in models:
            run = found.get((*where, model, system))
            if run is None or (system == "lexical" and said):
                continue
            said = said or system == "lexical"  # words know no model: once is enough
            rows.append([_title(run), system if system == "lexical" else f"{model} {system}", *_figures(run)])
    return rows


def _title(run: Run) -> str:
    split = "" if run.info.split == "test" else f" {run.info.split}"
    return f"{run.info.dataset}{split} ({run.info.queries})"


def _figures(run: Run) -> list[str]:
    assert run.summary is not None
    values = [_written(run.summary.measures[name]) for name in _MEASURES]
    busy = percentiles([row.extra[CPU] for row in run.queries if CPU in row.extra])
    return [*values, _two(run.summary.latency_ms), _two(busy) if any(busy.values()) else "–"]


def _two(times: Mapping[str, float]) -> str:
    return f"{times['p50']:.0f} / {times['p95']:.0f}"


def _written(value: Estimate) -> str:
    return f"{value.value:.3f} ({value.low:.3f}–{value.high:.3f})"


def _differences(found: Runs, where: tuple[str, str], model: str) -> list[list[str]]:
    pairs = (("lexical", "fused"), ("dense", "fused"), ("fused", "reranked"))
    rows = []
    for before, after in pairs:
        a, b = (found.get((*where, model, system)) for system in (before, after))
        if a is None or b is None:
            continue
        result = paired(a.values("nDCG@10"), b.values("nDCG@10"))
        gap = result.difference
        mean = f"{gap.value:+.3f} ({gap.low:+.3f} to {gap.high:+.3f})"
        counts = [f"{result.p_randomisation:.4f}", str(len(result.won)), str(len(result.lost))]
        rows.append([_title(b), f"{after} less {before}", mean, *counts])
    return rows


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the tables or write them."""
    parser = argparse.ArgumentParser(prog="retrieval_docs", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("runs", nargs="+", metavar="MODEL=RUNS")
    parser.add_argument("--write", action="store_true", help="into docs/retrieval.md instead of printing")
    options = parser.parse_args(arguments)
    content = tables(collect(options.runs))
    if options.write:
        text = DOCUMENT.read_text("utf-8")
        DOCUMENT.write_text(put(text, content, (BEGIN, END), DOCUMENT.name), "utf-8")
    else:
        print(content)


if __name__ == "__main__":
    main()
