"""src/borderflow/publish/world.json from Natural Earth (public domain): coasts and borders, simplified, cut at the antimeridian.

    python tools/make_map.py node_modules/world-atlas/countries-50m.json

The input is the TopoJSON of the npm package `world-atlas`, a repackaging of Natural Earth at 1 : 50 million. Run once; the result is in
the repository.

Output: `unit` degrees of one step; `arcs`: each a flat list x, y, dx, dy, dx, dy ... in steps; `kinds`: a letter for each arc (c coast,
b border, d disputed or de facto line); `countries`: code -> list of rings, each a list of arcs, ~i for arc i backwards. Codes of features
without an ISO code begin with '-'. A disputed line is one beside such a feature, or one of those listed here: a choice of ours to draw fewer
claims as facts, not a judgement. Pages draw land in one colour, so that no area is shown as belonging to anyone.
"""

from __future__ import annotations

import itertools
import json
import math
import sys
from pathlib import Path
from typing import Any

from borderflow.world.countries import country_code

ROOT = Path(__file__).parents[1]
OUT = ROOT / "src" / "borderflow" / "publish" / "world.json"
UNIT = 0.01
TOLERANCE = 0.025
"""Degrees by which a simplified line may leave the original."""
LEAST_AREA = 0.02
"""Square degrees below which an island is left out."""
ALIASES = {
    "Czechia": "CZ", "Dem. Rep. Congo": "CD", "Dominican Rep.": "DO", "Central African Rep.": "CF", "Bosnia and Herz.": "BA", "S. Sudan": "SS",
    "Eq. Guinea": "GQ", "eSwatini": "SZ", "W. Sahara": "EH", "Macedonia": "MK", "Solomon Is.": "SB", "Falkland Is.": "FK", "Timor-Leste": "TL",
    "Faeroe Is.": "FO", "Fr. Polynesia": "PF", "Cabo Verde": "CV", "Fr. S. Antarctic Lands": "TF", "Cayman Is.": "KY", "N. Mariana Is.": "MP",
    "Marshall Is.": "MH", "Turks and Caicos Is.": "TC", "U.S. Virgin Is.": "VI", "British Virgin Is.": "VG", "Antigua and Barb.": "AG",
    "St. Kitts and Nevis": "KN", "St. Vin. and Gren.": "VC", "St. Pierre and Miquelon": "PM", "Cook Is.": "CK", "Pitcairn Is.": "PN",
    "Wallis and Futuna Is.": "WF", "Br. Indian Ocean Ter.": "IO", "São Tomé and Principe": "ST", "Heard I. and McDonald Is.": "HM",
    "S. Geo. and the Is.": "GS", "St-Martin": "MF", "St-Barthélemy": "BL", "Åland": "AX", "Vatican": "VA", "Kosovo": "XK",
}  # fmt: skip
LEFT_OUT = {"Antarctica"}
DISPUTED_PAIRS = {
    frozenset(p) for p in (("IN", "PK"), ("CN", "IN"), ("EH", "MA"), ("EH", "MR"), ("EH", "DZ"), ("IL", "PS"), ("IL", "SY"), ("SD", "SS"),
                               ("XK", "RS"))
}  # fmt: skip
DISPUTED_BOXES = ((frozenset(("RU", "UA")), (32.0, 44.0, 37.0, 46.4)),)
"""Pairs whose line is disputed within a box (west, south, east, north)."""

Points = list[tuple[float, float]]


def decoded(topology: dict[str, Any]) -> list[Points]:
    """The arcs in degrees."""
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * sx + tx, y * sy + ty))
        arcs.append(points)
    return arcs


def simplified(points: Points) -> Points:
    """Douglas and Peucker's line within TOLERANCE; ends stay, and a closed line keeps its farthest point."""
    if len(points) < 3:
        return points
    if points[0] == points[-1]:
        far = max(range(len(points)), key=lambda i: math.dist(points[0], points[i]))
        return [*simplified(points[: far + 1])[:-1], *simplified(points[far:])] if 0 < far < len(points) - 1 else points
    keep, todo = {0, len(points) - 1}, [(0, len(points) - 1)]
    while todo:
        a, b = todo.pop()
        (ax, ay), (bx, by) = points[a], points[b]
        shrink = math.cos(math.radians(0.5 * (ay + by)))
        ux, uy = (bx - ax) * shrink, by - ay
        length = math.hypot(ux, uy) or 1e-12
        far, most = a, TOLERANCE
        for i in range(a + 1, b):
            px, py = (points[i][0] - ax) * shrink, points[i][1] - ay
            along = max(0.0, min(1.0, (px * ux + py * uy) / length**2))
            off = math.hypot(px - along * ux, py - along * uy)
            if off > most:
                far, most = i, off
        if far != a:
            keep.add(far)
            todo += [(a, far), (far, b)]
    return [points[i] for i in sorted(keep)]


def cut(points: Points) -> list[Points]:
    """A line as pieces that do not cross the antimeridian; each end there lies on it."""
    pieces, piece = [], [points[0]]
    for (ax, ay), (bx, by) in itertools.pairwise(points):
        if abs(bx - ax) > 180.0:
            side = 180.0 if ax > 0 else -180.0
            share = (180.0 - abs(ax)) / max(1e-9, 360.0 - abs(bx - ax))
            y = ay + share * (by - ay)
            piece.append((side, y))
            pieces.append(piece)
            piece = [(-side, y)]
        piece.append((bx, by))
    return [*pieces, piece]


def area(ring: Points) -> float:
    """Square degrees, shrunk with latitude."""
    total = sum(ax * by - bx * ay for (ax, ay), (bx, by) in itertools.pairwise(ring))
    return abs(total) / 2 * math.cos(math.radians(ring[0][1]))


def main() -> int:
    """Writes the file."""
    topology = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    arcs = decoded(topology)
    rings: dict[str, list[list[int]]] = {}
    for shape in topology["objects"]["countries"]["geometries"]:
        name = shape["properties"]["name"]
        if name in LEFT_OUT or shape["type"] is None:
            continue
        code = ALIASES.get(name) or country_code(name) or f"-{name}"
        polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
        # holes are other countries or lakes: drawn over, so only outer rings are kept
        rings.setdefault(code, []).extend(polygon[0] for polygon in polygons)
    unknown = sorted(code for code in rings if code.startswith("-"))
    print("no ISO code:", ", ".join(unknown))

    def points_of(ring: list[int]) -> Points:
        joined: Points = []
        for i in ring:
            piece = arcs[i] if i >= 0 else arcs[~i][::-1]
            joined += piece[1:] if joined else piece
        return joined

    owners: dict[int, set[str]] = {}
    kept: dict[str, list[list[int]]] = {}
    for code, all_rings in rings.items():
        for ring in all_rings:
            if area(points_of(ring)) >= LEAST_AREA:
                kept.setdefault(code, []).append(ring)
                for i in ring:
                    owners.setdefault(i if i >= 0 else ~i, set()).add(code)

    out_arcs: list[list[int]] = []
    kinds: list[str] = []
    pieces_of: dict[int, list[int]] = {}
    for i in sorted(owners):
        pieces_of[i] = []
        for piece in cut(simplified(arcs[i])):
            steps = [(round(x / UNIT), round(y / UNIT)) for x, y in piece]
            flat = [*steps[0]]
            for (ax, ay), (bx, by) in itertools.pairwise(steps):
                if (ax, ay) != (bx, by) or len(steps) == 2:
                    flat += [bx - ax, by - ay]
            pieces_of[i].append(len(out_arcs))
            out_arcs.append(flat)
            kinds.append(kind_of(owners[i], piece))
    countries = {
        code: [[p if i >= 0 else ~p for i in ring for p in (pieces_of[i] if i >= 0 else reversed(pieces_of[~i]))] for ring in kept[code]]
        for code in sorted(kept)
    }
    text = json.dumps({"unit": UNIT, "kinds": "".join(kinds), "arcs": out_arcs, "countries": countries}, separators=(",", ":"), ensure_ascii=False)
    OUT.write_text(text + "\n", "utf-8")
    print(f"{OUT.relative_to(ROOT)}: {len(text) / 1024:.0f} kB, {sum(len(a) // 2 for a in out_arcs)} points, {len(countries)} countries")
    return 0


def kind_of(owners: set[str], piece: Points) -> str:
    """c, b or d for a line between these."""
    if len(owners) == 1:
        return "c"
    if any(code.startswith("-") for code in owners) or owners in DISPUTED_PAIRS:
        return "d"
    x, y = piece[len(piece) // 2]
    inside = any(owners == pair and w <= x <= e and s <= y <= n for pair, (w, s, e, n) in DISPUTED_BOXES)
    return "d" if inside else "b"


if __name__ == "__main__":
    sys.exit(main())
