"""Fitting the evidence score: the weights that made an example come back, thresholds mean what they say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from eval import fit_evidence
from eval.fit_evidence import Example, cross_validated, examples, shift, shifted, table
from eval.questions import read_questions
from service.answering import confidence
from service.answering.confidence import Signals, probability
from service.assistant import Assistant

DATA = Path(__file__).resolve().parent.parent / "eval" / "data" / "corpus.jsonl"
KIND = "with_vectors"
NAMES = confidence.names(KIND)


def made_up(count: int = 600) -> list[Example]:
    """Examples whose sort depends on similarity and words alone, with noise."""
    rng = np.random.default_rng(3)
    rows = []
    for number in range(count):
        likeness, similarity, score, words = rng.uniform(0, 1, 4)
        chance = 1 / (1 + np.exp(-(6 * similarity + 3 * words - 4.5)))
        sort = "good" if rng.uniform() < chance else "unanswerable"
        signals = Signals(likeness, similarity, score, words)
        rows.append(Example(str(number), sort, replace(signals, told=float(rng.normal())), signals))
    return rows


def test_the_signals_that_matter_get_the_weight() -> None:
    rows = made_up()
    weights = dict(zip((*NAMES, "bias"), fit_evidence.fit(*table(rows, KIND)), strict=True))
    assert weights["similarity"] > weights["words"] > 1
    assert abs(weights["likeness"]) < 1
    assert abs(weights["score"]) < 1
    high, low = Signals(0.5, 0.95, 0.5, 0.95), Signals(0.5, 0.05, 0.5, 0.05)
    assert probability(confidence.features(high), weights) > 0.9
    assert probability(confidence.features(low), weights) < 0.1


def test_half_refuses_the_share_of_right_answers_that_was_chosen() -> None:
    rows = made_up()
    chances = cross_validated(rows, KIND)
    moved = shifted(chances, shift(rows, chances))
    good = np.array([row.sort == "good" for row in rows])
    assert np.mean(moved[good] < 0.5) == pytest.approx(fit_evidence.FALSE_REFUSALS, abs=0.01)
    assert list(np.argsort(moved)) == list(np.argsort(chances))


def test_examples_of_a_question_share_their_fold_and_lose_their_gold(assistant: Assistant) -> None:
    questions = [q for q in read_questions(DATA, "dev") if not q.turns][:12]
    rows = list(examples(assistant, questions))
    folds: dict[str, set[int]] = {}
    for row in rows:
        folds.setdefault(row.id, set()).add(row.fold)
    assert all(len(of_one) == 1 for of_one in folds.values())
    both = {row.id for row in rows if row.sort == "good"} & {row.id for row in rows if row.sort == "removed"}
    by_sort = {(row.id, row.sort): row.signals for row in rows}
    assert both
    assert any(by_sort[name, "good"] != by_sort[name, "removed"] for name in both)


def test_the_evidence_fitted_is_what_an_answer_goes_by(assistant: Assistant) -> None:
    question = "党支部书记怎么选"
    evidence = assistant.evidence(question, 16)
    assert evidence == assistant.evidence("党之部书记怎么选", 16)  # slips are mended first, as in an answer
    ids = {hit.passage.id for hit in evidence}
    cited = {citation.document_id for citation in assistant.ask(question).citations}
    assert len(ids) == len(evidence)
    assert cited <= {hit.passage.document_id for hit in evidence}


def test_search_and_words_are_held_back_only_where_sentences_were_read() -> None:
    for kind, (_, read) in confidence.KINDS.items():
        held = {
            name
            for name, penalty in zip(confidence.names(kind), fit_evidence.penalties(kind), strict=True)
            if penalty > fit_evidence.PENALTY
        }
        assert held == (set(confidence.names(kind)) - {"met", "unmet", "told"} if read else set())
