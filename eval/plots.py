"""Plots as SVG text, written by hand: light files, the reader's own fonts, and colours that follow light and dark.

Every plot is an ``<svg role="img">`` whose ``<title>`` names it and whose ``<desc>`` says in words what it shows. Shapes
carry classes (``p-bar``, ``p-line s1``, …); ``report.css`` colours them. Text given by the caller is escaped here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from math import ceil, floor, log10

_WIDTH, _HEIGHT = 360, 216
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 12, 24, 40


@dataclass(frozen=True, slots=True)
class Words:
    """What a plot says besides its shapes."""

    title: str
    description: str
    x: str = ""
    y: str = ""


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps ``low … high`` to ``start … end`` of the drawing; values outside are moved to the nearest end."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        share = (min(max(value, self.low), self.high) - self.low) / ((self.high - self.low) or 1.0)
        return self.start + share * (self.end - self.start)


Text = Callable[[float], str]


def plain(value: float) -> str:
    """A number for an axis: no more digits than it needs."""
    return f"{value:.3f}".rstrip("0").rstrip(".") if abs(value) < 100 else f"{value:,.0f}"


_NOTHING = 1e-12  # too small to draw


def nice_ticks(high: float, most: int = 5) -> list[float]:
    """Round numbers from 0 to at least ``high``, at most ``most`` steps."""
    if high < _NOTHING:
        return [0.0, 1.0]
    unit = 10.0 ** floor(log10(high / most))
    step = next(unit * f for f in (1, 2, 2.5, 5, 10) if unit * f * most >= high * (1 - 1e-9))
    return [round(step * i, 12) for i in range(ceil(high / step - 1e-9) + 1)]


def whole_ticks(high: float, most: int = 4) -> list[float]:
    """``nice_ticks`` without fractions, for counts."""
    return [tick for tick in nice_ticks(max(high, 1.0), most) if tick == int(tick)]


def histogram(
    values: Sequence[float],
    words: Words,
    *,
    high: float | None = None,
    bins: int = 20,
    markers: Sequence[tuple[float, str]] = (),
    text: Text = plain,
) -> str:
    """How many of ``values`` fall in each of ``bins`` equal parts of ``0 … high``; the last part takes what is above."""
    top = high if high is not None else nice_ticks(max(values, default=1.0))[-1]
    counts = [0] * bins
    for value in values:
        counts[min(max(int(value / top * bins), 0), bins - 1)] += 1
    y_ticks = whole_ticks(max(counts, default=1))
    x = Scale(0, top, _LEFT, _WIDTH - _RIGHT)
    y = Scale(0, y_ticks[-1], _HEIGHT - _BOTTOM, _TOP)
    body = [_grid_y(y, y_ticks), _ticks_x(x, [tick for tick in nice_ticks(top) if tick <= top * 1.001], text)]
    for index, count in enumerate(counts):
        left, right = x(top * index / bins), x(top * (index + 1) / bins)
        if count:
            upper = y(count)
            tip = f"{text(top * index / bins)}–{text(top * (index + 1) / bins)}：{count} 题"
            body.append(
                f'<rect class="p-bar" x="{left + 0.75:.1f}" y="{upper:.1f}" width="{right - left - 1.5:.1f}" '
                f'height="{y.start - upper:.1f}" rx="1.5">{_tip(tip)}</rect>'
            )
    body.extend(_marker(x(value), label, row) for row, (value, label) in enumerate(markers))
    return _svg(words, "".join(body))


def _marker(at: float, label: str, row: int) -> str:
    """A dashed vertical line with its name at the side that has room; ``row`` keeps names apart."""
    right = at > _WIDTH - 110
    anchor, shift = ("end", -4) if right else ("start", 4)
    height = _TOP + 8 + 14 * row
    return (
        f'<line class="p-mark" x1="{at:.1f}" x2="{at:.1f}" y1="{_TOP}" y2="{_HEIGHT - _BOTTOM}"/>'
        f'<text class="p-label" x="{at + shift:.1f}" y="{height}" text-anchor="{anchor}">{escape(label)}</text>'
    )


@dataclass(frozen=True, slots=True)
class Series:
    """A named line; ``points`` are ``(x, y, tip)``."""

    name: str
    points: Sequence[tuple[float, float, str]]


def lines(series: Sequence[Series], words: Words, *, y_high: float, text: Text = plain) -> str:
    """Lines over ``0 … 1``; the first is the subject of the report, the others are drawn thinner and dashed."""
    y_ticks = nice_ticks(y_high, 4)
    x = Scale(0, 1, _LEFT, _WIDTH - _RIGHT)
    y = Scale(0, y_ticks[-1], _HEIGHT - _BOTTOM, _TOP)
    body = [_grid_y(y, y_ticks, text), _ticks_x(x, [0, 0.25, 0.5, 0.75, 1], text)]
    for number, one in reversed(list(enumerate(series, 1))):
        path = " ".join(f"{x(px):.1f},{y(py):.1f}" for px, py, _ in one.points)
        body.append(f'<polyline class="p-line s{number}" points="{path}"/>')
        body.extend(
            f'<circle class="p-touch" cx="{x(px):.1f}" cy="{y(py):.1f}" r="5">{_tip(tip)}</circle>'
            for px, py, tip in one.points[:: max(1, len(one.points) // 60)]
        )
    return _svg(words, "".join(body))


@dataclass(frozen=True, slots=True)
class Bin:
    """A bin of a reliability diagram: mean of what was promised, share of what was right, how many."""

    promised: float
    right: float
    count: int


def reliability(bins: Sequence[Bin], words: Words) -> str:
    """Promised against achieved; the area of a dot grows with its count, the diagonal is a promise kept."""
    x = Scale(0, 1, _LEFT, _WIDTH - _RIGHT)
    y = Scale(0, 1, _HEIGHT - _BOTTOM, _TOP)
    ticks = [0, 0.25, 0.5, 0.75, 1.0]
    body = [_grid_y(y, ticks), _ticks_x(x, ticks, plain)]
    body.append(f'<line class="p-ideal" x1="{x(0)}" y1="{y(0)}" x2="{x(1)}" y2="{y(1)}"/>')
    most = max((b.count for b in bins), default=1)
    path = " ".join(f"{x(b.promised):.1f},{y(b.right):.1f}" for b in bins)
    body.append(f'<polyline class="p-line s1" points="{path}"/>')
    for b in bins:
        radius = 3 + 7 * (b.count / most) ** 0.5
        tip = f"把握约 {b.promised:.2f}：实际答对 {b.right:.0%}，共 {b.count} 题"
        body.append(
            f'<circle class="p-dot" cx="{x(b.promised):.1f}" cy="{y(b.right):.1f}" r="{radius:.1f}">{_tip(tip)}</circle>'
        )
    return _svg(words, "".join(body))


def sorted_differences(values: Sequence[float], words: Words) -> str:
    """One bar per query from the largest gain to the largest loss, around a zero line."""
    ordered = sorted(values, reverse=True)
    reach = nice_ticks(max((abs(v) for v in ordered), default=1.0) or 1.0, 2)[-1]
    y = Scale(-reach, reach, _HEIGHT - _BOTTOM, _TOP)
    x = Scale(0, max(len(ordered), 1), _LEFT, _WIDTH - _RIGHT)
    ticks = [-reach, -reach / 2, 0.0, reach / 2, reach]
    body = [_grid_y(y, ticks, lambda v: f"{v:+.2g}".replace("-", "−") if v else "0")]
    wide = max(x(1) - x(0), 0.3)
    for index, value in enumerate(ordered):
        if value:
            kind = "p-gain" if value > 0 else "p-loss"
            upper, lower = sorted((y(value), y(0)))
            body.append(
                f'<rect class="{kind}" x="{x(index):.2f}" y="{upper:.1f}" width="{wide:.2f}" '
                f'height="{max(lower - upper, 0.3):.1f}"/>'
            )
    body.append(f'<line class="p-axis" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y(0):.1f}" y2="{y(0):.1f}"/>')
    return _svg(words, "".join(body))


def strip(value: float, low: float | None, high: float | None, span: tuple[float, float], label: str) -> str:
    """A value and its interval on a line from ``span[0]`` to ``span[1]``: small, for a cell of a table."""
    x = Scale(*span, 6, 174)
    parts = ['<line class="p-track" x1="6" x2="174" y1="9" y2="9"/>']
    if span[0] < 0 < span[1]:
        parts.append(f'<line class="p-zero" x1="{x(0):.1f}" x2="{x(0):.1f}" y1="1" y2="17"/>')
    if low is not None and high is not None:
        parts.append(f'<line class="p-interval" x1="{x(low):.1f}" x2="{x(high):.1f}" y1="9" y2="9"/>')
    parts.append(f'<circle class="p-value" cx="{x(value):.1f}" cy="9" r="4.5"/>')
    return f'<svg class="strip" viewBox="0 0 180 18" role="img" aria-label="{escape(label)}">{"".join(parts)}</svg>'


def _grid_y(scale: Scale, ticks: Sequence[float], text: Text = plain) -> str:
    rows = []
    for tick in ticks:
        at = scale(tick)
        kind = "p-axis" if tick == ticks[0] and tick >= 0 else "p-grid"
        rows.append(
            f'<line class="{kind}" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{at:.1f}" y2="{at:.1f}"/>'
            f'<text class="p-tick" x="{_LEFT - 6}" y="{at + 4:.1f}" text-anchor="end">{escape(text(tick))}</text>'
        )
    return "".join(rows)


def _ticks_x(scale: Scale, ticks: Sequence[float], text: Text) -> str:
    return "".join(
        f'<text class="p-tick" x="{scale(tick):.1f}" y="{_HEIGHT - _BOTTOM + 15}" text-anchor="middle">'
        f"{escape(text(tick))}</text>"
        for tick in ticks
    )


def _tip(text: str) -> str:
    return f"<title>{escape(text)}</title>"


def _svg(words: Words, body: str) -> str:
    """The frame. Ids come from the words, so that equal input gives equal bytes."""
    key = "p" + sha256(f"{words.title}\0{words.description}\0{body}".encode()).hexdigest()[:10]
    x = (
        f'<text class="p-name" x="{(_LEFT + _WIDTH - _RIGHT) / 2:.0f}" y="{_HEIGHT - 6}" '
        f'text-anchor="middle">{escape(words.x)}</text>'
    )
    return (
        f'<svg class="plot" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-labelledby="{key}t {key}d">'
        f'<title id="{key}t">{escape(words.title)}</title><desc id="{key}d">{escape(words.description)}</desc>'
        f'<text class="p-name" x="4" y="12">{escape(words.y)}</text>{body}{x}</svg>'
    )
