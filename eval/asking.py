"""Asking an assistant questions of our format and judging what it says: one ``QueryResult`` a question."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from eval.judging import CUTOFFS, Excerpt, measures_of
from eval.questions import document_key, question_row, question_split
from eval.robustness import vary
from eval.types import QueryResult, Question
from service.assistant import Assistant, Filters
from service.settings import Settings
from service.types import Answer, Status

Progress = Callable[[str, int, int], None]


_PATIENCE_MS = 60_000
_SHOWN = 3
"""Passages that a row keeps for people who look into failures."""


@contextmanager
def opened(
    home: Path | None, documents: Iterable[Path] = (), *, corpus: bool = False, progress: Progress
) -> Iterator[Assistant]:
    """An assistant over ``home``, or over a temporary home, into which ``documents`` (and the corpus) go first.

    With nothing given, over the data folder that the service uses. Reranking has all the time it wants: what is
    measured must not depend on how fast the machine is.
    """
    from service import build
    from service.settings import load_settings

    with TemporaryDirectory() as folder:
        wanted = list(documents)
        temporary = Path(folder) / "home" if wanted or corpus else None
        settings: Settings = load_settings(home=home or temporary)
        if settings.rerank_ms:
            settings = settings.model_copy(update={"rerank_ms": _PATIENCE_MS})
        if wanted or corpus:
            build.ingest(settings, wanted, corpus=corpus, progress=progress)
        assistant = build.open_assistant(settings)
        try:
            yield assistant
        finally:
            assistant.close()


@dataclass(slots=True)
class Asker:
    """Asks one assistant. ``variant`` is how the questions are written (``eval.robustness``)."""

    assistant: Assistant
    variant: str = "plain"
    _origins: dict[str, str] = field(init=False)
    _open: Assistant = field(init=False)

    def __post_init__(self) -> None:
        self._origins = {record.id: record.origin for record in self.assistant.documents()}
        settings = self.assistant.settings.model_copy(update={"evidence_threshold": 0.0})
        a = self.assistant
        # Never refuses: what a refused question would have got is needed for risk at other thresholds.
        self._open = Assistant(a.library, a.retriever, a.analyzer, settings)

    def warm_up(self) -> None:
        """Ask something that does not count: what is loaded with the first question is no latency of it."""
        for _ in range(2):
            self.assistant.ask("党支部")

    def ask(self, question: Question, set_name: str = "") -> QueryResult:
        """Ask ``question`` (its turns first, in one conversation), judge the answer and the passages."""
        conversation = uuid.uuid4().hex
        for turn in question.turns:
            self._say(self.assistant, turn, question, conversation)
        started = time.perf_counter()
        answer = self._say(self.assistant, question.question, question, conversation)
        latency = (time.perf_counter() - started) * 1000
        passages = self._passages(answer.resolved_question, question)
        measures = self._judge(question, answer, passages)
        given = measures
        if answer.status is Status.NOT_FOUND and question.answerable:
            given = self._judge(question, self._unrefused(question), ())
        extra = {
            "set": set_name,
            "kind": question.kind,
            "tags": sorted(question.tags),
            "turns": len(question.turns),
            "split": question_split(question),
            "answerable": question.answerable,
            "question": question.question,
            "status": str(answer.status),
            "evidence": answer.evidence,
            "loss": round(1.0 - given.get("quoted_share", 0.0), 6),
            "claims": [claim.text for claim in answer.claims],
            "gold": question_row(question)["gold"],
            "found": [{"document": document_key(p.origin), "text": p.text} for p in passages[:_SHOWN]],
        }
        return QueryResult(question.id, measures, round(latency, 3), extra)

    def _say(self, assistant: Assistant, text: str, question: Question, conversation: str) -> Answer:
        return assistant.ask(vary(text, self.variant, question.id), Filters(), conversation)

    def _unrefused(self, question: Question) -> Answer:
        conversation = uuid.uuid4().hex
        for turn in question.turns:
            self._say(self._open, turn, question, conversation)
        return self._say(self._open, question.question, question, conversation)

    def _passages(self, resolved: str, question: Question) -> list[Excerpt]:
        """What the question finds; a follow-up as the conversation wrote it out, a search having no conversation."""
        text = resolved or vary(question.question, self.variant, question.id)
        hits = self.assistant.search(text, max(CUTOFFS))
        return [Excerpt(self._origins[hit.passage.document_id], hit.passage.text) for hit in hits]

    def _judge(self, question: Question, answer: Answer, passages: Sequence[Excerpt]) -> dict[str, float]:
        return measures_of(
            answer,
            question.kind,
            question.gold,
            passages,
            self._origins.__getitem__,
            self.assistant.document,
        )
