"""What managers of the library do through the API: correct what is known of a document, fetch the file it came from."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Body, FastAPI, Request
from fastapi.responses import Response

from ingest.errors import CorrectionError
from service import build
from service.api.asked import Asked
from service.api.models import DocumentSummary, Problem
from service.errors import ChangesNotAllowed

_TYPES = {
    ".pdf": "application/pdf",
    ".doc": "application/msword",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
"""By suffix; anything else goes as bytes of no kind, so that no browser shows it."""

_MOST_NAME = 150


def add_routes(app: FastAPI) -> None:
    """Register the routes."""
    problems: dict[int | str, dict[str, Any]] = {s: {"model": Problem} for s in (403, 404, 409, 422)}
    app.patch("/api/documents/{document_id}", responses=problems, summary="更正资料信息")(correct)
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
    request: Request,
    assistant: Asked,
) -> DocumentSummary:
    """更正一份资料的标题、日期等信息，索引随之更新；要先打开设置 DANGJIAN_ALLOW_CHANGES。"""
    if not assistant.settings.allow_changes:
        raise ChangesNotAllowed(
            "服务没有开放修改资料库。请由管理员设置 DANGJIAN_ALLOW_CHANGES=true 后重启服务。"
        )
    assistant.document(document_id)
    if not changes:
        raise CorrectionError('没有要更正的内容；请写明要更正的项，如 {"title": "关于……的通知"}')
    with request.app.state.changing:
        record = build.correct(
            assistant.settings,
            document_id,
            changes,
            progress=lambda stage, done, total: None,
            embedder=assistant.retriever.embedder,
            analyzer=assistant.analyzer,
        )
    assistant.look_again()
    return DocumentSummary.of(record, assistant.history(document_id))


def original(document_id: str, assistant: Asked) -> Response:
    """资料导入时的文件，一字节不差；文件已改动或不在时说明原因。"""
    origin, data = assistant.original(document_id)
    kind = _TYPES.get(PurePosixPath(origin).suffix.lower(), "application/octet-stream")
    headers = {"Content-Disposition": disposition(origin), "X-Content-Type-Options": "nosniff"}
    return Response(data, media_type=kind, headers=headers)


def disposition(origin: str) -> str:
    """The header that has the file at ``origin`` saved under its name (RFC 6266, RFC 5987), never shown in place."""
    name = safe_name(origin)
    plain = f"original{_suffix(name)}"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def safe_name(origin: str) -> str:
    """The file's own name without what no name should have: separators, controls, marks that turn the direction."""
    last = re.split(r"[/\\]", origin)[-1]
    kept = "".join(
        "_" if char in '<>:"|?*' else char
        for char in last
        if unicodedata.category(char) not in ("Cc", "Cf", "Cs")
    )
    stem, suffix = kept.strip(". "), _suffix(kept.strip(". "))
    return stem if len(stem) <= _MOST_NAME else stem[: _MOST_NAME - len(suffix)] + suffix


def _suffix(name: str) -> str:
    suffix = PurePosixPath(name).suffix
    return suffix if re.fullmatch(r"\.[A-Za-z0-9]{1,10}", suffix) else ""
