"""The chat page with the keyboard, on every width."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.page_actions import QUESTION, active_test_id, ask, eventually, overflow

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.mark.browser
def test_everything_works_from_the_keyboard(page: Page) -> None:
    page.locator("body").press("Tab")  # from wherever the page put the focus
    page.evaluate("document.activeElement.blur()")
    for _ in range(20):
        if active_test_id(page) == "question":
            break
        page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_attribute("data-testid", "question")
    page.keyboard.type(QUESTION)
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("Enter")
    page.get_by_test_id("answer").wait_for()
    expect(page.get_by_test_id("question")).to_have_value("")

    for _ in range(60):
        if active_test_id(page) == "citation":
            break
        page.keyboard.press("Shift+Tab")
    expect(page.locator(":focus")).to_have_attribute("data-testid", "citation")
    page.get_by_role("tooltip").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("tooltip").wait_for(state="hidden")
    page.keyboard.press("Enter")
    page.get_by_test_id("highlight").wait_for()
    eventually(lambda: page.evaluate("document.activeElement.closest('[data-testid=source]') !== null"))
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("source")).to_have_count(0)
    expect(page.locator(":focus"), "closing the source must give the focus back").to_have_attribute(
        "data-testid", "citation"
    )


@pytest.mark.browser
def test_enter_that_picks_a_candidate_does_not_send(page: Page) -> None:
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    box = page.get_by_test_id("question")
    box.fill("dangjian")
    composing = (
        "new KeyboardEvent('keydown', {key: 'Enter', bubbles: true, cancelable: true, isComposing: true})"
    )
    assert box.evaluate(f"box => box.dispatchEvent({composing})") is True, (
        "the key belongs to the input method"
    )
    expect(box).to_have_value("dangjian")
    assert [url for url in requests if "/api/ask" in url] == []


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1024, 1440])
def test_nothing_scrolls_sideways(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 740})
    assert overflow(page) <= 0
    answer = ask(page, f"{'d' * 120} {QUESTION}")
    answer = ask(page, QUESTION)
    assert overflow(page) <= 0
    answer.get_by_test_id("citation").first.click()
    page.get_by_test_id("highlight").wait_for()
    assert overflow(page) <= 0
    assert answer.evaluate("node => node.closest('[inert]') === null") is (width > 900)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="资料", exact=True).click()
    page.get_by_test_id("documents").get_by_role("listitem").first.wait_for()
    assert overflow(page) <= 0


@pytest.mark.browser
def test_on_a_phone_there_are_two_ways_back(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    chip = ask(page, QUESTION).get_by_test_id("citation").first
    chip.click()
    page.get_by_test_id("highlight").wait_for()
    page.get_by_text("返回对话").click()
    page.get_by_test_id("source").wait_for(state="detached")
    chip.click()
    page.get_by_test_id("highlight").wait_for()
    page.go_back()
    page.get_by_test_id("source").wait_for(state="detached")
    expect(chip).to_be_visible()
