"""Errors of the evaluation side.

Every message is Chinese, says what is wrong and names the fix; the command line shows it as it is.

    EvalError
    ├── DatasetError       a data set or question file has bad rows; the message lists them by line
    ├── RunError           a run folder cannot be read, or belongs to another run
    ├── ConfigurationError an option names something there is none of, or that may not be done
    │   └── SplitError     tuning on the test split
    ├── MissingExtra       a library of the extra `eval` or `peers` is not installed
    └── GateError          the gate's own figures cannot be used
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class EvalError(Exception):
    """Base of everything that the evaluation raises on purpose."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """A bad row: the file's name, its line (1-based; 0 where the whole file is meant) and what is wrong with it."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        place = f"{self.file} 第 {self.line} 行" if self.line else self.file
        return f"{place}：{self.message}"


class DatasetError(EvalError):
    """A data set cannot be used; ``problems`` holds every bad row, in order."""

    _SHOWN = 20

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        lines = [str(problem) for problem in self.problems[: self._SHOWN]]
        if len(self.problems) > self._SHOWN:
            lines.append(f"……还有 {len(self.problems) - self._SHOWN} 处。")
        super().__init__(f"数据有 {len(self.problems)} 处问题，请更正后再运行：\n" + "\n".join(lines))


class RunError(EvalError):
    """A run folder cannot be read, or belongs to another run."""


class ConfigurationError(EvalError):
    """An option names something there is none of, or asks for what may not be done."""


class SplitError(ConfigurationError):
    """Settings may be tuned on the development split only."""


class MissingExtra(EvalError):
    """A library is not installed; the message names the extra that brings it."""

    def __init__(self, library: str, extra: str) -> None:
        super().__init__(f"缺少 {library}。请运行 pip install 'dangjian-qa[{extra}]' 后再试。")


class GateError(EvalError):
    """The gate's own figures are missing or cannot be read."""
