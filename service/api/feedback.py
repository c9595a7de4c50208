"""Feedback over HTTP: a thumb for a turn of a kept conversation, changed or withdrawn by whoever it belongs to."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from service.api.asked import Asked
from service.api.conversations import Kept, Owner, Store
from service.api.models import Problem, Text
from service.assistant import Assistant
from service.feedback import REASONS, Feedback, FeedbackStore, Thumb

_PROBLEMS: dict[int | str, dict[str, Any]] = {s: {"model": Problem} for s in (404, 422, 503)}
_Conversation = Annotated[Text, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]*$")]


def feedback_store(request: Request) -> FeedbackStore:
    """The feedback of the application that ``request`` came to."""
    store = request.app.state.feedback
    assert isinstance(store, FeedbackStore)
    return store


Given = Annotated[FeedbackStore, Depends(feedback_store)]


class FeedbackIn(BaseModel):
    """What a reader says of one turn; given again, it replaces what was said before."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    conversation_id: _Conversation
    turn: int = Field(ge=1, le=10_000_000, description="对话里的第几轮，回答里的 turn")
    verdict: Thumb
    reason: Text = Field(default="", description=f"没帮助的原因：{'、'.join(REASONS)}，或空")
    comment: Annotated[Text, Field(max_length=500)] = ""
    confirmed: list[int] = Field(default=[], max_length=200, description="确认无误的引文编号，仅用于有帮助")

    def to_feedback(self) -> Feedback:
        confirmed = tuple(sorted(set(self.confirmed)))
        return Feedback(self.conversation_id, self.turn, self.verdict, self.reason, self.comment, confirmed)


class FeedbackOut(BaseModel):
    """What was said of one turn."""

    turn: int
    verdict: Thumb
    reason: str
    comment: str
    confirmed: list[int]

    @classmethod
    def of(cls, f: Feedback) -> FeedbackOut:
        return cls(
            turn=f.turn, verdict=f.thumb, reason=f.reason, comment=f.comment, confirmed=list(f.confirmed)
        )


class FeedbackListOut(BaseModel):
    """What was said of a conversation, and the reasons there are to choose from."""

    reasons: list[str]
    feedback: list[FeedbackOut]


def add_routes(app: FastAPI) -> None:
    """Register the routes."""
    app.post("/api/feedback", responses=_PROBLEMS, summary="评价一次回答")(give)
    app.get("/api/feedback", responses=_PROBLEMS, summary="自己对一个对话的评价")(given)
    app.delete(
        "/api/feedback/{conversation_id}/{turn}", responses=_PROBLEMS, status_code=204, summary="撤回评价"
    )(withdraw)


def give(
    body: FeedbackIn, conversations: Kept, store: Given, assistant: Asked, owner: Owner = ""
) -> FeedbackOut:
    """评价一次回答是否有帮助；再次评价会代替上一次。只保存问题和评价，不保存提问的人。"""
    answer = conversations.answer(body.conversation_id, body.turn, owner)
    given = body.to_feedback()
    store.give(given, answer, lambda document_id: _file_of(assistant, document_id))
    return FeedbackOut.of(given)


def given(
    conversation_id: Annotated[_Conversation, Query()], conversations: Store, store: Given, owner: Owner = ""
) -> FeedbackListOut:
    """对一个对话各轮回答的评价。"""
    if conversations is not None:
        conversations.turns(conversation_id, owner)  # another's are not shown
    rows = store.of_conversation(conversation_id)
    return FeedbackListOut(reasons=list(REASONS), feedback=[FeedbackOut.of(row) for row in rows])


def withdraw(
    conversation_id: str, turn: int, conversations: Kept, store: Given, owner: Owner = ""
) -> Response:
    """撤回对一次回答的评价。"""
    conversations.answer(conversation_id, turn, owner)
    store.withdraw(conversation_id, turn)
    return Response(status_code=204)


def _file_of(assistant: Assistant, document_id: str) -> str:
    """The name of the file that a document was made of, by which evaluations know it; never its folder."""
    origin = assistant.document(document_id).origin.replace("\\", "/").replace("!/", "/")
    return PurePosixPath(origin).name.split(":")[-1]
