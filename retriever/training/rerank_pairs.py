"""The training questions of the reranker, as a BEIR folder that the retriever can be asked.

    python -m retriever.training.rerank_pairs --judged DATA/stard_law --documents DATA/regulations/text corpus
        --held-out dangfei ganbu_dangan gonghui shiye_renshi xinfang xinxi_gongkai --out SETS/rerank

The questions are those of `pairs`: the judged ones of the training part, and a sample of those made from documents'
structure; no language model makes any. The id of a question begins with its source. `qrels/train.tsv` holds what is
right for each, `corpus.jsonl` the statutes and the documents' passages. The same input and seed give the same files.
`eval.candidates` then writes down what the retriever finds for them.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from retriever.training.pairs import (
    Block,
    Pair,
    document_blocks,
    judged_pairs,
    statute_blocks,
    structure_pairs,
)

SAMPLE = {"template": 1600, "cloze": 600, "heading": 400}
"""How many questions of each kind are kept, half of them about the documents if there are so many."""


def sampled(pairs: Sequence[Pair], own: frozenset[str], counts: Mapping[str, int], seed: int) -> list[Pair]:
    """So many pairs of each source, half of them about the passages `own`, as far as there are."""
    draw = random.Random(seed)
    kept: list[Pair] = []
    for source, count in counts.items():
        ours = [pair for pair in pairs if pair.source == source and pair.right[0] in own]
        others = [pair for pair in pairs if pair.source == source and pair.right[0] not in own]
        first = draw.sample(ours, min(len(ours), count // 2))
        kept += [*first, *draw.sample(others, min(len(others), count - len(first)))]
    return kept


def write_folder(out: Path, blocks: Sequence[Block], pairs: Sequence[Pair]) -> Counter[str]:
    """Write the folder; how many questions of each source. Every right passage must be one of the blocks."""
    (out / "qrels").mkdir(parents=True, exist_ok=True)
    names: dict[str, str] = {}
    with (out / "corpus.jsonl").open("w", encoding="utf-8") as corpus:
        for block in blocks:
            if block.passage in names:
                continue
            names[block.passage] = f"p{len(names):05d}"
            row = {"_id": names[block.passage], "title": block.place, "text": block.text}
            print(json.dumps(row, ensure_ascii=False), file=corpus)
    counts: Counter[str] = Counter()
    grades = ["query-id\tcorpus-id\tscore"]
    with (out / "queries.jsonl").open("w", encoding="utf-8") as queries:
        for pair in pairs:
            name = f"{pair.source}-{counts[pair.source]:05d}"
            counts[pair.source] += 1
            print(json.dumps({"_id": name, "text": pair.query}, ensure_ascii=False), file=queries)
            grades += [f"{name}\t{right}\t1" for right in sorted({names[text] for text in pair.right})]
    (out / "qrels" / "train.tsv").write_text("\n".join(grades) + "\n", "utf-8")
    return counts


def main(argv: Sequence[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="rerank_pairs", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--judged", type=Path, required=True, help="BEIR folder of statutes and questions")
    parser.add_argument("--documents", type=Path, nargs="*", default=[], help="folders of documents")
    parser.add_argument("--held-out", nargs="*", default=[], help="words in names of documents left out")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=20)
    args = parser.parse_args(argv)
    statutes = statute_blocks(args.judged / "corpus.jsonl")
    ours = [block for folder in args.documents for block in document_blocks(folder)]
    ours = [block for block in ours if not any(word in block.group for word in args.held_out)]
    blocks = [*statutes, *ours]
    made = structure_pairs(blocks, args.seed)
    pairs = [
        *judged_pairs(args.judged),
        *sampled(made, frozenset(block.passage for block in ours), SAMPLE, args.seed),
    ]
    print(json.dumps(write_folder(args.out, blocks, pairs)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
