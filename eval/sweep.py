"""``dangjian-eval sweep``: a grid over the retriever's settings, on the development split only.

A grid is ``{"dense_weight": [0.4, 0.6], "lexical.grams": [0, 0.5]}``, as JSON or as ``dense_weight=0.4,0.6`` words.
"""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_type_hints

from eval import systems
from eval.errors import ConfigurationError, SplitError
from eval.retrieval import Plan, load, measure
from eval.statistics import Paired, paired
from eval.terminal import Progress, markdown_table, silent
from eval.types import Run

if TYPE_CHECKING:
    from retriever.search_settings import RetrieverSettings

TUNABLE_SPLITS = ("dev", "train")
_CELLS = 500

Grid = Mapping[str, Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Cell:
    """One point of the grid: its settings, its run, and how it compares with the first cell."""

    settings: Mapping[str, Any]
    run: Run
    against_first: Paired


@dataclass(frozen=True, slots=True)
class Sweep:
    """All cells in the order of the grid; ``measure`` is what they are compared by."""

    cells: tuple[Cell, ...]
    measure: str

    @property
    def best(self) -> Cell:
        """The cell with the highest mean; the first of several."""
        return max(self.cells, key=lambda cell: cell.against_first.mean_b)


def check_split(split: str | None) -> None:
    """Raise ``SplitError`` for anything but a split to tune on."""
    if split not in TUNABLE_SPLITS:
        shown = "、".join(TUNABLE_SPLITS)
        raise SplitError(
            f"不能在划分“{split or 'test'}”上调参：测试集只用来报告结果。请用 --split {TUNABLE_SPLITS[0]}（可用：{shown}）。"
        )


def parse_grid(words: Iterable[str]) -> dict[str, list[Any]]:
    """A grid from ``key=v1,v2`` words, JSON objects, or names of JSON files; raises ``ConfigurationError``."""
    grid: dict[str, list[Any]] = {}
    for word in words:
        key, equals, listed = word.partition("=")
        if equals and not word.lstrip().startswith("{"):
            grid[key.strip()] = [_value(value) for value in listed.split(",") if value.strip()]
        else:
            grid.update(_json_grid(word))
    for key, values in grid.items():
        if not values:
            raise ConfigurationError(f"“{key}”没有给出取值。请写成 {key}=值1,值2。")
        for value in values:
            with_settings({key: value})
    if not grid:
        raise ConfigurationError("请给出要比较的设置，例如 dense_weight=0.4,0.5,0.6。")
    return grid


def parse_settings(words: Iterable[str]) -> RetrieverSettings:
    """The retriever's settings with those that ``key=value`` words change; raises ``ConfigurationError``."""
    chosen = parse_grid(words)
    if several := [key for key, values in chosen.items() if len(values) > 1]:
        raise ConfigurationError(f"“{several[0]}”给了不止一个取值；要比较多个取值请用 dangjian-eval sweep。")
    return with_settings({key: values[0] for key, values in chosen.items()})


def with_settings(changes: Mapping[str, Any], base: RetrieverSettings | None = None) -> RetrieverSettings:
    """The retriever's settings with some changed, ``part.field`` for those of a part.

    Raises ``ConfigurationError`` for a field that there is none of and for a value that it does not take.
    """
    from retriever.search_settings import RetrieverSettings

    settings = base or RetrieverSettings()
    for key, value in changes.items():
        known = sorted(_fields(settings))
        if key not in known:
            raise ConfigurationError(f"没有设置“{key}”。可用：{'、'.join(known)}。")
        part, _, name = key.rpartition(".")
        owner: Any = getattr(settings, part) if part else settings
        kind = str(get_type_hints(type(owner))[name])
        try:
            if isinstance(value, str) != ("Literal" in kind) and value is not None:
                raise ValueError
            changed = replace(owner, **{name: value})
            whole: Any = {part: changed}
            settings = replace(settings, **whole) if part else changed
        except (ValueError, TypeError) as error:
            raise ConfigurationError(f"设置“{key}”不能取“{value}”。") from error
    return settings


def cells(grid: Grid, most: int = _CELLS) -> Iterator[dict[str, Any]]:
    """Every combination, the last key running fastest; raises ``ConfigurationError`` where there are over ``most``."""
    count = 1
    for values in grid.values():
        count *= len(values)
    if count > most:
        raise ConfigurationError(f"组合太多（{count} 个，至多 {most} 个）。请减少取值。")
    for values in itertools.product(*grid.values()):
        yield dict(zip(grid, values, strict=True))


def sweep(
    plan: Plan,
    grid: Grid,
    out: Path,
    cache: Path,
    *,
    measure_name: str = "nDCG@10",
    progress: Progress = silent,
) -> Sweep:
    """Run every cell; finished runs and a table are in ``out``. Raises an ``EvalError``."""
    check_split(plan.split)
    bench = systems.Workbench(load(plan), cache, spec=plan.embedder, threads=plan.threads, progress=progress)
    combinations = list(cells(grid))
    found: list[Cell] = []
    try:
        for number, settings in enumerate(combinations):
            progress("组合", number, len(combinations))
            system = systems.make(plan.retriever, bench, with_settings(settings, plan.settings))
            finished = measure(system, bench.dataset, plan, out, progress)
            first = found[0].run if found else finished
            compared = paired(first.values(measure_name), finished.values(measure_name), seed=plan.seed)
            found.append(Cell(settings, finished, compared))
        progress("组合", len(combinations), len(combinations))
    finally:
        bench.close()
    result = Sweep(tuple(found), measure_name)
    _write(result, grid, plan, out)
    return result


def as_markdown(result: Sweep) -> str:
    """The table: a row for each cell, the best in bold."""
    names = list(result.cells[0].settings)
    header = (*names, f"{result.measure}（95% 区间）", "与第一行之差", "p", "p50 毫秒")
    rows = [_row(cell, result) for cell in result.cells]
    return markdown_table(header, rows)


def as_json(result: Sweep) -> list[dict[str, Any]]:
    """A row for each cell as ``--json`` prints it."""
    return [
        {
            "settings": dict(cell.settings),
            "run": cell.run.info.id,
            "measures": {
                name: dataclasses.asdict(value)
                for name, value in (cell.run.summary.measures if cell.run.summary else {}).items()
            },
            "difference": dataclasses.asdict(cell.against_first.difference),
            "p_randomisation": cell.against_first.p_randomisation,
            "best": cell is result.best,
        }
        for cell in result.cells
    ]


def _row(cell: Cell, result: Sweep) -> tuple[str, ...]:
    summary, compared = cell.run.summary, cell.against_first
    assert summary is not None
    value = summary.measures[result.measure]
    shown = f"{value.value:.4f}"
    if cell is result.best:
        shown = f"**{shown}**"
    return (
        *(str(setting) for setting in cell.settings.values()),
        f"{shown}（{value.low:.4f}–{value.high:.4f}）",
        f"{compared.difference.value:+.4f}",
        f"{compared.p_randomisation:.4f}",
        f"{summary.latency_ms['p50']:.1f}",
    )


def _write(result: Sweep, grid: Grid, plan: Plan, out: Path) -> None:
    digest = hashlib.sha256(json.dumps(grid, sort_keys=True).encode()).hexdigest()[:8]
    name = f"sweep-{result.cells[0].run.info.dataset}-{plan.split}-{plan.retriever}-{digest}"
    (out / f"{name}.md").write_text(as_markdown(result) + "\n", "utf-8")
    (out / f"{name}.json").write_text(
        json.dumps(as_json(result), ensure_ascii=False, indent=1) + "\n", "utf-8"
    )


def _fields(settings: RetrieverSettings) -> Iterator[str]:
    for field in fields(settings):
        value = getattr(settings, field.name)
        if is_dataclass(value):
            yield from (f"{field.name}.{inner.name}" for inner in fields(value))
        elif field.name != "mode":
            yield field.name


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text.strip()


def _json_grid(word: str) -> dict[str, list[Any]]:
    try:
        text = word if word.lstrip().startswith("{") else Path(word).read_text("utf-8")
        row = json.loads(text)
        return {str(key): value if isinstance(value, list) else [value] for key, value in row.items()}
    except (OSError, ValueError, AttributeError) as error:
        raise ConfigurationError(
            f"“{word}”不是取值表。请写成 dense_weight=0.4,0.6，或 JSON 对象，或 JSON 文件名。"
        ) from error
