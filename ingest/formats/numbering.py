"""Numbers that Word computes (第一条, 一、, （一）, 1.1) rendered as text, from numbering.xml and the styles.

ECMA-376 part 1, 17.9. Counters belong to the abstract numbering, so that lists which share one go on counting.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LEVELS = 9
_LARGEST = 9_999
_NO_SPACE_AFTER = "、）)】］〕：，。"

Element = Any
"""An lxml element."""


@dataclass(frozen=True, slots=True)
class _Level:
    start: int
    form: str
    pattern: str
    suffix: str
    legal: bool
    restart: int | None


@dataclass(slots=True)
class _List:
    """One ``w:num``: the abstract numbering it counts in, its levels, the starts it sets anew."""

    abstract: str
    levels: dict[int, _Level]
    overrides: dict[int, int] = field(default_factory=dict)


class Numbering:
    """The state of all lists while the paragraphs go by in order."""

    def __init__(self, numbering: Element | None, styles: Element | None) -> None:
        self._lists: dict[str, _List] = {}
        self._by_style: dict[str, tuple[str, int]] = {}
        self._counters: dict[str, list[int | None]] = {}
        if numbering is not None:
            self._read_lists(numbering)
        if styles is not None:
            self._read_styles(styles)

    def label(self, properties: Element | None, style: str) -> str:
        """The number of the next paragraph with these ``w:pPr`` and style id, with what separates it; or empty."""
        place = self._place(properties, style)
        if place is None or place[0] not in self._lists:
            return ""
        number, depth = place
        found = self._lists[number]
        level = found.levels.get(depth)
        if level is None:
            return ""
        self._count(found, depth, level)
        return self._render(found, depth, level)

    def _place(self, properties: Element | None, style: str) -> tuple[str, int] | None:
        """List and level: the paragraph's own, each part filled by its style's."""
        own = properties.find(f"{W}numPr") if properties is not None else None
        inherited = self._by_style.get(style)
        if own is None:
            return inherited
        number, depth = value(own.find(f"{W}numId")), value(own.find(f"{W}ilvl"))
        if number == "0":
            return None
        fallback = inherited or ("", 0)
        return number or fallback[0], integer(depth, fallback[1] if not number else 0)

    def _count(self, found: _List, depth: int, level: _Level) -> None:
        counters = self._counters.setdefault(found.abstract, [None] * _LEVELS)
        if depth in found.overrides:
            counters[depth] = None
            level_start = found.overrides.pop(depth)
        else:
            level_start = level.start
        before = counters[depth]
        counters[depth] = level_start if before is None else before + 1
        for deeper in range(depth + 1, _LEVELS):
            restart = found.levels[deeper].restart if deeper in found.levels else None
            if restart is None or (restart > 0 and depth < restart):
                counters[deeper] = None

    def _render(self, found: _List, depth: int, level: _Level) -> str:
        if level.form == "bullet":
            return "- "
        counters = self._counters[found.abstract]

        def shown(match: re.Match[str]) -> str:
            index = int(match.group(1)) - 1
            other = found.levels.get(index)
            if other is None:
                return ""
            counter = counters[index]
            count = other.start if counter is None else counter
            return numeral(count, "decimal" if level.legal and index < depth else other.form)

        words = re.sub(r"%([1-9])", shown, level.pattern).strip()
        close = level.suffix == "nothing" or not words or words[-1] in _NO_SPACE_AFTER
        return words if close else words + " "

    def _read_lists(self, root: Element) -> None:
        abstract = {node.get(f"{W}abstractNumId"): _levels(node) for node in root.findall(f"{W}abstractNum")}
        for node in root.findall(f"{W}num"):
            number = node.get(f"{W}numId") or ""
            base = value(node.find(f"{W}abstractNumId"))
            found = _List(base, dict(abstract.get(base, {})))
            for change in node.findall(f"{W}lvlOverride"):
                depth = integer(change.get(f"{W}ilvl"), 0)
                found.levels.update(_levels(change))
                start = change.find(f"{W}startOverride")
                if start is not None:
                    found.overrides[depth] = integer(value(start), 1)
            self._lists[number] = found

    def _read_styles(self, root: Element) -> None:
        """Which list each paragraph style belongs to, also by the style it is based on."""
        styles = {node.get(f"{W}styleId") or "": node for node in root.findall(f"{W}style")}
        for name in styles:
            number, depth, current = "", None, name
            for _ in range(20):  # chains are short; a loop in a damaged file ends
                node = styles.get(current)
                if node is None:
                    break
                own = node.find(f"{W}pPr/{W}numPr")
                if own is not None:
                    number = number or value(own.find(f"{W}numId"))
                    depth = depth if depth is not None else value(own.find(f"{W}ilvl"))
                current = value(node.find(f"{W}basedOn"))
            if number and number != "0":
                self._by_style[name] = (number, integer(depth, 0))


def value(node: Element | None) -> str:
    """The ``w:val`` of an element, or empty."""
    return (node.get(f"{W}val") or "") if node is not None else ""


def integer(words: str | None, otherwise: int) -> int:
    """A whole number within what counters hold."""
    try:
        return max(0, min(int(words or ""), _LARGEST))
    except ValueError:
        return otherwise


def _levels(parent: Element) -> dict[int, _Level]:
    found: dict[int, _Level] = {}
    for node in parent.findall(f"{W}lvl"):
        depth = integer(node.get(f"{W}ilvl"), 0)
        restart = node.find(f"{W}lvlRestart")
        form = node.find(f"{W}numFmt")
        if depth < _LEVELS:
            found[depth] = _Level(
                start=integer(value(node.find(f"{W}start")), 1),
                form=value(form) or "decimal",
                pattern=value(node.find(f"{W}lvlText")),
                suffix=value(node.find(f"{W}suff")) or "tab",
                legal=node.find(f"{W}isLgl") is not None,
                restart=None if restart is None else integer(value(restart), 0),
            )
    return found


# --- numerals ---------------------------------------------------------------------------------------------------


def numeral(count: int, form: str) -> str:
    """``count`` in one of Word's number formats; decimal where the format is none we know."""
    count = min(max(count, 0), _LARGEST)
    return _FORMS.get(form, str)(count)


def _counting(count: int, digits: str, units: str) -> str:
    """一百二十三 from 123; ``units`` are those of ten, hundred and thousand."""
    if count == 0:
        return digits[0]
    written, gap = "", False
    for power in (3, 2, 1, 0):
        digit = count // 10**power % 10
        if digit == 0:
            gap = gap or bool(written)
            continue
        written += (digits[0] if gap else "") + digits[digit] + (units[power - 1] if power else "")
        gap = False
    return written


def _chinese(count: int) -> str:
    written = _counting(count, "零一二三四五六七八九", "十百千")
    return written[1:] if 10 <= count < 20 else written


def _formal(count: int) -> str:
    return _counting(count, "零壹贰叁肆伍陆柒捌玖", "拾佰仟")


def _from(alphabet: str) -> Callable[[int], str]:
    return lambda count: alphabet[count - 1] if 0 < count <= len(alphabet) else str(count)


def _roman(count: int) -> str:
    written = ""
    for worth, letters in zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ["M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I"],
        strict=True,
    ):
        written += letters * (count // worth)
        count %= worth
    return written


def _letters(count: int) -> str:
    """A to Z, then AA to ZZ, as Word counts."""
    return chr(ord("A") + (count - 1) % 26) * ((count - 1) // 26 + 1) if 0 < count <= 260 else str(count)


def _digits(alphabet: str) -> Callable[[int], str]:
    return lambda count: str(count).translate(str.maketrans("0123456789", alphabet))


_CIRCLES = _from("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳")
_FORMS: dict[str, Callable[[int], str]] = {
    "none": lambda count: "",
    "decimalZero": lambda count: f"{count:02d}",
    "decimalFullWidth": _digits("０１２３４５６７８９"),
    "decimalFullWidth2": _digits("０１２３４５６７８９"),
    "decimalEnclosedCircle": _CIRCLES,
    "decimalEnclosedCircleChinese": _CIRCLES,
    "decimalEnclosedParen": lambda count: f"({count})",
    "decimalEnclosedFullstop": lambda count: f"{count}.",
    "ideographEnclosedCircle": lambda count: f"（{_chinese(count)}）",
    "chineseLegalSimplified": _formal,
    "ideographDigital": _digits("〇一二三四五六七八九"),
    "ideographTraditional": _from("甲乙丙丁戊己庚辛壬癸"),
    "ideographZodiac": _from("子丑寅卯辰巳午未申酉戌亥"),
    "upperRoman": _roman,
    "lowerRoman": lambda count: _roman(count).lower(),
    "upperLetter": _letters,
    "lowerLetter": lambda count: _letters(count).lower(),
    **dict.fromkeys(
        (
            "chineseCounting",
            "chineseCountingThousand",
            "taiwaneseCounting",
            "taiwaneseCountingThousand",
            "japaneseCounting",
        ),
        _chinese,
    ),
}
