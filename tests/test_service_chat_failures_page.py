"""The chat page when something fails: nothing is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.page_actions import QUESTION, STREAM, ask, fulfil_stream, origin

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route


def leave_waiting(route: Route) -> None:
    """Never answer."""


@pytest.mark.browser
def test_a_reload_keeps_the_draft_and_the_dialogue(page: Page) -> None:
    ask(page, QUESTION)
    page.get_by_test_id("question").fill("还没发出的问题\n第二行")
    page.reload()
    page.get_by_test_id("answer").wait_for()
    expect(page.get_by_test_id("question")).to_have_value("还没发出的问题\n第二行")
    expect(page.locator(".asked")).to_have_text(f"问：{QUESTION}")
    page.get_by_test_id("citation").first.click()
    page.get_by_test_id("highlight").wait_for()


@pytest.mark.browser
def test_a_server_error_keeps_the_question_and_offers_a_retry(page: Page) -> None:
    problem = {"title": "检索没有完成", "detail": "索引读不出来。", "fix": "请运行 dangjian doctor。"}
    page.route(STREAM, lambda route: route.fulfill(status=500, json=problem | {"status": 500}))
    page.get_by_test_id("question").fill(QUESTION)
    page.get_by_test_id("send").click()
    page.get_by_text(problem["title"]).wait_for()
    expect(page.get_by_text(problem["detail"])).to_be_visible()
    expect(page.get_by_text(problem["fix"])).to_be_visible()
    expect(page.locator(".asked")).to_have_text(f"问：{QUESTION}")
    expect(page.get_by_test_id("answer")).to_have_count(0)

    page.unroute(STREAM)
    page.get_by_role("button", name="重试").click()
    page.get_by_test_id("answer").wait_for()
    expect(page.get_by_test_id("claim")).not_to_have_count(0)


@pytest.mark.browser
def test_an_error_inside_the_stream_is_shown(page: Page) -> None:
    problem = {"title": "回答中断", "detail": "校验出错。", "fix": "请重试。", "status": 500}
    page.route(STREAM, lambda route: fulfil_stream(route, ("error", problem)))
    page.get_by_test_id("question").fill(QUESTION)
    page.get_by_test_id("send").click()
    page.get_by_text("回答中断").wait_for()
    page.get_by_role("button", name="改一改再问").click()
    expect(page.get_by_test_id("question")).to_have_value(QUESTION)


@pytest.mark.browser
def test_a_broken_stream_falls_back_to_the_plain_request(page: Page) -> None:
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.route(
        STREAM, lambda route: fulfil_stream(route, ("start", {"question": QUESTION, "conversation_id": ""}))
    )
    answer = ask(page, QUESTION)
    expect(answer.get_by_test_id("claim")).not_to_have_count(0)
    assert len([url for url in requests if url.endswith("/api/ask")]) == 1


@pytest.mark.browser
def test_a_server_that_is_gone_is_named_in_chinese(page: Page) -> None:
    page.route("**/api/**", lambda route: route.abort())
    page.get_by_test_id("question").fill(QUESTION)
    page.get_by_test_id("send").click()
    page.get_by_text("连接不上服务").wait_for()
    expect(page.get_by_role("button", name="重试")).to_be_visible()
    page.reload()
    page.get_by_text("上次没有答完。").wait_for()
    expect(page.locator(".asked")).to_have_text(f"问：{QUESTION}")


@pytest.mark.browser
def test_an_answer_can_be_stopped(page: Page) -> None:
    page.route(STREAM, leave_waiting)
    page.get_by_test_id("question").fill(QUESTION)
    page.get_by_test_id("send").click()
    page.get_by_role("button", name="停止").click()
    page.get_by_text("已停止。").wait_for()
    page.unroute(STREAM)
    expect(page.get_by_test_id("answer")).to_have_count(0)
    page.get_by_role("button", name="重新回答").click()
    page.get_by_test_id("answer").wait_for()


@pytest.mark.browser
def test_a_question_that_is_too_long_is_neither_cut_nor_sent(page: Page) -> None:
    limit = page.request.get(f"{origin(page)}/api/health").json()["limits"]["question_characters"]
    question = "𠮷" * (limit + 2)
    page.get_by_test_id("question").fill(question)
    page.get_by_text("请删减 2 字").wait_for()
    expect(page.get_by_test_id("send")).to_be_disabled()
    page.get_by_test_id("question").press("Enter")
    expect(page.get_by_test_id("question")).to_have_value(question)
    page.get_by_test_id("question").fill(question[:-2])
    expect(page.get_by_test_id("send")).to_be_enabled()
