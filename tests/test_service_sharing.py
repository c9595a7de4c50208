"""One answer: looked at again, exported, shared by its owner alone, its link taken back; old files brought up to date."""

from __future__ import annotations

import io
import json
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
import pytest
from fastapi.testclient import TestClient

from service import build, commands
from service.api.app import create_app
from service.api.models import AnswerOut
from service.assistant import Assistant
from service.checking import AnswerFormat, exported_answer
from service.conversations import Conversations
from service.conversations_schema import LAYOUT
from service.errors import AnswerFileError, ConversationNotFound, OutputUnwritable, ShareNotFound
from service.scope import Filters
from service.settings import Settings
from service.sharing import Shares
from service.types import Kind, Status
from service.verifying import saved_answers
from tests.export_samples import word_text

ME, OTHER = {"X-Dangjian-Owner": "a" * 32}, {"X-Dangjian-Owner": "b" * 32}
QUESTION = "宁夏怎么抓机关党建督查？"


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


def ask(client: TestClient, question: str = QUESTION) -> dict[str, Any]:
    found: dict[str, Any] = client.post("/api/ask", json={"question": question}, headers=ME).json()
    return found


def turn_of(answer: dict[str, Any]) -> str:
    return f"/api/conversations/{answer['conversation_id']}/turns/{answer['turn']}"


def kept(home: Path, conversation: str = "c1") -> tuple[Conversations, Shares]:
    settings = Settings(home=home)
    store = Conversations(settings)
    answer = AnswerOut(
        question="问？",
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
    store.keep(answer, "me")
    return store, Shares(settings, store)


def test_only_the_owner_shares_and_takes_back(tmp_path: Path) -> None:
    _, shares = kept(tmp_path)
    assert shares.token("c1", 1, "me") == ""
    token = shares.share("c1", 1, "me")
    assert len(token) >= 32
    assert shares.share("c1", 1, "me") == token == shares.token("c1", 1, "me")
    seen = shares.shared(token)
    assert (seen.question, seen.conversation_id, seen.turn) == ("问？", "", 0)
    for call in (shares.share, shares.token, shares.revoke):
        with pytest.raises(ConversationNotFound):
            call("c1", 1, "him")
        with pytest.raises(ConversationNotFound):
            call("c1", 2, "me")
    shares.revoke("c1", 1, "me")
    with pytest.raises(ShareNotFound):
        shares.shared(token)
    assert shares.share("c1", 1, "me") != token


def test_a_link_goes_with_its_conversation(tmp_path: Path) -> None:
    store, shares = kept(tmp_path)
    token = shares.share("c1", 1, "me")
    store.delete("c1", "me")
    with pytest.raises(ShareNotFound):
        shares.shared(token)
    with pytest.raises(ShareNotFound):
        Shares(Settings(home=tmp_path / "none"), store).shared("x" * 32)


def test_a_file_of_the_first_version_is_read_as_it_is_and_brought_up_to_date_by_the_next_write(
    tmp_path: Path,
) -> None:
    _, shares = kept(tmp_path)
    path = tmp_path / "conversations.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.executescript("DROP TABLE shares; PRAGMA user_version = 1")
        before = connection.execute("SELECT * FROM turns").fetchall()
    assert shares.token("c1", 1, "me") == ""
    with pytest.raises(ShareNotFound):
        shares.shared("x" * 32)
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)
    token = shares.share("c1", 1, "me")
    assert shares.shared(token).question == "问？"
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (LAYOUT.version,)
        assert connection.execute("SELECT * FROM turns").fetchall() == before


def test_an_upgraded_file_has_the_tables_of_a_new_one(tmp_path: Path) -> None:
    def tables(path: Path) -> list[tuple[str, str]]:
        with sqlite3.connect(path) as connection:
            return connection.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name"
            ).fetchall()

    _, shares = kept(tmp_path / "old")
    kept(tmp_path / "new")
    path = tmp_path / "old" / "conversations.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.executescript("DROP TABLE shares; PRAGMA user_version = 1")
    shares.share("c1", 1, "me")
    assert tables(path) == tables(tmp_path / "new" / "conversations.sqlite3")


def test_a_shared_answer_over_http(client: TestClient) -> None:
    at = turn_of(answer := ask(client))
    assert client.get(f"{at}/share", headers=ME).json() == {"token": ""}
    for method in ("GET", "POST", "DELETE"):
        assert client.request(method, f"{at}/share", headers=OTHER).status_code == 404
    assert client.get(at, headers=OTHER).status_code == 404
    token = client.post(f"{at}/share", headers=ME).json()["token"]
    shared = client.get(f"/api/shared/{token}", headers=OTHER).json()
    assert shared["answer"] == {**answer, "conversation_id": "", "turn": 0}
    assert answer["conversation_id"] not in json.dumps(shared)
    assert [check["state"] for check in shared["checks"]] == ["current"] * len(answer["citations"])
    assert [check["id"] for check in shared["checks"]] == [c["id"] for c in answer["citations"]]
    assert client.get(f"/api/shared/{token}/export?format=docx").content[:2] == b"PK"
    assert client.delete(f"{at}/share", headers=ME).status_code == 204
    gone = client.get(f"/api/shared/{token}", headers=OTHER)
    assert gone.status_code == 404
    assert "向分享人要新的链接" in gone.json()["detail"]
    assert client.get("/api/shared/short").status_code == 422


def test_a_kept_answer_is_looked_at_again(client: TestClient, own_assistant: Assistant) -> None:
    at = turn_of(answer := ask(client))
    assert {check["state"] for check in client.get(at, headers=ME).json()["checks"]} == {"current"}
    first, *rest = answer["citations"]
    with sqlite3.connect(own_assistant.settings.conversations_path) as connection:
        moved = {**first, "start": first["start"] + 1, "end": first["end"] + 1}
        gone = {**rest[0], "quote": "资料里没有的话。"} if rest else {**first, "quote": "没有", "id": 99}
        stored = {**answer, "citations": [moved, gone]}
        connection.execute("UPDATE turns SET answer = ?", (json.dumps(stored),))
    checks = client.get(at, headers=ME).json()["checks"]
    assert [check["state"] for check in checks] == ["moved", "vanished"]
    assert checks[0]["citation"]["start"] == first["start"]
    assert all(check["remark"] for check in checks)
    text = client.get(f"{at}/export?format=txt", headers=ME).text
    assert "〔原文位置有变动〕" in text
    assert "〔原文已找不到〕" in text


def test_exports_have_numbers_in_the_text_and_entries_of_the_standard(client: TestClient) -> None:
    at = turn_of(answer := ask(client))
    quotes = [citation["quote"] for citation in answer["citations"]]
    response = client.get(f"{at}/export?format=docx", headers=ME)
    assert "filename*=UTF-8''" in response.headers["content-disposition"]
    assert "%E5%AE%81%E5%A4%8F" in response.headers["content-disposition"]
    opened = docx.Document(io.BytesIO(response.content))
    assert opened.paragraphs[0].text == QUESTION
    assert "\n".join(word_text(response.content, "原文")) == "\n".join(quotes)
    sources = word_text(response.content, "出处")
    assert [source.split("]")[0] for source in sources] == [f"[{n}" for n in range(1, len(quotes) + 1)]
    assert all(re.search(r"\[(?:N|Z|J|S|EB/OL)\]\. .*\d{4}", source) for source in sources)
    body = "".join(
        run.text
        for p in opened.paragraphs
        for run in p.runs
        if run.font.superscript or run.style.name == "文内编号"
    )
    assert all(f"[{n}]" in body for claim in answer["claims"] for n in claim["citations"])
    for kind, mark in (("md", "\\[1\\] "), ("txt", "[1] ")):
        text = client.get(f"{at}/export?format={kind}", headers=ME).text
        assert mark in text
        assert "引文逐字取自资料库" in text or kind == "txt"
        assert all(quote.split("\n")[0][:10] in text for quote in quotes)
    assert client.get(f"{at}/export?format=pdf", headers=ME).status_code == 422
    assert client.get(f"{at}/export", headers=OTHER).status_code == 404


def test_an_exported_answer_is_verified_offline(
    client: TestClient, own_assistant: Assistant, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = turn_of(ask(client))
    path = tmp_path / "answer.json"
    path.write_bytes(client.get(f"{at}/export?format=json", headers=ME).content)
    assert commands.verify(own_assistant.settings, path) == 0
    token = client.post(f"{at}/share", headers=ME).json()["token"]
    path.write_bytes(client.get(f"/api/shared/{token}/export?format=json").content)
    assert commands.verify(own_assistant.settings, path) == 0
    path.write_bytes(client.get(f"/api/shared/{token}").content)
    assert commands.verify(own_assistant.settings, path) == 0
    whole = client.get(f"{at.split('/turns')[0]}/export?format=json", headers=ME).json()
    path.write_text(json.dumps(whole), "utf-8")
    assert commands.verify(own_assistant.settings, path) == 0
    (citation,) = whole["turns"][0]["answer"]["citations"]
    for changed, words in (
        ({"start": 0, "end": len(citation["quote"])}, "这段话还在"),
        ({"quote": "没有的话"}, "不一致"),
    ):
        whole["turns"][0]["answer"]["citations"] = [{**citation, **changed}]
        path.write_text(json.dumps(whole), "utf-8")
        capsys.readouterr()
        assert commands.verify(own_assistant.settings, path) == 1
        assert words in capsys.readouterr().out


def test_a_refusal_is_exported_too(own_assistant: Assistant) -> None:
    answer = AnswerOut.of(own_assistant.ask("火星上有多少个党支部开过运动会？"))
    assert answer.status is Status.NOT_FOUND
    text = exported_answer(answer, AnswerFormat.MD, own_assistant).decode()
    assert text.startswith("# 火星上")
    paragraphs = word_text(exported_answer(answer, AnswerFormat.DOCX, own_assistant), "Body Text")
    assert paragraphs
    assert not any("**" in each or "\\" in each for each in paragraphs)


def test_the_command_line_writes_an_answer_to_a_file(own_assistant: Assistant, tmp_path: Path) -> None:
    settings = own_assistant.settings
    for suffix in ("md", "docx", "txt", "json"):
        out = tmp_path / f"回答.{suffix}"
        assert commands.ask(settings, QUESTION, Filters(), "", as_json=True, out=out) == 0
        assert out.stat().st_size > 200
    assert commands.verify(settings, tmp_path / "回答.json") == 0
    (tmp_path / "夹.md").mkdir()
    for bad, error, words in (
        ("回答.pdf", AnswerFileError, "后缀"),
        ("没有/回答.md", OutputUnwritable, "没有文件夹"),
        ("夹.md", OutputUnwritable, "是文件夹"),
    ):
        with pytest.raises(error, match=words):
            commands.ask(settings, QUESTION, Filters(), "", as_json=True, out=tmp_path / bad)


def test_what_is_written_to_a_file_is_not_printed_too(
    own_assistant: Assistant, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings, out = own_assistant.settings, tmp_path / "回答.json"
    commands.ask(settings, QUESTION, Filters(), "", as_json=False, out=out)
    printed = capsys.readouterr()
    answer = AnswerOut.model_validate_json(out.read_bytes())
    assert printed.out == ""
    (line,) = printed.err.splitlines()
    assert line == f"回答已写入 {out}：{len(answer.claims)}个要点，{len(answer.citations)}处引文。"
    commands.ask(settings, QUESTION, Filters(), "", as_json=True, out=out)
    printed = capsys.readouterr()
    assert AnswerOut.model_validate_json(printed.out).claims == answer.claims
    assert printed.err.splitlines() == [line]
    commands.ask(settings, "火星上有多少个党支部开过运动会？", Filters(), "", as_json=False, out=out)
    assert capsys.readouterr().err.splitlines() == [f"回答已写入 {out}：没有要点，请看文件里的说明。"]


def test_a_word_file_is_told_from_an_answer_that_can_be_checked(tmp_path: Path) -> None:
    file = tmp_path / "回答.docx"
    file.write_bytes(b"PK\x03\x04\xff\xfe\x80")
    with pytest.raises(AnswerFileError, match="JSON"):
        saved_answers(file)
    with pytest.raises(AnswerFileError, match="文件存在"):
        saved_answers(tmp_path / "没有.json")
