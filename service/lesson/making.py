"""A lesson on request: what is asked for is checked, the lesson composed and looked at as of today."""

from __future__ import annotations

from retriever.errors import QueryError
from service.assistant import Assistant
from service.errors import QuestionError
from service.lesson.compose import compose
from service.lesson.recheck import rechecked
from service.lesson.types import Lesson
from service.scope import Filters

LONGEST_TOPIC, LONGEST_AUDIENCE = 100, 40


def make(assistant: Assistant, topic: str, audience: str, minutes: int, filters: Filters) -> Lesson:
    """A lesson that is not saved yet; raises QuestionError for a topic or an audience that cannot be asked for."""
    cleaned = topic.encode("utf-8", "replace").decode("utf-8").replace("\0", "").strip()
    for name, text, longest in (("主题", cleaned, LONGEST_TOPIC), ("听众", audience, LONGEST_AUDIENCE)):
        if len(text) > longest:
            raise QuestionError(f"{name}太长：{len(text)} 字，最多 {longest} 字。请缩短后再试。")
    try:
        view = assistant.view(filters, cleaned)
        made = compose(view, cleaned, audience, minutes, assistant.settings.evidence_threshold)
    except QueryError as error:
        raise QuestionError("主题里没有可以查找的词。请写明要讲什么，如“党建与业务深度融合”。") from error
    return rechecked(made, assistant.view())
