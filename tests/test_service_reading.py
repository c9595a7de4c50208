"""Reading a document: repairs that lead back to the file's own words, simplified script in step, excerpts checked anew."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from ingest.repair import repair
from service import build
from service.api.app import create_app
from service.assistant import Assistant
from service.reading import applied
from service.settings import Settings

TRADITIONAL = "機關黨員學習通報\r\n\r\n　　縣直機關黨(dǎng)委每月組織學習，由𠮷林黨支部書記領學。\r\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "通报.txt").write_bytes(TRADITIONAL.encode("utf-8"))
    return tmp_path


@pytest.fixture
def opened(folder: Path) -> Iterator[Assistant]:
    settings = Settings(home=folder / "home")
    build.ingest(settings, (folder / "in",), progress=lambda stage, done, total: None)
    assistant = build.open_assistant(settings)
    yield assistant
    assistant.close()


@pytest.fixture
def client(opened: Assistant) -> TestClient:
    return TestClient(create_app(opened))


def document(client: TestClient, **params: str) -> dict[str, Any]:
    (row,) = client.get("/api/documents").json()["documents"]
    found: dict[str, Any] = client.get(f"/api/documents/{row['id']}", params=params).json()
    return found


def test_simplified_script_is_in_step_and_the_text_stays(client: TestClient) -> None:
    plain, both = document(client), document(client, script="simplified")
    assert plain["reading"] is None
    assert both["text"] == plain["text"]
    assert len(both["reading"]) == len(both["text"])
    at = both["text"].index("縣直機關")
    assert both["reading"][at : at + 4] == "县直机关"
    assert both["traditional"] == sum(a != b for a, b in zip(both["text"], both["reading"], strict=True)) > 0
    assert client.get(f"/api/documents/{plain['id']}?script=latin").status_code == 422


def test_repairs_show_what_stood_in_the_file(client: TestClient) -> None:
    found = document(client)
    repairs = client.get(f"/api/documents/{found['id']}/repairs").json()
    assert repairs["total"] == len(found["edits"]) == sum(repairs["counts"].values()) > 0
    assert repairs["reason"] == ""
    assert "(dǎng)" in [row["removed"] for row in repairs["repairs"]]
    for row in repairs["repairs"]:
        assert found["text"][row["start"] : row["end"]] == row["replacement"]
        assert TRADITIONAL[row["raw_start"] : row["raw_end"]] == row["removed"]
    only = client.get(f"/api/documents/{found['id']}/repairs", params={"kind": "pinyin", "limit": 1}).json()
    assert [row["kind"] for row in only["repairs"]] == ["pinyin"]
    assert only["total"] == repairs["total"]


def test_without_the_file_repairs_say_why_its_words_are_missing(client: TestClient, folder: Path) -> None:
    (folder / "in" / "通报.txt").write_text("别的内容", "utf-8")
    repairs = client.get(f"/api/documents/{document(client)['id']}/repairs").json()
    assert "重新导入" in repairs["reason"]
    assert {row["removed"] for row in repairs["repairs"]} == {None}


def test_an_excerpt_is_checked_against_the_library_on_disk(client: TestClient, opened: Assistant) -> None:
    found = document(client)
    quote = "由𠮷林黨支部書記領學"
    start = found["text"].index(quote)
    body = {"document_id": found["id"], "start": start, "end": start + len(quote), "quote": quote}
    good = client.post("/api/verify", json=body).json()
    assert (good["ok"], good["reason"]) == (True, "")
    digest = sha256(found["text"].encode("utf-8")).hexdigest()
    assert good["text_sha256"] == good["recorded_sha256"] == digest

    wrong = client.post("/api/verify", json={**body, "quote": "由张三领学"}).json()
    assert not wrong["ok"]
    assert wrong["reason"]
    with opened.library._connections.writing() as connection:  # as if the file were tampered with
        connection.execute("UPDATE revisions SET text = replace(text, '書記', '張三')")
    tampered = client.post("/api/verify", json=body).json()
    assert not tampered["ok"]
    assert "校验值" in tampered["reason"]
    assert tampered["text_sha256"] != tampered["recorded_sha256"] == digest


@pytest.mark.parametrize(
    ("change", "status"),
    [({"document_id": "没有"}, 404), ({"start": 5, "end": 2}, 422), ({"start": -1}, 422), ({"more": 1}, 422)],
)
def test_what_cannot_be_checked_is_said(client: TestClient, change: dict[str, Any], status: int) -> None:
    body = {"document_id": document(client)["id"], "start": 0, "end": 2, "quote": "機關"}
    response = client.post("/api/verify", json={**body, **change})
    assert response.status_code == status
    assert response.json()["title"]


@given(st.text(st.sampled_from("党(dǎng)建\r\n　 \t,，。:\u200b一…"), max_size=60))
def test_edits_made_on_the_raw_text_give_the_text(raw: str) -> None:
    repaired = repair(raw)
    assert applied(raw, repaired.edits) == repaired.text
