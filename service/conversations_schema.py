"""The tables of the conversations."""

from __future__ import annotations

from service.errors import ConversationError
from service.own_file import Layout

_SHARES = """CREATE TABLE shares (
    token           TEXT PRIMARY KEY,   -- whoever has it may read the answer
    conversation_id TEXT NOT NULL,
    ordinal         INTEGER NOT NULL,
    created         TEXT NOT NULL,      -- ISO time in UTC
    UNIQUE (conversation_id, ordinal),
    FOREIGN KEY (conversation_id, ordinal) REFERENCES turns (conversation_id, ordinal) ON DELETE CASCADE
)"""

LAYOUT = Layout(
    name="对话记录",
    application_id=0x646A6376,  # "djcv"
    version=2,
    tables=(
        """CREATE TABLE conversations (
            id      TEXT PRIMARY KEY,
            owner   TEXT NOT NULL,      -- the token of a browser; empty where none was given
            title   TEXT NOT NULL,
            created TEXT NOT NULL,      -- ISO times in UTC
            updated TEXT NOT NULL
        )""",
        "CREATE INDEX conversations_by_owner ON conversations (owner, updated)",
        """CREATE TABLE turns (
            conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
            ordinal  INTEGER NOT NULL,
            question TEXT NOT NULL,
            resolved TEXT NOT NULL,     -- the question as it was understood; empty where it was taken as it stands
            answer   TEXT NOT NULL,     -- the answer as the API gave it, in JSON
            asked_at TEXT NOT NULL,
            PRIMARY KEY (conversation_id, ordinal)
        ) WITHOUT ROWID""",
        _SHARES,
    ),
    error=ConversationError,
    without_it="或设置 DANGJIAN_KEEP_CONVERSATIONS=false",
    upgrades={1: (_SHARES,)},
)
