"""Lessons over HTTP: made from a topic, edited and saved, offered other excerpts, exported."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends, FastAPI, Query, Request, Response

from service.api.asked import Asked
from service.api.conversations import Owner
from service.api.lesson_models import (
    CandidateOut,
    CandidatesOut,
    LessonIn,
    LessonOut,
    LessonsOut,
    LessonSummary,
)
from service.api.models import CitationOut, Problem
from service.errors import LessonNotFound
from service.lesson.candidates import candidates, taken
from service.lesson.editing import accepted
from service.lesson.formats import Format, exported
from service.lesson.making import make as make_lesson
from service.lesson.recheck import rechecked
from service.lesson.store import Lessons, conflict
from service.lesson.types import Lesson
from service.types import Citation

_PROBLEMS: dict[int | str, dict[str, Any]] = {
    404: {"model": Problem, "description": "没有这份党课"},
    422: {"model": Problem, "description": "内容不合要求"},
}
_CONFLICT: dict[int | str, dict[str, Any]] = {409: {"model": Problem, "description": "已在别处保存"}}


def _store(request: Request) -> Lessons:
    store = request.app.state.lessons
    assert isinstance(store, Lessons)
    return store


Store = Annotated[Lessons, Depends(_store)]
Asking = Annotated[str, Query(max_length=500, description="检索词")]


def add_routes(app: FastAPI) -> None:
    """Register the routes."""
    one = "/api/lessons/{lesson_id}"
    app.post("/api/lessons", status_code=201, summary="按主题生成一份党课")(make)
    app.get("/api/lessons", summary="自己的党课")(lessons)
    app.get("/api/lessons/candidates", summary="新要点的候选摘录")(new_candidates)
    app.get(one, responses=_PROBLEMS, summary="一份党课，按现在的资料库重新核对")(lesson)
    app.put(one, responses={**_PROBLEMS, **_CONFLICT}, summary="保存党课")(save)
    app.delete(one, responses=_PROBLEMS, status_code=204, summary="删除党课")(delete)
    app.get(f"{one}/points/{{point_id}}/candidates", responses=_PROBLEMS, summary="要点的其他候选摘录")(
        point_candidates
    )
    app.get(f"{one}/export", responses=_PROBLEMS, summary="导出党课", response_class=Response)(export)


def make(body: LessonIn, assistant: Asked, store: Store, owner: Owner = "") -> LessonOut:
    """按主题、听众和时长生成一份党课并保存。每条摘录都是原文；资料库里没有的部分，在 missing 里说明。"""
    made = make_lesson(assistant, body.topic, body.audience, body.minutes, body.to_filters())
    return LessonOut.of(store.add(made, body, owner))


def lessons(store: Store, owner: Owner = "") -> LessonsOut:
    """带同一标记的全部党课，最近保存的在前；没有标记时为空。"""
    return LessonsOut(lessons=[LessonSummary.of(row) for row in store.of_owner(owner)])


def lesson(lesson_id: str, assistant: Asked, store: Store, owner: Owner = "") -> LessonOut:
    """一份党课；每条摘录都按现在的资料库重新核对，state 和 remark 说明变化。"""
    return LessonOut.of(rechecked(store.get(lesson_id, owner).lesson, assistant.view()))


def save(lesson_id: str, body: LessonOut, assistant: Asked, store: Store, owner: Owner = "") -> LessonOut:
    """保存整份党课。revision 须是载入时的那个；摘录须是资料库里的原文。"""
    stored = store.get(lesson_id, owner).lesson
    if body.id != lesson_id or body.revision != stored.revision:
        raise conflict()
    view = assistant.view()
    saved = store.save(accepted(body.to_lesson(), stored, view), owner)
    return LessonOut.of(rechecked(saved, view))


def delete(lesson_id: str, store: Store, owner: Owner = "") -> Response:
    """删除党课。"""
    store.delete(lesson_id, owner)
    return Response(status_code=204)


def new_candidates(q: Asking, assistant: Asked) -> CandidatesOut:
    """与 q 相关的摘录，最相关的在前。"""
    text = assistant.check_question(q)
    return _candidates(candidates(assistant.view(topic=text), text))


def point_candidates(
    lesson_id: str, point_id: str, assistant: Asked, store: Store, q: Asking = "", owner: Owner = ""
) -> CandidatesOut:
    """一个要点的其他候选摘录，最相关的在前，不含已在这份党课里的；不给 q 时按主题和要点检索。"""
    kept = store.get(lesson_id, owner)
    text = assistant.check_question(q) if q.strip() else _searched(kept.lesson, point_id)
    view = assistant.view(kept.asked.to_filters(), kept.lesson.topic)
    return _candidates(candidates(view, text, taken(kept.lesson)))


def export(
    lesson_id: str,
    assistant: Asked,
    store: Store,
    owner: Owner = "",
    kind: Annotated[
        Format, Query(alias="format", description="md、docx（讲稿）或 pptx（幻灯片）")
    ] = Format.MD,
) -> Response:
    """把党课导出为文件，摘录按现在的资料库重新核对过。"""
    found = rechecked(store.get(lesson_id, owner).lesson, assistant.view())
    name = quote("".join("_" if char in '\\/:*?"<>|\n\r' else char for char in found.title or found.topic))
    disposition = f"attachment; filename=\"lesson.{kind}\"; filename*=UTF-8''{name}.{kind}"
    return Response(
        exported(found, kind, assistant), media_type=kind.media, headers={"Content-Disposition": disposition}
    )


def _searched(lesson: Lesson, point_id: str) -> str:
    """What other excerpts for a point are searched by."""
    for section in lesson.sections:
        for point in section.points:
            if point.id == point_id:
                return f"{lesson.topic} {point.text}"[:500]
    raise LessonNotFound("没有这个要点，可能已经删除。请重新载入这份党课。")


def _candidates(found: list[Citation]) -> CandidatesOut:
    return CandidatesOut(candidates=[CandidateOut(citation=CitationOut.of(citation)) for citation in found])
