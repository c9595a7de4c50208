"""A tiny BEIR folder for the evaluation's tests."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

DOCUMENTS = {
    "d1": ("党费", "党员应当按月交纳党费。预备党员从支部大会通过之日起交纳党费。"),
    "d2": ("会议", "党员大会每季度召开一次。党支部委员会会议每月召开一次。"),
    "d3": ("发展党员", "预备党员的预备期为一年。"),
    "d4": ("", "阳台上适合种月季和茉莉。"),
}
QUERIES = {
    "q1": "党费怎么交纳？",
    "q2": "党员大会多久召开一次？",
    "q3": "预备期多长？",
    "q4": "阳台种什么花？",
    "q5": "没有判断的问题",
}
QRELS = {"q1": {"d1": 1}, "q2": {"d2": 1, "d3": 0}, "q3": {"d3": 2, "d1": 1}, "q4": {"d4": 1}}


def lines(rows: Iterable[Mapping[str, Any] | str]) -> str:
    """JSON lines; a string stands as it is."""
    return "".join(
        (row if isinstance(row, str) else json.dumps(row, ensure_ascii=False)) + "\n" for row in rows
    )


def write_beir(
    folder: Path, *, split: str = "test", documents: Mapping[str, tuple[str, str]] = DOCUMENTS
) -> Path:
    """The data set as a folder."""
    (folder / "qrels").mkdir(parents=True)
    corpus = ({"_id": key, "title": title, "text": text} for key, (title, text) in documents.items())
    (folder / "corpus.jsonl").write_text(lines(corpus), "utf-8")
    (folder / "queries.jsonl").write_text(lines({"_id": k, "text": v} for k, v in QUERIES.items()), "utf-8")
    rows = [f"{query}\t{name}\t{grade}\n" for query, row in QRELS.items() for name, grade in row.items()]
    (folder / "qrels" / f"{split}.tsv").write_text("query-id\tcorpus-id\tscore\n" + "".join(rows), "utf-8")
    answer = {"query_id": "q3", "doc_id": "d3", "answers": [{"text": "一年", "start": 9}]}
    (folder / "answers.jsonl").write_text(lines([answer]), "utf-8")
    return folder
