"""Names of files as strangers send them, made safe to show, to store and to give back."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath

_MOST_CHARACTERS = 150
_MOST_BYTES = 240  # file systems take 255


def safe_name(origin: str) -> str:
    """The file's own name without what no name should have: separators, controls, marks that turn the direction."""
    last = re.split(r"[/\\]", origin)[-1]
    kept = "".join(
        "_" if char in '<>:"|?*' else char
        for char in last
        if unicodedata.category(char) not in ("Cc", "Cf", "Cs")
    )
    stem, suffix = kept.strip(". "), suffix_of(kept.strip(". "))
    return stem if len(stem) <= _MOST_CHARACTERS else stem[: _MOST_CHARACTERS - len(suffix)] + suffix


def suffix_of(name: str) -> str:
    """The name's suffix where it looks like one, else empty."""
    suffix = PurePosixPath(name).suffix
    return suffix if re.fullmatch(r"\.[A-Za-z0-9]{1,10}", suffix) else ""


def stored_name(sent: str) -> str:
    """A name to store what was sent as ``sent`` under: safe, composed (NFC), short enough for any file system."""
    name = safe_name(unicodedata.normalize("NFC", sent)) or "未命名"
    suffix = suffix_of(name)
    stem = name[: len(name) - len(suffix)].encode()[: _MOST_BYTES - len(suffix)].decode("utf-8", "ignore")
    return stem + suffix
