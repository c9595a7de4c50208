"""``dangjian-eval compare A B``: what changed between two runs, and whether the difference can be trusted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from eval.errors import ConfigurationError, RunError
from eval.statistics import Paired, paired
from eval.terminal import markdown_table
from eval.types import Run

SIGNIFICANT = 0.05
_MAIN = ("nDCG@10", "answer_evidence")


@dataclass(frozen=True, slots=True)
class Comparison:
    """Run ``a`` against run ``b``; differences are b − a.

    ``changed`` holds what is not the same, name → (a, b), with ``configuration.…`` and ``versions.…`` in front.
    ``main`` is the measure that ``won`` and ``lost`` queries are told by; each has its values, (a, b), the greatest
    difference first. ``cost`` and ``latency_ms`` are pairs (a, b).
    """

    a: Run
    b: Run
    changed: Mapping[str, tuple[Any, Any]]
    measures: Mapping[str, Paired]
    main: str
    cost: Mapping[str, tuple[float | None, float | None]]
    latency_ms: Mapping[str, tuple[float | None, float | None]]

    @property
    def won(self) -> dict[str, tuple[float, float]]:
        """Queries where b is better by the main measure, with both values."""
        return self._queries(self.measures[self.main].won)

    @property
    def lost(self) -> dict[str, tuple[float, float]]:
        """Queries where b is worse by the main measure, with both values."""
        return self._queries(self.measures[self.main].lost)

    def _queries(self, names: Sequence[str]) -> dict[str, tuple[float, float]]:
        a, b = self.a.values(self.main), self.b.values(self.main)
        pairs = {name: (a.get(name, 0.0), b.get(name, 0.0)) for name in names}
        return dict(sorted(pairs.items(), key=lambda item: (-abs(item[1][1] - item[1][0]), item[0])))


def compare(a: Run, b: Run, *, measure: str | None = None, seed: int = 0) -> Comparison:
    """Compare two finished runs on the same data set and split.

    ``measure`` decides on wins and losses; nDCG@10 or the first that both have unless given. Raises ``RunError``
    for runs that cannot be compared, ``ConfigurationError`` for a measure that they do not have.
    """
    for run in (a, b):
        if run.summary is None:
            raise RunError(f"运行 {run.info.id} 还没有做完。请用同样的参数再运行一次，把它补完。")
    for name, first, second in (
        ("数据集", a.info.dataset, b.info.dataset),
        ("划分", a.info.split, b.info.split),
        ("种类", a.info.kind, b.info.kind),
    ):
        if first != second:
            raise RunError(f"两次运行的{name}不同（{first}、{second}），不能比较。请选同一数据集上的运行。")
    names = [name for name in _names(a) if name in set(_names(b))]
    main = measure or next((name for name in (*_MAIN, *names) if name in names), "")
    if main not in names:
        raise ConfigurationError(f"两次运行没有共同的指标“{main}”。共有的是：{'、'.join(names) or '无'}。")
    return Comparison(
        a,
        b,
        _changes(a, b),
        {name: paired(a.values(name), b.values(name), seed=seed) for name in names},
        main,
        _pairs(a.summary.cost if a.summary else {}, b.summary.cost if b.summary else {}),
        _pairs(a.summary.latency_ms if a.summary else {}, b.summary.latency_ms if b.summary else {}),
    )


def as_json(comparison: Comparison) -> dict[str, Any]:
    """The comparison as ``--json`` prints it."""
    return {
        "a": comparison.a.info.id,
        "b": comparison.b.info.id,
        "dataset": comparison.a.info.dataset,
        "split": comparison.a.info.split,
        "changed": {name: list(pair) for name, pair in comparison.changed.items()},
        "measures": {name: _measure_row(result) for name, result in comparison.measures.items()},
        "main": comparison.main,
        "won": {name: list(pair) for name, pair in comparison.won.items()},
        "lost": {name: list(pair) for name, pair in comparison.lost.items()},
        "latency_ms": {name: list(pair) for name, pair in comparison.latency_ms.items()},
        "cost": {name: list(pair) for name, pair in comparison.cost.items()},
    }


def as_markdown(comparison: Comparison, shown: int = 10) -> str:
    """The comparison for people, with the ``shown`` queries that changed most either way."""
    parts = [f"A = {comparison.a.info.id}\nB = {comparison.b.info.id}", ""]
    if comparison.changed:
        rows = [(name, _cell(a), _cell(b)) for name, (a, b) in comparison.changed.items()]
        parts += [markdown_table(("不同之处", "A", "B"), rows), ""]
    else:
        parts += ["两次运行的数据、配置和版本完全相同。", ""]
    header = ("指标", "A", "B", "差（95% 区间）", "p（随机化）", "p（t）", "胜/负/平", "显著")
    parts += [markdown_table(header, [_row(name, r) for name, r in comparison.measures.items()]), ""]
    costs = {**{f"latency_ms.{k}": v for k, v in comparison.latency_ms.items()}, **comparison.cost}
    parts += [markdown_table(("成本", "A", "B"), [(n, _cell(a), _cell(b)) for n, (a, b) in costs.items()])]
    for title, queries in (("变好的问题", comparison.won), ("变差的问题", comparison.lost)):
        if queries:
            rows = [(name, f"{a:.4f}", f"{b:.4f}") for name, (a, b) in list(queries.items())[:shown]]
            heading = f"{title}（{comparison.main}，共 {len(queries)} 个）"
            parts += ["", markdown_table((heading, "A", "B"), rows)]
    return "\n".join(parts)


def _names(run: Run) -> list[str]:
    """Measures that the run has by query, in the order of its summary where it stands there."""
    by_query = dict.fromkeys(name for row in run.queries for name in row.measures)
    summary = run.summary.measures if run.summary else {}
    return [
        *(name for name in summary if name in by_query),
        *(name for name in by_query if name not in summary),
    ]


def _changes(a: Run, b: Run) -> dict[str, tuple[Any, Any]]:
    first, second = (
        {
            "queries": run.info.queries,
            "seed": run.info.seed,
            **{f"configuration.{name}": value for name, value in run.info.configuration.items()},
            **{f"versions.{name}": value for name, value in asdict(run.info.versions).items()},
        }
        for run in (a, b)
    )
    names = dict.fromkeys([*first, *second])
    return {
        name: (first.get(name), second.get(name)) for name in names if first.get(name) != second.get(name)
    }


def _pairs(a: Mapping[str, float], b: Mapping[str, float]) -> dict[str, tuple[float | None, float | None]]:
    return {name: (a.get(name), b.get(name)) for name in dict.fromkeys([*a, *b])}


def _measure_row(result: Paired) -> dict[str, Any]:
    return {
        "a": result.mean_a,
        "b": result.mean_b,
        "difference": asdict(result.difference),
        "p_randomisation": result.p_randomisation,
        "p_t": result.p_t,
        "significant": result.p_randomisation < SIGNIFICANT,
        "won": len(result.won),
        "lost": len(result.lost),
        "ties": result.ties,
    }


def _row(name: str, result: Paired) -> tuple[str, ...]:
    difference = result.difference
    return (
        name,
        f"{result.mean_a:.4f}",
        f"{result.mean_b:.4f}",
        f"{difference.value:+.4f}（{difference.low:+.4f} 至 {difference.high:+.4f}）",
        f"{result.p_randomisation:.4f}",
        f"{result.p_t:.4f}",
        f"{len(result.won)}/{len(result.lost)}/{result.ties}",
        "是" if result.p_randomisation < SIGNIFICANT else "否",
    )


def _cell(value: Any) -> str:
    if value is None:
        return "—"
    return f"{value:,.10g}" if isinstance(value, float) else str(value)
