"""The published JSON of versions and of what differs between two documents: additions only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from pydantic import BaseModel, Field

from ingest.comparison import Change, Part, Run
from ingest.metadata import display_title
from ingest.types import Document, Span
from service.scope import History, VersionRow


class VersionOut(BaseModel):
    """One version of a regulation."""

    id: str
    title: str
    published: str
    effective: str
    status: str

    @classmethod
    def of(cls, row: VersionRow) -> VersionOut:
        return cls(
            id=row.id,
            title=row.title,
            published=row.published,
            effective=row.effective,
            status=row.status,
        )


class StretchOut(BaseModel):
    """A stretch of one document: ``text[start:end] == words`` in code points."""

    start: int
    end: int
    words: str

    @classmethod
    def of(cls, span: Span, text: str) -> StretchOut:
        return cls(start=span.start, end=span.end, words=span.of(text))


class RunOut(BaseModel):
    """What became of a stretch of the first document; what is not there is empty."""

    op: str = Field(description="equal、insert、delete 或 replace")
    a: StretchOut
    b: StretchOut

    @classmethod
    def of(cls, run: Run, a: str, b: str) -> RunOut:
        return cls(op=run.op, a=StretchOut.of(run.a, a), b=StretchOut.of(run.b, b))


class PartOut(BaseModel):
    """An article, or a paragraph outside of articles; ``body`` is its text without the number."""

    label: str
    path: list[str]
    start: int
    end: int
    body: StretchOut

    @classmethod
    def of(cls, part: Part, text: str) -> PartOut:
        return cls(
            label=part.label,
            path=list(part.path),
            start=part.span.start,
            end=part.span.end,
            body=StretchOut.of(part.body, text),
        )


class ChangeOut(BaseModel):
    """What became of one part; ``runs`` tile the bodies of both, and are empty where only one document has it."""

    kind: str = Field(description="unchanged、changed、added、removed 或 renumbered")
    moved: bool = Field(description="在顺序上换了位置")
    a: PartOut | None
    b: PartOut | None
    runs: list[RunOut]

    @classmethod
    def of(cls, change: Change, a: str, b: str) -> ChangeOut:
        return cls(
            kind=change.kind,
            moved=change.moved,
            a=PartOut.of(change.a, a) if change.a else None,
            b=PartOut.of(change.b, b) if change.b else None,
            runs=[RunOut.of(run, a, b) for run in change.runs],
        )


class DiffOut(BaseModel):
    """What differs between two documents, in the order of the second."""

    a: VersionOut
    b: VersionOut
    counts: dict[str, int]
    changes: list[ChangeOut]

    @classmethod
    def of(
        cls, a: Document, b: Document, histories: tuple[History, History], changes: Sequence[Change]
    ) -> DiffOut:
        kinds = ("unchanged", "changed", "added", "removed", "renumbered")
        counts = Counter[str](change.kind for change in changes)
        return cls(
            a=_side(a, histories[0]),
            b=_side(b, histories[1]),
            counts={kind: counts[kind] for kind in kinds},
            changes=[ChangeOut.of(change, a.text, b.text) for change in changes],
        )


def _side(document: Document, history: History) -> VersionOut:
    meta = document.metadata
    return VersionOut(
        id=document.id,
        title=display_title(document),
        published=meta.published,
        effective=meta.effective,
        status=history.standing.status,
    )
