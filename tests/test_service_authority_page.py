"""The chat page: the scope button and the badges that say who speaks, in a real browser against the real service."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from service import build
from service.settings import Settings
from tests.authority_home import QUESTION, write_documents
from tests.conftest import serving
from tests.page_actions import eventually

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page, Request

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = write_documents(tmp_path_factory.mktemp("authority-page") / "documents")
    settings = Settings(home=folder.parent / "home")
    build.ingest(settings, (folder,), progress=lambda stage, done, total: None)
    with serving(settings.home) as address:
        yield address


@pytest.fixture
def page(browser_page: Page, server: str) -> Page:
    """The page, loaded and ready for a question."""
    browser_page.goto(server)
    browser_page.get_by_test_id("question").wait_for()
    return browser_page


@pytest.fixture
def sent(page: Page) -> list[dict[str, Any]]:
    """The bodies of the questions sent."""
    bodies: list[dict[str, Any]] = []

    def note(request: Request) -> None:
        if request.url.endswith("/api/ask/stream"):
            bodies.append(request.post_data_json)

    page.on("request", note)
    return bodies


def ask(page: Page) -> Locator:
    """Ask and wait for one more answer; returns it."""
    answers = page.get_by_test_id("answer")
    before = answers.count()
    page.get_by_test_id("question").fill(QUESTION)
    page.get_by_test_id("send").click()
    answers.nth(before).wait_for()
    return answers.nth(before)


def badges(place: Page | Locator) -> set[str]:
    return set(place.get_by_test_id("badge").all_text_contents())


ALL = {"中央法规 · 规定", "讲话 · 要求", "经验材料 · 做法"}


def test_badges_beside_every_source(page: Page) -> None:
    answer = ask(page)
    eventually(lambda: badges(answer.locator(".sources")) == ALL)
    chip = answer.get_by_test_id("citation").first
    chip.hover()
    card = page.locator("#citation-card")
    card.wait_for()
    eventually(lambda: badges(card) == {"中央法规 · 规定"})
    chip.click()
    page.get_by_test_id("highlight").wait_for()
    eventually(lambda: badges(page.get_by_test_id("source").locator(".panel-head")) == {"中央法规 · 规定"})
    page.get_by_role("button", name="资料", exact=True).click()
    page.get_by_test_id("documents").locator(".document-item").first.wait_for()
    eventually(lambda: badges(page.get_by_test_id("documents")) == ALL)


def test_groups_stand_over_their_claims_and_numbers_run_through(page: Page) -> None:
    answer = ask(page)
    rows = answer.locator(".claims > li")
    kinds = [row.get_attribute("data-testid") or row.text_content() for row in rows.all()]
    assert [kind for kind in kinds if kind != "claim"] == ["规定", "讲话要求", "做法"]
    assert kinds[0] == "规定"
    page.reload()
    restored = page.get_by_test_id("answer")
    restored.wait_for()
    expect(restored.locator(".claim-group")).to_have_text(["规定", "讲话要求", "做法"])


def test_the_scope_is_sent_shown_and_remembered(page: Page, sent: list[dict[str, Any]]) -> None:
    ask(page)
    assert "filters" not in sent[-1]
    page.get_by_test_id("scope").click()
    page.get_by_role("menuitemradio", name="只看规定").click()
    expect(page.get_by_test_id("scope")).to_have_text("只看规定", use_inner_text=True)
    answer = ask(page)
    assert sent[-1]["filters"] == {"natures": ["规定"]}
    eventually(lambda: badges(answer) == {"中央法规 · 规定"})
    expect(page.locator(".asked-scope")).to_have_text(["范围：只看规定"])
    page.reload()
    page.get_by_test_id("answer").nth(1).wait_for()
    expect(page.get_by_test_id("scope")).to_have_attribute("aria-label", "资料范围：只看规定")
    expect(page.locator(".asked-scope")).to_have_count(1)
    page.get_by_test_id("scope").click()
    page.get_by_role("menuitemradio", name="全部").click()
    ask(page)
    assert "filters" not in sent[-1]


def test_the_menu_by_keyboard(page: Page, sent: list[dict[str, Any]]) -> None:
    button, menu = page.get_by_test_id("scope"), page.get_by_role("menu", name="资料范围")
    button.focus()
    expect(button).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("ArrowDown")
    expect(button).to_have_attribute("aria-expanded", "true")
    focused = page.locator(":focus")
    eventually(
        lambda: (
            (focused.get_attribute("role"), focused.get_attribute("data-scope")) == ("menuitemradio", "all")
        )
    )
    expect(focused).to_have_attribute("aria-checked", "true")
    for key, scope in (("ArrowUp", "practice"), ("ArrowDown", "all"), ("End", "practice"), ("Home", "all")):
        page.keyboard.press(key)
        expect(page.locator(":focus")).to_have_attribute("data-scope", scope)
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(page.locator(":focus")).to_have_attribute("data-testid", "scope")
    page.keyboard.press("Enter")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(menu).to_be_hidden()
    answer = ask(page)
    eventually(lambda: badges(answer) == {"经验材料 · 做法"})
    assert sent[-1]["filters"] == {"natures": ["做法"]}


def test_the_menu_closes_with_a_press_elsewhere_and_leaves_the_panel_open(page: Page) -> None:
    ask(page).get_by_test_id("citation").first.click()
    page.get_by_test_id("source").wait_for()
    page.get_by_test_id("scope").click()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("source")).to_be_visible()
    page.get_by_test_id("scope").click()
    page.get_by_test_id("question").click()
    expect(page.get_by_role("menu")).to_be_hidden()


def test_nothing_is_wider_than_a_small_screen(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.get_by_test_id("scope").click()
    box = page.locator("#scope-menu").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 360
    page.get_by_role("menuitemradio", name="只看做法").click()
    ask(page)
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
