"""Old Word and WPS documents (.doc, .wps), converted by LibreOffice where it is installed.

LibreOffice runs without a window, with a profile of its own in a temporary folder, so that neither the user's settings
nor a running LibreOffice is touched, and macros of the document are not run.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from ingest.errors import FileTooLarge, LoadError
from ingest.formats.limits import Limits, megabytes, raise_it

_PROGRAMS = ("soffice", "libreoffice")


def converted(data: bytes, name: str, limits: Limits) -> bytes:
    """The document as .docx. Raises ``LoadError``, which names 另存为 .docx as the fix."""
    program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if program is None:
        raise LoadError(
            f"{name}：旧版 Word 或 WPS 格式要靠 LibreOffice 转换，本机没有安装；请用 Word 或 WPS 另存为 .docx 后再导入"
        )
    with tempfile.TemporaryDirectory(prefix="dangjian-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        (home / "in").mkdir()
        (home / "in" / "document.doc").write_bytes(data)
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


def _run(program: str, home: Path, name: str, limits: Limits) -> None:
    """Run the conversion; on time-out its whole process group ends, since ``soffice`` is but a starter."""
    command = [
        program,
        f"-env:UserInstallation={(home / 'profile').as_uri()}",
        *("--headless", "--norestore", "--nolockcheck", "--convert-to", "docx"),
        *("--outdir", str(home / "out"), str(home / "in" / "document.doc")),
    ]
    quiet = subprocess.DEVNULL
    try:
        process = subprocess.Popen(
            command, stdin=quiet, stdout=quiet, stderr=quiet, cwd=home, start_new_session=True
        )
    except OSError as error:
        raise LoadError(f"{name}：LibreOffice 启动失败；请用 Word 或 WPS 另存为 .docx 后再导入") from error
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


def _end(process: subprocess.Popen[bytes]) -> None:
    if hasattr(os, "killpg"):
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()
