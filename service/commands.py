"""What the commands of ``dangjian`` do. Each returns the exit code; results go to standard output, the rest to error."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from ingest.metadata import KINDS
from ingest.report import IngestReport
from service import build, terminal
from service.api.document_models import DocumentOut, DocumentsOut, DocumentSummary
from service.api.models import AnswerOut, HitOut, SearchOut
from service.api.versions import DiffOut
from service.assistant import Assistant
from service.checking import exported_answer, format_for
from service.conversations import Conversations
from service.errors import FilterError, QuestionError, SettingsError
from service.output import check_writable, write
from service.scope import Filters, check_known
from service.settings import Settings
from service.types import Kind
from service.verifying import saved_answers, verdict


def _print_json(value: Any) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


@contextmanager
def _assistant(settings: Settings) -> Iterator[Assistant]:
    """The assistant; a home without a library first takes in the documents that come with the package."""
    if not settings.library_path.exists():
        terminal.note("资料库是空的，先加入随程序附带的资料。")
        with terminal.progress() as progress:
            build.ingest(settings, (), corpus=True, progress=progress)
    assistant = build.open_assistant(settings)
    try:
        yield assistant
    finally:
        assistant.close()


def ingest(settings: Settings, paths: list[Path], *, corpus: bool, rebuild: bool, as_json: bool) -> int:
    """Take documents in and renew the index; 1 where any file failed."""
    with terminal.progress() as progress:
        report, info = build.ingest(settings, paths, corpus=corpus, rebuild=rebuild, progress=progress)
    if as_json:
        index = {"generation": info.id, "documents": info.documents, "passages": info.passages}
        _print_json({**_report_json(report), "index": index})
    else:
        terminal.show_report(report, info)
    return 1 if report.failures else 0


def preview(settings: Settings, paths: list[Path], *, corpus: bool, as_json: bool) -> int:
    """What ``ingest`` would do with each file, nothing done; 1 where any file would fail."""
    with terminal.progress() as progress:
        report = build.preview(settings, paths, corpus=corpus, progress=progress)
    if as_json:
        _print_json({**_report_json(report), "dry_run": True})
    else:
        terminal.show_report(report)
        terminal.note("以上是预演，资料库和索引没有改动。")
    return 1 if report.failures else 0


def _report_json(report: IngestReport) -> dict[str, Any]:
    files = [
        {"path": f.origin, "outcome": f.outcome.value, "document_id": f.document_id, "detail": f.reason}
        for f in report.files
    ]
    return {"files": files, "failed": len(report.failures)}


def correct_document(settings: Settings, document_id: str, changes: Mapping[str, str | None]) -> int:
    """Correct fields of a document by hand, ``None`` taking a correction back."""
    with terminal.progress() as progress:
        record = build.correct(settings, document_id, changes, progress=progress)
    terminal.note(f"已更正《{DocumentSummary.of(record).title}》，索引已更新。")
    return 0


def list_documents(settings: Settings, *, as_json: bool) -> int:
    """The documents of the library."""
    with _assistant(settings) as assistant:
        rows = [DocumentSummary.of(r, assistant.history(r.id)) for r in assistant.documents()]
    if as_json:
        _print_json(DocumentsOut(documents=rows).model_dump())
    else:
        terminal.show_documents(rows)
    return 0


def show_document(settings: Settings, document_id: str, *, as_json: bool) -> int:
    """One document; its text only in JSON."""
    with _assistant(settings) as assistant:
        found, history = assistant.document(document_id), assistant.history(document_id)
        document = DocumentOut.of(found, history, original=assistant.has_original(found))
    if as_json:
        _print_json(document.model_dump())
    else:
        terminal.show_document(document)
    return 0


def diff_documents(settings: Settings, a: str, b: str, *, as_json: bool) -> int:
    """What differs between two documents, article by article."""
    with _assistant(settings) as assistant:
        histories = assistant.history(a), assistant.history(b)
        found = DiffOut.of(
            assistant.document(a), assistant.document(b), histories, assistant.differences(a, b)
        )
    if as_json:
        _print_json(found.model_dump())
    else:
        terminal.show_diff(found)
    return 0


def remove_document(settings: Settings, document_id: str) -> int:
    """Take a document out of the library and the index; the file stays."""
    with terminal.progress() as progress:
        title = build.remove(settings, document_id, progress=progress)
    terminal.note(f"已移除《{title}》，原文件没有改动。")
    terminal.note(f"{settings.keep_removed_days} 天内可以恢复：dangjian documents restore {document_id}")
    return 0


def restore_document(settings: Settings, document_id: str) -> int:
    """Put a removed document back."""
    with terminal.progress() as progress:
        record = build.restore(settings, document_id, progress=progress)
    terminal.note(f"已恢复《{DocumentSummary.of(record).title}》，索引已更新。")
    return 0


def filters(
    ranks: list[str], natures: list[str], kinds: list[str], sources: list[str], as_of: str
) -> Filters:
    """The filters of the command line's options; raises FilterError for a value that there is not."""
    check_known("性质", kinds, KINDS)
    try:
        day = date.fromisoformat(as_of) if as_of else None
    except ValueError as error:
        raise FilterError(f"看不懂日期“{as_of[:40]}”。请写成 2024-12-07 的样子。") from error
    return Filters(
        kinds=frozenset(kinds),
        sources=frozenset(sources),
        as_of=day,
        ranks=frozenset(ranks),
        natures=frozenset(natures),
    )


def search(settings: Settings, query: str, k: int, chosen: Filters, *, as_json: bool) -> int:
    """Passages for a query."""
    with _assistant(settings) as assistant:
        hits = assistant.search(query, k, chosen)
        rows = [
            HitOut.of(rank, hit, assistant.document(hit.passage.document_id))
            for rank, hit in enumerate(hits, 1)
        ]
    if as_json:
        _print_json(SearchOut(query=query, hits=rows).model_dump())
    else:
        terminal.show_hits(rows)
    return 0


def ask(
    settings: Settings,
    question: str,
    chosen: Filters,
    conversation: str,
    kind: Kind | None = None,
    *,
    as_json: bool,
    out: Path | None = None,
) -> int:
    """One answer; within a conversation, which is kept, where one is named. With ``out`` it is written there instead."""
    form = format_for(out) if out else None
    store = Conversations(settings) if conversation else None
    turns = store.turns(conversation) if store else ()
    with _assistant(settings) as assistant:
        answer = AnswerOut.of(assistant.ask(question, chosen, conversation, turns, kind))
        if store:
            answer.turn = store.keep(answer)
        if out and form:
            write(out, exported_answer(answer, form, assistant))
            terminal.show_written(answer, out)
    if as_json:
        _print_json(answer.model_dump(mode="json"))
    elif not out:
        terminal.show_answer(answer)
    return 0


def lesson(settings: Settings, topic: str, out: Path, chosen: Filters, *, audience: str, minutes: int) -> int:
    """Compose a lesson and write it to ``out``, in the format of its suffix."""
    from service.lesson.formats import exported, format_of
    from service.lesson.making import make

    kind = format_of(out)
    check_writable(out)
    with _assistant(settings) as assistant:
        made = make(assistant, topic, audience, minutes, chosen)
        write(out, exported(made, kind, assistant))
    terminal.show_lesson(made, out)
    return 0


def ask_batch(settings: Settings, path: Path, chosen: Filters) -> int:
    """One JSON line per question; a bad line gives an ``error`` line and exit code 1, the others are answered."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"读不了问题文件 {path}：请确认文件存在，并以 UTF-8 保存。") from error
    failed = 0
    with _assistant(settings) as assistant:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            row = _batch_row(assistant, line, number, chosen)
            failed += "error" in row
            sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
            sys.stdout.flush()
    return 1 if failed else 0


def _batch_row(assistant: Assistant, line: str, number: int, chosen: Filters) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError:
        return {"id": None, "line": number, "error": f"第 {number} 行不是合法的 JSON。"}
    if not isinstance(row, dict) or not isinstance(row.get("question"), str):
        return {"id": None, "line": number, "error": f'第 {number} 行缺少 "question"。'}
    try:
        answer = AnswerOut.of(assistant.ask(row["question"], chosen)).model_dump(mode="json")
    except QuestionError as error:
        return {"id": row.get("id"), "line": number, "error": str(error)}
    return {"id": row.get("id"), **answer}


def serve(settings: Settings, host: str, port: int) -> int:
    """The page and the API, until interrupted. An index that does not fit is built anew first."""
    import uvicorn

    from retriever.errors import GenerationError
    from service.api.app import create_app

    try:
        with _assistant(settings):
            pass
    except GenerationError as error:
        terminal.note(f"{error} 现在重建索引。")
        with terminal.progress() as progress:
            build.ingest(settings, (), rebuild=True, progress=progress)
    assistant = build.open_assistant(settings)
    assistant.catalogue(assistant.generation)  # before the first question rather than during it
    terminal.note(f"党建问答已就绪：http://{host}:{port}（按 Ctrl+C 停止）")
    uvicorn.run(create_app(assistant), host=host, port=port, log_level="warning")
    return 0


def verify(settings: Settings, path: Path) -> int:
    """Check every citation of a saved answer (or of each line of a batch); 1 where any fails."""
    failed = checked = 0
    with _assistant(settings) as assistant:
        for answer in saved_answers(path):
            for citation in answer.citations:
                reason = verdict(assistant, citation)
                checked += 1
                failed += reason != ""
                terminal.show_verdict(citation, reason)
    terminal.note(f"核对 {checked} 条引文，{failed} 条不符。")
    return 1 if failed else 0


def doctor(settings: Settings, *, try_model: bool) -> int:
    """Check each part, the language model only by its settings unless it is to be tried; 1 where any is not in order."""
    from service.doctor import examine

    findings = examine(settings, try_model=try_model)
    for finding in findings:
        terminal.show_finding(finding)
    return 0 if all(finding.ok for finding in findings) else 1
