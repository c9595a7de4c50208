"""Measure embedding models on retrieval, latency and size; prints one JSON object per model folder.

    python -m retriever.training.measure MODEL_DIR… --data BEIR_DIR… [--queries 500] [--distractors 3000]

Exact cosine search. Of a large set all passages judged relevant to the sampled questions stay, with a fixed
random sample of the others, so figures compare models and are not those of the whole set.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from retriever.embedders.onnx import OnnxEmbedder

_SEED = 20
_SAMPLE = (
    "党支部应当严格执行党的组织生活制度，经常、认真、严肃地开展批评和自我批评，增强党内政治生活的政治性。"
)
_QUESTION = "预备党员的预备期是多久，什么时候可以转为正式党员？"


def ndcg(ranked: Sequence[str], relevant: Mapping[str, int], k: int = 10) -> float:
    """nDCG@k with linear gain (Järvelin and Kekäläinen 2002)."""
    gain = sum(relevant.get(d, 0) / math.log2(i + 2) for i, d in enumerate(ranked[:k]))
    best = sum(g / math.log2(i + 2) for i, g in enumerate(sorted(relevant.values(), reverse=True)[:k]))
    return gain / best if best else 0.0


def area(higher: Sequence[float], lower: Sequence[float]) -> float:
    """The area under the ROC curve: how often one of `higher` is above one of `lower`, ties by half. Needs some of each."""
    ranks = np.searchsorted(np.sort(lower), [higher, higher], "left").astype(float)
    ranks[1] = np.searchsorted(np.sort(lower), higher, "right")
    return float(ranks.mean()) / len(lower)


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a JSON lines file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def judgements(folder: Path, split: str = "test") -> dict[str, dict[str, int]]:
    """What a BEIR folder holds to be relevant: question id to document id to grade, grades above 0."""
    found: dict[str, dict[str, int]] = {}
    for line in (folder / "qrels" / f"{split}.tsv").read_text("utf-8").splitlines()[1:]:
        query, document, grade = line.split("\t")
        if int(grade) > 0:
            found.setdefault(query, {})[document] = int(grade)
    return found


def retrieval(model: OnnxEmbedder, folder: Path, queries: int, distractors: int) -> float:
    """Mean nDCG@10 over a fixed sample of a BEIR folder."""
    qrels = judgements(folder)
    asked = [row for row in rows_of(folder / "queries.jsonl") if row["_id"] in qrels]
    asked = asked[:: max(1, len(asked) // queries)][:queries]
    gold = {document for row in asked for document in qrels[row["_id"]]}
    corpus = rows_of(folder / "corpus.jsonl")
    others = [row for row in corpus if row["_id"] not in gold]
    kept = [row for row in corpus if row["_id"] in gold]
    kept += random.Random(_SEED).sample(others, min(distractors, len(others)))
    passages = model.embed_passages([f"{row.get('title', '')} {row['text']}".strip() for row in kept])
    scores = model.embed_queries([row["text"] for row in asked]) @ passages.T
    ids = np.array([row["_id"] for row in kept])
    order = np.argsort(-scores, axis=1, kind="stable")[:, :10]
    return statistics.fmean(
        ndcg(ids[best].tolist(), qrels[row["_id"]]) for row, best in zip(asked, order, strict=True)
    )


def _median_ms(work: Callable[[], object], times: int) -> float:
    taken = []
    for _ in range(times):
        begin = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begin)
    return statistics.median(taken) * 1000


def measure(folder: Path, data: Sequence[Path], queries: int, distractors: int) -> dict[str, object]:
    """Scores by data set, milliseconds for a question, passages of about 240 tokens a second, bytes."""
    model = OnnxEmbedder(folder, threads=1)
    tokens = len(model.tokens(_SAMPLE)) - 2
    passage = _SAMPLE * round(240 / tokens)
    query_ms = _median_ms(lambda: model.embed_queries([_QUESTION]), 50)
    passage_ms = _median_ms(lambda: model.embed_passages([passage]), 20)
    scores = {path.name: round(retrieval(model, path, queries, distractors), 4) for path in data}
    return {
        "model": folder.name, "revision": model.revision, "ndcg@10": scores,
        "query_ms": round(query_ms, 1), "passages_per_second": round(1000 / passage_ms, 1),
        "onnx_bytes": (folder / "model.onnx").stat().st_size,
    }  # fmt: skip


def main(argv: Sequence[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="measure", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("models", type=Path, nargs="+")
    parser.add_argument("--data", type=Path, nargs="+", default=[])
    parser.add_argument("--queries", type=int, default=500)
    parser.add_argument("--distractors", type=int, default=3000)
    args = parser.parse_args(argv)
    for folder in args.models:
        print(json.dumps(measure(folder, args.data, args.queries, args.distractors)), flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
