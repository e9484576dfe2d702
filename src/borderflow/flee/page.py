"""One self-contained page of an ensemble: people in each camp at the end as a table and on a map, and a chart of each camp with its reports."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from html import escape

import numpy as np
from numpy.typing import NDArray

from borderflow.flee import score
from borderflow.flee.arrays import Plan
from borderflow.publish.figures import plain, rounded
from borderflow.publish.page.base import cell, note, row, table
from borderflow.publish.page.fan import End, Mark, Words, fan_chart
from borderflow.publish.page.geo import Box, Label, anchor, placed
from borderflow.publish.report import document
from borderflow.publish.runfolder import Band

Floats = NDArray[np.float64]
POINTS = 120
"""Days drawn of a chart at most."""
REPORTS = 80
"""Reports drawn of a camp at most."""
MAP_WIDTH, MAP_HEIGHT = 760.0, 520.0
EDGE = 40.0
LARGEST = 26.0
"""Radius of the largest circle of the map."""
TEXT = 12.0
LEVELS = (0.1, 0.25, 0.5, 0.75, 0.9)
SPREAD = "Bands hold the luck of the runs only; how sure anyone can be of the settings is not in them (--calibrate puts that in)."
FITTED = "Bands hold what is unknown about the settings, the luck of the runs and errors of daily flows as large as past ones."


def page(plan: Plan, samples: NDArray[np.float64], until: int | None, lines: Sequence[str]) -> str:
    """The page as HTML.

    samples: agents in camps, (n, n_days, n_camps); until: last day of data that was used, None = none; lines: what to say first.
    """
    bands = np.quantile(samples, LEVELS, axis=0) * plan.instance.settings.hasten
    charts = "".join(_chart(plan, bands[:, :, c], c, until) for c in range(len(plan.camps)))
    title, last = f"{plan.instance.name}: people in camps", _day(plan.dates[-1])
    said = "".join(f"<li>{escape(line)}</li>" for line in lines)
    shape = "Filled dots: reports used; open dots: reports not used. " if until is not None else "Dots: reports. "
    body = (
        f'<header><p class="kicker">An instance of Flee, {_day(plan.dates[0])} to {last}</p><h1>{escape(title)}</h1></header><main id="main">'
        f'<ul class="key-points">{said}</ul>'
        f'<section id="figures"><h2>Camps on {last}</h2>{_table(plan, bands[:, -1])}'
        f"{note('Bold: the median. Low and high: one case in ten lies below, one above. ' + (SPREAD if until is None else FITTED))}</section>"
        f'<section id="map"><h2>Where people are on {last}</h2>{_map(plan, bands[:, -1])}'
        + note(
            "Discs: median number of people in camps, by area. Dots: places at war at any time. Lines: routes. "
            "Positions are those of locations.csv; the map expresses no opinion on the status of any territory."
        )
        + f'</section><section id="charts"><h2>Day by day</h2><p class="legend">Bands hold 50 and 80 % of cases, the line is the median. {shape}</p>'
        f'<div class="camps">{charts}</div></section></main>'
    )
    return document("en", title, body)


def _day(iso: str) -> str:
    when = date.fromisoformat(iso)
    return f"{when.day} {when:%b %Y}"


def _table(plan: Plan, bands: Floats) -> str:
    """Low, median and high of each camp on the last day beside its last report, the fullest first; bands: (5, n_camps)."""
    reports, heads = score.report_days(plan.instance), ["Camp", "Likely", "Low to high", "Last report", "on"]
    body = []
    for c in np.argsort(-bands[2], kind="stable").tolist():
        low, likely, high = rounded([float(bands[i, c]) for i in (0, 2, 4)], 1.0)
        days = [d for d in reports[c] if 0 <= d < plan.days]
        seen = (plain(round(float(plan.data[days[-1], c]) * plan.instance.settings.hasten)), _day(plan.dates[days[-1]])) if days else ("none", "")
        cells = (f"<b>{likely}</b>", low if low == high else f"{low} to {high}", *seen)
        body.append(row([cell(t, h, "num") for t, h in zip(cells, heads[1:], strict=True)], escape(plan.camps[c])))
    return table("Camps", heads, body, "stack small", range(1, len(heads)))


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
    words = Words(f"People in {name} by day", "Bands of 50 and 80 % of runs, median, reports", lambda d: f"{d:%d %b %y}", str, "used until here")
    past, ahead = [b for t, b in made if t <= past_end], [b for t, b in made if t > past_end]
    low, likely, high = rounded([float(bands[i, -1]) for i in (0, 2, 4)], 1.0)
    ends = [End(float(bands[i, -1]), t, "", k) for i, t, k in ((4, high, "edge"), (2, likely, "likely"), (0, low, "edge"))]
    ends = ends if low != high else [ends[1]]
    svg = fan_chart(past, ahead, marks, dates[past_end] if until is not None else 0.0, words, f"camp{camp}", ends)
    return f"<figure><figcaption>{escape(name)}</figcaption>{svg}</figure>"


def _map(plan: Plan, bands: Floats) -> str:
    """Places at their coordinates (first column latitude, second longitude, as instances write them); bands: five quantiles, (5, n_camps)."""
    people = bands[2]
    where = plan.instance.locations
    lon, lat = np.array([p.y for p in where]), np.array([p.x for p in where])
    stretch = np.cos(np.radians(lat.mean())) if np.abs(lat).max() <= 90 else 1.0
    wide, high = max(float(np.ptp(lon)) * stretch, 1e-9), max(float(np.ptp(lat)), 1e-9)
    scale = min((MAP_WIDTH - 2 * EDGE) / wide, (MAP_HEIGHT - 2 * EDGE) / high)
    x, y = EDGE + (lon - lon.min()) * stretch * scale, EDGE + (lat.max() - lat) * scale
    lines = "".join(f'<line class="border" x1="{x[k.a]:.1f}" y1="{y[k.a]:.1f}" x2="{x[k.b]:.1f}" y2="{y[k.b]:.1f}"/>' for k in plan.instance.links)
    war = [i for i, p in enumerate(where) if p.kind == "conflict"]
    zones = "".join(f'<circle cx="{x[i]:.1f}" cy="{y[i]:.1f}" r="3"/>' for i in war)
    most = max(float(people.max(initial=0.0)), 1.0)
    radius = LARGEST * np.sqrt(np.maximum(people, 0.0) / most) + 2.0
    camps = np.array(plan.instance.camps)
    order = np.argsort(-people, kind="stable").tolist()
    taken = [Box(x[i] - r, y[i] - r, 2 * r, 2 * r) for i, r in [*((camps[c], radius[c]) for c in order), *((i, 3.0) for i in war)]]
    texts = [f"{where[camps[c]].name} {rounded([float(q) for q in bands[[0, 2, 4], c]], 1.0)[1]}" for c in order]
    labels = [
        Label((float(x[camps[c]]), float(y[camps[c]])), 0.6 * TEXT * len(t), 1.2 * TEXT, float(radius[c]) + 2.0)
        for c, t in zip(order, texts, strict=True)
    ]
    boxes = placed(labels, taken, MAP_WIDTH, MAP_HEIGHT)
    discs = "".join(
        f'<circle class="ahead half" cx="{x[camps[c]]:.1f}" cy="{y[camps[c]]:.1f}" r="{radius[c]:.1f}"><title>{escape(t)}</title></circle>'
        for c, t in zip(order, texts, strict=True)
    )
    written = "".join(_written(label, text, box) for label, text, box in zip(labels, texts, boxes, strict=True))
    return (
        '<div class="scroll" tabindex="0" role="region" aria-label="map">'
        f'<svg class="map camps-map" viewBox="0 0 {MAP_WIDTH:g} {MAP_HEIGHT:g}" role="img" aria-label="map of camps and routes">'
        f'<rect class="land" width="{MAP_WIDTH:g}" height="{MAP_HEIGHT:g}"/>{lines}{discs}<g class="mark used">{zones}</g>{written}</svg></div>'
    )


def _written(label: Label, text: str, box: Box | None) -> str:
    """Name and number of a camp, with a line to its disc where that is far; '' without room (the table has it)."""
    if box is None:
        return ""
    (x, y), (ax, ay) = label.at, anchor(box, label.at)
    far = math.dist((x, y), (ax, ay)) > label.clear + 6
    line = f'<line class="leader" x1="{x:.1f}" y1="{y:.1f}" x2="{ax:.1f}" y2="{ay:.1f}"/>' if far else ""
    left = box.x + box.width / 2 < x
    at, side = (box.x + box.width, "end") if left else (box.x, "start")
    return f'{line}<text class="label {side}" x="{at:.1f}" y="{box.y + TEXT:.1f}" font-size="{TEXT:g}">{escape(text)}</text>'
