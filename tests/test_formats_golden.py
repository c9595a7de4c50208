"""One regulation in every format, encoding and dress: the same articles, passages and places."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.library import Library
from ingest.loaders import load_bytes
from ingest.normal import simplify
from ingest.pipeline import ingest_paths, prepare
from ingest.regulations import parse_regulation
from ingest.types import Document, Metadata, Passage, Span
from service.answering.places import location
from tests import golden_regulation as golden

Seen = dict[str, object]


def plain(text: str) -> str:
    """``text`` without what only its format says: marks of Markdown, blank lines, the script."""
    kept = [re.sub(r"^#+ ", "", line) for line in simplify(text).split("\n")]
    return "\n".join(line for line in kept if line and not line.startswith("| ---"))


def seen(document: Document, passages: tuple[Passage, ...]) -> Seen:
    """What a document looks like to those who search it and cite from it."""
    regulation = parse_regulation(document.text)
    assert regulation is not None
    return {
        "text": plain(document.text),
        "title": simplify(document.metadata.title),
        "kind": document.metadata.kind,
        "sections": [(s.level, *map(simplify, s.path)) for s in document.sections],
        "articles": [
            (
                plain(article.span.of(document.text)),
                [len(part.items) for part in article.paragraphs],
                [plain(item.span.of(document.text)) for part in article.paragraphs for item in part.items],
            )
            for article in regulation.articles
        ],
        "passages": [plain(passage.text) for passage in passages],
        "places": [simplify(location(p.path, document, p.span)) for p in passages],
        "sentences": [
            simplify(location(p.path, document, sentence))
            for p in passages
            for sentence in p.sentences
            if plain(sentence.of(document.text))
        ],
    }


def made(name: str, data: bytes) -> Seen:
    return seen(*prepare(load_bytes(data, name=name, origin=name), Metadata(), "x"))


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return golden.files()


@pytest.fixture(scope="module")
def expected() -> Seen:
    """The regulation as plain text, which is looked at by itself below."""
    return made("法.txt", golden.plain().encode())


def test_the_plain_text_is_what_was_written(expected: Seen) -> None:
    assert expected["text"] == plain("\n".join((golden.TITLE, *golden.LINES)))
    assert expected["title"] == golden.TITLE
    articles = expected["articles"]
    assert isinstance(articles, list)
    assert [len(items) for _, _, items in articles] == [0, 3, 0, 0, 2, 0, 0, 0, 0]
    assert [len(parts) for _, parts, _ in articles][2:4] == [2, 2]
    assert "第一章 总则 › 第二条 第(二)项" in expected["sentences"]  # type: ignore[operator]
    assert "第二章 组织 › 第四条 第二款" in expected["sentences"]  # type: ignore[operator]


@pytest.mark.parametrize("name", golden.NAMES)
def test_every_format_gives_the_same(name: str, files: dict[str, bytes], expected: Seen) -> None:
    wanted = expected
    if name == "大五.txt":
        wanted = made("法.txt", golden.plain().replace(golden.RARE, golden.COMMON).encode())
    result = made(name, files[name])
    for aspect, value in wanted.items():
        assert result[aspect] == value, aspect


def test_the_encodings_are_what_they_are_meant_to_be(files: dict[str, bytes]) -> None:
    assert "𬭎".encode("gb18030") in files["国标.txt"]
    assert len("𬭎".encode("gb18030")) == 4
    big5 = load_bytes(files["大五.txt"], name="大五.txt", origin="x")
    assert "機關黨支部" in big5.text
    assert "big5" in big5.encoding.lower() or "950" in big5.encoding


def test_old_word_gives_the_same(
    libreoffice: Callable[..., Path], tmp_path: Path, files: dict[str, bytes], expected: Seen
) -> None:
    (tmp_path / "法.docx").write_bytes(files["法.docx"])
    assert made("法.doc", libreoffice(tmp_path / "法.docx", "doc").read_bytes()) == expected


def test_the_archive_holds_the_same_documents(
    tmp_path: Path, files: dict[str, bytes], expected: Seen
) -> None:
    (tmp_path / "全.zip").write_bytes(files["全.zip"])
    with Library.create(tmp_path / "library.sqlite3") as library:
        report = ingest_paths(library, [tmp_path / "全.zip"])
        assert not report.failures
        records = {record.origin.split("!/")[1]: record.id for record in library.records()}
        assert sorted(records) == sorted(name for name in files if name != "全.zip")
        for name, identity in records.items():
            document = library.document(identity)
            assert bool(document.pages) == (name == "法.pdf")
            if name != "大五.txt":
                assert seen(document, tuple(library.passages(identity))) == expected, name


def test_the_pdf_knows_its_pages(files: dict[str, bytes]) -> None:
    raw = load_bytes(files["法.pdf"], name="法.pdf", origin="x")
    document, passages = prepare(raw, Metadata(), "x")
    assert len(document.pages) == 4
    assert document.pages[2] == document.pages[3], "the third page is blank"

    def pages(words: str) -> tuple[int, ...]:
        start = document.text.index(words)
        return document.pages_of(Span(start, start + len(words)))

    assert pages(golden.TITLE) == (1,)
    assert pages("第三条 本办法适用于机关各党支部。") == (1,)
    assert pages("第二章 组织") == (2,)
    assert pages("第七条 学习时间安排见下表：") == (2,)
    assert pages("| 一月 | 专题学习 | 支部书记 |") == (golden.TABLE_PAGE,)
    assert pages("安排见下表：\n| 月份 |") == (2, 4)
    assert document.pages_of(passages[-1].span) == (4,)
