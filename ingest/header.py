"""What a regulation says of itself before its first article and in its last ones: title, issuing body, dates.

The date of a version is the latest at which its header says that it was passed, issued or revised. A date that the
text does not state, or that a later revision has overtaken, is left empty.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.regulation_tree import Regulation
from ingest.types import Metadata

_FRONT_MOST, _TITLE_MAX, _LAST_ARTICLES = 4000, 60, 4
_DATE = re.compile(r"(?<!\d)((?:19|20)\d{2}) ?年 ?(\d{1,2}) ?月 ?(\d{1,2}) ?日")
_MADE = re.compile(r"修订|修正|修改|发布|公布|颁布|印发|通过|批准|制定")
_IN_FORCE = re.compile(r"\s*[起]?(?:施行|实施|生效)")
_FROM_DATE = re.compile(
    r"自 ?(?P<date>(?:19|20)\d{2} ?年 ?\d{1,2} ?月 ?\d{1,2} ?日) ?起(?:施行|实施|执行|生效)"
)
_FROM_ISSUE = re.compile(r"自(?:发布|公布|颁布|印发)之日起(?:施行|实施|执行|生效)")
_TITLE = re.compile(
    r"(?:条例|规定|办法|准则|规则|细则|章程|法|决定|意见|制度|规程|守则|纲要|方案)(?:[（(][^（）()]{2,8}[）)])?$"
)
_RED_HEAD = re.compile(r"^(?P<body>[\u4e00-\u9fff、]{2,30})文件$")
_NOTICE = re.compile(r"^(?P<body>[\u4e00-\u9fff、 ]{2,30}?) ?关于(?:印发|发布|修订|修改)《")
_NUMBER = re.compile(
    r"[\u4e00-\u9fff]{1,10} ?[〔\[［【（(] ?(?:19|20)\d{2} ?[〕\]］】）)] ?第? ?\d{1,4} ?号|"
    r"(?:国务院|主席|[\u4e00-\u9fff]{1,8}[部委局署会])令 ?第? ?[0-9一二三四五六七八九十百零〇]{1,6} ?号"
)
_BODY = re.compile(
    r"\s*(?:第[一二三四五六七八九十百0-9]{1,4}届)?(?:中华人民共和国)?"
    r"(?P<body>[\u4e00-\u9fff、]{2,30}?)(?=令|第[一二三四五六七八九十百0-9]{1,4}(?:次|号)|政治局|会议|审议|修[订正改]|发布|公布|颁布|印发|批准|通过)"
)
_CONGRESS = re.compile(r"(中国共产党)(?:第[一二三四五六七八九十]{1,3}次)?(全国代表大会)")
_KINDS_OF_BODY = ("中央", "国务院", "会", "部", "厅", "局", "办", "署", "院", "政府", "党委", "党组", "纪委")


@dataclass(frozen=True, slots=True)
class _Event:
    """``date`` is ISO; ``words`` are what stands after it, up to the next date or the line's end."""

    date: str
    words: str


def header_of(text: str, regulation: Regulation) -> Metadata:
    """What the header block and the last articles state; the rest is empty."""
    front = text[: min(regulation.front.end, _FRONT_MOST)]
    lines = [line.strip() for line in front.split("\n") if line.strip()]
    events = [event for line in lines if not line.endswith("。") for event in _events(line)]
    made = [event for event in events if _MADE.search(event.words) and not _IN_FORCE.match(event.words)]
    latest = max(made, key=lambda event: event.date, default=_Event("", ""))
    numbers = _NUMBER.findall(latest.words) or [n for line in lines for n in _NUMBER.findall(line)]
    return Metadata(
        title=_title(lines),
        source=_body(latest.words) or _body_above(lines),
        published=latest.date,
        document_number=re.sub(r"\s", "", numbers[-1]).removeprefix("中华人民共和国") if numbers else "",
        effective=_effective(text, regulation, events, latest),
    )


def _events(line: str) -> list[_Event]:
    found = list(_DATE.finditer(line))
    ends = [*(match.start() for match in found[1:]), len(line)]
    return [
        _Event(date, line[match.end() : end])
        for match, end in zip(found, ends, strict=False)  # no date, no end
        if (date := _iso(match.group()))
    ]


def _iso(words: str) -> str:
    match = _DATE.search(words)
    year, month, day = (int(part) for part in match.groups()) if match else (0, 0, 0)
    return f"{year:04d}-{month:02d}-{day:02d}" if 1 <= month <= 12 and 1 <= day <= 31 else ""


def _title(lines: list[str]) -> str:
    """The last line that is a regulation's name: below a red head and a notice, it is the regulation's own."""
    names = []
    for line in lines:
        name = re.sub(r"^[#*_ ]+|[*_# ]+$", "", line)
        inner = name[1:-1]
        if name.startswith("《") and name.endswith("》") and not re.search("[《》]", inner):
            name = inner
        if len(name) <= _TITLE_MAX and _TITLE.search(name) and not re.search(r"[。；：]|\d日|^[（(]", name):
            names.append(name)
    return names[-1] if names else ""


def _body(words: str) -> str:
    """Who passed or issued it, from the words after a date (第十四届全国人民代表大会常务委员会第八次会议…)."""
    match = _BODY.match(words)
    return match["body"] if match and match["body"].endswith(_KINDS_OF_BODY) else ""


def _body_above(lines: list[str]) -> str:
    for line in lines:
        if match := _RED_HEAD.match(line) or _NOTICE.match(line):
            return match["body"].replace(" ", "、")
        if (match := _CONGRESS.match(line)) and _MADE.search(line):
            return match.group(1) + match.group(2)
    return ""


def _effective(text: str, regulation: Regulation, events: list[_Event], latest: _Event) -> str:
    """When it came into force: from the header, else from its last articles unless a revision came after."""
    for event in reversed(events):
        if _IN_FORCE.match(event.words):
            return event.date
    for article in reversed(regulation.articles[-_LAST_ARTICLES:]):
        words = article.span.of(text)[:_FRONT_MOST]
        if match := _FROM_DATE.search(words):
            date = _iso(match["date"])
            return date if date >= latest.date else ""
        if _FROM_ISSUE.search(words):
            return "" if "修正" in latest.words else latest.date
    return ""
