"""A conversation as Markdown: answers with numbers in the text, their sources once at the end."""

from __future__ import annotations

from collections.abc import Sequence

from service.answering.compose import escape
from service.api.models import AnswerOut, CitationOut


def transcript(title: str, answers: Sequence[AnswerOut]) -> str:
    """The answers in order; each distinct excerpt has one number throughout."""
    numbers: dict[tuple[str, int, int], int] = {}
    sources: list[str] = []
    blocks = [f"# {escape(title)}"]
    for answer in answers:
        cited = {citation.id: citation for citation in answer.citations}
        blocks.append(f"## {escape(' '.join(answer.question.split()))}")
        if answer.resolved_question:
            blocks.append(f"按“{escape(answer.resolved_question)}”理解。")
        shown = []
        for claim in (*answer.summary, *answer.claims):
            marks = []
            for citation in (cited[number] for number in claim.citations if number in cited):
                key = (citation.document_id, citation.start, citation.end)
                if key not in numbers:
                    numbers[key] = len(numbers) + 1
                    sources.append(_source(numbers[key], citation))
                marks.append(f"[{numbers[key]}]")
            label = f"**{escape(claim.label)}**：" if claim.label else ""
            shown.append(f"{label}{escape(' '.join(claim.text.split()))} {''.join(marks)}")
        summary, lines = shown[: len(answer.summary)], shown[len(answer.summary) :]
        if summary:
            blocks += [
                "**归纳**（语言模型据原文写成，不是原文）",
                "\n".join(f"- {line}" for line in summary),
                "**原文要点**",
            ]
        blocks.append("\n".join(_numbered(lines)) if lines else answer.answer)
        blocks.extend(f"注意：{escape(note)}" for note in answer.notes)
    if sources:
        blocks += ["## 资料来源", "\n".join(sources)]
    return "\n\n".join(blocks) + "\n"


def _numbered(lines: Sequence[str]) -> list[str]:
    return [f"{n}. {line}" for n, line in enumerate(lines, 1)] if len(lines) > 1 else list(lines)


def _source(number: int, citation: CitationOut) -> str:
    title = citation.title if "《" in citation.title else f"《{citation.title}》"
    parts = (title, citation.location, citation.source, citation.published, citation.status)
    about = "，".join(escape(part) for part in parts if part)
    return f"- [{number}] {about}：“{escape(' '.join(citation.quote.split()))}”"
