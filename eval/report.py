"""``dangjian-eval report RUN…``: what a run came to, for people: one HTML file, Markdown, and the service's 评测 page."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from eval.errors import RunError
from eval.report_data import Comparison, View, compare, view
from eval.report_html import page
from eval.report_markdown import markdown
from eval.report_sources import read_sources
from eval.report_summary import headline, headline_names
from eval.report_words import amount, interval, word
from eval.runs import RUN, SUMMARY
from eval.terminal import note

HTML, MARKDOWN = "report.html", "report.md"
HEADLINE = "headline.json"
"""What the service shows of a published run: labels and figures in words, so that it need not know the measures."""

EVALUATIONS = "evaluations"
_NAME = re.compile(r"[\w=+][\w.=+-]{0,199}")


def report_command(
    runs: Sequence[Path],
    out: Path | None = None,
    *,
    publish: bool = False,
    home: Path | None = None,
    data: Sequence[Path] = (),
    as_json: bool = False,
) -> int:
    """Report on the first of ``runs``, compared with the others; returns the exit code.

    ``out`` is the folder for ``report.html`` and ``report.md``, the run's own unless given. With ``publish`` each run
    goes to ``<home>/evaluations/<id>/`` too (``home`` as the settings have it unless given), where the service shows
    it. ``data`` names question files and BEIR folders to look questions and texts up in.
    """
    views = load(runs, data)
    written = write(views, out or views[0].run.folder)
    published = [publish_run(views, index, home or _home()) for index in range(len(views))] if publish else []
    if as_json:
        print(
            json.dumps(
                {"report": str(written), "published": [str(path) for path in published]}, ensure_ascii=False
            )
        )
    else:
        note(headline(views[0]))
        print(written)
        for path in published:
            print(path)
    return 0


def load(runs: Sequence[Path], data: Sequence[Path] = ()) -> list[View]:
    """Read run folders; raises ``RunError`` where one is none, or where there is none."""
    if not runs:
        raise RunError("没有指定运行。请给出 dangjian-eval run 或 answers 写出的文件夹。")
    views = [view(folder) for folder in runs]
    if not data:
        return views
    sources = read_sources(data)
    return [replace(one, cases=tuple(map(sources.fill, one.cases))) for one in views]


def write(views: Sequence[View], folder: Path) -> Path:
    """Write the report on the first view, compared with the others, into ``folder``; the path of the HTML file."""
    found, unmatched = _compared(views)
    folder.mkdir(parents=True, exist_ok=True)
    _replace(folder / MARKDOWN, markdown(views[0], found))
    _replace(folder / HTML, page(views[0], found, unmatched))
    return folder / HTML


def publish_run(views: Sequence[View], index: int, home: Path) -> Path:
    """Put a run's report (with the other views to compare) where the service shows it; the folder it is in.

    The summary and ``headline.json`` go before ``run.json``, by which the service knows a run: it never sees half of
    one. Raises ``RunError`` for an id that is no plain file name.
    """
    subject = views[index]
    identifier = subject.run.info.id
    if not _NAME.fullmatch(identifier):
        raise RunError(f"运行编号“{identifier[:80]}”不能用作文件夹名。请重新运行评测，由程序命名。")
    folder = home / EVALUATIONS / identifier
    write([subject, *(one for place, one in enumerate(views) if place != index)], folder)
    _replace_json(folder / SUMMARY, _summary_row(subject))
    _replace_json(folder / HEADLINE, headline_row(subject))
    _replace(folder / RUN, (subject.run.folder / RUN).read_text("utf-8"))
    return folder


def headline_row(shown: View) -> dict[str, Any]:
    """What the 评测 page says of a run: a sentence, and the first figures with labels and words."""
    figures = [
        {
            "name": name,
            "label": word(name).label,
            "text": amount(name, figure.value),
            "between": interval(name, figure),
            "better": word(name).better,
            **asdict(figure),
        }
        for name in headline_names(shown)
        for figure in (shown.summary.measures[name],)
    ]
    return {
        "headline": headline(shown),
        "done": len(shown.cases),
        "partial": shown.partial,
        "figures": figures,
    }


def _compared(views: Sequence[View]) -> tuple[list[Comparison], list[View]]:
    pairs = [(compare(views[0], other), other) for other in views[1:]]
    return [one for one, _ in pairs if one], [other for one, other in pairs if one is None]


def _summary_row(shown: View) -> dict[str, Any]:
    return asdict(shown.summary)


def _home() -> Path:
    from service.settings import load_settings

    home: Path = load_settings().home
    return home


def _replace_json(path: Path, row: dict[str, Any]) -> None:
    _replace(path, json.dumps(row, ensure_ascii=False, indent=1) + "\n")


def _replace(path: Path, text: str) -> None:
    """Write a whole file or none; a lone surrogate becomes a question mark."""
    draft = path.with_name(path.name + ".tmp")
    draft.write_bytes(text.encode("utf-8", "replace"))
    os.replace(draft, path)
