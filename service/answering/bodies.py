"""Bodies of the Party and the state: what a question asks of one that no document mentions, no document answers."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from importlib import resources

from service.answering.demands import tells_the_askers_case


def absent_body(normal: str, occurs: Callable[[str], bool]) -> str:
    """The first body that a question, in normal form, asks about and that no document knows by any of its names.

    ``occurs`` tells whether words stand in some document. Empty where there is none; a body that the asker only belongs to
    (我在海关总署工作) is not asked about.
    """
    for clause in re.split(r"[，,。？?！!；;]", normal):
        if tells_the_askers_case(clause):
            continue
        for names in _bodies():
            if any(name in clause for name in names) and not any(map(occurs, names)):
                return next(name for name in sorted(names, key=len, reverse=True) if name in clause)
    return ""


@cache
def _bodies() -> tuple[tuple[str, ...], ...]:
    text = (resources.files("service.answering") / "bodies.txt").read_text("utf-8")
    return tuple(
        tuple(line.split()) for line in text.splitlines() if line.strip() and not line.startswith("#")
    )
