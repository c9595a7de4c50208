"""Fields of the metadata as people write them: in a manifest, beside a document, on the command line."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime

from ingest.errors import ManifestError
from ingest.metadata import KINDS, RANKS, STATUSES
from ingest.types import Metadata, Repeal

Value = str | tuple[str, ...] | tuple[Repeal, ...]
Fields = dict[str, Value]
"""Some fields of ``Metadata`` by name; an empty value says that there is none."""

NAMES = tuple(field.name for field in fields(Metadata))
LISTS = frozenset(field.name for field in fields(Metadata) if field.default == ())
_DATES = frozenset({"published", "effective", "repealed"})
_CHOICES = {"kind": KINDS, "rank": RANKS, "status": STATUSES}
_MOST_CHARACTERS = 1000
_MOST_BYTES = 10_000_000
_LINE_ENDS = re.compile(r"[\t\r\n]+")


@dataclass(frozen=True, slots=True)
class Writing:
    """Where somebody wrote fields, and how to mend them there; both for messages.

    ``raises`` is the kind of error that what is wrong there becomes.
    """

    where: str
    fix: str
    raises: type[Exception] = ManifestError

    def refusal(self, what: str) -> Exception:
        """The error that says ``what`` is wrong here."""
        return self.raises(f"{self.where}：{what}；{self.fix}")


def parse_toml(data: bytes, place: str, fix: str) -> dict[str, object]:
    """The content of a TOML file called ``place``. Raises ``ManifestError``."""
    if len(data) > _MOST_BYTES:
        raise ManifestError(f"{place}：超过 {_MOST_BYTES // 1_000_000} MB；{fix}")
    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ManifestError(f"{place}：不是 UTF-8 编码；请另存为 UTF-8 后再导入") from error
    except (
        ValueError,
        RecursionError,
    ) as error:  # also numbers of thousands of digits, and the deeply nested
        raise ManifestError(f"{place}：不是有效的 TOML（{error}）；{fix}") from error


def read_fields(writing: Writing, entry: Mapping[str, object]) -> Fields:
    """The fields written, in the form that ``Metadata`` has them. Raises what ``writing`` says, naming the key."""
    unknown = sorted(set(entry) - set(NAMES))
    if unknown:
        name = unknown[0].encode("utf-8", "replace").decode("utf-8")
        raise writing.refusal(f"不认识的项“{name}”，可以写的有 {'、'.join(NAMES)}")
    return {key: _read(writing, key, value) for key, value in entry.items()}


def _read(writing: Writing, key: str, value: object) -> Value:
    if key == "repeals":
        return _repeals(writing, key, value)
    if key in LISTS:
        return _names(writing, key, value)
    if key in _DATES:
        return _date(writing, key, value)
    words = _text(writing, key, value)
    known = _CHOICES.get(key)
    if known and words not in known:
        raise writing.refusal(f"{key} 只能是 {'、'.join(filter(None, known))}，或留空")
    return words


def _text(writing: Writing, key: str, value: object) -> str:
    if not isinstance(value, str):
        raise writing.refusal(f"{key} 应是带引号的文字")
    words = _LINE_ENDS.sub(" ", value).strip()
    if any(unicodedata.category(char) in ("Cc", "Cs") for char in words):
        raise writing.refusal(f"{key} 里有控制字符或无法保存的字符")
    if len(words) > _MOST_CHARACTERS:
        raise writing.refusal(f"{key} 超过 {_MOST_CHARACTERS} 字")
    return words


def _names(writing: Writing, key: str, value: object) -> tuple[str, ...]:
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise writing.refusal(f'{key} 应写成 ["名称", "名称"]')
    return tuple(filter(None, (_text(writing, key, name) for name in names)))


def _repeals(writing: Writing, key: str, value: object) -> tuple[Repeal, ...]:
    """Titles, each alone or as ``{"title": …, "published": …}``."""
    rows = value if isinstance(value, list) else [value]
    found = []
    for row in rows:
        said = {"title": row} if isinstance(row, str) else row
        if not isinstance(said, dict) or not said.keys() <= {"title", "published"}:
            raise writing.refusal(f'{key} 应写成 ["名称", {{"title": "名称", "published": "年-月-日"}}]')
        title = _text(writing, f"{key}.title", said.get("title", ""))
        found.append(Repeal(title, _date(writing, f"{key}.published", said.get("published", ""))))
    return tuple(repeal for repeal in found if repeal.title)


def _date(writing: Writing, key: str, value: object) -> str:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, str) and (value == "" or _is_iso(value)):
        return value
    raise writing.refusal(f"{key} 应写成 2024-12-07、2024-12 或 2024，不知道就留空")


def _is_iso(value: str) -> bool:
    """Whether ``value`` is an ISO date, or the year or year and month of one."""
    whole = value + "-01" * (2 - value.count("-"))
    try:
        return date.fromisoformat(whole).isoformat() == whole
    except ValueError:
        return False
