"""The side of a matter that a question asks about (problems, reasons, results), and the words by which sentences speak to it."""

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
FACETS = (PROBLEMS, REASONS, RESULTS)


def facet_of(normal: str) -> Facet | None:
    """The first facet that a question, in normal form, asks about; ``None`` where it asks about none."""
    return next((facet for facet in FACETS if facet.asked.search(normal)), None)
