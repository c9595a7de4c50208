"""The published JSON of the API and of ``dangjian … --json``: one place, additions only."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from ingest.metadata import display_title
from ingest.types import Document, Span
from retriever.types import Hit
from service.answering.places import location
from service.errors import FilterError
from service.scope import Filters
from service.types import Answer, Citation, Claim, Kind, Status


def _clean(value: object) -> object:
    """Lone surrogates can be written in JSON but not sent back: they become the replacement character."""
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else value


Text = Annotated[str, BeforeValidator(_clean)]

EXAMPLE_QUESTION = "如何破解“两张皮”？"


class FiltersIn(BaseModel):
    """Which documents may speak; leaving a field out allows all."""

    model_config = ConfigDict(extra="forbid")

    document_ids: list[Text] = Field(default=[], max_length=1000)
    kinds: list[Text] = Field(default=[], max_length=100, description="文献性质，如 报道、讲话")
    sources: list[Text] = Field(default=[], max_length=100, description="来源，如 人民日报")
    ranks: list[Text] = Field(default=[], max_length=100, description="层级，如 中央法规、部门文件")
    natures: list[Text] = Field(default=[], max_length=100, description="类别：规定、要求（讲话）、做法")

    @model_validator(mode="after")
    def _known(self) -> Self:
        try:
            self.to_filters(None)
        except FilterError as error:
            raise PydanticCustomError("filter", "{reason}", {"reason": str(error)}) from error
        return self

    def to_filters(self, as_of: date | None) -> Filters:
        return Filters(
            document_ids=frozenset(self.document_ids),
            kinds=frozenset(self.kinds),
            sources=frozenset(self.sources),
            as_of=as_of,
            ranks=frozenset(self.ranks),
            natures=frozenset(self.natures),
        )


class AskIn(BaseModel):
    """A question."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"question": EXAMPLE_QUESTION}]}
    )

    question: Text
    conversation_id: Annotated[Text, Field(max_length=64, pattern=r"^[A-Za-z0-9_-]*$")] = ""
    filters: FiltersIn | None = None
    kind: Kind | None = Field(
        default=None, description="按这一类问题作答；不填则由程序判断（回答里的 kind），判断得不对时用来更正"
    )
    as_of: date | None = Field(
        default=None, description="以这一天为准作答：之后发布的资料不用，法规用当天有效的版本"
    )

    def to_filters(self) -> Filters:
        return (self.filters or FiltersIn()).to_filters(self.as_of)


class CitationOut(BaseModel):
    """A verbatim excerpt: ``text[start:end] == quote`` in code points of the document's text."""

    id: int
    document_id: str
    title: str
    location: str
    quote: str
    start: int
    end: int
    context_start: int
    context_end: int
    published: str
    source: str
    score: float
    text_sha256: str
    rank: str = ""
    status: str = ""
    pages: list[int] = []
    nature: str = ""

    @classmethod
    def of(cls, c: Citation) -> CitationOut:
        return cls(
            id=c.id,
            document_id=c.document_id,
            title=c.title,
            location=c.location,
            quote=c.quote,
            start=c.span.start,
            end=c.span.end,
            context_start=c.context.start,
            context_end=c.context.end,
            published=c.published,
            source=c.source,
            score=c.score,
            text_sha256=c.text_sha256,
            rank=c.rank,
            status=c.status,
            pages=list(c.pages),
            nature=c.nature,
        )

    def to_citation(self) -> Citation:
        facts = self.model_dump(exclude={"start", "end", "context_start", "context_end", "pages"})
        return Citation(
            **facts,
            span=Span(self.start, self.end),
            context=Span(self.context_start, self.context_end),
            pages=tuple(self.pages),
        )


class ClaimOut(BaseModel):
    """A point of the answer; ``citations`` are ids."""

    text: str
    verbatim: bool
    citations: list[int]
    label: str = ""
    nature: str = Field(default="", description="规定、要求（讲话）、做法，或空")

    @classmethod
    def of(cls, c: Claim) -> ClaimOut:
        return cls(
            text=c.text, verbatim=c.verbatim, citations=list(c.citations), label=c.label, nature=c.nature
        )


class AnswerOut(BaseModel):
    """An answer with its evidence."""

    question: str
    status: Status
    kind: Kind
    answer: str = Field(description="Markdown，以 [1] 标注引文编号")
    claims: list[ClaimOut]
    conversation_id: str
    citations: list[CitationOut]
    evidence: float
    suggestions: list[str]
    timings_ms: dict[str, float]
    notes: list[str] = []
    choices: list[str] = []
    resolved_question: str = Field(default="", description="按对话补全后的问题；没有改动时为空")
    turn: int = Field(default=0, description="在所存对话里是第几轮，从 1 起；没有保存时为 0")
    summary: list[ClaimOut] = Field(
        default=[], description="归纳：语言模型据引文写成、逐句核对过的话，不是原文；没有用语言模型时为空"
    )
    related: list[CitationOut] = Field(
        default=[], description="没有找到答案时，内容最接近的原文；不是答案，编号与 citations 无关"
    )

    @classmethod
    def of(cls, a: Answer) -> AnswerOut:
        return cls(
            question=str(_clean(a.question)),
            status=a.status,
            kind=a.kind,
            answer=a.text,
            claims=[ClaimOut.of(c) for c in a.claims],
            conversation_id=a.conversation_id,
            citations=[CitationOut.of(c) for c in a.citations],
            evidence=a.evidence,
            suggestions=list(a.suggestions),
            timings_ms=a.timings_ms,
            notes=list(a.notes),
            choices=list(a.choices),
            resolved_question=str(_clean(a.resolved_question)),
            related=[CitationOut.of(c) for c in a.related],
            summary=[ClaimOut.of(c) for c in a.summary],
        )


class HitOut(BaseModel):
    """A passage found."""

    rank: int
    score: float
    passage_id: str
    document_id: str
    title: str
    location: str
    text: str
    start: int
    end: int
    pages: list[int] = []

    @classmethod
    def of(cls, rank: int, hit: Hit, document: Document) -> HitOut:
        """``document`` is the one the hit's passage is from."""
        p = hit.passage
        return cls(
            rank=rank,
            score=round(hit.score, 6),
            passage_id=p.id,
            document_id=p.document_id,
            title=display_title(document),
            location=location(p.path, document, p.span),
            text=p.text,
            start=p.span.start,
            end=p.span.end,
            pages=list(document.pages_of(p.span)),
        )


class SearchOut(BaseModel):
    """Passages for a query, best first."""

    query: str
    hits: list[HitOut]


class HealthOut(BaseModel):
    """Readiness and what the page needs to know."""

    status: str
    version: str
    documents: int
    passages: int
    embedder: str
    limits: dict[str, int]


class ExamplesOut(BaseModel):
    """Questions for a newcomer."""

    questions: list[str]


class Problem(BaseModel):
    """What every failed request gets: Chinese, with the fix."""

    status: int
    title: str
    detail: str
    fix: str
    errors: list[dict[str, Any]] = []
