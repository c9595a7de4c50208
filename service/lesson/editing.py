"""What a trainer may save: excerpts stay verbatim, words that are not the source's are marked as the trainer's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from service.errors import LessonInvalid
from service.lesson.recheck import place_of
from service.lesson.types import Excerpt, Lesson, Point, Section
from service.types import Citation
from service.view import View


def accepted(edited: Lesson, stored: Lesson, view: View) -> Lesson:
    """``edited`` as it may be saved in the place of ``stored``; raises LessonInvalid.

    Every excerpt is one that is stored, or stands word for word in the library, whose facts it then gets. What is said
    to be missing and the warnings are the program's: they can be dropped, not written.
    """
    _check_unique(edited)
    editor = _Editor(stored, view)
    return replace(
        edited,
        topic=stored.topic,
        created=stored.created,
        sections=tuple(editor.section(section) for section in edited.sections),
    )


class _Editor:
    def __init__(self, stored: Lesson, view: View) -> None:
        self._view = view
        self._points = {point.id: point for section in stored.sections for point in section.points}
        self._missing = {section.part: section.missing for section in stored.sections}
        self._citations: Mapping[tuple[str, str], Citation] = {
            (excerpt.citation.document_id, excerpt.citation.quote): excerpt.citation
            for point in self._points.values()
            for excerpt in point.excerpts
        }

    def section(self, section: Section) -> Section:
        """The section with its points as they may be saved."""
        points = tuple(
            self._point(point, f"“{section.title[:20]}”第{number}个要点")
            for number, point in enumerate(section.points, 1)
        )
        return replace(
            section, points=points, missing=section.missing and self._missing.get(section.part, "")
        )

    def _point(self, point: Point, where: str) -> Point:
        excerpts = tuple(Excerpt(self._citation(excerpt.citation, where)) for excerpt in point.excerpts)
        stored = self._points.get(point.id)
        kept = replace(
            point,
            excerpts=excerpts,
            warnings=tuple(w for w in point.warnings if stored is not None and w in stored.warnings),
        )
        return replace(kept, own=point.own or not _is_ours(kept, stored))

    def _citation(self, citation: Citation, where: str) -> Citation:
        document = self._view.known(citation.document_id)
        span = place_of(document, citation.quote, citation.span.start) if document else None
        if document is not None and span is not None:
            found = self._view.cite(self._view.point_at(document, span, citation.score), citation.id)
            if found is not None:
                return found
        known = self._citations.get((citation.document_id, citation.quote))
        if known is None:
            raise LessonInvalid(
                f"{where}的摘录与资料库里的原文不一致，没有保存。请从候选摘录中重新选取；自己的话请写在“讲课人补充”里。"
            )
        return known


def _is_ours(point: Point, stored: Point | None) -> bool:
    """Whether text and answer are the program's own or words of the excerpts; a point that was the trainer's stays so."""
    words = [
        text for e in point.excerpts for text in (e.citation.quote, e.citation.location, e.citation.title)
    ]
    ours = {stored.text, stored.answer} if stored is not None and not stored.own else set()
    return all(
        said in ours or any(said in text for text in words) for said in (point.text, point.answer) if said
    )


def _check_unique(lesson: Lesson) -> None:
    ids = [point.id for section in lesson.sections for point in section.points]
    parts = [section.part for section in lesson.sections]
    if len(set(ids)) != len(ids) or len(set(parts)) != len(parts):
        raise LessonInvalid("有重复的部分或要点编号，没有保存。请重新载入这份党课后再改。")
