"""The variants of a question: what changes, what must not, and that they can be repeated."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.robustness import VARIANTS, typos, vary, width
from ingest.normal import normal_form

QUESTION = "江苏省级机关“四强”党支部3年来评了5354个，占17%吗？"
HAN = st.text(st.sampled_from("党员支部机关怎么管理第三条多少年，。“”？ab12"), min_size=1, max_size=60)


def test_plain_leaves_a_question_as_it_is() -> None:
    assert vary(QUESTION, "plain", "q1") == QUESTION


def test_an_unknown_variant_is_refused() -> None:
    with pytest.raises(KeyError):
        vary(QUESTION, "rhymed")


def test_traditional_has_the_same_normal_form() -> None:
    changed = vary(QUESTION, "traditional")
    assert "黨支部" in changed
    assert normal_form(changed) == normal_form(QUESTION)


def test_width_changes_both_ways() -> None:
    assert width("３个,5％？") == "3个，５%?"
    assert normal_form(width(QUESTION)) == normal_form(QUESTION)


def test_unquoted_drops_quotes_and_punctuation() -> None:
    assert vary("什么是“四强”党支部？", "unquoted") == "什么是四强党支部"


def test_typos_change_something_in_every_real_question() -> None:
    assert typos("如何加强党员教育管理？", "q1") != "如何加强党员教育管理？"


def test_typos_depend_on_the_key_alone() -> None:
    many = {typos(QUESTION, f"q{number}") for number in range(20)}
    assert len(many) > 10
    assert typos(QUESTION, "q1") == typos(QUESTION, "q1")


@given(HAN, st.text(max_size=5))
def test_typos_are_few_and_leave_numbers_alone(text: str, key: str) -> None:
    changed = typos(text, key)
    kept = re.compile("[0-9a-z三多少第]")
    assert kept.findall(changed) == kept.findall(text)
    marks = sum(not (char.isalnum()) for char in text)
    assert abs(len(changed) - len(text)) <= max(1, len(text) // 8) + marks


@given(HAN, st.sampled_from(VARIANTS))
def test_variants_can_be_repeated(text: str, variant: str) -> None:
    assert vary(text, variant, "k") == vary(text, variant, "k")
