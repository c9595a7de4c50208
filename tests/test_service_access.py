"""What managers do to a running service's library besides uploading: removing, restoring; and who may."""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from service.api.access import HEADER, Attempts
from service.errors import TooManyAttempts
from service.settings import Settings
from tests.uploading_service import (
    LOOKOUT,
    QUESTION,
    client_of,
    files,
    home_with,
    leftovers,
    notice,
    send,
    titles,
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return home_with(tmp_path, "甲")


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    with client_of(settings) as made:
        yield made


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """One for tests that leave it as it is."""
    with client_of(home_with(tmp_path_factory.mktemp("lasting"), "甲")) as made:
        yield made


# --- removing and restoring -------------------------------------------------------------------------------------


def test_what_is_removed_is_not_cited_until_it_is_restored(client: TestClient, settings: Settings) -> None:
    row = send(client, {"瞭望.txt": LOOKOUT})["files"][0]
    identity, question = row["document_id"], {"question": QUESTION}
    client.patch(f"/api/documents/{identity}", json={"source": "改过的来源"})
    gone = client.delete(f"/api/documents/{identity}")
    assert (gone.status_code, gone.json()["title"]) == (200, "关于做好瞭望塔巡查工作的通知")
    assert gone.json()["until"] > gone.json()["removed_at"]
    assert titles(client) == ["关于甲事项的通知"]
    cited = client.post("/api/ask", json=question).json()["citations"]
    assert identity not in {citation["document_id"] for citation in cited}
    assert client.get("/api/removed").json()["documents"] == [gone.json()]
    assert client.delete(f"/api/documents/{identity}").status_code == 404
    send(client, {"丙.txt": notice("丙")})
    assert any("瞭望.txt" in name for name in leftovers(settings)), "the original stays with it"
    back = client.post(f"/api/documents/{identity}/restore")
    assert (back.status_code, back.json()["source"]) == (200, "改过的来源")
    assert client.get("/api/removed").json()["documents"] == []
    assert client.get(f"/api/documents/{identity}/original").content == LOOKOUT
    assert {c["document_id"] for c in client.post("/api/ask", json=question).json()["citations"]} == {
        identity
    }
    assert client.post("/api/documents/nirgends/restore").status_code == 404


def test_what_was_removed_too_long_ago_is_cleared_away_with_its_original(settings: Settings) -> None:
    with client_of(settings) as client:
        identity = send(client, {"乙.txt": notice("乙")})["files"][0]["document_id"]
        client.delete(f"/api/documents/{identity}")
        long_ago = "2020-01-01T00:00:00+00:00"
        with sqlite3.connect(settings.library_path) as connection:
            connection.execute("UPDATE documents SET removed_at = ? WHERE id = ?", [long_ago, identity])
        connection.close()
        (original,) = settings.uploads_path.glob("*/乙.txt")
        for name in ("丙", "丁", "戊"):  # the indexes that still need it go one after the other
            os.utime(original, (0, 0))
            send(client, {f"{name}.txt": notice(name)})
        assert not original.exists()
        assert client.get("/api/removed").json()["documents"] == []
        gone = client.post(f"/api/documents/{identity}/restore")
        assert (gone.status_code, gone.json()["title"]) == (409, "恢复不了")
        assert "重新导入或上传" in gone.json()["detail"]


def test_uploading_what_was_removed_brings_it_back(client: TestClient) -> None:
    identity = send(client, {"乙.txt": notice("乙")})["files"][0]["document_id"]
    client.delete(f"/api/documents/{identity}")
    row = send(client, {"乙.txt": notice("乙")})["files"][0]
    assert (row["outcome"], row["document_id"]) == ("added", identity)
    assert client.get("/api/removed").json()["documents"] == []


def test_all_documents_can_be_removed(client: TestClient) -> None:
    (row,) = client.get("/api/documents").json()["documents"]
    assert client.delete(f"/api/documents/{row['id']}").status_code == 200
    assert titles(client) == []
    answer = client.post("/api/ask", json={"question": "甲由谁负责登记？"})
    assert (answer.status_code, answer.json()["status"]) == (200, "not_found")
    assert client.post(f"/api/documents/{row['id']}/restore").status_code == 200
    assert len(titles(client)) == 1


def test_fields_tell_what_was_detected_under_a_correction(client: TestClient) -> None:
    (row,) = client.get("/api/documents").json()["documents"]
    client.patch(f"/api/documents/{row['id']}", json={"title": "新题", "authors": "子墨、子砚"})
    told = client.get(f"/api/documents/{row['id']}/fields").json()
    known = {field["name"]: field for field in told["fields"]}
    assert (known["title"]["value"], known["title"]["detected"], known["title"]["corrected"]) == (
        "新题",
        "关于甲事项的通知",
        "hand",
    )
    assert (known["authors"]["value"], known["authors"]["form"]) == ("子墨、子砚", "names")
    assert "法规" in known["kind"]["choices"]
    assert told["original"] is True
    for field in known.values():
        assert client.patch(f"/api/documents/{row['id']}", json={field["name"]: None}).status_code == 200


# --- who may ----------------------------------------------------------------------------------------------------

WRITES: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", "/api/documents", {"files": files({"乙.txt": notice("乙")})}),
    ("PATCH", "/api/documents/{id}", {"json": {"title": "x"}}),
    ("DELETE", "/api/documents/{id}", {}),
    ("POST", "/api/documents/{id}/restore", {}),
]
READS = ["/api/jobs", "/api/removed"]


def refused(client: TestClient, status: int, title: str, headers: dict[str, str], paths: list[str]) -> None:
    before = client.get("/api/documents").json()
    identity = before["documents"][0]["id"]
    for method, path, options in WRITES:
        response = client.request(method, path.replace("{id}", identity), headers=headers, **options)
        assert (response.status_code, response.json()["title"]) == (status, title), (method, path)
    for path in paths:
        assert client.get(path, headers=headers).status_code == status
    assert client.get("/api/documents").json() == before


def test_nothing_is_written_unless_that_is_allowed(settings: Settings) -> None:
    with client_of(settings.model_copy(update={"allow_changes": False})) as client:
        refused(client, 403, "没有开放修改", {}, READS)
        told = client.get("/api/access").json()
        assert (told["allowed"], told["password"]) == (False, False)
        assert "DANGJIAN_ALLOW_CHANGES=true" in told["reason"]
    assert not settings.uploads_path.exists(), "nothing is made where nothing is uploaded"


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://testserver.evil.example"},
        {"Origin": "http://testserver:81"},
    ],
)
def test_the_page_of_another_site_cannot_write(lasting: TestClient, headers: dict[str, str]) -> None:
    refused(lasting, 403, "请求来自别的网站", headers, [])


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "same-origin", "Origin": "http://testserver"},
        {"Origin": "http://testserver"},
        {"Origin": "https://answers.example", "X-Forwarded-Host": "answers.example"},
    ],
)
def test_our_own_page_and_programs_can(lasting: TestClient, headers: dict[str, str]) -> None:
    assert send(lasting, {"甲.txt": notice("甲")}, headers=headers)["state"] == "done"


def test_the_password_opens_and_wrong_ones_close(
    settings: Settings, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    secret = "红岩精神1949"
    caplog.set_level(logging.DEBUG)
    guarded = Settings(home=settings.home, allow_changes=True, manager_password=secret)
    assert secret not in repr(guarded)
    with client_of(guarded) as client:
        refused(client, 401, "需要管理口令", {}, READS)
        told = client.get("/api/access").json()
        assert (told["allowed"], told["password"]) == (False, True)
        right = {HEADER: quote(secret)}
        assert client.get("/api/access", headers=right).json()["allowed"] is True
        assert send(client, {"乙.txt": notice("乙")}, headers=right)["failed"] == 0
        for attempt in range(7):
            wrong = client.get("/api/removed", headers={HEADER: f"falsch{attempt}"})
            assert wrong.status_code == (401 if attempt < 5 else 429)
            assert "请" in wrong.json()["detail"]
        assert client.get("/api/removed", headers=right).status_code == 429, "guessing on would tell"
        assert client.get("/api/documents").status_code == 200, "reading is nobody's secret"
    out = capfd.readouterr()
    assert secret not in caplog.text + out.out + out.err


def test_the_memory_of_attempts_is_bounded() -> None:
    attempts = Attempts()
    for number in range(3000):
        attempts.note(f"10.0.{number // 250}.{number % 250}")
    assert len(attempts._wrong) == 1000
    for _ in range(5):
        attempts.note("a")
    with pytest.raises(TooManyAttempts):
        attempts.check("a")
    attempts.check("b")
