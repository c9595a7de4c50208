"""What an answer is made of. ``service.api.models`` gives these their published JSON form."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from ingest.types import Span


class Status(StrEnum):
    """Whether the library answers the question."""

    ANSWERED = "answered"
    NOT_FOUND = "not_found"


class Kind(StrEnum):
    """What sort of answer a question asks for."""

    HOWTO = "howto"
    LIST = "list"
    FACT = "fact"
    TIMELINE = "timeline"
    DEFINITION = "definition"
    CASE = "case"
    COMPARE = "compare"
    SUMMARY = "summary"
    ARTICLE = "article"


@dataclass(frozen=True, slots=True)
class Citation:
    """A verbatim excerpt: ``document.text[span.start:span.end] == quote``, checked when the answer is made.

    ``context`` is the span of the passage around it; ``score``, in [0, 1], is that of the passage in the search (1 for
    what was looked up); ``text_sha256`` is of the document's text at that moment. ``rank`` and ``status`` (of
    ``ingest.metadata.RANKS`` and ``STATUSES``) are the document's on the day asked about; ``pages`` are the numbers,
    from 1, of the file's pages that the quote stands on. ``nature``, of
    ``ingest.authority.NATURES``, says what the document is good for.
    """

    id: int
    document_id: str
    title: str
    location: str
    quote: str
    span: Span
    context: Span
    published: str
    source: str
    score: float
    text_sha256: str
    rank: str = ""
    status: str = ""
    pages: tuple[int, ...] = ()
    nature: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """One point of an answer.

    ``text`` is what is shown; when ``verbatim`` it is the quotes of its citations, word for word. ``label`` is a
    heading phrase of the source that helps reading (verbatim too), the version it is from where several are compared
    (2010年版), or empty. ``citations`` are ids. ``nature`` (of ``ingest.authority.NATURES``) is that of the text shown.
    """

    text: str
    verbatim: bool
    citations: tuple[int, ...]
    label: str = ""
    nature: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with its evidence. ``evidence`` is in [0, 1]; ``timings_ms`` has at least ``total``.

    ``notes`` are what the reader has to know besides (a cited text is superseded); ``choices`` are full questions to
    choose from where the one asked means several things. ``resolved_question`` is the question as it was understood
    after the conversation, empty where it was taken as it stands. ``related`` are the excerpts that came nearest where
    nothing answers: they are no answer.
    """

    question: str
    status: Status
    kind: Kind
    text: str
    claims: tuple[Claim, ...]
    citations: tuple[Citation, ...]
    evidence: float
    conversation_id: str = ""
    suggestions: tuple[str, ...] = ()
    timings_ms: dict[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    resolved_question: str = ""
    related: tuple[Citation, ...] = ()
