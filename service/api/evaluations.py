"""Evaluations that ``dangjian-eval report --publish`` put into the data folder: a list, and their reports.

They are read from ``<home>/evaluations/<id>/``: ``run.json``, ``summary.json``, ``report.html`` and, where the
publisher wrote it, ``headline.json`` with labels in words. Nothing here writes, and nothing imports ``eval``.
"""

from __future__ import annotations

import json
import logging
import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response

from service.api.models import Problem
from service.assistant import Assistant

FOLDER = "evaluations"
REPORT_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""A report needs its own style and nothing else: no script runs in it, whatever its file holds."""

_NAME = re.compile(r"[\w=+][\w.=+-]{0,199}")
_FIGURES = 4
_LARGEST = 4 * 2**20  # bytes of a JSON file that is worth reading

_UNREADABLE = (OSError, ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError)

logger = logging.getLogger(__name__)


class FigureOut(BaseModel):
    """A measure: its value and 95 % interval, and both in words."""

    name: str
    label: str
    value: float
    low: float | None = None
    high: float | None = None
    text: str
    between: str = ""
    better: str = Field(default="", description="low 表示越低越好")


class EvaluationOut(BaseModel):
    """A run of the evaluation."""

    id: str
    kind: str = Field(description="retrieval 或 answers")
    dataset: str
    split: str
    configuration: str = Field(description="检索方式或问法的名称")
    queries: int
    done: int | None = Field(description="做完的题数；不知道时为 null")
    complete: bool
    started: str
    finished: str
    headline: str
    figures: list[FigureOut]
    report: str | None = Field(description="报告的地址，相对于服务的根；没有报告时为 null")


class EvaluationsOut(BaseModel):
    """All runs, newest first; ``unreadable`` names folders that are no run."""

    evaluations: list[EvaluationOut]
    unreadable: list[str]


def add_routes(app: FastAPI) -> None:
    """Add the list and the reports. To be called before the page is mounted at ``/``."""
    app.get("/api/evaluations", summary="评测记录")(evaluations)
    app.get(
        "/evaluations/{evaluation_id}/report.html",
        response_class=Response,
        responses={200: {"content": {"text/html": {}}}, 404: {"model": Problem}},
        summary="评测报告",
    )(report)


def evaluations(request: Request) -> EvaluationsOut:
    """已发布的评测，最新的在前。"""
    rows: list[EvaluationOut] = []
    unreadable: list[str] = []
    for folder in _folders(_root(request)):
        try:
            rows.append(read_evaluation(folder))
        except _UNREADABLE as error:
            logger.warning("evaluation %r cannot be read: %r", folder.name, error)
            unreadable.append(folder.name)
    rows.sort(key=lambda row: (row.finished or row.started, row.id), reverse=True)
    return EvaluationsOut(evaluations=rows, unreadable=unreadable)


def report(evaluation_id: str, request: Request) -> FileResponse:
    """一次评测的报告：自成一体的网页。"""
    root = _root(request)
    path = root / evaluation_id / "report.html"
    inside = _NAME.fullmatch(evaluation_id) and path.resolve().is_relative_to(root.resolve())
    if not inside or not path.is_file():
        raise HTTPException(404)
    return FileResponse(
        path, media_type="text/html; charset=utf-8", headers={"Content-Security-Policy": REPORT_POLICY}
    )


def read_evaluation(folder: Path) -> EvaluationOut:
    """One published run; raises one of several errors where its files are not what they should be."""
    run = _object(folder / "run.json")
    said = _object(folder / "headline.json", missing=True)
    summary = _object(folder / "summary.json", missing=True)
    configuration = run.get("configuration") or {}
    finished = _words(run.get("finished"))
    done = said.get("done")
    return EvaluationOut(
        id=folder.name,
        kind=_words(run["kind"]),
        dataset=_words(run["dataset"]),
        split=_words(run.get("split")),
        configuration=_words(configuration.get("retriever")) or _words(configuration.get("variant")),
        queries=int(run["queries"]),
        done=int(done) if isinstance(done, int) and done else None,
        complete=bool(finished) and not said.get("partial"),
        started=_words(run.get("started")),
        finished=finished,
        headline=_words(said.get("headline")),
        figures=list(_figures(said, summary)),
        report=f"{FOLDER}/{folder.name}/report.html" if (folder / "report.html").is_file() else None,
    )


def _figures(said: Mapping[str, Any], summary: Mapping[str, Any]) -> Iterator[FigureOut]:
    """The publisher's figures, or the first of the summary by the names they have there."""
    rows = said.get("figures") or [
        {"name": name, "label": name, "text": f"{row['value']:.3f}", "between": _between(row), **row}
        for name, row in summary.get("measures", {}).items()
    ]
    for row in rows[:_FIGURES]:
        figure = FigureOut.model_validate(row)
        if not all(math.isfinite(n) for n in (figure.value, figure.low or 0.0, figure.high or 0.0)):
            raise ValueError(f"{figure.name} is not a finite number")
        yield figure


def _between(row: Mapping[str, Any]) -> str:
    return f"{row['low']:.3f}–{row['high']:.3f}" if "low" in row and "high" in row else ""


def _folders(root: Path) -> list[Path]:
    """The folders that may be runs; a link that leads elsewhere is none of ours."""
    if not root.is_dir():
        return []
    return sorted(
        path
        for path in root.iterdir()
        if _NAME.fullmatch(path.name) and path.is_dir() and not path.is_symlink()
    )


def _root(request: Request) -> Path:
    assistant = request.app.state.assistant
    assert isinstance(assistant, Assistant)
    return assistant.settings.home / FOLDER


def _object(path: Path, *, missing: bool = False) -> dict[str, Any]:
    """A JSON object; empty where it is not there and that may be. Raises ValueError and OSError."""
    if missing and not path.exists():
        return {}
    if path.stat().st_size > _LARGEST:
        raise ValueError(f"{path.name} is too large")
    value = json.loads(path.read_text("utf-8"))
    # A lone surrogate can stand in JSON but cannot be sent on: it becomes a question mark.
    value = json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
    if not isinstance(value, dict):
        raise ValueError(f"{path.name} is no object")
    return value


def _words(value: Any) -> str:
    """Text; empty for anything else."""
    return value if isinstance(value, str) else ""
