"""Questions mistyped for training."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from retriever.spelling import KEPT, sounding_alike
from retriever.training.reader_train import Reading, lists_of
from retriever.training.rerank_train import Example, Found
from retriever.training.slips import slipped

QUESTION = "全国党代会要提前开，得有多少个省级党组织提出来？"


def test_a_question_is_mistyped_in_every_way() -> None:
    found = [slipped(QUESTION, random.Random(seed)) for seed in range(60)]
    lengths = {len(question) - len(QUESTION) for question in found}
    assert {-1, 0, 1} <= lengths
    changed = {
        (old, new)
        for question in found
        if len(question) == len(QUESTION)
        for old, new in zip(QUESTION, question, strict=True)
        if old != new
    }
    assert not {new for _, new in changed} & KEPT
    assert sum(new in sounding_alike().get(old, ()) for old, new in changed) > 30


def test_the_same_chance_makes_the_same_slips() -> None:
    assert slipped(QUESTION, random.Random(4)) == slipped(QUESTION, random.Random(4)) != QUESTION


@given(st.text("党支部不没三十2A，？ ", max_size=30), st.integers(0, 9))
def test_numbers_negations_and_all_but_characters_stay(question: str, seed: int) -> None:
    kept = [char for char in question if char in KEPT or char in "2A，？ "]
    assert [
        char for char in slipped(question, random.Random(seed)) if char in KEPT or char in "2A，？ "
    ] == kept


def test_so_many_questions_of_the_reader_are_mistyped() -> None:
    found = tuple(Found(f"a#{number}", "题", f"第{number}句", 0.5) for number in range(4))
    sources = {"written": [Example("written-1", QUESTION, {"a#0": 1}, found)]}
    for share, least, most in ((0.0, 0, 0), (0.3, 8, 22), (1.0, 50, 50)):
        settings = Reading(questions=50, shares={"written": 1.0}, slips=share)
        mistyped = [row[0][0].query != QUESTION for row in lists_of(sources, settings, 1)]
        assert least <= sum(mistyped) <= most
