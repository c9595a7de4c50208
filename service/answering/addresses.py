"""Places of regulations as people write them in questions: 党章第八条第二款, 监察法10条2款, 条例第三章讲什么."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.normal import normal_form
from ingest.numerals import chinese_number
from ingest.regulation_places import Place

_N = r"[0-9零〇一二两三四五六七八九十百千]{1,9}"
_NO_ARTICLE = r"(?!例|件|战线|道路|路|线|腿|消息|途径|建议|措施|经验)"
_ADDRESS = re.compile(
    rf"(?:倒数第(?P<back>{_N})|(?P<last>最后一?|末)|(?:(?P<ordinal>第)?(?P<from>{_N})(?:到|至|[-—–~、和与及])(?=第?{_N}条))?第?(?P<article>{_N}))"
    rf"条{_NO_ARTICLE}(?:之(?P<sub>[一二三四五六七八九十]))?"
    rf"(?:的?第?(?P<paragraph>{_N})款)?(?:的?第?\(?(?P<item>{_N})\)?项)?"
)
_FURTHER = re.compile(
    rf"(?P<to>到|至|[-—–~])?(?(to)|(?:、|,|和|与|及|以及|跟|还有|或))"
    rf"(?:第?(?P<article>{_N})条{_NO_ARTICLE}(?:之(?P<sub>[一二三四五六七八九十]))?)?"
    rf"(?:第?(?P<paragraph>{_N})款)?(?:第?\(?(?P<item>{_N})\)?项)?"
)
_DIVISION = re.compile(rf"第(?P<ordinal>{_N})(?P<kind>[编章节])|(?P<name>总则|分则|附则|总纲|序言|引言)")
_LAW = r"(?:条例|规定|(?<![方做看想说用])法|章程|党章|准则|细则|规则|意见|决定|通知|纲要|方案|制度)"
_AFTER_LAW = re.compile(rf"(?:{_LAW}|》)(?:\([^()]{{1,12}}\))?的?$")
_GOES_ON = re.compile(r"$|原文|全文|[的是讲说规内怎有么写什,?!。:]")
_ASKS_WHOLE = re.compile(
    r"(?:的|都|主要|具体|到底|一共|里面?|中|讲|说|谈|写|规定|要求|有|包括|包含|是|了|些|哪|几|多少|个|条|什么|怎么|怎样|如何|样|方面|"
    r"内容|条文|原文|全文|请|列出|介绍|一下|下|看|呢|吗|呀|啊|方|面|[\W_])*"
)
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_TITLE = re.compile(r"《([^《》]+)》(?:\([^()]{1,12}\))?[的中里]*$")
_BEFORE = re.compile(
    r"^(?:请问|请教|请(?:你|您)?|您好|你好|老师|麻烦|劳驾|帮[我忙]|我?想(?:问|知道|了解|看|查)|查一?下|查查|看一?下|看看|请查|说明|解释|介绍|讲讲|说说|谈谈|列出|写出|给出|告诉我?|"
    r"一下|现行的?|最新的?|新版的?|旧版的?|新修订的?|修订后的?|修正后的?|根据|按照|依照|遵照|依据|按|关于|对于|"
    r"(?:19|20)[0-9]{2}年?(?:版|新?修[订正]后?)?的?|中共中央|国务院|这[个部份]|那[个部份]|[本该])+"
)
_POINTED = re.compile(r"[这那][个部份项](?=[^的]{2,12}$)|你们的?|我们的?|咱们?的?")
"""What points to a regulation within its name: 便民中心那个办法."""
_SHORTEST_NAME, _NEAR = 2, 24


@dataclass(frozen=True, slots=True)
class Run:
    """A place, or the places from ``first`` to ``last``."""

    first: Place
    last: Place | None = None


@dataclass(frozen=True, slots=True)
class Address:
    """Places of one regulation; ``name`` is what stands before them in the question, ``year`` empty where none is said."""

    name: str
    runs: tuple[Run, ...]
    year: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """What may be the regulation's name: ``name`` without what people say before it and within it, or what follows its last
        的."""
        stripped = _BEFORE.sub("", self.name)
        pointed = _POINTED.sub("", stripped)
        found = dict.fromkeys([stripped, pointed, _BEFORE.sub("", pointed.rsplit("的", 1)[-1])])
        return tuple(name for name in found if len(name) >= _SHORTEST_NAME)

    @property
    def law(self) -> str:
        """The shortest of ``names`` where it ends as the name of a regulation does; else empty."""
        return next((name for name in reversed(self.names) if re.search(rf"(?:{_LAW}|办法)$", name)), "")


def address_of(question: str) -> Address | None:
    """The first address in a question, or ``None``. Chapters count only where the whole of one is asked for."""
    words = re.sub(r"\s", "", normal_form(question))
    divisions = list(_DIVISION.finditer(words))
    for match in _ADDRESS.finditer(words):
        if _is_address(words, match):
            above = next((division for division in divisions if division.end() == match.start()), None)
            runs = _runs(words, match, _division(above) if above else Place())
            return _address(words[: (above or match).start()], runs)
    for division in divisions:
        if _follows_law(words, division.start()) and _ASKS_WHOLE.fullmatch(words, division.end()):
            return _address(words[: division.start()], (Run(_division(division)),))
    return None


def _address(before: str, runs: tuple[Run, ...]) -> Address:
    title = _TITLE.search(before)
    name = re.sub(r"[\W_]+", "", title.group(1) if title else before)
    year = _YEAR.search(before)
    return Address(name.removesuffix("的"), runs, year.group() if year else "")


def _follows_law(words: str, at: int) -> bool:
    """Whether the name of a regulation ends at ``at``."""
    return _AFTER_LAW.search(words[max(0, at - _NEAR) : at]) is not None


def _is_address(words: str, match: re.Match[str]) -> bool:
    """第…条 always is one; without 第, or counted from the end, only where a regulation or a 款 says so."""
    after_law = _follows_law(words, match.start())
    if match["back"] or match["last"]:
        return after_law
    if words[match.start()] == "第" or match["paragraph"]:
        return True
    counts = words.endswith("的", 0, match.start())  # 条例的五条原则 are so many
    return after_law and not counts and _GOES_ON.match(words, match.end()) is not None


def _runs(words: str, match: re.Match[str], division: Place) -> tuple[Run, ...]:
    """The place matched, and those joined to it: 到第十二条, 和第十五条, 、第三款."""
    first = _place(match, division)
    runs = [Run(first)]
    if match["from"]:
        start = Place(_number(match["from"]), division=division.division, ordinal=division.ordinal)
        listed = words[match.end("from")] in "、和与及"
        runs = [Run(start), Run(first)] if listed else [Run(start, first)]
    at = match.end()
    while (further := _FURTHER.match(words, at)) and any(
        further[name] for name in ("article", "paragraph", "item")
    ):
        base = runs[-1].last or runs[-1].first
        place = _place(further, base)
        if further["to"] and runs[-1].last is None:
            runs[-1] = Run(runs[-1].first, place)
        else:
            runs.append(Run(place))
        at = further.end()
    return tuple(runs)


def _place(match: re.Match[str], base: Place) -> Place:
    """The numbers of a match; what stands above its highest one is that of ``base``."""
    given = match.groupdict()
    article = -1 if given.get("last") else -_number(given.get("back")) or _number(given["article"])
    paragraph, item = _number(given["paragraph"]), _number(given["item"])
    if not article:
        return Place(base.article, base.sub, paragraph or base.paragraph, item, base.division, base.ordinal)
    return Place(article, _number(given["sub"]), paragraph, item, base.division, base.ordinal)


def _division(match: re.Match[str]) -> Place:
    if match["name"]:
        return Place(division=match["name"])
    return Place(division=match["kind"], ordinal=_number(match["ordinal"]))


def _number(words: str | None) -> int:
    return chinese_number(words) if words else 0
