"""The section tree of a text, from the headings that people write.

Recognised: Markdown headings; 编, 章, 节 and 条 of regulations; 一、 and （一） of speeches and plans, alone on a line or as the lead sentence of a
paragraph; 第一章 and 第一节; bare heading lines between the paragraphs of newspaper pieces; and lead sentences that act
as headings (坚持…。 着力…。 ——优化设置，…。) where a text has several.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ingest.normal import simplify
from ingest.regulation_tree import ARTICLE_RANK, Regulation
from ingest.regulations import lines_of, parse_regulation
from ingest.sentences import split_sentences
from ingest.types import Metadata, Section, Span

VERSION = 3
"""Part of the pipeline's fingerprint: raise it when the sections of any text change."""

_CN = "一二三四五六七八九十百"
_MARKDOWN = re.compile(r"(#{1,6})[ \t]+(.+?)[ \t]*#*$")
_NUMBERED: tuple[tuple[int, re.Pattern[str]], ...] = (
    (1, re.compile(rf"第[{_CN}千零〇0-9]+[编篇部][\s　]")),
    (2, re.compile(rf"第[{_CN}千零〇0-9]+章[\s　]")),
    (3, re.compile(rf"第[{_CN}千零〇0-9]+节[\s　]")),
    (4, re.compile(rf"[{_CN}]{{1,4}}、")),
    (5, re.compile(rf"[（(][{_CN}]{{1,4}}[）)]、?")),
)
_BULLET_LEAD = re.compile(r"[—–-]{2}|[一二三四五六七八九]是(?=[\u4e00-\u9fff])")
_ENDS_OPEN = re.compile(r"[。！？!?；;：:，,、…—）)]$|[。！？!?；;…，][”」』]$")
_LEAD_VERBS = re.compile(
    r"(?:始终|必须|要|不断|持续|着力|充分|切实|全面|深入|牢牢|主动|密切|有序|积极|大力|扎实|突出|进一步)?"
    r"(?:坚持|着力|著力|充分|切实|强化|加强|加快|推进|推动|深化|夯实|牵住|牢牢|建强|建立|建好|构建|健全|完善|落实|严格|压实|突出|聚焦|"
    r"注重|创新|优化|抓实|抓好|抓住|提升|提高|发挥|服务|联系|开展|锻造|打造|凝聚|筑牢|把牢|把握|围绕|激发|防止|防范|引导|丰富|"
    r"统筹|增强|激励|规范|培育|弘扬|营造|破解|树立|树牢|用|以)"
)
_TITLE_MAX, _BARE_MAX, _LEAD_MAX = 60, 40, 30
_MARKDOWN_RANK, _BARE_RANK, _LEAD_RANK, _INNER_RANK = -10, 6, 7, 8
_LEAD_FOLLOW = 80
"""A lead sentence is a heading only over at least this many characters of text."""


@dataclass(frozen=True, slots=True)
class _Heading:
    """``start`` is where the section begins, ``words`` the span of the heading itself, ``rank`` its depth by form."""

    start: int
    words: Span
    rank: int
    title: str


def find_sections(text: str, metadata: Metadata) -> tuple[Section, ...]:
    """The sections of ``text``, tiling it in order at the leaves.

    A section's ``span`` takes in its subsections. Text before the first heading is a section of level 0 whose heading
    span is empty. Levels are compact: the forms that a text uses are ranked and counted from 1.
    """
    return tuple(_nest(text, sorted(_headings(text, metadata), key=lambda h: (h.start, h.rank))))


def _headings(text: str, metadata: Metadata) -> Iterator[_Heading]:
    lines = list(lines_of(text))
    front = _front_lines(lines, text, metadata)
    if regulation := parse_regulation(text):
        yield from _divisions(regulation)
        return
    leads: list[_Heading] = []
    for index, line in enumerate(lines):
        if index < front:
            continue
        if heading := _marked(text, line) or _bare(text, lines, index):
            yield heading
        if not _MARKDOWN.match(line.of(text)):
            leads += _leads(text, line)
    outer = [lead for lead in leads if lead.rank == _LEAD_RANK]
    if len(outer) >= 2:
        yield from leads


def _divisions(regulation: Regulation) -> Iterator[_Heading]:
    """The headings of a regulation: 编, 章, 节 and 条. Its items （一） are text, not headings."""
    for division in regulation.divisions:
        yield _Heading(division.span.start, division.heading, division.rank, division.title)
    for article in regulation.articles:
        yield _Heading(article.span.start, article.heading, ARTICLE_RANK, article.title)


def _front_lines(lines: Sequence[Span], text: str, metadata: Metadata) -> int:
    """How many lines at the top are title, subtitle, authors and source rather than text."""
    known = {_key(value) for value in (metadata.title, metadata.subtitle, *metadata.authors) if value}
    front = 0
    for index, line in enumerate(lines[:8]):
        words = line.of(text)
        key = _key(words)
        by_line = any(value and value in key for value in known) and len(key) <= _TITLE_MAX
        source = bool(metadata.source and _key(metadata.source) in key and len(key) <= 40)
        if key and (by_line or source) and not words.endswith("。"):
            front = index + 1
    return front


def _key(words: str) -> str:
    return re.sub(r"[\W_]+", "", words)


def _marked(text: str, line: Span) -> _Heading | None:
    """A heading that says so by its mark: Markdown, or a number in one of the usual forms."""
    words = line.of(text)
    if match := _MARKDOWN.match(words):
        start = line.start + match.start(2)
        rank = _MARKDOWN_RANK + len(match.group(1))
        return _Heading(line.start, Span(start, line.start + match.end(2)), rank, match.group(2))
    for rank, pattern in _NUMBERED:
        if pattern.match(words):
            return _numbered(text, line, rank)
    return None


def _numbered(text: str, line: Span, rank: int) -> _Heading | None:
    """A numbered line: a heading as a whole where it is short, else by its lead sentence (not for 章 and 节)."""
    whole = line.of(text)
    division = rank <= 3
    if len(line) <= _TITLE_MAX and not re.search(r"[。；;]", whole[:-1]):
        listed = not division and re.search(r"[；;]$", whole)
        return None if listed else _Heading(line.start, line, rank, whole.rstrip("。"))
    words = split_sentences(text, line)[0].of(text).rstrip()
    if division or not words.endswith("。") or len(words) > _TITLE_MAX:
        return None
    return _Heading(line.start, Span(line.start, line.start + len(words)), rank, _short(words))


def _short(lead: str) -> str:
    """A lead sentence as a title: its first clause where that can stand alone, without the full stop."""
    words = lead.rstrip("。")
    clause = re.split(r"[，,]", words)[0]
    return clause if len(clause) >= 6 else words


def _bare(text: str, lines: Sequence[Span], index: int) -> _Heading | None:
    """A short line without an end mark between two paragraphs of text, as newspapers set their subheadings."""
    line = lines[index]
    words = line.of(text)
    if not 6 <= len(words) <= _BARE_MAX or _ENDS_OPEN.search(words) or not 0 < index < len(lines) - 1:
        return None
    if re.search(
        r"[。！？；：:|]|https?|^[-*+>]|^[0-9０-９①-⑳]|[（(][一二三四五六七八九十]", words
    ) or _dateline(words):
        return None
    before, after = lines[index - 1].of(text), lines[index + 1].of(text)
    if len(after) < 40 or not re.search(r"[。！？；…—：:”]$", before.rstrip()):
        return None
    return _Heading(line.start, line, _BARE_RANK, words)


def _dateline(words: str) -> bool:
    return bool(re.search(r"\d{1,2}月\d{1,2}日|记者|作者|来源|編輯|编辑|责编|电$|附件|^图|^表", words))


def _leads(text: str, line: Span) -> Iterator[_Heading]:
    """Lead sentences of a paragraph that act as headings: its first, and short ones further in."""
    sentences = split_sentences(text, line)
    for index, sentence in enumerate(sentences):
        words = sentence.of(text).rstrip()
        follow = line.end - sentence.end
        bullet = index == 0 and _BULLET_LEAD.match(words) is not None
        if not words.endswith("。") or (follow < _LEAD_FOLLOW and not bullet):
            continue
        if bullet and len(words) <= _TITLE_MAX:
            title = re.sub(r"^[—–-]+", "", words).rstrip("。")
            yield _Heading(
                sentence.start, Span(sentence.start, sentence.start + len(words)), _LEAD_RANK, title
            )
        elif _acts_as_heading(words):
            rank = _LEAD_RANK if index == 0 else _INNER_RANK
            words_span = Span(sentence.start, sentence.start + len(words))
            yield _Heading(sentence.start, words_span, rank, words.rstrip("。"))


def _acts_as_heading(words: str) -> bool:
    """Whether a lead sentence is short, of one piece, and bids something to be done."""
    whole = 8 <= len(words) <= _LEAD_MAX and not re.search(r"[，,、：:；;0-9]", words)
    return whole and _LEAD_VERBS.match(simplify(words)) is not None


def _nest(text: str, headings: Iterable[_Heading]) -> Iterator[Section]:
    """Headings to sections: each runs to the next heading of its own or a higher level."""
    unique: list[_Heading] = []
    for heading in headings:
        if not unique or heading.start >= unique[-1].words.end:
            unique.append(heading)
    ranks = sorted({heading.rank for heading in unique})
    first = unique[0].start if unique else len(text)
    if first > 0 or not unique:
        yield Section(Span(0, first), Span(0, 0), 0, ())
    stack: list[tuple[int, str]] = []
    for index, heading in enumerate(unique):
        level = ranks.index(heading.rank) + 1
        while stack and stack[-1][0] >= level:
            stack.pop()
        stack.append((level, heading.title))
        after = (unique[i] for i in range(index + 1, len(unique)))
        end = next((h.start for h in after if h.rank <= heading.rank), len(text))
        yield Section(Span(heading.start, end), heading.words, level, tuple(title for _, title in stack))
