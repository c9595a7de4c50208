"""What people know better than a document's text: notes beside the file, and corrections by hand.

A correction by hand goes before the note beside the file, that before what the text says, that before the manifest of
the folder. A field corrected to an empty value stays empty.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from ingest.errors import CorrectionError
from ingest.fields import LISTS, Fields, Value, Writing, parse_toml, read_fields
from ingest.types import Metadata

SIDECAR, HAND = "sidecar", "hand"
"""By what a field was corrected."""

Changes = Mapping[str, object]
"""Fields to correct by hand, with their values; ``None`` takes a correction back."""

_LIST_MARKS = re.compile(r"[、，,；;]")


def apply_corrections(metadata: Metadata, fields: Fields) -> Metadata:
    """``metadata`` with ``fields`` in place of its own."""
    return replace(metadata, **fields)  # type: ignore[arg-type]


def parse_sidecar(data: bytes, place: str, name: str) -> Fields:
    """The fields in the note beside the document ``name``: the keys of a manifest's entry, at the top of the file.

    ``place`` is the note's name for messages. Raises ``ManifestError``.
    """
    writing = Writing(place, "请修改这个文件后再导入")
    entry = parse_toml(data, place, writing.fix)
    if "document" in entry:
        raise writing.refusal('这里直接写 title = "…" 等各项，不写 [[document]]')
    if entry.pop("file", name) != name:
        raise writing.refusal(f"file 与所说明的文件 {name} 不符")
    return read_fields(writing, entry)


def read_changes(changes: Changes) -> dict[str, Value | None]:
    """Corrections by hand, checked. Several names may stand in one text (``甲、乙``). Raises ``CorrectionError``."""
    writing = Writing("更正", "请改正后再试", CorrectionError)
    said = read_fields(writing, {key: _listed(key, value) for key, value in changes.items()})
    return {key: None if changes[key] is None else value for key, value in said.items()}


def _listed(key: str, value: object) -> object:
    """The value in the form that a manifest has it; an empty one for what is taken back."""
    if value is None:
        return [] if key in LISTS else ""
    if key in LISTS and isinstance(value, str):
        return _LIST_MARKS.split(value)
    return list(value) if isinstance(value, tuple) else value
