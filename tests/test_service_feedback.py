"""Feedback: one word for each turn, bounded, the owner's alone, and questions for evaluations made of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from eval.errors import DatasetError
from eval.questions import read_questions
from service import build
from service.api.app import create_app
from service.api.models import AnswerOut
from service.assistant import Assistant
from service.cli import app as cli
from service.errors import FeedbackError
from service.feedback import REASONS, Feedback, FeedbackStore, Gold, Rated, Thumb, gold_of
from service.feedback_export import REVIEW, question_rows
from service.settings import Settings
from service.types import Kind

ME, OTHER = {"X-Dangjian-Owner": "a" * 32}, {"X-Dangjian-Owner": "b" * 32}
QUESTION = "什么是“四强”党支部？"


@pytest.fixture
def home(tmp_path: Path, corpus_home: Path) -> Path:
    """A data folder of its own over the shared library and index."""
    for name in ("library.sqlite3", "index"):
        (tmp_path / name).symlink_to(corpus_home / name)
    return tmp_path


@pytest.fixture
def assistant_here(home: Path) -> Iterator[Assistant]:
    opened = build.open_assistant(Settings(home=home))
    yield opened
    opened.close()


@pytest.fixture
def client(assistant_here: Assistant) -> TestClient:
    return TestClient(create_app(assistant_here))


def asked(client: TestClient, conversation: str = "") -> dict[str, Any]:
    body = {"question": QUESTION, **({"conversation_id": conversation} if conversation else {})}
    answer: dict[str, Any] = client.post("/api/ask", json=body, headers=ME).json()
    assert answer["status"] == "answered"
    return answer


def thumb(client: TestClient, answer: dict[str, Any], **said: Any) -> Any:
    body = {"conversation_id": answer["conversation_id"], "turn": answer["turn"], **said}
    return client.post("/api/feedback", json=body, headers=ME)


def said_of(client: TestClient, conversation: str) -> list[dict[str, Any]]:
    found = client.get("/api/feedback", params={"conversation_id": conversation}, headers=ME).json()
    rows: list[dict[str, Any]] = found["feedback"]
    return rows


def exported(home: Path, out: Path, *options: str) -> list[dict[str, Any]]:
    done = CliRunner().invoke(cli, ["--home", str(home), "feedback", "export", str(out), *options])
    assert done.exit_code == 0, done.output
    return [json.loads(line) for line in out.read_text("utf-8").splitlines()]


def test_turns_are_numbered_and_a_change_of_mind_overwrites(client: TestClient) -> None:
    first = asked(client)
    second = asked(client, first["conversation_id"])
    assert (first["turn"], second["turn"]) == (1, 2)
    kept = client.get(f"/api/conversations/{first['conversation_id']}", headers=ME).json()["turns"]
    assert [turn["answer"]["turn"] for turn in kept] == [1, 2]

    assert thumb(client, second, verdict="down", reason="不完整", comment=" 缺了办法 ").status_code == 200
    assert thumb(client, second, verdict="up").status_code == 200
    assert said_of(client, first["conversation_id"]) == [
        {"turn": 2, "verdict": "up", "reason": "", "comment": "", "confirmed": []}
    ]
    gone = client.delete(f"/api/feedback/{first['conversation_id']}/2", headers=ME)
    assert (gone.status_code, said_of(client, first["conversation_id"])) == (204, [])


def test_another_owner_neither_gives_nor_sees_nor_withdraws(client: TestClient) -> None:
    answer = asked(client)
    thumb(client, answer, verdict="up")
    conversation = answer["conversation_id"]
    body = {"conversation_id": conversation, "turn": 1, "verdict": "down"}
    assert client.post("/api/feedback", json=body, headers=OTHER).status_code == 404
    params = {"conversation_id": conversation}
    assert client.get("/api/feedback", params=params, headers=OTHER).status_code == 404
    assert client.delete(f"/api/feedback/{conversation}/1", headers=OTHER).status_code == 404
    assert [row["verdict"] for row in said_of(client, conversation)] == ["up"]


def test_a_deleted_conversation_takes_its_feedback_along(client: TestClient, home: Path) -> None:
    answer = asked(client)
    thumb(client, answer, verdict="up")
    assert client.delete(f"/api/conversations/{answer['conversation_id']}", headers=ME).status_code == 204
    assert FeedbackStore(Settings(home=home)).rated() == []


@pytest.mark.parametrize(
    "said",
    [
        {"verdict": "sideways"},
        {"verdict": "down", "reason": "不喜欢"},
        {"verdict": "up", "reason": "过时"},
        {"verdict": "down", "confirmed": [1]},
        {"verdict": "up", "confirmed": [99]},
        {"verdict": "up", "comment": "长" * 501},
        {"verdict": "up", "name": "张三"},
    ],
)
def test_what_does_not_fit_is_refused(client: TestClient, said: dict[str, Any]) -> None:
    answer = asked(client)
    response = thumb(client, answer, **said)
    assert response.status_code == 422
    assert response.json()["fix"] or "请" in response.json()["detail"] or "可用" in response.json()["detail"]
    assert said_of(client, answer["conversation_id"]) == []


def test_there_must_be_such_a_turn(client: TestClient) -> None:
    answer = asked(client)
    assert thumb(client, {**answer, "turn": 7}, verdict="up").status_code == 404


def test_only_what_was_confirmed_becomes_gold(client: TestClient, home: Path, tmp_path: Path) -> None:
    answer = asked(client)
    number = answer["citations"][0]["id"]
    thumb(client, answer, verdict="up", confirmed=[number], comment="张三，电话 12345")
    other = client.post("/api/ask", json={"question": "如何破解“两张皮”？"}, headers=ME).json()
    thumb(client, other, verdict="down", reason="不完整")
    client.post("/api/ask", json={"question": "党建和业务怎么深度融合？"}, headers=ME)

    rows = {row["question"]: row for row in exported(home, tmp_path / "all.jsonl")}
    assert set(rows) == {QUESTION, "如何破解“两张皮”？"}
    (group,) = rows[QUESTION]["gold"]
    assert group["any"][0]["quote"] == answer["citations"][0]["quote"]
    assert "/" not in group["any"][0]["document"]
    assert REVIEW not in rows[QUESTION]["tags"]
    review = rows["如何破解“两张皮”？"]
    assert review["gold"] == []
    assert {REVIEW, "不完整"} <= set(review["tags"])
    written = (tmp_path / "all.jsonl").read_text("utf-8")
    assert "12345" not in written
    assert answer["conversation_id"] not in written

    exported(home, tmp_path / "good.jsonl", "--confirmed")
    (question,) = read_questions(tmp_path / "good.jsonl")
    assert question.question == QUESTION
    with pytest.raises(DatasetError, match="gold"):
        read_questions(tmp_path / "all.jsonl")


def test_the_oldest_feedback_leaves_beyond_the_bound(client: TestClient, home: Path) -> None:
    ticks = iter(range(100))
    store = FeedbackStore(
        Settings(home=home, feedback_kept=2),
        lambda: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=next(ticks)),
    )
    answer = AnswerOut.model_validate(asked(client))
    for turn in (1, 2, 3):
        store.give(Feedback("c", turn, Thumb.UP), answer, str)
    assert [row.turn for row in store.of_conversation("c")] == [2, 3]


def test_nothing_is_written_before_the_first_word(tmp_path: Path) -> None:
    store = FeedbackStore(Settings(home=tmp_path / "new"))
    store.withdraw("c")
    assert (store.of_conversation("c"), store.rated()) == ([], [])
    assert not (tmp_path / "new").exists()


def test_another_programs_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "feedback.sqlite3").write_bytes(b"not a database, not at all" * 50)
    with pytest.raises(FeedbackError, match="评价记录"):
        FeedbackStore(Settings(home=tmp_path)).rated()


def test_excerpts_of_one_point_are_alternatives_of_several_all_needed(client: TestClient) -> None:
    answer = AnswerOut.model_validate(asked(client))
    ids = tuple(citation.id for citation in answer.citations)
    as_list = answer.model_copy(update={"kind": Kind.LIST})
    assert len(gold_of(as_list, ids, str)) == len(answer.claims)
    assert len(gold_of(answer.model_copy(update={"kind": Kind.FACT}), ids, str)) == 1
    assert gold_of(answer, (), str) == ()


GOLD = st.builds(
    Gold, st.sampled_from(["甲.txt", "乙.txt"]), st.text(st.characters(codec="utf-8"), min_size=1)
)
RATED = st.builds(
    Rated,
    st.sampled_from(["问一？", "问二？", "<b>问三</b>？"]),
    st.sampled_from(Kind),
    st.booleans(),
    st.sampled_from(Thumb),
    st.sampled_from(["", *REASONS]),
    st.lists(st.lists(GOLD, min_size=1, max_size=2).map(tuple), max_size=2).map(tuple),
)


@given(st.lists(RATED, max_size=8))
def test_every_question_once_and_gold_only_where_all_were_content(rated: list[Rated]) -> None:
    rows = question_rows(rated)
    assert [row["question"] for row in rows] == sorted({row.question for row in rated})
    assert len({row["id"] for row in rows}) == len(rows)
    for row in rows:
        said = [each for each in rated if each.question == row["question"]]
        content = all(each.thumb is Thumb.UP for each in said) and any(each.gold for each in said)
        assert bool(row["gold"]) is content
        assert (REVIEW in row["tags"]) is not content
    assert question_rows(rated, confirmed_only=True) == [row for row in rows if row["gold"]]
