"""Reading a document over HTTP: the repairs made to its raw text, and an excerpt checked anew."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any

from fastapi import FastAPI, Query
from pydantic import BaseModel, ConfigDict, Field, model_validator

from ingest.types import Span
from service.api.asked import Asked
from service.api.models import Problem, Text
from service.reading import Recheck, Repair, Repairs, recheck, repairs_of

_PROBLEMS: dict[int | str, dict[str, Any]] = {s: {"model": Problem} for s in (404, 422)}


class RepairOut(BaseModel):
    """A repair: in the document's text it stands at ``[start, end)``, in the raw file's at ``[raw_start, raw_end)``.

    Offsets are code points. ``removed`` is null where the raw file cannot be had.
    """

    kind: str
    start: int
    end: int
    raw_start: int
    raw_end: int
    removed: str | None
    replacement: str

    @classmethod
    def of(cls, row: Repair) -> RepairOut:
        return cls(
            kind=row.kind,
            start=row.place.start,
            end=row.place.end,
            raw_start=row.raw.start,
            raw_end=row.raw.end,
            removed=row.removed,
            replacement=row.replacement,
        )


class RepairsOut(BaseModel):
    """The repairs of a document in order; ``counts`` are by kind and of all, ``repairs`` may be cut at ``limit``."""

    total: int
    counts: dict[str, int]
    repairs: list[RepairOut]
    reason: str = Field(default="", description="没有原件文字的原因；有原件时为空")

    @classmethod
    def of(cls, found: Repairs, kinds: frozenset[str], limit: int) -> RepairsOut:
        chosen = [row for row in found.rows if not kinds or row.kind in kinds]
        return cls(
            total=len(found.rows),
            counts=dict(Counter(row.kind for row in found.rows).most_common()),
            repairs=[RepairOut.of(row) for row in chosen[:limit]],
            reason=found.reason,
        )


class VerifyIn(BaseModel):
    """An excerpt to check: ``text[start:end] == quote`` in code points."""

    model_config = ConfigDict(extra="forbid")

    document_id: Annotated[Text, Field(max_length=200)]
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    quote: Text
    text_sha256: Annotated[str, Field(max_length=64)] = ""

    @model_validator(mode="after")
    def _ordered(self) -> VerifyIn:
        if self.end < self.start:
            raise ValueError("end is before start")
        return self


class VerifyOut(BaseModel):
    """Whether the excerpt stands in the stored text now; ``reason`` is Chinese, empty where it does."""

    ok: bool
    reason: str
    text_sha256: str = Field(description="现在对库中全文重新计算的 SHA-256")
    recorded_sha256: str = Field(description="导入时记下的 SHA-256")
    checked_at: str

    @classmethod
    def of(cls, found: Recheck) -> VerifyOut:
        return cls(
            ok=found.verdict.ok,
            reason=found.verdict.reason,
            text_sha256=found.text_sha256,
            recorded_sha256=found.recorded_sha256,
            checked_at=found.checked_at,
        )


def add_routes(app: FastAPI) -> None:
    """Register the routes."""
    app.get("/api/documents/{document_id}/repairs", responses=_PROBLEMS, summary="对原件文字的修复")(repairs)
    app.post("/api/verify", responses=_PROBLEMS, summary="核对一处引文")(verify)


def repairs(
    document_id: str,
    assistant: Asked,
    kind: Annotated[list[str] | None, Query(description="只列这些类别，可多次给出")] = None,
    limit: Annotated[int, Query(ge=1, le=5000, description="最多列出几处")] = 2000,
) -> RepairsOut:
    """导入时对原件文字做过的每一处修复；原件还在时，附修复前的文字。"""
    return RepairsOut.of(repairs_of(assistant, document_id), frozenset(kind or ()), limit)


def verify(body: VerifyIn, assistant: Asked) -> VerifyOut:
    """从资料库重新读出全文，核对引文是否一字不差，并重新计算全文的校验值。"""
    span = Span(body.start, body.end)
    return VerifyOut.of(recheck(assistant, body.document_id, span, body.quote, body.text_sha256))
