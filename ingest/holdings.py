"""What the library holds, as far as an ingest decides by it, and the actions that change that."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from ingest.types import Document, Passage


@dataclass(frozen=True, slots=True)
class Put:
    """Store a document with its passages, or a new revision of it."""

    document: Document
    passages: tuple[Passage, ...]
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Move:
    """Note that a document's file is at another place."""

    document_id: str
    origin: str


@dataclass(frozen=True, slots=True)
class Remove:
    """Take a document out."""

    document_id: str


Action = Put | Move | Remove


@dataclass(frozen=True, slots=True)
class Held:
    """A document that the library holds, or held: then it is not ``current``, and a person may have ``removed`` it.

    ``sha256`` is of the bytes that it was made of last, ``first_sha256`` of those that gave it its id.
    """

    id: str
    origin: str
    sha256: str
    fingerprint: str
    first_sha256: str
    current: bool
    removed: bool = False


class Holdings:
    """All documents of a library with the actions so far applied to them; the library itself is not touched."""

    def __init__(self, held: Iterable[Held]) -> None:
        self._all: dict[str, Held] = {}
        self._at: dict[str, str] = {}
        self._with: dict[str, set[str]] = {}
        for one in held:
            self._set(one)

    def current(self) -> list[Held]:
        """The documents that the library holds now, by origin."""
        return sorted((self._all[name] for name in self._at.values()), key=lambda held: held.origin)

    def at(self, origin: str) -> Held | None:
        """The document whose file is at ``origin``."""
        name = self._at.get(origin)
        return self._all[name] if name else None

    def with_content(self, sha256: str) -> list[Held]:
        """The documents made of these bytes, by origin."""
        same = (self._all[name] for name in self._with.get(sha256, ()))
        return sorted((held for held in same if held.current), key=lambda held: held.origin)

    def removed(self, sha256: str) -> Held | None:
        """A document made of these bytes that a person took out, where there is none in the library."""
        same = [self._all[name] for name in sorted(self._with.get(sha256, ()))]
        return None if any(held.current for held in same) else next((h for h in same if h.removed), None)

    def new_id(self, sha256: str) -> str:
        """The id for a new document made of these bytes: that of a removed one of the same content, if any."""
        gone = [name for name in self._with.get(sha256, ()) if not self._all[name].current]
        if gone:
            return min(gone)
        stem = candidate = sha256[:12]
        number = 1
        while held := self._all.get(candidate):
            if not held.current and held.first_sha256 == sha256:
                break
            number += 1
            candidate = f"{stem}-{number}"
        return candidate

    def apply(self, action: Action) -> None:
        """Take ``action`` for done."""
        if isinstance(action, Put):
            document = action.document
            before = self._all.get(document.id)
            first = before.first_sha256 if before else document.sha256
            self._set(Held(document.id, document.origin, document.sha256, action.fingerprint, first, True))
        elif isinstance(action, Move):
            self._set(replace(self._all[action.document_id], origin=action.origin))
        else:
            self._set(replace(self._all[action.document_id], current=False))

    def _set(self, held: Held) -> None:
        if before := self._all.get(held.id):
            self._with[before.sha256].discard(held.id)
            if self._at.get(before.origin) == held.id:
                del self._at[before.origin]
        self._all[held.id] = held
        self._with.setdefault(held.sha256, set()).add(held.id)
        if held.current:
            self._at[held.origin] = held.id
