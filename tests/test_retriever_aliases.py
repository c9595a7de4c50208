"""Short names written out where the documents know only the full ones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retriever.aliases import aliases, in_full


def known(*names: str):  # type: ignore[no-untyped-def]
    """An ``occurs`` for documents that hold these strings."""
    return lambda words: any(words in name for name in names)


@pytest.mark.parametrize(
    ("question", "documents", "full"),
    [
        ("工信部怎么抓落实", ("工业和信息化部规划司党支部",), "工业和信息化部怎么抓落实"),
        ("工信部怎么抓落实", ("工信部印发通知",), "工信部怎么抓落实"),
        ("工信部怎么抓落实", ("别的资料",), "工信部怎么抓落实"),
        ("工业和信息化部怎么抓落实", ("工业和信息化部",), "工业和信息化部怎么抓落实"),
        ("国家发改委怎么做", ("国家发展改革委社会发展司",), "国家发展改革委怎么做"),
        ("党建怎么抓", (), "党建怎么抓"),
    ],
)
def test_written_out(question: str, documents: tuple[str, ...], full: str) -> None:
    assert in_full(question, known(*documents)) == full


def test_the_list_holds_no_name_that_is_its_own_full_name() -> None:
    assert aliases()
    assert all(short != full for short, full in aliases().items())


@given(st.text(max_size=40))
def test_without_documents_nothing_changes(question: str) -> None:
    assert in_full(question, lambda words: False) == question
