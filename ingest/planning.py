"""What an ingest is to do with each file: decided from the files and what the library holds, before anything is done.

A plan is a row of steps. Carried out (``ingest.pipeline``) they are the ingest, told only they are the dry run: there
is no other place where anything is decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from ingest.errors import LoadError
from ingest.holdings import Action, Held, Holdings, Move, Put, Remove
from ingest.loaders import shown
from ingest.places import Places
from ingest.report import FileReport, Outcome
from ingest.sources import Candidate, guarded


@dataclass(frozen=True, slots=True)
class Step:
    """One file: the report of it, and what is to be done to the library, in this order."""

    report: FileReport
    actions: tuple[Action, ...] = ()


class Maker(Protocol):
    """Makes documents of files."""

    def fingerprint(self, file: Candidate) -> str:
        """What besides the bytes decides the document made of ``file``, told without making it."""

    def make(self, file: Candidate, document_id: str) -> Put:
        """The document, ready to be stored. Raises ``LoadError``."""


class Planner:
    """Decides file by file, each decision taking those before it for done."""

    def __init__(
        self, holdings: Holdings, maker: Maker, places: Places, folders: tuple[str, ...] = ()
    ) -> None:
        """``folders`` are what the origins of files begin with that were found, not named."""
        self._folders = folders
        self._holdings = holdings
        self._maker = maker
        self._places = places
        self._unusable: set[str] = set()

    def take(self, file: Candidate) -> Step:
        """What to do with a file; whatever is wrong with it stays with it, and the library keeps what it has of it."""
        found = guarded(file.origin, lambda: self._decide(file))
        if isinstance(found, FileReport):
            self._unusable.add(file.sha256)
            return Step(found)
        return self._noted(found)

    def vanished(self, below: tuple[str, ...]) -> Iterator[Step]:
        """Take out the documents whose origins begin with one of ``below`` and whose files are there no more.

        One whose content is in a file that could not be taken has only moved there.
        """
        for held in self._holdings.current():
            if held.sha256 in self._unusable or not held.origin.startswith(below):
                continue
            if self._places.is_gone(held.origin):
                report = FileReport(held.origin, Outcome.REMOVED, held.id, "文件已不在文件夹中")
                yield self._noted(Step(report, (Remove(held.id),)))

    def _noted(self, step: Step) -> Step:
        for action in step.actions:
            self._holdings.apply(action)
        return step

    def _decide(self, file: Candidate) -> Step:
        if file.problem:
            raise LoadError(file.problem)
        known = self._holdings.at(file.origin)
        if known and known.sha256 == file.sha256:
            return self._refresh(known, file, Outcome.UNCHANGED)
        twins = [
            (twin, self._places.digest(twin.origin)) for twin in self._holdings.with_content(file.sha256)
        ]
        for twin, digest in twins:
            if digest == file.sha256:
                reason = f"内容与 {shown(twin.origin)} 相同，没有重复存入"
                report = FileReport(file.origin, Outcome.DUPLICATE, twin.id, reason)
                return Step(report, (Remove(known.id),) if known else ())
        if known:
            return self._store(known.id, file, Outcome.CHANGED)
        for twin, digest in twins:
            if digest is None:
                return self._refresh(twin, file, Outcome.MOVED, f"原来在 {twin.origin}")
        if file.origin.startswith(self._folders) and (gone := self._holdings.removed(file.sha256)):
            reason = f"已由人工移除，没有再加入；要恢复请运行 dangjian documents restore {gone.id}"
            return Step(FileReport(file.origin, Outcome.SKIPPED, gone.id, reason))
        return self._store(self._holdings.new_id(file.sha256), file, Outcome.ADDED)

    def _refresh(self, held: Held, file: Candidate, outcome: Outcome, reason: str = "") -> Step:
        """The file's bytes are in the library; its document is made anew only if it would come out otherwise."""
        if file.defaults is None or held.fingerprint == self._maker.fingerprint(file):
            moved = (Move(held.id, file.origin),) if outcome is Outcome.MOVED else ()
            return Step(FileReport(file.origin, outcome, held.id, reason), moved)
        if outcome is Outcome.UNCHANGED:
            outcome, reason = Outcome.CHANGED, "处理方法或登记信息有更新"
        step = self._store(held.id, file, outcome)
        return replace(step, report=replace(step.report, reason=reason))

    def _store(self, document_id: str, file: Candidate, outcome: Outcome) -> Step:
        put = self._maker.make(file, document_id)
        return Step(FileReport(file.origin, outcome, document_id), (put,))


def plan(planner: Planner, files: Iterable[Candidate | FileReport], below: tuple[str, ...]) -> Iterator[Step]:
    """The steps for all ``files``, then for what is no more below the folders and archives named."""
    for file in files:
        yield Step(file) if isinstance(file, FileReport) else planner.take(file)
    yield from planner.vanished(below)
