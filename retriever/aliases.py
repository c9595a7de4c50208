"""Short names of bodies: 工信部 is 工业和信息化部. A question is asked in the words that the documents use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib import resources


@cache
def aliases() -> Mapping[str, str]:
    """Short name → full name, both as they stand in ``lexicon/aliases.txt``."""
    text = (resources.files("retriever") / "lexicon" / "aliases.txt").read_text("utf-8")
    rows = (line.split() for line in text.splitlines() if line.strip() and not line.startswith("#"))
    return dict(rows)


def in_full(question: str, occurs: Callable[[str], bool]) -> str:
    """``question`` with short names written out, longest first, where the documents know only the full name.

    ``occurs`` tells whether a string stands somewhere in the documents. A name that is part of its own full name in
    the question stays.
    """
    for short in sorted(aliases(), key=lambda name: (-len(name), name)):
        full = aliases()[short]
        if short in question and full not in question and not occurs(short) and occurs(full):
            question = question.replace(short, full)
    return question
