"""What a figure depends on: versions of code, data, model and machine. Nothing here names the machine or its folders."""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
from collections.abc import Iterable
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from eval.types import Versions
from retriever.protocols import Embedder
from service.version import VERSION

_FOLDERS = ("ingest", "retriever", "service", "eval")


def collect(corpus: str, *, embedder: Embedder | None = None, model: str = "", index: str = "") -> Versions:
    """The versions of this process. ``corpus`` is the data's sha256; ``model`` counts where there is no embedder."""
    return Versions(
        code=code_version(),
        corpus=corpus,
        model=f"{embedder.name}@{embedder.revision}" if embedder is not None else model,
        index=index,
        python=platform.python_version(),
        machine=f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
    )


@cache
def code_version() -> str:
    """``version+commit.hash``: the package's version, the commit where there is one, and a hash of the sources."""
    commit = _commit()
    return f"{VERSION}+{commit}.{_sources()}" if commit else f"{VERSION}+{_sources()}"


def _commit() -> str:
    """The short commit of the checkout that this file is kept in, or empty where it was installed without one."""
    here = Path(__file__).resolve()
    if not _git(here.parent, "ls-files", here.name):
        return ""
    head = _git(here.parent, "rev-parse", "--short", "HEAD")
    return f"g{head}" if head else ""


def _git(folder: Path, *arguments: str) -> str:
    """What git prints, or empty where there is no git or no repository."""
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments], capture_output=True, text=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _sources() -> str:
    """Eight digits of the sha256 of all our Python files and word lists."""
    digest = hashlib.sha256()
    for folder in _FOLDERS:
        spec = find_spec(folder)
        for place in (spec.submodule_search_locations or ()) if spec else ():
            root = Path(place)
            for path in sorted([*root.rglob("*.py"), *root.rglob("lexicon/*.txt")]):
                digest.update(f"{folder}/{path.relative_to(root).as_posix()}\0".encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:8]


def files_sha256(paths: Iterable[Path]) -> str:
    """One sha256 (hex) of several files, by name and content, in the order of their names."""
    digest = hashlib.sha256()
    for path in sorted(paths, key=lambda path: (path.name, path)):
        digest.update(path.name.encode() + b"\0")
        with path.open("rb") as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()
