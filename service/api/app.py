"""The HTTP service: the API and the page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import date
from mimetypes import add_type
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import Depends, FastAPI, Query
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.staticfiles import StaticFiles

from service.api import (
    conversations,
    evaluations,
    feedback,
    lessons,
    managing,
    reading,
    sharing,
    uploading,
)
from service.api.access import Attempts
from service.api.asked import Asked
from service.api.conversations import Owner, Store, answered, asked, kept
from service.api.document_models import DocumentOut, DocumentsOut, DocumentSummary
from service.api.limits import Guard
from service.api.models import (
    EXAMPLE_QUESTION,
    AnswerOut,
    AskIn,
    ExamplesOut,
    HealthOut,
    HitOut,
    Problem,
    SearchOut,
)
from service.api.problems import install, problem_of
from service.api.versions import DiffOut
from service.assistant import Assistant, Filters
from service.changing import Changer
from service.conversations import Conversations
from service.examples import example_questions
from service.feedback import FeedbackStore
from service.lesson.store import Lessons
from service.reading import reading_form
from service.uploads.desk import Uploads
from service.uploads.folder import UploadFolder
from service.version import VERSION

add_type("text/javascript", ".js")  # some Windows registries say text/plain, and then no module runs
WEB = Path(__file__).resolve().parent.parent / "web"
_PROBLEMS: dict[int | str, dict[str, Any]] = {
    422: {"model": Problem, "description": "问题或参数不合要求"},
    503: {"model": Problem, "description": "资料库或索引暂不可用"},
}


def create_app(assistant: Assistant) -> FastAPI:
    """The application over ``assistant``, which it closes when it stops."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        if assistant.settings.allow_changes:
            app.state.uploads.start()
        yield
        app.state.uploads.stop()
        assistant.close()

    app = FastAPI(
        title="党建问答",
        version=VERSION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        summary="机关党建政策、法规和经验材料的问答：每条依据都是可核对的原文",
    )
    app.state.assistant = assistant
    app.state.attempts = Attempts()
    app.state.changer = Changer(assistant)
    app.state.uploads = Uploads(app.state.changer, UploadFolder(assistant.settings.uploads_path))
    app.state.conversations = (
        Conversations(assistant.settings) if assistant.settings.keep_conversations else None
    )
    app.state.lessons = Lessons(assistant.settings)
    app.state.feedback = FeedbackStore(assistant.settings)
    app.add_middleware(Guard, most=assistant.settings.request_bytes, streamed=(uploading.UPLOAD,))
    install(app)
    _add_routes(app)
    app.mount("/", StaticFiles(directory=WEB, html=True), name="web")
    return app


def _add_routes(app: FastAPI) -> None:
    app.post("/api/ask", responses=_PROBLEMS, summary="提问")(ask)
    app.post(
        "/api/ask/stream", response_class=EventSourceResponse, responses=_PROBLEMS, summary="提问（流式）"
    )(ask_stream)
    app.get("/api/search", responses=_PROBLEMS, summary="检索段落")(search)
    app.get("/api/documents", summary="资料目录")(documents)
    app.get(
        "/api/documents/diff", responses={404: {"model": Problem}, **_PROBLEMS}, summary="两份资料逐条对照"
    )(diff)
    app.get("/api/documents/{document_id}", responses={404: {"model": Problem}}, summary="资料原文")(document)
    app.get("/api/examples", summary="示例问题")(examples)
    app.get("/api/health", summary="服务状态")(health)
    conversations.add_routes(app)
    evaluations.add_routes(app)
    lessons.add_routes(app)
    feedback.add_routes(app)
    managing.add_routes(app)
    reading.add_routes(app)
    sharing.add_routes(app)
    uploading.add_routes(app)


def ask(body: AskIn, assistant: Asked, store: Store, owner: Owner = "") -> AnswerOut:
    """回答一个问题。每条引文满足 text[start:end] == quote（按码点计）。"""
    return answered(assistant, store, body, owner)


def ask_stream(body: AskIn, assistant: Asked, store: Store, owner: Owner = "") -> Iterator[ServerSentEvent]:
    """同一回答，以 Server-Sent Events 依次送出：start、每条要点 claim、最后是完整的 answer（含归纳）；出错时为 error。"""
    yield ServerSentEvent(
        event="start", data={"question": body.question, "conversation_id": body.conversation_id}
    )
    try:
        found = asked(assistant, store, body, owner)
        if assistant.summarises:  # the excerpts do not wait for the language model
            yield from _claim_events(AnswerOut.of(found))
        answer = kept(store, assistant.summarised(found), owner)
    except Exception as error:  # the headers are sent: the failure travels as an event
        yield ServerSentEvent(event="error", data=problem_of(error).model_dump())
        return
    if not assistant.summarises:
        yield from _claim_events(answer)
    yield ServerSentEvent(event="answer", data=answer.model_dump(mode="json"))


def _claim_events(answer: AnswerOut) -> Iterator[ServerSentEvent]:
    sent: set[int] = set()
    for index, claim in enumerate(answer.claims):
        new = [c for c in answer.citations if c.id in claim.citations and c.id not in sent]
        sent.update(c.id for c in new)
        data = {
            "index": index,
            "claim": claim.model_dump(),
            "citations": [citation.model_dump() for citation in new],
        }
        yield ServerSentEvent(event="claim", data=data)


def _filters(
    document_id: Annotated[list[str] | None, Query(description="只在这些资料中检索，可多次给出")] = None,
    kind: Annotated[list[str] | None, Query(description="性质，可多次给出")] = None,
    source: Annotated[list[str] | None, Query(description="来源，可多次给出")] = None,
    rank: Annotated[list[str] | None, Query(description="层级，可多次给出")] = None,
    nature: Annotated[list[str] | None, Query(description="类别：规定、要求、做法，可多次给出")] = None,
    as_of: Annotated[date | None, Query(description="只检索这一天及以前发布的资料")] = None,
) -> Filters:
    return Filters(
        document_ids=frozenset(document_id or ()),
        kinds=frozenset(kind or ()),
        sources=frozenset(source or ()),
        as_of=as_of,
        ranks=frozenset(rank or ()),
        natures=frozenset(nature or ()),
    )


def search(
    assistant: Asked,
    q: Annotated[str, Query(description="检索词", examples=[EXAMPLE_QUESTION])],
    filters: Annotated[Filters, Depends(_filters)],
    k: Annotated[int, Query(ge=1, le=500, description="最多返回几段")] = 10,
) -> SearchOut:
    """检索与 q 相关的段落，最相关的在前。"""
    hits = assistant.search(q, min(k, assistant.settings.search_limit), filters)
    return SearchOut(
        query=q,
        hits=[
            HitOut.of(rank, hit, assistant.document(hit.passage.document_id))
            for rank, hit in enumerate(hits, 1)
        ],
    )


def documents(assistant: Asked) -> DocumentsOut:
    """所有资料。"""
    return DocumentsOut(
        documents=[DocumentSummary.of(r, assistant.history(r.id)) for r in assistant.documents()]
    )


def document(
    document_id: str,
    assistant: Asked,
    script: Annotated[
        Literal["simplified"] | None, Query(description="simplified：另附简体对照 reading，与全文逐字对应")
    ] = None,
) -> DocumentOut:
    """一份资料的全文、章节、修复记录、各个版本，以及文中引用的条款和文件。"""
    found, history = assistant.document(document_id), assistant.history(document_id)
    links = assistant.links(document_id)
    out = DocumentOut.of(found, history, links, original=assistant.has_original(found))
    simplified, differing = reading_form(found)
    return out.model_copy(
        update={"traditional": differing, "reading": simplified if script == "simplified" else None}
    )


def diff(
    assistant: Asked,
    a: Annotated[str, Query(description="一份资料的编号，通常是旧的版本")],
    b: Annotated[str, Query(description="另一份资料的编号")],
) -> DiffOut:
    """两份资料逐条对照；没有条文的逐段对照。每一段都带在各自全文里的位置（按码点计）。"""
    histories = assistant.history(a), assistant.history(b)
    return DiffOut.of(assistant.document(a), assistant.document(b), histories, assistant.differences(a, b))


def examples(assistant: Asked) -> ExamplesOut:
    """给新用户的示例问题，取自资料中的章节标题。"""
    return ExamplesOut(questions=list(example_questions(assistant)))


def health(assistant: Asked) -> HealthOut:
    """服务是否就绪。"""
    manifest = assistant.generation.manifest
    return HealthOut(
        status="ready",
        version=VERSION,
        documents=len(manifest.snapshot),
        passages=manifest.passages,
        embedder=str(manifest.embedder["name"]),
        limits={"question_characters": assistant.settings.question_characters},
    )
