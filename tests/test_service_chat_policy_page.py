"""The chat page keeps to itself; and its pure logic under node."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.page_actions import QUESTION, ask, origin

if TYPE_CHECKING:
    from playwright.sync_api import Page

WEB = Path(__file__).parents[1] / "service" / "web"


@pytest.mark.browser
def test_no_request_leaves_the_server_and_the_console_is_quiet(browser_page: Page, page_server: str) -> None:
    requests: list[str] = []
    complaints: list[str] = []
    browser_page.on("request", lambda request: requests.append(request.url))
    browser_page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
    browser_page.on("pageerror", lambda error: complaints.append(str(error)))
    browser_page.goto(page_server)
    ask(browser_page, QUESTION).get_by_test_id("citation").first.click()
    browser_page.get_by_test_id("highlight").wait_for()
    browser_page.get_by_role("button", name="资料", exact=True).click()
    browser_page.get_by_test_id("documents").get_by_role("listitem").first.wait_for()
    browser_page.get_by_role("button", name="新对话").click()
    browser_page.get_by_role("button", name="恢复上一个").click()
    browser_page.get_by_test_id("answer").wait_for()

    home = origin(browser_page)
    assert [url for url in requests if not url.startswith(f"{home}/")] == []
    assert complaints == []


def test_the_files_of_the_page_obey_its_content_security_policy() -> None:
    html = (WEB / "index.html").read_text("utf-8")
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", html)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", html))
    for path in [*WEB.rglob("*.js"), *WEB.rglob("*.css"), *WEB.rglob("*.html")]:
        text = path.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?://", text), f"{path.name} names an address outside"
    for path in WEB.rglob("*.js"):
        text = path.read_text("utf-8")
        code = re.sub(r"/\*.*?\*/|//[^\n]*", "", text, flags=re.DOTALL)
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", code
        )


def test_the_logic_of_the_page() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    checks = Path(__file__).parent / "data" / "web_logic.mjs"
    done = subprocess.run([node, str(checks)], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
