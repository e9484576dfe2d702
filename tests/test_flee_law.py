"""Flee's law on hand-made instances, each with what it must give: numbers of people, or a probability worked out by hand.

Every test runs on the reference engine and on the chain. Shares are tested exactly (binomial) at 1e-3 over all of them together.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binomtest, chi2

from flee_tiny import Engine, agents, chain, tiny

SEED = 5
FALSE_ALARM = 1e-3 / 200
"""1e-3 over at most 200 comparisons of counts with probabilities."""

HOME = "A,home,conflict,1000"
CAMP = "C,home,camp,0"


@pytest.fixture(params=["agents", "chain"])
def run(request: pytest.FixtureRequest) -> Engine:
    return {"agents": agents, "chain": chain}[request.param]


def share(k: float, n: float, p: float) -> None:
    """k of n is no surprise for independent trials of probability p."""
    assert binomtest(int(k), int(n), p).pvalue > FALSE_ALARM, f"{k:g} of {n:g} are {k / n:.4f}, expected {p:.4f}"


def in_camps(run: Engine, instance, runs: int = 1) -> list:
    """Agents by day and camp of the first run, or by run, day and camp."""
    counts, _ = run(instance, runs, SEED)
    return counts[0].tolist() if runs == 1 else counts


# ---- distance and time


@pytest.mark.parametrize(
    ("km", "arrivals"),
    [(199.0, [100, 200, 300, 400]), (200.0, [0, 100, 200, 300]), (399.0, [0, 100, 200, 300]), (400.0, [0, 0, 100, 200])],
)
def test_a_link_is_left_only_beyond_its_length(tmp_path: Path, run: Engine, km: float, arrivals: list[int]) -> None:
    counts = in_camps(run, tiny(tmp_path, [HOME, CAMP], [f"A,C,{km},0"], days=4))
    assert [day[0] for day in counts] == arrivals


def test_what_is_left_of_a_day_is_not_taken_off_the_next_link(tmp_path: Path, run: Engine) -> None:
    """50 + 180 km at 200 km a day arrive on the first day; 50 + 180 + 10 km do not, because 230 km end the day."""
    one = tiny(tmp_path / "1", [HOME, "M,home,marker,0", CAMP], ["A,M,50,0", "M,C,180,0"])
    two = tiny(tmp_path / "2", [HOME, "M,home,marker,0", "N,home,marker,0", CAMP], ["A,M,50,0", "M,N,180,0", "N,C,10,0"])
    three = tiny(tmp_path / "3", [HOME, "M,home,marker,0", CAMP], ["A,M,50,0", "M,C,300,0"])
    assert [day[0] for day in in_camps(run, one)] == [100, 200, 300]
    assert [day[0] for day in in_camps(run, two)] == [0, 100, 200]
    assert [day[0] for day in in_camps(run, three)] == [0, 100, 200]


def test_speed_of_a_link(tmp_path: Path, run: Engine) -> None:
    instance = tiny(tmp_path, [HOME, CAMP], ["A,C,90,0,30"], days=5, route_header=",max_move_speed")
    assert [day[0] for day in in_camps(run, instance)] == [0, 0, 0, 100, 200]


def test_first_journey_on_foot_until_the_first_arrival(tmp_path: Path, run: Engine) -> None:
    far = tiny(tmp_path / "1", [HOME, CAMP], ["A,C,50,0"], start_on_foot=True, max_walk_speed=35.0)
    near = tiny(tmp_path / "2", [HOME, "M,home,marker,0", CAMP], ["A,M,30,0", "M,C,150,0"], start_on_foot=True, max_walk_speed=35.0)
    assert [day[0] for day in in_camps(run, far)] == [0, 100, 200]
    assert [day[0] for day in in_camps(run, near)] == [100, 200, 300]


def test_walking_by_chance(tmp_path: Path, run: Engine) -> None:
    """100 km: a day at 200 km/day with probability 0.6; else 35 km, and the next day again."""
    instance = tiny(tmp_path, [HOME, CAMP], ["A,C,100,0,0.4"], days=2, each_day=2000, route_header=",walk_probability")
    day0, day1 = (day[0] for day in in_camps(run, instance))
    share(day0, 2000, 0.6)
    share(day1, 4000, 0.5 * (0.6 + 1.0 - 0.4 * 0.4))


# ---- leaving and choosing


def test_move_chances_by_kind_of_place(tmp_path: Path, run: Engine) -> None:
    """Residents of day 0 leave a camp, an IDP camp and a town with the chances given, once a day."""
    places = [HOME, "C,home,camp,0", "I,home,idpcamp,0", "D,home,camp,0"]
    routes = ["C,D,500,0", "I,D,500,0", "A,D,500,0"]
    instance = tiny(
        tmp_path, places, routes, days=2, each_day=0, data={"C": [2000] * 2, "I": [2000] * 2}, camp_movechance=0.05, idpcamp_movechance=0.2
    )  # fmt: skip
    (c0, i0, _), (c1, i1, _) = in_camps(run, instance)
    share(c0, 2000, 0.95)
    share(c1, 2000, 0.95**2)
    share(i0, 2000, 0.8)
    share(i1, 2000, 0.8**2)


def test_towns_are_left_with_the_default_chance(tmp_path: Path, run: Engine) -> None:
    """A at war is left for the town T at once; from T, A has no weight and C is entered the next morning with chance 0.3."""
    instance = tiny(tmp_path, [HOME, "T,home,town,0", CAMP], ["A,T,201,0", "T,C,50,0"], days=4, each_day=1500, default_movechance=0.3)
    _, day1, _, _ = (day[0] for day in in_camps(run, instance))
    share(day1, 1500, 0.3)


WEIGHTS = [
    ({}, (100, "home"), (300, "home"), (1 / 110) / (1 / 110 + 1 / 310)),
    ({"softening": 50.0}, (100, "home"), (300, "home"), (1 / 150) / (1 / 150 + 1 / 350)),
    ({"distance_power": 2.0}, (100, "home"), (300, "home"), (1 / 110**2) / (1 / 110**2 + 1 / 310**2)),
    ({"weight_power": 2.0}, (100, "home"), (300, "home"), (1 / 110**2) / (1 / 110**2 + 1 / 310**2)),
    ({"foreign_weight": 3.0}, (100, "home"), (100, "abroad"), 0.25),
    ({"foreign_weight": 3.0, "weight_softening": 2.0}, (100, "home"), (100, "abroad"), 3 / 8),
    ({"pruning_threshold": 2.0}, (100, "home"), (300, "home"), 1.0),
    ({"pruning_threshold": 4.0}, (100, "home"), (300, "home"), (1 / 110) / (1 / 110 + 1 / 310)),
]  # fmt: skip


@pytest.mark.parametrize(("settings", "one", "two", "expected"), WEIGHTS)
def test_weights_of_two_camps(tmp_path: Path, run: Engine, settings, one, two, expected: float) -> None:
    places = [HOME, f"C,{one[1]},camp,0", f"D,{two[1]},camp,0"]
    ((c, _),) = in_camps(run, tiny(tmp_path, places, [f"A,C,{one[0]},0", f"A,D,{two[0]},0"], days=1, each_day=3000, **settings))
    share(c, 3000, expected)


def test_camp_weight_and_conflict_weight(tmp_path: Path, run: Engine) -> None:
    """From A at war: a camp of weight 5, a town of 1, and B at war of intensity 2: 0.5 ** 2. Who goes on from T is back in A in the evening."""
    places = [HOME, "B,home,conflict,1000", CAMP, "T,home,town,0"]
    conflicts = {"A": [1.0], "B": [2.0]}
    instance = tiny(
        tmp_path, places, ["A,C,100,0", "A,T,100,0", "A,B,300,0"], days=1, each_day=4000, conflicts=conflicts, camp_weight=5.0, conflict_weight=0.5
    )  # fmt: skip
    ((c,),) = in_camps(run, instance)
    share(c, 4000, 5 / 110 / (5 / 110 + 1 / 110 + 0.25 / 310))


def test_fixed_routes_count_scores_twice(tmp_path: Path, run: Engine) -> None:
    """Weight of the route, 3 / 110 and 1 / 110, times the score again. The camps stand before A, whose routes are made with this morning's scores."""
    places = ["Z,home,town,0", CAMP, "D,abroad,camp,0", HOME]
    instance = tiny(tmp_path, places, ["A,C,100,0", "A,D,100,0"], days=1, each_day=3000, fixed_routes=True, foreign_weight=3.0)
    ((c, _),) = in_camps(run, instance)
    share(c, 3000, 0.1)


@pytest.mark.parametrize(("redirection", "expected"), [(0, 0.5), (1, 2 / 3), (2, 0.5)])
def test_redirection_one_doubles_the_pair_of_links(tmp_path: Path, run: Engine, redirection: int, expected: float) -> None:
    instance = tiny(tmp_path, [HOME, CAMP, "D,home,camp,0"], [f"A,C,100,{redirection}", "A,D,100,0"], days=1, each_day=3000)
    ((c, d),) = in_camps(run, instance)
    share(c, c + d, expected)


def test_doubled_rows_double_the_weight(tmp_path: Path, run: Engine) -> None:
    instance = tiny(tmp_path, [HOME, CAMP, "D,home,camp,0"], ["A,C,100,0", "A,C,100,0", "A,D,100,0"], days=1, each_day=3000)
    ((c, d),) = in_camps(run, instance)
    share(c, c + d, 2 / 3)


def test_awareness_adds_up_paths(tmp_path: Path, run: Engine) -> None:
    """Two hops ahead: from A the camps B (50 km), C behind B (150 km in all) and C behind D (250 km in all), D (100 km)."""
    places = [HOME, "B,home,camp,0", "C,home,camp,0", "D,home,camp,0"]
    routes = ["A,B,50,0", "B,C,100,0", "A,D,100,0", "D,C,150,0"]
    instance = tiny(tmp_path, places, routes, days=3, each_day=3000, awareness_level=2)
    b, c, d = in_camps(run, instance)[-1]
    weights = {"B": 1 / 60, "C": 1 / 160 + 1 / 260, "D": 1 / 110}
    total = sum(weights.values())
    b0, c0, d0 = in_camps(run, tiny(tmp_path / "x", places, routes, days=1, each_day=3000, awareness_level=2))[0]
    share(b0, 3000, weights["B"] / total)
    share(d0, 3000, weights["D"] / total)
    share(c0, 3000, weights["C"] / total)
    assert b + c + d == 9000


def test_awareness_zero_freezes(tmp_path: Path, run: Engine) -> None:
    assert in_camps(run, tiny(tmp_path, [HOME, CAMP], ["A,C,10,0"], awareness_level=0)) == [[0], [0], [0]]


def test_a_marker_makes_no_option_and_no_step(tmp_path: Path, run: Engine) -> None:
    """C lies 100 km away behind a marker, D 300 km: C is reached on the day, D on the next."""
    places = [HOME, "M,home,marker,0", CAMP, "D,home,camp,0"]
    instance = tiny(tmp_path, places, ["A,M,40,0", "M,C,60,0", "A,D,300,0"], days=2, each_day=3000)
    p = (1 / 110) / (1 / 110 + 1 / 310)
    (c0, d0), (c1, d1) = in_camps(run, instance)
    share(c0, 3000, p)
    assert (d0, d1) == (0, 3000 - c0)
    share(c1, 6000, p)


def test_forward_hubs_are_left_at_once(tmp_path: Path, run: Engine) -> None:
    """A (at war, weight 0) - hub 50 km - camp 100 km: one day."""
    assert in_camps(run, tiny(tmp_path, [HOME, "H,home,forward,0", CAMP], ["A,H,50,0", "H,C,100,0"])) == [[100], [200], [300]]


def test_short_stints_are_avoided(tmp_path: Path, run: Engine) -> None:
    """50 km of 200 are a short stint: (0 + 0.25) / 2 < 0.5, so the town is passed; after a day of 199 km on the way r = 0.4975, and it is not."""
    town = [HOME, "T,home,town,0", CAMP]
    near = tiny(tmp_path / "1", town, ["A,T,50,0", "T,C,100,0"], days=1, each_day=1000, avoid_short_stints=True, default_movechance=0.1)
    plain = tiny(tmp_path / "2", town, ["A,T,50,0", "T,C,100,0"], days=1, each_day=1000, default_movechance=0.1)
    far = tiny(tmp_path / "3", town, ["A,T,350,0", "T,C,100,0"], days=2, each_day=1000, avoid_short_stints=True, default_movechance=0.1)
    assert in_camps(run, near) == [[1000]]
    share(in_camps(run, plain)[0][0], 1000, 0.1)
    # second day: 150 of 200 km and r = (0 + 1) / 2 = 0.5 give (0.5 + 0.75) / 2 > 0.5: not forced
    share(in_camps(run, far)[1][0], 1000, 0.1)


def test_a_long_day_is_remembered(tmp_path: Path, run: Engine) -> None:
    """T (199 km: (0 + 0.995) / 2 < 0.5) is passed, the day ends in U. The next morning nobody is forced on."""
    places = [HOME, "T,home,town,0", "U,home,town,0", CAMP]
    instance = tiny(
        tmp_path,
        places,
        ["A,T,199,0", "T,U,100,0", "U,C,90,0"],
        days=2,
        each_day=4000,
        avoid_short_stints=True,
        default_movechance=0.1,
        softening=0.0,
    )
    (c0,), (c1,) = in_camps(run, instance)
    assert c0 == 0
    share(c1, 4000, 0.1 * (1 / 90) / (1 / 90 + 1 / 100))


# ---- full camps


def test_a_full_camp_stops_those_who_have_not_set_out(tmp_path: Path, run: Engine) -> None:
    """Nobody is in the camp when the first hundred set out, so that all get in; the second hundred stay, for a day at a time."""
    instance = tiny(tmp_path, [HOME, "C,home,camp,50"], ["A,C,100,0"], days=3)
    assert in_camps(run, instance) == [[100], [100], [100]]


def test_travellers_do_not_count(tmp_path: Path, run: Engine) -> None:
    instance = tiny(tmp_path, [HOME, "C,home,camp,50"], ["A,C,250,0"], days=4)
    assert in_camps(run, instance) == [[0], [100], [200], [200]]


@pytest.mark.parametrize(("residents", "gets_in"), [(150, True), (175, True), (176, False), (200, False)])
def test_half_of_the_buffer_is_the_threshold(tmp_path: Path, run: Engine, residents: int, gets_in: bool) -> None:
    """Capacity 200, buffer 0.75: the factor is 1 up to 150, exactly 0.5 (accepted) at 175, below at 176."""
    instance = tiny(
        tmp_path, [HOME, "C,home,camp,200"], ["A,C,100,0"], days=1, each_day=7, data={"C": [residents]}, capacity_buffer=0.75, fixes=["day0-capacity"]
    )  # fmt: skip
    assert in_camps(run, instance) == [[residents + (7 if gets_in else 0)]]


def test_capacity_factor_scales_the_weight(tmp_path: Path, run: Engine) -> None:
    """One camp at 94 of 100 (factor 0.6), one with no limit: 0.6 / 1.6 of those who choose; one agent a run, so that none sees another."""
    instance = tiny(
        tmp_path, [HOME, "C,home,camp,100", "D,home,camp,0"], ["A,C,100,0", "A,D,100,0"], days=1, each_day=1, data={"C": [94]},
        fixes=["day0-capacity"],
    )  # fmt: skip
    counts = in_camps(run, instance, runs=4000)
    share((counts[:, 0, 0] - 94).sum(), 4000, 0.6 / 1.6)


def test_one_resident_who_leaves_lets_everyone_later_in(tmp_path: Path, run: Engine) -> None:
    """176 of 200: refused. Residents decide first, each leaves (for D, far away) with chance 0.005; if any does, all 20 set out."""
    places = [HOME, "C,home,camp,200", "D,home,camp,0"]
    instance = tiny(
        tmp_path, places, ["A,C,100,0", "C,D,500,0"], days=1, each_day=20, data={"C": [176]}, camp_movechance=0.005, capacity_buffer=0.75,
        fixes=["day0-capacity"],
    )  # fmt: skip
    counts = in_camps(run, instance, runs=3000)[:, 0, 0]
    share((counts > 176).sum(), 3000, 1.0 - 0.995**176)
    assert (counts[counts <= 176] == 176).all()  # nobody left, nobody came


@pytest.mark.parametrize("older", [True, False])
def test_those_of_day_0_decide_camp_by_camp(tmp_path: Path, run: Engine, older: bool) -> None:
    """C refuses until one of its 176 residents leaves. Those of B come before them all if B stands first in the file, and after them all if not."""
    camps = ["B,home,camp,0", "C,home,camp,200"] if older else ["C,home,camp,200", "B,home,camp,0"]
    instance = tiny(
        tmp_path, [HOME, *camps, "D,home,camp,0"], ["B,C,100,0", "C,D,500,0", "A,D,500,0"], days=1, each_day=0,
        data={"B": [1000], "C": [176]}, camp_movechance=0.05, capacity_buffer=0.75, fixes=["day0-capacity"],
    )  # fmt: skip
    counts = in_camps(run, instance, runs=200)[:, 0, 1 if older else 0]
    assert (counts <= 176).all() if older else (counts > 176).mean() > 0.9


def test_capacity_scaling_and_growth(tmp_path: Path, run: Engine) -> None:
    """Capacity (50 + 20 a day, the first day included) x 2: 140, 180, 220, 260 with 0, 100, 200, 300 inside; full on the last."""
    instance = tiny(tmp_path, [HOME, "C,home,camp,50,20"], ["A,C,100,0"], days=4, header=",capacity_per_day", capacity_scaling=2.0)
    assert in_camps(run, instance) == [[100], [200], [300], [300]]


def test_day0_people_lower_the_capacity(tmp_path: Path, run: Engine) -> None:
    """60 with 70 on day 0 becomes -10, that is no limit; 100 with 60 becomes 40, that is full."""
    for capacity, residents, later in ((60, 70, 170), (100, 60, 60)):
        data = {"C": [residents, residents + 100]}
        instance = tiny(tmp_path / str(capacity), [HOME, f"C,home,camp,{capacity}"], ["A,C,100,0"], days=2, each_day=None, data=data)
        assert in_camps(run, instance) == [[residents], [later]]


# ---- spawning


def test_day0_counts_double_without_insert_day0(tmp_path: Path, run: Engine) -> None:
    for insert, people in ((True, 110), (False, 220)):
        instance = tiny(tmp_path / str(insert), [HOME, CAMP], ["A,C,100,0"], days=1, each_day=None, data={"C": [110]}, insert_day0=insert)
        assert run(instance, 1, SEED)[1].tolist() == [[people]]


def test_data_drive_spawning_and_falls_are_a_debt(tmp_path: Path, run: Engine) -> None:
    instance = tiny(tmp_path, [HOME, CAMP], ["A,C,100,0"], days=5, each_day=None, data={"C": [100, 130, 110, 120, 150]})
    assert run(instance, 1, SEED)[1].tolist() == [[100, 130, 130, 130, 150]]


def test_hasten_scales_people_down(tmp_path: Path, run: Engine) -> None:
    instance = tiny(tmp_path, [HOME, CAMP], ["A,C,100,0"], days=2, each_day=None, data={"C": [105, 155]}, hasten=10)
    assert run(instance, 1, SEED)[1].tolist() == [[10, 15]]


def two_sources(folder: Path, pop_a: int, pop_b: int, **settings):
    """A leads to C only, B to D only."""
    places = [f"A,home,conflict,{pop_a}", f"B,home,conflict,{pop_b}", CAMP, "D,home,camp,0"]
    return tiny(folder, places, ["A,C,100,0", "B,D,100,0"], **settings)


def test_origins_by_population(tmp_path: Path, run: Engine) -> None:
    instance = two_sources(tmp_path, 3000, 1000, days=2, each_day=None, data={"C": [0, 4000]})
    c, d = in_camps(run, instance)[1]
    assert c + d == 4000
    share(c, 4000, 0.75)


def test_origins_by_intensity_and_decay(tmp_path: Path, run: Engine) -> None:
    """A at war since day 0, B since day 2 with intensity 3; decay 1, then 0.25 from two days after the onset."""
    instance = two_sources(
        tmp_path, 1000, 1000, days=3, each_day=None, data={"C": [0, 0, 4000]}, conflicts={"A": [1, 1, 1], "B": [0, 0, 3]},
        conflict_spawn_decay=(1.0, 0.25), conflict_spawn_decay_interval=2,
    )  # fmt: skip
    c, d = in_camps(run, instance)[2]
    assert c + d == 4000
    share(c, 4000, 0.25 / 3.25)


def test_population_runs_out(tmp_path: Path, run: Engine) -> None:
    """Ten a day out of ten in A and ten in B: weights follow what is left, so that A's total has variance 2.25, not 5."""
    runs = 2000
    instance = two_sources(tmp_path, 10, 10, days=3, each_day=None, data={"C": [0, 10, 20]}, take_from_population=True)
    c = in_camps(run, instance, runs=runs)[:, 2, 0]
    ratio = (runs - 1) * c.var(ddof=1) / 2.25
    assert min(chi2.sf(ratio, runs - 1), chi2.cdf(ratio, runs - 1)) > FALSE_ALARM
    assert abs(c.mean() - 10.0) < 5.0 * math.sqrt(2.25 / runs)


def test_spawning_by_conflict(tmp_path: Path, run: Engine) -> None:
    zone = [HOME, CAMP]
    constant = tiny(tmp_path / "1", zone, ["A,C,100,0"], days=2, each_day=30, conflicts={"A": [0, 1.5]})
    ratio = tiny(
        tmp_path / "2", zone, ["A,C,100,0"], days=1, each_day=None,
        conflict_driven_spawning={"spawn_mode": "pop_ratio", "displaced_per_conflict_day": 0.05},
    )  # fmt: skip
    poisson = tiny(
        tmp_path / "3", zone, ["A,C,100,0"], days=1, each_day=None,
        conflict_driven_spawning={"spawn_mode": "poisson", "displaced_per_conflict_day": 50},
    )  # fmt: skip
    assert run(constant, 1, SEED)[1].tolist() == [[30, 75]]  # a zone with a zero on day 0 is at war all the same, by its type
    assert run(ratio, 1, SEED)[1].tolist() == [[50]]
    n = run(poisson, 3000, SEED)[1][:, 0]
    assert abs(n.mean() - 50.0) < 5.0 * math.sqrt(50 / 3000)
    spread = 2999 * n.var(ddof=1) / 50.0
    assert min(chi2.sf(spread, 2999), chi2.cdf(spread, 2999)) > FALSE_ALARM


def test_the_end_of_a_conflict_makes_a_town(tmp_path: Path, run: Engine) -> None:
    """Half leave A at war on day 0; on day 1 it is a town, left with chance 0.3."""
    instance = tiny(
        tmp_path, [HOME, CAMP], ["A,C,100,0"], days=2, each_day=4000, conflicts={"A": [1, 0]}, conflict_movechance=0.5, default_movechance=0.3
    )  # fmt: skip
    (day0,), (day1,) = in_camps(run, instance)
    share(day0, 4000, 0.5)
    share(day1, 4000, 0.65)


# ---- changes of the world


def test_travellers_on_a_closed_link_are_returned(tmp_path: Path, run: Engine) -> None:
    """Those on the way when the border closes walk to its end and are back at their start; when it opens on day 3, all 400 set out."""
    instance = tiny(tmp_path, [HOME, "C,abroad,camp,0"], ["A,C,250,0"], days=6, closures=["country,home,abroad,1,3"])
    assert [day[0] for day in in_camps(run, instance)] == [0, 0, 0, 0, 400, 500]


def test_location_closure(tmp_path: Path, run: Engine) -> None:
    instance = tiny(tmp_path, [HOME, CAMP], ["A,C,100,0"], days=4, closures=["location,C,,1,3"])
    assert [day[0] for day in in_camps(run, instance)] == [100, 100, 100, 400]


def test_link_closures_do_nothing_unless_fixed(tmp_path: Path, run: Engine) -> None:
    for fixes, counts in (((), [100, 200, 300]), (("link-closures",), [100, 100, 100])):
        instance = tiny(tmp_path / str(len(fixes)), [HOME, CAMP], ["A,C,100,0"], closures=["link,C,A,1,-1"], fixes=fixes)
        assert [day[0] for day in in_camps(run, instance)] == counts


def test_a_camp_that_opens_late_is_a_town_before(tmp_path: Path, run: Engine) -> None:
    """Until day 2 people leave C as they leave towns, for D or back to A at war (weight 0)."""
    places = [HOME, CAMP, "D,home,camp,0"]
    instance = tiny(
        tmp_path, places, ["A,C,201,0", "C,D,1000,0"], days=5, each_day=2000, closures=["camp,C,,0,3"], default_movechance=0.25
    )  # fmt: skip
    _, day1, day2, day3, day4 = (day[0] for day in in_camps(run, instance))
    # arriving on the second day of a 201 km link (m = 1 km), everyone decides once more the same day
    share(day1, 2000, 0.75)
    share(day2, 4000, 0.75 * (0.75 + 1.0) / 2)
    assert day3 - day2 == day4 - day3 == 2000  # a camp again: nobody leaves


def test_a_place_that_changes_its_kind(tmp_path: Path, run: Engine) -> None:
    files = {"location_changes.csv": "C,town,1\n"}
    places = [HOME, CAMP, "D,home,camp,0"]
    instance = tiny(tmp_path, places, ["A,C,100,0", "C,D,1000,0"], days=2, each_day=2000, files=files, default_movechance=0.25)
    (day0, _), (day1, _) = in_camps(run, instance)
    assert day0 == 2000
    # on day 1 the old decide once, the new arrive with 100 of 200 km and decide once
    share(day1, 4000, 0.75)


def test_sinks_keep_people_counted(tmp_path: Path, run: Engine) -> None:
    """Of those who arrive on day 1 half go on at once; each evening half of those left in the camp stop moving for ever, but are counted."""
    places = [HOME, "C,home,camp,0,0.5", "D,home,camp,0,0.0"]
    instance = tiny(
        tmp_path, places, ["A,C,199,0", "C,D,1000,0"], days=3, each_day=2000, header=",deactivation_probability", conflicts={"A": [1, 0, 0]},
        camps_are_sinks=True, camp_movechance=0.5, max_move_speed=198.0, fixes=["sinks"],
    )  # fmt: skip
    counts, total = run(instance, 1, SEED)
    assert total[0].tolist() == [2000] * 3
    _, day1, day2 = counts[0, :, 0]
    share(day1, 2000, 0.5)
    share(day2, day1, 0.75)


# ---- who people are


AGES = "age,Default\n10,1\n40,1\n70,2\n"
GENDERS = "gender,Default\nmale,1\nfemale,1\n"


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ({"ChildrenAvoidHazards": True}, 0.25 * 9 / 10 + 0.75 * 3 / 4),
        ({"ElderlyAvoidHazards": True}, 0.5 * 9 / 10 + 0.5 * 3 / 4),
        ({"WomenAvoidHazards": True}, 0.5 * 9 / 10 + 0.5 * 3 / 4),
        ({"ChildrenAvoidHazards": True, "BoysTakeRisk": True}, 0.25 * 9 / 10 + 0.75 * (0.5 * 3 / 4 + 0.5 * 1 / 2)),
        ({"BoysTakeRisk": True}, 3 / 4),
    ],
)
def test_age_and_sex(tmp_path: Path, run: Engine, rules: dict[str, bool], expected: float) -> None:
    """Scores 3 (abroad) and 1: those who avoid hazards square them, boys and men above 14 take both for 1 (only if children avoid hazards)."""
    files = {"input_csv/demographics_age.csv": AGES, "input_csv/demographics_gender.csv": GENDERS}
    instance = tiny(
        tmp_path, [HOME, "C,abroad,camp,0", "D,home,camp,0"], ["A,C,100,0", "A,D,100,0"], days=1, each_day=4000, foreign_weight=3.0,
        files=files, **rules,
    )  # fmt: skip
    ((c, _),) = in_camps(run, instance)
    share(c, 4000, expected)


def test_big_towns_attract_and_move(tmp_path: Path, run: Engine) -> None:
    """Population as a weight: 10000 ** 0.25 = 10 for the town, 1 for the camp."""
    instance = tiny(
        tmp_path, [HOME, "T,home,town,10000", CAMP], ["A,T,250,0", "A,C,250,0"], days=2, each_day=4000, use_pop_for_loc_weight=True,
        pop_power_for_loc_weight=0.25, default_movechance=0.5, conflicts={"A": [1, 0]},
    )  # fmt: skip
    share(in_camps(run, instance)[1][0], 4000, 1 / 11)


def test_move_chance_by_population(tmp_path: Path, run: Engine) -> None:
    """(40000 / 10000) ** 0.5 = 2 times 0.2."""
    instance = tiny(
        tmp_path, ["A,home,conflict,40000", CAMP], ["A,C,100,0"], days=1, each_day=4000, conflict_movechance=0.2, movechance_pop_scale_factor=0.5
    )  # fmt: skip
    share(in_camps(run, instance)[0][0], 4000, 0.4)


def test_hunger_drives_people_away(tmp_path: Path, run: Engine) -> None:
    """Half of the people hungry, in A and in C: 0.5 + 0.5 x 0.2 leave A, and half of those leave C again as they arrive."""
    files = {"input_csv/region_attributes_IPC.csv": "#Day,region\n0,50\n10,50\n"}
    instance = tiny(tmp_path, [HOME, CAMP], ["A,C,100,0"], days=1, each_day=4000, conflict_movechance=0.2, flee_when_starving=True, files=files)
    share(in_camps(run, instance)[0][0], 4000, 0.6 * 0.5)


def test_floods(tmp_path: Path, run: Engine) -> None:
    """Level 2 on day 1: 20 % of F leave with chance 0.7. C has level 1: it weighs 0.25 against 1, and is left with chance 0.4 on arrival."""
    files = {"input_csv/flood_level.csv": "#Day,F,C\n0,0,0\n1,2,1\n"}
    places = ["F,home,flood_zone,20000", CAMP, "D,home,camp,0"]
    rules = {
        "max_flood_level": 4,
        "flood_movechances": (0.3, 0.4, 0.7, 1.0, 1.0),
        "flood_loc_weights": (1.0, 0.25, 0.2, 0.0, 0.0),
    }
    instance = tiny(
        tmp_path, places, ["F,C,100,0", "F,D,100,0"], days=2, each_day=None, conflicts={}, data={"F": [0, 0]}, files=files,
        flood_zone_spawning_only=True, conflict_zone_spawning_only=False, flood_rules=rules,
    )  # fmt: skip
    counts, total = run(instance, 1, SEED)
    assert total[0].tolist() == [0, 4000]
    _, c, d = counts[0, 1]
    share(d, 4000, 0.7 * 0.8)
    share(c, 4000, 0.7 * 0.2 * 0.6)


def test_closeness_to_home(tmp_path: Path, run: Engine) -> None:
    """Scores are divided by the distance as Flee computes it (first coordinate taken for the longitude) to the power 1/2."""
    places = [HOME, CAMP, "D,home,camp,0"]  # at (0, 0), (1, 2), (2, 4): x is taken for the longitude

    def km(x: float, y: float) -> float:
        a = math.sin(math.radians(y) / 2) ** 2 + math.cos(math.radians(y)) * math.sin(math.radians(x) / 2) ** 2
        return 2 * 6371 * math.asin(math.sqrt(a))

    instance = tiny(tmp_path, places, ["A,C,100,0", "A,D,100,0"], days=1, each_day=4000, stay_close_to_home=True, home_distance_power=0.5)
    ((c, d),) = in_camps(run, instance)
    assert c + d == 4000
    w = [km(1, 2) ** -0.5, km(2, 4) ** -0.5]
    share(c, 4000, w[0] / sum(w))


# ---- many at once


def test_runs_differ_and_repeat(tmp_path: Path, run: Engine) -> None:
    instance = tiny(tmp_path, [HOME, CAMP, "D,home,camp,0"], ["A,C,100,0", "A,D,100,0"], days=3)
    one, two = run(instance, 3, SEED)[0], run(instance, 3, SEED)[0]
    assert np.array_equal(one, two)
    assert not np.array_equal(one[0], one[1])
