"""Decoding and loading: right on short files, never mojibake, and every refusal says which file and what to do."""

from __future__ import annotations

import codecs
import os
import random
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.encoding import decode
from ingest.errors import DecodeError, EmptyFile, FileTooLarge, LoadError, UnsupportedFormat
from ingest.loaders import LOADERS, find_files, load_bytes, load_file
from ingest.manifest import corpus_folder
from ingest.plausibility import log_likelihood, mean_price

SIMPLIFIED = "坚持党的全面领导，推动机关党建高质量发展。"
TRADITIONAL = "堅持黨的全面領導，推動機關黨建高品質發展。"


@pytest.mark.parametrize(
    ("text", "written_as", "read_as"),
    [
        ("plain ASCII, 12:30\r\n", "ascii", "utf-8"),
        (SIMPLIFIED, "utf-8", "utf-8"),
        (SIMPLIFIED, "utf-8-sig", "utf-8-sig"),
        (SIMPLIFIED, "utf-16", "utf-16"),
        (SIMPLIFIED, "utf-32", "utf-32"),
        (SIMPLIFIED, "utf-16-le", "utf-16-le"),
        (SIMPLIFIED + "\n第2条 abc", "utf-16-le", "utf-16-le"),
        (SIMPLIFIED, "utf-16-be", "utf-16-be"),
        (SIMPLIFIED, "gb18030", "gb18030"),
        (TRADITIONAL, "gb18030", "gb18030"),
        (TRADITIONAL, "big5", "cp950"),
        ("何謂公務員？一、依法執行公務。", "cp950", "cp950"),
        ("呢啲嘢喺度，佢哋嘅意見好緊要。", "big5hkscs", "big5hkscs"),
        ("联通", "gb18030", "gb18030"),
        ("党建", "gb18030", "gb18030"),
        ("学习", "gb18030", "gb18030"),
        ("会议", "gb18030", "gb18030"),
        ("關於黨員", "big5", "cp950"),
        ("李𬭎、张㛃、王䶮", "gb18030", "gb18030"),
        ("李𬭎、张㛃、王䶮", "utf-8", "utf-8"),
        ("Привет, товарищ", "utf-8", "utf-8"),
        ("déjà vu à côté", "utf-8", "utf-8"),
        ("中国\x1a", "gb18030", "gb18030"),
        ("社会主义社会充分", "utf-16-le", "utf-16-le"),  # every byte is below 128
    ],
)
def test_each_encoding_is_told(text: str, written_as: str, read_as: str) -> None:
    data = text.encode(written_as)
    assert decode(data, name="样本.txt") == (text, read_as)
    assert data.decode(read_as) == text


@pytest.mark.parametrize("mark", [codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE])
def test_utf16_with_either_mark(mark: bytes) -> None:
    codec = "utf-16-le" if mark == codecs.BOM_UTF16_LE else "utf-16-be"
    assert decode(mark + SIMPLIFIED.encode(codec), name="a") == (SIMPLIFIED, "utf-16")


def _corpus_text(beginning: str) -> str:
    text = next(corpus_folder().glob(f"{beginning}*.txt")).read_text(encoding="utf-8")
    return re.sub(r"\([^)]*\)|\s", "", text)  # without the pinyin noise, which Big5 has no letters for


@pytest.mark.parametrize("length", [4, 6, 8, 12, 20, 60, 200])
@pytest.mark.parametrize(
    ("article", "codec"),
    [
        ("01", "gb18030"),
        ("02", "utf-8"),
        ("05", "gb18030"),
        ("04", "gb18030"),
        ("04", "cp950"),
        ("02", "utf-16-le"),
        ("02", "utf-16-be"),
    ],
)
def test_snippets_of_the_corpus(article: str, codec: str, length: int) -> None:
    """Random cuts of our articles: all right from 8 characters up, hardly ever wrong below."""
    chooser = random.Random(f"{article}{codec}{length}")
    text = _corpus_text(article)
    wrong = refused = 0
    for _ in range(200):
        start = chooser.randrange(len(text) - length)
        snippet = text[start : start + length]
        try:
            data = snippet.encode(codec)
        except UnicodeEncodeError:
            continue
        if data.decode(codec) != snippet or data.isascii():
            continue
        try:
            wrong += decode(data, name="a")[0] != snippet
        except DecodeError:
            refused += 1
    if length >= 8:
        assert (wrong, refused) == (0, 0)
    else:
        assert wrong + refused <= (16 if codec.startswith("utf-16") else 4)


@given(
    st.text(
        alphabet=st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=200, max_size=600
    )
)
def test_long_utf8_is_utf8_whatever_it_says(text: str) -> None:
    assert decode(("党建" + text).encode(), name="a") == ("党建" + text, "utf-8")


@given(st.binary(max_size=400))
def test_any_bytes_decode_exactly_or_are_refused(data: bytes) -> None:
    try:
        text, codec = decode(data, name="随机.bin")
    except DecodeError as error:
        text, codec = str(error), ""
    assert text.startswith("随机.bin：") if not codec else (data.decode(codec) == text and "\0" not in text)


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n" + bytes(40),
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
        b"PK\x03\x04\x14\x00\x06\x00",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(20),
        b"{\\rtf1\\ansi}",
        b"a\x00b\x00" + bytes(range(1, 40)),
        b"text with \x00 in it",
        bytes(100),
        bytes(range(256)),
        random.Random(1).randbytes(3000),
        SIMPLIFIED.encode("utf-8")[:-1] + b"\n" + SIMPLIFIED.encode("utf-8"),
        SIMPLIFIED.encode("gb18030") + b"\xb5",
        codecs.BOM_UTF16_LE + SIMPLIFIED.encode("utf-16-le")[:-1],
        "дела и люди, свобода и право".encode("cp1251"),
        "これは日本語の文章であり、中国語ではありません。".encode("shift_jis"),
    ],
)
def test_what_is_no_text_is_refused_with_the_fix(data: bytes) -> None:
    with pytest.raises(DecodeError, match="UTF-8") as caught:
        decode(data, name="坏文件.txt")
    assert str(caught.value).startswith("坏文件.txt：")


def test_damaged_utf8_names_the_line() -> None:
    data = f"第一行\n{SIMPLIFIED}\n".encode() + b"\xe5\xff\n" + SIMPLIFIED.encode()
    with pytest.raises(DecodeError, match="第 3 行"):
        decode(data, name="a.txt")


def test_plausibility_prefers_what_people_write() -> None:
    right, wrong = SIMPLIFIED, SIMPLIFIED.encode("gb18030").decode("big5hkscs", "ignore")
    assert log_likelihood(right) > log_likelihood(wrong)
    assert mean_price(TRADITIONAL) > -9 > mean_price("囊毙▅恨瞶兵ㄒ")
    assert mean_price("only ascii") == 0.0


# --- loading ----------------------------------------------------------------------------------------------------


def test_a_file_is_loaded_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "甲.TXT"
    path.write_bytes("\r\n 第一行\r\n第二行\r".encode("gb18030"))
    raw = load_file(path, origin="somewhere")
    assert (raw.text, raw.encoding, raw.origin) == ("\r\n 第一行\r\n第二行\r", "gb18030", "somewhere")
    assert len(raw.sha256) == 64


def _bad_files(folder: Path) -> dict[str, tuple[Path, type[LoadError]]]:
    (folder / "空.txt").write_bytes(b"")
    (folder / "空白.md").write_text("\ufeff \n\t\u3000\u200b\n", encoding="utf-8")
    (folder / "大.txt").write_text("党" * 400, encoding="utf-8")
    (folder / "图.txt").write_bytes(b"\x89PNG\r\n\x1a\n")
    (folder / "表.xlsx").write_bytes(b"PK\x03\x04")
    (folder / "无后缀").write_text("党建", encoding="utf-8")
    (folder / "夹.txt").mkdir()
    (folder / "断链.txt").symlink_to(folder / "不在")
    os.mkfifo(folder / "管道.txt")
    return {
        "空.txt": (folder / "空.txt", EmptyFile),
        "空白.md": (folder / "空白.md", EmptyFile),
        "大.txt": (folder / "大.txt", FileTooLarge),
        "图.txt": (folder / "图.txt", DecodeError),
        "表.xlsx": (folder / "表.xlsx", UnsupportedFormat),
        "无后缀": (folder / "无后缀", UnsupportedFormat),
        "夹.txt": (folder / "夹.txt", LoadError),
        "断链.txt": (folder / "断链.txt", LoadError),
        "管道.txt": (folder / "管道.txt", LoadError),
        "没有.txt": (folder / "没有.txt", LoadError),
        "零\0.txt": (folder / "零\0.txt", LoadError),
    }


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a POSIX file system")
def test_every_refusal_is_chinese_and_names_the_file(tmp_path: Path) -> None:
    for name, (path, kind) in _bad_files(tmp_path).items():
        with pytest.raises(kind) as caught:
            load_file(path, origin="x", max_bytes=1000)
        assert name in str(caught.value)
        assert re.search(r"[；].*[\u4e00-\u9fff]", str(caught.value)), name


def test_no_permission_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "密.txt").write_text("党建", encoding="utf-8")
    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(LoadError, match=r"密\.txt：没有读取权限"):
        load_file(tmp_path / "密.txt", origin="x")


def test_unknown_suffix_lists_the_known_ones() -> None:
    with pytest.raises(UnsupportedFormat) as caught:
        load_bytes(b"x", name="年报.pages", origin="x")
    assert all(suffix in str(caught.value) for suffix in LOADERS)


# --- finding ----------------------------------------------------------------------------------------------------


def _tree(root: Path) -> None:
    for name in (
        "b.txt",
        "a.md",
        "图.png",
        ".hidden.txt",
        "~$a.txt",
        "manifest.toml",
        "README.md",
        "子/c.markdown",
    ):
        path = root / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("党建", encoding="utf-8")


def test_folders_are_searched_in_a_fixed_order(tmp_path: Path) -> None:
    _tree(tmp_path)
    found = find_files([tmp_path])
    assert [path.relative_to(tmp_path).as_posix() for path in found.files] == [
        "a.md",
        "b.txt",
        "子/c.markdown",
    ]
    assert [path.name for path in found.skipped] == ["README.md", "图.png"]
    assert (found.folders, found.failures) == ((tmp_path,), ())


def test_named_files_come_once_and_bad_names_are_told(tmp_path: Path) -> None:
    _tree(tmp_path)
    found = find_files(
        [tmp_path / "b.txt", tmp_path, tmp_path / "README.md", tmp_path / "图.png", tmp_path / "无"]
    )
    assert [path.name for path in found.files] == ["b.txt", "a.md", "c.markdown", "README.md"]
    assert [type(error) for _, error in found.failures] == [UnsupportedFormat, LoadError]


def test_link_loops_end_and_links_elsewhere_are_followed(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    _tree(tmp_path / "x")
    (tmp_path / "y").mkdir()
    (tmp_path / "y" / "d.txt").write_text("党建", encoding="utf-8")
    (tmp_path / "x" / "loop").symlink_to(tmp_path / "x")
    (tmp_path / "x" / "away").symlink_to(tmp_path / "y")
    (tmp_path / "y" / "back").symlink_to(tmp_path / "y")
    names = [path.relative_to(tmp_path).as_posix() for path in find_files([tmp_path / "x"]).files]
    assert names == ["x/a.md", "x/away/d.txt", "x/b.txt", "x/子/c.markdown"]
