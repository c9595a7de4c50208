"""All formats through the loaders: the same words give the same document; hostile files cost little and are refused."""

from __future__ import annotations

import os
import random
import shutil
import stat
import subprocess
import sys
import time
from pathlib import Path

import docx
import pytest

from ingest.errors import FileTooLarge, LoadError
from ingest.formats import isolated
from ingest.formats.archive import Member, members
from ingest.formats.limits import Limits
from ingest.loaders import LOADERS, load_bytes
from ingest.pipeline import prepare
from ingest.types import Metadata
from tests.format_samples import REGULATION, TITLE, changed_entry, docx_bytes, pdf, prose, refusal, zip_bytes

SHORT = Limits(seconds=4.0)


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


def golden() -> dict[str, bytes]:
    return {
        "法.txt": "\n".join((TITLE, *REGULATION)).encode("gb18030"),
        "法.docx": regulation_docx(),
        "法.html": regulation_html(),
        "法.pdf": regulation_pdf(),
        "法.doc": regulation_docx(),
        "法.wps": regulation_html(),
    }


def test_every_format_gives_the_same_passages() -> None:
    made = {}
    for name, data in golden().items():
        raw = load_bytes(data, name=name, origin=name)
        document, passages = prepare(raw, Metadata(), "x")
        made[name] = (document.text.strip(), document.metadata, [p.text.strip() for p in passages])
    assert len(made["法.txt"][2]) >= 4
    for name, result in made.items():
        assert result == made["法.txt"], name


def test_importing_the_loaders_loads_no_library() -> None:
    code = (
        "import sys, ingest.pipeline; print({'docx', 'lxml', 'pypdfium2', 'selectolax'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


# --- old formats ------------------------------------------------------------------------------------------------

OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100)


def _program(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """A stand-in for LibreOffice, alone on the path."""
    path = folder / "soffice"
    path.write_text(f"#!{sys.executable}\n{script}", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(folder))


def test_without_libreoffice_the_fix_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    for name in ("旧.doc", "旧.wps"):
        with pytest.raises(LoadError, match=rf"{name}：.*LibreOffice.*另存为 \.docx"):
            load_bytes(OLD, name=name, origin=name)


def test_old_word_goes_through_libreoffice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ready.docx").write_bytes(regulation_docx())
    script = (
        "import pathlib, shutil, sys\n"
        "assert '--headless' in sys.argv and any(a.startswith('-env:UserInstallation=file:') for a in sys.argv)\n"
        "out = pathlib.Path(sys.argv[sys.argv.index('--outdir') + 1])\n"
        "out.mkdir()\n"
        f"shutil.copy({str(tmp_path / 'ready.docx')!r}, out / 'document.docx')\n"
    )
    _program(tmp_path, monkeypatch, script)
    raw = load_bytes(OLD, name="旧.doc", origin="x")
    assert raw.encoding == "doc"
    assert raw.text.split("\n")[0] == TITLE


def test_a_conversion_that_fails_or_hangs_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _program(tmp_path, monkeypatch, "")
    with pytest.raises(LoadError, match="无法转换"):
        load_bytes(OLD, name="旧.doc", origin="x")
    _program(tmp_path, monkeypatch, "import time; time.sleep(60)")
    with pytest.raises(LoadError, match=r"超过 0\.5 秒"):
        load_bytes(OLD, name="旧.doc", origin="x", limits=Limits(seconds=0.5))


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_real_libreoffice_converts(tmp_path: Path) -> None:
    (tmp_path / "法.docx").write_bytes(regulation_docx())
    command = [
        "soffice",
        f"-env:UserInstallation={(tmp_path / 'p').as_uri()}",
        "--headless",
        "--convert-to",
        "doc",
    ]
    subprocess.run([*command, "--outdir", str(tmp_path), str(tmp_path / "法.docx")], check=True, timeout=120)
    raw = load_bytes((tmp_path / "法.doc").read_bytes(), name="法.doc", origin="x")
    assert [line for line in raw.text.split("\n") if line] == [TITLE, *REGULATION]


# --- hostile files ----------------------------------------------------------------------------------------------


def damaged(data: bytes, seed: int) -> bytes:
    """``data`` cut short, or with some bytes changed."""
    chooser = random.Random(seed)
    if seed % 3 == 0:
        return data[: chooser.randrange(1, len(data))]
    out = bytearray(data)
    for _ in range(chooser.choice((1, 10, 200))):
        out[chooser.randrange(len(out))] = chooser.randrange(256)
    return bytes(out)


@pytest.mark.parametrize("kind", isolated.KINDS)
def test_damaged_files_are_read_or_refused(kind: str) -> None:
    """In this process for speed; what the separate one would turn into a message, a crash, is none here."""
    name = f"法.{kind}"
    whole = golden()[name]
    for seed in range(150):
        answer = isolated._answer(kind, damaged(whole, seed), name, Limits())
        assert answer.get("message", name + "：").startswith(name + "：")
        assert "text" in answer or "；" in answer["message"]


def test_damaged_archives_are_read_or_refused() -> None:
    whole = zip_bytes({"甲.txt": b"text" * 50, "子/乙.html": regulation_html(), "丙.docx": regulation_docx()})
    for seed in range(300):
        found: list[Member] = []
        data = damaged(whole, seed)
        message = refusal(lambda: found.extend(members(data, "a.zip", Limits(), max_bytes=10**7)))  # noqa: B023
        assert not message or message.startswith("a.zip：")
        assert all(member.error is None or str(member.error).startswith("a.zip!/") for member in found)


def nested_tables(depth: int) -> bytes:
    def deepen(xml: bytes) -> bytes:
        inner = b"<w:tbl><w:tr><w:tc>" * depth + b"<w:p/>" + b"</w:tc></w:tr></w:tbl>" * depth
        return xml.replace(b"<w:sectPr", inner + b"<w:sectPr", 1)

    return changed_entry(regulation_docx(), "word/document.xml", deepen)


HOSTILE: dict[str, bytes] = {
    "炸弹.docx": zip_bytes({"word/document.xml": bytes(30_000_000)}),
    "深表.docx": nested_tables(2000),
    "浅表.docx": nested_tables(40),
    "长行.html": b"<html><body><p>" + "党的建设。".encode() * 700_000 + b"</p></body></html>",
    "深层.html": b"<div>" * 200_000 + "党建。".encode(),
    "深表.html": b"<table><tr><td>a</td><td>" * 3_000 + "党建。".encode(),
    "标签.html": b"<p><a href=x>" * 300_000,
    "属性.html": b"<p " + b"a=1 " * 1_000_000 + b">x",
    "空.pdf": b"%PDF-1.7\n" + b"1 0 obj << /Kids [1 0 R] /Type /Pages >> endobj\n" * 1000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_cost_little(name: str) -> None:
    started = time.monotonic()
    message = refusal(lambda: load_bytes(HOSTILE[name], name=name, origin="x", limits=SHORT))
    assert not message or (message.startswith(name + "：") and "；" in message)
    assert time.monotonic() - started < SHORT.seconds + 5


def test_bounds_of_the_separate_process_hold() -> None:
    data = HOSTILE["长行.html"]
    with pytest.raises(LoadError, match=r"长\.html：处理超过 0\.01 秒"):
        load_bytes(data, name="长.html", origin="x", limits=Limits(seconds=0.01))
    with pytest.raises(FileTooLarge, match="字的上限"):
        load_bytes(data, name="长.html", origin="x", limits=Limits(characters=1000))
    if os.name == "posix":
        with pytest.raises(LoadError, match=r"长\.html：.*拆分"):
            load_bytes(data, name="长.html", origin="x", limits=Limits(memory_bytes=60_000_000))


def test_every_suffix_refuses_what_it_is_not() -> None:
    noise = random.Random(7).randbytes(5000)
    for suffix in LOADERS:
        name = "噪声" + suffix
        message = refusal(lambda: load_bytes(noise, name=name, origin="x", limits=SHORT))  # noqa: B023
        assert message.startswith(name + "："), suffix
