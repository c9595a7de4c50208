"""When a text was passed, issued, revised, put in force: what its own header and last articles say.

Those lines are no sentences and say little of what the text is about, so a search does not find them: they are looked
up in the document that the question names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ingest.normal import normal_form
from ingest.regulations import parse_regulation
from ingest.types import Document, Span
from service.answering.titles import letters, scattered

_ACT = (
    r"(?:通过|出台|发布|公布|颁布|印发|下发|制定|施行|实施|实行|执行|生效|起效|修[订改正]|改(?!进|革|善|变|造)|出(?:的|来)|"
    r"刊登|刊发|发表|登(?:的|在|出|载|报)|见报|废止|失效)"
)
_WHEN = r"(?:何时|什么时[候间]|啥时候?|哪一?[年天月日](?:份)?|几月几[日号]|哪个时[候间])"
_HISTORY = re.compile(
    rf"{_WHEN}(?:正式|开始|首次|最早|最近|最先|才|又|是|起|第[一二三四五]次|，|,)*{_ACT}|"
    rf"{_ACT}(?:的|于|是|在)*(?:{_WHEN}|时间|日期)|"
    rf"(?:改|修[订正改])(?:动|订|正|改)?过?(?:多少|几|哪几)次|(?:几|多少|哪几|历)次(?:修[订正改]|改)|沿革|第几版|第几届.{{0,12}}(?:通过|修)|"
    r"(?:取代|顶替|代替|废止)了?(?:原来|以前|原先|过去)?的?(?:什么|哪|啥)|(?:哪|什么|啥).{0,8}(?:同时|就)?(?:作废|废止|失效)"
)
_IN_FORCE = re.compile(r"施行|实施|实行|执行|生效|作废|废止|失效|取代|顶替|代替")
_DATE = re.compile(r"(?:19|20)\d{2} ?年 ?\d{1,2} ?月(?: ?\d{1,2} ?日)?")
_LAST_WORDS = re.compile(r"起(?:施行|实施|执行|生效)|同时废止|即行废止|予以废止")
_NORM = re.compile(r"(?:法|条例|规定|办法|准则|规则|细则|章程|党章|制度|规程|决定|意见)(?![律院官治])")
_BEFORE = re.compile(
    r"(?:的|[和与及跟]|[在按照据从由对把问道查看说是年月版到]|请问|现行|最新|现在|新版|旧版|新修[订正]|修[订正]后?|这部|那部|一下|我国|咱们|概括|归纳|总结|梳理|介绍|政治局|党中央|国务院|全国人大|中组部|中办|国家)$"
)
_LETTERS = re.compile(r"[\u4e00-\u9fff]+")
_PLAIN = re.compile(
    r"[^\u4e00-\u9fff]|请问|现行|最新|现在|分别|开始|正式|什么|时候|哪|的|了|是|在|它|又|和|从|到|经过|几|次|年|天|日|月|第|个|一|来|就|才"
)
_LITTLE = 8
_FRONT_MOST, _LINE_MOST = 1500, 200
_LONGEST_NAME, _SHORTEST_NAME, _LAST_ARTICLES = 30, 3, 4


def asks_history(question: str) -> bool:
    """Whether a question asks when its text was passed, issued, revised or put in force, or what it put out of force."""
    return _HISTORY.search(normal_form(question)) is not None


def asks_force(question: str) -> bool:
    """Whether it asks for the day from which a text applies, or what it replaced."""
    return _IN_FORCE.search(normal_form(question)) is not None


def named_documents(question: str, titles: Iterable[tuple[str, str]]) -> tuple[list[str], str]:
    """The ids of those among (id, title) that the question names, by the longest name that any title fits, and that name.

    The ids are empty where no title fits; the name is empty where the question has none.
    """
    titled = [(letters(title), identity) for identity, title in titles]
    names = sorted(set(_names(question)), key=lambda name: (-len(name), name))
    for name in names:
        fitting = [(len(title), identity) for title, identity in titled if scattered(title, name)]
        if fitting:
            shortest = min(length for length, _ in fitting)
            return [identity for length, identity in fitting if length == shortest], name
    return [], names[0] if names else ""


def _names(question: str) -> Iterator[str]:
    """What may be a regulation's name: it ends as such names do, and does not begin in the middle of another."""
    for run in _LETTERS.finditer(normal_form(question)):
        for end in _NORM.finditer(run.group()):
            for start in range(max(0, end.end() - _LONGEST_NAME), end.end() - _SHORTEST_NAME + 1):
                if start == 0 or _BEFORE.search(run.group()[:start]):
                    yield run.group()[start : end.end()]


def front_lines(document: Document) -> Span | None:
    """The dated lines of a document's header, from the first to the last; ``None`` where there are none."""
    text = document.text
    regulation = parse_regulation(text)
    headings = [section.span.start for section in document.sections if section.level]
    end = regulation.front.end if regulation else min(headings, default=len(text))
    found: list[Span] = []
    position = 0
    for line in text[: min(end, _FRONT_MOST)].split("\n"):
        words = line.strip()
        if len(words) <= _LINE_MOST and not words.endswith("。") and _DATE.search(words):
            start = position + line.index(words)
            found.append(Span(start, start + len(words)))
        position += len(line) + 1
    return Span(found[0].start, found[-1].end) if found else None


def force_article(document: Document) -> Span | None:
    """The one of the last articles that says from when the text applies or what it puts out of force."""
    regulation = parse_regulation(document.text)
    for article in reversed(regulation.articles[-_LAST_ARTICLES:] if regulation else ()):
        if _LAST_WORDS.search(article.span.of(document.text)):
            words = article.span.of(document.text)
            return Span(article.span.start, article.span.start + len(words.rstrip()))
    return None


def history_spans(document: Document, force: bool) -> list[Span]:
    """The header's dated lines and the article on when it applies, that one first where ``force`` asks for it."""
    header, article = front_lines(document), force_article(document)
    spans = [article, header] if force else [header, article]
    return [span for span in spans if span is not None]


def is_only_history(question: str, name: str) -> bool:
    """Whether little is left of a question without the name of the text and the words that ask for its history."""
    rest = _HISTORY.sub("", normal_form(question)).replace(name, "")
    return len(_PLAIN.sub("", rest)) <= _LITTLE
