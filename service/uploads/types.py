"""What an upload is made of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How far an upload is. ``QUEUED`` until it is its turn, at last ``DONE`` or ``FAILED``."""

    QUEUED = "queued"
    READING = "reading"
    INDEXING = "indexing"
    DONE = "done"
    FAILED = "failed"

    @property
    def ended(self) -> bool:
        """Whether nothing more happens."""
        return self in (State.DONE, State.FAILED)


@dataclass(frozen=True, slots=True)
class Received:
    """A file as it was sent: ``name`` is safe to show and to store, ``sha256`` and ``size`` (bytes) are of its content.

    ``problem`` says in Chinese why it was refused; then nothing of it is kept and ``sha256`` is empty.
    """

    name: str
    size: int = 0
    sha256: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class FileResult:
    """What became of a file, or of one in an archive; named as in the report of ``dangjian ingest --json``.

    ``path`` is the name that it was sent under, never a place on this machine.
    """

    path: str
    outcome: str
    document_id: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """An upload: the files that came together. Times are ISO in UTC.

    ``stage`` tells in Chinese what is being done, ``done`` of ``total``; ``problem`` why all of it failed. ``attempts``
    counts how often the work was begun: a service that died over it tries but once more.
    """

    id: str
    created: str
    files: tuple[Received, ...]
    state: State = State.QUEUED
    results: tuple[FileResult, ...] = ()
    stage: str = ""
    done: int = 0
    total: int = 0
    problem: str = ""
    attempts: int = 0
