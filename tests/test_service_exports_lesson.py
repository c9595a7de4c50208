"""Lessons as files: every quote as it is stored, everything that has to be known said, files that always open."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pptx import Presentation

from ingest.types import Document
from service.exports import lesson_markdown, lesson_slides, lesson_word
from service.exports.deck import BOTTOM
from service.exports.slides_lesson import ELSEWHERE
from service.exports.words import ELLIPSIS, REPLACEMENT, printable, shortened
from service.lesson.types import ExcerptState, Lesson, Part, Point, Section
from tests.export_samples import document, excerpt, how, lesson, word_quotes, word_text

QUOTE = "各支部要坚持围绕中心、建设队伍、服务群众。书记要带头讲党课。"
SOURCE = document(
    f"第一条　{QUOTE}\n第二条　略。", title="某条例", source="国务院", published="2020-01-02", kind="法规"
)
DOCUMENTS = {SOURCE.id: SOURCE}
HOSTILE = "<w:p>&amp;]]>\x00\x0b\x1f\ud800𠮷\ufffe\r\n\t——“<script>”</w:t>"


def full() -> Lesson:
    """A lesson with one of everything."""
    points = (
        Point("p1", "带头讲党课", (excerpt(SOURCE, QUOTE),), note="联系本支部讲。\n两分钟。"),
        Point(
            "p2",
            "旧的规定",
            (excerpt(SOURCE, "第二条　略。", ExcerptState.SUPERSEDED, "2024年已修订。"),),
            warnings=("2022年为3万个，2023年为4万个。",),
        ),
        Point("p3", "我们怎么做？", own=True),
    )
    quiz = (Point("q1", "书记要带头讲____。", (excerpt(SOURCE, "书记要带头讲党课。"),), answer="党课"),)
    return lesson(
        how(*points),
        Section(Part.VIEW, "怎么看", 10, (), "资料库里没有讲问题和成因。"),
        Section(Part.QUIZ, "自测题", 5, quiz),
    )


def slide_texts(data: bytes) -> list[list[str]]:
    return [
        [s.text_frame.text for s in slide.shapes if s.has_text_frame]
        for slide in Presentation(io.BytesIO(data)).slides
    ]


def slide_notes(data: bytes) -> list[str]:
    slides = Presentation(io.BytesIO(data)).slides
    return [s.notes_slide.notes_text_frame.text if s.has_notes_slide else "" for s in slides]


def test_a_word_file_has_the_quotes_word_for_word_each_with_a_footnote() -> None:
    data = lesson_word(full(), DOCUMENTS)
    assert word_quotes(data) == [QUOTE, "第二条　略。", "书记要带头讲党课。"]
    notes = zipfile.ZipFile(io.BytesIO(data)).read("word/footnotes.xml").decode()
    assert notes.count("<w:footnoteRef/>") == 3
    assert "国务院. 某条例[Z]. 2020-01-02. 第一章 › 第二条。" in notes
    assert "2024年已修订。" in notes
    assert word_text(data, "Heading 1") == [
        "一、怎么办：做法与案例（20分钟）",
        "二、怎么看（10分钟）",
        "三、自测题（5分钟）",
        "参考文献",
        "附录：引文原文核对",
    ]


def test_what_has_to_be_known_is_said_in_all_three_formats() -> None:
    shown = full()
    word = "\n".join(word_text(lesson_word(shown, DOCUMENTS)))
    data = lesson_slides(shown, DOCUMENTS)
    slides = "\n".join([*(text for slide in slide_texts(data) for text in slide), *slide_notes(data)])
    for made in (word, lesson_markdown(shown, DOCUMENTS), slides):
        for words in (
            "资料库里没有讲问题和成因。",
            "〔已有新版本或已失效〕2024年已修订。",
            "2022年为3万个，2023年为4万个。",
            "我们怎么做？【讲课人补充】",
            "【讲课人补充】",
            "联系本支部讲。",
            "参考答案",
            "国务院. 某条例",
        ):
            assert words in made, words


def test_an_excerpt_that_fails_its_check_at_export_is_never_given_as_verified() -> None:
    changed = replace(document(SOURCE.text.replace("书记", "支委")), metadata=SOURCE.metadata)
    for documents, flag in (({}, "〔未能核对〕"), ({"d1": changed}, "〔核对不符〕")):
        shown = lesson(how(Point("p", "点", (excerpt(SOURCE, QUOTE),))))
        word = "\n".join(word_text(lesson_word(shown, documents)))
        assert flag in word
        assert flag in lesson_markdown(shown, documents)
        assert flag in "".join(slide_notes(lesson_slides(shown, documents)))
        assert "共1条，一致0条" in word
        assert "核对一致" not in re.sub("未核对一致", "", word)


def test_a_slide_has_one_point_and_its_notes_have_the_whole_quote_and_where_it_stands() -> None:
    long = "各级党组织要把这项工作抓紧抓实抓好，形成常态长效机制，推动工作落地见效。" * 40
    of = document(long, title="长文", published="2020")
    data = lesson_slides(lesson(how(Point("p", "抓实", (excerpt(of, long),)))), {of.id: of})
    texts, notes = slide_texts(data), slide_notes(data)
    assert [slide[0] for slide in texts] == [
        "把支部建强",
        "本课安排",
        "一、怎么办：做法与案例",
        "抓实",
        "引文出处",
    ]
    assert long in notes[3]
    assert "出处：长文[Z]. 2020. 第一章 › 第二条。" in notes[3]
    (shown,) = [text for text in texts[3] if text.endswith("……")]
    assert shown.removesuffix("……").endswith("见效。")
    assert long.startswith(shown.removesuffix("……"))


def test_what_is_on_a_slide_stays_on_it() -> None:
    quotes = [f"第{n}点，" + "要抓紧抓实，" * n + "见效。" for n in range(1, 60, 7)]
    of = document("".join(quotes), title="很长的题目" * 12)
    points = [
        Point(
            f"p{n}",
            "题" * (n * 9 + 1),
            tuple(excerpt(of, q) for q in quotes[: n + 1]),
            note="补充。" * n * 9,
            warnings=("注意。",) * n,
        )
        for n in range(len(quotes))
    ]
    for slide in Presentation(io.BytesIO(lesson_slides(lesson(how(*points)), {of.id: of}))).slides:
        boxes = [
            s
            for s in slide.shapes
            if s.name.startswith(("引文", "出处", "提示", "其他引文", "注意", "讲课人补充"))
        ]
        for box in boxes:
            assert box.top.pt + box.height.pt <= BOTTOM + 1
        spans = sorted((box.top.pt, box.top.pt + box.height.pt) for box in boxes)
        assert all(one[1] <= two[0] + 0.1 for one, two in pairwise(spans))


def test_the_reading_list_and_the_agenda_go_on_over_slides_as_needed() -> None:
    readings = tuple(
        Point(f"r{n}", f"《第{n}部资料》全文，重点读前三章，结合实际思考。" * 3) for n in range(40)
    )
    texts = slide_texts(lesson_slides(lesson(Section(Part.READING, "延伸阅读", 5, readings)), {}))
    listed = [text for slide in texts for text in slide if text.startswith("《第")]
    assert listed == [point.text for point in readings]
    assert sum(slide[0].startswith("延伸阅读") for slide in texts) > 1


hostile = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(
            "\x00\x01\x08\t\n\x0b\x0c\r\x1f\x7f\x85\ud800\udfff\ufffe\uffff\u2028<>&\"'𠮷。！……《》_*|#"
        ),
    ),
    min_size=1,
    max_size=120,
)


@settings(max_examples=25)
@given(hostile, hostile, hostile)
@example(HOSTILE, HOSTILE, HOSTILE)
@example("\r", "_x000D_", "]]>")
@example("。" * 5000, "长" * 3000, "\n" * 50)
def test_files_always_open_and_quotes_are_what_is_stored(quote: str, words: str, own: str) -> None:
    of = document(f"前。{quote}后。", title=words, source=words, authors=(words,), subtitle=own)
    section = Section(
        Part.WHY,
        words,
        5,
        (Point("p", own, (excerpt(of, quote),), note=own, warnings=(words,)),),
        missing=own,
    )
    shown = lesson(section, how(Point("o", own, own=True)), title=words, audience=own)
    documents: dict[str, Document] = {of.id: of}
    expected = printable(quote)
    assert len(expected) == len(quote)
    assert word_quotes(lesson_word(shown, documents)) == [expected]
    data = lesson_slides(shown, documents)
    assert expected in "".join(slide_notes(data))
    (on_slide,) = [
        s.text_frame.text
        for slide in Presentation(io.BytesIO(data)).slides
        for s in slide.shapes
        if s.name == "引文 1"
    ]
    assert on_slide in (expected, ELSEWHERE) or expected.startswith(on_slide.removesuffix(ELLIPSIS))
    text = lesson_markdown(shown, documents)
    text.encode("utf-8")
    assert (REPLACEMENT in text) or printable(quote + words + own) == quote + words + own


@settings(max_examples=60)
@given(
    st.lists(st.text("党建文字一二三，", min_size=1, max_size=30), min_size=1, max_size=8),
    st.integers(1, 150),
)
def test_shortening_cuts_only_where_a_sentence_ends(sentences: list[str], limit: int) -> None:
    text = "".join(f"{sentence}。" for sentence in sentences)
    short = shortened(text, limit)
    assert len(short) <= limit
    if short not in ("", text):
        assert short.endswith("。……")
        assert text.startswith(short.removesuffix("……"))


def test_the_same_lesson_gives_the_same_word_file() -> None:
    assert lesson_word(full(), DOCUMENTS) == lesson_word(full(), DOCUMENTS)


def test_every_part_of_the_word_file_is_there_and_well_formed() -> None:
    archive = zipfile.ZipFile(io.BytesIO(lesson_word(full(), DOCUMENTS)))
    names = set(archive.namelist())
    for name in names:
        ElementTree.fromstring(archive.read(name))
    types = archive.read("[Content_Types].xml").decode()
    assert set(re.findall(r'PartName="/([^"]+)"', types)) <= names
    targets = re.findall(r'Target="([^"]+)"', archive.read("word/_rels/document.xml.rels").decode())
    assert {f"word/{target}" for target in targets} <= names
    styles = set(re.findall(r'w:styleId="([^"]+)"', archive.read("word/styles.xml").decode()))
    used = {
        s for name in names for s in re.findall(r'<w:[pr]Style w:val="([^"]+)"', archive.read(name).decode())
    }
    assert used <= styles


@pytest.mark.parametrize(("make", "suffix"), [(lesson_word, "docx"), (lesson_slides, "pptx")])
def test_libreoffice_renders_it(
    make: Callable[..., bytes], suffix: str, libreoffice: Callable[..., Path], tmp_path: Path
) -> None:
    of = document(f"前。{HOSTILE}后。", title="𠮷<&>", published="2020")
    shown = lesson(
        how(Point("p", HOSTILE, (excerpt(of, HOSTILE),), note=HOSTILE)), *full().sections, title=HOSTILE
    )
    path = tmp_path / f"lesson.{suffix}"
    path.write_bytes(make(shown, {of.id: of, **DOCUMENTS, "d1": SOURCE} if suffix == "docx" else DOCUMENTS))
    made = libreoffice(path, "pdf")
    assert made.stat().st_size > 10_000
    if shutil.which("pdftotext"):
        text = subprocess.run(
            ["pdftotext", str(made), "-"], capture_output=True, text=True, check=True
        ).stdout
        assert "带头讲党课" in text.replace("\n", "")


def test_an_excerpt_shown_before_is_only_pointed_at() -> None:
    again = Section(Part.DISCUSSION, "讨论题", 5, (Point("d", "我们怎样带头？", (excerpt(SOURCE, QUOTE),)),))
    shown = lesson(how(Point("p", "带头讲党课", (excerpt(SOURCE, QUOTE),))), again)
    data = lesson_word(shown, DOCUMENTS)
    assert word_quotes(data) == [QUOTE]
    assert "NOTEREF _Note1" in zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml").decode()
    assert lesson_markdown(shown, DOCUMENTS).count(QUOTE) == 1
    assert "（原文见[1]）" in lesson_markdown(shown, DOCUMENTS)
    assert [QUOTE in notes for notes in slide_notes(lesson_slides(shown, DOCUMENTS))] == [False] * 3 + [
        True,
        False,
        True,
        False,
    ]
