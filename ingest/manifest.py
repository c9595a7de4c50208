"""``manifest.toml``: what is known about documents that their own text does not say, and where our corpus lies."""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources
from pathlib import Path

from ingest.errors import ManifestError
from ingest.fields import Writing, parse_toml, read_fields
from ingest.loaders import MANIFEST_NAME, shown
from ingest.types import Metadata

CORPUS_ORIGIN = "corpus:"
"""Begins the origin of a document that comes with the package."""

_FOLDER_HINT = f"请修改 {MANIFEST_NAME} 后再导入"


def load_manifest(path: Path) -> dict[str, Metadata]:
    """The metadata by file name from a manifest whose documents lie beside it.

    ``published`` is a TOML date or an ISO string. Raises ``ManifestError`` for what does not parse, unknown keys,
    values of the wrong kind and files that are not there, naming the entry.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ManifestError(f"{_place(path)}：无法读取；请检查文件是否存在、有没有读取权限") from error
    return parse_manifest(data, _place(path), lambda name: (path.parent / name).is_file())


def parse_manifest(data: bytes, place: str, is_there: Callable[[str], bool]) -> dict[str, Metadata]:
    """The metadata by file name from the bytes of a manifest at ``place``, a name for messages.

    ``is_there`` tells whether a file of a name lies beside it. Raises ``ManifestError``.
    """
    content = parse_toml(data, place, _FOLDER_HINT)
    unknown = sorted(set(content) - {"document"})
    entries = content.get("document", [])
    if unknown or not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        what = f"有不认识的内容“{unknown[0]}”" if unknown else "document 的写法不对"
        raise ManifestError(f"{place}：{what}；每份资料请写成一个 [[document]]，{_FOLDER_HINT}")
    return _read_entries(place, entries, is_there)


def manifest_for(folder: Path) -> dict[str, Metadata]:
    """The manifest of ``folder``, empty where it has none. Raises ``ManifestError``."""
    path = folder / MANIFEST_NAME
    return load_manifest(path) if path.exists() else {}


def corpus_folder() -> Path:
    """Where the documents lie that come with the package: in the installed package, or beside it in a checkout."""
    installed = Path(str(resources.files("ingest"))) / "_corpus"
    return installed if installed.is_dir() else Path(__file__).resolve().parent.parent / "corpus"


def _read_entries(
    place: str, entries: list[dict[str, object]], is_there: Callable[[str], bool]
) -> dict[str, Metadata]:
    manifest: dict[str, Metadata] = {}
    for number, entry in enumerate(entries, 1):
        name = entry.get("file")
        if not isinstance(name, str) or not name:
            raise ManifestError(f"{place} 第 {number} 条：缺少 file（文件名）；{_FOLDER_HINT}")
        writing = Writing(f"{place} 第 {number} 条（{name}）", _FOLDER_HINT)
        if name in manifest:
            raise writing.refusal("同一个文件写了两次")
        if Path(name).name != name or not is_there(name):
            raise writing.refusal("同一文件夹里没有这个文件")
        manifest[name] = _read_entry(writing, entry)
    return manifest


def _read_entry(writing: Writing, entry: dict[str, object]) -> Metadata:
    said = {key: value for key, value in entry.items() if key != "file"}
    return Metadata(**read_fields(writing, said))  # type: ignore[arg-type]


def _place(path: Path) -> str:
    return f"{shown(path.parent)}/{path.name}"
