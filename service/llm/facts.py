"""Facts of a sentence that its cited text must have: quotations, quantities, names, negations and what binds.

Each check is for what words can show for certain; ``service.llm.support`` judges the rest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from ingest.normal import normal_form
from service.llm.clauses import Clause, clauses, grams, nearest, overlap, share
from service.llm.quantities import Quantity, worded

Terms = Callable[[str], Sequence[str]]
"""The content terms of a text, as the index has them."""

_QUOTED = re.compile(r"“([^“”]*)”|‘([^‘’]*)’|「([^「」]*)」|『([^『』]*)』|《([^《》]*)》|\"([^\"]*)\"")
_SPACES = re.compile(r"\s+")
_LATIN = re.compile(r"[a-z][a-z0-9_.+-]*|[0-9]+[a-z]+")
_NEUTRAL = re.compile(
    r"不得不|不能不|无不|不断|不仅|不但|不只|不光|不论|不管|无论|未来|非常|不同|不懈|是否|能否|可否|差不多|"
    r"不(?:得|应|能)?(?:少|低|小|短|多|高|大|长)于|不(?:得|应|能)?超过|不少|不足(?=[0-9一二三四五六七八九十])|[未不]满|不到(?=[0-9一二三四五六七八九十])"
)
_NEGATION = re.compile(
    r"不得|不予|禁止|严禁|防止|避免|杜绝|除外|免予|免于|取消|停止|反对|拒绝|撤销|不|未|无|没|非|勿|否|免|禁"
)
_BINDING = (
    re.compile(r"必须|应当|应该|务必|一律|(?<!无)须|应(?=[由按在及对予向以])"),
    re.compile(r"可以|允许|准许|可(?=[由按在向以])"),
    re.compile(r"只[有能限]|仅[限由能]|唯一|全部|所有|任何|一切"),
)
"""What is a duty, what is free, what is exclusive or without exception."""
_ORGANISATION = re.compile(
    r"[\u4e00-\u9fff]{2,8}?(?:党支部|党总支|党委|党组|工委|委员会|办公室|公司|学校|大学|医院|法院|检察院|[\u4e00-\u9fff][局厅署])"
)
_PERSON = re.compile(r"([\u4e00-\u9fff]{2,3})(?:同志|总书记|主席|总理|委员长|先生|女士)")
_ALIGNED = 0.5
"""A part that has less than this in common with the clause nearest to it has no clause to be compared with."""


def quotations(sentence: str, cited: str, titles: Sequence[str]) -> str:
    """What is wrong with the quoted parts, in Chinese; empty where each stands in ``cited`` or, in 《》, is a title."""
    source = _SPACES.sub("", normal_form(cited))
    known = {_SPACES.sub("", normal_form(title)).strip("《》") for title in titles}
    for match in _QUOTED.finditer(sentence):
        words = _SPACES.sub("", normal_form(next(group for group in match.groups() if group is not None)))
        if words and words not in source and not (match[5] is not None and words in known):
            return f"引号里的“{words}”与引文不同"
    return ""


def numbers(sentence: str, cited: str) -> str:
    """What is wrong with numbers, dates and regions; empty where each is what the place nearest to it in ``cited`` says."""
    sources = clauses(cited)
    for own in clauses(sentence):
        for quantity in own.quantities:
            if not _is_said(quantity, own, sources):
                return f"“{own.text[quantity.start : quantity.end]}”与引文不同"
        if sources and _exchanged(own, nearest(own, sources)):
            return f"“{own.text}”里数字的次序与引文不同"
    return ""


def _exchanged(own: Clause, near: Sequence[Clause]) -> bool:
    """Whether quantities of a sort that a clause near to ``own`` has stand in another order there (30 men, 20 women)."""
    for source in near:
        said = [quantity.key for quantity in source.quantities]
        here = [quantity.key for quantity in own.quantities if quantity.key in said]
        for sort in {sort for sort, _ in here}:
            rest = iter(key for key in said if key[0] == sort)
            if not all(key in rest for key in here if key[0] == sort):
                return True
    return False


def _is_said(quantity: Quantity, own: Clause, sources: Sequence[Clause]) -> bool:
    """Whether the clause nearest to ``own``, of those that have a quantity of the sort, has this one."""
    rivals = [source for source in sources if any(q.sort == quantity.sort for q in source.quantities)]
    if not any(quantity.key == q.key for source in rivals for q in source.quantities):
        return False
    near = nearest(own, rivals) or rivals
    if any(quantity.key == q.key for source in near for q in source.quantities):
        return True
    # A region is said once and holds for the clauses that follow, up to the next one.
    return quantity.sort == "地" and _region_at(own, sources) == quantity.value


def _region_at(own: Clause, sources: Sequence[Clause]) -> str:
    """The region that the clause nearest to ``own`` is about: the last one named up to there."""
    scored = [overlap(own, source) for source in sources]
    at = scored.index(max(scored))
    named = [q.value for source in sources[: at + 1] for q in source.quantities if q.sort == "地"]
    return named[-1] if named else ""


def names(
    sentence: str, cited: str, titles: Sequence[str], terms: Terms, known: Callable[[str], bool]
) -> str:
    """What is wrong with names; empty where all persons, bodies, Latin words and rare words stand in the cited text.

    ``known`` says of a term whether the library has it: a word that nobody uses is likely a name.
    """
    source = _SPACES.sub("", normal_form("\n".join((cited, *titles))))
    normal = _SPACES.sub("", worded(normal_form(sentence)))
    for pattern, group in ((_LATIN, 0), (_PERSON, 1)):
        for match in pattern.finditer(normal):
            if match[group] not in source:
                return f"“{match[group]}”不在引文里"
    for match in _ORGANISATION.finditer(normal):
        if strange := next((t for t in terms(match.group()) if len(t) > 1 and t not in source), ""):
            return f"“{strange}”不在引文里"
    if strange := next(
        (t for t in terms(normal) if len(t) > 1 and t[0] != "第" and t not in source and not known(t)), ""
    ):
        return f"“{strange}”不在引文里"
    return ""


def negations(sentence: str, cited: str) -> str:
    """What is wrong with negations; empty where each part negates as often as the part of ``cited`` that it goes by."""
    sources = [(part, clause) for clause in clauses(cited) for part in _parts(clause.text)]
    for clause in clauses(sentence):
        for part in _parts(clause.text):
            if not _negates_alike(part, clause, sources):
                return f"“{part}”的否定与引文不同"
    return ""


def _parts(text: str) -> list[str]:
    return [part for part in text.split("、") if part]


def _negates_alike(part: str, clause: Clause, sources: Sequence[tuple[str, Clause]]) -> bool:
    """Whether the part of a source that has most of ``part``, and most of what stands around it, negates as often."""
    own = grams(_without_negation(part))
    near = [
        (share(own, grams(_without_negation(words))), overlap(clause, around), _negations(words))
        for words, around in sources
    ]
    best = max(((common, around) for common, around, _ in near), default=(0.0, 0.0))
    if best[0] < _ALIGNED:
        return not _negations(part)
    return any(count == _negations(part) for common, around, count in near if (common, around) == best)


def _negations(text: str) -> int:
    return len(_NEGATION.findall(_NEUTRAL.sub(" ", text)))


def _without_negation(text: str) -> str:
    return _NEGATION.sub("", _NEUTRAL.sub("", text))


def bindings(sentence: str, cited: str) -> str:
    """What is wrong with how strongly it binds; empty where 必须, 可以, 只能 and the like are said by the source too."""
    sources = clauses(cited)
    for own in clauses(sentence):
        said = {near.sentence for near in nearest(own, sources)}
        around = " ".join(source.text for source in sources if source.sentence in said)
        for pattern in _BINDING:
            if (match := pattern.search(own.text)) and not pattern.search(around):
                return f"“{match.group()}”是引文没有的"
    return ""
