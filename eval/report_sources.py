"""The words behind a run's ids, looked up in its data: questions, gold quotes and the texts of documents.

A run folder need not hold them; ``dangjian-eval report --data`` names the question files or BEIR folders that do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from eval.datasets import Dataset, read_dataset, split_names
from eval.questions import read_questions
from eval.report_data import Case, Quote

Gold = tuple[tuple[Quote, ...], ...]


@dataclass(frozen=True, slots=True)
class Sources:
    """Question and gold by query id; title and text by document id."""

    queries: Mapping[str, tuple[str, Gold]]
    documents: Mapping[str, Quote]

    def fill(self, case: Case) -> Case:
        """``case`` with what its run does not say of it."""
        question, gold = self.queries.get(case.id, ("", ()))
        return replace(
            case,
            question=case.question or question,
            gold=case.gold or gold,
            found=tuple(quote if quote.text else self._document(quote.document) for quote in case.found),
        )

    def _document(self, name: str) -> Quote:
        return self.documents.get(name, Quote(name, ""))


def read_sources(paths: Sequence[Path]) -> Sources:
    """Read question files and BEIR folders; raises an ``EvalError`` where one cannot be read."""
    queries: dict[str, tuple[str, Gold]] = {}
    documents: dict[str, Quote] = {}
    for path in paths:
        if not path.is_dir():
            for question in read_questions(path):
                gold = tuple(tuple(Quote(q.document, q.quote) for q in group.any) for group in question.gold)
                queries[question.id] = (question.question, gold)
            continue
        for split in split_names(path) or [""]:  # a folder without judgements is refused by read_dataset
            dataset = read_dataset(path, split or None)
            documents |= {
                document.id: Quote(_name(document.id, document.title), document.text)
                for document in dataset.corpus
            }
            queries |= {
                name: (text, _gold(dataset, name, documents)) for name, text in dataset.queries.items()
            }
    return Sources(queries, documents)


def _name(identifier: str, title: str) -> str:
    return f"{title}（{identifier}）" if title else identifier


def _gold(dataset: Dataset, query: str, documents: Mapping[str, Quote]) -> Gold:
    """The quoted answers where the data has them, else the relevant documents."""
    spans = dataset.answers.get(query, ())
    if spans:
        return (
            tuple(Quote(documents.get(s.document, Quote(s.document, "")).document, s.text) for s in spans),
        )
    relevant = [name for name, grade in dataset.qrels[query].items() if grade > 0]
    return tuple((documents.get(name, Quote(name, "")),) for name in relevant)
