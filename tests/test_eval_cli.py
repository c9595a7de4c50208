"""``dangjian-eval``: what it prints, its exit codes, and that bad input gets words, not tracebacks."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from eval import cli, systems
from tests.eval_fakes import write_beir
from tests.retriever_fakes import HashEmbedder

ROOT = Path(__file__).resolve().parent.parent
HEAVY = (
    "numpy",
    "faiss",
    "onnxruntime",
    "tantivy",
    "jieba",
    "ir_measures",
    "scipy",
    "matplotlib",
    "pydantic",
)


@pytest.fixture(autouse=True)
def scripted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(systems.Workbench, "embedder", HashEmbedder())
    monkeypatch.setenv("DANGJIAN_HOME", str(tmp_path / "home"))


@pytest.fixture
def beir(tmp_path: Path) -> Path:
    return write_beir(tmp_path / "small")


def invoke(*words: object) -> Any:
    return CliRunner().invoke(cli.app, [str(word) for word in words], catch_exceptions=False)


def fails(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: object) -> str:
    """What the real entry point says when it fails."""
    monkeypatch.setattr(sys, "argv", ["dangjian-eval", *map(str, words)])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    assert stopped.value.code == 1
    return capsys.readouterr().err


def test_run_prints_exactly_the_json_of_the_design(beir: Path, tmp_path: Path) -> None:
    done = invoke("run", "--dataset", beir, "--out", tmp_path / "runs", "--json", "--limit", 3)
    assert done.exit_code == 0
    row = json.loads(done.stdout)
    assert list(row) == ["dataset", "retriever", "queries", "measures", "latency_ms", "run"]
    assert (row["dataset"], row["retriever"], row["queries"]) == ("small", "fused", 3)
    assert Path(row["run"]).is_file()
    assert Path(row["run"]).is_relative_to(tmp_path / "runs")


def test_run_for_people_and_its_default_folder(beir: Path, tmp_path: Path) -> None:
    done = invoke("run", "--dataset", beir, "--retriever", "lexical", "--set", "lexical.grams=0")
    assert "| nDCG@10 |" in done.stdout
    (folder,) = (tmp_path / "home" / "runs").glob("small-test-lexical-*")
    row = json.loads((folder / "run.json").read_text("utf-8"))
    assert row["configuration"]["lexical.grams"] == 0


def test_compare_two_runs(beir: Path) -> None:
    runs = [
        Path(json.loads(invoke("run", "--dataset", beir, "--retriever", name, "--json").stdout)["run"]).parent
        for name in ("bigram", "jieba")
    ]
    done = invoke("compare", *runs, "--json")
    assert json.loads(done.stdout)["changed"]["configuration.retriever"] == ["bigram", "jieba"]
    assert "胜/负/平" in invoke("compare", *runs).stdout
    assert invoke("table", *runs, "--against", "jieba").stdout.startswith("**small**（test，4 个问题）")


def test_sweep_prints_a_table(beir: Path) -> None:
    done = invoke("sweep", "--dataset", beir, "dense_weight=0.4,0.6", "--measure", "AP")
    assert done.stdout.startswith("| dense_weight | AP")
    rows = json.loads(invoke("sweep", "--dataset", beir, "dense_weight=0.4,0.6", "--json").stdout)
    assert len(rows) == 2


def test_doctor_tells_sound_from_faulty(beir: Path) -> None:
    sound = invoke("doctor", beir)
    assert sound.exit_code == 0
    assert "文档 4" in sound.stdout
    with (beir / "qrels" / "test.tsv").open("a", encoding="utf-8") as stream:
        stream.write("q1\tnone\t1\n")
    faulty = invoke("doctor", beir, "--json")
    assert faulty.exit_code == 1
    (problem,) = json.loads(faulty.stdout)[0]["problems"]
    assert (problem["file"], problem["line"]) == ("test.tsv", 8)


def test_bad_input_gets_words(
    beir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("retriever.rerankers.onnx.default_reranker", lambda: tmp_path / "none")
    for words, expected in (
        (("run", "--dataset", tmp_path / "none"), "不是 BEIR 文件夹"),
        (("run", "--dataset", beir, "--retriever", "magic"), "不认识的检索方式"),
        (("run", "--dataset", beir, "--retriever", "reranked"), "重排"),
        (("run", "--dataset", beir, "--set", "nothing=1"), "没有设置"),
        (("sweep", "--dataset", beir, "--split", "test", "depth=10"), "不能在划分"),
        (("compare", beir, beir), "不是运行文件夹"),
        (("doctor", tmp_path / "none"), "请检查路径"),
        (("answers", "--questions", tmp_path / "none.jsonl"), "文件不存在"),
    ):
        assert expected in fails(monkeypatch, capsys, *words)


def test_a_missing_library_is_named(
    beir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "ir_measures", None)
    said = fails(monkeypatch, capsys, "run", "--dataset", beir, "--retriever", "bigram")
    assert "pip install 'dangjian-qa[eval]'" in said


def test_every_command_explains_itself() -> None:
    listed = invoke("--help").stdout
    for name in (
        "run",
        "compare",
        "table",
        "sweep",
        "doctor",
        "answers",
        "robustness",
        "abstention",
        "gate",
        "report",
    ):
        assert name in listed
        assert invoke(name, "--help").exit_code == 0


def test_importing_the_command_line_loads_nothing_heavy() -> None:
    code = f"import sys, eval.cli; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
