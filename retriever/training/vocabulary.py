"""Which of the 250,002 pieces stay, and the tokenizer made of them.

A text whose best segmentation in the full vocabulary uses only kept pieces is segmented the same by the
cut one: its path keeps its score and every rival path was a rival before. The unknown score stays the
same too, because it is derived from the lowest score (min - 10) and that piece is kept.
"""

from __future__ import annotations

import gzip
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
PREFIXES = ("query: ", "passage: ")
SPACE = "▁"
_HAN = re.compile("[㐀-䶿一-鿿豈-\ufaff\U00020000-\U0003ffff]")
_LETTER = re.compile(r"[^\W\d_]")


def charsmap() -> bytes:
    """SentencePiece's compiled `nmt_nfkc` rules, which XLM-R was trained with.

    Taken from the normaliser of a throwaway model, as the library has no other door to them.
    """
    import sentencepiece
    from sentencepiece import sentencepiece_model_pb2 as schema

    buffer = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(["a b c d e f g h"] * 50), model_writer=buffer, model_type="char",
        vocab_size=12, normalization_rule_name="nmt_nfkc", minloglevel=2,
    )  # fmt: skip
    model = schema.ModelProto()
    model.ParseFromString(buffer.getvalue())
    return bytes(model.normalizer_spec.precompiled_charsmap)


def normalizer(rules: bytes) -> normalizers.Normalizer:
    """nmt_nfkc, then no outer and no doubled spaces.

    U+200D became a space in the rules XLM-R was trained with and stays itself in today's; NUL is ours.
    """
    return normalizers.Sequence([
        normalizers.Replace(Regex("[\\x{0}\\x{200D}]"), " "), normalizers.Precompiled(rules),
        normalizers.Strip(), normalizers.Replace(Regex(" {2,}"), " "),
    ])  # fmt: skip


def normalisation_differences(rules: bytes, expected: dict[int, str]) -> list[int]:
    """Code points that our normaliser treats differently from the map stored with the weights."""
    spaceless = normalizers.Sequence([
        normalizers.Replace(Regex("\\x{200D}"), " "), normalizers.Precompiled(rules),
    ])  # fmt: skip
    codes = [c for c in range(1, 0x110000) if not 0xD800 <= c < 0xE000]
    return [c for c in codes if spaceless.normalize_str(chr(c)) != expected.get(c, chr(c))]


def make_tokenizer(pieces: Sequence[str], scores: Sequence[float], rules: bytes) -> Tokenizer:
    """A Unigram tokenizer (Kudo 2018) that writes `<s> … </s>`; ids are positions in `pieces`."""
    if tuple(pieces[: len(SPECIAL)]) != SPECIAL:
        raise ValueError(f"the first pieces must be {SPECIAL}")
    tokenizer = Tokenizer(models.Unigram(list(zip(pieces, scores, strict=True)), SPECIAL.index("<unk>")))
    tokenizer.normalizer = normalizer(rules)
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(SPACE, prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    tokenizer.add_special_tokens(list(SPECIAL))
    return tokenizer


def collect_used(tokenizer: Tokenizer, texts: Iterable[str]) -> set[int]:
    """Ids of every piece that the full tokenizer uses on the texts, bare and behind each prefix."""
    used: set[int] = set()
    for text in texts:
        for prefix in ("", *PREFIXES):
            used.update(tokenizer.encode(prefix + text).ids)
    return used


def choose(pieces: Sequence[str], scores: NDArray[np.float32], used: set[int], limit: int) -> list[int]:
    """Old ids to keep, ascending: what was used, all Han, all single characters and all letterless pieces,
    then Latin pieces from the most likely down until there are `limit`."""
    keep = used | set(range(len(SPECIAL)))
    for number, piece in enumerate(pieces):
        word = piece.lstrip(SPACE)
        plain = all(ord(c) < 0x0250 or 0x2000 <= ord(c) < 0x3040 or ord(c) >= 0xFF00 for c in word)
        if _HAN.search(word) or len(word) <= 1 or (plain and not _LETTER.search(word)):
            keep.add(number)
    keep.discard(len(pieces) - 1 if pieces[-1] == "<mask>" else -1)
    latin = [n for n in np.argsort(-scores, kind="stable").tolist() if pieces[n].lstrip(SPACE).isascii()]
    for number in latin:
        if len(keep) >= limit:
            break
        if pieces[number] != "<mask>":
            keep.add(number)
    return sorted(keep)


def write_kept(path: Path, pieces: Iterable[str]) -> None:
    """One piece per line, gzip, the same bytes for the same pieces."""
    with path.open("wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as packed:
        packed.write("\n".join(pieces).encode("utf-8"))


def read_kept(path: Path) -> list[str]:
    """The pieces of `write_kept`, in order."""
    return gzip.decompress(path.read_bytes()).decode("utf-8").split("\n")


def texts_below(folders: Iterable[Path]) -> Iterator[str]:
    """Every line of *.txt, and `title` and `text` of every row of *.jsonl, in name order."""
    for folder in folders:
        for path in sorted(p for p in folder.rglob("*") if p.suffix in {".txt", ".jsonl"}):
            for line in path.read_text("utf-8").splitlines():
                if path.suffix == ".txt":
                    yield line
                    continue
                row = json.loads(line)
                yield from (row[key] for key in ("title", "text") if isinstance(row.get(key), str))
