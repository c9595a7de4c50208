"""``dangjian-eval doctor``: what is wrong with a data set before anybody measures on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from eval import datasets
from eval.errors import ConfigurationError, DatasetError, Problem
from eval.questions import bare_text, document_key, question_split, read_questions
from eval.types import Question

LONG = 20_000
"""Characters of a document from which on an embedder reads only its beginning."""


@dataclass(frozen=True, slots=True)
class Findings:
    """Counts by name, and problems; a data set without problems is sound."""

    counts: dict[str, int]
    problems: tuple[Problem, ...]


def examine(path: Path, documents: Path | None = None) -> Findings:
    """Look at a BEIR folder, or at a file of questions in our own format.

    ``documents`` is the folder of the texts that the questions quote; without it quotes are not looked for.
    """
    if path.is_dir():
        return _beir(path)
    if path.suffix == ".jsonl":
        return _questions(path, documents)
    raise ConfigurationError(f"{path} 既不是 BEIR 文件夹，也不是 .jsonl 问题文件。请检查路径。")


class _Seen:
    """Ids and texts met so far in a file, to tell when one comes twice."""

    def __init__(self, file: str, problems: list[Problem]) -> None:
        self._file, self._problems = file, problems
        self.ids: dict[str, int] = {}
        self._texts: dict[str, int] = {}

    def add(self, line: int, identifier: str, text: str) -> None:
        if not text.strip():
            self._note(line, f"“{identifier}”的文字是空的。")
        if (before := self.ids.setdefault(identifier, line)) != line:
            self._note(line, f"编号“{identifier}”与第 {before} 行重复。")
        elif text.strip() and (before := self._texts.setdefault(text, line)) != line:
            self._note(line, f"“{identifier}”的文字与第 {before} 行相同。")

    def _note(self, line: int, message: str) -> None:
        self._problems.append(Problem(self._file, line, message))


def _beir(folder: Path) -> Findings:
    problems: list[Problem] = []
    documents, queries = _Seen(datasets.CORPUS, problems), _Seen(datasets.QUERIES, problems)
    texts: dict[str, str] = {}
    for line, document in datasets.corpus_rows(folder / datasets.CORPUS, problems):
        documents.add(line, document.id, document.content)
        texts[document.id] = document.text
    for line, identifier, text in datasets.query_rows(folder / datasets.QUERIES, problems):
        queries.add(line, identifier, text)
    counts = {"documents": len(documents.ids), "queries": len(queries.ids)}
    counts["long_documents"] = sum(len(text) > LONG for text in texts.values())
    splits = datasets.split_names(folder)
    if not splits:
        problems.append(Problem(datasets.QRELS, 0, "没有 qrels/*.tsv。"))
    judged: set[str] = set()
    for split in splits:
        judged |= _judgements(folder, split, documents.ids, queries.ids, counts, problems)
    counts["queries_without_judgement"] = len(queries.ids.keys() - judged)
    if (folder / datasets.ANSWERS).exists():
        _answers(folder / datasets.ANSWERS, texts, queries.ids, counts, problems)
    return Findings(counts, tuple(sorted(problems)))


def _judgements(
    folder: Path,
    split: str,
    documents: dict[str, int],
    queries: dict[str, int],
    counts: dict[str, int],
    problems: list[Problem],
) -> set[str]:
    """Check a split's qrels; the queries that it judges."""
    path = folder / datasets.QRELS / f"{split}.tsv"
    seen: dict[tuple[str, str], int] = {}
    relevant: dict[str, int] = {}
    for line, query, document, grade in datasets.qrels_rows(path, problems):
        if query not in queries:
            problems.append(Problem(path.name, line, f"问题“{query}”不在 {datasets.QUERIES} 中。"))
        if document not in documents:
            problems.append(Problem(path.name, line, f"文档“{document}”不在 {datasets.CORPUS} 中。"))
        if (before := seen.setdefault((query, document), line)) != line:
            problems.append(Problem(path.name, line, f"与第 {before} 行是同一个判断。"))
        relevant[query] = relevant.get(query, 0) + (grade > 0)
    for query in sorted(name for name, count in relevant.items() if not count):
        problems.append(Problem(path.name, 0, f"问题“{query}”没有一份相关文档，各项指标都只能是 0。"))
    counts[f"judgements_{split}"] = len(seen)
    counts[f"queries_{split}"] = len(relevant)
    return set(relevant)


def _answers(
    path: Path,
    texts: dict[str, str],
    queries: dict[str, int],
    counts: dict[str, int],
    problems: list[Problem],
) -> None:
    total = 0
    for line, query, spans in datasets.answer_rows(path, problems):
        if query not in queries:
            problems.append(Problem(path.name, line, f"问题“{query}”不在 {datasets.QUERIES} 中。"))
        for span in spans:
            total += 1
            text = texts.get(span.document)
            if text is None:
                problems.append(Problem(path.name, line, f"文档“{span.document}”不在 {datasets.CORPUS} 中。"))
            elif span.span.of(text) != span.text:
                place = f"{span.span.start}–{span.span.end}"
                problems.append(Problem(path.name, line, f"答案“{span.text}”与原文 {place} 处不符。"))
    counts["answers"] = total


def _questions(path: Path, folder: Path | None) -> Findings:
    try:
        questions = read_questions(path)
    except DatasetError as error:
        return Findings({}, error.problems)
    problems: list[Problem] = []
    lines = {question.id: line for line, question in zip(_row_lines(path), questions, strict=True)}
    seen = _Seen(path.name, problems)
    for question in questions:
        seen.add(lines[question.id], question.id, "\n".join((*question.turns, question.question)))
    counts = _count(questions)
    if folder is not None:
        problems.extend(_missing_quotes(path.name, questions, lines, folder))
    return Findings(counts, tuple(sorted(problems)))


def _count(questions: Sequence[Question]) -> dict[str, int]:
    return {
        "questions": len(questions),
        "unanswerable": sum(not question.answerable for question in questions),
        "followups": sum(bool(question.turns) for question in questions),
        "dev": sum(question_split(question) == "dev" for question in questions),
        "test": sum(question_split(question) == "test" for question in questions),
        "quotes": sum(len(group.any) for question in questions for group in question.gold),
    }


def _missing_quotes(
    name: str, questions: Sequence[Question], lines: Mapping[str, int], folder: Path
) -> Iterator[Problem]:
    """Quotes that do not stand in the document they name, and documents that are not there."""
    from ingest.loaders import is_supported

    files = [file for file in sorted(folder.rglob("*")) if file.is_file() and is_supported(file)]
    texts = {document_key(file.name): file for file in files}
    for question in questions:
        for gold in (gold for group in question.gold for gold in group.any):
            file = texts.get(document_key(gold.document))
            if file is None:
                yield Problem(name, lines[question.id], f"没有文档“{gold.document}”。")
            elif not bare_text(_text(file)).find(gold.quote):
                message = f"文档“{gold.document}”里找不到“{gold.quote}”。"
                yield Problem(name, lines[question.id], message)


def _row_lines(path: Path) -> Sequence[int]:
    return [number for number, line in enumerate(path.read_text("utf-8-sig").split("\n"), 1) if line.strip()]


@lru_cache(maxsize=512)
def _text(path: Path) -> str:
    """A document as ingest stores it, repairs included."""
    from ingest.loaders import load_file
    from ingest.repair import repair

    return repair(load_file(path, origin=path.name).text).text
