"""What readers think of answers: a thumb with a reason, and the excerpts they vouch for; a SQLite file of its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from service.api.models import AnswerOut
from service.errors import FeedbackInvalid
from service.feedback_schema import LAYOUT
from service.own_file import OwnFile
from service.settings import Settings
from service.types import Kind, Status

REASONS = ("答非所问", "不完整", "依据不对", "过时", "其他")

_ALTERNATIVES = frozenset({Kind.FACT, Kind.DEFINITION})
"""Kinds of answer whose points say one thing: any of them will do. Of the others every point is part of the answer."""


class Thumb(StrEnum):
    """Whether the answer helped."""

    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a reader says of one turn; ``turn`` counts from 1, ``confirmed`` are citation ids of its answer.

    ``reason`` is one of ``REASONS`` or empty and belongs to a thumb down, ``confirmed`` to a thumb up.
    """

    conversation_id: str
    turn: int
    thumb: Thumb
    reason: str = ""
    comment: str = ""
    confirmed: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Gold:
    """An excerpt that a reader vouches for: its words and the name of the file they are in, without folder."""

    document: str
    quote: str


@dataclass(frozen=True, slots=True)
class Rated:
    """A question with what was said of its answer; of ``gold``, each group is needed, any excerpt of a group will do."""

    question: str
    kind: Kind
    answered: bool
    thumb: Thumb
    reason: str
    gold: tuple[tuple[Gold, ...], ...]


class FeedbackStore:
    """The file of the feedback. Safe between threads and processes; every method may raise FeedbackError."""

    def __init__(self, settings: Settings, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._file = OwnFile(settings.feedback_path, LAYOUT)
        self._most = settings.feedback_kept
        self._now = now

    def give(self, given: Feedback, answer: AnswerOut, file_of: Callable[[str], str]) -> None:
        """Keep what a reader says of ``answer``, in the place of what was said before; the oldest leaves beyond the bound.

        ``file_of`` gives a document's file name by id. Raises FeedbackInvalid where it does not fit the answer.
        """
        _check(given, answer)
        gold = [[[g.document, g.quote] for g in group] for group in gold_of(answer, given.confirmed, file_of)]
        row = (
            given.conversation_id,
            given.turn,
            given.thumb.value,
            given.reason,
            given.comment,
            json.dumps(given.confirmed),
            answer.resolved_question or answer.question,
            answer.kind.value,
            answer.status is Status.ANSWERED,
            json.dumps(gold, ensure_ascii=False),
            self._now().isoformat(timespec="milliseconds"),
        )
        with self._file.writing() as connection:
            connection.execute(f"REPLACE INTO feedback VALUES ({', '.join('?' * len(row))})", row)
            connection.execute(
                "DELETE FROM feedback WHERE (conversation_id, turn) IN (SELECT conversation_id, turn FROM feedback"
                " ORDER BY given_at DESC LIMIT -1 OFFSET ?)",
                (self._most,),
            )

    def of_conversation(self, conversation_id: str) -> list[Feedback]:
        """What was said of a conversation's turns, in order."""
        with self._file.reading() as connection:
            if connection is None:
                return []
            rows = connection.execute(
                "SELECT turn, verdict, reason, comment, confirmed FROM feedback WHERE conversation_id = ? ORDER BY turn",
                (conversation_id,),
            ).fetchall()
        return [
            Feedback(conversation_id, turn, Thumb(thumb), reason, comment, tuple(json.loads(confirmed)))
            for turn, thumb, reason, comment, confirmed in rows
        ]

    def withdraw(self, conversation_id: str, turn: int | None = None) -> None:
        """Forget what was said of one turn, or of a whole conversation."""
        with self._file.reading() as connection:
            if connection is None:
                return
        with self._file.writing() as connection:
            connection.execute(
                "DELETE FROM feedback WHERE conversation_id = ? AND turn = coalesce(?, turn)",
                (conversation_id, turn),
            )

    def rated(self) -> list[Rated]:
        """Everything that was said, the earliest first."""
        with self._file.reading() as connection:
            if connection is None:
                return []
            rows = connection.execute(
                "SELECT question, kind, answered, verdict, reason, gold FROM feedback"
                " ORDER BY given_at, conversation_id, turn"
            ).fetchall()
        return [
            Rated(question, Kind(kind), bool(answered), Thumb(thumb), reason, _groups(gold))
            for question, kind, answered, thumb, reason, gold in rows
        ]


def _check(given: Feedback, answer: AnswerOut) -> None:
    known = {citation.id for citation in answer.citations}
    if given.reason and given.thumb is not Thumb.DOWN:
        raise FeedbackInvalid("原因只在评价“没帮助”时填写。请去掉原因，或改为“没帮助”。")
    if given.reason and given.reason not in REASONS:
        raise FeedbackInvalid(f"不认识的原因“{given.reason[:20]}”。可用：{'、'.join(REASONS)}。")
    if given.confirmed and given.thumb is not Thumb.UP:
        raise FeedbackInvalid("确认引文只在评价“有帮助”时使用。请去掉确认的引文，或改为“有帮助”。")
    if set(given.confirmed) - known:
        raise FeedbackInvalid("确认的引文不在这次回答里。请刷新页面后再评价。")


def gold_of(
    answer: AnswerOut, confirmed: tuple[int, ...], file_of: Callable[[str], str]
) -> tuple[tuple[Gold, ...], ...]:
    """The excerpts confirmed, in groups: those behind one claim are alternatives, those behind several are all needed."""
    cited = {citation.id: citation for citation in answer.citations}
    groups: list[tuple[Gold, ...]] = []
    left = dict.fromkeys(number for number in confirmed if number in cited)
    for claim in answer.claims:
        numbers = [number for number in claim.citations if number in left]
        if numbers:
            groups.append(
                tuple(Gold(file_of(cited[n].document_id), cited[n].quote) for n in dict.fromkeys(numbers))
            )
        for number in numbers:
            left.pop(number, None)
    if answer.kind in _ALTERNATIVES and groups:
        return (tuple(gold for group in groups for gold in group),)
    return tuple(groups)


def _groups(text: str) -> tuple[tuple[Gold, ...], ...]:
    return tuple(tuple(Gold(document, quote) for document, quote in group) for group in json.loads(text))
