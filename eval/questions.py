"""Our question format: JSON lines that name (document, quoted words), never passages.

    {"id", "question", "kind", "gold": [{"any": [{"document", "quote"}, …]}, …], "answerable", "turns": […], "tags": […]}

Every group of ``gold`` is needed, any quote of a group will do. All bad rows are reported at once, by line.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, get_args

from eval.errors import ConfigurationError, DatasetError, Problem
from eval.types import GoldGroup, GoldQuote, Question, Split
from ingest.normal import normalise
from ingest.types import Span

KINDS = ("howto", "list", "fact", "timeline", "definition", "case", "compare", "summary", "article")
_FIELDS = {"id", "question", "kind", "gold", "answerable", "turns", "tags"}
_IGNORED = re.compile(r"[^\w.%]|_|(?<![0-9])\.|\.(?![0-9])")
_DEV_TENTHS = 6


SEEN = "seen"
"""Tag of a question that somebody looked at while making the program: it is dev, whatever its id says."""


def split_of(identifier: str) -> Split:
    """The split that an id stands for: ``int(sha256(id), 16) % 10``, 0 to 5 is dev, 6 to 9 is test."""
    tenth = int(hashlib.sha256(identifier.encode("utf-8")).hexdigest(), 16) % 10
    return "dev" if tenth < _DEV_TENTHS else "test"


def question_split(question: Question) -> Split:
    """The split of a question: that of its id, except that one tagged ``SEEN`` can be test no more."""
    return "dev" if SEEN in question.tags else split_of(question.id)


def check_split(split: str) -> None:
    """Raises ``ConfigurationError`` unless ``split`` is ``dev``, ``test`` or ``all``."""
    if split not in ("all", *get_args(Split)):
        raise ConfigurationError(f"不认识的划分“{split}”。可用：dev、test、all。")


def read_questions(paths: Path | Sequence[Path], split: str = "all") -> tuple[Question, ...]:
    """The questions of one or several files that belong to ``split``, in order.

    Raises ``DatasetError`` with every bad row: no JSON, wrong types, unknown fields, ids given twice.
    """
    files = [paths] if isinstance(paths, Path) else list(paths)
    check_split(split)
    problems: list[Problem] = []
    found: dict[str, Question] = {}
    for path in files:
        for line, row in json_lines(path, problems):
            reader = _Reader(path.name, line, problems)
            question = reader.question(row)
            if question is None:
                continue
            if question.id in found:
                reader.note(f"编号“{question.id}”重复。")
            found[question.id] = question
    if problems:
        raise DatasetError(problems)
    return tuple(question for question in found.values() if split in ("all", question_split(question)))


def write_questions(path: Path, questions: Iterable[Question]) -> None:
    """Write questions as they are read."""
    lines = [json.dumps(question_row(question), ensure_ascii=False) + "\n" for question in questions]
    path.write_text("".join(lines), "utf-8")


def question_row(question: Question) -> dict[str, Any]:
    """The row that stands for a question; tags are sorted."""
    gold = [
        {"any": [{"document": q.document, "quote": q.quote} for q in group.any]} for group in question.gold
    ]
    return {
        "id": question.id,
        "question": question.question,
        "kind": question.kind,
        "gold": gold,
        "answerable": question.answerable,
        "turns": list(question.turns),
        "tags": sorted(question.tags),
    }


def json_lines(path: Path, problems: list[Problem]) -> Iterator[tuple[int, dict[str, Any]]]:
    """(line number, row) of every line that holds a JSON object; the others go to ``problems``. Blank ones are skipped."""
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        problems.append(Problem(path.name, 0, "文件不存在，请检查路径。"))
        return
    except (OSError, UnicodeDecodeError) as error:
        problems.append(Problem(path.name, 0, f"无法按 UTF-8 读取（{error}）。"))
        return
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            problems.append(Problem(path.name, number, f"不是合法的 JSON（{error}）。"))
            continue
        if isinstance(row, dict):
            yield number, row
        else:
            problems.append(Problem(path.name, number, "应为一个 JSON 对象。"))


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one row and notes what is wrong with it."""

    file: str
    line: int
    problems: list[Problem]

    def note(self, message: str) -> None:
        self.problems.append(Problem(self.file, self.line, message))

    def question(self, row: Mapping[str, Any]) -> Question | None:
        before = len(self.problems)
        if unknown := sorted(row.keys() - _FIELDS):
            self.note(f"不认识的字段：{'、'.join(unknown)}。可用：{'、'.join(sorted(_FIELDS))}。")
        identifier, text = self._words(row, "id"), self._words(row, "question")
        kind = row.get("kind", "")
        if kind not in KINDS:
            self.note(f"kind “{kind}”不在可用的类型之中：{'、'.join(KINDS)}。")
        answerable = row.get("answerable", True)
        if not isinstance(answerable, bool):
            self.note("answerable 应为 true 或 false。")
        gold = self._gold(row.get("gold", []))
        if bool(answerable) != bool(gold) and len(self.problems) == before:
            self.note("可回答的问题须有 gold，不可回答的不得有。")
        turns, tags = self._strings(row, "turns"), self._strings(row, "tags")
        if len(self.problems) > before:
            return None
        return Question(identifier, text, kind, gold, answerable, turns, frozenset(tags))

    def _words(self, row: Mapping[str, Any], name: str) -> str:
        value = row.get(name)
        if isinstance(value, str) and value.strip():
            return value
        self.note(f"{name} 应为非空的字符串。")
        return ""

    def _strings(self, row: Mapping[str, Any], name: str) -> tuple[str, ...]:
        value = row.get(name, [])
        if isinstance(value, list) and all(isinstance(item, str) and item.strip() for item in value):
            return tuple(value)
        self.note(f"{name} 应为字符串的列表。")
        return ()

    def _gold(self, value: Any) -> tuple[GoldGroup, ...]:
        groups = []
        for number, group in enumerate(value if isinstance(value, list) else [None], 1):
            quotes = group.get("any") if isinstance(group, dict) and set(group) == {"any"} else None
            if not isinstance(quotes, list) or not quotes:
                self.note('gold 应为 {"any": [{"document", "quote"}, …]} 的列表，any 不得为空。')
                return ()
            groups.append(GoldGroup(tuple(self._quote(quote, number) for quote in quotes)))
        return tuple(groups)

    def _quote(self, value: Any, group: int) -> GoldQuote:
        if isinstance(value, dict) and set(value) == {"document", "quote"}:
            document, quote = value["document"], value["quote"]
            if isinstance(document, str) and isinstance(quote, str) and document.strip() and bare(quote):
                return GoldQuote(document, quote)
        self.note(f"gold 第 {group} 组里有引文缺少 document 或 quote，或者是空的。")
        return GoldQuote("", "")


@dataclass(frozen=True, slots=True)
class BareText:
    """A text without punctuation and white space, in normal form; ``spans[i]`` is what character ``i`` came from."""

    text: str
    spans: tuple[Span, ...]

    def find(self, quote: str) -> tuple[Span, ...]:
        """Where ``quote`` stands, whatever its punctuation, spacing, width and script: spans of the original text."""
        wanted = bare(quote)
        found = []
        at = self.text.find(wanted) if wanted else -1
        while at >= 0:
            found.append(Span(self.spans[at].start, self.spans[at + len(wanted) - 1].end))
            at = self.text.find(wanted, at + 1)
        return tuple(found)


@lru_cache(maxsize=512)
def bare_text(text: str) -> BareText:
    """``text`` as quotes are looked for in it. Two texts are the same to a judge where these are."""
    normal = normalise(text)
    dropped = {match.start() for match in _IGNORED.finditer(normal.text)}
    kept = [position for position in range(len(normal.text)) if position not in dropped]
    return BareText(
        "".join(normal.text[position] for position in kept),
        tuple(normal.span(position, position + 1) for position in kept),
    )


@lru_cache(maxsize=20_000)
def bare(text: str) -> str:
    """The normal form of ``text`` without punctuation and white space; points inside numbers stay."""
    return _IGNORED.sub("", normalise(text).text)


def document_key(name: str) -> str:
    """What documents are known by: the file's name without folder and suffix."""
    base = re.split(r"[/\\:]", name)[-1]
    return re.sub(r"\.(?:txt|md|html?|docx?|wps|pdf)$", "", base, flags=re.IGNORECASE)
