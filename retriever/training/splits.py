"""Which questions of a BEIR folder train, which choose, and which are only looked at in the end.

    python -m retriever.training.splits DATA/stard_law OUT

writes a BEIR folder with `qrels/train.tsv`, `dev.tsv` and `heldout.tsv`. A question's part follows from its id
alone: h = int(sha256(id), 16); odd h is held back for good; of the others, h // 2 divisible by 5 is dev.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
from collections.abc import Sequence
from pathlib import Path

PARTS = ("train", "dev", "heldout")


def part_of(query_id: str) -> str:
    """The part of a question: `train`, `dev` or `heldout`."""
    number = int(hashlib.sha256(query_id.encode()).hexdigest(), 16)
    if number % 2:
        return "heldout"
    return "train" if number // 2 % 5 else "dev"


def write_split(data: Path, out: Path) -> None:
    """Write the folder `out` with the corpus and questions of `data` and one file of judgements a part."""
    (out / "qrels").mkdir(parents=True, exist_ok=True)
    for name in ("corpus.jsonl", "queries.jsonl"):
        shutil.copyfile(data / name, out / name)
    header, *lines = (data / "qrels" / "test.tsv").read_text("utf-8").splitlines()
    for part in PARTS:
        kept = [line for line in lines if part_of(line.split("\t")[0]) == part]
        (out / "qrels" / f"{part}.tsv").write_text("\n".join([header, *kept]) + "\n", "utf-8")


def main(argv: Sequence[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="splits", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    args = parser.parse_args(argv)
    write_split(args.data, args.out)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
