"""Reading Flee instances: every malformed file is one clear report, what Flee ignores is said, and out.csv is Flee's to the byte."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from flee_tiny import tiny
from hypothesis import given, settings
from hypothesis import strategies as st

from borderflow.errors import InputError
from borderflow.flee import out, series
from borderflow.flee.arrays import Plan, compile_instance, retune
from borderflow.flee.engine import Result
from borderflow.flee.instance import FIXES, Instance
from borderflow.flee.read import kind_of, read_instance

PLACES = ("A,X,conflict,1000", "T,X,town,50", "C,Y,camp,100", "D,Y,camp,200")
ROUTES = ("A,T,50", "T,C,60", "T,D,70,0")
SHARED = Path(__file__).parents[1].parent / "shared" / "flee"
REFERENCES = sorted(p.name.removesuffix(".yml") for p in SHARED.glob("reference/*.yml"))
needs_shared = pytest.mark.skipif(not REFERENCES, reason="the public instances of ../shared are not here")


def write(folder: Path, file: str, text: str) -> None:
    (folder / file).write_text(text, encoding="utf-8")


def change(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    write(folder, file, text.replace(old, new, 1))


def small(folder: Path) -> Instance:
    return tiny(folder, PLACES, ROUTES, days=4, each_day=None, data={"C": [10, 20, 30, 30], "D": [0, 5, 5, 9]}, insert_day0=True)


def problems(folder: Path, *fixes: str) -> list[str]:
    try:
        compile_instance(read_instance(folder, fixes=frozenset(fixes)))
    except InputError as error:
        return [str(p) for p in error.problems]
    return []


@pytest.mark.parametrize(
    ("file", "old", "new", "expected", "fix"),
    [
        (
            "input_csv/locations.csv",
            "camp,,100",
            'camp,,"22,849"',
            "locations.csv line 4: place 'C': population or capacity is '22,849'",
            "thousands",
        ),
        ("input_csv/locations.csv", "#name", "name", "locations.csv line 1: the header is taken for a place", ""),
        ("input_csv/locations.csv", "#name", "\ufeff#name", "locations.csv line 1: the file begins with a byte-order mark", "bom"),
        (
            "input_csv/locations.csv",
            "T,region,X,1,2,town",
            "T,region,X,town,1,2",
            "locations.csv line 3: place 'T': the type stands in the wrong",
            "",
        ),
        ("input_csv/locations.csv", "T,region,X,1,2", "T,region,X,one,2", "locations.csv line 3: place 'T': gps_x is 'one', must be a number", ""),
        ("input_csv/locations.csv", "D,region", "C,region", "locations.csv line 5: the name 'C' is given twice", ""),
        ("input_csv/routes.csv", "T,C,60", "T,c,60", "routes.csv line 3: 'c' is no place of locations.csv; write 'C'", "unknown-routes"),
        ("input_csv/routes.csv", "T,C,60", "T,C,sixty", "routes.csv line 3: route T - C: distance is 'sixty', must be a number", ""),
        ("input_csv/closures.csv", "end\n", "end\ncountry,X,Y,1\n", "closures.csv line 2: the row has 4 columns", ""),
        ("input_csv/closures.csv", "end\n", "end\nborder,X,Y,1,2\n", "closures.csv line 2: closure type 'border' is unknown", ""),
        ("input_csv/closures.csv", "end\n", "end\ncamp,Z,,0,2\n", "closures.csv line 2: 'Z' is no place", "unknown-routes"),
        ("input_csv/conflicts.csv", "3,1.0\n", "", "conflicts.csv: the table has 3 days, the period has 4", "short-tables"),
        ("input_csv/conflicts.csv", "2,1.0\n", "2,0\n", "conflicts.csv line 4: no conflict zone with a population on day 2", "no-conflict-day"),
        ("input_csv/conflicts.csv", "2,1.0\n", "2,x\n", "conflicts.csv line 4: 'A' is 'x', must be a number", ""),
        ("input_csv/conflicts.csv", "2,1.0\n", "2,1.0,3\n", "conflicts.csv line 4: column 3 has a value (3) but no name in the header", ""),
        ("input_csv/registration_corrections.csv", "", "C,2020-01-09\n", "line 1: 'C' has no row of that date", "corrections"),
        ("input_csv/registration_corrections.csv", "", "D,2020-01-02\n", "line 1: the value of 'D' before that date is 0", "corrections"),
        ("input_csv/registration_corrections.csv", "", "C,2 Jan\n", "line 1: date is '2 Jan', must be a date YYYY-MM-DD", ""),
        ("input_csv/sim_period.csv", "Length,4", "Length,four", "sim_period.csv line 2: Length is 'four', must be a whole number", ""),
        ("source_data/data_layout.csv", "D,D.csv\n", "", "data_layout.csv: camp 'D' of locations.csv is missing", "missing-data"),
        ("source_data/data_layout.csv", "D,D.csv", "D,d.csv", "data_layout.csv line 3: data file d.csv of 'D' is missing", ""),
        ("source_data/data_layout.csv", "total,refugees.csv\n", "", "data_layout.csv line 1: the first row is 'C', must be total", ""),
        ("source_data/C.csv", ",20", ',"1,020"', "C.csv line 2: count is '1,020', must be a whole number", "thousands"),
        ("source_data/C.csv", ",20", ",20.5", "C.csv line 2: count is '20.5', must be a whole number", ""),
        ("source_data/C.csv", "2020-01-02", "02/01/2020", "C.csv line 2: date is '02/01/2020', must be a date", ""),
        ("simsetting.yml", "insert_day0: True", "insert_day0: [", "simsetting.yml", ""),
        ("simsetting.yml", "max_move_speed: 200.0", "max_move_speed: fast", "max_move_speed is 'fast', must be a number", ""),
        ("simsetting.yml", "capacity_buffer: 0.9", "capacity_buffer: 1.0", "capacity_buffer is 1, must be below 1", ""),
        ("simsetting.yml", "insert_day0: True", "insert_day0: True\n  flood_zone_spawning_only: True", "are both true: the run stops", ""),
    ],
)
def test_what_stops_flee_is_said_before_the_run(tmp_path: Path, file: str, old: str, new: str, expected: str, fix: str) -> None:
    small(tmp_path)
    assert problems(tmp_path) == []
    change(tmp_path, file, old, new)
    found = problems(tmp_path)
    assert any(expected in text for text in found), found
    if fix:
        assert all(f"--fix {fix}" in text for text in found)
        assert problems(tmp_path, fix) == []
    assert problems(tmp_path, "all") == ([] if fix else problems(tmp_path, *FIXES))


@pytest.mark.parametrize("file", ["locations.csv", "routes.csv", "closures.csv", "conflicts.csv", "sim_period.csv"])
def test_a_missing_file_is_named(tmp_path: Path, file: str) -> None:
    small(tmp_path)
    (tmp_path / "input_csv" / file).unlink()
    assert any(text.startswith(f"{file}: the file is missing") for text in problems(tmp_path))


def test_every_problem_is_reported_at_once(tmp_path: Path) -> None:
    small(tmp_path)
    change(tmp_path, "input_csv/locations.csv", "camp,,100", "camp,,many")
    change(tmp_path, "input_csv/conflicts.csv", "3,1.0\n", "")
    change(tmp_path, "source_data/D.csv", ",5", ",five")
    assert {text.split()[0].rstrip(":") for text in problems(tmp_path)} >= {"locations.csv", "conflicts.csv", "D.csv"}


def test_what_flee_ignores_is_said(tmp_path: Path) -> None:
    small(tmp_path)
    change(tmp_path, "simsetting.yml", "insert_day0: True", "insert_day0: True\n  camps_are_sinks: True\n  spawn_fast: 3")
    change(tmp_path, "simsetting.yml", "capacity_buffer: 0.9", 'capacity_buffer: 0.9\n  two_system_decision_making: 0.5\n  start_on_foot: "False"')
    change(tmp_path, "input_csv/closures.csv", "end\n", "end\nlink,T,C,0,2\n")
    text = "\n".join(read_instance(tmp_path).notices)
    for expected in ("camps_are_sinks", "spawn_fast", "two_system_decision_making", "start_on_foot is the quoted text", "type link have no effect"):
        assert expected in text
    assert read_instance(tmp_path).settings.start_on_foot
    assert not read_instance(tmp_path, fixes=frozenset({"quoted-switches"})).settings.start_on_foot


def test_unknown_fixes_are_problems(tmp_path: Path) -> None:
    small(tmp_path)
    assert "'everything' is no fix" in problems(tmp_path, "everything")[0]


@pytest.mark.parametrize(
    ("text", "kind"),
    [("Camp", "camp"), ("idpcamp", "idpcamp"), ("conflict_zone", "conflict"), ("forwarding_hub", "forward"), ("town", "town"), ("default", "town"),
     ("flood_zone", "flood_zone"), ("marker", "marker"), ("village", "")],
)  # fmt: skip
def test_types_by_the_words_in_them(text: str, kind: str) -> None:
    assert kind_of(text) == kind


# ---- data series


def test_merging_as_flee_does() -> None:
    """By hand: the coming value of the first table is added, its rows after the end of the second are lost."""
    one, two = [(0, 1.0), (10, 5.0), (20, 9.0)], [(5, 100.0), (10, 200.0)]
    assert series.merge(one, two) == [(0, 1.0), (5, 105.0), (10, 205.0)]
    # a second table that ends later repeats the last row of the first, plus what was carried
    assert series.merge([(0, 1.0), (2, 3.0)], [(0, 10.0), (5, 20.0)]) == [(0, 11.0), (2, 13.0)]


def test_values_between_rows_in_file_order() -> None:
    table = [(0, 10.0), (4, 14.0), (2, 0.0), (8, 6.0)]
    assert series.by_day(table, 9) == [10, 11, 12, 13, 2, 3, 4, 5, 6]
    assert series.value([(3, 7.0)], 0) == 7


def test_corrections_rescale_what_came_before() -> None:
    table = [(0, 10.0), (5, 20.0), (6, 5.0), (9, 8.0)]
    series.rescale(table, 6)
    assert table == [(0, 2.5), (5, 5.0), (6, 5.0), (9, 8.0)]


# ---- fuzz: whatever stands in the files, an instance or problems


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_damaged_files_are_problems_and_nothing_else(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    folder = tmp_path_factory.mktemp("fuzz")
    small(folder)
    files = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    file = data.draw(st.sampled_from(files))
    content = (folder / file).read_bytes()
    at = data.draw(st.integers(0, len(content)))
    cut = data.draw(st.integers(0, 12))
    extra = data.draw(
        st.one_of(st.binary(max_size=8), st.sampled_from([b",", b"\n", b'"', b"-1", b"1e400", b"nan", b"#", b"\xef\xbb\xbf", b"999999999999"]))
    )
    (folder / file).write_bytes(content[:at] + extra + content[at + cut :])
    try:
        instance = read_instance(folder)
        if instance.days < 1000 and instance.settings.awareness_level < 5 and max((p.population for p in instance.locations), default=0) < 10**9:
            compile_instance(instance)
    except InputError as error:
        assert error.problems


# ---- plans and out.csv


def test_retuned_plans_equal_those_compiled_anew(tmp_path: Path) -> None:
    instance = small(tmp_path / "a")
    changed = retune(compile_instance(instance), camp_weight=3.0, default_movechance=0.7)
    tiny(tmp_path / "b", PLACES, ROUTES, days=4, each_day=None, data={"C": [10, 20, 30, 30], "D": [0, 5, 5, 9]}, insert_day0=True, camp_weight=3.0,
         default_movechance=0.7)  # fmt: skip
    anew = compile_instance(read_instance(tmp_path / "b"))
    for name, one, two in zip(anew.arrays._fields, changed.arrays, anew.arrays, strict=True):
        assert np.array_equal(one, two), name
    doubled = retune(compile_instance(instance), attraction={"D": 2.0})
    assert np.allclose(doubled.arrays.score[:, 3], 2.0 * compile_instance(instance).arrays.score[:, 3])
    with pytest.raises(ValueError, match="awareness_level"):
        retune(doubled, awareness_level=2)


def test_out_has_flees_columns_and_a_run_before_them(tmp_path: Path) -> None:
    plan = compile_instance(small(tmp_path))
    counts = np.arange(16).reshape(2, 4, 2)
    lines = list(out.lines(plan, Result(counts, np.full((2, 4), 50), 0, 0)))
    assert lines[0].startswith("run,Day,Date,C sim,C data,C error,D sim,D data,D error,Total error,refugees in camps (UNHCR)")
    # run 0, day 1: C has 2 where 20 are reported, D has 3 where 5 are; raw is the doubled first day and the rise
    assert lines[2] == "0,1,2020-01-03,2,20,0.9,3,5,0.4,0.5714285714285714,25,50,35,5,0"
    assert len(lines) == 9


@needs_shared
@pytest.mark.parametrize("name", REFERENCES)
def test_out_is_flees_to_the_byte_given_its_counts(name: str) -> None:
    """All columns but the counts come from the data: with Flee's own counts, its own file comes out."""
    plan = reference(name)
    text = (SHARED / "reference" / f"{name}.out.csv").read_text(encoding="utf-8")
    rows = list(csv.reader(text.splitlines()))
    sims = [i for i, title in enumerate(rows[0]) if title.endswith(" sim")]
    counts = np.array([[int(row[i]) for i in sims] for row in rows[1:]])
    total = np.array([int(row[rows[0].index("total refugees (simulation)")]) for row in rows[1:]])
    assert out.text(plan, Result(counts[None], total[None], 0, 0)).splitlines() == text.splitlines()


def reference(name: str) -> Plan:
    folder = SHARED / "instances" / name.split(".")[0]
    return compile_instance(read_instance(folder, SHARED / "reference" / f"{name}.yml"))
