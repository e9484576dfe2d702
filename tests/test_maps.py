"""Maps: geometry by hand and by property, shipped and own boundaries, labels that never overlap."""

from __future__ import annotations

import json
import math
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from borderflow.errors import Problem
from borderflow.io.boundaries import boundary_problems
from borderflow.io.case import inspect_case
from borderflow.publish.page import geo
from borderflow.publish.page.base import Page
from borderflow.publish.page.map import CLOSE, NARROW, WIDE, clusters, gates_of_map, section_map
from borderflow.publish.runfolder import read_run
from borderflow.publish.words import Words
from borderflow.world.countries import COUNTRIES
from fake_run import make_run
from page_reader import read
from small_case import write_small_case

SQUARE = [[10.0, 50.0], [12.0, 50.0], [12.0, 52.0], [10.0, 52.0], [10.0, 50.0]]


def collection(*features: tuple[str, object, dict[str, object]]) -> str:
    parts = [{"type": "Feature", "properties": p, "geometry": {"type": kind, "coordinates": at}} for kind, at, p in features]
    return json.dumps({"type": "FeatureCollection", "features": parts})


# ---- shipped world --------------------------------------------------------------------------------------------------


def test_shipped_shapes_are_cut_at_the_antimeridian_and_lie_on_the_globe():
    world = geo.shipped_world()
    lines = [shape.points.tolist() for shape in (*world.coasts, *world.borders, *world.disputed)]
    assert all(-180 <= x <= 180 and -90 <= y <= 90 for line in lines for x, y in line)
    assert max(abs(a[0] - b[0]) for line in lines for a, b in pairwise(line)) < 30
    assert len(world.land) > 180
    assert {code for code in world.land if not code.startswith("-")} <= COUNTRIES.keys()


def test_lines_that_are_disputed_are_not_drawn_as_borders():
    world = geo.shipped_world()

    def near(shapes: list[geo.Shape], lon: float, lat: float) -> bool:
        return any(math.dist(p, (lon, lat)) < 0.6 for shape in shapes for p in shape.points)

    for lon, lat in ((33.6, 46.1), (74.0, 34.0), (33.5, 35.1)):  # Perekop, Kashmir, Cyprus
        assert near(world.disputed, lon, lat)
        assert not near(world.borders, lon, lat)
    assert near(world.borders, 44.63, 42.75)  # Verkhny Lars


# ---- views ----------------------------------------------------------------------------------------------------------

places = st.lists(st.tuples(st.floats(-179, 179), st.floats(-70, 75)), min_size=1, max_size=6)


@given(lon=st.floats(-180, 180), lat=st.floats(-75, 75), spread=st.floats(0.01, 20))
def test_a_view_holds_the_places_it_is_made_for(lon: float, lat: float, spread: float):
    here = [(lon, lat), (lon + spread, lat), (lon, max(-80.0, min(80.0, lat + spread)))]
    view = geo.view_of(here, 400, 300, 40)
    at = [view(*p) for p in here]
    assert all(p is not None and view.holds(p, 39.9) for p in at)
    assert view.km_per_pixel > 0


def test_north_is_up_east_is_right_and_distances_are_true_near_the_centre():
    view = geo.view_of([(30.0, 60.0), (31.0, 61.0), (29.0, 59.0)], 400, 400, 20)
    here, north, east = view(30.0, 60.0), view(30.0, 60.5), view(31.0, 60.0)
    assert here is not None
    assert north is not None
    assert east is not None
    assert north[1] < here[1]
    assert east[0] > here[0]
    assert math.dist(here, north) * view.km_per_pixel == pytest.approx(0.5 * 111.19, rel=0.002)
    assert math.dist(here, east) * view.km_per_pixel == pytest.approx(111.19 * math.cos(math.radians(60)), rel=0.002)


def test_what_is_behind_the_horizon_is_not_drawn():
    view = geo.view_of([(30.0, 60.0)], 400, 400, 20)
    assert view(-150.0, -60.0) is None
    assert geo.visible(view, geo.shape_of([(-150.0, -60.0), (-149.0, -60.0), (-149.0, -59.0)])) is None
    assert geo.clipped(view, geo.shape_of([(-150.0, -60.0), (-149.0, -60.0), (-149.0, -59.0)])) == []


@given(st.floats(-180, 180), st.floats(-80, 80), st.floats(-180, 180), st.floats(-80, 80))
def test_what_is_passed_over_is_outside_the_picture(lon: float, lat: float, x: float, y: float):
    """A quick look at caps of the globe never hides a shape of which a corner is in the picture."""
    view = geo.view_of([(lon, lat), (lon, lat + 5)], 400, 300, 20)
    corners = [(x, y), (x + 3, y), (x + 3, y + 2)]
    at = [view(*p) for p in corners]
    if all(p is not None for p in at) and any(p is not None and view.holds(p) for p in at):
        assert geo.visible(view, geo.shape_of(corners)) is not None


def test_a_ring_is_cut_at_the_edges_of_the_picture():
    view = geo.view_of([(11.0, 51.0)], 200, 200, 20, least_km=100)
    ring = geo.clipped(view, geo.shape_of([(0.0, 45.0), (22.0, 45.0), (22.0, 57.0), (0.0, 57.0), (0.0, 45.0)]))
    assert len(ring) >= 4
    assert all(-4.01 <= c <= 204.01 for p in ring for c in p)
    assert geo.area_and_middle(ring)[0] == pytest.approx(208**2, rel=1e-6)


# ---- labels ---------------------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(20, 380), st.floats(20, 280), st.floats(10, 160)), max_size=14))
def test_labels_never_overlap_each_other_or_symbols_and_stay_inside(at: list[tuple[float, float, float]]):
    taken = [geo.Box(x - 6, y - 6, 12, 12) for x, y, _ in at]
    labels = [geo.Label((x, y), width, 24.0, 10.0) for x, y, width in at]
    found = [b for b in geo.placed(labels, taken, 400, 300) if b is not None]
    assert all(a.overlap(b) == 0 for a, b in combinations(found, 2))
    assert all(a.overlap(b) == 0 for a in found for b in taken)
    assert all(b.x >= 0 and b.y >= 0 and b.x + b.width <= 400 and b.y + b.height <= 300 for b in found)


def test_a_label_with_all_the_room_stands_beside_its_place():
    box = geo.placed([geo.Label((100.0, 100.0), 50.0, 20.0, 10.0)], [], 400, 300)[0]
    assert box is not None
    assert 0 < math.dist(geo.anchor(box, (100.0, 100.0)), (100.0, 100.0)) <= 10.5


# ---- the section ----------------------------------------------------------------------------------------------------


def page_of(folder: Path) -> Page:
    return Page(read_run(folder), Words())


def test_crossings_close_together_get_a_closer_view(tmp_path: Path):
    page = page_of(make_run(tmp_path))
    gates = gates_of_map(page)
    assert [g.name for g in gates] == ["High Pass / Low Gate", "North Ford", "South Ford", "Far Bridge", "Lone Tower"]
    assert [sorted(g.name for g in group) for group in clusters(gates)] == [["High Pass / Low Gate", "North Ford", "South Ford"]]
    html = section_map(page)
    assert html.count('class="map"') == 3
    reader = read(html)
    for name in ("High Pass / Low Gate", "North Ford", "South Ford", "Far Bridge", "Lone Tower"):
        assert name in reader.text
    assert "by air" in reader.text
    assert Words()("map_disclaimer") in reader.text


def test_one_crossing_alone_has_a_map(tmp_path: Path):
    make_run(tmp_path)
    lines = (tmp_path / "map.csv").read_text().splitlines()
    (tmp_path / "map.csv").write_text("\n".join([lines[0], *(x for x in lines if x.startswith("Lone Tower"))]) + "\n")
    assert "Lone Tower" in section_map(page_of(tmp_path))


def test_pictures_have_the_sizes_that_style_knows():
    assert [s.name for s in (WIDE, NARROW, CLOSE)] == ["wide", "narrow", "close"]


# ---- own boundaries -------------------------------------------------------------------------------------------------


def test_own_boundaries_replace_the_shipped_ones(tmp_path: Path):
    folder = write_small_case(tmp_path / "run" / "case")
    (folder / "case.yaml").write_text((folder / "case.yaml").read_text("utf-8") + "\nboundaries: ours.geojson\n", "utf-8")
    line = [[10.0, 51.0], [12.0, 51.5]]
    (folder / "ours.geojson").write_text(collection(("Polygon", [SQUARE], {"iso_a2": "NO"}), ("LineString", line, {"disputed": True})), "utf-8")
    found = inspect_case(folder)
    assert found.problems == []
    make_run(tmp_path / "run")
    page = page_of(tmp_path / "run")
    html = section_map(page)
    assert Words()("map_own") in html
    assert Words()("map_source") not in html
    world = geo.world_of(json.loads(page.folder.boundaries))
    assert list(world.land) == ["NO"]
    assert (len(world.borders), len(world.disputed)) == (1, 1)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "is not in the folder of the case"),
        ("not json", "is not JSON"),
        ("[]", "must be a FeatureCollection"),
        (collection(), "must be a FeatureCollection with at least one feature"),
        (collection(("Point", [10, 50], {})), "feature 1 must be one of LineString"),
        (
            collection(("Polygon", [SQUARE], {}), ("LineString", [[500000, 6000000], [500100, 6000100]], {})),
            "feature 2 must have coordinates in degrees",
        ),
        (collection(("Polygon", [[]], {})), "feature 1 must have coordinates"),
        (collection(("LineString", [["a", "b"], ["c", "d"]], {})), "feature 1 must have coordinates"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_boundaries_that_cannot_be_drawn_are_refused(tmp_path: Path, text: str | None, said: str):
    path = tmp_path / "ours.geojson"
    if text is not None:
        path.write_text(text, "utf-8")
    problems = boundary_problems(path)
    assert len(problems) == 1
    assert said in problems[0].what
    assert problems[0].remedy


json_values = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "features", "geometry", "coordinates", "properties"]), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(json_values)
def test_any_json_is_judged_without_a_crash(tmp_path_factory: pytest.TempPathFactory, value: object):
    path = tmp_path_factory.getbasetemp() / "any.geojson"
    path.write_text(json.dumps(value), "utf-8")
    found = boundary_problems(path)
    assert all(isinstance(p, Problem) for p in found)
    if not found:
        geo.world_of(json.loads(path.read_text("utf-8")))
