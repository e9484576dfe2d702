# ruff: noqa: E501  (one line per mistake)
"""Case folders: what can be wrong in a file is told with file, line, value, expectation and remedy, all of it at once."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from borderflow.errors import InputError
from borderflow.io.case import check_case, inspect_case, read_case
from borderflow.world.model import Case, Policy, Shock
from small_case import FILES, changed, write_small_case


def problems_of(folder: Path, files: dict[str, str | bytes | None]) -> list[str]:
    return [str(p) for p in check_case(write_small_case(folder, files))[0]]


def test_the_small_case_is_read(tmp_path: Path) -> None:
    case = read_case(write_small_case(tmp_path))
    assert (case.origin_country, case.start, case.step, case.step_before) == ("NO", date(2030, 3, 1), 1.0, 6.0)
    assert case.places[4].country == ("NO", "SE")
    assert case.places[4].alt_names == ("The Pass",)
    assert case.places[3].note == "last town before the pass,\non the old road"
    assert case.lanes[0].capacity_per_day == 400
    assert not case.lanes[2].open
    assert case.shocks[0].at == datetime(2030, 3, 5, 12)
    assert case.policies[0].changes[1].after_days == 1
    assert [p.name for p in case.priors] == ["leaving", "pool", "sweden_appeal", "car_capacity"]


def test_the_shipped_case_is_valid() -> None:
    checked = inspect_case(Path(__file__).parents[1] / "cases" / "russia-2022")
    assert checked.problems == []
    assert len(checked.claims) == checked.counts["claims"] > 100


@pytest.mark.parametrize("name", ["links.csv", "crossings.csv", "shocks.yaml", "policies.yaml", "priors.yaml", "claims.csv"])
def test_files_that_may_be_left_out(tmp_path: Path, name: str) -> None:
    """Leaving out a file is not an error of its own; what names its content is."""
    found = problems_of(tmp_path, {name: None})
    assert not any("missing" in p or p.startswith(name) for p in found)
    assert (found == []) == (name in ("policies.yaml", "priors.yaml", "claims.csv"))


def test_a_case_of_places_only_is_valid(tmp_path: Path) -> None:
    text = "title: t\norigin_country: NO\nstart: 2030-03-01\nas_of: 2030-03-02\n"
    only = dict.fromkeys(FILES) | {"case.yaml": text, "places.csv": FILES["places.csv"]}
    case = read_case(write_small_case(tmp_path, only))
    assert (len(case.places), case.horizon, case.step) == (9, 14, 1.0)


def test_priors_may_stand_in_case_yaml(tmp_path: Path) -> None:
    indented = "".join(f"  {line}\n" for line in FILES["priors.yaml"].splitlines())
    files: dict[str, str | bytes | None] = {"priors.yaml": None, "case.yaml": FILES["case.yaml"] + "priors:\n" + indented}
    assert len(read_case(write_small_case(tmp_path / "a", files)).priors) == 4
    del files["priors.yaml"]
    assert "case.yaml line 64: priors are given in case.yaml and in priors.yaml; keep one of the two" in problems_of(tmp_path / "b", files)


# file, old text, new text, the problem
BROKEN: list[tuple[str, str, str, str]] = [
    ("crossings.csv", ",400,", ",-40,", "crossings.csv line 2: crossing 'Fjellpass / Skogtull': capacity_per_day -40 must be > 0; leave it empty for no limit"),
    ("crossings.csv", ",400,", ",many,", "capacity_per_day 'many' must be a number; leave it empty for no limit"),
    ("crossings.csv", ",6,22,", ",22,6,", "closes_hour 6 must be after opens_hour 22"),
    ("crossings.csv", "car,exits", "car,exit", "direction 'exit' must be one of entries, exits; did you mean 'exits'?"),
    ("crossings.csv", "Skogtull,foot", "Skogtull,fot", "lane 'fot' must be one of car, bus, lorry, foot; did you mean 'foot'?"),
    ("places.csv", "62.6,12.2", "162.6,12.2", "places.csv line 7: place 'Fjellpass / Skogtull': lat 162.6 must be <= 90; degrees north, such as 42.75"),
    ("places.csv", "62.6,12.2", ",12.2", "place 'Fjellpass / Skogtull': lat is missing; degrees north, such as 42.75"),
    ("places.csv", "crossing,NO;SE", "crossing,SE", "place 'Fjellpass / Skogtull': country of a crossing must be 2 codes, near;far"),
    ("places.csv", "origin,NO,62.0", "origin,no,62.0", "place 'Storby': country 'no' must be an ISO 3166 alpha-2 code; write two capital letters"),
    ("places.csv", "Sjostad,,destination", "Sjostad,,destinaton", "kind 'destinaton' must be one of origin, transit, crossing, destination; did you mean 'destination'?"),
    ("places.csv", "Sjostad,,", "Sjo[s]tad,,", "places.csv line 9: place 'Sjo[s]tad': name 'Sjo[s]tad' must not contain [ ] or ;"),
    ("places.csv", "Sjostad,,", ",,", "places.csv line 9: place without a name: name is missing"),
    ("places.csv", "population", "popluation", "places.csv line 1: unknown column 'popluation'; did you mean 'population'?"),
    ("places.csv", "120000", '"120,000"', "places.csv line 2: population '120,000' can be read with a thousands separator"),
    ("links.csv", "260,4", "260,0", "links.csv line 2: link 'Storby' - 'Elvestad': typical_hours 0 must be > 0; hours without queues; more than zero"),
    ("links.csv", "260,4,,", "260,4,maybe,", "oneway 'maybe' must be 1 or 0; write 1 for yes, 0 or nothing for no"),
    ("links.csv", "Elvestad,road", "Elvestad,raod", "mode 'raod' must be one of road, rail, air, foot; did you mean 'road'?"),
    ("case.yaml", "seed: 11", "sead: 11", "case.yaml line 8: case: unknown key 'sead'; did you mean 'seed'?"),
    ("case.yaml", "seed: 11", "seed: eleven", "case.yaml line 8: case: seed 'eleven' must be a whole number"),
    ("case.yaml", "seed: 11", "seed: 11\nplaces: []", "case.yaml line 9: key 'places' does not belong here; put it into places.csv"),
    ("case.yaml", "seed: 11", "seed: 11\nhorizon: 8", "case.yaml line 9: key 'horizon' is given twice; keep one of the two (the first is in line 5)"),
    ("case.yaml", "title: Invented flood warning, March 2030\n", "", "case: title is missing"),
    ("case.yaml", "title: Invented flood warning, March 2030", "title: 2030", "case.yaml line 1: case: title 2030 must be text; put it in quotes"),
    ("case.yaml", "horizon: 7", "horizon: 0", "case.yaml line 5: case: horizon 0 must be >= 1"),
    ("case.yaml", "step: 1 h", "step: 48 h", "case.yaml line 6: case: step 48.0 must be <= 24; write a number of hours or a text such as '15 min'"),
    ("case.yaml", "step: 1 h", "step: hourly", "step 'hourly' must be a number of hours or a text such as '15 min', '1 h' or '1 day'"),
    ("case.yaml", "start: 2030-03-01", "start: 20300301", "start 20300301 must be a date such as 2022-09-21"),
    ("case.yaml", "start: 2030-03-01", "start: 1 March", "start '1 March' must be a date; write year-month-day, such as 2022-09-21"),
    ("case.yaml", "start: 2030-03-01", "start: 2030-03-01T12:00", "must be a date without a clock time"),
    ("case.yaml", "as_of: 2030-03-09", "as_of: 2030-02-09", "as_of 2030-02-09 must not be before start 2030-03-01"),
    ("case.yaml", "  pool: 12000", "\tpool: 12000", "case.yaml line 11: a tab character is used for indentation; indent with spaces"),
    ("case.yaml", "  pool: 12000", "  pool: .inf", "case.yaml line 11: case: behaviour.pool '.inf' must be a number"),
    ("case.yaml", "may_enter: [SE, IS]", "may_enter: [SE, Iceland]", "case.yaml line 20: group 'citizens': may_enter 'Iceland' must be an ISO 3166 alpha-2 code"),
    ("case.yaml", "people_per_party: 2.5", "people_per_party: 0.5", "case.yaml line 19: group 'citizens': people_per_party 0.5 must be >= 1"),
    ("case.yaml", "[1, 0.9, 1, 1, 1.1, 1.2, 0.8]", "[1, 0.9, 1]", "ordinary block 'Sweden': weekly_entries [1, 0.9, 1] must have at least 7 items"),
    ("case.yaml", "groups:\n", "groups: none\nunused:\n", "case.yaml line 16: groups must be a list; begin each with a hyphen: - name: ..."),
    ("case.yaml", "quantities: [entries_per_day", "quantities: [entris_per_day", "unknown quantity kind 'entris_per_day'; did you mean 'entries_per_day'?"),
    ("priors.yaml", "{lognormal: [3000, 0.6]}", "{lognorml: [3000, 0.6]}", "priors.yaml line 2: prior 'leaving': unknown key 'lognorml'; did you mean 'lognormal'?"),
    ("priors.yaml", "{lognormal: [3000, 0.6]}", "{lognormal: [3000]}", "prior 'leaving': dist.lognormal has too few values; write fixed: 3, lognormal: [median, sd]"),
    ("priors.yaml", "{lognormal: [3000, 0.6]}", "{fixed: 1, uniform: [1, 2]}", "needs exactly one of fixed, lognormal: [median, sd], normal: [mean, sd], uniform"),
    ("priors.yaml", "{lognormal: [3000, 0.6]}", "{uniform: [2, 1]}", "uniform low 2 must be below high 1"),
    ("priors.yaml", "name: pool", "name: The pool", "name 'The pool' must be lower-case letters, digits and _"),
    ("priors.yaml", "  why: invented\n- name: pool", "- name: pool", "priors.yaml line 1: prior 'leaving': why is missing; say in a sentence what the value rests on"),
    ("priors.yaml", "  sets: [pool]\n", "", "prior 'pool': must set or scale at least one attribute"),
    ("shocks.yaml", "2030-03-05T12:00", "2030-03-05T12:00Z", "at '2030-03-05T12:00Z' must be without a time zone; all instants are local: drop Z or the offset"),
    ("shocks.yaml", "2030-03-05T12:00", "noon", "shocks.yaml line 3: shock 'flood warning': at 'noon' must be a date or an instant; write 2022-09-21 or"),
    ("shocks.yaml", "2030-03-10T00:00", "2030-03-06", "shocks.yaml line 8: shock 'rumoured closing': until 2030-03-06 00:00:00 must be after at 2030-03-07"),
    ("shocks.yaml", "  until: 2030-03-10T00:00\n", "", "shock 'rumoured closing': a deadline needs `until`"),
    ("shocks.yaml", "kind: departures", "kind: departure", "kind 'departure' must be one of departures, deadline, changes; did you mean 'departures'?"),
    ("case.yaml", "seed: 11", "seed: 11\ntranslations: {ru: {Fjellpas / Skogtull: x}}", "case.yaml line 9: translations: 'Fjellpas / Skogtull' names nothing of the case; did you mean 'Fjellpass / Skogtull'?"),
    ("case.yaml", "seed: 11", "seed: 11\ntranslations: {Russian: {Storby: x}}", "'Russian'"),
    ("policies.yaml", "probability: 0.3", "probability: 30", "policies.yaml line 2: policy 'Sweden asks for papers': probability 30 must be <= 1"),
    ("policies.yaml", "[2030-03-10, 2030-03-13]", "[2030-03-13, 2030-03-10]", "dates 2030-03-13 and 2030-03-10 are out of order"),
    ("policies.yaml", "[2030-03-10, 2030-03-13]", "2030-03-10", "policies.yaml line 3: policy 'Sweden asks for papers': dates '2030-03-10' must be a list; write [earliest, latest]"),
    ("policies.yaml", "- name: Sweden asks for papers\n", "- nam: x\n", "policies.yaml line 1: policy no. 1: name is missing"),
    ("claims.csv", ",690,690,", ",690,680,", "claims.csv line 2: claim 'C1': value_low 690 must be <= value_high 680; swap them"),
    ("claims.csv", "Sweden,Sweden", "Sweden,Sveden", "claims.csv line 2: claim 'C1': unknown place 'Sveden'; did you mean 'Sweden'?"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "words"), BROKEN)
def test_a_broken_file_is_told(tmp_path: Path, name: str, old: str, new: str, words: str) -> None:
    found = problems_of(tmp_path, changed(name, old, new))
    assert any(words in p for p in found), found


@pytest.mark.parametrize(("name", "old", "new", "words"), BROKEN)
def test_one_mistake_gives_few_problems(tmp_path: Path, name: str, old: str, new: str, words: str) -> None:
    """What is refused is not reported again by everything that names it."""
    found = problems_of(tmp_path, changed(name, old, new))
    assert 1 <= len(found) <= (4 if "popluation" in new else 2), found


def test_reading_raises_every_problem_of_every_file(tmp_path: Path) -> None:
    files = {name: FILES[name].replace(old, new, 1) for name, old, new in (
        ("case.yaml", "seed: 11", "sead: 11"),
        ("places.csv", "62.6,12.2", "162.6,12.2"),
        ("links.csv", "260,4", "260,-4"),
        ("crossings.csv", ",400,", ",-40,"),
        ("shocks.yaml", "kind: deadline", "kind: deadlin"),
        ("policies.yaml", "entries_factor[SE]", "entry_factor[SE]"),
        ("priors.yaml", "appeal[SE]", "appeal[SF]"),
        ("claims.csv", ",690,690,", ",690,680,"),
    )}  # fmt: skip
    with pytest.raises(InputError) as caught:
        read_case(write_small_case(tmp_path, files))
    assert [p.file for p in caught.value.problems] == sorted(files)
    assert all(p.line for p in caught.value.problems)


@pytest.mark.parametrize("name", ["case.yaml", "places.csv"])
def test_files_that_must_be_there(tmp_path: Path, name: str) -> None:
    assert problems_of(tmp_path, {name: None}) == [f"{name}: the file is missing; add it to {tmp_path}"]


@pytest.mark.parametrize("name", sorted(FILES))
def test_an_empty_file(tmp_path: Path, name: str) -> None:
    """Empty tables and case.yaml are problems; an empty list is a list of nothing."""
    found = problems_of(tmp_path, {name: ""})
    if name in ("policies.yaml", "priors.yaml"):
        assert found == []
    elif name == "shocks.yaml":
        assert [p for p in found if "matches nothing" not in p] == []
    else:
        assert [p for p in found if p.startswith(f"{name}: the file is empty")] == found


def test_the_folder_must_be_one(tmp_path: Path) -> None:
    assert str(check_case(tmp_path / "none")[0][0]) == f"{tmp_path / 'none'}: the case folder does not exist; name a folder with case.yaml in it"
    (tmp_path / "file").write_text("x")
    assert "is a file, must be a case folder" in str(check_case(tmp_path / "file")[0][0])


def test_a_misnamed_file_is_not_passed_over(tmp_path: Path) -> None:
    found = problems_of(tmp_path / "a", {"policies.yaml": None, "polices.yaml": FILES["policies.yaml"]})
    assert found == ["polices.yaml: no file of a case has this name; rename it to policies.yaml, or move it elsewhere"]
    assert problems_of(tmp_path / "b", {"claims-old.csv": "x", "README.md": "x", "events.csv": "x"}) == []


def test_tables_of_spreadsheets(tmp_path: Path) -> None:
    """Semicolons, decimal commas, UTF-16 and a byte-order mark give the same case."""
    links = FILES["links.csv"].replace(",", ";").replace("1.5", "1,5").replace("2.5", "2,5")
    files: dict[str, str | bytes | None] = {"links.csv": links.encode("utf-16"), "places.csv": FILES["places.csv"].encode("utf-8-sig")}
    files["crossings.csv"] = FILES["crossings.csv"].replace("\n", "\r\n")
    assert read_case(write_small_case(tmp_path / "a", files)) == read_case(write_small_case(tmp_path / "b"))


def test_a_warning_is_not_a_problem(tmp_path: Path) -> None:
    checked = inspect_case(write_small_case(tmp_path))
    assert checked.problems == []
    assert [str(w) for w in checked.warnings] == ["claims.csv line 10: claim 'C8': unknown place 'Storby-Hofn'; the claim is kept as unused"]


def test_the_order_of_rows_does_not_matter_for_validity(tmp_path: Path) -> None:
    header, *rows = FILES["links.csv"].splitlines()
    case: Case = read_case(write_small_case(tmp_path, {"links.csv": "\n".join([header, *reversed(rows)])}))
    assert len(case.links) == 9


def test_objects_are_frozen_and_plain(tmp_path: Path) -> None:
    case = read_case(write_small_case(tmp_path))
    assert isinstance(case.shocks[0], Shock)
    assert isinstance(case.policies[0], Policy)
    with pytest.raises(ValueError, match="frozen"):
        case.title = "other"  # type: ignore[misc]
