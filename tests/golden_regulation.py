"""A regulation of our own, written by our scripts in every format, with what offices add to it in each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import docx
import opencc
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from tests.format_samples import Rule, Text, docx_bytes, pdf, ruled, zip_bytes

TITLE = "机关党支部学习交流工作办法"
LINES = (
    "第一章 总则",
    "第一条 为了规范机关党支部的学习交流，提高学习质量，根据有关规定，结合工作实际，制定本办法。",
    "第二条 学习交流应当遵循下列原则：",
    "（一）联系实际，注重实效；",
    "（二）以上率下，全员参加；",
    "（三）学用结合，知行合一。",
    "第三条 本办法适用于机关各党支部。",
    "离退休干部党支部可以参照执行，具体办法由各单位根据老同志的实际情况确定。",
    "第二章 组织",
    "第四条 党支部每月至少组织一次集中学习，由支部书记主持，每次不少于九十分钟。",
    "遇有重要会议精神需要传达的，应当在五个工作日以内组织学习。",
    "第五条 联络员由李𬭎同志担任，负责下列事项：",
    "（一）制定年度学习计划，报机关党委备案；",
    "（二）做好学习记录，建立学习档案，按照规定期限保存备查。",
    "第六条 各支部应当每季度开展一次交流，交流情况以书面形式报送机关党委，机关党委汇总以后在适当范围通报。",
    "第七条 学习时间安排见下表：",
    "| 月份 | 内容 | 责任人 |",
    "| 一月 | 专题学习 | 支部书记 |",
    "| 二月 | 交流研讨 | 组织委员 |",
    "| 三月 | 谈心谈话 | 宣传委员 |",
    "第三章 附则",
    "第八条 本办法由机关党委负责解释。",
    "第九条 本办法自发布之日起施行。",
)
"""The text, a line for each paragraph and each row of the table."""

RARE, COMMON = "李𬭎", "李宏"
"""A name with a character that GB18030 writes in four bytes and Big5 has not, and one to put in its place."""


NAMES = ("法.txt", "国标.txt", "大五.txt", "法.md", "法.html", "法.docx", "法.pdf")


def files() -> dict[str, bytes]:
    """The regulation by file name, and an archive of all."""
    written = (
        plain().encode("utf-8"),
        plain().encode("gb18030"),
        traditional(plain()).encode("big5"),
        markdown().encode("utf-8"),
        html(),
        word(),
        printed(),
    )
    alone = dict(zip(NAMES, written, strict=True))
    return alone | {"全.zip": zip_bytes(alone)}


def plain() -> str:
    return "\r\n".join([TITLE, "", *("　　" + line for line in LINES), ""])


def traditional(text: str) -> str:
    """In traditional characters that Big5 has."""
    converted: str = opencc.OpenCC("s2tw").convert(text.replace(RARE, COMMON))
    return converted


def markdown() -> str:
    lines = []
    for line in LINES:
        heading = line.startswith("第") and "章 " in line[:6]
        lines.append(f"## {line}" if heading else line)
        if line.startswith("| 月份"):
            lines.append("| --- | --- | --- |")
    return "\n".join([f"# {TITLE}", "", *lines])


# --- a web page -------------------------------------------------------------------------------------------------


def html() -> bytes:
    links = "".join(f"<li><a href='/{n}'>党建要闻第{n}条，标题很长很长很长</a></li>" for n in range(20))
    body = "".join(_html_lines())
    return (
        f"<html><head><meta charset='gbk'><title>{TITLE}-某机关网站</title></head><body>"
        f"<div class='nav'><a href='/'>首页</a> <a href='/a'>要闻</a></div><ul>{links}</ul>"
        f"<div class='crumb'>当前位置：首页 > 制度</div><div class='article'><h1>{TITLE}</h1>{body}</div>"
        f"<div class='related'><p>相关阅读：某办法的解读，请点击查看全文。</p></div>"
        f"<footer>版权所有：某机关。地址：某路一号。</footer></body></html>"
    ).encode("gb18030")


def _html_lines() -> Iterator[str]:
    for line in LINES:
        if not line.startswith("|"):
            yield f"<p>　　{line}</p>"
            continue
        row = "".join(f"<td>{cell}</td>" for cell in _cells(line))
        yield (
            ("<table>" if "月份" in line else "") + f"<tr>{row}</tr>" + ("</table>" if "三月" in line else "")
        )


def _cells(line: str) -> list[str]:
    return line.strip("| ").split(" | ")


# --- a Word document --------------------------------------------------------------------------------------------

_CHAPTERS, _ARTICLES, _ITEMS = 201, 202, 203  # numbers of lists; each article's items have one of their own

_BOX = "position:absolute;width:300pt;height:60pt"


def word() -> bytes:
    """With numbers that Word computes, a change under revision, a text box, a real table, header and footer."""
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "某机关制度汇编"
    document.sections[0].footer.paragraphs[0].text = "— 1 —"
    _define_list(document, _CHAPTERS, "第%1章")
    _define_list(document, _ARTICLES, "第%1条")
    document.add_heading(TITLE, 0)
    items = _ITEMS
    for line in LINES:
        if line.startswith("|"):
            _add_row(document, line)
        elif line.startswith("第") and "章 " in line[:6]:
            _number(document.add_heading(line.split(" ", 1)[1], 1), _CHAPTERS)
        elif line.startswith("第"):
            _number(_article(document, line.split(" ", 1)[1]), _ARTICLES)
        elif line.startswith("（"):
            if line.startswith("（一）"):
                items += 1
                _define_list(document, items, "（%1）")
            _number(document.add_paragraph(line[3:]), items)
        else:
            _box(document.paragraphs[-1], line)
    return docx_bytes(document)


def _article(document: Any, words: str) -> Any:
    """The words of an article, one of them with a change that is to be accepted."""
    before, changed, after = words.partition("每月")
    paragraph = document.add_paragraph(before)
    if changed:
        for tag, inner, text in (("del", "delText", "每年"), ("ins", "t", changed)):
            change = f"<w:{tag} {nsdecls('w')}><w:r><w:{inner}>{text}</w:{inner}></w:r></w:{tag}>"
            paragraph._p.append(parse_xml(change))
        paragraph.add_run(after)
    return paragraph


def _box(paragraph: Any, words: str) -> None:
    inner = f"<w:txbxContent><w:p><w:r><w:t>{words}</w:t></w:r></w:p></w:txbxContent>"
    shape = f'<v:rect xmlns:v="urn:schemas-microsoft-com:vml" style="{_BOX}"><v:textbox>{inner}</v:textbox></v:rect>'
    paragraph._p.append(parse_xml(f"<w:r {nsdecls('w')}><w:pict>{shape}</w:pict></w:r>"))


def _add_row(document: Any, line: str) -> None:
    cells = _cells(line)
    table = document.tables[-1] if document.tables else document.add_table(0, len(cells))
    for cell, words in zip(table.add_row().cells, cells, strict=True):
        cell.text = words


def _number(paragraph: Any, number: int) -> None:
    numbered = f'<w:numPr {nsdecls("w")}><w:ilvl w:val="0"/><w:numId w:val="{number}"/></w:numPr>'
    paragraph._p.get_or_add_pPr().append(parse_xml(numbered))


def _define_list(document: Any, number: int, pattern: str) -> None:
    level = f'<w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/><w:lvlText w:val="{pattern}"/>'
    root = document.part.numbering_part.element
    numbered = f'{nsdecls("w")} w:abstractNumId="{number}"'
    root.insert(0, parse_xml(f'<w:abstractNum {numbered}><w:lvl w:ilvl="0">{level}</w:lvl></w:abstractNum>'))
    instance = f'<w:abstractNumId w:val="{number}"/>'
    root.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="{number}">{instance}</w:num>'))


# --- a PDF ------------------------------------------------------------------------------------------------------

TABLE_PAGE = 4
"""The page of the PDF on which the table stands; the one before it is blank."""


def printed() -> bytes:
    """With running heads and page numbers, a page in two columns, a blank page and a ruled table."""
    table = next(index for index, line in enumerate(LINES) if line.startswith("|"))
    rows = [line for line in LINES if line.startswith("|")]
    second = LINES.index("第二章 组织")
    first = [(180.0, 740.0, 20.0, TITLE), *_column(LINES[:second], 90, 26, 16, 700)]
    middle = list(_two_columns(LINES[second:table]))
    last: list[Text | Rule] = [*_ruled(rows), *_column(LINES[table + len(rows) :], 90, 26, 16, 500)]
    pages: list[list[Text | Rule]] = [[*first], [*middle], [], last]
    for number, page in enumerate(pages, 1):
        if page:
            page += [(230, 800, 10, "某机关制度汇编"), (290, 40, 10, f"— {number} —")]
    return pdf(pages)


def _column(lines: Iterable[str], left: float, width: int, size: float, top: float) -> list[Text]:
    """Paragraphs set in lines of ``width`` characters, first lines indented by two."""
    found: list[Text] = []
    for line in lines:
        words = "　　" + line
        while words:
            indent = 2 * size if words.startswith("　　") else 0
            found.append((left + indent, top - 1.6 * size * len(found), size, words[:width].strip("　")))
            words = words[width:]
    return found


def _two_columns(lines: Iterable[str]) -> Iterator[Text]:
    left = _column(lines, 50, 19, 12, 740)
    half = (len(left) + 1) // 2
    yield from left[:half]
    top = left[0][1] - left[half][1]
    for x, y, size, words in left[half:]:
        yield x + 260, y + top, size, words


def _ruled(rows: Iterable[str]) -> Iterator[Text | Rule]:
    cells = [_cells(row) for row in rows]
    xs, ys = [90, 190, 330, 480], [700 - 30 * n for n in range(len(cells) + 1)]
    yield from ruled(xs, ys)
    for row, bottom in zip(cells, ys[1:], strict=True):
        for words, x in zip(row, xs, strict=False):
            yield x + 8, bottom + 9, 14, words
