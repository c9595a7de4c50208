"""How results look on a terminal. Text of documents is printed as it is: never read as markup."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from service.answering.compose import group_leads
from service.exports.words import page_numbers

if TYPE_CHECKING:
    from pathlib import Path

    from ingest.report import IngestReport
    from retriever.manifest import GenerationInfo
    from service.api.document_models import DocumentOut, DocumentSummary
    from service.api.models import AnswerOut, CitationOut, ClaimOut, HitOut
    from service.api.versions import ChangeOut, DiffOut
    from service.doctor import Finding
    from service.lesson.types import Lesson

_out = Console(highlight=False, emoji=False)
_STYLES = {"failed": "red", "unchanged": "dim", "duplicate": "yellow", "skipped": "dim"}
_CHANGES = {
    "changed": "修改",
    "added": "新增",
    "removed": "删去",
    "renumbered": "只变序号",
    "unchanged": "未变",
}
_SAME_SHOWN = 60
_CORRECTED = "（有更正）"
_CORRECTED_BY = {"sidecar": "旁注", "hand": "人工"}
_err = Console(stderr=True, highlight=False, emoji=False)


def _print(*parts: RenderableType) -> None:
    """Print without breaking lines ourselves: Chinese has no spaces to break at, the terminal does it better."""
    _out.print(*parts, soft_wrap=True)


def note(words: str) -> None:
    """A line for the person at the terminal; not part of the result."""
    _err.print(Text(words), soft_wrap=True)


@contextmanager
def progress() -> Iterator[Callable[[str, int, int], None]]:
    """A progress bar for each stage, on standard error; nothing where that is no terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=_err, transient=True, disable=not _err.is_terminal) as bar:
        tasks: dict[str, int] = {}

        def update(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(stage, total=total)
            bar.update(tasks[stage], completed=done, total=total)  # type: ignore[arg-type]

        yield update


def show_report(report: IngestReport, info: GenerationInfo | None = None) -> None:
    """What became of each file, and the index where one was made."""
    for file in report.files:
        style = _STYLES.get(file.outcome.value, "green")
        reason = f"：{file.reason}" if file.reason else ""
        _print(Text.assemble((f"{file.outcome.label}  ", style), file.origin, reason))
    if info:
        _print(Text(f"索引：{info.documents} 份资料，{info.passages} 个段落。"))


def badge(rank: str, nature: str) -> str:
    """Who speaks and what it is good for: 中央法规 · 规定, 讲话 · 要求; without what is not known."""
    return " · ".join(filter(None, (rank, nature)))


def show_documents(rows: Sequence[DocumentSummary]) -> None:
    """The list of documents."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("编号", "标题", "日期", "效力", "层级", "段落"):
        table.add_column(name, overflow="fold", no_wrap=name in ("编号", "日期", "效力"))
    for row in rows:
        cells = (
            row.id,
            row.title + (_CORRECTED if row.corrected else ""),
            "\n".join(filter(None, (row.published, row.effective and f"{row.effective}施行"))),
            row.status,
            badge(row.rank, row.nature) or row.kind,
            str(row.passages),
        )
        table.add_row(*(Text(cell) for cell in cells))
    _print(table)


def show_document(document: DocumentOut) -> None:
    """What is known of a document, and its outline."""
    facts = (
        ("标题", document.title),
        ("副题", document.subtitle),
        ("作者", "、".join(document.authors)),
        ("来源", document.source),
        ("日期", document.published),
        ("版次", document.edition),
        ("发文字号", document.document_number),
        ("施行日期", document.effective),
        ("效力", "，".join(filter(None, (document.status, document.status_reason)))),
        ("性质", document.kind),
        ("层级", badge(document.rank, document.nature)),
        ("解释机关", document.interpreter),
        ("字数", str(document.characters)),
        ("编码", document.encoding),
        ("原文校验值", document.sha256),
        ("修复", f"{len(document.edits)} 处"),
    )
    for name, value in facts:
        if value:
            _print(Text.assemble((f"{name}：", "bold"), value))
    for version in document.versions:
        if version.id != document.id:
            facts_of = (version.id, version.title, version.published, version.status)
            _print(Text.assemble(("其他版本：", "bold"), "  ".join(filter(None, facts_of))))
    for field, by in document.corrected.items():
        _print(Text.assemble(("更正：", "bold"), f"{field}（{_CORRECTED_BY[by]}）"))
    for section in document.sections:
        _print(Text("  " * section.level + section.title))


def show_lesson(lesson: Lesson, out: Path) -> None:
    """Where a lesson was written, and what it lacks."""
    for section in lesson.sections:
        if section.missing:
            note(f"{section.title}：{section.missing}")
    points = sum(len(section.points) for section in lesson.sections)
    note(f"已写入 {out}：{len(lesson.sections)}个部分，{points}个要点，{lesson.minutes}分钟。")


def show_written(answer: AnswerOut, out: Path) -> None:
    """Where an answer was written, and how much it is."""
    size = (
        f"{len(answer.claims)}个要点，{len(answer.citations)}处引文"
        if answer.claims
        else "没有要点，请看文件里的说明"
    )
    note(f"回答已写入 {out}：{size}。")


def show_hits(rows: Sequence[HitOut]) -> None:
    """Passages, best first."""
    if not rows:
        _print(Text("没有找到相关段落。"))
    for row in rows:
        where = "".join(f"  {part}" for part in (row.location, page_numbers(row.pages)) if part)
        _print(
            Text.assemble(
                (f"{row.rank}. 《{row.title}》", "bold"), (where, "cyan"), (f"  {row.score:.3f}", "dim")
            )
        )
        _print(Text(row.text.strip()))
        _print()


def show_answer(answer: AnswerOut) -> None:
    """The points with their numbers, then the sources."""
    _print(Text(answer.question, style="bold"))
    if answer.resolved_question:
        _print(Text(f"按“{answer.resolved_question}”理解", style="dim"))
    _print()
    if not answer.claims:
        _print(Text(answer.answer))
    if answer.summary:
        _print(Text("归纳（语言模型据原文写成，不是原文，请以原文为准）", style="bold"))
        for sentence in answer.summary:
            _print(Text.assemble(sentence.text, (f" {_marks(sentence)}", "cyan")))
        _print()
        _print(Text("原文要点", style="bold"))
    leads = group_leads(answer.kind, [claim.nature for claim in answer.claims])
    for number, (lead, claim) in enumerate(zip(leads, answer.claims, strict=True), 1):
        if lead:
            _print(Text(lead, style="bold"))
        label = (f"{claim.label}：", "bold")
        _print(
            Text.assemble(
                f"{number}. " if len(answer.claims) > 1 else "",
                label if claim.label and not claim.text.startswith(claim.label) else "",
                claim.text,
                (f" {_marks(claim)}", "cyan"),
            )
        )
    if answer.related:
        _print(Text("\n可能相关的原文（不是答案）：", style="bold"))
    for near in answer.related:
        _print(Text.assemble(f"· {near.quote} ", (f"《{near.title}》{near.location}", "dim")))
    if answer.notes:
        _print()
    for words in answer.notes:
        _print(Text(f"注意：{words}", style="yellow"))
    if answer.citations:
        _print()
    for citation in answer.citations:
        known = badge(citation.rank, citation.nature)
        parts = [
            f"《{citation.title}》",
            known and f"［{known}］",
            citation.location,
            page_numbers(citation.pages),
            citation.source,
            citation.published,
            citation.status,
        ]
        _print(
            Text.assemble((f"[{citation.id}] ", "cyan"), ("，".join(part for part in parts if part), "dim"))
        )
    if answer.choices:
        _print()
        for number, question in enumerate(answer.choices, 1):
            _print(Text(f"{number}. {question}"))
    if further := [question for question in answer.suggestions if question not in answer.choices]:
        _print()
        _print(Text("还可以问：" + "  ".join(further), style="dim"))


def _marks(claim: ClaimOut) -> str:
    return "".join(f"[{number}]" for number in claim.citations)


def show_diff(found: DiffOut) -> None:
    """The parts that differ: what is gone in [-…-], what is new in {+…+}, also without colour."""
    for side, mark in ((found.a, "－"), (found.b, "＋")):
        about = "，".join(filter(None, (side.published, side.status)))
        _print(Text.assemble((f"{mark} {side.title}", "bold"), f"（{about}）" if about else ""))
    _print(Text("，".join(f"{words} {found.counts[kind]}" for kind, words in _CHANGES.items())))
    above: list[str] = []
    for change in found.changes:
        if change.kind == "unchanged" and not change.moved:
            continue
        part = change.b or change.a
        if part and part.path != above:
            above = part.path
            _print()
            _print(Text(" › ".join(above), style="cyan"))
        _print()
        _print(_change_heading(change))
        _print(_change_text(change))


def _change_heading(change: ChangeOut) -> Text:
    labels = list(dict.fromkeys(part.label for part in (change.a, change.b) if part and part.label))
    kind = _CHANGES[change.kind] + ("，位置有变动" if change.moved else "")
    return Text("  ".join(filter(None, (" → ".join(labels), kind))), style="bold")


def _change_text(change: ChangeOut) -> Text:
    if change.kind in ("unchanged", "renumbered"):
        return Text(_shortened(change.runs[0].b.words) if change.runs else "")
    if not change.runs:
        part = change.b or change.a
        words = part.body.words if part else ""
        return Text(*((f"{{+{words}+}}", "green") if change.b else (f"[-{words}-]", "red")))
    text = Text()
    for run in change.runs:
        if run.op == "equal":
            text.append(_shortened(run.b.words))
            continue
        if run.a.words:
            text.append(f"[-{run.a.words}-]", "red")
        if run.b.words:
            text.append(f"{{+{run.b.words}+}}", "green")
    return text


def _shortened(words: str) -> str:
    """A long stretch that both have, by its ends."""
    return (
        words if len(words) <= _SAME_SHOWN else f"{words[: _SAME_SHOWN // 2]}……{words[-_SAME_SHOWN // 2 :]}"
    )


def show_verdict(citation: CitationOut, reason: str) -> None:
    """The outcome of checking one citation."""
    mark = ("不符", "red") if reason else ("一致", "green")
    _print(
        Text.assemble(
            mark,
            f"  [{citation.id}] 《{citation.title}》 {citation.start}–{citation.end}",
            f"：{reason}" if reason else "",
        )
    )


def show_finding(finding: Finding) -> None:
    """One line of the doctor's report."""
    _print(
        Text.assemble(
            ("正常" if finding.ok else "异常", "green" if finding.ok else "red"),
            f"  {finding.part}：{finding.detail}",
        )
    )
