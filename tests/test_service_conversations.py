"""Conversations on disk and over HTTP: kept, found by their owner alone, bounded, and never at the cost of an answer."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from service import build
from service.api.app import create_app
from service.api.models import AnswerOut
from service.assistant import Assistant
from service.conversations import Conversations, title_for
from service.errors import ConversationError, ConversationNotFound
from service.scope import Filters
from service.settings import Settings
from service.types import Kind, Status

ME, OTHER = {"X-Dangjian-Owner": "a" * 32}, {"X-Dangjian-Owner": "b" * 32}
FIRST = "宁夏怎么抓机关党建督查？"


def clock() -> Any:
    """A clock that goes on by a second at each look."""
    ticks = iter(range(10_000))
    return lambda: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=next(ticks))


def answer(conversation: str, question: str = "问？") -> AnswerOut:
    return AnswerOut(
        question=question,
        status=Status.NOT_FOUND,
        kind=Kind.FACT,
        answer="没有找到",
        claims=[],
        conversation_id=conversation,
        citations=[],
        evidence=0.0,
        suggestions=[],
        timings_ms={},
    )


def store_in(home: Path, **settings: Any) -> Conversations:
    return Conversations(Settings(home=home, **settings), clock())


def test_nothing_is_written_before_the_first_question_is_kept(tmp_path: Path) -> None:
    store = store_in(tmp_path / "new")
    assert store.of_owner("me") == []
    assert store.turns("c") == ()
    for call in (lambda: store.get("c"), lambda: store.rename("c", "题"), lambda: store.delete("c")):
        with pytest.raises(ConversationNotFound):
            call()
    assert not (tmp_path / "new").exists()
    store.keep(answer("c"))
    assert [path.name for path in (tmp_path / "new").iterdir() if path.suffix == ".sqlite3"] == [
        "conversations.sqlite3"
    ]


def test_an_owner_sees_only_his_own_and_an_id_alone_is_enough_without_a_token(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    store.keep(answer("mine", "我的"), "me")
    store.keep(answer("his", "他的"), "him")
    store.keep(answer("nobodys"))
    assert [row.id for row in store.of_owner("me")] == ["mine"]
    assert store.of_owner("") == []
    for call in (store.get, store.turns, store.delete):
        with pytest.raises(ConversationNotFound):
            call("his", "me")
    with pytest.raises(ConversationNotFound):
        store.keep(answer("his"), "me")
    assert store.get("his")[0].title == "他的"
    assert store.get("nobodys", "me")[0].turns == 1


def test_the_oldest_conversations_and_turns_leave(tmp_path: Path) -> None:
    store = store_in(tmp_path, conversations_per_owner=2, conversation_turns=3)
    for identity in ("a", "b", "a", "c"):
        store.keep(answer(identity), "me")
    store.keep(answer("x"), "him")
    assert [row.id for row in store.of_owner("me")] == ["c", "a"]
    for number in range(4):
        store.keep(answer("c", f"第{number}问"), "me")
    assert [turn.question for turn in store.turns("c", "me")] == ["第1问", "第2问", "第3问"]
    assert store.get("c")[0].turns == 5
    with sqlite3.connect(tmp_path / "conversations.sqlite3") as connection:
        assert connection.execute("SELECT DISTINCT conversation_id FROM turns ORDER BY 1").fetchall() == [
            ("a",),
            ("c",),
            ("x",),
        ]


def test_threads_and_two_stores_keep_every_turn(tmp_path: Path) -> None:
    stores = [store_in(tmp_path), store_in(tmp_path)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: stores[n % 2].keep(answer("c", str(n)), "me"), range(40)))
    about, turns = stores[0].get("c", "me")
    assert about.turns == 40
    assert {turn.answer.question for turn in turns} == set(map(str, range(40)))


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda path: path.write_bytes(b"not a database" * 100), "已损坏"),
        (lambda path: sqlite3.connect(path).execute("CREATE TABLE t (x)"), "别的程序"),
        (lambda path: _newer(path), "升级本程序"),
        (lambda path: path.mkdir(), "打不开"),
    ],
)
def test_a_file_that_cannot_be_used_is_explained(tmp_path: Path, spoil: Any, words: str) -> None:
    spoil(tmp_path / "conversations.sqlite3")
    for call in (lambda s: s.of_owner("me"), lambda s: s.keep(answer("c"), "me")):
        with pytest.raises(ConversationError, match=words):
            call(store_in(tmp_path))


def _newer(path: Path) -> None:
    Conversations(Settings(home=path.parent)).keep(answer("c"))
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")


def test_titles_are_short_and_of_one_line() -> None:
    assert title_for("  党费\n怎么交？ ") == "党费 怎么交？"
    assert len(title_for("长" * 100)) == 30


@pytest.fixture
def own_assistant(corpus_home: Path, tmp_path: Path) -> Iterator[Assistant]:
    """An assistant whose home is its own, over the shared library and index."""
    for name in ("library.sqlite3", "index"):
        (tmp_path / name).symlink_to(corpus_home / name)
    opened = build.open_assistant(Settings(home=tmp_path))
    yield opened
    opened.close()


@pytest.fixture
def client(own_assistant: Assistant) -> TestClient:
    return TestClient(create_app(own_assistant), raise_server_exceptions=False)


def ask(client: TestClient, question: str, conversation: str = "", headers: Any = ME) -> dict[str, Any]:
    body = {"question": question, "conversation_id": conversation}
    found: dict[str, Any] = client.post("/api/ask", json=body, headers=headers).json()
    return found


def test_a_conversation_over_http(client: TestClient) -> None:
    first = ask(client, FIRST)
    assert first["resolved_question"] == ""
    second = ask(client, "天津呢？", first["conversation_id"])
    assert second["question"] == "天津呢？"
    assert second["resolved_question"] == "天津怎么抓机关党建督查？"
    listed = client.get("/api/conversations", headers=ME).json()
    assert listed["kept"]
    assert [row["turns"] for row in listed["conversations"]] == [2]
    at = f"/api/conversations/{first['conversation_id']}"
    whole = client.get(at, headers=ME).json()
    assert [turn["answer"] for turn in whole["turns"]] == [first, second]
    assert client.patch(at, json={"title": " 督查 "}, headers=ME).json()["title"] == "督查"
    assert client.patch(at, json={"title": " "}, headers=ME).status_code == 422
    for method, body in (("GET", None), ("PATCH", {"title": "偷"}), ("DELETE", None)):
        problem = client.request(method, at, json=body, headers=OTHER)
        assert problem.status_code == 404
        assert "对话" in problem.json()["detail"]
    assert client.delete(at, headers=ME).status_code == 204
    assert client.get(at, headers=ME).status_code == 404


def test_asking_in_anothers_conversation_is_refused_and_a_bad_token_too(client: TestClient) -> None:
    first = ask(client, FIRST)
    assert ask(client, "天津呢？", first["conversation_id"], OTHER)["status"] == 404
    assert client.get("/api/conversations", headers={"X-Dangjian-Owner": "short"}).status_code == 422
    with client.stream(
        "POST",
        "/api/ask/stream",
        json={"question": "天津呢？", "conversation_id": first["conversation_id"]},
        headers=OTHER,
    ) as stream:
        assert "event: error" in stream.read().decode()


def test_follow_ups_are_understood_after_a_restart(own_assistant: Assistant) -> None:
    first = ask(TestClient(create_app(own_assistant)), FIRST)
    again = TestClient(create_app(build.open_assistant(own_assistant.settings)))
    assert ask(again, "天津呢？", first["conversation_id"])["resolved_question"]


def test_the_export_numbers_each_excerpt_once_and_lists_the_sources(client: TestClient) -> None:
    first = ask(client, FIRST)
    ask(client, FIRST, first["conversation_id"])
    at = f"/api/conversations/{first['conversation_id']}/export"
    response = client.get(at, headers=ME)
    assert response.headers["content-type"] == "text/markdown; charset=utf-8"
    assert "attachment" in response.headers["content-disposition"]
    text = response.text
    sources = text.split("## 资料来源\n\n")[1].splitlines()
    assert len(sources) == len(first["citations"])
    assert [line.split("]")[0] for line in sources] == [f"- [{n}" for n in range(1, len(sources) + 1)]
    assert text.count("## 宁夏") == 2
    assert client.get(f"{at}?format=json", headers=ME).json()["turns"][0]["answer"] == first
    assert client.get(f"{at}?format=pdf", headers=ME).status_code == 422


def test_a_damaged_file_costs_no_answer(client: TestClient, own_assistant: Assistant) -> None:
    own_assistant.settings.conversations_path.write_bytes(b"damaged" * 1000)
    told = ask(client, FIRST)
    assert told["status"] == "answered"
    assert "没有存进对话记录" in told["notes"][-1]
    assert ask(client, "天津呢？", told["conversation_id"])["resolved_question"]
    assert client.get("/api/conversations", headers=ME).status_code == 503


def test_nothing_is_kept_where_the_settings_say_so(own_assistant: Assistant) -> None:
    settings = own_assistant.settings.model_copy(update={"keep_conversations": False})
    client = TestClient(create_app(build.open_assistant(settings)))
    first = ask(client, FIRST)
    assert ask(client, "天津呢？", first["conversation_id"])["resolved_question"]
    assert client.get("/api/conversations", headers=ME).json() == {"kept": False, "conversations": []}
    assert client.get(f"/api/conversations/{first['conversation_id']}", headers=ME).status_code == 404
    assert not settings.conversations_path.exists()


def test_the_command_line_goes_on_with_a_conversation(
    own_assistant: Assistant, capsys: pytest.CaptureFixture[str]
) -> None:
    from service import commands

    for question in (FIRST, "天津呢？"):
        assert commands.ask(own_assistant.settings, question, Filters(), "talk-1", as_json=False) == 0
    assert "按“天津怎么抓机关党建督查？”理解" in capsys.readouterr().out
    assert Conversations(own_assistant.settings).get("talk-1")[0].turns == 2
