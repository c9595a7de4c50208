"""Run folders: written query by query, resumed after a crash, and read again. The contract is in ``README.md``.

A run's id follows from what it is made of (data, configuration, seed, code, model, index), so that running the same
again finds its own unfinished folder. ``queries.jsonl`` is flushed line by line; a line that a crash cut is dropped.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from eval.errors import RunError
from eval.types import Estimate, QueryResult, Ranking, Run, RunInfo, RunKind, Summary, Versions

FORMAT = 1
RUN, QUERIES, SUMMARY, TREC = "run.json", "queries.jsonl", "summary.json", "run.trec"
_DIGITS = 6  # of a latency


def new_info(
    kind: RunKind,
    *,
    name: str,
    dataset: str,
    split: str,
    configuration: Mapping[str, Any],
    seed: int,
    versions: Versions,
    queries: int,
) -> RunInfo:
    """Describe a run that is about to begin. ``name`` (of the configuration, say ``fused``) is part of the id."""
    made_of = {
        "kind": kind,
        "dataset": dataset,
        "split": split,
        "configuration": configuration,
        "seed": seed,
        "queries": queries,
        "versions": [versions.code, versions.corpus, versions.model, versions.index],
    }
    digest = hashlib.sha256(json.dumps(made_of, sort_keys=True, default=str).encode()).hexdigest()[:8]
    identifier = "-".join(filter(None, (_plain(dataset), _plain(split), _plain(name), digest)))
    return RunInfo(kind, identifier, dataset, split, configuration, seed, versions, queries, started=_now())


class RunWriter:
    """Writes one run folder. Use as ``with RunWriter.open(out, info) as writer``.

    ``done`` holds the results of queries that an earlier, broken-off attempt had finished: skip those.
    """

    def __init__(self, folder: Path, info: RunInfo, done: Mapping[str, QueryResult]) -> None:
        self.folder, self.info = folder, info
        self.done: dict[str, QueryResult] = dict(done)
        self._queries = (folder / QUERIES).open("a", encoding="utf-8", errors="replace")
        self._trec = (folder / TREC).open("a", encoding="utf-8") if info.kind == "retrieval" else None

    @classmethod
    def open(cls, out: Path, info: RunInfo) -> RunWriter:
        """Begin ``out/info.id``, or go on with it where it is unfinished. A finished run is made anew."""
        folder = out / info.id
        before = _unfinished(folder, info)
        if before is None:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            _write_json(folder / RUN, _info_row(info))
            return cls(folder, info, {})
        done = {row.id: row for row in read_queries(folder)}
        _rewrite(folder, done)
        return cls(folder, replace(info, started=before.started), done)

    def add(self, result: QueryResult, ranking: Ranking | None = None) -> None:
        """Record a query; it is on disk when this returns. Retrieval runs give the ranking too."""
        if self._trec is not None:
            self._trec.writelines(trec_lines(result.id, ranking or (), self.info.id))
            self._trec.flush()
        self._queries.write(json.dumps(_query_row(result), ensure_ascii=False) + "\n")
        self._queries.flush()
        self.done[result.id] = result

    def finish(self, summary: Summary) -> Run:
        """Write the summary and the time of the end; the run as it now reads."""
        self.close()
        _write_json(self.folder / SUMMARY, _summary_row(summary))
        _write_json(self.folder / RUN, _info_row(replace(self.info, finished=_now())))
        return load_run(self.folder)

    def close(self) -> None:
        """Close the files; the run stays unfinished unless ``finish`` was called."""
        self._queries.close()
        if self._trec is not None:
            self._trec.close()

    def __enter__(self) -> RunWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def load_run(folder: Path) -> Run:
    """Read a run folder (or its ``run.json`` or ``run.trec``); raises ``RunError`` where it is none."""
    folder = folder.parent if folder.is_file() else folder
    info = _read_info(folder)
    summary = _read_summary(folder) if info.finished else None
    return Run(folder, info, read_queries(folder), summary)


def list_runs(out: Path) -> list[Run]:
    """All runs in a folder of runs, newest first; folders that cannot be read are left out."""
    found = []
    for path in out.glob(f"*/{RUN}"):
        try:
            found.append(load_run(path.parent))
        except RunError:
            continue
    return sorted(found, key=lambda run: (run.info.started, run.info.id), reverse=True)


def default_out() -> Path:
    """Where run folders go unless told: ``runs`` in the data folder, where the service looks for them."""
    from service.settings import load_settings

    folder: Path = load_settings().home / "runs"
    return folder


def read_queries(folder: Path) -> tuple[QueryResult, ...]:
    """The results recorded so far; a last line that was cut off is left out."""
    try:
        lines = (folder / QUERIES).read_text("utf-8").split("\n")[:-1]  # after the last line end: cut off
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise RunError(f"运行记录 {folder / QUERIES} 无法读取（{error}）。请重新运行评测。") from error
    rows = []
    for number, line in enumerate(lines, 1):
        try:
            row = json.loads(line)
            extra = {key: row[key] for key in row if key not in ("id", "measures", "latency_ms")}
            rows.append(QueryResult(row["id"], row["measures"], row["latency_ms"], extra))
        except (ValueError, KeyError, TypeError) as error:
            raise RunError(
                f"运行记录 {folder / QUERIES} 第 {number} 行有误。请删除这个文件夹后重新运行评测。"
            ) from error
    return tuple(rows)


def trec_lines(query: str, ranking: Ranking, tag: str) -> list[str]:
    """The lines of a TREC run for one query: ``query Q0 document rank score tag``, ranks from 1."""
    return [f"{query} Q0 {name} {rank} {score:.9g} {tag}\n" for rank, (name, score) in enumerate(ranking, 1)]


def _unfinished(folder: Path, info: RunInfo) -> RunInfo | None:
    """The run in ``folder`` where it is this one and not finished."""
    try:
        before = _read_info(folder)
    except RunError:
        return None
    return before if not before.finished and before.id == info.id else None


def _rewrite(folder: Path, done: Mapping[str, QueryResult]) -> None:
    """Drop what a crash left half-written: lines of queries that were not finished."""
    lines = [json.dumps(_query_row(row), ensure_ascii=False) + "\n" for row in done.values()]
    _replace(folder / QUERIES, "".join(lines))
    path = folder / TREC
    if path.exists():
        kept = [line for line in path.read_text("utf-8").split("\n")[:-1] if line.split(" ")[0] in done]
        _replace(path, "".join(line + "\n" for line in kept))


def _read_info(folder: Path) -> RunInfo:
    try:
        row = json.loads((folder / RUN).read_text("utf-8"))
        if row.pop("format") != FORMAT:
            raise RunError(f"运行文件夹 {folder} 由另一个版本写成。请用相应的版本读取，或重新运行评测。")
        return RunInfo(**{**row, "versions": Versions(**row["versions"])})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RunError(
            f"{folder} 不是运行文件夹（{RUN} 缺失或有误）。请给出 dangjian-eval run 写出的文件夹。"
        ) from error


def _read_summary(folder: Path) -> Summary:
    try:
        row = json.loads((folder / SUMMARY).read_text("utf-8"))
        measures = {name: Estimate(**value) for name, value in row.pop("measures").items()}
        return Summary(measures=measures, **row)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise RunError(f"运行汇总 {folder / SUMMARY} 无法读取。请重新运行评测。") from error


def _info_row(info: RunInfo) -> dict[str, Any]:
    return {"format": FORMAT, **asdict(info)}


def _query_row(result: QueryResult) -> dict[str, Any]:
    return {
        "id": result.id,
        "measures": dict(result.measures),
        "latency_ms": round(result.latency_ms, _DIGITS),
        **result.extra,
    }


def _summary_row(summary: Summary) -> dict[str, Any]:
    return {
        "measures": {name: asdict(value) for name, value in summary.measures.items()},
        "latency_ms": dict(summary.latency_ms),
        "cost": dict(summary.cost),
        "curves": {name: [list(point) for point in points] for name, points in summary.curves.items()},
    }


def _write_json(path: Path, row: Mapping[str, Any]) -> None:
    _replace(path, json.dumps(row, ensure_ascii=False, indent=1) + "\n")


def _replace(path: Path, text: str) -> None:
    draft = path.with_name(path.name + ".tmp")
    draft.write_text(text, "utf-8", errors="replace")
    os.replace(draft, path)


def _plain(name: str) -> str:
    return re.sub(r"[^\w.=+-]+", "_", name).strip("_")[:60]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def summarise_latency(rows: Sequence[QueryResult]) -> dict[str, float]:
    """p50, p95 and p99 over the queries, in milliseconds."""
    from eval.statistics import percentiles

    return {name: round(value, 3) for name, value in percentiles([row.latency_ms for row in rows]).items()}
