"""Old Word and WPS documents: through LibreOffice, which is bounded, leaves nothing behind and reaches nowhere."""

from __future__ import annotations

import http.server
import stat
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.errors import LoadError
from ingest.formats import legacy
from ingest.formats.limits import Limits
from ingest.loaders import load_bytes
from tests.format_samples import REGULATION, TITLE, regulation_docx

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
        "import os, pathlib, shutil, sys\n"
        "assert '--headless' in sys.argv and any(a.startswith('-env:UserInstallation=file:') for a in sys.argv)\n"
        "out = pathlib.Path(sys.argv[sys.argv.index('--outdir') + 1])\n"
        "assert os.environ['HOME'] == os.environ['TMPDIR'] == str(out.parent)\n"
        "out.mkdir()\n"
        f"shutil.copy({str(tmp_path / 'ready.docx')!r}, out / 'document.docx')\n"
    )
    _program(tmp_path, monkeypatch, script)
    raw = load_bytes(OLD, name="旧.doc", origin="x")
    assert (raw.encoding, raw.pages) == ("doc", ())
    assert raw.text.split("\n")[0] == TITLE


def test_a_conversion_that_fails_or_hangs_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _program(tmp_path, monkeypatch, "")
    with pytest.raises(LoadError, match="无法转换"):
        load_bytes(OLD, name="旧.doc", origin="x")
    _program(tmp_path, monkeypatch, "import time; time.sleep(60)")
    with pytest.raises(LoadError, match=r"超过 0\.5 秒"):
        load_bytes(OLD, name="旧.doc", origin="x", limits=Limits(seconds=0.5))


def test_what_needs_a_password_or_is_none_of_it_is_told_without_libreoffice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "")
    word = bytearray(OLD.ljust(512, b"\0") + b"\xec\xa5" + bytes(600))
    for encrypted, message in ((0x00, "本机没有安装"), (0x01, r"密\.doc：.*密码.*另存为 \.docx")):
        word[512 + 11] = encrypted
        with pytest.raises(LoadError, match=message):
            load_bytes(bytes(word), name="密.doc", origin="x")
    with pytest.raises(LoadError, match="密码"):
        load_bytes(OLD + "EncryptedPackage".encode("utf-16-le"), name="密.wps", origin="x")
    with pytest.raises(LoadError, match="不是 Word 或 WPS 文档"):
        load_bytes("只是文字。".encode() * 100, name="字.doc", origin="x")


# --- with the real one ------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def old_files(libreoffice: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The regulation as LibreOffice writes it, by suffix."""
    folder = tmp_path_factory.mktemp("old")
    (folder / "法.docx").write_bytes(regulation_docx())
    return {kind: libreoffice(folder / "法.docx", kind).read_bytes() for kind in ("doc", "rtf")}


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files, of this test's own."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def left_behind(temporary: Path) -> list[str]:
    """Files, sockets in /tmp and processes that a conversion has not cleaned away."""
    processes = [
        path.parent.name
        for path in Path("/proc").glob("[0-9]*/cmdline")
        if str(temporary).encode() in _content(path)
    ]
    return [str(path) for path in temporary.iterdir()] + processes


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # it has ended
        return b""


@pytest.mark.parametrize(("name", "kind"), [("法.doc", "doc"), ("法.wps", "doc"), ("法.doc", "rtf")])
def test_libreoffice_converts(old_files: dict[str, bytes], temporary: Path, name: str, kind: str) -> None:
    raw = load_bytes(old_files[kind], name=name, origin="x")
    assert [line for line in raw.text.split("\n") if line] == [TITLE, *REGULATION]
    assert left_behind(temporary) == []


def test_damaged_and_encrypted_documents_are_told(old_files: dict[str, bytes], temporary: Path) -> None:
    whole = old_files["doc"]
    with pytest.raises(LoadError, match=r"断\.doc：LibreOffice 无法转换.*另存为 \.docx"):
        load_bytes(whole[: len(whole) // 2], name="断.doc", origin="x")
    locked = bytearray(whole)
    locked[locked.index(b"\xec\xa5") + 11] |= 1
    with pytest.raises(LoadError, match="密码"):
        load_bytes(bytes(locked), name="密.doc", origin="x")
    assert left_behind(temporary) == []


@pytest.mark.parametrize("seconds", [0.3, 0.8])
def test_a_conversion_that_takes_too_long_leaves_nothing(
    old_files: dict[str, bytes], temporary: Path, seconds: float
) -> None:
    sockets = set(Path("/tmp").glob("OSL_PIPE_*"))
    with pytest.raises(LoadError, match=rf"慢\.doc：LibreOffice 转换超过 {seconds:g} 秒"):
        load_bytes(old_files["doc"], name="慢.doc", origin="x", limits=Limits(seconds=seconds))
    assert left_behind(temporary) == []
    assert set(Path("/tmp").glob("OSL_PIPE_*")) <= sockets


class _Asked(http.server.BaseHTTPRequestHandler):
    """Notes who asks for anything."""

    paths: list[str] = []  # noqa: RUF012

    def do_GET(self) -> None:
        self.paths.append(self.path)
        self.send_error(404)

    do_HEAD = do_OPTIONS = do_PROPFIND = do_GET  # noqa: N815

    def log_message(self, *words: object) -> None:
        pass


def test_linked_pictures_are_not_fetched(
    libreoffice: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Asked)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        address = f"http://127.0.0.1:{server.server_port}/p.png"
        (tmp_path / "a.html").write_text(f"<p>learn<img src='{address}'></p>", encoding="utf-8")
        data = libreoffice(tmp_path / "a.html", "doc:MS Word 97", "--infilter=HTML (StarWriter)").read_bytes()
        assert address.encode("utf-16-le") in data
        _Asked.paths.clear()  # making the sample may have asked
        assert "learn" in load_bytes(data, name="图.doc", origin="x").text
        assert _Asked.paths == []
        monkeypatch.setattr(legacy, "_SETTINGS", {})
        load_bytes(data, name="图.doc", origin="x")
        assert "/p.png" in _Asked.paths, "without our settings it is fetched, so this test tests something"
    finally:
        server.shutdown()
        server.server_close()
