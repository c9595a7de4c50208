"""PDFs: lines joined to paragraphs, running heads gone, columns in order; scans and damage are told."""

from __future__ import annotations

from typing import Any

import pytest

from ingest.errors import EmptyFile, FileTooLarge, LoadError
from ingest.formats.limits import Limits
from ingest.formats.pdf import load_pdf
from tests.format_samples import encrypted_pdf, pdf, prose, scanned_pdf

LIMITS = Limits()


def lines_of(data: bytes) -> list[str]:
    loaded = load_pdf(data, "样本.pdf", LIMITS)
    assert loaded.encoding == "pdf"
    return loaded.text.split("\n")


PARTS = ("甲乙丙丁戊己庚辛", "子丑寅卯辰巳午未", "春夏秋冬东南西北", "金木水火土日月星")


def _whole(words: str) -> str:
    return words * 3 + words[2:] * 3 + words + words[1:] * 3 + words[:5]


def test_heads_and_page_numbers_go_and_paragraphs_run_over_pages() -> None:
    pages = []
    for number, words in enumerate(PARTS, 1):
        body = prose([f"　　{words * 3}", words[2:] * 3 + words, words[1:] * 3 + words[:5]])
        pages.append([(230, 800, 10, "党建资料汇编"), *body, (290, 40, 10, f"— {number} —")])
    lines = lines_of(pdf(pages))
    assert lines == [_whole(words) for words in PARTS]
    pages[1] = [
        (230, 800, 10, "党建资料汇编"),
        *prose([PARTS[1] * 3 + "。完"]),
        (290, 40, 10, "第 2 页 共 4 页"),
    ]
    lines = lines_of(pdf(pages))
    assert lines[0] == _whole(PARTS[0]) + PARTS[1] * 3 + "。完"
    assert "汇编" not in "".join(lines)


def test_what_repeats_in_the_body_stays() -> None:
    pages = [[(90, 500, 16, "党支部学习记录"), (90, 460, 16, f"{words}参加。")] for words in PARTS]
    assert lines_of(pdf(pages)).count("党支部学习记录") == 4


def test_a_short_line_or_a_number_ends_the_paragraph() -> None:
    lines = [
        "第一条 各支部每月组织学习一次，每次有记录",
        "，有考勤。",
        "第二条 支部书记负责组织，党小组长负责落实",
        "（一）制定计划；",
        "（二）做好记录。",
    ]
    assert lines_of(pdf([prose(lines)])) == [
        "第一条 各支部每月组织学习一次，每次有记录，有考勤。",
        *lines[2:],
    ]


def test_latin_words_keep_their_spaces_and_lose_their_hyphens() -> None:
    pages = [
        [
            (90, 700, 12, "Work of the party branch is organi-"),
            (90, 680, 12, "sation and study of documents and"),
            (90, 660, 12, "practice."),
        ]
    ]
    assert lines_of(pdf(pages)) == [
        "Work of the party branch is organisation and study of documents and practice."
    ]


def test_two_columns_are_read_one_after_the_other() -> None:
    left = [f"左栏第{i}行{'文' * 13}" for i in "一二三四五六七八"]
    right = [f"右栏第{i}行{'字' * 13}" for i in "一二三四五六七八"]
    rows = [
        (50 + 260 * side, 700 - 20 * i, 12, column[i])
        for i in range(8)
        for side, column in enumerate((left, right))
    ]
    lines = lines_of(pdf([[(200, 760, 18, "两栏的标题"), *rows]]))
    assert lines[0] == "两栏的标题"
    assert "".join(lines[1:]) == "".join(left + right)


def test_rare_characters_come_whole() -> None:
    assert lines_of(pdf([[(90, 700, 16, "李𬭎同志是支部书记。")]])) == ["李𬭎同志是支部书记。"]


def test_scans_passwords_and_damage_are_told() -> None:
    with pytest.raises(EmptyFile, match=r"样本\.pdf：.*扫描件需要先做文字识别\(OCR\)"):
        load_pdf(scanned_pdf(), "样本.pdf", LIMITS)
    with pytest.raises(LoadError, match="密码"):
        load_pdf(encrypted_pdf(), "样本.pdf", LIMITS)
    with pytest.raises(LoadError, match="损坏"):
        load_pdf(b"%PDF-1.7\nnothing", "样本.pdf", LIMITS)
    with pytest.raises(LoadError, match="不是 PDF"):
        load_pdf(b"plain", "样本.pdf", LIMITS)
    with pytest.raises(FileTooLarge, match=r"2 页.*拆分"):
        load_pdf(scanned_pdf(), "样本.pdf", Limits(pages=1))


@pytest.mark.browser
def test_a_pdf_that_chromium_prints(chromium: Any) -> None:
    """A long text over several pages, with running heads and numbers, comes out paragraph by paragraph."""
    written = [
        f"第{number}条 " + "".join(f"{words}第{number}款{index}项，" for index in range(number % 9)) + "完。"
        for number in range(1, 60)
        for words in PARTS[:1]
    ]
    style = "p{text-indent:2em;margin:0;font:16px/28px 'Noto Serif CJK SC';text-align:justify}"
    body = "".join(f"<p>{words}</p>" for words in written)
    page = chromium.new_page()
    page.set_content(
        f"<html><head><meta charset='utf-8'><style>{style}</style></head><body>{body}</body></html>"
    )
    edge = "<div style='font-size:9px;width:100%;text-align:center'>{}</div>"
    number = edge.format("第 <span class='pageNumber'></span> 页 共 <span class='totalPages'></span> 页")
    margin = {"top": "30mm", "bottom": "30mm", "left": "25mm", "right": "25mm"}
    data = page.pdf(
        format="A4",
        display_header_footer=True,
        header_template=edge.format("党建资料汇编"),
        footer_template=number,
        margin=margin,
    )
    page.close()
    assert lines_of(data) == written
