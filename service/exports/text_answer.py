"""An answer as Markdown or as plain text: numbers in the text, and the sources after GB/T 7714 with their quotes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from ingest.types import Document
from service.answering.compose import escape
from service.api.models import AnswerOut
from service.exports.answer import NOT_VERBATIM, ShownAnswer, ShownClaim, shown_answer
from service.exports.markdown_lesson import quoted
from service.exports.words import one_line
from service.lesson.types import Excerpt


def answer_markdown(answer: AnswerOut, excerpts: Sequence[Excerpt], documents: Mapping[str, Document]) -> str:
    """``service.exports.answer_markdown``."""
    shown = shown_answer(answer, excerpts, documents)
    blocks = [f"# {escape(shown.title)}", *_body(shown, escape, "**{}**")]
    if shown.cited:
        blocks.append("## 资料来源")
    for cited in shown.cited:
        blocks += [f"\\[{cited.number}\\] {escape(cited.reference)}", quoted(cited.quote)]
        if cited.warning:
            blocks.append(f"**{escape(cited.warning)}**")
    if shown.checks:
        blocks.append(shown.checks)
    return "\n\n".join(blocks) + "\n"


def answer_text(answer: AnswerOut, excerpts: Sequence[Excerpt], documents: Mapping[str, Document]) -> str:
    """``service.exports.answer_text``."""
    shown = shown_answer(answer, excerpts, documents)
    blocks = [f"问：{shown.title}", *_body(shown, str, "{}")]
    sources = [f"[{cited.number}] {cited.reference}{cited.warning}\n“{cited.quote}”" for cited in shown.cited]
    if sources:
        blocks.append("\n".join(["资料来源", *sources]))
    return "\n\n".join(blocks) + "\n"


def _body(shown: ShownAnswer, plain: Callable[[str], str], strong: str) -> Iterator[str]:
    """What comes before the sources; ``plain`` makes words safe for the format, ``strong`` sets them off."""
    if shown.understood:
        yield plain(shown.understood)
    if shown.introduction:
        yield shown.introduction
    for claim in shown.claims:
        if claim.group:
            yield strong.format(claim.group)
        yield _claim(claim, plain, strong)
    yield from (plain(line) for line in shown.prose)
    for note in shown.answer.notes:
        yield f"注意：{plain(one_line(note))}"


def _claim(claim: ShownClaim, plain: Callable[[str], str], strong: str) -> str:
    lead = strong.format(plain(claim.lead)) if claim.lead else ""
    note = "" if claim.verbatim else NOT_VERBATIM
    return f"{claim.number}{lead}{plain(claim.text)}{plain(claim.marks)}{note}"
