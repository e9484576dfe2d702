"""One self-contained page of an ensemble: a map of where people are at the end, and a chart of each camp with its reports."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from html import escape

import numpy as np
from numpy.typing import NDArray

from borderflow.flee import score
from borderflow.flee.arrays import Plan
from borderflow.publish.chart import Band, Mark, fan_chart
from borderflow.publish.style import CSS

Floats = NDArray[np.float64]
POINTS = 120
"""Days drawn of a chart at most."""
REPORTS = 80
"""Reports drawn of a camp at most."""
MAP_WIDTH, MAP_HEIGHT = 760.0, 520.0
EDGE = 40.0
LARGEST = 26.0
"""Radius of the largest circle of the map."""


def page(plan: Plan, samples: NDArray[np.float64], until: int | None, lines: Sequence[str]) -> str:
    """The page as HTML.

    samples: agents in camps, (n, n_days, n_camps); until: last day of data that was used, None = none; lines: what to say first.
    """
    persons = plan.instance.settings.hasten
    low = np.quantile(samples, (0.05, 0.25, 0.5, 0.75, 0.95), axis=0) * persons
    charts = "".join(_chart(plan, low[:, :, c], c, until) for c in range(len(plan.camps)))
    title = f"{escape(plan.instance.name)}: people in camps"
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{title}</title><style>{CSS}.map{{width:100%;max-width:{MAP_WIDTH:g}px;height:auto}}"
        f".map line{{stroke:var(--rule)}}.map circle{{fill:var(--ahead-half);stroke:var(--ahead)}}.map .zone{{fill:var(--warn);stroke:none}}"
        f".map text{{fill:var(--fg);font-size:12px}}</style></head><body><header><h1>{title}</h1></header><main>"
        f"<section>{''.join(f'<p>{escape(line)}</p>' for line in lines)}</section>"
        f"<section><h2>Where people are on {plan.dates[-1]}</h2>{_map(plan, low[2, -1])}"
        '<p class="note">Circles: median number of people in camps, by area. Dots: places at war at any time. Lines: routes. '
        "Positions are those of locations.csv; the map expresses no opinion on the status of any territory.</p></section>"
        f'<section><h2>Camps</h2><p class="legend">Bands hold 50 and 90 % of runs, the line is the median; dots are reports.</p>'
        f'<div class="charts">{charts}</div></section></main></body></html>'
    )


def _chart(plan: Plan, bands: Floats, camp: int, until: int | None) -> str:
    """One camp; bands: five quantiles by day, (5, n_days)."""
    dates = [float(date.fromisoformat(d).toordinal()) for d in plan.dates]
    past_end = -1 if until is None else until
    shown = sorted({*np.linspace(0, plan.days - 1, min(POINTS, plan.days)).round().astype(int).tolist(), max(0, past_end)})
    made = [(t, Band(dates[t], *(float(q) for q in bands[:, t]))) for t in shown]
    days = [d for d in score.report_days(plan.instance)[camp] if 0 <= d < plan.days]
    kept = sorted({days[i] for i in np.linspace(0, len(days) - 1, min(REPORTS, len(days))).round().astype(int)}) if days else []
    marks = []
    for d in kept:
        value = float(plan.data[d, camp] * plan.instance.settings.hasten)
        used = until is not None and d <= until
        marks.append(Mark(dates[d], dates[d], value, value, "used" if used or until is None else "checked", f"{plan.dates[d]}: {value:,.0f}"))
    name = plan.camps[camp]
    svg = fan_chart(
        [b for t, b in made if t <= past_end], [b for t, b in made if t > past_end], marks, dates[past_end] if until is not None else 0.0,
        f"people in {name} by day", lambda d: f"{d:%d %b %y}", "used until here",
    )  # fmt: skip
    return f"<figure><figcaption>{escape(name)}</figcaption>{svg}</figure>"


def _map(plan: Plan, people: Floats) -> str:
    """Places at their coordinates (first column latitude, second longitude, as instances write them)."""
    where = plan.instance.locations
    lon, lat = np.array([p.y for p in where]), np.array([p.x for p in where])
    stretch = np.cos(np.radians(lat.mean())) if np.abs(lat).max() <= 90 else 1.0
    wide, high = max(float(np.ptp(lon)) * stretch, 1e-9), max(float(np.ptp(lat)), 1e-9)
    scale = min((MAP_WIDTH - 2 * EDGE) / wide, (MAP_HEIGHT - 2 * EDGE) / high)
    x, y = EDGE + (lon - lon.min()) * stretch * scale, EDGE + (lat.max() - lat) * scale
    lines = "".join(f'<line x1="{x[k.a]:.1f}" y1="{y[k.a]:.1f}" x2="{x[k.b]:.1f}" y2="{y[k.b]:.1f}"/>' for k in plan.instance.links)
    zones = "".join(f'<circle class="zone" cx="{x[i]:.1f}" cy="{y[i]:.1f}" r="3"/>' for i, p in enumerate(where) if p.kind == "conflict")
    most = max(float(people.max(initial=0.0)), 1.0)
    camps = ""
    for n, i in zip(people.tolist(), plan.instance.camps, strict=True):
        r = LARGEST * np.sqrt(max(n, 0.0) / most) + 2.0
        words = f"{escape(where[i].name)} {n:,.0f}"
        camps += f'<circle cx="{x[i]:.1f}" cy="{y[i]:.1f}" r="{r:.1f}"><title>{words}</title></circle>'
        left = x[i] > 0.7 * MAP_WIDTH
        camps += f'<text x="{x[i] + (-r - 4 if left else r + 4):.1f}" y="{y[i] + 4:.1f}" text-anchor="{"end" if left else "start"}">{words}</text>'
    return f'<svg class="map" viewBox="0 0 {MAP_WIDTH:g} {MAP_HEIGHT:g}" role="img" aria-label="map of places">{lines}{zones}{camps}</svg>'
