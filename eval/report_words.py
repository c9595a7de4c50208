"""The words of a report: what each measure is called, what it means in a sentence, and how its figures are written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from eval.types import Estimate


@dataclass(frozen=True, slots=True)
class Word:
    """A measure in words. ``form``: ``share`` (0–1, shown in per cent), ``score`` (0–1, three digits) or ``number``."""

    label: str
    meaning: str
    form: str = "share"
    better: str = "high"


_ANSWERS = {
    "answered": Word("作答率", "资料里有答案的题中，给出了回答（没有拒答）的比例。"),
    "quoted_share": Word("依据命中", "标准依据中，被回答逐字引出的比例，先按题算再求平均；拒答的题记 0。"),
    "quoted_all": Word("依据全中", "标准依据全部被引出的题所占比例。"),
    "quoted_any": Word("依据任中", "至少引出一处标准依据的题所占比例。"),
    "first_claim": Word("首条命中", "回答的第一条要点就引出标准依据的题所占比例。"),
    "list_share": Word("列举命中", "列举题中，应列各项被引出的比例。"),
    "list_complete": Word("列举完整", "列举题中，应列各项全部引出的题所占比例。"),
    "citation_recall": Word("引文支持", "要点的文字确实出自其引文的比例（ALCE 引文召回的摘录版）。"),
    "citation_precision": Word("引文有用", "引文确实支持要点、不是凑数的比例（ALCE 引文精确率的摘录版）。"),
    "claims_with_gold": Word("要点相关", "每题各条要点中，引出标准依据的比例；衡量夹带的无关内容有多少。"),
    "verbatim": Word("逐字率", "要点和引文与库中原文一字不差的比例，按位置重新核对；必须是 100%。"),
    "characters": Word("回答字数", "每个回答的平均字数，不含拒答。", "number", ""),
    "claims": Word("要点数", "每个回答的平均要点数，不含拒答。", "number", ""),
    "refusal_precision": Word("拒答精确率", "拒答的题中，资料里确实没有答案的比例。"),
    "refusal_recall": Word("拒答召回率", "资料里没有答案的题中，如实拒答的比例。"),
    "refusal_f1": Word("拒答 F1", "拒答精确率与召回率的调和平均。"),
    "refused": Word("如实拒答", "资料里没有答案的题中，如实拒答的比例。"),
    "false_answers": Word("误答率", "资料里没有答案却作了回答的比例。", better="low"),
    "false_refusals": Word("误拒率", "资料里有答案却拒答的比例。", better="low"),
    "aurc": Word(
        "风险–覆盖面积",
        "按把握从高到低逐题作答，各覆盖率下出错比例的平均；把握与对错越一致就越小。",
        "score",
        "low",
    ),
    "calibration_error": Word(
        "校准误差", "把握（0–1）与实际答对比例之差的平均（ECE，十档）。", "score", "low"
    ),
}
_PATTERNS: tuple[tuple[str, Word], ...] = (
    (
        r"nDCG(?:@(\d+))?",
        Word("nDCG{at}", "前 {k} 条结果按相关程度和名次折算的得分，1 为理想排序。", "score"),
    ),
    (r"R(?:ecall)?@(\d+)", Word("召回{at}", "相关文档中，进入前 {k} 条的比例。")),
    (
        r"RR(?:@(\d+))?",
        Word("MRR{at}", "前 {k} 条中第一个相关文档名次的倒数，平均；总排第一则为 1。", "score"),
    ),
    (
        r"AP(?:@(\d+))?",
        Word("MAP{at}", "在每个相关文档处的精确率的平均（看前 {k} 条），再按题平均。", "score"),
    ),
    (r"P@(\d+)", Word("精确率{at}", "前 {k} 条结果中相关文档的比例。")),
    (r"(?:Success|hit)@(\d+)", Word("命中{at}", "前 {k} 条里至少有一个相关文档的题所占比例。")),
    (r"passages@(\d+)", Word("段落命中{at}", "标准依据出现在检索到的前 {k} 段里的比例，与怎样作答无关。")),
)

PRIMARY = {"retrieval": ("nDCG@10", "AP", "RR@10"), "answers": ("quoted_share", "quoted_any", "answered")}
"""The measure that stands for a query, by kind of run: the first that the run has."""

HEADLINES = {
    "retrieval": ("nDCG@10", "Success@1", "Success@5", "R@100", "RR@10", "R@10", "AP"),
    "answers": ("quoted_share", "first_claim", "refusal_recall", "false_refusals", "quoted_any", "verbatim"),
}
"""What is shown large, by kind of run: the first four that the run has."""

SLICED = {
    "retrieval": ("nDCG@10", "Success@1", "R@100"),
    "answers": ("quoted_share", "first_claim", "refused"),
}
COMPARED = {
    "retrieval": ("nDCG@10", "Success@1", "Success@5", "R@10", "R@100", "RR@10", "AP"),
    "answers": (
        "quoted_share",
        "quoted_all",
        "first_claim",
        "list_complete",
        "answered",
        "refused",
        "passages@5",
    ),
}

RUN_KINDS = {"retrieval": "检索", "answers": "问答"}
KINDS = {
    "howto": "做法",
    "list": "要点",
    "fact": "事实",
    "timeline": "时间脉络",
    "definition": "释义",
    "case": "案例",
    "compare": "比较",
    "summary": "综述",
    "article": "条文",
}
TAGS = {
    "paraphrase": "换个说法",
    "keyword": "关键词",
    "verbose": "啰嗦",
    "typo": "错别字",
    "traditional": "繁体",
    "near_miss": "似是而非",
    "out_of_domain": "领域之外",
    "version": "新旧版本",
    "followup": "追问",
}
SPLITS = {"dev": "开发集", "test": "测试集", "all": "全部"}


def word(name: str) -> Word:
    """What a measure is called and means; an unknown one keeps its name."""
    if name in _ANSWERS:
        return _ANSWERS[name]
    for pattern, found in _PATTERNS:
        match = re.fullmatch(pattern, name)
        if match:
            depth = match.group(1)
            meaning = found.meaning.format(k=depth) if depth else found.meaning.replace("（看前 {k} 条）", "")
            meaning = meaning.replace("前 {k} 条中", "").replace("前 {k} 条", "全部")
            return Word(found.label.format(at=f"@{depth}" if depth else ""), meaning, found.form)
    return Word(name, "这一指标没有登记说明。", "score", "")


def meaning(name: str) -> str:
    """What a measure means, and which way is better where that is not plain."""
    return word(name).meaning + ("越低越好。" if word(name).better == "low" else "")


def named(name: str) -> str:
    """The label, with the name that programs use where it differs."""
    label = word(name).label
    return label if label == name else f"{label}（{name}）"


def amount(name: str, value: float) -> str:
    """A figure of a measure as people read it."""
    form = word(name).form
    if form == "share":
        return percent(value)
    if form == "number" or not -1 <= value <= 1:
        return f"{value:,.1f}"
    return f"{value:.3f}"


def percent(value: float) -> str:
    """A share in per cent; what is not quite all is not called 100%."""
    text = f"{value:.1%}"
    if text == "100.0%" and value < 1:
        return ">99.9%"
    return text.replace(".0%", "%") if value in (0.0, 1.0) else text


def interval(name: str, estimate: Estimate) -> str:
    """The interval in words: ``68.1%–74.3%``."""
    return f"{amount(name, estimate.low)}–{amount(name, estimate.high)}"


def change(name: str, value: float) -> str:
    """A difference with its sign; of shares in percentage points."""
    if word(name).form == "share":
        return f"{signed(value * 100, 1)} 个百分点"
    return signed(value, 1 if word(name).form == "number" else 3)


def signed(value: float, digits: int) -> str:
    """A number with its sign; minus is a minus sign, not a hyphen."""
    return f"{value:+.{digits}f}".replace("-", "−")


def change_interval(name: str, estimate: Estimate) -> str:
    """The interval of a difference: ``+8.8 至 +22.7``, of shares in percentage points."""
    unit, digits = (100, 1) if word(name).form == "share" else (1, 3)
    return f"{signed(estimate.low * unit, digits)} 至 {signed(estimate.high * unit, digits)}"


def milliseconds(value: float) -> str:
    """A time as people read it."""
    if value >= 1000:
        return f"{value / 1000:.2f} 秒"
    return f"{value:.0f} 毫秒" if value >= 100 else f"{value:.1f} 毫秒"


def p_value(value: float) -> str:
    """A p-value with as many digits as it bears."""
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def moment(iso: str) -> str:
    """``2026-11-21T08:00:00+00:00`` as ``2026-11-21 08:00 UTC``; what is no time comes back as it is."""
    try:
        when = datetime.fromisoformat(iso)
    except ValueError:
        return iso
    zone = " UTC" if when.utcoffset() is not None and not when.utcoffset() else ""
    return f"{when:%Y-%m-%d %H:%M}{zone}"


def cost(name: str, value: float) -> tuple[str, str]:
    """A figure of ``summary.cost`` as (label, words); the unit is at the end of its name."""
    labels = {
        "build_s": "建索引用时",
        "embed_s": "算向量用时",
        "index_bytes": "索引大小",
        "memory_bytes": "内存",
        "queries_per_s": "吞吐",
    }
    label = labels.get(name, name)
    if name.endswith("_bytes"):
        return label, f"{value / 2**20:,.1f} MiB"
    if name.endswith("_per_s"):
        return label, f"{value:,.1f} 题/秒"
    return label, f"{value:,.1f} 秒" if name.endswith("_s") else f"{value:,.3g}"


def first_of(names: tuple[str, ...], have: Mapping[str, object], most: int = 1) -> list[str]:
    """At most ``most`` of ``names`` that are in ``have``, in order; where there is none, the first of ``have``."""
    return ([name for name in names if name in have] or list(have))[:most]
