"""What the assistant costs: install size and time, cold start, latency, ingest rate, memory, disk.

``python -m eval.performance --write docs/performance.md`` measures on this machine and writes the table. Times depend
on the machine and on what else it does; the table names it, and ratios within one run are what to compare.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from eval.questions import read_questions

_WARMING, _ASKED = 10, 200
"""Questions asked before anything is timed, and after. No question comes twice: what was read for one is remembered."""


def _questions() -> list[str]:
    """Stand-alone development questions about the corpus, in their order."""
    rows = read_questions(Path(__file__).parent / "data" / "corpus.jsonl", "dev")
    return [row.question for row in rows if not row.turns][: _WARMING + _ASKED]


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table."""

    what: str
    value: str
    how: str


def measure() -> Iterator[Row]:
    """All rows, one after the other."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        yield from _install(Path(folder))
        yield from _ingest(home)
        yield from _serve(home)
        yield from _ask(home)


def _install(folder: Path) -> Iterator[Row]:
    root = Path(__file__).resolve().parent.parent
    environment = folder / "venv"
    started = time.perf_counter()
    subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
    pip = [
        str(environment / "bin" / "python"),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
    ]
    subprocess.run([*pip, str(root)], check=True)
    seconds = time.perf_counter() - started
    site = next((environment / "lib").glob("python*/site-packages"))
    own = sum(_size(site / name) for name in ("ingest", "retriever", "service", "eval"))
    yield Row(
        "install time",
        f"{seconds:.0f} s",
        "new environment and `pip install .`, packages from a near registry",
    )
    yield Row(
        "installed size",
        f"{_size(site) / 1e6:.0f} MB",
        f"of which ours {own / 1e6:.0f} MB, the model included",
    )


def _size(path: Path) -> int:
    return sum(p.stat().st_size for p in path.rglob("*") if p.is_file() and not p.is_symlink())


def _ingest(home: Path) -> Iterator[Row]:
    started = time.perf_counter()
    _run(home, "ingest", "--corpus")
    first = time.perf_counter() - started
    started = time.perf_counter()
    _run(home, "ingest", "--corpus")
    again = time.perf_counter() - started
    from service import build
    from service.settings import Settings

    assistant = build.open_assistant(Settings(home=home))
    manifest = assistant.generation.manifest
    assistant.close()
    yield Row(
        "ingest, first",
        f"{first:.1f} s",
        f"five documents, {manifest.passages} passages, {manifest.sentences} sentences, process start included",
    )
    yield Row(
        "ingest rate",
        f"{manifest.passages / first:.1f} passages/s",
        "each passage and each of its sentences embedded",
    )
    yield Row("ingest, nothing changed", f"{again:.1f} s", "the same command again")
    yield Row("data folder", f"{_size(home) / 1e6:.1f} MB", "library with vector cache, and index")


def _run(home: Path, *arguments: str) -> None:
    environment = {**os.environ, "DANGJIAN_HOME": str(home)}
    subprocess.run(
        [sys.executable, "-m", "service.cli", *arguments], check=True, env=environment, capture_output=True
    )


def _serve(home: Path) -> Iterator[Row]:
    with _server(home) as (port, started, process):
        starts = time.perf_counter() - started
        questions = _questions()
        for question in questions[:_WARMING]:
            _post(port, question)
        resident = _resident(process.pid)
        times = sorted(_post(port, question) for question in questions[_WARMING:])
        yield Row(
            "cold start",
            f"{starts:.2f} s",
            "from `dangjian serve` to the first healthy reply, compiled files in place",
        )
        yield Row("memory", f"{resident / 1e6:.0f} MB resident", "the service after ten questions")
        yield Row(
            "ask over HTTP, p50",
            f"{statistics.median(times):.1f} ms",
            f"{len(times)} development questions, one after another",
        )
        yield Row("ask over HTTP, p95", f"{times[int(len(times) * 0.95)]:.1f} ms", "the same")


@contextmanager
def _server(home: Path) -> Iterator[tuple[int, float, subprocess.Popen[bytes]]]:
    port = 8765
    environment = {**os.environ, "DANGJIAN_HOME": str(home)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    subprocess.run(
        [sys.executable, "-m", "service.cli", "doctor"], env=environment, capture_output=True, check=False
    )
    started = time.perf_counter()
    command = [sys.executable, "-m", "service.cli", "serve", "--port", str(port)]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _await(port, process)
        yield port, started, process
    finally:
        process.terminate()
        process.wait(10)


def _await(port: int, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/health", timeout=5):
                return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError("the service did not start")


def _post(port: int, question: str) -> float:
    """Milliseconds that one question takes."""
    import json

    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/ask",
        json.dumps({"question": question}).encode(),
        {"content-type": "application/json"},
    )
    started = time.perf_counter()
    with urllib.request.urlopen(request, timeout=30) as response:
        response.read()
    return (time.perf_counter() - started) * 1000


def _resident(pid: int) -> int:
    """Resident bytes of a process, on Linux."""
    fields = Path(f"/proc/{pid}/statm").read_text().split()
    return int(fields[1]) * resource.getpagesize()


def _ask(home: Path) -> Iterator[Row]:
    from service import build
    from service.settings import Settings

    assistant = build.open_assistant(Settings(home=home, threads=1))
    times: dict[str, list[float]] = {"search": [], "compose": [], "total": []}
    for number, question in enumerate(_questions()):
        timings = assistant.ask(question).timings_ms
        if number >= _WARMING:
            for name, values in times.items():
                values.append(timings[name])
    assistant.close()
    for name, values in times.items():
        values.sort()
        value = f"{statistics.median(values):.1f} / {values[int(len(values) * 0.95)]:.1f} ms"
        yield Row(f"ask in process, {name}, p50 / p95", value, "one thread")


def table(rows: list[Row]) -> str:
    """The document that holds the rows."""
    machine = f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}, Python {platform.python_version()}"
    lines = [
        "# Performance",
        "",
        "Written by `make bench` (`eval/performance.py`). Measured on a shared machine: compare ratios, not absolutes.",
        "",
        f"Machine: {machine}.",
        "",
        "| what | measured | how |",
        "|---|---|---|",
        *(f"| {row.what} | {row.value} | {row.how} |" for row in rows),
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    """Measure; print the table or write it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, help="the file to write instead of printing")
    arguments = parser.parse_args()
    rows = []
    for row in measure():
        print(f"{row.what}: {row.value} ({row.how})", file=sys.stderr)
        rows.append(row)
    text = table(rows)
    if arguments.write:
        draft = arguments.write.with_suffix(".tmp")
        draft.write_text(text, encoding="utf-8")
        shutil.move(draft, arguments.write)
    else:
        print(text)


if __name__ == "__main__":
    main()
