"""Judging an answer against gold spans: by document and quoted words, never by passage id.

A gold span is found in an excerpt when the excerpt is of the gold's document and holds the gold's words, both in the
normal form without punctuation and white space (``eval.questions.bare``). Re-chunking or repairing the text differently cannot void it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from eval.questions import bare, document_key
from eval.types import GoldGroup
from ingest.types import Document
from service.types import Answer, Citation, Claim, Status

CUTOFFS = (1, 3, 5, 10)
"""The depths of ``passages@k``."""


def named(origin: str, document: str) -> bool:
    """Whether ``document`` (a file name, with or without its suffix) names the document that came from ``origin``."""
    return document_key(origin) == document_key(document)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Words of a document: ``origin`` is where its file is, ``text`` what is shown."""

    origin: str
    text: str


def found(groups: Sequence[GoldGroup], excerpts: Sequence[Excerpt]) -> tuple[bool, ...]:
    """For each group whether one of its alternatives stands in one of ``excerpts``."""
    return tuple(
        any(
            named(excerpt.origin, span.document) and bare(span.quote) in bare(excerpt.text)
            for span in group.any
            for excerpt in excerpts
        )
        for group in groups
    )


def share(values: Sequence[bool]) -> float:
    """The share of ``values`` that hold; 0 of none."""
    return sum(values) / len(values) if values else 0.0


@dataclass(frozen=True, slots=True)
class Support:
    """Citation quality of one answer, each in [0, 1]; see ``support``."""

    recall: float
    precision: float


def support(answer: Answer, groups: Sequence[GoldGroup], origin: Callable[[str], str]) -> Support:
    """Citation recall and precision after ALCE (Gao et al. 2023, section 4.3), with containment in place of entailment.

    Recall: the share of claims whose text stands, bare, in the quotes of their citations joined in order.
    Precision: the share of citations (counted per claim) that are relevant. A citation is relevant when its quote
    alone holds the claim, or is a part of the claim that the claim's other citations do not hold, or holds a gold span.
    A further source that says the same in other words and holds no gold span thus counts as irrelevant.
    """
    quotes = {citation.id: citation for citation in answer.citations}
    supported: list[bool] = []
    relevant: list[bool] = []
    for claim in answer.claims:
        cited = [quotes[number] for number in claim.citations if number in quotes]
        supported.append(bool(cited) and bare(claim.text) in "".join(bare(c.quote) for c in cited))
        relevant.extend(_relevant(claim, citation, cited, groups, origin) for citation in cited)
    return Support(share(supported), share(relevant))


def _relevant(
    claim: Claim,
    citation: Citation,
    cited: Sequence[Citation],
    groups: Sequence[GoldGroup],
    origin: Callable[[str], str],
) -> bool:
    text, quote = bare(claim.text), bare(citation.quote)
    others = "".join(bare(other.quote) for other in cited if other is not citation)
    needed = quote in text and quote not in others
    return text in quote or needed or any(found(groups, [excerpt_of(citation, origin)]))


def excerpt_of(citation: Citation, origin: Callable[[str], str]) -> Excerpt:
    """What a citation quotes."""
    return Excerpt(origin(citation.document_id), citation.quote)


def shown(claims: Iterable[Claim], answer: Answer, origin: Callable[[str], str]) -> list[Excerpt]:
    """The excerpts that a reader of ``claims`` sees without opening a source: quotes that stand in the claim's text."""
    quotes = {citation.id: citation for citation in answer.citations}
    return [
        excerpt_of(quotes[number], origin)
        for claim in claims
        for number in claim.citations
        if number in quotes and bare(quotes[number].quote) in bare(claim.text)
    ]


def verbatim(answer: Answer, document: Callable[[str], Document]) -> float:
    """The share of claims and citations that are word for word in the stored text, looked up anew by span.

    A citation holds when ``document.text[start:end]`` is its quote; a claim when its text is its citations' quotes:
    that of one of them, or several joined. 1 for an answer without any.
    """
    quotes = {citation.id: citation for citation in answer.citations}
    checks = [c.span.of(document(c.document_id).text) == c.quote for c in answer.citations]
    for claim in answer.claims:
        cited = [quotes[number].quote for number in claim.citations if number in quotes]
        checks.append(_made_of(claim.text, cited))
    return share(checks) if checks else 1.0


def _made_of(text: str, quotes: Sequence[str]) -> bool:
    """Whether ``text`` is nothing but ``quotes`` (some of them, in order), white space between them aside."""
    rest = text.strip()
    for quote in quotes:
        rest = rest.removeprefix(quote).lstrip()
    return not rest


def measures_of(
    answer: Answer,
    kind: str,
    groups: Sequence[GoldGroup],
    passages: Sequence[Excerpt],
    origin: Callable[[str], str],
    document: Callable[[str], Document],
) -> dict[str, float]:
    """All measures of one question; one that does not apply is left out. ``docs/evaluation.md`` explains each.

    ``groups`` is empty for a question that the documents do not answer; ``passages`` are the hits, best first.
    """
    refused = answer.status is Status.NOT_FOUND
    measures: dict[str, float] = {"verbatim": verbatim(answer, document)}
    if not refused:
        measures["characters"] = float(sum(len(claim.text) for claim in answer.claims))
        measures["claims"] = float(len(answer.claims))
    if not groups:
        return {"refused": float(refused), **measures}
    in_answer = found(groups, shown(answer.claims, answer, origin))
    in_first = found(groups, shown(answer.claims[:1], answer, origin))
    measures |= {
        "answered": float(not refused),
        "quoted_share": share(in_answer),
        "quoted_all": float(all(in_answer)),
        "quoted_any": float(any(in_answer)),
        "first_claim": float(any(in_first)),
    }
    for k in CUTOFFS:
        measures[f"passages@{k}"] = share(found(groups, passages[:k]))
    if kind == "list":
        measures |= {"list_share": share(in_answer), "list_complete": float(all(in_answer))}
    if not refused:
        quality = support(answer, groups, origin)
        measures |= {"citation_recall": quality.recall, "citation_precision": quality.precision}
        each = [any(found(groups, shown([claim], answer, origin))) for claim in answer.claims]
        measures["claims_with_gold"] = share(each)
    return measures
