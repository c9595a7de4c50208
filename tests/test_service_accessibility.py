"""No serious accessibility violation on any page and in any state that a reader meets, light and dark (axe-core)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.page_actions import ask, open_source

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

TRADITIONAL = "江苏怎么抓党支部标准化规范化建设"


@pytest.fixture(params=["light", "dark"])
def themed(chromium: Any, page_server: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The chat page in one theme; whatever it loads is this service's own."""
    context = chromium.new_context(
        viewport={"width": 1440, "height": 900},
        locale="zh-CN",
        color_scheme=request.param,
        reduced_motion="reduce",
    )
    page = context.new_page()
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))
    page.goto(page_server)
    page.get_by_test_id("question").wait_for()
    yield page
    context.close()
    assert [url for url in loaded if not url.startswith(f"{page_server}/")] == []


def violations(page: Page, where: str) -> list[str]:
    """The serious ones, each with the elements it is about."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [
        f"{where}: {each['id']}: {[node['html'][:120] for node in each['nodes']]}"
        for each in found
        if each["impact"] in ("serious", "critical")
    ]


def chat_states(page: Page) -> Iterator[str]:
    """Brings the chat page into one state after the other."""
    page.locator(".example").first.wait_for()
    yield "welcome"
    answer = ask(page, TRADITIONAL)
    answer.get_by_test_id("thumb-down").click()
    answer.get_by_test_id("feedback").wait_for()
    yield "answer with reasons"
    answer.get_by_test_id("citation").first.hover()
    page.get_by_role("tooltip").wait_for()
    yield "card"
    ask(page, "红烧肉怎么做")
    yield "refusal"
    page.get_by_test_id("scope").click()
    yield "scope"
    page.keyboard.press("Escape")


def source_states(page: Page) -> Iterator[str]:
    source = open_source(page, TRADITIONAL)
    source.get_by_test_id("verify").click()
    source.get_by_test_id("proof").wait_for()
    yield "source"
    source.get_by_test_id("open-outline").click()
    yield "outline"
    source.get_by_test_id("open-repairs").click()
    source.locator("summary").first.click()
    yield "repairs"
    source.get_by_test_id("script").click()
    page.get_by_text("这是简体对照").wait_for()
    yield "simplified"
    page.set_viewport_size({"width": 360, "height": 740})
    yield "phone"


def other_pages(page: Page) -> Iterator[str]:
    rows = page.request.get(f"{page.evaluate('location.origin')}/api/documents").json()["documents"]
    page.evaluate("location.href = 'evaluations.html'")
    page.get_by_test_id("no-evaluations").wait_for()
    yield "evaluations"
    page.evaluate(f"location.href = 'diff.html?a={rows[0]['id']}&b={rows[1]['id']}'")
    page.get_by_test_id("change").first.wait_for()
    yield "diff"
    page.evaluate("location.href = 'library.html'")
    page.get_by_test_id("document-count").wait_for()
    yield "library that nobody may change"


def shared_answer(page: Page) -> Iterator[str]:
    answer = ask(page, TRADITIONAL)
    answer.get_by_test_id("share").click()
    answer.get_by_test_id("share-make").click()
    address = answer.get_by_test_id("share-address")
    address.wait_for()
    yield "sharing"
    page.goto(address.input_value())
    page.get_by_test_id("answer-check").wait_for()
    yield "shared answer"


@pytest.mark.parametrize("states", [chat_states, source_states, other_pages, shared_answer])
def test_no_serious_violation(themed: Page, states: Callable[[Page], Iterator[str]]) -> None:
    assert [found for where in states(themed) for found in violations(themed, where)] == []


def test_a_failure_has_no_serious_violation(themed: Page) -> None:
    themed.route("**/api/**", lambda route: route.abort())
    themed.get_by_test_id("question").fill("问")
    themed.keyboard.press("Enter")
    themed.get_by_text("正在等服务恢复").wait_for()
    assert violations(themed, "failure") == []
