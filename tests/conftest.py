"""Shared fixtures. No test may reach the network: sockets off the loopback are refused."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

from tests.page_actions import PATIENCE

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from service.assistant import Assistant

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

settings.register_profile(
    "default",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    derandomize=True,
)
settings.load_profile("default")


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse connections to anything but this machine."""
    real = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in (
            "127.0.0.1",
            "::1",
            "localhost",
        ):
            raise AssertionError(f"a test tried to reach the network: {address}")
        return real(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)


for name in [name for name in os.environ if name.startswith("DANGJIAN_")]:
    del os.environ[name]  # the tester's own settings must not leak in
os.environ["DANGJIAN_RERANK_MS"] = "60000"  # as much is read on a slow machine as on a fast one


@pytest.fixture(scope="session")
def corpus_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder holding the package's corpus, indexed with the shipped model. Not to be written to."""
    from service import build
    from service.settings import Settings

    home = tmp_path_factory.mktemp("home")
    build.ingest(Settings(home=home), (), corpus=True, progress=lambda stage, done, total: None)
    return home


@pytest.fixture(scope="session")
def assistant(corpus_home: Path) -> Iterator[Assistant]:
    """The assistant over the package's corpus."""
    from service import build
    from service.settings import Settings

    opened = build.open_assistant(Settings(home=corpus_home))
    yield opened
    opened.close()


@contextmanager
def serving(home: Path) -> Iterator[str]:
    """The address of the real service over ``home``, on a free port."""
    import uvicorn

    from service import build
    from service.api.app import create_app
    from service.settings import Settings

    app = create_app(build.open_assistant(Settings(home=home)))
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the service did not start"
        time.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture(scope="session")
def page_server(corpus_home: Path) -> Iterator[str]:
    """The address of the real service over the package's corpus."""
    with serving(corpus_home) as address:
        yield address


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A running Chromium, or a skip where there is none."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("CI must have Chromium")
        pytest.skip("no Chromium on this machine (CI installs one)")
    sync_api = pytest.importorskip("playwright.sync_api")
    sync_api.expect.set_options(timeout=PATIENCE * 1000)
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def browser_page(chromium: Any) -> Iterator[Page]:
    """A fresh page in its own context."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def libreoffice(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Converts a file to another format beside it with the real LibreOffice; a skip where there is none."""
    program = shutil.which("soffice")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("CI must have LibreOffice Writer")
        pytest.skip("no LibreOffice on this machine (CI installs libreoffice-writer)")
    profile = f"-env:UserInstallation={tmp_path_factory.mktemp('profile').as_uri()}"

    def convert(path: Path, kind: str, *options: str) -> Path:
        command = [
            program,
            profile,
            "--headless",
            *options,
            "--convert-to",
            kind,
            "--outdir",
            str(path.parent),
        ]
        subprocess.run([*command, str(path)], check=True, timeout=120, capture_output=True)
        return path.with_suffix("." + kind.split(":")[0])

    return convert


@pytest.fixture
def page(browser_page: Page, page_server: str) -> Page:
    """The page, loaded and ready for a question."""
    browser_page.goto(page_server)
    browser_page.get_by_test_id("question").wait_for()
    return browser_page
