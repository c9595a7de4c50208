"""Feedback as evaluation questions, in the format of ``eval.questions``: what was confirmed, and what is to be reviewed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from service.errors import FeedbackError
from service.feedback import Rated, Thumb

REVIEW = "待审"
"""Tag of a row that a person has to complete: evaluations refuse the row until it has gold or is not answerable."""

_ALL_WELL = frozenset({Thumb.UP})


def question_rows(rated: Iterable[Rated], *, confirmed_only: bool = False) -> list[dict[str, Any]]:
    """One row for each question, in the order of the questions.

    A row has gold where every thumb was up and excerpts were confirmed; all others are to be reviewed.
    """
    ordered = sorted(rated, key=lambda row: row.question)
    rows = [_row(question, list(group)) for question, group in groupby(ordered, key=lambda row: row.question)]
    return [row for row in rows if row["gold"]] if confirmed_only else rows


def _row(question: str, said: Sequence[Rated]) -> dict[str, Any]:
    """Of several readers the one who confirmed most speaks; where any was not content, nobody's word is taken."""
    thumbs = {row.thumb for row in said}
    best = max(said, key=lambda row: sum(map(len, row.gold)))
    gold = best.gold if thumbs == _ALL_WELL else ()
    tags = {
        "feedback",
        *(f"评价:{thumb.value}" for thumb in thumbs),
        *(row.reason for row in said if row.reason),
    }
    if not gold:
        tags.add(REVIEW)
    return {
        "id": f"feedback-{hashlib.sha256(question.encode('utf-8')).hexdigest()[:16]}",
        "question": question,
        "kind": best.kind.value,
        "gold": [{"any": [{"document": g.document, "quote": g.quote} for g in group]} for group in gold],
        "answerable": True,
        "turns": [],
        "tags": sorted(tags),
    }


def write_rows(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    """Write rows as JSON lines; raises FeedbackError where the file cannot be written."""
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise FeedbackError(f"写不了 {path}；请检查文件夹是否存在、有没有写权限，或换一个位置") from error
