"""Five thousand hostile strings through the shipped embedder: no crash, unit vectors, the same alone as in any batch."""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
import pytest

from retriever.embedders.onnx import OnnxEmbedder
from tests.test_retriever_embedders import check_unit

COUNT = 5000
ALONE = 100

_HAN = "党员支部大会发展程序纪律処処黨員幹部臺灣〇㐀䶵𠮷𪚥𰻞豈"
_SCRIPTS = (
    _HAN,
    "abcXYZéßİıſﬁ",
    "абвЖ",
    "مرحباﷺﷻ",
    "שלום",
    "हिन्दी",
    "ไทยกำ",
    "한국어ᄀᄁᇂ",
    "かなカナｶﾅ",
    "0१٣３⑨Ⅷ½",
)
_CONTROLS = "".join(map(chr, [*range(0x20), *range(0x7F, 0xA0)]))
_INVISIBLE = (
    "\u200b\u200c\u200d\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u00ad"
)
_BEYOND = "\ue000\uf8ff\ufdd0\uffff\U000e0041\U000f0000\U0010ffff\u0378"
_SPACES = " \t\r\n\v\f\x85\xa0\u1680\u2003\u3000"
_EMOJI = ("😀", "👨‍👩‍👧‍👦", "🇨🇳", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "👩🏽‍🚀", "❤️‍🔥", "#️⃣")
_MARKUP = (
    "</s>",
    "<s>",
    "<pad>",
    "<unk>",
    "<mask>",
    "▁",
    "query: ",
    "passage: ",
    "%s",
    "{}",
    "\\x00",
    "'\";--",
)
_LONG = (
    "ﷺ" * 5000,
    "中" * 100_000,
    "a" * 100_000,
    "党的建设 " * 20_000,
    " " * 100_000,
    "\ud800" * 100_000,
    "👨‍👩‍👧‍👦" * 5000,
    "e" + "\u0301" * 20_000,
    "\u202e" * 100_000,
    "1" * 100_000,
)
"""Each costs as much as fifty short strings, so there are few."""

Recipe = Callable[[random.Random, int], str]


def _of(alphabet: str) -> Recipe:
    return lambda chance, size: "".join(chance.choices(alphabet, k=size))


def _any_code_point(chance: random.Random, size: int) -> str:
    """Anything that a Python string can hold, lone surrogates too."""
    return "".join(chr(chance.randrange(0x110000)) for _ in range(size))


def _mixed(chance: random.Random, size: int) -> str:
    pools = (
        *_SCRIPTS,
        _CONTROLS,
        _INVISIBLE,
        _BEYOND,
        _SPACES,
        "\ud800\udbff\udc00\udfff",
        *_EMOJI,
        *_MARKUP,
    )
    return "".join(chance.choice(chance.choice(pools)) for _ in range(size))


def _joined(parts: tuple[str, ...]) -> Recipe:
    return lambda chance, size: "".join(chance.choices(parts, k=1 + size // 4))


def _run(chance: random.Random, size: int) -> str:
    return chance.choice(_HAN + _INVISIBLE + _BEYOND + "ﷺ😀\0\ud83d\u0301") * (size * 2)


def _spoilt(chance: random.Random, size: int) -> str:
    """A sensible question with something put into it."""
    text = "预备党员的预备期是多久？"
    at = chance.randrange(len(text) + 1)
    return text[:at] + _mixed(chance, 1 + size // 8) + text[at:]


_RECIPES: tuple[Recipe, ...] = (
    *map(_of, (_CONTROLS, _INVISIBLE, _BEYOND, _SPACES, "\ud800\udbff\udc00\udfff")),
    *map(_of, _SCRIPTS),
    *(_any_code_point, _mixed, _run, _spoilt, _joined(_EMOJI), _joined(_MARKUP)),
)


def hostile(count: int, seed: int = 0) -> list[str]:
    """Strings of every recipe in turn, the same for a seed; mostly short, the long ones in between."""
    chance = random.Random(seed)
    made = [_RECIPES[number % len(_RECIPES)](chance, chance.randrange(12)) for number in range(count)]
    for number, text in enumerate(_LONG):
        made[number * count // len(_LONG)] = text
    return made


@pytest.fixture(scope="module")
def model() -> OnnxEmbedder:
    return OnnxEmbedder(threads=1)


def test_hostile_strings_embed_alone_as_in_any_batch(model: OnnxEmbedder) -> None:
    texts = hostile(COUNT)
    assert len(texts) == COUNT
    assert {"", *_LONG} <= set(texts)
    vectors = np.concatenate(
        [model.embed_passages(texts[start : start + 256]) for start in range(0, COUNT, 256)]
    )
    check_unit(vectors, COUNT, model.dimension)
    chosen = random.Random(1).sample(range(COUNT), ALONE)
    shuffled = model.embed_passages([texts[number] for number in chosen])
    assert (shuffled == vectors[chosen]).all()
    for number in chosen:
        assert (model.embed_passages([texts[number]])[0] == vectors[number]).all(), repr(texts[number][:80])


def test_hostile_questions_embed(model: OnnxEmbedder) -> None:
    texts = hostile(ALONE, seed=1)
    vectors = model.embed_queries(texts)
    check_unit(vectors, ALONE, model.dimension)
    assert (model.embed_queries(texts[::-1])[::-1] == vectors).all()
