"""Questions to show a newcomer: only such as the library in use can answer."""

from __future__ import annotations

from functools import lru_cache

from service.answering.answerer import heading_question
from service.assistant import Assistant
from service.types import Status

_CANDIDATES = (
    "如何破解“两张皮”？",
    "什么是“四强”党支部？",
    "怎样抓好机关党建督查考评？",
    "“六大行动”分别是什么？",
    "党支部怎么开展调查研究？",
    "党建和业务怎么深度融合？",
    "党支部书记队伍怎么建？",
    "党员教育管理有哪些要求？",
)
_SHOWN = 6


def example_questions(assistant: Assistant) -> tuple[str, ...]:
    """Up to six questions that are answered from the index in use; where few are, from the headings it has."""
    return _examples(assistant, assistant.generation.manifest.generation)


@lru_cache(maxsize=4)
def _examples(assistant: Assistant, generation: str) -> tuple[str, ...]:
    if not assistant.documents():
        return ()
    answered = [q for q in _CANDIDATES if assistant.ask(q).status is Status.ANSWERED][:_SHOWN]
    if len(answered) < 3:
        for record in assistant.documents()[:_SHOWN]:
            sections = [
                s for s in assistant.document(record.id).sections if s.level == 1 and len(s.path[-1]) <= 30
            ]
            answered += [
                heading_question(section.path[-1], assistant.title(record.id)) for section in sections[:1]
            ]
    return tuple(answered[:_SHOWN])
