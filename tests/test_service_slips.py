"""Slips of the keyboard: the answer is that of the question as it was meant, and says how it was read."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.answer_fakes import library_of

RULES = """机关党费管理办法
第一条 为了管好机关党费，制定本办法。
第二条 党费的用途有：培训党员、订阅报刊、表彰先进、补助生活困难党员。
第三条 党员应当按月交纳党费，由党小组长代收。
"""
MEANT = "党费有哪些用途？"


@pytest.mark.parametrize(
    ("question", "notes"),
    [
        (MEANT, ()),
        ("党费有那些用途？", (f"按“{MEANT}”理解。",)),
        ("党废有哪些用途？", ("“党废”资料里没有，按“党费”理解。",)),
        ("党废有那些用途？", ("按“党废有哪些用途？”理解。", "“党废”资料里没有，按“党费”理解。")),
        (
            "机关党费管理办法第三调怎么说？",
            ("按“机关党费管理办法第三条怎么说？”理解。",),
        ),
    ],
)
def test_the_answer_says_how_the_question_was_read(
    tmp_path: Path, question: str, notes: tuple[str, ...]
) -> None:
    file = tmp_path / "a.txt"
    file.write_text(RULES, "utf-8")
    with library_of(file) as assistant:
        answer = assistant.ask(question)
    assert answer.notes == notes
    assert answer.claims[0].text.startswith("第三条" if "第三" in question else "第二条")
    assert answer.question == question
