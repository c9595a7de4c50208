"""The vectors' share of the fused score, chosen on development questions of several sets.

    python -m eval.weights --dataset FOLDER[:SPLIT] … [--embedder SPEC] [--limit N] --cache DIR --out weights.json

Every question is asked once, with all that either leg finds; the shares are then tried on the scores of both legs, as
``retriever.search`` combines them. The share with the highest nDCG@10, averaged over the sets, wins, but the present
one stays where that gains less than ``LEAST_GAIN``; the search space, all figures and the choice are written down.
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval import systems
from eval.retrieval import DEPTH, Plan, load
from retriever.fusion import calibrated_cosine, convex_combination
from retriever.training.measure import ndcg

if TYPE_CHECKING:
    from retriever.search import Retriever

SHARES = tuple(round(step / 20, 2) for step in range(21))
MEASURE = "nDCG@10"
LEAST_GAIN = 0.002


def tried(retriever: Retriever, question: str, parts: int) -> dict[float, list[str]]:
    """The ten best documents for every share."""
    from retriever.errors import QueryError
    from retriever.types import Query

    try:
        hits = retriever.search(Query(question), 2 * DEPTH * parts)
    except QueryError:
        return {share: [] for share in SHARES}
    generation = retriever.generation
    bound = generation.lexical.bound(question) or 1.0
    unrelated = generation.manifest.unrelated
    words = {i: min(1.0, (hit.lexical or 0.0) / bound) for i, hit in enumerate(hits)}
    cosines = {i: calibrated_cosine(hit.dense or 0.0, unrelated) for i, hit in enumerate(hits)}
    found = {}
    for share in SHARES:
        fused = convex_combination([words, cosines], (1 - share, share))
        order = sorted(fused, key=lambda i: (-fused[i], hits[i].passage.id))
        found[share] = list(dict.fromkeys(hits[i].passage.document_id for i in order))[:10]
    return found


def figures(plan: Plan, cache: Path) -> dict[float, float]:
    """Mean nDCG@10 of one set for every share."""
    bench = systems.Workbench(load(plan), cache, spec=plan.embedder, threads=plan.threads)
    try:
        retriever, dataset = systems.open_retriever(bench), bench.dataset
        sums = dict.fromkeys(SHARES, 0.0)
        for name, text in dataset.queries.items():
            for share, ranking in tried(retriever, text, bench.store.parts).items():
                sums[share] += ndcg(ranking, dataset.qrels[name])
        return {share: round(total / len(dataset.queries), 4) for share, total in sums.items()}
    finally:
        bench.close()


def chosen(found: Mapping[str, Mapping[float, float]], present: float) -> float:
    """The share with the highest mean over the sets, the smallest of several; or ``present``, where it is as good."""
    means = {share: statistics.fmean(row[share] for row in found.values()) for share in SHARES}
    best = max(SHARES, key=lambda share: means[share])
    return best if means[best] - means.get(present, 0.0) >= LEAST_GAIN else present


def main(argv: Sequence[str] | None = None) -> int:
    """Command line."""
    from retriever.search import RetrieverSettings

    parser = argparse.ArgumentParser(prog="weights", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--dataset", nargs="+", required=True, metavar="FOLDER[:SPLIT]")
    parser.add_argument("--embedder", default="builtin")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args(argv)
    found: dict[str, dict[float, float]] = {}
    for spec in args.dataset:
        folder, _, split = spec.partition(":")
        plan = Plan(Path(folder), split=split or None, limit=args.limit, embedder=args.embedder)
        found[spec.rsplit("/", 1)[-1]] = figures(plan, args.cache)
    share = chosen(found, RetrieverSettings().dense_weight)
    result: dict[str, Any] = {"measure": MEASURE, "shares": SHARES, "sets": found, "chosen": share}
    args.out.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", "utf-8")
    print(json.dumps({"chosen": share}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
