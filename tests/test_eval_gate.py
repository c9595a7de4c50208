"""The gate: it lets an unchanged assistant pass and catches a broken one."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from eval import answer_commands
from eval import gate as gatekeeper
from eval.errors import GateError
from eval.gate import Configuration, compare, measure, read_baseline, read_configuration, record
from eval.questions import question_split, split_of
from eval.types import Estimate
from retriever.types import Hit, Query
from service.assistant import Assistant


class Reversed:
    """A retriever that gives the worst of its hits first."""

    def __init__(self, real: Any) -> None:
        self._real = real

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def search(self, query: Query, k: int, *, look_again: bool = True) -> list[Hit]:
        return list(reversed(self._real.search(query, 80, look_again=False)))[:k]


@pytest.fixture(scope="module")
def configuration() -> Configuration:
    return read_configuration()


@pytest.fixture(scope="module")
def measured(assistant: Assistant, configuration: Configuration) -> dict[str, Estimate]:
    return measure(assistant, configuration)[0]


def test_the_gate_asks_development_questions_only(configuration: Configuration) -> None:
    assert 55 <= len(configuration.questions) <= 75
    assert all(question_split(question) == "dev" for question in configuration.questions)
    assert "verbatim" in configuration.tracked
    assert sum(not question.answerable for question in configuration.questions) >= 15


def test_the_recorded_baseline_is_of_these_questions(configuration: Configuration) -> None:
    baseline = read_baseline(gatekeeper.BASELINE, configuration)
    assert baseline["verbatim"].value == 1.0
    assert all(value.low <= value.value <= value.high for value in baseline.values())


def test_an_unchanged_assistant_passes(
    assistant: Assistant, configuration: Configuration, measured: dict[str, Estimate], tmp_path: Path
) -> None:
    record(tmp_path / "gate.json", configuration, measured)
    baseline = read_baseline(tmp_path / "gate.json", configuration)
    again, results = measure(assistant, configuration)
    assert again == measured
    assert compare(again, baseline) == []
    assert len(results) == len(configuration.questions)


def test_a_broken_retriever_is_caught(
    assistant: Assistant, configuration: Configuration, measured: dict[str, Estimate]
) -> None:
    broken = Assistant(
        assistant.library,
        Reversed(assistant.retriever),  # type: ignore[arg-type]
        assistant.analyzer,
        assistant.settings,
    )
    falls = {fall.measure: fall for fall in compare(measure(broken, configuration)[0], measured)}
    assert {"quoted_share", "passages@5"} <= set(falls)
    assert "verbatim" not in falls
    words = str(falls["quoted_share"])
    assert "降到" in words
    assert f"{measured['quoted_share'].value:.3f}" in words


def test_an_assistant_that_never_refuses_is_caught(
    assistant: Assistant, configuration: Configuration, measured: dict[str, Estimate]
) -> None:
    settings = assistant.settings.model_copy(update={"evidence_threshold": 0.0})
    bold = Assistant(assistant.library, assistant.retriever, assistant.analyzer, settings)
    assert "refusal_recall" in {fall.measure for fall in compare(measure(bold, configuration)[0], measured)}


def test_noise_within_the_interval_passes() -> None:
    baseline = {"quoted_share": Estimate(0.7, 0.6, 0.8)}
    perfect = Estimate(1.0, 1.0, 1.0)
    assert compare({"quoted_share": Estimate(0.61, 0, 1), "verbatim": perfect}, baseline) == []
    assert [
        f.measure for f in compare({"quoted_share": Estimate(0.59, 0, 1), "verbatim": perfect}, baseline)
    ] == ["quoted_share"]


def test_a_quote_that_is_not_verbatim_always_fails() -> None:
    falls = compare({"verbatim": Estimate(0.999, 0.99, 1)}, {"verbatim": Estimate(0.9, 0.8, 1)})
    assert [fall.measure for fall in falls] == ["verbatim"]
    assert "必须为 1" in str(falls[0])
    assert compare({}, {})[0].measure == "verbatim"


def test_a_figure_that_is_gone_counts_as_zero() -> None:
    falls = compare({"verbatim": Estimate(1, 1, 1)}, {"answered": Estimate(0.9, 0.8, 1)})
    assert [(fall.measure, fall.value) for fall in falls] == [("answered", 0.0)]


def test_a_baseline_of_other_questions_is_refused(
    configuration: Configuration, measured: dict[str, Estimate], tmp_path: Path
) -> None:
    path = tmp_path / "gate.json"
    with pytest.raises(GateError, match="--record"):
        read_baseline(path, configuration)
    record(path, Configuration(configuration.questions[1:], configuration.tracked), measured)
    with pytest.raises(GateError, match="另一组问题"):
        read_baseline(path, configuration)


def test_test_questions_may_not_be_in_the_gate(configuration: Configuration, tmp_path: Path) -> None:
    source = gatekeeper.FOLDER / "data" / "corpus.jsonl"
    row = json.loads(source.read_text("utf-8").splitlines()[0])
    held_out = next(name for name in map("c-{:04d}".format, range(100)) if split_of(name) == "test")
    (tmp_path / "q.jsonl").write_text(json.dumps({**row, "id": held_out, "tags": []}), "utf-8")
    path = tmp_path / "gate.toml"
    path.write_text(f'questions = "q.jsonl"\ntracked = ["answered"]\nids = ["{held_out}"]\n', "utf-8")
    with pytest.raises(GateError, match="测试集"):
        read_configuration(path)
    path.write_text('questions = "q.jsonl"\ntracked = ["answered"]\nids = ["c-999"]\n', "utf-8")
    with pytest.raises(GateError, match="c-999"):
        read_configuration(path)


def test_the_command_records_and_then_passes_and_fails(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    corpus_home: Path,
) -> None:
    path = tmp_path / "gate.json"
    monkeypatch.setattr(gatekeeper, "BASELINE", path)
    home = tmp_path / "home"
    shutil.copytree(corpus_home, home)
    assert answer_commands.gate(record=True, home=home) == 0
    assert answer_commands.gate(home=home) == 0
    assert "通过" in capsys.readouterr().out
    row = json.loads(path.read_text("utf-8"))
    row["measures"]["answered"] = {"value": 1.2, "low": 1.1, "high": 1.3}
    path.write_text(json.dumps(row), "utf-8")
    assert answer_commands.gate(home=home, as_json=True) == 1
    assert json.loads(capsys.readouterr().out)["falls"][0]["measure"] == "answered"
