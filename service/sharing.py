"""Answers that their owner shares: a link with a token that nobody can guess, for as long as the owner lets it stand.

What is shared is one turn of a kept conversation; the rest of the conversation stays its owner's. It leaves with the turn.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime

from service.api.models import AnswerOut
from service.conversations import Conversations
from service.conversations_schema import LAYOUT
from service.errors import ConversationNotFound, ShareNotFound
from service.own_file import OwnFile
from service.settings import Settings

_TOKEN_BYTES = 24
_SINCE = 2
"""The version of the file that first had shares."""


class Shares:
    """The shared turns, in the file of the conversations. Methods raise ConversationError where it cannot be used.

    Where a turn is named, ConversationNotFound is raised unless it is there and ``owner`` may see it.
    """

    def __init__(
        self,
        settings: Settings,
        conversations: Conversations,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._file = OwnFile(settings.conversations_path, LAYOUT)
        self._conversations = conversations
        self._now = now

    def share(self, conversation_id: str, turn: int, owner: str = "") -> str:
        """The token of a turn's link; shared already, it keeps the one it has."""
        self._conversations.answer(conversation_id, turn, owner)
        with self._file.writing() as connection:
            row = (
                secrets.token_urlsafe(_TOKEN_BYTES),
                conversation_id,
                turn,
                self._now().isoformat(timespec="seconds"),
            )
            try:
                connection.execute("INSERT INTO shares VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", row)
            except sqlite3.IntegrityError as error:  # deleted since it was looked for
                raise ConversationNotFound("这次问答刚刚被删除，不能分享。请刷新页面后再试。") from error
            return _token(connection, conversation_id, turn)

    def token(self, conversation_id: str, turn: int, owner: str = "") -> str:
        """The token of a turn's link, empty where it is not shared."""
        self._conversations.answer(conversation_id, turn, owner)
        with self._file.reading() as connection:
            if connection is None or not _has_shares(connection):
                return ""
            return _token(connection, conversation_id, turn)

    def revoke(self, conversation_id: str, turn: int, owner: str = "") -> None:
        """Take a turn's link back; sharing again makes another one."""
        self._conversations.answer(conversation_id, turn, owner)
        with self._file.writing() as connection:
            connection.execute(
                "DELETE FROM shares WHERE conversation_id = ? AND ordinal = ?", (conversation_id, turn)
            )

    def shared(self, token: str) -> AnswerOut:
        """The answer behind a link, without what leads to its conversation; raises ShareNotFound."""
        with self._file.reading() as connection:
            row = None
            if connection is not None and _has_shares(connection):
                row = connection.execute(
                    "SELECT conversation_id, ordinal FROM shares WHERE token = ?", (token,)
                ).fetchone()
        if row is None:
            raise ShareNotFound("这个链接没有分享内容，可能已被分享人取消。请向分享人要新的链接。")
        return self._conversations.answer(*row).model_copy(update={"conversation_id": "", "turn": 0})


def _has_shares(connection: sqlite3.Connection) -> bool:
    """Whether the file was written to since there are shares."""
    return bool(connection.execute("PRAGMA user_version").fetchone()[0] >= _SINCE)


def _token(connection: sqlite3.Connection, conversation_id: str, turn: int) -> str:
    row = connection.execute(
        "SELECT token FROM shares WHERE conversation_id = ? AND ordinal = ?", (conversation_id, turn)
    ).fetchone()
    return str(row[0]) if row else ""
