"""One reading of a question, and what comes of it."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from service.answering.draft import Draft
from service.answering.followup import Resolved, leads_on
from service.answering.question import Question
from service.inquiry import Inquiry
from service.scope import Scope
from service.types import Kind, Status

_SURE_ON = 0.55
"""What a question that found nothing by itself has to reach with the topic of the one before."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A question as it was read, and the answer drafted; ``seconds`` went on searching."""

    resolved: Resolved
    question: Question
    scope: Scope
    draft: Draft
    seconds: float

    @property
    def leads_on(self) -> bool:
        """Whether there is a sure answer, and next to what the last one showed."""
        draft = self.draft
        return (
            draft.status is Status.ANSWERED
            and draft.evidence >= _SURE_ON
            and leads_on(draft.citations[0].document_id, draft.citations[0].span, self.resolved.told)
        )


def attempt_of(inquiry: Inquiry, resolved: Resolved, kind: Kind | None) -> Attempt:
    """What a question, read as ``resolved``, comes to; ``kind`` as in `Assistant.ask`."""
    started = time.perf_counter()
    question = inquiry.understand(resolved)
    if kind and Kind.ARTICLE not in (kind, question.kind):
        question = replace(question, kind=kind)
    sides = inquiry.evidence(question)
    seconds = time.perf_counter() - started
    draft = inquiry.draft(question, sides, resolved.pointer)
    return Attempt(resolved, question, inquiry.scope, draft, seconds)
