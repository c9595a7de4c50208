"""What is said where nothing answers: what came nearest, and which known regulation would hold it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ingest.catalogue import KnownRegulation, on_topic
from ingest.families import family_key

_TITLES = 3


def refusal(question: str, nearest: Sequence[str], titles: Iterable[str], absent: str = "") -> str:
    """The words of a refusal. ``nearest`` are titles that came near, ``titles`` all that may answer; ``absent`` is a body that
    none of them mentions."""
    parts = [f"资料中没有提到“{absent}”。" if absent else "资料中没有找到能够回答这个问题的内容。"]
    if nearest:
        names = "".join(f"《{title}》" for title in nearest[:_TITLES])
        parts.append(f"内容较为接近的资料有{names}，但其中没有直接回答这个问题的原文。")
    if elsewhere := known_elsewhere(question, titles):
        parts.append(elsewhere)
    parts.append("可以换一种说法再问，或把相关文件加入资料库后再试。")
    return "\n\n".join(parts)


def known_elsewhere(question: str, titles: Iterable[str]) -> str:
    """Which known regulations that are not among ``titles`` would hold the answer; empty where none is known."""
    if missing := _missing(question, titles):
        names = "、".join(f"《{known.title}》（{_dated(known)}）" for known in missing)
        return f"这方面的规定可能在{names}里，资料库还没有收录，请以正式文本为准。"
    return ""


def _missing(question: str, titles: Iterable[str]) -> list[KnownRegulation]:
    """The known regulations on the question's subject that are not among ``titles``."""
    there = {family_key(title) for title in titles}
    return [known for known in on_topic(question) if family_key(known.title) not in there]


def _dated(known: KnownRegulation) -> str:
    newest = known.versions[-1]
    parts = newest.published.split("-")
    date = "".join(f"{int(part)}{unit}" for part, unit in zip(parts, "年月日", strict=False))
    return f"{date}{'发布' if len(known.versions) == 1 else '发布的版本'}"
