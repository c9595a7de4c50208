"""Sample files in the formats of offices, made here: Word documents, PDFs, pages and archives."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import docx

from ingest.errors import LoadError

TITLE = "机关党支部学习管理办法"
REGULATION = (
    "第一章 总则",
    "第一条 为了规范机关党支部的学习，提高学习质量，根据有关规定，结合工作实际，制定本办法。",
    "第二条 本办法适用于机关各党支部。学习应当联系实际，注重实效，反对形式主义，做到学用结合、知行合一。",
    "第二章 组织",
    "第三条 党支部每月至少组织一次集中学习，由支部书记主持，每次不少于九十分钟。",
    "第四条 本办法自发布之日起施行。",
)
"""A regulation of our own."""

Text = tuple[float, float, float, str]
"""Left, bottom, size and words of a text on a PDF page."""

Rule = tuple[float, float, float, float]
"""From where to where a line is drawn: x, y, x, y."""


def pdf(pages: Sequence[Iterable[Text | Rule]], width: float = 595, height: float = 842) -> bytes:
    """A PDF with real text: in an unembedded Chinese font, whose codes are UTF-16."""
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Kids [%s] /Count %d >>"
        % (b" ".join(b"%d 0 R" % (10 + 2 * i) for i in range(len(pages))), len(pages)),
        3: b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UTF16-H "
        b"/DescendantFonts [4 0 R] >>",
        4: b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 /FontDescriptor 5 0 R "
        b"/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 5 >> >>",
        5: b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 4 /FontBBox [0 -200 1000 900] "
        b"/ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 700 /StemV 80 >>",
    }
    for index, page in enumerate(pages):
        content = b"\n".join(map(_drawn, page))
        objects[10 + 2 * index] = (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %.0f %.0f] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> >> >>" % (width, height, 11 + 2 * index)
        )
        objects[11 + 2 * index] = _stream(content)
    return _assembled(objects)


def _drawn(item: Text | Rule) -> bytes:
    x, y, size, words = item
    if isinstance(words, str):
        hexadecimal = words.encode("utf-16-be").hex().encode()
        return b"BT /F1 %.1f Tf 1 0 0 1 %.1f %.1f Tm <%s> Tj ET" % (size, x, y, hexadecimal)
    return b"%.1f %.1f m %.1f %.1f l S" % (x, y, size, words)


def _stream(content: bytes) -> bytes:
    return b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content)


def _assembled(objects: dict[int, bytes], trailer: bytes = b"") -> bytes:
    out = io.BytesIO()
    out.write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    places = {}
    for number, body in sorted(objects.items()):
        places[number] = out.tell()
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start, size = out.tell(), max(objects) + 1
    out.write(b"xref\n0 %d\n" % size)
    for number in range(size):
        out.write(b"%010d 00000 n \n" % places[number] if number in places else b"0000000000 65535 f \n")
    out.write(b"trailer << /Size %d /Root 1 0 R %s>>\nstartxref\n%d\n%%%%EOF\n" % (size, trailer, start))
    return out.getvalue()


def encrypted_pdf() -> bytes:
    """A PDF that wants a password (its encryption dictionary is made up, and fits none)."""
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Kids [] /Count 0 >>",
        3: b"<< /Filter /Standard /V 2 /R 3 /Length 128 /P -44 /O <%s> /U <%s> >>" % (b"ab" * 32, b"cd" * 32),
    }
    return _assembled(objects, b"/Encrypt 3 0 R /ID [<00> <00>] ")


def scanned_pdf() -> bytes:
    """A PDF with pages and no text."""
    return pdf([[], []])


def prose(
    lines: Sequence[str], top: float = 760, left: float = 90, size: float = 16, step: float = 28
) -> list[Text]:
    """Lines set one below the other; a line that begins with two wide spaces is indented by two characters."""
    return [
        (left + (2 * size if line.startswith("　　") else 0), top - step * i, size, line.strip("　"))
        for i, line in enumerate(lines)
    ]


def ruled(xs: Sequence[float], ys: Sequence[float]) -> list[Rule]:
    """The rules of a table without merged cells."""
    return [(xs[0], y, xs[-1], y) for y in ys] + [(x, ys[0], x, ys[-1]) for x in xs]


def refusal(load: Callable[[], object]) -> str:
    """The message of the ``LoadError`` that ``load`` raises; empty where it goes well. Other errors pass."""
    try:
        load()
    except LoadError as error:
        return str(error)
    return ""


def docx_bytes(document: Any) -> bytes:
    """A python-docx document's file."""
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def zip_bytes(entries: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of the entries, names in UTF-8."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as container:
        for name, data in entries.items():
            container.writestr(name, data)
    return out.getvalue()


def changed_entry(data: bytes, entry: str, change: Any) -> bytes:
    """A zip file with one of its entries passed through ``change``."""
    with zipfile.ZipFile(io.BytesIO(data)) as container:
        entries = {name: container.read(name) for name in container.namelist()}
    entries[entry] = change(entries[entry])
    return zip_bytes(entries)


def regulation_docx() -> bytes:
    document = docx.Document()
    document.add_heading(TITLE, 0)
    for words in REGULATION:
        document.add_paragraph(words)
    return docx_bytes(document)


def regulation_html() -> bytes:
    body = "".join(f"<p>　　{words}</p>" for words in REGULATION)
    return f"<html><head><meta charset='utf-8'></head><body><h1>{TITLE}</h1>{body}</body></html>".encode()


def regulation_pdf() -> bytes:
    lines: list[str] = [TITLE]
    for words in REGULATION:
        words = "　　" + words
        while words:
            lines.append(words[:26])
            words = words[26:]
    return pdf([prose(lines)])
