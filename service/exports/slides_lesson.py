"""A lesson as slides: cover, agenda, a slide for each part and each point, sources; the full quotes in the speaker notes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ingest.dates import chinese_date
from ingest.types import Document
from service.exports import deck
from service.exports.deck import (
    BODY,
    BOTTOM,
    GOLD,
    KAI,
    LEFT,
    MUTED,
    ON_RED,
    SOFT,
    TITLE_HEIGHT,
    TOP,
    WARN,
    Deck,
)
from service.exports.fitting import LINE, clipped, height, largest, whole_sentences
from service.exports.material import ANSWERS, OWN, Cited, Material, ShownPoint, ShownSection, material
from service.exports.words import book_title, joined, one_line
from service.lesson.types import Lesson, Part

_TITLES = (28, 24, 20)
_QUESTIONS = (36, 32, 28, 24)
_QUOTES = (28, 26, 24, 22, 20, 18)
_SMALLEST = (18, 16, 14)  # for a quote of which a part is shown
_MOST_QUOTES = 3
_INDENT = 18
_SMALL, _STRIP, _GAP = 14, 16, 14
ELSEWHERE = "（这段引文较长，全文见备注。）"
_LISTED = (22, 20, 18, 16)


def lesson_slides(lesson: Lesson, documents: Mapping[str, Document]) -> bytes:
    """``service.exports.lesson_slides``."""
    shown = material(lesson, documents)
    title = one_line(lesson.title or lesson.topic)
    made = Deck(title)
    _cover(made, title, shown)
    if shown.sections:
        _list(made, "本课安排", [_timed(section) for section in shown.sections])
    for section in shown.sections:
        _section(made, section)
    _list(made, "引文出处", [f"[{n}] {source}" for n, source in enumerate(shown.sources, 1)], size=16)
    return made.bytes()


def _cover(made: Deck, title: str, shown: Material) -> None:
    size = largest(title, (44, 38, 32, 28), BODY, 136) or 24
    slide = made.cover(clipped(title, size, BODY, 4), size)
    for line, about in enumerate(shown.about):
        deck.text_box(slide, clipped(about, 20, BODY, 1), 324 + 32 * line, 28, 20, colour=SOFT)
    if any(shown.cited):
        deck.text_box(slide, "引文逐字取自资料，全文、位置和出处见各页备注。", 480, 24, 14, colour=SOFT)


def _timed(shown: ShownSection) -> str:
    return shown.heading + (f"（{shown.section.minutes}分钟）" if shown.section.minutes else "")


def _section(made: Deck, shown: ShownSection) -> None:
    size = largest(shown.heading, (44, 38, 32, 28), BODY, 136) or 24
    slide = made.cover(clipped(shown.heading, size, BODY, 4), size)
    if shown.section.minutes:
        deck.text_box(slide, f"{shown.section.minutes}分钟", 324, 28, 20, colour=SOFT)
    if missing := one_line(shown.section.missing):
        deck.text_box(slide, clipped(missing, 18, BODY, 4), 364, 100, 18, colour=ON_RED, name="缺少的内容")
        deck.notes(slide, missing)
    if shown.section.part is Part.READING:
        said = "\n\n".join(_notes(point) for point in shown.points)
        _list(made, one_line(shown.section.title), [point.text for point in shown.points], said=said)
        return
    for point in shown.points:
        _point(made, point, shown)
    if shown.is_quiz:
        _list(
            made, ANSWERS, [f"{p.number}. {one_line(p.point.answer)}" for p in shown.points if p.point.answer]
        )


@dataclass(slots=True)
class _Page:
    """A slide being filled from its title down and, for what has to be said besides, from its foot up."""

    slide: Any
    top: float = TOP + 6
    bottom: float = BOTTOM

    def strip(self, text: str, colour: str, name: str) -> None:
        """A line or two at the foot of the page."""
        words = clipped(text, _STRIP, BODY - _INDENT, 2)
        tall = height(words, _STRIP, BODY - _INDENT)
        top = self.bottom - tall
        self.bottom = top - 10
        deck.bar(self.slide, LEFT, top, 4, tall, colour)
        deck.text_box(self.slide, words, top, tall, _STRIP, indent=_INDENT, colour=colour, name=name)


def _point(made: Deck, shown: ShownPoint, section: ShownSection) -> None:
    """The slide of a point. Excerpts that were on a slide before stay in the notes, and those that answer a question."""
    cited = () if section.is_quiz else tuple(one for one in shown.cited if not one.again)
    page = _Page(_headed(made, shown.text, section.heading, alone=not cited))
    if shown.point.note.strip():
        page.strip(f"{OWN}：{one_line(shown.point.note)}", MUTED, OWN)
    for warning in list(reversed(shown.point.warnings))[-2:]:
        page.strip(f"注意：{one_line(warning)}", WARN, "注意")
    _quotes(page, cited)
    deck.notes(page.slide, _notes(shown))


def _headed(made: Deck, title: str, section: str, *, alone: bool) -> Any:
    above = clipped(section, 14, BODY, 1)
    if alone and (size := largest(title, _QUESTIONS, BODY, BOTTOM - TOP - 100)):
        return made.page(title, size, above=above, alone=True)
    size = largest(title, _TITLES, BODY, TITLE_HEIGHT) or _TITLES[-1]
    return made.page(clipped(title, size, BODY, int(TITLE_HEIGHT / size / LINE)), size, above=above)


def _quotes(page: _Page, cited: Sequence[Cited]) -> None:
    """As many excerpts as fit in full; where not even the first does, its first sentences."""
    room, width = page.bottom - page.top, BODY - _INDENT
    for count in range(min(len(cited), _MOST_QUOTES), 0, -1):
        rest = _SMALL * LINE + _GAP if count < len(cited) else 0
        for size in _QUOTES:
            if sum(_block(one, one.quote, size) for one in cited[:count]) + rest <= room:
                for one in cited[:count]:
                    _quote(page, one, one.quote, size)
                return _others(page, len(cited) - count)
    for one in cited[:1]:
        for size in _SMALLEST:
            left = room - _block(one, "", size) - (_SMALL * LINE + _GAP if len(cited) > 1 else 0)
            if text := whole_sentences(one.quote, size, width, left):
                _quote(page, one, text, size)
                return _others(page, len(cited) - 1)
        _quote(page, one, ELSEWHERE, _SMALLEST[0])
    return _others(page, len(cited) - 1)


def _others(page: _Page, count: int) -> None:
    if count > 0:
        words = f"另有{count}条引文，见备注。"
        deck.text_box(
            page.slide,
            words,
            page.top,
            _SMALL * LINE,
            _SMALL,
            indent=_INDENT,
            colour=MUTED,
            name="其他引文",
        )


def _about(cited: Cited) -> tuple[str, str]:
    """The source of an excerpt in two lines at most, and its warning in as many; either may be empty."""
    known = cited.citation
    parts = (
        book_title(one_line(known.title)),
        cited.place,
        one_line(known.source),
        chinese_date(known.published),
    )
    about = clipped(f"——{joined(parts)} [{cited.number}]", _SMALL, BODY - _INDENT, 2)
    return about, clipped(cited.warning, _SMALL, BODY - _INDENT, 2) if cited.warning else ""


def _block(cited: Cited, quote: str, size: float) -> float:
    """The height of an excerpt with its source and warning."""
    width = BODY - _INDENT
    small = sum(height(words, _SMALL, width) + 4 for words in _about(cited) if words)
    return height(quote, size, width) + small + _GAP + 6


def _quote(page: _Page, cited: Cited, text: str, size: float) -> None:
    width, start = BODY - _INDENT, page.top
    tall = height(text, size, width)
    deck.text_box(
        page.slide, text, page.top, tall, size, font=KAI, name=f"引文 {cited.number}", indent=_INDENT
    )
    page.top += tall + 6
    for words, colour, name in zip(_about(cited), (MUTED, WARN), ("出处", "提示"), strict=True):
        if words:
            tall = height(words, _SMALL, width)
            deck.text_box(
                page.slide,
                words,
                page.top,
                tall,
                _SMALL,
                colour=colour,
                bold=colour == WARN,
                name=f"{name} {cited.number}",
                indent=_INDENT,
            )
            page.top += tall + 4
    deck.bar(page.slide, LEFT, start + 2, 4, page.top - start - 4, WARN if cited.warning else GOLD)
    page.top += _GAP


def _notes(shown: ShownPoint) -> str:
    """All there is to say at a point: its line, the trainer's words, and every excerpt in full with where it stands."""
    point = shown.point
    parts = [shown.text]
    if point.note.strip():
        parts.append(f"【{OWN}】{point.note}")
    parts += [f"注意：{one_line(warning)}" for warning in point.warnings]
    if point.answer:
        parts.append(f"{ANSWERS}：{one_line(point.answer)}")
    for cited in shown.cited:
        label = f"〔原文 {cited.number}〕" if not cited.warning else f"〔引文 {cited.number}〕{cited.warning}"
        parts += [f"{label}\n{cited.quote}", f"出处：{cited.reference}"]
    return "\n\n".join(parts)


def _list(made: Deck, title: str, items: Sequence[str], size: int = 0, said: str = "") -> None:
    """A list over as many slides as it needs, in the largest of the sizes at which it needs but one.

    ``said`` goes into the speaker notes of the first.
    """
    items = [clipped(item, size or _LISTED[-1], BODY, 6) for item in items]
    room = BOTTOM - TOP - 8
    fits = (each for each in _LISTED if sum(_listed(item, each) for item in items) <= room)
    chosen = size or next(fits, _LISTED[-1])
    for number, part in enumerate(_pages(items, chosen, room)):
        slide = made.page(title if number == 0 else f"{title}（续）", 32)
        if said and number == 0:
            deck.notes(slide, said)
        top = TOP + 8.0
        for item in part:
            deck.text_box(slide, item, top, height(item, chosen, BODY), chosen)
            top += _listed(item, chosen)


def _pages(items: Sequence[str], size: int, room: float) -> Iterator[list[str]]:
    part: list[str] = []
    for item in items:
        if part and sum(_listed(each, size) for each in (*part, item)) > room:
            yield part
            part = []
        part.append(item)
    if part:
        yield part


def _listed(item: str, size: int) -> float:
    return height(item, size, BODY) + size * 0.6
