"""The map: land and borders, an arrow for the people at each crossing, a disc for the vehicles that wait, labels with the figures of tomorrow.

An overview of all crossings, and a closer view wherever several stand too near to each other to be told apart.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from html import escape
from typing import NamedTuple

from borderflow.publish.figures import finest, in_steps, rounding_step
from borderflow.publish.page.base import HIGH, LIKELY, LOW, Page, cell, note, ref, row, table
from borderflow.publish.page.geo import (
    Box,
    Label,
    Point,
    View,
    World,
    anchor,
    area_and_middle,
    clipped_land,
    land_path,
    line_path,
    placed,
    shipped_world,
    view_of,
    world_of,
)
from borderflow.publish.runfolder import Row, number_or_none
from borderflow.publish.words import EN

NEAR = 60.0
"""Pixels of the wide overview: crossings closer than this to a neighbour belong to one closer view if they are three or more."""
ARROW_LENGTH, WIDEST, LARGEST = 30.0, 13.0, 15.0
"""Pixels: length of an arrow, width of the greatest flow, radius of the longest queue."""
QUANTITIES = ("entries", "queue_vehicles", "wait_hours_car", "wait_hours_foot")


class Size(NamedTuple):
    """A picture: its size, margin and text in pixels."""

    name: str
    width: float
    height: float
    margin: float
    text: float


WIDE = Size("wide", 1120.0, 600.0, 60.0, 12.0)
NARROW = Size("narrow", 358.0, 300.0, 26.0, 11.0)
CLOSE = Size("close", 460.0, 340.0, 50.0, 12.0)


class Gate(NamedTuple):
    """A crossing with tomorrow's rows of map.csv by quantity, and the way that people take through it."""

    name: str
    lon: float
    lat: float
    country: str
    rows: dict[str, Row]
    before: tuple[Point, ...]
    after: tuple[Point, ...]

    def likely(self, quantity: str) -> float:
        """The median of a quantity; 0 where there is none."""
        return number_or_none(self.rows[quantity]["q50"]) or 0.0 if quantity in self.rows else 0.0


class Scales(NamedTuple):
    """The greatest flow and the longest queue of all crossings: symbols of all pictures are drawn to these."""

    flow: float
    queue: float

    def width(self, flow: float) -> float:
        """Pixels across an arrow."""
        return max(2.4, WIDEST * flow / self.flow) if self.flow > 0 else 2.4

    def radius(self, queue: float) -> float:
        """Radius of a disc whose area is as the queue."""
        return LARGEST * math.sqrt(queue / self.queue) if self.queue > 0 else 0.0


def section_map(page: Page) -> str:
    """Overview, closer views, key, and the same figures as a table."""
    gates = gates_of_map(page)
    if not gates:
        return ""
    world, own = _world(page)
    pictures, near = pictures_of(page, gates, world)
    views = "".join(f'<figure class="map-close"><figcaption>{escape(title)}</figcaption>{svg}</figure>' for title, svg in near)
    date_text = page.day(page.at(horizon(page)))
    return (
        note(page.text("map_text", date=date_text))
        + f'<figure class="map-wide">{pictures["wide"]}</figure><figure class="map-narrow">{pictures["narrow"]}</figure>'
        + _key(page, scales_of(gates), gates)
        + (f'<div class="closer">{views}</div>' if views else "")
        + f"<details><summary>{page.text('map_table')}</summary>{_table(page)}</details>"
        + f'<p class="note disclaimer">{page.text("map_disclaimer")} {page.text("map_own" if own else "map_source")}</p>'
    )


def pictures_of(page: Page, gates: Sequence[Gate], world: World) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """The overview by size, and titles and pictures of the closer views."""
    scales = scales_of(gates)
    groups = clusters(gates)
    overview = {s.name: _picture(page, gates, world, s, scales, groups if s is WIDE else []) for s in (WIDE, NARROW)}
    closer = []
    for n, group in enumerate(groups):
        countries = ", ".join(dict.fromkeys(page.w.country(g.country) for g in group))
        closer.append((f"{chr(65 + n)}  {countries}", _picture(page, group, world, CLOSE, scales, [])))
    return overview, closer


def gates_of_map(page: Page) -> list[Gate]:
    """Crossings of map.csv that anybody uses, the most used first."""
    h = horizon(page)
    rows: dict[str, dict[str, Row]] = {}
    for r in page.folder.map:
        if r["kind"] == "crossing" and r["horizon"] == str(h):
            rows.setdefault(r["location"], {})[r["quantity"]] = r
    ways = _ways(page)
    gates = []
    for name, by_quantity in rows.items():
        first = next(iter(by_quantity.values()))
        before, after = ways.get(name, ((), ()))
        gates.append(Gate(name, float(first["lon"]), float(first["lat"]), first["country"], by_quantity, before, after))
    return sorted((g for g in gates if g.likely("entries") >= 1), key=lambda g: (-g.likely("entries"), g.name))


def scales_of(gates: Sequence[Gate]) -> Scales:
    """Scales that all pictures share."""
    return Scales(max(g.likely("entries") for g in gates), max(g.likely("queue_vehicles") for g in gates))


def clusters(gates: Sequence[Gate]) -> list[list[Gate]]:
    """Groups of three or more crossings each of which has a neighbour nearer than NEAR pixels on the wide overview; the largest flows first."""
    view = view_of([(g.lon, g.lat) for g in gates], WIDE.width, WIDE.height, WIDE.margin)
    at = [view(g.lon, g.lat) or (0.0, 0.0) for g in gates]
    left, groups = set(range(len(gates))), []
    while left:
        todo, group = [left.pop()], []
        while todo:
            i = todo.pop()
            group.append(i)
            close = {j for j in left if math.dist(at[i], at[j]) < NEAR}
            left -= close
            todo += sorted(close)
        groups.append([gates[i] for i in sorted(group)])
    kept = [g for g in groups if len(g) > 2]
    return sorted(kept, key=lambda g: (-sum(x.likely("entries") for x in g), g[0].name)) if len(gates) > 2 else []


def horizon(page: Page) -> int:
    """The day that the map shows: the first of map.csv."""
    return min((int(r["horizon"]) for r in page.folder.map), default=1)


def _ways(page: Page) -> dict[str, tuple[tuple[Point, ...], tuple[Point, ...]]]:
    """Of each crossing, the places before and behind it, from the links of the case."""
    case = page.folder.case
    if case is None:
        return {}
    places = {p.name: p for p in case.places}
    found: dict[str, tuple[list[Point], list[Point]]] = {}
    for item in case.links:
        for here, there in ((item.from_, item.to), (item.to, item.from_)):
            a, b = places.get(here), places.get(there)
            if a is not None and b is not None and a.kind == "crossing" and b.kind != "crossing":
                side = 0 if b.country[0] == a.country[0] else 1
                found.setdefault(here, ([], []))[side].append((b.lon, b.lat))
    return {name: (tuple(a), tuple(b)) for name, (a, b) in found.items()}


def _world(page: Page) -> tuple[World, bool]:
    """The user's own boundaries if the case names some, else those that come with the package."""
    own = page.folder.boundaries
    return (world_of(json.loads(own)), True) if own else (shipped_world(), False)


# ---------------------------------------------------------------- one picture


def _picture(page: Page, gates: Sequence[Gate], world: World, size: Size, scales: Scales, boxes: Sequence[Sequence[Gate]]) -> str:
    view = view_of([(g.lon, g.lat) for g in gates], size.width, size.height, size.margin)
    symbols, taken = [], []
    taken += [_outline(view, group) for group in boxes]
    inside = {g.name for group in boxes for g in group}
    for gate in gates:
        svg, box = _symbol(page, view, gate, scales, 0.62 if size is NARROW else 1.0)
        symbols.append(svg)
        taken.append(box)
    frames, frame_labels = _frames(view, boxes, size)
    wanted = [g for g in gates if g.name not in inside and (g.likely("entries") >= 50 or g.likely("queue_vehicles") >= 10)]
    if size is NARROW:
        wanted = wanted[:6]
    texts = [_label(page, g, size) for g in wanted]
    labels = [
        Label(view(g.lon, g.lat) or (0, 0), max(len(a) * 0.63, len(_bare(b)) * 0.56) * size.text, 2.15 * size.text, 10.0)
        for g, (a, b) in zip(wanted, texts, strict=True)
    ]
    taken.append(Box(0, size.height - 26, 0.2 * size.width + 20, 26))  # the scale bar
    where = placed([*frame_labels, *labels], taken, size.width, size.height, 60.0 if size is NARROW else 120.0)
    named = [_text_of_frame(n, box, size) for n, box in enumerate(where[: len(frame_labels)])]
    written = [_written(view, g, t, box, size) for g, t, box in zip(wanted, texts, where[len(frame_labels) :], strict=True)]
    used = [*taken, *(b for b in where if b is not None)]
    ident = page.unique(f"map-{size.name}")
    land = clipped_land(view, world)
    countries = _countries(page, land if world.land else clipped_land(view, shipped_world()), used, size)
    description = page.w("map_label", places="; ".join(f"{page.place(g.name)}: {_plain_label(page, g)}" for g in gates[:6]))
    return (
        f'<svg class="map" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size.width:g} {size.height:g}" role="img"'
        f' aria-labelledby="{ident}-t {ident}-d"><title id="{ident}-t">{page.text("map")}</title><desc id="{ident}-d">{escape(description)}</desc>'
        f'<rect class="sea" width="{size.width:g}" height="{size.height:g}"/>'
        f'<path class="land" d="{land_path(view, (r for rings in land.values() for r in rings))}"/>'
        f'<path class="border" d="{line_path(view, world.borders)}"/><path class="border disputed" d="{line_path(view, world.disputed)}"/>'
        f"{countries}{''.join(frames)}{''.join(symbols)}{''.join(named)}{''.join(written)}{_scale_bar(page, view, size)}</svg>"
    )


def _symbol(page: Page, view: View, gate: Gate, scales: Scales, share: float) -> tuple[str, Box]:
    """Arrow and disc of a crossing, and the box that they take."""
    x, y = view(gate.lon, gate.lat) or (0.0, 0.0)
    flow, queue = gate.likely("entries"), gate.likely("queue_vehicles")
    width, radius, length = scales.width(flow) * share, scales.radius(queue) * share, ARROW_LENGTH * share
    ux, uy = _heading(view, gate)
    angle = math.degrees(math.atan2(uy, ux))
    head = max(width * 0.9, 4.5 * share)
    shape = (
        f"M{-length * 0.35:.1f} {-width / 2:.1f}H{length * 0.65 - head:.1f}V{-width / 2 - head * 0.45:.1f}L{length * 0.65:.1f} 0"
        f"L{length * 0.65 - head:.1f} {width / 2 + head * 0.45:.1f}V{width / 2:.1f}H{-length * 0.35:.1f}z"
    )
    disc = f'<circle class="queue" cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"/>' if radius >= 1.5 else ""
    arrow = f'<path class="flow" transform="translate({x:.1f} {y:.1f}) rotate({angle:.0f})" d="{shape}"/>' if ux or uy else ""
    dot = "" if arrow else f'<circle class="flow" cx="{x:.1f}" cy="{y:.1f}" r="{max(2.0, width / 2):.1f}"/>'
    tail, tip = (x - ux * length * 0.35, y - uy * length * 0.35), (x + ux * length * 0.65, y + uy * length * 0.65)
    half = width / 2 + 1
    x1, x2 = min(tail[0], tip[0], x - radius) - half, max(tail[0], tip[0], x + radius) + half
    y1, y2 = min(tail[1], tip[1], y - radius) - half, max(tail[1], tip[1], y + radius) + half
    return f"<g><title>{escape(page.place(gate.name))}</title>{disc}{arrow}{dot}</g>", Box(x1, y1, x2 - x1, y2 - y1)


def _heading(view: View, gate: Gate) -> Point:
    """The unit vector in which people pass, from the places before a crossing to those behind it; (0, 0) where no link says."""
    here = view(gate.lon, gate.lat)
    x = y = 0.0
    for sign, side in ((-1.0, gate.before), (1.0, gate.after)):
        towards = [(p[0] - here[0], p[1] - here[1]) for lon, lat in side if here and (p := view(lon, lat)) is not None]
        units = [(dx / n, dy / n) for dx, dy in towards if (n := math.hypot(dx, dy)) > 1e-6]
        if units:
            x += sign * sum(u[0] for u in units) / len(units)
            y += sign * sum(u[1] for u in units) / len(units)
    n = math.hypot(x, y)
    return (x / n, y / n) if n > 1e-6 else (0.0, 0.0)


def _frames(view: View, groups: Sequence[Sequence[Gate]], size: Size) -> tuple[list[str], list[Label]]:
    """Outlines of the closer views on the overview, and the places of their letters."""
    out, labels = [], []
    for group in groups:
        box = _outline(view, group)
        out.append(f'<rect class="frame" x="{box.x:.1f}" y="{box.y:.1f}" width="{box.width:.1f}" height="{box.height:.1f}" rx="3"/>')
        labels.append(Label((box.x, box.y), 1.3 * size.text, 1.2 * size.text, 2.0))
    return out, labels


def _outline(view: View, group: Sequence[Gate]) -> Box:
    """The part of the overview that a closer view shows, about."""
    at = [view(g.lon, g.lat) or (0.0, 0.0) for g in group]
    x1, y1 = min(p[0] for p in at) - 18, min(p[1] for p in at) - 18
    return Box(x1, y1, max(p[0] for p in at) + 18 - x1, max(p[1] for p in at) + 18 - y1)


def _text_of_frame(n: int, box: Box | None, size: Size) -> str:
    if box is None:
        return ""
    return f'<text class="letter" x="{box.x:.1f}" y="{box.y + size.text:.1f}">{chr(65 + n)}</text>'


def _label(page: Page, gate: Gate, size: Size) -> tuple[str, str]:
    """Name and figures of a crossing: the second as ready SVG text spans."""
    parts = []
    flow, wait = _figure(page, gate, "entries"), _figure(page, gate, "wait_hours_car")
    if flow:
        parts.append(page.text("map_flow").format(n=flow))
    if wait and gate.likely("wait_hours_car") >= 1:
        parts.append(page.text("map_wait").format(n=wait))
    return page.place(gate.name) if size is not NARROW else page.place(gate.name).split(" / ")[0], " · ".join(parts)


def _figure(page: Page, gate: Gate, quantity: str) -> str:
    """A likely figure as a text span that names its source: the forecast's own where it has one, so that all parts of the page agree."""
    h = horizon(page)
    series = (gate.name, quantity)
    levels = page.folder.forecast.get(series, {}).get(h, {})
    if LIKELY in levels:
        shown, value, where = page.shown(series, h, LIKELY), levels[LIKELY], page.forecast_ref(series, h, LIKELY)
    elif quantity in gate.rows:
        r = gate.rows[quantity]
        low, value, high = (float(r[q]) for q in ("q10", "q50", "q90"))
        shown = page.number(in_steps(value, rounding_step(low, high, finest(EN[f"unit_{quantity}"]))))
        where = ref("map.csv", {"location": gate.name, "quantity": quantity, "horizon": h}, "q50")
    else:
        return ""
    return f'<tspan data-value="{value:.6g}" data-ref="{escape(where)}">{escape(shown)}</tspan>'


def _bare(svg: str) -> str:
    """The text of ready spans, to know its length."""
    out, inside = [], False
    for sign in svg:
        inside = sign == "<" or (inside and sign != ">")
        if not inside and sign != ">":
            out.append(sign)
    return "".join(out)


def _plain_label(page: Page, gate: Gate) -> str:
    return _bare(_label(page, gate, WIDE)[1])


def _written(view: View, gate: Gate, text: tuple[str, str], box: Box | None, size: Size) -> str:
    """Name, figures and the line from the label to its crossing."""
    if box is None:
        return ""
    x, y = view(gate.lon, gate.lat) or (0.0, 0.0)
    ax, ay = anchor(box, (x, y))
    far = math.dist((x, y), (ax, ay)) > 14
    leader = f'<line class="leader" x1="{x:.1f}" y1="{y:.1f}" x2="{ax:.1f}" y2="{ay:.1f}"/>' if far else ""
    left = box.x + box.width / 2 < x
    tx, side = (box.x + box.width, "end") if left else (box.x, "start")
    return (
        f'{leader}<text class="label {side}" x="{tx:.1f}" y="{box.y + size.text * 0.9:.1f}" font-size="{size.text:g}">'
        f'<tspan class="name">{escape(text[0])}</tspan><tspan x="{tx:.1f}" dy="{size.text * 1.1:.1f}">{text[1]}</tspan></text>'
    )


def _countries(page: Page, land: dict[str, list[list[Point]]], taken: Sequence[Box], size: Size) -> str:
    """Names of the larger countries where there is room."""
    found = []
    for code, rings in land.items():
        if len(code) == 2:
            area, middle = max(area_and_middle(r) for r in rings)
            found.append((area, code, middle))
    labels, names = [], []
    for area, code, middle in sorted(found, reverse=True)[: 6 if size is NARROW else 16]:
        name = page.w.country(code)
        width = len(name) * size.text * 0.8
        if area > 1.6 * width * size.text:
            labels.append(Label(middle, width, size.text * 1.1, -size.text / 2))
            names.append(name)
    boxes = placed(labels, taken, size.width, size.height, 50.0)
    return "".join(
        f'<text class="country" x="{b.x + b.width / 2:.1f}" y="{b.y + size.text * 0.9:.1f}" font-size="{size.text:g}">{escape(n)}</text>'
        for b, n in zip(boxes, names, strict=True)
        if b is not None
    )


def _scale_bar(page: Page, view: View, size: Size) -> str:
    """A bar of 50, 100, 200, 500 … km in the lower left corner."""
    most = 0.16 * size.width * view.km_per_pixel
    power = 10.0 ** math.floor(math.log10(most))
    km = max(s * power for s in (1, 2, 5) if s * power <= most)
    length, y = km / view.km_per_pixel, size.height - 10
    return (
        f'<path class="bar" d="M10 {y - 4:.1f}v4h{length:.1f}v-4"/>'
        f'<text class="tick scale" x="14" y="{y - 5:.1f}">{escape(page.number(f"{km:,.0f}"))} km</text>'
    )


def _key(page: Page, scales: Scales, gates: Sequence[Gate]) -> str:
    """What arrows, discs and dashes mean, drawn to the scale of the map."""
    flow, queue = (_round_down(x) for x in (scales.flow, scales.queue))
    width, radius = scales.width(flow), scales.radius(queue) if queue else 0.0
    items = [
        f'<span><svg class="sample" viewBox="0 0 40 32" aria-hidden="true"><path class="flow" d="M2 {16 - width / 2:.1f}H26V{16 - width}L38 16L26'
        f' {16 + width}V{16 + width / 2:.1f}H2z"/></svg>{page.text("key_flow", n=page.number(f"{flow:,.0f}"))}</span>'
    ]
    if queue:
        items.append(
            f'<span><svg class="sample" viewBox="0 0 40 32" aria-hidden="true"><circle class="queue" cx="20" cy="16" r="{radius:.1f}"/></svg>'
            f"{page.text('key_queue', n=page.number(f'{queue:,.0f}'))}</span>"
        )
    items.append(f'<span><svg class="sample" viewBox="0 0 40 32" aria-hidden="true"><path class="border disputed" d="M2 16H38"/></svg>'
                 f"{page.text('key_disputed')}</span>")  # fmt: skip
    return f'<p class="legend">{"".join(items)}</p>'


def _round_down(x: float) -> float:
    """The largest of 1, 2, 5 x 10^k that is at most x."""
    if x < 1:
        return 0.0
    power = 10.0 ** math.floor(math.log10(x))
    return max(s * power for s in (1, 2, 5) if s * power <= x)


def _table(page: Page) -> str:
    """All gates, those by air and rail included, with low, likely and high of tomorrow."""
    h = horizon(page)
    rows: dict[str, dict[str, Row]] = {}
    for r in page.folder.map:
        if r["horizon"] == str(h):
            rows.setdefault(r["location"], {})[r["quantity"]] = r
    heads = [page.w("place"), *(page.what(q) for q in QUANTITIES)]
    body = []
    for name, by_quantity in rows.items():
        cells = [cell(_three(page, name, q, h) if q in by_quantity else "", label, "num") for q, label in zip(QUANTITIES, heads[1:], strict=True)]
        body.append(row(cells, escape(page.place(name))))
    return table(page.w("map_table"), heads, body, "stack", range(1, len(heads)))


def _three(page: Page, name: str, quantity: str, h: int) -> str:
    """Likely, low and high of a row of map.csv, or the forecast's own where it has them."""
    if (name, quantity) in page.folder.forecast:
        return page.three((name, quantity), h)
    shown = page.on_map(name, quantity, h)
    return f'<b>{shown[LIKELY]}</b> <span class="range">{shown[LOW]}–{shown[HIGH]}</span>'


def map_files(page: Page) -> Iterable[tuple[str, str]]:
    """Name and SVG of every picture of the map."""
    gates = gates_of_map(page)
    if gates:
        pictures, closer = pictures_of(page, gates, _world(page)[0])
        yield "map", pictures["wide"]
        for n, (_, svg) in enumerate(closer):
            yield f"map-{chr(97 + n)}", svg
