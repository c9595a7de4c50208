"""Tables in PDFs, ruled and not, as rows; frames, charts and columns of prose, which are none, as text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml import OxmlElement
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.formats.docx import load_docx
from ingest.formats.html import load_html
from ingest.formats.limits import Limits
from ingest.formats.lines import table_row
from ingest.formats.pdf import load_pdf
from ingest.formats.pdf_rules import Rule, grids
from ingest.types import Loaded
from tests.format_samples import Rule as Line
from tests.format_samples import Text, docx_bytes, pdf, prose, ruled

LIMITS = Limits()
Page = list[Text | Line]


def load(*pages: Page) -> Loaded:
    return load_pdf(pdf(pages), "表.pdf", LIMITS)


def lines_of(*pages: Page) -> list[str]:
    return load(*pages).text.split("\n")


def table(rows: Sequence[Sequence[str]], xs: Sequence[float], top: float, step: float = 30) -> Page:
    """A ruled table of one-line cells."""
    page: Page = [*ruled(xs, [top - step * n for n in range(len(rows) + 1)])]
    for number, row in enumerate(rows, 1):
        page += [
            (x + 4, top - step * number + 9, 12, words) for x, words in zip(xs, row, strict=False) if words
        ]
    return page


PROSE = "党支部学习情况说明如下，请各单位认真对照检查，"
WORD = st.text("党支部学习记录甲乙1A", max_size=4)


@settings(max_examples=25)
@given(
    st.integers(2, 4).flatmap(
        lambda n: st.lists(st.lists(WORD, min_size=n, max_size=n), min_size=2, max_size=6)
    )
)
def test_a_ruled_table_gives_its_cells(rows: list[list[str]]) -> None:
    """Columns are as narrow as their words, so that only the rules part them."""
    xs = [60 + 56.0 * n for n in range(len(rows[0]) + 1)]
    filled = sum(bool(words) for row in rows for words in row)
    lines = lines_of([*prose([PROSE], size=12), *table(rows, xs, 700), *prose(["以上。"], top=300)])
    if filled >= len(rows) * len(rows[0]) / 4:
        assert lines == [PROSE, *filter(None, map(table_row, rows)), "以上。"]
    assert (lines[0], lines[-1]) == (PROSE, "以上。")


def test_merged_cells_and_lines_broken_in_cells() -> None:
    xs, ys = [60, 120, 260, 360], [700, 670, 600, 570, 540]
    rules = [rule for rule in ruled(xs, ys) if rule not in [(60, 600, 360, 600)]]
    rules.remove((120, 700, 120, 540))
    rules += [(120, 700, 120, 570), (120, 600, 360, 600)]  # 序号 over two rows, the last row one cell
    rules.remove((260, 700, 260, 540))
    rules += [(260, 700, 260, 570)]
    words: Page = [(64, 679, 12, "序号"), (124, 679, 12, "任务"), (264, 679, 12, "责任")]
    words += [
        (64, 618, 12, "一"),
        (124, 655, 12, "每月组织一次集中学习并"),
        (124, 637, 12, "做好记录，"),
        (124, 619, 12, "（一）按时报送。"),
    ]
    words += [
        (264, 637, 12, "支部"),
        (124, 579, 12, "谈心"),
        (264, 579, 12, "委员"),
        (64, 549, 12, "备注：按月报送"),
    ]
    assert lines_of([*rules, *words]) == [
        "| 序号 | 任务 | 责任 |",
        "| 一 | 每月组织一次集中学习并做好记录， （一）按时报送。 | 支部 |",
        "|  | 谈心 | 委员 |",
        "| 备注：按月报送 |",
    ]


HEAD = ["序号", "任务", "责任"]
XS = [60.0, 120, 260, 360]


def rows_from(first: int, count: int) -> list[list[str]]:
    return [[str(n), f"事项第{n}项", "支部"] for n in range(first, first + count)]


def test_a_table_over_pages_says_its_head_once() -> None:
    """Its rows at the edges of the pages are no running heads, the head of the document is."""
    edges: Page = [(230, 815, 10, "制度汇编")]
    pages = [
        [
            *edges,
            *prose([PROSE], top=790, size=12),
            *table([HEAD, *rows_from(1, 20)], XS, 770),
            (290, 30, 10, "1"),
        ],
        [*edges, *table([HEAD, *rows_from(21, 21)], XS, 790), (290, 30, 10, "2")],
        [
            *edges,
            *table([HEAD, *rows_from(42, 2)], XS, 790),
            *prose(["以上任务按月调度。"], top=600),
            (290, 30, 10, "3"),
        ],
    ]
    loaded = load(*pages)
    assert loaded.text.split("\n") == [
        PROSE,
        *map(table_row, [HEAD, *rows_from(1, 43)]),
        "以上任务按月调度。",
    ]
    assert [loaded.text[start:].split("\n")[0] for start in loaded.pages] == [
        PROSE,
        table_row(rows_from(21, 1)[0]),
        table_row(rows_from(42, 1)[0]),
    ]


def test_two_tables_with_one_head_on_a_page_keep_it() -> None:
    rows = [HEAD, *rows_from(1, 2)]
    page = [*table(rows, XS, 700), *prose(["又一张："], top=560, size=12), *table(rows, XS, 540)]
    assert lines_of(page) == [*map(table_row, rows), "又一张：", *map(table_row, rows)]


def test_a_boxed_running_head_goes() -> None:
    def page(number: int) -> Page:
        box = table([["文件编号", "甲01"], ["制度汇编", f"第{number}页"]], [60, 200, 400], 830, step=20)
        return [*box, *prose([f"第{'一二三四'[number]}条 " + PROSE + "做好记录。"], top=650, size=12)]

    lines = lines_of(*map(page, range(4)))
    assert lines == [f"第{n}条 {PROSE}做好记录。" for n in "一二三四"]


def test_frames_columns_and_charts_are_no_tables() -> None:
    left = [f"左栏第{n}行{'文' * 13}" for n in "一二三四五六七八"]
    right = [f"右栏第{n}行{'字' * 13}" for n in "一二三四五六七八"]
    columns: Page = [
        (50 + 260 * side, 700 - 20 * i, 12, both[side])
        for i, both in enumerate(zip(left, right, strict=True))
        for side in (0, 1)
    ]
    frame = ruled([40, 302, 560], [720, 540])
    for page in (columns, [*columns, *frame], [*columns, *ruled([302], [720, 540])]):
        assert "".join(lines_of(page)) == "".join(left + right)
    chart: Page = [*ruled([60 + 40 * n for n in range(9)], [700 - 30 * n for n in range(9)])]
    assert lines_of([*chart, (70, 670, 12, "百分之五十"), (50, 400, 12, "图一 学习时间")]) == [
        "百分之五十",
        "图一 学习时间",
    ]


def aligned(rows: Sequence[Sequence[str]], xs: Sequence[float], top: float) -> Page:
    return [
        (x, top - 20 * n, 12, words)
        for n, row in enumerate(rows)
        for x, words in zip(xs, row, strict=False)
        if words
    ]


def test_columns_that_white_space_parts_are_a_table() -> None:
    rows = [
        ["姓名", "职务", "电话"],
        ["张三", "支部书记", "一二三四"],
        ["李四", "组织委员、", ""],
        ["", "纪检委员", ""],
        ["王五", "", "九零一二"],
    ]
    page = [
        *prose([PROSE + "做好记录。"], size=12),
        *aligned(rows, [90, 200, 360], 720),
        *prose(["以上。"], top=600),
    ]
    assert lines_of(page) == [
        PROSE + "做好记录。",
        "| 姓名 | 职务 | 电话 |",
        "| 张三 | 支部书记 | 一二三四 |",
        "| 李四 | 组织委员、纪检委员 |  |",
        "| 王五 |  | 九零一二 |",
        "以上。",
    ]


@pytest.mark.parametrize(
    ("rows", "xs"),
    [
        ([["甲乙丙丁戊己庚辛壬癸"] * 3] * 5, (60, 230, 400)),  # columns of prose
        ([["签字：", "年", "月"]] * 2, (60, 230, 400)),  # two rows
        ([["第一章 总则", "1"], ["第二章 组织", "5"], ["第三章 附则", "9"]], (60, 400)),  # contents
        ([["甲", "乙", "丙"], ["丁", "", ""], ["戊", "", ""], ["己", "", ""]], (60, 230, 400)),
    ],
)
def test_what_only_resembles_such_a_table_stays_text(rows: list[list[str]], xs: Sequence[float]) -> None:
    assert "|" not in load(aligned(rows, xs, 700)).text


def test_rules_however_drawn_make_one_grid() -> None:
    """In pieces, twice, a little beside one another and a little short of one another."""
    level = [Rule(False, y + shift, 0, 100) for y in (0, 20, 40) for shift in (0, 0.7)]
    upright = [Rule(True, x, start + 1, start + 19) for x in (0, 50, 100) for start in (0, 20)]
    (grid,) = grids([*level, *upright])
    assert len(grid.cells) == 4
    assert [round(x) for x in grid.xs] == [0, 50, 100]
    assert grids(level) == grids(upright) == []


def test_drawings_with_thousands_of_lines_cost_little() -> None:
    net = [Rule(upright, at, 0, 4000) for upright in (True, False) for at in range(0, 4000, 4)]
    assert grids(net) == []


# --- as programs print them -------------------------------------------------------------------------------------

CELLS = (
    ("序号", "任务", "责任单位"),
    (
        "1",
        "每月至少组织一次集中学习，由支部书记主持，每次不少于九十分钟，做好记录，学习情况按季度报送机关党委备案。",
        "各支部",
    ),
    ("2", "开展谈心谈话", "第2支部"),
    ("备注：按月报送",),
)


def expected(loaded: Loaded) -> bool:
    rows = [table_row(row) for row in (*CELLS, *rows_from(3, 50))]
    return [line for line in loaded.text.split("\n") if line] == ["任务分工", *rows, "以上任务按月调度。"]


def page_source() -> str:
    body = "".join(
        "<tr>"
        + "".join(f"<td{' colspan=3' if len(row) == 1 else ''}>{words}</td>" for words in row)
        + "</tr>"
        for row in (*CELLS[1:], *rows_from(3, 50))
    )
    style = "body{font:14px 'Noto Serif CJK SC'} table{border-collapse:collapse;width:100%} td,th{border:1px solid}"
    head = "".join(f"<th>{words}</th>" for words in CELLS[0])
    return f"<meta charset=utf-8><style>{style}</style><h1>任务分工</h1><table><thead><tr>{head}</tr></thead>{body}</table><p>以上任务按月调度。</p>"


@pytest.mark.browser
def test_a_table_that_chromium_prints(chromium: Any) -> None:
    page = chromium.new_page()
    page.set_content(page_source())
    loaded = load_pdf(
        page.pdf(format="A4", margin=dict.fromkeys(("top", "bottom", "left", "right"), "25mm")),
        "表.pdf",
        LIMITS,
    )
    page.close()
    assert len(loaded.pages) > 1
    assert expected(loaded)
    assert expected(load_html(page_source().encode(), "表.html", LIMITS))


def test_a_table_that_libreoffice_prints(libreoffice: Callable[..., Path], tmp_path: Path) -> None:
    document = docx.Document()
    document.add_heading("任务分工", 0)
    made = document.add_table(0, 3)
    made.style = "Table Grid"
    for row in (*CELLS, *rows_from(3, 50)):
        cells = made.add_row().cells
        for cell, words in zip(cells, row, strict=False):
            cell.text = words
        if len(row) == 1:
            cells[0].merge(cells[2])
    made.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    document.add_paragraph("以上任务按月调度。")
    assert expected(load_docx(docx_bytes(document), "表.docx", LIMITS))
    (tmp_path / "表.docx").write_bytes(docx_bytes(document))
    loaded = load_pdf(libreoffice(tmp_path / "表.docx", "pdf").read_bytes(), "表.pdf", LIMITS)
    assert len(loaded.pages) > 1
    assert expected(loaded)
