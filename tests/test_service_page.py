"""The chat page in a real browser, against the real service; and its pure logic under node."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.page_actions import ask, eventually, reads

if TYPE_CHECKING:
    from playwright.sync_api import Dialog, Page, Route

ROOT = Path(__file__).parents[1]
WEB = ROOT / "service" / "web"
QUESTION = "党建和业务“两张皮”问题怎么解决？"
OTHER_QUESTION = "什么是“四强”党支部？"
ASK = "**/api/ask"
STREAM = "**/api/ask/stream"
MARKUP = "<img src=x onerror=\"window.injected=1;alert('坏')\">"


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


def leave_waiting(route: Route) -> None:
    """Never answer."""


# Answers and their sources


@pytest.mark.browser
def test_a_question_gets_claims_with_citations(page: Page) -> None:
    expected = answer_of(page, QUESTION)
    answer = ask(page, QUESTION)

    claims = answer.get_by_test_id("claim")
    eventually(lambda: claims.count() == len(expected["claims"]) > 0)
    for index, claim in enumerate(expected["claims"]):
        expect(claims.nth(index)).to_contain_text(claim["text"])
        numbers = claims.nth(index).get_by_test_id("citation").all_text_contents()
        assert numbers == [f"[{number}]" for number in claim["citations"]]
        assert numbers, "a claim without a citation"


@pytest.mark.browser
def test_each_citation_opens_its_source_at_the_quote(page: Page) -> None:
    expected = {citation["id"]: citation for citation in answer_of(page, QUESTION)["citations"]}
    answer = ask(page, QUESTION)

    chips = answer.get_by_test_id("citation")
    for index in range(min(chips.count(), 4)):
        number = int((chips.nth(index).text_content() or "").strip("[]"))
        chips.nth(index).click()
        source = page.get_by_test_id("source")
        source.get_by_text("已核对：与原文一字不差").wait_for()
        expect(page.get_by_test_id("highlight")).to_have_count(1)
        reads(page.get_by_test_id("highlight"), expected[number]["quote"])
        expect(source).to_contain_text(expected[number]["title"])
        assert in_view(page), "the excerpt is not scrolled into view"
        expect(answer, "the dialogue must stay beside the source").to_be_visible()


def in_view(page: Page) -> bool:
    """Whether the excerpt begins inside the visible part of the source panel."""
    visible: bool = page.evaluate(
        """() => {
          const mark = document.querySelector('[data-testid=highlight]').getClientRects()[0];
          const box = document.querySelector('.source-body').getBoundingClientRect();
          return mark.top >= box.top && mark.top < box.bottom;
        }"""
    )
    return visible


@pytest.mark.browser
def test_walking_through_the_citations_of_an_answer(page: Page) -> None:
    citations = sorted(answer_of(page, QUESTION)["citations"], key=lambda citation: citation["id"])
    if len(citations) < 2:
        pytest.skip("the answer has a single citation")
    answer = ask(page, QUESTION)
    answer.get_by_test_id("citation").first.click()
    for place, citation in enumerate(citations, start=1):
        page.get_by_text(f"{place} / {len(citations)}", exact=True).wait_for()
        page.get_by_test_id("highlight").wait_for()
        reads(page.get_by_test_id("highlight"), citation["quote"])
        shown = answer.locator("[data-testid=citation][aria-current=true]").all_text_contents()
        assert set(shown) == {f"[{citation['id']}]"}
        if place < len(citations):
            page.get_by_role("button", name="下一处").click()
    expect(page.get_by_role("button", name="下一处")).to_have_attribute("aria-disabled", "true")
    page.get_by_role("button", name="上一处").click()
    page.get_by_text(f"{len(citations) - 1} / {len(citations)}", exact=True).wait_for()


@pytest.mark.browser
def test_a_question_outside_the_library_is_not_answered(page: Page) -> None:
    answer = ask(page, "红烧肉怎么做")
    expect(answer.get_by_test_id("not-found")).to_be_visible()
    eventually(lambda: (answer.get_by_test_id("not-found").text_content() or "").strip())
    expect(answer.get_by_test_id("claim")).to_have_count(0)


@pytest.mark.browser
def test_several_questions_stack_up(page: Page) -> None:
    ask(page, QUESTION)
    ask(page, OTHER_QUESTION)
    expect(page.get_by_test_id("answer")).to_have_count(2)
    expect(page.locator(".asked")).to_have_text([f"问：{QUESTION}", f"问：{OTHER_QUESTION}"])


@pytest.mark.browser
def test_the_documents_list_opens_a_document_without_highlight(page: Page) -> None:
    listed = page.request.get(f"{origin(page)}/api/documents").json()["documents"]
    page.get_by_role("button", name="资料", exact=True).click()
    documents = page.get_by_test_id("documents")
    documents.get_by_role("listitem").first.wait_for()
    eventually(lambda: documents.get_by_role("listitem").count() == len(listed) > 0)
    documents.get_by_role("listitem").first.get_by_role("button").click()
    page.locator(".source-text").wait_for()
    expect(page.get_by_test_id("source")).to_contain_text(listed[0]["title"])
    expect(page.get_by_test_id("highlight")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("source")).to_have_count(0)


@pytest.mark.browser
def test_the_file_of_a_document_can_be_downloaded(page: Page) -> None:
    listed = page.request.get(f"{origin(page)}/api/documents").json()["documents"]
    page.get_by_role("button", name="资料", exact=True).click()
    page.get_by_test_id("documents").get_by_role("listitem").first.get_by_role("button").click()
    with page.expect_download() as caught:
        page.get_by_role("link", name="下载原件").click()
    assert sha256(caught.value.path().read_bytes()).hexdigest() == listed[0]["sha256"]
    assert caught.value.suggested_filename.endswith(".txt")


SLOW_STREAM = """() => {
  const real = window.fetch;
  const encoder = new TextEncoder();
  window.fetch = (address, options) => {
    if (!String(address).endsWith('/ask/stream')) return real(address, options);
    const body = new ReadableStream({ start(controller) {
      // One byte at a time: no chunk is a whole character.
      window.send = (text) => { for (const byte of encoder.encode(text)) controller.enqueue(new Uint8Array([byte])); };
    }});
    return Promise.resolve(new Response(body, { headers: { 'Content-Type': 'text/event-stream' } }));
  };
}"""


@pytest.mark.browser
def test_claims_appear_as_they_come_and_leave_a_reader_alone(page: Page) -> None:
    page.evaluate(SLOW_STREAM)
    page.get_by_test_id("question").fill(QUESTION)
    page.get_by_test_id("send").click()
    page.wait_for_function("typeof window.send === 'function'")
    claims = [{"text": f"第{index}点𠮷。" * 40, "verbatim": True, "citations": [1]} for index in range(8)]
    citation = {
        "id": 1,
        "document_id": "d",
        "title": "通报",
        "quote": "原话",
        "start": 0,
        "end": 2,
        "score": 1.0,
    }
    citation |= {"location": "", "published": "", "source": ""}

    def send(*events: tuple[str, object]) -> None:
        page.evaluate("text => window.send(text)", stream_of(*events))

    send(("claim", {"index": 0, "claim": claims[0], "citations": [citation]}))
    page.get_by_test_id("claim").first.wait_for()
    expect(page.get_by_test_id("answer"), "half an answer is not an answer").to_have_count(0)
    for index in range(1, 6):
        send(("claim", {"index": index, "claim": claims[index], "citations": []}))
    page.get_by_test_id("claim").nth(5).wait_for()
    expect(page.locator(".asked")).to_be_visible()
    scroller = page.locator("#dialogue-scroller")
    scroller.evaluate("node => { node.scrollTop = 40; }")
    page.wait_for_timeout(100)
    where = scroller.evaluate("node => node.scrollTop")
    for index in range(6, 8):
        send(("claim", {"index": index, "claim": claims[index], "citations": []}))
    answer: dict[str, Any] = {
        "question": QUESTION,
        "status": "answered",
        "kind": "list",
        "answer": "",
        "claims": claims,
    }
    answer |= {"citations": [citation], "evidence": 0.6, "suggestions": [], "timings_ms": {}}
    send(("answer", answer))
    page.get_by_test_id("answer").wait_for()
    expect(page.get_by_test_id("claim")).to_have_count(len(claims))
    assert scroller.evaluate("node => node.scrollTop") == where


# Content that could break a page


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


# Hands and screens


@pytest.mark.browser
def test_everything_works_from_the_keyboard(page: Page) -> None:
    page.locator("body").press("Tab")  # from wherever the page put the focus
    page.evaluate("document.activeElement.blur()")
    for _ in range(20):
        if active_test_id(page) == "question":
            break
        page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_attribute("data-testid", "question")
    page.keyboard.type(QUESTION)
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("Enter")
    page.get_by_test_id("answer").wait_for()
    expect(page.get_by_test_id("question")).to_have_value("")

    for _ in range(60):
        if active_test_id(page) == "citation":
            break
        page.keyboard.press("Shift+Tab")
    expect(page.locator(":focus")).to_have_attribute("data-testid", "citation")
    page.get_by_role("tooltip").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("tooltip").wait_for(state="hidden")
    page.keyboard.press("Enter")
    page.get_by_test_id("highlight").wait_for()
    eventually(lambda: page.evaluate("document.activeElement.closest('[data-testid=source]') !== null"))
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("source")).to_have_count(0)
    expect(page.locator(":focus"), "closing the source must give the focus back").to_have_attribute(
        "data-testid", "citation"
    )


@pytest.mark.browser
def test_enter_that_picks_a_candidate_does_not_send(page: Page) -> None:
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    box = page.get_by_test_id("question")
    box.fill("dangjian")
    composing = (
        "new KeyboardEvent('keydown', {key: 'Enter', bubbles: true, cancelable: true, isComposing: true})"
    )
    assert box.evaluate(f"box => box.dispatchEvent({composing})") is True, (
        "the key belongs to the input method"
    )
    expect(box).to_have_value("dangjian")
    assert [url for url in requests if "/api/ask" in url] == []


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1024, 1440])
def test_nothing_scrolls_sideways(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 740})
    assert overflow(page) <= 0
    answer = ask(page, f"{'d' * 120} {QUESTION}")
    answer = ask(page, QUESTION)
    assert overflow(page) <= 0
    answer.get_by_test_id("citation").first.click()
    page.get_by_test_id("highlight").wait_for()
    assert overflow(page) <= 0
    assert answer.evaluate("node => node.closest('[inert]') === null") is (width > 900)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="资料", exact=True).click()
    page.get_by_test_id("documents").get_by_role("listitem").first.wait_for()
    assert overflow(page) <= 0


@pytest.mark.browser
def test_on_a_phone_there_are_two_ways_back(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    chip = ask(page, QUESTION).get_by_test_id("citation").first
    chip.click()
    page.get_by_test_id("highlight").wait_for()
    page.get_by_text("返回对话").click()
    page.get_by_test_id("source").wait_for(state="detached")
    chip.click()
    page.get_by_test_id("highlight").wait_for()
    page.go_back()
    page.get_by_test_id("source").wait_for(state="detached")
    expect(chip).to_be_visible()


# Nothing is lost


@pytest.mark.browser
def test_a_reload_keeps_the_draft_and_the_dialogue(page: Page) -> None:
    ask(page, QUESTION)
    page.get_by_test_id("question").fill("还没发出的问题\n第二行")
    page.reload()
    page.get_by_test_id("answer").wait_for()
    expect(page.get_by_test_id("question")).to_have_value("还没发出的问题\n第二行")
    expect(page.locator(".asked")).to_have_text(f"问：{QUESTION}")
    page.get_by_test_id("citation").first.click()
    page.get_by_test_id("highlight").wait_for()


@pytest.mark.browser
def test_a_server_error_keeps_the_question_and_offers_a_retry(page: Page) -> None:
    problem = {"title": "检索没有完成", "detail": "索引读不出来。", "fix": "请运行 dangjian doctor。"}
    page.route(STREAM, lambda route: route.fulfill(status=500, json=problem | {"status": 500}))
    page.get_by_test_id("question").fill(QUESTION)
    page.get_by_test_id("send").click()
    page.get_by_text(problem["title"]).wait_for()
    expect(page.get_by_text(problem["detail"])).to_be_visible()
    expect(page.get_by_text(problem["fix"])).to_be_visible()
    expect(page.locator(".asked")).to_have_text(f"问：{QUESTION}")
    expect(page.get_by_test_id("answer")).to_have_count(0)

    page.unroute(STREAM)
    page.get_by_role("button", name="重试").click()
    page.get_by_test_id("answer").wait_for()
    expect(page.get_by_test_id("claim")).not_to_have_count(0)


@pytest.mark.browser
def test_an_error_inside_the_stream_is_shown(page: Page) -> None:
    problem = {"title": "回答中断", "detail": "校验出错。", "fix": "请重试。", "status": 500}
    page.route(STREAM, lambda route: fulfil_stream(route, ("error", problem)))
    page.get_by_test_id("question").fill(QUESTION)
    page.get_by_test_id("send").click()
    page.get_by_text("回答中断").wait_for()
    page.get_by_role("button", name="改一改再问").click()
    expect(page.get_by_test_id("question")).to_have_value(QUESTION)


@pytest.mark.browser
def test_a_broken_stream_falls_back_to_the_plain_request(page: Page) -> None:
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.route(
        STREAM, lambda route: fulfil_stream(route, ("start", {"question": QUESTION, "conversation_id": ""}))
    )
    answer = ask(page, QUESTION)
    expect(answer.get_by_test_id("claim")).not_to_have_count(0)
    assert len([url for url in requests if url.endswith("/api/ask")]) == 1


@pytest.mark.browser
def test_a_server_that_is_gone_is_named_in_chinese(page: Page) -> None:
    page.route("**/api/**", lambda route: route.abort())
    page.get_by_test_id("question").fill(QUESTION)
    page.get_by_test_id("send").click()
    page.get_by_text("连接不上服务").wait_for()
    expect(page.get_by_role("button", name="重试")).to_be_visible()
    page.reload()
    page.get_by_text("上次没有答完。").wait_for()
    expect(page.locator(".asked")).to_have_text(f"问：{QUESTION}")


@pytest.mark.browser
def test_an_answer_can_be_stopped(page: Page) -> None:
    page.route(STREAM, leave_waiting)
    page.get_by_test_id("question").fill(QUESTION)
    page.get_by_test_id("send").click()
    page.get_by_role("button", name="停止").click()
    page.get_by_text("已停止。").wait_for()
    page.unroute(STREAM)
    expect(page.get_by_test_id("answer")).to_have_count(0)
    page.get_by_role("button", name="重新回答").click()
    page.get_by_test_id("answer").wait_for()


@pytest.mark.browser
def test_a_question_that_is_too_long_is_neither_cut_nor_sent(page: Page) -> None:
    limit = page.request.get(f"{origin(page)}/api/health").json()["limits"]["question_characters"]
    question = "𠮷" * (limit + 2)
    page.get_by_test_id("question").fill(question)
    page.get_by_text("请删减 2 字").wait_for()
    expect(page.get_by_test_id("send")).to_be_disabled()
    page.get_by_test_id("question").press("Enter")
    expect(page.get_by_test_id("question")).to_have_value(question)
    page.get_by_test_id("question").fill(question[:-2])
    expect(page.get_by_test_id("send")).to_be_enabled()


# The page keeps to itself


@pytest.mark.browser
def test_no_request_leaves_the_server_and_the_console_is_quiet(browser_page: Page, page_server: str) -> None:
    requests: list[str] = []
    complaints: list[str] = []
    browser_page.on("request", lambda request: requests.append(request.url))
    browser_page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
    browser_page.on("pageerror", lambda error: complaints.append(str(error)))
    browser_page.goto(page_server)
    ask(browser_page, QUESTION).get_by_test_id("citation").first.click()
    browser_page.get_by_test_id("highlight").wait_for()
    browser_page.get_by_role("button", name="资料", exact=True).click()
    browser_page.get_by_test_id("documents").get_by_role("listitem").first.wait_for()
    browser_page.get_by_role("button", name="新对话").click()
    browser_page.get_by_role("button", name="恢复上一个").click()
    browser_page.get_by_test_id("answer").wait_for()

    home = origin(browser_page)
    assert [url for url in requests if not url.startswith(f"{home}/")] == []
    assert complaints == []


def test_the_files_of_the_page_obey_its_content_security_policy() -> None:
    html = (WEB / "index.html").read_text("utf-8")
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", html)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", html))
    for path in [*WEB.rglob("*.js"), *WEB.rglob("*.css"), *WEB.rglob("*.html")]:
        text = path.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?://", text), f"{path.name} names an address outside"
    for path in WEB.rglob("*.js"):
        text = path.read_text("utf-8")
        code = re.sub(r"/\*.*?\*/|//[^\n]*", "", text, flags=re.DOTALL)
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", code
        )


def test_the_logic_of_the_page() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    checks = Path(__file__).parent / "data" / "web_logic.mjs"
    done = subprocess.run([node, str(checks)], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
