"""HTML pages: the title, then the main text without menus, lists of links and footers.

The main text is the element whose own paragraphs hold the most words outside links, each paragraph counting for its
parent and half for the parent's parent (the idea of Arc90's Readability).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ingest.encoding import decode
from ingest.errors import DecodeError, FileTooLarge, LoadError
from ingest.formats.html_tables import TableRows, is_data_cell, table_of
from ingest.formats.limits import Limits, raise_it
from ingest.formats.lines import heading, one_line, table_row
from ingest.types import Loaded

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode as Node

_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_-]{1,20})""", re.IGNORECASE)
_CODECS = {
    "gb2312": ("gb18030",),
    "gbk": ("gb18030",),
    "gb18030": ("gb18030",),
    "big5": ("cp950", "big5hkscs"),
    "utf-8": ("utf-8",),
    "utf8": ("utf-8",),
}
_DROPPED = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "head",
        "iframe",
        "object",
        "svg",
        "math",
        "nav",
        "footer",
        "aside",
        "form",
        "button",
        "select",
        "option",
        "textarea",
        "input",
        "canvas",
        "audio",
        "video",
        "#comment",
        "-comment",
        "_comment",
    ]
)
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "blockquote",
        "body",
        "center",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figure",
        "figcaption",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "li",
        "main",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
        "caption",
    ]
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_ENDS = re.compile(r"[。；;！？!?：:]")
_SITE = re.compile(r"\s*(?:[_|｜]|--+|——|\s[-–—]\s)\s*\S*$")
_SKIPPED_CLASS = re.compile(
    r"(?:^|[\s_-])(?:breadcrumb|crumb|share|sidebar|copyright|footer|nav|menu|related|pagination)", re.I
)
_LEAST_WORDS = 8


def load_html(data: bytes, name: str, limits: Limits) -> Loaded:
    """The main text of an HTML page. Raises ``LoadError``."""
    from selectolax.lexbor import LexborHTMLParser

    source = decode_html(data, name)
    try:
        tree = LexborHTMLParser(source)
        root = tree.body or tree.root
    except Exception as error:  # selectolax has no base class of its own for this
        raise LoadError(f"{name}：网页内容无法解析；请在浏览器中打开，复制正文存为 .txt 后再导入") from error
    if root is None:
        raise LoadError(f"{name}：网页里没有正文；请在浏览器中打开，复制正文存为 .txt 后再导入")
    nodes = _nodes(root, name, limits)
    main = _main(nodes, root)
    lines = [line for line in _lines(main) if line]
    title = _title(tree.css_first("title"), nodes)
    if title and title not in {one_line(line.lstrip("#")) for line in lines[:5]}:
        lines.insert(0, title)
    return Loaded("\n".join(lines), "html")


def decode_html(data: bytes, name: str) -> str:
    """The page's source: by valid UTF-8, then the charset it declares, then by what is likeliest."""
    match = _CHARSET.search(data[:4096])
    declared = _CODECS.get(match.group(1).decode().lower(), ()) if match else ()
    marked = data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"))
    for codec in () if marked else ("utf-8", *declared):
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        if "\0" not in text and (declared or not text.isascii()):
            return text
    try:
        return decode(data, name=name)[0]
    except DecodeError as error:
        raise DecodeError(
            f"{name}：网页的编码认不出来，或内容已损坏；请在浏览器中打开，另存为 UTF-8 编码的网页或 .txt 后再导入"
        ) from error


def _nodes(root: Node, name: str, limits: Limits) -> list[Node]:
    """All elements worth reading, parents before children. Raises ``FileTooLarge``."""
    found: list[Node] = []
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if _is_dropped(node):
            continue
        found.append(node)
        if len(found) > limits.nodes:
            raise FileTooLarge(
                f"{name}：网页的元素超过 {limits.nodes} 个的上限；"
                f"请在浏览器中打开，复制正文存为 .txt 后再导入，{raise_it('nodes')}"
            )
        child = node.last_child
        while child is not None:
            if child.tag not in ("-text", "a"):
                waiting.append(child)
            child = child.prev
    return found


def _is_dropped(node: Node) -> bool:
    tag = node.tag or ""
    if tag in _DROPPED or tag.startswith("!"):
        return True
    if tag in ("div", "ul", "section", "p", "span", "header"):
        named = node.attributes.get("class") or node.attributes.get("id") or ""
        return bool(_SKIPPED_CLASS.search(named)) and tag != "p"
    return False


def _main(nodes: list[Node], root: Node) -> Node:
    """The element that holds the main text; the whole body where nothing stands out."""
    scores: dict[int, float] = {}
    known: dict[int, Node] = {}
    for node in nodes:
        words = one_line(_own_text(node))
        if len(words) < _LEAST_WORDS or node.tag in ("body", "html"):
            continue
        worth = len(words) * (1.0 if _ENDS.search(words) else 0.3)
        holder: Node | None = (
            node if node.tag not in ("p", "span", "b", "strong", "font", "li", "br") else node.parent
        )
        if holder is not None and is_data_cell(holder):
            holder = table_of(holder).parent
        share = worth
        for _ in range(3):
            if holder is None or holder.tag in ("-document", "html"):
                break
            scores[holder.mem_id] = scores.get(holder.mem_id, 0.0) + share
            known[holder.mem_id] = holder
            holder, share = holder.parent, share * 0.6
    if not scores:
        return root
    return known[max(scores, key=lambda key: scores[key])]


def _own_text(node: Node) -> str:
    """The text that stands directly in an element, links left out."""
    parts = []
    child = node.child
    while child is not None:
        if child.tag == "-text":
            parts.append(child.text_content or "")
        child = child.next
    return "".join(parts)


def _title(stated: Node | None, nodes: list[Node]) -> str:
    """The first heading of level 1, or what the page calls itself, without the name of the site."""
    for node in nodes:
        if node.tag == "h1" and (words := one_line("".join(_inline(node)))):
            return words
    words = one_line(stated.text(deep=True)) if stated is not None else ""
    return one_line(_SITE.sub("", words)) or words


# --- lines ------------------------------------------------------------------------------------------------------


def _lines(main: Node) -> Iterator[str]:
    """The lines of an element: blocks and line breaks end them, headings and table rows are marked."""
    words: list[str] = []
    for kind, value, node in _events(main):
        if kind == "text":
            words.append(value)
            continue
        if line := one_line("".join(words)):
            yield line
        words = []
        if kind == "row":
            yield value
        elif kind == "heading" and node is not None:
            yield heading("".join(_inline(node)), _HEADINGS[value] - 1)
    yield one_line("".join(words))


def _events(main: Node) -> Iterator[tuple[str, str, Node | None]]:
    """Text, breaks, and the headings and table rows that are taken as a whole, in order; without recursion."""
    rows = TableRows()
    waiting: list[Node | None] = [main]  # None: a block ends
    while waiting:
        node = waiting.pop()
        if node is None:
            yield "break", "", None
            continue
        tag = node.tag or ""
        if tag == "-text":
            yield "text", re.sub(r"\s+", " ", node.text_content or ""), None
        elif tag in ("br", "hr"):
            yield "break", "", None
        elif tag in _HEADINGS:
            yield "heading", tag, node
        elif tag == "tr" and (cells := rows.cells(node)) is not None:
            yield "row", table_row("" if cell is None else "".join(_inline(cell)) for cell in cells), None
        elif not _is_dropped(node) or node.mem_id == main.mem_id:
            if tag in _BLOCKS:
                yield "break", "", None
                waiting.append(None)
            waiting.extend(_children(node))


def _children(node: Node) -> Iterator[Node]:
    """The children, last first."""
    child = node.last_child
    while child is not None:
        yield child
        child = child.prev


def _inline(node: Node) -> Iterator[str]:
    """All text inside an element, blocks and breaks as spaces."""
    waiting = list(_children(node))
    while waiting:
        inner = waiting.pop()
        if inner.tag == "-text":
            yield inner.text_content or ""
        elif not _is_dropped(inner):
            if inner.tag in _BLOCKS or inner.tag == "br":
                yield " "
            waiting.extend(_children(inner))
