"""What the retriever finds for questions, written down: what the reranker learns from and is chosen by.

    python -m eval.candidates --dataset FOLDER[:SPLIT] [--embedder SPEC] [--depth 30] [--limit N] --cache DIR --out FILE

FILE gets a JSON line a question: {"id", "query", "right": {document: grade}, "found": [{"id", "place", "text", "score"}]},
`found` being passages, best first. `--gold` adds right passages that were not found, with the score that they have.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval import systems
from eval.retrieval import Plan, load

if TYPE_CHECKING:
    from retriever.search import Retriever
    from retriever.types import Hit


def rows(plan: Plan, cache: Path, depth: int, gold: bool) -> Iterator[dict[str, Any]]:
    """A row a question of the plan's data set."""
    bench = systems.Workbench(load(plan), cache, spec=plan.embedder, threads=plan.threads)
    try:
        retriever, dataset = systems.open_retriever(bench), bench.dataset
        titles = {document.id: document.title for document in dataset.corpus}
        for name, text in dataset.queries.items():
            right = {document: grade for document, grade in dataset.qrels[name].items() if grade > 0}
            found = _found(retriever, text, depth, frozenset(right) if gold else frozenset())
            listed = [
                {
                    "id": hit.passage.document_id,
                    "place": titles[hit.passage.document_id],
                    "text": hit.passage.text,
                    "score": round(hit.score, 5),
                }
                for hit in found
            ]
            yield {"id": name, "query": text, "right": right, "found": listed}
    finally:
        bench.close()


def _found(retriever: Retriever, text: str, depth: int, gold: frozenset[str]) -> list[Hit]:
    from retriever.errors import QueryError
    from retriever.types import Query

    try:
        hits = retriever.search(Query(text), depth)
        missing = gold - {hit.passage.document_id for hit in hits}
        return [*hits, *(retriever.search(Query(text, missing), len(missing)) if missing else [])]
    except QueryError:
        return []


def main(argv: Sequence[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="candidates", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--dataset", required=True, metavar="FOLDER[:SPLIT]")
    parser.add_argument("--embedder", default="builtin")
    parser.add_argument("--depth", type=int, default=30)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--gold", action="store_true")
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args(argv)
    folder, _, split = args.dataset.partition(":")
    plan = Plan(Path(folder), split=split or None, limit=args.limit, embedder=args.embedder, threads=0)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    with args.out.open("w", encoding="utf-8") as file:
        for row in rows(plan, args.cache, args.depth, args.gold):
            print(json.dumps(row, ensure_ascii=False), file=file, flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
