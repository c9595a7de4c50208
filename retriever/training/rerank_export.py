"""Write the reranker that the product can run, from the numbers of `rerank_train`.

    python -m retriever.training.rerank_export [--values RUN/reranker.npz] [--share 0.5] --out retriever/models/reranker_zh

writes `model.onnx` and `config.json`; the tokenizer is the embedding model's, in the folder beside. Word vectors stay in the
4-bit blocks of the base bit for bit; the other weights are merged with their corrections and rounded to 7 bits. Needs the
extra `convert`. The result is the same bytes each time (for the same version of onnx).
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from retriever.training import vocabulary
from retriever.training.convert_e5 import KEPT, NAME, find_weights, kept_rows
from retriever.training.encoder import Tuned, read_tuned
from retriever.training.packed_weights import PackedModel, Weights, read_packed

VALUES = Path(__file__).parent / "reader.npz"
SHARE = 0.5
"""What counts of these numbers, chosen on development questions (docs/reranking.md)."""


def write_reranker(
    model: PackedModel, values: Tuned, share: float, weights: Weights, out: Path, tokenizer: Path
) -> None:
    """Write the folder; `tokenizer` is the file that the model is to be used with."""
    from retriever.training.rerank_graph import build_reranker

    rows = np.array(kept_rows(model, vocabulary.read_kept(KEPT)), np.int64)
    graph = build_reranker(model, rows, weights, values).SerializeToString(deterministic=True)
    out.mkdir(parents=True, exist_ok=True)
    (out / "model.onnx").write_bytes(graph)
    digest = hashlib.sha256(graph + tokenizer.read_bytes()).hexdigest()
    config = {"name": out.name, "tokenizer": tokenizer.parent.name, "share": share, "revision": digest[:16]}
    (out / "config.json").write_text(json.dumps(config, indent=2) + "\n", "utf-8")


def main(argv: Sequence[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="rerank_export", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--values", type=Path, default=VALUES)
    parser.add_argument("--share", type=float, default=SHARE, help="how much of the correction counts")
    parser.add_argument(
        "--variant", choices=["int8", "q4", "float"], default="int8", help="the others are for comparison"
    )
    parser.add_argument("--out", type=Path, required=True, help="a folder beside the embedding model's")
    args = parser.parse_args(argv)
    tokenizer = args.out.parent / NAME / "tokenizer.json"
    write_reranker(
        read_packed(find_weights()), read_tuned(args.values), args.share, args.variant, args.out, tokenizer
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
