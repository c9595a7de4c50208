"""What a person does on the chat page."""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page


PATIENCE = 15.0
"""Seconds that a page has to become what it should be: machines that run tests are shared and slow at times."""


def eventually(check: Callable[[], object], says: str = "") -> None:
    """Ask again and again until ``check`` holds, as Playwright's ``expect`` does; fails when it does not in time."""
    end = time.monotonic() + PATIENCE
    while not check():
        assert time.monotonic() < end, says or inspect.getsource(check).strip()
        time.sleep(0.05)


def reads(place: Locator, text: str) -> None:
    """Wait until ``place`` holds ``text`` to the character; ``expect`` takes one white space for another."""
    eventually(lambda: place.text_content() == text, f"not there to the character: {text}")


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
