"""Questions that ask several things: each is asked by itself, with what they share.

Two forms are known: several interrogative clauses (哪天发布、哪天开始施行的？), and one clause about several subjects set
side by side (公务员和事业单位的人标准一样吗). A question in which only one clause asks is one question, however long.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ingest.normal import normal_form
from service.answering.compose import Point
from service.answering.demands import regions_of
from service.answering.selection import says_the_same
from service.answering.wording import DIFFERENCE

_ASKS = re.compile(
    r"什么|(?<!随)哪(?![怕里都])|谁(?!都)|多少|多[久长大]|(?<![好这那十前后近])几(?=点(?![要意建体])|[个次年月天日号名条种类件步项人位家份岁期届])|(?<!没)(?<!不)怎么(?!都|也)|怎样|咋|如何|何时|何人|为什么|为何|"
    r"是否|是不是|能不能|可不可以|要不要|有没有|行不行|够不够|该不该|算不算|吗|啥|呢(?=[?？]?$)"
)
_CLAUSE = re.compile(
    r"[，,？?；;。！!、\n]|(?:，|,)?(?:以及|还有|另外|并且)(?=.{0,12}(?:什么|哪|谁|多|几|怎|如何|啥))"
)
_POLITE = re.compile(r"你好|您好|请问|麻烦|谢谢|多谢|帮[我忙]|想[问知了]|请教|老师|打扰|劳驾|急")
_PRONOUN = re.compile(r"^(?:它们|他们|她们|它|他|她|这|那|其|又|也|都|再|最后|然后|同时|并)+")
_HIDDEN = "\ue000"  # stands for the 和 of a name
_IN_TURN = re.compile(
    r"^(?P<a>[^，,]{4,50})[，,](?:还有|以及|和|与|跟)(?:后来|之后|后面|另外)?的?(?P<b>[^，,]{4,50})[，,](?:它们|他们|这[两二]\w{0,2})?"
    r"(?:分别|各自?)(?P<asked>(?:是|在|由|于)?[^，,]{2,24})$"
)
"""Two things named in clauses of their own, and a question about both: 甲，还有后来乙，分别是什么时候作出的."""
_MOST_PARTS, _TOPIC_MOST, _SHORTEST = 3, 60, 3

_JOIN = r"(?:和|与|跟|同(?![志事时样步意向频等一])|以及|及(?![时格其]))"
_COMPOUND = re.compile(
    r"(?:中央|党|工业|住房|科技|人力资源|卫生|经济|组织|收缴|文化|市场|财政|自然|国防|纪律)和(?=国家|信息|城乡|社会|健康|旅游|监督|使用|管理|规矩)"
)
"""Names that hold a 和: it joins no two sides."""
_SIDE = r"[\u4e00-\u9fffa-z0-9《》“”\ue000]{2,14}?"
_AFTER = (
    r"(?=各自?(?![级种类个项地单部])|分别|都(?!要|应)|两[个者方家边类]|之间|相比|比较|比起来|有"
    + DIFFERENCE
    + r"|"
    r"的?(?:人|员|做法|规定|标准|要求|条件|期限|程序|办法|处理|待遇|权限|职责|任务|经验)?(?:上|方面)?(?:一样|相同|有啥?什?么?区别|有何|不同|差)|[，,]|在.{1,20}(?:上|方面|中))"
)
_PAIR = re.compile(rf"(?P<a>{_SIDE}){_JOIN}(?P<b>{_SIDE}){_AFTER}")
_CONTRAST = re.compile(
    rf"各自|各(?:是|有|要|拿|用|在|为|怎|如|做|由|定|规)|分别|一样吗|一不一样|相同吗|{DIFFERENCE}|区别|差别|差多少|差在哪|对比|比较|相比|比起来"
)
_DIFFER = re.compile(
    rf"(?:上|方面)?(?:究竟|到底)?(?:各自|分别)?(?:有|存在)?{DIFFERENCE}(?:之处|点|吗|的地方)?[?]?$|"
    r"(?:的)?(?:区别|差别|差异)(?:在哪里?|是什么|有哪些)?[?]?$|差在哪里?[?]?$|差多少[?]?$|(?:一样|相同)吗[?]?$"
)
"""What says that sides differ, at the end of a question: asked of one side it says nothing."""
_LISTED = re.compile(r"(?:种类|类型|类别|形式|方式|条件|情形|程序|环节|步骤)$")
_GOES_ON = re.compile(
    rf"^(?:分别|各)(?!省|地|级|单位|部门)|{DIFFERENCE}|(?:什么|何|哪些|啥|多大)变化|一样吗|^差(?:多少|在哪)|"
    r"(?:能不能|能否|可否|可不可以)?(?:先)?帮|(?:概括|归纳|总结|列举|说说|讲讲)"
)
_BOUNDARY = re.compile(
    r"[，,。？?！!；;：:]|(?:在|对|把|让|给|比较一?下?|对比一?下?|请问|想问一?下?|如果|关于|说明)"
)


@dataclass(frozen=True, slots=True)
class Part:
    """``text`` is a whole question; ``label`` names what is its own: a side compared, or the clause that asks."""

    text: str
    label: str
    side: bool = False


def parts_of(question: str) -> tuple[Part, ...]:
    """The questions that ``question`` consists of; empty where it is one."""
    return sides_of(question) or in_turn(question) or clauses_of(question)


def in_turn(question: str) -> tuple[Part, ...]:
    """One question for each of two things that are named one after the other and asked about together."""
    match = _IN_TURN.match(normal_form(question).rstrip("?？。"))
    if match is None:
        return ()
    return tuple(Part(match[name] + match["asked"], match[name]) for name in "ab")


def sides_of(question: str) -> tuple[Part, ...]:
    """One question a side for a question that contrasts subjects: regions, or two nouns joined by 和 and its kind."""
    normal = _COMPOUND.sub(lambda name: name.group().replace("和", _HIDDEN), normal_form(question))
    if not _CONTRAST.search(normal):
        return ()
    regions = regions_of(normal)
    if 2 <= len(regions) <= _MOST_PARTS:
        return tuple(Part(_DIFFER.sub("", _only(normal, name, regions)), name, True) for name in regions)
    match = _PAIR.search(normal)
    if match is None or _ASKS.search(match.group()):
        return ()
    a = _BOUNDARY.split(match["a"])[-1]
    start = match.end("a") - len(a)
    if len(a) < 2:
        return ()
    b = match["b"] if "的" in a else re.split(r"(?<=[^的对在]{2})[的对在]", match["b"])[0]
    if (shared := b.find(a[-2:])) >= 0:  # 正式职工和临时职工年假: what follows 职工 is asked of both
        b = b[: shared + 2]
    whose = a[: a.rindex("的") + 1] if "的" in a.rstrip("的") and "的" not in b else ""  # 党员的权利和义务
    rests = (
        normal[:start],
        _LISTED.sub(r"\g<0>有哪些", _DIFFER.sub("", normal[match.start("b") + len(b) :])),
    )
    return tuple(
        Part(full.join(rests).replace(_HIDDEN, "和"), side.replace(_HIDDEN, "和").strip("的"), True)
        for side, full in ((a, a), (b, whose + b))
    )


def _only(normal: str, name: str, regions: tuple[str, ...]) -> str:
    """The question with one of its regions: the others go, with what joins them."""
    for other in regions:
        if other != name:
            normal = re.sub(rf"(?:{_JOIN}|、)?{other}(?:省|市|自治区)?", "", normal)
    return re.sub(rf"(?:{_JOIN}|、)(?={name})", "", normal)


def clauses_of(question: str) -> tuple[Part, ...]:
    """One question for each clause that asks, each with the clauses that do not and the subject of the first."""
    clauses = [
        clause
        for clause in _clauses(normal_form(question))
        if not _POLITE.search(clause) or _ASKS.search(clause)
    ]
    asking = [clause for clause in clauses if _asks(clause)]
    if not 2 <= len(asking) <= _MOST_PARTS or len(set(asking)) < len(asking):
        return ()
    context = "，".join(clause for clause in clauses if clause not in asking)[-_TOPIC_MOST:]
    subject = _subject(asking[0])
    first = Part("，".join(filter(None, (context, asking[0]))), asking[0])
    rest = (
        Part(
            "，".join(filter(None, (context, subject + _PRONOUN.sub("", clause)))),
            clause,
        )
        for clause in asking[1:]
    )
    return (first, *rest)


def _asks(clause: str) -> bool:
    """Whether a clause asks something of its own: 分别叫什么 and 有什么区别 only go on with what was asked before."""
    return _ASKS.search(clause) is not None and len(clause) >= _SHORTEST and not _GOES_ON.search(clause)


def _clauses(normal: str) -> list[str]:
    """The clauses of a question; what stands in quotation marks or brackets is not cut."""
    clauses, start, depth = [], 0, 0
    for index, char in enumerate(normal):
        depth += (char in "“《（(「") - (char in "”》）)」")
        if depth <= 0 and _CLAUSE.match(char):
            clauses.append(normal[start:index].strip())
            start = index + 1
    clauses.append(normal[start:].strip())
    return [clause for clause in clauses if clause]


def _subject(clause: str) -> str:
    """What stands before the words that ask (现行的条例是 in 现行的条例是哪天发布); the noun is what the others ask about too."""
    match = _ASKS.search(clause)
    words = clause[: match.start()] if match else ""
    words = re.sub(
        r"(?:是|由|在|于|有|要|应当?|该|可以|能|最早|最先|最近|一般|都|从|到|向|分|得|先|找)+$", "", words
    )
    return words if len(words) >= 2 else ""


def merged(groups: Iterable[Sequence[Point]], others: Sequence[Point], most: int) -> list[Point]:
    """The points of ``groups``, a group at a time, then ``others`` as long as there are fewer than ``most``; none twice, and one
    that holds another's words in its place.

    Without any of ``groups`` all of ``others`` stay as they are: members of a list are often alike in their words.
    """
    result: list[Point] = []
    for point in (point for group in groups for point in group):
        inside = [number for number, other in enumerate(result) if _holds(point, other)]
        if inside:
            result[inside[0]] = point
            result = [other for other in result if other is point or not _holds(point, other)]
        elif not _told(point, result):
            result.append(point)
    rest = [point for point in others if not _told(point, result)]
    return result + (rest[: max(0, most - len(result))] if result else rest)


def _holds(point: Point, other: Point) -> bool:
    """Whether ``other`` is a part of ``point``, and less."""
    return (
        point.document.id == other.document.id
        and point.label == other.label
        and point.span != other.span
        and point.span.contains(other.span)
    )


def _told(point: Point, others: Iterable[Point]) -> bool:
    """Whether one of ``others`` is, or says, the same."""
    text = point.span.of(point.document.text)
    return any(
        (other.document.id == point.document.id and other.span.overlaps(point.span))
        or (other.label == point.label and says_the_same(text, other.span.of(other.document.text)))
        for other in others
    )
