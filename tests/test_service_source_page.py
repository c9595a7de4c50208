"""The source panel in a real browser: outline, repairs, simplified script, the check made anew, the keyboard."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from ingest.normal import simplify
from tests.page_actions import ask, eventually, open_source, reads

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

TRADITIONAL = "江苏怎么抓党支部标准化规范化建设"
SEVERAL = "党建和业务“两张皮”问题怎么解决？"
IN_VIEW = """node => {
  const box = document.querySelector('.source-body').getBoundingClientRect();
  const top = node.getBoundingClientRect().top;
  return top >= box.top - 1 && top < box.bottom;
}"""


def documents(page: Page, address: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = page.request.get(f"{address}/api/documents").json()["documents"]
    return rows


def test_simplified_script_keeps_the_highlight_on_the_same_words(page: Page) -> None:
    source = open_source(page, TRADITIONAL)
    highlight, script = page.get_by_test_id("highlight"), source.get_by_test_id("script")
    quote = highlight.text_content() or ""
    assert simplify(quote) != quote
    script.click()
    page.get_by_text("这是简体对照").wait_for()
    expect(highlight).to_have_count(1)
    reads(highlight, simplify(quote))
    expect(script).to_have_attribute("aria-pressed", "true")
    expect(page.locator(":focus")).to_have_attribute("data-testid", "script")
    assert highlight.evaluate(IN_VIEW)
    # What was verified is the stored text, not the reading aid.
    expect(source.get_by_text("已核对：与原文一字不差")).to_be_visible()
    source.get_by_role("button", name="下一处").click()
    page.wait_for_function(
        "old => document.querySelector('[data-testid=highlight]')?.textContent !== old", arg=simplify(quote)
    )
    following = highlight.text_content() or ""
    assert simplify(following) == following, "the choice holds for the next excerpt"
    script.click()
    page.get_by_text("这是简体对照").wait_for(state="detached")
    eventually(lambda: simplify(highlight.text_content() or "") == following)


def test_a_text_in_simplified_script_offers_no_other(page: Page) -> None:
    source = open_source(page, SEVERAL)
    source.get_by_test_id("open-outline").wait_for()
    expect(source.get_by_test_id("script")).to_have_count(0)


def test_the_outline_leads_to_a_heading(page: Page) -> None:
    source = open_source(page, SEVERAL)
    source.get_by_test_id("open-outline").press("Enter")
    items = source.get_by_test_id("outline").get_by_role("button")
    eventually(lambda: items.count() > 3)
    current = source.get_by_test_id("outline").locator("[aria-current=true]")
    expect(current, "the reader sees where the excerpt is").to_have_count(1)
    eventually(lambda: page.evaluate("document.activeElement.getAttribute('aria-current')") == "true")
    last = items.last
    words = last.text_content() or ""
    last.click()
    source.get_by_test_id("outline").wait_for(state="detached")
    block = page.locator(".source-text > :focus")
    expect(block).to_contain_text(words)
    assert block.evaluate(IN_VIEW)


def test_escape_closes_the_outline_before_the_document(page: Page) -> None:
    source = open_source(page, SEVERAL)
    source.get_by_test_id("open-outline").click()
    page.keyboard.press("Escape")
    expect(source.get_by_test_id("outline")).to_have_count(0)
    expect(page.locator(":focus")).to_have_attribute("data-testid", "open-outline")
    page.keyboard.press("Escape")
    source.wait_for(state="detached")


def test_repairs_show_the_files_own_words_and_where_they_were(page: Page) -> None:
    source = open_source(page, TRADITIONAL)
    source.get_by_test_id("open-repairs").click()
    repairs = source.get_by_test_id("repairs")
    repairs.get_by_text("删去夹杂的拼音").click()
    first = repairs.locator("[data-kind=pinyin]").get_by_test_id("repair").first
    eventually(lambda: (first.locator("del").text_content() or "").startswith("("))
    around = (first.text_content() or "").split("(")[0].split("↵")[-1]
    first.click()
    block = page.locator(".source-text > :focus")
    expect(block).to_contain_text(around)
    assert block.evaluate(IN_VIEW)


def test_the_excerpt_is_checked_again_on_the_spot(page: Page, page_server: str) -> None:
    source = open_source(page, SEVERAL)
    (document,) = (
        row for row in documents(page, page_server) if row["title"] in (source.text_content() or "")
    )
    text = page.request.get(f"{page_server}/api/documents/{document['id']}").json()["text"]
    source.get_by_test_id("verify").click()
    source.get_by_text("重新核对：与库中原文一字不差").wait_for()
    proof = source.get_by_test_id("proof").text_content() or ""
    assert sha256(text.encode("utf-8")).hexdigest() in proof
    assert "本页计算与上相同" in proof


def test_a_check_that_fails_says_so(page: Page) -> None:
    source = open_source(page, SEVERAL)
    found = {
        "ok": False,
        "reason": "与原文不一致：资料在作答之后已改动",
        "checked_at": "2026-01-01T00:00:00Z",
    }
    hashes = {"text_sha256": "a" * 64, "recorded_sha256": "b" * 64}
    page.route("**/api/verify", lambda route: route.fulfill(json=found | hashes))
    source.get_by_test_id("verify").click()
    source.get_by_text("资料在作答之后已改动").wait_for()
    expect(source.get_by_test_id("proof")).to_contain_text("a" * 64)
    page.unroute("**/api/verify")
    page.route("**/api/verify", lambda route: route.abort())
    source.get_by_test_id("verify").click()
    source.get_by_text("没能核对").wait_for()


def test_the_arrow_keys_walk_through_the_excerpts(page: Page) -> None:
    source = open_source(page, SEVERAL)
    source.get_by_text("1 / ").wait_for()
    page.keyboard.press("ArrowRight")
    source.get_by_text("2 / ").wait_for()
    page.get_by_test_id("highlight").wait_for()
    page.keyboard.press("ArrowLeft")
    source.get_by_text("1 / ").wait_for()
    page.keyboard.press("Escape")
    source.wait_for(state="detached")
    page.keyboard.press("/")
    expect(page.locator(":focus")).to_have_attribute("data-testid", "question")
    page.keyboard.press("/")
    expect(page.get_by_test_id("question"), "in the box it is a character like others").to_have_value("/")


@pytest.mark.parametrize("how", ["hover", "focus"])
def test_the_card_has_title_rank_date_place_and_quote(page: Page, page_server: str, how: str) -> None:
    answer = page.request.post(f"{page_server}/api/ask", data={"question": SEVERAL}).json()
    citation = answer["citations"][0]
    chip = ask(page, SEVERAL).get_by_test_id("citation").first
    if how == "hover":
        chip.hover()
    else:
        page.keyboard.press("Tab")  # from now on the keyboard leads, and focus is shown
        chip.focus()
    card = page.get_by_role("tooltip")
    card.wait_for()
    words = card.text_content() or ""
    for expected in (citation["title"], citation["rank"], citation["nature"], citation["published"][:4]):
        assert expected in words
    assert citation["location"] in words
    assert citation["quote"] in words
    page.keyboard.press("Escape")
    card.wait_for(state="hidden")


def test_what_came_nearest_to_a_refused_question_can_be_opened(page: Page, page_server: str) -> None:
    answer = page.request.post(f"{page_server}/api/ask", data={"question": SEVERAL}).json()
    related = answer["citations"][:2]
    answer |= {
        "status": "not_found",
        "answer": "没有找到。",
        "claims": [],
        "citations": [],
        "related": related,
    }
    body = f"event: answer\ndata: {json.dumps(answer)}\n\n"
    page.route("**/api/ask/stream", lambda route: route.fulfill(content_type="text/event-stream", body=body))
    nearest = ask(page, SEVERAL).get_by_test_id("related")
    expect(nearest).to_have_count(2)
    nearest.nth(1).click()
    page.get_by_test_id("highlight").wait_for()
    reads(page.get_by_test_id("highlight"), related[1]["quote"])
    page.get_by_text("2 / 2", exact=True).wait_for()
    page.keyboard.press("ArrowLeft")
    page.get_by_text("1 / 2", exact=True).wait_for()


def test_markup_in_outline_and_repairs_stays_text(page: Page) -> None:
    markup = "<img src=x onerror=window.injected=1>"
    text = f"𠮷{markup}机关\n正文一。\n"
    section = {"title": markup, "level": 1, "start": 0, "end": len(text), "heading_start": 0}
    section |= {"heading_end": text.index("\n")}
    facts = {
        "id": "d",
        "title": markup,
        "subtitle": "",
        "authors": [markup],
        "source": markup,
        "published": "",
    }
    found = facts | {"kind": "", "text": text, "text_sha256": "", "sections": [section], "edits": [{}]}
    repair = {"kind": markup, "start": 1, "end": 5, "raw_start": 1, "raw_end": 9}
    repair |= {"removed": markup, "replacement": text[1:5]}
    repairs = {"total": 1, "counts": {markup: 1}, "repairs": [repair], "reason": markup}
    page.route(
        "**/api/documents", lambda route: route.fulfill(json={"documents": [facts | {"characters": 3}]})
    )
    page.route("**/api/documents/d", lambda route: route.fulfill(json=found))
    page.route("**/api/documents/d/repairs", lambda route: route.fulfill(json=repairs))
    page.get_by_role("button", name="资料", exact=True).click()
    page.get_by_test_id("documents").get_by_role("listitem").first.get_by_role("button").click()
    page.get_by_test_id("open-outline").click()
    expect(page.get_by_test_id("outline")).to_have_text(text[: text.index("\n")])
    page.get_by_test_id("open-repairs").click()
    page.locator(".repairs-kind summary").click()
    expect(page.get_by_test_id("repair")).to_contain_text(markup.replace(" ", "␣"))
    expect(page.get_by_test_id("repairs")).to_contain_text(markup)
    expect(page.locator("img[src='x']")).to_have_count(0)
    assert page.evaluate("window.injected") is None


def test_on_a_phone_the_tools_fit(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    source = open_source(page, TRADITIONAL)
    for name in ("open-repairs", "open-outline"):
        source.get_by_test_id(name).click()
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    tops = source.locator(".source-tools > *").evaluate_all(
        "all => all.map(n => n.getBoundingClientRect().top)"
    )
    assert len(tops) == 4
    assert max(tops) == min(tops), "one row"
