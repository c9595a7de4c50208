"""The HTML of a report: one file, no script, nothing asked of the network, light and dark, for screen and paper."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from eval.markup import Html, h
from eval.report_cases import comparisons, worst_queries
from eval.report_data import Comparison, View
from eval.report_sections import NOTHING, distributions, groups, headline_figures, measures, origin, refusal
from eval.report_summary import eyebrow, headline, state, title
from eval.report_words import moment

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
_PAGE = """<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>{title} · 评测报告 · 党建问答</title>
<style>
{style}</style>
</head>
<body>
<header class="top">{seal}<span class="brand">党建问答</span><span class="brand-note">评测报告</span></header>
<main>
<p class="eyebrow">{eyebrow}</p>
<h1>{title}</h1>
<p class="about">{about}</p>
{banner}<p class="verdict">{headline}</p>
{figures}
<nav aria-label="目录">{contents}</nav>
{sections}</main>
<footer>括号和细线是 95% 置信区间。报告由 dangjian-eval report 生成，只含这一个文件，不请求网络。</footer>
</body>
</html>
"""
_SEAL = Html(
    '<svg class="seal" viewBox="0 0 32 32" aria-hidden="true"><rect x="1" y="1" width="30" height="30" rx="8"/>'
    '<path d="M9 20V8.500h7.500M23 12v11.500h-7.500"/><circle cx="16" cy="16" r="2.300"/></svg>'
)
_CONTENTS = (
    ("compare", "比较"),
    ("measures", "指标"),
    ("groups", "分组"),
    ("spread", "分布"),
    ("refusal", "拒答与把握"),
    ("worst", "最差的题"),
    ("origin", "配置与版本"),
)


def page(shown: View, found: Sequence[Comparison] = (), unmatched: Sequence[View] = ()) -> str:
    """The report on ``shown``, compared with ``found``; ``unmatched`` runs are named as not comparable."""
    sections = [
        comparisons(shown, found, unmatched),
        measures(shown),
        groups(shown),
        distributions(shown),
        refusal(shown, [comparison.other for comparison in found]),
        worst_queries(shown),
        origin(shown),
    ]
    contents = [
        h('<a href="#{key}">{label}</a>', key=key, label=label)
        for (key, label), section in zip(_CONTENTS, sections, strict=True)
        if section
    ]
    banner = state(shown)
    return h(
        _PAGE,
        policy=POLICY,
        style=Html((Path(__file__).parent / "report.css").read_text("utf-8")),
        seal=_SEAL,
        title=title(shown),
        eyebrow=eyebrow(shown),
        about=_about(shown),
        banner=h('<p class="banner" role="status">{text}</p>', text=banner) if banner else NOTHING,
        headline=_quieter(headline(shown)),
        figures=headline_figures(shown),
        contents=contents,
        sections=sections,
    )


def _quieter(text: str) -> Html:
    """``text`` with the intervals in its brackets set smaller."""
    return Html(re.sub(r"（[^（）]*\d%?–[^（）]*）", r"<small>\g<0></small>", h("{text}", text=text)))


def _about(shown: View) -> list[Html]:
    info = shown.run.info
    when = f"{moment(info.finished)} 完成" if info.finished else f"{moment(info.started)} 开始"
    words = [f"{info.queries} 题", when, info.id]
    return [h("<span>{word}</span>", word=word) for word in words]
