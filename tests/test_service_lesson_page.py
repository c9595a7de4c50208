"""The page 党课 in a real browser, against the real service; and its pure logic under node."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.lesson_actions import (
    LESSONS,
    filled,
    flat,
    focused,
    make,
    overflow,
    part,
    point_ids,
    saved,
    stored,
    stored_ids,
)
from tests.page_actions import eventually, reads

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

MARKUP = "<img src=x onerror=\"window.injected=1;alert('坏')\">"


def test_the_logic_of_the_page() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    checks = Path(__file__).parent / "data" / "lesson_logic.mjs"
    done = subprocess.run([node, str(checks)], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


# Making and editing


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


# Nothing is lost


@pytest.mark.browser
def test_changes_that_could_not_be_sent_are_found_again(browser_page: Page, page_server: str) -> None:
    page = browser_page
    make(page, page_server)
    page.route(LESSONS, lambda route: route.abort() if route.request.method == "PUT" else route.continue_())
    page.get_by_test_id("lesson-title").fill("没存上的标题")
    state = page.get_by_test_id("lesson-saved")
    state.get_by_text("未保存：连接不上服务").wait_for()
    expect(page.get_by_role("alert").get_by_text("先存在这个浏览器里")).to_be_visible()
    page.get_by_test_id("export-md").click()
    page.get_by_text("还有修改没有保存，没有导出").wait_for()

    page.unroute(LESSONS)
    page.route(LESSONS, lambda route: route.abort())  # now the service is gone altogether
    page.reload()
    state.get_by_text("未保存").wait_for()
    expect(page.get_by_test_id("lesson-title")).to_have_value("没存上的标题")
    page.unroute(LESSONS)
    page.get_by_test_id("lesson-retry").click()
    assert saved(page)["title"] == "没存上的标题"
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('dangjian.lesson.'))") == []


@pytest.mark.browser
def test_a_browser_that_keeps_nothing_does_not_promise_to(browser_page: Page, page_server: str) -> None:
    page = browser_page
    page.add_init_script(
        """const real = Storage.prototype.setItem;
        Storage.prototype.setItem = function (key, value) {
          if (key.startsWith('dangjian.lesson.')) throw new DOMException('full', 'QuotaExceededError');
          real.call(this, key, value);
        };"""
    )
    make(page, page_server)
    page.route(LESSONS, lambda route: route.abort())
    page.get_by_test_id("lesson-title").fill("没存上的标题")
    page.get_by_role("alert").get_by_text("没能留底，请先不要关闭本页").wait_for()
    page.unroute(LESSONS)
    page.get_by_test_id("lesson-retry").click()
    assert saved(page)["title"] == "没存上的标题"
    expect(page.get_by_role("alert")).to_have_count(0)


@pytest.mark.browser
@pytest.mark.parametrize("mine", [True, False])
def test_two_windows_do_not_overwrite_each_other(browser_page: Page, page_server: str, mine: bool) -> None:
    page = browser_page
    make(page, page_server)
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_test_id("lesson-title").fill("那边的标题")
    saved(other)
    page.get_by_test_id("lesson-title").fill("这边的标题")
    page.get_by_test_id("lesson-saved").get_by_text("未保存：在别处改过").wait_for()
    eventually(lambda: stored(page)["title"] == "那边的标题")
    page.get_by_test_id("lesson-keep-mine" if mine else "lesson-take-theirs").click()
    expected = "这边的标题" if mine else "那边的标题"
    assert saved(page)["title"] == expected
    expect(page.get_by_test_id("lesson-title")).to_have_value(expected)
    if not mine:
        page.get_by_test_id("lesson-undo").click()
        expect(page.get_by_test_id("lesson-title")).to_have_value("这边的标题")
        assert saved(page)["title"] == "这边的标题"


@pytest.mark.browser
def test_a_lesson_that_the_service_has_lost_becomes_a_new_one(browser_page: Page, page_server: str) -> None:
    page = browser_page
    lost = make(page, page_server)["id"]
    page.evaluate(
        "id => fetch(`api/lessons/${id}`, {method: 'DELETE', headers: {'X-Dangjian-Owner': localStorage['dangjian.owner']}})",
        lost,
    )
    page.get_by_test_id("lesson-title").fill("救回来的课")
    page.get_by_test_id("lesson-saved").get_by_text("未保存：服务里没有这堂课了").wait_for()
    page.get_by_test_id("lesson-save-as-new").click()
    page.wait_for_function("id => !location.search.includes(id)", arg=lost)
    page.get_by_test_id("lesson-outline").wait_for()
    assert saved(page)["title"] == "救回来的课"


@pytest.mark.browser
def test_a_topic_that_cannot_be_made_says_why_and_stays(browser_page: Page, page_server: str) -> None:
    page = browser_page
    problem = {"title": "索引暂不可用", "detail": "索引读不出来。", "fix": "请运行 dangjian doctor。"}
    page.route("**/api/lessons", lambda route: fail(route, problem))
    page.goto(f"{page_server}/lesson.html")
    page.get_by_test_id("lesson-topic").fill("支部建设")
    page.get_by_test_id("lesson-make").click()
    page.get_by_test_id("lesson-form").get_by_text("请运行 dangjian doctor。").wait_for()
    expect(page.get_by_test_id("lesson-topic")).to_have_value("支部建设")
    page.unroute("**/api/lessons")
    page.get_by_test_id("lesson-form").get_by_role("button", name="重试").click()
    page.get_by_test_id("lesson-outline").wait_for()


def fail(route: Route, problem: dict[str, str]) -> None:
    """Let making fail and the list pass."""
    if route.request.method == "POST":
        route.fulfill(status=503, json=problem | {"status": 503})
    else:
        route.continue_()


# The list


@pytest.mark.browser
def test_lessons_are_listed_renamed_and_deleted_with_time_to_regret(
    browser_page: Page, page_server: str
) -> None:
    page = browser_page
    make(page, page_server, "支部书记怎么抓班子")
    page.get_by_test_id("lesson-back").click()
    row = page.get_by_test_id("lesson-row")
    row.get_by_text("支部书记怎么抓班子").wait_for()
    row.get_by_role("button", name=re.compile("^改名")).press("Enter")
    page.get_by_label("党课的名称").fill("改过的名字")
    page.keyboard.press("Enter")
    row.get_by_text("改过的名字").wait_for()

    row.get_by_role("button", name=re.compile("^删除")).press("Enter")
    expect(page.locator(":focus")).to_have_attribute("data-testid", "lesson-undelete")
    page.keyboard.press("Enter")
    row.locator(".lesson-open").click()
    page.get_by_test_id("lesson-outline").wait_for()
    expect(page.get_by_test_id("lesson-title")).to_have_value("改过的名字")
    page.go_back()

    row.get_by_role("button", name=re.compile("^删除")).click()
    with page.expect_response(lambda response: response.request.method == "DELETE") as deleted:
        page.get_by_test_id("lesson-topic").focus()
    assert deleted.value.status == 204
    page.get_by_text("还没有党课").wait_for()
    expect(page.locator(":focus")).to_have_attribute("data-testid", "lesson-topic")


# What is shown


def change_points(page: Page, change: Any) -> None:
    """Let the service give the lesson with its first point changed."""

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

    change_points(page, flag)
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

    change_points(page, poison)
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


# Everybody can use it


@pytest.mark.browser
def test_everything_with_the_keyboard(browser_page: Page, page_server: str) -> None:
    page = browser_page
    page.goto(f"{page_server}/lesson.html")
    page.get_by_test_id("lesson-topic").wait_for()
    for _ in range(8):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "topic":
            break
    page.keyboard.type("机关党建督查")
    page.keyboard.press("Enter")
    page.get_by_test_id("lesson-outline").wait_for()
    before = point_ids(page)
    moving = flat(before)[0]

    reach(page, f"{moving}:down")
    page.keyboard.press("Enter")
    eventually(lambda: point_ids(page) != before)
    eventually(lambda: focused(page) == f"{moving}:down")
    spoken = page.locator("#spoken").text_content() or ""
    assert spoken.startswith("已移到“")
    page.keyboard.press("Alt+ArrowUp")
    eventually(lambda: point_ids(page) == before)
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    eventually(lambda: point_ids(page) == before)

    reach(page, f"{moving}:drop")
    page.keyboard.press("Enter")
    eventually(lambda: moving not in flat(point_ids(page)))
    eventually(lambda: focused(page) != "")
    page.keyboard.press("Control+z")
    eventually(lambda: point_ids(page) == before)
    page.keyboard.press("Control+s")
    saved(page)


def reach(page: Page, key: str) -> None:
    """Go on with the tab key until the element of that name has the focus, which has to show."""
    page.locator("#desk-scroller").focus()
    for _ in range(60):
        page.keyboard.press("Tab")
        if focused(page) == key:
            outline: str = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none"
            return
    raise AssertionError(f"{key} cannot be reached with the tab key")


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1024, 1440])
def test_nothing_scrolls_sideways(browser_page: Page, page_server: str, width: int) -> None:
    page = browser_page
    page.set_viewport_size({"width": width, "height": 740})
    make(page, page_server)
    assert overflow(page) <= 0
    page.get_by_test_id("lesson-title").fill("d" * 120)
    part(page, "how").get_by_test_id("lesson-section-minutes").fill("400")
    assert overflow(page) <= 0
    page.get_by_test_id("lesson-source").first.click()
    page.get_by_test_id("highlight").wait_for()
    assert overflow(page) <= 0
    outline = page.get_by_test_id("lesson-outline")
    assert outline.evaluate("node => node.closest('[inert]') === null") is (width > 900)
    if width < 900:
        page.get_by_text("返回党课").click()
    else:
        page.keyboard.press("Escape")
    page.get_by_test_id("lesson-replace").first.click()
    page.get_by_test_id("lesson-candidate").first.wait_for()
    assert overflow(page) <= 0
    page.keyboard.press("Escape")
    saved(page)
    page.get_by_test_id("lesson-back").click()
    page.get_by_test_id("lesson-row").wait_for()
    assert overflow(page) <= 0


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_serious_barriers(browser_page: Page, page_server: str, scheme: Any) -> None:
    from axe_playwright_python.sync_playwright import Axe

    axe = Axe()
    page = browser_page
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")

    def barriers() -> list[str]:
        found = axe.run(page).response["violations"]
        return [
            f"{v['id']}: {node['html'][:160]}"
            for v in found
            if v["impact"] in ("serious", "critical")
            for node in v["nodes"]
        ]

    page.goto(f"{page_server}/lesson.html")
    page.get_by_test_id("lesson-topic").wait_for()
    assert barriers() == []
    make(page, page_server)
    page.get_by_test_id("lesson-add-note").first.click()
    page.keyboard.type("自己的话")
    part(page, "how").get_by_test_id("lesson-section-minutes").fill("33")
    page.get_by_test_id("lesson-drop").nth(1).click()
    assert barriers() == []
    page.get_by_test_id("lesson-replace").first.click()
    page.get_by_test_id("lesson-candidate").first.wait_for()
    assert barriers() == []
    page.get_by_test_id("lesson-source").first.click()
    page.get_by_test_id("highlight").wait_for()
    assert barriers() == []
    page.keyboard.press("Escape")
    saved(page)
    page.get_by_test_id("lesson-back").click()
    page.get_by_test_id("lesson-row").get_by_role("button", name=re.compile("^删除")).click()
    assert barriers() == []


# Paper and files


@pytest.mark.browser
def test_on_paper_stands_the_lesson_and_nothing_to_press(browser_page: Page, page_server: str) -> None:
    page = browser_page
    make(page, page_server)
    page.get_by_test_id("lesson-add-note").first.click()
    page.keyboard.type("一句很长的自己的话。" * 20)
    saved(page)
    page.emulate_media(media="print")
    expect(page.locator("button:visible, textarea:visible, nav:visible, header.top:visible")).to_have_count(0)
    expect(page.locator(".point-text .grow-mirror").first).to_be_visible()
    expect(page.locator(".excerpt-quote").first).to_be_visible()
    expect(page.locator(".note-text .grow-mirror").first).to_be_visible()
    hidden = page.locator(".excerpt-quote").evaluate_all(
        "nodes => nodes.filter(node => node.scrollHeight > node.clientHeight + 2).length"
    )
    assert hidden == 0


@pytest.mark.browser
def test_the_exports_hold_the_edited_lesson(browser_page: Page, page_server: str) -> None:
    pytest.importorskip("service.exports")
    from docx import Document
    from pptx import Presentation

    page = browser_page
    make(page, page_server)
    page.get_by_test_id("lesson-title").fill("要导出的一课")
    page.get_by_test_id("lesson-add-note").first.click()
    page.keyboard.type("导出里也要有的话")
    quote = page.locator(".excerpt-quote").first.text_content() or ""

    def export(test_id: str) -> tuple[bytes, str]:
        with page.expect_download() as caught:
            page.get_by_test_id(test_id).click()
        return caught.value.path().read_bytes(), caught.value.suggested_filename

    content, name = export("export-docx")
    assert name == "要导出的一课.docx"
    words = "\n".join(paragraph.text for paragraph in Document(io.BytesIO(content)).paragraphs)
    assert "要导出的一课" in words
    assert "导出里也要有的话" in words
    assert quote in words

    content, name = export("export-pptx")
    assert name == "要导出的一课.pptx"
    slides = Presentation(io.BytesIO(content)).slides
    shown = "\n".join(
        shape.text_frame.text for slide in slides for shape in slide.shapes if shape.has_text_frame
    )
    notes = "\n".join(
        slide.notes_slide.notes_text_frame.text
        for slide in slides
        if slide.has_notes_slide and slide.notes_slide.notes_text_frame
    )
    assert "要导出的一课" in shown
    assert quote in notes

    content, name = export("export-md")
    assert name == "要导出的一课.md"
    assert "导出里也要有的话" in content.decode("utf-8")
