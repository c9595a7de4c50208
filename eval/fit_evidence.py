"""``python -m eval.fit_evidence``: fit the weights of the evidence score to development questions, and write them.

What is answered right is an example for, what has no answer one against. Two more sorts of the latter are made: each
answerable question with all passages that hold its gold taken from the hits (``removed``: the subject is there and the
fact is not), and questions of public sets about something else altogether (``far``). With reading sets half of
whose documents are taken away (``eval.abstention``) come ``kept`` and ``gone``: the same sort of question with its
document and without. Answerable questions that are answered wrong say nothing about whether there is an answer, and are left out.

Logistic regression with an L2 penalty on standardised features, by Newton's method. Where sentences were read, what search and words
say is held back by a greater penalty: it tells near misses apart in the libraries that it is fitted to and misleads in others
(docs/evaluation.md). Then the bias is moved so that a threshold
of 0.5 refuses ``FALSE_REFUSALS`` of the right answers in cross-validation (five folds by question): how many near misses
are worth a false refusal is a choice, not a property of the data.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import random
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eval.abstention import DOCUMENTS, write
from eval.asking import Progress, opened
from eval.judging import Excerpt, found
from eval.questions import bare, document_key, json_lines, read_questions
from eval.terminal import note, progress
from eval.types import Question
from retriever.types import Hit
from service.answering import confidence
from service.answering.confidence import Signals
from service.assistant import Assistant

FOLDS, FAR, READING, SEED = 5, 70, 200, 7
PENALTY, HELD_BACK = 5.0, 60.0
TRUSTED = ("met", "unmet", "told")
"""Features that ``PENALTY`` goes for where sentences were read; ``HELD_BACK`` goes for the others."""
FOR = ("good", "kept")
FALSE_REFUSALS = 0.027
WEIGHT_OF = {"good": 1.0, "unanswerable": 1.5, "removed": 0.4, "far": 0.5, "kept": 0.1, "gone": 0.3}
_DEPTH, _DEEP = 16, 60

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Example:
    """What the assistant found for a question, with and without a second reading, and of which sort that is (a key of
    ``WEIGHT_OF``)."""

    id: str
    sort: str
    signals: Signals
    unread: Signals

    @property
    def fold(self) -> int:
        """Which fifth it is tested in; the same for all examples of a question."""
        return int(hashlib.sha256(f"fold {self.id}".encode()).hexdigest(), 16) % FOLDS


def examples(assistant: Assistant, questions: Iterable[Question]) -> Iterator[Example]:
    """The examples that stand-alone questions over the assistant's documents give."""
    origins = {record.id: document_key(record.origin) for record in assistant.documents()}
    for question in questions:
        if question.turns:
            continue
        hits = assistant.evidence(question.question, _DEPTH)
        if not question.answerable:
            yield from _example(assistant, question.question, hits, question.id, "unanswerable")
            continue
        points, _ = assistant.found(question.question, hits)
        quotes = [Excerpt(origins[p.document.id], p.span.of(p.document.text)) for p in points]
        if any(found(question.gold, quotes)):
            yield from _example(assistant, question.question, hits, question.id, "good")
        gold = [(document_key(q.document), bare(q.quote)) for group in question.gold for q in group.any]
        deep = assistant.evidence(question.question, _DEEP)
        rest = [hit for hit in deep if not _holds(hit, origins, gold)][:_DEPTH]
        yield from _example(assistant, question.question, rest, question.id, "removed")


def _holds(hit: Hit, origins: dict[str, str], gold: Sequence[tuple[str, str]]) -> bool:
    text = bare(hit.passage.text)
    return any(origins[hit.passage.document_id] == name and quote in text for name, quote in gold)


def far_examples(assistant: Assistant, datasets: Iterable[Path]) -> Iterator[Example]:
    """Examples from questions of BEIR folders that have nothing to do with the assistant's documents."""
    for folder in datasets:
        rows = [row for _, row in json_lines(folder / "queries.jsonl", [])]
        for row in random.Random(SEED).sample(rows, min(FAR, len(rows))):
            hits = assistant.evidence(row["text"], _DEPTH)
            yield from _example(assistant, row["text"], hits, f"{folder.name}/{row['_id']}", "far")


def reading_examples(datasets: Iterable[Path], bar: Progress) -> Iterator[Example]:
    """Examples from ``READING`` questions of each BEIR folder, half of whose documents are left out."""
    sorts = {"good": "kept", "unanswerable": "gone"}
    for folder in datasets:
        with tempfile.TemporaryDirectory() as place:
            made = write(Path(place), folder, seed=SEED, limit=READING)
            with opened(None, [Path(place) / DOCUMENTS], progress=bar) as assistant:
                for row in examples(assistant, made.questions):
                    if row.sort in sorts:
                        yield replace(row, id=f"{folder.name}/{row.id}", sort=sorts[row.sort])


def _example(
    assistant: Assistant, text: str, hits: Sequence[Hit], identifier: str, sort: str
) -> Iterator[Example]:
    points, signals = assistant.found(text, hits)
    if points:  # without a point there is nothing to weigh: the question is refused anyway
        _, unread = assistant.found(text, hits, reads=False)
        yield Example(identifier, sort, signals, unread)


def table(rows: Sequence[Example], kind: str) -> tuple[Matrix, Matrix, Matrix]:
    """Features (n, names of the kind), whether each is an example for, and its weight (n,)."""
    names, (_, read) = confidence.names(kind), confidence.KINDS[kind]
    values = [confidence.features(row.signals if read else row.unread) for row in rows]
    x = np.array([[value[name] for name in names] for value in values])
    return (
        x,
        np.array([float(row.sort in FOR) for row in rows]),
        np.array([WEIGHT_OF[row.sort] for row in rows]),
    )


def penalties(kind: str) -> tuple[float, ...]:
    """The penalty of each feature of a kind."""
    _, read = confidence.KINDS[kind]
    return tuple(HELD_BACK if read and name not in TRUSTED else PENALTY for name in confidence.names(kind))


def fit(x: Matrix, y: Matrix, weight: Matrix, penalty: Sequence[float] | None = None) -> Matrix:
    """Coefficients (features + 1,) on the features' own scale, the bias last. ``penalty`` is of each feature, else ``PENALTY``."""
    mean, spread = x.mean(0), x.std(0) + 1e-9
    z = np.c_[(x - mean) / spread, np.ones(len(x))]
    ridge = np.diag([*(penalty or [PENALTY] * x.shape[1]), 1e-6])
    b = np.zeros(z.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-z @ b))
        gradient = z.T @ (weight * (p - y)) + ridge @ b
        hessian = (z * (weight * p * (1 - p))[:, None]).T @ z + ridge
        b -= np.linalg.solve(hessian, gradient)
    scaled = b[:-1] / spread
    return np.append(scaled, b[-1] - scaled @ mean)


def cross_validated(rows: Sequence[Example], kind: str) -> Matrix:
    """The chance given to each example by weights fitted without its fold."""
    x, y, weight = table(rows, kind)
    folds = np.array([row.fold for row in rows])
    chances = np.zeros(len(rows))
    for fold in range(FOLDS):
        rest = folds != fold
        b = fit(x[rest], y[rest], weight[rest], penalties(kind))
        chances[~rest] = 1 / (1 + np.exp(-(np.c_[x[~rest], np.ones((~rest).sum())] @ b)))
    return chances


def shift(rows: Sequence[Example], chances: Matrix) -> float:
    """What to add to the bias for the threshold of 0.5 to refuse ``FALSE_REFUSALS`` of the right answers."""
    good = np.array([row.sort == "good" for row in rows])
    cut = float(np.quantile(chances[good], FALSE_REFUSALS))
    return -math.log(cut / (1 - cut))


def shifted(chances: Matrix, by: float) -> Matrix:
    """Chances after ``by`` was added to the bias."""
    moved: Matrix = 1 / (1 + np.exp(-(np.log(chances / (1 - chances)) + by)))
    return moved


def report(rows: Sequence[Example], chances: Matrix) -> str:
    """Shares refused of each sort at thresholds, as a Markdown table."""
    sorts = np.array([row.sort for row in rows])
    lines = ["| threshold | " + " | ".join(WEIGHT_OF) + " |", "|---" * (len(WEIGHT_OF) + 1) + "|"]
    for threshold in (0.3, 0.4, 0.5, 0.6, 0.7):
        shares = (f"{np.mean(chances[sorts == sort] < threshold):.3f}" for sort in WEIGHT_OF)
        lines.append(f"| {threshold} | " + " | ".join(shares) + " |")
    return "\n".join(lines)


def main() -> None:
    """Fit, print what it gives in cross-validation, and with ``--write`` replace the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", nargs=2, action="append", required=True, metavar=("QUESTIONS", "DOCUMENTS"))
    parser.add_argument("--far", nargs="*", type=Path, default=[], metavar="BEIR_DIR")
    parser.add_argument("--reading", nargs="*", type=Path, default=[], metavar="BEIR_DIR")
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    rows: list[Example] = []
    with ExitStack() as stack:
        bar = stack.enter_context(progress())
        for questions, documents in arguments.set:
            with opened(None, [Path(documents)], progress=bar) as assistant:
                rows += examples(assistant, read_questions(Path(questions), "dev"))
                rows += far_examples(assistant, arguments.far)
        rows += reading_examples(arguments.reading, bar)
    note(str(dict(Counter(row.sort for row in rows))))
    result: dict[str, dict[str, float]] = {}
    for key in confidence.KINDS:
        chances = cross_validated(rows, key)
        by = shift(rows, chances)
        print(f"{key}, cross-validated:\n{report(rows, shifted(chances, by))}\n")
        b = fit(*table(rows, key), penalties(key))
        b[-1] += by
        result[key] = {
            name: round(float(v), 4) for name, v in zip((*confidence.names(key), "bias"), b, strict=True)
        }
    print(json.dumps(result, indent=2))
    if arguments.write:
        path = Path(confidence.__file__).with_name(confidence.WEIGHTS)
        path.write_text(json.dumps(result, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
