"""Slides in our own look, 16:9: a dark red cover, paper-coloured pages, quotes in 楷体 beside a golden bar.

The look is laid on the masters and layouts of python-pptx's plain presentation, so that slides added later have it too.
Positions and sizes are in points; the slide is 960 by 540.
"""

from __future__ import annotations

import copy
import io
import re
from typing import Any

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml import parse_xml
from pptx.oxml.ns import qn
from pptx.util import Pt

from service.exports.fitting import LINE
from service.exports.words import one_line, printable

WIDTH, HEIGHT = 960, 540
LEFT, RIGHT, TOP, BOTTOM = 56, 904, 128, 496
"""The area of a page below its title."""
BODY = RIGHT - LEFT
TITLE_HEIGHT = 76

RED, PAPER, INK, MUTED, GOLD, WARN = "8C1B1F", "FBF8F2", "2A2320", "6B6058", "B98A2F", "9B1C1F"
ON_RED, SOFT = "FFF8EC", "EBD9C8"
SANS, KAI = "微软雅黑", "楷体"
_COVER, _PAGE = "Title Slide", "Title Only"
_NAMESPACES = (
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
)


class Deck:
    """A presentation being made. ``slide`` methods return python-pptx slides."""

    def __init__(self, title: str) -> None:
        self._file = Presentation()
        self._file.slide_width, self._file.slide_height = Pt(WIDTH), Pt(HEIGHT)
        self._file.core_properties.title = one_line(title)[:250]
        self._file.core_properties.author = "党建问答"
        self._cover, self._page = _dress(self._file)

    def cover(self, title: str, size: int) -> Any:
        """A slide on dark red with ``title`` large."""
        slide = self._file.slides.add_slide(self._cover)
        _write(slide.shapes.title.text_frame, title, size, ON_RED, bold=True)
        for shape in list(slide.placeholders):
            if shape.placeholder_format.idx != 0:
                shape.element.getparent().remove(shape.element)
        return slide

    def page(self, title: str, size: int, *, above: str = "", alone: bool = False) -> Any:
        """A slide with ``title`` at its head and its number at the foot; ``above`` it, small, the part it belongs to.

        Where nothing else will be on the slide (``alone``), the title stands in the middle.
        """
        slide = self._file.slides.add_slide(self._page)
        head = slide.shapes.title
        _write(head.text_frame, title, size, RED, bold=True)
        if alone:
            head.left, head.top, head.width, head.height = Pt(LEFT), Pt(TOP), Pt(BODY), Pt(BOTTOM - TOP - 80)
        if above:
            text_box(slide, above, 86 if alone else 18, 20, 14, colour=MUTED, name="所属部分")
        number = next(s for s in self._page.placeholders if s.placeholder_format.type == 13)
        slide.shapes.element.append(copy.deepcopy(number.element))
        return slide

    def bytes(self) -> bytes:
        """The .pptx file."""
        buffer = io.BytesIO()
        self._file.save(buffer)
        return buffer.getvalue()


def text_box(
    slide: Any,
    text: str,
    top: float,
    height: float,
    size: float,
    *,
    indent: float = 0,
    colour: str = INK,
    font: str = SANS,
    bold: bool = False,
    name: str = "",
) -> None:
    """Words across the page, ``indent`` from its left; ``name`` is what the shape is called in the selection pane."""
    box = slide.shapes.add_textbox(Pt(LEFT + indent), Pt(top), Pt(BODY - indent), Pt(height))
    if name:
        box.name = name
    frame = box.text_frame
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    _write(frame, text, size, colour, font=font, bold=bold)


def bar(slide: Any, left: float, top: float, width: float, height: float, colour: str) -> None:
    """A filled rectangle without a line, decoration only."""
    slide.shapes.element.append(_rectangle(len(slide.shapes) + 100, left, top, width, height, colour))


def notes(slide: Any, text: str) -> None:
    """The speaker notes."""
    slide.notes_slide.notes_text_frame.text = printable(text)


def _write(
    frame: Any,
    text: str,
    size: float,
    colour: str,
    *,
    font: str = SANS,
    bold: bool = False,
) -> None:
    """Fill ``frame``: a paragraph for each line, one run in each."""
    frame.text = printable(text)
    for paragraph in frame.paragraphs:
        paragraph.line_spacing = Pt(size * LINE)  # in points: the fonts' own lines differ in height
        for run in paragraph.runs:
            run.font.size, run.font.bold = Pt(size), bold
            run.font.color.rgb = RGBColor.from_string(colour)
            run.font.name = font
            properties = run._r.get_or_add_rPr()
            properties.set("lang", "zh-CN")
            properties.append(parse_xml(f'<a:ea {_NAMESPACES} typeface="{font}"/>'))


def _dress(file: Any) -> tuple[Any, Any]:
    """Our look on master, theme and the two layouts that stay: the cover's and the page's."""
    master = file.slide_master
    for layout in list(file.slide_layouts):
        if layout.name not in (_COVER, _PAGE):
            file.slide_layouts.remove(layout)
    cover, page = (next(each for each in file.slide_layouts if each.name == name) for name in (_COVER, _PAGE))
    cover.name, page.name = "封面和章节", "一页一点"
    for each in (master, cover, page):
        each.background.fill.solid()
        each.background.fill.fore_color.rgb = RGBColor.from_string(RED if each is cover else PAPER)
        for shape in list(each.placeholders):
            _place(shape, on_cover=each is cover)
    page.shapes.element.insert(2, _rectangle(90, 0, 0, 14, HEIGHT, RED))
    page.shapes.element.insert(3, _rectangle(91, LEFT, 117, BODY, 1, SOFT))
    cover.shapes.element.insert(2, _rectangle(90, LEFT, 300, 120, 3, GOLD))
    _dress_theme(master)
    return cover, page


def _place(shape: Any, *, on_cover: bool) -> None:
    """Move a placeholder of a master or layout to where it is on a wide slide; those we have no use for leave."""
    kind = shape.placeholder_format.type
    if kind in (1, 3):  # titles
        shape.left, shape.width = Pt(LEFT), Pt(BODY)
        shape.top, shape.height = (Pt(150), Pt(136)) if on_cover else (Pt(38), Pt(TITLE_HEIGHT))
        shape.text_frame.vertical_anchor = MSO_ANCHOR.BOTTOM if on_cover else MSO_ANCHOR.MIDDLE
        shape.text_frame.margin_left = shape.text_frame.margin_right = 0
        for level in shape.element.iter(qn("a:lvl1pPr")):
            level.set("algn", "l")
    elif kind == 13:  # the number of the slide
        shape.left, shape.top, shape.width, shape.height = Pt(RIGHT - 90), Pt(504), Pt(90), Pt(22)
    elif kind == 2:
        shape.left, shape.top, shape.width, shape.height = Pt(LEFT), Pt(TOP), Pt(BODY), Pt(BOTTOM - TOP)
    else:
        shape.element.getparent().remove(shape.element)


def _dress_theme(master: Any) -> None:
    """Fonts and colours for what is added by hand later; titles stand at the left."""
    for level in master.element.iter(qn("p:titleStyle")):
        for properties in level.iter(qn("a:lvl1pPr")):
            properties.set("algn", "l")
    theme = master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    xml = theme.blob.decode("utf-8")
    xml = re.sub(
        r'(<a:latin typeface=")[^"]*("[^>]*/>\s*<a:ea typeface=")[^"]*"', rf'\g<1>{SANS}\g<2>{SANS}"', xml
    )
    for name, colour in (("dk2", INK), ("lt2", PAPER), ("accent1", RED), ("accent2", GOLD)):
        xml = re.sub(
            rf"<a:{name}>.*?</a:{name}>", f'<a:{name}><a:srgbClr val="{colour}"/></a:{name}>', xml, flags=re.S
        )
    theme.blob = xml.encode("utf-8")


def _rectangle(number: int, left: float, top: float, width: float, height: float, colour: str) -> Any:
    box = "".join(
        f'<a:{tag} {a}="{int(Pt(x))}" {b}="{int(Pt(y))}"/>'
        for tag, a, x, b, y in (("off", "x", left, "y", top), ("ext", "cx", width, "cy", height))
    )
    return parse_xml(
        f'<p:sp {_NAMESPACES}><p:nvSpPr><p:cNvPr id="{number}" name="装饰 {number}"/><p:cNvSpPr/><p:nvPr/></p:nvSpPr>'
        f'<p:spPr><a:xfrm>{box}</a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
        f'<a:solidFill><a:srgbClr val="{colour}"/></a:solidFill><a:ln><a:noFill/></a:ln></p:spPr></p:sp>'
    )
