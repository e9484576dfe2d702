# ruff: noqa: E501  (one line per object of the random world)
"""Files and folders are written whole or not at all, and a case is read as it was written."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from borderflow.errors import InputError
from borderflow.io.case import read_case
from borderflow.io.write import atomic_directory, atomic_write, case_texts, write_case
from borderflow.world.model import Case
from small_case import write_small_case


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


def test_a_file_is_replaced(tmp_path: Path) -> None:
    atomic_write(tmp_path / "deep" / "a.txt", "one")
    atomic_write(tmp_path / "deep" / "a.txt", "ø".encode())
    assert (tmp_path / "deep" / "a.txt").read_text(encoding="utf-8") == "ø"
    assert names(tmp_path / "deep") == ["a.txt"]


def test_a_file_that_cannot_be_written_is_an_input_error(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "x").write_text("x")
    with pytest.raises(InputError, match="cannot be written"):
        atomic_write(tmp_path / "folder", "text")
    assert names(tmp_path) == ["folder"]
    with pytest.raises(InputError, match="cannot be written"):
        atomic_write(tmp_path / "folder" / "x" / "y", "text")


def test_a_link_to_a_file_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    atomic_write(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"


def test_a_folder_appears_at_the_end(tmp_path: Path) -> None:
    final = tmp_path / "runs" / "out"
    with atomic_directory(final) as folder:
        (folder / "run.json").write_text("1")
        assert not final.exists()
    assert names(final) == ["run.json"]
    assert names(final.parent) == ["out"]


def test_an_old_folder_is_replaced_if_it_is_ours(tmp_path: Path) -> None:
    final = tmp_path / "out"
    final.mkdir()
    (final / "run.json").write_text("old")
    (final / "stale.csv").write_text("old")
    with atomic_directory(final, marker="run.json") as folder:
        (folder / "run.json").write_text("new")
        assert (final / "run.json").read_text() == "old"
    assert names(final) == ["run.json"]
    assert (final / "run.json").read_text() == "new"
    assert names(tmp_path) == ["out"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_an_error_leaves_the_old_folder_whole(tmp_path: Path, error: type[BaseException]) -> None:
    final = tmp_path / "out"
    final.mkdir()
    (final / "run.json").write_text("old")

    def fail() -> None:
        with atomic_directory(final, marker="run.json") as folder:
            (folder / "run.json").write_text("new")
            raise error

    with pytest.raises(error):
        fail()
    assert (final / "run.json").read_text() == "old"
    assert names(tmp_path) == ["out"]


def test_a_failing_rename_puts_the_old_folder_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    final, rename = tmp_path / "out", Path.rename
    final.mkdir()
    (final / "run.json").write_text("old")

    def failing(path: Path, target: Path) -> Path:
        if path.name.endswith(".partial"):
            raise OSError("no")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(OSError, match="no"), atomic_directory(final, marker="run.json") as folder:
        (folder / "run.json").write_text("new")
    assert (final / "run.json").read_text() == "old"
    assert names(tmp_path) == ["out"]


def test_folders_of_others_are_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("x")
    (tmp_path / "file").write_text("x")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    for name, words in (
        ("mine", "is not empty and was not written by borderflow"),
        ("file", "is a file, must be a folder"),
        ("here", "is the current folder"),
    ):
        with pytest.raises(InputError, match=words), atomic_directory(tmp_path / name, marker="run.json"):
            pass
    assert names(tmp_path) == ["file", "here", "mine"]
    with pytest.raises(InputError, match="current folder or one around it"), atomic_directory(tmp_path, marker="run.json"):
        pass


def test_the_small_case_is_read_as_written(tmp_path: Path) -> None:
    case = read_case(write_small_case(tmp_path / "a"))
    write_case(tmp_path / "b", case)
    assert read_case(tmp_path / "b") == case
    assert names(tmp_path / "b") == ["case.yaml", "crossings.csv", "links.csv", "places.csv", "policies.yaml", "shocks.yaml"]


def test_writing_over_a_case_keeps_its_other_files(tmp_path: Path) -> None:
    case = read_case(write_small_case(tmp_path / "a"))
    write_case(tmp_path / "a", case.model_copy(update={"policies": ()}))
    assert read_case(tmp_path / "a").policies == ()
    assert "claims.csv" in names(tmp_path / "a")
    assert "priors.yaml" not in names(tmp_path / "a")


# ---- any valid world ------------------------------------------------------------------------------------------------

text = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=12).map(str.strip)
name_texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], exclude_characters="[];*"), min_size=3, max_size=12).map(str.strip)
distinct = st.lists(name_texts.filter(lambda n: len(n) > 2 and n not in ("air", "rail", "elsewhere")), min_size=5, max_size=5, unique_by=str.casefold)
amount = st.floats(0, 1e6) | st.integers(0, 10**6).map(float)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A case with every kind of object, odd names and any numbers, that passes the checks."""
    town, gate, far, second, group = draw(distinct)
    note, yes = draw(text), draw(st.booleans())
    data = {
        "title": draw(text),
        "origin_country": "NO",
        "start": date(2030, 1, 1),
        "as_of": date(2030, 1, 9),
        "horizon": draw(st.integers(1, 60)),
        "step": draw(st.sampled_from([0.25, 0.5, 1.0, 6.0, 24.0])),
        "seed": draw(st.integers(0, 2**62)),
        "behaviour": draw(st.dictionaries(st.sampled_from(["pool", "put_off"]), st.floats(0, 1))),
        "groups": [{"name": group, "pool_share": draw(amount), "origin_weights": {town: draw(amount)}, "may_enter": draw(st.sampled_from([None, ["SE"]])), "why": note}],
        "ordinary": [{"name": group, "country": "SE", "split": {gate: draw(st.floats(1e-9, 9)), "air": 1, "elsewhere": draw(amount)}}],
        "onward": [{"country": "SE", "onward_share": draw(st.floats(0, 1)), "initial_stock": draw(amount)}],
        "appeal": {"SE": draw(st.floats(-50, 50))},
        "seats": {"air SE": draw(amount)},
        "regions": [{"name": f"all of {far}", "members": [gate, "SE"], "alt_names": [draw(text)]}],
        "priors": [{"name": "a", "dist": {"uniform": [-1, draw(st.floats(0, 9))]}, "sets": [f"gate_appeal[{gate}]"], "why": note}],
        "forecast": [{"location": gate, "targets": ["entries"], "who": "all"}],
        "places": [
            {"name": town, "kind": "origin", "country": ["NO"], "lat": draw(st.floats(-90, 90)), "lon": draw(st.floats(-180, 180)), "population": 1 + draw(amount)},
            {"name": gate, "kind": "crossing", "country": ["NO", "SE"], "lat": 1, "lon": 2, "note": note, "provenance": draw(text)},
            {"name": far, "kind": "destination", "country": ["SE"], "lat": 1, "lon": 2, "shelter_places": draw(st.none() | amount)},
            {"name": second, "kind": "transit", "country": ["NO"], "lat": 1, "lon": 2},
        ],
        "links": [
            {"from": town, "to": gate, "mode": "road", "distance_km": 10, "typical_hours": 1, "oneway": yes, "note": note},
            {"from": town, "to": far, "mode": "air", "distance_km": 10, "typical_hours": 0.1, "oneway": yes},
        ],
        "lanes": [
            {"crossing": gate, "lane": "car", "capacity_per_day": draw(st.none() | st.floats(1e-3, 1e6)), "open": yes},
            {"crossing": gate, "lane": "foot", "direction": "exits", "opens_hour": draw(st.floats(0, 12)), "closes_hour": draw(st.floats(12.5, 24))},
        ],
        "shocks": [
            {"name": "s 1", "kind": "departures", "at": datetime(2030, 1, 2, 3, 4), "leaving_per_day": draw(amount), "why": note, "sources": [draw(text)]},
            {"name": "s 2", "kind": "changes", "at": date(2030, 1, 3), "changes": [{"attribute": "hazard_factor", "to": {"fixed": draw(st.floats(0, 9))}}], "why": ""},
        ],
        "policies": [
            {"name": "p", "probability": draw(st.floats(0, 1)), "dates": [date(2030, 1, 5), date(2030, 1, 6)], "why": note,
             "changes": [{"attribute": "open[SE; car]", "to": {"fixed": 0}, "after_days": draw(st.floats(0, 9))}]},
        ],
    }  # fmt: skip
    return Case.model_validate(data)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cases())
def test_any_case_is_read_as_written(tmp_path: Path, case: Case) -> None:
    folder = tmp_path / "case"
    write_case(folder, case)
    assert read_case(folder) == case


@settings(max_examples=20, deadline=None)
@given(cases())
def test_writing_is_the_same_every_time(case: Case) -> None:
    assert case_texts(case) == case_texts(case.model_copy(deep=True))
