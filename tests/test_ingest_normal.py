"""The normal form and its map."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.normal import normal_form, normalise, simplify

TEXT = st.text(alphabet=st.characters(), max_size=60)
CHINESE = st.text(alphabet="党黨机關关D建員员ABCａ，。 　\n“”㈱ﷺİé\u0301\u200b𠮷", max_size=40)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("機關黨支部", "机关党支部"),
        ("ＡＢＣ１２３", "abc123"),
        ("㈱…", "(株)..."),
        ("一  \u3000\n二", "一 二"),
        ("机关D建高质量", "机关党建高质量"),
        ("机关Ｄ建", "机关党建"),
        ("入D员、D支部、D课", "入党员、党支部、党课"),
        ("3D建模与3d打印", "3d建模与3d打印"),
        ("维生素D建议", "维生素d建议"),
        ("GDP、APP", "gdp、app"),
        ("党\u200b建\ufeff", "党建"),
        ("e\u0301", "é"),
    ],
)
def test_forms(text: str, normal: str) -> None:
    assert normal_form(text) == normal


@given(TEXT | CHINESE)
def test_every_character_maps_into_the_text_in_order(text: str) -> None:
    normal = normalise(text)
    assert len(normal.starts) == len(normal.ends) == len(normal.text)
    previous = 0
    for start, end in zip(normal.starts, normal.ends, strict=True):
        assert previous <= start < end <= len(text)
        previous = start


@given(CHINESE)
def test_what_the_map_covers_has_the_same_normal_form(text: str) -> None:
    normal = normalise(text)
    assert normal_form(normal.span(0, len(normal.text)).of(text)) == normal.text


@given(TEXT)
def test_a_second_pass_changes_nothing_but_spaces(text: str) -> None:
    once = normal_form(text)
    assert normal_form(once).replace(" ", "") == once.replace(" ", "")


@given(TEXT)
def test_simplifying_keeps_the_length(text: str) -> None:
    assert len(simplify(text)) == len(text)


def test_every_han_character_keeps_its_length() -> None:
    chars = [chr(c) for c in range(0x3400, 0x30000) if unicodedata.category(chr(c)) == "Lo"]
    assert all(len(simplify(char)) == 1 for char in chars)


def test_ranges_outside_are_refused() -> None:
    with pytest.raises(ValueError, match="not a range"):
        normalise("党建").span(1, 3)


def test_long_hostile_text_is_linear_enough() -> None:
    assert len(normal_form("ﷺ" * 5000)) > 5000
    assert normal_form("a" + "\u0301" * 5000).startswith("á")
