"""Page numbers of a PDF, from the file to the answer: in the API, on the terminal and on the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from ingest.types import Passage, Span
from retriever.types import Hit
from service import build, terminal
from service.api.app import create_app
from service.api.models import AnswerOut, HitOut
from service.assistant import Assistant
from service.settings import Settings
from tests import golden_regulation as golden

QUESTION = f"《{golden.TITLE}》第四条"


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """Knows the regulation as a PDF, and another document that has no pages."""
    folder = tmp_path_factory.mktemp("pages")
    (folder / "in").mkdir()
    (folder / "in" / "法.pdf").write_bytes(golden.printed())
    notice = "关于党费收缴的通知\n党费按月收缴，由组织委员负责登记。\n"
    (folder / "in" / "通知.txt").write_text(notice, encoding="utf-8")
    settings = Settings(home=folder / "home")
    build.ingest(settings, (folder / "in",), corpus=False, progress=lambda stage, done, total: None)
    opened = build.open_assistant(settings)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def client(assistant: Assistant) -> TestClient:
    return TestClient(create_app(assistant))


def asked(client: TestClient, question: str) -> dict[str, Any]:
    answer: dict[str, Any] = client.post("/api/ask", json={"question": question}).json()
    assert answer["status"] == "answered"
    return answer


def hits(client: TestClient, words: str, inside: str) -> list[dict[str, Any]]:
    """The passages found that hold ``inside``."""
    found = client.get("/api/search", params={"q": words, "k": 20}).json()["hits"]
    return [hit for hit in found if inside in hit["text"]]


def test_citations_know_their_pages(client: TestClient) -> None:
    assert {tuple(c["pages"]) for c in asked(client, QUESTION)["citations"]} == {(2,)}
    assert {tuple(c["pages"]) for c in asked(client, "党费由谁负责登记")["citations"]} == {()}


def test_hits_know_their_pages(client: TestClient) -> None:
    assert [hit["pages"] for hit in hits(client, "学习的原则", "注重实效")] == [[1]]
    assert [hit["pages"] for hit in hits(client, "学习时间安排", "专题学习")] == [[2, 4]]
    assert [hit["pages"] for hit in hits(client, "党费收缴", "党费按月收缴")] == [[]]


def test_a_hit_that_is_a_part_of_an_article_says_which(assistant: Assistant) -> None:
    (record,) = (record for record in assistant.documents() if record.origin.endswith(".pdf"))
    document = assistant.document(record.id)
    start = document.text.index("（二）以上率下")
    span = Span(start, document.text.index("\n", start))
    passage = Passage("p", document.id, span, span.of(document.text), ("第一章 总则", "第二条"))
    hit = HitOut.of(1, Hit(passage, 0.5), document)
    assert (hit.location, hit.pages) == ("第一章 总则 › 第二条 第(二)项", [1])


@pytest.mark.parametrize(
    ("pages", "shown"), [([3], "第3页"), ([3, 4], "第3–4页"), ([3, 5], "第3–5页"), ([], "")]
)
def test_the_terminal_shows_pages(
    client: TestClient, capsys: pytest.CaptureFixture[str], pages: list[int], shown: str
) -> None:
    answer = AnswerOut.model_validate(asked(client, QUESTION))
    answer.citations[0].pages = pages
    terminal.show_answer(answer)
    hit = HitOut.model_validate(client.get("/api/search", params={"q": "学习"}).json()["hits"][0])
    hit.pages = pages
    terminal.show_hits([hit])
    lines = capsys.readouterr().out.split("\n")
    for beginning in ("[1] ", "1. 《"):
        (line,) = (line for line in lines if line.startswith(beginning))
        assert re.findall(r"第[0-9–]+页", line) == [shown] * bool(shown)
