"""A service that lets the library be changed, for the tests of uploads and of the library page."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient

from service import build
from service.api.app import create_app
from service.settings import Settings

Files = list[tuple[str, tuple[str, bytes, str]]]

BODY = "各级机关党组织要压实责任，推动党建和业务深度融合，开展主题党日活动。\n"

LOOKOUT = (
    "关于做好瞭望塔巡查工作的通知\n各单位：\n瞭望塔巡查工作由护林办公室负责登记，每季度汇总一次。\n"
    "巡查发现火情的，应当立即报告。\n"
).encode()
QUESTION = "瞭望塔巡查工作由谁负责登记？"
"""``LOOKOUT`` answers it."""


def notice(name: str) -> bytes:
    """A small document."""
    return f"关于{name}事项的通知\n{BODY}{name}由办公室负责登记。\n".encode()


def quiet(stage: str, done: int, total: int) -> None:
    """No progress."""


def home_with(base: Path, *names: str, **changes: Any) -> Settings:
    """The settings of a home that holds small documents of these names."""
    folder = base / "资料"
    folder.mkdir()
    for name in names:
        (folder / f"{name}.txt").write_bytes(notice(name))
    settings = Settings(home=base / "home", allow_changes=True, **changes)
    build.ingest(settings, [folder], progress=quiet)
    return settings


@contextmanager
def application(settings: Settings) -> Iterator[FastAPI]:
    """The application, its uploads started as a server does and stopped at the end."""
    assistant = build.open_assistant(settings)
    app = create_app(assistant)
    app.state.uploads.start()
    yield app
    app.state.uploads.stop()
    assistant.close()


@contextmanager
def client_of(settings: Settings) -> Iterator[TestClient]:
    """A client of the application."""
    with application(settings) as app:
        yield TestClient(app, raise_server_exceptions=False)


@contextmanager
def served(settings: Settings) -> Iterator[str]:
    """The address of the real service."""
    import uvicorn

    server = uvicorn.Server(
        uvicorn.Config(
            create_app(build.open_assistant(settings)), host="127.0.0.1", port=0, log_level="warning"
        )
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the service did not start"
        time.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


def files(named: dict[str, bytes], kind: str = "application/octet-stream") -> Files:
    return [("files", (name, data, kind)) for name, data in named.items()]


def send(client: TestClient, named: dict[str, bytes], **options: Any) -> dict[str, Any]:
    """Upload and wait for the end of it."""
    response = client.post("/api/documents?wait=60", files=files(named), **options)
    assert response.status_code == 202, response.text
    job: dict[str, Any] = response.json()
    assert job["state"] in ("done", "failed"), job
    return job


def titles(client: TestClient) -> list[str]:
    return sorted(row["title"] for row in client.get("/api/documents").json()["documents"])


def leftovers(settings: Settings) -> list[str]:
    """All files in the folder of the uploads but the records of jobs."""
    top = settings.uploads_path
    walk = os.walk(top)  # unlike rglob, it goes on where a folder leaves meanwhile
    found = [str((Path(folder) / name).relative_to(top)) for folder, _, names in walk for name in names]
    return [name for name in found if not name.startswith((".jobs/", ".lock"))]
