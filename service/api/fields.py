"""The published JSON of what managers see of a document: its fields with what was detected, and what was removed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from pydantic import BaseModel, Field

from ingest.library_removals import Removed
from ingest.metadata import KINDS, RANKS, STATUSES
from ingest.types import Document, Metadata

_LABELS = {
    "title": "标题",
    "subtitle": "副标题",
    "source": "来源",
    "authors": "作者",
    "published": "发布日期",
    "effective": "施行日期",
    "repealed": "失效日期",
    "kind": "性质",
    "rank": "层级",
    "status": "效力",
    "document_number": "发文字号",
    "interpreter": "解释机关",
    "family": "各版本共用的名称",
    "edition": "版次",
    "licence": "授权说明",
}
"""The fields that can be corrected in a form, in its order."""

_CHOICES = {"kind": KINDS, "rank": RANKS, "status": STATUSES}
_DATES = frozenset({"published", "effective", "repealed"})


class FieldOut(BaseModel):
    """One field: ``value`` is what holds, ``detected`` what would hold without corrections by hand."""

    name: str
    label: str
    form: Literal["text", "date", "names", "choice"]
    value: str
    detected: str
    corrected: str = Field(description="由什么更正：hand（人工）、sidecar（旁注）；没有更正时为空")
    choices: list[str] = Field(description="可选的值，可以留空；不限时为空")

    @classmethod
    def of(cls, name: str, document: Document, detected: Metadata) -> FieldOut:
        form: Literal["text", "date", "names", "choice"] = "text"
        if name in _CHOICES:
            form = "choice"
        elif name in _DATES:
            form = "date"
        elif name == "authors":
            form = "names"
        return cls(
            name=name,
            label=_LABELS[name],
            form=form,
            value=_words(document.metadata, name),
            detected=_words(detected, name),
            corrected=dict(document.corrected).get(name, ""),
            choices=[choice for choice in _CHOICES.get(name, ()) if choice],
        )


class FieldsOut(BaseModel):
    """All fields of a document; ``original`` says whether the file it was made of can be downloaded."""

    id: str
    fields: list[FieldOut]
    original: bool

    @classmethod
    def of(cls, document: Document, detected: Metadata, *, original: bool) -> FieldsOut:
        rows = [FieldOut.of(name, document, detected) for name in _LABELS]
        return cls(id=document.id, fields=rows, original=original)


class RemovedOut(BaseModel):
    """A document that was removed and can be restored ``until`` then at least (ISO times, UTC)."""

    id: str
    title: str
    removed_at: str
    until: str

    @classmethod
    def of(cls, removed: Removed, days: int) -> RemovedOut:
        until = datetime.fromisoformat(removed.removed_at) + timedelta(days=days)
        return cls(
            id=removed.record.id,
            title=removed.record.title,
            removed_at=removed.removed_at,
            until=until.isoformat(timespec="seconds"),
        )


class RemovalsOut(BaseModel):
    """The documents that can be restored, the one removed last first."""

    documents: list[RemovedOut]


def _words(metadata: Metadata, name: str) -> str:
    value = getattr(metadata, name)
    return value if isinstance(value, str) else "、".join(value)
