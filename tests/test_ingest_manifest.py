"""The manifest beside documents, and the corpus that comes with the package."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from ingest.errors import ManifestError
from ingest.loaders import find_files, load_file
from ingest.manifest import corpus_folder, load_manifest, manifest_for
from ingest.types import Metadata, Repeal


def _write(folder: Path, text: str) -> Path:
    (folder / "a.txt").write_text("党建", encoding="utf-8")
    path = folder / "manifest.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_everything_that_may_be_said(tmp_path: Path) -> None:
    path = _write(
        tmp_path,
        """
        [[document]]
        file = "a.txt"
        title = " 题目 "
        subtitle = "副题"
        authors = ["甲", "乙"]
        source = "人民日报"
        published = 2024-12-07
        edition = "第01版"
        kind = "报道"
        licence = "版权归作者"
        document_number = "中办发〔2019〕5号"
        effective = 2019-05-06
        rank = "中央法规"
        interpreter = "中央组织部"
        repealed = "2030-01"
        repeals = ["干部档案工作条例", { title = "信访条例", published = "1995-10-28" }]
        status = "已修订"
        family = "工作条例"
        """,
    )
    known = load_manifest(path)["a.txt"]
    assert known == Metadata(
        "题目",
        "副题",
        ("甲", "乙"),
        "人民日报",
        "2024-12-07",
        "第01版",
        "报道",
        "版权归作者",
        "中办发〔2019〕5号",
        "2019-05-06",
        "中央法规",
        "中央组织部",
        "2030-01",
        (Repeal("干部档案工作条例"), Repeal("信访条例", "1995-10-28")),
        "已修订",
        "工作条例",
    )
    assert all(getattr(known, field.name) for field in fields(Metadata))


def test_a_date_may_be_a_string_and_all_may_be_left_out(tmp_path: Path) -> None:
    path = _write(tmp_path, '[[document]]\nfile = "a.txt"\npublished = "2024-02-29"\nauthors = "甲"')
    assert load_manifest(path) == {"a.txt": Metadata(published="2024-02-29", authors=("甲",))}
    for part in ("2024", "2024-12"):
        path.write_text(f'[[document]]\nfile = "a.txt"\npublished = "{part}"', encoding="utf-8")
        assert load_manifest(path)["a.txt"].published == part
    path.write_text('[[document]]\nfile = "a.txt"', encoding="utf-8")
    assert load_manifest(path) == {"a.txt": Metadata()}
    path.write_text("\ufeff", encoding="utf-8")
    assert load_manifest(path) == {}


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ('titel = "x"', "titel"),
        ('published = "2023-02-29"', "published"),
        ('published = "2023年2月"', "published"),
        ("published = 2023-02-01T10:00:00", "published"),
        ("published = 2023", "published"),
        ('published = "2023-13"', "published"),
        ('published = "2023-01-01-01"', "published"),
        ('published = "23"', "published"),
        ('kind = "小说"', "kind"),
        ("title = 3", "title"),
        ("authors = [1]", "authors"),
        ("repeals = [1]", "repeals"),
        ('repeals = [{ name = "x" }]', "repeals"),
        ('repeals = [{ title = "x", published = "去年" }]', "published"),
    ],
)
def test_a_bad_entry_is_named(tmp_path: Path, entry: str, message: str) -> None:
    path = _write(tmp_path, f'[[document]]\nfile = "a.txt"\n{entry}\n')
    with pytest.raises(ManifestError) as caught:
        load_manifest(path)
    assert all(part in str(caught.value) for part in ("manifest.toml", "第 1 条（a.txt）", message))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[document]", "TOML"),
        ("[[docs]]\nfile = 'a.txt'", "docs"),
        ("document = 'a.txt'", "document"),
        ("[[document]]\ntitle = 'x'", "缺少 file"),
        ("[[document]]\nfile = 'b.txt'", "没有这个文件"),
        ("[[document]]\nfile = '../a.txt'", "没有这个文件"),
        ("[[document]]\nfile = 'a.txt'\n[[document]]\nfile = 'a.txt'", "两次"),
    ],
)
def test_a_bad_manifest_is_told(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ManifestError, match=message):
        load_manifest(_write(tmp_path, text))


def test_unreadable_manifests(tmp_path: Path) -> None:
    assert manifest_for(tmp_path) == {}
    with pytest.raises(ManifestError, match="无法读取"):
        load_manifest(tmp_path / "manifest.toml")
    (tmp_path / "manifest.toml").write_bytes("标题".encode("gb18030"))
    with pytest.raises(ManifestError, match="UTF-8"):
        manifest_for(tmp_path)


def test_the_corpus_and_its_manifest_agree() -> None:
    """Every document is listed, and what the manifest says stands in its text; one title had to be supplied."""
    folder = corpus_folder()
    manifest = manifest_for(folder)
    files = find_files([folder]).files
    assert [path.name for path in files] == sorted(manifest)
    assert len(files) == 5
    for path in files:
        text, known = load_file(path, origin="x").text, manifest[path.name]
        squeezed = "".join(text.split())
        supplied = path.name.startswith("04-")
        for said in (known.subtitle, known.source, *known.authors, *([] if supplied else [known.title])):
            assert "".join(said.split()) in squeezed
        if len(known.published) == len("2024-12-07"):
            _, month, day = map(int, known.published.split("-"))
            assert re.search(f"0?{month}月0?{day}日", squeezed)
        assert known.kind
        assert known.licence


def test_the_corpus_of_an_installed_package_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert corpus_folder().name == "corpus"
    (tmp_path / "_corpus").mkdir()
    monkeypatch.setattr("ingest.manifest.resources.files", lambda _: tmp_path)
    assert corpus_folder() == tmp_path / "_corpus"
