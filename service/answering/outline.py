"""Summaries from structure: the headings, or the leading sentences, of the document or section that a question names."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.normal import normal_form
from ingest.numerals import chinese_number
from ingest.regulations import parse_regulation
from ingest.sentences import is_sentence, split_sentences
from ingest.types import Document, Section, Span
from service.answering.question import Question
from service.answering.wording import bare
from service.types import Kind

_GENRE = re.compile(
    r"讲话|综述|报道|报告|通讯|评论|文章|经验|材料|条例|规定|办法|法|意见|通知|章程|准则|方案|计划"
)
_SUMMARY = re.compile(
    r"讲了|说了|写了|谈了|讲的|说的|写的|谈的|主要|内容|概括|归纳|总结|梳理|概述|简述|介绍|大意|大致|大体|要点|一下|简单|简要|"
    r"哪些|哪几|几个|几方面|方面|部分|几块|什么|请|帮我|帮忙|麻烦|这|那|篇|份|个|部|里|的|是|了|说|讲|谈|都|全文|整篇|关于|规定"
)
_WHOLE = re.compile(
    r"[0-9一二两三四五六七八九十几]+[条项点个款章节]|中央|政治局|国务院|我国|国家|具体|分别|包括|全文|包含|到底|究竟|都有|[哪这几有是指叫啥吗呢中共党]|如何|怎么样?|怎样|规定的|一共|总共|列出|列举|告诉我?|原文|全部"
)
_ORDINAL = re.compile(
    r"第(?P<number>[0-9一二三四五六七八九十百]{1,4})(?P<what>章|节|编|大?部分|个?大?问题|块|方面)"
)
_LAST = re.compile(r"最后(?:一)?个?(?:章|节|编|大?部分|个?问题|块)|结尾(?:部分)?")
_LABEL = re.compile(
    r"^(?:第[0-9一二三四五六七八九十百]+[章节编条]|[(（]?[一二三四五六七八九十]+[)）、.．])\s*"
)
_PROPERTY = re.compile(
    r"职责|职权|任务|权利|义务|方式|程序|流程|条件|期限|环节|体制|分工|责任|标准|措施|做法|处分|处罚"
)
_LITTLE, _TOLD = 5, 0.5
_PARTLY, _FITS, _PLAINLY, _CLOSE = 0.5, 0.6, 0.9, 0.15
_SHORTEST_CLAUSE, _LEADS = 5, 6
_SHORTEST_LEAD, _LONGEST_LEAD = 12, 220


def asks_outline(question: Question) -> bool:
    """Whether a document or a section as a whole is asked about: a summary, or what its n-th part holds."""
    numbered = _ORDINAL.search(question.text) or _LAST.search(question.text)
    return question.kind is Kind.SUMMARY or (question.kind is Kind.LIST and numbered is not None)


def asks_only_for(question: str, name: str) -> bool:
    """Whether a question asks what the text called ``name`` holds, and nothing else: 八项规定具体是哪八条."""
    rest = without_asking(normal_form(question).replace(name, "，", 1))
    return bool(name) and not bare(_WHOLE.sub("", rest))


def without_asking(normal: str) -> str:
    """A question, in normal form, without the words that ask for a summary or point at a text (讲了什么, 这篇)."""
    return _SUMMARY.sub("", normal)


PLAIN_KINSHIP = 0.5
"""From here on a question names a document's genre or source, not its year alone."""


def kinship(question: str, document: Document) -> float:
    """How plainly a question names a document by its source, its genre (讲话, 综述) and the year, from 0."""
    normal, metadata = normal_form(question), document.metadata
    about = normal_form(metadata.title + metadata.subtitle + metadata.kind)
    score = 1.0 * bool(metadata.source and metadata.source in normal)
    score += 0.5 * any(word in about for word in _GENRE.findall(normal))
    return score + 0.25 * bool(metadata.published and metadata.published[:4] in normal)


def asks_whole(question: Question, document: Document) -> bool:
    """Whether a question asks what ``document`` says on the whole.

    So it does where little of it is neither the title nor the asking, and none of that a property (职责) of what it is
    about; where as many things are asked for as the document has sections; or where it repeats the title of what is no
    regulation.
    """
    metadata, normal = document.metadata, normal_form(question.text)
    outer = sum(section.level == 1 for section in document.sections)
    if question.members and question.members == outer and kinship(question.text, document) >= _TOLD:
        return True
    if parse_regulation(document.text) is None and _fit(metadata.title, bare(normal)) >= _FITS:
        return True
    named = set(bare(metadata.title + metadata.subtitle + metadata.source + metadata.published[:4]))
    rest = bare(_GENRE.sub("", without_asking(normal)))
    if any(word not in metadata.title for word in _PROPERTY.findall(rest)):
        return False
    return sum(char not in named for char in rest) <= _LITTLE


def section_named(question: Question, document: Document) -> Section | None:
    """The section that a question names: by its number, as the last one, or by the words of its heading.

    Of several headings that fit about as well the one is meant that speaks to the side asked about (为什么重要: …的意义重大); ``None``
    where that does not tell them apart, or as many sections stand side by side as are asked for: all are meant.
    """
    normal = normal_form(question.text)
    outer = [section for section in document.sections if section.level == 1]
    if match := _ORDINAL.search(normal):
        number = chinese_number(match["number"])
        if match["what"] in "章节编":
            label = re.compile(rf"第([0-9一二三四五六七八九十百]+){match['what']}")
            return next(
                (
                    s
                    for s in document.sections
                    if s.path and (m := label.match(s.path[-1])) and chinese_number(m[1]) == number
                ),
                None,
            )
        return outer[number - 1] if 0 < number <= len(outer) else None
    if _LAST.search(normal) and outer:
        return outer[-1]
    asked = bare(normal)
    fits = [(_fit(section.path[-1], asked), section) for section in document.sections if section.level]
    best, found = max(fits, key=lambda pair: pair[0], default=(0.0, None))
    alike = [section for fit, section in fits if fit >= max(_PARTLY, best - _CLOSE)]
    facet = question.facet
    if facet:
        speaking = [section for section in alike if facet.told.search(normal_form(section.path[-1]))]
        highest = [one for one in speaking if one.level == min(other.level for other in speaking)]
        if len(highest) == 1:
            return highest[0]
    if best < _PLAINLY and (question.members == len(outer) or len(alike) > 1):
        return None
    return found if best >= _FITS else None


def _fit(heading: str, asked: str) -> float:
    """The share of the character pairs of a heading's best clause that stand in the question."""
    clauses = [bare(clause) for clause in re.split(r"[，,。\s]", _LABEL.sub("", heading))]
    return max(
        (
            sum(clause[i : i + 2] in asked for i in range(len(clause) - 1)) / (len(clause) - 1)
            for clause in clauses
            if len(clause) >= _SHORTEST_CLAUSE
        ),
        default=0.0,
    )


def parts_within(document: Document, section: Section | None) -> list[Section]:
    """The sections right below ``section``, or the outermost ones; empty where there are fewer than two."""
    above = section.level if section else 0
    inside = [
        s for s in document.sections if s.level > above and (section is None or section.span.contains(s.span))
    ]
    nearest = min((s.level for s in inside), default=0)
    found = [s for s in inside if s.level == nearest]
    return found if len(found) >= 2 else []


def lead_sentences(document: Document, within: Span) -> list[Span]:
    """The first sentence of each paragraph of ``within``, the first few, without headings and by-lines."""
    text, leads = document.text, []
    position = within.start
    for line in within.of(text).split("\n"):
        area = Span(position, position + len(line))
        position = area.end + 1
        words = line.strip()
        if not is_sentence(words):
            continue
        first = split_sentences(text, area)[0]
        lead = first.of(text)
        if _SHORTEST_LEAD <= len(lead.strip()) <= _LONGEST_LEAD:
            start = first.start + len(lead) - len(lead.lstrip())
            leads.append(Span(start, start + len(lead.strip())))
    return leads[:_LEADS]


def nearest_document(question: str, weighed: Sequence[tuple[float, Document]]) -> Document | None:
    """The document that a question means, of those found, each with the share of the search's score that it has."""
    return max(
        weighed, key=lambda pair: (kinship(question, pair[1]) + pair[0], pair[1].id), default=(0.0, None)
    )[1]
