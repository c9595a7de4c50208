"""Uploads of a running service: received side by side, brought into the library one after the other.

A job is on disk from the moment its files are complete, so that a service that died goes on with it when it is started
again, and a page that was loaded anew still finds it.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from ingest.errors import IngestError, LibraryBusy
from ingest.formats.archive import SEPARATOR
from ingest.report import FileReport, Outcome
from retriever.errors import RetrieverError
from service.build import READING
from service.changing import Changer
from service.errors import JobNotFound, ServiceError, StorageFull, UploadsBusy
from service.uploads.folder import UploadFolder
from service.uploads.types import FileResult, Job, Received, State

logger = logging.getLogger(__name__)

_MOST_RECEIVED = 4
_MOST_WAITING = 20
_MOST_ATTEMPTS = 2
_KEPT = 50
"""How many uploads that ended are remembered."""

_WAIT_FOR_OTHERS = 3.0
"""Seconds between looks at whether another program has finished its ingest."""


class Uploads:
    """The uploads of one service. Safe to share between threads."""

    def __init__(self, changer: Changer, folder: UploadFolder) -> None:
        self._changer = changer
        self._folder = folder
        self._jobs: dict[str, Job] = {}
        self._waiting: deque[str] = deque()
        self._receiving = 0
        self._changed = threading.Condition()
        self._stopped = threading.Event()
        self._worker: threading.Thread | None = None
        self._claim: FileLock | None = None

    def start(self) -> None:
        """Go on with what a service before left undone; nothing is written where nothing was ever uploaded."""
        if not self._folder.path.is_dir() or not self._is_ours():
            return
        jobs = self._folder.jobs()
        self._folder.tidy(jobs)
        with self._changed:
            self._jobs = {job.id: job for job in jobs}
        for job in jobs:
            if not job.state.ended:
                self._enqueue(job)

    def stop(self, seconds: float = 10.0) -> None:
        """Begin nothing more; what is under way after ``seconds`` is left to the next start."""
        self._stopped.set()
        with self._changed:
            self._changed.notify_all()
        if self._worker:
            self._worker.join(seconds)
        if self._claim:
            self._claim.release()

    @contextmanager
    def receiving(self) -> Iterator[tuple[str, Path]]:
        """The id of a new upload and the folder for its files, which is gone afterwards unless it was submitted.

        Raises UploadsBusy where too much is going on, StorageFull where nothing can be written.
        """
        with self._changed:
            if self._receiving >= _MOST_RECEIVED or len(self._waiting) >= _MOST_WAITING:
                raise UploadsBusy("同时上传的人太多；请等正在处理的上传完成后再试")
            self._receiving += 1
        job_id = uuid.uuid4().hex
        try:
            yield job_id, self._folder.staging(job_id)
        except OSError as error:
            raise StorageFull(
                f"文件存不下（{error.strerror}）；请管理员检查数据文件夹的磁盘空间和权限"
            ) from error
        finally:
            with self._changed:
                self._receiving -= 1
                submitted = job_id in self._jobs
            if not submitted:
                self._folder.discard(job_id)

    def submit(self, job_id: str, files: Sequence[Received]) -> Job:
        """Have the files received brought into the library when it is their turn."""
        self._is_ours()
        job = Job(job_id, datetime.now(UTC).isoformat(timespec="microseconds"), tuple(files))
        self._folder.save(job)
        with self._changed:
            self._jobs[job_id] = job
            ended = [each.id for each in self._jobs.values() if each.state.ended]
            old = ended[: max(0, len(ended) - _KEPT)]
            for each in old:
                del self._jobs[each]
        for each in old:
            self._folder.forget(each)
        self._enqueue(job)
        return job

    def job(self, job_id: str) -> Job:
        """How far an upload is. Raises JobNotFound."""
        with self._changed:
            job = self._jobs.get(job_id)
        if job is None:
            raise JobNotFound("没有这次上传的记录，可能时间已久；请在资料目录里查看结果")
        return job

    def jobs(self) -> list[Job]:
        """The uploads remembered, the last first."""
        with self._changed:
            return list(reversed(self._jobs.values()))

    def _is_ours(self) -> bool:
        """Whether this is the only service over the folder; another one's uploads are not to be touched."""
        if self._claim is None:
            self._folder.path.mkdir(parents=True, exist_ok=True)
            claim = FileLock(self._folder.path / ".lock", timeout=0, thread_local=False)
            try:
                claim.acquire()
            except (Timeout, OSError):
                return False
            self._claim = claim
        return True

    def _enqueue(self, job: Job) -> None:
        with self._changed:
            self._waiting.append(job.id)
            self._changed.notify_all()
            if self._worker is None:
                self._worker = threading.Thread(target=self._work, name="uploads", daemon=True)
                self._worker.start()

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._stopped.is_set())
                if self._stopped.is_set():
                    return
                job_id = self._waiting.popleft()
            self._run(job_id)

    def _run(self, job_id: str) -> None:
        job = self._set(job_id, state=State.READING, attempts=self.job(job_id).attempts + 1)
        try:
            self._folder.save(job)
            if job.attempts > _MOST_ATTEMPTS:
                raise ServiceError("处理这些文件时服务两次中断，已放弃；请把文件分几次重新上传")
            results = self._take_in(job)
            if results is None:  # its turn never came
                self._folder.save(self._set(job_id, state=State.QUEUED, attempts=job.attempts - 1))
                return
            job = self._set(job_id, state=State.DONE, results=results)
        except (IngestError, RetrieverError, ServiceError) as error:
            job = self._set(job_id, state=State.FAILED, problem=str(error))
        except Exception as error:
            logger.exception("an upload failed")
            reason = f"处理时程序出错（{type(error).__name__}）；请重新上传，仍不行请把服务日志交给管理员"
            job = self._set(job_id, state=State.FAILED, problem=reason)
        self._folder.discard(job_id)
        try:
            self._folder.save(job)
        except OSError:
            logger.exception("the record of an upload could not be written")

    def _take_in(self, job: Job) -> tuple[FileResult, ...] | None:
        """What became of the files of ``job``; None where the service stops before it was their turn."""
        self._folder.keep_only(self._folder.old_originals(), self._changer.origins())
        placed = self._folder.place(job)
        reports: tuple[FileReport, ...] = ()
        while placed:
            try:
                report = self._changer.take_in(list(placed), lambda *told: self._tell(job.id, *told))
                reports = report.files
                break
            except LibraryBusy:
                self._set(job.id, stage="等另一个导入结束")
                if self._stopped.wait(_WAIT_FOR_OTHERS):
                    return None
        self._folder.keep_only(placed, self._changer.origins())
        return tuple(_results(job, placed, reports))

    def _tell(self, job_id: str, stage: str, done: int, total: int) -> None:
        state = State.READING if stage == READING else State.INDEXING
        self._set(job_id, state=state, stage=stage, done=done, total=total)

    def _set(self, job_id: str, **changes: Any) -> Job:
        with self._changed:
            self._jobs[job_id] = replace(self._jobs[job_id], **changes)
            return self._jobs[job_id]


def _results(
    job: Job, placed: Mapping[Path, Received], reports: Sequence[FileReport]
) -> Iterator[FileResult]:
    """What became of each file in the order they were sent, those in an archive each by itself."""
    paths = {file: str(path) for path, file in placed.items()}
    for file in dict.fromkeys(job.files):
        if file not in paths:
            lost = f"{file.name}：收到的文件不见了；请重新上传"
            yield FileResult(file.name, Outcome.FAILED.value, detail=file.problem or lost)
            continue
        for report in reports:
            inner = report.origin.removeprefix(paths[file])
            if inner == "" or (inner != report.origin and inner.startswith(SEPARATOR)):
                detail = _detail(report, resumed=job.attempts > 1)
                yield FileResult(file.name + inner, report.outcome.value, report.document_id, detail)


def _detail(report: FileReport, *, resumed: bool) -> str:
    """What to say of a file; the reason that it moved would name a place on this machine."""
    if report.outcome is Outcome.MOVED:
        return "内容与一份原件已丢失的资料相同，今后以这个文件为原件"
    if report.outcome is Outcome.UNCHANGED and resumed:
        return "服务中断之前已经入库"
    return report.reason
