"""Data sets as they are found: BEIR folders, TREC qrels and runs.

A BEIR folder holds ``corpus.jsonl`` ({"_id", "title"?, "text"}; ours may have "path", headings joined by " › "),
``queries.jsonl`` ({"_id", "text"}), ``qrels/<split>.tsv`` (query-id, corpus-id, score, with a header) and, where
answers are known, ``answers.jsonl`` ({"query_id", "doc_id", "answers": [{"text", "start"}]}; ``start`` counts code
points of the document's text).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eval.errors import ConfigurationError, DatasetError, Problem
from eval.questions import json_lines
from eval.runs import trec_lines
from eval.types import Qrels, Ranking
from eval.versions import files_sha256
from ingest.types import Span

CORPUS, QUERIES, ANSWERS, QRELS = "corpus.jsonl", "queries.jsonl", "answers.jsonl", "qrels"
PLACE = " › "
"""Between a title and headings, and in ``path`` of a corpus row."""


@dataclass(frozen=True, slots=True)
class CorpusDocument:
    """A document of a BEIR corpus; ``path`` are the headings it stands under, which plain BEIR knows nothing of."""

    id: str
    title: str
    text: str
    path: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """Title and headings."""
        return PLACE.join(part for part in (self.title, *self.path) if part)

    @property
    def content(self) -> str:
        """Place and text, as a system that knows only text is given them."""
        return f"{self.place}\n{self.text}" if self.place else self.text


@dataclass(frozen=True, slots=True)
class GoldSpan:
    """An answer: where it stands in a document's text, and its words."""

    document: str
    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Dataset:
    """A BEIR folder. ``queries`` are those that ``qrels`` judge, in the order of the file, id → text."""

    name: str
    split: str
    corpus: tuple[CorpusDocument, ...]
    queries: Mapping[str, str]
    qrels: Qrels
    answers: Mapping[str, tuple[GoldSpan, ...]] = field(default_factory=dict)
    sha256: str = ""


def split_names(folder: Path) -> list[str]:
    """The splits that a BEIR folder has qrels for."""
    return sorted(path.stem for path in (folder / QRELS).glob("*.tsv"))


def read_dataset(folder: Path, split: str | None = None) -> Dataset:
    """Read a BEIR folder; without ``split``, ``test`` or the only one there is.

    Raises ``DatasetError`` with every row that cannot be read, ``ConfigurationError`` for a split it does not have.
    What can be worked with all the same (judgements of documents that are not there) is for ``eval.doctor`` to tell.
    """
    split = _choose(folder, split)
    problems: list[Problem] = []
    corpus = tuple(document for _, document in corpus_rows(folder / CORPUS, problems))
    texts = {identifier: text for _, identifier, text in query_rows(folder / QUERIES, problems)}
    qrels = _grades(qrels_rows(folder / QRELS / f"{split}.tsv", problems))
    answers: dict[str, tuple[GoldSpan, ...]] = {}
    if (folder / ANSWERS).exists():
        for _, query, spans in answer_rows(folder / ANSWERS, problems):
            answers[query] = (*answers.get(query, ()), *spans)
    if problems:
        raise DatasetError(problems)
    queries = {identifier: text for identifier, text in texts.items() if identifier in qrels}
    ordered = {identifier: qrels[identifier] for identifier in queries}
    name = folder.resolve().name
    return Dataset(name, split, corpus, queries, ordered, answers, files_sha256(data_files(folder, split)))


def data_files(folder: Path, split: str) -> list[Path]:
    """The files that a split of a BEIR folder is made of."""
    names = (CORPUS, QUERIES, ANSWERS, f"{QRELS}/{split}.tsv")
    return [folder / name for name in names if (folder / name).is_file()]


def corpus_rows(path: Path, problems: list[Problem]) -> Iterator[tuple[int, CorpusDocument]]:
    """(line, document) of every good row."""
    for line, row in json_lines(path, problems):
        reader = Row(path.name, line, row, problems)
        identifier, title, text = reader.identifier("_id"), reader.text("title", ""), reader.text("text")
        place = reader.text("path", "")
        if identifier is not None and title is not None and text is not None and place is not None:
            headings = tuple(part for part in place.split(PLACE) if part)
            yield line, CorpusDocument(identifier, title, text, headings)


def query_rows(path: Path, problems: list[Problem]) -> Iterator[tuple[int, str, str]]:
    """(line, id, text) of every good row."""
    for line, row in json_lines(path, problems):
        reader = Row(path.name, line, row, problems)
        identifier, text = reader.identifier("_id"), reader.text("text")
        if identifier is not None and text is not None:
            yield line, identifier, text


def qrels_rows(path: Path, problems: list[Problem]) -> Iterator[tuple[int, str, str, int]]:
    """(line, query, document, grade) of a BEIR or TREC file of judgements; a header is skipped."""
    for line, parts in _columns(path, problems):
        if line == 1 and not _number(parts[-1]):
            continue
        if len(parts) == 4:  # TREC: query, iteration, document, grade
            parts = [parts[0], *parts[2:]]
        if len(parts) != 3 or not _number(parts[2]):
            problems.append(Problem(path.name, line, "应为“问题 文档 等级”三列（等级为整数）。"))
            continue
        yield line, parts[0], parts[1], int(float(parts[2]))


def answer_rows(path: Path, problems: list[Problem]) -> Iterator[tuple[int, str, tuple[GoldSpan, ...]]]:
    """(line, query, spans) of every good row."""
    for line, row in json_lines(path, problems):
        reader = Row(path.name, line, row, problems)
        query, document = reader.identifier("query_id"), reader.identifier("doc_id")
        try:
            spans = tuple(
                GoldSpan(
                    str(document),
                    Span(answer["start"], answer["start"] + len(answer["text"])),
                    answer["text"],
                )
                for answer in row["answers"]
            )
        except (KeyError, TypeError, ValueError):
            reader.note('answers 应为 {"text", "start"} 的列表，start 为非负整数。')
            continue
        if query is not None and document is not None:
            yield line, query, spans


def read_qrels(path: Path) -> Qrels:
    """Judgements from a file in BEIR's or TREC's format; raises ``DatasetError``."""
    problems: list[Problem] = []
    grades = _grades(qrels_rows(path, problems))
    if problems:
        raise DatasetError(problems)
    return grades


def write_qrels(path: Path, qrels: Qrels) -> None:
    """Write judgements in TREC's format."""
    rows = ((query, name, grade) for query, grades in qrels.items() for name, grade in grades.items())
    path.write_text("".join(f"{query} 0 {name} {grade}\n" for query, name, grade in rows), "utf-8")


def read_trec_run(path: Path) -> dict[str, list[tuple[str, float]]]:
    """A TREC run, each ranking by score descending, ties by document id; raises ``DatasetError``."""
    problems: list[Problem] = []
    found: dict[str, dict[str, float]] = {}
    for line, parts in _columns(path, problems):
        if len(parts) != 6 or not _number(parts[4]):
            problems.append(Problem(path.name, line, "应为“问题 Q0 文档 名次 得分 标记”六列。"))
        elif parts[2] in found.setdefault(parts[0], {}):
            problems.append(Problem(path.name, line, f"问题“{parts[0]}”的文档“{parts[2]}”出现了两次。"))
        else:
            found[parts[0]][parts[2]] = float(parts[4])
    if problems:
        raise DatasetError(problems)
    return {query: sorted(s.items(), key=lambda pair: (-pair[1], pair[0])) for query, s in found.items()}


def write_trec_run(path: Path, run: Mapping[str, Ranking], tag: str = "dangjian") -> None:
    """Write a TREC run."""
    lines = [line for query, ranking in run.items() for line in trec_lines(query, ranking, tag)]
    path.write_text("".join(lines), "utf-8")


@dataclass(frozen=True, slots=True)
class Row:
    """Reads the fields of one row and notes what is wrong with them."""

    file: str
    line: int
    row: Mapping[str, Any]
    problems: list[Problem]

    def note(self, message: str) -> None:
        """Record a problem of this row."""
        self.problems.append(Problem(self.file, self.line, message))

    def identifier(self, name: str) -> str | None:
        """A field that is an id: words without white space, or a whole number."""
        value = self.row.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if isinstance(value, str) and value and not any(char.isspace() for char in value):
            return value
        self.note(f"{name} 应为不含空白的字符串。")
        return None

    def text(self, name: str, default: str | None = None) -> str | None:
        """A field that is text; ``default`` where it is missing."""
        value = self.row.get(name, default)
        if value is None and default is not None:
            return default
        if isinstance(value, str):
            return value
        self.note(f"{name} 应为字符串。")
        return None


def _choose(folder: Path, split: str | None) -> str:
    names = split_names(folder)
    if not names:
        raise ConfigurationError(f"{folder} 不是 BEIR 文件夹：没有 {QRELS}/*.tsv。请检查路径。")
    wanted = split or ("test" if "test" in names else names[0])
    if wanted not in names:
        raise ConfigurationError(f"数据集没有划分“{wanted}”。可用：{'、'.join(names)}。")
    return wanted


def _grades(rows: Iterator[tuple[int, str, str, int]]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for _, query, document, grade in rows:
        found.setdefault(query, {})[document] = grade
    return found


def _columns(path: Path, problems: list[Problem]) -> Iterator[tuple[int, list[str]]]:
    """(line, columns) of a file of columns separated by tabs or spaces."""
    try:
        lines = path.read_text("utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = (
            "文件不存在，请检查路径。" if isinstance(error, FileNotFoundError) else f"无法读取（{error}）。"
        )
        problems.append(Problem(path.name, 0, reason))
        return
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield number, line.split()


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
