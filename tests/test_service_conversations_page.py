"""Conversations on the chat page, in a real browser against the real service."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.page_actions import ask, eventually

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

FIRST = "宁夏怎么抓机关党建督查？"


def rows(page: Page, count: int) -> Locator:
    """The conversations listed, once there are ``count``."""
    listed = page.get_by_test_id("conversations").get_by_test_id("conversation")
    page.wait_for_function(
        "n => document.querySelectorAll('[data-testid=conversation]').length === n", arg=count
    )
    return listed


@pytest.mark.browser
def test_a_follow_up_shows_how_it_was_understood(page: Page) -> None:
    expect(ask(page, FIRST).get_by_test_id("resolved")).to_have_count(0)
    answer = ask(page, "天津呢？")
    expect(answer.get_by_test_id("resolved")).to_have_text("按“天津怎么抓机关党建督查？”理解")
    expect(answer.get_by_test_id("claim").first).to_contain_text("天津")


@pytest.mark.browser
def test_conversations_are_listed_opened_and_brought_back_by_a_reload(page: Page) -> None:
    ask(page, FIRST)
    expect(rows(page, 1).first).to_contain_text(FIRST)
    page.get_by_test_id("new-conversation").click()
    ask(page, "什么是“四强”党支部？")
    listed = rows(page, 2)
    listed.filter(has_text="宁夏").locator(".history-open").click()
    page.locator(".asked", has_text=FIRST).wait_for()  # in the dialogue: the list shows it at any time
    page.reload()
    page.locator(".asked", has_text=FIRST).wait_for()
    current = rows(page, 2).filter(has=page.locator("[aria-current=true]"))
    expect(current).to_contain_text(FIRST)
    expect(ask(page, "天津呢？").get_by_test_id("resolved")).to_have_count(1)
    counted = rows(page, 2).first.get_by_text("2 问")
    counted.wait_for()
    expect(counted).to_have_count(1)


@pytest.mark.browser
def test_a_conversation_is_renamed_with_the_keyboard_and_escape_gives_up(page: Page) -> None:
    ask(page, FIRST)
    row = rows(page, 1).first
    row.get_by_role("button", name=re.compile("^改名")).press("Enter")
    page.get_by_label("对话的名称").fill("不要这个")
    page.keyboard.press("Escape")
    expect(row).to_contain_text(FIRST)
    row.get_by_role("button", name=re.compile("^改名")).press("Enter")
    page.get_by_label("对话的名称").fill("督查")
    page.keyboard.press("Enter")
    row.locator(".history-title", has_text="督查").wait_for()
    expect(page.locator(":focus")).to_have_attribute("title", "改名")
    page.reload()
    expect(rows(page, 1).first).to_contain_text("督查")


@pytest.mark.browser
def test_a_conversation_is_deleted_only_after_a_second_word(page: Page) -> None:
    ask(page, FIRST)
    row = rows(page, 1).first
    row.get_by_role("button", name=re.compile("^删除")).press("Enter")
    eventually(lambda: page.evaluate("document.activeElement.textContent") == "取消")
    page.keyboard.press("Enter")
    row.get_by_role("button", name=re.compile("^删除")).press("Enter")
    row.get_by_role("button", name="确认删除").click()
    page.get_by_text("问过的会列在这里").wait_for()
    expect(page.get_by_test_id("answer")).to_have_count(0)


@pytest.mark.browser
def test_the_export_is_a_file_with_numbered_sources(page: Page) -> None:
    ask(page, FIRST)
    row = rows(page, 1).first
    with page.expect_download() as download:
        row.get_by_role("link", name=re.compile("^导出")).press("Enter")
    text = download.value.path().read_text("utf-8")
    assert text.startswith("# 宁夏")
    assert "## 资料来源\n\n- [1] 《" in text
    assert download.value.suggested_filename.endswith(".md")


@pytest.mark.browser
def test_other_browsers_do_not_see_them(page: Page, page_server: str) -> None:
    ask(page, FIRST)
    rows(page, 1)
    assert page.request.get(f"{page_server}/api/conversations").json()["conversations"] == []


@pytest.mark.browser
def test_on_a_phone_the_conversations_are_a_drawer(page: Page) -> None:
    ask(page, FIRST)
    rows(page, 1)
    page.set_viewport_size({"width": 360, "height": 740})
    drawer, toggle = page.get_by_test_id("conversations"), page.get_by_role("button", name="对话", exact=True)
    drawer.wait_for(state="hidden")
    toggle.click()
    drawer.wait_for(state="visible")
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") == 0
    page.keyboard.press("Escape")
    drawer.wait_for(state="hidden")
    expect(page.locator(":focus")).to_have_attribute("id", "open-history")
    toggle.click()
    page.get_by_test_id("new-conversation").click()
    drawer.wait_for(state="hidden")
    expect(page.get_by_test_id("answer")).to_have_count(0)
