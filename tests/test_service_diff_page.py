"""The page 版本对照 in a real browser, and the ways to it from the source panel."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from service.api.app import create_app
from tests.regulation_samples import id_of, open_on, regulations_home

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str, str]]:
    """The service's address, and the ids of the old and the new law."""
    import uvicorn

    with open_on(regulations_home(tmp_path_factory.mktemp("regulations"))) as assistant:
        server = uvicorn.Server(
            uvicorn.Config(create_app(assistant), host="127.0.0.1", port=0, log_level="warning")
        )
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive(), "the service did not start"
            time.sleep(0.02)
        address = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        yield address, id_of(assistant, "old_law.txt"), id_of(assistant, "new_law.txt")
        server.should_exit = True
        thread.join(10)


def test_two_versions_side_by_side(browser_page: Page, served: tuple[str, str, str]) -> None:
    address, old, new = served
    browser_page.goto(f"{address}/diff.html?a={old}&b={new}")
    changes = browser_page.get_by_test_id("diff").get_by_test_id("change")
    changes.first.wait_for()
    expect(changes).to_have_count(9)
    first = changes.first
    expect(first.locator("ins")).to_have_text(["、培育"])
    expect(first.locator("del")).to_have_count(0)
    assert "line-through" in changes.locator("del").first.evaluate(
        "node => getComputedStyle(node).textDecoration"
    )
    sides = first.locator(".change-side").evaluate_all(
        "nodes => nodes.map(node => node.getBoundingClientRect().top)"
    )
    assert sides[0] == sides[1]
    expect(browser_page.get_by_test_id("status")).to_have_text(["已修订", "现行"])


def test_what_did_not_change_is_shown_on_demand(browser_page: Page, served: tuple[str, str, str]) -> None:
    address, old, _ = served
    browser_page.goto(f"{address}/diff.html?a={old}&b={old}")
    browser_page.get_by_text("没有差别").wait_for()
    browser_page.get_by_test_id("only-changed").uncheck()
    expect(browser_page.get_by_test_id("change")).to_have_count(7)


def test_on_a_phone_one_below_the_other(browser_page: Page, served: tuple[str, str, str]) -> None:
    address, old, new = served
    browser_page.set_viewport_size({"width": 360, "height": 740})
    browser_page.goto(f"{address}/diff.html?a={old}&b={new}")
    first = browser_page.get_by_test_id("change").first
    first.wait_for()
    tops = first.locator(".change-side").evaluate_all(
        "nodes => nodes.map(node => node.getBoundingClientRect().top)"
    )
    assert tops[0] < tops[1]
    assert browser_page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0


def test_a_wrong_address_says_what_to_do(browser_page: Page, served: tuple[str, str, str]) -> None:
    address, old, _ = served
    browser_page.goto(f"{address}/diff.html?a={old}&b=nothing")
    browser_page.get_by_role("alert").wait_for()
    browser_page.goto(f"{address}/diff.html")
    advice = browser_page.get_by_text("请从资料原文里")
    advice.wait_for()
    expect(advice).to_be_visible()


def test_the_source_panel_leads_to_the_newer_version_and_the_comparison(
    browser_page: Page, served: tuple[str, str, str]
) -> None:
    address, old, new = served
    browser_page.goto(address)
    browser_page.get_by_test_id("question").fill("旧版护林法第五条")
    browser_page.get_by_test_id("send").click()
    browser_page.get_by_test_id("answer").wait_for()
    expect(browser_page.get_by_test_id("notes")).to_contain_text("取代", use_inner_text=True)
    browser_page.get_by_test_id("citation").first.click()
    source = browser_page.get_by_test_id("source")
    expect(source.get_by_test_id("status")).to_have_text("已修订", use_inner_text=True)
    href = source.get_by_test_id("compare").get_attribute("href")
    assert href == f"diff.html?a={old}&b={new}"
    source.get_by_test_id("newer").click()
    browser_page.get_by_text("每日巡查不少于一次").wait_for()
    expect(source.get_by_test_id("status")).to_have_text("现行", use_inner_text=True)
