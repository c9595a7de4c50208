"""The mean of the values of several runs, each begun with what came before ("model soup": Wortsman et al. 2022).

    python -m retriever.training.reader_mean RUN/reranker.npz … --out retriever/training/reader.npz

Corrections are products of two factors, and the factors are averaged: right only for runs that lie close together, as runs do of
which one began with the other. Whether the mean is better than its parts has to be measured.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from retriever.training.encoder import Tuned, read_tuned, write_tuned


def mean(runs: Sequence[Tuned]) -> Tuned:
    """The mean value by value. Raises ValueError where the runs have not the same values."""
    shapes = [{name: value.shape for name, value in run.items()} for run in runs]
    if not runs or any(other != shapes[0] for other in shapes[1:]):
        raise ValueError("the runs are not of the same shape")
    return {name: np.mean([run[name] for run in runs], axis=0, dtype=np.float32) for name in runs[0]}


def main(argv: Sequence[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="reader_mean", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("values", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args(argv)
    write_tuned(args.out, mean([read_tuned(path) for path in args.values]))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
