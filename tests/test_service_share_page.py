"""Copying, exporting and sharing below an answer, and the page of one answer, in a real browser."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

import docx
import pytest
from playwright.sync_api import expect

from tests.page_actions import ask

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser

QUESTION = "什么是“四强”党支部？"


def clipboard(page: Page) -> str:
    """What is on the clipboard of a page that may use it."""
    text: str = page.evaluate("navigator.clipboard.readText()")
    return text


def share(page: Page, answer: Locator) -> str:
    """Share an answer; its address."""
    answer.get_by_test_id("share").press("Enter")
    answer.get_by_test_id("share-make").press("Enter")
    address = answer.get_by_test_id("share-address")
    address.wait_for()
    return address.input_value()


def other_page(chromium: Any, address: str) -> Page:
    """The page at ``address`` in somebody else's browser."""
    page: Page = chromium.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN").new_page()
    page.goto(address)
    return page


def test_an_answer_is_copied_with_its_sources_after_the_standard(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    answer = ask(page, QUESTION)
    answer.get_by_role("button", name="复制（含出处）").click()
    page.get_by_text("已复制答案和资料来源").wait_for()
    text = clipboard(page)
    assert text.startswith(f"问：{QUESTION}")
    assert re.search(r"\n资料来源\n\[1\] .+\[(?:N|Z|J|EB/OL)\]\. ", text)
    page.route("**/export?format=txt", lambda route: route.abort())
    answer.get_by_role("button", name="复制（含出处）").click()
    page.wait_for_function("async old => (await navigator.clipboard.readText()) !== old", arg=text)
    assert "资料来源" in clipboard(page)


def test_an_answer_is_saved_as_word_and_markdown(page: Page) -> None:
    answer = ask(page, QUESTION)
    quotes = answer.get_by_test_id("claim").all_text_contents()
    for kind in ("docx", "md"):
        with page.expect_download() as download:
            answer.get_by_test_id(f"export-answer-{kind}").press("Enter")
        assert download.value.suggested_filename == f"什么是“四强”党支部？.{kind}"
        data = download.value.path().read_bytes()
        if kind == "docx":
            opened = docx.Document(io.BytesIO(data))
            assert opened.paragraphs[0].text == QUESTION
            assert any(quotes[0][:12] in paragraph.text for paragraph in opened.paragraphs)
        else:
            assert data.decode().startswith(f"# {QUESTION}")


def test_a_link_shows_the_answer_to_others_until_it_is_taken_back(page: Page, chromium: Any) -> None:
    answer = ask(page, QUESTION)
    address = share(page, answer)
    other = other_page(chromium, address)
    other.get_by_test_id("answer").wait_for()
    expect(other.get_by_test_id("answer-check")).to_contain_text("全部一致")
    expect(other.get_by_test_id("share")).to_have_count(0)
    expect(other.get_by_test_id("thumb-up")).to_have_count(0)
    assert other.evaluate("document.documentElement.scrollWidth - window.innerWidth") == 0
    other.get_by_test_id("citation").first.click()
    other.get_by_test_id("highlight").first.wait_for()
    answer.get_by_test_id("share-revoke").press("Enter")
    page.get_by_text("已取消分享").wait_for()
    expect(page.locator(":focus")).to_have_attribute("data-testid", "share")
    other.reload()
    other.get_by_text("可能已被分享人取消").wait_for()
    other.context.close()


def test_ones_own_link_is_for_this_browser_alone(page: Page, chromium: Any) -> None:
    answer = ask(page, QUESTION)
    answer.get_by_test_id("recheck").click()
    page.get_by_test_id("answer-check").wait_for()
    expect(page.get_by_test_id("answer").get_by_test_id("claim")).not_to_have_count(0)
    other = other_page(chromium, page.url)
    other.get_by_text("没有这个对话").first.wait_for()
    expect(other.get_by_test_id("answer")).to_have_count(0)
    other.context.close()


def test_what_has_changed_since_is_said_and_words_of_the_answer_stay_text(page: Page) -> None:
    hostile = '<img src=x onerror="window.hit=1">'

    def changed(route: Any) -> None:
        found = route.fetch().json()
        found["answer"]["question"] = hostile
        found["checks"][0] |= {"state": "vanished", "remark": hostile}
        route.fulfill(json=found)

    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    answer = ask(page, QUESTION)
    page.route(re.compile(r"/turns/1$"), changed)
    answer.get_by_test_id("recheck").click()
    row = page.get_by_test_id("check-changed")
    row.wait_for()
    expect(row).to_have_text(f"[1] 原文已找不到{hostile}")
    assert page.evaluate("window.hit") is None
    expect(page.get_by_test_id("answer-check")).to_have_attribute("data-verdict", "changed")
    expect(page.locator(".eyebrow")).not_to_contain_text("逐字")
    assert all(url.startswith(("http://127.0.0.1", "data:")) for url in asked)
