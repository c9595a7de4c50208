"""Bringing files into the library through the API: the upload, and how far it is."""

from __future__ import annotations

import asyncio
import time
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Query, Request
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from ingest.formats.archive import ARCHIVES
from ingest.loaders import LOADERS
from ingest.report import Outcome
from service.api.access import Manager, may_change
from service.api.asked import Asked
from service.api.models import Problem
from service.api.multipart import receive
from service.assistant import Assistant
from service.errors import ChangesNotAllowed, PasswordWrong
from service.uploads.desk import Uploads
from service.uploads.types import FileResult, Job

UPLOAD = ("POST", "/api/documents")
"""The request whose body is not held in memory, and may be larger than others."""

_MULTIPART = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "files": {"type": "array", "items": {"type": "string", "format": "binary"}}
                    },
                }
            }
        },
    }
}


def _uploads(request: Request) -> Uploads:
    uploads = request.app.state.uploads
    assert isinstance(uploads, Uploads)
    return uploads


Desk = Annotated[Uploads, Depends(_uploads)]


class SentOut(BaseModel):
    """A file as it arrived; ``problem`` says why it was refused at once."""

    name: str
    size: int
    problem: str


class FileOut(BaseModel):
    """What became of a file, as ``dangjian ingest --json`` reports it; ``label`` is the outcome in Chinese."""

    path: str
    outcome: str
    label: str
    document_id: str
    detail: str
    title: str = Field(default="", description="资料的标题，已经入库的才有")

    @classmethod
    def of(cls, result: FileResult, title: str) -> FileOut:
        return cls(
            path=result.path,
            outcome=result.outcome,
            label=Outcome(result.outcome).label,
            document_id=result.document_id,
            detail=result.detail,
            title=title,
        )


class JobOut(BaseModel):
    """An upload and how far it is; ``files`` is complete once ``state`` is done."""

    id: str
    state: str = Field(description="queued、reading、indexing、done 或 failed")
    created: str
    stage: str
    done: int
    total: int
    problem: str
    sent: list[SentOut]
    files: list[FileOut]
    failed: int

    @classmethod
    def of(cls, job: Job, titles: dict[str, str]) -> JobOut:
        return cls(
            id=job.id,
            state=job.state.value,
            created=job.created,
            stage=job.stage,
            done=job.done,
            total=job.total,
            problem=job.problem,
            sent=[SentOut(name=f.name, size=f.size, problem=f.problem) for f in job.files],
            files=[FileOut.of(result, titles.get(result.document_id, "")) for result in job.results],
            failed=sum(result.outcome == Outcome.FAILED.value for result in job.results),
        )


class JobsOut(BaseModel):
    """The uploads remembered, the last first."""

    jobs: list[JobOut]


class AccessOut(BaseModel):
    """Whether the library can be changed by who asks, and what the page needs for it."""

    allowed: bool = Field(description="现在就可以修改")
    password: bool = Field(description="要先输入管理口令")
    reason: str = Field(description="不能修改时，为什么，怎么办")
    formats: list[str]
    file_bytes: int
    upload_bytes: int
    keep_removed_days: int


def add_routes(app: FastAPI) -> None:
    """Register the routes."""
    statuses = (400, 401, 403, 404, 409, 413, 429, 507)
    problems: dict[int | str, dict[str, Any]] = {status: {"model": Problem} for status in statuses}
    manager = [Manager]
    app.post(
        UPLOAD[1],
        dependencies=manager,
        responses=problems,
        status_code=202,
        openapi_extra=_MULTIPART,
        summary="上传资料",
    )(upload)
    app.get("/api/jobs", dependencies=manager, responses=problems, summary="最近的上传")(jobs)
    app.get("/api/jobs/{job_id}", dependencies=manager, responses=problems, summary="一次上传的进度和结果")(
        job
    )
    app.get("/api/access", summary="能否修改资料库")(access)


async def upload(
    request: Request,
    assistant: Asked,
    desk: Desk,
    wait: Annotated[
        float, Query(ge=0, le=600, description="最多等几秒；到时没有处理完也返回，可再查进度")
    ] = 0,
) -> JobOut:
    """上传一个或几个文件（也可以是 .zip），收全后排队入库；用返回的编号查进度和每个文件的结果。"""
    settings = assistant.settings
    with desk.receiving() as (job_id, folder):
        files = await receive(
            request, folder, file_bytes=settings.file_bytes, upload_bytes=settings.upload_bytes
        )
        found = await run_in_threadpool(desk.submit, job_id, files)
    until = time.monotonic() + wait
    while not found.state.ended and time.monotonic() < until:
        await asyncio.sleep(0.1)
        found = desk.job(job_id)
    return await run_in_threadpool(_shown, found, assistant)


def jobs(assistant: Asked, desk: Desk) -> JobsOut:
    """最近的上传，新的在前。"""
    return JobsOut(jobs=[_shown(each, assistant) for each in desk.jobs()])


def job(job_id: str, assistant: Asked, desk: Desk) -> JobOut:
    """一次上传的进度；完成后有每个文件的结果。"""
    return _shown(desk.job(job_id), assistant)


def access(request: Request, assistant: Asked) -> AccessOut:
    """现在能否修改资料库，以及上传的限制。带着管理口令来问，就按它回答。"""
    settings, reason, wrong = assistant.settings, "", False
    try:
        may_change(request, assistant, request.headers.get("x-dangjian-manager", ""))
    except ChangesNotAllowed as error:
        reason, wrong = str(error), isinstance(error, PasswordWrong)
    return AccessOut(
        allowed=not reason,
        password=wrong,
        reason=reason,
        formats=sorted({*LOADERS, *ARCHIVES}),
        file_bytes=settings.file_bytes,
        upload_bytes=settings.upload_bytes,
        keep_removed_days=settings.keep_removed_days,
    )


def _shown(found: Job, assistant: Assistant) -> JobOut:
    named = {result.document_id for result in found.results if result.document_id}
    titles = (
        {record.id: record.title for record in assistant.documents() if record.id in named} if named else {}
    )
    return JobOut.of(found, titles)
