"""Complete lists from the structure of a document: 六大行动 are the six headings that stand side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ingest.types import Document, Section, Span


@dataclass(frozen=True, slots=True)
class SiblingGroup:
    """Sections with the same parent, in the order of the text; ``parent`` is the path above them."""

    document: Document
    parent: tuple[str, ...]
    members: tuple[Section, ...]

    def introduction(self) -> Span:
        """From the parent's heading (or the text's start) to the first member."""
        first = self.members[0].span.start
        owner = [s for s in self.document.sections if s.path == self.parent and s.span.start < first]
        return Span(owner[-1].span.start if owner else 0, first)


def sibling_groups(document: Document) -> Iterator[SiblingGroup]:
    """The groups of two or more sections of ``document`` that share a parent."""
    sections = [section for section in document.sections if section.level]
    for level in sorted({section.level for section in sections}):
        run: list[Section] = []
        for section in sections:
            if section.level == level and (not run or section.path[:-1] == run[-1].path[:-1]):
                run.append(section)
            elif section.level <= level:
                if len(run) >= 2:
                    yield SiblingGroup(document, run[0].path[:-1], tuple(run))
                run = [section] if section.level == level else []
        if len(run) >= 2:
            yield SiblingGroup(document, run[0].path[:-1], tuple(run))


def best_group(
    documents: Sequence[Document], members: int, thing: str, coverage: Callable[[str], float], least: float
) -> SiblingGroup | None:
    """The group of exactly ``members`` sections, each named a ``thing``, that speaks most of the question; of 0 members, of any
    number whose headings all have the whole word.

    ``coverage`` measures headings, introduction and the document's title against the question; below ``least`` no group is given.
    """
    scored = [
        (coverage(_told(group)), group)
        for document in documents
        for group in sibling_groups(document)
        if (len(group.members) == members and _are(group, thing)) or (not members and _named(group, thing))
    ]
    score, group = max(scored, key=lambda pair: pair[0], default=(0.0, None))
    return group if group is not None and score >= least else None


def _told(group: SiblingGroup) -> str:
    metadata, text = group.document.metadata, group.document.text
    headings = (section.path[-1] for section in group.members)
    return " ".join(
        (metadata.title, metadata.subtitle, metadata.published, group.introduction().of(text), *headings)
    )


def _named(group: SiblingGroup, thing: str) -> bool:
    """Whether each member's own heading has the word ``thing``."""
    return bool(thing) and all(thing in section.path[-1] for section in group.members)


def _are(group: SiblingGroup, thing: str) -> bool:
    """Whether the members are each called a ``thing``, or the headings above them say that they are."""
    return all(thing[:1] in section.path[-1] for section in group.members) or thing in "".join(group.parent)
