"""A lesson from a topic: for each part what the library has, word for word, or that it has nothing."""

from __future__ import annotations

from service.answering.question import understand
from service.answering.selection import choose
from service.answering.units import UnitMaker
from service.lesson.timing import point_count, share_out
from service.lesson.types import Excerpt, Lesson, Part, Point, Section
from service.view import View

TITLES = {
    Part.OPENING: "导入",
    Part.WHY: "为什么：理论与要求",
    Part.WHAT: "是什么：概念与政策规定",
    Part.VIEW: "怎么看：问题与成因",
    Part.HOW: "怎么办：做法与案例",
    Part.DISCUSSION: "讨论题",
    Part.QUIZ: "自测题",
    Part.READING: "延伸阅读",
}


def compose(view: View, topic: str, audience: str, minutes: int) -> Lesson:
    """The lesson, not yet saved: without id and times."""
    question = understand(topic, view.analyzer)
    hits = view.find(topic, 60, None)
    maker = UnitMaker(
        question,
        view.analyzer,
        view.lexical.idf,
        lambda t: view.lexical.document_frequency(t) > 0,
        view.document,
    )
    units = choose(maker.units(hits), 30, 0.4)
    shares = share_out(minutes, ())
    sections, number = [], 0
    for part in Part:
        points = []
        for unit in units[: point_count(part, minutes)]:
            number += 1
            document = view.document(unit.hit.passage.document_id)
            citation = view.cite(view.point_at(document, unit.span, unit.hit.score), number)
            if citation:
                points.append(Point(f"p{number}", citation.quote, (Excerpt(citation),)))
        units = units[len(points) :]
        missing = "" if points else "资料库里没有找到这一部分的内容。"
        sections.append(Section(part, TITLES[part], shares[part], tuple(points), missing))
    return Lesson("", topic, topic, audience, minutes, tuple(sections))
