"""Each check between objects names the offender, the file and line, and the remedy; a valid case has no problem."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import pytest

from borderflow.errors import Problem
from borderflow.io.case import check_case
from borderflow.world.consistency import CHECKS, Where, find_problems
from borderflow.world.model import Case, Group, Lane, Link, Place
from small_case import changed, write_small_case


def problems_of(folder: Path, *change: str) -> list[str]:
    """Problems of the small case with a text of one file replaced."""
    return [str(p) for p in check_case(write_small_case(folder, changed(*change)))[0]]


# file, old text, new text, the problem that must be among those reported
BROKEN: dict[str, tuple[str, str, str, str]] = {
    "duplicate place": ("places.csv", "Hofn,Höfn,", "Jarvela,,", "places.csv line 11: place 'Jarvela' is given twice"),
    "duplicate lane": (
        "crossings.csv",
        "Fjellpass / Skogtull,foot,",
        "Fjellpass / Skogtull,car,",
        "crossings.csv line 4: lane 'Fjellpass / Skogtull; car; entries' is given twice",
    ),
    "duplicate shock": ("shocks.yaml", "rumoured closing", "flood warning", "shocks.yaml line 8: shock 'flood warning' is given twice"),
    "duplicate prior": ("priors.yaml", "name: pool", "name: leaving", "priors.yaml line 5: prior 'leaving' is given twice"),
    "duplicate group": ("case.yaml", "name: visa", "name: citizens", "case.yaml line 22: group 'citizens' is given twice"),
    "alias is a place": ("places.csv", "Höfn", "Storby", "place 'Hofn': alias 'Storby' is the name of another place"),
    "region is a gate": ("case.yaml", "name: Northern posts", "name: air IS", "region 'air IS' has the name of a place or gate"),
    "place like a code": ("places.csv", "Hofn,Höfn", "IS,Höfn", "place 'IS' has a name with a meaning of its own"),
    "unknown country": ("places.csv", "NO;SE", "NO;SX1", "country 'SX1' must be an ISO 3166 alpha-2 code"),
    "country not ISO": (
        "case.yaml",
        "may_enter: [SE, IS]",
        "may_enter: [SE, QQ]",
        "group 'citizens': may_enter 'QQ' is not an ISO 3166 alpha-2 code",
    ),
    "link to unknown": (
        "links.csv",
        "Østvik,Fjelldal",
        "Østvik,Fjeldal",
        "links.csv line 4: link 'Østvik' - 'Fjeldal': to 'Fjeldal' is not a place of places.csv; did you mean 'Fjelldal'?",
    ),
    "link to itself": ("links.csv", "Østvik,Fjelldal", "Fjelldal,Fjelldal", "leads from a place to itself"),
    "absurd speed": ("links.csv", "260,4", "2600,4", "2600 km in 4 h by road is 650 km/h, must be <= 200"),
    "lane of unknown crossing": (
        "crossings.csv",
        "Elvebru / Jokisilta,car",
        "Elvebru,car",
        "crossings.csv line 5: crossing 'Elvebru' is not a place of places.csv; did you mean 'Elvebru / Jokisilta'?",
    ),
    "lane of alias": (
        "crossings.csv",
        "Fjellpass / Skogtull,foot",
        "The Pass,foot",
        "crossing 'The Pass' is not a place of places.csv; it is another name of 'Fjellpass / Skogtull': write that",
    ),
    "lane of a town": (
        "crossings.csv",
        "Elvebru / Jokisilta,car",
        "Fjelldal,car",
        "crossing 'Fjelldal' is a place of kind transit, must be of kind crossing",
    ),
    "crossing of others": ("places.csv", "NO;FI", "SE;FI", "crossing 'Elvebru / Jokisilta' has near country SE, must be origin_country NO"),
    "no road": (
        "links.csv",
        "Elvestad,Elvebru / Jokisilta,road",
        "Elvestad,Elvebru / Jokisilta,foot",
        "places.csv line 8: crossing 'Elvebru / Jokisilta' cannot",
    ),
    "closed road": ("links.csv", "300,5,,", "300,5,,1", "crossing 'Elvebru / Jokisilta' cannot be reached by road from any origin"),
    "road one way": (
        "links.csv",
        "Elvestad,Elvebru / Jokisilta,road,300,5,",
        "Elvebru / Jokisilta,Elvestad,road,300,5,1",
        "crossing 'Elvebru / Jokisilta' cannot be reached by road",
    ),
    "road through another country": (
        "places.csv",
        "Fjelldal,,transit,NO",
        "Fjelldal,,transit,SE",
        "crossing 'Fjellpass / Skogtull' cannot be reached by road",
    ),
    "origin without people": ("places.csv", "12.0,20000,", "12.0,,", "places.csv line 4: origin 'Østvik' has population 0, must be > 0"),
    "origin abroad": (
        "places.csv",
        "Sjostad,,destination",
        "Sjostad,,origin",
        "place 'Sjostad' of kind origin lies in SE, must be in origin_country NO",
    ),
    "weights of no origin": (
        "case.yaml",
        "{Elvestad: 2}",
        "{Elvestadt: 2}",
        "origin_weights name 'Elvestadt', which is not a place of kind origin; did you mean 'Elvestad'?",
    ),
    "buses nowhere": (
        "case.yaml",
        "    people_per_party: 2\n",
        "    people_per_party: 2\n    bus_appeal: 0.5\n",
        "group 'visa': bus_appeal 0.5, but no crossing has a bus lane; add a lane of class bus to crossings.csv",
    ),
    "room without station": (
        "crossings.csv",
        "capacity_per_day,growth",
        "room,growth",
        "lane 'Fjellpass / Skogtull; car; entries': room 400 lies between two stations, but the lane has one; fill in entry_capacity_per_day",
    ),
    "random service out of range": ("crossings.csv", "capacity_per_day,", "service_cv,", "service_cv 400 must be <= 1"),
    "announcement that nobody hears": (
        "shocks.yaml",
        'open[Fjellpass / Skogtull; foot]", to: {fixed: 1}',
        'announced_wait[Fjellpass / Skogtull]", to: {fixed: 5}',
        "'announced_wait[Fjellpass / Skogtull]' has no effect while announcement_weight is 0; set it in behaviour or by a prior",
    ),
    "second station that is not there": (
        "policies.yaml",
        "capacity_factor[Fjellpass / Skogtull; *]",
        "entry_capacity_factor[Fjellpass / Skogtull; *]",
        "matches nothing in the case; give entry_capacity_per_day in crossings.csv, which makes the second station",
    ),
    "admitted of an unknown group": (
        "policies.yaml",
        "capacity_factor[Fjellpass / Skogtull; *]",
        "admitted[Fjellpass / Skogtull; citizen]",
        "'admitted[Fjellpass / Skogtull; citizen]' matches nothing in the case; did you mean 'citizens'?",
    ),
    "hours of no length": (
        "policies.yaml",
        "to: {fixed: 0.8}",
        "to: {fixed: 0.8}, hours: [6, 6]",
        "holds from 6 to 6 o'clock, no part of a day; leave hours out for all day",
    ),
    "hours out of range": ("policies.yaml", "to: {fixed: 0.8}", "to: {fixed: 0.8}, hours: [6, 25]", "write [from, to] in local hours"),
    "split unknown": (
        "case.yaml",
        "{Fjellpass / Skogtull: 0.7",
        "{Fjellpas / Skogtull: 0.7",
        "split names unknown gate 'Fjellpas / Skogtull'; did you mean",
    ),
    "split elsewhere": (
        "case.yaml",
        "{Fjellpass / Skogtull: 0.7",
        "{Elvebru / Jokisilta: 0.7",
        "split names 'Elvebru / Jokisilta', which does not lead to SE",
    ),
    "split on rail": ("case.yaml", "{Fjellpass / Skogtull: 0.7", "{rail: 0.7", "split names 'rail', but no rail link leads to SE"),
    "split of nothing": ("case.yaml", "{Fjellpass / Skogtull: 0.7, elsewhere: 0.3}", "{elsewhere: 0}", "weights of split add up to 0, must be > 0"),
    "week of nothing": ("case.yaml", "[1, 0.9, 1, 1, 1.1, 1.2, 0.8]", "[0, 0, 0, 0, 0, 0, 0]", "weekly_entries add up to 0"),
    "onward unknown": (
        "case.yaml",
        "onward:\n  - country: SE",
        "onward:\n  - country: DK",
        "onward rule for 'DK': no gate or ordinary block leads there",
    ),
    "appeal unknown": ("case.yaml", "appeal: {SE", "appeal: {DK", "appeal of 'DK': no gate leads there"),
    "appeal too large": ("case.yaml", "{SE: 0.4}", "{SE: 400}", "appeal of 'SE' 400 must be between -50 and 50"),
    "mode without portal": ("case.yaml", "{air: -1}", "{rail: -1}", "mode_appeal of 'rail': the case has no rail portal"),
    "seats without link": ("case.yaml", "{air IS: 150}", "{air FI: 150}", "seats of 'air FI': no air link leads from the country of origin to FI"),
    "seats misnamed": (
        "case.yaml",
        "{air IS: 150}",
        "{airIS: 150}",
        "seats of 'airIS': must be named 'air XX' or 'rail XX' by country code; did you mean 'air IS'?",
    ),
    "region member": (
        "case.yaml",
        "members: [Fjellpass / Skogtull",
        "members: [Fjellpas / Skogtull",
        "case.yaml line 50: region 'Northern posts': member 'Fjellpas",
    ),
    "forecast location": ("case.yaml", "{location: Sweden", "{location: Sveden", "forecast: unknown location 'Sveden'; did you mean 'Sweden'?"),
    "forecast of a town": ("case.yaml", "{location: Sweden", "{location: Hofn", "location 'Hofn' is a place, must be a gate, a region or a country"),
    "forecast of far country": ("case.yaml", "{location: Sweden", "{location: Peru", "no gate or ordinary block of the case leads to 'Peru'"),
    "threshold target": ("case.yaml", "target: queue_vehicles, above", "target: queue_cars, above", "thresholds: unknown target 'queue_cars'"),
    "threshold location": (
        "case.yaml",
        "{location: Fjellpass / Skogtull, target:",
        "{location: Fjell, target:",
        "thresholds: unknown location 'Fjell'",
    ),
    "behaviour unknown": (
        "case.yaml",
        "slowness: 1.0",
        "slownes: 1.0",
        "case.yaml line 14: behaviour: unknown attribute 'slownes'; did you mean 'slowness'?",
    ),
    "behaviour indexed": (
        "case.yaml",
        "slowness: 1.0",
        "appeal: 1.0",
        "behaviour: attribute 'appeal' has one value per country, must have one for all",
    ),
    "behaviour out of range": ("case.yaml", "slowness: 1.0", "put_off: 1.5", "behaviour: put_off 1.5 must be between 0 and 1 (share)"),
    "prior not parsed": ("priors.yaml", "appeal[SE]", "appeal[SE", "priors.yaml line 11: prior 'sweden_appeal': 'appeal[SE' must be written name"),
    "prior attribute": ("priors.yaml", "appeal[SE]", "apeal[SE]", "'apeal[SE]' names unknown attribute 'apeal'; did you mean 'appeal'?"),
    "prior matches nothing": (
        "priors.yaml",
        "leaving_per_day[flood warning]",
        "leaving_per_day[flod warning]",
        "matches nothing in the case; did you mean 'flood warning'?",
    ),
    "prior lane": (
        "priors.yaml",
        "capacity[*; car]",
        "capacity[*; bus]",
        "'capacity[*; bus]' matches nothing in the case; known: 'car', 'foot', 'seat'",
    ),
    "prior lane together": (
        "priors.yaml",
        "capacity[*; car]",
        "capacity[FI; car; exits]",
        "matches nothing in the case; add the lane to crossings.csv",
    ),
    "prior index count": ("priors.yaml", '"appeal[SE]"', "appeal", "'appeal' must be written appeal[country code]"),
    "prior fixed out of range": (
        "priors.yaml",
        "{normal: [0.4, 0.8]}",
        "{fixed: 99}",
        "prior 'sweden_appeal': appeal[SE] takes 99, must be between -50 and 50",
    ),
    "prior uniform out of range": ("priors.yaml", "{normal: [0.4, 0.8]}", "{uniform: [0, 99]}", "takes 99, must be between"),
    "prior scales below zero": ("priors.yaml", "{lognormal: [1, 0.2]}", "{fixed: -1}", "capacity[*; car] is scaled by -1, must be >= 0"),
    "prior sets twice": ("priors.yaml", "sets: [pool]", 'sets: ["appeal[SE]"]', "prior 'sweden_appeal': 'appeal[SE]' is set by prior 'pool' too"),
    "change not dated": (
        "shocks.yaml",
        "open[Fjellpass / Skogtull; foot]",
        "capacity[SE; foot]",
        "shocks.yaml line 19: shock 'foot access at the pass': 'capacity[SE; foot]' cannot change at a date; dated",
    ),
    "change unknown": (
        "policies.yaml",
        "entries_factor[SE]",
        "entry_factor[SE]",
        "names unknown attribute 'entry_factor'; did you mean 'entries_factor'?",
    ),
    "change matches nothing": (
        "policies.yaml",
        "entries_factor[SE]",
        "entries_factor[DK]",
        "policy 'Sweden asks for papers': 'entries_factor[DK]' matches nothing",
    ),
    "change out of range": (
        "policies.yaml",
        "{uniform: [0.4, 0.9]}",
        "{uniform: [0.4, 1.9]}",
        "'entries_factor[SE]' takes 1.9, must be between 0 and 1",
    ),
    "half open": ("shocks.yaml", "{fixed: 1}", "{fixed: 0.5}", "must be set to fixed: 0 (closed) or fixed: 1 (open)"),
    "shock groups": (
        "shocks.yaml",
        "  leaving_per_day: 3000",
        "  leaving_per_day: 3000\n  groups: [visas]",
        "shock 'flood warning': unknown group 'visas'; did you mean 'visa'?",
    ),
    "shock before start": (
        "shocks.yaml",
        "2030-03-05T12:00",
        "2030-02-05",
        "shocks.yaml line 3: shock 'flood warning': at 2030-02-05 00:00:00 is before the start 2030-03-01",
    ),
    "shock after the end": ("shocks.yaml", "2030-03-05T12:00", "2030-03-17", "is after the end of the forecast (as_of + horizon)"),
    "policy too late": (
        "policies.yaml",
        "[2030-03-10, 2030-03-13]",
        "[2030-03-20, 2030-03-23]",
        "dates begin on 2030-03-20, after the end of the forecast",
    ),
    "policy too early": ("policies.yaml", "[2030-03-10, 2030-03-13]", "[2030-02-10, 2030-02-13]", "dates end on 2030-02-13, before the start"),
    "years": ("case.yaml", "as_of: 2030-03-09", "as_of: 9999-12-31", "as_of 9999-12-31 must be between the years 1900 and 2200"),
    "long case": ("case.yaml", "start: 2030-03-01", "start: 2020-03-01", "the case lasts"),
    "odd step": ("case.yaml", "step: 1 h", "step: 5 h", "case.yaml line 6: step of 5 hours does not divide a day"),
    "step before": ("case.yaml", "step: 1 h\nstep_before: 6 h", "step: 3 h\nstep_before: 8 h", "step_before of 8 hours must be a multiple of step"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_case_is_told(tmp_path: Path, name: str) -> None:
    file, old, new, expected = BROKEN[name]
    found = problems_of(tmp_path, file, old, new)
    assert any(expected in text for text in found), found


@pytest.mark.parametrize("name", BROKEN)
def test_every_problem_has_file_and_remedy(tmp_path: Path, name: str) -> None:
    file, old, new, _ = BROKEN[name]
    problems, _ = check_case(write_small_case(tmp_path, changed(file, old, new)))
    assert all(p.file.endswith((".csv", ".yaml")) and p.remedy and p.what for p in problems)


def test_the_small_case_is_valid(tmp_path: Path) -> None:
    problems, counts = check_case(write_small_case(tmp_path))
    assert problems == []
    assert counts == {"places": 9, "links": 9, "crossings": 2, "lanes": 5, "groups": 2, "shocks": 3, "policies": 1, "priors": 4, "claims": 8}


@pytest.mark.parametrize(
    "change",
    [
        ("crossings.csv", "Elvebru / Jokisilta,car,entries,250,,,6,22,1,invented,\nElvebru / Jokisilta,foot,entries,500,,,6,22,1,invented,\n", ""),
        ("case.yaml", "horizon: 7\n", ""),
        ("case.yaml", "step: 1 h", "step: 15 min"),
        ("case.yaml", "may_enter: [SE, IS]", "may_enter: [SE, IS, DK]"),
        ("priors.yaml", "appeal[SE]", "appeal[*]"),
    ],
)
def test_what_is_left_out_or_general_is_valid(tmp_path: Path, change: tuple[str, str, str]) -> None:
    assert problems_of(tmp_path, *change) == []


def test_a_crossing_of_other_countries_may_stand_without_lanes(tmp_path: Path) -> None:
    assert problems_of(tmp_path, "places.csv", "Hofn,Höfn", "Sild / Laks,,crossing,SE;FI,66,14,,,\nHofn,Höfn") == []


def test_a_crossing_without_lanes_and_links_is_valid(tmp_path: Path) -> None:
    assert problems_of(tmp_path, "places.csv", "Hofn,Höfn", "Sild / Laks,,crossing,NO;FI,66,14,,,\nHofn,Höfn") == []


def bare_case(**parts: object) -> Case:
    return Case(title="t", origin_country="NO", start=date(2030, 1, 1), as_of=date(2030, 1, 5)).model_copy(update=parts)


def place(i: int, kind: str = "origin", population: float = 5.0) -> Place:
    return Place(name=f"town {i}", kind=kind, country=("NO",), lat=60, lon=10, population=population)  # type: ignore[arg-type]


def test_a_case_in_memory_is_checked_too() -> None:
    assert find_problems(bare_case()) == []
    found = find_problems(bare_case(lanes=(Lane(crossing="Nowhere", lane="car"),)))
    assert found == [Problem("crossings.csv", 0, "crossing 'Nowhere' is not a place of places.csv", "the case has none")]


def test_groups_need_origins() -> None:
    assert [p.what for p in find_problems(bare_case(groups=(Group(name="all"),)))] == ["the case has groups but no place of kind origin"]


def test_more_people_than_live_on_earth() -> None:
    found = find_problems(bare_case(places=tuple(place(i, "transit", 1e9) for i in range(10))))
    assert [p.what for p in found] == ["populations add up to 1e+10, more than live on Earth"]


def test_where_gives_the_innermost_known_line() -> None:
    where = Where({("priors", 2): ("priors.yaml", 7), ("priors", 2, "sets"): ("priors.yaml", 9)})
    assert where.at(("priors", 2, "sets", 0)) == ("priors.yaml", 9)
    assert where.at(("priors", 2, "dist")) == ("priors.yaml", 7)
    assert where.at(("links", 3)) == ("links.csv", 0)


def test_checks_can_be_left_out() -> None:
    case = bare_case(groups=(Group(name="all"),))
    assert find_problems(case, skip=set(CHECKS)) == []


def test_a_large_case_with_thousands_of_unknown_names_is_checked_in_seconds() -> None:
    towns = tuple(place(i) for i in range(3000))
    roads = tuple(Link(**{"from": f"town {i}", "to": f"twn {i + 1}", "mode": "road", "distance_km": 10, "typical_hours": 1}) for i in range(3000))
    begun = time.perf_counter()
    found = find_problems(bare_case(places=towns, links=roads))
    assert len(found) == 3000
    assert time.perf_counter() - begun < 20
