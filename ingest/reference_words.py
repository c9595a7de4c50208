"""The words of references, as regular expressions; ``ingest.references`` reads what they mean where they stand."""

from __future__ import annotations

import re

from ingest.numerals import NUMERALS, chinese_number

_S = r"[ \u3000]?"
_N = rf"[{NUMERALS}]{{1,9}}"
_BACK = "(?<![目以之提空往从先生])前[一二两三四五六七八九]?"
LAW = "条例|规定|办法|细则|准则|规则|章程|通则|党章|宪法|法"
_TEXTS = (
    rf"(?:{LAW}|规范|意见|通知|决定|决议|方案|纲要|规划|公告|公报|报告|讲话|制度|标准|指引|清单|协议|公约)"
)
_ARTICLE = (
    rf"(?:第{_S}(?P<article>{_N}){_S}条(?:之(?P<sub>[一二三四五六七八九十]{{1,3}}))?|"
    rf"(?P<before>{_BACK})条|(?P<here>本)条)"
    r"(?!例|件|约|文|目|理|款(?!第)|战线|道路|路|线|腿|消息|途径|建议|意见|措施)"
)
_PARAGRAPH = (
    rf"(?:第{_S}(?P<paragraph>{_N}){_S}款|(?P<above>{_BACK}|上)款|(?P<this>本)款)"
    r"(?!项(?!第)|式|待|物|额)"
)
_ITEM = (
    rf"(?:第{_S}(?P<open>[（(])?{_S}(?P<item>{_N}){_S}[）)]?{_S}项|(?P<behind>{_BACK})项)"
    r"(?!目|工作|任务|举措|内容|要求|制度|职[责能权]|行动|议程|议题|原则)"
)
_DIVISION = (
    rf"(?:第{_S}(?P<ordinal>{_N}){_S}(?P<kind>章|节)|本(?P<own>章|节))(?![程目约回])(?:{_S}第{_S}{_N}{_S}节)?"
)


def _numbered(pattern: str, number: int) -> str:
    """``pattern`` with the names of its groups made distinct."""
    return re.sub(r"\?P<(\w+)>", rf"?P<\g<1>{number}>", pattern)


TOKEN = re.compile(
    rf"《(?P<title>[^《》\n]{{2,60}})》|第{_S}(?P<first>{_N}){_S}[至到]{_S}(?P<last>{_N}){_S}条|"
    + "|".join(
        (
            f"{_numbered(_ARTICLE, 1)}(?:{_S}{_numbered(_PARAGRAPH, 1)})?(?:{_S}{_numbered(_ITEM, 1)})?",
            f"{_numbered(_PARAGRAPH, 2)}(?:{_S}{_numbered(_ITEM, 2)})?",
            _numbered(_ITEM, 3),
            _DIVISION,
        )
    )
)
JOINS = re.compile(r"(?:的?规定)?(?:[、和或与及]|或者|以及|、或者?|、以及)")
TO = re.compile(rf"{_S}(?:至|到|[-—–~～]){_S}")
AFTER_TITLE = re.compile(r"\s?(?:[（(][^（()）\n]{1,20}[）)])?的?\s?")
NAME = re.compile(rf"[\u4e00-\u9fff]{{0,28}}(?:{LAW})的?$")
LEAD = re.compile(
    r".*(?:依据|依照|按照|根据|违反|适用|参照|遵守|符合|具有|属于|应当|可以|以及|或者|对照|(?<!共)和(?!国)|[与及或]|[中因当对]有)"
)
HAS = re.compile(r"^有(?![线限])")
SELF = re.compile(rf"本(?:{LAW})$")
THAT = re.compile(rf"(?:该|上述|前述)(?:{LAW})$")
SHORT = re.compile(r"《([^《》\n]{2,60})》[（(]以?下简称[：:]?[“\"《]?([^”\"《》（）()\n]{2,20})")
TEXT_TITLE = re.compile(rf"{_TEXTS}(?:[（(][^（()）]{{1,12}}[）)])?$")
ITEM_GOES_ON = re.compile(r"规定|所[列称述指]|情形|[、或和至到，。]|的(?:规定|情形|行为)")
WINDOW = 30


def value_of(match: re.Match[str], name: str) -> str:
    """A group of that name in whichever alternative matched; empty where none did."""
    groups: dict[str, str | None] = match.groupdict()
    return next((value for n in "123" if (value := groups.get(f"{name}{n}"))), "")


def is_relative(match: re.Match[str]) -> bool:
    """Whether a token counts from where it stands (前款, 本条…)."""
    return any(value_of(match, name) for name in ("before", "here", "above", "this", "behind"))


def names_more(match: re.Match[str]) -> bool:
    """Whether more is said than 本条 or 本款 alone, which are where the words stand."""
    told = ("before", "above", "behind", "paragraph", "item")
    return match["own"] is not None or any(value_of(match, name) for name in told)


def steps_of(words: str) -> int:
    """How far 前, 上 and 前三 go back; 0 for no words."""
    return (chinese_number(words[1:]) if words[1:] else 1) if words else 0


def number_of(words: str) -> int:
    """The value of a numeral, 0 for no words."""
    return chinese_number(words) if words else 0
