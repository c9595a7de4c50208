"""The chat page in a real browser, against the real service: answers and their sources."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.page_actions import QUESTION, answer_of, ask, eventually, origin, reads, stream_of

if TYPE_CHECKING:
    from playwright.sync_api import Page

OTHER_QUESTION = "什么是“四强”党支部？"


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
