"""A Word file from its body: A4 as 公文 are set (GB/T 9704—2012), page numbers outside at the foot, styles of our own.

The parts that never change lie in ``word_parts``. Two calls with the same content give the same bytes.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from importlib.resources import files
from xml.sax.saxutils import escape

from service.exports.wordml import Footnotes, W
from service.exports.words import one_line

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_CONTENT = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip file can say
_PARTS = (
    ("styles", "styles"),
    ("settings", "settings"),
    ("fontTable", "fontTable"),
    ("footnotes", "footnotes"),
    ("footer-odd", "footer"),
    ("footer-even", "footer"),
)
_SECTION = (
    '<w:sectPr><w:footerReference w:type="default" r:id="rId5"/><w:footerReference w:type="even" r:id="rId6"/>'
    '<w:pgSz w:w="11906" w:h="16838"/>'
    # 天头 37 mm, 订口 28 mm, 版心 156 mm × 225 mm, in twentieths of a point.
    '<w:pgMar w:top="2098" w:right="1474" w:bottom="1984" w:left="1588" w:header="851" w:footer="1304" w:gutter="0"/>'
    '<w:cols w:space="425"/></w:sectPr>'
)
TEXT_WIDTH = 11906 - 1474 - 1588
"""The width of the type area in twentieths of a point."""


def word_file(title: str, body: Sequence[str], footnotes: Footnotes, created: str = "") -> bytes:
    """The bytes of a .docx file. ``created`` is an ISO time, or empty."""
    document = f'<w:document xmlns:w="{W}" xmlns:r="{_RELATIONS}"><w:body>{"".join(body)}{_SECTION}</w:body></w:document>'
    parts = {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _relations(
            (f"{_RELATIONS}/officeDocument", "word/document.xml"),
            (f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
        ),
        "docProps/core.xml": _core(title, created),
        "word/document.xml": document,
        "word/_rels/document.xml.rels": _relations(
            *((f"{_RELATIONS}/{kind}", f"{name}.xml") for name, kind in _PARTS)
        ),
        "word/footnotes.xml": footnotes.xml,
    }
    for name, _ in _PARTS:
        if name != "footnotes":
            resource = files("service.exports").joinpath("word_parts", f"{name}.xml")
            parts[f"word/{name}.xml"] = resource.read_text("utf-8")
    return _zipped(parts)


def _zipped(parts: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            whole = text if text.startswith("<?xml") else _HEAD + text
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), whole.encode("utf-8"), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _relations(*targets: tuple[str, str]) -> str:
    rows = "".join(
        f'<Relationship Id="rId{number}" Type="{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{rows}</Relationships>'


def _content_types() -> str:
    kinds = [("/word/document.xml", f"{_CONTENT}.document.main+xml")]
    kinds += [(f"/word/{name}.xml", f"{_CONTENT}.{kind}+xml") for name, kind in _PARTS]
    kinds.append(("/docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml"))
    rows = "".join(f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in kinds)
    return (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{rows}</Types>'
    )


def _core(title: str, created: str) -> str:
    time = f'<dcterms:created xsi:type="dcterms:W3CDTF">{escape(created[:19])}Z</dcterms:created>'
    return (
        f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(one_line(title))}</dc:title><dc:creator>党建问答</dc:creator>"
        f"{time if len(created) >= 19 else ''}</cp:coreProperties>"
    )
