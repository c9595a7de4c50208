"""Managing documents through the command line and the API: corrections that the index follows, originals, dry runs."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from ingest.library import Library
from ingest.manifest import corpus_folder
from service import build
from service.api.app import create_app
from service.api.managing import disposition, safe_name
from service.assistant import Assistant
from service.settings import Settings
from tests.format_samples import zip_bytes
from tests.test_service_cli import dangjian

BODY = "各级机关党组织要压实责任，推动党建和业务深度融合，开展主题党日活动。\n"


@dataclass(frozen=True, slots=True)
class Service:
    """A running service over a folder of its own."""

    client: TestClient
    assistant: Assistant
    folder: Path

    def id_of(self, title: str) -> str:
        rows = self.client.get("/api/documents").json()["documents"]
        (found,) = [row["id"] for row in rows if row["title"] == title]
        return str(found)


def _quiet(stage: str, done: int, total: int) -> None:
    return


@contextmanager
def serving(base: Path) -> Iterator[Service]:
    folder = base / "资料"
    folder.mkdir()
    for name in ("甲", "乙"):
        (folder / f"{name}.txt").write_text(f"关于{name}事项的通知\n{BODY}{name}。\n", encoding="utf-8")
    (folder / "箱.zip").write_bytes(zip_bytes({"子/丙.txt": f"关于丙事项的通知\n{BODY}丙。\n".encode()}))
    settings = Settings(home=base / "home", allow_changes=True)
    build.ingest(settings, [folder], progress=_quiet)
    assistant = build.open_assistant(settings)
    yield Service(TestClient(create_app(assistant), raise_server_exceptions=False), assistant, folder)
    assistant.close()


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with serving(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def unchanged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One for tests that leave it as it is."""
    with serving(tmp_path_factory.mktemp("unchanged")) as made:
        yield made


# --- corrections ------------------------------------------------------------------------------------------------


def test_a_correction_reaches_page_search_and_index_at_once(service: Service) -> None:
    identity = service.id_of("关于甲事项的通知")
    before = service.assistant.generation
    response = service.client.patch(
        f"/api/documents/{identity}",
        json={"title": "瞭望塔工程", "published": "2024-12-07", "authors": ["子墨"]},
    )
    assert response.status_code == 200, response.text
    assert response.json()["title"] == "瞭望塔工程"
    assert response.json()["corrected"] == {"title": "hand", "published": "hand", "authors": "hand"}
    shown = service.client.get(f"/api/documents/{identity}").json()
    assert (shown["title"], shown["published"], shown["authors"]) == ("瞭望塔工程", "2024-12-07", ["子墨"])
    assert shown["corrected"] == response.json()["corrected"]
    assert (
        service.client.get("/api/search", params={"q": "瞭望塔工程"}).json()["hits"][0]["title"]
        == "瞭望塔工程"
    )
    assert service.assistant.generation.manifest.generation != before.manifest.generation
    assert service.assistant.generation.manifest.snapshot == service.assistant.library.snapshot()
    with Library.open(service.assistant.settings.library_path) as library:
        assert (
            library.document(identity, before.manifest.snapshot[identity]).metadata.title
            == "关于甲事项的通知"
        )
    back = service.client.patch(f"/api/documents/{identity}", json={"title": None})
    assert (back.json()["title"], set(back.json()["corrected"])) == (
        "关于甲事项的通知",
        {"published", "authors"},
    )


def test_the_library_is_not_changed_unless_that_is_allowed(assistant: Assistant) -> None:
    client = TestClient(create_app(assistant), raise_server_exceptions=False)
    identity = client.get("/api/documents").json()["documents"][0]["id"]
    response = client.patch(f"/api/documents/{identity}", json={"title": "新"})
    assert (response.status_code, response.json()["title"]) == (403, "没有开放修改")
    assert "DANGJIAN_ALLOW_CHANGES=true" in response.json()["detail"]
    assert client.get(f"/api/documents/{identity}").json()["corrected"] == {}


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ('{"titel": "x"}', 422, "titel"),
        ('{"published": "去年"}', 422, "published"),
        ('{"\\ud800": "x"}', 422, "不认识"),
        ('{"title": "\\ud800"}', 422, "title"),
        ('{"title": 5}', 422, "title"),
        ("{}", 422, "没有要更正的内容"),
        ("[]", 422, "请求"),
        ("{", 422, "请求"),
    ],
)
def test_bad_corrections_are_problems_that_name_the_field(
    unchanged: Service, body: str, status: int, words: str
) -> None:
    identity = unchanged.id_of("关于甲事项的通知")
    headers = {"Content-Type": "application/json"}
    response = unchanged.client.patch(f"/api/documents/{identity}", content=body, headers=headers)
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert words in response.text
    assert unchanged.client.get(f"/api/documents/{identity}").json()["corrected"] == {}


def test_unknown_documents_and_other_ingests_are_problems(service: Service) -> None:
    assert service.client.patch("/api/documents/nirgends", json={"title": "x"}).status_code == 404
    identity = service.id_of("关于甲事项的通知")
    with service.assistant.library.ingest_lock():
        busy = service.client.patch(f"/api/documents/{identity}", json={"title": "x"})
    assert (busy.status_code, busy.json()["title"]) == (409, "资料库正忙")
    assert service.client.patch(f"/api/documents/{identity}", json={"title": "x"}).status_code == 200


def test_a_retry_after_the_index_was_busy_finishes_the_correction(service: Service) -> None:
    from retriever.publishing import building

    identity = service.id_of("关于甲事项的通知")
    with building(service.assistant.settings.index_path):
        busy = service.client.patch(f"/api/documents/{identity}", json={"title": "新题"})
    assert busy.status_code == 409
    shown = service.client.get(f"/api/documents/{identity}").json()["title"]
    assert shown == "关于甲事项的通知", "the index in use still has the old one"
    assert service.client.patch(f"/api/documents/{identity}", json={"title": "新题"}).status_code == 200
    assert service.client.get(f"/api/documents/{identity}").json()["title"] == "新题"


def test_an_index_that_a_crash_left_behind_follows_with_the_next_ingest(service: Service) -> None:
    identity = service.id_of("关于甲事项的通知")
    with Library.open(service.assistant.settings.library_path) as library:
        library.correct(identity, {"title": "新题"})
    assert service.client.get(f"/api/documents/{identity}").json()["title"] == "关于甲事项的通知"
    report, _ = build.ingest(service.assistant.settings, [service.folder], progress=_quiet)
    assert not report.changed_library
    service.assistant.look_again()
    assert service.client.get(f"/api/documents/{identity}").json()["title"] == "新题"


# --- originals --------------------------------------------------------------------------------------------------


def test_originals_are_the_bytes_that_were_ingested(unchanged: Service) -> None:
    for title, data, name in (
        ("关于甲事项的通知", (unchanged.folder / "甲.txt").read_bytes(), "甲.txt"),
        ("关于丙事项的通知", f"关于丙事项的通知\n{BODY}丙。\n".encode(), "丙.txt"),
    ):
        identity = unchanged.id_of(title)
        assert unchanged.client.get(f"/api/documents/{identity}").json()["original"] is True
        response = unchanged.client.get(f"/api/documents/{identity}/original")
        assert (response.status_code, response.content) == (200, data)
        assert response.headers["content-type"] == "application/octet-stream"
        assert response.headers["x-content-type-options"] == "nosniff"
        header = response.headers["content-disposition"]
        assert header.startswith('attachment; filename="original.txt"; ')
        assert unquote(header.partition("UTF-8''")[2]) == name


def test_originals_of_the_package(assistant: Assistant) -> None:
    client = TestClient(create_app(assistant), raise_server_exceptions=False)
    files = {path.read_bytes() for path in corpus_folder().glob("*.txt")}
    for row in client.get("/api/documents").json()["documents"]:
        assert client.get(f"/api/documents/{row['id']}/original").content in files


def test_an_original_that_changed_or_went_is_not_given(service: Service) -> None:
    identity, inside = service.id_of("关于甲事项的通知"), service.id_of("关于丙事项的通知")
    path, archive = service.folder / "甲.txt", service.folder / "箱.zip"
    data = path.read_bytes()

    def status(document_id: str) -> tuple[bool, int]:
        response = service.client.get(f"/api/documents/{document_id}/original")
        if response.status_code != 200:
            assert response.headers["content-type"] == "application/problem+json"
            assert "重新导入" in response.json()["detail"] or "请" in response.json()["detail"]
        available = service.client.get(f"/api/documents/{document_id}").json()["original"]
        return available, response.status_code

    path.write_bytes(data + b"x")
    assert status(identity) == (False, 409)
    path.unlink()
    assert status(identity) == (False, 404)
    path.symlink_to("/etc/hostname")
    assert status(identity) == (False, 409), "a link to another file gives nothing of it"
    path.unlink()
    path.mkdir()
    assert status(identity) == (False, 404)
    path.rmdir()
    path.write_bytes(data)
    assert status(identity) == (True, 200)
    archive.write_bytes(zip_bytes({"子/丙.txt": b"other"}))
    assert status(inside) == (False, 409)
    archive.write_bytes(zip_bytes({"子/丁.txt": b"other"}))
    assert status(inside) == (False, 404)
    archive.write_bytes(b"PK\x03\x04")
    assert status(inside) == (False, 404)


@pytest.mark.parametrize(
    "identity",
    ["..", "../../etc/passwd", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "corpus:01.txt", "/etc/passwd", "\x00"],
)
def test_no_path_comes_from_the_request(unchanged: Service, identity: str) -> None:
    response = unchanged.client.get(f"/api/documents/{identity}/original".replace("\x00", "%00"))
    assert response.status_code in (404, 405)
    assert "root:" not in response.text


@pytest.mark.parametrize(
    ("origin", "name"),
    [
        ("/a/关于“学习”的通知.docx", "关于“学习”的通知.docx"),
        ('/a/a"; filename="evil.exe.txt', "a_; filename=_evil.exe.txt"),
        ("/a/b\r\nSet-Cookie: x=1.txt", "bSet-Cookie_ x=1.txt"),
        ("/a/\u202exslx.exe.txt", "xslx.exe.txt"),
        ("/a/x.zip!/..\\..\\y.txt", "y.txt"),
        ("/a/.htaccess.txt", "htaccess.txt"),
        ("/a/" + "长" * 300 + ".docx", "长" * 145 + ".docx"),
        ("/a/𠮷.txt", "𠮷.txt"),
        ("/a/...", ""),
    ],
)
def test_hostile_names_are_only_names(origin: str, name: str) -> None:
    assert safe_name(origin) == name
    header = disposition(origin)
    assert header.isascii()
    assert header.isprintable()
    assert header.count('"') == 2
    assert unquote(header.partition("UTF-8''")[2]) == name


@given(st.text(max_size=40))
def test_any_name_makes_one_header(words: str) -> None:
    header = disposition("/a/" + words)
    assert header.isascii()
    assert header.isprintable()
    assert (header.count('"'), header.count(";")) == (2, 2)
    assert header.startswith('attachment; filename="original')


# --- the command line -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def home(corpus_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("managing") / "home"
    shutil.copytree(corpus_home, copy)
    return copy


def test_set_and_unset(home: Path) -> None:
    rows = json.loads(dangjian(home, "documents", "list", "--json").stdout)["documents"]
    identity, title = rows[0]["id"], rows[0]["title"]
    done = dangjian(
        home, "documents", "set", identity, "title=改过的题目", "effective=2024-12-07", "authors=甲、乙"
    )
    assert (done.returncode, done.stderr.strip()) == (0, "已更正《改过的题目》，索引已更新。")
    shown = json.loads(dangjian(home, "documents", "show", identity, "--json").stdout)
    assert (shown["title"], shown["effective"], shown["authors"]) == (
        "改过的题目",
        "2024-12-07",
        ["甲", "乙"],
    )
    assert shown["corrected"] == {"title": "hand", "effective": "hand", "authors": "hand"}
    assert "更正：title（人工）" in dangjian(home, "documents", "show", identity).stdout
    listing = dangjian(home, "documents", "list", COLUMNS="300").stdout.splitlines()
    assert listing[0].split() == ["编号", "标题", "日期", "效力", "层级", "段落"]
    (line,) = [line for line in listing if identity in line]
    assert "改过的题目（有更正）" in line
    assert sum("有更正" in line for line in listing) == 1
    assert any("2024-12-07施行" in line for line in listing)
    assert dangjian(home, "ingest", "--corpus").returncode == 0
    assert dangjian(home, "documents", "unset", identity, "title", "effective", "authors").returncode == 0
    shown = json.loads(dangjian(home, "documents", "show", identity, "--json").stdout)
    assert (shown["title"], shown["corrected"]) == (title, {})


def test_remove_and_restore(home: Path) -> None:
    rows = json.loads(dangjian(home, "documents", "list", "--json").stdout)["documents"]
    identity, title = rows[0]["id"], rows[0]["title"]
    removed = dangjian(home, "documents", "remove", identity)
    assert removed.returncode == 0
    assert f"30 天内可以恢复：dangjian documents restore {identity}" in removed.stderr
    again = json.loads(dangjian(home, "ingest", "--corpus", "--json").stdout)
    assert [file["outcome"] for file in again["files"] if file["document_id"] == identity] == ["skipped"]
    back = dangjian(home, "documents", "restore", identity)
    assert (back.returncode, back.stderr.strip()) == (0, f"已恢复《{title}》，索引已更新。")
    assert json.loads(dangjian(home, "documents", "list", "--json").stdout)["documents"] == rows
    unknown = dangjian(home, "documents", "restore", "nirgends")
    assert (unknown.returncode, "没有 nirgends" in unknown.stderr) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("set", "{id}", "titel=x"), "titel"),
        (("set", "{id}", "published=去年"), "published"),
        (("set", "{id}", "title"), "项=值"),
        (("unset", "{id}", "titel"), "titel"),
        (("set", "nirgends", "title=x"), "没有 nirgends"),
    ],
)
def test_bad_corrections_are_told(home: Path, arguments: tuple[str, ...], words: str) -> None:
    with Library.open(Settings(home=home).library_path) as library:
        identity = library.records()[0].id
    done = dangjian(home, "documents", *(part.replace("{id}", identity) for part in arguments))
    assert done.returncode in (1, 2)
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_the_dry_run_creates_no_home(tmp_path: Path) -> None:
    (tmp_path / "甲.txt").write_text(f"关于甲事项的通知\n{BODY}", encoding="utf-8")
    (tmp_path / "坏.pdf").write_bytes(b"%PDF-1.7")
    home = tmp_path / "home"
    done = dangjian(home, "ingest", str(tmp_path / "甲.txt"), str(tmp_path / "坏.pdf"), "--dry-run", "--json")
    assert done.returncode == 1
    report = json.loads(done.stdout)
    assert (report["dry_run"], report["failed"]) == (True, 1)
    assert [file["outcome"] for file in report["files"]] == ["added", "failed"]
    told = dangjian(home, "ingest", str(tmp_path / "甲.txt"), "--dry-run")
    assert told.returncode == 0
    assert "新增" in told.stdout
    assert "没有改动" in told.stderr
    assert not home.exists()
