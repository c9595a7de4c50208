"""Our own questions as a BEIR folder, so that retrieval alone can be measured on them.

    python -m eval.own_set --questions eval/data/regulations.jsonl --documents DATA/regulations/text --out OUT

A passage, cut as the product cuts them, is relevant where one of a question's quotes stands in it. Questions without
an answer and those that need what was asked before are left out. ``qrels/`` has one file, named for the split.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from eval.datasets import PLACE
from eval.questions import bare_text, document_key, read_questions
from eval.types import Question
from ingest.types import Document, Passage
from retriever.training.pairs import documents


def relevant(question: Question, document: Document, passages: Sequence[Passage]) -> list[Passage]:
    """The passages of the document in which a quote of the question's gold stands, in whole or in part."""
    quotes = [
        quote.quote
        for group in question.gold
        for quote in group.any
        if document_key(quote.document) == document_key(document.origin)
    ]
    spans = [span for quote in quotes for span in bare_text(document.text).find(quote)]
    return [p for p in passages if any(s.start < p.span.end and p.span.start < s.end for s in spans)]


def write_set(files: Sequence[Path], folders: Sequence[Path], out: Path, split: str = "dev") -> int:
    """Write the folder; the number of questions. Raises DatasetError and ConfigurationError."""
    asked = [q for q in read_questions(list(files), split) if q.answerable and not q.turns]
    (out / "qrels").mkdir(parents=True, exist_ok=True)
    judged: dict[str, list[str]] = {}
    with (out / "corpus.jsonl").open("w", encoding="utf-8") as corpus:
        for folder in folders:
            for document, passages in documents(folder):
                names = {passage.id: f"{folder.name}-{passage.id}".replace(" ", "_") for passage in passages}
                for passage in passages:
                    row = {
                        "_id": names[passage.id],
                        "title": document.metadata.title,
                        "path": PLACE.join(passage.path),
                        "text": passage.text,
                    }
                    print(json.dumps(row, ensure_ascii=False), file=corpus)
                for question in asked:
                    right = relevant(question, document, passages)
                    judged.setdefault(question.id, []).extend(names[passage.id] for passage in right)
    kept = [question for question in asked if judged.get(question.id)]
    lines = [json.dumps({"_id": q.id, "text": q.question}, ensure_ascii=False) + "\n" for q in kept]
    (out / "queries.jsonl").write_text("".join(lines), "utf-8")
    grades = [f"{question.id}\t{name}\t1\n" for question in kept for name in judged[question.id]]
    header = "query-id\tcorpus-id\tscore\n"
    (out / "qrels" / f"{split}.tsv").write_text(header + "".join(grades), "utf-8")
    return len(kept)


def main(argv: Sequence[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="own_set", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--questions", type=Path, nargs="+", required=True)
    parser.add_argument("--documents", type=Path, nargs="+", required=True)
    parser.add_argument("--split", default="dev")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args(argv)
    print(write_set(args.questions, args.documents, args.out, args.split))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
