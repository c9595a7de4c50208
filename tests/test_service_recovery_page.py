"""What goes wrong around a question must not lose it: a reload in mid-stream, a service that goes and comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.page_actions import ask, eventually

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

QUESTION = "党建和业务“两张皮”问题怎么解决？"
STREAM = "**/api/ask/stream"
HALF_A_STREAM = """() => {
  const real = window.fetch;
  const claim = { index: 0, claim: { text: '第一点', verbatim: true, citations: [] }, citations: [] };
  window.fetch = (address, options) => {
    if (!String(address).endsWith('/ask/stream')) return real(address, options);
    const body = new ReadableStream({ start(controller) {
      controller.enqueue(new TextEncoder().encode(`event: claim\\ndata: ${JSON.stringify(claim)}\\n\\n`));
    }});
    return Promise.resolve(new Response(body, { headers: { 'Content-Type': 'text/event-stream' } }));
  };
}"""


def test_a_reload_in_mid_stream_keeps_the_question_and_enter_sends_it_again(page: Page) -> None:
    page.evaluate(HALF_A_STREAM)
    page.get_by_test_id("question").fill(QUESTION)
    page.keyboard.press("Enter")
    page.get_by_text("第一点").wait_for()
    page.reload()
    page.get_by_text("上次没有答完。").wait_for()
    expect(page.locator(".asked")).to_have_text(f"问：{QUESTION}")
    page.get_by_test_id("question").press("Enter")
    page.get_by_test_id("answer").wait_for()
    expect(page.locator(".asked")).to_have_count(1)
    page.get_by_test_id("question").press("Enter")
    page.wait_for_timeout(150)
    expect(page.locator(".asked"), "an answered question is not sent again").to_have_count(1)
    expect(page.get_by_test_id("answer")).to_have_count(1)


def test_a_service_that_comes_back_is_noticed_and_takes_the_question(page: Page) -> None:
    page.route("**/api/**", lambda route: route.abort())
    page.get_by_test_id("question").fill(QUESTION)
    page.keyboard.press("Enter")
    page.get_by_text("正在等服务恢复").wait_for()
    page.unroute("**/api/**")
    page.get_by_role("button", name="重新发送").click(timeout=10_000)
    page.get_by_test_id("answer").wait_for()
    expect(page.locator("#banner")).to_be_hidden()
    expect(page.locator(".asked")).to_have_count(1)


def test_a_cut_stream_keeps_what_came_and_the_question(page: Page) -> None:
    page.route("**/api/ask", lambda route: route.abort())
    page.route(STREAM, lambda route: route.fulfill(content_type="text/event-stream", body="event: start\n"))
    page.get_by_test_id("question").fill(QUESTION)
    page.keyboard.press("Enter")
    page.get_by_text("连接不上服务").wait_for()
    page.unroute("**/api/ask")
    page.unroute(STREAM)
    page.get_by_test_id("question").press("Enter")
    page.get_by_test_id("answer").wait_for()
    expect(page.locator(".asked").last).to_contain_text(QUESTION, use_inner_text=True)


def test_on_paper_there_is_the_answer_with_its_sources_and_nothing_else(page: Page) -> None:
    answer = ask(page, QUESTION)
    quotes = answer.get_by_test_id("printed-sources").locator("q")
    expect(quotes).not_to_have_count(0)
    expect(quotes.first).to_be_hidden()
    page.emulate_media(media="print", color_scheme="dark")
    expect(quotes.first).to_be_visible()
    expect(page.locator(".asked")).to_be_visible()
    for chrome in (".top", ".history", ".dock", ".status-line", ".suggestions", ".sources"):
        expect(page.locator(chrome).first, chrome).to_be_hidden()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("document.documentElement.scrollHeight > window.innerHeight / 2")


def test_printing_one_answer_leaves_the_others_out(page: Page) -> None:
    ask(page, QUESTION)
    answer = ask(page, "什么是“四强”党支部？")
    page.evaluate(
        "window.print = () => { window.printed = document.querySelectorAll('.print-this').length; }"
    )
    answer.get_by_role("button", name="打印").click()
    assert page.evaluate("window.printed") == 1
    page.emulate_media(media="print")
    eventually(lambda: [node.is_visible() for node in page.locator(".turn").all()] == [False, True])
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    eventually(lambda: [node.is_visible() for node in page.locator(".turn").all()] == [True, True])
