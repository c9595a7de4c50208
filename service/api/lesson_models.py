"""The published JSON of lessons: additions only. What is bounded here is bounded for what comes in, too."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from service.api.models import CitationOut, FiltersIn, Text
from service.lesson.types import Excerpt, ExcerptState, Lesson, Part, Point, Section
from service.scope import Filters

LEAST_MINUTES, MOST_MINUTES = 10, 480
Audience = Annotated[
    Text, Field(max_length=40, description="听众，如 支部书记、党员、入党积极分子、机关领导干部")
]


class LessonIn(BaseModel):
    """What a lesson is to be about."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    topic: Annotated[Text, Field(min_length=1, max_length=100, examples=["党建与业务深度融合"])]
    audience: Audience = ""
    minutes: int = Field(default=60, ge=LEAST_MINUTES, le=MOST_MINUTES, description="总时长（分钟）")
    filters: FiltersIn | None = None
    as_of: date | None = Field(
        default=None, description="以这一天为准：之后发布的资料不用，法规用当天有效的版本"
    )

    def to_filters(self) -> Filters:
        return (self.filters or FiltersIn()).to_filters(self.as_of)


class ExcerptOut(BaseModel):
    """A verbatim excerpt with what has become of it; ``remark`` is empty where nothing has."""

    model_config = ConfigDict(extra="forbid")

    citation: CitationOut
    state: ExcerptState = ExcerptState.CURRENT
    remark: Annotated[Text, Field(max_length=1000)] = ""

    @classmethod
    def of(cls, excerpt: Excerpt) -> ExcerptOut:
        return cls(citation=CitationOut.of(excerpt.citation), state=excerpt.state, remark=excerpt.remark)

    def to_excerpt(self) -> Excerpt:
        return Excerpt(self.citation.to_citation(), self.state, self.remark)


class PointOut(BaseModel):
    """One point: its line, the excerpts it rests on, what the trainer adds (``note``), what has to be known (``warnings``)."""

    model_config = ConfigDict(extra="forbid")

    id: Annotated[Text, Field(pattern=r"^[A-Za-z0-9_-]{1,40}$")]
    text: Annotated[Text, Field(max_length=3000)]
    excerpts: Annotated[list[ExcerptOut], Field(max_length=20)] = []
    own: bool = False
    note: Annotated[Text, Field(max_length=5000, description="讲课人补充的话")] = ""
    answer: Annotated[Text, Field(max_length=3000, description="自测题的答案")] = ""
    warnings: Annotated[list[Annotated[Text, Field(max_length=1000)]], Field(max_length=20)] = []

    @classmethod
    def of(cls, p: Point) -> PointOut:
        return cls(
            id=p.id,
            text=p.text,
            excerpts=[ExcerptOut.of(excerpt) for excerpt in p.excerpts],
            own=p.own,
            note=p.note,
            answer=p.answer,
            warnings=list(p.warnings),
        )

    def to_point(self) -> Point:
        excerpts = tuple(excerpt.to_excerpt() for excerpt in self.excerpts)
        return Point(self.id, self.text, excerpts, self.own, self.note, self.answer, tuple(self.warnings))


class SectionOut(BaseModel):
    """A part of the lesson; ``missing`` says what the library has nothing for."""

    model_config = ConfigDict(extra="forbid")

    part: Part
    title: Annotated[Text, Field(max_length=100)]
    minutes: int = Field(ge=0, le=MOST_MINUTES)
    points: Annotated[list[PointOut], Field(max_length=100)] = []
    missing: Annotated[Text, Field(max_length=1000)] = ""

    @classmethod
    def of(cls, s: Section) -> SectionOut:
        points = [PointOut.of(point) for point in s.points]
        return cls(part=s.part, title=s.title, minutes=s.minutes, points=points, missing=s.missing)

    def to_section(self) -> Section:
        points = tuple(point.to_point() for point in self.points)
        return Section(self.part, self.title, self.minutes, points, self.missing)


class LessonOut(BaseModel):
    """A lesson. ``revision`` rises with each save; saving needs the one that was loaded."""

    model_config = ConfigDict(extra="forbid")

    id: Annotated[Text, Field(max_length=64)]
    topic: Annotated[Text, Field(max_length=100)]
    title: Annotated[Text, Field(max_length=200)]
    audience: Audience
    minutes: int = Field(ge=1, le=MOST_MINUTES)
    sections: Annotated[list[SectionOut], Field(max_length=len(Part))]
    revision: int = Field(default=1, ge=1, le=2**31)
    created: Annotated[Text, Field(max_length=40)] = ""
    updated: Annotated[Text, Field(max_length=40)] = ""

    @classmethod
    def of(cls, lesson: Lesson) -> LessonOut:
        return cls(
            id=lesson.id,
            topic=lesson.topic,
            title=lesson.title,
            audience=lesson.audience,
            minutes=lesson.minutes,
            sections=[SectionOut.of(section) for section in lesson.sections],
            revision=lesson.revision,
            created=lesson.created,
            updated=lesson.updated,
        )

    def to_lesson(self) -> Lesson:
        return Lesson(
            self.id,
            self.topic,
            self.title,
            self.audience,
            self.minutes,
            tuple(section.to_section() for section in self.sections),
            self.revision,
            self.created,
            self.updated,
        )


class LessonSummary(BaseModel):
    """A lesson without its content."""

    id: str
    title: str
    topic: str
    audience: str
    minutes: int
    updated: str
    created: str

    @classmethod
    def of(cls, lesson: Lesson) -> LessonSummary:
        return cls(**{name: getattr(lesson, name) for name in cls.model_fields})


class LessonsOut(BaseModel):
    """The lessons of an owner, the one saved last first."""

    lessons: list[LessonSummary]


class CandidateOut(BaseModel):
    """An excerpt that could stand in a lesson."""

    citation: CitationOut


class CandidatesOut(BaseModel):
    """Excerpts to choose from, best first."""

    candidates: list[CandidateOut]
