"""The gate: a small fixed set of development questions, and the figures that must not fall.

A figure fails when it is below the interval that was recorded for it (``gate.json``), so that noise does not fail
it. A verbatim rate below 1 fails whatever was recorded.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from eval.answers import figures
from eval.asking import Asker
from eval.errors import GateError
from eval.questions import question_split, read_questions
from eval.terminal import Progress, silent
from eval.types import Estimate, QueryResult, Question
from service.assistant import Assistant

FOLDER = Path(__file__).resolve().parent
CONFIGURATION = FOLDER / "gate.toml"
BASELINE = FOLDER / "gate.json"
_FORMAT = 1
_SLACK = 1e-9
_RECORD = "请运行 dangjian-eval gate --record 重新记录基线。"

WORDS = {
    "answered": "回答率（可回答的问题中给出回答的比例）",
    "quoted_share": "引出要点的比例",
    "quoted_all": "要点全部引出的比例",
    "first_claim": "首条即含要点的比例",
    "passages@5": "前 5 段含要点的比例",
    "refusal_recall": "拒答召回（无答案的问题中拒答的比例）",
    "citation_recall": "引文召回",
    "citation_precision": "引文精确",
    "verbatim": "逐字率",
}
"""What the figures are called in messages; only these can be tracked."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """``gate.toml``: the file of questions, the ids to ask, and the figures to watch (higher is better for all)."""

    questions: tuple[Question, ...]
    tracked: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fall:
    """A figure below its interval. ``low`` is the interval's lower end, ``before`` the value recorded."""

    measure: str
    value: float
    low: float
    before: float

    def __str__(self) -> str:
        name = WORDS.get(self.measure, self.measure)
        if self.measure == "verbatim":
            return f"{name} 为 {self.value:.4f}，必须为 1：有引文与原文不一致。"
        return f"{name} 从 {self.before:.3f} 降到 {self.value:.3f}，低于基线区间下限 {self.low:.3f}。"


def read_configuration(path: Path = CONFIGURATION) -> Configuration:
    """Read ``gate.toml``. Raises ``GateError`` where it names questions that are not there or not for development."""
    try:
        row = tomllib.loads(path.read_text("utf-8"))
        source, ids, tracked = path.parent / row["questions"], list(row["ids"]), tuple(row["tracked"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise GateError(f"门禁配置 {path.name} 无法读取（{error}）。请恢复这个文件。") from error
    known = {question.id: question for question in read_questions(source)}
    if missing := [name for name in ids if name not in known]:
        raise GateError(f"门禁配置中的问题不存在：{'、'.join(missing)}。请更正 {path.name}。")
    if test := [name for name in ids if question_split(known[name]) != "dev"]:
        raise GateError(f"门禁只能用开发集的问题，这些属于测试集：{'、'.join(test)}。请更正 {path.name}。")
    if unknown := [name for name in tracked if name not in WORDS]:
        raise GateError(f"门禁不能跟踪：{'、'.join(unknown)}。可用：{'、'.join(WORDS)}。请更正 {path.name}。")
    return Configuration(tuple(known[name] for name in ids), tracked)


def measure(
    assistant: Assistant, configuration: Configuration, progress: Progress = silent
) -> tuple[dict[str, Estimate], list[QueryResult]]:
    """Ask the gate's questions: the tracked figures, and what they are made of."""
    asker = Asker(assistant)
    results = []
    for number, question in enumerate(configuration.questions, 1):
        results.append(asker.ask(question, "gate"))
        progress("门禁提问", number, len(configuration.questions))
    table = figures(results)
    return {name: table[name] for name in configuration.tracked if name in table}, results


def compare(current: Mapping[str, Estimate], baseline: Mapping[str, Estimate]) -> list[Fall]:
    """The figures that fell beyond their interval. One that is gone counts as 0; verbatim must be 1."""
    falls = []
    for name, before in baseline.items():
        value = current[name].value if name in current else 0.0
        if name != "verbatim" and value < before.low - _SLACK:
            falls.append(Fall(name, value, before.low, before.value))
    verbatim = current.get("verbatim")
    if verbatim is None or verbatim.value < 1:
        value = verbatim.value if verbatim else 0.0
        falls.append(Fall("verbatim", value, 1.0, 1.0))
    return falls


def record(path: Path, configuration: Configuration, measures: Mapping[str, Estimate]) -> None:
    """Write the baseline."""
    row = {
        "format": _FORMAT,
        "ids": [question.id for question in configuration.questions],
        "measures": {name: _rounded(value) for name, value in measures.items()},
    }
    path.write_text(json.dumps(row, ensure_ascii=False, indent=1) + "\n", "utf-8")


def read_baseline(path: Path, configuration: Configuration) -> dict[str, Estimate]:
    """The recorded figures; raises ``GateError`` where there are none, or they are of other questions or figures."""
    try:
        row: dict[str, Any] = json.loads(path.read_text("utf-8"))
        measures = {name: Estimate(**value) for name, value in row["measures"].items()}
        ids: Sequence[str] = row["ids"]
        version = row["format"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise GateError(f"门禁基线 {path.name} 缺失或无法读取。{_RECORD}") from error
    if version != _FORMAT or list(ids) != [question.id for question in configuration.questions]:
        raise GateError(f"门禁基线 {path.name} 是为另一组问题记录的。{_RECORD}")
    if missing := [name for name in configuration.tracked if name not in measures]:
        raise GateError(f"门禁基线 {path.name} 没有这些指标：{'、'.join(missing)}。{_RECORD}")
    return measures


def _rounded(value: Estimate) -> dict[str, float]:
    return {name: round(number, 6) for name, number in asdict(value).items()}
