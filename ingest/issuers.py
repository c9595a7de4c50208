"""The level of an issuing body, by its name or by its 发文字号: 中共中央 → 中央法规, 组通字〔2023〕5号 → 部门文件.

A name counts only where it stands first: 江苏省委贯彻中央八项规定的实施办法 is 江苏省委's. Joint papers are of the body
named first.
"""

from __future__ import annotations

import re

_PROVINCES = (
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|"
    "甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门"
)
_PLACE = (
    rf"(?:(?:{_PROVINCES})(?:省|市|壮族自治区|回族自治区|维吾尔自治区|自治区|特别行政区|生产建设兵团)?"
    r"|[\u4e00-\u9fff]{1,8}?(?:省|自治区|市|自治州|州|盟|地区|县|旗|区|乡|镇|街道|兵团))"
)
_ORGAN = (
    r"(?:委|直|党委|党工委|工委|纪委|纪律检查委员会|监委|人民政府|政府|人大|人民代表大会|政协|机关|第[一二三四五六七八九十]+|"
    r"[\u4e00-\u9fff、]{0,14}?(?:厅|局|委员会|委|办公室|组织部|宣传部|统战部|工作部|总工会|领导小组|联合会))"
)
_MINISTRIES = (
    "外交|国防|教育|科学技术|科技|工业和信息化|国家民族事务|公安|国家安全|民政|司法|财政|人力资源社会保障|人力资源和社会保障|"
    "自然资源|生态环境|住房城乡建设|住房和城乡建设|交通运输|水利|农业农村|农业|商务|文化和旅游|文化|退役军人事务|应急管理|卫生|"
    "国土资源|环境保护|监察|人事|劳动和社会保障|建设|铁道"
)
_BODIES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (rank, re.compile(rf"(?:第[一二三四五六七八九十百]+届)?(?:中华人民共和国)?(?:{pattern})"))
    for rank, pattern in (
        (
            "部门文件",
            r"(?:中共)?中央(?:组织部|宣传部|统战部|统一战线工作部|政法委|政法委员会|政策研究室|网信办|网络安全|台办|外办|编办|编委|"
            r"机构编制委员会|对外联络部|社会工作部|党校|党史|文献|档案馆|保密|密码|直属机关|和国家机关(?:工作|工委)|国家机关工委|"
            r"党的建设|精神文明|文明委|文明办|农村工作领导小组|农办|纪委|纪律检查委员会)"
            r"|中国共产党中央(?:纪律检查委员会|军事委员会)"
            rf"|(?:{_MINISTRIES})部(?!门|分|署|队)"
            r"|国务院(?:国有资产|国资委|扶贫|台湾|港澳|侨务|研究室|参事室|法制|新闻办|机关事务)"
            r"|国家(?:发展和?改革|卫生健康|民族事务|税务|市场监督|体育|统计|信访|医疗保障|机关事务|档案|保密|公务员|文物|"
            r"知识产权|能源|粮食|铁路|移民|邮政|烟草|林业|广播电视|监察委员会|监委|互联网信息|金融监督|国际发展|乡村振兴)"
            r"|海关总署|税务总局|审计署|中国人民银行|国资委|国管局|全国总工会|中华全国总工会|共青团中央|全国妇联|最高人民",
        ),
        (
            "中央法规",
            r"中共中央|中国共产党(?:第[一二三四五六七八九十]+(?:次|届))?(?:全国代表大会|中央委员会)|中央(?:办公厅|政治局|委员会|军委)"
            r"|党中央|中办",
        ),
        ("国家法律", r"全国人民代表大会|全国人大|主席令"),
        ("行政法规", r"国务院|国办"),
        (
            "地方文件",
            rf"(?:中共|中国共产党)?(?:{_PLACE}){{1,3}}{_ORGAN}"
            r"|(?:省|市|县|区|州|盟|旗|自治区)(?:委|直机关|直属机关|政府|人民政府|纪委|党委)",
        ),
    )
)
_NUMBER = re.compile(
    r"^(?P<word>[\u4e00-\u9fff]{1,10}?)\s?[〔\[［【（(]\s?(?:19|20)\d{2}|^(?P<by>[\u4e00-\u9fff]{2,20}令)\s?第?"
)
_NUMBERS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("中央法规", re.compile(r"中发|中办发|中办|厅字|中委")),
    ("行政法规", re.compile(r"国发|国办|国函|国令")),
    (
        "部门文件",
        re.compile(
            r"组通字|组电|组厅|中组|中宣|中纪|中统|中直|国工|中编|教党|教政法|教思政|教人|财[行预税社会教建党]|民发|司发|税总|"
            r"国资(?:党|发)|国管|发改|[\u4e00-\u9fff]{1,4}部(?:发|函|规|办|党)"
        ),
    ),
    (
        "地方文件",
        re.compile(
            r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼黔滇][委政府发办组宣直机纪教财民人党厅统]|"
            r"[\u4e00-\u9fff]{1,3}(?:委办?[发字]|委[组宣]|政办?[发字]|府办?[发字]|市直|省直)"
        ),
    ),
)
_NAMED_PLACE = re.compile(rf"(?:{_PROVINCES})(?:省|市|自治区|壮族|回族|维吾尔|生产建设)?")


def rank_of_body(words: str) -> str:
    """The rank of the body that ``words`` (in normal form) begin with; empty where it is none that is known."""
    return next((rank for rank, pattern in _BODIES if pattern.match(words)), "")


def rank_of_number(number: str) -> str:
    """The rank that a 发文字号 or the number of an order (国务院令第431号) tells; empty where it tells none."""
    match = _NUMBER.match(number)
    if match is None:
        return ""
    if match["by"]:
        return rank_of_body(match["by"])
    return next((rank for rank, pattern in _NUMBERS if pattern.match(match["word"])), "")


def rank_of_place_name(title: str) -> str:
    """地方文件 for a title that begins with a province (江苏省信访条例)."""
    return "地方文件" if _NAMED_PLACE.match(title) else ""
