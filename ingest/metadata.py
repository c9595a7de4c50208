"""What a text says about itself: title, authors, source, date. Where it is silent, the manifest speaks, else nobody.

Nothing is inferred from what the text is about: a field is taken from its usual place in its usual form, or left empty.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from ingest.authority import with_authority
from ingest.header import header_of
from ingest.regulations import parse_regulation
from ingest.repeals import find_repeals
from ingest.types import Document, Metadata

VERSION = 5
"""Part of the pipeline's fingerprint: raise it when the metadata of any text change."""

KINDS = ("报道", "经验材料", "讲话", "法规", "文件", "")
"""The natures of a document; empty where it is not known."""

RANKS = ("中央法规", "国家法律", "行政法规", "部门文件", "地方文件", "讲话", "报道", "经验材料", "")
"""Who speaks and how binding it is, from the most binding down; empty where it is not known."""

STATUSES = ("现行", "试行", "尚未施行", "已修订", "已废止", "")
"""Whether a text is in force; empty where the question does not arise or is open."""

_HEAD_LINES, _TAIL_LINES = 12, 4
_TITLE_MAX = 60
_DATE = re.compile(r"(?<!\d)((?:19|20)\d{2})\s?[年\-./]\s?(\d{1,2})\s?[月\-./]\s?(\d{1,2})(?!\d)\s?日?")
_NEWSPAPER = re.compile(
    r"^[《]([^《》]{2,12}(?:报|网|杂志|周刊|月刊|日报|时报|求是|旗帜|通讯))[》]\s*[（(](.*?)[）)]"
)
_EDITION = re.compile(r"第\s?(\d{1,3})\s?版")
_REPORTER = re.compile(
    r"^(?:[（(]?\s?)(?:本报|本刊|新华社|人民网)?(?:记者|通讯员|特约记者|评论员)[\s:：]*(.+?)[）)]?$"
)
_AUTHOR = re.compile(r"^(?:作\s?者|撰\s?稿|文|执\s?笔)\s?[:：/／]\s?(.+)$")
_SOURCE = re.compile(r"(?:来\s?源|來\s?源|稿件来源|文章来源)\s?[:：]\s?[《]?([^\s《》|，,；;]{2,30})[》]?")
_DATELINE = re.compile(
    r"^(?:[（(]\s?)?(新华社|中新社|人民网|新华网|央视网)([\u4e00-\u9fff]{2,6})?\s?(?:(\d{1,2})月(\d{1,2})日)电"
)
_PUBLISHED = re.compile(r"(?:发布时间|发布日期|发表时间|日\s?期|时\s?间|印发日期)\s?[:：]?\s?$")
_RED_HEAD = re.compile(
    r"[\u4e00-\u9fff、 ]{2,40}文 ?件$|[\u4e00-\u9fff]{1,10} ?[〔\[［] ?(?:19|20)\d{2} ?[〕\]］] ?\d{1,4} ?号$"
)
_SURNAMES = (
    "王李张張刘劉陈陳杨楊黄黃赵趙吴吳周徐孙孫马馬朱胡郭何林高罗羅郑鄭梁谢謝宋唐许許邓鄧冯馮韩韓曹曾彭萧肖蔡潘田董袁于余"
    "叶葉蒋蔣杜苏蘇魏程吕呂丁沈任姚卢盧傅钟鐘姜崔谭譚廖范汪陆陸金石戴贾賈韦韋夏邱方侯邹鄒熊孟秦白江阎閻薛尹段雷黎史龙龍"
    "陶贺賀顾顧毛郝龚龔邵万萬钱錢严嚴武耿莫孔向常汤湯康易乔喬赖賴文"
)
_NAME = re.compile(rf"[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}(?![\u4e00-\u9fff])")
_SPACED_NAME = re.compile(rf"^([{_SURNAMES}])\s([\u4e00-\u9fff])$")


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    words: str


def extract(text: str, defaults: Metadata) -> Metadata:
    """The metadata of a repaired text, ``defaults`` filling what it does not say itself."""
    lines = [_Line(number, line.strip()) for number, line in enumerate(text.split("\n")) if line.strip()]
    head, tail = lines[:_HEAD_LINES], lines[_HEAD_LINES:][-_TAIL_LINES:]
    regulation = parse_regulation(text)
    header = header_of(text, regulation) if regulation else Metadata()
    found = header if header.title else replace(_title(head), **_known(header))
    for line in (*head, *tail):
        found = _by_line(found, line.words)
    found = replace(found, repeals=find_repeals(text, regulation, found.title))
    merged = {name: getattr(found, name) or getattr(defaults, name) for name in Metadata.__dataclass_fields__}
    # A stated kind or rank is in ``merged`` by now and stays: what is read off the text's form may be mistaken.
    return with_authority(text, Metadata(**merged), regulation)


def _known(found: Metadata) -> dict[str, Any]:
    return {name: value for name in Metadata.__dataclass_fields__ if (value := getattr(found, name))}


def _title(head: list[_Line]) -> Metadata:
    """Title and subtitle: a Markdown heading of the first level, or the first line where it stands as a title does."""
    for index, line in enumerate(head):
        words = line.words
        if words.startswith("# "):
            return Metadata(title=words[2:].strip(), subtitle=_subtitle(head[index + 1 :]))
        if words.startswith("#") or _RED_HEAD.match(words) or _is_by_line(words) or bare_names(words):
            continue
        if len(words) > _TITLE_MAX or re.search(r"[。；;：:，,！!、]$|[。；]|^[“‘]", words) or len(head) < 2:
            return Metadata()
        if re.match(
            r"^[—–-]{2}|^第[一二三四五六七八九十百0-9]+[编章节条]|^[一二三四五六七八九十]+、|^[-*+|>]", words
        ):
            return Metadata()
        return Metadata(title=_unwrapped(words), subtitle=_subtitle(head[index + 1 :]))
    return Metadata()


def _unwrapped(title: str) -> str:
    """A title without the 《》 around the whole of it."""
    inner = title[1:-1]
    return (
        inner if title.startswith("《") and title.endswith("》") and not re.search("[《》]", inner) else title
    )


def _subtitle(after: list[_Line]) -> str:
    for line in after[:2]:
        match = re.match(r"^(?:#{1,6}\s*)?[—–-]{2,}\s*(.{2,60})$", line.words)
        if match and not line.words.endswith("。"):
            return match.group(1).strip()
    return ""


def _is_by_line(words: str) -> bool:
    return any(pattern.search(words) for pattern in (_NEWSPAPER, _REPORTER, _AUTHOR, _SOURCE, _DATELINE))


def bare_names(words: str) -> tuple[str, ...]:
    """The names on a line that holds nothing but one to four Chinese personal names; else empty."""
    if len(words) > 24 or re.search(r"[^\u4e00-\u9fff\s、，]", words):
        return ()
    if match := _SPACED_NAME.match(words):
        return (match.group(1) + match.group(2),)
    parts = [part for part in re.split(r"[\s、，]+", words) if part]
    return tuple(parts) if 0 < len(parts) <= 4 and all(_NAME.fullmatch(part) for part in parts) else ()


def _by_line(found: Metadata, words: str) -> Metadata:
    """``found`` with what one line near the top or the end adds; the first to say a thing is believed."""
    if len(words) > 80:
        return found
    if match := _NEWSPAPER.match(words):
        return _add(
            found, source=match.group(1), published=_date(match.group(2)), edition=_edition(match.group(2))
        )
    if match := _DATELINE.match(words):
        return _add(found, source=match.group(1), published=_date(words))
    if match := _SOURCE.search(words):
        found = _add(found, source=match.group(1))
    if match := _AUTHOR.match(words) or _REPORTER.match(words):
        found = _add(found, authors=_names(match.group(1)))
    elif names := bare_names(words):
        found = _add(found, authors=names)
    return _add(found, published=_stated_date(words))


def _add(found: Metadata, **values: str | tuple[str, ...]) -> Metadata:
    new = {name: value for name, value in values.items() if value and not getattr(found, name)}
    return replace(found, **new)  # type: ignore[arg-type]


def _names(words: str) -> tuple[str, ...]:
    return bare_names(words) or tuple(_split_names(words))


def _split_names(words: str) -> Iterator[str]:
    for part in re.split(r"[、，,;；\s]+", words):
        if 2 <= len(part) <= 20 and not _DATE.search(part):
            yield part


def _stated_date(words: str) -> str:
    """A date that a line gives as the text's own: after 发布时间 and its kind, or alone on the line (（2024年12月7日）)."""
    match = _DATE.search(words)
    if not match:
        return ""
    labelled = _PUBLISHED.search(words[: match.start()])
    alone = not re.sub(r"[\W_]|[0-9]+[:：][0-9]+", "", words[: match.start()] + words[match.end() :])
    return _date(words) if labelled or alone else ""


def _date(words: str) -> str:
    match = _DATE.search(words)
    if not match:
        return ""
    year, month, day = (int(part) for part in match.groups())
    if not (1 <= month <= 12 and 1 <= day <= _month_days(year, month)):
        return ""
    return f"{year:04d}-{month:02d}-{day:02d}"


def _month_days(year: int, month: int) -> int:
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def _edition(words: str) -> str:
    match = _EDITION.search(words)
    return f"第{match.group(1)}版" if match else ""


def display_title(document: Document) -> str:
    """What to call a document: its title, or where it has none the name of its file without the suffix."""
    return document.metadata.title or title_from_origin(document.origin)


def title_from_origin(origin: str) -> str:
    """The name of a file without folder and suffix."""
    name = re.split(r"[/\\:]", origin)[-1]
    return re.sub(r"\.[A-Za-z0-9]{1,8}$", "", name) or name
