"""What is said where nothing answers: what came nearest, and which known regulation would hold it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ingest.catalogue import KnownRegulation, known_regulations, on_topic
from ingest.dates import chinese_date
from ingest.families import family_key
from service.answering.chronicle import named_documents

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


def lacking(question: str, titles: Iterable[tuple[str, str]]) -> KnownRegulation | None:
    """The known regulation that a question names and that is not among ``titles`` (id, title); ``None`` where it names none such."""
    if named_documents(question, titles)[0]:
        return None
    known = {known.title: known for known in known_regulations()}
    named, _ = named_documents(question, ((title, title) for title in known))
    return known[named[0]] if len(named) == 1 else None


def lacking_note(known: KnownRegulation) -> str:
    """What is said where others than the regulation named answer."""
    return f"问题提到的《{known.title}》（{_dated(known)}）资料库还没有收录，以下内容出自其他文件，请以正式文本为准。"


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
    return f"{chinese_date(newest.published)}{'发布' if len(known.versions) == 1 else '发布的版本'}"
