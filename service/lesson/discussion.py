"""Questions to discuss, made of the points of a lesson: what is lacking here, why, what can be taken over, what comes next."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import zip_longest

from service.lesson.naming import whose
from service.lesson.types import Part, Point

_LONGEST, _SHORTEST = 44, 14
_LEADS_IN = re.compile(r"(?:是|包括|如下|下列[^，]{0,8})$")
_TURNS = (Part.VIEW, Part.HOW, Part.WHAT, Part.WHY)
_PROBLEM = (
    "资料里讲到“{line}”。对照{place}实际，有没有类似的情况？原因主要在哪里？",
    "“{line}”——如果这种情况发生在{place}，{who}先从哪里改起？",
)
_RULE = (
    "对照“{line}”，{place}做到了哪些，还差在哪里？",
    "要落实“{line}”，{place}最难的是哪一步？怎么解决？",
)
_LIMIT = (
    "规定写明：“{line}”。对照检查，{place}有没有类似的风险？怎样防止？",
    "规定对“{line}”的情形是怎么处理的？{place}平时容易在哪些环节出问题？",
)
_CASE = (
    "{owner}的做法是“{line}”。哪些可以借用到{place}，需要什么条件？",
    "学习{owner}“{line}”，{place}下一步准备做哪一件事？谁来负责，何时完成？",
)
_ANONYMOUS = (
    "资料里的一个做法是“{line}”。哪些可以借用到{place}，需要什么条件？",
    "“{line}”，换到{place}该怎么做？",
)
_REASON = ("有人觉得这项工作“说起来重要、忙起来次要”。请结合“{line}”谈谈看法。",)


def discussion(told: Mapping[Part, Sequence[Point]], audience: str, most: int) -> list[Point]:
    """At most ``most`` questions, in turns from problems, practice, rules and reasons; each with the excerpt it is about."""
    cases = [point for point in told.get(Part.HOW, ()) if point.excerpts[0].citation.nature == "做法"]
    rules = [point for point in told.get(Part.HOW, ()) if point not in cases] or told.get(Part.WHAT, ())
    rows = zip_longest(told.get(Part.VIEW, ()), cases, rules, told.get(Part.WHY, ()))
    asked: list[Point] = []
    used: dict[Sequence[str], int] = {}
    for part, point in (pair for row in rows for pair in zip(_TURNS, row, strict=True)):
        if point is None:
            continue
        forms = _forms(part, point)
        turn = used.get(forms, 0)
        deed = point.text.removeprefix(_owner(point)).lstrip("：")
        line = _quoted(deed if forms is _CASE else point.text)
        if len(asked) == most or turn == len(forms) or not line:
            continue
        used[forms] = turn + 1
        text = forms[turn].format(
            line=line, owner=_owner(point), place=place_of(audience), who=audience or "我们"
        )
        asked.append(Point("", text, point.excerpts[:1]))
    return asked


def place_of(audience: str) -> str:
    """Where the audience can look for what is discussed."""
    if any(word in audience for word in ("支部", "书记", "党员", "支委")):
        return "本支部"
    if any(word in audience for word in ("积极分子", "发展对象")):
        return "所在支部"
    return "本单位"


def _forms(part: Part, point: Point) -> tuple[str, ...]:
    nature = point.excerpts[0].citation.nature
    if part is Part.VIEW:
        return _LIMIT if nature == "规定" else _PROBLEM
    if part is Part.WHY:
        return _REASON
    if part is Part.HOW and nature == "做法":
        return _CASE if _owner(point) else _ANONYMOUS
    return _RULE


def _owner(point: Point) -> str:
    return whose(point.excerpts[0].citation.quote)


def _quoted(line: str) -> str:
    """A line as it can stand between quotation marks; empty where it is too long for a question, or only leads a list in."""
    if _LEADS_IN.search(line):
        return ""
    while len(line) > _LONGEST and len(line.rsplit("、", 1)[0]) in range(_SHORTEST, len(line)):
        line = line.rsplit("、", 1)[0]
    inner = line.replace("“", "‘").replace("”", "’")
    return inner if len(inner) <= _LONGEST and inner.count("‘") == inner.count("’") else ""
