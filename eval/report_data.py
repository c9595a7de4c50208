"""What a report reads out of a run folder: figures, slices, the worst queries, differences from another run.

Columns of ``queries.jsonl`` beyond the contract are optional, and each is believed only where its type is right:
``question``, ``kind``, ``tags``, ``turns``, ``answerable``, ``status``, ``evidence``, ``loss``, ``claims`` (texts),
``gold`` (``[{"any": [{"document", "quote"}, …]}, …]``) and ``found`` (``[{"document", "text"}, …]``, best first; for
retrieval runs without it, the first lines of ``run.trec``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.report_words import COMPARED, PRIMARY, first_of, word
from eval.runs import TREC, load_run, summarise_latency
from eval.statistics import Paired, estimate, paired
from eval.types import Estimate, QueryResult, Run, Summary

_TOP = 3  # documents of run.trec that are shown for a query


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a document; ``text`` is empty where only the document is known."""

    document: str
    text: str


@dataclass(frozen=True, slots=True)
class Case:
    """A query as people look at it."""

    id: str
    question: str
    kind: str
    tags: tuple[str, ...]
    follow_up: bool
    answerable: bool
    refused: bool
    evidence: float | None
    gold: tuple[tuple[Quote, ...], ...]
    found: tuple[Quote, ...]
    claims: tuple[str, ...]
    measures: Mapping[str, float]
    latency_ms: float


@dataclass(frozen=True, slots=True)
class View:
    """A run, ready to be shown. ``partial`` says that its figures are of the queries done so far only."""

    run: Run
    summary: Summary
    cases: tuple[Case, ...]
    primary: str
    partial: bool

    @property
    def alone(self) -> tuple[Case, ...]:
        """The queries that the figures are of: follow-ups are a slice of their own."""
        return tuple(case for case in self.cases if not case.follow_up)


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of the queries: ``axis`` is ``kind`` or ``tag``."""

    axis: str
    name: str
    queries: int
    figures: Mapping[str, Estimate]


@dataclass(frozen=True, slots=True)
class Difference:
    """A measure of the run against another; ``result`` is other → run, so that a gain is positive."""

    measure: str
    result: Paired


@dataclass(frozen=True, slots=True)
class Comparison:
    """The run against another one. ``changes`` are (query id, difference of ``primary``), the largest losses first."""

    other: View
    shared: int
    differences: tuple[Difference, ...]
    primary: str
    changes: tuple[tuple[str, float], ...]


def view(folder: Path) -> View:
    """Read a run folder; raises ``RunError`` where it is none. An unfinished run is summed up from what it has."""
    run = load_run(folder)
    ranked = _first_ranked(run) if run.info.kind == "retrieval" else {}
    cases = tuple(case_of(row, ranked.get(row.id, ())) for row in run.queries)
    summary = run.summary or _so_far(run)
    primary = first_of(PRIMARY[run.info.kind], summary.measures)
    partial = run.summary is None or (bool(cases) and len(cases) < run.info.queries)
    return View(run, summary, cases, primary[0] if primary else "", partial)


def case_of(row: QueryResult, ranked: Sequence[Quote] = ()) -> Case:
    """A row of ``queries.jsonl``; ``ranked`` stands in where it does not say what was found."""
    extra = row.extra
    evidence = extra.get("evidence")
    answerable = extra.get("answerable") is not False
    measures = dict(row.measures)
    refused = extra.get("status") == "not_found"
    if answerable:
        measures.pop("refused", None)
    return Case(
        id=str(row.id),
        question=_text(extra.get("question")),
        kind=_text(extra.get("kind")),
        tags=tuple(_text(tag) for tag in _list(extra.get("tags"))),
        follow_up=bool(extra.get("turns")),
        answerable=answerable,
        refused=refused,
        evidence=float(evidence) if isinstance(evidence, int | float) else None,
        gold=tuple(group for group in map(_group, _list(extra.get("gold"))) if group),
        found=tuple(quote for quote in map(_quote, _list(extra.get("found"))) if quote) or tuple(ranked),
        claims=tuple(_text(claim) for claim in _list(extra.get("claims"))),
        measures=measures,
        latency_ms=row.latency_ms,
    )


def slices(shown: View, names: Sequence[str]) -> list[Slice]:
    """The figures of ``names`` by kind and by tag, the largest part first; none where the run has neither."""
    groups: dict[tuple[str, str], list[Case]] = {}
    for case in shown.cases:
        if case.follow_up:
            keys = [("tag", "followup")]
        else:
            keys = [("tag", tag) for tag in case.tags]
            keys += [("kind", case.kind)] if case.kind and case.answerable else []
        for key in keys:
            groups.setdefault(key, []).append(case)
    found = []
    for (axis, name), cases in groups.items():
        figures = {
            measure: estimate(values, seed=shown.run.info.seed)
            for measure in names
            if (values := [case.measures[measure] for case in cases if measure in case.measures])
        }
        found.append(Slice(axis, name, len(cases), figures))
    return sorted(found, key=lambda part: (part.axis, -part.queries, part.name))


def score(case: Case, primary: str) -> float:
    """How good a query came out, from 0 to 1: refusing is right where there is no answer."""
    if not case.answerable:
        return case.measures.get("refused", float(case.refused))
    return case.measures.get(primary, 0.0)


def worst(shown: View, most: int) -> list[Case]:
    """The queries that came out worst, those the system was surest of first; none that came out right."""
    wrong = [case for case in shown.cases if score(case, shown.primary) < 1]
    return sorted(wrong, key=lambda case: (score(case, shown.primary), -(case.evidence or 0.0)))[:most]


def compare(shown: View, other: View) -> Comparison | None:
    """``shown`` against ``other`` on the queries that both have done; ``None`` where they share none."""
    if (shown.run.info.kind, shown.run.info.dataset) != (other.run.info.kind, other.run.info.dataset):
        return None
    mine = {case.id: case for case in shown.alone}
    theirs = {case.id: case for case in other.alone}
    partial = shown.partial or other.partial
    ids = [name for name in mine if name in theirs] if partial else list(dict.fromkeys([*theirs, *mine]))
    if not set(mine) & set(theirs):
        return None
    measures = [name for name in COMPARED[shown.run.info.kind] if name in shown.summary.measures]
    measures += ["refused"] * any("refused" in case.measures for case in mine.values())
    differences = []
    for name in dict.fromkeys(measures):
        before, after = _values(theirs, ids, name), _values(mine, ids, name)
        if before and after and word(name).form != "number":
            differences.append(Difference(name, paired(before, after, seed=shown.run.info.seed)))
    before, after = _values(theirs, ids, shown.primary), _values(mine, ids, shown.primary)
    changes = [
        (name, after.get(name, 0.0) - before.get(name, 0.0))
        for name in ids
        if name in before or name in after
    ]
    changes.sort(key=lambda change: (change[1], change[0]))
    return Comparison(other, len(set(mine) & set(theirs)), tuple(differences), shown.primary, tuple(changes))


def _values(cases: Mapping[str, Case], ids: Sequence[str], measure: str) -> dict[str, float]:
    return {
        name: cases[name].measures[measure]
        for name in ids
        if name in cases and measure in cases[name].measures
    }


def _so_far(run: Run) -> Summary:
    """The summary that the queries done so far would have."""
    if run.info.kind == "answers":
        from eval.answers import summarise

        try:
            return summarise(run.queries, run.info.seed)
        except KeyError:  # rows of another version, without the columns that refusal is measured from
            pass
    names = list(dict.fromkeys(name for row in run.queries for name in row.measures))
    measures = {name: estimate(list(run.values(name).values()), seed=run.info.seed) for name in names}
    return Summary(measures, summarise_latency(run.queries))


def _first_ranked(run: Run) -> dict[str, list[Quote]]:
    """The best documents of each query in ``run.trec``."""
    found: dict[str, list[Quote]] = {}
    try:
        with (run.folder / TREC).open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                columns = line.split()
                if len(columns) >= 3 and len(found.setdefault(columns[0], [])) < _TOP:
                    found[columns[0]].append(Quote(columns[2], ""))
    except OSError:
        return {}
    return found


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else ()


def _quote(value: Any) -> Quote | None:
    if isinstance(value, str):
        return Quote(value, "")
    if not isinstance(value, Mapping):
        return None
    quote = Quote(_text(value.get("document")), _text(value.get("quote")) or _text(value.get("text")))
    return quote if quote.document or quote.text else None


def _group(value: Any) -> tuple[Quote, ...]:
    """A group of gold: any of its quotes will do; a bare quote is a group of its own."""
    quotes = _list(value.get("any")) if isinstance(value, Mapping) and "any" in value else [value]
    return tuple(quote for quote in map(_quote, quotes) if quote)
