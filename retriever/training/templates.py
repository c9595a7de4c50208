"""Questions made from the wording of rules, by patterns and without a language model.

A rule says who must, may or may not do what, when, and what follows if they do not; each of these forms
answers a question that can be put together from its own words. Patterns look at one sentence and know no
document. The questions are stiff: they teach which article a question is about, not how people speak.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_SUBJECT = r"(?P<s>[^，。；：、（）“”《》\n]{2,24}?)"
_ACT = r"(?P<a>[^，。；：（）\n]{3,30})"

_RULES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"(?:本[法条例办规定细则章程]{1,3}所称|所谓)(?:的)?(?P<s>[^，。；：]{2,20})，?是?指",
     ("什么是{s}？", "{s}是什么意思？", "{s}指的是什么？", "怎么理解{s}？")),
    (rf"^{_SUBJECT}(?:应当|必须)?(?:具备|符合)(?:以?下列|以下)(?:基本)?条件",
     ("{s}应当具备什么条件？", "{s}要满足哪些要求？", "什么样的人或单位可以成为{s}？")),
    (rf"^{_SUBJECT}(?:应当|必须)(?:履行|承担)(?:以?下列|以下)(?:义务|职责)",
     ("{s}有哪些义务？", "{s}要做些什么？", "{s}的职责是什么？")),
    (rf"^{_SUBJECT}(?:享有|行使)(?:以?下列|以下)(?:权利|职权)", ("{s}有哪些权利？", "{s}可以做什么？")),
    (rf"^{_SUBJECT}(?:主要)?(?:包括|分为)(?:以?下列|以下)?", ("{s}包括哪些？", "{s}有哪几种？")),
    (r"有(?:以?下列|以下)(?:情形|情况|行为)之一的，(?:应当|可以|依法)?(?P<a>[^，。；：（）\n]{3,24})",
     ("什么情况下会{a}？", "哪些情形{a}？", "有什么行为会被{a}？")),
    (rf"^{_SUBJECT}(?:不得|禁止|不准){_ACT}", ("{s}可以{a}吗？", "{s}能不能{a}？", "允许{s}{a}吗？")),
    (r"^(?:禁止|不得)(?P<a>[^，。；：（）\n]{3,30})", ("可以{a}吗？", "{a}合法吗？", "{a}行不行？")),
    (rf"^{_SUBJECT}可以{_ACT}", ("{s}可以{a}吗？", "{s}有没有权利{a}？")),
    (r"(?P<s>[^，。；：（）\n]{4,30})的，(?:由[^，。]{2,20})?(?:处|责令|给予|依法追究|吊销|没收)",
     ("{s}会受到什么处罚？", "{s}怎么处理？", "{s}要承担什么责任？")),
    (rf"^{_SUBJECT}(?:应当|必须)?(?:自|在)[^，。；]{{2,30}}?(?:日|个月|年|小时|工作日)(?:内|以内|前){_ACT}",
     ("{s}应当在多长时间内{a}？", "{s}{a}有时间限制吗？", "{s}多久{a}？")),
    (r"由(?P<s>[^，。；：（）\n]{2,20})(?P<a>(?:负责|主管|决定|批准|审批|管辖|组织实施)[^，。；：（）\n]{0,20})",
     ("由谁{a}？", "谁来{a}？", "{a}归哪个部门管？")),
    (rf"^{_SUBJECT}(?:应当|必须){_ACT}",
     ("{s}需要{a}吗？", "{s}应当怎么做？", "{s}{a}有什么规定？", "对{s}有什么要求？")),
    (r"^为了?(?P<a>[^，。；：\n]{4,30})，", ("为什么要制定这部规定？目的是{a}吗？", "{a}的依据是什么？")),
    (r"(?P<s>[^，。；：（）\n]{4,20})(?:的)?(?:期限|期间|时效|任期)(?:为|是|不超过|不得超过)",
     ("{s}的期限是多久？", "{s}最长多长时间？")),
)  # fmt: skip
_COMPILED = tuple((re.compile(pattern), forms) for pattern, forms in _RULES)
_LABEL = re.compile(
    r"^(?:第[零〇一二三四五六七八九十百千]+条(?:之[一二三四五六七八九十]+)?|[（(][一二三四五六七八九十]+[)）])\s*"
)


def bare(sentence: str) -> str:
    """The sentence without the number of its article or item in front and without what closes it."""
    return _LABEL.sub("", sentence.strip()).rstrip("；。;")


def questions(sentence: str) -> Iterator[str]:
    """Every question that some pattern makes of the sentence, the forms of a pattern one after another."""
    words_of = bare(sentence)
    for pattern, forms in _COMPILED:
        found = pattern.search(words_of)
        if found:
            words = {name: value.strip() for name, value in found.groupdict().items() if value}
            yield from (form.format_map(words) for form in forms)
