"""Repairs of what copying, conversion and filters did to a text. They never paraphrase; each is an edit.

A repair either drops what carries no words (noise, indents, stray blank lines), joins what was broken, exchanges
half-width punctuation in Chinese text for its full-width form, or reads bytes anew that a converter shifted.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterator

from ingest.normal import normal_form, simplify
from ingest.types import RepairedText
from ingest.workpiece import Replacement, Workpiece

VERSION = 3
"""Part of the pipeline's fingerprint: raise it when any repair changes."""

HAN = r"\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"
"""The body of a regular expression class: Chinese characters."""

_CLOSERS = "”’」』》〉）)】］"
_TERMINAL = "。！？!?…；;：:"
_MAX_ROUNDS = 8


def repair(raw: str) -> RepairedText:
    """The repaired form of ``raw`` with its edits. Repairing a second time changes nothing."""
    piece = Workpiece(raw)
    for _ in range(_MAX_ROUNDS):
        # No early exit inside a round: a pass may open the way for one before it.
        if not any(piece.apply(list(make(piece.text))) for make in _PASSES):
            break
    return piece.finish()


# --- layout -----------------------------------------------------------------------------------------------------

_LINE_END = re.compile(r"\r\n?|[\u2028\u2029\x85\x0b\x0c]")
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b\u200c\u200e\u200f\u2060\ufeff\ufffe\uffff]+"
)
_INDENT = re.compile(r"^[ \t\u00a0\u3000]+", re.MULTILINE)
_TRAILING = re.compile(r"[ \t\u00a0\u3000]+$", re.MULTILINE)
_INNER_SPACE = re.compile(r"(?<=\S)(?:[ \t\u00a0\u3000]{2,}|[\t\u00a0\u3000])(?=\S)")
_BLANK_LINES = re.compile(r"\n{3,}")
_EDGE_BLANK = re.compile(r"\A\n+|(?<!\n)\n\n+\Z")
_DOT_ROW = re.compile(r"^[…⋯.·．。]{3,}\n?", re.MULTILINE)


def _line_ends(text: str) -> Iterator[Replacement]:
    return _all(_LINE_END, "\n", "line-end", text)


def _invisible(text: str) -> Iterator[Replacement]:
    return _all(_INVISIBLE, "", "invisible", text)


def _indents(text: str) -> Iterator[Replacement]:
    return _all(_INDENT, "", "indent", text)


def _trailing(text: str) -> Iterator[Replacement]:
    return _all(_TRAILING, "", "trailing-space", text)


def _inner_space(text: str) -> Iterator[Replacement]:
    return _all(_INNER_SPACE, " ", "wide-space", text)


def _blank_lines(text: str) -> Iterator[Replacement]:
    return _all(_BLANK_LINES, "\n\n", "blank-lines", text)


def _edges(text: str) -> Iterator[Replacement]:
    for match in _EDGE_BLANK.finditer(text):
        yield Replacement(match.start(), match.end(), "" if match.start() == 0 else "\n", "blank-lines")


def _dot_rows(text: str) -> Iterator[Replacement]:
    return _all(_DOT_ROW, "", "dot-row", text)


def _all(pattern: re.Pattern[str], replacement: str, kind: str, text: str) -> Iterator[Replacement]:
    for match in pattern.finditer(text):
        yield Replacement(match.start(), match.end(), replacement, kind)


# --- pinyin noise -----------------------------------------------------------------------------------------------

_TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ"
_PINYIN = re.compile(
    rf"(?<=[{HAN}])[(（]((?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?[aeiouü]{{0,2}}[{_TONED}][aeiouü]{{0,2}}(?:ng|n|r)?)[)）]"
)
_NOISE_DENSITY = 1500
"""A converter that leaves readings behind leaves them often: at least one in this many characters."""


def _pinyin(text: str) -> Iterator[Replacement]:
    """Readings that a script converter left behind its characters (機關(guān) → 機關).

    A reading given on purpose is rare in a text and stands behind a character few can read. So a lone syllable goes
    only behind a character in traditional script, in a text full of such; or where the same character has the same
    reading behind it again and again.
    """
    found = [(m, text[m.start() - 1], m.group(1)) for m in _PINYIN.finditer(text)]
    if not found:
        return
    traditional = [char for _, char, _ in found if simplify(char) != char]
    dense = len(traditional) * _NOISE_DENSITY >= len(text)
    repeats = Counter((char, reading) for _, char, reading in found)
    for match, char, reading in found:
        converted = dense and simplify(char) != char
        repeated = len(found) >= 5 and repeats[char, reading] >= 2
        if converted or repeated:
            yield Replacement(match.start(), match.end(), "", "pinyin")


_LOST_BYTE = re.compile(r"[?？]qū[)）]([^\x00-\x7f，。、；：！？“”]{0,6}[@-~])")
_LOST = b"\x8c"
_LAST_COMMON = 0xC6
"""The first byte of the last characters of Big5 that are common ones (A440 to C67E)."""


def _lost_bytes(text: str) -> Iterator[Replacement]:
    """Characters that such a converter shifted by a byte (打?qū)嵔鉀Q → 打實解決).

    Where a character of GBK began with the byte 8C, that was put down as `?qū)`, and what follows was read a byte too late, up to a
    character whose second byte is an ASCII letter. With the byte in its place again all of it has to be common characters of the
    traditional script.
    """
    for match in _LOST_BYTE.finditer(text):
        try:
            meant = (_LOST + match.group(1).encode("gbk")).decode("gbk")
            common = all(0xA4 <= char.encode("big5")[0] <= _LAST_COMMON for char in meant)
        except UnicodeError:
            continue
        if common:
            yield Replacement(match.start(), match.end(), meant, "lost-byte")


# --- punctuation ------------------------------------------------------------------------------------------------

_WIDE = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！"}
_CHINESE = rf"{HAN}“”‘’《》「」『』（）()【】、。，；：？！…—"
_HALF = re.compile(rf"(?<=[{HAN}”’》」』）】])[,;:?!]|(?<=[)%％0-9])[,;:?!](?=[{HAN}“‘《「『（【])")
_KEEP_RATIO = re.compile(r"[0-9]:[0-9]")


def _half_width(text: str) -> Iterator[Replacement]:
    """Half-width marks between Chinese words become full-width; in numbers, times and Latin text they stay."""
    for match in _HALF.finditer(text):
        if text[match.start() : match.start() + 3] not in ("://",):
            yield Replacement(match.start(), match.end(), _WIDE[match.group()], "half-width")


# --- broken sentences -------------------------------------------------------------------------------------------

_BREAK = re.compile(r"\n+")
_HEADING_START = re.compile(
    r"#|[-*+>|]|——|[({（]?[一二三四五六七八九十百0-9０-９]+[)）、.．]|第[一二三四五六七八九十百千零〇两0-9 ]{1,12}[编章节条]|[①-⑳]"
)
_OPEN_QUOTES, _CLOSE_QUOTES = "“「『《（(", "”」』》）)"


def _broken_lines(text: str) -> Iterator[Replacement]:
    """A sentence cut by a line break, with or without an empty line, is joined.

    Only where the upper line cannot have ended there: a quotation or bracket opened in it is still open and closes
    in the next line, or its last sentence, after an earlier full stop, has no end mark. Headings and lists stay.
    """
    start = 0
    for match in _BREAK.finditer(text):
        upper = text[start : match.start()]
        start = match.end()
        stop = text.find("\n", start)
        lower = text[start : stop if stop >= 0 else len(text)]
        if upper and lower and _breaks_sentence(upper, lower):
            yield Replacement(match.start(), match.end(), "", "broken-line")


def _breaks_sentence(upper: str, lower: str) -> bool:
    if (
        upper[-1] in _TERMINAL + _CLOSERS + "—-"
        or _HEADING_START.match(lower)
        or upper.startswith(("#", "|"))
    ):
        return False
    if not re.match(rf"[{HAN}，、；。！？”’》」』）0-9]", lower) or not re.search(
        rf"[{HAN}，、0-9“《（]$", upper
    ):
        return False
    if lower[0] in "，、；。！？”’》」』）":
        return True
    opened = _left_open(upper)
    if opened and _closes(lower, opened):
        return True
    ends_open = upper[-1] in "，、" or "。" in upper
    return ends_open and len(upper) >= 20 and any(mark in lower for mark in "。，；")


def _left_open(line: str) -> str:
    """The opening mark that ``line`` leaves open, or an empty string."""
    stack: list[str] = []
    for char in line:
        if char in _OPEN_QUOTES:
            stack.append(char)
        elif char in _CLOSE_QUOTES and stack and _OPEN_QUOTES.index(stack[-1]) == _CLOSE_QUOTES.index(char):
            stack.pop()
    return stack[-1] if stack else ""


def _closes(line: str, opened: str) -> bool:
    """Whether ``line`` closes ``opened`` before opening the same mark again."""
    closer = _CLOSE_QUOTES[_OPEN_QUOTES.index(opened)]
    close, reopen = line.find(closer), line.find(opened)
    return close >= 0 and (reopen < 0 or close < reopen)


# --- title ------------------------------------------------------------------------------------------------------

_TITLE_LINES = 6


def _double_title(text: str) -> Iterator[Replacement]:
    """Of title lines that differ only in evasive spelling or script, the one in plain spelling stays."""
    lines, position = [], 0
    for line in text.split("\n", _TITLE_LINES)[:_TITLE_LINES]:
        if line.strip():
            lines.append((position, line))
        position += len(line) + 1
    for (start, first), (second_start, second) in itertools.pairwise(lines):
        if len(first) >= 4 and len(second) <= 80 and _title_key(first) == _title_key(second):
            if second == _plain(second) or first != _plain(first):
                yield Replacement(start, second_start, "", "double-title")
            else:
                yield Replacement(start + len(first), second_start + len(second), "", "double-title")
            return


def _title_key(line: str) -> str:
    return re.sub(r"[\W_]+", "", normal_form(line.lstrip("#")))


def _plain(line: str) -> str:
    """``line`` with evasive letters undone, in lower case, so that only plain lines equal their own plain form."""
    return (
        "".join(a if a.lower() == b else b for a, b in zip(line, normal_form(line), strict=False))
        if (len(normal_form(line)) == len(line))
        else line
    )


_PASSES: tuple[Callable[[str], Iterator[Replacement]], ...] = (
    _line_ends,
    _invisible,
    _indents,
    _trailing,
    _inner_space,
    _dot_rows,
    _pinyin,
    _lost_bytes,
    _half_width,
    _broken_lines,
    _blank_lines,
    _edges,
    _double_title,
)
