"""Word documents: numbers that Word computes, tables, text boxes, revisions; the furniture left out."""

from __future__ import annotations

import copy
from typing import Any

import docx
import pytest
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn

from ingest.errors import LoadError
from ingest.formats.docx import load_docx
from ingest.formats.limits import Limits
from ingest.formats.numbering import numeral
from tests.format_samples import changed_entry, docx_bytes

LIMITS = Limits()


def text_of(document: Any) -> str:
    loaded = load_docx(docx_bytes(document), "样本.docx", LIMITS)
    assert loaded.encoding == "docx"
    return loaded.text


def lines_of(document: Any) -> list[str]:
    return [line for line in text_of(document).split("\n") if line]


def numbered(document: Any, words: str, number: int, level: int = 0) -> Any:
    """A paragraph in list ``number`` at ``level``."""
    paragraph = document.add_paragraph(words)
    properties = paragraph._p.get_or_add_pPr()
    properties.append(
        parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')
    )
    return paragraph


def add_list(document: Any, number: int, *levels: tuple[str, str], override: int | None = None) -> None:
    """A list with an abstract numbering of its own; each level is a number format and a pattern."""
    root = document.part.numbering_part.element
    inner = "".join(
        f'<w:lvl w:ilvl="{i}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{pattern}"/></w:lvl>'
        for i, (form, pattern) in enumerate(levels)
    )
    abstract = parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{number}">{inner}</w:abstractNum>')
    root.insert(0, abstract)
    add_instance(document, number, number, override)


def add_instance(document: Any, number: int, abstract: int, override: int | None) -> None:
    start = f'<w:lvlOverride w:ilvl="0"><w:startOverride w:val="{override}"/></w:lvlOverride>'
    document.part.numbering_part.element.append(
        parse_xml(
            f'<w:num {nsdecls("w")} w:numId="{number}"><w:abstractNumId w:val="{abstract}"/>'
            f"{start if override is not None else ''}</w:num>"
        )
    )


def test_headings_and_paragraphs() -> None:
    document = docx.Document()
    document.add_heading("支部工作方案", 0)
    document.add_heading("工作背景", 1)
    document.add_paragraph("今年以来，各支部学习扎实。")
    document.add_heading("一、总体要求", 1)
    document.add_heading("二级标题", 2)
    assert lines_of(document) == [
        "支部工作方案",
        "## 工作背景",
        "今年以来，各支部学习扎实。",
        "一、总体要求",
        "### 二级标题",
    ]


def test_a_lone_first_heading_is_the_title() -> None:
    document = docx.Document()
    document.add_heading("支部工作方案", 1)
    document.add_heading("工作背景", 2)
    document.add_paragraph("今年以来，各支部学习扎实。")
    assert lines_of(document)[:2] == ["支部工作方案", "## 工作背景"]


def test_numbers_that_word_computes() -> None:
    document = docx.Document()
    add_list(
        document,
        101,
        ("chineseCountingThousand", "第%1章"),
        ("chineseCountingThousand", "（%2）"),
        ("decimal", "%3."),
    )
    add_list(document, 102, ("chineseCountingThousand", "第%1条"))
    add_list(document, 103, ("bullet", "\uf0b7"))
    for number, level, words in (
        (101, 0, "总则"),
        (102, 0, "为了规范学习，制定本办法。"),
        (101, 1, "甲项"),
        (101, 1, "乙项"),
        (101, 2, "细目"),
        (101, 0, "附则"),
        (102, 0, "本办法自发布之日起施行。"),
        (101, 1, "又一项"),
        (103, 0, "要点"),
    ):
        numbered(document, words, number, level)
    assert lines_of(document) == [
        "第一章 总则",
        "第一条 为了规范学习，制定本办法。",
        "（一）甲项",
        "（二）乙项",
        "1. 细目",
        "第二章 附则",
        "第二条 本办法自发布之日起施行。",
        "（一）又一项",
        "- 要点",
    ]


def test_lists_that_share_a_numbering_go_on_or_start_anew() -> None:
    document = docx.Document()
    add_list(document, 101, ("decimal", "%1."))
    add_instance(document, 102, 101, None)
    add_instance(document, 103, 101, 5)
    for number in (101, 101, 102, 103, 103):
        numbered(document, "项", number)
    numbered(document, "无号", 0)
    assert lines_of(document) == ["1. 项", "2. 项", "3. 项", "5. 项", "6. 项", "无号"]


def test_a_style_brings_its_number() -> None:
    document = docx.Document()
    add_list(document, 101, ("chineseCounting", "%1、"))
    style = document.styles["Heading 1"]
    style.element.get_or_add_pPr().append(
        parse_xml(f'<w:numPr {nsdecls("w")}><w:numId w:val="101"/></w:numPr>')
    )
    for words in ("总体要求", "主要任务"):
        document.add_heading(words, 1)
        document.add_paragraph("正文内容在这里。")
    assert lines_of(document) == ["一、总体要求", "正文内容在这里。", "二、主要任务", "正文内容在这里。"]


@pytest.mark.parametrize(
    ("count", "form", "written"),
    [
        (10, "chineseCounting", "十"),
        (11, "chineseCounting", "十一"),
        (20, "chineseCountingThousand", "二十"),
        (101, "chineseCountingThousand", "一百零一"),
        (110, "chineseCountingThousand", "一百一十"),
        (1020, "japaneseCounting", "一千零二十"),
        (12, "chineseLegalSimplified", "壹拾贰"),
        (3, "decimalEnclosedCircleChinese", "③"),
        (2, "ideographTraditional", "乙"),
        (14, "upperRoman", "XIV"),
        (28, "lowerLetter", "bb"),
        (7, "decimalZero", "07"),
        (7, "decimalFullWidth", "７"),
        (7, "from the future", "7"),
    ],
)
def test_numerals(count: int, form: str, written: str) -> None:
    assert numeral(count, form) == written


def test_tables_are_lines_of_cells() -> None:
    document = docx.Document()
    document.add_paragraph("任务分工如下：")
    table = document.add_table(3, 3)
    for row, words in zip(table.rows, (("序号", "任务", "责任"), ("1", "学习|研讨", "办公室")), strict=False):
        for cell, word in zip(row.cells, words, strict=True):
            cell.text = word
    merged = table.cell(2, 0).merge(table.cell(2, 2))
    merged.text = "备注：\n按月报送"
    inner = table.cell(1, 2).add_table(1, 2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "甲", "乙"
    assert lines_of(document) == [
        "任务分工如下：",
        "| 序号 | 任务 | 责任 |",
        "| 1 | 学习｜研讨 | 办公室 甲 乙 |",
        "| 备注： 按月报送 |",
    ]


def test_a_table_of_one_column_is_text() -> None:
    document = docx.Document()
    table = document.add_table(1, 1)
    table.cell(0, 0).text = "第一段。\n第二段。"
    assert lines_of(document) == ["第一段。", "第二段。"]


def test_changes_are_accepted() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("党支部")
    for tag, text_tag, words in (("w:del", "w:delText", "每年"), ("w:ins", "w:t", "每月")):
        run = OxmlElement("w:r")
        text = OxmlElement(text_tag)
        text.text = words
        run.append(text)
        change = OxmlElement(tag)
        change.append(run)
        paragraph._p.append(change)
    paragraph.add_run("学习一次。")
    joined = document.add_paragraph("前半句，")
    joined._p.get_or_add_pPr().append(parse_xml(f"<w:rPr {nsdecls('w')}><w:del/></w:rPr>"))
    document.add_paragraph("后半句。")
    assert lines_of(document) == ["党支部每月学习一次。", "前半句，后半句。"]


BOX = (
    '<w:r {ns} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:AlternateContent>'
    '<mc:Choice Requires="wps"><w:drawing><w:txbxContent>{body}</w:txbxContent></w:drawing></mc:Choice>'
    "<mc:Fallback><w:pict><w:txbxContent>{body}</w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
)


def test_text_boxes_come_once_behind_their_paragraph() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("正文一。")
    body = "<w:p><w:r><w:t>框内文字。</w:t></w:r></w:p>"
    paragraph._p.append(parse_xml(BOX.format(ns=nsdecls("w"), body=body)))
    document.add_paragraph("正文二。")
    assert lines_of(document) == ["正文一。", "框内文字。", "正文二。"]


def test_furniture_is_left_out_and_content_controls_are_read() -> None:
    document = docx.Document()
    section = document.sections[0]
    section.header.paragraphs[0].text = "页眉文字"
    section.footer.paragraphs[0].text = "页脚文字"
    hidden = document.add_paragraph("看得见").add_run("隐藏")
    hidden.font.hidden = True
    paragraph = document.add_paragraph("控件里的话。")
    control = parse_xml(f"<w:sdt {nsdecls('w')}><w:sdtContent/></w:sdt>")
    paragraph._p.addprevious(control)
    control.find(qn("w:sdtContent")).append(paragraph._p)
    contents = copy.deepcopy(control)
    gallery = (
        '<w:sdtPr {}><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr>'
    )
    contents.insert(0, parse_xml(gallery.format(nsdecls("w"))))
    control.addprevious(contents)
    assert lines_of(document) == ["看得见", "控件里的话。"]


def test_other_kinds_inside_are_named() -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    with pytest.raises(LoadError, match=r"旧版 Word.*另存为 \.docx"):
        load_docx(ole, "样本.docx", LIMITS)
    with pytest.raises(LoadError, match="密码"):
        load_docx(ole + "EncryptedPackage".encode("utf-16-le"), "样本.docx", LIMITS)


def test_entities_are_not_expanded() -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "啊啊啊啊啊啊啊啊啊啊">' + "".join(
        f'<!ENTITY a{i} "{f"&a{i - 1 if i else str()};" * 10}">' for i in range(9)
    )

    def poisoned(xml: bytes) -> bytes:
        body = xml.decode().split("?>", 1)[1].replace("原文", "&a8;")
        return (bomb + "]>" + body).encode()

    document = docx.Document()
    document.add_paragraph("原文在此")
    data = changed_entry(docx_bytes(document), "word/document.xml", poisoned)
    with pytest.raises(LoadError, match=r"样本\.docx："):
        load_docx(data, "样本.docx", LIMITS)
