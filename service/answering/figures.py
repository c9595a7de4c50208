"""Figures: the one that answers stands first; those for one thing at different times are all shown, dated, and none is made of two."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from ingest.authority import RULES
from ingest.dates import chinese_date
from ingest.normal import normal_form
from ingest.types import Document
from service.answering.compose import Point
from service.answering.question import Question
from service.answering.wording import counts

_DATE = re.compile(
    r"(?<![0-9])(?P<year>(?:19|20)[0-9]{2})年(?!的?(?:讲话|报道))(?:(?P<month>[0-9]{1,2})月(?:(?P<day>[0-9]{1,2})日)?)?"
)
_CLAUSES = re.compile(r"[，,；;。！？!?：:\n]")
_ASKED = re.compile(r"(?:多少|几|哪一?)(?:个(?=月|年|工作日|小时))?(?P<unit>[\u4e00-\u9fff]?)")
_BEFORE_ASKED = re.compile(
    r"[\u4e00-\u9fff]{0,2}(?=(?:了|过|着|一共|总共|共|大概|约|是|有|要|得|能|为|到|在)*$)"
)
_ASKED_WHEN = re.compile(r"何时|什么时[候间]|啥时候?|哪一?[年天月日]|几月")
_A_NUMBER = r"(?<![0-9０-９.．第])[0-9０-９一二三四五六七八九十百千两][0-9０-９.．万亿一二三四五六七八九十百千]*[余多]?"
_A_DATE = re.compile(
    r"(?:[0-9]{4}年)(?:[0-9]{1,2}月(?:[0-9]{1,2}日)?)?(?:底|初|末)?|(?<![0-9])[0-9]{1,2}月(?:[0-9]{1,2}日)"
)
_MOST_QUOTED = 3
_RELATIVE = {"今年": 0, "目前": 0, "本月": 0, "去年": -1, "前年": -2}
_UNITS = {
    **{unit: unit for unit in "个件次场期条项家份岁级元倍字"},
    "人": "人(?!次|员)",
    "名": "(?:名|人|位)",
    "位": "(?:名|人|位)",
    "年": "个?年(?!来|度)",
    "月": "个?月",
    "天": "(?:天|日|个工作日)",
    "日": "(?:天|日|个工作日)",
}
"""For what stands after 多少 or 几, the pattern of what a number may be followed by."""

_RELATIVE_DATE = re.compile("|".join(_RELATIVE))


def date_in(text: str, document: Document, counted: str = "") -> str:
    """The date of a figure, ISO or the year of one: that of its sentence, else of its document, else empty.

    去年 and its kind count only in the clause that has the number of ``counted``: elsewhere they date something else.
    """
    normal = normal_form(text)
    clauses = [clause for clause in re.split(r"[,;。!?]", normal) if not counted or counts(clause, counted)]
    near = ",".join(clauses) or normal
    published = document.metadata.published
    if match := _DATE.search(normal):
        parts = [match["year"], *(f"{int(match[name]):02d}" for name in ("month", "day") if match[name])]
        return "-".join(parts)
    if published and (match := _RELATIVE_DATE.search(near)) and _RELATIVE[match.group()]:
        return str(int(published[:4]) + _RELATIVE[match.group()])
    return published


def with_figures(
    question: Question, points: Sequence[Point], coverage: Callable[[str], float]
) -> list[Point]:
    """``points`` of an answer that is a number or a date: differing ones dated, else the first one's led by it."""
    told = dated(points, question.counted) if question.counted else list(points)
    if told and not told[0].label and question.numeric:
        first = told[0]
        words = figure(normal_form(question.text), first.span.of(first.document.text), coverage)
        told[0] = replace(first, label=words)
    return told


def dated(points: Sequence[Point], counted: str) -> list[Point]:
    """``points`` newest first and each under its date, where at least two give a number of ``counted`` at different dates.

    Those that give none are then left out. What rules lay down is no figure of a time.
    """
    texts = {id(point): point.span.of(point.document.text) for point in points}
    giving = [point for point in points if point.nature != RULES and counts(texts[id(point)], counted)]
    dates = {id(point): date_in(texts[id(point)], point.document, counted) for point in giving}
    if len(set(filter(None, dates.values()))) < 2:
        return list(points)
    ordered = sorted(giving, key=lambda point: dates[id(point)], reverse=True)
    return [replace(point, label=point.label or chinese_date(dates[id(point)])) for point in ordered]


def scopes(points: Sequence[Point], counted: str) -> str:
    """What has to be known of figures for ``counted`` that differ: each in the words around it, with its date.

    Empty where there are not two. The words are verbatim clauses of the points.
    """
    told: dict[str, str] = {}  # the clause → its date
    for point in (point for point in points if point.nature != RULES):
        text = point.span.of(point.document.text)
        date = date_in(text, point.document, counted)
        for clause in _CLAUSES.split(text):
            if counts(clause, counted):
                told.setdefault(clause.strip(), chinese_date(date))
    numbers = {tuple(re.findall(_A_NUMBER, clause)) for clause in told}
    if len(numbers) < 2:
        return ""
    quoted = "；".join(
        f"“{clause}”" + (f"（{date}）" if date else "") for clause, date in list(told.items())[:_MOST_QUOTED]
    )
    return f"资料中有几个数字，时间或统计口径不同，不宜混用：{quoted}。"


def figure(question: str, text: str, coverage: Callable[[str], float]) -> str:
    """The number with its unit, or the date, that answers a question in normal form; verbatim, empty where it is not plain.

    It is the only one there is, or the only one in the clause that has what the question says right before asking (审结多少件)
    and otherwise speaks most of it.
    """
    asked = _ASKED.search(question)
    if _ASKED_WHEN.search(question):
        pattern = _A_DATE
    elif asked and asked["unit"] and asked["unit"] in _UNITS:
        pattern = re.compile(rf"{_A_NUMBER}{_UNITS[asked['unit']]}")
    else:
        return ""
    clauses = {
        clause: {match.group() for match in pattern.finditer(clause)} for clause in _CLAUSES.split(text)
    }
    having = {clause: numbers for clause, numbers in clauses.items() if numbers}
    if len({number for numbers in having.values() for number in numbers}) == 1:
        return next(iter(next(iter(having.values()))))
    act = before[0] if asked and (before := _BEFORE_ASKED.search(question[: asked.start()])) else ""
    near = sorted((clause for clause in having if act and act in clause), key=coverage, reverse=True)
    plain = near and len(having[near[0]]) == 1 and (len(near) == 1 or coverage(near[0]) > coverage(near[1]))
    return next(iter(having[near[0]])) if plain else ""
