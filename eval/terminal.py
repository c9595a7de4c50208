"""What evaluators see on the terminal: progress on standard error, tables on standard output."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

Progress = Callable[[str, int, int], None]
"""Called with the stage in Chinese, how much of it is done and how much there is."""


def silent(stage: str, done: int, total: int) -> None:
    """A ``Progress`` that shows nothing."""


@contextmanager
def progress() -> Iterator[Progress]:
    """A progress bar for each stage, on standard error; nothing where that is no terminal."""
    from service.terminal import progress as bars

    with bars() as update:
        yield update


def note(words: str) -> None:
    """A line for the person at the terminal; not part of the result."""
    from service.terminal import note as write

    write(words)


def markdown_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; the first column is left-aligned, the others right."""
    lines = ["| " + " | ".join(header) + " |", "|---|" + "---:|" * (len(header) - 1)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines)
