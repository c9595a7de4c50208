"""Conversations on disk: a SQLite file of their own, made when the first question is kept.

A conversation belongs to the owner whose token it was begun with. Whoever shows another token does not find it; without a
token it is found by its own id, which cannot be guessed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from ingest.types import Span
from service.answering.turns import Place, Turn
from service.api.models import AnswerOut
from service.conversations_schema import LAYOUT
from service.errors import ConversationError, ConversationNotFound
from service.own_file import OwnFile
from service.settings import Settings

_MOST_TURNS = 500
_TITLE = 30
_ROW = "SELECT c.id, c.title, c.created, c.updated, (SELECT count(*) FROM turns WHERE conversation_id = c.id) FROM conversations c"


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation without its turns; times are ISO in UTC."""

    id: str
    title: str
    created: str
    updated: str
    turns: int


@dataclass(frozen=True, slots=True)
class KeptTurn:
    """A question that was asked, when, and its answer."""

    asked_at: str
    answer: AnswerOut


class Conversations:
    """The file of the conversations. Safe between threads and processes: each call opens its own connection.

    Every method raises ConversationError where the file cannot be used.
    """

    def __init__(self, settings: Settings, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._file = OwnFile(settings.conversations_path, LAYOUT)
        self._turns = settings.conversation_turns
        self._most = settings.conversations_per_owner
        self._now = now

    def turns(self, conversation_id: str, owner: str = "") -> tuple[Turn, ...]:
        """The last turns of a conversation, the earliest first; none where it has not begun.

        Raises ConversationNotFound where it is another's.
        """
        with self._file.reading() as connection:
            if connection is None or not self._is_there(connection, conversation_id, owner):
                return ()
            rows = connection.execute(
                "SELECT answer FROM turns WHERE conversation_id = ? ORDER BY ordinal DESC LIMIT ?",
                (conversation_id, self._turns),
            ).fetchall()
        return tuple(_turn(self._answer(text)) for (text,) in reversed(rows))

    def keep(self, answer: AnswerOut, owner: str = "") -> int:
        """Add a turn and give its number; the owner's oldest conversations leave when there are too many.

        Raises ConversationNotFound.
        """
        identity, now = answer.conversation_id, self._now().isoformat(timespec="milliseconds")
        with self._file.writing() as connection:
            if not self._is_there(connection, identity, owner):
                connection.execute(
                    "INSERT INTO conversations VALUES (?, ?, ?, ?, ?)",
                    (identity, owner, title_for(answer.question), now, now),
                )
            (last,) = connection.execute(
                "SELECT coalesce(max(ordinal), 0) FROM turns WHERE conversation_id = ?", (identity,)
            ).fetchone()
            connection.execute(
                "INSERT INTO turns VALUES (?, ?, ?, ?, ?, ?)",
                (
                    identity,
                    last + 1,
                    answer.question,
                    answer.resolved_question,
                    answer.model_dump_json(),
                    now,
                ),
            )
            connection.execute("UPDATE conversations SET updated = ? WHERE id = ?", (now, identity))
            self._forget(connection, identity, last + 1 - _MOST_TURNS)
        return int(last) + 1

    def answer(self, conversation_id: str, turn: int, owner: str = "") -> AnswerOut:
        """The answer of one turn; raises ConversationNotFound, also where there is no such turn."""
        with self._file.reading() as connection:
            if connection is None or not self._is_there(connection, conversation_id, owner):
                raise _not_found(conversation_id)
            row = connection.execute(
                "SELECT answer FROM turns WHERE conversation_id = ? AND ordinal = ?", (conversation_id, turn)
            ).fetchone()
        if row is None:
            raise ConversationNotFound(f"这个对话里没有第 {turn} 轮问答，可能已经删除。请刷新页面后再试。")
        return self._answer(row[0], turn)

    def of_owner(self, owner: str) -> list[Conversation]:
        """The conversations of an owner, the one used last first; none without an owner."""
        with self._file.reading() as connection:
            if connection is None or not owner:
                return []
            rows = connection.execute(f"{_ROW} WHERE c.owner = ? ORDER BY c.updated DESC, c.id", (owner,))
            return [Conversation(*row) for row in rows]

    def get(self, conversation_id: str, owner: str = "") -> tuple[Conversation, list[KeptTurn]]:
        """A conversation with all its turns; raises ConversationNotFound."""
        with self._file.reading() as connection:
            if connection is None or not self._is_there(connection, conversation_id, owner):
                raise _not_found(conversation_id)
            (row,) = connection.execute(f"{_ROW} WHERE c.id = ?", (conversation_id,)).fetchall()
            turns = connection.execute(
                "SELECT ordinal, asked_at, answer FROM turns WHERE conversation_id = ? ORDER BY ordinal",
                (conversation_id,),
            ).fetchall()
        return Conversation(*row), [KeptTurn(at, self._answer(text, ordinal)) for ordinal, at, text in turns]

    def rename(self, conversation_id: str, title: str, owner: str = "") -> Conversation:
        """Give a conversation another title; raises ConversationNotFound."""
        with self._changing(conversation_id, owner) as connection:
            connection.execute("UPDATE conversations SET title = ? WHERE id = ?", (title, conversation_id))
            (row,) = connection.execute(f"{_ROW} WHERE c.id = ?", (conversation_id,)).fetchall()
        return Conversation(*row)

    def delete(self, conversation_id: str, owner: str = "") -> None:
        """Remove a conversation; raises ConversationNotFound."""
        with self._changing(conversation_id, owner) as connection:
            connection.execute("DELETE FROM conversations WHERE id = ?", (conversation_id,))

    def _forget(self, connection: sqlite3.Connection, identity: str, until: int) -> None:
        """What is beyond the bounds leaves: the first turns, the owner's conversations not used for longest."""
        connection.execute("DELETE FROM turns WHERE conversation_id = ? AND ordinal <= ?", (identity, until))
        connection.execute(
            "DELETE FROM conversations WHERE id IN (SELECT id FROM conversations"
            " WHERE owner = (SELECT owner FROM conversations WHERE id = ?)"
            " ORDER BY updated DESC, id = ? DESC, id LIMIT -1 OFFSET ?)",
            (identity, identity, self._most),
        )

    def _is_there(self, connection: sqlite3.Connection, conversation_id: str, owner: str) -> bool:
        """Whether a conversation has begun; raises ConversationNotFound where it is another's."""
        row = connection.execute(
            "SELECT owner FROM conversations WHERE id = ?", (conversation_id,)
        ).fetchone()
        if row and owner and row[0] and row[0] != owner:
            raise _not_found(conversation_id)
        return row is not None

    def _answer(self, text: str, turn: int = 0) -> AnswerOut:
        try:
            return AnswerOut.model_validate_json(text).model_copy(update={"turn": turn})
        except ValueError as error:
            raise ConversationError(
                f"对话记录 {self._file.path} 里有读不懂的回答；请把这个文件移走（或从备份恢复）后再试"
            ) from error

    @contextmanager
    def _changing(self, conversation_id: str, owner: str) -> Iterator[sqlite3.Connection]:
        """A write to a conversation that is there; the file is not made for it."""
        if not self._file.path.exists():
            raise _not_found(conversation_id)
        with self._file.writing() as connection:
            if not self._is_there(connection, conversation_id, owner):
                raise _not_found(conversation_id)
            yield connection


def title_for(question: str) -> str:
    """The title that a conversation gets from its first question."""
    words = " ".join(question.split())
    return words if len(words) <= _TITLE else f"{words[: _TITLE - 1]}…"


def _turn(answer: AnswerOut) -> Turn:
    cited = {citation.id: citation for citation in answer.citations}
    places = [cited[claim.citations[0]] for claim in answer.claims if claim.citations]
    return Turn(
        answer.question,
        answer.resolved_question or answer.question,
        answer.kind,
        tuple(Place(c.document_id, Span(c.start, c.end), c.text_sha256) for c in places),
    )


def _not_found(conversation_id: str) -> ConversationNotFound:
    return ConversationNotFound(
        f"没有编号为 {conversation_id[:80]} 的对话，可能已经删除。请在左侧另选一个，或开始新对话。"
    )
