"""The weights of fusion and of the lexical fields, chosen on development questions of several sets.

    python -m eval.weights --tune FOLDER:SPLIT … --guard FOLDER[:SPLIT] … [KEY=V1,V2 …] [--sample N]
        [--embedder SPEC] --cache DIR --out weights.json

Every question is asked once; then each setting of the grid is tried on its scores (see ``eval.legs``). A setting is
*allowed* where no guard set loses more than ``MOST_LOST`` against the settings in use and fusion is on every set at least as
good as either leg by itself. Of those whose nDCG@10, averaged over all sets, is within ``NEAR`` of the best, the one that
changes the fewest settings is *chosen*; it is *adopted* where it gains at p < 0.05 (paired randomisation over all
questions, each set counting the same). The grid, every result and the choice are written to a file.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from eval import systems
from eval.compare import SIGNIFICANT
from eval.errors import ConfigurationError
from eval.legs import FIELDS, Asked, Floats, Gatherer, gains
from eval.retrieval import Plan, load
from eval.statistics import paired
from eval.sweep import Grid, cells, check_split, parse_grid
from eval.terminal import Progress, markdown_table, progress, silent

if TYPE_CHECKING:
    from retriever.search_settings import RetrieverSettings

MEASURE = "nDCG@10"
MOST_LOST = 0.005
NEAR = 0.001
SHARE = "dense_weight"
GRID: Grid = {
    SHARE: [0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7],
    "lexical.grams": [0.25, 0.5, 0.75, 1.0, 1.5],
    "lexical.title": [0.0, 0.15, 0.3, 0.6, 1.0],
    "lexical.path": [0.0, 0.15, 0.3, 0.6, 1.0],
    "lexical.phrase": [0.0, 0.3, 0.6, 1.2],
}
_CELLS = 20_000
_AT_ONCE = 500

Setting = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Tried:
    """All settings on one set, or on several: ``fused`` (C, Q) nDCG@10 by setting and question, and of the legs.

    ``lexical`` is (C, Q) as well, ``dense`` (Q,).
    """

    questions: tuple[str, ...]
    fused: Floats
    lexical: Floats
    dense: Floats


def settings_of(grid: Grid, present: Setting) -> list[Setting]:
    """The present setting, then every other one of the grid; raises ``ConfigurationError`` for what cannot be tried."""
    if unknown := sorted(grid.keys() - present.keys()):
        raise ConfigurationError(f"这里不能试“{unknown[0]}”。可试：{'、'.join(present)}。")
    listed = [{**present, **cell} for cell in cells(grid, most=_CELLS)]
    return [present, *(setting for setting in listed if setting != present)]


def present_setting(settings: RetrieverSettings) -> dict[str, float]:
    """What the product uses, by the names of the grid."""
    fields = asdict(settings.lexical)
    return {SHARE: settings.dense_weight, **{f"lexical.{name}": fields[name] for name in FIELDS}}


def tried(questions: Sequence[Asked], settings: Sequence[Setting]) -> Tried:
    """Every setting on every question."""
    weights = np.array([[1.0, *(setting[f"lexical.{name}"] for name in FIELDS)] for setting in settings])
    shares = np.array([setting[SHARE] for setting in settings])
    fields, which = np.unique(weights, axis=0, return_inverse=True)
    fused = [_in_parts(asked, weights, shares) for asked in questions]
    lexical = [_in_parts(asked, fields, np.zeros(len(fields)))[which.ravel()] for asked in questions]
    dense = [gains(asked, fields[:1], np.ones(1))[0] for asked in questions]
    names = tuple(asked.name for asked in questions)
    return Tried(names, np.stack(fused, axis=1), np.stack(lexical, axis=1), np.array(dense))


def _in_parts(asked: Asked, weights: Floats, shares: Floats) -> Floats:
    """``gains`` with a bound on memory."""
    starts = range(0, len(shares), _AT_ONCE)
    return np.concatenate([gains(asked, weights[s : s + _AT_ONCE], shares[s : s + _AT_ONCE]) for s in starts])


def allowed(found: Mapping[str, Tried], guards: Sequence[str]) -> list[bool]:
    """Which settings lose too little on the guards to matter, and are nowhere below one of their legs."""
    fine = np.ones(len(next(iter(found.values())).fused), dtype=bool)
    for name, row in found.items():
        fused = row.fused.mean(axis=1)
        legs = np.maximum(row.lexical.mean(axis=1), row.dense.mean())
        fine &= fused >= legs - 1e-9
        if name in guards:
            fine &= fused >= fused[0] - MOST_LOST
    return [bool(value) for value in fine]


def chosen(settings: Sequence[Setting], means: Sequence[float], fine: Sequence[bool]) -> int:
    """The number of the chosen setting; that of the present one (0) where none is allowed."""
    candidates = [number for number, good in enumerate(fine) if good]
    best = max((means[number] for number in candidates), default=0.0)
    near = [number for number in candidates if means[number] >= best - NEAR]

    def changes(number: int) -> int:
        return sum(value != settings[0][key] for key, value in settings[number].items())

    return min(near, key=lambda number: (changes(number), -means[number]), default=0)


def gather(plan: Plan, cache: Path, sample: int, told: Progress = silent) -> list[Asked]:
    """The questions of one set: all, or as many as ``sample`` says, those whose ids' hashes come first."""
    bench = systems.Workbench(load(plan), cache, spec=plan.embedder, threads=plan.threads)
    try:
        gatherer = Gatherer(bench)
        names = sorted(bench.dataset.queries, key=lambda name: hashlib.sha256(name.encode()).digest())[
            :sample
        ]
        found = []
        for number, name in enumerate(names):
            told(bench.dataset.name, number, len(names))
            found.append(gatherer.ask(name))
        return found
    finally:
        bench.close()


def compared(found: Mapping[str, Tried], number: int) -> dict[str, Any]:
    """A setting against the present one: on every set, and over all (``mean``), where each set counts the same."""
    before: dict[str, float] = {}
    after: dict[str, float] = {}
    rows: dict[str, Any] = {}
    questions = sum(len(row.questions) for row in found.values())
    for name, row in found.items():
        scale = questions / (len(found) * len(row.questions))
        rows[name] = _pair(
            dict(zip(row.questions, row.fused[0], strict=True)),
            dict(zip(row.questions, row.fused[number], strict=True)),
        )
        before.update({f"{name} {q}": scale * v for q, v in zip(row.questions, row.fused[0], strict=True)})
        after.update(
            {f"{name} {q}": scale * v for q, v in zip(row.questions, row.fused[number], strict=True)}
        )
    return {**rows, "mean": _pair(before, after)}


def _pair(a: Mapping[str, float], b: Mapping[str, float]) -> dict[str, Any]:
    found = paired({k: float(v) for k, v in a.items()}, {k: float(v) for k, v in b.items()})
    return {
        "present": round(found.mean_a, 4),
        "chosen": round(found.mean_b, 4),
        "difference": {name: round(value, 4) for name, value in asdict(found.difference).items()},
        "p": round(found.p_randomisation, 4),
    }


def report(
    found: Mapping[str, Tried], guards: Sequence[str], grid: Grid, settings: Sequence[Setting]
) -> dict[str, Any]:
    """Everything that was tried and what follows from it."""
    means = np.stack([row.fused.mean(axis=1) for row in found.values()]).mean(axis=0)
    fine = allowed(found, guards)
    best = chosen(settings, means.tolist(), fine)
    against = compared(found, best)
    whole = against["mean"]
    adopted = best if whole["difference"]["value"] > 0 and whole["p"] < SIGNIFICANT else 0
    results = [
        {
            **setting,
            **{name: round(float(row.fused[number].mean()), 4) for name, row in found.items()},
            **{f"{name} lexical": round(float(row.lexical[number].mean()), 4) for name, row in found.items()},
            "mean": round(float(means[number]), 4),
            "allowed": fine[number],
        }
        for number, setting in enumerate(settings)
    ]
    return {
        "measure": MEASURE,
        "grid": grid,
        "sets": {
            name: {"questions": len(row.questions), "guard": name in guards} for name, row in found.items()
        },
        "dense": {name: round(float(row.dense.mean()), 4) for name, row in found.items()},
        "present": settings[0],
        "chosen": settings[best],
        "adopted": settings[adopted],
        "comparison": against,
        "results": results,
    }


def as_markdown(result: Mapping[str, Any]) -> str:
    """What was chosen, how it compares on every set, and the best mean there is with each value of each setting."""
    rows = [
        [name, f"{row['present']:.4f}", f"{row['chosen']:.4f}", _gap(row["difference"]), f"{row['p']:.4f}"]
        for name, row in result["comparison"].items()
    ]
    compared = markdown_table(["set", "present", "chosen", "difference", "p"], rows)
    bests = [
        [key, ", ".join(f"{value:g}: {_best(result['results'], key, value)}" for value in values)]
        for key, values in result["grid"].items()
    ]
    values = markdown_table(["setting", "best allowed mean with each value"], bests)
    said = [f"{name}: {_said(result[name])}" for name in ("present", "chosen", "adopted")]
    return "\n\n".join((*said, compared, values))


def _gap(gap: Mapping[str, float]) -> str:
    return f"{gap['value']:+.4f} ({gap['low']:+.4f} to {gap['high']:+.4f})"


def _best(results: Sequence[Mapping[str, Any]], key: str, value: float) -> str:
    means = [row["mean"] for row in results if row["allowed"] and row[key] == value]
    return f"{max(means):.4f}" if means else "none"


def _said(setting: Setting) -> str:
    return ", ".join(f"{key} {value:g}" for key, value in setting.items())


def main(argv: Sequence[str] | None = None) -> int:
    """Command line."""
    from retriever.search_settings import RetrieverSettings

    parser = argparse.ArgumentParser(prog="weights", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("grid", nargs="*", metavar="KEY=V1,V2")
    parser.add_argument("--tune", nargs="+", required=True, metavar="FOLDER:SPLIT")
    parser.add_argument("--guard", nargs="+", default=[], metavar="FOLDER[:SPLIT]")
    parser.add_argument("--sample", type=int, default=500)
    parser.add_argument("--embedder", default="builtin")
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args(argv)
    for spec in args.tune:
        check_split(spec.partition(":")[2] or None)
    for split in filter(None, (spec.partition(":")[2] for spec in args.guard)):
        check_split(split)  # a guard without splits of its own is used as it stands
    grid = parse_grid(args.grid) if args.grid else GRID
    settings = settings_of(grid, present_setting(RetrieverSettings()))
    found: dict[str, Tried] = {}
    with progress() as told:
        for spec in [*args.tune, *args.guard]:
            folder, _, split = spec.partition(":")
            plan = Plan(Path(folder), split=split or None, embedder=args.embedder)
            found[Path(folder).name] = tried(gather(plan, args.cache, args.sample, told), settings)
    guards = [Path(spec.partition(":")[0]).name for spec in args.guard]
    result = report(found, guards, grid, settings)
    args.out.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", "utf-8")
    print(as_markdown(result))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
