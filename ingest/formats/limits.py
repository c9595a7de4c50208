"""How much of a file we are willing to work on."""

from __future__ import annotations

from dataclasses import dataclass


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


def megabytes(number: int) -> str:
    """A number of bytes for a message."""
    return f"{number / 1_000_000:g} MB" if number >= 1_000_000 else f"{number} 字节"
