"""Conversations over HTTP: asking within one, the list, renaming, deleting, exporting."""

from __future__ import annotations

import logging
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import Depends, FastAPI, Header, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from service.api.models import AnswerOut, AskIn, Problem, Text
from service.assistant import Assistant
from service.conversations import Conversation, Conversations, KeptTurn
from service.errors import ConversationError, ConversationNotFound
from service.transcript import transcript

_LOG = logging.getLogger(__name__)
_MISSING: dict[int | str, dict[str, Any]] = {404: {"model": Problem, "description": "没有这个对话"}}


def _store(request: Request) -> Conversations | None:
    store = request.app.state.conversations
    return store if isinstance(store, Conversations) else None


def _kept(store: Annotated[Conversations | None, Depends(_store)]) -> Conversations:
    if store is None:
        raise ConversationNotFound(
            "这个服务不保存对话。要保存，请设置 DANGJIAN_KEEP_CONVERSATIONS=true 后重新启动。"
        )
    return store


Store = Annotated[Conversations | None, Depends(_store)]
Kept = Annotated[Conversations, Depends(_kept)]
Owner = Annotated[
    str,
    Header(
        alias="X-Dangjian-Owner",
        pattern=r"^[A-Za-z0-9_-]{16,64}$|^$",
        description="浏览器自己生成的、无法猜到的标记；对话只归带同一标记的人",
    ),
]


class ConversationSummary(BaseModel):
    """A conversation without its turns."""

    id: str
    title: str
    created: str
    updated: str
    turns: int

    @classmethod
    def of(cls, c: Conversation) -> ConversationSummary:
        return cls(id=c.id, title=c.title, created=c.created, updated=c.updated, turns=c.turns)


class ConversationsOut(BaseModel):
    """The conversations of an owner, the one used last first; ``kept`` says whether the service keeps any."""

    kept: bool
    conversations: list[ConversationSummary]


class TurnOut(BaseModel):
    """A question with its answer."""

    question: str
    asked_at: str
    answer: AnswerOut

    @classmethod
    def of(cls, t: KeptTurn) -> TurnOut:
        return cls(question=t.answer.question, asked_at=t.asked_at, answer=t.answer)


class ConversationOut(BaseModel):
    """A conversation with its turns, the earliest first."""

    id: str
    title: str
    created: str
    updated: str
    turns: list[TurnOut]

    @classmethod
    def of(cls, c: Conversation, turns: list[KeptTurn]) -> ConversationOut:
        asked = [TurnOut.of(turn) for turn in turns]
        return cls(id=c.id, title=c.title, created=c.created, updated=c.updated, turns=asked)


class RenameIn(BaseModel):
    """A new title."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    title: Annotated[Text, Field(min_length=1, max_length=80)]


def add_routes(app: FastAPI) -> None:
    """Register the routes."""
    one = "/api/conversations/{conversation_id}"
    app.get("/api/conversations", summary="自己的对话")(conversations)
    app.get(one, responses=_MISSING, summary="一个对话的全部问答")(conversation)
    app.patch(one, responses=_MISSING, summary="给对话改名")(rename)
    app.delete(one, responses=_MISSING, status_code=204, summary="删除对话")(delete)
    app.get(f"{one}/export", responses=_MISSING, summary="导出对话", response_class=Response)(export)


def answered(assistant: Assistant, store: Conversations | None, body: AskIn, owner: str) -> AnswerOut:
    """The answer to ``body`` within its conversation, which is kept.

    A file that cannot be used does not cost the answer: it is given with a note. Raises ConversationNotFound where the
    conversation is another's.
    """
    turns = None
    if store is not None and body.conversation_id:
        try:
            turns = store.turns(body.conversation_id, owner)
        except ConversationNotFound:
            raise
        except ConversationError as error:
            _LOG.error("the conversation could not be read: %s", error)
    answer = AnswerOut.of(
        assistant.ask(body.question, body.to_filters(), body.conversation_id, turns, body.kind)
    )
    if store is not None:
        try:
            answer.turn = store.keep(answer, owner)
        except ConversationError as error:
            _LOG.error("the answer could not be kept: %s", error)
            answer.notes.append(f"这次问答没有存进对话记录：{error}。")
    return answer


def conversations(store: Store, owner: Owner = "") -> ConversationsOut:
    """带同一标记的全部对话，最近用过的在前；没有标记时为空。"""
    rows = store.of_owner(owner) if store else []
    return ConversationsOut(
        kept=store is not None, conversations=[ConversationSummary.of(row) for row in rows]
    )


def conversation(conversation_id: str, store: Kept, owner: Owner = "") -> ConversationOut:
    """一个对话的全部问答，按时间先后。"""
    return ConversationOut.of(*store.get(conversation_id, owner))


def rename(conversation_id: str, body: RenameIn, store: Kept, owner: Owner = "") -> ConversationSummary:
    """给对话改名。"""
    return ConversationSummary.of(store.rename(conversation_id, body.title, owner))


def delete(conversation_id: str, request: Request, store: Kept, owner: Owner = "") -> Response:
    """删除对话和其中的问答，连同对它的评价。"""
    store.delete(conversation_id, owner)
    request.app.state.feedback.withdraw(conversation_id)
    return Response(status_code=204)


def export(
    conversation_id: str,
    store: Kept,
    owner: Owner = "",
    kind: Annotated[
        Literal["md", "json"], Query(alias="format", description="md（文内编号，文末列出处）或 json")
    ] = "md",
) -> Response:
    """把对话导出为文件。"""
    about, turns = store.get(conversation_id, owner)
    if kind == "json":
        text, media = ConversationOut.of(about, turns).model_dump_json(indent=2), "application/json"
    else:
        text, media = transcript(about.title, [turn.answer for turn in turns]), "text/markdown"
    name = quote("".join("_" if char in '\\/:*?"<>|\n\r' else char for char in about.title))
    disposition = f"attachment; filename=\"conversation.{kind}\"; filename*=UTF-8''{name}.{kind}"
    return Response(text, media_type=f"{media}; charset=utf-8", headers={"Content-Disposition": disposition})
