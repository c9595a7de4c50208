"""What a person does on a page, and what tests see of it."""

from __future__ import annotations

import inspect
import json
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Dialog, Locator, Page, Route

QUESTION = "党建和业务“两张皮”问题怎么解决？"
STREAM = "**/api/ask/stream"
MARKUP = "<img src=x onerror=\"window.injected=1;alert('坏')\">"

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


def answer_of(page: Page, question: str) -> dict[str, Any]:
    """What the service answers, without the page."""
    response = page.request.post(f"{origin(page)}/api/ask", data={"question": question})
    answer: dict[str, Any] = response.json()
    return answer


def origin(page: Page) -> str:
    """The scheme, host and port of the page."""
    where: str = page.evaluate("location.origin")
    return where


def active_test_id(page: Page) -> str | None:
    """The ``data-testid`` of the element with the keyboard focus."""
    found: str | None = page.evaluate("document.activeElement?.dataset?.testid ?? null")
    return found


def watch_dialogs(page: Page) -> list[str]:
    """Dismiss dialogs; the list returned fills with their messages."""
    messages: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        messages.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismiss)
    return messages


def overflow(page: Page) -> int:
    """How many pixels the page is wider than the window."""
    wider: int = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return wider


def stream_of(*events: tuple[str, object]) -> str:
    """A ``text/event-stream`` body."""
    return "".join(
        f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n" for name, data in events
    )


def fulfil_stream(route: Route, *events: tuple[str, object]) -> None:
    """Answer a request with a whole stream at once."""
    route.fulfill(status=200, content_type="text/event-stream; charset=utf-8", body=stream_of(*events))
