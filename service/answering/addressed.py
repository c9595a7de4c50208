"""Answers to addressed questions: the words of the articles, a choice between regulations, or what there is not."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ingest.metadata import display_title
from ingest.regulation_places import Place, place_words
from service.answering.articles import Found, Lacking, Outcome, Several
from service.answering.compose import Composer, Point, escape
from service.answering.draft import Draft
from service.answering.lacking import counted
from service.references import Link
from service.types import Kind, Status

_CHOICES, _SUGGESTIONS = 8, 3

Links = Callable[[str], Sequence[Link]]
"""The references of a document, by its id."""


def addressed_draft(outcomes: Sequence[Outcome], links: Links) -> Draft | None:
    """The answer for what was looked up; ``None`` where no quote of it holds.

    Where it was looked up in several versions, what one of them lacks is said in a note beside what the others have.
    """
    found = [outcome for outcome in outcomes if isinstance(outcome, Found)]
    lacking = tuple(outcome.reason for outcome in outcomes if isinstance(outcome, Lacking))
    if found:
        return _article(found, lacking, links)
    if several := next((outcome for outcome in outcomes if isinstance(outcome, Several)), None):
        return _choice(several)
    if lacking:
        text = f"{''.join(lacking)}\n\n请核对后再问，或把相关文件加入资料库后再试。"
        return Draft(Status.NOT_FOUND, escape(text), (), (), 0.0, ())
    return None


def _article(found: Sequence[Found], lacking: tuple[str, ...], links: Links) -> Draft | None:
    composer = Composer()
    for text in found:
        for excerpt in text.excerpts:
            composer.add(Point(text.document, excerpt.span, excerpt.path, excerpt.span, 1.0))
    if not composer.claims:
        return None
    notes = (*(note for text in found for note in text.notes), *lacking)
    words = "\n\n".join((composer.markdown(Kind.ARTICLE), *map(escape, notes)))
    claims, citations = tuple(composer.claims), tuple(composer.citations)
    return Draft(Status.ANSWERED, words, claims, citations, 1.0, _further(found[0], links), notes)


def _further(found: Found, links: Links) -> tuple[str, ...]:
    """Questions for the articles that those shown refer to and that the library has."""
    shown = [excerpt.span for excerpt in found.excerpts]
    own = display_title(found.document)
    questions: dict[str, None] = {}
    for link in links(found.document.id):
        target, place = link.target, link.place
        if target is None or place is None or not any(span.contains(link.span) for span in shown):
            continue
        here = link.document_id == found.document.id
        if not place.article or (here and any(span.overlaps(target) for span in shown)):
            continue
        words = place_words(Place(place.article, place.sub))
        questions[article_question(own if here else link.title, words)] = None
    return tuple(questions)[:_SUGGESTIONS]


def _choice(several: Several) -> Draft:
    titles = several.titles[:_CHOICES]
    choices = tuple(article_question(title, several.place) for title in titles)
    more = len(several.titles) - len(titles)
    named = "".join(f"《{escape(inner_title(title))}》" for title in titles)
    count = counted(len(several.titles))
    text = f"资料库里符合这个名称、又有{several.place}的法规有{count}部，请问要查哪一部？\n\n{named}"
    rest = (
        f"等，另有{counted(more)}部没有列出，请写明法规全称再问。" if more else "。也可以写明法规全称再问。"
    )
    return Draft(Status.NOT_FOUND, text + rest, (), (), 0.0, choices, choices=choices)


def article_question(title: str, place: str) -> str:
    """A full question for a place (in words) of a regulation."""
    return f"《{inner_title(title)}》{place}是怎么规定的？"


def inner_title(title: str) -> str:
    """A title as it stands inside 《》."""
    return title.replace("《", "〈").replace("》", "〉")
