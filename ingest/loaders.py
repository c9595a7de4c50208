"""Files to raw text, by suffix; and which files of a folder are documents.

A loader takes a file's bytes and gives its text, the codec that decoded it (for what is more than plain text the name
of the format) and where its pages begin. Nothing is normalised here: line ends and spacing stay as they are in the file. Every failure
is a ``LoadError`` whose Chinese message names the file. The libraries that read documents are loaded only in the
separate process that uses them (``ingest.formats.isolated``).
"""

from __future__ import annotations

import hashlib
import os
import stat
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from ingest.encoding import decode
from ingest.errors import EmptyFile, FileTooLarge, LoadError, UnsupportedFormat
from ingest.formats import isolated, legacy
from ingest.formats.archive import ARCHIVES, is_archive
from ingest.formats.container import OLE
from ingest.formats.limits import Limits, check_characters, megabytes, raise_it
from ingest.types import Loaded, RawText

MANIFEST_NAME = "manifest.toml"
SIDECAR_SUFFIX = ".toml"
"""Added to a document's file name, it names the note beside it that corrects what is known of it."""
MAX_BYTES = 50_000_000

FORMATS_VERSION = 2
"""Part of the fingerprint of all that is not plain text: raise it when a loader gives another text for any file."""

Loader = Callable[[bytes, str, Limits], Loaded]
"""``(bytes, file name for messages, limits)`` to what is read; raises ``LoadError``."""


def load_plain_text(data: bytes, name: str, limits: Limits) -> Loaded:
    """Plain text and Markdown, which is kept as it is written."""
    text, encoding = decode(data, name=name)
    check_characters(text, name, limits)
    return Loaded(text, encoding)


def load_docx(data: bytes, name: str, limits: Limits) -> Loaded:
    """Word documents (``ingest.formats.docx``)."""
    return isolated.load("docx", data, name, limits)


def load_pdf(data: bytes, name: str, limits: Limits) -> Loaded:
    """PDFs with text (``ingest.formats.pdf``)."""
    return isolated.load("pdf", data, name, limits)


def load_html(data: bytes, name: str, limits: Limits) -> Loaded:
    """Web pages (``ingest.formats.html``)."""
    return isolated.load("html", data, name, limits)


def load_legacy(data: bytes, name: str, limits: Limits) -> Loaded:
    """Old Word and WPS documents, and what else goes by their suffix: .docx and web pages."""
    if data.startswith(b"PK\x03\x04"):
        return load_docx(data, name, limits)
    if not data.startswith(OLE) and b"<html" in data[:2048].lower():
        return load_html(data, name, limits)
    return replace(load_docx(legacy.converted(data, name, limits), name, limits), encoding="doc")


_WORD_LIKE = frozenset({".docm", ".dot", ".dotx", ".dotm", ".rtf", ".odt", ".wpt"})

LOADERS: dict[str, Loader] = {
    ".txt": load_plain_text,
    ".md": load_plain_text,
    ".markdown": load_plain_text,
    ".docx": load_docx,
    ".pdf": load_pdf,
    ".html": load_html,
    ".htm": load_html,
    ".doc": load_legacy,
    ".wps": load_legacy,
}
"""By suffix in lower case."""


@dataclass(frozen=True, slots=True)
class FoundFiles:
    """What there is to ingest under some paths.

    ``files`` are documents by their suffix, in a fixed order, absolute and each once; ``folders`` are the folders
    that were named; ``skipped`` are files in them of other kinds; ``failures`` are paths that cannot be used.
    """

    files: tuple[Path, ...]
    folders: tuple[Path, ...]
    skipped: tuple[Path, ...]
    failures: tuple[tuple[Path, LoadError], ...]


@dataclass(slots=True)
class _Search:
    files: dict[Path, None] = field(default_factory=dict)  # in order, each once
    folders: list[Path] = field(default_factory=list)
    skipped: list[Path] = field(default_factory=list)
    failures: list[tuple[Path, LoadError]] = field(default_factory=list)
    visited: set[str] = field(default_factory=set)


def shown(path: Path | str) -> str:
    """A path's name for messages, whatever bytes the file system has in it."""
    return Path(path).name.encode("utf-8", "backslashreplace").decode("utf-8") or str(path)


def absolute(path: Path) -> Path:
    """``path`` made absolute and tidied, links kept as they are."""
    return Path(os.path.abspath(path))


def is_supported(path: Path) -> bool:
    """Whether there is a loader for the file's suffix; an archive has none, its members have."""
    return path.suffix.lower() in LOADERS


def reader_version(name: str) -> str:
    """What a fingerprint says of the loader for a file; empty for plain text, which is taken as it is."""
    plain = LOADERS.get(Path(name).suffix.lower(), load_plain_text) is load_plain_text
    return "" if plain else f"formats/{FORMATS_VERSION}"


def is_document(path: Path) -> bool:
    """Whether a file found in a folder or an archive is to be taken: read-me files speak of the others."""
    return is_supported(path) and path.stem.lower() != "readme"


def is_sidecar(name: str) -> bool:
    """Whether a file is by its name the note beside a document or an archive."""
    spoken_of = Path(name.removesuffix(SIDECAR_SUFFIX))
    return name.endswith(SIDECAR_SUFFIX) and (is_document(spoken_of) or is_archive(spoken_of))


def load_file(path: Path, *, origin: str, max_bytes: int = MAX_BYTES, limits: Limits = Limits()) -> RawText:
    """The text of the file at ``path``. Raises ``LoadError`` or one of its kinds."""
    loader_for(path)
    return load_bytes(read_bytes(path, max_bytes=max_bytes), name=shown(path), origin=origin, limits=limits)


def load_bytes(data: bytes, *, name: str, origin: str, limits: Limits = Limits()) -> RawText:
    """The text of a file whose bytes are at hand; the suffix of ``name`` chooses the loader."""
    loader = loader_for(Path(name))
    if not data:
        raise EmptyFile(f"{name}：文件是空的；请确认文件已保存完整后再导入")
    loaded = loader(data, name, limits)
    if all(char.isspace() or unicodedata.category(char) in ("Cc", "Cf") for char in loaded.text):
        raise EmptyFile(f"{name}：文件里只有空白，没有文字；请确认文件已保存完整后再导入")
    return RawText(
        text=loaded.text,
        sha256=hashlib.sha256(data).hexdigest(),
        encoding=loaded.encoding,
        origin=origin,
        pages=loaded.pages,
    )


def loader_for(path: Path) -> Loader:
    """The loader for a file's suffix. Raises ``UnsupportedFormat``, which lists what is supported."""
    try:
        return LOADERS[path.suffix.lower()]
    except KeyError:
        kind = f"“{path.suffix}”格式" if path.suffix else "没有扩展名的文件"
        known = "、".join(sorted({*LOADERS, *ARCHIVES}))
        raise UnsupportedFormat(
            f"{shown(path)}：不支持{kind}；支持的格式有 {known}{advice(path.name)}"
        ) from None


def read_bytes(path: Path, *, max_bytes: int = MAX_BYTES) -> bytes:
    """The file's bytes. Raises ``LoadError`` where it cannot be read and ``FileTooLarge`` beyond ``max_bytes``."""
    name = shown(path)
    try:
        with open(path, "rb", opener=_open_nonblocking) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise LoadError(f"{name}：不是普通文件，无法导入；请换成磁盘上的文件")
            data = file.read(max_bytes + 1)
    except (OSError, ValueError) as error:
        raise LoadError(_reason(path, error)) from error
    if len(data) > max_bytes:
        raise FileTooLarge(
            f"{name}：文件超过 {megabytes(max_bytes)} 的上限；"
            f"请拆分成几个较小的文件，{raise_it('file_bytes')}"
        )
    return data


def advice(name: str) -> str:
    """How to bring a file into a format that we read, where that is easily said; else empty."""
    return "；请用 Word 或 WPS 另存为 .docx" if Path(name).suffix.lower() in _WORD_LIKE else ""


def find_files(paths: Iterable[Path]) -> FoundFiles:
    """The documents among ``paths``: files as named, folders with all that is below them.

    In folders, hidden files, Office lock files, ``manifest.toml``, notes beside documents and read-me files are no
    documents; a link to a
    folder is followed only out of what is searched anyway, so that loops end.
    """
    search = _Search()
    given = [absolute(Path(path)) for path in paths]
    roots = [os.path.realpath(path) for path in given if _is_folder(path)]
    for path in given:
        if _is_folder(path):
            search.folders.append(path)
            _search_folder(path, roots, search)
        elif error := _unusable(path):
            search.failures.append((path, error))
        else:
            search.files[path] = None
    return FoundFiles(
        tuple(search.files), tuple(search.folders), tuple(search.skipped), tuple(search.failures)
    )


def _unusable(path: Path) -> LoadError | None:
    """Why a file named by the user cannot be taken, as far as its name and being there tell."""
    try:
        os.stat(path)
        if not is_archive(path):
            loader_for(path)
    except (OSError, ValueError) as error:
        return LoadError(_reason(path, error))
    except UnsupportedFormat as error:
        return error
    return None


def _search_folder(folder: Path, roots: list[str], search: _Search) -> None:
    real = os.path.realpath(folder)
    if real in search.visited:
        return
    search.visited.add(real)
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        search.failures.append((folder, LoadError(_reason(folder, error))))
        return
    for entry in entries:
        path = folder / entry.name
        if _is_hidden(entry.name):
            continue
        if not _is_folder(path):
            _sort_file(path, search)
        elif not entry.is_symlink() or not _is_below(os.path.realpath(path), roots):
            _search_folder(path, roots, search)


def _sort_file(path: Path, search: _Search) -> None:
    if path.name == MANIFEST_NAME or (is_sidecar(path.name) and os.path.lexists(path.with_suffix(""))):
        return
    if is_document(path) or is_archive(path):
        search.files[path] = None
    else:
        search.skipped.append(path)


def _is_hidden(name: str) -> bool:
    return name.startswith((".", "~$")) or name == "__MACOSX"


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _is_below(real: str, roots: Iterable[str]) -> bool:
    return any(real == root or real.startswith(root.rstrip(os.sep) + os.sep) for root in roots)


def _open_nonblocking(path: str, flags: int) -> int:
    """Open without waiting for the other end of a pipe that is named like a document."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _reason(path: Path, error: Exception) -> str:
    name = shown(path)
    if isinstance(error, FileNotFoundError):
        if os.path.islink(path):
            return f"{name}：链接指向的文件已经不在；请删除这个链接，或恢复它指向的文件"
        return f"{name}：找不到这个文件；请检查路径是否写对"
    if isinstance(error, PermissionError):
        return f"{name}：没有读取权限；请修改文件权限后再试"
    if isinstance(error, IsADirectoryError):
        return f"{name}：这是文件夹，不是文件；请把它作为文件夹导入"
    code = f"（错误码 {error.errno}）" if isinstance(error, OSError) else ""
    return f"{name}：无法读取{code}；请检查磁盘和路径后再试"
