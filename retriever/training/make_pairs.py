"""Write what `finetune` learns from: questions, and the vectors that the base gives all passages.

    python -m retriever.training.make_pairs --judged DATA/stard_law --documents DATA/regulations/text corpus
        --base BASE_DIR --held-out dangfei ganbu_dangan gonghui shiye_renshi xinfang xinxi_gongkai
        --cache vectors.sqlite3 --out PAIRS

PAIRS gets `pairs.jsonl` ({"source", "query", "right": rows of the vectors}), `vectors.npy` (float16, a row a
passage), and `anchors.json` with `anchors.npy`: everyday questions and the vectors they are to keep. The same input and seed give the same pairs. Documents with a `--held-out` word in their file names are
left out. Vectors are kept in the SQLite file `--cache`, so that a broken-off run goes on where it was.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingest import library_vectors
from retriever.embedders.onnx import OnnxEmbedder
from retriever.protocols import Embedder
from retriever.training.anchors import anchors, dictionary
from retriever.training.pairs import Pair, document_blocks, judged_pairs, statute_blocks, structure_pairs
from retriever.vectors import BATCH, text_digest

_TABLE = """CREATE TABLE IF NOT EXISTS vectors (
    model_revision TEXT NOT NULL, text_sha256 BLOB NOT NULL, vector BLOB NOT NULL,
    PRIMARY KEY (model_revision, text_sha256)) WITHOUT ROWID"""


def cached_vectors(embedder: Embedder, texts: Sequence[str], cache: Path) -> NDArray[np.float32]:
    """Vectors of passages (len(texts), dimension), from the SQLite file `cache` or made and put there."""
    digests = [text_digest(text) for text in texts]
    with closing(sqlite3.connect(cache, timeout=60)) as connection:
        connection.execute(_TABLE)
        known = library_vectors.fetch(connection, embedder.revision, digests)
        missing = {d: text for d, text in zip(digests, texts, strict=True) if d not in known}
        wanted = list(missing)
        for start in range(0, len(wanted), BATCH):
            batch = wanted[start : start + BATCH]
            made = embedder.embed_passages([missing[digest] for digest in batch])
            fresh = dict(zip(batch, made, strict=True))
            with connection:
                library_vectors.store(connection, embedder.revision, fresh)
            known |= fresh
    return np.stack([known[digest] for digest in digests])


def write_pairs(
    out: Path, pairs: Sequence[Pair], passages: Sequence[str], vectors: NDArray[np.float32]
) -> None:
    """Write the folder; every right passage must be among `passages`."""
    out.mkdir(parents=True, exist_ok=True)
    row_of = {text: row for row, text in reversed(list(enumerate(passages)))}
    with (out / "pairs.jsonl").open("w", encoding="utf-8") as file:
        for pair in pairs:
            row = {"source": pair.source, "query": pair.query, "right": [row_of[text] for text in pair.right]}
            print(json.dumps(row, ensure_ascii=False), file=file)
    np.save(out / "vectors.npy", vectors.astype(np.float16))


def write_anchors(out: Path, questions: Sequence[str], embedder: Embedder) -> None:
    """Write the questions and what `embedder` makes of them."""
    (out / "anchors.json").write_text(json.dumps(questions, ensure_ascii=False) + "\n", "utf-8")
    np.save(out / "anchors.npy", embedder.embed_queries(questions).astype(np.float16))


def main(argv: Sequence[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="make_pairs", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--judged", type=Path, required=True, help="BEIR folder of statutes and questions")
    parser.add_argument("--documents", type=Path, nargs="*", default=[], help="folders of documents")
    parser.add_argument("--held-out", nargs="*", default=[], help="words in names of documents left out")
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument(
        "--base", type=Path, required=True, help="folder of `convert_e5 --base`, what tuning begins with"
    )
    parser.add_argument("--anchors", type=int, default=1500, help="how many everyday questions")
    parser.add_argument("--seed", type=int, default=20)
    args = parser.parse_args(argv)
    blocks = statute_blocks(args.judged / "corpus.jsonl")
    for folder in args.documents:
        kept = [b for b in document_blocks(folder) if not any(word in b.group for word in args.held_out)]
        blocks += kept
    pairs = [*judged_pairs(args.judged), *structure_pairs(blocks, args.seed)]
    passages = list(dict.fromkeys(block.passage for block in blocks))
    base = OnnxEmbedder(args.base)
    write_pairs(args.out, pairs, passages, cached_vectors(base, passages, args.cache))
    write_anchors(args.out, anchors(dictionary(), args.anchors, args.seed), base)
    print(json.dumps({"passages": len(passages), **Counter(pair.source for pair in pairs)}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
