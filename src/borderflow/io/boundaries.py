"""A user's own boundaries: whether a file is GeoJSON in degrees that a map can draw. What is drawn of it is the page's matter."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from borderflow.errors import Problem

LINES = ("LineString", "MultiLineString", "Polygon", "MultiPolygon")
DEPTH = {"LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}
REMEDY = "give a GeoJSON FeatureCollection of polygons or lines in WGS 84 degrees, longitude first"


def boundary_problems(path: Path) -> list[Problem]:
    """What keeps a file from being drawn: at most one problem of each kind, with the number of the feature."""
    if not path.is_file():
        return [Problem("case.yaml", 0, f"boundaries: {path.name} is not in the folder of the case", "add the file, or leave `boundaries` out")]
    try:
        shapes = json.loads(path.read_text("utf-8"))
    except UnicodeDecodeError:
        return [Problem(path.name, 0, "is not UTF-8 text", REMEDY)]
    except json.JSONDecodeError as error:
        return [Problem(path.name, error.lineno, f"is not JSON: {error.msg}", REMEDY)]
    except RecursionError:
        return [Problem(path.name, 0, "is nested too deeply to be GeoJSON", REMEDY)]
    features = shapes.get("features") if isinstance(shapes, dict) and shapes.get("type") == "FeatureCollection" else None
    if not isinstance(features, list) or not features:
        return [Problem(path.name, 0, "must be a FeatureCollection with at least one feature", REMEDY)]
    found: dict[str, Problem] = {}
    for n, feature in enumerate(features, 1):
        for what in _of_feature(feature):
            found.setdefault(what.partition(":")[0], Problem(path.name, 0, f"feature {n} {what}", REMEDY))
    return list(found.values())


def _of_feature(feature: Any) -> list[str]:
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    if not isinstance(geometry, dict) or geometry.get("type") not in LINES:
        kind = geometry.get("type") if isinstance(geometry, dict) else None
        return [f"must be one of {', '.join(LINES)}: it is {kind!r}"]
    if not isinstance(feature.get("properties") or {}, dict):
        return ["must have properties by name"]
    return [] if _in_degrees(geometry.get("coordinates"), DEPTH[geometry["type"]]) else ["must have coordinates in degrees: -180 to 180, -90 to 90"]


def _in_degrees(at: Any, depth: int) -> bool:
    """Whether nested lists of this depth end in positions of two or more numbers within the ranges of longitude and latitude."""
    if not isinstance(at, list) or not at:
        return False
    if depth > 0:
        least = 2 if depth == 1 else 1
        return len(at) >= least and all(_in_degrees(part, depth - 1) for part in at)
    numbers = all(isinstance(v, int | float) and not isinstance(v, bool) for v in at)
    return numbers and len(at) >= 2 and -180 <= at[0] <= 180 and -90 <= at[1] <= 90
