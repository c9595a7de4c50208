"""The wheel: what it holds, and that what it installs works from any folder without the checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
pytestmark = pytest.mark.install


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new environment with the wheel. Its dependencies are those of this one, found by path: no network."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    command = [str(python), "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", str(wheel)]
    subprocess.run(command, check=True, capture_output=True)
    site = next((folder / "lib").glob("python*/site-packages"))
    # A path in a .pth file comes after site-packages, and the .pth of our own editable install is not followed there.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return folder


def test_the_wheel_holds_page_model_corpus_and_lexicon(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for name in (
        "service/web/index.html",
        "retriever/models/e5_small_zh/model.onnx",
        "retriever/models/e5_small_zh/tokenizer.json",
        "retriever/lexicon/user_dict.txt",
        "ingest/_corpus/manifest.toml",
    ):
        assert name in names
    assert sum(name.startswith("ingest/_corpus/") and name.endswith(".txt") for name in names) == 5
    assert {path.name for path in (ROOT / "service" / "web").rglob("*") if path.is_file()} <= {
        name.rsplit("/", 1)[-1] for name in names
    }
    assert not any(name.startswith(("tests/", "corpus/")) for name in names)


def test_an_installed_wheel_answers_from_its_corpus_in_any_folder(installed: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    environment["DANGJIAN_HOME"] = str(tmp_path / "home")
    command = [str(installed / "bin" / "dangjian"), "ask", "如何破解“两张皮”", "--json"]
    result = subprocess.run(
        command,
        cwd=elsewhere,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["status"] == "answered"
    where = [str(installed / "bin" / "python"), "-c", "import ingest; print(ingest.__file__)"]
    found = subprocess.run(where, cwd=elsewhere, env=environment, capture_output=True, text=True, check=True)
    assert found.stdout.startswith(str(installed))
    assert not list(elsewhere.iterdir())


def test_the_base_install_needs_no_torch(installed: Path) -> None:
    import re
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = {re.split(r"[^A-Za-z0-9-]", line)[0].lower() for line in project["dependencies"]}
    assert not names & {"torch", "transformers", "sentence-transformers", "onnx"}
