"""Whose doing a sentence tells of: the unit or region that is its subject (民政部社会救助司党支部, 江苏), by name."""

from __future__ import annotations

import re

from ingest.normal import normal_form
from service.answering.demands import REGION

_BODIES = (
    r"党支部|党总支|党委(?!会)|党组(?!织)|工委|工作委员会|委员会|联合会|研究室|研究院|研究所|法院|检察院|法庭|总署|总局|银行|"
    r"集团|公司|医院|学校|大学(?!生)|学院|中心(?!工作|任务)|办公厅|协会|街道|社区"
)
_OFFICES = (
    r"(?<![干内全城大])部(?![门分署队级委位件长下])|署(?!名)|局(?![面势限部长])|厅(?![局长])|委(?![员托派任])"
)
_ENDS = re.compile(rf"(?P<body>{_BODIES})|(?:{_OFFICES})")
_WHEN = re.compile(r"^(?:[今去前]年|近年来?|目前|如今|此前|日前|当前)(?:以来)?")
_NAME = re.compile(r"^[\u4e00-\u9fff、（）()]{3,36}")
_CLAUSE = re.compile(r"[，。；：！？…\n]+|——")
_NATIONAL = re.compile(rf"^(?:国家|国务院|中央|中共|全国|中国|最高人民|{REGION.pattern})")
_VERBAL = re.compile(
    r"明确|制定|推行|要求|印发|建立|开展|实施|坚持|推动|推进|落实|加强|强化|通过|围绕|聚焦|打造|设立|指导|引导|带领|着力|抓好|依托|"
    r"深化|完善|健全|构建|探索|创新|按照|根据|认真|注重|充分|积极|启动|执行|部署|召开|选举|承担|涉及|促进|参照|应当|结合|针对|属于|"
    r"如何|怎样|评定|命名|担任|举办|出台|成立|提升|提高|发挥|做好|深入|全面|持续|广泛|普遍|分别|统一|严格|分享|负责|作出|拓展|努力|"
    r"选好|配强|主动|转递|讨论|教育|建强|确保|一名|[各把将使让以等的了是从由与被须需应就牵]|对(?!外)|在(?!线)|向(?!阳)|为(?!民)|有(?!限|色)|经(?!济|营)|同(?!级)|下(?!属|辖)|报(?=省|上级|请|经|国)"
)
_GENERIC = re.compile(
    r"^(?:各|全(?!国)|本|该|这|那|每|其|某|所有|许多|广大|基层|机关|我|他|党|一|部分|两|几|多|新|上级|下级|要|不|并|也|还|都|先后|近年|目前|此外|"
    r"人民|地方|高校|乡镇|市|县|省|工委|委员会|支部|单位|部门|行政|监察|组织|相关|有关|监督|先进|后进)"
)
_REGION = re.compile(
    rf"^(?:{REGION.pattern})(?:省|市|(?:维吾尔|壮族|回族)?自治区)?(?:生产建设兵团|(?:[省市]委)?(?:[省市区]级|[省市区]?直属?)机关(?:工委|工作委员会)?)?"
    r"(?!的|、|等地区|人$)"
)


def actor(text: str) -> str:
    """The unit or region that is the subject of the first clause with a named one, verbatim; empty where there is none.

    A body without a name of its own (各级党委, 党支部) is none.
    """
    return next(filter(None, map(_subject, _CLAUSE.split(text))), "")


def _subject(clause: str) -> str:
    words = _WHEN.sub("", clause.strip("“”‘’ 　—-"))
    normal = normal_form(words)  # the words that names are told by are written in simplified characters
    if len(normal) != len(words):
        normal = words
    found = _unit(normal) or ((match := _REGION.match(normal)) and match.group()) or ""
    return words[: len(found)]


def _unit(normal: str) -> str:
    """The longest lead that is a name: it ends as bodies do, and holds nothing that belongs to the rest of a sentence."""
    run = _NAME.match(normal)
    for end in reversed(list(_ENDS.finditer(run.group()))) if run else ():
        name = normal[: end.end()]
        sure = end["body"] is not None or _NATIONAL.match(name)
        if sure and len(name) >= 4 and not _VERBAL.search(name) and not _GENERIC.match(name):
            return name if name.count("(") == name.count(")") else ""
    return ""
