"""The table of the lessons."""

from __future__ import annotations

from service.errors import LessonError
from service.own_file import Layout

LAYOUT = Layout(
    name="党课文件",
    application_id=0x646A6C73,  # "djls"
    version=1,
    tables=(
        """CREATE TABLE lessons (
            id       TEXT PRIMARY KEY,
            owner    TEXT NOT NULL,     -- the token of a browser; empty where none was given
            revision INTEGER NOT NULL,
            lesson   TEXT NOT NULL,     -- the lesson as the API gives it, in JSON
            asked    TEXT NOT NULL,     -- what it was asked with (topic, filters, day), in JSON
            updated  TEXT NOT NULL      -- ISO time in UTC
        )""",
        "CREATE INDEX lessons_by_owner ON lessons (owner, updated)",
    ),
    error=LessonError,
    without_it="或用 --home 换一个数据文件夹",
)
