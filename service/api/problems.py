"""Failures as problem bodies: Chinese, with the fix, never a traceback."""

from __future__ import annotations

import logging

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from ingest.errors import (
    CorrectionError,
    DocumentNotFound,
    IngestError,
    LibraryBusy,
    OriginalChanged,
    OriginalUnavailable,
)
from retriever.errors import IndexBusy, QueryError, RetrieverError
from service.api.models import Problem
from service.errors import (
    ChangesNotAllowed,
    ConversationError,
    ConversationNotFound,
    FeedbackError,
    FeedbackInvalid,
    FilterError,
    LessonConflict,
    LessonError,
    LessonInvalid,
    LessonNotFound,
    LessonUnwritable,
    QuestionError,
    ServiceError,
    ShareNotFound,
)

logger = logging.getLogger(__name__)

_STATUS: tuple[tuple[type[Exception], int, str], ...] = (
    (QuestionError, 422, "问题无法处理"),
    (QueryError, 422, "问题无法处理"),
    (FilterError, 422, "筛选条件不对"),
    (DocumentNotFound, 404, "没有这份资料"),
    (ChangesNotAllowed, 403, "没有开放修改"),
    (CorrectionError, 422, "更正不合要求"),
    (OriginalChanged, 409, "原件已改动"),
    (OriginalUnavailable, 404, "没有原件"),
    (LibraryBusy, 409, "资料库正忙"),
    (IndexBusy, 409, "资料库正忙"),
    (ConversationNotFound, 404, "没有这个对话"),
    (ShareNotFound, 404, "没有这个分享"),
    (ConversationError, 503, "对话记录暂不可用"),
    (LessonNotFound, 404, "没有这份党课"),
    (LessonConflict, 409, "党课已在别处保存"),
    (LessonInvalid, 422, "党课内容不合要求"),
    (LessonUnwritable, 422, "党课无法导出"),
    (LessonError, 503, "党课暂不可用"),
    (FeedbackInvalid, 422, "评价不合要求"),
    (FeedbackError, 503, "评价记录暂不可用"),
    (RetrieverError, 503, "索引暂不可用"),
    (IngestError, 503, "资料库暂不可用"),
    (ServiceError, 400, "请求无法处理"),
)
_HTTP = {
    404: ("没有这个地址", "请检查网址，或回到首页。"),
    405: ("不支持这种请求方法", "请对照 /openapi.json 中的接口说明。"),
    413: ("请求太大", "请缩短内容后再试。"),
}


def problem(status: int, title: str, detail: str, fix: str = "") -> JSONResponse:
    """A problem response. The fix may be part of the detail; then ``fix`` is empty."""
    body = Problem(status=status, title=title, detail=detail, fix=fix)
    return JSONResponse(body.model_dump(), status, media_type="application/problem+json")


def problem_of(error: Exception) -> Problem:
    """The problem body of one of our own errors."""
    for kind, status, title in _STATUS:
        if isinstance(error, kind):
            return Problem(status=status, title=title, detail=str(error), fix="")
    logger.error("unexpected error", exc_info=error)
    return Problem(
        status=500,
        title="服务内部出错",
        detail="这个请求没有处理成功，资料没有受影响。",
        fix="请重试；若仍出错，请把服务日志交给管理员。",
    )


def install(app: FastAPI) -> None:
    """Register the handlers."""

    @app.exception_handler(RequestValidationError)
    async def _invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        if reason := next((e["ctx"]["reason"] for e in error.errors() if e["type"] == "filter"), ""):
            return problem(422, "筛选条件不对", reason)
        fields = "、".join(
            dict.fromkeys(
                ".".join(str(p) for p in e["loc"] if p != "body") or "请求体" for e in error.errors()
            )
        )
        safe = fields.encode("utf-8", "replace").decode("utf-8")
        return problem(
            422,
            "请求格式不对",
            f"这些内容不合要求：{safe}。",
            "请对照 /openapi.json 中的接口说明改正后再试。",
        )

    @app.exception_handler(HTTPException)
    async def _http(_: Request, error: HTTPException) -> JSONResponse:
        title, fix = _HTTP.get(error.status_code, ("请求无法处理", "请检查后再试。"))
        return problem(error.status_code, title, title + "。", fix)

    async def _ours(_: Request, error: Exception) -> JSONResponse:
        body = problem_of(error)
        return JSONResponse(body.model_dump(), body.status, media_type="application/problem+json")

    for kind in (IngestError, RetrieverError, ServiceError, Exception):
        app.add_exception_handler(kind, _ours)
