"""Who speaks in a document and how binding it is: its kind (法规, 讲话, 报道 …), the rank of who issued it, 解释机关.

All of it is read off forms: the title, the lines above the text, the signature, the 发文字号, the first and the last
articles. A form that fits nothing known leaves the field empty. ``rank`` is the level of who speaks, ``kind`` the form
in which it is said: an 意见 of 中共中央 is 中央法规 and 文件.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ingest.issuers import rank_of_body, rank_of_number, rank_of_place_name
from ingest.normal import normal_form
from ingest.regulation_tree import Regulation
from ingest.types import Metadata

RULES = "规定"
NATURES = (RULES, "要求", "做法", "")
"""What a text is good for: 规定 binds, 要求 asks (讲话), 做法 tells of practice; empty where it is not known."""

_NATURE_OF_RANK = {
    "中央法规": "规定",
    "国家法律": "规定",
    "行政法规": "规定",
    "部门文件": "规定",
    "地方文件": "规定",
    "讲话": "要求",
    "报道": "做法",
    "经验材料": "做法",
}
_NATURE_OF_KIND = {"法规": "规定", "讲话": "要求", "报道": "做法", "经验材料": "做法"}

_SHORTEST_NAME = 6  # 城市规划 is a thing, 会议纪要 with what it is about is a paper
_FRONT_LINES, _FRONT_LINE, _FRONT_MOST, _TAIL_LINES, _SAMPLE = 14, 90, 4000, 5, 6000
_NO_NAME = re.compile(r"贯彻|落实|学习|解读|体会|宣讲|答记者问|如何|为什么")
_CLOSE = r"(?:[（(][^（）()]{2,8}[）)])?$"
_REGULATION = re.compile(rf"(?:条例|规定|准则|规则|办法|细则|章程|(?<![办方做说看想用立执司书])法){_CLOSE}")
_PAPER = re.compile(
    rf"(?:决定|决议|意见|通知|通报|公报|方案|纲要|规划|要点|纪要|公告|通告|批复|规程|守则|制度|指引){_CLOSE}"
)
_QUOTABLE = re.compile(rf"(?:决定|决议|意见|公报|纲要|规划){_CLOSE}")  # what headlines speak of, too
_DRAFT = re.compile(r"征求意见稿|草案|送审稿|讨论稿|[（(]\s*(?:稿|样本|模板|参考)\s*[）)]")
_IN_FULL = "全文如下"
_ISSUES = re.compile(r"(?:印发|发布|公布|转发)了?《(?P<name>[^《》]+)》$")
_SPEECH = re.compile(
    rf"(?:讲话|致辞|致词|讲稿|发言)(?:提纲|摘要|要点|节选)?{_CLOSE}|党课(?:讲稿|辅导){_CLOSE}|在.{{2,40}}上的(?:主持词|(?:工作)?报告){_CLOSE}"
)
_SALUTE = re.compile(
    r"^(?:尊敬的.{1,20}[：:，,]|各位.{1,12}[：:，,、]|同志们[：:，,!！]|.{0,12}[、，]同志们[：:，,!！])"
)
_FIRST_PERSON = re.compile(
    r"我(?:再?讲|再?强调|先?讲|代表|受.{2,12}委托|就.{2,30}(?:讲|谈|提)|想|主要讲|简单讲|的讲话|宣布)"
)
_REPORTER = re.compile(
    r"^[（(]?\s*(?:本报|本刊|本网|新华社|人民网)?(?:特约)?(?:记者|通讯员)[\s:：]|本报(?:.{1,8}\d+月\d+日)?(?:讯|电)|(?:新华社|中新社|人民网).{0,6}\d{1,2}月\d{1,2}日电"
    r"|[（(](?:本报)?记者[\s:：]?[^（）()]{2,20}[）)]"
)
_NEWSPAPER = re.compile(r"^《[^《》]{2,12}(?:报|周刊)》\s*[（(][^（）()]*\d[^（）()]*(?:版|日)")
_FEATURE = re.compile(r"(?:综述|纪实|侧记|特写|述评|见闻|巡礼|纪行)$")
_COMMENT = re.compile(r"^[（(]?\s*(?:本报|本刊|新华社)?(?:特约)?评论员")
_PAPER_SOURCE = re.compile(r"报$|新华社|新华网|人民网|央视|中新社|日报|晚报")
_EXPERIENCE = re.compile(
    r"经验(?:材料|交流|做法|介绍|总结|发言)|(?:典型|工作|主要|创新|特色|优秀|先进)(?:经验|做法|案例|材料)|的(?:做法|经验|探索|实践|案例)$|案例$|工作总结$|(?:工作)?情况(?:总结|汇报)$"
    r"|(?:实践与|探索与)(?:思考|实践|启示)$"
)
_UNIT_LINE = re.compile(
    r"^(?=.{4,30}$)[^。，：:；]*(?:党支部|党总支|党委|党组|工委|机关党委|委员会|支部|局|厅|办公室|公司|学院|大学|医院)$"
)
_WE = (
    r"(?:我们|我(?:市|县|区|省|局|委|厅|部|院|校|镇|乡|支部|单位|公司|司|处|所|中心|行|街道|社区|村|党支部))"
)
_DEED = re.compile(
    rf"{_WE}(?:党支部|党委|机关党委|始终)?"
    r"(?:坚持|把|将|以|从|通过|探索|建立|制定|开展|组织|实施|推行|创新|围绕|聚焦|积极|深入|着力|认真|紧紧|紧扣|注重|严格|主动|先后|充分|结合|打造|设立|突出|抓)"
)
_DEEDS = 3

_OF_PARTY = re.compile(r"^中国共产党.*(?:条例|准则|规则|规定|办法|细则|章程)$")
_OF_STATE = "中华人民共和国"
_PARTY_BASIS = re.compile(r"根据《中国共产党章程》.*制定本(?:条例|准则)")
_STATE_BASIS = re.compile(r"制定本条例")
_LAW_BASIS = re.compile(r"制定本法[。，]")
_OWN_PLACE = re.compile(r"(?<![基根资成])本(?:省|市(?!场)|自治区|自治州|州|县|自治县|区(?!别|分))(?!级)")
_BRACKETS = re.compile(r"[（(][^（）()]*[）)]$")

_OURS = r"本(?:条例|规定|准则|规则|办法|细则|章程|法|意见|方案|制度|决定|通知|规程)"
_INTERPRETER = re.compile(
    rf"(?:{_OURS}[^。；\n]{{0,12}}?由|解释工作由|解释权(?:归|属于?))(?P<who>[^。；，,\n]{{2,60}}?)"
    r"(?:(?:负责|承担)(?:具体)?(?:的?解释)?|解释|所有)(?:工作)?(?=[。；，,\n]|$)"
)
_DATE = re.compile(r"(?:19|20)\d{2} ?年 ?\d{1,2} ?月 ?\d{1,2} ?日\s*(?:由|经)?")


def nature_of(metadata: Metadata) -> str:
    """One of ``NATURES``, by rank; by kind where the rank is not known (a 文件 of who knows whom has none)."""
    return _NATURE_OF_RANK.get(metadata.rank) or _NATURE_OF_KIND.get(metadata.kind, "")


def with_authority(text: str, known: Metadata, regulation: Regulation | None) -> Metadata:
    """``known`` with kind, rank and 解释机关 where it lacks them; what it has stays."""
    front = _front(text, regulation)
    kind = known.kind or (known.rank if known.rank in _NATURE_OF_KIND else "")
    kind = kind or _kind(text, front, known, regulation)
    if kind in ("法规", "文件"):
        rank = "" if _is_draft(front, known) else _rank(text, front, known, regulation)
        interpreter = _interpreter(text, regulation)
    else:
        rank, interpreter = kind, ""
    return replace(known, kind=kind, rank=known.rank or rank, interpreter=known.interpreter or interpreter)


def _front(text: str, regulation: Regulation | None) -> list[str]:
    """The lines above the text proper, in normal form: up to the first article, sentence or form of address."""
    end = min(regulation.front.end if regulation else len(text), _FRONT_MOST)
    lines = [re.sub(r"^[#*_ ]+|[*_# ]+$", "", line.strip()) for line in text[:end].split("\n")]
    front = []
    for line in filter(None, lines):
        plain = _tidy(line)
        front.append(plain)
        if len(front) >= _FRONT_LINES or (not regulation and _opens_text(plain)):
            break
    return front


def _tidy(line: str) -> str:
    """A line as the patterns here expect it: simplified, and with the full-width brackets and colons of Chinese."""
    plain = normal_form(line).translate(str.maketrans(":,!()", "：，！（）"))
    if re.fullmatch(
        r"(?:[\u4e00-\u9fff] +){3,}[\u4e00-\u9fff]", plain
    ):  # a red head, its characters set apart
        return plain.replace(" ", "")
    return re.sub(r"(?<=[\u4e00-\u9fff]) (?=关于|印发)", "", plain)


def _opens_text(line: str) -> bool:
    return line.endswith(("。", "；")) or len(line) > _FRONT_LINE or _SALUTE.match(line) is not None


def _titles(front: list[str], known: Metadata) -> Iterator[str]:
    """The lines that may be the title: the known one first, then short lines above the text."""
    yield from filter(None, (_tidy(known.title), _tidy(known.subtitle)))
    for line in (line.lstrip("—-– ") for line in front if not _opens_text(line)):
        yield _unwrapped(line)
        if match := _ISSUES.search(line):
            yield match["name"]


def _unwrapped(title: str) -> str:
    return title[1:-1] if re.fullmatch(r"《[^《》]+》", title) else title


def _is_draft(front: list[str], known: Metadata) -> bool:
    return any(_DRAFT.search(title) for title in _titles(front, known))


def _kind(text: str, front: list[str], known: Metadata, regulation: Regulation | None) -> str:
    titles = list(_titles(front, known))
    if _is_draft(front, known):
        return ""
    reported = any(_REPORTER.search(line) or _NEWSPAPER.match(line) for line in _edges(text, front))
    norm = _norm_kind(titles, regulation)
    if norm and (regulation or not reported or _IN_FULL in text[:_FRONT_MOST]):
        return norm
    if any(_SPEECH.search(title) for title in titles) or _is_speech(text, front):
        return "讲话"
    if any(_COMMENT.match(line) for line in front):
        return ""
    if reported or any(_FEATURE.search(title) for title in titles):
        return "报道"
    return _practice(text, front, titles, known)


def _edges(text: str, front: list[str]) -> list[str]:
    """Where by-lines stand: the lines above the text and the last few."""
    tail = [line.strip() for line in text[-2000:].split("\n") if line.strip()]
    return [*front, *(_tidy(line) for line in tail[-_TAIL_LINES:] if len(line) <= _FRONT_LINE)]


def _norm_kind(titles: list[str], regulation: Regulation | None) -> str:
    """法规 or 文件 by the name; without articles the name must be one as issued, not a headline that ends alike."""
    named = [t for t in titles if len(t) <= _FRONT_LINE and not t.startswith("（")]
    if regulation:
        papers = any(_PAPER.search(title) for title in named)
        return "文件" if papers and not any(_REGULATION.search(title) for title in named) else "法规"
    for title in named:
        official = re.search(r"关于", title) or rank_of_body(title) or re.search(r"》的通知$", title)
        about = _NO_NAME.search(title) and _QUOTABLE.search(title)
        if not official and (about or len(title) < _SHORTEST_NAME):
            continue
        if _PAPER.search(title):
            return "文件"
        if _REGULATION.search(title) and official:
            return "法规"
    return ""


def _is_speech(text: str, front: list[str]) -> bool:
    """Said to people who are there: a form of address on a line of its own, and an I."""
    return any(_SALUTE.match(line) for line in front) and _FIRST_PERSON.search(text[:_SAMPLE]) is not None


def _practice(text: str, front: list[str], titles: list[str], known: Metadata) -> str:
    """经验材料 where the title says so or a unit tells what it did; 报道 where only a newspaper is known of."""
    if any(_EXPERIENCE.search(title) for title in titles):
        return "经验材料"
    plain = normal_form(text[:_SAMPLE])
    by_unit = any(_UNIT_LINE.match(line) for line in front[1:4]) and re.search(_WE, plain)
    if by_unit or len(_DEED.findall(plain)) >= _DEEDS:
        return "经验材料"
    return "报道" if _PAPER_SOURCE.search(known.source) else ""


def _rank(text: str, front: list[str], known: Metadata, regulation: Regulation | None) -> str:
    """Who issued it: the bodies named, else its number, else what its name and its first article say."""
    return (
        _rank_of_events(front)
        or next(filter(None, map(rank_of_body, _issuing_lines(text, front, known))), "")
        or rank_of_number(known.document_number)
        or next(filter(None, map(rank_of_number, front)), "")
        or _rank_of_name(text, front, known, regulation)
    )


def _rank_of_events(front: list[str]) -> str:
    """From the latest of the lines’ 2024年2月5日 中共中央发布; the last one is the version at hand."""
    parts = (line[match.end() :].strip() for line in front for match in _DATE.finditer(line))
    return next(filter(None, map(rank_of_body, reversed(list(parts)))), "")


def _issuing_lines(text: str, front: list[str], known: Metadata) -> Iterator[str]:
    """Where the issuing body stands first: a line of the header, a press report of it, its signature, the source."""
    for line in front:
        if not line.endswith(("。", "：")) and len(line) <= _FRONT_LINE:  # after ： it is who is addressed
            yield _unwrapped(line)
        elif match := re.search(r"(?:近日|日前)，?(.{4,40}?)(?:印发|发布|公布)了?《", line):
            yield match.group(1)
    yield _tidy(known.title)
    tail = [_tidy(line.strip()) for line in text[-1500:].split("\n") if line.strip()][-_TAIL_LINES:]
    yield from (line for line in tail if len(line) <= 30 and not line.endswith("。"))
    yield _tidy(known.source)


def _rank_of_name(text: str, front: list[str], known: Metadata, regulation: Regulation | None) -> str:
    """What the rules on naming leave open to one issuer only.

    准则 and 条例 of the Party are made by its central organs alone (党内法规制定条例 第五条); what is called a 条例
    and names no place is 国务院's (行政法规制定程序条例 第五条); 本法 is what a law calls itself.
    """
    opening = "".join(part.span.of(text) for part in regulation.articles[:3]) if regulation else ""
    opening = _tidy(re.sub(r"\s", "", opening[:_SAMPLE]))
    titles = [_BRACKETS.sub("", title) for title in _titles(front, known)]
    if any(_OF_PARTY.match(title) for title in titles) or _PARTY_BASIS.search(opening):
        return "中央法规"
    if _LAW_BASIS.search(opening) or any(
        t.startswith(_OF_STATE) and _REGULATION.search(t) and t.endswith("法") for t in titles
    ):
        return "国家法律"
    if (place := next(filter(None, map(rank_of_place_name, titles)), "")) or _OWN_PLACE.search(opening):
        return place or ("地方文件" if regulation else "")
    named = any(title.endswith("条例") for title in titles)
    return "行政法规" if named and _STATE_BASIS.search(opening) and "党章" not in opening else ""


def _interpreter(text: str, regulation: Regulation | None) -> str:
    """解释机关 as the last articles name it (中央组织部商中央宣传部); without articles, as the last lines do."""
    if regulation:
        last = [article.span.of(text)[:_FRONT_MOST] for article in regulation.articles[-4:]]
    else:
        last = [line for line in text[-2000:].split("\n") if line.strip()][-_TAIL_LINES * 2 :]
    for words in reversed(last):
        if match := _INTERPRETER.search(words):
            return match["who"].strip()
    return ""
