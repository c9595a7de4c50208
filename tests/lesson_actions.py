"""What a trainer does on the lesson page, and what the service has kept of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page, Route

TOPIC = "党建与业务深度融合"
LESSONS = "**/api/lessons/*"


def make(page: Page, address: str, topic: str = TOPIC) -> dict[str, Any]:
    """Make a lesson through the form; returns it as the service has it."""
    page.goto(f"{address}/lesson.html")
    page.get_by_test_id("lesson-topic").fill(topic)
    page.get_by_test_id("lesson-make").click()
    page.get_by_test_id("lesson-outline").wait_for()
    return stored(page)


def stored(page: Page) -> dict[str, Any]:
    """The lesson that is open, as the service has it."""
    lesson: dict[str, Any] = page.evaluate(
        """async () => {
          const id = new URLSearchParams(location.search).get('id');
          const headers = { 'X-Dangjian-Owner': localStorage.getItem('dangjian.owner') };
          return (await fetch(`api/lessons/${id}`, { headers })).json();
        }"""
    )
    return lesson


def saved(page: Page) -> dict[str, Any]:
    """Wait until everything is saved; returns the lesson as the service has it."""
    page.locator("[data-testid=lesson-saved][data-state=saved]").wait_for()
    return stored(page)


def part(page: Page, name: str) -> Locator:
    """A section of the outline, by its name in the API."""
    return page.locator(f"[data-testid=lesson-section][data-part={name}]")


def filled(page: Page) -> str:
    """The name of the first section that has points; which ones do is the library's affair."""
    name = page.locator("[data-testid=lesson-section]:has(.point)").first.get_attribute("data-part")
    assert name
    return name


def flat(sections: list[list[str]]) -> list[str]:
    """Points in the order of the lesson, whatever their section."""
    return [name for section in sections for name in section]


def point_ids(page: Page) -> list[list[str]]:
    """The points on the page, section by section."""
    found: list[list[str]] = page.get_by_test_id("lesson-section").evaluate_all(
        "nodes => nodes.map(node => [...node.querySelectorAll('.point')].map(point => point.dataset.id))"
    )
    return found


def stored_ids(lesson: dict[str, Any]) -> list[list[str]]:
    """The points of a lesson, section by section."""
    return [[point["id"] for point in section["points"]] for section in lesson["sections"]]


def focused(page: Page) -> str:
    """The name of what has the keyboard focus."""
    key: str = page.evaluate("document.activeElement?.dataset.key ?? ''")
    return key


def change_lesson(page: Page, change: Callable[[dict[str, Any]], None]) -> None:
    """Let the service give the lesson as ``change`` leaves it, and load the page anew."""

    def answer(route: Route) -> None:
        if route.request.method != "GET":
            route.continue_()
            return
        lesson = route.fetch().json()
        change(lesson)
        route.fulfill(json=lesson)

    page.route(LESSONS, answer)
    page.reload()
    page.get_by_test_id("lesson-outline").wait_for()
