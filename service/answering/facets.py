"""The side of a matter that a question asks about (problems, reasons, results, lessons, plans), and the words by which sentences
speak to it."""

from __future__ import annotations

import re
from dataclasses import dataclass

_GAPS = (
    r"不足|短板|弱项|差距|薄弱|欠缺|缺失|难点|堵点|痛点|症结|不够|不到位|不紧|不深|不实|不强|不健全|不完善|不平衡|缺乏|缺少|滞后|"
    r"弱化|虚化|边缘化|淡化|困难|难题|顽疾|偏差|隐患|风险"
)


@dataclass(frozen=True, slots=True)
class Facet:
    """``asked`` finds the facet in a question's normal form, ``told`` in that of a sentence; ``introduction`` leads in the answer."""

    introduction: str
    asked: re.Pattern[str]
    told: re.Pattern[str]


PROBLEMS = Facet(
    "资料中指出的问题：",
    re.compile(
        r"(?:什么|哪些|哪几|啥|存在|主要|突出|有何|现实)[^,。?？]{0,8}(?:问题|不足|短板|弱项|差距|困难|难点|毛病|薄弱)(?!.{0,6}(?:解决|整改|克服|破解|处理|措施))|"
        r"(?:问题|不足|短板|差距|困难|难点|毛病)(?:是什么|有哪|在哪|出在)"
    ),
    re.compile(rf"(?:存在|突出|有的|一些|仍|还|面临|共性|个性)[^。]{{0,40}}问题|{_GAPS}"),
)
REASONS = Facet(
    "资料中说明的原因和意义：",
    re.compile(r"为什么|为啥|为何|何以|原因|凭什么要|必要性|重要性|意义|有什么(?:用|好处|作用)"),
    re.compile(
        r"因为|由于|原因|根源|源于|关键在于|才能|只有|有利于|意义|为了|旨在|重要(?:保证|保障|基础|途径|举措)|根本(?:保证|要求)|必然要求|需要|从而"
    ),
)
RESULTS = Facet(
    "资料中的成效：",
    re.compile(
        r"(?:成效|效果|成果|成绩)(?:怎么样|如何|是什么|有哪|怎样|咋样)|(?:什么|哪些|何)(?:成效|效果|成果|成绩)"
    ),
    re.compile(
        r"成效|显著|明显|实现了?|提升了?|提高了?|增长|下降|缩短|减少|增加|达到|荣获|受到|带动|[0-9]+(?:\.[0-9]+)?%?"
    ),
)
LESSONS = Facet(
    "资料中的体会和启示：",
    re.compile(
        r"(?:什么|哪些|哪几|几[点条个]|啥|有何|主要)[^,。?？]{0,6}(?:体会|启示|感悟|感受|启发|心得)|"
        r"(?:体会|启示|感悟|启发|心得)(?:是什么|有哪|有什么|有啥|有几)"
    ),
    re.compile(r"体会|启示|启发|感悟|心得|深感|深切感到|实践(?:证明|表明|告诉)|经验(?:表明|告诉)"),
)
PLANS = Facet(
    "资料中的打算和安排：",
    re.compile(
        r"(?:下一步|接下来|今后|往后|下半年|明年|来年)[^,。?？]{0,10}(?:打算|(?:计划|安排)(?!.{0,6}(?:时候|何时|哪天|几|多少|谁))|思路|设想|准备(?:怎么|干|做|抓)|重点(?:是|抓|做|干))|"
        r"(?:打算|准备)(?:怎么|怎样|如何)(?:做|干|抓|走)|(?:什么|哪些|啥)(?:新)?(?:打算|设想)"
    ),
    re.compile(r"下一步|接下来|今后|打算|设想|(?:工作|下步)(?:思路|安排|计划)"),
)
FACETS = (PROBLEMS, REASONS, RESULTS, LESSONS, PLANS)
PLACED = (LESSONS, PLANS)
"""Sides that a report speaks to in one place: under a heading that says so, or in the sentence that does."""


def facet_of(normal: str) -> Facet | None:
    """The first facet that a question, in normal form, asks about; ``None`` where it asks about none."""
    return next((facet for facet in FACETS if facet.asked.search(normal)), None)
