"""What each part of a lesson is looked for by: words for its search, and the forms of the sentences that belong to it.

All of it is about how such texts are written, nothing about what they are about.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ingest.normal import simplify
from service.lesson.types import Part
from service.types import Kind

Forms = tuple[tuple[re.Pattern[str], float], ...]


@dataclass(frozen=True, slots=True)
class Look:
    """How to look for a part.

    ``words`` go into its searches, ``forms`` are what its sentences look like with what each is worth (a sentence may have
    several; some speak against it), ``ruled`` the same for texts that bind, where those are written otherwise; ``least`` is
    what they must come to. ``natures`` is what a source of that nature is credited with, ``floor`` how relevant to the
    topic a sentence must be.
    """

    words: tuple[str, ...]
    kind: Kind
    forms: Forms
    natures: Mapping[str, float]
    ruled: Forms = ()
    least: float = 0.5
    floor: float = 0.42

    def fitness(self, text: str, *, binding: bool) -> float:
        """How much a sentence has the form of this part, at most 1."""
        plain = simplify(text)
        forms = self.ruled if binding and self.ruled else self.forms
        return min(1.0, sum(worth for form, worth in forms if form.search(plain)))


def _forms(*rows: tuple[str, float]) -> Forms:
    return tuple((re.compile(pattern), worth) for pattern, worth in rows)


_SOME = r"(?:有的|有些|一些|少数|个别|部分)"
_WHO = r"(?:地方|地区|单位|部门|机关|党组织|党支部|支部|党员|干部|领导|同志)"
_ILL = (
    r"不够|(?<!强)不强|不实|不深|不严|不紧|不高|不足|不到位|不健全|不平衡|不规范|不扎实|不重视|缺乏|缺失|欠缺|流于形式|虚化|弱化|淡化|"
    r"边缘化|脱节|打折扣|走过场|松懈|滞后|薄弱|“两张皮”|“灯下黑”|形式主义|重[^，。；、“”]{1,6}[、，]?轻[^，。；、“”]{1,6}"
)
_CURED = (
    r"(?:破解|解决|防止|克服|避免|纠正|整治|杜绝|消除|针对|治理|补齐|补上|着力|有效|查找|查摆|整改)[^，。；]{0,8}"
    r"(?:问题|难题|现象|顽疾|短板|弱项|脱节|形式|过场|两张皮|灯下黑)|问题导向|急难愁盼|问题[0-9]"
)
_ENACTED = r"(?:制定本(?:法|条例|规定|办法|准则|规则|细则)|作如下规定)"
_PUNISHED = r"处分|追究|责令|不得|处罚|警告|记过|降级|撤职|开除|罚款"

LOOKS: Mapping[Part, Look] = {
    Part.VIEW: Look(
        ("存在的问题 不足 薄弱环节 原因", "不得 禁止 违反 责任 处分"),
        Kind.HOWTO,
        _forms(
            (r"存在[^。；]{0,60}(?:问题|不足|差距|短板|薄弱|现象|偏差|困难)", 0.9),
            (r"问题(?:仍|依然|还|比较|较为)?(?:突出|严重|不少)", 0.9),
            (rf"{_SOME}{_WHO}[^。；]{{0,60}}(?:不|缺|弱|轻|松|软|差|难|虚)", 0.8),
            (_ILL, 0.6),
            (r"原因(?:在于|是|主要)|根源|究其原因|(?:因为|由于)[^。；]{0,30}(?:不|没|缺)|症结", 0.7),
            (r"主要是[^，。；]{0,14}(?:没|不)", 0.7),
            (r"短板|弱项|瓶颈|顽疾|难题|误区|(?<!急难愁盼)问题", 0.3),
            (_CURED, -0.7),
            (
                r"问题[^，。；]{0,6}整改|整改到位|(?:不能|不得|决不|绝不)[^，。；]{0,8}(?:松懈|弱化|虚化|动摇)",
                -1.0,
            ),
        ),
        {"规定": 0.0, "要求": 0.1, "做法": 0.05},
        ruled=_forms(
            (r"从轻|减轻处|减轻给|免予|免除", -0.6),
            (r"不得(?!超过|少于|低于|高于|迟于)|严禁|禁止|不准", 0.5),
            (r"下列(?:行为|情形|表现)之一的?[^奖]{0,60}(?:处|责|罚|禁|不)", 0.6),
            (
                r"拒不|失职|失责|不履行|不正确履行|给予[^，。；]{0,20}处分|警告|记过|开除|问责|追究[^，。；]{0,16}责任|责令",
                0.5,
            ),
        ),
        floor=0.34,
    ),
    Part.OPENING: Look(
        ("习近平总书记强调 近年来 数据 成效",),
        Kind.HOWTO,
        _forms(
            (r"总书记[^。；]{0,30}(?:强调|指出|要求|说|概括|比喻)", 0.8),
            (r"截至|目前|今年|去年|近年来|以来", 0.3),
            (r"[0-9][0-9.,]*(?:万|亿|余|多|%|个|名|家|件)", 0.4),
            (r"“[^”]{10,}”", 0.3),
            (r"”[^。；”]{0,24}(?:说|表示|坦言|感慨|回忆|介绍)。?$", 0.4),
            (r"[？?]", 0.3),
        ),
        {"要求": 0.1, "做法": 0.1, "规定": -0.6},
    ),
    Part.WHAT: Look(
        ("是什么 是指 概念 内容 规定 包括",),
        Kind.DEFINITION,
        _forms(
            (r"是指|指的是|所称|，即[^，。]{2}|概念|内涵|含义", 1.0),
            (r"^(?:第[^，。；]{1,8}条\s+)?[^，。；：是]{2,16}是[^。；]{4,90}。", 0.9),
            (r"包括|分为|由[^，。；]{2,24}组成|主要(?:内容|任务|职责|形式|方式|有)", 0.5),
            (r"基本(?:任务|内容|职责|条件|原则)", 0.4),
            (r"(?:任务|职责|内容|条件|标准|原则|权利|义务|情形)[^，。；]{0,6}[是为：:有]|应当具备", 0.5),
            (r"(?:印发|出台|制定|发布|修订)[^。；]{0,24}《|明确(?:要求|规定|提出)", 0.5),
            (r"应当|必须|规定|明确|实行|按照|期限|负责|有权", 0.3),
            (rf"{_ENACTED}|自[^，。；]{{0,24}}起施行|负责解释|{_PUNISHED}", -0.6),
        ),
        {"规定": 0.45, "要求": 0.1, "做法": 0.0},
        least=0.6,
    ),
    Part.WHY: Look(
        ("重要意义 为什么 必须 要求 强调", "为了 目的 指导思想 制定本条例 总则"),
        Kind.DEFINITION,
        _forms(
            (r"为了|意义|(?:必然|内在|客观)要求|(?:现实|迫切)需要|有利于", 0.7),
            (r"重要(?:举措|保证|保障|基础|途径|抓手|原则|任务|工作|组成部分|内容)", 0.7),
            (
                r"关键(?:在|是|所在|环节)|根本|生命线|基础性|首要|出发点|落脚点|只有|才能|决定[^，。；]{0,4}成败",
                0.5,
            ),
            (r"总书记[^。；]{0,30}(?:强调|指出|要求|说|阐述)|党中央|党章", 0.5),
            (r"必须|要求|坚持|应当遵循", 0.3),
            (rf"为了[^。]*{_ENACTED}|思想为指导", 0.4),
            (rf"^[^。]{{0,12}}根据[^。]*{_ENACTED}", -0.5),
            (_PUNISHED, -0.6),
        ),
        {"规定": 0.15, "要求": 0.25, "做法": 0.0},
    ),
    Part.HOW: Look(
        ("做法 措施 建立 推进 落实 经验",),
        Kind.HOWTO,
        _forms(
            (r"应当|必须|要(?!求)|定期|及时", 0.3),
            (r"建立|健全|完善|制定|印发|开展|推动|推进|推行|实施|强化|加强|落实|组织|打造|探索|创新", 0.4),
            (r"通过|围绕|聚焦|深化|设立|创建", 0.2),
            (r"每(?:年|季度|月|半年|周|届)|不少于|至少|[0-9]+(?:次|天|日|个|学时|年)|：\n?[（(]一[）)]", 0.3),
            (rf"思想为指导|负责解释|起施行|{_ENACTED}|{_PUNISHED}|遵循", -0.5),
        ),
        {"规定": 0.0, "要求": 0.0, "做法": 0.0},
        least=0.3,
        floor=0.46,
    ),
}

_AUDIENCES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(who), words)
    for who, words in (
        (r"积极分子|申请人|发展对象|预备党员", "入党 申请 入党积极分子 预备党员 党员条件 义务 权利"),
        (
            r"书记|党务|支委|支部委员|组织委员|宣传委员|纪检委员",
            "党支部 支部书记 书记 组织生活 支部委员会 第一责任人",
        ),
        (r"领导|处级|局级|司局|厅级|班子|干部", "领导干部 领导班子 责任 带头 表率 一岗双责"),
        (r"青年|团员", "青年 成长 学习 青年干部"),
        (r"党员|群众", "党员 先锋模范 义务 作用 带头"),
    )
)


def words_for(audience: str) -> tuple[str, ...]:
    """The words that what concerns an audience is known by; its own name where it is none of the usual ones."""
    if not audience.strip():
        return ()
    for who, words in _AUDIENCES:
        if who.search(audience):
            return tuple(words.split())
    return (audience.strip(),)
