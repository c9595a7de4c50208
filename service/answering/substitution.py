"""天津呢？ after 宁夏怎么抓机关党建督查？: what is named takes the place of the thing of its own sort."""

from __future__ import annotations

import re
from collections.abc import Callable

from service.answering.demands import REGION
from service.answering.topics import without_end

_DID = r"是?(?:怎么|怎样|咋)(?:弄|做|搞|办|干|抓|规定|说|处理|开展|样)?的?"
_FORM = re.compile(
    r"^(?P<lead>那么?|换成|换作|改成|至于)?(?P<thing>[^，,？?。！!；;\s]{1,16}?)(?:那边|那里|方面|的话|(?P<of>[里级]的?|的))?"
    rf"(?P<tail>呢|又?如何|{_DID})?(?:[，,](?P<rest>[^？?。]{{2,}}))?[？?。！!]*$"
)
_NO_THING = re.compile(
    r"什么|怎|咋|哪|谁|多少|几|[的了也都再还又不没]|可以|能够?|应当|是否|吗|这|它|其|上述|里面|^[另反要]|^(?:他|她|会|要|该|后者|前者|最后|第)"
)
_SUBJECT = re.compile(
    r"^[^，,？?“”《》]{2,14}?(?="
    r"是|(?<![国所拥])有|(?<!主)要(?![求点])|应|可以|(?<![功职才])能(?!力)|(?<![员大工协])会|由|怎|如何|最|多|几|哪|每|[一二三四五]届|"
    r"什么|一般|被|需|在|对|不|分(?=[几为哪成别])|叫|包括|指(?![标导示])|得|必须)"
)
_LEVEL = re.compile(r"省|市|县|区|乡镇?|镇|村")
_LEVELS = re.compile(rf"(?:{_LEVEL.pattern})(?=委(?!员会)|级|里|直|纪委|人大|政府)")
_WHOSE = re.compile(
    r".{2}(?:党委|党组|支部|总支|工委|纪委|机关|单位|部门|党员|干部|人员|职工|委员|组织|工会)$"
)
_YEAR = re.compile(r"(?:19|20)[0-9]{2}年?")
_ENDING = 2
_LONGEST_NAME = 14


def substituted(asked: str, before: str, knows: Callable[[str], bool]) -> tuple[str, str]:
    """``before`` with what ``asked`` names in the place of its like, and what is asked of it besides (那新疆呢，多少人？).

    Both are empty where ``asked`` is no such question, or there is nothing of its sort. ``knows`` tells whether any of a text's
    words occurs in the library: of what it does not know (那火锅呢) nothing was asked before.
    """
    match = _FORM.match(asked)
    if match is None or not (match["tail"] or match["lead"] in ("换成", "换作", "改成")):
        return "", ""
    thing = match["thing"]
    plain = REGION.fullmatch(thing.rstrip("省市")) or _YEAR.fullmatch(thing)
    if _NO_THING.search(thing) or thing in before:
        return "", ""
    if not plain and match["tail"] not in ("呢", None) and not match["lead"]:
        return "", ""
    text = _of_a_level(thing, before)
    if not text and (plain or knows(thing)):
        text = _replaced(thing, before, of=bool(match["of"]))
    if not text or not match["rest"]:
        return text, ""
    own = f"{thing}，{match['rest']}"
    return f"{without_end(text)}，{match['rest']}？", own


def _of_a_level(thing: str, before: str) -> str:
    """县里的呢？ after 市委…: ``before`` with another level of government, where it names one."""
    found = list(_LEVELS.finditer(before)) if _LEVEL.fullmatch(thing) else []
    return before[: found[0].start()] + thing + before[found[0].end() :] if len(found) == 1 else ""


def _replaced(thing: str, before: str, *, of: bool = False) -> str:
    """``before`` with ``thing`` for its like: region, year, a name with the same ending, else the subject, or what the subject is
    one ``of`` (院系的呢？ after 高校党委…).
    """
    for pattern in (REGION, _YEAR):
        if pattern.fullmatch(thing.rstrip("省市") if pattern is REGION else thing):
            if len(found := list(pattern.finditer(before))) != 1:
                return ""
            new = (
                thing
                if pattern is REGION or thing.endswith("年") == found[0].group().endswith("年")
                else f"{thing}年"
            )
            return before[: found[0].start()] + new + before[found[0].end() :]
    subject = _SUBJECT.match(before)
    if subject is None or len(thing) > _LONGEST_NAME:
        return ""
    head = subject.group()
    at = head.rfind(thing[-_ENDING:])
    end = at + _ENDING if at > 0 else len(head)
    if of and at <= 0:
        if not _WHOSE.search(head):
            return ""
        end -= _ENDING
    return thing + before[end:]
