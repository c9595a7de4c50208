"""Zip archives of documents: every member is a document of its own, with the origin ``…/x.zip!/inner.txt``.

Members are read into memory and never written to disk, so that no name in an archive can point anywhere.
"""

from __future__ import annotations

import hashlib
import os
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ingest.errors import FileTooLarge, LoadError
from ingest.formats.container import open_container, read_entry
from ingest.formats.limits import Limits, megabytes, raise_it

SEPARATOR = "!/"
ARCHIVES = frozenset({".zip"})
_OTHER_ARCHIVES = frozenset({".zip", ".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz"})
_UTF8_BIT = 0x800
_INSIDE = re.compile(r"\.zip!/", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive: its tidied name, and its bytes or why they cannot be had."""

    name: str
    data: bytes = b""
    error: LoadError | None = None

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


def is_archive(path: Path) -> bool:
    """Whether a file is an archive by its suffix."""
    return path.suffix.lower() in ARCHIVES


def split_origin(origin: str) -> tuple[str, str]:
    """The archive's path and the member's name; the whole and an empty name where ``origin`` is a file by itself."""
    for match in _INSIDE.finditer(origin):
        end = match.end() - len(SEPARATOR)
        if not os.path.isdir(origin[:end] + "!"):  # a folder may really be called so
            return origin[:end], origin[match.end() :]
    return origin, ""


def everything(_: str) -> bool:
    """Wanted: all names."""
    return True


def members(
    data: bytes,
    name: str,
    limits: Limits,
    *,
    max_bytes: int,
    wanted: Callable[[str], bool] = everything,
) -> Iterator[Member]:
    """The files in an archive whose tidied names are ``wanted``, in the order of their names, hidden ones left out.

    A member that cannot be read comes with its error, others go on. Raises ``LoadError`` where the archive as a whole
    cannot be used.
    """
    seen: set[str] = set()
    with open_container(data, name, limits) as container:
        entries = [(tidy_name(_decoded_name(entry)), entry) for entry in container.infolist()]
        for inner, entry in sorted(entries, key=lambda pair: pair[0]):
            if entry.is_dir() or not inner or _is_hidden(inner) or not wanted(inner):
                continue
            label = name + SEPARATOR + inner
            try:
                if inner in seen:
                    raise LoadError(f"{label}：压缩包里有同名的文件；请改名后重新压缩")
                seen.add(inner)
                yield Member(inner, _read(container, entry, label, max_bytes))
            except LoadError as error:
                yield Member(inner, error=error)


def member_names(data: bytes, name: str, limits: Limits) -> frozenset[str]:
    """The tidied names of all files in an archive. Raises ``LoadError``."""
    with open_container(data, name, limits) as container:
        return frozenset(
            tidy_name(_decoded_name(entry)) for entry in container.infolist() if not entry.is_dir()
        )


def _read(container: zipfile.ZipFile, entry: zipfile.ZipInfo, label: str, max_bytes: int) -> bytes:
    if PurePosixPath(label).suffix.lower() in _OTHER_ARCHIVES:
        raise LoadError(f"{label}：压缩包里的压缩包不再展开；请解压后再导入")
    if entry.file_size > max_bytes:
        raise FileTooLarge(
            f"{label}：文件超过 {megabytes(max_bytes)} 的上限；"
            f"请拆分成几个较小的文件，{raise_it('file_bytes')}"
        )
    return read_entry(container, entry, label)


def tidy_name(name: str) -> str:
    """A member's name without what points out of the archive: drives, leading slashes, ``.`` and ``..``."""
    parts = re.split(r"[/\\]+", re.sub(r"^[A-Za-z]:", "", name))
    kept = [re.sub(r"[\x00-\x1f\x7f]", "", part).strip() for part in parts]
    return "/".join(part for part in kept if part not in ("", ".", ".."))


def _decoded_name(entry: zipfile.ZipInfo) -> str:
    """The name as it was meant: in GB18030 where the archive does not say that it is UTF-8, as Windows writes it.

    Python reads such names as code page 437, which loses nothing. Some programs write UTF-8 without saying so.
    """
    written = entry.orig_filename
    if entry.flag_bits & _UTF8_BIT:
        return written
    try:
        raw = written.encode("cp437")
    except UnicodeEncodeError:
        return written
    for codec in ("utf-8", "gb18030", "big5"):
        try:
            return raw.decode(codec)
        except UnicodeDecodeError:
            continue
    return written


def _is_hidden(inner: str) -> bool:
    return any(part.startswith((".", "~$")) or part == "__MACOSX" for part in inner.split("/"))
