"""Thumbs on the chat page, in a real browser against the real service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.page_actions import ask, eventually

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

QUESTION = "什么是“四强”党支部？"


def kept(page: Page) -> list[dict[str, Any]]:
    """What the service has kept of this page's conversation."""
    rows: list[dict[str, Any]] = page.evaluate(
        """async () => {
          const { conversation_id } = JSON.parse(sessionStorage.getItem('dangjian.dialogue'));
          const headers = { 'X-Dangjian-Owner': localStorage.getItem('dangjian.owner') };
          const found = await fetch(`api/feedback?conversation_id=${conversation_id}`, { headers });
          return (await found.json()).feedback;
        }"""
    )
    return rows


def test_a_thumb_down_with_a_reason_survives_a_reload(page: Page) -> None:
    answer = ask(page, QUESTION)
    answer.get_by_test_id("thumb-down").press("Enter")
    answer.get_by_test_id("feedback").get_by_role("button", name="不完整").click()
    answer.get_by_label("补充说明").fill("<b>缺</b>了办法")
    page.keyboard.press("Enter")
    page.get_by_text("谢谢，已记下").wait_for()
    said = {"turn": 1, "verdict": "down", "reason": "不完整", "comment": "<b>缺</b>了办法", "confirmed": []}
    eventually(lambda: kept(page) == [said])
    page.reload()
    page.locator("[data-testid=thumb-down][aria-pressed=true]").wait_for()
    page.get_by_test_id("thumb-up").click()
    page.locator("[data-testid=thumb-up][aria-pressed=true]").wait_for()
    eventually(lambda: [row["verdict"] for row in kept(page)] == ["up"])
    expect(page.get_by_test_id("thumb-down")).to_have_attribute("aria-pressed", "false")


def test_a_thumb_up_can_vouch_for_excerpts_and_be_taken_back(page: Page) -> None:
    answer = ask(page, QUESTION)
    answer.get_by_test_id("thumb-up").click()
    vouch = answer.locator("[data-citation]").first
    vouch.click()
    page.wait_for_function("document.querySelector('[data-citation]').ariaPressed === 'true'")
    eventually(lambda: kept(page)[0]["confirmed"] == [int(vouch.get_attribute("data-citation") or "0")])
    answer.get_by_test_id("thumb-up").click()
    page.get_by_text("已撤回评价").wait_for()
    eventually(lambda: kept(page) == [])
    expect(answer.get_by_test_id("feedback")).to_be_hidden()


def test_a_refusal_can_be_rated_and_offers_ways_on(page: Page) -> None:
    answer = ask(page, "红烧肉怎么做")
    answer.get_by_test_id("thumb-down").click()
    answer.get_by_test_id("feedback").get_by_role("button", name="答非所问").wait_for()
    answer.get_by_role("button", name="看有哪些资料").click()
    page.get_by_test_id("documents").get_by_role("listitem").first.wait_for()
    page.keyboard.press("Escape")
    answer.get_by_role("button", name="改一改再问").click()
    expect(page.get_by_test_id("question")).to_have_value("红烧肉怎么做")
    answer.locator(".suggestion").first.click()
    page.get_by_test_id("claim").first.wait_for()


def test_feedback_that_cannot_be_kept_is_not_shown_as_given(page: Page) -> None:
    answer = ask(page, QUESTION)
    page.route("**/api/feedback", lambda route: route.abort())
    answer.get_by_test_id("thumb-up").click()
    page.get_by_text("没能记下评价").wait_for()
    expect(answer.get_by_test_id("thumb-up")).to_have_attribute("aria-pressed", "false")
