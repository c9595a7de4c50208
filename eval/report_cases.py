"""The sections of a report that show single queries: the worst ones, and what changed from another run."""

from __future__ import annotations

from collections.abc import Sequence

from eval import plots
from eval.markup import Html, h, join
from eval.plots import Words
from eval.report_data import Case, Comparison, Difference, Quote, View, worst
from eval.report_sections import COMPARABLE, NOTHING, facts, overall, section
from eval.report_summary import compared, eyebrow, significant, verdict
from eval.report_words import (
    KINDS,
    TAGS,
    amount,
    change,
    change_interval,
    milliseconds,
    p_value,
    signed,
    word,
)

SHOWN, OPEN = 20, 6
_EXCERPT = 180  # characters of an answer or a passage
_LISTED = 4  # gold groups shown of a query
_MOVED = 5  # queries shown on either side of a comparison


def excerpt(text: str, most: int = _EXCERPT) -> str:
    """``text`` in one paragraph, cut after ``most`` characters."""
    flat = " ".join(text.split())
    return flat if len(flat) <= most else flat[:most].rstrip() + "……"


def worst_queries(shown: View) -> Html:
    """The queries that came out worst, with what should have been found and what was."""
    cases = worst(shown, SHOWN)
    if not cases:
        return NOTHING
    cards = [case_card(case, shown.primary) for case in cases]
    sure = "，同分的先看系统最有把握的" if any(case.evidence is not None for case in cases) else ""
    body = h('<ol class="cases">{cards}</ol>', cards=cards[:OPEN])
    if cards[OPEN:]:
        body = h(
            '{body}<details class="more"><summary>再看 {count} 题</summary><ol class="cases" start="{start}">{cards}</ol></details>',
            body=body,
            count=len(cards) - OPEN,
            start=OPEN + 1,
            cards=cards[OPEN:],
        )
    return section("worst", "最差的题", body, f"{overall(shown)}以下按得分从低到高排{sure}。")


def case_card(case: Case, primary: str) -> Html:
    """A query: what was asked, what should have been found, what was found instead."""
    tags = [KINDS.get(case.kind, case.kind), *(TAGS.get(tag, tag) for tag in case.tags)]
    about = [case.id] * bool(case.question) + [tag for tag in tags if tag] + [milliseconds(case.latency_ms)]
    if case.evidence is not None:
        about.append(f"把握 {case.evidence:.2f}")
    return h(
        '<li class="case"><h3>{question}</h3><p class="about"><em>{verdict}</em>{about}</p>{parts}</li>',
        question=case.question or case.id,
        verdict=verdict(case, primary),
        about=[h("<span>{word}</span>", word=word) for word in about],
        parts=[_gold(case), _answer(case), _found(case)],
    )


def _gold(case: Case) -> Html:
    if not case.answerable:
        return Html('<div class="side gold"><h4>应当</h4><p>资料里没有答案，应如实说没有找到。</p></div>')
    if not case.gold:
        return NOTHING
    items = [h("<li>{quote}</li>", quote=_quote(group[0], len(group) - 1)) for group in case.gold[:_LISTED]]
    more = _rest(len(case.gold) - _LISTED, "处")
    return h('<div class="side gold"><h4>应有</h4><ul>{items}{more}</ul></div>', items=items, more=more)


def _rest(count: int, unit: str) -> Html:
    """The last item of a list that was cut."""
    return h("<li>另有 {count} {unit}</li>", count=count, unit=unit) if count > 0 else NOTHING


def _quote(quote: Quote, others: int = 0) -> Html:
    words = h("<q>{text}</q>", text=excerpt(quote.text)) if quote.text else NOTHING
    more = h(" 或另 {others} 处", others=others) if others else NOTHING
    return h("{words}<cite>{document}{more}</cite>", words=words, document=quote.document, more=more)


def _answer(case: Case) -> Html:
    if case.refused and case.answerable:
        return Html('<div class="side got"><h4>实答</h4><p>没有找到。</p></div>')
    if not case.claims:
        return NOTHING
    items = [h("<li><q>{text}</q></li>", text=excerpt(claim)) for claim in case.claims[:3]]
    more = _rest(len(case.claims) - 3, "条")
    return h('<div class="side got"><h4>实答</h4><ul>{items}{more}</ul></div>', items=items, more=more)


def _found(case: Case) -> Html:
    if not case.found or (case.claims and not case.refused):
        return NOTHING
    items = [h("<li>{quote}</li>", quote=_quote(quote)) for quote in case.found[:3]]
    return h('<div class="side got"><h4>检到</h4><ol>{items}</ol></div>', items=items)


def comparisons(shown: View, found: Sequence[Comparison], unmatched: Sequence[View]) -> Html:
    """The run against each of the others."""
    parts = [_comparison(shown, comparison) for comparison in found]
    parts += [
        h(
            '<p class="note">与 <code>{id}</code> 没有相同的题（数据是 {data}），不能逐题比较。</p>',
            id=other.run.info.id,
            data=other.run.info.dataset,
        )
        for other in unmatched
    ]
    return section(
        "compare",
        "与对照比较",
        join(parts),
        "逐题配对比较，差值为本次减对照。显著：随机化检验 p < 0.05，即只凭运气很难有这么大的差别；"
        "同时看多个指标时，个别 p 略低于 0.05 不足为凭。",
    )


def _comparison(shown: View, comparison: Comparison) -> Html:
    info = comparison.other.run.info
    return h(
        '<div class="comparison"><h3>对照：{name}</h3><p class="about"><span>{eyebrow}</span><span>{shared} 题相同</span>{changed}</p>'
        '<p class="verdict">{verdict}</p>{table}<div class="plots">{plot}{moved}</div></div>',
        name=info.id,
        eyebrow=eyebrow(comparison.other),
        shared=comparison.shared,
        changed=_changed(shown, comparison.other),
        verdict=compared(comparison),
        table=_differences(comparison.differences),
        plot=_changes(comparison),
        moved=_moved(shown, comparison),
    )


def _changed(shown: View, other: View) -> list[Html]:
    """Settings and versions that are not the same."""
    rows = []
    mine, theirs = dict(facts(shown)), dict(facts(other))
    for name in dict.fromkeys([*theirs, *mine]):
        if name in COMPARABLE or name in shown.run.info.configuration or name in other.run.info.configuration:
            before, after = theirs.get(name, "无"), mine.get(name, "无")
            if before != after:
                words = f"{name}：{excerpt(before, 24)} → {excerpt(after, 24)}"
                rows.append(h("<span>{words}</span>", words=words))
    return rows


def _differences(differences: Sequence[Difference]) -> Html:
    if not differences:
        return NOTHING
    reach = max(max(abs(d.result.difference.low), abs(d.result.difference.high)) for d in differences) or 1.0
    rows = [
        h("<tr{mark}>{cells}</tr>", mark=_mark(d), cells=_difference_cells(d, reach)) for d in differences
    ]
    return h(
        '<div class="scroll" tabindex="0" role="region" aria-label="各指标的差别"><table class="differences"><thead><tr>'
        '<th scope="col">指标</th><th scope="col">对照</th><th scope="col">本次</th><th scope="col">差值与 95% 区间</th>'
        '<th scope="col">p</th><th scope="col">好 / 差 / 平</th></tr></thead><tbody>{rows}</tbody></table></div>',
        rows=rows,
    )


def _mark(difference: Difference) -> Html:
    return Html(' class="significant"') if significant(difference) else NOTHING


def _difference_cells(d: Difference, reach: float) -> Html:
    result, name = d.result, d.measure
    gap = result.difference
    words = f"{change(name, gap.value)}，区间 {change_interval(name, gap)}"
    return h(
        '<th scope="row">{label}{star}</th><td>{before}</td><td>{after}</td><td><div class="cell"><b>{gap}</b>{strip}'
        "<span>{interval}</span></div></td><td>{p}</td><td>{won} / {lost} / {ties}</td>",
        label=word(name).label,
        before=amount(name, result.mean_a),
        after=amount(name, result.mean_b),
        gap=change(name, gap.value),
        strip=Html(plots.strip(gap.value, gap.low, gap.high, (-reach, reach), words)),
        interval=change_interval(name, gap),
        p=p_value(result.p_randomisation),
        star=Html(' <span class="star">显著</span>') if significant(d) else NOTHING,
        won=len(result.won),
        lost=len(result.lost),
        ties=result.ties,
    )


def _changes(comparison: Comparison) -> Html:
    values = [value for _, value in comparison.changes]
    if not values:
        return NOTHING
    label = word(comparison.primary).label
    said = f"每题一条，从变好最多到变差最多；{sum(v == 0 for v in values)} 题没有变化。"
    words = Words(f"逐题{label}之差", said, x="题（按差值排列）", y="差值")
    return h(
        '<figure class="plot-box"><figcaption><strong>{title}</strong><span>{said}</span></figcaption>{plot}</figure>',
        title=words.title,
        said=said,
        plot=Html(plots.sorted_differences(values, words)),
    )


def _moved(shown: View, comparison: Comparison) -> Html:
    names = {case.id: case.question or case.id for case in (*comparison.other.cases, *shown.cases)}
    losses = [change for change in comparison.changes if change[1] < 0][:_MOVED]
    gains = [change for change in reversed(comparison.changes) if change[1] > 0][:_MOVED]
    lists = [
        h(
            "<h4>{title}</h4><ul>{items}</ul>",
            title=title,
            items=[
                h("<li><b>{gap}</b> {name}</li>", gap=signed(gap, 2), name=excerpt(names.get(key, key), 60))
                for key, gap in part
            ],
        )
        for title, part in (("变差最多的题", losses), ("变好最多的题", gains))
        if part
    ]
    return h('<div class="moved">{lists}</div>', lists=lists) if lists else NOTHING
