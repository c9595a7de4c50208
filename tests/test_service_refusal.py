"""What a refusal says: the nearest titles, and which known regulation is missing from the library."""

from __future__ import annotations

from service.answering.refusal import refusal

ASKED = "入党积极分子至少要培养考察多长时间？"


def test_the_regulation_that_would_hold_it_is_named_with_its_date() -> None:
    text = refusal(ASKED, ["中国共产党章程"], ["中国共产党章程"])
    assert "《中国共产党发展党员工作细则》（2014年5月28日发布）" in text
    assert "请以正式文本为准" in text
    assert "内容较为接近的资料有《中国共产党章程》" in text


def test_what_the_library_has_in_whatever_version_is_not_called_missing() -> None:
    assert "发展党员工作细则" not in refusal(ASKED, [], ["发展党员工作细则（试行）"])


def test_a_question_about_something_else_gets_no_hint() -> None:
    text = refusal("红烧肉怎么做？", [], [])
    assert "《" not in text
    assert "换一种说法" in text
