"""Lessons on disk: a SQLite file of their own, made when the first lesson is.

A lesson belongs to the owner whose token it was made with. Whoever shows another token does not find it; without a
token it is found by its own id, which cannot be guessed.
"""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from service.api.lesson_models import LessonIn, LessonOut
from service.errors import LessonConflict, LessonError, LessonInvalid, LessonNotFound
from service.lesson.schema import LAYOUT
from service.lesson.types import Lesson
from service.own_file import OwnFile
from service.settings import Settings


@dataclass(frozen=True, slots=True)
class Kept:
    """A lesson with what it was asked with: its candidates come from the same documents."""

    lesson: Lesson
    asked: LessonIn


class Lessons:
    """The file of the lessons. Safe between threads and processes: each call opens its own connection.

    Every method raises LessonError where the file cannot be used.
    """

    def __init__(self, settings: Settings, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._file = OwnFile(settings.lessons_path, LAYOUT)
        self._most = settings.lessons_per_owner
        self._now = now

    def add(self, lesson: Lesson, asked: LessonIn, owner: str = "") -> Lesson:
        """Keep a new lesson; it is given its id and times. Raises LessonInvalid where the owner has too many."""
        now = self._time()
        new = replace(lesson, id=uuid.uuid4().hex, revision=1, created=now, updated=now)
        with self._file.writing() as connection:
            self._make_room(connection, owner)
            connection.execute(
                "INSERT INTO lessons VALUES (?, ?, ?, ?, ?, ?)",
                (new.id, owner, new.revision, _json(new), asked.model_dump_json(), now),
            )
        return new

    def get(self, lesson_id: str, owner: str = "") -> Kept:
        """A lesson as it was saved; raises LessonNotFound."""
        with self._file.reading() as connection:
            if connection is None:
                raise _not_found(lesson_id)
            lesson, asked = self._row(connection, lesson_id, owner)
        return Kept(self._lesson(lesson), LessonIn.model_validate_json(asked))

    def save(self, lesson: Lesson, owner: str = "") -> Lesson:
        """Replace the lesson of that id and revision; raises LessonNotFound, and LessonConflict for another revision."""
        with self._changing(lesson.id, owner) as connection:
            (revision,) = connection.execute(
                "SELECT revision FROM lessons WHERE id = ?", (lesson.id,)
            ).fetchone()
            if revision != lesson.revision:
                raise conflict()
            new = replace(lesson, revision=revision + 1, updated=self._time())
            connection.execute(
                "UPDATE lessons SET revision = ?, lesson = ?, updated = ? WHERE id = ?",
                (new.revision, _json(new), new.updated, new.id),
            )
        return new

    def of_owner(self, owner: str) -> list[Lesson]:
        """The lessons of an owner, the one saved last first; none without an owner."""
        with self._file.reading() as connection:
            if connection is None or not owner:
                return []
            rows = connection.execute(
                "SELECT lesson FROM lessons WHERE owner = ? ORDER BY updated DESC, id", (owner,)
            ).fetchall()
        return [self._lesson(text) for (text,) in rows]

    def delete(self, lesson_id: str, owner: str = "") -> None:
        """Remove a lesson; raises LessonNotFound."""
        with self._changing(lesson_id, owner) as connection:
            connection.execute("DELETE FROM lessons WHERE id = ?", (lesson_id,))

    def _make_room(self, connection: sqlite3.Connection, owner: str) -> None:
        """An owner's lessons are work that must not vanish by itself; those of nobody leave, the oldest first."""
        (count,) = connection.execute("SELECT count(*) FROM lessons WHERE owner = ?", (owner,)).fetchone()
        if count < self._most:
            return
        if owner:
            raise LessonInvalid(f"已经保存了 {count} 份党课，不能再多了。请先删除不用的，再做新的。")
        connection.execute(
            "DELETE FROM lessons WHERE id IN (SELECT id FROM lessons WHERE owner = ''"
            " ORDER BY updated DESC, id LIMIT -1 OFFSET ?)",
            (self._most - 1,),
        )

    def _row(self, connection: sqlite3.Connection, lesson_id: str, owner: str) -> tuple[str, str]:
        row = connection.execute(
            "SELECT owner, lesson, asked FROM lessons WHERE id = ?", (lesson_id,)
        ).fetchone()
        if row is None or (owner and row[0] and row[0] != owner):
            raise _not_found(lesson_id)
        return row[1], row[2]

    @contextmanager
    def _changing(self, lesson_id: str, owner: str) -> Iterator[sqlite3.Connection]:
        """A write to a lesson that is there; the file is not made for it."""
        if not self._file.path.exists():
            raise _not_found(lesson_id)
        with self._file.writing() as connection:
            self._row(connection, lesson_id, owner)
            yield connection

    def _lesson(self, text: str) -> Lesson:
        try:
            return LessonOut.model_validate_json(text).to_lesson()
        except ValueError as error:
            raise LessonError(
                f"党课文件 {self._file.path} 里有读不懂的内容；请把这个文件移走（或从备份恢复）后再试"
            ) from error

    def _time(self) -> str:
        return self._now().isoformat(timespec="milliseconds")


def conflict() -> LessonConflict:
    """The error for a save that is not of the revision last saved."""
    return LessonConflict(
        "这份党课在另一个窗口里已经改过并保存。请重新载入最新的内容再改，或把现在的内容另存为一份新的。"
    )


def _json(lesson: Lesson) -> str:
    return LessonOut.of(lesson).model_dump_json()


def _not_found(lesson_id: str) -> LessonNotFound:
    return LessonNotFound(f"没有编号为 {lesson_id[:80]} 的党课，可能已经删除。请另选一份，或重新生成。")
