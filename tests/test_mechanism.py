"""Parts of the mechanism that a case switches on: each by hand or against theory, and all of them together against conservation.

Statistical tests are at fixed seeds, as in `test_engine.py`; a level that is seen at the end of steps may also err by what one step brings.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from borderflow.kernels.random import poisson
from borderflow.simulate.choice import bus_share, share_of_hours, way_weights
from borderflow.simulate.compile import compile_case
from borderflow.simulate.queues import budget_of, services_ended
from borderflow.simulate.series import COMPARTMENTS
from borderflow.world.model import Change, Dist, Group, Lane, Onward, Ordinary, Shock
from runs import BRU, PASS, attributes, chain, change, mean, mean_with_compartments, only_ordinary, parties_at_home, small
from test_engine import EVEN, SIGMAS, STILL, assert_everyone_is_somewhere, cases, changing, fast, free_roads, known, steady, worlds

FIRST_DAY = datetime(2030, 3, 1)
CAR, FOOT, BUS = f"{PASS}; car", f"{PASS}; foot", f"{PASS}; bus"


def compartment(run, name: str) -> np.ndarray:
    """Parties in one compartment, (n_runs, n_bins, n_groups)."""
    return run.comp[..., COMPARTMENTS.index(name)]


def one_gate(*lanes: Lane, **update):
    """The small case with one group of single people who can only leave by the pass, through the lanes given, and no other traffic."""
    group = Group(name="people", may_enter=("SE",), **update.pop("group", {}))
    shock = small().shocks[0].model_copy(update={"at": FIRST_DAY, "preparation_days": 1e-3, "decay_days": 1e5})
    shocks = (shock, *update.pop("shocks", ()))
    return small(**{"groups": (group,), "ordinary": (), "policies": (), "onward": (), "seats": {}, "shocks": shocks, "lanes": lanes, **update})


def lane(**update) -> Lane:
    return Lane(crossing=PASS, **{"lane": "car", **update})


# ---- choice ---------------------------------------------------------------------------------------------------------


def weights(utility, nest, similarity, may=None):
    n = len(utility)
    found = np.empty(n)
    gates = np.arange(n)
    allowed = np.ones(n) if may is None else np.array(may, dtype=float)
    total = way_weights(gates, np.array(nest), 0, n, np.array(utility), np.zeros(n), allowed, similarity, np.empty(3), np.empty(3), found)
    return found / total


def test_a_nested_logit_by_hand():
    # two ways of nest 0 with utilities 0 and 1, one way of nest 1 with utility 0.5; similarity 0.5
    inside = np.exp(np.array([0.0, 2.0]))
    nests = np.array([inside.sum() ** 0.5, math.exp(0.5)])
    expected = [*(inside / inside.sum() * nests[0] / nests.sum()), nests[1] / nests.sum()]
    np.testing.assert_allclose(weights([0.0, 1.0, 0.5], [0, 0, 1], 0.5), expected)
    np.testing.assert_allclose(weights([900.0, 901.0, 900.5], [0, 0, 1], 0.5), expected)
    np.testing.assert_allclose(weights([0.0, 5.0, 0.5], [0, 0, 1], 0.5, may=[1, 0, 1]), np.array([1.0, 0.0, math.exp(0.5)]) / (1 + math.exp(0.5)))


@given(st.lists(st.floats(-5, 5), min_size=3, max_size=3))
def test_similarity_one_is_the_plain_logit(utility):
    np.testing.assert_allclose(weights(utility, [0, 0, 2], 1.0), np.exp(utility) / np.exp(utility).sum())


def test_gates_that_are_the_same_share_what_one_would_have():
    np.testing.assert_allclose(weights([0.0, 0.0, 0.0], [0, 0, 1], 0.01), [0.25, 0.25, 0.5], atol=0.01)


@pytest.mark.parametrize("how", [chain, mean])
def test_a_case_with_one_gate_in_each_nest_does_not_see_the_nests(how):
    plain, nested = how(small(), STILL), how(small(), {**STILL, "nest_similarity": 0.3})
    np.testing.assert_allclose(nested.everywhere("demand").sum(), plain.everywhere("demand").sum(), rtol=0.03 if how is chain else 1e-9)
    np.testing.assert_allclose(nested["demand", PASS].sum(), plain["demand", PASS].sum(), rtol=0.05 if how is chain else 1e-9)


def test_an_announced_wait_counts_by_its_weight():
    values = {"wait_disutility": 0.05, "put_off": 0.0}
    said = free_roads().model_copy(update={"shocks": (*small().shocks, changing(FIRST_DAY, f"announced_wait[{PASS}]", 10.0))})
    run = mean(said, {**values, "announcement_weight": 0.6})
    same = mean(free_roads(), {**values, f"gate_appeal[{PASS}]": -0.05 * 6.0})
    np.testing.assert_allclose(run["demand", PASS], same["demand", PASS], rtol=1e-9)
    assert mean(said, values).out.tobytes() == mean(free_roads(), values).out.tobytes()
    withdrawn = said.model_copy(
        update={"shocks": (*said.shocks, changing(FIRST_DAY, f"announced_wait[{PASS}]", -1.0).model_copy(update={"name": "no"}))}
    )
    np.testing.assert_allclose(mean(withdrawn, {**values, "announcement_weight": 0.6})["demand", PASS], mean(free_roads(), values)["demand", PASS])


def test_contagion_by_hand():
    case = free_roads().model_copy(update={"step": 24.0, "step_before": None, "choice_every": None, "groups": small().groups[:1]})
    values = {**STILL, "contagion": 3.0, "contagion_lag_days": 4.0, "appeal[FI]": 0.0}
    run = mean_with_compartments(case, values, bins_per_day=1)
    home = compartment(run, "home")[0, :, 0]
    base = mean_with_compartments(case, STILL, bins_per_day=1)
    plain = compartment(base, "home")[0, :, 0]
    start = parties_at_home(run.model, attributes(run.model)[0], whole=False)[0]
    hazard = -np.log(plain / np.concatenate([[start], plain[:-1]]))
    left, lately, pool = start, 0.0, 12000.0
    for day in range(len(home)):
        gone = left * (1.0 - math.exp(-hazard[day] * (1.0 + 3.0 * lately)))
        lately = lately * math.exp(-1.0 / 4.0) + gone * 2.5 / pool
        left -= gone
        assert home[day] == pytest.approx(left, rel=1e-9)
    assert left < 0.98 * plain[-1]


def test_the_share_who_take_the_bus():
    assert bus_share(0.0, 0.0, -math.inf) == 0.5
    assert bus_share(1.0, 0.0, 0.5) == pytest.approx(math.e / (math.e + 1.0 + math.exp(0.5)))
    assert bus_share(-3.0, -math.inf, -math.inf) == 1.0
    assert bus_share(-math.inf, 0.0, 0.0) == 0.0
    assert bus_share(-900.0, 900.0, 0.0) == 0.0


@pytest.mark.parametrize("how", [chain, mean])
def test_those_who_take_buses_fill_their_seats(how):
    case = one_gate(lane(), lane(lane="bus"), group={"bus_appeal": 0.0, "people_per_party": 2.0})
    run = how(case, {**STILL, "bus_seats": 40.0})
    people, cars = run["newcomers", PASS].sum(), run["cars_out", PASS].sum()
    parties = people / 2.0
    assert parties > 500.0
    by_bus = (parties - cars) / (1.0 - 2.0 / 40.0)
    assert by_bus == pytest.approx(parties / 2.0, rel=0.1 if how is chain else 1e-9)
    without = how(one_gate(lane(), lane(lane="bus"), group={"people_per_party": 2.0}), STILL)
    assert without["cars_out", PASS].sum() == pytest.approx(without["newcomers", PASS].sum() / 2.0)


def test_a_bus_lane_holds_vehicles_and_is_a_way_for_those_who_take_it():
    riders = {"bus_appeal": 1.0, "people_per_party": 4.0}
    run = chain(one_gate(lane(lane="bus", capacity_per_day=10), group=riders), {**STILL, "bus_seats": 20.0})
    assert run["demand", PASS].sum() > 1000.0
    last = run["queue_people", PASS][0, -1]
    assert run["queue_cars", PASS][0, -1] == pytest.approx(last / 20.0)
    assert run.days("newcomers", PASS)[0, -2] == pytest.approx(200.0, abs=4.0)  # ten buses of twenty seats
    assert chain(one_gate(lane(lane="bus", capacity_per_day=10)))["demand", PASS].sum() == 0.0


# ---- giving up ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", [chain, mean_with_compartments])
def test_balking_by_hand(how):
    announced = changing(FIRST_DAY, f"announced_wait[{PASS}]", 10.0)
    run = how(one_gate(lane(), shocks=(announced,)), {**STILL, "announcement_weight": 1.0, "balk_per_hour": 0.1})
    came, gave = run["demand", PASS].sum(), run["gave_up", PASS].sum()
    share = 1.0 - math.exp(-1.0)
    assert came > 1000.0
    error = SIGMAS * math.sqrt(share * (1 - share) / came) if how is chain else 1e-3  # the first step believes in no wait
    assert gave / came == pytest.approx(share, abs=error)
    assert compartment(run, "gave_up")[0, -1, 0] == pytest.approx(gave)


def test_reneging_empties_a_shut_lane_exponentially():
    shut = changing(FIRST_DAY, f"open[{CAR}]", 0.0)
    stop = changing(FIRST_DAY + timedelta(days=4), "hazard_factor", 0.0)
    values = {**STILL, "travel_spread_hours": 0.1, "renege_per_day": 0.8}
    run = mean(one_gate(lane(capacity_per_day=100), shocks=(shut, stop)), values, bins_per_day=24)
    queue = run["queue_people", PASS][0]
    later = queue[24 * 6 :]  # nobody comes any more
    assert later[0] > 100.0
    np.testing.assert_allclose(later[1:] / later[:-1], math.exp(-0.8 / 24))
    np.testing.assert_allclose(run["gave_up", PASS][0, 24 * 6 + 1 :], -np.diff(later))
    served = mean(one_gate(lane(capacity_per_day=100)), values)
    assert served["newcomers", PASS].sum() + served["gave_up", PASS].sum() + served["queue_people", PASS][0, -1] == pytest.approx(
        served["demand", PASS].sum(), rel=1e-2
    )


def test_reneging_and_switching_share_those_who_leave():
    foot = lane(lane="foot", capacity_per_day=1e6)
    values = {**STILL, "walk_appeal": -50.0, "switch_per_day": 3.0, "renege_per_day": 1.0}
    run = mean_with_compartments(one_gate(lane(capacity_per_day=1e-3), foot), values)
    left, gave = run["cars_left", PASS].sum(), run["gave_up", PASS].sum()
    assert left > 1000.0
    assert left / gave == pytest.approx(3.0, rel=0.02)  # foot lanes have no queue; at first both waits are believed to be 0
    assert run["newcomers", PASS].sum() == pytest.approx(left, rel=1e-3)
    by_chain = chain(one_gate(lane(capacity_per_day=1e-3), foot), values, runs=30)
    n = by_chain["cars_left", PASS].sum(axis=1)
    assert abs(n.mean() - left) < SIGMAS * n.std(ddof=1) / math.sqrt(30) + 1e-3 * left


@pytest.mark.parametrize("how", [chain, mean])
def test_cars_are_left_by_those_who_change_to_the_foot_lane(how):
    case = one_gate(lane(capacity_per_day=50), lane(lane="foot", capacity_per_day=400), group={"people_per_party": 2.0})
    run = how(case, {"walk_appeal": -50.0, "switch_per_day": 2.0, "put_off": 0.0})
    on_foot = run["wait_foot_n", PASS].sum() + run["queue_foot", PASS][0, -1] / 2.0
    assert run["cars_left", PASS].sum() > 100.0
    assert run["cars_left", PASS].sum() == pytest.approx(on_foot, rel=0.02)


# ---- who is let in --------------------------------------------------------------------------------------------------


def test_a_gate_admits_groups_differently():
    shock = changing(datetime(2030, 3, 7), f"admitted[{PASS}; citizens]", 0.0)
    case = small(shocks=(*small().shocks, shock), groups=tuple(g.model_copy(update={"may_enter": ("SE",)}) for g in small().groups))
    run = chain(case, {**STILL, "travel_spread_hours": 24.0}, bins_per_day=1)
    turned = compartment(run, "turned_back")[0]
    assert turned[:6].sum() == 0.0
    assert turned[-1, 0] > 0.0
    assert turned[-1, 1] == 0.0
    assert run["turned_back", PASS].sum() == pytest.approx(turned[-1, 0] * 2.5)


def test_admitting_every_group_is_the_same_as_no_rule():
    shock = changing(FIRST_DAY, "admitted[*; *]", 1.0)
    with_it, without = chain(small(shocks=(*small().shocks, shock)), runs=2), chain(small(), runs=2)
    assert with_it.out.tobytes() == without.out.tobytes()
    half = changing(datetime(2030, 3, 6), "admitted[SE; *]", 0.5), changing(datetime(2030, 3, 6), f"arrivals_factor[{PASS}]", 0.5)
    by_group, by_gate = (mean(small(shocks=(*small().shocks, h))) for h in half)
    np.testing.assert_allclose(by_group.out, by_gate.out, rtol=1e-12)


def test_a_country_that_is_full_turns_back_who_comes():
    rule = Onward(country="SE", onward_share=0.0, reception_cap=500.0)
    run = chain(one_gate(lane(), onward=(rule,)), STILL, bins_per_day=24)
    present = np.cumsum(run["newcomers", PASS][0])
    over = np.flatnonzero(present > 500.0)[0]
    assert present[-1] == present[over]
    assert present[over] < 800.0
    np.testing.assert_allclose(run["turned_back", PASS][0, over + 1 :], run["demand", PASS][0, over + 1 :])
    assert run["turned_back", PASS].sum() > 100.0


def test_reception_can_end_at_a_date():
    at = changing(datetime(2030, 3, 8), "reception_cap[SE]", 0.0)
    run = mean(one_gate(lane(), shocks=(at,)), STILL, bins_per_day=1)
    assert run["newcomers", PASS][0, :7].min() >= 0.0
    assert run["newcomers", PASS][0, 6] > 100.0
    assert run["newcomers", PASS][0, 7:].sum() == pytest.approx(0.0, abs=1e-9)


def test_places_needed_by_hand():
    places = change(small().places, {"name": "Sjostad"}, shelter_places=300.0)
    rule = Onward(country="SE", onward_share=0.5, shelter_need=0.4)
    run = mean_with_compartments(one_gate(lane(), places=places, onward=(rule,)), STILL, bins_per_day=24)
    needed = 0.4 * (compartment(run, "stayed") + compartment(run, "will_move_on"))[0, :, 0]
    np.testing.assert_allclose(run["places_needed", "elsewhere SE"][0], needed, atol=1e-9)
    np.testing.assert_allclose(run["places_short", "elsewhere SE"][0], np.maximum(needed - 300.0, 0.0), atol=1e-9)
    assert run["places_short", "elsewhere SE"][0, -1] > 100.0


# ---- part of a day --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hour", "hours", "first", "last", "share"),
    [(12, 24, 6, 18, 0.5), (0.5, 1, 22, 6, 1.0), (12.5, 1, 22, 6, 0.0), (21, 6, 22, 6, 1 / 3), (12, 24, 22, 6, 1 / 3), (6.5, 1, 22, 6.25, 0.25)],
)
def test_the_share_of_a_step_within_hours(hour, hours, first, last, share):
    assert share_of_hours(float(hour), hours / 24.0, float(first), float(last)) == pytest.approx(share)


def by_night(attribute: str, to: float, hours: tuple[float, float]) -> Shock:
    part = Change(attribute=attribute, to=Dist(fixed=to), hours=hours)
    return Shock(name="night", kind="changes", at=FIRST_DAY, changes=(part,), why="test")


def test_a_lane_that_is_shut_at_night():
    case = steady(200.0, 400.0, shocks=(by_night(f"open[{CAR}]", 0.0, (22.0, 6.0)),))
    run = mean(case, EVEN, bins_per_day=24)
    hours = run["cars_out", PASS].reshape(-1, 24)
    np.testing.assert_allclose(hours[1:, [22, 23, 0, 1, 2, 3, 4, 5]], 0.0)
    np.testing.assert_allclose(hours[1:, 6:22], 200.0 / 24.0)
    majority = mean(steady(200.0, 400.0, shocks=(by_night(f"open[{CAR}]", 0.0, (3.0, 4.4)),)), EVEN, bins_per_day=24)
    np.testing.assert_allclose(majority["cars_out", PASS].reshape(-1, 24)[1:, [2, 3, 4]], [[200 / 24, 0.0, 200 / 24]] * 15)


def test_a_factor_counts_for_its_share_of_a_step():
    run = mean(steady(100.0, 400.0, step=24.0, shocks=(by_night(f"capacity_factor[{CAR}]", 0.5, (0.0, 12.0)),)), EVEN, bins_per_day=1)
    np.testing.assert_allclose(run.days("cars_out", PASS)[0, 1:], 75.0)


# ---- two stations ---------------------------------------------------------------------------------------------------


def two_stations(capacity: float | None, entry: float | None, room: float | None, entries: float = 360.0, **update):
    lanes = (lane(capacity_per_day=capacity, entry_capacity_per_day=entry, room=room),)
    return steady(entries=entries).model_copy(update={"lanes": lanes, **update})


def test_two_stations_by_hand():
    # 15 cars an hour come, the exit control passes 20, the entry control 10, and 5 fit between them
    run = mean(two_stations(480.0, 240.0, 5.0), EVEN, bins_per_day=24)
    np.testing.assert_allclose(run["cars_out", PASS][0, :6], 10.0)
    np.testing.assert_allclose(run["queue_cars", PASS][0, :6], [5, 10, 15, 20, 25, 30])
    # cohort 1: 10 at once, 5 an hour later; cohort 2: 5 at once, 10 an hour later; cohort 3: 10 an hour, 5 two hours later
    np.testing.assert_allclose(run["wait_car_sum", PASS][0, :5], [0, 5, 10, 10 + 0, 5 * 2 + 5 * 1], atol=1e-9)
    np.testing.assert_allclose(run["head_age", PASS][0, :4], [0, 0, 0, 1], atol=1e-9)
    np.testing.assert_allclose(run["capacity_cars", PASS][0, :6], 240.0)
    np.testing.assert_allclose(run["join_wait_car", PASS][0, :3], [0.5, 1.0, 1.5])


@pytest.mark.parametrize("how", [chain, mean])
@pytest.mark.parametrize("room", [None, 0.0, 7.0])
def test_the_tighter_station_binds(how, room):
    one = how(steady(240.0, 360.0), EVEN, bins_per_day=24)
    for case in (two_stations(240.0, 1e6, room), two_stations(1e6, 240.0, room)):
        two = how(case, EVEN, bins_per_day=24)
        for series in ("cars_out", "queue_cars", "wait_car_sum", "head_age"):
            np.testing.assert_allclose(two[series, PASS], one[series, PASS], atol=1e-6)


@pytest.mark.parametrize("how", [chain, mean])
def test_the_waits_of_both_stations_are_the_queue_over_time(how):
    second = datetime(2030, 3, 2)
    slow = changing(second, f"entry_capacity_factor[{CAR}]", 0.5, second + timedelta(hours=30))
    slower = changing(second + timedelta(hours=20), f"capacity_factor[{CAR}]", 0.4, second + timedelta(hours=50))
    case = two_stations(320.0, 300.0, 12.0, 240.0, shocks=(slow, slower))
    run = how(case, EVEN, bins_per_day=24)
    queue = run["queue_cars", PASS][0]
    empty = np.flatnonzero((queue <= 1e-6) & (np.arange(len(queue)) > 24 * 6))
    end = empty[0] + 1
    assert queue[:end].sum() > 100.0
    assert run["wait_car_sum", PASS][0, :end].sum() == pytest.approx(queue[:end].sum(), rel=1e-6)


def test_who_is_between_the_stations_neither_leaves_nor_is_lost():
    shut = changing(datetime(2030, 3, 4), f"entry_capacity_factor[{CAR}]", 0.0)
    case = one_gate(lane(capacity_per_day=500, entry_capacity_per_day=500, room=30), lane(lane="foot"), shocks=(shut,))
    values = {"walk_appeal": -50.0, "switch_per_day": 20.0, "renege_per_day": 20.0, "put_off": 0.0}
    run = chain(case, values, bins_per_day=24)
    queue = run["queue_cars", PASS][0]
    assert run["queue_cars", PASS][0, -24:].min() >= 30.0  # the room stays full
    assert queue[-24:].max() < 300.0
    everyone = parties_at_home(run.model, attributes(run.model)[0], whole=True)
    assert np.array_equal(run.comp.sum(axis=3)[0, -1], everyone)


@given(st.floats(50.0, 600.0), st.floats(50.0, 600.0), st.sampled_from([0.0, 3.0, 40.0]), st.floats(1.0, 2.0), st.integers(0, 20))
@fast
def test_a_faster_second_station_never_lengthens_the_total_wait(capacity, entry, room, more, seed):
    lanes = tuple(
        x.model_copy(update={"entry_capacity_per_day": 1.0, "room": 1.0}) if x.direction == "entries" and x.lane == "car" else x
        for x in small().lanes
    )
    values = {**STILL, "walk_appeal": -50.0, "growth[*; car]": 0.0, f"capacity[{CAR}]": capacity, f"room[{CAR}]": room}
    slow = chain(small(lanes=lanes), {**values, f"entry_capacity[{CAR}]": entry}, seed=seed)
    quick = chain(small(lanes=lanes), {**values, f"entry_capacity[{CAR}]": entry * more}, seed=seed)
    assert np.array_equal(slow["demand", PASS], quick["demand", PASS])
    assert quick["queue_cars", PASS].sum() <= slow["queue_cars", PASS].sum() + 1e-9


# ---- the law of service ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("average", "cv"), [(0.2, 1.0), (3.0, 0.5), (40.0, 0.8), (3.0, 0.0)])
def test_budgets_have_their_mean_and_variance(average, cv):
    n = 20_000
    x = np.array([budget_of(True, average, 9.0, 3.0, cv, 3, i, 0, 0) for i in range(n)])
    variance = cv * cv * average
    assert abs(x.mean() - average) <= SIGMAS * math.sqrt(variance / n) + 1e-12
    assert x.var() == pytest.approx(variance, rel=SIGMAS * math.sqrt((2.0 + 1.0 / average) / n) + 1e-9, abs=1e-12)


def test_idle_booths_pass_nobody():
    assert budget_of(False, 12.0, 2.0, 3.0, 0.0, 1, 0, 0, 0) == 8.0
    assert budget_of(False, 12.0, 5.0, 3.0, 1.0, 1, 0, 0, 0) == 12.0
    assert budget_of(True, 12.0, 5.0, 3.0, 1.0, 1, 0, 0, 0) == poisson(12.0, 1, 0, 18, 0, 0)
    run = mean(steady(240.0, 60.0).model_copy(update={"lanes": (lane(capacity_per_day=240.0, booths=10),)}), EVEN, bins_per_day=24)
    # 2.5 cars an hour at booths that pass one an hour each: all are passed within the step, as 1 an hour and booth over an hour is 1
    np.testing.assert_allclose(run["cars_out", PASS][0, 1:], 2.5)
    slow = mean(steady(24.0, 60.0).model_copy(update={"lanes": (lane(capacity_per_day=120.0, booths=20),)}), EVEN, bins_per_day=24)
    # a booth takes four hours a car: n cars are left by n / 4, so that 7.5 stand there after service
    np.testing.assert_allclose(slow["queue_cars", PASS][0, -24:], 7.5, rtol=1e-6)


@pytest.mark.parametrize(
    ("to_do", "parties", "work", "ended", "after"),
    [
        ([0.0, 0.0], 1.0, 0.25, 0.0, [0.75, 0.0]),  # one of two booths starts
        ([0.75, 0.25], 4.0, 0.5, 1.0, [0.25, 0.75]),  # the second ends half-way and takes the next
        ([0.25, 0.125], 2.0, 0.5, 2.0, [0.0, 0.0]),  # nobody in line: both end, both stand free
        ([0.25, 0.125], 3.0, 0.5, 2.0, [0.0, 0.625]),  # the one in line goes to the booth that is free first
        ([0.5, 0.5], 1.0, 0.25, 0.0, [0.0, 0.25]),  # one of those at booths has left
        ([0.5, 0.0], 9.0, 2.0, 4.0, [0.5, 1.0]),  # a step of two services: ends at 0.5, 1.5 and 1, 2
    ],
)
def test_fixed_services_booth_by_booth(to_do, parties, work, ended, after):
    state = np.array([*to_do, 0.0])
    assert services_ended(state, 2, parties, work) == ended
    assert state.tolist() == [*after, 0.0]


def in_system(birth: float, death) -> float:
    """Mean number in a queue that grows at rate `birth` and shrinks at rate death(n)."""
    p = [1.0]
    for n in range(1, 400):
        p.append(p[-1] * birth / death(n))
    return float(np.dot(np.arange(400), p) / np.sum(p))


@pytest.mark.parametrize(
    ("booths", "cv", "expected"),
    [
        (1, 1.0, in_system(8.4, lambda n: 12.0)),  # M/M/1
        (3, 1.0, in_system(8.4, lambda n: 4.0 * min(n, 3))),  # M/M/3
        (1, 0.0, 0.7 + 0.7**2 / (2 * 0.3)),  # M/D/1
        (3, 0.0, 2.7011),  # M/D/3, by fixed_service in tests/verification/one_crossing.py
        (1, 0.5, 0.7 + 0.7**2 * 1.25 / (2 * 0.3)),  # M/E4/1 (Pollaczek-Khinchine)
    ],
)
def test_a_lane_alone_is_the_queue_of_theory(booths, cv, expected):
    n, warm = 200, 20
    block = Ordinary(name="Sweden", country="SE", entries_per_day=8.4, split={PASS: 1.0})
    case = only_ordinary(
        ordinary=(block,), lanes=(lane(capacity_per_day=12.0, booths=booths, service_cv=cv),), step=0.25, step_before=None, horizon=60, regions=(),
        forecast=(), thresholds=(),
    )  # fmt: skip
    run = chain(case, EVEN, runs=n, bins_per_day=1, lucky=False)
    x = run["queue_cars", PASS][:, warm:].mean(axis=1)
    error = SIGMAS * x.std(ddof=1) / math.sqrt(n)
    one_step = 8.4 * 0.25 / 24.0  # what comes in a step
    assert abs(x.mean() - expected) < error + one_step
    assert error + one_step < 0.25 * expected


def test_a_lane_whose_people_give_up_is_erlang_a():
    n, warm = 100, 20
    case = one_gate(lane(capacity_per_day=24.0, booths=2, service_cv=1.0), step=0.25, step_before=None, horizon=60)
    values = {**STILL, "pool": 1e7, "leaving_per_day[*]": 30.0, "hour_peak": 1.0, "renege_per_day": 6.0, "travel_spread_hours": 1.0}
    run = chain(case, values, runs=n, bins_per_day=1, lucky=False)
    expected = in_system(30.0, lambda k: 12.0 * min(k, 2) + 6.0 * max(k - 2, 0))
    x = run["queue_cars", PASS][:, warm:].mean(axis=1)
    assert abs(x.mean() - expected) < SIGMAS * x.std(ddof=1) / math.sqrt(n) + 30.0 * 0.25 / 24.0
    assert 2.0 < expected < 5.0


def test_waits_of_one_who_joins_now():
    run = mean(steady(120.0, 240.0), EVEN, bins_per_day=24)
    np.testing.assert_allclose(run["join_wait_car", PASS][0], np.minimum(run["queue_cars", PASS][0] * 24.0 / 120.0, 240.0))
    on_foot = mean(one_gate(lane(lane="foot", capacity_per_day=100.0)), STILL, bins_per_day=24)
    np.testing.assert_allclose(on_foot["join_wait_foot", PASS][0], np.minimum(on_foot["queue_foot", PASS][0] * 24.0 / 100.0, 240.0))


# ---- everything together --------------------------------------------------------------------------------------------

switches = st.fixed_dictionaries(
    {
        "nest_similarity": st.sampled_from([0.01, 0.5, 1.0]),
        "announcement_weight": st.sampled_from([0.0, 0.5, 1.0]),
        "contagion": st.sampled_from([0.0, 50.0]),
        "balk_per_hour": st.sampled_from([0.0, 0.01, 10.0]),
        "renege_per_day": st.sampled_from([0.0, 0.5, 100.0]),
        "bus_appeal[*]": st.sampled_from([-50.0, 0.0, 3.0]),
        "booths[*; *]": st.sampled_from([0.0, 1.0, 7.0]),
        "service_cv[*; *]": st.sampled_from([0.0, 0.4, 1.0]),
        "entry_capacity[*; *]": st.sampled_from([0.0, 3.3, 150.0, 1e9]),
        "room[*; *]": st.sampled_from([0.0, 2.0, 37.5, 1e9]),
        "reception_cap[*]": st.sampled_from([0.0, 300.0, 1e9]),
        "shelter_need[*]": st.floats(0.0, 1.0),
    }
)


@st.composite
def full_cases(draw):
    """The cases of `test_engine` with bus lanes, second stations and changes of what else can change at a date, for part of a day."""
    case = draw(cases())
    lanes = (*case.lanes, lane(lane="bus", capacity_per_day=30), lane(lane="bus", direction="exits", capacity_per_day=30))
    second = draw(st.sets(st.sampled_from(range(len(lanes)))))
    lanes = tuple(x.model_copy(update={"entry_capacity_per_day": 100.0, "room": 9.0}) if i in second else x for i, x in enumerate(lanes))
    case = case.model_copy(update={"lanes": lanes})
    what = {
        f"announced_wait[{PASS}]": [-1.0, 0.0, 50.0], "admitted[*; citizens]": [0.0, 0.4], f"admitted[{BRU}; *]": [0.0, 0.7],
        "reception_cap[SE]": [0.0, 200.0], "entry_capacity_factor[*; *]": [0.0, 0.5, 2.0], "open[*; bus]": [0.0, 1.0],
    }  # fmt: skip
    shocks = []
    for i in range(draw(st.integers(0, 4))):
        attribute = draw(st.sampled_from(sorted(what)))
        part = Change(
            attribute=attribute, to=Dist(fixed=draw(st.sampled_from(what[attribute]))), hours=draw(st.sampled_from([None, (22.0, 6.0), (8.0, 9.5)]))
        )
        at = FIRST_DAY + timedelta(days=draw(st.floats(0.0, 14.0)))
        shocks.append(Shock(name=f"other {i}", kind="changes", at=at, changes=(part,), why="test"))
    return case.model_copy(update={"shocks": (*case.shocks, *shocks)})


@fast
@given(full_cases(), worlds, switches)
def test_everyone_is_somewhere_with_everything_on(case, values, more):
    values = known(case, {**values, **more})
    assert_everyone_is_somewhere(chain(case, values), values)


@fast
@given(full_cases(), worlds, switches)
def test_the_mean_engine_keeps_everyone_with_everything_on(case, values, more):
    values = known(case, {**values, **more})
    run = mean_with_compartments(case, values)
    everyone = parties_at_home(run.model, attributes(run.model, values)[0], whole=False)
    np.testing.assert_allclose(run.comp.sum(axis=3)[0], np.tile(everyone, (run.operator.n_bins, 1)), rtol=1e-9, atol=1e-6)
    assert run.comp.min() >= -1e-6
    assert np.isfinite(run.out).all()
    assert run.without("stock").min() >= -1e-6


@fast
@given(full_cases(), worlds, switches, st.randoms(use_true_random=False))
def test_the_order_of_places_and_lanes_does_not_matter(case, values, more, random):
    values = known(case, {**values, **more})
    places, lanes, links = list(case.places), list(case.lanes), list(case.links)
    for x in (places, lanes, links):
        random.shuffle(x)
    one = mean(case, values, bins_per_day=1)
    two = mean(case.model_copy(update={"places": tuple(places), "lanes": tuple(lanes), "links": tuple(links)}), values, bins_per_day=1)
    order = [two.model.locations.index(x) for x in one.model.locations]
    np.testing.assert_allclose(two.out[0, two.operator.rows[order]], one.out[0, one.operator.rows], rtol=1e-6, atol=1e-4)


def test_parts_that_are_off_change_nothing():
    off = {
        "nest_similarity": 1.0, "announcement_weight": 0.0, "contagion": 0.0, "balk_per_hour": 0.0, "renege_per_day": 0.0, "bus_appeal[*]": -50.0,
        "booths[*; *]": 0.0, "service_cv[*; *]": 0.0, "reception_cap[*]": 1e9, "shelter_need[*]": 0.0,
    }  # fmt: skip
    assert chain(small(), off, runs=2).out.tobytes() == chain(small(), runs=2).out.tobytes()
    assert mean(small(), off).out.tobytes() == mean(small()).out.tobytes()
    model = compile_case(small())
    assert (model.arrays.n_stations, model.arrays.f_announced, model.arrays.f_admitted, model.arrays.f_cap) == (0, -1, -1, -1)
