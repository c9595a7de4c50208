"""第二条展开说说: which point of an earlier answer is meant, and what stands under it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ingest.normal import normal_form
from ingest.numerals import chinese_number
from ingest.sentences import split_sentences
from ingest.types import Document, Section, Span
from service.answering.compose import Point
from service.answering.topics import without_end
from service.answering.turns import Place, Turn

_POINTING = re.compile(
    r"^(?:请|把|将|再|就|上面|刚才|前面|你|说|讲|的|其中)*"
    r"(?:第(?P<number>[0-9一二两三四五六七八九十]{1,3})|(?P<last>最后|末)一?|(?P<first>头一))"
    r"(?P<unit>条|点|项|个|类|种|步|方面|部分|款|大)?(?:行动|任务|措施|举措|要求|情形|情况)?"
    r"(?P<rest>$|(?:[,的里中]|呢|展开|详细|具体|是|怎|要|讲|说|再|能|可以|该|应|有|由|如何|什么).*$)"
)
_ONLY_MORE = re.compile(
    r"^(?:[,，。？?！!\s]|的|呢|请|再|能不能|可以|能|展开|详细|具体|细|一下|一点|些|来|地|说说|讲讲|说|讲|介绍|解释|谈谈|聊聊|内容|吗)*"
    r"(?:是?(?:什么|指什么|啥)(?:意思|内容)?|有?(?:什么|哪些)内容)?[？?。]*$"
)
_ITEM = re.compile(r"(?m)^\s*(?:[（(][一二三四五六七八九十]{1,3}[）)]|[0-9]{1,2}[.．、)）])")
_LISTED = ("项", "种", "类", "款")
_NUMBERING = re.compile(
    r"^\s*(?:[（(]?[一二三四五六七八九十0-9]{1,3}[）)、.．]|第[一二三四五六七八九十百]+[章节条])\s*"
)
_NAME = 40
_PARAGRAPH = 420


@dataclass(frozen=True, slots=True)
class Pointer:
    """A place of an earlier answer, in the words ``name`` to show, and what of it is ``wanted`` (empty: all there is).

    ``itself``: a part of what was shown, whose own words are the answer; else the answer is what stands under it.
    """

    place: Place
    name: str
    wanted: str = ""
    itself: bool = False


def pointer_in(asked: str, turns: Sequence[Turn], words: Callable[[Place], str]) -> Pointer | None:
    """The point that ``asked`` names by its number; ``None`` where it names none, or no answer had as many."""
    match = _POINTING.match(normal_form(without_end(asked)))
    if match is None or not (match["unit"] or match["rest"] in ("", "呢")):
        return None
    number = 0 if match["last"] else chinese_number(match["number"] or "一")
    place = _pointed(number, match["unit"] or "", turns, words)
    if place is None or not words(place).strip():
        return None
    rest = match["rest"].lstrip(",的里中")
    itself = all(place not in turn.places for turn in turns)
    return Pointer(place, _name(words(place)), "" if _ONLY_MORE.match(rest) else rest, itself)


def _pointed(number: int, unit: str, turns: Sequence[Turn], words: Callable[[Place], str]) -> Place | None:
    """Number ``number`` (0 the last) of the last answer that was not itself about one point, else of the last."""
    lists = [turn for turn in turns if not _POINTING.match(normal_form(without_end(turn.question)))]
    for turn in [*reversed(lists), turns[-1]]:
        if not turn.places:
            continue
        items = _items(turn.places[0], words(turn.places[0]))
        members = items if len(items) > 1 and (unit in _LISTED or len(turn.places) < 2) else turn.places
        if 0 <= number - 1 < len(members) or (number == 0 and len(members) > 1):
            return members[number - 1]
    return None


def _items(place: Place, text: str) -> list[Place]:
    """The numbered lines of a place."""
    starts = [match.start() for match in _ITEM.finditer(text)]
    spans = zip(starts, [*starts[1:], len(text)], strict=False)  # none where no line is numbered
    return [replace(place, span=Span(a, b).stripped(text).moved(place.span.start)) for a, b in spans]


def _name(text: str) -> str:
    """A few words for a place: its first sentence without its number, shortened."""
    words = _NUMBERING.sub("", text.strip().split("\n")[0])
    first = re.split(r"[。！？；：]", words)[0]
    return first if len(first) <= _NAME else first[:_NAME].rsplit("，", 1)[0]


def pointed_points(document: Document, pointer: Pointer, most: int) -> list[Point]:
    """The words that ``pointer`` asks for, at most ``most`` points; none where nothing stands under its place."""
    if pointer.itself:
        above = [section.path for section in document.sections if section.span.contains(pointer.place.span)]
        return [Point(document, pointer.place.span, above[-1] if above else (), pointer.place.span, 1.0)]
    return [Point(document, span, path, span, 1.0) for span, path in _under(document, pointer.place)[:most]]


def _under(document: Document, place: Place) -> list[tuple[Span, tuple[str, ...]]]:
    """What stands under a heading or after a lead-in (…：), else the paragraph of a sentence, with the headings above."""
    headed = [s for s in document.sections if s.level and s.heading.overlaps(place.span)]
    if headed:
        section = headed[-1] if place.span.start >= headed[-1].heading.start else headed[0]
        return _paragraphs(document, Span(section.heading.end, section.span.end), section)
    around = [section for section in document.sections if section.span.contains(place.span)]
    last = around[-1] if around else None
    end = last.span.end if last else len(document.text)
    if document.text[place.span.start : place.span.end].rstrip().endswith(("：", ":")):
        return _paragraphs(document, Span(place.span.end, end), last)
    return _paragraphs(document, _from_here(document.text, place.span, end), last)


def _from_here(text: str, span: Span, end: int) -> Span:
    """A sentence with what follows it in its paragraph, or, where it ends that, with what goes before it there."""
    stop = text.find("\n", max(span.start, span.end - 1))
    stop = end if stop < 0 else min(stop, end)
    if text[span.end : stop].strip():
        return Span(span.start, stop)
    return Span(text.rfind("\n", 0, span.start) + 1, stop)


def _paragraphs(
    document: Document, span: Span, section: Section | None
) -> list[tuple[Span, tuple[str, ...]]]:
    """The lines of ``span``, long ones by sentences."""
    path = section.path if section else ()
    found: list[tuple[Span, tuple[str, ...]]] = []
    for line in re.finditer(r"[^\n]+", span.of(document.text)):
        whole = Span(span.start + line.start(), span.start + line.end())
        parts = [whole] if len(whole) <= _PARAGRAPH else split_sentences(document.text, whole)
        for part in parts:
            trimmed = part.stripped(document.text)
            if len(trimmed) > 1:
                found.append((trimmed, path))
    return found
