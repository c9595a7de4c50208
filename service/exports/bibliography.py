"""Entries of a list of sources after GB/T 7714—2015 (顺序编码制): 耿磊. 题名: 副题名[N]. 人民日报, 2024-12-07(01).

What is not known is left out with its punctuation; nothing is guessed. Marks of the standard are half-width.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.issuers import rank_of_body
from ingest.metadata import display_title
from ingest.normal import normal_form
from ingest.types import Document
from service.exports.words import one_line
from service.types import Citation

_MOST_AUTHORS = 3  # §8.1.2: of more than three, the first three with 等
_STANDARD = re.compile(r"(?:GB|GBJ|GJB|DB|[A-Z]{2})(?:\d{0,2})(?:/[TZ])? ?\d+(?:\.\d+)?(?:[-—–]\d{4})?$")
_JOURNAL = re.compile(
    r"(?:杂志|期刊|学刊|学报|月刊|双周刊|半月刊|季刊|周刊|论坛|研究|通讯|文摘)$|^(?:求是|旗帜|半月谈|瞭望|红旗文稿)$"
)
_ONLINE = re.compile(r"(?:网|网站|网页|客户端|公众号|微信|微博|平台|频道)$|^https?:|www\.")
_NEWS = re.compile(r"(?:报|早报|晚报|日报|时报|新华社|中新社|通讯社|电视台|广播电台|总台)$")
_ORGAN = re.compile(
    r"(?:委员会|代表大会|常务委员会|国务院|中央|办公厅|办公室|委|部|厅|局|署|院|党组|工委|政府|总工会|联合会|组织部|宣传部"
    r"|党校|协会|领导小组|军委|支部|总支|公司|大学|学院|中心)$"
)
_EDITION = re.compile(r"第?0*(\d+)版$")
_MARKS = {"法规": "Z", "文件": "Z", "讲话": "Z", "经验材料": "Z", "报道": "N"}
_OF_OFFICE = ("法规", "文件")  # texts whose source may be the body that issued them


@dataclass(frozen=True, slots=True)
class _Facts:
    """What an entry is made of; an empty value means not known."""

    title: str
    subtitle: str = ""
    authors: tuple[str, ...] = ()
    source: str = ""
    published: str = ""
    edition: str = ""
    kind: str = ""
    number: str = ""


def entry(citation: Citation, document: Document | None = None) -> str:
    """The entry for the document of ``citation``, ending in a full stop, without its number.

    ``document`` is that document as the library has it; without it (it is gone) the entry is made of what the citation
    itself remembers.
    """
    return _entry(_facts_of(document) if document else _remembered(citation))


def mark_of(document: Document) -> str:
    """The mark of a document's type: S, N, J, EB/OL or Z."""
    return _mark(_facts_of(document))


def _facts_of(document: Document) -> _Facts:
    meta = document.metadata
    return _Facts(
        display_title(document),
        meta.subtitle,
        meta.authors,
        meta.source,
        meta.published,
        meta.edition,
        meta.kind,
        meta.document_number,
    )


def _remembered(citation: Citation) -> _Facts:
    kind = {"规定": "法规", "要求": "讲话"}.get(citation.nature, "")
    kind = kind or ("报道" if citation.rank == "报道" else "")
    return _Facts(citation.title, source=citation.source, published=citation.published, kind=kind)


def _mark(facts: _Facts) -> str:
    if _STANDARD.match(facts.number):
        return "S"
    source = facts.source.strip("《》 ")
    if facts.kind not in _OF_OFFICE:
        for mark, pattern in (("J", _JOURNAL), ("EB/OL", _ONLINE), ("N", _NEWS)):
            if pattern.search(source):
                return mark
    elif _ONLINE.search(source):
        return "EB/OL"
    return _MARKS.get(facts.kind, "Z")


def _entry(facts: _Facts) -> str:
    responsible, outlet = _responsible(facts)
    name = ": ".join(filter(None, (_title(facts.title), _plain(facts.subtitle), _plain(facts.number))))
    mark = _mark(facts)
    edition = _EDITION.search(facts.edition)
    date = _plain(facts.published) + (f"({int(edition[1]):02d})" if edition and facts.published else "")
    issued = ", ".join(filter(None, (outlet, date)))
    return " ".join(f"{part}." for part in (responsible, f"{name}[{mark}]", issued) if part)


def _responsible(facts: _Facts) -> tuple[str, str]:
    """Who is responsible for the text, and what it appeared in: a source is the one or the other."""
    authors = [_plain(author) for author in facts.authors if author.strip()]
    names = ", ".join([*authors[:_MOST_AUTHORS], *(["等"] if len(authors) > _MOST_AUTHORS else [])])
    source = _plain(facts.source).strip("《》 ")
    if source and not names and _is_issuer(facts, source):
        return source, ""
    return names, source


def _is_issuer(facts: _Facts, source: str) -> bool:
    if _ONLINE.search(source) or _NEWS.search(source):
        return False
    bodies = [normal_form(body) for body in re.split("[、,，;； ]", source) if body]
    known = all(rank_of_body(body) or _ORGAN.search(body) for body in bodies)
    return known and bool(bodies) and (facts.kind in _OF_OFFICE or not _JOURNAL.search(source))


def _title(title: str) -> str:
    """A title without the 《》 around the whole of it."""
    words = _plain(title)
    inner = words[1:-1]
    return inner if words[:1] == "《" and words[-1:] == "》" and not re.search("[《》]", inner) else words


def _plain(words: str) -> str:
    """``words`` on one line, without the full stop that the entry sets itself."""
    return one_line(words).rstrip(". ")
