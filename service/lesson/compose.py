"""A lesson from a topic: for each part what the library has, word for word, or that it has nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from ingest.types import Span
from service.answering.compose import Point as Shown
from service.answering.refusal import known_elsewhere
from service.answering.units import Unit
from service.lesson.choosing import ORDER, choose_part
from service.lesson.cues import LOOKS
from service.lesson.discussion import discussion
from service.lesson.figures import warnings_for
from service.lesson.lines import case_line, line_for
from service.lesson.naming import whose
from service.lesson.pool import Choice, Pool
from service.lesson.quiz import quiz
from service.lesson.reading import reading
from service.lesson.timing import point_count, share_out
from service.lesson.types import Excerpt, Lesson, Part, Point, Section
from service.view import View

TITLES: Mapping[Part, str] = {
    Part.OPENING: "导入",
    Part.WHY: "为什么：理论与要求",
    Part.WHAT: "是什么：概念与政策规定",
    Part.VIEW: "怎么看：问题与成因",
    Part.HOW: "怎么办：做法与案例",
    Part.DISCUSSION: "讨论题",
    Part.QUIZ: "自测题",
    Part.READING: "延伸阅读",
}
_MISSING: Mapping[Part, str] = {
    Part.OPENING: "资料库里没有适合导入的讲话、数据或事例。建议讲课人自备一个身边的例子。",
    Part.WHY: "资料库里没有找到说明这个主题重要性和要求的原文。",
    Part.WHAT: "资料库里没有找到这个主题的概念和政策规定。",
    Part.VIEW: "资料库里没有找到讲这个主题存在什么问题、原因何在的原文。",
    Part.HOW: "资料库里没有找到这个主题的做法和案例。",
    Part.DISCUSSION: "没有可以讨论的要点，所以没有出讨论题。",
    Part.QUIZ: "选出的原文里没有适合出题的数字、术语或列举，所以没有出自测题。",
    Part.READING: "资料库里没有可以推荐的资料。",
}
_UNTAUGHT = 20
"""How many rules that are not taught the questions may be made of."""

_FORM = 0.6
"""What the form of its part is worth in the line of a point, beside the topic's words."""

_ADVICE = "可以把相关资料加入资料库后重新生成，或由讲课人自己补充。"


def compose(view: View, topic: str, audience: str, minutes: int, threshold: float) -> Lesson:
    """The lesson, not yet saved: without id and times. Below ``threshold`` of strength all of it is missing."""
    writer = _Writer(Pool(view, topic, audience))
    if view.strength(writer.pool.topic) < threshold:
        points: dict[Part, tuple[Point, ...]] = {}
    else:
        points = writer.points(audience, minutes)
    shares = share_out(minutes)
    hint = known_elsewhere(topic, (title for _, title in view.titles()))
    sections = _numbered(
        Section(
            part,
            TITLES[part],
            shares[part],
            points.get(part, ()),
            _missing(part, points, hint),
        )
        for part in Part
    )
    return Lesson("", topic, topic, audience, minutes, sections)


def _numbered(sections: Iterable[Section]) -> tuple[Section, ...]:
    """``sections`` with their distinct excerpts numbered from 1, a question's excerpt like that of the point it is about."""
    numbers: dict[tuple[str, Span], int] = {}

    def number(excerpt: Excerpt) -> Excerpt:
        citation = excerpt.citation
        given = numbers.setdefault((citation.document_id, citation.span), len(numbers) + 1)
        return replace(excerpt, citation=replace(citation, id=given))

    return tuple(
        replace(
            section,
            points=tuple(
                replace(point, excerpts=tuple(number(excerpt) for excerpt in point.excerpts))
                for point in section.points
            ),
        )
        for section in sections
    )


def _missing(part: Part, points: Mapping[Part, Sequence[Point]], hint: str) -> str:
    """What the library has nothing for: all of a part, or what it should rest on."""
    if points.get(part):
        natures = {point.excerpts[0].citation.nature for point in points[part]}
        if part is Part.VIEW and natures == {"规定"}:
            return "没有找到直接讲问题和原因的原文，这里是规定列明的禁止、追责等情形。"
        if part is Part.HOW and not natures & {"做法", ""}:
            return "没有找到单位的做法和案例，这里只有规定和要求。"
        if part is Part.WHAT and "规定" not in natures:
            return f"没有找到政策规定的原文，这里是讲话、报道等资料里的表述。{hint}"
        return ""
    advice = "" if part in (Part.DISCUSSION, Part.QUIZ) else _ADVICE
    return _MISSING[part] + (hint if part is Part.WHAT else "") + advice


class _Writer:
    """Turns choices into points, numbered through the lesson."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self._points = 0
        self._lines: set[str] = set()

    def points(self, audience: str, minutes: int) -> dict[Part, tuple[Point, ...]]:
        """The points of all parts that have any."""
        choices = {part: choose_part(self.pool, part, point_count(part, minutes)) for part in ORDER}
        told = {
            part: tuple(point for choice in choices[part] if (point := self._point(part, choice)))
            for part in sorted(choices, key=list(Part).index)
        }
        told[Part.DISCUSSION] = self._asked(discussion(told, audience, point_count(Part.DISCUSSION, minutes)))
        told[Part.QUIZ] = self._asked(
            quiz(told, self._untaught(), self.pool.coverage, point_count(Part.QUIZ, minutes))
        )
        told[Part.READING] = tuple(
            self._read(shown, line)
            for shown, line in reading(self.pool, told, point_count(Part.READING, minutes))
        )
        return told

    def _untaught(self) -> list[Excerpt]:
        """Rules that no part has taken: they can be asked for, too."""
        units = [unit for unit in self.pool.units(Part.WHAT) if self.pool.nature(unit) == "规定"]
        return [e for unit in units[:_UNTAUGHT] if (e := self._excerpt(self._shown(unit)))]

    def _point(self, part: Part, choice: Choice) -> Point | None:
        shown = [self._shown(unit) for unit in (choice.unit, *choice.also)]
        excerpts = [excerpt for each in shown if (excerpt := self._excerpt(each))]
        if not excerpts:
            return None
        text, path = excerpts[0].citation.quote, choice.unit.hit.passage.path
        nature = self.pool.nature(choice.unit)

        def weigh(run: str) -> float:
            return self.pool.coverage(run) + _FORM * LOOKS[part].fitness(run, binding=nature == "规定")

        if part is Part.HOW and self.pool.is_case(choice.unit):
            line = case_line(text, whose(text), weigh)
        else:
            headed = part in (Part.WHY, Part.HOW) and nature == "要求"
            line = line_for(text, path, weigh, self._lines, headed=headed, whole=nature == "规定")
        self._lines.add(line)
        return Point(self._next(), line, tuple(excerpts), warnings=warnings_for(self.pool, choice.unit))

    def _shown(self, unit: Unit) -> Shown:
        return self.pool.view.point_at(self.pool.document(unit), unit.span, unit.hit.score)

    def _excerpt(self, shown: Shown) -> Excerpt | None:
        citation = self.pool.view.cite(shown)
        return Excerpt(citation) if citation else None

    def _read(self, shown: Shown, line: str) -> Point:
        excerpt = self._excerpt(shown)
        return Point(self._next(), line, (excerpt,) if excerpt else ())

    def _asked(self, points: Sequence[Point]) -> tuple[Point, ...]:
        """Questions, given their ids."""
        return tuple(Point(self._next(), point.text, point.excerpts, answer=point.answer) for point in points)

    def _next(self) -> str:
        self._points += 1
        return f"p{self._points}"
