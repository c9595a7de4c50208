"""Follow-ups: a question that leans on the conversation is written out so that it stands alone.

By rules (天津呢？ puts 天津 where 宁夏 was, 第二条展开说说 points at the second point of the answer), and by search: a
question without such marks gets the earlier topic only where the passages found with it are so much better that it cannot
stand alone. A false rewriting is worse than none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ingest.normal import normal_form, simplify
from ingest.numerals import chinese_number, to_chinese
from ingest.types import Span
from retriever.types import Hit
from service.answering.addresses import address_of
from service.answering.pointing import Pointer, pointer_in
from service.answering.substitution import substituted
from service.answering.topics import topic_of, without_end
from service.answering.turns import Place, Turn

_FIRST_WORDS = re.compile(
    r"^(?:那么?|那个|好的|嗯|哦|然后|还有|另外|对了|再问一下|继续问|接着问)[，,、\s]*(?=.{2})(?!些|种|里|时|次|年|天|篇|场|批)"
)
_ARTICLE = re.compile(
    r"^(?:再看|看看|请问)?第(?P<number>[0-9零〇一二两三四五六七八九十百千]+)(?P<unit>[条款])(?P<rest>.*)$"
)
_PARTICLE = re.compile(r"(?:的?话?[呢吗吧啊]|[?,])+$")
_NEXT = re.compile(r"^(?:再看|看看)?(?P<way>下|后|上|前)一?条(?P<rest>.*)$")

_MARK = re.compile(
    r"^(?:那|其中|里面|另外|反过来|反之|要是|如果|假如|万一|还有|然后|具体|[他她它]|这|该(?!不)|上述|前述|前者|后者|除此|此外)|呢(?:$|[?,])"
)
_SUPPOSES = re.compile(r"^(?:那么?)?(?:要是|如果|假如|万一|反过来|反之|他|她|它|这)")
"""So begins what goes on with the matter, in whatever words; 那 alone begins anything."""
_DEMONSTRATIVE = re.compile(
    r"^[^,?]{0,14}?(?:这(?:个|种|些|项|期间|段|钱|两|样|么|方面|里|几)|那(?:种|些|段)|它们?|他们|上述|该(?:办法|条例|规定|单位|支部|制度|工作)|其中)"
)
_LONG = 40  # longer counts as no longer
_TOO_LONG = 80  # who writes this much says what it is about
_LONGEST_BEFORE = 300
_OPEN = re.compile(
    r"^(?:能|会|要|可以|可不可以|行|最多|至少|最少|最长|最短|最迟|什么时候|什么时间|多|几|哪|怎么|为什么|由谁|谁|有没有|有什么|有哪|是不是|"
    r"算|需|得|不|没|一共|一般|分别|到|都|判|[\u4e00-\u9fff]{1,2}[了过](?!解))"
)
_ASKS = re.compile(
    r"什么|怎|咋|如何|哪|谁|几|多少|多长|多久|多大|何时|吗|是否|是不是|能不能|可不可以|行不行|算不算|有没有|[停办要给]不[停办要给]|为何|展开|详细|具体"
)
_SHORT_ELLIPSIS = re.compile(r"^[^,?]{1,10}呢\?*$")
_NAMED = re.compile(r"《|第[0-9零〇一二两三四五六七八九十百千]+条")


@dataclass(frozen=True, slots=True)
class Ground:
    """What resolving needs of the library: how well its best passage fits a text, in [0, 1], the words of a place, and whether it
    knows any of a text's words."""

    strength: Callable[[str], float]
    words: Callable[[Place], str]
    knows: Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Resolved:
    """A question written out.

    ``text`` is what is answered; ``own`` the part of it that was asked now, where the rest is only what it is about; with
    ``again`` it asks what the earlier question asked. ``pointer`` is a place whose words are asked for, ``told`` what the
    last answer has said.
    """

    text: str
    own: str = ""
    pointer: Pointer | None = None
    again: bool = False
    told: tuple[Place, ...] = ()
    changed: bool = False


def resolve(asked: str, turns: Sequence[Turn], ground: Ground) -> Resolved:
    """``asked`` after ``turns``, the earliest first; unchanged where it stands on its own."""
    if not turns:
        return Resolved(asked)
    bare = _FIRST_WORDS.sub("", simplify(asked).strip())
    last = turns[-1]
    before = simplify(last.resolved)[:_LONGEST_BEFORE]
    if text := _article(bare, before):
        return Resolved(text, changed=True)
    if pointer := pointer_in(bare, turns, ground.words):
        text = f"{pointer.name}，{pointer.wanted}" if pointer.wanted else pointer.name
        return Resolved(text, pointer=pointer, told=last.places, changed=True)
    if address_of(asked) is not None:
        return Resolved(asked)
    text, own = substituted(bare, before, ground.knows)
    if text:
        return Resolved(text, own, changed=True)
    if not leans(asked, before, ground):
        return Resolved(asked)
    if _ASKS.search(normal_form(bare)):
        return Resolved(f"{topic_of(before, bare)}，{bare}", bare, told=last.places, changed=True)
    # It does not say itself what is asked (院系的呢？): the earlier question is asked again.
    return Resolved(f"{without_end(before)}，{bare}", bare, told=last.places, again=True, changed=True)


def led_on(asked: str, turns: Sequence[Turn], ground: Ground) -> Resolved | None:
    """``asked`` with the topic of the last question that was answered, as a second try for what nothing was found for; ``None``
    where it cannot lean on that, or speaks of other things than the library does."""
    normal = normal_form(asked.strip())
    last = next((turn for turn in reversed(turns) if turn.places), None)
    if last is None or len(normal) > _TOO_LONG or _NAMED.search(normal) or not ground.knows(asked):
        return None
    bare = _FIRST_WORDS.sub("", simplify(asked).strip())
    before = simplify(last.resolved)[:_LONGEST_BEFORE]
    return Resolved(f"{topic_of(before, bare)}，{bare}", bare, told=last.places, changed=True)


def leads_on(document_id: str, span: Span, told: Sequence[Place]) -> bool:
    """Whether a place stands near one that the last answer showed: there it goes on with that, elsewhere it is chance."""
    return any(
        place.document_id == document_id and abs(place.span.start - span.start) <= _NEAR_BY for place in told
    )


_NEAR_BY = 1500
_LAST_ARTICLE = 9999


def _article(bare: str, before: str) -> str:
    """第56条 or 下一条 after an article of the same regulation; 第二款 after an article."""
    address = address_of(before)
    place = (address.runs[-1].last or address.runs[-1].first) if address else None
    if place is None or place.article < 1:
        return ""
    normal = normal_form(without_end(bare))
    name = re.split(r"第[0-9零〇一二两三四五六七八九十百千]+条", before)[0]
    if match := _NEXT.match(normal):
        number = place.article + (1 if match["way"] in "下后" else -1)
        return f"{name}第{to_chinese(number)}条" if 0 < number <= _LAST_ARTICLE else ""
    if (match := _ARTICLE.match(normal)) is None:
        return ""
    number = chinese_number(match["number"])
    if not 0 < number <= _LAST_ARTICLE:
        return ""
    if match["unit"] == "条":
        rest = _PARTICLE.sub("", match["rest"])
        return f"{name}第{to_chinese(number)}条{rest}"
    return f"{name}第{to_chinese(place.article)}条第{to_chinese(number)}款"


_TOGETHER, _ALONE, _MARKED, _REFERS, _OPENS, _LENGTH, _BIAS = 30.7, 21.9, 5.7, 3.9, 1.3, 0.175, -4.1


def leans(asked: str, before: str, ground: Ground) -> bool:
    """Whether ``asked`` leans on the question ``before``: by its form, its length and what the search finds.

    A logistic curve over these, fitted to development conversations and to pairs of development questions that have
    nothing to do with one another.
    """
    normal = normal_form(asked.strip())
    if len(normal) > _TOO_LONG or _NAMED.search(normal):
        return False
    if not _SUPPOSES.match(normal) and not ground.knows(asked):
        return False
    if _SHORT_ELLIPSIS.match(normal) and not _ASKS.search(normal):
        return True
    marked, refers = _MARK.search(normal) is not None, _DEMONSTRATIVE.search(normal) is not None
    if not (marked or refers or _ASKS.search(normal)):
        return False  # a few words to look up
    z = (
        _BIAS
        + _TOGETHER * ground.strength(f"{without_end(before)}，{asked}")
        - _ALONE * ground.strength(asked)
        + _MARKED * marked
        + _REFERS * refers
        + _OPENS * (_OPEN.match(normal) is not None)
        - _LENGTH * min(len(normal), _LONG)
    )
    return z > 0


_OWN_SHARE, _CITED = 0.5, 0.1


def blended(whole: Sequence[Hit], own: Sequence[Hit], cited: frozenset[str]) -> list[Hit]:
    """The passages of two searches, for a follow-up written out and for what was asked now alone, best first.

    Their scores and those of their sentences are averaged; documents cited in the last answer get a gentle preference.
    """
    alone = {hit.passage.id: hit for hit in own}
    least = min((hit.score for hit in own), default=0.0)
    found = []
    for hit in whole:
        other = alone.get(hit.passage.id)
        score = (1 - _OWN_SHARE) * hit.score + _OWN_SHARE * (other.score if other else least)
        similarities = hit.sentence_similarities
        if other:
            pairs = zip(similarities, other.sentence_similarities, strict=True)
            similarities = tuple((1 - _OWN_SHARE) * a + _OWN_SHARE * b for a, b in pairs)
        else:
            similarities = tuple((1 - _OWN_SHARE) * s for s in similarities)
        score += _CITED * (hit.passage.document_id in cited)
        found.append(replace(hit, score=score, sentence_similarities=similarities))
    return sorted(found, key=lambda hit: (-hit.score, hit.passage.id))
