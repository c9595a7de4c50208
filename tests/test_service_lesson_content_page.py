"""What the page 党课 shows of a lesson, what it does not let out, and its pure logic under node."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.lesson_actions import change_lesson, make, saved
from tests.page_actions import MARKUP

if TYPE_CHECKING:
    from playwright.sync_api import Page


def test_the_logic_of_the_page() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    checks = Path(__file__).parent / "data" / "lesson_logic.mjs"
    done = subprocess.run([node, str(checks)], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.browser
def test_what_became_of_excerpts_what_differs_and_what_is_missing(
    browser_page: Page, page_server: str
) -> None:
    page = browser_page
    make(page, page_server)

    def flag(lesson: dict[str, Any]) -> None:
        points = [point for section in lesson["sections"] for point in section["points"] if point["excerpts"]]
        for point, state in zip(points, ("superseded", "moved", "vanished"), strict=False):
            point["excerpts"][0] |= {"state": state, "remark": f"说明{state}"}
        points[0]["warnings"] = ["2019年和2022年的数字不同，请核对。"]
        for section in lesson["sections"]:
            section["missing"] = "资料库里没有讲问题的话。" if section["part"] == "view" else ""

    change_lesson(page, flag)
    remarks = page.get_by_test_id("lesson-remark").all_text_contents()
    assert remarks[:3] == [
        "已被取代：说明superseded",
        "位置有变：说明moved",
        "已失效：说明vanished",
    ]
    expect(page.get_by_test_id("lesson-warning")).to_have_text(
        "2019年和2022年的数字不同，请核对。", use_inner_text=True
    )
    expect(page.get_by_test_id("lesson-missing")).to_have_text(
        "资料库里没有讲问题的话。", use_inner_text=True
    )


@pytest.mark.browser
def test_markup_is_shown_as_it_was_written(browser_page: Page, page_server: str) -> None:
    page = browser_page
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    make(page, page_server, f"支部建设{MARKUP}")
    page.get_by_test_id("lesson-title").fill(MARKUP)
    page.get_by_test_id("lesson-audience-edit").fill("<b>书记</b>")
    first = page.get_by_test_id("lesson-point").first
    first.get_by_test_id("lesson-add-note").click()
    page.keyboard.type(MARKUP)
    saved(page)

    def poison(lesson: dict[str, Any]) -> None:
        excerpt = {"title": MARKUP, "quote": MARKUP, "location": MARKUP, "source": MARKUP, "rank": MARKUP}
        for section in lesson["sections"]:
            section |= {"missing": MARKUP, "title": MARKUP}
            for point in section["points"]:
                point |= {"text": MARKUP, "answer": MARKUP, "warnings": [MARKUP]}
                for kept in point["excerpts"]:
                    kept |= {"state": "moved", "remark": MARKUP}
                    kept["citation"] |= excerpt

    change_lesson(page, poison)
    expect(page.get_by_test_id("lesson-title")).to_have_value(MARKUP)
    expect(page.get_by_test_id("lesson-remark").first).to_have_text(f"位置有变：{MARKUP}")
    page.get_by_test_id("lesson-source").first.click()
    page.get_by_text("核对未通过").wait_for()
    page.keyboard.press("Escape")
    page.get_by_test_id("lesson-back").click()
    page.get_by_test_id("lesson-row").get_by_text(MARKUP).wait_for()
    expect(page.locator("main img, aside img")).to_have_count(0)
    assert page.evaluate("window.injected") is None
    assert dialogs == []


@pytest.mark.browser
def test_no_request_leaves_the_server_and_the_console_is_quiet(browser_page: Page, page_server: str) -> None:
    page = browser_page
    requests: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    make(page, page_server)
    page.get_by_test_id("lesson-replace").first.click()
    page.get_by_test_id("lesson-take").first.click()
    page.get_by_test_id("lesson-source").first.click()
    page.get_by_test_id("highlight").wait_for()
    saved(page)
    page.get_by_test_id("lesson-back").click()
    page.get_by_test_id("lesson-row").first.wait_for()
    assert [url for url in requests if not url.startswith((f"{page_server}/", f"blob:{page_server}/"))] == []
    assert complaints == []
