"""The line that stands for an excerpt on a slide: a run of its own clauses, or the heading above it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence

from service.answering.wording import bare

Weigh = Callable[[str], float]
"""How telling a run of words is for the point."""

_LONGEST, _LONGEST_CLAUSE, _SHORTEST, _WHOLE = 40, 70, 8, 52
_LABEL = re.compile(
    r"^\s*(?:第[一二三四五六七八九十百零]+条\s*|[（(][一二三四五六七八九十]+[）)]\s*|[一二三四五六七八九十]+、\s*|[0-9]{1,2}[.．、]\s*|"
    r"第?[一二三四五六七八九十][是，])"
)
_CLAUSE = re.compile(r"[^，。；：！？!?\n]*[，。；：！？!?\n]+[”’」』]?|[^，。；：！？!?\n]+$")
_LEANING = re.compile(
    r"^(?:并|以|其|从而|從而|进而|進而|使|让|讓|而|且|及|或|等|也|还|還|又|这|這|此|对此|同时|同時|但|则|則|因此|就|均|都|形成|为此|確保|确保)"
)
_TURNS = re.compile(r"不得|禁止|严禁|嚴禁|未经|未經|不准")
_SAID = re.compile(r"(?:强调|強調|指出|要求|说|說|提出|认为|認為|表示|介绍|介紹)[，：:]?$")
_ENDS = "，。；：！？!?\n "
_PAIRS = (("“", "”"), ("‘", "’"), ("《", "》"), ("（", "）"), ("(", ")"))
_BACK = 0.12


def without_label(text: str) -> str:
    """``text`` without the number that it begins with (第四条, （二）, 一是)."""
    return _LABEL.sub("", text)


def line_for(
    text: str, path: Sequence[str], weigh: Weigh, used: Collection[str], *, headed: bool, whole: bool
) -> str:
    """The line for an excerpt: the heading above it where that is about the same (``headed``), else words of its own.

    Of a list it is what leads it in. A short first sentence may stand for all. A run of clauses begins at the beginning unless something later tells more; always
    there where the text is a rule (``whole``) or turns (不得…), since a run without that could say the opposite.
    """
    if headed and path:
        heading = without_label(path[-1]).strip()
        telling = _SHORTEST <= len(heading) <= _LONGEST and not re.match(r"第[^ ]{1,6}[编章节条]", path[-1])
        if telling and heading not in used and _shares(heading, text):
            return heading
    body = without_label(text)
    lead = body.split("\n", 1)[0].strip(_ENDS)
    if "\n" in body and _SHORTEST <= len(lead) <= _LONGEST_CLAUSE and _balanced(lead):
        return lead
    runs = list(_runs(body))
    first = re.split(r"(?<=[。！？])", body, maxsplit=1)[0].strip(_ENDS)
    if _SHORTEST <= len(first) <= _WHOLE and "\n" not in first and _balanced(first):
        runs.insert(0, (0, first))
    if not runs:
        return body.strip()[:_LONGEST_CLAUSE]
    return runs[0][1] if whole or _TURNS.search(body) or "\n" in body else _most_telling(runs, weigh)


def case_line(text: str, name: str, weigh: Weigh) -> str:
    """The line for what somebody named did: the name, then what tells most of it."""
    told = text.removeprefix(name)
    runs = list(_runs(told))
    if not runs:
        return without_label(text).strip()[:_LONGEST_CLAUSE]
    best = _most_telling(runs, weigh)
    return name + best if told.startswith(best) else f"{name}：{best}"


def _most_telling(runs: Sequence[tuple[int, str]], weigh: Weigh) -> str:
    return max(runs, key=lambda run: (weigh(run[1]) - _BACK * min(run[0], 4), -run[0]))[1]


def _runs(body: str) -> Iterator[tuple[int, str]]:
    """The runs of clauses that can stand alone, with the number of the clause that each begins with."""
    clauses = [match.group() for match in _CLAUSE.finditer(body)]
    for start, first in enumerate(clauses):
        if start and (_LEANING.match(first) or _SAID.search(first.rstrip(_ENDS))):
            continue
        run = ""
        for clause in clauses[start:]:
            if run and len(run) + len(clause.rstrip(_ENDS)) > _LONGEST and _balanced(run):
                break
            run += clause
            if re.search(r"[。！？!?\n]|之一的[，：]", clause) and _balanced(run):
                break
        line = _unquoted(run.strip(_ENDS))
        if _SHORTEST <= len(line) <= _LONGEST_CLAUSE and _balanced(line) and not _SAID.search(line):
            yield start, line


def _unquoted(line: str) -> str:
    """Without quotation marks that are but half of a pair, or stand around all of it."""
    for opening, closing in (("“", "”"), ("‘", "’")):
        if line.count(opening) - line.count(closing) == 1 and line.startswith(opening):
            return line[1:].strip(_ENDS)
        if line.count(closing) - line.count(opening) == 1 and line.endswith(closing):
            return line[:-1].strip(_ENDS)
        if line.startswith(opening) and line.endswith(closing) and line.count(opening) == 1:
            return line[1:-1].strip(_ENDS)
    return line


def _balanced(line: str) -> bool:
    """Whether every mark that is opened is closed after it."""
    for opening, closing in _PAIRS:
        depth = 0
        for char in line:
            depth += (char == opening) - (char == closing)
            if depth < 0:
                return False
        if depth:
            return False
    return True


def _shares(heading: str, text: str) -> bool:
    """Whether a heading has at least a third of its character pairs in the text."""
    words, body = bare(heading), bare(text)
    pairs = [words[i : i + 2] for i in range(len(words) - 1)]
    return bool(pairs) and sum(pair in body for pair in pairs) / len(pairs) >= 1 / 3
