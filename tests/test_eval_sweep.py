"""Sweeps: grids, settings, and the refusal to tune on test questions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval import sweep as sweeping
from eval import systems
from eval.errors import ConfigurationError, SplitError
from eval.retrieval import Plan
from eval.sweep import as_markdown, cells, check_split, parse_grid, parse_settings, sweep, with_settings
from tests.eval_fakes import write_beir
from tests.retriever_fakes import HashEmbedder


def test_grids_from_words_json_and_files(tmp_path: Path) -> None:
    (tmp_path / "grid.json").write_text('{"depth": 50, "lexical.grams": [0, 0.5]}')
    grid = parse_grid(["dense_weight=0.4, 0.6", '{"fusion": ["convex", "rrf"]}', str(tmp_path / "grid.json")])
    assert grid == {
        "dense_weight": [0.4, 0.6],
        "fusion": ["convex", "rrf"],
        "depth": [50],
        "lexical.grams": [0, 0.5],
    }
    combinations = list(cells(grid))
    assert len(combinations) == 8
    assert combinations[1] == {"dense_weight": 0.4, "fusion": "convex", "depth": 50, "lexical.grams": 0.5}


def test_settings_reach_their_part() -> None:
    settings = with_settings({"dense_weight": 0.2, "lexical.grams": 2.0, "dense.probes": 4, "fusion": "rrf"})
    assert (settings.dense_weight, settings.lexical.grams, settings.dense.probes) == (0.2, 2.0, 4)
    assert settings.fusion == "rrf"
    assert settings.lexical.words == 1.0
    assert parse_settings(["dense_weight=0.5"]).dense_weight == 0.5


@pytest.mark.parametrize(
    "word",
    [
        *(
            "nothing=1",
            "lexical.nothing=1",
            "dense_weight=2",
            "dense_weight=high",
            "fusion=magic",
            "fusion=3",
        ),
        *("mode=dense", "dense_weight=", "{", "no-such-file.json", "[1]"),
    ],
)
def test_bad_grids_are_refused_in_words(word: str) -> None:
    with pytest.raises(ConfigurationError):
        parse_grid([word])


def test_too_many_values_and_none_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="sweep"):
        parse_settings(["dense_weight=0.5,0.6"])
    with pytest.raises(ConfigurationError, match="dense_weight"):
        parse_grid([])
    with pytest.raises(ConfigurationError, match="500"):
        list(cells({"depth": list(range(1, 30)), "dense_weight": [n / 100 for n in range(20)]}))


@pytest.mark.parametrize("split", ["test", "heldout", "all", None])
def test_test_questions_are_not_tuned_on(split: str | None, tmp_path: Path) -> None:
    with pytest.raises(SplitError, match="dev"):
        check_split(split)
    beir = write_beir(tmp_path / "small")
    with pytest.raises(SplitError, match="调参"):
        sweep(Plan(beir, "fused", split), {"depth": [10]}, tmp_path, tmp_path)
    assert not list(tmp_path.glob("*/run.json"))


def test_every_cell_is_a_run_and_the_table_names_the_best(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(systems.Workbench, "embedder", HashEmbedder())
    beir = write_beir(tmp_path / "small", split="dev")
    grid = parse_grid(["dense_weight=0.4,0.6", "lexical.grams=0,1"])
    result = sweep(Plan(beir, "fused", "dev"), grid, tmp_path / "runs", tmp_path / "cache")
    assert len({cell.run.info.id for cell in result.cells}) == 4
    assert result.cells[0].against_first.difference.value == 0
    assert result.cells[3].run.info.configuration["lexical.grams"] == 1
    assert result.best in result.cells
    table = as_markdown(result)
    assert table.count("\n") == 5
    assert table.count("**") == 2
    (written,) = (tmp_path / "runs").glob("sweep-small-dev-fused-*.json")
    rows = json.loads(written.read_text("utf-8"))
    assert [row["best"] for row in rows].count(True) == 1
    assert written.with_suffix(".md").read_text("utf-8").startswith("| dense_weight |")


def test_baselines_have_nothing_to_tune(tmp_path: Path) -> None:
    beir = write_beir(tmp_path / "small", split="dev")
    with pytest.raises(ConfigurationError, match="fused"):
        sweeping.sweep(Plan(beir, "bigram", "dev"), {"depth": [10]}, tmp_path / "runs", tmp_path / "cache")
