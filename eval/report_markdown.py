"""The Markdown of a report: the same words and tables, without the plots."""

from __future__ import annotations

import re
from collections.abc import Sequence

from eval.markup import clean
from eval.report_cases import excerpt
from eval.report_data import Case, Comparison, View, slices, worst
from eval.report_sections import facts
from eval.report_summary import compared, eyebrow, headline, significant, state, title, verdict
from eval.report_words import (
    KINDS,
    SLICED,
    TAGS,
    amount,
    change,
    change_interval,
    interval,
    meaning,
    milliseconds,
    named,
    p_value,
    word,
)
from eval.terminal import markdown_table

_SHOWN = 10
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~!&])")


def plain(text: str) -> str:
    """``text`` in one line that no Markdown or HTML can hide in."""
    return _SPECIAL.sub(r"\\\1", " ".join(clean(text).split()))


def markdown(shown: View, found: Sequence[Comparison] = ()) -> str:
    """The report on ``shown`` as Markdown."""
    parts = [f"# {plain(title(shown))}：{plain(eyebrow(shown))}", headline(shown)]
    if state(shown):
        parts.insert(1, f"> {state(shown)}")
    parts += [part for comparison in found for part in _comparison(comparison)]
    parts += [
        *_measures(shown),
        *_slices(shown),
        *_latency(shown),
        *_worst(shown),
        "## 配置与版本",
        _facts(shown),
    ]
    return "\n\n".join(parts) + "\n"


def _measures(shown: View) -> list[str]:
    rows = [
        (plain(named(name)), amount(name, figure.value), interval(name, figure), plain(meaning(name)))
        for name, figure in shown.summary.measures.items()
    ]
    return ["## 指标", markdown_table(("指标", "数值", "95% 置信区间", "是什么意思"), rows)] if rows else []


def _slices(shown: View) -> list[str]:
    names = SLICED[shown.run.info.kind]
    rows = [
        (
            plain({**KINDS, **TAGS}.get(part.name, part.name)),
            str(part.queries),
            *(
                f"{amount(name, part.figures[name].value)}（{interval(name, part.figures[name])}）"
                if name in part.figures
                else "–"
                for name in names
            ),
        )
        for part in slices(shown, names)
    ]
    return (
        ["## 分组", markdown_table(("分组", "题数", *(word(name).label for name in names)), rows)]
        if rows
        else []
    )


def _latency(shown: View) -> list[str]:
    times = [f"{name} {milliseconds(value)}" for name, value in shown.summary.latency_ms.items()]
    return ["## 用时", "，".join(times) + "。"] if times else []


def _comparison(comparison: Comparison) -> list[str]:
    rows = [
        (
            word(d.measure).label,
            amount(d.measure, d.result.mean_a),
            amount(d.measure, d.result.mean_b),
            f"{change(d.measure, d.result.difference.value)}"
            f"（{change_interval(d.measure, d.result.difference)}）",
            p_value(d.result.p_randomisation).replace("<", "\\<"),
            "是" if significant(d) else "否",
        )
        for d in comparison.differences
    ]
    header = ("指标", "对照", "本次", "差值（95% 区间）", "p", "显著")
    return [
        f"## 与 {plain(comparison.other.run.info.id)} 比较",
        compared(comparison).replace("<", "\\<"),
        *([markdown_table(header, rows)] if rows else []),
    ]


def _worst(shown: View) -> list[str]:
    cases = worst(shown, _SHOWN)
    return ["## 最差的题", "\n".join(_case(case, shown.primary) for case in cases)] if cases else []


def _case(case: Case, primary: str) -> str:
    lines = [f"- **{plain(case.question or case.id)}**（{plain(case.id)}，{verdict(case, primary)}）"]
    lines += [f"  - 应有：{plain(excerpt(g[0].text))}（{plain(g[0].document)}）" for g in case.gold[:3]]
    lines += [f"  - 实答：{plain(excerpt(claim))}" for claim in case.claims[:2]]
    if not case.claims:
        lines += [f"  - 检到：{plain(excerpt(f'{q.text} {q.document}'))}" for q in case.found[:3]]
    return "\n".join(lines)


def _facts(shown: View) -> str:
    return "\n".join(f"- {plain(name)}：{plain(value)}" for name, value in facts(shown))
