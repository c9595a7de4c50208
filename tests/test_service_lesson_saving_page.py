"""The page 党课 when saving fails: nothing is lost, and two windows do not overwrite each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.lesson_actions import LESSONS, make, saved, stored
from tests.page_actions import eventually

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.mark.browser
def test_changes_that_could_not_be_sent_are_found_again(browser_page: Page, page_server: str) -> None:
    page = browser_page
    make(page, page_server)
    page.route(LESSONS, lambda route: route.abort() if route.request.method == "PUT" else route.continue_())
    page.get_by_test_id("lesson-title").fill("没存上的标题")
    state = page.get_by_test_id("lesson-saved")
    state.get_by_text("未保存：连接不上服务").wait_for()
    expect(page.get_by_role("alert").get_by_text("先存在这个浏览器里")).to_be_visible()
    page.get_by_test_id("export-md").click()
    page.get_by_text("还有修改没有保存，没有导出").wait_for()

    page.unroute(LESSONS)
    page.route(LESSONS, lambda route: route.abort())  # now the service is gone altogether
    page.reload()
    state.get_by_text("未保存").wait_for()
    expect(page.get_by_test_id("lesson-title")).to_have_value("没存上的标题")
    page.unroute(LESSONS)
    page.get_by_test_id("lesson-retry").click()
    assert saved(page)["title"] == "没存上的标题"
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('dangjian.lesson.'))") == []


@pytest.mark.browser
def test_a_browser_that_keeps_nothing_does_not_promise_to(browser_page: Page, page_server: str) -> None:
    page = browser_page
    page.add_init_script(
        """const real = Storage.prototype.setItem;
        Storage.prototype.setItem = function (key, value) {
          if (key.startsWith('dangjian.lesson.')) throw new DOMException('full', 'QuotaExceededError');
          real.call(this, key, value);
        };"""
    )
    make(page, page_server)
    page.route(LESSONS, lambda route: route.abort())
    page.get_by_test_id("lesson-title").fill("没存上的标题")
    page.get_by_role("alert").get_by_text("没能留底，请先不要关闭本页").wait_for()
    page.unroute(LESSONS)
    page.get_by_test_id("lesson-retry").click()
    assert saved(page)["title"] == "没存上的标题"
    expect(page.get_by_role("alert")).to_have_count(0)


@pytest.mark.browser
@pytest.mark.parametrize("mine", [True, False])
def test_two_windows_do_not_overwrite_each_other(browser_page: Page, page_server: str, mine: bool) -> None:
    page = browser_page
    make(page, page_server)
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_test_id("lesson-title").fill("那边的标题")
    saved(other)
    page.get_by_test_id("lesson-title").fill("这边的标题")
    page.get_by_test_id("lesson-saved").get_by_text("未保存：在别处改过").wait_for()
    eventually(lambda: stored(page)["title"] == "那边的标题")
    page.get_by_test_id("lesson-keep-mine" if mine else "lesson-take-theirs").click()
    expected = "这边的标题" if mine else "那边的标题"
    assert saved(page)["title"] == expected
    expect(page.get_by_test_id("lesson-title")).to_have_value(expected)
    if not mine:
        page.get_by_test_id("lesson-undo").click()
        expect(page.get_by_test_id("lesson-title")).to_have_value("这边的标题")
        assert saved(page)["title"] == "这边的标题"


@pytest.mark.browser
def test_a_lesson_that_the_service_has_lost_becomes_a_new_one(browser_page: Page, page_server: str) -> None:
    page = browser_page
    lost = make(page, page_server)["id"]
    page.evaluate(
        "id => fetch(`api/lessons/${id}`, {method: 'DELETE', headers: {'X-Dangjian-Owner': localStorage['dangjian.owner']}})",
        lost,
    )
    page.get_by_test_id("lesson-title").fill("救回来的课")
    page.get_by_test_id("lesson-saved").get_by_text("未保存：服务里没有这堂课了").wait_for()
    page.get_by_test_id("lesson-save-as-new").click()
    page.wait_for_function("id => !location.search.includes(id)", arg=lost)
    page.get_by_test_id("lesson-outline").wait_for()
    assert saved(page)["title"] == "救回来的课"
