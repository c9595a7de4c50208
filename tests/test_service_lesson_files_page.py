"""The page 党课 on paper, and the files it exports."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.lesson_actions import make, saved

if TYPE_CHECKING:
    from playwright.sync_api import Page


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
