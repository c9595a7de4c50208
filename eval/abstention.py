"""Refusal on neutral ground: a public reading-comprehension set with the answers of half its questions taken away.

A seeded half of the documents that hold answers is left out. Questions about those have no answer in what is left,
the others have; everything else (style, length, subject) is the same, and nobody wrote the questions to be refused.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from eval.datasets import CorpusDocument, Dataset, read_dataset
from eval.errors import ConfigurationError
from eval.questions import write_questions
from eval.types import GoldGroup, GoldQuote, Question

QUESTIONS, DOCUMENTS = "questions.jsonl", "documents"


@dataclass(frozen=True, slots=True)
class AbstentionSet:
    """What to ingest and what to ask. ``removed`` are the ids of the documents left out."""

    documents: tuple[CorpusDocument, ...]
    questions: tuple[Question, ...]
    removed: frozenset[str]


def make(dataset: Dataset, *, seed: int = 0, limit: int = 0) -> AbstentionSet:
    """Take away the documents of half the questions; ``limit`` (0: all) questions are drawn, by their ids' hash.

    Questions whose document shares its title with one on the other side are left out: their answer might stand there.
    Raises ``ConfigurationError`` where the set has no answers.
    """
    if not dataset.answers:
        raise ConfigurationError(
            f"{dataset.name} 没有 answers.jsonl，无法判断答案在哪份文档。请换一个数据集。"
        )
    gold = {
        query: spans[0].document
        for query, spans in dataset.answers.items()
        if query in dataset.queries and spans
    }
    holders = sorted(set(gold.values()))
    removed = frozenset(random.Random(seed).sample(holders, len(holders) // 2))
    titles = {document.id: document.title or document.id for document in dataset.corpus}
    here = {titles[i] for i in titles if i not in removed}
    away = {titles[i] for i in titles if i in removed}
    clear = [
        query
        for query, document in gold.items()
        if not (titles.get(document, "") in here and titles[document] in away)
    ]
    chosen = set(sorted(clear, key=_hash)[: limit or None])
    questions = tuple(_question(dataset, query, gold[query] in removed) for query in clear if query in chosen)
    return AbstentionSet(tuple(d for d in dataset.corpus if d.id not in removed), questions, removed)


def write(
    folder: Path, source: Path, *, seed: int = 0, limit: int = 0, split: str | None = None
) -> AbstentionSet:
    """Make the set from the BEIR folder ``source`` and write ``questions.jsonl`` and ``documents/`` into ``folder``."""
    made = make(read_dataset(source, split), seed=seed, limit=limit)
    (folder / DOCUMENTS).mkdir(parents=True, exist_ok=True)
    for name, content in files(made.documents):
        (folder / DOCUMENTS / name).write_text(content, "utf-8")
    write_questions(folder / QUESTIONS, made.questions)
    return made


def files(documents: Iterable[CorpusDocument]) -> Iterable[tuple[str, str]]:
    """(file name, content) of each document; the name is its id."""
    for document in documents:
        yield f"{_file(document.id)}.txt", f"{document.content}\n"


def _question(dataset: Dataset, query: str, gone: bool) -> Question:
    spans = dataset.answers[query]
    quotes = tuple(
        dict.fromkeys(GoldQuote(_file(span.document), span.text) for span in spans if span.text.strip())
    )
    gold = () if gone or not quotes else (GoldGroup(quotes),)
    tags = frozenset({"removed"} if gone else ())
    return Question(query, dataset.queries[query], "fact", gold, not gone, (), tags)


def _file(identifier: str) -> str:
    return re.sub(r"[^\w.-]", "_", identifier)


def _hash(identifier: str) -> str:
    return hashlib.sha256(identifier.encode("utf-8")).hexdigest()
