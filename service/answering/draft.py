"""What the answerer decided; ``service.assistant`` makes an ``Answer`` of it."""

from __future__ import annotations

from dataclasses import dataclass

from service.types import Citation, Claim, Status


@dataclass(frozen=True, slots=True)
class Draft:
    """The fields are those of ``Answer``."""

    status: Status
    text: str
    claims: tuple[Claim, ...]
    citations: tuple[Citation, ...]
    evidence: float
    suggestions: tuple[str, ...]
    notes: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    related: tuple[Citation, ...] = ()
