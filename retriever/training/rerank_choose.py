"""How much of the reranker counts, and for how many passages: measured on development questions, chosen by a rule.

    python -m retriever.training.rerank_choose --model MODEL_DIR --candidates CAND/stard_law.jsonl … --out FILE.json

The model is the quantised one, written with `--share 1.0`: what it says of each pair is asked once (and kept in FILE), all
shares and numbers of passages are tried on that. The share with the highest mean nDCG@10 wins among those that are on no
set more than half a point below fusion; that may be 0, fusion itself.
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ingest.sentences import split_sentences
from retriever.rerank import RerankSettings, SecondLook
from retriever.rerankers.onnx import OnnxReranker
from retriever.training.measure import ndcg
from retriever.training.rerank_train import Example, read_examples

SHARES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0, 1.4)
COUNTS = (8, 12)
_WORST_LOSS = 0.005
Told = Mapping[str, Sequence[float]]
"""What the model says of the first passages found, by question id."""


def ask(model: OnnxReranker, examples: Sequence[Example], depth: int) -> dict[str, list[float]]:
    """What the model says, in units of the fused score."""
    look = SecondLook(model, RerankSettings(depth, milliseconds=None))
    told = {}
    for example in examples:
        readings = [
            (found.place, [span.of(found.text) for span in split_sentences(found.text)])
            for found in example.found[:depth]
        ]
        told[example.id] = [round(value, 5) for value in look.read(example.query, readings)]
    return told


def figures(examples: Sequence[Example], told: Told, share: float, count: int) -> dict[str, float]:
    """nDCG@10 and the share of questions with a right passage first."""
    gains, first = [], []
    for example in examples:
        names = [found.id for found in example.found]
        pairs = zip(example.found[:count], told[example.id][:count], strict=True)
        totals = [found.score + share * value for found, value in pairs]
        order = sorted(range(len(totals)), key=lambda i: (-totals[i], i))
        ranked = list(dict.fromkeys([names[i] for i in order] + names[len(totals) :]))
        gains.append(ndcg(ranked, example.right))
        first.append(float(bool(ranked) and ranked[0] in example.right))
    return {"nDCG@10": round(statistics.fmean(gains), 4), "hit@1": round(statistics.fmean(first), 4)}


def best_share(rows: Mapping[float, Mapping[str, Mapping[str, float]]]) -> float:
    """The share to ship, by the rule above; `rows` must hold share 0."""

    def gains(share: float) -> list[float]:
        return [found["nDCG@10"] - rows[0.0][name]["nDCG@10"] for name, found in rows[share].items()]

    allowed = [share for share in sorted(rows) if min(gains(share)) >= -_WORST_LOSS]
    return max(allowed, key=lambda share: statistics.fmean(gains(share)))


def main(argv: Sequence[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="rerank_choose", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--candidates", type=Path, nargs="+", required=True)
    parser.add_argument("--limit", type=int, default=200, help="questions of each set, spread over it")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args(argv)
    kept = json.loads(args.out.read_text("utf-8")) if args.out.exists() else {}
    model = OnnxReranker(args.model)
    if kept.get("revision") != model.revision:
        kept = {"revision": model.revision, "told": {}}
    sets: dict[str, list[Example]] = {}
    for path in args.candidates:
        rows = read_examples(path)
        sets[path.stem] = rows[:: -(-len(rows) // args.limit)]
        if path.stem not in kept["told"]:
            kept["told"][path.stem] = ask(model, sets[path.stem], max(COUNTS))
            args.out.write_text(json.dumps(kept) + "\n", "utf-8")
    for count in COUNTS:
        table: dict[float, dict[str, Any]] = {
            share: {name: figures(rows, kept["told"][name], share, count) for name, rows in sets.items()}
            for share in SHARES
        }
        for share, found in table.items():
            print(json.dumps({"passages": count, "share": share, "sets": found}))
        print(json.dumps({"passages": count, "best": best_share(table)}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
