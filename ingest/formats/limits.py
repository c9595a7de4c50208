"""How much of a file we are willing to work on."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.errors import FileTooLarge

SETTINGS = {
    "file_bytes": "DANGJIAN_FILE_BYTES",
    "seconds": "DANGJIAN_READ_SECONDS",
    "memory_bytes": "DANGJIAN_READ_MEMORY_BYTES",
    "expanded_bytes": "DANGJIAN_UNPACKED_BYTES",
    "ratio": "DANGJIAN_UNPACKED_RATIO",
    "entries": "DANGJIAN_ARCHIVE_FILES",
    "pages": "DANGJIAN_PDF_PAGES",
    "characters": "DANGJIAN_DOCUMENT_CHARACTERS",
    "nodes": "DANGJIAN_HTML_ELEMENTS",
}
"""The setting by which each limit is raised, ``file_bytes`` being the most that a file itself may have."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on what a file may cost; beyond one, the file is refused with a message that names the fix.

    ``seconds`` and ``memory_bytes`` bound the separate process in which a file is read; ``expanded_bytes``, ``ratio``
    and ``entries`` bound what a zip container (also a .docx is one) unpacks to; ``pages`` those of a PDF, ``characters``
    the text that comes out, ``nodes`` the elements of an HTML page.
    """

    seconds: float = 60.0
    memory_bytes: int = 2_000_000_000
    expanded_bytes: int = 200_000_000
    ratio: int = 200
    entries: int = 2_000
    pages: int = 3_000
    characters: int = 10_000_000
    nodes: int = 2_000_000


def raise_it(*limits: str) -> str:
    """How to raise limits, for the end of a message."""
    return f"或调高设置 {'、'.join(SETTINGS[limit] for limit in limits)}"


def check_characters(text: str, name: str, limits: Limits) -> None:
    """Raise ``FileTooLarge`` where a file has more text than it may have."""
    if len(text) > limits.characters:
        fix = f"请拆分成几个较小的文件，{raise_it('characters')}"
        raise FileTooLarge(f"{name}：文字超过 {limits.characters} 字的上限；{fix}")


def megabytes(number: int) -> str:
    """A number of bytes for a message."""
    return f"{number / 1_000_000:g} MB" if number >= 1_000_000 else f"{number} 字节"
