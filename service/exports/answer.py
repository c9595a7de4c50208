"""What an export shows of an answer: its points with their numbers, and its excerpts as they are in the library now."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ingest.types import Document
from service.answering.compose import INTRODUCTIONS, group_leads
from service.api.models import AnswerOut, ClaimOut
from service.exports.material import Cited, checked
from service.exports.words import one_line
from service.lesson.types import Excerpt
from service.types import Status

NOT_VERBATIM = "（这一点经过归纳，请以编号处的原文为准。）"
_ESCAPED = re.compile(r"\\([\\`*_\[\]<>#|~])|\*\*")


@dataclass(frozen=True, slots=True)
class ShownClaim:
    """A point with what stands over it (of its nature), what leads it in, and the marks of its sources: [1][3]."""

    number: str
    group: str
    lead: str
    text: str
    marks: str
    verbatim: bool


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """An answer as an export shows it; ``prose`` are the lines of one without points."""

    answer: AnswerOut
    introduction: str
    claims: tuple[ShownClaim, ...]
    prose: tuple[str, ...]
    cited: tuple[Cited, ...]

    @property
    def title(self) -> str:
        """The question."""
        return one_line(self.answer.question)

    @property
    def understood(self) -> str:
        """How a follow-up was understood; empty where it was taken as it stands."""
        resolved = one_line(self.answer.resolved_question)
        return f"按“{resolved}”理解。" if resolved else ""

    @property
    def checks(self) -> str:
        """How many of the excerpts hold; empty where there are none."""
        if not self.cited:
            return ""
        good = sum(one.holds for one in self.cited)
        found = "全部一致" if good == len(self.cited) else f"一致{good}条，其余见各条说明"
        return f"引文逐字取自资料库，导出时重新核对：共{len(self.cited)}条，{found}。"


def shown_answer(
    answer: AnswerOut, excerpts: Sequence[Excerpt], documents: Mapping[str, Document]
) -> ShownAnswer:
    """``answer`` with its excerpts checked; ``excerpts`` are those of its citations, in order, as they are now."""
    cited = tuple(checked(excerpt.citation.id, excerpt, documents) for excerpt in excerpts)
    answered = answer.status is Status.ANSWERED and answer.claims
    return ShownAnswer(
        answer,
        INTRODUCTIONS[answer.kind] if answered else "",
        _claims(answer) if answered else (),
        () if answered else tuple(_plain(line) for line in answer.answer.split("\n") if line.strip()),
        cited,
    )


def _claims(answer: AnswerOut) -> tuple[ShownClaim, ...]:
    leads = group_leads(answer.kind, [claim.nature for claim in answer.claims])
    several = len(answer.claims) > 1
    return tuple(
        ShownClaim(
            f"{number}. " if several else "",
            lead,
            _lead(claim),
            one_line(claim.text),
            "".join(f"[{one}]" for one in claim.citations),
            claim.verbatim,
        )
        for number, (lead, claim) in enumerate(zip(leads, answer.claims, strict=True), 1)
    )


def _lead(claim: ClaimOut) -> str:
    """The label with its colon; none where the words begin with it anyway."""
    label = one_line(claim.label)
    if not label or claim.text.startswith(claim.label):
        return ""
    return label if label[-1] in "：:。！？" else f"{label}："


def _plain(line: str) -> str:
    """A line of our Markdown as plain words."""
    return one_line(_ESCAPED.sub(lambda match: match[1] or "", line))
