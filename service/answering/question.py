"""What a question asks for: its kind, the words that must be answered, and a number of members where it names one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from ingest.normal import normal_form
from ingest.types import Span
from retriever.analyzer import Analyzer
from retriever.numerals import chinese_number
from service.answering.addresses import Address, address_of
from service.answering.demands import NUMERIC, REGION, asks_number, measure_of, names_of
from service.answering.facets import Facet, facet_of
from service.answering.wording import DIFFERENCE
from service.types import Kind

_COUNTED = re.compile(
    r"(?<![第0-9十百])(十[一二三四五六七八九]|[二两三四五六七八九十]|[2-9]|1[0-9])(?!川|亚|明|峡|门峡|安市|江市|台[山河]|寨沟|平市|堰)(?:大|个|项|条|种|类|方面|点|步|场|期|批)?+[“‘]?+"
    r"(?!分别|都|各|是|有|在|怎|如何|排|安排)(?P<thing>[\u4e00-\u9fff]{1,2})"
)
_UNCOUNTED = re.compile(r"[月年日号期级次人名版届局司处庭十百千]|分之|中全")
_SOME_THINGS = re.compile(
    r"(?<![好这那十前后近头])(?:哪?几(?:个|大|项|类|条|步)|哪些)(?:主要|具体|重点)?(?P<thing>[\u4e00-\u9fff]{2})"
)
_ANY_THING = re.compile(r"方面|部分|块|点|招|环节|阶段|步|件|样|头|手|句|拨|处|[个项条种类大]$")
_CONTENTS = re.compile(rf"内容|要[点素]|具体|{_ANY_THING.pattern}")
"""What is asked for of things that are counted: 六大行动有哪些内容 asks for six."""
_KINDS: tuple[tuple[Kind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        (
            Kind.COMPARE,
            rf"有{DIFFERENCE}|(?:区别|不同点?|差异|异同)(?:是什么|在哪|有哪)|差在哪|"
            r"比较(?=一下|下|两|这|它|他|她|起来|[,，。?？]|$)|对比|相比|比一比|比比看",
        ),
        (
            Kind.SUMMARY,
            r"(?:讲|说|写|谈)了(?:什么|啥|哪些|些什么)|主要内容|主要讲|概括|归纳|概述|简述|(?:梳理|总结)(?:一下|下|出)|大意|要点是|"
            r"(?:篇|讲话|综述|文章|报道|全文).*(?:哪几|几个方面|几块|几部分|大体|大致)",
        ),
        (Kind.TIMELINE, r"历程|时间线|沿革|先后|历次|演变|怎么一步步"),
        (
            Kind.FACT,
            NUMERIC.pattern
            + r"|是谁|由谁|谁(?:来|负责|主持|提出)?|在哪(?:里|儿|个)|哪个(?:部门|单位|地方|省|会议)|多大|多久|多长",
        ),
        (
            Kind.CASE,
            r"案例|例子|实例|典型|(?<![在到从往向给])哪些(?:单位|地方|部门|支部|党支部|省|机关|地区)|哪家|有没有.*(?:支部|单位|地方)|经验做法|创新做法",
        ),
        (
            Kind.LIST,
            r"从哪(?:里|儿)?来|由(?:什么|哪些)(?:构成|组成)|分别(?:是|为|指|有|叫|称)|哪[二两三四五六七八九十]|(?:分|分为|分成|有|共|包括)几(?:种|类|档|等|级|大类|个(?:方面|阶段|步骤|部分|环节|层次|等级|档次))|几个(?:阶段|步骤|环节|层次|等级|档次)|有哪(?:些|几)|哪(?:些|几)(?:个|项|种|条|方面|大)?|包括(?:什么|哪)|包含|列出|列举|都(?:叫|是|有|包括)(?:什么|啥)|是什么内容|具体内容",
        ),
        (
            Kind.DEFINITION,
            r"(?:怎么|怎样|如何)(?:给|对)[^,?]{0,16}?(?:定位|界定|定义)|[是被](?:怎么|怎样|如何)(?:定位|界定|定义)的?|下(?:个|的)?定义",
        ),
        (
            Kind.HOWTO,
            r"如何|怎么|怎样|怎么办|咋|办法|措施|举措|做法|路径|抓手|方法|应当?做|(?:流程|程序|手续|步骤)(?:都?是|有|要)?(?:什么|啥|怎)",
        ),
        (Kind.FACT, r"(?:吗|行不行)[?]?$|可不可以|能不能|算不算|是不是|会不会|要不要|该不该|能否|是否"),
        (Kind.DEFINITION, r"什么(?:是|叫|意思)|是什么|含义|内涵|何谓|是指|指的是|指什么|定义|何为"),
    )
)
_QUANTITY = re.compile(
    r"(?:多少|(?<!哪)几)(?:个|名|次|件|条|项|场|期|家|份|位)?(?P<noun>[\u4e00-\u9fff0-9a-z]{0,12})"
)
_DURATION = re.compile(
    r"(?P<noun>[\u4e00-\u9fff]{2,10}?)(?:一般|最长|最短|至少|最多|不超过|应当?|要|是|为|有)*(?:多长|多久|几年|几个月|几天|多少[年天月])(?:时间)?$"
)
_TOTAL = re.compile(
    r"(?P<noun>[\u4e00-\u9fff]{2,8}?)(?:到底|究竟|一共|总共|累计|总计|现在|目前|共)+[\u4e00-\u9fff]{0,4}?(?:多少|几)[个家名次]?$"
)
_RULE = re.compile(
    r"规定|依据(?:是|有)|(?:什么|哪些|何|政策|制度|法规)依据|(?:能不能|能否|可不可以)(?!告诉|介绍|说|讲|帮|给|列|举|解释|请|问)|可以吗|是否(?:允许|可以|应当?|必须|需要|合规|违规|违反)|"
    r"允不允许|允许.{0,12}吗|(?:必须|应当|合规|违规|违纪|违反).{0,16}吗"
)
_PRACTICE = re.compile(
    r"(?:怎么|怎样|如何)(?:做|抓|干)的|(?:怎么|怎样|如何)(?:抓|开展|推进|推动|落实|解决|破解|实现|帮|创建|建设|打造|发挥|听取|带动|组织|边)[^,?]{0,16}的[?]?$|(?:哪些|什么|好|典型|先进|具体|成功|可借鉴)的?(?:做法|案例|经验|例子|实例)|"
    r"(?:做法|经验|案例)(?:有哪些|是什么|有什么)|介绍.{0,12}(?:做法|经验|案例)"
)
_CARRIED, _TOLD = 0.5, 0.15  # chosen on the development conversations
_WHICH = re.compile(
    r"从哪(?:里|儿)?来|由什么(?:构成|组成)|哪(?:几|些|[二两三四五六七八九十])|几(?:种|类|档|等|级|大类|个(?:方面|阶段|步骤|部分|环节|层次|等级|档次))"
)
_LEADS_TO_WHICH = re.compile(
    r"(?:一?共|总共|分别|(?<![处部成职])分|分为|分成|划分为|归成|归为|包括|包含|具体|主要|一般|可以|从轻到重|从低到高|应当?|又|都|有|是|的|由|按|可)+$"
)
_WHAT_FOLLOWS = re.compile(
    r"(?:个|种|项|条|大|类)?(?:基本|主要|具体|重要|重点|法定)?(?P<noun>(?!方面|方式|办法|地方|部分|单位|人)(?!.*[应可不能得要会做需是在])[\u4e00-\u9fff]{2,6})[?？。]?$"
)
_HEAD = re.compile(r"[\u4e00-\u9fff]{2,}$")
_SHORT_LIST = re.compile(r"(?:是|指)(?:什么|哪些)[?？]?$")


@dataclass(frozen=True, slots=True)
class Background:
    """What a follow-up leans on: ``own`` is what was asked now, ``terms`` those that only the conversation gave, ``told``
    the (document id, span) that the last answer showed."""

    own: str = ""
    terms: frozenset[str] = frozenset()
    told: frozenset[tuple[str, Span]] = frozenset()

    def weight(self, term: str) -> float:
        """How much a term counts: one that was only carried on says less of what is asked now."""
        return _CARRIED if term in self.terms else 1.0

    def cost(self, document_id: str, span: Span) -> float:
        """What it costs words to have been part of the answer before."""
        return _TOLD * any(document_id == cited and span.overlaps(told) for cited, told in self.told)


@dataclass(frozen=True, slots=True)
class Question:
    """A question taken apart.

    ``terms`` are the content terms in the index's form, ``phrases`` exact strings. ``members`` is how many things are
    asked for, and ``thing`` what they are (六大行动 → 6, 行动; 几个阶段 → 0, 阶段), empty for 六个方面 and its kind; 0 where no number is said. ``named`` holds regions,
    years and numbered units (第一党支部): an answer has to be about them. ``counted`` is the noun after 多少 and 几个, in normal form without
    punctuation, or empty; ``numeric`` says that the answer has to hold a number or a date, and
    ``measure`` is the unit of time, money or persons that the number has to have, or empty.
    ``address`` are the 章, 条, 款 or 项 asked for. ``wants`` is the nature of text asked for (``ingest.authority.NATURES``): 规定 where
    the rule is, 做法 where practice is, else empty. ``facet`` is the side of the matter asked about, if one is. ``listed``
    are the readings, longest first, of the noun whose kinds or parts are asked for (处分有哪几种). ``mended`` are the slips of the
    keyboard that ``text`` is without: what was written, and what is meant; behind "" all as the words that ask are read.
    """

    text: str
    kind: Kind
    terms: tuple[str, ...]
    phrases: tuple[str, ...]
    members: int = 0
    thing: str = ""
    named: tuple[str, ...] = ()
    counted: str = ""
    numeric: bool = False
    measure: str = ""
    address: Address | None = None
    wants: str = ""
    facet: Facet | None = None
    listed: tuple[str, ...] = ()
    background: Background = Background()
    mended: tuple[tuple[str, str], ...] = ()


def understand(text: str, analyzer: Analyzer) -> Question:
    """Take a question apart. ``text`` is shown as it is; everything else works on its normal form."""
    normal = normal_form(text)
    members, thing = _members(normal)
    address = address_of(text)
    return Question(
        text,
        Kind.ARTICLE if address else _kind(normal, members, thing),
        tuple(analyzer.query_terms(text)),
        tuple(analyzer.phrases(text)),
        members,
        thing,
        names_of(normal),
        _counted(normal),
        asks_number(normal),
        measure_of(normal),
        address,
        _wants(normal),
        facet_of(normal),
        _listed(normal),
    )


def leaning(
    whole: Question, own: Question, told: Iterable[tuple[str, Span]], *, again: bool = False
) -> Question:
    """``whole``, a follow-up written out, asking in the way of ``own``, the part that was asked now (``again``: as before).

    Regions are carried on unless another is named; years and numbered units are not: a follow-up may be about others.
    """
    regions = [name for name in whole.named if REGION.fullmatch(name)]
    named = own.named if any(REGION.fullmatch(name) for name in own.named) else (*regions, *own.named)
    terms = frozenset(whole.terms) - frozenset(own.terms)
    return replace(
        whole if again else own,
        text=whole.text,
        terms=whole.terms,
        phrases=whole.phrases,
        named=tuple(dict.fromkeys(named)),
        address=None,
        background=Background(own.text, terms, frozenset(told)),
        mended=whole.mended,
    )


def _kind(normal: str, members: int, thing: str) -> Kind:
    counted = members > 1 and not thing  # 四句话, not 四强党支部
    otherwise = Kind.LIST if facet_of(normal) or counted else Kind.HOWTO
    found = next((kind for kind, pattern in _KINDS if pattern.search(normal)), otherwise)
    if found is Kind.DEFINITION and members and _SHORT_LIST.search(normal):
        return Kind.LIST
    return found


def _wants(normal: str) -> str:
    """The nature of text that a question asks for; empty where it asks for none or for both."""
    rule, practice = _RULE.search(normal) is not None, _PRACTICE.search(normal) is not None
    if rule:
        # 是怎么规定的 looks like 是怎么做的, but is answered by the rule alone.
        return "" if practice and re.search(r"做法|案例|经验|例子|实例", normal) else "规定"
    return "做法" if practice and "要求" not in normal else ""


def _members(normal: str) -> tuple[int, str]:
    """The number of things asked for and what they are called: the counted noun after 哪, else the first one. Of some things
    (分几个阶段) the number is 0, also where others are counted (“四强”有哪些要求)."""
    found = [match for match in _COUNTED.finditer(normal) if not _UNCOUNTED.match(match["thing"])]
    some = _SOME_THINGS.search(normal)
    other = some if some and not _CONTENTS.match(some["thing"]) else None
    if not found or (other and all(match["thing"][0] != other["thing"][0] for match in found)):
        return 0, some["thing"] if some else ""
    match = next((match for match in found if normal[: match.start()].endswith("哪")), found[0])
    number = chinese_number(match.group(1))
    named = [one["thing"] for one in (match, *found) if chinese_number(one.group(1)) == number]
    thing = next((name for name in named if not _ANY_THING.match(name)), "")  # 六大行动是哪六个
    return number, thing


def _listed(normal: str) -> tuple[str, ...]:
    """The last characters, four, three and two, of the noun whose kinds or members are asked for: what stands before 有哪些, 分为几种
    and their kind, or after them (公务员有哪些权利)."""
    match = _WHICH.search(normal)
    after = _WHAT_FOLLOWS.match(normal, match.end()) if match else None
    lead = _LEADS_TO_WHICH.sub("", normal[: match.start()]) if match else ""
    noun = _HEAD.search(after["noun"] if after else lead)
    return tuple(noun.group()[-size:] for size in (4, 3, 2) if len(noun.group()) >= size) if noun else ()


def _counted(normal: str) -> str:
    """The noun after 多少 and 几个, or the one before 多长, 几年 (预备期多长) and 一共有多少个."""
    asking = [clause for clause in re.split(r"[，,。？?！!；;]", normal) if re.search(r"多|几", clause)]
    plain = re.sub(r"[^\w]+", "", asking[0]) if asking else ""
    if match := _DURATION.search(plain) or _TOTAL.search(plain):
        return match["noun"].rsplit("的", 1)[-1]
    match = _QUANTITY.search(plain)
    return re.sub(r"[了吗呢吧啊呀的]+$", "", match["noun"]) if match else ""
