"""Changes to the library of a running service, one after the other; answers go on meanwhile from the index as it was."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ingest.corrections import Changes as Corrections
from ingest.errors import LibraryBusy
from ingest.library import DocumentRecord
from ingest.report import IngestReport
from service import build
from service.assistant import Assistant

_PATIENCE = 5.0
"""Seconds that a person waits for a change under way; longer would hold the threads that answer questions."""


def _unseen(stage: str, done: int, total: int) -> None:
    return


class Changer:
    """Changes library and index of an assistant, which takes up the new index at once. Safe to share between threads."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._settings = assistant.settings
        self._lock = threading.Lock()

    def correct(self, document_id: str, changes: Corrections) -> DocumentRecord:
        """Like ``build.correct``; raises LibraryBusy also while an upload is brought in."""
        with self._alone(_PATIENCE):
            tools = self._tools()
            return build.correct(self._settings, document_id, changes, progress=_unseen, **tools)

    def remove(self, document_id: str) -> None:
        """Like ``build.remove``; raises LibraryBusy also while an upload is brought in."""
        with self._alone(_PATIENCE):
            build.remove(self._settings, document_id, progress=_unseen, **self._tools())

    def restore(self, document_id: str) -> DocumentRecord:
        """Like ``build.restore``; raises LibraryBusy also while an upload is brought in."""
        with self._alone(_PATIENCE):
            return build.restore(self._settings, document_id, progress=_unseen, **self._tools())

    def take_in(self, paths: Sequence[Path], progress: build.Progress) -> IngestReport:
        """Like ``build.take_in``, after whatever is under way."""
        with self._alone(-1):
            return build.take_in(self._settings, paths, progress=progress, **self._tools())

    def origins(self) -> list[str]:
        """Where the documents come from, with those that can be restored."""
        library = self._assistant.library
        records = [*library.records(), *(removed.record for removed in library.removals.all())]
        return [record.origin for record in records]

    def _tools(self) -> build.Tools:
        return {"embedder": self._assistant.retriever.embedder, "analyzer": self._assistant.analyzer}

    @contextmanager
    def _alone(self, patience: float) -> Iterator[None]:
        if not self._lock.acquire(timeout=patience):
            raise LibraryBusy("正在处理上传的文件；请等它完成后再试")
        try:
            yield
            self._assistant.look_again()
        finally:
            self._lock.release()
