"""HTML that cannot be injected into: text becomes markup only where a template of ours says so."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape


class Html(str):
    """Text that is markup already."""

    __slots__ = ()


def h(template: str, /, **values: object) -> Html:
    """``template`` with ``{name}`` filled in: every value is escaped unless it is ``Html`` or several of them."""
    return Html(template.format(**{name: _safe(value) for name, value in values.items()}))


def join(parts: Iterable[Html]) -> Html:
    """Markup after markup."""
    return Html("".join(parts))


def clean(text: str) -> str:
    """``text`` without what HTML and XML may not hold: control characters and lone surrogates become U+FFFD."""
    return "".join(
        "\ufffd"
        if (ord(c) < 32 and c not in "\t\n") or 0x7F <= ord(c) < 0xA0 or 0xD800 <= ord(c) < 0xE000
        else c
        for c in text
    )


def _safe(value: object) -> str:
    if isinstance(value, Html):
        return value
    if isinstance(value, list | tuple):
        return "".join(_safe(part) for part in value)
    return escape(clean(str(value)))
