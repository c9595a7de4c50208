"""Sentences with a cited text, made from documents by rules: such as the text carries, and such as it does not.

What a language model is asked for (to shorten, to order, to connect) is imitated by the first; what it gets wrong
(numbers, negations, foreign words, halves of two sentences) by the second.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ingest.numerals import to_chinese
from ingest.sentences import is_sentence, split_sentences

_COMMA = re.compile(r"[，；]")
_ITEM = re.compile(r"(?<=、)[\u4e00-\u9fff]{2,10}、")
_CONDITION = re.compile(
    r"^(?:除|但|如|若|经|未|因|凡|对|在|按|由|从|以|为|当|等|其|并|且|或|及|和|也|还)|(?:的|时|后|前|外)$"
)
_SMALL = re.compile(r"(?<![0-9.第])(?P<n>[1-9][0-9]?)(?=个|名|次|项|条|人|年|天|日)")
_HAN_SMALL = re.compile(
    r"(?<![一二三四五六七八九十百千万第每])(?P<n>[二三四五六七八九])(?=个|名|次|项|条|年)"
)
_LEADS = ("同时，", "其中，", "资料指出，", "此外，")
_NEGATIVE = re.compile(r"不得|没有|严禁|禁止|(?<!是否)不(?![断仅但只论管同少足忘到满懈])|未(?!来)")
_POSITIVE = re.compile(r"(?<![不无])(?P<w>应当|可以|能够|必须|得到|具有|有利于|实行|坚持|建立|开展)")
_OPPOSITES = (
    ("加强", "削弱"), ("提高", "降低"), ("增加", "减少"), ("上级", "下级"), ("批准", "否决"), ("同意", "反对"),
    ("公开", "保密"), ("以上", "以下"), ("以前", "以后"), ("优秀", "不合格"), ("集中", "分散"), ("严格", "宽松"),
    ("必须", "可以"), ("应当", "可以"), ("支持", "反对"), ("成立", "撤销"), ("正式党员", "预备党员"),
)  # fmt: skip
_UNIT = {
    "年": "个月",
    "天": "年",
    "日": "个月",
    "个月": "年",
    "人": "个",
    "名": "项",
    "次": "年",
    "项": "人",
    "%": "人",
}
_MEASURED = re.compile(
    r"(?P<n>[0-9]+|[二三四五六七八九十])(?P<u>个月|年|天|日|人|名|次|项|%)(?![度级代底初末])"
)
_WORD = re.compile(r"[\u4e00-\u9fff]{2,4}")


@dataclass(frozen=True, slots=True)
class Pair:
    """A sentence, the text that it cites, how it was made, and whether the text carries it."""

    sort: str
    supported: bool
    sentence: str
    cited: str


@dataclass(frozen=True, slots=True)
class _Place:
    """A sentence, what is cited with it, sentences from elsewhere, and the words of those."""

    sentence: str
    cited: str
    following: str
    elsewhere: Sequence[str]
    words: Sequence[str]
    chance: random.Random


def make_pairs(texts: Sequence[str], terms: Callable[[str], Sequence[str]], most: int) -> list[Pair]:
    """Pairs from documents, from at most ``most`` sentences of each; the same documents give the same pairs.

    ``terms`` gives the content words of a text.
    """
    told = [[s for span in split_sentences(text) if _fits(s := span.of(text).strip())] for text in texts]
    pairs: dict[Pair, None] = {}
    for number, sentences in enumerate(told):
        chance = random.Random(f"{number}:{len(sentences)}")
        for index in sorted(chance.sample(range(len(sentences)), min(most, len(sentences)))):
            place = _place(told, number, index, terms, chance)
            for sort, supported, make in _SORTS:
                sentence = make(place)
                if sentence and (supported or sentence not in place.cited):
                    pairs.setdefault(Pair(sort, supported, sentence, place.cited))
    return list(pairs)


def _fits(sentence: str) -> bool:
    return 18 <= len(sentence) <= 160 and "\n" not in sentence and is_sentence(sentence)


def _place(
    told: Sequence[Sequence[str]],
    number: int,
    index: int,
    terms: Callable[[str], Sequence[str]],
    chance: random.Random,
) -> _Place:
    sentences = told[number]
    following = sentences[index + 1] if index + 1 < len(sentences) else ""
    far = [s for at, s in enumerate(sentences) if abs(at - index) > 3]
    others = [s for at, document in enumerate(told) if at != number for s in document]
    elsewhere = chance.sample(far, min(2, len(far))) + chance.sample(others, min(1, len(others)))
    cited = sentences[index] + following
    words = [
        term
        for sentence in elsewhere
        for term in terms(sentence)
        if _WORD.fullmatch(term) and term not in cited
    ]
    return _Place(sentences[index], cited, following, elsewhere, words, chance)


def _clauses(sentence: str) -> list[str]:
    return [clause for clause in _COMMA.split(sentence.rstrip("。！？；")) if clause]


def _first_clauses(place: _Place) -> str:
    clauses = _clauses(place.sentence)
    kept = clauses[: max(1, len(clauses) // 2)]
    fits = len(clauses) > 1 and len("".join(kept)) > 10 and not _CONDITION.search(kept[-1])
    return f"{'，'.join(kept)}。" if fits else ""


def _without_a_clause(place: _Place) -> str:
    clauses = _clauses(place.sentence)
    middle = [i for i in range(1, len(clauses) - 1) if not _CONDITION.search(clauses[i])]
    if not middle:
        return ""
    dropped = place.chance.choice(middle)
    return "，".join(clauses[:dropped] + clauses[dropped + 1 :]) + "。"


def _without_an_item(place: _Place) -> str:
    match = _ITEM.search(place.sentence)
    if not match or len(re.findall("[“”]", place.sentence[: match.start()])) % 2:  # a quotation stays whole
        return ""
    return place.sentence[: match.start()] + place.sentence[match.end() :]


def _connected(place: _Place) -> str:
    return place.chance.choice(_LEADS) + place.sentence


def _joined(place: _Place) -> str:
    return place.sentence.rstrip("。！？；") + "；" + place.following if place.following else ""


def _other_numerals(place: _Place) -> str:
    chinese = _SMALL.sub(lambda m: to_chinese(int(m["n"])), place.sentence)
    arabic = _HAN_SMALL.sub(lambda m: str("零一二三四五六七八九".index(m["n"])), chinese)
    return arabic if arabic != place.sentence else ""


def _wide(place: _Place) -> str:
    wide = place.sentence.translate({ord("0") + i: ord("０") + i for i in range(10)} | {ord("%"): "％"})
    return wide if wide != place.sentence else ""


def _same_document(place: _Place) -> str:
    return place.elsewhere[0] if len(place.elsewhere) > 1 else ""


def _other_document(place: _Place) -> str:
    return place.elsewhere[-1] if len(place.elsewhere) > 2 else ""


def _number_changed(place: _Place) -> str:
    match = _MEASURED.search(place.sentence)
    if not match:
        return ""
    number = match["n"]
    other = str(int(number) + place.chance.randint(1, 9)) if number.isdecimal() else _other_digit(number)
    return place.sentence[: match.start("n")] + other + place.sentence[match.end("n") :]


def _other_digit(digit: str) -> str:
    digits = "二三四五六七八九十"
    return digits[(digits.index(digit) + 1) % len(digits)]


def _numbers_exchanged(place: _Place) -> str:
    found = list(_MEASURED.finditer(place.sentence))
    for first in found:
        for second in found:
            if first.start() < second.start() and first["u"] == second["u"] and first["n"] != second["n"]:
                text = place.sentence
                return (
                    text[: first.start("n")] + second["n"] + text[first.end("n") : second.start("n")]
                    + first["n"] + text[second.end("n") :]
                )  # fmt: skip
    return ""


def _unit_changed(place: _Place) -> str:
    match = _MEASURED.search(place.sentence)
    if not match:
        return ""
    return place.sentence[: match.start("u")] + _UNIT[match["u"]] + place.sentence[match.end("u") :]


def _negation_dropped(place: _Place) -> str:
    match = _NEGATIVE.search(place.sentence)
    return place.sentence[: match.start()] + place.sentence[match.end() :] if match else ""


def _negation_added(place: _Place) -> str:
    match = _POSITIVE.search(place.sentence)
    return f"{place.sentence[: match.start()]}不{place.sentence[match.start() :]}" if match else ""


def _opposite(place: _Place) -> str:
    for pair in _OPPOSITES:
        for word, other in (pair, pair[::-1]):
            if word in place.sentence:
                return place.sentence.replace(word, other, 1)
    return ""


def _word_replaced(place: _Place) -> str:
    own = [m.group() for m in re.finditer(r"[\u4e00-\u9fff]{2}(?=[，、。])", place.sentence)]
    if not own or not place.words:
        return ""
    return place.sentence.replace(place.chance.choice(own), place.chance.choice(place.words), 1)


def _foreign_clause(place: _Place) -> str:
    own, other = _clauses(place.sentence), _clauses(place.elsewhere[0]) if place.elsewhere else []
    return f"{own[0]}，{other[-1]}。" if len(own) > 1 and len(other) > 1 and len(other[-1]) > 5 else ""


def _fact_added(place: _Place) -> str:
    other = _clauses(place.elsewhere[0]) if place.elsewhere else []
    return f"{place.sentence.rstrip('。！？；')}，{other[0]}。" if other and len(other[0]) > 5 else ""


_SORTS: tuple[tuple[str, bool, Callable[[_Place], str]], ...] = (
    ("前几个分句", True, _first_clauses),
    ("去掉一个分句", True, _without_a_clause),
    ("并列项少列一个", True, _without_an_item),
    ("加连接词", True, _connected),
    ("两句相连", True, _joined),
    ("数字换写法", True, _other_numerals),
    ("全角半角", True, _wide),
    ("同一资料的另一句", False, _same_document),
    ("别的资料的一句", False, _other_document),
    ("数字改动", False, _number_changed),
    ("两个数字对调", False, _numbers_exchanged),
    ("单位改动", False, _unit_changed),
    ("去掉否定", False, _negation_dropped),
    ("加上否定", False, _negation_added),
    ("换成反义", False, _opposite),
    ("换一个词", False, _word_replaced),
    ("接上别句的分句", False, _foreign_clause),
    ("多说一个分句", False, _fact_added),
)


def sorts() -> Iterator[tuple[str, bool]]:
    """How sentences are made, and whether the text carries them."""
    for name, supported, _ in _SORTS:
        yield name, supported
