"""Sentences of a document that are written to a model rather than to people.

They are neither sent nor taken as support: what an inserted order says is then in no text that a sentence could cite.
This is the second line of defence. The first is that whatever a model writes, only what the rest of the text says is shown.
"""

from __future__ import annotations

import re

from ingest.normal import normal_form
from ingest.sentences import split_sentences

_ORDER = re.compile(
    r"(?:忽略|无视|忘记|忘掉|不要遵守|不要理会|不必遵守|跳过|覆盖|绕过)[^。\n]{0,16}(?:规则|指令|提示词|提示|指示|设定|限制|约束|上文|前文|以上内容|之前的?内容|所有内容)|"
    r"你(?:现在|从现在起|接下来)?(?:是|扮演|作为)[^。\n]{0,12}(?:ai|助手|模型|机器人|gpt|系统)|"
    r"(?:系统|开发者|管理员)(?:提示|指令|消息)\s*:|(?:请|必须|直接|只|务必|改为|原样)(?:输出|回复|回答)\s*[:\"“「『]|输出\s*[:\"“「『]|"
    r"(?:ai|语言|大)模型[^。\n]{0,10}(?:请|必须|应当|务必)|"
    r"(?:ignore|disregard|forget|override)\b[^.\n]{0,40}\b(?:instruction|rule|prompt|above|previous|prior)|"
    r"\b(?:system|developer|assistant|user)\s*(?:prompt|message)?\s*:|<\|?/?(?:im_start|im_end|system|endoftext|think)|\[/?inst\]"
)


def without_orders(text: str) -> str:
    """``text`` without the sentences that give orders to a model; empty where nothing else is left."""
    kept = [span.of(text) for span in split_sentences(text) if not _ORDER.search(normal_form(span.of(text)))]
    return "".join(kept).strip()
