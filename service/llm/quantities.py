"""Numbers, dates, shares, spans of time and regions of a text, each in one form however it is written.

百分之三十 and 30％ are the same, as are 二〇二四年 and 2024年, 三十天 and 30日; 3月 (a month of the year) and 3个月 are
not, nor are 3人 and 3人以上.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from ingest.numerals import chinese_number
from service.answering.demands import REGION

_HAN = "零〇○一二两三四五六七八九十百千万亿"
_NUMERAL = rf"(?:[0-9]+(?:\.[0-9]+)?[百千]?[万亿]?|[{_HAN}]+)"
_UNITS = (
    r"个?工作日|个?百分点|个月|个?小时|个?学时|个?季度|个?学期|个?星期|平方米|平米|公里|千米|分钟|周岁|周年|人次|"
    r"[年月日天周岁人名位员次件条项款章编节目届期场家户份个级类种批册本篇元倍成分时秒步点]"
)
_SAME = {
    "天": "日", "名": "人", "位": "人", "员": "人", "周岁": "岁", "周年": "年", "星期": "周", "平米": "平方米",
    "千米": "公里", "时": "小时",
}  # fmt: skip
_BEFORE = {
    "≥": r"不(?:得|应|能)?(?:少|低|小|短)于|至少|最少|最低|最短",
    "≤": r"不(?:得|应|能)?(?:超过|多于|高于|大于|长于)|至多|最多|最长|最高",
    ">": r"超过|多于|高于|大于|长于|突破|逾",
    "<": r"不足|少于|低于|小于|未满|不满|不到|短于",
    "≈": r"约|大约|近|将近|接近",
}
_AFTER = {"≥": "以上|及以上", "≤": "以下|以内|之内|内", "≈": "左右|上下", ">": "多|余"}
_NUMBER = re.compile(
    rf"(?P<before>(?:{'|'.join(_BEFORE.values())})?)(?:为|达到?|在)?"
    rf"(?:(?P<ordinal>第)|(?P<percent>百分之)|(?P<under>{_NUMERAL})分之)?(?P<number>{_NUMERAL}|半(?=[年数天日月个]))"
    rf"(?P<more>[多余]?)(?P<sign>%)?(?P<unit>{_UNITS})?(?P<after>(?:{'|'.join(_AFTER.values())})?)"
)
_EVERY = re.compile(r"每(?:半年|[一两二三四五六0-9]年|个?季度|个?月|个?学期|两周|年|季|周|天|日|届|半月)")
_RELATIVE = re.compile(
    r"(?:去|今|前|明|上|次|当|本|同)年(?!度?[轻龄])|[上下]半年|[当次本上]月|[年季月]底|[年月]初|年中"
)
_DATE = re.compile(r"(?<![0-9])(?P<y>[12][0-9]{3})[-/.](?P<m>[01]?[0-9])[-/.](?P<d>[0-3]?[0-9])(?![0-9])")
_THOUSANDS = re.compile(r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))")
_WORD_PARTS = frozenset("一十百千万亿两零〇半")
"""Numerals that, alone and without a unit, are parts of words: 统一, 进一步, 千方百计."""
_WORDS = re.compile(
    r"十分(?![之钟])|一[是,、:]|[二三四五六七八九]是|一(?:方面|些|般|定|致|起|切|直|旦|律)|进一步|(?:统|唯|专)一"
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """One such thing: what it is (``sort``: a unit, 每, 时, 地), its value in one form, and where it stands."""

    sort: str
    value: str
    start: int
    end: int

    @property
    def key(self) -> tuple[str, str]:
        """What two quantities that say the same have in common."""
        return self.sort, self.value


def plain(normal: str) -> str:
    """A text in normal form with dates and thousands written in the way that ``quantities`` reads."""
    dated = _DATE.sub(lambda m: f"{m['y']}年{int(m['m'])}月{int(m['d'])}日", normal)
    return _THOUSANDS.sub("", dated)


def quantities(text: str) -> list[Quantity]:
    """All of a text that ``plain`` gave, in order, without overlap."""
    blanked = _WORDS.sub(_blank, text)
    found: list[Quantity] = []
    for sort, pattern in (("每", _EVERY), ("时", _RELATIVE), ("地", REGION)):
        found += [Quantity(sort, m.group().replace("个", ""), *m.span()) for m in pattern.finditer(blanked)]
        blanked = pattern.sub(_blank, blanked)
    return sorted([*found, *_numbers(blanked)], key=lambda quantity: quantity.start)


def _blank(match: re.Match[str]) -> str:
    return " " * len(match.group())


def worded(normal: str) -> str:
    """A text in normal form with a comma for each quantity that has a unit: they are compared by value, not as words."""
    text = plain(normal)
    for quantity in reversed(quantities(text)):
        if quantity.sort not in ("", "地"):
            text = f"{text[: quantity.start]},{text[quantity.end :]}"
    return text


def _numbers(text: str) -> Iterator[Quantity]:
    for match in _NUMBER.finditer(text):
        if match["number"] in _WORD_PARTS and not (match["unit"] or match["sign"] or match["ordinal"]):
            continue
        value = _value(match["number"])
        unit = match["unit"] or ""
        if unit not in ("个", "个月"):
            unit = unit.removeprefix("个")
        unit = _SAME.get(unit, unit)
        if match["percent"] or match["sign"]:
            unit, value = "%", value / 100
        elif unit == "成":
            unit, value = "%", value / 10
        elif match["under"]:
            unit, value = "分之", value / (_value(match["under"]) or 1)
        bound = _bound(match["before"], _BEFORE) or _bound(match["after"], _AFTER) or (match["more"] and ">")
        sort = f"第{unit}" if match["ordinal"] else unit
        yield Quantity(sort, f"{bound}{value}", match.start(), match.end())


def _bound(words: str, classes: dict[str, str]) -> str:
    return next((mark for mark, pattern in classes.items() if words and re.fullmatch(pattern, words)), "")


def _value(numeral: str) -> Fraction:
    """The value of a numeral as ``_NUMERAL`` matches it; 半 is one half."""
    if numeral == "半":
        return Fraction(1, 2)
    for name, scale in (("亿", 10**8), ("万", 10**4)):
        head, mark, rest = numeral.partition(name)
        if mark:
            return (_value(head) if head else Fraction(1)) * scale + (_value(rest) if rest else 0)
    for name, scale in (("千", 1000), ("百", 100)):
        if numeral.endswith(name) and numeral[0].isascii():
            return Fraction(numeral[:-1]) * scale
    return Fraction(numeral) if numeral[0].isascii() else Fraction(chinese_number(numeral))
