"""The page 党课 in a real browser: a lesson is made, edited and kept."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.lesson_actions import filled, flat, focused, make, part, point_ids, saved, stored_ids
from tests.page_actions import eventually, reads

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.mark.browser
def test_a_lesson_is_made_edited_and_kept_over_a_reload(browser_page: Page, page_server: str) -> None:
    page = browser_page
    lesson = make(page, page_server)
    eventually(lambda: point_ids(page) == stored_ids(lesson))
    expect(page.get_by_test_id("lesson-excerpt")).not_to_have_count(0)

    page.get_by_test_id("lesson-title").fill("一堂\n改过名的课")  # as when pasted
    name = filled(page)
    part(page, name).get_by_test_id("lesson-section-minutes").fill("13")
    first = part(page, name).get_by_test_id("lesson-point").first
    first.get_by_test_id("lesson-point-text").fill("我自己的说法")
    first.get_by_test_id("lesson-add-note").click()
    page.keyboard.type("本支部的例子")
    after = saved(page)
    assert after["title"] == "一堂 改过名的课"
    section = next(section for section in after["sections"] if section["part"] == name)
    assert section["minutes"] == 13
    point = section["points"][0]
    assert (point["text"], point["own"], point["note"]) == ("我自己的说法", True, "本支部的例子")

    page.reload()
    page.get_by_test_id("lesson-outline").wait_for()
    expect(page.get_by_test_id("lesson-title")).to_have_value("一堂 改过名的课")
    first = part(page, name).get_by_test_id("lesson-point").first
    expect(first.get_by_test_id("lesson-point-text")).to_have_value("我自己的说法")
    expect(first.get_by_text("讲课人补充", exact=True)).to_have_count(2)
    expect(first.get_by_test_id("lesson-note-text")).to_have_value("本支部的例子")


@pytest.mark.browser
def test_the_minutes_are_checked_against_the_whole_and_fitted(browser_page: Page, page_server: str) -> None:
    page = browser_page
    lesson = make(page, page_server)
    total = sum(section["minutes"] for section in lesson["sections"])
    minutes = part(page, "how").get_by_test_id("lesson-section-minutes")
    minutes.fill(str(int(minutes.input_value()) + 7 + lesson["minutes"] - total))
    page.get_by_test_id("lesson-sum").get_by_text("比全课多 7 分钟").wait_for()
    page.get_by_test_id("lesson-fit").click()
    page.get_by_test_id("lesson-sum").get_by_text("与全课时长一致").wait_for()
    after = saved(page)
    assert sum(section["minutes"] for section in after["sections"]) == lesson["minutes"]

    address = page.url
    page.get_by_test_id("lesson-rail").get_by_role("link").last.click()
    eventually(lambda: page.evaluate("document.activeElement.dataset.part") == lesson["sections"][-1]["part"])
    eventually(lambda: page.url == address)


@pytest.mark.browser
def test_points_are_dropped_and_brought_back(browser_page: Page, page_server: str) -> None:
    page = browser_page
    before = stored_ids(make(page, page_server))
    page.get_by_test_id("lesson-point").first.get_by_test_id("lesson-drop").click()
    eventually(lambda: flat(point_ids(page)) == flat(before)[1:])
    page.get_by_test_id("lesson-point").first.get_by_test_id("lesson-drop").click()
    saved(page)
    page.locator("#notice").get_by_text("撤销").click()
    page.get_by_test_id("lesson-undo").click()
    eventually(lambda: point_ids(page) == before)
    assert stored_ids(saved(page)) == before
    notice = page.locator("#notice")
    for go_on in (
        lambda: page.get_by_test_id("lesson-title").fill("一个标题"),
        lambda: page.get_by_test_id("lesson-back").click(),
    ):
        page.get_by_test_id("lesson-point").first.get_by_test_id("lesson-drop").click()
        notice.get_by_text("撤销").wait_for()
        go_on()
        notice.get_by_text("撤销").wait_for(state="detached")


@pytest.mark.browser
def test_a_point_is_dragged_into_another_section(browser_page: Page, page_server: str) -> None:
    page = browser_page
    before = stored_ids(make(page, page_server))
    moving = flat(before)[0]
    at = next(index for index, section in enumerate(before) if section)
    goal = page.get_by_test_id("lesson-section").nth(at + 1)
    page.set_viewport_size({"width": 1440, "height": 3200})  # without scrolling along
    grip = page.locator(f"[data-id='{moving}'] .point-grip").bounding_box()
    target = goal.locator(".part-add").bounding_box()
    assert grip
    assert target
    page.mouse.move(grip["x"] + 10, grip["y"] + 10)
    page.mouse.down()
    page.mouse.move(target["x"], target["y"], steps=5)
    goal.locator(".drop-line").wait_for()
    page.keyboard.press("Escape")
    page.mouse.up()
    eventually(lambda: point_ids(page) == before)
    page.mouse.move(grip["x"] + 10, grip["y"] + 10)
    page.mouse.down()
    page.mouse.move(target["x"], target["y"], steps=5)
    goal.locator(".drop-line").wait_for()
    page.mouse.up()
    before[at + 1].append(before[at].pop(0))
    eventually(lambda: point_ids(page) == before)
    assert stored_ids(saved(page)) == before


@pytest.mark.browser
def test_an_excerpt_is_replaced_by_a_candidate_and_opens_at_its_place(
    browser_page: Page, page_server: str
) -> None:
    page = browser_page
    make(page, page_server)
    excerpt = page.get_by_test_id("lesson-excerpt").first
    excerpt.get_by_test_id("lesson-replace").click()
    candidates = page.get_by_test_id("lesson-candidate")
    candidates.first.wait_for()
    page.get_by_test_id("lesson-search").fill("督查")
    with page.expect_response(re.compile("candidates")):
        page.keyboard.press("Enter")
    candidates.filter(has_text="督查").first.wait_for()
    quote = candidates.first.locator("blockquote").text_content()
    candidates.first.get_by_role("button", name="看原文").click()
    page.get_by_text("已核对：与原文一字不差").wait_for()
    page.get_by_role("button", name="返回候选").click()
    candidates.filter(has_text="督查").first.wait_for()
    candidates.first.get_by_test_id("lesson-take").click()
    reads(excerpt.locator("blockquote"), quote)
    eventually(lambda: focused(page).endswith(":0:replace"))
    kept = next(point for section in saved(page)["sections"] for point in section["points"])
    assert kept["excerpts"][0]["citation"]["quote"] == quote
    assert kept["own"] is False

    excerpt.get_by_test_id("lesson-source").click()
    page.get_by_text("已核对：与原文一字不差").wait_for()
    reads(page.get_by_test_id("highlight"), quote)
    page.keyboard.press("Escape")
    eventually(lambda: focused(page).endswith(":0:source"))


@pytest.mark.browser
def test_points_of_ones_own_and_points_from_the_library(browser_page: Page, page_server: str) -> None:
    page = browser_page
    make(page, page_server)
    view = part(page, "view")
    before = view.get_by_test_id("lesson-point").count()
    view.get_by_test_id("lesson-add-own").click()
    page.keyboard.type("讲讲我们处的问题")
    own = view.get_by_test_id("lesson-point").nth(before)
    expect(own.get_by_text("讲课人补充")).to_be_visible()
    own.get_by_test_id("lesson-add-excerpt").click()
    page.get_by_test_id("lesson-take").first.click()
    expect(own.get_by_test_id("lesson-excerpt")).to_have_count(1)

    view.get_by_test_id("lesson-add-found").click()
    page.get_by_test_id("lesson-take").first.click()
    found = view.get_by_test_id("lesson-point").nth(before + 1)
    expect(found.get_by_test_id("lesson-excerpt")).to_have_count(1)
    expect(found.get_by_text("讲课人补充")).to_be_hidden()

    view.get_by_test_id("lesson-add-own").click()  # stays empty: it is not kept
    points = next(s for s in saved(page)["sections"] if s["part"] == "view")["points"]
    assert len(points) == before + 2
    assert [point["own"] for point in points[before:]] == [True, False]


@pytest.mark.browser
def test_changed_words_are_marked_until_they_are_the_sources_again(
    browser_page: Page, page_server: str
) -> None:
    page = browser_page
    make(page, page_server)
    point = page.locator("[data-testid=lesson-point]:not(.point-own)").first
    point = page.locator(f"[data-id='{point.get_attribute('data-id')}']")
    box = point.get_by_test_id("lesson-point-text")
    words = box.input_value()
    box.fill(f"{words}——这是我加的")
    expect(point.get_by_text("讲课人补充")).to_be_visible()
    box.fill(words)
    expect(point.get_by_text("讲课人补充")).to_be_hidden()
