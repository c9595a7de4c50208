"""What an ingest did, file by file."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """What became of a file; ``label`` is the word to show."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicate"
    MOVED = "moved"
    REMOVED = "removed"
    SKIPPED = "skipped"
    FAILED = "failed"

    @property
    def label(self) -> str:
        """In Chinese."""
        return _LABELS[self]


_LABELS = {
    Outcome.ADDED: "新增",
    Outcome.CHANGED: "更新",
    Outcome.UNCHANGED: "未变",
    Outcome.DUPLICATE: "重复",
    Outcome.MOVED: "移动",
    Outcome.REMOVED: "移除",
    Outcome.SKIPPED: "跳过",
    Outcome.FAILED: "失败",
}


@dataclass(frozen=True, slots=True)
class FileReport:
    """One file: ``origin`` says which, ``document_id`` is empty where it is no document, ``reason`` is Chinese."""

    origin: str
    outcome: Outcome
    document_id: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class IngestReport:
    """All files of one ingest, in the order they were dealt with."""

    files: tuple[FileReport, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many files had each outcome, those that did not occur as 0."""
        counted = Counter(file.outcome for file in self.files)
        return {outcome.value: counted[outcome] for outcome in Outcome}

    @property
    def failures(self) -> tuple[FileReport, ...]:
        """The files that could not be taken in."""
        return tuple(file for file in self.files if file.outcome is Outcome.FAILED)

    @property
    def changed_library(self) -> bool:
        """Whether the library holds other documents than before, so that its index is out of date."""
        still = (Outcome.UNCHANGED, Outcome.DUPLICATE, Outcome.SKIPPED, Outcome.FAILED)
        return any(file.outcome not in still for file in self.files)
