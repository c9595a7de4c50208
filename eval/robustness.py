"""The same questions written otherwise: in traditional script, with slips of the keyboard, in the other width.

Every variant is a function of the question's text and id alone, so that a run can be repeated.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Callable
from functools import cache
from typing import Protocol, cast

VARIANTS = ("plain", "traditional", "typos", "width", "unquoted")
"""Names for ``vary``; ``plain`` leaves a question as it is."""

_PER = 8
"""A typo for every so many characters, at least one."""

# Pairs that input methods and eyes confuse; each stands for the other.
_CONFUSED = (
    "党档 建健 支之 部步 机几 关管 员园 组祖 织职 制治 度渡 工公 作做 责则 任认 政正 质制 量良 习席 考烤 评平 强墙 功攻 "
    "规归 划化 例列 情清 密蜜 线陆 条调 训迅 会汇 议义 引影 领岭 导岛 层曾 基机 核合 督都 查察 改该 革格 服福 务物 中钟 心新 "
    "培陪 权全 利力 处外 分份 定订 期其 报抱 告靠 批披 准谁 申中 请清 复覆 决诀 问间 末未 己已 析折 即既 带戴 象像 座坐 型形 "
    "以已 在再 那哪 的得 应因 该刻 须需 做作 级极 单担 位为 干杆 事是 法发 程成 序叙 章张 款宽 项向 职只 监间 察查 受授 惩成 "
    "费废 公工 信性 访仿 档党 案按 保宝 护户 意义 见件 提题 案岸 代带 表标 选先 举矩 候后 补捕 述术 测侧"
)
_HAN = re.compile(r"[\u4e00-\u9fff]")
_NUMERALS = frozenset("〇零一二两三四五六七八九十百千万亿几多少不没未无第")
_MARKS = re.compile(r"[“”‘’「」『』《》〈〉\"'，。？！、；：,?!;:]")


class _Converter(Protocol):
    def convert(self, text: str) -> str: ...


@cache
def _to_traditional() -> _Converter:
    import opencc

    return cast(_Converter, opencc.OpenCC("s2t"))


@cache
def _swaps() -> dict[str, str]:
    """For each character of the table what it is taken for; the first pair that names it counts."""
    table: dict[str, str] = {}
    for pair in _CONFUSED.split():
        table.setdefault(pair[0], pair[1])
        table.setdefault(pair[1], pair[0])
    return table


def vary(text: str, variant: str, key: str = "") -> str:
    """``text`` as ``variant`` writes it; ``key`` (the question's id) seeds what is random. Raises KeyError."""
    return _WRITERS[variant](text, key)


def typos(text: str, key: str = "") -> str:
    """``text`` with at most one slip in eight characters: one taken for another, one left out, one doubled.

    Numbers, digits, Latin letters and negations stay, for a slip there would ask another question; half the
    questions (by ``key``) lose their punctuation and quotation marks too.
    """
    chance = random.Random(hashlib.sha256(f"typos:{key}:{text}".encode()).digest())
    chars = list(text)
    eligible = [i for i, char in enumerate(chars) if _HAN.match(char) and char not in _NUMERALS]
    count = min(max(1, len(text) // _PER), len(eligible))
    for index in chance.sample(eligible, count):
        chars[index] = _slip(chars[index], chance)
    result = "".join(chars)
    return _MARKS.sub("", result) if chance.random() < 0.5 else result


def _slip(char: str, chance: random.Random) -> str:
    """What is typed for ``char``: mostly the confusable one where the table has it."""
    other = _swaps().get(char)
    if other is not None and chance.random() < 0.8:
        return other
    return "" if chance.random() < 0.5 else char * 2


def width(text: str, key: str = "") -> str:
    """``text`` in the other width: ASCII becomes full-width, full-width punctuation becomes ASCII."""
    return "".join(map(_other_width, text))


def _other_width(char: str) -> str:
    code = ord(char)
    if 0x21 <= code <= 0x7E:
        return chr(code + 0xFEE0)
    if 0xFF01 <= code <= 0xFF5E:
        return chr(code - 0xFEE0)
    return {" ": "\u3000", "\u3000": " "}.get(char, char)


_WRITERS: dict[str, Callable[[str, str], str]] = {
    "plain": lambda text, key: text,
    "traditional": lambda text, key: _to_traditional().convert(text),
    "typos": typos,
    "width": width,
    "unquoted": lambda text, key: _MARKS.sub("", text),
}
