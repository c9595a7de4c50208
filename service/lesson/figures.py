"""Figures on the same thing that differ: a point that gives one is marked, with what the others say and when."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.dates import chinese_date
from ingest.metadata import display_title
from ingest.normal import normal_form
from ingest.types import Document
from service.answering.figures import date_in
from service.answering.selection import says_the_same
from service.answering.units import Unit
from service.answering.wording import bare
from service.lesson.naming import whose
from service.lesson.pool import Pool

_FIGURE = re.compile(
    r"(?P<before>[\u4e00-\u9fff\"“”]{0,12})(?P<number>[0-9][0-9,]*(?:\.[0-9]+)?)(?P<scale>[万亿千百]*)[余多]?"
    r"(?P<unit>个|名|人次|人|家|项|件|条|场|期|份|%|元)(?P<after>[\u4e00-\u9fff\"“”]{0,12})"
)
_ALIKE = 4
"""So many characters right before or right after two figures of one unit have to agree."""

_SAME_SUBJECT = 0.35
"""So much of the shorter sentence, by its character pairs, the other one has to have."""

_MOST = 2
_LEAD = re.compile(r"(?:达到?|共有?|约|为|是|有|近|超过?|已|累计)+$")


@dataclass(frozen=True, slots=True)
class _Figure:
    value: str
    unit: str
    before: str
    after: str
    shown: str

    def differs_from(self, other: _Figure) -> bool:
        """Whether both count the same thing and come to something else."""
        return self.is_of_the_same(other) and self.value != other.value

    def is_of_the_same(self, other: _Figure) -> bool:
        """Whether both count the same thing, as far as the words right beside them tell."""
        same = self.after[:_ALIKE] == other.after[:_ALIKE] and len(self.after) >= _ALIKE
        named = self.before[-_ALIKE:] == other.before[-_ALIKE:] and len(self.before) >= _ALIKE
        return self.unit == other.unit and (same or named)


def warnings_for(pool: Pool, unit: Unit) -> tuple[str, ...]:
    """What sentences found in other documents say of the figures in ``unit``, with dates; the articles of regulations set different
    figures for different cases and are left out."""
    if pool.nature(unit) == "规定":
        return ()
    own, document = list(_figures(unit.text)), pool.document(unit)
    told: dict[str, None] = {}
    for figure in own:
        for other, text, source in _others(pool, unit):
            if figure.differs_from(other) and _on_the_same(unit.text, text):
                told[_warning(figure, unit.text, document, other, text, source)] = None
    return tuple(told)[:_MOST]


def _on_the_same(a: str, b: str) -> bool:
    return says_the_same(a, b, _SAME_SUBJECT) and whose(a) == whose(b)


def _others(pool: Pool, unit: Unit) -> Iterator[tuple[_Figure, str, Document]]:
    for hit in sorted(pool.hits.values(), key=lambda hit: hit.passage.id):
        document = pool.view.document(hit.passage.document_id)
        for span in hit.passage.sentences:
            if document.id != unit.hit.passage.document_id:
                text = span.of(document.text)
                for figure in _figures(text):
                    yield figure, text, document


def _figures(text: str) -> Iterator[_Figure]:
    for match in _FIGURE.finditer(normal_form(text)):
        before = _LEAD.sub("", bare(match["before"]))
        value = match["number"].replace(",", "") + match["scale"]
        shown = f"{match['number']}{match['scale']}{match['unit']}"
        yield _Figure(value, match["unit"], before, bare(match["after"]), shown)


def _warning(
    figure: _Figure, text: str, document: Document, other: _Figure, said: str, source: Document
) -> str:
    return (
        f"同一事项的数字不一致：这里是{figure.shown}{_dated(text, document)}，"
        f"《{display_title(source)}》里是{other.shown}{_dated(said, source)}。请核对统计时间和口径后再用。"
    )


def _dated(text: str, document: Document) -> str:
    date = date_in(text, document)
    return f"（{chinese_date(date)}）" if date else "（日期不明）"
