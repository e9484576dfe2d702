"""Geometry of maps: coasts and borders, an equal-area view of a region in pixels, clipping, and labels that do not overlap."""

from __future__ import annotations

import functools
import itertools
import json
import math
from collections.abc import Iterable, Sequence
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Point = tuple[float, float]
Line = list[Point]
FAR = math.cos(math.radians(100.0))
"""Shapes that reach farther than 100 degrees from the centre of a view are left out: they are behind the horizon."""
LEAST_STEP = 0.6
"""Pixels: points of a drawn line are at least this far apart."""


class Shape(NamedTuple):
    """A line or ring in degrees, (n, 2) lon and lat, and the cap of the globe that holds it: unit vector of its middle, radius in radians."""

    points: NDArray[np.float64]
    middle: NDArray[np.float64]
    radius: float


def shape_of(points: Sequence[Point]) -> Shape:
    """A shape from points (lon, lat)."""
    at = np.asarray(points, dtype=np.float64)
    units = _units(at)
    middle = units.mean(axis=0)
    middle = middle / max(1e-12, float(np.linalg.norm(middle)))
    return Shape(at, middle, math.acos(max(-1.0, min(1.0, float((units @ middle).min())))))


def _units(at: NDArray[np.float64]) -> NDArray[np.float64]:
    """Unit vectors (n, 3) of points in degrees."""
    lon, lat = np.radians(at[:, 0]), np.radians(at[:, 1])
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=1)


class World(NamedTuple):
    """Land by country, and lines of three kinds."""

    land: dict[str, list[Shape]]
    coasts: list[Shape]
    borders: list[Shape]
    disputed: list[Shape]


@functools.cache
def shipped_world() -> World:
    """Natural Earth at 1 : 50 million, as `tools/make_map.py` left it."""
    raw = json.loads(files("borderflow.publish").joinpath("world.json").read_text("utf-8"))
    unit, arcs = raw["unit"], []
    for flat in raw["arcs"]:
        x, y = flat[0], flat[1]
        points = [(x * unit, y * unit)]
        for dx, dy in zip(flat[2::2], flat[3::2], strict=True):
            x, y = x + dx, y + dy
            points.append((x * unit, y * unit))
        arcs.append(points)

    def ring(numbers: Sequence[int]) -> Line:
        return [p for i in numbers for p in (arcs[i] if i >= 0 else arcs[~i][::-1])]

    land = {code: [shape_of(ring(r)) for r in rings] for code, rings in raw["countries"].items()}
    of_kind = {kind: [shape_of(a) for a, k in zip(arcs, raw["kinds"], strict=True) if k == kind] for kind in "cbd"}
    return World(land, of_kind["c"], of_kind["b"], of_kind["d"])


def world_of(shapes: dict[str, Any]) -> World:
    """A user's own boundaries: a GeoJSON FeatureCollection of polygons (land, named by an ISO code if given) and of lines.

    A line whose property `disputed` is true is drawn dashed; outlines of polygons are borders.
    """
    world = World({}, [], [], [])
    for feature in shapes["features"]:
        properties = feature.get("properties") or {}
        code = next((str(properties[k]) for k in ("iso_a2", "ISO_A2", "iso2", "country", "name") if properties.get(k)), "")
        lines = world.disputed if properties.get("disputed") else world.borders
        for kind, parts in _parts(feature["geometry"]):
            shape = shape_of(parts)
            if kind == "polygon":
                world.land.setdefault(code, []).append(shape)
            lines.append(shape)
    return world


def _parts(geometry: dict[str, Any]) -> Iterable[tuple[str, Line]]:
    """Outer rings and lines of a GeoJSON geometry."""
    kind, at = geometry.get("type"), geometry.get("coordinates")
    nested = {"LineString": [at], "MultiLineString": at, "Polygon": [at], "MultiPolygon": at}.get(str(kind)) or []
    assert isinstance(nested, list)
    for part in nested:
        points = part[0] if str(kind).endswith("Polygon") else part
        yield ("polygon" if str(kind).endswith("Polygon") else "line"), [(float(p[0]), float(p[1])) for p in points]


class View(NamedTuple):
    """Lambert's azimuthal equal-area projection about a centre, scaled and shifted into a picture of width x height pixels."""

    lon0: float
    lat0: float
    scale: float
    dx: float
    dy: float
    width: float
    height: float

    def raw(self, lon: float, lat: float) -> Point | None:
        """Unscaled coordinates (in radii of the earth), y upwards; None behind the horizon."""
        lam, phi, phi0 = math.radians(lon - self.lon0), math.radians(lat), math.radians(self.lat0)
        c = math.sin(phi0) * math.sin(phi) + math.cos(phi0) * math.cos(phi) * math.cos(lam)
        if c < FAR:
            return None
        k = math.sqrt(2.0 / (1.0 + c))
        return k * math.cos(phi) * math.sin(lam), k * (math.cos(phi0) * math.sin(phi) - math.sin(phi0) * math.cos(phi) * math.cos(lam))

    def __call__(self, lon: float, lat: float) -> Point | None:
        """Pixels of a place; None behind the horizon."""
        at = self.raw(lon, lat)
        return None if at is None else (self.dx + self.scale * at[0], self.dy - self.scale * at[1])

    @property
    def km_per_pixel(self) -> float:
        """Kilometres that one pixel stands for."""
        return 6371.0 / self.scale

    def holds(self, p: Point, margin: float = 0.0) -> bool:
        """Whether a point lies in the picture, this far from its edge."""
        return margin <= p[0] <= self.width - margin and margin <= p[1] <= self.height - margin


def view_of(places: Sequence[Point], width: float, height: float, margin: float, least_km: float = 300.0) -> View:
    """The view that shows places (lon, lat) with a margin in pixels, and no less than `least_km` across."""
    x = sum(math.cos(math.radians(la)) * math.cos(math.radians(lo)) for lo, la in places)
    y = sum(math.cos(math.radians(la)) * math.sin(math.radians(lo)) for lo, la in places)
    z = sum(math.sin(math.radians(la)) for _, la in places)
    view = View(math.degrees(math.atan2(y, x)), math.degrees(math.atan2(z, math.hypot(x, y))), 1.0, 0.0, 0.0, width, height)
    at = [p for lo, la in places if (p := view.raw(lo, la)) is not None]
    (x1, x2), (y1, y2) = ((min(p[i] for p in at), max(p[i] for p in at)) for i in (0, 1))
    least = least_km / 6371.0
    scale = min((width - 2 * margin) / max(x2 - x1, least), (height - 2 * margin) / max(y2 - y1, least * height / width))
    return view._replace(scale=scale, dx=width / 2 - scale * (x1 + x2) / 2, dy=height / 2 + scale * (y1 + y2) / 2)


def land_path(view: View, rings: Iterable[Sequence[Point]]) -> str:
    """Rings in pixels, as `clipped` makes them, as the data of one SVG path."""
    return "".join(_path(ring, True) for ring in rings)


def visible(view: View, shape: Shape) -> list[Point] | None:
    """A shape in pixels, or None where a part of it is behind the horizon or all of it is outside the picture."""
    centre = _units(np.array([[view.lon0, view.lat0]]))[0]
    # the picture lies within a cap about its centre of projection: shapes whose own cap does not meet that are passed over
    corner = max(math.hypot(x - view.dx, y - view.dy) for x in (0, view.width) for y in (0, view.height)) / view.scale
    reach = 2.0 * math.asin(min(1.0, corner / 2.0))
    if math.acos(max(-1.0, min(1.0, float(centre @ shape.middle)))) > reach + shape.radius:
        return None
    lam, phi = np.radians(shape.points[:, 0] - view.lon0), np.radians(shape.points[:, 1])
    phi0 = math.radians(view.lat0)
    c = math.sin(phi0) * np.sin(phi) + math.cos(phi0) * np.cos(phi) * np.cos(lam)
    if (c < FAR).any():
        return None
    k = np.sqrt(2.0 / (1.0 + c))
    x = view.dx + view.scale * k * np.cos(phi) * np.sin(lam)
    y = view.dy - view.scale * k * (math.cos(phi0) * np.sin(phi) - math.sin(phi0) * np.cos(phi) * np.cos(lam))
    if x.max() < 0 or y.max() < 0 or x.min() > view.width or y.min() > view.height:
        return None
    return list(zip(x.tolist(), y.tolist(), strict=True))


def clipped_land(view: View, world: World) -> dict[str, list[list[Point]]]:
    """The rings of each country that are in the picture, in pixels."""
    found = {code: [c for shape in shapes if len(c := clipped(view, shape)) > 2] for code, shapes in world.land.items()}
    return {code: rings for code, rings in found.items() if rings}


def clipped(view: View, shape: Shape, margin: float = 4.0) -> list[Point]:
    """A ring in pixels, cut at the edges of the picture (Sutherland and Hodgman)."""
    ring = visible(view, shape)
    if ring is None:
        return []
    for axis, edge, keep_above in ((0, -margin, True), (0, view.width + margin, False), (1, -margin, True), (1, view.height + margin, False)):
        out: list[Point] = []
        for a, b in zip([ring[-1], *ring], ring, strict=False):
            a_in, b_in = ((p[axis] >= edge) == keep_above for p in (a, b))
            if a_in != b_in:
                share = (edge - a[axis]) / (b[axis] - a[axis])
                out.append((a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])))
            if b_in:
                out.append(b)
        ring = out
        if not ring:
            return []
    return ring


def line_path(view: View, shapes: Iterable[Shape], margin: float = 4.0) -> str:
    """Lines as the data of one SVG path; parts outside the picture are left out."""
    out = []
    for shape in shapes:
        at = visible(view, shape)
        if at is None:
            continue
        run: list[Point] = []
        for a, b in itertools.pairwise(at):
            near = any(view.holds(p, -margin) for p in (a, b))
            if near:
                run += [b] if run else [a, b]
            if run and (not near or b == at[-1]):
                out.append(_path(run, False))
                run = []
        if run:
            out.append(_path(run, False))
    return "".join(out)


def _path(points: Sequence[Point], closed: bool) -> str:
    """Path data in tenths of pixels, relative, without points that nobody could tell apart."""
    kept = [points[0]]
    for p in points[1:-1]:
        if abs(p[0] - kept[-1][0]) + abs(p[1] - kept[-1][1]) >= LEAST_STEP:
            kept.append(p)
    kept.append(points[-1])
    at = [(round(10 * x), round(10 * y)) for x, y in kept]
    steps = [f"{(bx - ax) / 10:g} {(by - ay) / 10:g}" for (ax, ay), (bx, by) in itertools.pairwise(at) if (ax, ay) != (bx, by)]
    return f"M{at[0][0] / 10:g} {at[0][1] / 10:g}l{' '.join(steps)}{'z' if closed else ''}" if steps else ""


def area_and_middle(ring: Sequence[Point]) -> tuple[float, Point]:
    """Area in square pixels and centre of gravity of a ring."""
    area = x = y = 0.0
    for (ax, ay), (bx, by) in zip(ring, [*ring[1:], ring[0]], strict=True):
        cross = ax * by - bx * ay
        area, x, y = area + cross, x + (ax + bx) * cross, y + (ay + by) * cross
    return (abs(area) / 2, (x / (3 * area), y / (3 * area))) if abs(area) > 1e-9 else (0.0, ring[0])


# ---------------------------------------------------------------- labels


class Box(NamedTuple):
    """A rectangle of the picture."""

    x: float
    y: float
    width: float
    height: float

    def overlap(self, other: Box) -> float:
        """Area that two boxes share."""
        dx = min(self.x + self.width, other.x + other.width) - max(self.x, other.x)
        dy = min(self.y + self.height, other.y + other.height) - max(self.y, other.y)
        return dx * dy if dx > 0 and dy > 0 else 0.0


class Label(NamedTuple):
    """A label to be placed: where it belongs, its size, how far it must keep from there at least."""

    at: Point
    width: float
    height: float
    clear: float


def placed(labels: Sequence[Label], taken: Sequence[Box], width: float, height: float, reach: float = 110.0) -> list[Box | None]:
    """A box for each label, the first ones first: near its place, inside the picture, clear of what is taken and of each other; None without room."""
    boxes, lines, out = list(taken), [], []  # type: ignore[var-annotated]
    for label in labels:
        best, least = None, math.inf
        for box in _candidates(label, reach):
            if box.x < 2 or box.y < 2 or box.x + box.width > width - 2 or box.y + box.height > height - 2:
                continue
            if math.dist(label.at, anchor(box, label.at)) >= least or any(box.overlap(other) > 0 for other in boxes):
                continue
            leader = (label.at, anchor(box, label.at))
            crossed = sum(_cross(leader, other) for other in lines) + sum(_hits(leader, b) for b in out if b is not None)
            cost = math.dist(*leader) + 60.0 * crossed
            if cost < least:
                best, least = box, cost
        out.append(best)
        if best is not None:
            boxes.append(Box(best.x - 3, best.y - 2, best.width + 6, best.height + 4))
            lines.append((label.at, anchor(best, label.at)))
    return out


def _candidates(label: Label, reach: float) -> Iterable[Box]:
    x, y = label.at
    for step in range(int((reach - label.clear) // 8) + 1):
        away = label.clear + 8.0 * step
        for turn in range(24):
            angle = 2 * math.pi * turn / 24
            cx, cy = math.cos(angle), math.sin(angle)
            # the box touches the circle of radius `away` with the side that faces the place
            yield Box(x + away * cx + (cx - 1) * label.width / 2, y + away * cy + (cy - 1) * label.height / 2, label.width, label.height)


def anchor(box: Box, at: Point) -> Point:
    """The point of a box that is nearest to a place."""
    return min(max(at[0], box.x), box.x + box.width), min(max(at[1], box.y), box.y + box.height)


def _cross(a: tuple[Point, Point], b: tuple[Point, Point]) -> bool:
    """Whether two lines cross."""

    def side(p: Point, q: Point, r: Point) -> float:
        return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])

    return side(*a, b[0]) * side(*a, b[1]) < 0 and side(*b, a[0]) * side(*b, a[1]) < 0


def _hits(line: tuple[Point, Point], box: Box) -> bool:
    """Whether a line runs through a box."""
    (x, y), (w, h) = (box.x, box.y), (box.width, box.height)
    corners = [(x, y), (x + w, y), (x + w, y + h), (x, y + h)]
    return any(_cross(line, (a, b)) for a, b in zip(corners, [*corners[1:], corners[0]], strict=True))
