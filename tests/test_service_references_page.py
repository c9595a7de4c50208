"""References in the source panel, in a real browser."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.page_actions import eventually, reads
from tests.reference_samples import DUTY, home_with_regulations

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

THIRD = DUTY[DUTY.index("第三条") : DUTY.index("\n第二章 附则")]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the service over two regulations that refer to one another."""
    import uvicorn

    from service import build
    from service.api.app import create_app
    from service.settings import Settings

    home = home_with_regulations(tmp_path_factory.mktemp("references"))
    app = create_app(build.open_assistant(Settings(home=home)))
    running = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning"))
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    while not running.started:
        assert thread.is_alive(), "the service did not start"
        time.sleep(0.02)
    yield f"http://127.0.0.1:{running.servers[0].sockets[0].getsockname()[1]}"
    running.should_exit = True
    thread.join(10)


@pytest.fixture
def source(browser_page: Page, server: str) -> Page:
    """The page with the source panel open at 第三条, which refers to this text and to another."""
    browser_page.goto(server)
    ask(browser_page, "值班工作条例第三条")
    browser_page.get_by_test_id("citation").first.click()
    browser_page.get_by_test_id("highlight").wait_for()
    return browser_page


def ask(page: Page, question: str) -> Locator:
    before = page.get_by_test_id("answer").count()
    page.get_by_test_id("question").fill(question)
    page.get_by_test_id("send").click()
    answer = page.get_by_test_id("answer").nth(before)
    answer.wait_for()
    return answer


def is_in_view(page: Page, test_id: str) -> bool:
    """Whether the first line of an element is inside the visible part of the panel's text."""
    script = """id => {
      const box = document.querySelector('.source-body').getBoundingClientRect();
      const line = document.querySelector(`[data-testid="${id}"]`).getClientRects()[0];
      return line.top >= box.top - 1 && line.bottom <= box.bottom + 1;
    }"""
    seen: bool = page.evaluate(script, test_id)
    return seen


def test_references_are_links_inside_the_highlight(source: Page) -> None:
    reads(source.get_by_test_id("highlight"), THIRD)
    links = source.get_by_test_id("highlight").get_by_test_id("reference")
    expect(links).to_have_text(["本条例第二条第二款", "《会务工作条例》第二条", "前款"])
    expect(links.first).to_have_attribute("aria-label", "本条例第二条第二款，查看第二条第二款原文")
    every = source.get_by_test_id("reference").all_text_contents()
    eventually(
        lambda: every == ["《会务工作条例》", *links.all_text_contents()],
        "what is not in the library is no link",
    )


def test_a_reference_leads_to_its_place_in_the_same_text_and_back(source: Page) -> None:
    source.get_by_test_id("reference").get_by_text("本条例第二条第二款").click()
    target = source.get_by_test_id("target")
    target.wait_for()
    expect(target).to_have_text("交接班应当有记录。")
    assert is_in_view(source, "target")
    expect(source.get_by_text("引用：第二条第二款")).to_be_visible()
    expect(source.get_by_text("已核对"), "the mark is no quote of the answer now").to_have_count(0)
    source.get_by_test_id("reference-back").click()
    source.get_by_test_id("highlight").wait_for()
    reads(source.get_by_test_id("highlight"), THIRD)
    expect(source.get_by_test_id("reference-back")).to_have_count(0)
    eventually(lambda: source.evaluate("document.activeElement.textContent") == "本条例第二条第二款")


def test_a_reference_opens_another_text_by_keyboard(source: Page) -> None:
    link = source.get_by_test_id("reference").get_by_text("《会务工作条例》第二条")
    link.focus()
    source.keyboard.press("Enter")
    target = source.get_by_test_id("target")
    target.wait_for()
    expect(target).to_have_text("第二条 会场应当整洁，𠮷字牌应当摆放整齐。")
    expect(source.locator("#source-title")).to_have_text("会务工作条例")
    expect(source.locator(":focus")).to_have_attribute("data-testid", "target")
    source.get_by_test_id("reference-back").press("Enter")
    source.get_by_test_id("highlight").wait_for()
    expect(source.locator("#source-title")).to_have_text("值班工作条例")


def test_the_way_back_leads_through_every_text(source: Page) -> None:
    source.get_by_test_id("reference").get_by_text("前款").click()
    target = source.get_by_test_id("target")
    target.wait_for()
    eventually(lambda: (target.text_content() or "").startswith("第三条 违反"))
    target.get_by_test_id("reference").get_by_text("《会务工作条例》第二条").click()
    source.get_by_text("引用：《会务工作条例》第二条").wait_for()
    source.get_by_test_id("reference-back").click()
    source.get_by_text("引用：第三条第一款").wait_for()
    source.get_by_test_id("reference-back").click()
    source.get_by_test_id("highlight").wait_for()


def test_nothing_is_wider_than_a_small_screen(chromium: object, server: str) -> None:
    context = chromium.new_context(viewport={"width": 360, "height": 740}, color_scheme="dark")  # type: ignore[attr-defined]
    page = context.new_page()
    page.goto(server)
    ask(page, "值班工作条例第三条")
    page.get_by_test_id("citation").first.click()
    page.get_by_test_id("reference").get_by_text("《会务工作条例》第二条").click()
    page.get_by_test_id("target").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.evaluate("document.querySelector('.panel-bar').scrollWidth") <= 360
    expect(page.get_by_test_id("reference-back")).to_be_visible()
    context.close()


def test_a_choice_asks_the_full_question(browser_page: Page, server: str) -> None:
    browser_page.goto(server)
    asked = ask(browser_page, "《工作条例》第二条")
    expect(asked.get_by_text("请先选定一部法规")).to_be_visible()
    choices = asked.get_by_test_id("choice")
    expect(choices).to_have_count(2)
    choices.filter(has_text="会务").click()
    answer = browser_page.get_by_test_id("answer").nth(1)
    answer.wait_for()
    expect(answer).to_contain_text("会场应当整洁")


def test_notes_stand_below_the_articles_of_a_chapter(browser_page: Page, server: str) -> None:
    browser_page.goto(server)
    answer = ask(browser_page, "值班工作条例第一章讲什么")
    expect(answer.get_by_test_id("claim")).to_have_count(3)
    expect(answer.get_by_test_id("notes")).to_contain_text("共三条（第一条至第三条）")
