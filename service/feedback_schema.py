"""The table of the feedback."""

from __future__ import annotations

from service.errors import FeedbackError
from service.own_file import Layout

LAYOUT = Layout(
    name="评价记录",
    application_id=0x646A6662,  # "djfb"
    version=1,
    tables=(
        # No owner, no earlier turns: what is exported from here must not lead to a person.
        """CREATE TABLE feedback (
            conversation_id TEXT NOT NULL,
            turn      INTEGER NOT NULL,
            verdict   TEXT NOT NULL,    -- up or down
            reason    TEXT NOT NULL,    -- of service.feedback.REASONS, or empty
            comment   TEXT NOT NULL,
            confirmed TEXT NOT NULL,    -- the ids of the citations that the reader vouches for, a JSON list
            question  TEXT NOT NULL,    -- as it was understood
            kind      TEXT NOT NULL,
            answered  INTEGER NOT NULL, -- 0 where nothing was found
            gold      TEXT NOT NULL,    -- what was confirmed: a JSON list of groups of [file name, quote]
            given_at  TEXT NOT NULL,    -- ISO time in UTC
            PRIMARY KEY (conversation_id, turn)
        ) WITHOUT ROWID""",
        "CREATE INDEX feedback_by_time ON feedback (given_at)",
    ),
    error=FeedbackError,
    without_it="或用 --home 换一个数据文件夹",
)
