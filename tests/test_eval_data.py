"""The questions in the box: well-formed, their gold in the documents, as many as the data card says."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from eval.judging import Excerpt, found
from eval.questions import bare, document_key, question_split, read_questions
from eval.types import Question
from ingest.pipeline import ingest_paths
from service.assistant import Assistant

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "eval" / "data"
UNSEEN = {f"u{n}": name for n, name in enumerate(("county", "rules", "services", "procedures", "reports"), 1)}
"""The sets over documents written to be unknown: the beginning of the ids, and the folder of `unseen`."""
SETS = ("corpus", "regulations", "unseen")
TAGS = {
    "followup",
    "keyword",
    "near_miss",
    "out_of_domain",
    "paraphrase",
    "seen",
    "traditional",
    "typo",
    "verbose",
    "version",
}
REGULATIONS = ROOT.parent / "shared" / "data" / "regulations" / "text"


def questions(name: str) -> tuple[Question, ...]:
    if name == "unseen":
        return tuple(question for folder in UNSEEN.values() for question in of_unseen(folder))
    return read_questions(DATA / f"{name}.jsonl")


def of_unseen(folder: str) -> tuple[Question, ...]:
    return read_questions(DATA / "unseen" / folder / "questions.jsonl")


ALL = [question for name in SETS for question in questions(name)]


def counts(chosen: list[Question]) -> dict[str, int]:
    """What the data card counts, by its row names."""
    table = Counter({"questions": len(chosen)})
    for question in chosen:
        table[question_split(question)] += 1
        table["answerable" if question.answerable else "unanswerable"] += 1
        if question.answerable:
            table[f"kind {question.kind}"] += 1
        table.update(f"tag {tag}" for tag in question.tags)
        table["several groups"] += len(question.gold) > 1
    return dict(table)


def card_rows() -> str:
    """The table of the data card: one row a count, one column a set, then all."""
    columns = [counts(list(questions(name))) for name in SETS] + [counts(ALL)]
    names = [
        "questions",
        "dev",
        "test",
        "answerable",
        "unanswerable",
        "several groups",
        *sorted(name for name in columns[-1] if name.startswith("kind ")),
        *sorted(name for name in columns[-1] if name.startswith("tag ")),
    ]
    return "\n".join(
        f"| {name} | " + " | ".join(str(column.get(name, 0)) for column in columns) + " |" for name in names
    )


def test_the_data_card_counts_what_is_there() -> None:
    assert card_rows() in (DATA / "README.md").read_text("utf-8")


def test_there_is_enough_of_everything() -> None:
    table = counts(ALL)
    assert table["questions"] >= 300
    assert table["tag near_miss"] >= 60
    assert table["tag followup"] >= 40
    assert sum(table[f"kind {kind}"] for kind in ("timeline", "compare", "list")) >= 40
    assert min(table["dev"], table["test"]) >= 120


def test_ids_are_unique_across_sets_and_name_their_set() -> None:
    ids = [question.id for question in ALL]
    assert len(set(ids)) == len(ids)
    for name, letter in (("corpus", "c2?"), ("regulations", "r2?"), ("unseen", "u[1-5]")):
        assert all(re.fullmatch(rf"{letter}-\d{{3}}", question.id) for question in questions(name))
    for beginning, folder in UNSEEN.items():
        assert all(question.id.startswith(beginning) for question in of_unseen(folder))


def test_no_question_is_asked_twice() -> None:
    asked = Counter((bare(q.question), tuple(map(bare, q.turns))) for q in ALL)
    assert [text for text, times in asked.items() if times > 1] == []


@pytest.mark.parametrize("question", ALL, ids=lambda q: q.id)
def test_tags_agree_with_the_rest_of_the_row(question: Question) -> None:
    assert question.tags <= TAGS
    assert ("followup" in question.tags) is bool(question.turns)
    assert bool(question.tags & {"near_miss", "out_of_domain"}) is not question.answerable
    quotes = [span for group in question.gold for span in group.any]
    assert all(len(bare(span.quote)) >= 2 for span in quotes)
    assert all(len(set(group.any)) == len(group.any) for group in question.gold)


def missing(texts: dict[str, str], chosen: tuple[Question, ...]) -> list[str]:
    """The gold quotes that do not stand in their document."""
    excerpts = {name: Excerpt(name, text) for name, text in texts.items()}
    lost = []
    for question in chosen:
        for group in question.gold:
            for span in group.any:
                excerpt = excerpts.get(document_key(span.document))
                single = type(group)((span,))
                if excerpt is None or found([single], [excerpt]) != (True,):
                    lost.append(f"{question.id}: {span.document}: {span.quote}")
    return lost


def test_gold_over_the_corpus_stands_in_the_stored_text(assistant: Assistant) -> None:
    texts = {document_key(r.origin): assistant.document(r.id).text for r in assistant.documents()}
    assert missing(texts, questions("corpus")) == []


def test_gold_over_the_regulations_stands_in_the_stored_text(tmp_path: Path) -> None:
    if not REGULATIONS.is_dir():
        pytest.skip("the regulations are not on this machine (../shared/data/regulations/text)")
    from ingest.library import Library

    with Library.create(tmp_path / "library.sqlite3") as library:
        ingest_paths(library, [REGULATIONS])
        texts = {document_key(r.origin): library.document(r.id).text for r in library.records()}
    assert missing(texts, questions("regulations")) == []


@pytest.mark.parametrize("folder", UNSEEN.values())
def test_gold_over_the_documents_of_its_folder_stands_in_their_text(folder: str) -> None:
    files = (DATA / "unseen" / folder / "documents").iterdir()
    texts = {document_key(file.name): file.read_text("utf-8") for file in files}
    assert len(texts) == 4
    assert missing(texts, of_unseen(folder)) == []


def test_splits_hold_every_kind() -> None:
    for split in ("dev", "test"):
        kinds = {q.kind for q in ALL if question_split(q) == split and q.answerable}
        assert kinds == {q.kind for q in ALL if q.answerable}
