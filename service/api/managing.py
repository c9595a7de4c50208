"""What managers of the library do through the API: correct what is known of a document, fetch the file it came from."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Body, Depends, FastAPI, Request
from fastapi.responses import Response

from ingest.errors import CorrectionError
from service.api.access import Manager
from service.api.asked import Asked
from service.api.document_models import DocumentSummary
from service.api.fields import FieldsOut, RemovalsOut, RemovedOut
from service.api.models import Problem
from service.changing import Changer
from service.uploads.names import safe_name, suffix_of

_TYPES = {
    ".pdf": "application/pdf",
    ".doc": "application/msword",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
"""By suffix; anything else goes as bytes of no kind, so that no browser shows it."""


def _changer(request: Request) -> Changer:
    changer = request.app.state.changer
    assert isinstance(changer, Changer)
    return changer


Changing = Annotated[Changer, Depends(_changer)]


def add_routes(app: FastAPI) -> None:
    """Register the routes."""
    problems: dict[int | str, dict[str, Any]] = {
        s: {"model": Problem} for s in (401, 403, 404, 409, 422, 429)
    }
    one = "/api/documents/{document_id}"
    app.patch(one, dependencies=[Manager], responses=problems, summary="更正资料信息")(correct)
    app.delete(one, dependencies=[Manager], responses=problems, summary="移除资料")(remove)
    app.post(f"{one}/restore", dependencies=[Manager], responses=problems, summary="恢复移除的资料")(restore)
    app.get("/api/removed", dependencies=[Manager], responses=problems, summary="可以恢复的资料")(removed)
    app.get(f"{one}/fields", responses={404: problems[404]}, summary="资料信息：识别的和更正的")(fields)
    app.get(
        "/api/documents/{document_id}/original",
        responses={
            200: {"content": {"application/octet-stream": {}}},
            404: problems[404],
            409: problems[409],
        },
        response_class=Response,
        summary="下载原件",
    )(original)


def correct(
    document_id: str,
    changes: Annotated[
        dict[str, str | list[str] | None],
        Body(
            description="要更正的项和值；空文字表示此项为空，null 表示撤销更正",
            examples=[{"title": "关于……的通知"}],
        ),
    ],
    changer: Changing,
    assistant: Asked,
) -> DocumentSummary:
    """更正一份资料的标题、日期等信息，索引随之更新；要先打开设置 DANGJIAN_ALLOW_CHANGES。"""
    assistant.document(document_id)
    if not changes:
        raise CorrectionError('没有要更正的内容；请写明要更正的项，如 {"title": "关于……的通知"}')
    record = changer.correct(document_id, changes)
    return DocumentSummary.of(record, assistant.history(document_id))


def remove(document_id: str, changer: Changing, assistant: Asked) -> RemovedOut:
    """移除一份资料，以后的回答不再引用它；在保留期内可以原样恢复，原文件不动。"""
    assistant.document(document_id)
    changer.remove(document_id)
    (found,) = (each for each in assistant.library.removals.all() if each.record.id == document_id)
    return RemovedOut.of(found, assistant.settings.keep_removed_days)


def restore(document_id: str, changer: Changing, assistant: Asked) -> DocumentSummary:
    """恢复一份移除的资料，连同更正。"""
    record = changer.restore(document_id)
    return DocumentSummary.of(record, assistant.history(document_id))


def removed(assistant: Asked) -> RemovalsOut:
    """移除了、还可以恢复的资料，最近移除的在前。"""
    days = assistant.settings.keep_removed_days
    return RemovalsOut(documents=[RemovedOut.of(each, days) for each in assistant.library.removals.all()])


def fields(document_id: str, assistant: Asked) -> FieldsOut:
    """一份资料的各项信息：现在的值，从原文识别的值，是否更正过。"""
    document = assistant.document(document_id)
    detected = assistant.library.detected(document_id)
    return FieldsOut.of(document, detected, original=assistant.has_original(document))


def original(document_id: str, assistant: Asked) -> Response:
    """资料导入时的文件，一字节不差；文件已改动或不在时说明原因。"""
    origin, data = assistant.original(document_id)
    kind = _TYPES.get(PurePosixPath(origin).suffix.lower(), "application/octet-stream")
    headers = {"Content-Disposition": disposition(origin), "X-Content-Type-Options": "nosniff"}
    return Response(data, media_type=kind, headers=headers)


def disposition(origin: str) -> str:
    """The header that has the file at ``origin`` saved under its name (RFC 6266, RFC 5987), never shown in place."""
    name = safe_name(origin)
    plain = f"original{suffix_of(name)}"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
