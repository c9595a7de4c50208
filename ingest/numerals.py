"""Chinese numerals of headings and ordinals: 第一百二十条, 第十二章, (三)."""

from __future__ import annotations

DIGITS = "零〇○一二三四五六七八九"
NUMERALS = rf"{DIGITS}十百千两0-9０-９"
"""The body of a regular expression class: what a numeral is written with."""

_SCALES = {"十": 10, "百": 100, "千": 1000}


def chinese_number(text: str) -> int:
    """The value of a Chinese or Arabic numeral below 100,000 (第…条 and the like). ``text`` holds nothing else."""
    if text.isdecimal():
        return int(text)
    if not set(text) & set(_SCALES):
        return int("".join(str(_digit(char)) for char in text))
    total, digit = 0, 0
    for char in text:
        if scale := _SCALES.get(char):
            total += (digit or 1) * scale
            digit = 0
        else:
            digit = _digit(char)
    return total + digit


def _digit(char: str) -> int:
    if char.isdecimal():
        return int(char)
    return 2 if char == "两" else max(0, DIGITS.index(char) - 2)


def to_chinese(number: int) -> str:
    """A number from 1 to 9999 as it is written in headings: 十二, 一百零五; others in Arabic digits."""
    if not 0 < number < 10_000:
        return str(number)
    written, zero = "", False
    for scale, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, scale)
        if not digit:
            zero = bool(written)
            continue
        written += ("零" if zero else "") + DIGITS[digit + 2] + name
        zero = False
    return written.removeprefix("一") if written.startswith("一十") else written
