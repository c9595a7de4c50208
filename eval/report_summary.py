"""What a report says in sentences: the headline, the state of the run, a comparison, the verdict on a query."""

from __future__ import annotations

from eval.report_data import Case, Comparison, Difference, View, score
from eval.report_words import (
    HEADLINES,
    RUN_KINDS,
    SPLITS,
    amount,
    change,
    first_of,
    interval,
    milliseconds,
    p_value,
    percent,
    word,
)

SIGNIFICANT = 0.05


def title(shown: View) -> str:
    """The data that was measured on."""
    return shown.run.info.dataset.replace("+", " + ") or shown.run.info.id


def eyebrow(shown: View) -> str:
    """Kind of run, split and configuration."""
    info = shown.run.info
    name = info.configuration.get("retriever") or info.configuration.get("variant")
    parts = [f"{RUN_KINDS[info.kind]}评测", SPLITS.get(info.split, info.split)]
    return " · ".join([*parts, *([str(name)] if name and name != "plain" else [])])


def state(shown: View) -> str:
    """A warning where the run is not complete, else empty."""
    if not shown.partial:
        return ""
    done, total = len(shown.cases), shown.run.info.queries
    return (
        f"这次运行没有完成：{total} 题中做了 {done} 题。以下数字只按做完的题计算，不能与完整的运行直接比较；"
        "再次运行同一命令会从断点继续。"
    )


def headline_names(shown: View) -> list[str]:
    """The measures that are shown large."""
    return first_of(HEADLINES[shown.run.info.kind], shown.summary.measures, 4)


def headline(shown: View) -> str:
    """The result in two or three sentences."""
    if not shown.summary.measures:
        return "还没有任何一题的结果。"
    return _answers(shown) if shown.run.info.kind == "answers" else _retrieval(shown)


def _figure(shown: View, name: str) -> str:
    figure = shown.summary.measures[name]
    return f"{amount(name, figure.value)}（{interval(name, figure)}）"


def _answers(shown: View) -> str:
    have = shown.summary.measures
    can = sum(case.answerable for case in shown.alone)
    cannot = len(shown.alone) - can
    parts = []
    if "quoted_share" in have:
        subject = f"{can} 道资料里有答案的题" if can else "资料里有答案的题"
        first = f"，第一条要点就引到依据的占 {_figure(shown, 'first_claim')}" if "first_claim" in have else ""
        parts.append(f"{subject}，平均引出了应引依据的 {_figure(shown, 'quoted_share')}{first}")
    if "refusal_recall" in have:
        subject = f"{cannot} 道没有答案的题" if cannot else "没有答案的题"
        wrong = f"；有答案却误拒的占 {_figure(shown, 'false_refusals')}" if "false_refusals" in have else ""
        parts.append(f"{subject}，如实拒答了 {_figure(shown, 'refusal_recall')}{wrong}")
    if "verbatim" in have:
        exact = have["verbatim"].value
        parts.append(
            "引文全部与原文一字不差"
            if exact == 1
            else f"只有 {percent(exact)} 的引文与原文一字不差，这是必须先修的错误"
        )
    return "。".join(parts or [_plainly(shown)]) + "。"


def _retrieval(shown: View) -> str:
    have = shown.summary.measures
    names = [name for name in ("Success@1", "Success@5") if name in have]
    if len(names) < 2 or shown.primary not in have:
        return _plainly(shown) + "。"
    return (
        f"{len(shown.cases) or shown.run.info.queries} 个问题中，相关文档排在第一的占 {_figure(shown, 'Success@1')}，"
        f"排进前五的占 {_figure(shown, 'Success@5')}。"
        f"{word(shown.primary).label} 为 {_figure(shown, shown.primary)}{_speed(shown)}。"
    )


def _plainly(shown: View) -> str:
    return "，".join(f"{word(name).label} {_figure(shown, name)}" for name in headline_names(shown))


def _speed(shown: View) -> str:
    p50 = shown.summary.latency_ms.get("p50")
    return f"，一半的问题在 {milliseconds(p50)}内得到结果" if p50 else ""


def compared(comparison: Comparison) -> str:
    """What the comparison comes to, in a sentence or two."""
    name = comparison.primary
    of_primary = next((d for d in comparison.differences if d.measure == name), None)
    if of_primary is None:
        return f"两次运行有 {comparison.shared} 道题相同。"
    result = of_primary.result
    verdict = "这个差别超出了偶然的范围" if significant(of_primary) else "这个差别可能只是偶然"
    direction = "高" if result.difference.value > 0 else "低"
    size = change(name, abs(result.difference.value)).lstrip("+")
    if result.difference.value == 0:
        first = f"{word(name).label}与对照相同"
    else:
        first = (
            f"{word(name).label}比对照{direction} {size}，{verdict}（p {_equals(result.p_randomisation)}）"
        )
    return f"{first}。{result.queries} 题里，变好 {len(result.won)} 题，变差 {len(result.lost)} 题，持平 {result.ties} 题。"


def _equals(value: float) -> str:
    text = p_value(value)
    return text if text.startswith("<") else f"= {text}"


def significant(difference: Difference) -> bool:
    """Whether chance alone would hardly give the difference (randomisation test, 5 %)."""
    return difference.result.p_randomisation < SIGNIFICANT


def verdict(case: Case, primary: str) -> str:
    """What went wrong with a query, in a few words."""
    if not case.answerable:
        return "不该答却答了" if score(case, primary) < 1 else "如实拒答"
    if case.refused:
        return "有答案却拒答"
    value = score(case, primary)
    if value >= 1:
        return "全对"
    label = word(primary).label
    return f"{label} {amount(primary, value)}" if value else f"{label}为 0"
