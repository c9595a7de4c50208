"""Saved answers, read from whatever we have written them to, and each of their citations held against the library."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ingest.errors import DocumentNotFound
from ingest.types import Span
from service.answering.verify import check
from service.api.models import AnswerOut, CitationOut
from service.assistant import Assistant
from service.errors import AnswerFileError


def saved_answers(path: Path) -> list[AnswerOut]:
    """The answers in a file; raises AnswerFileError where there are none.

    It may hold one answer, a batch line by line (a line that tells of an error has no answer), an answer as it was
    kept or shared, or a whole conversation.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise AnswerFileError(
            f"{path} 不是 UTF-8 的文字：核对要用 JSON（dangjian ask --json 或 -o 回答.json，或页面导出的 JSON），Word 文档不行。"
        ) from error
    except OSError as error:
        raise AnswerFileError(f"读不了 {path}：请确认文件存在，并且有权限读取。") from error
    try:
        try:
            rows = [json.loads(text)]
        except ValueError:
            rows = [json.loads(line) for line in text.splitlines() if line.strip()]
        return [AnswerOut.model_validate(found) for row in rows for found in _answers_in(row)]
    except (ValueError, ValidationError, TypeError, AttributeError, RecursionError) as error:
        raise AnswerFileError(
            f"{path} 不是保存的回答：请用 dangjian ask --json 的输出，或页面导出的 JSON。"
        ) from error


def _answers_in(row: dict[str, Any]) -> Iterator[Any]:
    """The answer objects of one JSON value: itself, or what it wraps."""
    if "turns" in row:
        yield from (turn["answer"] for turn in row["turns"])
    elif isinstance(row.get("answer"), dict):
        yield row["answer"]
    elif "error" not in row:
        yield {name: value for name, value in row.items() if name != "id"}


def verdict(assistant: Assistant, citation: CitationOut) -> str:
    """Why a citation does not hold, in Chinese; empty where it does."""
    try:
        document = assistant.document(citation.document_id)
        span = Span(citation.start, citation.end)
    except (DocumentNotFound, ValueError):
        return "资料库中没有这份资料，或位置不合法"
    found = check(document, span, citation.quote, citation.text_sha256)
    if found.ok or not citation.quote or citation.quote not in document.text:
        return found.reason
    start = document.text.index(citation.quote)
    return f"{found.reason}；这段话还在，现在在 {start}–{start + len(citation.quote)}"
