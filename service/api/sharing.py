"""One answer over HTTP: looked at again, exported, shared with whoever has the link."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, FastAPI, Path, Query, Request, Response
from pydantic import BaseModel, Field

from service.api.asked import Asked
from service.api.conversations import Kept, Owner
from service.api.downloads import download
from service.api.models import AnswerOut, CitationOut, Problem
from service.checking import AnswerFormat, checked_excerpts, exported_answer
from service.lesson.types import Excerpt, ExcerptState
from service.sharing import Shares

_MISSING: dict[int | str, dict[str, Any]] = {404: {"model": Problem, "description": "没有这次问答或这个分享"}}


def _shares(request: Request, store: Kept) -> Shares:
    return Shares(request.app.state.assistant.settings, store)


Shared = Annotated[Shares, Depends(_shares)]
Turn = Annotated[int, Path(ge=1, le=10_000_000, description="对话里的第几轮，从 1 起")]
Token = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{16,64}$", description="分享链接中的标记")]
Kind = Annotated[
    AnswerFormat,
    Query(alias="format", description="md、docx、txt（供粘贴），或 json（供 dangjian verify 核对）"),
]


class CheckOut(BaseModel):
    """What has become of a citation of the answer.

    ``citation`` is where its words are now, the same as in the answer unless they moved. ``remark`` is Chinese, empty
    where the words stand where they stood.
    """

    id: int
    state: ExcerptState = Field(description="current、superseded、moved 或 vanished")
    remark: str
    citation: CitationOut

    @classmethod
    def of(cls, e: Excerpt) -> CheckOut:
        return cls(id=e.citation.id, state=e.state, remark=e.remark, citation=CitationOut.of(e.citation))


class CheckedAnswerOut(BaseModel):
    """A kept answer with each of its citations looked for in the library as it is now, in order."""

    answer: AnswerOut
    checks: list[CheckOut]


class ShareOut(BaseModel):
    """The token of an answer's link (``answer.html#s=…``), empty where it is not shared."""

    token: str


def add_routes(app: FastAPI) -> None:
    """Register the routes."""
    one = "/api/conversations/{conversation_id}/turns/{turn}"
    app.get(one, responses=_MISSING, summary="一次问答，引文按现在的资料库重新核对")(answer)
    app.get(f"{one}/export", responses=_MISSING, summary="导出一次问答", response_class=Response)(export)
    app.get(f"{one}/share", responses=_MISSING, summary="这次问答的分享链接")(share_of)
    app.post(f"{one}/share", responses=_MISSING, summary="分享这次问答")(share)
    app.delete(f"{one}/share", responses=_MISSING, status_code=204, summary="取消分享")(revoke)
    shared = "/api/shared/{token}"
    app.get(shared, responses=_MISSING, summary="别人分享的问答，引文按现在的资料库重新核对")(shared_answer)
    app.get(f"{shared}/export", responses=_MISSING, summary="导出别人分享的问答", response_class=Response)(
        shared_export
    )


def answer(
    conversation_id: str, turn: Turn, store: Kept, assistant: Asked, owner: Owner = ""
) -> CheckedAnswerOut:
    """一次问答；每条引文都在现在的资料库里重新查找，state 和 remark 说明变化。"""
    return _checked(store.answer(conversation_id, turn, owner), assistant)


def export(
    conversation_id: str,
    turn: Turn,
    store: Kept,
    assistant: Asked,
    owner: Owner = "",
    kind: Kind = AnswerFormat.MD,
) -> Response:
    """把一次问答导出为文件，文内编号，文末列出处和原文。"""
    return _exported(store.answer(conversation_id, turn, owner), kind, assistant)


def share_of(conversation_id: str, turn: Turn, shares: Shared, owner: Owner = "") -> ShareOut:
    """这次问答的分享链接；没有分享时为空。"""
    return ShareOut(token=shares.token(conversation_id, turn, owner))


def share(conversation_id: str, turn: Turn, shares: Shared, owner: Owner = "") -> ShareOut:
    """分享这次问答：有链接的人都能看到问题和回答，看不到对话的其他部分。再次分享得到同一个链接。"""
    return ShareOut(token=shares.share(conversation_id, turn, owner))


def revoke(conversation_id: str, turn: Turn, shares: Shared, owner: Owner = "") -> Response:
    """取消分享，原来的链接不再有效。"""
    shares.revoke(conversation_id, turn, owner)
    return Response(status_code=204)


def shared_answer(token: Token, shares: Shared, assistant: Asked) -> CheckedAnswerOut:
    """别人分享的一次问答，每条引文都在现在的资料库里重新查找。"""
    return _checked(shares.shared(token), assistant)


def shared_export(token: Token, shares: Shared, assistant: Asked, kind: Kind = AnswerFormat.MD) -> Response:
    """把别人分享的一次问答导出为文件。"""
    return _exported(shares.shared(token), kind, assistant)


def _checked(kept: AnswerOut, assistant: Asked) -> CheckedAnswerOut:
    checks = [CheckOut.of(excerpt) for excerpt in checked_excerpts(kept, assistant)]
    return CheckedAnswerOut(answer=kept, checks=checks)


def _exported(kept: AnswerOut, kind: AnswerFormat, assistant: Asked) -> Response:
    return download(exported_answer(kept, kind, assistant), kind.media, kept.question, kind)
