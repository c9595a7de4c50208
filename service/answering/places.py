"""Where in a regulation an excerpt stands: 第四章 工作机制 › 第十二条 第二款第(三)项."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.numerals import to_chinese
from ingest.regulation_tree import Article, Item, Paragraph
from ingest.regulations import parse_regulation
from ingest.types import Document, Span


def location(path: Sequence[str], document: Document | None = None, span: Span | None = None) -> str:
    """The headings from the outermost in (二、… › (六)…); within an article also 款, 项 and 目 of ``span``.

    An article with one 款 names none; an excerpt of the whole article, or of more than one, has only its path.
    """
    place = _within(document.text, span) if document is not None and span is not None else ""
    return " ".join(filter(None, (" › ".join(path), place)))


def _within(text: str, span: Span) -> str:
    regulation = parse_regulation(text)
    words = span.stripped(text)
    article = regulation.article_at(words) if regulation else None
    if article is None or words == article.span or not article.paragraphs:
        return ""
    touched = [n for n, part in enumerate(article.paragraphs, 1) if _covers(article, n, part).overlaps(words)]
    if not touched or len(touched) == len(article.paragraphs) > 1:
        return ""
    place = _run([f"第{to_chinese(n)}款" for n in touched]) if len(article.paragraphs) > 1 else ""
    return place + (_items(article.paragraphs[touched[0] - 1], words) if len(touched) == 1 else "")


def _covers(article: Article, number: int, paragraph: Paragraph) -> Span:
    """A 款, the first one with the number 第…条 before it."""
    return Span(article.span.start, paragraph.span.end) if number == 1 else paragraph.span


def _items(paragraph: Paragraph, span: Span) -> str:
    """第(三)项 or 第(一)项至第(三)项; empty where ``span`` takes in words outside the items."""
    touched = [item for item in paragraph.items if item.span.overlaps(span)]
    if not touched or span.start < touched[0].span.start:
        return ""
    return _run([_item_name(item) for item in touched]) + (
        _subitems(touched[0], span) if len(touched) == 1 else ""
    )


def _subitems(item: Item, span: Span) -> str:
    touched = [part for part in item.subitems if part.span.overlaps(span)]
    if not touched or span.start < touched[0].span.start:
        return ""
    return _run([f"第{part.number}目" for part in touched])


def _item_name(item: Item) -> str:
    bracketed = item.label[:1] in "（("
    return f"第({item.label.strip('（()）')})项" if bracketed else f"第{item.number}项"


def _run(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]}至{names[-1]}"
