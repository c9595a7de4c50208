"""Retrieval measures through ``ir_measures``, which computes them with trec_eval's code.

A document counts as relevant from grade 1. nDCG has linear gains (Järvelin and Kekäläinen 2002, as trec_eval has
it). A query that the qrels know and the run does not counts as zero; one that the qrels do not know does not count.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from eval.errors import ConfigurationError, MissingExtra
from eval.types import Qrels, Ranking

REPORTED = ("nDCG@10", "R@100", "RR@10", "Success@1", "Success@5")
"""What ``dangjian-eval run --json`` prints."""

DEFAULT = (*REPORTED, "R@10", "AP")
"""What a retrieval run records."""

Measures = dict[str, float]


def extra(module: str, name: str = "eval") -> Any:
    """A module of an extra; raises ``MissingExtra`` where it is not installed."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingExtra(module.partition(".")[0].replace("_", "-"), name) from error


def strictly_descending(ranking: Ranking) -> list[tuple[str, float]]:
    """The same order with scores that fall from rank to rank, in single precision.

    trec_eval orders by score itself and takes ties by document id, highest first; what is measured has to be the
    order that people are shown.
    """
    import numpy as np

    rows: list[tuple[str, float]] = []
    previous = np.float32(np.inf)
    for identifier, score in ranking:
        value = np.float32(score)
        if not value < previous:
            value = np.nextafter(previous, np.float32(-np.inf))
        rows.append((identifier, float(value)))
        previous = value
    return rows


def per_query(
    qrels: Qrels, run: Mapping[str, Ranking], measures: Sequence[str] = DEFAULT
) -> dict[str, Measures]:
    """The measures of every query of ``qrels``, in its order.

    Names are those of ir_measures: ``nDCG@10``, ``R@100``, ``RR@10``, ``Success@5``, ``AP``. Raises
    ``ConfigurationError`` for a name it does not know, ``MissingExtra`` where it is not installed.
    """
    library = extra("ir_measures")
    wanted = {_parse(library, name): name for name in measures}
    # A provider crashes on a query without a ranking or judgement, and leaves it out; both are zero here.
    judged = {query: dict(grades) for query, grades in qrels.items() if grades}
    ranked = {query: dict(strictly_descending(run.get(query, ()))) for query in judged}
    found = {query: dict.fromkeys(measures, 0.0) for query in qrels}
    asked = {query: scores for query, scores in ranked.items() if scores}
    if not asked:
        return found
    for metric in library.iter_calc(list(wanted), {query: judged[query] for query in asked}, asked):
        found[metric.query_id][wanted[metric.measure]] = float(metric.value)
    return found


def check(names: Sequence[str]) -> None:
    """Raise unless every name is a measure and the library is there."""
    library = extra("ir_measures")
    for name in names:
        _parse(library, name)


def mean(rows: Iterable[Mapping[str, float]]) -> Measures:
    """The mean of each measure over queries; empty for no queries."""
    table = list(rows)
    names = list(dict.fromkeys(name for row in table for name in row))
    return {name: sum(row.get(name, 0.0) for row in table) / len(table) for name in names}


def _parse(library: Any, name: str) -> Any:
    try:
        return library.parse_measure(name)
    except (ValueError, NameError, SyntaxError) as error:
        raise ConfigurationError(
            f"不认识的指标“{name}”。可用的写法如：nDCG@10、R@100、RR@10、Success@5、AP。"
        ) from error
