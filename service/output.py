"""Files that the command line is told to write: looked at before work is done for them, and written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from service.errors import OutputUnwritable


def check_writable(path: Path) -> None:
    """Raise OutputUnwritable where no file can be written at ``path``, before work is done for it."""
    folder = path.parent
    if path.is_dir():
        raise OutputUnwritable(f"{path} 是文件夹。请在后面加上文件名，如 {path / '结果.docx'}。")
    if not folder.is_dir():
        raise OutputUnwritable(f"没有文件夹 {folder}。请先建立这个文件夹，或换一个输出位置。")
    if not os.access(folder, os.W_OK) or (path.exists() and not os.access(path, os.W_OK)):
        raise OutputUnwritable(f"{path} 不能写入。请检查权限，或换一个输出位置。")


def write(path: Path, content: bytes) -> None:
    """Put ``content`` at ``path``, all of it or nothing; raises OutputUnwritable."""
    name = ""
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".dangjian-", delete=False) as file:
            name = file.name
            file.write(content)
        os.chmod(name, 0o666 & ~_umask())
        os.replace(name, path)
    except OSError as error:
        with suppress(OSError):
            os.unlink(name)
        raise OutputUnwritable(
            f"{path} 写不进去（{error.strerror}）。请检查磁盘空间和权限，或换一个输出位置。"
        ) from error


def _umask() -> int:
    """What new files are not allowed; a temporary file is made for its owner alone."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
