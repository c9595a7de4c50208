"""Questions with answers, made of the excerpts that a lesson teaches: a number, a term or a member of a list is left out.

The answer is words of the excerpt; what is asked is that excerpt without them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from service.lesson.lines import without_label
from service.lesson.types import Excerpt, Part, Point

BLANK = "（　　）"
_TAUGHT_CREDIT = 0.3
_TAUGHT = (Part.WHAT, Part.HOW, Part.WHY, Part.VIEW, Part.OPENING)
_STEM, _SHORTEST_STEM = 90, 14
_NUMERAL = r"(?:[0-9]+(?:\.[0-9]+)?|[二两三四五六七八九十百千]+(?:分之[一二三四五六七八九十]+)?)"
_MEASURE = r"(?:个?(?:工作日|月|小时|年|季度|学时|天|日|周(?![一二三四五六日末年]))(?!代|会议)|次|%|名|人(?!员|民|才|事)|倍|元|周岁)"
_NUMBER = re.compile(
    rf"(?P<lead>每|不少于|不低于|不超过|不得超过|至少|最多|一般(?:为|每)|为|达|达到|满|提前|累计|任期|评定|共|到|内|起|在)?"
    rf"(?P<answer>(?<![第0-9.年月一-九十])(?:{_NUMERAL}(?:万|亿|千|百)?(?:余|多)?{_MEASURE}|一(?:年|个月|次|个季度)))(?P<after>以上|以内|以下|内|前)?"
)
_DATE = re.compile(r"^(?:(?:19|20)[0-9]{2}年|[0-9]{1,2}[月日])$")
_TERM = re.compile(r"“(?P<answer>[^“”，。；：、！？\s]{2,12})”")
_LIST = re.compile(
    r"(?:(?<=^)|(?<=[，；：。“”是有为括持到]))(?P<list>[\u4e00-\u9fff]{2,10}(?:、[\u4e00-\u9fff]{2,10}){2,})(?=[，。；”等的]|和|$)"
)
_DEFINED = re.compile(r"(?:^|。|\n)(?:本[^，。]{1,6}所称)?(?P<answer>[\u4e00-\u9fff“”]{2,14})，?是指")
_ITEMS = re.compile(r"^(?P<lead>[^\n]{6,80}?[：:])\n*(?P<answer>[（(][一1][）)][\s\S]+)$")
_TELLING = re.compile(
    r"每|不少于|不低于|不超过|至少|最多|一般|满|任期|以上|以内|以下|期限|达|累计|评定|提前|分之"
)


@dataclass(frozen=True, slots=True)
class _Question:
    sort: str
    text: str
    answer: str
    worth: float


def quiz(
    told: Mapping[Part, Sequence[Point]],
    untaught: Sequence[Excerpt],
    coverage: Callable[[str], float],
    most: int,
) -> list[Point]:
    """At most ``most`` questions, one for each excerpt, the sorts in turns; each with the excerpt that has its answer.

    They are made of what is taught, and of ``untaught`` only where that has figures to ask for.
    """
    taught = [point.excerpts[0] for part in _TAUGHT for point in told.get(part, ())]
    found = [
        (_weighed(question, coverage, _TAUGHT_CREDIT * (excerpt in taught)), excerpt)
        for excerpt in (*taught, *untaught)
        for question in _questions(excerpt.citation.quote)
        if excerpt in taught or question.sort == "number"
    ]
    chosen: list[Point] = []
    seen: set[str] = set()
    sorts = dict.fromkeys((question.sort for question, _ in found), 0)
    while found and len(chosen) < most:
        question, excerpt = max(found, key=lambda pair: pair[0].worth - 0.35 * sorts[pair[0].sort])
        found = [(q, e) for q, e in found if e is not excerpt]
        if question.answer in seen:
            continue
        seen.add(question.answer)
        sorts[question.sort] += 1
        chosen.append(Point("", question.text, (excerpt,), answer=question.answer))
    return chosen


def _weighed(question: _Question, coverage: Callable[[str], float], credit: float) -> _Question:
    worth = question.worth + 0.4 * coverage(question.text) + credit
    return _Question(question.sort, question.text, question.answer, worth)


def _questions(quote: str) -> Iterator[_Question]:
    """All questions that an excerpt gives."""
    if match := _ITEMS.match(without_label(quote)):
        answer = match["answer"].strip()
        if answer in quote and len(answer) <= 500:
            worth = 0.9 if len(answer) <= 200 else 0.5
            yield _Question("items", f"简答：{match['lead'].rstrip('：:')}，有哪几项？", answer, worth)
    for sentence in re.findall(r"[^。！？\n]+[。！？]?[”’]?", quote):
        yield from _blanks(without_label(sentence.strip()))


def _blanks(sentence: str) -> Iterator[_Question]:
    for match in _DEFINED.finditer(sentence):
        yield from _cloze("term", sentence, match.span("answer"), 1.0)
    for match in _NUMBER.finditer(sentence):
        if not _DATE.match(match["answer"]):
            telling = bool(match["lead"] and _TELLING.search(match["lead"])) or bool(match["after"])
            yield from _cloze("number", sentence, match.span("answer"), 0.9 if telling else 0.4)
    for match in _TERM.finditer(sentence):
        yield from _cloze("term", sentence, match.span("answer"), 0.6 + 0.04 * min(6, len(match["answer"])))
    for match in _LIST.finditer(sentence):
        yield from _member(sentence, match)


def _member(sentence: str, match: re.Match[str]) -> Iterator[_Question]:
    """A list whose members are alike in length, one in the middle left out; the first and last have other words on them."""
    members = match["list"].split("、")
    middle = members[1:-1]
    lengths = {len(member) for member in middle}
    if len(lengths) == 1 and min(lengths) >= 4 and len(set(members)) == len(members):
        index = 1 + len(middle) // 2 - (len(middle) % 2 == 0)
        start = match.start("list") + sum(len(member) + 1 for member in members[:index])
        yield from _cloze("list", sentence, (start, start + len(members[index])), 0.75)


def _cloze(sort: str, sentence: str, span: tuple[int, int], worth: float) -> Iterator[_Question]:
    """The sentence, or the clauses around, with a blank; none where the answer stands in it a second time."""
    answer = sentence[span[0] : span[1]]
    start, end = _window(sentence, span)
    stem = sentence[start : span[0]] + BLANK + sentence[span[1] : end]
    rest = stem.replace(BLANK, "")
    if len(rest) >= _SHORTEST_STEM and answer not in rest:
        yield _Question(sort, f"填空：{stem.rstrip('，；：')}", answer, worth)


def _window(sentence: str, span: tuple[int, int]) -> tuple[int, int]:
    """Whole clauses around ``span`` of at most a stem's length, as many as go in: first those before it."""
    if len(sentence) <= _STEM:
        return 0, len(sentence)
    cuts = [0, *(m.end() for m in re.finditer(r"[，；：。][”’]?", sentence)), len(sentence)]
    start = max(cut for cut in cuts if cut <= span[0])
    end = min(cut for cut in cuts if cut >= span[1])
    for cut in reversed([cut for cut in cuts if cut < start]):
        if end - cut > _STEM:
            break
        start = cut
    for cut in [cut for cut in cuts if cut > end]:
        if cut - start > _STEM:
            break
        end = cut
    return start, end
