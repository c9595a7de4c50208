"""What a person does on the chat page."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page


def ask(page: Page, question: str) -> Locator:
    """Ask and wait for one more answer; returns it."""
    answers = page.get_by_test_id("answer")
    before = answers.count()
    page.get_by_test_id("question").fill(question)
    page.get_by_test_id("send").click()
    answers.nth(before).wait_for()
    return answers.nth(before)


def open_source(page: Page, question: str) -> Locator:
    """Ask, open the first citation and wait for its excerpt; returns the source panel."""
    ask(page, question).get_by_test_id("citation").first.click()
    page.get_by_test_id("highlight").wait_for()
    return page.get_by_test_id("source")
