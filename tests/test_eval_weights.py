"""The weights of fusion chosen over several sets, and our own questions as a BEIR folder."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from eval import own_set, weights
from eval.datasets import read_dataset
from eval.errors import ConfigurationError, SplitError
from eval.questions import split_of
from eval.weights import Tried, allowed, as_markdown, chosen, present_setting, report, settings_of
from retriever.search_settings import RetrieverSettings
from tests.eval_fakes import write_beir
from tests.retriever_fakes import HashEmbedder

PRESENT = present_setting(RetrieverSettings())


def row(*means: float, lexical: float = 0.0, dense: float = 0.0, questions: int = 4) -> Tried:
    """A set on which every setting has the same figure for every question."""
    names = tuple(f"q{number}" for number in range(questions))
    fused = np.repeat(np.array(means)[:, None], questions, axis=1)
    return Tried(names, fused, np.full_like(fused, lexical), np.full(questions, dense))


def test_the_present_setting_comes_first_and_once() -> None:
    present = {**PRESENT, "dense_weight": 0.4}
    listed = settings_of(
        {"dense_weight": [0.4, 0.5], "lexical.grams": [PRESENT["lexical.grams"], 2.0]}, present
    )
    assert listed[0] == present
    assert len(listed) == 4
    assert all(setting.keys() == present.keys() for setting in listed)
    with pytest.raises(ConfigurationError, match="depth"):
        settings_of({"depth": [10]}, PRESENT)


def test_a_setting_may_not_cost_a_guard_nor_fall_below_a_leg() -> None:
    found = {"tune": row(0.5, 0.6, 0.6, 0.6), "guard": row(0.9, 0.9, 0.894, 0.896)}
    assert allowed(found, ["guard"]) == [True, True, False, True]
    assert allowed(found, []) == [True] * 4
    assert allowed({"tune": row(0.5, 0.6, lexical=0.55)}, []) == [False, True]
    assert allowed({"tune": row(0.5, 0.6, dense=0.55)}, []) == [False, True]


def test_of_equally_good_settings_the_one_that_changes_least_is_chosen() -> None:
    settings = [{"a": 0.0, "b": 0.0}, {"a": 1.0, "b": 1.0}, {"a": 1.0, "b": 0.0}, {"a": 2.0, "b": 0.0}]
    assert chosen(settings, [0.5, 0.6, 0.5995, 0.5996], [True] * 4) == 3
    assert chosen(settings, [0.5995, 0.6, 0.5995, 0.5996], [True] * 4) == 0
    assert chosen(settings, [0.5, 0.6, 0.5, 0.5], [True, False, False, True]) == 0
    assert chosen(settings, [0.5, 0.6, 0.6, 0.6], [False] * 4) == 0


def test_what_gains_no_more_than_noise_is_not_adopted() -> None:
    settings = [{"a": 0.0}, {"a": 1.0}]
    lucky = row(0.5, 0.5, questions=40)
    lucky.fused[1, :3] = 0.9
    found = report({"tune": lucky}, [], {"a": [1.0]}, settings)
    assert (found["chosen"], found["adopted"]) == (settings[1], settings[0])
    assert found["comparison"]["mean"]["p"] > 0.05
    better = report({"tune": row(0.5, 0.6, questions=40)}, [], {"a": [1.0]}, settings)
    assert better["adopted"] == better["chosen"] == settings[1]


def test_every_set_counts_the_same_however_many_questions_it_has() -> None:
    found = {"small": row(0.5, 0.9, questions=2), "large": row(0.5, 0.3, questions=40)}
    result = report(found, [], {"a": [1.0]}, [{"a": 0.0}, {"a": 1.0}])
    assert result["comparison"]["mean"]["difference"]["value"] == pytest.approx(0.1)
    assert [line["mean"] for line in result["results"]] == pytest.approx([0.5, 0.6])


def test_the_choice_is_told_with_what_every_value_can_come_to() -> None:
    grid = {"a": [0.0, 1.0, 2.0]}
    settings = [{"a": value} for value in grid["a"]]
    text = as_markdown(report({"tune": row(0.5, 0.6, 0.4, dense=0.45, questions=40)}, [], grid, settings))
    assert "adopted: a 1" in text
    assert "| tune | 0.5000 | 0.6000 | +0.1000 (+0.1000 to +0.1000) | 0.0001 |" in text
    assert "| a | 0: 0.5000, 1: 0.6000, 2: none |" in text


def test_the_command_writes_grid_results_and_choice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("retriever.embedders.load_embedder", lambda *_, **__: HashEmbedder())
    folder, out = write_beir(tmp_path / "set", split="dev"), tmp_path / "weights.json"
    common = ["--cache", str(tmp_path / "cache"), "--out", str(out)]
    assert weights.main(["dense_weight=0,1", "--tune", f"{folder}:dev", "--sample", "3", *common]) == 0
    written = json.loads(out.read_text("utf-8"))
    assert written["grid"] == {"dense_weight": [0, 1]}
    assert written["sets"] == {"set": {"questions": 3, "guard": False}}
    assert [line["dense_weight"] for line in written["results"]] == [PRESENT["dense_weight"], 0, 1]
    assert written["results"][2]["set"] == written["dense"]["set"]
    assert written["results"][1]["set"] == written["results"][1]["set lexical"]


@pytest.mark.parametrize(
    "sets", [("--tune", ""), ("--tune", ":heldout"), ("--tune", ":test"), ("--guard", ":heldout")]
)
def test_held_back_questions_are_not_tuned_on(sets: tuple[str, str], tmp_path: Path) -> None:
    option, split = sets
    places = ["--cache", str(tmp_path), "--out", str(tmp_path / "w.json")]
    with pytest.raises(SplitError, match="调参"):
        weights.main(["--tune", f"{tmp_path}:dev", option, f"{tmp_path}{split}", *places])


def test_own_questions_become_a_data_set(tmp_path: Path) -> None:
    folder = tmp_path / "texts"
    folder.mkdir()
    text = "第一条 党员应当按月交纳党费。\n第二条 预备党员的预备期为一年。\n"
    (folder / "条例.txt").write_text(text, "utf-8")
    identifier = next(f"q-{n}" for n in range(99) if split_of(f"q-{n}") == "dev")
    gold = [{"any": [{"document": "条例", "quote": "预备期 为一年"}]}]
    rows = [
        {"id": identifier, "question": "预备期多久？", "kind": "fact", "gold": gold},
        {"id": f"{identifier}-x", "question": "没有答案？", "kind": "fact", "answerable": False},
    ]
    (tmp_path / "q.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    assert own_set.write_set([tmp_path / "q.jsonl"], [folder], tmp_path / "out") == 1
    made = read_dataset(tmp_path / "out", "dev")
    assert list(made.queries.values()) == ["预备期多久？"]
    assert all("›" not in document.title for document in made.corpus)
    right = {d.id: d.text for d in made.corpus if d.id in made.qrels[identifier]}
    assert right
    assert all("预备期为一年" in text for text in right.values())
