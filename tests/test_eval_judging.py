"""Judging: by document and words, with ALCE's citation measures carried over to extracts."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.judging import Excerpt, found, measures_of, named, share, shown, support, verbatim
from eval.questions import bare
from eval.types import GoldGroup, GoldQuote
from ingest.metadata import Metadata
from ingest.types import Document, Span
from service.types import Answer, Citation, Claim, Kind, Status

TEXT = "第一条 党支部每月开展1次主题党日。第二条 党员每年学习32学时。第三条 党費按0.5％交納。"
ORIGINS = {"d1": "corpus:规定.txt", "d2": "/some/where/旧规定.txt"}


def group(*quotes: tuple[str, str]) -> GoldGroup:
    return GoldGroup(tuple(GoldQuote(document, quote) for document, quote in quotes))


def document(identifier: str = "d1", text: str = TEXT) -> Document:
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Document(
        id=identifier,
        origin=ORIGINS[identifier],
        text=text,
        sha256=digest,
        text_sha256=digest,
        encoding="utf-8",
        metadata=Metadata(title="规定"),
        sections=(),
        edits=(),
    )


def cite(number: int, quote: str, identifier: str = "d1") -> Citation:
    start = TEXT.index(quote)
    span = Span(start, start + len(quote))
    return Citation(number, identifier, "规定", "", quote, span, span, "", "", 0.9, "")


def answer(claims: list[Claim], citations: list[Citation], status: Status = Status.ANSWERED) -> Answer:
    return Answer("问", status, Kind.FACT, "", tuple(claims), tuple(citations), 0.8)


MONTHLY, HOURS = "党支部每月开展1次主题党日。", "党员每年学习32学时。"


@pytest.mark.parametrize(
    ("origin", "name", "same"),
    [
        ("corpus:规定.txt", "规定.txt", True),
        ("corpus:规定.txt", "规定", True),
        ("/a/b/规定.txt", "规定", True),
        ("C:\\a\\规定.txt", "规定.txt", True),
        ("/a/b/旧规定.txt", "规定", False),
        ("/a/规定/第二.txt", "规定", False),
    ],
)
def test_a_document_is_named_by_its_file(origin: str, name: str, same: bool) -> None:
    assert named(origin, name) is same


def test_found_ignores_script_width_and_punctuation() -> None:
    excerpts = [Excerpt("corpus:规定.txt", "第三条　黨費，按 0.5% 交納")]
    assert found([group(("规定", "党费按0.5％交纳"))], excerpts) == (True,)
    assert found([group(("规定", "党费按5％交纳"))], excerpts) == (False,)


def test_found_asks_for_the_right_document() -> None:
    excerpts = [Excerpt("/x/旧规定.txt", MONTHLY)]
    assert found([group(("规定", "每月开展1次"))], excerpts) == (False,)
    assert found([group(("规定", "每月开展1次"), ("旧规定", "每月开展1次"))], excerpts) == (True,)


def test_a_quote_is_not_put_together_from_two_excerpts() -> None:
    excerpts = [Excerpt("规定.txt", "党支部每月"), Excerpt("规定.txt", "开展1次主题党日")]
    assert found([group(("规定", MONTHLY))], excerpts) == (False,)


def test_a_further_source_is_not_shown_until_it_is_opened() -> None:
    given_answer = answer([Claim(MONTHLY, True, (1, 2))], [cite(1, MONTHLY), cite(2, HOURS)])
    assert [e.text for e in shown(given_answer.claims, given_answer, ORIGINS.__getitem__)] == [MONTHLY]


def test_citation_recall_and_precision_of_extracts() -> None:
    origin = ORIGINS.__getitem__
    alone = answer([Claim(MONTHLY, True, (1,))], [cite(1, MONTHLY)])
    assert (support(alone, (), origin).recall, support(alone, (), origin).precision) == (1.0, 1.0)
    joined = answer([Claim(MONTHLY + HOURS, True, (1, 2))], [cite(1, MONTHLY), cite(2, HOURS)])
    assert (support(joined, (), origin).recall, support(joined, (), origin).precision) == (1.0, 1.0)
    idle = answer([Claim(MONTHLY, True, (1, 2))], [cite(1, MONTHLY), cite(2, HOURS)])
    assert support(idle, (), origin).precision == 0.5
    assert support(idle, [group(("规定", "32学时"))], origin).precision == 1.0
    unsupported = answer([Claim("党支部每周开会。", True, (1,))], [cite(1, MONTHLY)])
    assert (support(unsupported, (), origin).recall, support(unsupported, (), origin).precision) == (0.0, 0.0)


def test_verbatim_is_looked_up_anew() -> None:
    good = answer([Claim(MONTHLY, True, (1,))], [cite(1, MONTHLY)])
    look: Callable[[str], Document] = document
    assert verbatim(good, look) == 1.0
    shifted = replace(good.citations[0], span=Span(0, len(MONTHLY)))
    assert verbatim(answer(list(good.claims), [shifted]), look) == 0.5
    assert verbatim(answer([Claim("党支部每月开会。", True, (1,))], [cite(1, MONTHLY)]), look) == 0.5
    assert verbatim(answer([Claim(MONTHLY + "完", True, (1,))], [cite(1, MONTHLY)]), look) == 0.5
    assert verbatim(answer([], [], Status.NOT_FOUND), look) == 1.0


def judge(given_answer: Answer, kind: str, groups: list[GoldGroup]) -> dict[str, float]:
    passages = [Excerpt("规定.txt", HOURS), Excerpt("规定.txt", MONTHLY)]
    return measures_of(given_answer, kind, groups, passages, ORIGINS.__getitem__, document)


def test_measures_of_an_answer() -> None:
    given_answer = answer(
        [Claim(HOURS, True, (1,)), Claim(MONTHLY, True, (2,))], [cite(1, HOURS), cite(2, MONTHLY)]
    )
    groups = [group(("规定", "每月开展1次")), group(("规定", "没有的话"))]
    measures = judge(given_answer, "list", groups)
    assert measures["quoted_share"] == measures["list_share"] == 0.5
    assert measures["quoted_all"] == measures["list_complete"] == 0.0
    assert measures["quoted_any"] == 1.0
    assert measures["first_claim"] == 0.0
    assert measures["claims_with_gold"] == 0.5
    assert (measures["passages@1"], measures["passages@3"]) == (0.0, 0.5)
    assert measures["characters"] == len(HOURS) + len(MONTHLY)
    assert "refused" not in measures


def test_a_refusal_counts_as_nothing_quoted() -> None:
    measures = judge(answer([], [], Status.NOT_FOUND), "fact", [group(("规定", "32学时"))])
    assert measures["answered"] == measures["quoted_share"] == measures["first_claim"] == 0.0
    assert "citation_recall" not in measures
    assert "characters" not in measures


def test_a_question_without_gold_is_about_refusal_alone() -> None:
    measures = judge(answer([], [], Status.NOT_FOUND), "fact", [])
    assert measures == {"refused": 1.0, "verbatim": 1.0}


def test_share_of_nothing_is_nothing() -> None:
    assert share([]) == 0.0


@given(st.integers(0, len(TEXT) - 1), st.integers(1, 20))
def test_every_part_of_an_excerpt_is_found_in_it(start: int, length: int) -> None:
    quote = TEXT[start : start + length]
    if bare(quote) and bare(quote) in bare(TEXT):
        assert found([group(("规定", quote))], [Excerpt("规定.txt", TEXT)]) == (True,)
