"""What a text says it puts out of force: 1991年4月2日…印发的《干部档案工作条例》同时废止.

Read in the last articles of a regulation and in decisions whose title says that they repeal. A rule for conflicts
(凡与本条例不一致的，按照本条例执行) repeals nothing, and neither does a title that only gives the ground (根据《…》).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.regulation_tree import Regulation
from ingest.types import Repeal

_LAST_ARTICLES = 4
_DECISION = re.compile(
    r"关于.{0,40}?(?:废止|失效).{0,60}(?:决定|通知|公告|通告|目录|清单)(?:[（(][^（）()]*[）)])?$"
)
_TITLE = re.compile(r"《((?:[^《》]|《[^《》]*》)+)》")
_MASKED = re.compile(r"《(?:[^《》]|《[^《》]*》)+》|[（(][^（）()]*[）)]")
_OTHER_FATE = re.compile(r"修改|修订|修正|施行|实施|执行|保留|适用|制定")
_ENDS = re.compile(r"(?:废止|失效|停止执行)")
_NOT_NOW = re.compile(
    r"不一致|不符|相抵触|(?:修改|修订|清理|调整)[、或和与及]+(?:者)?废止|(?:废止|失效)(?:前|后|的[^\s。，；：]|或|、|和修改)|"
    r"[不未][予得]?(?:废止|失效)|(?:废止|失效)之日|继续有效|(?:可以|应当|及时|建议|提请).{0,8}废止"
)
_GROUND = re.compile(r"(?:根据|依照|按照|依据|鉴于|为了?贯彻|以|适用|执行)[^，,；。]{0,20}$")
_DATE = re.compile(r"((?:19|20)\d{2}) ?年(?: ?(\d{1,2}) ?月(?: ?(\d{1,2}) ?日)?)?")
_SENTENCE = re.compile(r"[^。；;\n]+[。；;]?")
_LIST_ITEM = re.compile(
    r"\s*(?:[（(]?[0-9一二三四五六七八九十百]{1,4}[）)]?[、.．]?|[-*•])?\s*(?:[^《》，。；：]{0,40}?)《"
)
_OTHER_LIST = re.compile(r"修改|修订|修正|保留|有效|不予")
_LINK = re.compile(r"^(?:[（(][^（）()]*[）)])?\s*(?:[、和及与]|以及)?\s*$")


def find_repeals(text: str, regulation: Regulation | None, title: str) -> tuple[Repeal, ...]:
    """The titles that ``text`` puts out of force, each once, with the date of issue that it names with them."""
    found: list[Repeal] = []
    if _DECISION.search(title):
        found += _in_decision(text)
    elif regulation:
        for article in regulation.articles[-_LAST_ARTICLES:]:
            found += [repeal for words in _sentences(article.span.of(text)) for repeal in _in_sentence(words)]
    return tuple(dict.fromkeys(found))


def _sentences(text: str) -> Iterator[str]:
    """Sentences; a line broken inside a 《title》 is joined."""
    joined = re.sub(r"《[^《》]*》", lambda match: match.group().replace("\n", ""), text)
    return (match.group() for match in _SENTENCE.finditer(joined))


def _in_sentence(words: str) -> Iterator[Repeal]:
    """The titles that a sentence says to be out of force, clause by clause: 《甲》予以废止，《乙》予以修改."""
    masked = _MASKED.sub(lambda match: "＊" * len(match.group()), words)
    if not _ENDS.search(masked) or _NOT_NOW.search(masked):
        return
    pending: list[Repeal] = []
    for clause in re.finditer(r"[^，,]+", masked):
        titles = list(_titles(words[clause.start() : clause.end()]))
        if _ENDS.search(clause.group()):
            yield from (*pending, *titles)
            pending = []
        else:
            pending = [] if _OTHER_FATE.search(clause.group()) else [*pending, *titles]


def _titles(words: str) -> Iterator[Repeal]:
    """All titles but those that give a ground, each with its date: before it, after it in brackets, or shared."""
    end, date = 0, ""
    for match in _TITLE.finditer(words):
        before = words[end : match.start()]
        shared = end > 0 and _LINK.match(before) is not None
        end = match.end()
        if _GROUND.search(before):
            continue
        after = re.match(r"\s*[（(]([^（）()]*)[）)]", words[end:])
        stated = _latest_date(before if not shared else "") or (_latest_date(after.group(1)) if after else "")
        date = stated or (date if shared else "")
        yield Repeal(re.sub(r"\s+", "", match.group(1)), date)


def _in_decision(text: str) -> Iterator[Repeal]:
    """The titles that a decision repeals, in its sentences or in the lists below 予以废止的…：."""
    listing = False
    for line in text.split("\n"):
        words = line.strip()
        if not words:
            continue
        if listing and _LIST_ITEM.match(words):
            yield from list(_titles(words))[:1]
            continue
        other = _OTHER_LIST.search(words) is not None
        leads_in = not other and not words.endswith("。") and _ENDS.search(_TITLE.sub("", words)) is not None
        listing = leads_in or (listing and not other and not words.endswith(("：", ":")))
        yield from (repeal for sentence in _sentences(words) for repeal in _in_sentence(sentence))


def _latest_date(words: str) -> str:
    """The latest date in ``words`` as ISO, or its known part; empty where there is none."""
    dates = []
    for year, month, day in _DATE.findall(words):
        if int(month or 1) in range(1, 13) and int(day or 1) in range(1, 32):
            dates.append("-".join([year, *(f"{int(part):02d}" for part in (month, day) if part)]))
    return max(dates, default="")
