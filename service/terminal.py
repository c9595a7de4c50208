"""How results look on a terminal. Text of documents is printed as it is: never read as markup."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from ingest.report import IngestReport
    from retriever.manifest import GenerationInfo
    from service.api.models import AnswerOut, CitationOut, DocumentOut, DocumentSummary, HitOut
    from service.doctor import Finding

_out = Console(highlight=False, emoji=False)
_STYLES = {"failed": "red", "unchanged": "dim", "duplicate": "yellow", "skipped": "dim"}
_err = Console(stderr=True, highlight=False, emoji=False)


def _print(*parts: RenderableType) -> None:
    """Print without breaking lines ourselves: Chinese has no spaces to break at, the terminal does it better."""
    _out.print(*parts, soft_wrap=True)


def note(words: str) -> None:
    """A line for the person at the terminal; not part of the result."""
    _err.print(Text(words))


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


def show_report(report: IngestReport, info: GenerationInfo) -> None:
    """What became of each file, and the index."""
    for file in report.files:
        style = _STYLES.get(file.outcome.value, "green")
        reason = f"：{file.reason}" if file.reason else ""
        _print(Text.assemble((f"{file.outcome.label}  ", style), file.origin, reason))
    _print(Text(f"索引：{info.documents} 份资料，{info.passages} 个段落。"))


def show_documents(rows: Sequence[DocumentSummary]) -> None:
    """The list of documents."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("编号", "标题", "来源", "日期", "性质", "字数", "段落"):
        table.add_column(name, overflow="fold")
    for row in rows:
        cells = (
            row.id,
            row.title,
            row.source,
            row.published,
            row.kind,
            str(row.characters),
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
        ("性质", document.kind),
        ("字数", str(document.characters)),
        ("编码", document.encoding),
        ("原文校验值", document.sha256),
        ("修复", f"{len(document.edits)} 处"),
    )
    for name, value in facts:
        if value:
            _print(Text.assemble((f"{name}：", "bold"), value))
    for section in document.sections:
        _print(Text("  " * section.level + section.title))


def show_hits(rows: Sequence[HitOut]) -> None:
    """Passages, best first."""
    if not rows:
        _print(Text("没有找到相关段落。"))
    for row in rows:
        where = f"  {row.location}" if row.location else ""
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
    _print()
    if not answer.claims:
        _print(Text(answer.answer))
    for number, claim in enumerate(answer.claims, 1):
        marks = "".join(f"[{n}]" for n in claim.citations)
        label = (f"{claim.label}：", "bold")
        _print(
            Text.assemble(
                f"{number}. " if len(answer.claims) > 1 else "",
                label if claim.label else "",
                claim.text,
                (f" {marks}", "cyan"),
            )
        )
    if answer.citations:
        _print()
    for citation in answer.citations:
        parts = [f"《{citation.title}》", citation.location, citation.source, citation.published]
        _print(
            Text.assemble((f"[{citation.id}] ", "cyan"), ("，".join(part for part in parts if part), "dim"))
        )
    if answer.claims and answer.notes:
        _print()
        for words in answer.notes:
            _print(Text(words))
    if answer.choices:
        _print()
        for number, question in enumerate(answer.choices, 1):
            _print(Text(f"{number}. {question}"))
    if further := [question for question in answer.suggestions if question not in answer.choices]:
        _print()
        _print(Text("还可以问：" + "  ".join(further), style="dim"))


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
