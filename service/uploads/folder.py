"""Where uploaded files are kept: ``<home>/uploads``.

    <first 16 digits of the content's hash>/<name>   the originals of documents
    .staging/<job>/<number>                          files received, their turn has not come
    .jobs/<job>.json                                 what each upload is and how far it is

A file is complete before it has a name: it is written to ``.staging``, and moved once the job is on disk. As the folder
follows from the content, no upload ever replaces another file, be it of the same name.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path

from ingest.formats.archive import split_origin
from service.uploads.types import FileResult, Job, Received, State

logger = logging.getLogger(__name__)


class UploadFolder:
    """The files of one home; a single service writes there."""

    def __init__(self, path: Path) -> None:
        self._path = Path(os.path.abspath(path))

    @property
    def path(self) -> Path:
        """Where it is; it is made with the first upload."""
        return self._path

    def staging(self, job_id: str) -> Path:
        """A new folder to receive the files of an upload in."""
        folder = self._staged(job_id)
        folder.mkdir(parents=True)
        return folder

    def discard(self, job_id: str) -> None:
        """Forget what was received for an upload."""
        shutil.rmtree(self._staged(job_id), ignore_errors=True)

    def place(self, job: Job) -> dict[Path, Received]:
        """Put the files of a job where they stay, by their paths there; what a run before has placed stays."""
        placed: dict[Path, Received] = {}
        for number, file in enumerate(job.files):
            if file.problem:
                continue
            staged, target = self._staged(job.id) / str(number), self._path / file.sha256[:16] / file.name
            if staged.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                os.replace(staged, target)
            if target.exists():
                placed[target] = file
        return placed

    def keep_only(self, candidates: Iterable[Path], origins: Iterable[str]) -> None:
        """Delete those of ``candidates`` that no document comes from; ``origins`` are those of all documents.

        Folder and name decide: a home that was moved has documents whose origins name its old place.
        """
        used = {_tail(Path(split_origin(origin)[0])) for origin in origins}
        for path in candidates:
            if _tail(path) not in used:
                path.unlink(missing_ok=True)
                _remove_if_empty(path.parent)

    def old_originals(self) -> list[Path]:
        """The files that are kept since yesterday or longer: younger ones may be about to become documents."""
        yesterday = time.time() - 86_400
        found = (path for path in self._path.glob("[0-9a-f]*/*") if path.is_file())
        return [path for path in found if path.stat().st_mtime < yesterday]

    def save(self, job: Job) -> None:
        """Bring a job to disk; the oldest of those that ended are forgotten."""
        self._jobs.mkdir(parents=True, exist_ok=True)
        draft = self._jobs / f"{job.id}.tmp"
        with draft.open("w", encoding="utf-8") as file:
            json.dump(asdict(job), file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, self._jobs / f"{job.id}.json")

    def jobs(self) -> list[Job]:
        """The jobs on disk, the earliest first; one that cannot be read is left out."""
        found = []
        for path in self._jobs.glob("*.json"):
            try:
                found.append(_job_of(json.loads(path.read_text("utf-8"))))
            except (OSError, ValueError, KeyError, TypeError) as error:
                logger.error("the record of an upload cannot be read: %s: %s", path, error)
        return sorted(found, key=lambda job: (job.created, job.id))

    def forget(self, job_id: str) -> None:
        """Remove the record of a job that ended."""
        (self._jobs / f"{job_id}.json").unlink(missing_ok=True)

    def tidy(self, jobs: Iterable[Job]) -> None:
        """Remove what was received for uploads that broke off; only while none is being received."""
        waiting = {job.id for job in jobs if not job.state.ended}
        for folder in (self._path / ".staging").glob("*"):
            if folder.name not in waiting:
                shutil.rmtree(folder, ignore_errors=True)

    @property
    def _jobs(self) -> Path:
        return self._path / ".jobs"

    def _staged(self, job_id: str) -> Path:
        return self._path / ".staging" / job_id


def _job_of(row: Mapping[str, object]) -> Job:
    plain = {**row, "state": State(str(row["state"]))}
    files = tuple(Received(**each) for each in row["files"])  # type: ignore[attr-defined]
    results = tuple(FileResult(**each) for each in row["results"])  # type: ignore[attr-defined]
    return Job(**{**plain, "files": files, "results": results})  # type: ignore[arg-type]


def _tail(path: Path) -> tuple[str, str]:
    return path.parent.name, path.name


def _remove_if_empty(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError:
        return  # another file of the same content is in it
