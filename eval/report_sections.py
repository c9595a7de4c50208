"""The sections of a report on one run: figures, slices, distributions, refusal, configuration."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from eval import plots
from eval.markup import Html, h, join
from eval.plots import Bin, Series, Words
from eval.report_data import Slice, View, score, slices
from eval.report_summary import headline_names
from eval.report_words import (
    KINDS,
    SLICED,
    TAGS,
    amount,
    cost,
    interval,
    meaning,
    milliseconds,
    moment,
    word,
)
from eval.types import Estimate

NOTHING = Html("")
COMPARABLE = frozenset({"程序", "数据 sha256", "模型", "索引"})
"""Facts, besides settings, that a comparison names where they differ."""

_FIGURE = """<figure class="plot-box"><figcaption><strong>{title}</strong><span>{caption}</span></figcaption>{plot}</figure>"""


def section(key: str, title: str, body: Html, lead: str = "") -> Html:
    """A section; none where it has nothing to show."""
    if not body:
        return NOTHING
    words = h('<p class="lead">{lead}</p>', lead=lead) if lead else NOTHING
    return h(
        '<section id="{key}" aria-labelledby="{key}-title"><h2 id="{key}-title">{title}</h2>{words}{body}</section>',
        key=key,
        title=title,
        words=words,
        body=body,
    )


def strip(name: str, figure: Estimate) -> Html:
    """A figure and its interval on a line from 0 to 1; nothing for what has no such scale."""
    if word(name).form == "number":
        return NOTHING
    label = f"{amount(name, figure.value)}，区间 {interval(name, figure)}"
    return Html(plots.strip(figure.value, figure.low, figure.high, (0, 1), label))


def headline_figures(shown: View) -> Html:
    """The first figures, large, with their intervals."""
    cells = [
        h(
            '<div class="figure"><dt>{label}{down}</dt><dd><b>{value}</b>{strip}<span>{interval}</span></dd></div>',
            label=word(name).label,
            down=Html('<i class="down">越低越好</i>') if word(name).better == "low" else NOTHING,
            value=amount(name, figure.value),
            strip=strip(name, figure),
            interval=interval(name, figure),
        )
        for name in headline_names(shown)
        for figure in (shown.summary.measures[name],)
    ]
    return h('<dl class="figures">{cells}</dl>', cells=cells) if cells else NOTHING


def measures(shown: View) -> Html:
    """Every measure with its interval and what it means."""
    rows = [
        h(
            '<tr role="row"><th scope="row" role="rowheader">{label}{code}</th><td role="cell" class="value">{value}</td>'
            '<td role="cell" class="wide"><div class="between">{strip}<span>{interval}</span></div></td><td role="cell" class="meaning">{meaning}</td></tr>',
            label=word(name).label,
            code=NOTHING if word(name).label == name else h(" <code>{name}</code>", name=name),
            value=amount(name, figure.value),
            strip=strip(name, figure),
            interval=interval(name, figure),
            meaning=meaning(name),
        )
        for name, figure in shown.summary.measures.items()
    ]
    if not rows:
        return NOTHING
    table = h(
        '<table class="measures" role="table"><thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">指标</th>'
        '<th scope="col" role="columnheader" class="value">数值</th><th scope="col" role="columnheader">95% 置信区间</th>'
        '<th scope="col" role="columnheader">是什么意思</th></tr></thead><tbody role="rowgroup">{rows}</tbody></table>',
        rows=rows,
    )
    return section(
        "measures",
        "指标",
        table,
        "区间由自助法（bootstrap）按题重抽得到：换一批同类的题再测，数值大致会落在这个范围里。",
    )


def groups(shown: View) -> Html:
    """The figures by kind and by tag."""
    parts = slices(shown, SLICED[shown.run.info.kind])
    names = SLICED[shown.run.info.kind]
    tables = [
        _table(title, [part for part in parts if part.axis == axis], names, labels)
        for axis, title, labels in (("kind", "问题类型", KINDS), ("tag", "问法与难点", TAGS))
    ]
    return section(
        "groups", "分组", join(tables), "题数少的组区间很宽，高低不宜当真。追问自成一组，不计入总数。"
    )


def _table(title: str, parts: Sequence[Slice], names: Sequence[str], labels: Mapping[str, str]) -> Html:
    """The slices of one axis; a measure that none of them has is left out."""
    shown = [name for name in names if any(name in part.figures for part in parts)]
    if not shown:
        return NOTHING
    rows = [
        h(
            '<tr><th scope="row">{label}</th><td class="count">{count}</td>{cells}</tr>',
            label=labels.get(part.name, part.name),
            count=part.queries,
            cells=[_cell(name, part.figures.get(name)) for name in shown],
        )
        for part in parts
    ]
    return h(
        '<div class="scroll" tabindex="0" role="region" aria-label="{title}"><table class="groups">'
        '<caption>{title}</caption><thead><tr><th scope="col">分组</th><th scope="col" class="count">题数</th>{head}'
        "</tr></thead><tbody>{rows}</tbody></table></div>",
        title=title,
        head=[h('<th scope="col">{label}</th>', label=word(name).label) for name in shown],
        rows=rows,
    )


def _cell(name: str, figure: Estimate | None) -> Html:
    if figure is None:
        return Html('<td class="none"><span aria-label="不适用">–</span></td>')
    return h(
        '<td><div class="cell"><b>{value}</b>{strip}<span>{interval}</span></div></td>',
        value=amount(name, figure.value),
        strip=strip(name, figure),
        interval=interval(name, figure),
    )


def distributions(shown: View) -> Html:
    """How the queries spread: how well each came out, how long each took."""
    boxes = []
    values = [case.measures[shown.primary] for case in shown.alone if shown.primary in case.measures]
    if values and word(shown.primary).form != "number":
        label = word(shown.primary).label
        zero, full = sum(v == 0 for v in values), sum(v >= 1 for v in values)
        said = f"{len(values)} 题中，{full} 题得满分，{zero} 题为 0。"
        words = Words(f"每题{label}的分布", said, x=label, y="题数")
        boxes.append(_box(f"每题{label}", said, plots.histogram(values, words, high=1)))
    times = [case.latency_ms for case in shown.cases]
    if times:
        boxes.append(_latency(shown, times))
    return section("spread", "分布", h('<div class="plots">{boxes}</div>', boxes=boxes) if boxes else NOTHING)


def _latency(shown: View, times: Sequence[float]) -> Html:
    marks = [(value, f"{name} {milliseconds(value)}") for name, value in shown.summary.latency_ms.items()]
    said = "，".join(f"{name} {milliseconds(value)}" for name, value in shown.summary.latency_ms.items())
    # A single slow query must not squeeze the rest into one bar: the last bar takes what is slower.
    high = plots.nice_ticks(max(shown.summary.latency_ms.get("p99", 0.0) * 1.05, min(max(times), 1.0)))[-1]
    slower = sum(value > high for value in times)
    caption = said + (f"；{slower} 题更慢，计入最右一格" if slower else "") + "。"
    words = Words("每题用时的分布", caption, x="毫秒", y="题数")
    return _box("每题用时", caption, plots.histogram(times, words, high=high, markers=marks))


def _box(title: str, caption: str, plot: str) -> Html:
    return h(_FIGURE, title=title, caption=caption, plot=Html(plot))


def refusal(shown: View, others: Sequence[View] = ()) -> Html:
    """Risk against coverage, and whether the evidence figure keeps its promise."""
    curves = shown.summary.curves
    boxes = []
    points = [p for p in curves.get("risk_coverage", ()) if len(p) >= 3]
    if points:
        boxes.append(_risk(shown, others))
    bins = [Bin(p[0], p[1], int(p[2])) for p in curves.get("reliability", ()) if len(p) >= 3]
    if bins:
        gap = shown.summary.measures.get("calibration_error")
        said = "点在虚线上，说明把握多大就答对多少；点在虚线下方，说明过于自信。"
        said += f" 平均相差 {gap.value:.3f}。" if gap else ""
        words = Words("可靠性", said, x="系统自报的把握", y="实际答对")
        boxes.append(_box("可靠性", said, plots.reliability(bins, words)))
    body = h('<div class="plots">{boxes}</div>', boxes=boxes) if boxes else NOTHING
    return section("refusal", "拒答与把握", body)


def _risk(shown: View, others: Sequence[View]) -> Html:
    every = [shown, *(other for other in others if other.summary.curves.get("risk_coverage"))][:4]
    series = [
        Series(
            view.run.info.id,
            [
                (p[0], p[1], f"回答 {p[0]:.0%} 的题时，出错 {p[1]:.1%}（把握 ≥ {p[2]:.2f}）")
                for p in view.summary.curves["risk_coverage"]
            ],
        )
        for view in every
    ]
    area = shown.summary.measures.get("aurc")
    said = "只答最有把握的一部分题时，出错的比例。越靠下越好。" + (
        f" 曲线下面积 {area.value:.3f}（{interval('aurc', area)}）。" if area else ""
    )
    high = max((y for one in series for _, y, _ in one.points), default=1.0)
    words = Words("风险–覆盖曲线", said, x="作答的题占比（覆盖率）", y="出错比例（风险）")
    plot = Html(plots.lines(series, words, y_high=max(high, 0.05)))
    return h(_FIGURE, title=words.title, caption=said, plot=[plot, _legend(every)])


def _legend(every: Sequence[View]) -> Html:
    if len(every) < 2:
        return NOTHING
    items = [
        h(
            '<li class="s{number}">{name}</li>',
            number=number,
            name=("本次" if number == 1 else view.run.info.id),
        )
        for number, view in enumerate(every, 1)
    ]
    return h('<ul class="legend">{items}</ul>', items=items)


def overall(shown: View) -> str:
    """How many queries came out right, for the list of the worst."""
    wrong = sum(score(case, shown.primary) < 1 for case in shown.cases)
    return f"{len(shown.cases)} 题中有 {wrong} 题没有得满分。"


def facts(shown: View) -> list[tuple[str, str]]:
    """Configuration, cost and versions: what the figures depend on, as (name, words); nothing that is empty."""
    info = shown.run.info
    versions = info.versions
    rows = [
        ("运行编号", info.id),
        ("开始", moment(info.started)),
        ("完成", moment(info.finished) if info.finished else "未完成"),
        ("题数", f"{len(shown.cases) or info.queries} / {info.queries}"),
        ("随机种子", str(info.seed)),
        *(
            (key, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
            for key, value in info.configuration.items()
        ),
        *(cost(name, value) for name, value in shown.summary.cost.items()),
        ("程序", versions.code),
        ("数据 sha256", versions.corpus),
        ("模型", versions.model),
        ("索引", versions.index),
        ("Python", versions.python),
        ("机器", versions.machine),
    ]
    return [(name, value) for name, value in rows if value]


def origin(shown: View) -> Html:
    """What the figures depend on."""
    cells = [
        h("<div><dt>{name}</dt><dd>{value}</dd></div>", name=name, value=value)
        for name, value in facts(shown)
    ]
    return section(
        "origin", "配置与版本", h('<dl class="facts">{cells}</dl>', cells=cells), "数字只在这些条件下成立。"
    )
