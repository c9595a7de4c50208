"""Refusal: the set with answers taken away, and what is computed from evidence and loss."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.abstention import make, write
from eval.datasets import CorpusDocument, Dataset, GoldSpan
from eval.errors import ConfigurationError
from eval.questions import read_questions
from eval.refusal import (
    Outcome,
    aurc,
    best_aurc,
    calibration_error,
    refusal_measures,
    reliability,
    risk_coverage,
    threshold_table,
)
from ingest.types import Span

OUTCOMES = st.lists(
    st.builds(
        Outcome,
        st.booleans(),
        st.booleans(),
        st.floats(0, 1).map(lambda value: round(value, 3)),
        st.sampled_from([0.0, 0.5, 1.0]),
    ),
    min_size=1,
    max_size=30,
)


def dataset(documents: int = 20, same_title: bool = False) -> Dataset:
    corpus = tuple(
        CorpusDocument(f"d{n}", "同名" if same_title else f"题{n}", f"第{n}份文档，答案是{n}号。")
        for n in range(documents)
    )
    queries = {f"q{n}": f"第{n}份的答案是什么？" for n in range(documents)}
    qrels = {f"q{n}": {f"d{n}": 1} for n in range(documents)}
    answers = {f"q{n}": (GoldSpan(f"d{n}", Span(7, 9), f"{n}号"),) for n in range(documents)}
    return Dataset("toy", "test", corpus, queries, qrels, answers)


def test_half_of_the_documents_leave_and_their_questions_lose_their_answer() -> None:
    made = make(dataset(), seed=1)
    assert len(made.removed) == 10
    assert {d.id for d in made.documents}.isdisjoint(made.removed)
    assert sum(q.answerable for q in made.questions) == 10
    for question in made.questions:
        gone = f"d{question.id[1:]}" in made.removed
        assert question.answerable is not gone
        assert bool(question.gold) is not gone
        assert ("removed" in question.tags) is gone


def test_the_same_seed_gives_the_same_set_and_another_another() -> None:
    assert make(dataset(), seed=3) == make(dataset(), seed=3)
    assert make(dataset(), seed=3).removed != make(dataset(), seed=4).removed


def test_a_limit_keeps_the_same_questions_for_any_seed() -> None:
    ids = [{q.id for q in make(dataset(), seed=seed, limit=6).questions} for seed in (1, 2)]
    assert ids[0] == ids[1]
    assert len(ids[0]) == 6


def test_documents_of_one_title_on_both_sides_are_not_asked_about() -> None:
    assert make(dataset(same_title=True)).questions == ()


def test_a_set_without_answers_is_refused() -> None:
    bare = Dataset("toy", "test", (), {}, {}, {})
    with pytest.raises(ConfigurationError, match=r"answers\.jsonl"):
        make(bare)


def test_the_set_is_written_as_questions_and_documents(tmp_path: Path) -> None:
    source = tmp_path / "toy"
    (source / "qrels").mkdir(parents=True)
    data = dataset(6)
    rows = [{"_id": d.id, "title": d.title, "text": d.text} for d in data.corpus]
    (source / "corpus.jsonl").write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in rows), "utf-8")
    queries = [{"_id": i, "text": t} for i, t in data.queries.items()]
    (source / "queries.jsonl").write_text(
        "\n".join(json.dumps(r, ensure_ascii=False) for r in queries), "utf-8"
    )
    spans = [
        {"query_id": q, "doc_id": s[0].document, "answers": [{"text": s[0].text, "start": s[0].span.start}]}
        for q, s in data.answers.items()
    ]
    (source / "answers.jsonl").write_text(
        "\n".join(json.dumps(r, ensure_ascii=False) for r in spans), "utf-8"
    )
    lines = ["query-id\tcorpus-id\tscore", *(f"q{n}\td{n}\t1" for n in range(6))]
    (source / "qrels" / "test.tsv").write_text("\n".join(lines), "utf-8")
    made = write(tmp_path / "out", source)
    assert read_questions(tmp_path / "out" / "questions.jsonl") == made.questions
    names = {path.stem for path in (tmp_path / "out" / "documents").iterdir()}
    assert names == {d.id for d in made.documents}


def test_refusal_measures_on_a_golden_case() -> None:
    outcomes = [
        Outcome(False, True, 0.1, 1.0),
        Outcome(False, False, 0.9, 1.0),
        Outcome(True, True, 0.2, 0.0),
        Outcome(True, False, 0.8, 0.0),
        Outcome(True, False, 0.7, 0.0),
    ]
    measures = {name: value.value for name, value in refusal_measures(outcomes).items()}
    assert measures["refusal_precision"] == 0.5
    assert measures["refusal_recall"] == 0.5
    assert measures["refusal_f1"] == 0.5
    assert measures["false_answers"] == 0.5
    assert measures["false_refusals"] == pytest.approx(1 / 3)


def test_without_unanswerable_questions_only_false_refusals_are_left() -> None:
    assert set(refusal_measures([Outcome(True, False, 0.8, 0.0)])) == {"false_refusals"}
    assert refusal_measures([]) == {}


def test_risk_coverage_on_a_golden_case() -> None:
    outcomes = [Outcome(True, False, e, loss) for e, loss in ((0.9, 0), (0.8, 1), (0.8, 0), (0.1, 1))]
    assert risk_coverage(outcomes) == [[0.25, 0.0, 0.9], [0.75, pytest.approx(1 / 3), 0.8], [1.0, 0.5, 0.1]]
    # Worst order among equals: losses 0, 1, 0, 1 → risks 0, 1/2, 1/3, 1/2.
    assert aurc(outcomes).value == pytest.approx((0 + 1 / 2 + 1 / 3 + 1 / 2) / 4)
    assert best_aurc(outcomes) == pytest.approx((0 + 0 + 1 / 3 + 1 / 2) / 4)


@given(OUTCOMES)
def test_no_order_is_better_than_the_best_and_coverage_ends_at_one(outcomes: list[Outcome]) -> None:
    assert best_aurc(outcomes) <= aurc(outcomes).value + 1e-9
    points = risk_coverage(outcomes)
    assert points[-1][0] == 1.0
    assert [p[0] for p in points] == sorted(p[0] for p in points)
    assert [p[2] for p in points] == sorted((p[2] for p in points), reverse=True)


@given(OUTCOMES)
def test_a_higher_threshold_refuses_more(outcomes: list[Outcome]) -> None:
    rows = threshold_table(outcomes)
    assert [r[1] for r in rows] == sorted(r[1] for r in rows)
    assert [r[2] for r in rows] == sorted((r[2] for r in rows), reverse=True)
    assert all(0 <= value <= 1 for row in rows for value in row)


@given(OUTCOMES)
def test_reliability_holds_every_question(outcomes: list[Outcome]) -> None:
    assert sum(row[2] for row in reliability(outcomes)) == len(outcomes)
    error = calibration_error(outcomes).value
    by_hand = sum(abs(mean - right) * count for mean, right, count in reliability(outcomes)) / len(outcomes)
    assert error == pytest.approx(by_hand)
