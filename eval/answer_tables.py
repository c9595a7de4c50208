"""What the runs of kind ``answers`` come to, as tables that a person reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from eval.answers import figures, outcomes_of, slices_of
from eval.refusal import best_aurc, threshold_table
from eval.statistics import Paired
from eval.terminal import markdown_table
from eval.types import Estimate, QueryResult, Run

_HEADLINE = (
    ("answered", "回答率"),
    ("quoted_share", "引出要点"),
    ("quoted_all", "要点全引出"),
    ("first_claim", "首条含要点"),
    ("passages@5", "前5段含要点"),
    ("claims_with_gold", "含要点的条目"),
)
_ALL = (
    *_HEADLINE,
    ("quoted_any", "引出任一要点"),
    ("passages@1", "前1段含要点"),
    ("passages@3", "前3段含要点"),
    ("passages@10", "前10段含要点"),
    ("list_share", "列举引出"),
    ("list_complete", "列举完整"),
    ("citation_recall", "引文召回"),
    ("citation_precision", "引文精确"),
    ("verbatim", "逐字率"),
    ("characters", "回答字数"),
    ("claims", "条目数"),
    ("refusal_precision", "拒答精确"),
    ("refusal_recall", "拒答召回"),
    ("refusal_f1", "拒答 F1"),
    ("false_refusals", "误拒"),
    ("false_answers", "误答"),
    ("aurc", "风险–覆盖面积"),
    ("calibration_error", "校准误差"),
)


def overview(run: Run) -> str:
    """The figures in all, by slice, the thresholds and the latency, as Markdown."""
    alone = [row for row in run.queries if not row.extra["turns"]]
    parts = [
        f"{run.info.dataset} · {run.info.split} · {run.info.configuration.get('variant', 'plain')}："
        f"{len(run.queries)} 个问题，其中 {len(run.queries) - len(alone)} 个是追问（另列，不计入总数）",
        all_figures(run.summary.measures if run.summary else figures(alone)),
        by_slice(run.queries),
        thresholds(alone),
    ]
    if run.summary:
        parts.append("、".join(f"{name} {value:.1f} ms" for name, value in run.summary.latency_ms.items()))
    return "\n\n".join(parts)


def all_figures(measures: Mapping[str, Estimate]) -> str:
    """Every measure with its interval, one a row."""
    rows = [[f"{words} `{name}`", written(measures[name])] for name, words in _ALL if name in measures]
    return markdown_table(["指标", "值 [95% 区间]"], rows)


def by_slice(results: Sequence[QueryResult]) -> str:
    """One row a set, kind or tag: how many, and the headline figures; refusal where nothing can be answered."""
    rows = []
    for name, members in slices_of(results).items():
        measures = figures(members)
        cells = [f"{measures[key].value:.3f}" if key in measures else "–" for key, _ in _HEADLINE]
        refused = f"{measures['refusal_recall'].value:.3f}" if "refusal_recall" in measures else "–"
        rows.append([name, str(len(members)), *cells, refused])
    return markdown_table(["切片", "题数", *(words for _, words in _HEADLINE), "拒答召回"], rows)


def thresholds(results: Sequence[QueryResult]) -> str:
    """What each threshold on ``evidence`` would do to these questions."""
    outcomes = outcomes_of(results)
    rows = [[f"{row[0]:.2f}", *(f"{value:.3f}" for value in row[1:])] for row in threshold_table(outcomes)]
    table = markdown_table(["阈值", "误拒", "误答", "正确"], rows)
    return f"{table}\n\n同样的回答按完美的顺序排列，风险–覆盖面积为 {best_aurc(outcomes):.3f}。"


def comparison(rows: Sequence[tuple[str, str, Paired]]) -> str:
    """(variant, measure, comparison with the plain questions), one a row."""
    return markdown_table(
        ["变体", "指标", "题数", "原样", "变体值", "差 [95% 区间]", "p", "变差", "变好"],
        [
            [
                variant,
                measure,
                str(pair.queries),
                f"{pair.mean_a:.3f}",
                f"{pair.mean_b:.3f}",
                signed(pair.difference),
                f"{pair.p_randomisation:.4f}",
                str(len(pair.lost)),
                str(len(pair.won)),
            ]
            for variant, measure, pair in rows
        ],
    )


def written(value: Estimate) -> str:
    """``0.774 [0.712, 0.835]``; large figures with one place."""
    places = 3 if abs(value.value) < 10 else 1
    return f"{value.value:.{places}f} [{value.low:.{places}f}, {value.high:.{places}f}]"


def signed(value: Estimate) -> str:
    """A difference: ``-0.031 [-0.060, -0.005]``."""
    return f"{value.value:+.3f} [{value.low:+.3f}, {value.high:+.3f}]"
