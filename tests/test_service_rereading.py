"""The first units read again: their order, their scores, and what is said of the best of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ingest.types import Passage, Span
from retriever.analyzer import Analyzer
from retriever.types import Hit
from service.answering.question import leaning, understand
from service.answering.reach import Read
from service.answering.rereading import read_again
from service.answering.units import Unit

QUESTION = understand("党费怎么交", Analyzer())


def unit(number: int, score: float) -> Unit:
    text = f"第{number}句。"
    passage = Passage(f"p{number}", "d", Span(0, len(text)), text)
    return Unit(Hit(passage, 0.5), Span(0, len(text)), text, 0.5, 0.5, score)


UNITS = [unit(number, 2 - number / 10) for number in range(14)]


def reader(said: dict[str, float], most: int = 100) -> tuple[list[str], Read]:
    asked: list[str] = []

    def read(question: str, sentences: Sequence[tuple[Passage, str]]) -> list[float]:
        assert question == QUESTION.text
        asked.extend(text for _, text in sentences)
        return [said.get(text, 0.0) for _, text in sentences][:most]

    return asked, read


def test_what_answers_comes_first_and_scores_are_dealt_out_anew() -> None:
    asked, read = reader({"第4句。": 0.3, "第0句。": -0.1})
    units, told = read_again(QUESTION, UNITS, read)
    assert units[0].text == "第4句。"
    assert [one.score for one in units] == [one.score for one in UNITS]
    assert sorted(one.text for one in units) == sorted(one.text for one in UNITS)
    assert told == 0.3
    assert asked == [one.text for one in UNITS[:10]]


def test_only_what_was_read_moves() -> None:
    units, told = read_again(QUESTION, UNITS, reader({"第5句。": 9.0, "第1句。": 0.05}, most=3)[1])
    assert [one.text for one in units[:3]] == ["第1句。", "第0句。", "第2句。"]
    assert units[3:] == UNITS[3:]
    assert told == 0.05


def test_headings_that_share_words_with_the_question_tell_like_sentences_apart() -> None:
    told = [*UNITS[:2], replace(UNITS[2], heading_coverage=0.5)]
    assert [one.text for one in read_again(QUESTION, told, reader({})[1])[0]] == [
        "第2句。",
        "第0句。",
        "第1句。",
    ]
    said = reader({"第0句。": 0.1})[1]
    assert read_again(QUESTION, told, said)[0][0].text == "第0句。"


def test_without_a_reading_everything_stays() -> None:
    assert read_again(QUESTION, UNITS, lambda question, sentences: []) == (UNITS, None)
    assert read_again(QUESTION, [], lambda question, sentences: []) == ([], None)


def test_reading_orders_what_answers_a_follow_up_but_is_no_evidence_for_it() -> None:
    asked, read = reader({"第4句。": 0.3})
    follow_up = leaning(QUESTION, understand("怎么交", Analyzer()), [])
    units, told = read_again(follow_up, UNITS, read)
    assert [one.text for one in units[:2]] == ["第4句。", "第0句。"]
    assert told is None
    assert len(asked) == 10


def test_equal_sums_stay_in_order() -> None:
    same = [replace(one, score=1.0) for one in UNITS]
    again, _ = read_again(QUESTION, same, reader({})[1])
    assert [replace(one, read=None) for one in again] == same
