"""What a question is about: its words without those that ask."""

from __future__ import annotations

import re

_COUNTER = r"[个次场期名件条年月天日项人份家种级岁元类步]"
_ASKING = re.compile(
    r"在?(?:什么|哪些|何种)(?:情况|情形)下?|是?[做干]什么的|可?以?找谁|"
    r"(?:分别|主要|具体|一般|最长|最短|最多|最少|至少|到底|究竟|一共|总共|应当|应该|可以|需要|需|要|得|必须)*"
    r"(?:(?:是|有|为|由|叫|指|包括|指的是|包含|在(?=多少|几))?(?:"
    r"什么时候|什么时间|什么样|什么|多长时间|多长|多久|多大|意思|何时|谁|"
    rf"多少{_COUNTER}?内?|(?<!哪)几{_COUNTER}{{1,2}}|哪几{_COUNTER}|哪些|哪一?{_COUNTER})"
    r"|是?怎么[做弄搞办]的|是?(?:怎么样|怎么办|怎么|怎样|如何)|为什么|能不能|可不可以|是不是|有没有|是否)"
)
_POLITE = re.compile(
    r"^(?:请问一?下?|你好|您好|我?想问一?下?|我?想知道|麻烦问一?下?|帮我查一?下?|请介绍一?下?|介绍一?下?|说说|讲讲)[，,：:]?"
)
_END = re.compile(r"[\s，,。.？?！!；;：:、]+$")
_PARTICLE = re.compile(r"[吗呢吧啊呀]+(?=$|[，,。？?！!])")
_DANGLING = re.compile(r"(?:是|有|为|叫|的|了|要|由|指|被|都|在)$")
_YEAR = re.compile(
    r"(?:在|截至|到)?(?<![0-9])(?:19|20)[0-9]{2}年(?:[0-9]{1,2}月|[底初末])?(?!的|版|那|条例|法)"
)
_LONGEST = 48
_SHORTEST = 2


def without_end(text: str) -> str:
    """``text`` without the marks it ends with."""
    return _END.sub("", text.strip())


def topic_of(question: str, asked: str = "") -> str:
    """The question without the words that ask: 预备党员的预备期是多长？ is about 预备党员的预备期.

    Of a long one, its first clauses; without its years where what is ``asked`` next names one (到2024年底呢). The question itself
    where hardly anything would be left.
    """
    whole = without_end(_POLITE.sub("", question.strip()))
    if _YEAR.search(asked):
        whole = _YEAR.sub("", whole)
    clauses = [_bare_clause(clause) for clause in re.split(r"[，,；;。？?！!]", whole)]
    kept = [clause for clause in clauses if len(clause) >= _SHORTEST]
    while len(kept) > 1 and len("，".join(kept)) > _LONGEST:
        kept.pop(1 if len(kept) > 2 else -1)
    return "，".join(kept) or whole


def _bare_clause(clause: str) -> str:
    words = _ASKING.sub("", _PARTICLE.sub("", clause)).strip()
    while match := _DANGLING.search(words):
        words = words[: match.start()]
    return words if len(words) >= _SHORTEST else ""
