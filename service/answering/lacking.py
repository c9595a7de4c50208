"""What to say where a regulation does not have the place asked for: 《监察法》共六十九条，没有第七十条。"""

from __future__ import annotations

from ingest.numerals import to_chinese
from ingest.regulation_places import Lack, Place, article_of, place_words
from ingest.regulation_tree import Article, Regulation


def words_for(lack: Lack, regulation: Regulation, title: str, place: Place) -> str:
    """The sentence for what ``span_of`` found lacking."""
    if lack is Lack.DIVISION:
        return _division(regulation, title, place)
    article = article_of(regulation, place)
    if lack is Lack.ARTICLE or article is None:
        return _article(regulation, title, place)
    named = f"《{title}》{article.title}"
    if lack is Lack.PARAGRAPH:
        return _paragraph(article, named, place)
    return _item(article, named, place)


def lacking_point(title: str, count: int, place: Place) -> str:
    """The sentence for a text without articles, which has ``count`` points 一、 二、 …"""
    if not count:
        return f"《{title}》没有分条，不能按条查找。可以直接询问其中的内容。"
    return f"《{title}》不分章条，共列{counted(count)}项，没有{place_words(place)}。"


def _division(regulation: Regulation, title: str, place: Place) -> str:
    if not regulation.divisions:
        return f"《{title}》不分章节，没有{place_words(place)}。"
    same = [division for division in regulation.divisions if division.kind == place.division]
    if place.ordinal and same:
        return f"《{title}》共{counted(len(same))}{place.division}，没有{place_words(place)}。"
    return f"《{title}》没有{place_words(place)}。"


def _article(regulation: Regulation, title: str, place: Place) -> str:
    numbers = [article.number for article in regulation.articles if not article.sub]
    whole = numbers == list(range(1, len(numbers) + 1))
    if place.division:
        return f"《{title}》没有{place_words(place)}。"
    if whole and (place.article > len(numbers) or place.article < 0):
        return f"《{title}》共{counted(len(numbers))}条，没有{place_words(Place(place.article, place.sub))}。"
    last = max(regulation.articles, key=lambda article: (article.number, article.sub))
    return f"《{title}》没有{place_words(Place(place.article, place.sub))}（最后一条是{last.title}）。"


def _paragraph(article: Article, named: str, place: Place) -> str:
    count = len(article.paragraphs)
    asked = f"第{to_chinese(place.paragraph)}款"
    if count <= 1:
        return f"{named}不分款，没有{asked}。"
    return f"{named}只有{counted(count)}款，没有{asked}。"


def _item(article: Article, named: str, place: Place) -> str:
    asked = f"第（{to_chinese(place.item)}）项"
    paragraphs = article.paragraphs[place.paragraph - 1 :][:1] if place.paragraph else article.paragraphs
    where = f"第{to_chinese(place.paragraph)}款" if place.paragraph and len(article.paragraphs) > 1 else ""
    count = max((len(paragraph.items) for paragraph in paragraphs), default=0)
    if not count:
        return f"{named}{where}没有分项，没有{asked}。"
    return f"{named}{where}只有{counted(count)}项，没有{asked}。"


def counted(number: int) -> str:
    """A number before a counted noun: 两条, 十二条."""
    return "两" if number == 2 else to_chinese(number)
