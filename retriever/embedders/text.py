"""What every embedder does to a text before it tokenises it."""

from __future__ import annotations

# A token is rarely longer than four characters and models read at most some hundred tokens, so nothing
# that a model would have seen is lost, and the time for one text is bounded.
MAX_CHARACTERS = 20_000


def clean(text: str) -> str:
    """The text as valid Unicode without NUL, at most MAX_CHARACTERS long.

    Lone surrogates, which reach us from broken decoders, become `?`; tokenizers refuse them otherwise.
    """
    return text[:MAX_CHARACTERS].replace("\0", " ").encode("utf-8", "replace").decode("utf-8")
