"""References in the API, resolved over the library; addressed questions over the same library."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from rich.console import Console

from service import build, terminal
from service.api.app import create_app
from service.api.models import AnswerOut
from service.settings import Settings
from tests.reference_samples import DUTY, home_with_regulations


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    home = home_with_regulations(tmp_path_factory.mktemp("references"))
    with TestClient(create_app(build.open_assistant(Settings(home=home)))) as opened:
        yield opened


def documents(client: TestClient) -> dict[str, dict[str, Any]]:
    """The documents with their text, by title."""
    listed = client.get("/api/documents").json()["documents"]
    found = (client.get(f"/api/documents/{row['id']}").json() for row in listed)
    return {document["title"]: document for document in found}


def ask(client: TestClient, question: str) -> dict[str, Any]:
    answer: dict[str, Any] = client.post("/api/ask", json={"question": question}).json()
    return answer


def test_references_lead_to_their_targets(client: TestClient) -> None:
    known = documents(client)
    duty, meeting = known["值班工作条例"], known["会务工作条例"]
    texts = {duty["id"]: duty["text"], meeting["id"]: meeting["text"]}
    found = []
    for one in duty["references"]:
        target = texts.get(one["document_id"], "")[one["target_start"] or 0 : one["target_end"] or 0]
        found.append(
            (duty["text"][one["start"] : one["end"]], one["kind"], one["label"], one["title"], target)
        )
    assert found == [
        ("《会务工作条例》", "title", "《会务工作条例》", "会务工作条例", ""),
        ("本条例第二条第二款", "article", "第二条第二款", "值班工作条例", "交接班应当有记录。"),
        (
            "《会务工作条例》第二条",
            "article",
            "《会务工作条例》第二条",
            "会务工作条例",
            "第二条 会场应当整洁，𠮷字牌应当摆放整齐。",
        ),
        (
            "前款",
            "relative",
            "第三条第一款",
            "值班工作条例",
            "第三条 违反本条例第二条第二款规定的，依照《会务工作条例》第二条处理。",
        ),
        ("《保密工作条例》第三条", "article", "《保密工作条例》第三条", "保密工作条例", ""),
    ]
    whole, *_, unknown = duty["references"]
    assert (whole["document_id"], whole["target_start"], whole["target_end"]) == (meeting["id"], 0, 0)
    assert (unknown["document_id"], unknown["target_start"], unknown["target_end"]) == ("", None, None)


def test_references_are_found_once_for_a_generation(client: TestClient) -> None:
    assistant = client.app.state.assistant  # type: ignore[attr-defined]
    identity = documents(client)["值班工作条例"]["id"]
    assert assistant.links(identity) is assistant.links(identity)


def test_an_article_suggests_those_it_refers_to(client: TestClient) -> None:
    answer = ask(client, "值班工作条例第三条")
    assert answer["status"] == "answered"
    assert answer["suggestions"] == [
        "《值班工作条例》第二条是怎么规定的？",
        "《会务工作条例》第二条是怎么规定的？",
    ]


def test_an_ambiguous_name_is_asked_back(client: TestClient) -> None:
    answer = ask(client, "《工作条例》第二条")
    assert answer["status"] == "not_found"
    assert answer["choices"] == answer["suggestions"]
    assert set(answer["choices"]) == {
        "《会务工作条例》第二条是怎么规定的？",
        "《值班工作条例》第二条是怎么规定的？",
    }
    assert "请问要查哪一部？" in answer["answer"]
    chosen = ask(client, "《会务工作条例》第二条是怎么规定的？")
    assert chosen["citations"][0]["quote"] == "第二条 会场应当整洁，𠮷字牌应当摆放整齐。"


def test_what_is_not_there_is_said(client: TestClient) -> None:
    assert "《会务工作条例》共三条，没有第九条。" in ask(client, "会务工作条例第九条")["answer"]
    assert "资料库里没有《保密工作条例》" in ask(client, "保密工作条例第九条")["answer"]


def test_a_chapter_is_answered_article_by_article(client: TestClient) -> None:
    answer = ask(client, "值班工作条例第一章讲什么")
    assert [claim["text"][:3] for claim in answer["claims"]] == ["第一条", "第二条", "第三条"]
    assert answer["notes"] == ["《值班工作条例》“第一章 总则”共三条（第一条至第三条）。"]
    assert answer["notes"][0] in answer["answer"]
    assert all(citation["quote"] in DUTY for citation in answer["citations"])


def test_the_terminal_prints_choices_and_notes(
    client: TestClient, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terminal, "_out", Console(highlight=False, emoji=False))
    terminal.show_answer(AnswerOut.model_validate(ask(client, "《工作条例》第二条")))
    printed = capsys.readouterr().out
    assert "1. 《会务工作条例》第二条是怎么规定的？\n2. 《值班工作条例》第二条是怎么规定的？\n" in printed
    assert "还可以问" not in printed, "what is to choose from is not said twice"
    terminal.show_answer(AnswerOut.model_validate(ask(client, "值班工作条例第一章讲什么")))
    assert "《值班工作条例》“第一章 总则”共三条（第一条至第三条）。" in capsys.readouterr().out
