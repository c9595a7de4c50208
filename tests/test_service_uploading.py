"""Uploads through the API: what comes of each file, hostile ones included, and who may send any."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from ingest.library import Library
from service.api.multipart import Receiver
from service.errors import UploadError, UploadTooLarge
from service.settings import Settings
from service.uploads.names import stored_name
from service.uploads.types import Received
from tests.format_samples import zip_bytes
from tests.uploading_service import (
    LOOKOUT,
    QUESTION,
    client_of,
    files,
    home_with,
    leftovers,
    notice,
    send,
    served,
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
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, Settings]]:
    """One for tests that leave its documents as they are; files and uploads are small."""
    settings = home_with(
        tmp_path_factory.mktemp("lasting"), "甲", file_bytes=20_000, upload_bytes=100_000, unpacked_ratio=50
    )
    with client_of(settings) as made:
        yield made, settings


# --- what comes of the files ------------------------------------------------------------------------------------


def test_uploaded_files_answer_and_can_be_downloaded(client: TestClient, settings: Settings) -> None:
    inner = {"子/丙.txt": notice("丙"), "图.png": b"\x89PNG"}
    job = send(client, {"瞭望.txt": LOOKOUT, "箱.zip": zip_bytes(inner), "甲二.txt": notice("甲")})
    rows = {row["path"]: row for row in job["files"]}
    assert {path: (row["outcome"], row["label"]) for path, row in rows.items()} == {
        "瞭望.txt": ("added", "新增"),
        "箱.zip!/子/丙.txt": ("added", "新增"),
        "箱.zip!/图.png": ("skipped", "跳过"),
        "甲二.txt": ("duplicate", "重复"),
    }
    assert job["failed"] == 0
    assert rows["瞭望.txt"]["title"] == "关于做好瞭望塔巡查工作的通知"
    assert str(settings.home) not in json.dumps(job, ensure_ascii=False), "no place on this machine is told"
    assert titles(client) == ["关于丙事项的通知", "关于做好瞭望塔巡查工作的通知", "关于甲事项的通知"]
    for path, data in (("瞭望.txt", LOOKOUT), ("箱.zip!/子/丙.txt", notice("丙"))):
        original = client.get(f"/api/documents/{rows[path]['document_id']}/original")
        assert (original.status_code, original.content) == (200, data)
    answer = client.post("/api/ask", json={"question": QUESTION}).json()
    assert {c["document_id"] for c in answer["citations"]} == {rows["瞭望.txt"]["document_id"]}
    assert {name.split("/")[1] for name in leftovers(settings)} == {"瞭望.txt", "箱.zip"}
    again = send(client, {"瞭望.txt": LOOKOUT, "另名.txt": LOOKOUT})
    assert [row["outcome"] for row in again["files"]] == ["unchanged", "duplicate"]
    assert client.get("/api/jobs").json()["jobs"][0] == again
    assert client.get(f"/api/jobs/{job['id']}").json() == job
    assert client.get("/api/jobs/nirgends").status_code == 404


def test_files_of_the_same_name_do_not_replace_one_another(client: TestClient) -> None:
    first = send(client, {"通知.txt": notice("丁")})["files"][0]
    second = send(client, {"通知.txt": notice("戊")})["files"][0]
    assert (first["outcome"], second["outcome"]) == ("added", "added")
    for row, name in ((first, "丁"), (second, "戊")):
        assert client.get(f"/api/documents/{row['document_id']}/original").content == notice(name)


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "空.txt": (lambda: b"", "空的"),
    "程序.exe": (lambda: b"MZ\x90\x00" * 100, "不支持“.exe”格式"),
    "程序.txt": (lambda: b"MZ\x90\x00\x03\x00\x00\xff" * 100, "程序.txt"),
    "程序.docx": (lambda: b"MZ\x90\x00" * 100, "程序.docx"),
    "无扩展名": (lambda: b"x", "没有扩展名"),
    "大.txt": (lambda: "党".encode() * 8_000, "超过 0.02 MB 的上限"),
    "炸弹.zip": (lambda: zip_bytes({"大.txt": bytes(6_000_000)}), "压缩比超过"),
    "坏.zip": (lambda: b"PK\x03\x04 nothing", "打不开"),
    "备注.docx.toml": (lambda: b'title = "x"', "不支持“.toml”格式"),
    "manifest.toml": (lambda: b'[[document]]\nfile = "a"', "不支持“.toml”格式"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_bad_file_is_refused_by_itself(lasting: tuple[TestClient, Settings], name: str) -> None:
    client, settings = lasting
    make, words = HOSTILE[name]
    before = client.get("/api/documents").json()
    job = send(client, {name: make(), "甲.txt": notice("甲")})
    bad, good = job["files"]
    assert (job["state"], job["failed"], bad["outcome"], good["outcome"]) == (
        "done",
        1,
        "failed",
        "duplicate",
    )
    assert words.replace("0.02 MB", "20000 字节") in bad["detail"]
    assert "请" in bad["detail"] or "支持的格式有" in bad["detail"]
    assert client.get("/api/documents").json() == before
    assert leftovers(settings) == []


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("../../../etc/通知.txt", "通知.txt"),
        ("..\\..\\通知.txt", "通知.txt"),
        ("C:\\Users\\甲\\通知.txt", "通知.txt"),
        ("\u202etxt.exe.txt", "txt.exe.txt"),
        ("<img src=x onerror=alert(1)>.txt", "_img src=x onerror=alert(1)_.txt"),
        (".bashrc.txt", "bashrc.txt"),
        ("a\x00b\n.txt", "ab.txt"),
        ("/", "未命名"),
        ("通知" * 200 + ".docx", "通知" * 39 + ".docx"),
        ("e\u0301.txt", "é.txt"),
    ],
)
def test_hostile_names_are_only_names(sent: str, stored: str) -> None:
    assert stored_name(sent) == stored


@given(st.text(max_size=400))
def test_any_name_can_be_stored(sent: str) -> None:
    name = stored_name(sent)
    assert name
    assert name not in (".", "..")
    assert not set(name) & set('/\\\0<>:"|?*\n')
    assert not name.startswith(".")
    assert len(name.encode()) <= 240
    assert stored_name(name) == name, "safe names stay as they are"


def test_a_hostile_name_stays_in_its_folder(client: TestClient, settings: Settings) -> None:
    job = send(client, {"../../../逃.txt": notice("逃"), "<img src=x onerror=alert(1)>.txt": notice("图")})
    assert [row["path"] for row in job["files"]] == ["逃.txt", "_img src=x onerror=alert(1)_.txt"]
    assert sorted(name.split("/")[1] for name in leftovers(settings)) == [
        "_img src=x onerror=alert(1)_.txt",
        "逃.txt",
    ]
    assert not list(settings.home.parent.glob("逃*"))


# --- requests that are no uploads -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b'{"files": []}'),
        ("application/x-www-form-urlencoded", b"files=x"),
        ("multipart/form-data", b"--x\r\n\r\n"),
        ("multipart/form-data; boundary=" + "x" * 500, b"--x\r\n\r\n"),
        ("multipart/form-data; boundary=x", b"no form at all"),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--x--\r\n',
        ),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="f"; filename="a.txt"\r\n\r\nhalf a fi',
        ),
        ("", b""),
    ],
)
def test_what_is_no_upload_leaves_nothing(
    lasting: tuple[TestClient, Settings], kind: str, body: bytes
) -> None:
    client, settings = lasting
    before = client.get("/api/jobs").json()
    response = client.post("/api/documents", content=body, headers={"Content-Type": kind})
    assert (response.status_code, response.json()["title"]) == (400, "上传没有完成")
    assert "请" in response.json()["detail"]
    assert client.get("/api/jobs").json() == before
    assert leftovers(settings) == []


def test_the_limit_of_an_upload_holds_while_it_is_read(lasting: tuple[TestClient, Settings]) -> None:
    client, settings = lasting
    response = client.post("/api/documents", files=files({f"{n}.txt": b"x" * 19_000 for n in range(20)}))
    assert (response.status_code, response.json()["title"]) == (413, "上传太大")
    assert "DANGJIAN_UPLOAD_BYTES" in response.json()["detail"]
    assert leftovers(settings) == []


def _body(parts: list[tuple[str, bytes]]) -> bytes:
    lines = b"".join(
        b'--grenze\r\nContent-Disposition: form-data; name="files"; filename="%s"\r\n\r\n%s\r\n'
        % (name.encode(), data)
        for name, data in parts
    )
    return lines + b"--grenze--\r\n"


@given(
    st.lists(
        st.tuples(st.sampled_from(["甲.txt", "乙.md", "丙.exe"]), st.binary(max_size=120)),
        min_size=1,
        max_size=4,
    ),
    st.lists(st.integers(1, 40), min_size=1, max_size=5),
)
def test_however_the_body_is_cut_the_files_are_the_same(
    tmp_path_factory: pytest.TempPathFactory, parts: list[tuple[str, bytes]], steps: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("parts")
    body = _body([(name, data.replace(b"--grenze", b"")) for name, data in parts])
    receiver = Receiver(b"grenze", folder, file_bytes=100, upload_bytes=10_000)
    at = turn = 0
    while at < len(body):
        receiver.feed(body[at : at + steps[turn % len(steps)]])
        at, turn = at + steps[turn % len(steps)], turn + 1
    found = receiver.finish()
    assert [file.name for file in found] == [name for name, _ in parts]
    for number, (file, (name, sent)) in enumerate(zip(found, parts, strict=True)):
        data = sent.replace(b"--grenze", b"")
        refused = name.endswith(".exe") or len(data) > 100
        assert (file.problem != "", (folder / str(number)).exists()) == (refused, not refused)
        if not refused:
            assert (folder / str(number)).read_bytes() == data
            assert (file.size, file.sha256) == (len(data), hashlib.sha256(data).hexdigest())


def test_too_much_or_half_a_body_is_refused(tmp_path: Path) -> None:
    receiver = Receiver(b"grenze", tmp_path, file_bytes=10**9, upload_bytes=1000)
    receiver.feed(_body([("甲.txt", b"x" * 1000)])[:-20])
    with pytest.raises(UploadTooLarge, match="DANGJIAN_UPLOAD_BYTES"):
        receiver.feed(b"x" * 70_000)
    receiver.close()
    half = Receiver(b"grenze", tmp_path, file_bytes=1000, upload_bytes=1000)
    half.feed(_body([("甲.txt", b"x")])[:-4])
    with pytest.raises(UploadError, match="重新上传"):
        half.finish()
    half.close()


# --- one after the other, and across deaths ---------------------------------------------------------------------


def test_two_at_once_both_arrive_and_answers_go_on(client: TestClient) -> None:
    def one(name: str) -> str:
        return str(send(client, {f"{name}.txt": notice(name)})["files"][0]["outcome"])

    with ThreadPoolExecutor(3) as pool:
        sent = [pool.submit(one, name) for name in ("乙", "丙")]
        asked = [client.post("/api/ask", json={"question": "甲由谁负责登记？"}).status_code for _ in range(5)]
        assert [each.result() for each in sent] == ["added", "added"]
    assert asked == [200] * 5
    assert titles(client) == ["关于丙事项的通知", "关于乙事项的通知", "关于甲事项的通知"]


def test_an_upload_waits_for_an_ingest_of_another_program(client: TestClient, settings: Settings) -> None:
    with Library.open(settings.library_path) as library, library.ingest_lock():
        job = client.post("/api/documents", files=files({"乙.txt": notice("乙")})).json()
        until = time.monotonic() + 30
        while (told := client.get(f"/api/jobs/{job['id']}").json())["stage"] != "等另一个导入结束":
            assert time.monotonic() < until, told
            time.sleep(0.05)
        assert told["state"] == "reading"
    while client.get(f"/api/jobs/{job['id']}").json()["state"] != "done":
        assert time.monotonic() < until
        time.sleep(0.1)
    assert "关于乙事项的通知" in titles(client)


def test_an_upload_that_breaks_off_leaves_nothing(settings: Settings) -> None:
    with served(settings) as address:
        connection = http.client.HTTPConnection(urlsplit(address).netloc)
        connection.putrequest("POST", "/api/documents")
        connection.putheader("Content-Type", "multipart/form-data; boundary=grenze")
        connection.putheader("Content-Length", "100000")
        connection.endheaders()
        connection.send(_body([("乙.txt", notice("乙"))])[:120])
        until = time.monotonic() + 20
        while not leftovers(settings):
            assert time.monotonic() < until, "the first bytes are on disk"
            time.sleep(0.02)
        connection.close()
        while leftovers(settings):
            assert time.monotonic() < until
            time.sleep(0.02)
        with urlopen(f"{address}/api/jobs") as response:
            assert json.loads(response.read()) == {"jobs": []}


_SERVE = """
import sys, time, threading
from pathlib import Path
from service import build
from service.settings import Settings
from tests.uploading_service import application, notice
from service.uploads.types import Received
import hashlib
home, stage = Path(sys.argv[1]), sys.argv[2]
real = build.build_generation
def slow(*arguments, **named):
    if stage == "indexing":
        print("here", flush=True); time.sleep(60)
    return real(*arguments, **named)
build.build_generation = slow
with application(Settings(home=home, allow_changes=True)) as app:
    uploads = app.state.uploads
    if stage == "queued":
        uploads._enqueue = lambda job: None
    with uploads.receiving() as (job, folder):
        data = notice("乙")
        (folder / "0").write_bytes(data)
        if stage == "receiving":
            print("here", flush=True); time.sleep(60)
        uploads.submit(job, [Received("乙.txt", len(data), hashlib.sha256(data).hexdigest())])
    print("here", flush=True); time.sleep(60)
"""


@pytest.mark.parametrize("stage", ["receiving", "queued", "indexing"])
def test_a_service_killed_over_an_upload_goes_on_with_it_or_forgets_it(
    settings: Settings, tmp_path: Path, stage: str
) -> None:
    root = Path(__file__).resolve().parent.parent
    command = [sys.executable, "-c", _SERVE, str(settings.home), stage]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=root, env=environment, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "here\n"
        child.send_signal(signal.SIGKILL)
    with Library.open(settings.library_path) as library:
        assert library.problems() == ()
    with client_of(settings) as client:
        assert client.get("/api/search", params={"q": "甲事项"}).json()["hits"]
        until = time.monotonic() + 60
        while any(job["state"] != "done" for job in client.get("/api/jobs").json()["jobs"]):
            assert time.monotonic() < until
            time.sleep(0.1)
        if stage == "receiving":
            assert client.get("/api/jobs").json()["jobs"] == []
            assert leftovers(settings) == []
        else:
            (job,) = client.get("/api/jobs").json()["jobs"]
            assert job["failed"] == 0
            assert titles(client) == ["关于乙事项的通知", "关于甲事项的通知"]


def test_a_job_that_kills_the_service_twice_is_given_up(settings: Settings) -> None:
    with client_of(settings) as client:
        uploads = client.app.state.uploads  # type: ignore[attr-defined]
        with uploads.receiving() as (job_id, folder):
            (folder / "0").write_bytes(notice("乙"))
            uploads._enqueue = lambda job: None
            job = uploads.submit(job_id, [Received("乙.txt", 1, hashlib.sha256(notice("乙")).hexdigest())])
        uploads._set(job.id, attempts=2)
        uploads._run(job.id)
        told = client.get(f"/api/jobs/{job.id}").json()
    assert (told["state"], "分几次重新上传" in told["problem"]) == ("failed", True)
    assert leftovers(settings) == []


def test_a_service_stopped_before_its_turn_tries_no_less_often(settings: Settings) -> None:
    with client_of(settings) as client, Library.open(settings.library_path) as library:
        uploads = client.app.state.uploads  # type: ignore[attr-defined]
        with library.ingest_lock():
            job = client.post("/api/documents", files=files({"乙.txt": notice("乙")})).json()
            until = time.monotonic() + 30
            while uploads.job(job["id"]).stage != "等另一个导入结束":
                assert time.monotonic() < until
                time.sleep(0.05)
            uploads.stop()
    record = json.loads((settings.uploads_path / ".jobs" / f"{job['id']}.json").read_text("utf-8"))
    assert (record["state"], record["attempts"]) == ("queued", 0)
    with client_of(settings) as client:
        while (told := client.get(f"/api/jobs/{job['id']}").json())["state"] != "done":
            assert time.monotonic() < until + 60
            time.sleep(0.1)
    assert [row["outcome"] for row in told["files"]] == ["added"]


def test_programs_that_read_the_files_do_not_learn_the_password(monkeypatch: pytest.MonkeyPatch) -> None:
    from ingest.formats.isolated import plain_environment

    monkeypatch.setenv("DANGJIAN_MANAGER_PASSWORD", "红岩精神1949")
    monkeypatch.setenv("LANG", "C.UTF-8")
    assert plain_environment()["LANG"] == "C.UTF-8"
    assert "红岩精神1949" not in plain_environment().values()
