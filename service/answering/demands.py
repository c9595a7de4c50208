"""What an answer has to hold: a number where one is asked for, the regions, years and units that the question names.

A demand that is read into a question by mistake loses the right sentence, so only what is plainly asked counts: 好几个
and 归纳几条 ask for no number, and 2024年的讲话 names a document, not a year that its sentences repeat.
"""

from __future__ import annotations

import re

from ingest.normal import normal_form
from service.answering.wording import bare

_YEAR = r"(?:19|20)[0-9]{2}"
REGION = re.compile(
    "北京|天津|河北|山西|内蒙古|辽宁|吉林|黑龙江|上海|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|广西|海南|重庆|四川|贵州|云南|西藏|陕西|甘肃|青海|宁夏|新疆|香港|澳门|台湾"
)
_ORDINAL = re.compile(r"第[一二三四五六七八九十0-9]+[党支小分司处组局][\u4e00-\u9fff]")
_YEARS = re.compile(rf"(?<![0-9])(?P<year>{_YEAR})(?=(?P<after>[^，,。？?！!；;]*))")
_RANGE = re.compile(rf"{_YEAR}年?\s*(?:-|—|–|~|至|到|\s)+\s*(?={_YEAR})")
_DOCUMENT = re.compile(
    r"年?(?:版|本(?!市|省|地|单位|年))|年?(?:上|下|年)?(?:半年|底|初|末|中|[0-9一二三四五六七八九十]+月(?:[0-9]+日)?)?的?(?:那[篇个份部]|这[篇个份部]|新|旧|老)?"
    r"[^，,。？?的里中是]{0,16}?(?:讲话|报道|文章|综述|条例|法|规定|计划|方案|办法|意见|通知|决定|准则|规则|细则|章程|报告|推进会)"
)
_SINCE = re.compile(
    r"年?(?:[0-9]+月)?(?:以来|以后|之后|以前|之前|后|前|起|就|修订|修正|修改|通过|出台|颁布|发布|公布|制定|施行)"
)
_ASIDE = re.compile(r"我|本人|我们|咱")

_NUMBER = re.compile(
    r"[0-9０-９]|[一二三四五六七八九十百千万亿两半几数]+(?:个|名|次|件|条|项|场|期|年|月|日|家|人|成|天|周|倍|级|位|岁|元|份|户|届)|"
    r"[二两三四五六七八九十百千万亿]+(?:处|种|类|组|张|套|台|间|所|支|辆|本|块|层|批|轮|节|门|栋|亩|吨|米|里|斤|册|篇|页|字|班|队|村|章|样|桌|点钟?)|"
    r"[一二三四五六七八九十百千]+分之[一二三四五六七八九十百千零]+|过半数|半数|[0-9一二三四五六七八九十]+成|去年|今年|前年|每[年月周季天日]"
)
_SOME = r"(?<![哪好这那前后近头十])(?<!归纳)(?<!概括)(?<!总结)(?<!列举)(?<!列出)(?<!举出)(?<!整理)(?<![说讲写提列举找])几"
"""几 that asks how many, not 好几个, 那几个, 归纳几条."""

_SOUNDS = re.compile(r"(?:也就|不过|就那么|没有?|才)[^，,。？?！!；;]{0,8}(?<!哪)几(?:个|次|天|年|人|名|回)")
NUMERIC = re.compile(
    rf"多少|多长|多久|{_SOME}(?:个(?!方面|阶段|步骤|部分|环节|层次|要点|地方|途径)|次|场|期|名|件|条|年|项|人|份|家|月|天|小时|日|岁|元)|"
    r"占比|比例|百分之几|何时|什么时候|什么时间|啥时候?|哪一?[年天月日]|几月"
)
_MEASURE = re.compile(
    rf"(?:多少|{_SOME})个?(年|月|天|日|小时|分钟|岁|周|人|名|元|钱|平方米|公里)(?![份级度])"
)
_DIGITS = r"[0-9一二两三四五六七八九十百千万亿半][余多数]?个?"
_MEASURES = {
    "年": "(?:周?年|月)",
    "月": "(?:月|天|日|年)",
    "天": "(?:天|日|工作日|小时|周|月)",
    "日": "(?:天|日|工作日|小时|周|月)",
    "小时": "(?:小时|天|日|工作日)",
    "分钟": "(?:分钟|小时)",
    "岁": "(?:周?岁)",
    "周": "(?:周|天|日|工作日|月)",
    "人": "(?:人|名|位|员|分之|户)",
    "名": "(?:人|名|位|员|分之)",
    "元": "元",
    "钱": "元",
    "平方米": "(?:平方米|平米)",
    "公里": "(?:公里|千米)",
}
"""For a unit of measure, those that an answer may be given in, after ``_DIGITS``."""

_HEADCOUNT = re.compile(r"人[次数][^0-9百千万亿]{0,6}[0-9百千万亿]")
"""人次突破百万: the number of people after the noun."""

_HOW_LONG = re.compile(r"多久|多长(?:时间|的?时限|的?期限|[?？]?$)")
_LONG = "久"
_WHEN = re.compile(r"何时|什么时候|什么时间|啥时候?|哪一?[年天月日]")
_POINT_OF_TIME = "时"
_TIME = re.compile(
    r"[0-9]{1,4}年|[0-9]{1,2}月|[0-9]{1,2}[日号](?!文)|[0-9一二两三四五六七八九十半几]个?(?:工作日|天|日|小时|分钟|周|星期|月|年)|[年月周][初中底末]|[上下]半年|季度|"
    r"每(?:半|逢)?[年月周季天日届]|[届期]满|之[日时前后]|[今去明前当次同]年|当[日天月]|周[一二三四五六日末]|星期|[时前后][,，]|以[前后来]|时起|立即|及时|同时|"
    r"长期|定期|随时|[上下]午|中午|早[上晨]|晚上|夜[里间]|凌晨|[0-9一二两三四五六七八九十]+点(?:半|钟|到|至|前|后|以)|[正腊冬]月|初[一二三四五六七八九十]|周末|节假日"
)
"""A point of time, however it is said."""
_DURATION = re.compile(
    r"(?<![0-9]{3})[0-9一二两三四五六七八九十百半][余多数]?个?(?:周?年|月|天|日|工作日|小时|分钟|周|星期|季度|学期|学时)|"
    r"每(?:半|[一两二三四五0-9]个?)?(?:年|月|季度?|周|天|日|届|学期)|长期|永久|终身|定期|即时|立即|当[天日场]"
)
"""A span of time, or how often; the year of a date is none."""


def asks_number(normal: str) -> bool:
    """Whether every answer to a question, in normal form, holds a number or a date."""
    return NUMERIC.search(_without_asides(normal)) is not None


def _without_asides(normal: str) -> str:
    """A question without what only sounds like asking for a number: 一年也就回来几天."""
    return _SOUNDS.sub("", normal)


def measure_of(normal: str) -> str:
    """The unit of time, money or persons after 多少 or 几, 久 for 多久 and 多长时间, 时 for 何时, or an empty string."""
    if match := _MEASURE.search(_without_asides(normal)):
        return match.group(1)
    if _HOW_LONG.search(normal):
        return _LONG
    return _POINT_OF_TIME if _WHEN.search(normal) else ""


def has_number(text: str, measure: str) -> bool:
    """Whether ``text`` holds a number, in a unit that an amount of ``measure`` may be given in, or a time where that is asked for."""
    if measure == _LONG:
        return _DURATION.search(bare(text)) is not None
    if measure == _POINT_OF_TIME:
        return _TIME.search(normal_form(text)) is not None
    if measure in ("人", "名") and _HEADCOUNT.search(bare(text)):
        return True
    measures = _MEASURES.get(measure)
    return (re.search(_DIGITS + measures, bare(text)) if measures else _NUMBER.search(text)) is not None


def names_of(normal: str) -> tuple[str, ...]:
    """Regions, years and numbered units (第一党支部) that an answer has to be about, each once."""
    return tuple(dict.fromkeys([*REGION.findall(normal), *_years(normal), *_ORDINAL.findall(normal)]))


def regions_of(normal: str) -> tuple[str, ...]:
    """The regions in a text, in order, each once."""
    return tuple(dict.fromkeys(REGION.findall(normal)))


def tells_the_askers_case(clause: str) -> bool:
    """Whether a clause says something of the asker, who is not what is asked about."""
    return _ASIDE.search(clause) is not None


def is_about(around: str, names: tuple[str, ...]) -> bool:
    """Whether one name of each sort (regions, years, units) stands in ``around``, in normal form."""
    groups: dict[str, list[str]] = {}
    for name in names:
        sort = "year" if name.isdecimal() else "unit" if name.startswith("第") else "region"
        groups.setdefault(sort, []).append(name)
    return all(any(name in around for name in group) for group in groups.values())


def _years(normal: str) -> list[str]:
    """The years that something asked about lies in: not those that only name a document, bound a time, or tell the asker's case."""
    if _RANGE.search(normal):
        return []
    found = []
    for match in _YEARS.finditer(normal):
        clause = re.split(r"[，,。？?！!；;]", normal[: match.start()])[-1]
        after = match["after"]
        if not (
            _DOCUMENT.match(after)
            or _SINCE.match(after)
            or tells_the_askers_case(clause)
            or clause.endswith(("从", "自"))
        ):
            found.append(match["year"])
    return found
