"""The rules of DESIGN.md that code can check."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ALLOWED = {
    "ingest": {"ingest"},
    "retriever": {"ingest", "retriever"},
    "service": {"ingest", "retriever", "service"},
    "eval": {"ingest", "retriever", "service", "eval"},
}
OURS = set(ALLOWED)
MODULES = sorted(path for folder in ALLOWED for path in (ROOT / folder).rglob("*.py"))
HEAVY = (
    "faiss",
    "onnxruntime",
    "jieba",
    "tantivy",
    "opencc",
    "torch",
    "transformers",
    "sentence_transformers",
    "fastapi",
    "numpy",
    "docx",
    "pptx",
    "xlsxwriter",
)


def imported(path: Path) -> set[str]:
    """Top-level names of every absolute import in a file, at any depth."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names.add((node.module or "").split(".")[0])
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_point_one_way(path: Path) -> None:
    folder = path.relative_to(ROOT).parts[0]
    assert imported(path) & OURS <= ALLOWED[folder]


def test_the_rule_sees_a_breach(tmp_path: Path) -> None:
    breach = tmp_path / "breach.py"
    breach.write_text("def f():\n    from service import cli\n", encoding="utf-8")
    assert "service" in imported(breach)


def test_importing_the_command_line_loads_nothing_heavy() -> None:
    code = f"import sys, service.cli; print([name for name in {HEAVY!r} if name in sys.modules])"
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"


def test_only_build_names_concrete_classes() -> None:
    concrete = {"load_embedder", "build_generation"}
    for path in (ROOT / "service").rglob("*.py"):
        if path.name == "build.py":
            continue
        names = {
            alias.name
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        assert not names & concrete, path
