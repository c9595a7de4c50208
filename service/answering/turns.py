"""What a conversation remembers of a question that was answered."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

from ingest.types import Document, Span
from service.types import Answer, Kind


@dataclass(frozen=True, slots=True)
class Place:
    """Words of a document that an answer showed; ``text_sha256`` is of the document's text then, empty where not known."""

    document_id: str
    span: Span
    text_sha256: str = ""

    def words(self, document: Document) -> str:
        """The words; empty where the document holds another text by now."""
        return self.span.of(document.text) if self.text_sha256 in ("", document.text_sha256) else ""


@dataclass(frozen=True, slots=True)
class Turn:
    """A question as it was asked and as it was understood, and the places of its points, in their order."""

    question: str
    resolved: str
    kind: Kind
    places: tuple[Place, ...] = ()

    @classmethod
    def of(cls, answer: Answer) -> Turn:
        """The turn that ``answer`` was."""
        cited = {citation.id: citation for citation in answer.citations}
        places = (cited[claim.citations[0]] for claim in answer.claims)
        return cls(
            answer.question,
            answer.resolved_question or answer.question,
            answer.kind,
            tuple(Place(citation.document_id, citation.span, citation.text_sha256) for citation in places),
        )


class RecentTurns:
    """The last turns of the conversations used last, in memory. Safe to share between threads."""

    def __init__(self, turns: int, conversations: int = 512) -> None:
        self._turns = turns
        self._most = conversations
        self._kept: OrderedDict[str, tuple[Turn, ...]] = OrderedDict()
        self._guard = threading.Lock()

    def turns(self, conversation_id: str) -> tuple[Turn, ...]:
        """The turns of a conversation, the earliest first; none where it is not known."""
        with self._guard:
            return self._kept.get(conversation_id, ())

    def keep(self, answer: Answer) -> None:
        """Add a turn; the oldest turns, and the conversation not used for longest, leave."""
        with self._guard:
            before = self._kept.pop(answer.conversation_id, ())
            self._kept[answer.conversation_id] = (*before, Turn.of(answer))[-self._turns :]
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
