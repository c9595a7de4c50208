"""The chat page with content that could break a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.page_actions import MARKUP, STREAM, ask, fulfil_stream, reads, watch_dialogs

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.mark.browser
def test_markup_in_a_question_stays_text(page: Page) -> None:
    dialogs = watch_dialogs(page)
    question = f"{MARKUP}党建和业务怎么融合"
    ask(page, question)
    page.wait_for_timeout(200)
    expect(page.locator(".asked")).to_have_text(f"问：{question}")
    expect(page.locator("img[src='x']")).to_have_count(0)
    assert page.evaluate("window.injected") is None
    assert dialogs == []


@pytest.fixture
def hostile(page: Page) -> dict[str, Any]:
    """An answer and a source with markup everywhere, rare 汉字 before the quote, and a quote across lines."""
    text = f"𠮷林{MARKUP}\n\n前文𠮷𡃁。引文从𠮷这里开始，{MARKUP}\n第二行。\n\n(一)小题。到这里结束，后文。\n末段。\n"
    quote = text[text.index("引文从") : text.index("，后文")]
    start, heading = text.index(quote), text.index("(一)")
    about = {"title": MARKUP, "source": MARKUP, "published": "2024-12-07"}
    place = {"document_id": "甲/乙?", "location": MARKUP, "start": start, "end": start + len(quote)}
    citation = {"id": 1, "quote": quote, "score": 0.9, **about, **place}
    claim = {"text": quote, "verbatim": True, "citations": [1], "label": MARKUP}
    answer: dict[str, Any] = {
        "question": "问",
        "status": "answered",
        "kind": "fact",
        "answer": f"{MARKUP}[1]",
        "claims": [claim],
    }
    answer |= {"citations": [citation], "evidence": 0.9, "suggestions": [MARKUP], "timings_ms": {"total": 3}}
    section = {"title": MARKUP, "level": 2, "start": heading, "end": len(text)}
    section |= {"heading_start": heading, "heading_end": heading + 6}
    document: dict[str, Any] = {"id": "甲/乙?", "subtitle": MARKUP, "authors": [MARKUP], "kind": "", **about}
    document |= {"text": text, "text_sha256": "", "sections": [section], "characters": len(text)}
    events = [
        ("start", {"question": "问", "conversation_id": "一"}),
        ("claim", {"index": 0, "claim": claim, "citations": [citation]}),
        ("answer", answer),
    ]
    page.route(STREAM, lambda route: fulfil_stream(route, *events))
    page.route("**/api/documents/*", lambda route: route.fulfill(json=document))
    return {"citation": citation, "document": document}


@pytest.mark.browser
def test_hostile_answers_and_sources_stay_text(page: Page, hostile: dict[str, Any]) -> None:
    dialogs = watch_dialogs(page)
    answer = ask(page, "问")
    answer.get_by_test_id("citation").hover()
    page.get_by_role("tooltip").wait_for()
    answer.get_by_test_id("citation").click()
    page.get_by_text("已核对：与原文一字不差").wait_for()
    expect(page.get_by_test_id("highlight")).to_have_count(1)
    reads(page.get_by_test_id("highlight"), hostile["citation"]["quote"])
    expect(page.locator("img[src='x']")).to_have_count(0)
    assert page.evaluate("window.injected") is None
    assert dialogs == []
    expect(page.get_by_test_id("original"), "no link to a file that cannot be had").to_have_count(0)


@pytest.mark.browser
def test_the_address_of_a_file_stays_below_its_document(page: Page, hostile: dict[str, Any]) -> None:
    hostile["document"]["original"] = True
    ask(page, "问").get_by_test_id("citation").click()
    page.get_by_test_id("original").wait_for()
    address = page.get_by_test_id("original").get_attribute("href")
    assert address == "api/documents/%E7%94%B2%2F%E4%B9%99%3F/original"


@pytest.mark.browser
def test_a_quote_that_is_not_in_the_source_is_not_shown_as_checked(
    page: Page, hostile: dict[str, Any]
) -> None:
    hostile["document"]["text"] = "资料已经改过。"
    ask(page, "问").get_by_test_id("citation").click()
    page.get_by_text("核对未通过").wait_for()
    expect(page.get_by_test_id("highlight")).to_have_count(0)


@pytest.mark.browser
def test_a_quote_that_has_moved_is_marked_where_it_is_now(page: Page, hostile: dict[str, Any]) -> None:
    hostile["document"]["text"] = "新加的一段。\n" + hostile["document"]["text"]
    ask(page, "问").get_by_test_id("citation").click()
    page.get_by_text("资料有变动").wait_for()
    reads(page.get_by_test_id("highlight"), hostile["citation"]["quote"])


@pytest.mark.browser
@pytest.mark.parametrize(("pages", "shown"), [([3], "第3页"), ([3, 4], "第3–4页"), ([], "")])
def test_the_card_and_the_source_panel_show_pages(
    page: Page, hostile: dict[str, Any], pages: list[int], shown: str
) -> None:
    hostile["citation"].update(pages=pages, location="第一章 总则")
    answer = ask(page, "问")
    answer.get_by_test_id("citation").hover()
    page.get_by_role("tooltip").wait_for()
    expected = f"第一章 总则 · {shown}" if shown else "第一章 总则"
    expect(page.get_by_role("tooltip").get_by_text("第一章")).to_have_text(expected)
    answer.get_by_test_id("citation").click()
    page.get_by_text("已核对：与原文一字不差").wait_for()
    expect(page.locator(".source-location")).to_have_text(expected)
