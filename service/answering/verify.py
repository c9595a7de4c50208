"""The check that every quote passes before it is shown, and again whenever somebody asks."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass

from ingest.types import Document, Span

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome for one quote; ``reason`` is Chinese, empty where the quote holds."""

    ok: bool
    reason: str = ""


def check(document: Document, span: Span, quote: str, text_sha256: str = "") -> Verdict:
    """Whether ``document.text[span] == quote``, the text still being what its stored hash says.

    ``text_sha256`` is the hash that a saved answer recorded; a different one with the same words in place still holds.
    """
    if hashlib.sha256(document.text.encode("utf-8", "surrogatepass")).hexdigest() != document.text_sha256:
        return Verdict(False, "资料库中的文本与其校验值不符，请运行 dangjian doctor 检查资料库")
    if span.end > len(document.text):
        return Verdict(False, "引文位置超出原文：资料在作答之后已改动" if text_sha256 else "引文位置超出原文")
    if span.of(document.text) != quote:
        changed = text_sha256 and text_sha256 != document.text_sha256
        return Verdict(False, "与原文不一致：资料在作答之后已改动" if changed else "与原文不一致")
    if not quote:
        return Verdict(False, "引文是空的")
    return Verdict(True)


def holds(document: Document, span: Span, quote: str) -> bool:
    """``check`` for the answerer: a quote that fails is logged, and the caller drops it."""
    verdict = check(document, span, quote)
    if not verdict.ok:
        logger.error("quote dropped: %s [%d, %d): %s", document.id, span.start, span.end, verdict.reason)
    return verdict.ok
