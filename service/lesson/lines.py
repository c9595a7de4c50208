"""The line that stands for an excerpt on a slide: a run of its own clauses, or the heading above it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence

from service.answering.compose import owner
from service.answering.wording import bare

_LONGEST, _LONGEST_CLAUSE, _SHORTEST = 40, 70, 8
_LABEL = re.compile(
    r"^\s*(?:第[一二三四五六七八九十百零]+条\s*|[（(][一二三四五六七八九十]+[）)]\s*|[一二三四五六七八九十]+、\s*|[0-9]{1,2}[.．、]\s*|"
    r"第?[一二三四五六七八九十]+[是，])"
)
_CLAUSE = re.compile(r"[^，。；：！？!?\n]*[，。；：！？!?\n]*[”’」』]?")
_LEANING = re.compile(
    r"^(?:并|以|其|从而|进而|使|让|而|且|及|或|等|也|还|又|这|此|对此|同时|但|则|因此|就|均|都|形成|为此)"
)
_TURNS = re.compile(r"不得|禁止|严禁|未经|除|非经|不准|不能|不再|不应|反对|防止|避免")
_SAID = re.compile(r"(?:强调|指出|要求|说|提出|认为|表示|介绍)[，：:]?$")
_ENDS = "，。；：！？!?\n "
_PAIRS = (("“", "”"), ("‘", "’"), ("《", "》"), ("（", "）"), ("(", ")"))
_BACK = 0.12


def line_for(
    text: str, path: Sequence[str], coverage: Callable[[str], float], used: Collection[str], *, headed: bool
) -> str:
    """The line for an excerpt, in words of it or, where ``headed``, of the heading above, if that is about the same."""
    if headed and path:
        heading = without_label(path[-1]).strip()
        telling = _SHORTEST <= len(heading) <= _LONGEST and not re.match(r"第[^ ]{1,6}[编章节条]", path[-1])
        if telling and heading not in used and _shares(heading, text):
            return heading
    return clause_run(text, coverage)


def without_label(text: str) -> str:
    """``text`` without the number that it begins with (第四条, （二）, 一是)."""
    return _LABEL.sub("", text)


def clause_run(text: str, coverage: Callable[[str], float]) -> str:
    """The run of clauses of the first sentences of ``text``, not longer than a line, that says most of the topic.

    It begins at the beginning unless something later says more; always there where the sentence tells whose deed it is,
    or where it turns (不得…), since a run without that would say the opposite.
    """
    body = without_label(text)
    runs = list(_runs(body))
    if not runs:
        return body.strip()[:_LONGEST_CLAUSE]
    if _TURNS.search(body) or owner(body):
        return runs[0][1]
    return max(runs, key=lambda run: (coverage(run[1]) - _BACK * min(run[0], 4), -run[0]))[1]


def _runs(body: str) -> Iterator[tuple[int, str]]:
    """The runs of clauses that can stand alone, with the number of the clause that each begins with."""
    clauses = [match.group() for match in _CLAUSE.finditer(body) if match.group()]
    for start, first in enumerate(clauses):
        if start and (_LEANING.match(first) or _SAID.search(clauses[start].rstrip(_ENDS))):
            continue
        run = ""
        for clause in clauses[start:]:
            if run and len(run) + len(clause.rstrip(_ENDS)) > _LONGEST and _balanced(run):
                break
            run += clause
            if re.search(r"[。！？!?\n]", clause) and _balanced(run):
                break
        line = _unquoted(run.strip(_ENDS))
        if _SHORTEST <= len(line) <= _LONGEST_CLAUSE and _balanced(line) and not _SAID.search(line):
            yield start, line


def _unquoted(line: str) -> str:
    """Without a quotation mark that is all of a pair at the edge."""
    for opening, closing in (("“", "”"), ("‘", "’")):
        if line.count(opening) - line.count(closing) == 1 and line.startswith(opening):
            return line[1:].strip(_ENDS)
        if line.count(closing) - line.count(opening) == 1 and line.endswith(closing):
            return line[:-1].strip(_ENDS)
        if line.startswith(opening) and line.endswith(closing) and line.count(opening) == 1:
            return line[1:-1].strip(_ENDS)
    return line


def _balanced(line: str) -> bool:
    return all(line.count(opening) == line.count(closing) for opening, closing in _PAIRS)


def _shares(heading: str, text: str) -> bool:
    """Whether a heading has at least a third of its character pairs in the text."""
    words, body = bare(heading), bare(text)
    pairs = [words[i : i + 2] for i in range(len(words) - 1)]
    return bool(pairs) and sum(pair in body for pair in pairs) / len(pairs) >= 1 / 3
