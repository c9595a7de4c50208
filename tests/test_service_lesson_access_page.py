"""The page 党课 with the keyboard, on every width, and under axe."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.lesson_actions import flat, focused, make, part, point_ids, saved
from tests.page_actions import eventually, overflow

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.mark.browser
def test_everything_with_the_keyboard(browser_page: Page, page_server: str) -> None:
    page = browser_page
    page.goto(f"{page_server}/lesson.html")
    page.get_by_test_id("lesson-topic").wait_for()
    for _ in range(8):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "topic":
            break
    page.keyboard.type("机关党建督查")
    page.keyboard.press("Enter")
    page.get_by_test_id("lesson-outline").wait_for()
    before = point_ids(page)
    moving = flat(before)[0]

    reach(page, f"{moving}:down")
    page.keyboard.press("Enter")
    eventually(lambda: point_ids(page) != before)
    eventually(lambda: focused(page) == f"{moving}:down")
    spoken = page.locator("#spoken").text_content() or ""
    assert spoken.startswith("已移到“")
    page.keyboard.press("Alt+ArrowUp")
    eventually(lambda: point_ids(page) == before)
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    eventually(lambda: point_ids(page) == before)

    reach(page, f"{moving}:drop")
    page.keyboard.press("Enter")
    eventually(lambda: moving not in flat(point_ids(page)))
    eventually(lambda: focused(page) != "")
    page.keyboard.press("Control+z")
    eventually(lambda: point_ids(page) == before)
    page.keyboard.press("Control+s")
    saved(page)


def reach(page: Page, key: str) -> None:
    """Go on with the tab key until the element of that name has the focus, which has to show."""
    page.locator("#desk-scroller").focus()
    for _ in range(60):
        page.keyboard.press("Tab")
        if focused(page) == key:
            outline: str = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none"
            return
    raise AssertionError(f"{key} cannot be reached with the tab key")


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1024, 1440])
def test_nothing_scrolls_sideways(browser_page: Page, page_server: str, width: int) -> None:
    page = browser_page
    page.set_viewport_size({"width": width, "height": 740})
    make(page, page_server)
    assert overflow(page) <= 0
    page.get_by_test_id("lesson-title").fill("d" * 120)
    part(page, "how").get_by_test_id("lesson-section-minutes").fill("400")
    assert overflow(page) <= 0
    page.get_by_test_id("lesson-source").first.click()
    page.get_by_test_id("highlight").wait_for()
    assert overflow(page) <= 0
    outline = page.get_by_test_id("lesson-outline")
    assert outline.evaluate("node => node.closest('[inert]') === null") is (width > 900)
    if width < 900:
        page.get_by_text("返回党课").click()
    else:
        page.keyboard.press("Escape")
    page.get_by_test_id("lesson-replace").first.click()
    page.get_by_test_id("lesson-candidate").first.wait_for()
    assert overflow(page) <= 0
    page.keyboard.press("Escape")
    saved(page)
    page.get_by_test_id("lesson-back").click()
    page.get_by_test_id("lesson-row").wait_for()
    assert overflow(page) <= 0


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_serious_barriers(browser_page: Page, page_server: str, scheme: Any) -> None:
    from axe_playwright_python.sync_playwright import Axe

    axe = Axe()
    page = browser_page
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")

    def barriers() -> list[str]:
        found = axe.run(page).response["violations"]
        return [
            f"{v['id']}: {node['html'][:160]}"
            for v in found
            if v["impact"] in ("serious", "critical")
            for node in v["nodes"]
        ]

    page.goto(f"{page_server}/lesson.html")
    page.get_by_test_id("lesson-topic").wait_for()
    assert barriers() == []
    make(page, page_server)
    page.get_by_test_id("lesson-add-note").first.click()
    page.keyboard.type("自己的话")
    part(page, "how").get_by_test_id("lesson-section-minutes").fill("33")
    page.get_by_test_id("lesson-drop").nth(1).click()
    assert barriers() == []
    page.get_by_test_id("lesson-replace").first.click()
    page.get_by_test_id("lesson-candidate").first.wait_for()
    assert barriers() == []
    page.get_by_test_id("lesson-source").first.click()
    page.get_by_test_id("highlight").wait_for()
    assert barriers() == []
    page.keyboard.press("Escape")
    saved(page)
    page.get_by_test_id("lesson-back").click()
    page.get_by_test_id("lesson-row").get_by_role("button", name=re.compile("^删除")).click()
    assert barriers() == []
