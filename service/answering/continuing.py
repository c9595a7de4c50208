"""Points that go on: what a question asks for often stands in the sentences around the one that was found.

Three cases. A question that asks for nothing but what a section is about (凝心铸魂行动具体怎么做) is answered by the section, not by
the one sentence of it that repeats the name. And a question about a procedure (手续怎么办) is answered by the whole paragraph of a
regulation: its sentences are the steps. And two members of a list bring the others.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from ingest.normal import normal_form
from ingest.sentences import is_sentence, split_sentences
from ingest.types import Document, Section, Span
from service.answering.question import Question
from service.answering.selection import same_document
from service.answering.series import whole_series
from service.answering.units import Unit
from service.answering.wording import bare
from service.types import Kind

_PROCEDURE = re.compile(
    r"程序|流程|手续|步骤|环节|怎么办理|如何办理|怎样办理|一步步|一步一步|怎么走|咋办理|怎么个(?:办|走|弄)法"
)
_LONGEST_PARAGRAPH = 300
_GROWN = 3
"""So many of the first points may go on."""

_PREFACE = re.compile(r"^(?:按照?|根据|依照?|依据|在)[^，,]{2,40}[，,]")
_ASKING = re.compile(
    r"请问|请|帮我|麻烦|一下|都?(?:是|有|要|应该|应当|需要|可以|得|该)?(?:怎么|怎样|如何|咋)(?:样|做|办|搞|抓|干|弄|推进|落实|开展|实施|推动|着手)?(?:的|呢|好)?|"
    r"(?:具体|主要|到底|究竟|分别)|(?:都|又)?(?:包括|包含|有|是|指|要|需要|采取|做|抓|讲|提|提出)?了?(?:哪几|哪些|哪|几)(?:个|条|项|点|方面|处|件)*"
    r"(?:内容|措施|举措|办法|做法|要求|任务|工作|安排|事|部署)?|什么(?:内容|措施|举措|办法|做法|要求|任务|工作|安排)?|"
    r"从|着手|入手|内容|措施|举措|要求|[的了吗呢里]|方面"
)
_VERBS = "要抓做干搞需"
_SHORTEST_NAME = 4
_MOST_SENTENCES = 8
_SHORTEST_SENTENCE = 12


def going_on(
    question: Question, chosen: Sequence[Unit], most: int, document: Callable[[str], Document]
) -> list[Unit]:
    """``chosen`` with what goes on from its first units, at most ``most``."""
    if question.kind not in (Kind.HOWTO, Kind.LIST, Kind.FACT, Kind.CASE) or not chosen:
        return list(chosen)
    if _PROCEDURE.search(normal_form(question.text)):
        return _paragraphs(chosen, document)
    if question.kind in (Kind.HOWTO, Kind.LIST):
        chosen = _section(question, chosen, most, document)
    return _completed(chosen, document) if question.kind is Kind.LIST else list(chosen)


def _paragraphs(chosen: Sequence[Unit], document: Callable[[str], Document]) -> list[Unit]:
    """The first units grown to their paragraphs, none said twice."""
    grown: list[Unit] = []
    for number, unit in enumerate(chosen):
        text = document(unit.hit.passage.document_id).text
        if number < _GROWN:
            start = text.rfind("\n", 0, unit.span.start) + 1
            end = text.find("\n", unit.span.end)
            around = Span(start, len(text) if end < 0 else end).stripped(text)
            if len(around) <= _LONGEST_PARAGRAPH:
                unit = replace(unit, span=around, text=around.of(text))
        if not any(same_document(unit, other) and unit.span.overlaps(other.span) for other in grown):
            grown.append(unit)
    return grown


def _section(
    question: Question, chosen: Sequence[Unit], most: int, document: Callable[[str], Document]
) -> list[Unit]:
    """The sentences of the section that is asked for and holds one of the first units, in their order, then the other units."""
    found = (
        (unit, whole.text, section)
        for unit in chosen
        for whole in [document(unit.hit.passage.document_id)]
        if (section := _asked_for(question, whole, unit.span))
    )
    first, text, section = next(found, (None, "", None))
    if first is None or section is None:
        return list(chosen)
    body = split_sentences(text, Span(section.heading.end, section.span.end))
    spans = [span.stripped(text) for span in body]
    told = [span for span in spans if len(span) >= _SHORTEST_SENTENCE and is_sentence(span.of(text))]
    if not 2 <= len(told) <= _MOST_SENTENCES:
        return list(chosen)
    inside = [replace(first, span=span, text=span.of(text), head="") for span in told][:most]
    others = [
        unit
        for unit in chosen
        if not (
            same_document(unit, first) and any(unit.span.overlaps(span) for span in (section.heading, *told))
        )
    ]
    return [*inside, *others][:most]


def _completed(chosen: Sequence[Unit], document: Callable[[str], Document]) -> list[Unit]:
    """``chosen`` with all members of the list (一是…。二是…。) that two of them are members of, in its order, where the first of them
    stood."""
    for identity in dict.fromkeys(unit.hit.passage.document_id for unit in chosen):
        whole = document(identity)
        members = whole_series(
            whole, [unit.span for unit in chosen if unit.hit.passage.document_id == identity]
        )
        if not members:
            continue
        area = Span(members[0].start, members[-1].end)
        within = [unit.hit.passage.document_id == identity and area.overlaps(unit.span) for unit in chosen]
        first = within.index(True)
        inside = [replace(chosen[first], span=span, text=span.of(whole.text), head="") for span in members]
        others = [unit for unit, is_in in zip(chosen, within, strict=True) if not is_in]
        return [*others[:first], *inside, *others[first:]]
    return list(chosen)


def _asked_for(question: Question, document: Document, span: Span) -> Section | None:
    """The innermost section around ``span`` if the question asks for what its heading names, and for nothing else."""
    around = [section for section in document.sections if section.level and section.span.contains(span)]
    if not around:
        return None
    section = max(around, key=lambda one: one.level)
    name = bare(_ASKING.sub("", _PREFACE.sub("", normal_form(question.text)))).strip(_VERBS)
    return section if len(name) >= _SHORTEST_NAME and name in bare(section.path[-1]) else None
