"""Not a test: builds an index and dies at a step. ``python retriever_crash.py FOLDER STEP [COUNT]``; exit 9 if it died.

``STEP`` is one that ``build_generation`` tells of (the ``COUNT``-th time), or ``os.NAME`` for the instant before the
builder's COUNT-th call of that function.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from ingest.library import Library
from retriever.analyzer import Analyzer
from retriever.builder import build_generation
from tests.retriever_fakes import HashEmbedder


def main(home: Path, step: str, count: int) -> None:
    seen = 0

    def count_down() -> None:
        nonlocal seen
        seen += 1
        if seen == count:
            os._exit(9)

    def progress(name: str, done: int, total: int) -> None:
        if name == step:
            count_down()

    if step.startswith("os."):
        name = step.removeprefix("os.")
        real = getattr(os, name)

        def dying(*arguments: Any, **options: Any) -> Any:
            count_down()
            return real(*arguments, **options)

        setattr(os, name, dying)
    with Library.open(home / "library.sqlite") as library:
        build_generation(library, HashEmbedder(), Analyzer(), home / "index", progress=progress)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 1)
