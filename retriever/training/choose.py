"""How far to go from the base to what was tuned: measured on development questions, chosen by a rule.

    python -m retriever.training.choose --run RUN --base MODEL_DIR --cache vectors.sqlite3
        --data SPLIT/stard_law:dev DATA/cmrc2018_dev DATA/drcd_dev … [--out FOLDER]

Each share is put into the 4-bit graph as it would be shipped, so that the figures include quantisation. Vectors of
passages are the base's. The share with the highest mean nDCG@10 wins among those that are nowhere more
than half a point below the base; that may be 0, the base itself, and then nothing is written. FOLDER (here by default)
gets `tuned.npz`, which `convert_e5` puts in, and `tuned.json`, which says how it came about.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingest.normal import simplify
from retriever.embedders.onnx import OnnxEmbedder
from retriever.training import vocabulary
from retriever.training.convert_e5 import KEPT, TUNED, checked_rules, find_weights, write_model
from retriever.training.encoder import read_tuned, write_tuned
from retriever.training.make_pairs import cached_vectors
from retriever.training.measure import judgements, ndcg, rows_of
from retriever.training.packed_weights import read_packed

_LONGEST = 650
"""Characters of a passage that the model reads whole; longer ones take no part, nor do questions about them."""
_WORST_LOSS = 0.005
Figures = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class DevSet:
    """Questions, what is right for each (id to grade), and passages with their vectors."""

    name: str
    questions: tuple[str, ...]
    relevant: tuple[Mapping[str, int], ...]
    ids: tuple[str, ...]
    vectors: NDArray[np.float32]

    def score(self, model: OnnxEmbedder) -> dict[str, float]:
        """nDCG@10 and the share of questions with a right passage first."""
        found = model.embed_queries(self.questions) @ self.vectors.T
        order = np.argsort(-found, axis=1, kind="stable")[:, :10]
        ranked = [[self.ids[i] for i in row] for row in order.tolist()]
        pairs = list(zip(ranked, self.relevant, strict=True))
        gains = statistics.fmean(ndcg(row, right) for row, right in pairs)
        first = statistics.fmean(float(row[0] in right) for row, right in pairs)
        return {"nDCG@10": round(gains, 4), "hit@1": round(first, 4)}


def read_set(spec: str, base: OnnxEmbedder, cache: Path, limit: int) -> DevSet:
    """The set that `FOLDER` or `FOLDER:split` names, at most `limit` questions spread over it."""
    path, _, split = spec.partition(":")
    folder = Path(path)
    rows = [row for row in rows_of(folder / "corpus.jsonl") if len(row["text"]) <= _LONGEST]
    ids = {row["_id"] for row in rows}
    relevant = {q: right for q, right in judgements(folder, split or "test").items() if right.keys() <= ids}
    asked = [row for row in rows_of(folder / "queries.jsonl") if row["_id"] in relevant]
    asked = asked[:: max(1, -(-len(asked) // limit))]
    places = [" › ".join(filter(None, (row.get("title"), row.get("path")))) for row in rows]
    texts = [
        simplify(f"{at}\n{row['text']}" if at else row["text"]) for at, row in zip(places, rows, strict=True)
    ]
    return DevSet(
        folder.name,
        tuple(simplify(row["text"]) for row in asked),
        tuple(relevant[row["_id"]] for row in asked),
        tuple(row["_id"] for row in rows),
        cached_vectors(base, texts, cache),
    )


def best_share(scores: Mapping[float, Mapping[str, Figures]]) -> float:
    """The share to ship, by the rule above; `scores` must hold share 0, the base."""
    base = scores[0.0]

    def gains(share: float) -> list[float]:
        return [found["nDCG@10"] - base[name]["nDCG@10"] for name, found in scores[share].items()]

    allowed = [share for share in sorted(scores) if min(gains(share)) >= -_WORST_LOSS]
    return max(allowed, key=lambda share: statistics.fmean(gains(share)))


def main(argv: Sequence[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="choose", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--run", type=Path, required=True, help="the folder of finetune")
    parser.add_argument("--base", type=Path, required=True, help="the model that made the passages' vectors")
    parser.add_argument("--data", nargs="+", required=True, metavar="FOLDER[:SPLIT]")
    parser.add_argument("--shares", type=float, nargs="+", default=[0.3, 0.5, 0.6, 0.7, 0.85, 1.0])
    parser.add_argument(
        "--share", type=float, help="take this one, for a reason that these figures do not show"
    )
    parser.add_argument("--limit", type=int, default=300)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=TUNED.parent)
    args = parser.parse_args(argv)
    base = OnnxEmbedder(args.base, threads=1)
    sets = [read_set(spec, base, args.cache, args.limit) for spec in args.data]
    scores = measured(args.run / "tuned.npz", [0.0, *args.shares], sets)
    best = best_share(scores)
    share = best if args.share is None else args.share
    print(json.dumps({"best": best, "taken": share}))
    if share:
        choice = [{"share": one, "scores": found} for one, found in scores.items()]
        record = json.loads((args.run / "settings.json").read_text("utf-8")) | {
            "share": share,
            "choice": choice,
        }
        (args.out / TUNED.with_suffix(".json").name).write_text(json.dumps(record, indent=1) + "\n", "utf-8")
        write_tuned(args.out / TUNED.name, read_tuned(args.run / "tuned.npz", share))
    return 0


def measured(
    tuned: Path, shares: Sequence[float], sets: Sequence[DevSet]
) -> dict[float, Mapping[str, Figures]]:
    """What each share comes to on each set, as it would be shipped; printed as they come."""
    model, kept = read_packed(find_weights()), vocabulary.read_kept(KEPT)
    rules = checked_rules(model)
    scores: dict[float, Mapping[str, Figures]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for share in shares:
            values = read_tuned(tuned, share) if share else {}
            write_model(model, rules, kept, "q4", Path(folder), values)
            embedder = OnnxEmbedder(Path(folder), threads=1)
            scores[share] = {one.name: one.score(embedder) for one in sets}
            print(json.dumps({"share": share, "scores": scores[share]}), flush=True)
    return scores


if __name__ == "__main__":
    raise SystemExit(main())
