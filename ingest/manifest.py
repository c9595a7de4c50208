"""``manifest.toml``: what is known about documents that their own text does not say, and where our corpus lies."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime
from importlib import resources
from pathlib import Path

from ingest.errors import ManifestError
from ingest.loaders import MANIFEST_NAME, shown
from ingest.metadata import KINDS, RANKS, STATUSES
from ingest.types import Metadata, Repeal

CORPUS_ORIGIN = "corpus:"
"""Begins the origin of a document that comes with the package."""

_FIELDS = frozenset(field.name for field in fields(Metadata))
_FOLDER_HINT = f"请修改 {MANIFEST_NAME} 后再导入"


def load_manifest(path: Path) -> dict[str, Metadata]:
    """The metadata by file name from a manifest whose documents lie beside it.

    ``published`` is a TOML date or an ISO string. Raises ``ManifestError`` for what does not parse, unknown keys,
    values of the wrong kind and files that are not there, naming the entry.
    """
    try:
        content = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise ManifestError(f"{_place(path)}：无法读取；请检查文件是否存在、有没有读取权限") from error
    except UnicodeDecodeError as error:
        raise ManifestError(f"{_place(path)}：不是 UTF-8 编码；请另存为 UTF-8 后再导入") from error
    except tomllib.TOMLDecodeError as error:
        raise ManifestError(f"{_place(path)}：不是有效的 TOML（{error}）；{_FOLDER_HINT}") from error
    unknown = sorted(set(content) - {"document"})
    entries = content.get("document", [])
    if unknown or not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        what = f"有不认识的内容“{unknown[0]}”" if unknown else "document 的写法不对"
        raise ManifestError(f"{_place(path)}：{what}；每份资料请写成一个 [[document]]，{_FOLDER_HINT}")
    return _read_entries(path, entries)


def manifest_for(folder: Path) -> dict[str, Metadata]:
    """The manifest of ``folder``, empty where it has none. Raises ``ManifestError``."""
    path = folder / MANIFEST_NAME
    return load_manifest(path) if path.exists() else {}


def corpus_folder() -> Path:
    """Where the documents lie that come with the package: in the installed package, or beside it in a checkout."""
    installed = Path(str(resources.files("ingest"))) / "_corpus"
    return installed if installed.is_dir() else Path(__file__).resolve().parent.parent / "corpus"


def _read_entries(path: Path, entries: list[dict[str, object]]) -> dict[str, Metadata]:
    manifest: dict[str, Metadata] = {}
    for number, entry in enumerate(entries, 1):
        name = entry.get("file")
        if not isinstance(name, str) or not name:
            raise ManifestError(f"{_place(path)} 第 {number} 条：缺少 file（文件名）；{_FOLDER_HINT}")
        where = f"{_place(path)} 第 {number} 条（{name}）"
        if name in manifest:
            raise ManifestError(f"{where}：同一个文件写了两次；{_FOLDER_HINT}")
        if Path(name).name != name or not (path.parent / name).is_file():
            raise ManifestError(f"{where}：同一文件夹里没有这个文件；{_FOLDER_HINT}")
        manifest[name] = _read_metadata(where, entry)
    return manifest


def _read_metadata(where: str, entry: Mapping[str, object]) -> Metadata:
    unknown = sorted(set(entry) - _FIELDS - {"file"})
    if unknown:
        known = "、".join(field.name for field in fields(Metadata))
        raise ManifestError(f"{where}：不认识的项“{unknown[0]}”；可以写的有 file、{known}")
    return Metadata(
        title=_text(where, entry, "title"),
        subtitle=_text(where, entry, "subtitle"),
        authors=_names(where, entry, "authors"),
        source=_text(where, entry, "source"),
        published=_date(where, entry, "published"),
        edition=_text(where, entry, "edition"),
        kind=_one_of(where, entry, "kind", KINDS),
        licence=_text(where, entry, "licence"),
        document_number=_text(where, entry, "document_number"),
        effective=_date(where, entry, "effective"),
        rank=_one_of(where, entry, "rank", RANKS),
        interpreter=_text(where, entry, "interpreter"),
        repealed=_date(where, entry, "repealed"),
        repeals=_repeals(where, entry),
        status=_one_of(where, entry, "status", STATUSES),
        family=_text(where, entry, "family"),
    )


def _text(where: str, entry: Mapping[str, object], key: str) -> str:
    value = entry.get(key, "")
    if not isinstance(value, str):
        raise ManifestError(f"{where}：{key} 应是带引号的文字；{_FOLDER_HINT}")
    return value.strip()


def _names(where: str, entry: Mapping[str, object], key: str) -> tuple[str, ...]:
    value = entry.get(key, [])
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ManifestError(f'{where}：{key} 应写成 ["名称", "名称"]；{_FOLDER_HINT}')
    return tuple(name.strip() for name in names if name.strip())


def _repeals(where: str, entry: Mapping[str, object]) -> tuple[Repeal, ...]:
    """Titles, each alone or as ``{"title": …, "published": …}``."""
    value = entry.get("repeals", [])
    rows = value if isinstance(value, list) else [value]
    found = []
    for row in rows:
        fields = {"title": row} if isinstance(row, str) else row
        if not isinstance(fields, dict) or not fields.keys() <= {"title", "published"}:
            raise ManifestError(
                f'{where}：repeals 应写成 ["名称", {{"title": "名称", "published": "年-月-日"}}]；{_FOLDER_HINT}'
            )
        found.append(Repeal(_text(where, fields, "title"), _date(where, fields, "published")))
    return tuple(repeal for repeal in found if repeal.title)


def _date(where: str, entry: Mapping[str, object], key: str) -> str:
    value = entry.get(key, "")
    if value == "":
        return ""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, str) and _is_iso(value):
        return value
    raise ManifestError(f"{where}：{key} 应写成 2024-12-07、2024-12 或 2024，不知道就留空；{_FOLDER_HINT}")


def _is_iso(value: str) -> bool:
    """Whether ``value`` is an ISO date, or the year or year and month of one."""
    whole = value + "-01" * (2 - value.count("-"))
    try:
        return date.fromisoformat(whole).isoformat() == whole
    except ValueError:
        return False


def _one_of(where: str, entry: Mapping[str, object], key: str, known: tuple[str, ...]) -> str:
    value = _text(where, entry, key)
    if value not in known:
        raise ManifestError(f"{where}：{key} 只能是 {'、'.join(filter(None, known))}，或留空；{_FOLDER_HINT}")
    return value


def _place(path: Path) -> str:
    return f"{shown(path.parent)}/{path.name}"
