"""What ``dangjian feedback`` does."""

from __future__ import annotations

from pathlib import Path

from service import terminal
from service.feedback import FeedbackStore
from service.feedback_export import question_rows, write_rows
from service.settings import Settings


def export(settings: Settings, out: Path, *, confirmed_only: bool) -> int:
    """What readers said of answers, as evaluation questions."""
    rows = question_rows(FeedbackStore(settings).rated(), confirmed_only=confirmed_only)
    write_rows(out, rows)
    ready = sum(bool(row["gold"]) for row in rows)
    terminal.note(
        f"写出 {len(rows)} 题：{ready} 题的引文经人确认，{len(rows) - ready} 题待审（先补上 gold 再用）。"
    )
    return 0
