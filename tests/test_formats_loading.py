"""All formats through the loaders: the same words give the same document; hostile files cost little and are refused."""

from __future__ import annotations

import os
import random
import subprocess
import sys

import pytest

from ingest.errors import FileTooLarge, LoadError
from ingest.formats import isolated
from ingest.formats.archive import Member, members
from ingest.formats.limits import Limits
from ingest.loaders import LOADERS, load_bytes
from ingest.pipeline import prepare
from ingest.types import Metadata
from tests.format_samples import (
    REGULATION,
    TITLE,
    changed_entry,
    refusal,
    regulation_docx,
    regulation_html,
    regulation_pdf,
    zip_bytes,
)

SHORT = Limits(seconds=4.0)


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


def processor_seconds() -> float:
    """What processes that ended have cost this one. By the clock a busy machine would fail; the system bounds this."""
    if sys.platform == "win32":
        return 0.0
    import resource

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_cost_little(name: str) -> None:
    before = processor_seconds()
    message = refusal(lambda: load_bytes(HOSTILE[name], name=name, origin="x", limits=SHORT))
    assert not message or (message.startswith(name + "：") and "；" in message)
    assert processor_seconds() - before < int(SHORT.seconds) + 3


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
