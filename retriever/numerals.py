"""Chinese numerals that have one canonical form in the index: 第十二条 is 第12条, 二〇二三年 is 2023."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.numerals import chinese_number

__all__ = ["blanked", "canonical_terms", "chinese_number", "leading_ordinals"]

_DIGITS = "零〇一二三四五六七八九"
_ORDINAL = re.compile(
    rf"第 ?(?P<number>[0-9]{{1,5}}|[{_DIGITS}十百千两]{{1,9}}) ?(?P<unit>[编章节条款项目届次批])"
    rf"(?:之(?P<sub>[一二三四五六七八九十]))?"
)
_YEAR = re.compile(rf"(?<![{_DIGITS}十百千])[一二][{_DIGITS}]{{3}}(?= ?年)")


def canonical_terms(text: str) -> Iterator[tuple[int, int, str]]:
    """Ordinals and years of a text in normal form, as (start, end, canonical form)."""
    for match in _ORDINAL.finditer(text):
        term = f"第{chinese_number(match['number'])}{match['unit']}"
        if match["sub"]:  # 第九十三条之一 is found by 第九十三条 too
            yield match.start(), match.start("sub") - 1, term
            term += f"之{chinese_number(match['sub'])}"
        yield match.start(), match.end(), term
    for match in _YEAR.finditer(text):
        yield match.start(), match.end(), str(chinese_number(match.group()))


def blanked(text: str) -> str:
    """``text`` with the ordinals and years that ``canonical_terms`` finds blanked out, length kept."""
    for pattern in (_ORDINAL, _YEAR):
        text = pattern.sub(lambda match: " " * len(match.group()), text)
    return text


def leading_ordinals(text: str) -> list[str]:
    """The canonical forms of the ordinal that a text in normal form begins with: none, one, or two with 之一."""
    return [term for start, _, term in canonical_terms(text.lstrip()[:24]) if start == 0]
