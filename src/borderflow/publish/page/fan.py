"""Fan charts as SVG: bands, median, the as-of line, the last day's figures, claims in their own hedges. Text in, text out; no numbers of its own."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import date
from html import escape
from typing import NamedTuple

from borderflow.publish.runfolder import Band

WIDTH, HEIGHT = 390.0, 226.0
LEFT, RIGHT, TOP, BOTTOM = 48.0, 58.0, 20.0, 26.0
ARROW = 14.0
"""Length of the arrow of a one-sided claim."""
LINE = 11.0
"""Height of a line of small text."""


class Mark(NamedTuple):
    """A claim: its window in date ordinals (middle of the first and the last day), its bounds (None = none), how it was treated."""

    first: float
    last: float
    low: float | None
    high: float | None
    status: str
    title: str


class End(NamedTuple):
    """A figure written beside the end of the fan: its value, its text, where it stands in the files ('' = nowhere), its class."""

    value: float
    text: str
    ref: str
    kind: str


class Words(NamedTuple):
    """Words of one chart: its name and what it shows (both read out), dates and numbers of the axes, the as-of line."""

    title: str
    description: str
    date: Callable[[date], str]
    number: Callable[[str], str]
    as_of: str


class Axes(NamedTuple):
    """Days and values of the edges of the drawing area."""

    first: float
    last: float
    top: float

    def x(self, day: float) -> float:
        """Pixels from the left of a day."""
        return LEFT + (WIDTH - LEFT - RIGHT) * (day - self.first) / max(1.0, self.last - self.first)

    def y(self, value: float) -> float:
        """Pixels from the top of a value, kept inside the frame."""
        share = min(1.0, max(0.0, value / self.top))
        return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * share


def fan_chart(
    past: Sequence[Band], ahead: Sequence[Band], marks: Sequence[Mark], as_of: float, words: Words, ident: str, ends: Sequence[End] = (),
    finest: float = 0.0,
) -> str:  # fmt: skip
    """One chart as an <svg> element; ident: the beginning of its ids.

    finest: ticks of the value axis are at least this far apart.
    """
    axes = _axes(past, ahead, marks, finest)
    joined = [past[-1], *ahead] if past and ahead and ahead[0].day - past[-1].day <= 1 else list(ahead)
    shown = [m for m in marks if m.last >= axes.first - 0.5 and m.first <= axes.last + 0.5]
    return "".join(
        (
            f'<svg class="fan" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role="img"'
            f' aria-labelledby="{ident}-t {ident}-d"><title id="{ident}-t">{escape(words.title)}</title>'
            f'<desc id="{ident}-d">{escape(words.description)}</desc>',
            *_grid(axes, words, finest),
            *_fan(axes, past, "past"),
            *_fan(axes, joined, "ahead"),
            _as_of_line(axes, as_of, words.as_of),
            *(_mark(axes, m) for m in sorted(shown, key=lambda m: m.status, reverse=True)),
            *_ends(axes, ends),
            "</svg>",
        )
    )


def spark(past: Sequence[Band], ahead: Sequence[Band], as_of: float) -> str:
    """A fan of 132 x 34 pixels without axes, for the eye only: tables beside it say the same."""
    wide, high = 132.0, 34.0
    if not ahead:
        return ""
    first, last = min(b.day for b in (*past, *ahead)), max(b.day for b in ahead)
    top = max(b.q90 for b in (*past, *ahead)) or 1.0

    def at(day: float, value: float) -> str:
        return f"{wide * (day - first) / max(1.0, last - first):.1f},{high - 1 - (high - 3) * value / top:.1f}"

    joined = [past[-1], *ahead] if past else list(ahead)
    band = " ".join([at(b.day, b.q90) for b in joined] + [at(b.day, b.q10) for b in reversed(joined)])
    x = wide * (as_of + 0.5 - first) / max(1.0, last - first)
    return (
        f'<svg class="spark" viewBox="0 0 {wide:g} {high:g}" aria-hidden="true"><polygon class="ahead wide" points="{band}"/>'
        f'<polyline class="past median" points="{" ".join(at(b.day, b.q50) for b in past)}"/>'
        f'<polyline class="ahead median" points="{" ".join(at(b.day, b.q50) for b in joined)}"/>'
        f'<line class="asof" x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{high:g}"/></svg>'
    )


def _axes(past: Sequence[Band], ahead: Sequence[Band], marks: Sequence[Mark], finest: float = 0.0) -> Axes:
    """Axes that hold the bands, and claims up to 1.6 times as high: one stray figure must not flatten the rest."""
    bands = [*past, *ahead]
    days = [b.day for b in bands]
    top = max((b.q90 for b in bands), default=0.0)
    values = [v for m in marks for v in (m.low, m.high) if v is not None and min(days) - 0.5 <= m.last and m.first <= max(days) + 0.5]
    top = max([top, *(v for v in values if v <= 1.6 * top or top == 0)])
    step = max(_nice(top / 4), finest) if top > 0 else 1.0
    return Axes(min(days), max(days), step * max(1, math.ceil(top * 1.02 / step)))


def _nice(x: float) -> float:
    """The smallest of 1, 2, 5 x 10^k that is at least x."""
    power = 10.0 ** math.floor(math.log10(x))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= x * (1 - 1e-9))


def _grid(axes: Axes, words: Words, finest: float) -> list[str]:
    out = []
    step = max(_nice(axes.top / 4 * 0.999), finest)
    for k in range(round(axes.top / step) + 1):
        y = axes.y(k * step)
        out.append(f'<line class="grid" x1="{LEFT:g}" x2="{WIDTH - RIGHT:g}" y1="{y:.1f}" y2="{y:.1f}"/>')
        out.append(f'<text class="tick end" x="{LEFT - 5:g}" y="{y + 3.5:.1f}">{escape(words.number(_tick(k * step)))}</text>')
    days = axes.last - axes.first
    every = next((n for n in (1, 2, 7, 14, 28) if days / n <= 5), max(1, math.ceil(days / 5)))
    for k in range(math.ceil(days / every) + 1):
        day = axes.last - k * every
        if day >= axes.first:
            text = escape(words.date(date.fromordinal(round(day))))
            x = axes.x(day)
            out.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{HEIGHT - BOTTOM:g}" y2="{HEIGHT - BOTTOM + 4:g}"/>')
            out.append(f'<text class="tick mid" x="{max(x, LEFT + 6):.1f}" y="{HEIGHT - 8:g}">{text}</text>')
    return out


def _tick(value: float) -> str:
    return f"{value:,.0f}" if value == round(value) else f"{value:,.2g}"


def _fan(axes: Axes, bands: Sequence[Band], kind: str) -> list[str]:
    """The two bands and the median of a period; `kind` is its class."""
    if not bands:
        return []
    if len(bands) == 1:
        bands = [bands[0]._replace(day=bands[0].day - 0.4), bands[0]._replace(day=bands[0].day + 0.4)]
    line = " ".join(f"{axes.x(b.day):.1f},{axes.y(b.q50):.1f}" for b in bands)
    return [
        f'<polygon class="{kind} wide" points="{_outline(axes, [(b.day, b.q10, b.q90) for b in bands])}"/>',
        f'<polygon class="{kind} half" points="{_outline(axes, [(b.day, b.q25, b.q75) for b in bands])}"/>',
        f'<polyline class="{kind} median" points="{line}"/>',
    ]


def _outline(axes: Axes, edges: Sequence[tuple[float, float, float]]) -> str:
    up = [f"{axes.x(d):.1f},{axes.y(high):.1f}" for d, _, high in edges]
    return " ".join(up + [f"{axes.x(d):.1f},{axes.y(low):.1f}" for d, low, _ in reversed(edges)])


def _as_of_line(axes: Axes, as_of: float, text: str) -> str:
    """A dashed line at the end of the as-of day, with its words above the frame on the roomier side."""
    day = as_of + 0.5
    if not axes.first <= day <= axes.last:
        return ""
    x = axes.x(day)
    left = x - LEFT > 0.45 * (WIDTH - LEFT - RIGHT)
    return (
        f'<line class="asof" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 12:g}" y2="{HEIGHT - BOTTOM:g}"/>'
        f'<text class="tick {"end" if left else "start"}" x="{x + (-4 if left else 4):.1f}" y="{TOP - 5:g}">{escape(text)}</text>'
    )


def _ends(axes: Axes, ends: Sequence[End]) -> list[str]:
    """Figures beside the last day, moved apart where they would overlap."""
    order = sorted(ends, key=lambda e: -e.value)
    heights = spread([axes.y(e.value) + 3.5 for e in order], LINE, TOP, HEIGHT - BOTTOM + 4)
    x = WIDTH - RIGHT + 5
    stands = [f' data-value="{e.value:.6g}" data-ref="{escape(e.ref)}"' if e.ref else "" for e in order]
    return [f'<text class="tick {e.kind}" x="{x:g}" y="{y:.1f}"{at}>{escape(e.text)}</text>' for e, y, at in zip(order, heights, stands, strict=True)]


def spread(at: Sequence[float], apart: float, low: float, high: float) -> list[float]:
    """Positions, rising, moved as little as it takes to be `apart` from each other and, as far as there is room, between `low` and `high`."""
    out = list(at)
    for _ in range(50):
        for i in range(len(out) - 1):
            gap = apart - (out[i + 1] - out[i])
            if gap > 0:
                out[i] -= gap / 2
                out[i + 1] += gap / 2
        if out and out[0] < low:
            out = [max(y, low + apart * i) for i, y in enumerate(out)]
        if out and out[-1] > high:
            out = [min(y, high - apart * (len(out) - 1 - i)) for i, y in enumerate(out)]
    return out


def _mark(axes: Axes, mark: Mark) -> str:
    """A claim as a group of strokes: its shape says what kind of statement it is, its style how it was treated."""
    x = axes.x(min(axes.last, max(axes.first, 0.5 * (mark.first + mark.last))))
    strokes = _bound(axes, mark, x) if mark.low is None or mark.high is None else _two_sided(axes, mark, x)
    return f'<g class="mark {escape(mark.status)}"><title>{escape(mark.title)}</title>{strokes}</g>'


def _across(axes: Axes, mark: Mark, y: float) -> str:
    """A line over the window, for claims about several days."""
    if mark.last - mark.first < 0.75:
        return ""
    x1, x2 = axes.x(max(axes.first, mark.first)), axes.x(min(axes.last, mark.last))
    return f'<line x1="{x1:.1f}" x2="{x2:.1f}" y1="{y:.1f}" y2="{y:.1f}"/>'


def _two_sided(axes: Axes, mark: Mark, x: float) -> str:
    assert mark.low is not None
    assert mark.high is not None
    y1, y2 = axes.y(mark.high), axes.y(mark.low)
    if y2 - y1 < 4:
        y = 0.5 * (y1 + y2)
        dot = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.1"/>'
        if mark.status == "unused":
            dot = f'<path d="M{x - 3:.1f} {y - 3:.1f}l6 6m0 -6l-6 6"/>'
        return _across(axes, mark, y) + dot
    middle = 0.5 * (mark.low + mark.high) if mark.low <= 0 else math.sqrt(mark.low * mark.high)
    return _across(axes, mark, axes.y(middle)) + f'<path d="M{x - 3.5:.1f} {y1:.1f}h7M{x:.1f} {y1:.1f}V{y2:.1f}M{x - 3.5:.1f} {y2:.1f}h7"/>'


def _bound(axes: Axes, mark: Mark, x: float) -> str:
    """A bar at the bound with an arrow into the side that the statement allows."""
    value = mark.low if mark.low is not None else mark.high
    if value is None:
        return ""
    y, sign = axes.y(value), -1 if mark.low is not None else 1
    tip = y + sign * ARROW
    head = f"M{x - 3:.1f} {tip - 4 * sign:.1f}L{x:.1f} {tip:.1f}L{x + 3:.1f} {tip - 4 * sign:.1f}"
    return _across(axes, mark, y) + f'<path d="M{x - 3.5:.1f} {y:.1f}h7M{x:.1f} {y:.1f}V{tip:.1f}{head}"/>'
