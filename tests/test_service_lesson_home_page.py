"""The page 党课 before a lesson is open: the form that makes one, and the list of lessons."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.lesson_actions import make

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route


@pytest.mark.browser
def test_a_topic_that_cannot_be_made_says_why_and_stays(browser_page: Page, page_server: str) -> None:
    page = browser_page
    problem = {"title": "索引暂不可用", "detail": "索引读不出来。", "fix": "请运行 dangjian doctor。"}
    page.route("**/api/lessons", lambda route: fail(route, problem))
    page.goto(f"{page_server}/lesson.html")
    page.get_by_test_id("lesson-topic").fill("支部建设")
    page.get_by_test_id("lesson-make").click()
    page.get_by_test_id("lesson-form").get_by_text("请运行 dangjian doctor。").wait_for()
    expect(page.get_by_test_id("lesson-topic")).to_have_value("支部建设")
    page.unroute("**/api/lessons")
    page.get_by_test_id("lesson-form").get_by_role("button", name="重试").click()
    page.get_by_test_id("lesson-outline").wait_for()


def fail(route: Route, problem: dict[str, str]) -> None:
    """Let making fail and the list pass."""
    if route.request.method == "POST":
        route.fulfill(status=503, json=problem | {"status": 503})
    else:
        route.continue_()


@pytest.mark.browser
def test_lessons_are_listed_renamed_and_deleted_with_time_to_regret(
    browser_page: Page, page_server: str
) -> None:
    page = browser_page
    make(page, page_server, "支部书记怎么抓班子")
    page.get_by_test_id("lesson-back").click()
    row = page.get_by_test_id("lesson-row")
    row.get_by_text("支部书记怎么抓班子").wait_for()
    row.get_by_role("button", name=re.compile("^改名")).press("Enter")
    page.get_by_label("党课的名称").fill("改过的名字")
    page.keyboard.press("Enter")
    row.get_by_text("改过的名字").wait_for()

    row.get_by_role("button", name=re.compile("^删除")).press("Enter")
    expect(page.locator(":focus")).to_have_attribute("data-testid", "lesson-undelete")
    page.keyboard.press("Enter")
    row.locator(".lesson-open").click()
    page.get_by_test_id("lesson-outline").wait_for()
    expect(page.get_by_test_id("lesson-title")).to_have_value("改过的名字")
    page.go_back()

    row.get_by_role("button", name=re.compile("^删除")).click()
    with page.expect_response(lambda response: response.request.method == "DELETE") as deleted:
        page.get_by_test_id("lesson-topic").focus()
    assert deleted.value.status == 204
    page.get_by_text("还没有党课").wait_for()
    expect(page.locator(":focus")).to_have_attribute("data-testid", "lesson-topic")
