"""The 归纳 on the chat page, in a real browser against the real service and a scripted endpoint."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests import llm_endpoint
from tests.conftest import serving
from tests.llm_endpoint import Endpoint, Exchange, endpoint, says
from tests.page_actions import ask

if TYPE_CHECKING:
    from playwright.sync_api import Page

QUESTION = "党建和业务“两张皮”问题怎么解决？"
MARKUP = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def served(corpus_home: Path) -> Iterator[tuple[Endpoint, str]]:
    """The endpoint, and the address of a service that uses it."""
    with endpoint() as running, pytest.MonkeyPatch.context() as patched:
        patched.setenv("DANGJIAN_LLM_MODEL", "试验模型")
        patched.setenv("DANGJIAN_LLM_BASE_URL", running.url)
        with serving(corpus_home) as address:
            yield running, address


@pytest.mark.browser
def test_the_summary_stands_apart_above_the_excerpts(
    served: tuple[Endpoint, str], browser_page: Page
) -> None:
    running, address = served
    running.reply = llm_endpoint.quotes
    browser_page.goto(address)
    answer = ask(browser_page, QUESTION)
    summary = answer.get_by_test_id("summary")
    expect(summary).to_contain_text("不是原文")
    expect(summary.get_by_test_id("citation")).not_to_have_count(0)
    expect(summary.get_by_test_id("claim")).to_have_count(0)
    expect(answer.get_by_test_id("claim")).not_to_have_count(0)
    first = summary.bounding_box()
    claim = answer.get_by_test_id("claim").first.bounding_box()
    assert first
    assert claim
    assert first["y"] + first["height"] <= claim["y"]
    summary.get_by_test_id("citation").first.click()
    browser_page.get_by_test_id("source").get_by_text("已核对：与原文一字不差").wait_for()


@pytest.mark.browser
def test_without_a_usable_model_the_page_shows_the_excerpts_and_says_why(
    served: tuple[Endpoint, str], browser_page: Page
) -> None:
    def lies(exchange: Exchange) -> None:
        says(f"{exchange.excerpts[1].split('。')[0]}{MARKUP}[1]。")(exchange)

    running, address = served
    running.reply = lies
    browser_page.goto(address)
    answer = ask(browser_page, QUESTION)
    expect(answer.get_by_test_id("summary")).to_have_count(0)
    expect(answer.get_by_test_id("claim")).not_to_have_count(0)
    expect(answer.get_by_test_id("notes")).to_contain_text("以下只列原文")
    expect(answer.locator("img[src=x]")).to_have_count(0)
