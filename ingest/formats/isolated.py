"""Reading a file in a separate process with bounds on time and memory.

The libraries that parse documents are large, partly written in C, and fed by strangers: whatever a hostile file does
to them, the process that ingests goes on and the file is refused with a message.
"""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ingest import errors
from ingest.errors import FileTooLarge, LoadError
from ingest.formats.limits import SETTINGS, Limits, check_characters, raise_it
from ingest.types import Loaded

KINDS = ("docx", "html", "pdf")
"""What can be read so: the modules of this folder, each with ``load_KIND``."""

_OWN_LIMITS = {"pdf": ("pages", "characters")}
"""The limits that a reader enforces itself, whose messages may not say how to raise them."""

_REFUSED = "请拆分成几个较小的文件，或另存为 .txt 后再导入"


def load(kind: str, data: bytes, name: str, limits: Limits) -> Loaded:
    """What ``load_KIND(data, name, limits)`` gives, made in another process. Raises ``LoadError``."""
    header = json.dumps({"kind": kind, "name": name, "limits": asdict(limits)}).encode()
    command = [sys.executable, "-P", "-X", "utf8", "-m", __name__]  # -P: not from the current folder
    environment = {**plain_environment(), "PYTHONPATH": _search_path()}
    try:
        done = subprocess.run(
            command,
            input=struct.pack(">I", len(header)) + header + data,
            capture_output=True,
            timeout=limits.seconds,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise LoadError(
            f"{name}：处理超过 {limits.seconds:g} 秒，内容过于复杂或已损坏；{_REFUSED}，{raise_it('seconds')}"
        ) from error
    except OSError as error:
        raise LoadError(f"{name}：系统资源不足，无法启动读取程序；请稍后再导入") from error
    return _reply(done.stdout, name)


def plain_environment() -> dict[str, str]:
    """The environment without our settings: the manager's password is nothing for programs that read strangers' files."""
    return {name: value for name, value in os.environ.items() if not name.upper().startswith("DANGJIAN_")}


def _search_path() -> str:
    """Where the other process finds this package, before all that this one was told."""
    ours = str(Path(__file__).resolve().parents[2])
    return os.pathsep.join(filter(None, (ours, os.environ.get("PYTHONPATH", ""))))


def _reply(output: bytes, name: str) -> Loaded:
    try:
        reply = json.loads(output)
    except ValueError:  # it ended without a word: killed for its memory or time, or crashed
        fix = f"{_REFUSED}，{raise_it('memory_bytes', 'seconds')}"
        raise LoadError(f"{name}：文件已损坏或过于复杂，读取时程序中断；{fix}") from None
    if "error" in reply:
        kind = getattr(errors, reply["error"], LoadError)
        raise kind(reply["message"])
    return Loaded(reply["text"], reply["encoding"], tuple(reply["pages"]))


# --- the other process ------------------------------------------------------------------------------------------


def _serve() -> None:
    """Read one request from standard input, write one reply to standard output."""
    size = struct.unpack(">I", sys.stdin.buffer.read(4))[0]
    header = json.loads(sys.stdin.buffer.read(size))
    limits = Limits(**header["limits"])
    _bound(limits)
    answer = _answer(header["kind"], sys.stdin.buffer.read(), header["name"], limits)
    sys.stdout.buffer.write(json.dumps(answer).encode())


def _bound(limits: Limits) -> None:
    """Bound this process's memory and processor time, where the system can."""
    try:
        import resource
    except ImportError:  # Windows
        return
    seconds = int(limits.seconds) + 1
    for what, most in (
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(what)[1]
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (least, hard))


def _answer(kind: str, data: bytes, name: str, limits: Limits) -> dict[str, Any]:
    try:
        loaded = loader(kind)(data, name, limits)
        check_characters(loaded.text, name, limits)
    except LoadError as error:
        return {"error": type(error).__name__, "message": _with_setting(kind, error)}
    except MemoryError:
        fix = f"{_REFUSED}，{raise_it('memory_bytes')}"
        return {"error": "FileTooLarge", "message": f"{name}：读取所需的内存超过上限；{fix}"}
    except Exception as error:
        what = type(error).__name__
        return {"error": "LoadError", "message": f"{name}：文件已损坏，无法读取（{what}）；{_REFUSED}"}
    return {**asdict(loaded), "text": loaded.text.encode("utf-8", "replace").decode()}


def _with_setting(kind: str, error: LoadError) -> str:
    """The message of ``error``, which names the setting to raise where a limit was in the way."""
    message = str(error)
    named = any(setting in message for setting in SETTINGS.values())
    if isinstance(error, FileTooLarge) and kind in _OWN_LIMITS and not named:
        return f"{message}，{raise_it(*_OWN_LIMITS[kind])}"
    return message


def loader(kind: str) -> Callable[[bytes, str, Limits], Loaded]:
    """The function that reads a kind of file, its library not loaded before it is called."""
    if kind == "docx":
        from ingest.formats.docx import load_docx

        return load_docx
    if kind == "pdf":
        from ingest.formats.pdf import load_pdf

        return load_pdf
    if kind == "html":
        from ingest.formats.html import load_html

        return load_html
    raise ValueError(f"unknown kind {kind!r}; known are {', '.join(KINDS)}")


if __name__ == "__main__":
    _serve()
