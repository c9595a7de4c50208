"""Public libraries in the harness, where they are installed."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest

from eval.errors import MissingExtra
from eval.retrieval import Plan, load, measure
from eval.systems import PEERS, Workbench, make
from tests.eval_fakes import write_beir
from tests.retriever_fakes import HashEmbedder

LIBRARIES = {"haystack": "haystack", "llamaindex": "llama_index.retrievers.bm25"}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", PEERS)
def test_a_peer_runs_in_the_same_harness(name: str, tmp_path: Path) -> None:
    pytest.importorskip(LIBRARIES[name.split("-")[0]])
    plan = Plan(write_beir(tmp_path / "small"), name)
    bench = Workbench(load(plan), tmp_path / "cache", embedder=HashEmbedder())
    run = measure(make(name, bench), bench.dataset, plan, tmp_path / "runs")
    bench.close()
    assert run.summary is not None
    assert "build_s" in run.summary.cost
    assert "20" in run.info.configuration["library"] or "." in run.info.configuration["library"]
    if name != "llamaindex-bm25":  # as it comes it takes a Chinese clause for one word
        assert run.summary.measures["R@100"].value >= 0.75
    if name.endswith("hybrid"):
        assert run.info.versions.model == "hash@1"
        assert run.summary.measures["Success@5"].value == 1


@pytest.mark.parametrize("name", PEERS)
def test_without_the_extra_the_fix_is_named(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Workbench(
        load(Plan(write_beir(tmp_path / "small"), name)), tmp_path / "cache", embedder=HashEmbedder()
    )
    real = importlib.import_module

    def missing(module: str, package: str | None = None) -> Any:
        if module.startswith(("haystack", "llama_index")):
            raise ImportError(module)
        return real(module, package)

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(MissingExtra, match=r"dangjian-qa\[peers\]"):
        make(name, bench)
    bench.close()
