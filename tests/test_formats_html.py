"""Web pages: main text and title, tables as lines, menus gone; the encoding as declared, or as it is."""

from __future__ import annotations

import pytest

from ingest.errors import DecodeError, FileTooLarge
from ingest.formats.html import decode_html, load_html
from ingest.formats.limits import Limits

LIMITS = Limits()
PAGE = """<!DOCTYPE html><html><head><meta charset="{charset}"><title>{title}</title>
<style>p {{ color: red }}</style><script>var text = "脚本里的话，不是正文。";</script></head><body>
<div class="nav"><a href="/">首页</a> <a href="/news">要闻</a></div>
<ul><li><a href="/a">相关链接一，很长很长的标题</a></li><li><a href="/b">相关链接二，也很长的标题</a></li></ul>
<div class="article"><h1>关于加强支部学习的通知</h1>{body}</div>
<footer>版权所有，某某机关。</footer></body></html>"""
BODY = (
    "<p>　　各党支部：</p><p>为了加强<b>学习</b>，现就有关事项\n通知如下，请认真执行。</p><h2>工作要求</h2>"
    "<p>每月组织一次集中学习，<a href='#'>支部书记</a>主持。<br>每次有记录。</p><h2>一、时间安排</h2>"
    "<table><tr><th>月份</th><th>内容</th></tr><tr><td>一月</td><td><p>专题学习</p></td></tr></table>"
    "<p>特此通知，请各支部结合实际抓好落实。</p>"
)
LINES = [
    "关于加强支部学习的通知",
    "各党支部：",
    "为了加强学习，现就有关事项 通知如下，请认真执行。",
    "## 工作要求",
    "每月组织一次集中学习，支部书记主持。",
    "每次有记录。",
    "一、时间安排",
    "| 月份 | 内容 |",
    "| 一月 | 专题学习 |",
    "特此通知，请各支部结合实际抓好落实。",
]


def page(charset: str = "utf-8", title: str = "关于加强支部学习的通知-某某网", body: str = BODY) -> str:
    return PAGE.format(charset=charset, title=title, body=body)


def lines_of(data: bytes) -> list[str]:
    loaded = load_html(data, "样本.html", LIMITS)
    assert loaded.encoding == "html"
    return [line.replace("事项通知", "事项 通知") for line in loaded.text.split("\n")]


@pytest.mark.parametrize(
    ("declared", "written"),
    [
        ("utf-8", "utf-8"),
        ("gb2312", "gb18030"),
        ("gb2312", "utf-8"),
        ("utf-8", "gb18030"),
        ("GBK", "gb18030"),
        ("nonsense", "gb18030"),
        ("utf-8", "utf-8-sig"),
        ("utf-8", "utf-16"),
    ],
)
def test_the_main_text_in_every_encoding(declared: str, written: str) -> None:
    assert lines_of(page(declared).encode(written)) == LINES


def test_big5_as_declared() -> None:
    source = (
        '<html><head><meta charset="big5"></head><body><p>堅持黨的全面領導，推動機關黨建。</p></body></html>'
    )
    assert lines_of(source.encode("big5")) == ["堅持黨的全面領導，推動機關黨建。"]


def test_the_page_title_serves_where_there_is_no_heading() -> None:
    source = page(title="支部学习制度 - 某某机关网").replace("h1>", "span>")
    assert lines_of(source.encode())[0] == "支部学习制度"


def test_a_table_for_layout_is_text() -> None:
    body = f"<table><tr><td>左边</td><td><table><tr><td>{BODY}</td></tr></table></td></tr></table>"
    assert "每次有记录。" in lines_of(page(body=body).encode())


def test_merged_cells_are_as_in_word() -> None:
    rows = (
        "<tr><th rowspan=2>月份</th><th colspan=2>内容</th></tr><tr><th>上旬</th><th>下旬</th></tr>"
        "<tr><td rowspan=3 colspan=2>全年</td><td>学习</td></tr><tr><td>交流</td></tr><tr><td>考核</td></tr>"
        "<tr><td colspan=3>备注：按月报送</td></tr><tr><td>一</td><td rowspan=x>二</td><td>三</td></tr>"
    )
    body = f"<p>任务分工如下，请认真执行，做好记录。</p><table><tbody>{rows}</tbody></table><table><tr><td>独立的一格</td></tr></table>"
    assert lines_of(page(body=body).encode())[2:] == [
        "| 月份 | 内容 |",
        "|  | 上旬 | 下旬 |",
        "| 全年 | 学习 |",
        "|  | 交流 |",
        "|  | 考核 |",
        "| 备注：按月报送 |",
        "| 一 | 二 | 三 |",
        "独立的一格",
    ]


def test_a_long_cell_is_not_the_article() -> None:
    row = (
        "<tr><td>1</td><td>每月至少组织一次集中学习，由支部书记主持，每次不少于九十分钟，做好记录。</td></tr>"
    )
    body = f"<table>{row * 3}</table><p>以上任务，按月调度。</p>"
    lines = lines_of(page(body=body).encode())
    assert [line[:5] for line in lines[1:]] == ["| 1 |"] * 3 + ["以上任务，"]


def test_pages_beyond_reading_are_told() -> None:
    with pytest.raises(DecodeError, match=r"样本\.html：.*UTF-8"):
        decode_html(b"<meta charset=utf-8><p>\xff\xfe\x00\x81 \xe5\xff", "样本.html")
    with pytest.raises(FileTooLarge, match="复制正文"):
        load_html(b"<i>" * 5000 + "正文文字。".encode(), "样本.html", Limits(nodes=1000))
