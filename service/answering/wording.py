"""What words a text has, in the forms that questions ask for: terms, numbers of a thing, things set side by side."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from ingest.normal import normal_form
from ingest.types import Span
from retriever.numerals import canonical_terms

_ITEM = re.compile(
    r"\s*(?:[（(][一二三四五六七八九十]{1,3}[）)]|[0-9０-９]{1,2}[.．、)）]|[①-⑳]|[一二三四五六七八九]是)"
)
_SENTENCE_END = r"[。！？!?\n]"
_LAST_JOINED = "以及|[和及与]"
_LONGEST_LIST = 2000
_LEAST_LISTED = 3
DIFFERENCE = r"(?:什么|何|哪些|啥|多大)(?:不同|不一样|区别|差别|差异|异同)"
"""A pattern of the words that ask how things differ."""
_NAMED_BY_NUMBER = re.compile(r"[“‘「『][一二两三四五六七八九十]+[个大项种][^“”‘’「」『』]{1,6}[”’」』]")
"""“三个代表” is a name, not a number of 代表."""
_GOES_ON = r"建设|创建|工作|书记|论坛|经验|代表|班子"
"""After a noun, what makes another thing of it: 11期党支部建设论坛 counts no 党支部."""

_DEFINED = re.compile(
    r"(?:第[^\s]{1,8}条(?:之[一二三四五])?\s*|\([一二三四五六七八九十]+\)\s*)?(?:[本该这][\u4e00-\u9fff]{1,4}所称|所谓|各级)?"
    r"(?P<what>[^,。;:]{2,20}?),?(?:就?(?<!求)是(?:指(?![导定派挥]))?|指的是|(?<=,)指(?![导定派挥标]))(?!否|不是)"
)
"""“X 是…”, “本条例所称 X，是指…” at the beginning of a sentence."""
_MEANING = "的?(?:意思|含义|内涵|定义|概念|性质|定位)"
_WHAT_IS = "(?:(?<!为)什么是|什么叫|何谓|何为|所谓的?|给|对)"
_IS_WHAT = (  # after X; _WHAT_IS stands before it
    "(?:这个词|这个说法|这一?个?概念)?(?:到底|究竟|具体)?(?:是个?什么(?:的|意思|概念|东西|组织|机关|机构|制度|活动|性质|角色)?[呢啊呀]?$|"
    f"是个?[干做]什么|是?指(?:的是)?什么|什么意思|{_MEANING}|是?(?:怎么|怎样|如何)(?:下定义|被?定义|定位|界定|解释|理解))"
)
_COMPLAINT = re.compile(  # 仍存在…问题; 这种情况一定要改变; …不突出
    "(?:仍|还|依然)(?:然)?(?:存在|有(?![效力序机关利所])).{0,60}(?:问题|差距|不足|短板)(?!的)|"
    '(?:情况|现象|局面).{0,6}(?:要|必须|应当)(?:改变|扭转|纠正)|不(?:够|突出|到位|明显)[”"。]'
)
_MEASURE = re.compile("(?<!不)(?:建立|健全|完善|制定|印发|推行|实行|实施|开展|强化|采取|通过|坚持)")


@lru_cache(maxsize=20_000)
def bare(text: str) -> str:
    """The normal form without punctuation and spaces (the points inside numbers stay)."""
    return re.sub(r"(?:[^\w.%]|_|(?<![0-9])\.|\.(?![0-9]))+", "", normal_form(text))


def occurs(term: str, text: str) -> bool:
    """Whether an index term stands in ``text``: numbers and Latin words whole, ordinals however they are written."""
    if term.isascii():
        return re.search(rf"(?<![0-9a-z]){re.escape(term)}(?![0-9a-z])", bare(text)) is not None
    return term in bare(text) or (term[0] == "第" and term in _canonical(text))


@lru_cache(maxsize=20_000)
def _canonical(text: str) -> frozenset[str]:
    return frozenset(term for _, _, term in canonical_terms(normal_form(text)))


def counts(text: str, noun: str) -> bool:
    """Whether a text gives a number of ``noun``: right before it or right after, in one clause."""
    if not noun:
        return False
    word = re.escape(noun)
    number = r"[0-9一二三四五六七八九十百千万亿][0-9.,万亿百千多余]*[个名次件条项场期人家份位级%]{0,2}"
    near = re.compile(rf"{number}{word}(?!{_GOES_ON})|{word}(?!{_GOES_ON}).{{0,6}}?{number}")
    clauses = re.split(r"[，,；;。！？!?\n]", _NAMED_BY_NUMBER.sub("", text))
    return any(near.search(bare(clause)) for clause in clauses)


def enumerates(text: str, members: int, thing: str) -> bool:
    """Whether a text sets ``members`` items side by side that each bear the first word of ``thing``.

    Where ``thing`` is empty, any items do, but then only such as 、 or ； sets apart.
    """
    if thing:
        return names_each(text, members, thing[0])
    sentences = re.split(_SENTENCE_END, normal_form(text))
    clauses = [clause for part in sentences for clause in re.split(r"[,:]", part)]
    return any(_set_apart(run) >= members for run in clauses) or any(
        len(part.split(";")) >= members for part in sentences
    )


def names_each(text: str, members: int, word: str) -> bool:
    """Whether one sentence sets ``members`` items side by side that each bear ``word``: 甲工程、乙工程."""
    sentences = re.split(_SENTENCE_END, normal_form(text))
    return any(sum(word in item for item in re.split(r"[、,;]", part)) >= members for part in sentences)


def defines(text: str, question: str) -> bool:
    """Whether a sentence says what that is whose meaning ``question`` asks for: 党的纪律是…, of 党的纪律 定义."""
    clauses = [bare(clause) for clause in re.split(r"[,。;?!\n]", normal_form(question))]
    for sentence in re.split(_SENTENCE_END, normal_form(text)):
        defined = _DEFINED.match(sentence)
        if not defined or not (what := re.escape(bare(defined["what"]))):
            continue
        asked = f"{_WHAT_IS}{what}(?:{_MEANING}|下定义|[呢啊呀]?$)|{what}{_IS_WHAT}"
        if any(re.search(asked, clause) for clause in clauses):
            return True
    return False


def complains(text: str) -> bool:
    """Whether a text says that a thing is amiss, and nothing of what to do about it."""
    plain = normal_form(text)
    return _COMPLAINT.search(plain) is not None and not _MEASURE.search(plain)


def _set_apart(clause: str) -> int:
    """How many items 、 and ； set apart; 和 before the last counts as well: 甲、乙和丙."""
    items = re.split(r"[、；;\n]", clause)
    return len(items) + (len(items) > 1 and re.search(_LAST_JOINED, items[-1]) is not None)


def lists(text: str, nouns: Sequence[str]) -> bool:
    """Whether a text says of one of ``nouns`` what there is of it: 处分分为：警告、记过、开除."""
    if not nouns:
        return False
    of_it = rf"(?:{'|'.join(map(re.escape, nouns))})(?:的?(?:种类|类型|类别|方式|形式|内容|范围|条件|原则|对象|程序|来源|构成|结果|等次|等级))?"
    lead = re.compile(
        rf"(?:^|[。\n])(?:第[^\s]{{1,8}}条(?:之[一二三四五])?\s*)?(?:[^,。:]{{0,8}}[的对]|[^,。:]{{0,16}}(?:下列|以下|如下)|[\u4e00-\u9fff]{{0,4}})?{of_it}(?:共?分为|共?分成|包括|包含|有|是|为|[:：]|如下|主要|指|下列|应当(?=具备|包括|符合|是|有|履行|遵守|遵循|载明|坚持)|具备|符合|履行|遵守|遵循|载明|坚持){{1,3}}[:：]?(?P<rest>[^。]*)"
    )
    return any(_set_apart(match["rest"]) >= _LEAST_LISTED for match in lead.finditer(normal_form(text)))


def list_span(text: str, lead: Span) -> Span | None:
    """From ``lead``, a sentence ending in a colon, to the end of the last of the items on the lines that follow it.

    ``None`` where it ends otherwise or fewer than two items follow.
    """
    if not text[lead.start : lead.end].rstrip().endswith(("：", ":")):
        return None
    end, items, position = lead.end, 0, lead.end
    while position < len(text) and _ITEM.match(text, position) and position - lead.start < _LONGEST_LIST:
        stop = text.find("\n", position + 1)
        end = stop if stop >= 0 else len(text)
        items += 1
        position = end + 1
        while position < len(text) and text[position] == "\n":
            position += 1
    return Span(lead.start, end) if items >= 2 else None


def list_items(text: str) -> int:
    """How many lines of ``text`` are items of a list."""
    return sum(_ITEM.match(line) is not None for line in text.split("\n"))
