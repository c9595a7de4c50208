"""Figures for the same thing at different times: all are shown, dated, the newest first; none is made of two."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ingest.normal import normal_form
from ingest.types import Document
from service.answering.compose import Point
from service.answering.wording import counts

_DATE = re.compile(
    r"(?<![0-9])(?P<year>(?:19|20)[0-9]{2})年(?!的?(?:讲话|报道))(?:(?P<month>[0-9]{1,2})月(?:(?P<day>[0-9]{1,2})日)?)?"
)
_RELATIVE = {"今年": 0, "目前": 0, "本月": 0, "去年": -1, "前年": -2}
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


def dated(points: Sequence[Point], counted: str) -> list[Point]:
    """``points`` newest first and each under its date, where at least two give a number of ``counted`` at different dates.

    The others keep their order, after these.
    """
    texts = {id(point): point.span.of(point.document.text) for point in points}
    giving = [point for point in points if counts(texts[id(point)], counted)]
    dates = {id(point): date_in(texts[id(point)], point.document, counted) for point in giving}
    if len(set(filter(None, dates.values()))) < 2:
        return list(points)
    ordered = sorted(giving, key=lambda point: dates[id(point)], reverse=True)
    others = [point for point in points if point not in giving]
    return [replace(point, label=point.label or _words(dates[id(point)])) for point in ordered] + others


def _words(date: str) -> str:
    """2024年12月 for 2024-12."""
    return "".join(
        f"{int(part)}{unit}" for part, unit in zip(date.split("-"), "年月日", strict=False) if part
    )
