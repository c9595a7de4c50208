"""Old Word and WPS documents (.doc, .wps), converted by LibreOffice where it is installed.

LibreOffice runs without a window, with a profile, a home and a folder for temporary files of its own, all gone
afterwards: neither the user's settings nor a running LibreOffice is touched. Macros do not run, links are not
followed, and what is fetched all the same (linked pictures) goes to a proxy that is not there.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from ingest.errors import FileTooLarge, LoadError
from ingest.formats.container import ENCRYPTED_PACKAGE, OLE
from ingest.formats.isolated import plain_environment
from ingest.formats.limits import Limits, megabytes, raise_it

_PROGRAMS = ("soffice", "libreoffice")
_RTF = b"{\\rtf"
_WORD = b"\xec\xa5"
"""What a Word document's main stream begins with, in a sector of its own ([MS-DOC] 2.5.2, FibBase)."""
_SECTOR = 512
_FLAGS = slice(10, 12)
_FLAG_ENCRYPTED = 0x0100
_NOWHERE = {
    f"ooInet{kind}Proxy{what}": value
    for kind in ("HTTP", "HTTPS", "FTP")
    for what, value in (("Name", "127.0.0.1"), ("Port", "9"))
}
_SETTINGS: dict[str, dict[str, str]] = {
    "org.openoffice.Inet/Settings": {"ooInetProxyType": "2", "ooInetNoProxy": "", **_NOWHERE},
    "org.openoffice.Office.Common/Security/Scripting": {
        "DisableMacrosExecution": "true",
        "DisableActiveContent": "true",
    },
    "org.openoffice.Office.Writer/Content/Update": {"Link": "2"},  # never
}


def converted(data: bytes, name: str, limits: Limits) -> bytes:
    """The document as .docx. Raises ``LoadError``, which names 另存为 .docx as the fix."""
    if not data.startswith((OLE, _RTF)):  # LibreOffice would take anything for text
        raise LoadError(
            f"{name}：内容不是 Word 或 WPS 文档；请确认文件，用 Word 或 WPS 打开，另存为 .docx 后再导入"
        )
    if ENCRYPTED_PACKAGE in data or _is_encrypted(data):
        raise LoadError(f"{name}：文件设有密码；请在 Word 或 WPS 中取消密码，另存为 .docx 后再导入")
    program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if program is None:
        raise LoadError(
            f"{name}：旧版 Word 或 WPS 格式要靠 LibreOffice 转换，本机没有安装；请用 Word 或 WPS 另存为 .docx 后再导入"
        )
    with tempfile.TemporaryDirectory(prefix="dangjian-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        (home / "in").mkdir()
        (home / "in" / "document.doc").write_bytes(data)
        _write_profile(home / "profile")
        _run(program, home, name, limits)
        made = home / "out" / "document.docx"
        if not made.is_file():
            raise LoadError(
                f"{name}：LibreOffice 无法转换，文件可能已损坏；请用 Word 或 WPS 另存为 .docx 后再导入"
            )
        if made.stat().st_size > limits.expanded_bytes:
            raise FileTooLarge(
                f"{name}：转换后超过 {megabytes(limits.expanded_bytes)} 的上限；"
                f"请拆分成几个较小的文件，另存为 .docx，{raise_it('expanded_bytes')}"
            )
        return made.read_bytes()


def _is_encrypted(data: bytes) -> bool:
    """Whether a Word document says that it needs a password."""
    for place in range(_SECTOR, len(data), _SECTOR):
        if data.startswith(_WORD, place):
            flags = int.from_bytes(data[place : place + _SECTOR][_FLAGS], "little")
            return bool(flags & _FLAG_ENCRYPTED)
    return False


def _write_profile(profile: Path) -> None:
    items = "".join(
        f'<item oor:path="/{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
        for path, values in _SETTINGS.items()
        for name, value in values.items()
    )
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<oor:items xmlns:oor="http://openoffice.org/2001/registry">{items}</oor:items>',
        encoding="utf-8",
    )


def _run(program: str, home: Path, name: str, limits: Limits) -> None:
    """Run the conversion; on time-out its whole process group ends, since ``soffice`` is but a starter."""
    profile = (home / "profile").as_uri()
    command = [
        program,
        f"-env:UserInstallation={profile}",
        *("--headless", "--norestore", "--nolockcheck", "--convert-to", "docx"),
        *("--outdir", str(home / "out"), str(home / "in" / "document.doc")),
    ]
    private = {"HOME": str(home), "TMPDIR": str(home), "SAL_USE_VCLPLUGIN": "svp"}
    quiet = subprocess.DEVNULL
    try:
        process = subprocess.Popen(
            command,
            stdin=quiet,
            stdout=quiet,
            stderr=quiet,
            cwd=home,
            env={**plain_environment(), **private},
            start_new_session=True,
        )
    except OSError as error:
        raise LoadError(f"{name}：LibreOffice 启动失败；请用 Word 或 WPS 另存为 .docx 后再导入") from error
    _bound(process.pid, limits)
    try:
        process.wait(limits.seconds)
    except subprocess.TimeoutExpired as error:
        raise LoadError(
            f"{name}：LibreOffice 转换超过 {limits.seconds:g} 秒；"
            f"请用 Word 或 WPS 另存为 .docx 后再导入，{raise_it('seconds')}"
        ) from error
    finally:
        if process.poll() is None:
            _end(process)
            _remove_socket(profile)


def _bound(process: int, limits: Limits) -> None:
    """Bound the memory and the files of what the process will start, where the system can (Linux)."""
    with contextlib.suppress(ImportError, AttributeError, OSError, ValueError):
        import resource

        for what, most in (
            (resource.RLIMIT_AS, limits.memory_bytes),
            (resource.RLIMIT_FSIZE, limits.expanded_bytes),
        ):
            resource.prlimit(process, what, (most, most))


def _end(process: subprocess.Popen[bytes]) -> None:
    if hasattr(os, "killpg"):
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()


def _remove_socket(profile: str) -> None:
    """Remove what a LibreOffice that was killed leaves outside its folder: a socket, named after its profile's hash."""
    digest = hashlib.md5(profile.encode("utf-16-le"), usedforsecurity=False).digest()
    name = f"OSL_PIPE_*_SingleOfficeIPC_{''.join(f'{byte:x}' for byte in digest)}"
    for folder in ("/tmp", "/var/tmp"):
        for socket in Path(folder).glob(name):
            socket.unlink(missing_ok=True)
