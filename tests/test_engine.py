"""The engine: conservation, queues by hand, theory where it is linear, and luck that policies share.

Statistical tests are at fixed seeds; `SIGMAS` standard errors, two-sided, are exceeded by chance with a probability of 7e-6 a comparison,
below 1e-3 for all comparisons of this file together.
"""

from __future__ import annotations

import math
import re
from datetime import date, datetime, timedelta
from pathlib import Path

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from borderflow.simulate import choice, engine, layout
from borderflow.simulate.choice import by_hour, hazard_of
from borderflow.simulate.compile import compile_case
from borderflow.simulate.luck import draw_luck
from borderflow.simulate.queues import serve_lane
from borderflow.simulate.run import policy_happens
from borderflow.simulate.series import COMPARTMENTS
from borderflow.world.model import Change, Dist, Group, Lane, Ordinary, Policy, Shock
from runs import AIR, BRU, PASS, attributes, chain, change, mean, mean_with_compartments, only_ordinary, parties_at_home, small

SIGMAS = 4.5
NOON_OF_THE_FIFTH = datetime(2030, 3, 5, 12)
fast = settings(max_examples=20, deadline=None, derandomize=True)
STILL = {"wait_disutility": 0.0, "put_off": 0.0, "switch_per_day": 0.0}
"""Behaviour that does not react to queues."""


def changing(at: datetime, attribute: str, to: float, until: datetime | None = None) -> Shock:
    name = re.sub(r"[^a-zA-Z0-9_ ]", "", f"{attribute} {at}")
    return Shock(name=name, kind="changes", at=at, until=until, changes=(Change(attribute=attribute, to=Dist(fixed=to)),), why="test")


# ---- conservation --------------------------------------------------------------------------------------------------

factors = st.sampled_from([0.0, 0.3, 1.0])
worlds = st.fixed_dictionaries(
    {
        "pool": st.sampled_from([0.0, 7.0, 900.0, 12000.0, 3e6]),
        "travel_disutility": st.floats(0.0, 2.0),
        "wait_disutility": st.sampled_from([0.0, 0.05, 5.0]),
        "belief_lag_days": st.sampled_from([1e-3, 0.5, 10.0]),
        "walk_appeal": st.floats(-5.0, 5.0),
        "switch_per_day": st.sampled_from([0.0, 1.0, 100.0]),
        "travel_spread_hours": st.sampled_from([0.1, 4.0, 200.0]),
        "long_journey_delay": st.sampled_from([0.0, 20.0]),
        "hour_peak": st.floats(1.0, 2.0),
        "put_off": st.floats(0.0, 1.0),
        "leaving_per_day[*]": st.sampled_from([0.0, 3000.0, 1e6]),
        "capacity[*; car]": st.sampled_from([0.0, 0.7, 33.3, 400.0, 1e9]),
        "capacity[*; foot]": st.sampled_from([0.0, 3.1, 500.0, 1e9]),
        "growth[*; car]": st.sampled_from([0.0, 2.0]),
        "people_per_party[citizens]": st.sampled_from([1.0, 2.5, 11.0]),
        "onward_share[*]": st.floats(0.0, 1.0),
        "return_share[*]": st.floats(0.0, 1.0),
        "party_size[*]": st.sampled_from([1.0, 2.5]),
    }
)


@st.composite
def cases(draw):
    """The small case with other groups, steps, lanes and dated changes."""
    groups = [
        Group(name="citizens", people_per_party=draw(st.sampled_from([1.0, 2.5])), may_enter=draw(st.sampled_from([None, ("SE", "IS"), ("XX",)]))),
        Group(name="visa", pool_share=draw(st.floats(0.0, 2.0)), people_per_party=2, origin_weights={"Elvestad": draw(st.floats(0.0, 3.0))}),
        Group(name="third"),
    ]
    case = small(groups=tuple(groups[: draw(st.integers(1, 3))]), step=draw(st.sampled_from([1.0, 3.0])), step_before=6.0)
    case = case.model_copy(update={"choice_every": draw(st.sampled_from([None, 6.0]))})
    days = st.floats(0.0, 14.0).map(lambda d: datetime(2030, 3, 1) + timedelta(days=d))
    attribute = st.sampled_from(
        [f"open[{PASS}; foot]", "open[*; car]", f"open[{BRU}; foot]", "capacity_factor[*; *]", "entries_factor[SE]", f"arrivals_factor[{PASS}]"]
    )
    steps = draw(st.lists(st.tuples(days, attribute, factors), max_size=3, unique_by=lambda x: x[:2]))
    case = case.model_copy(update={"shocks": case.shocks + tuple(changing(at, what, to) for at, what, to in steps)})
    drop = draw(st.sampled_from([None, (BRU, "car"), (PASS, "car"), (PASS, "foot")]))
    return case.model_copy(update={"lanes": tuple(x for x in case.lanes if (x.crossing, x.lane) != drop or x.direction == "exits")})


def known(case, values):
    """Values whose attribute exists in the case."""
    model = compile_case(case)
    return {k: v for k, v in values.items() if model.slots_of(k)}


def assert_everyone_is_somewhere(run, values):
    """A run of the chain keeps every party, in whole numbers, and records nothing negative."""
    everyone = parties_at_home(run.model, attributes(run.model, values)[0], whole=True)
    assert np.array_equal(run.comp, np.floor(run.comp))
    assert np.array_equal(run.comp.sum(axis=3)[0], np.tile(everyone, (run.operator.n_bins, 1)))
    assert run.comp.min() >= 0.0
    assert np.isfinite(run.out).all()
    assert run.without("stock").min() >= -1e-9


@fast
@given(cases(), worlds)
def test_everyone_is_somewhere_and_nothing_is_negative(case, values):
    values = known(case, values)
    assert_everyone_is_somewhere(chain(case, values), values)


@fast
@given(cases(), worlds)
def test_the_mean_engine_keeps_everyone_too(case, values):
    values = known(case, values)
    run = mean_with_compartments(case, values)
    everyone = parties_at_home(run.model, attributes(run.model, values)[0], whole=False)
    np.testing.assert_allclose(run.comp.sum(axis=3)[0], np.tile(everyone, (run.operator.n_bins, 1)), rtol=1e-9, atol=1e-6)
    assert run.comp.min() >= -1e-6
    assert np.isfinite(run.out).all()
    assert run.without("stock").min() >= -1e-6


def test_newcomers_are_the_people_of_the_compartments_beyond_the_border():
    run = chain(small(), runs=3)
    size = np.array([2.5, 2.0])
    beyond = run.comp[:, -1][:, :, [COMPARTMENTS.index(x) for x in ("stayed", "will_move_on", "moved_on", "returned")]].sum(axis=2) @ size
    np.testing.assert_allclose(run.everywhere("newcomers").sum(axis=1), beyond)
    assert beyond.min() > 100.0


def test_stock_is_net_entries_of_citizens():
    run = chain(small(), runs=2)
    for country, places in {"SE": [PASS, "elsewhere SE"], "FI": [BRU, "elsewhere FI"], "IS": [AIR, "elsewhere IS"]}.items():
        net = sum(run["entries_citizens", x] - run["exits_citizens", x] for x in places).sum(axis=1)
        # the last step of the last bin is the stock at the end; a bin holds the mean over its steps
        last = run["stock", f"elsewhere {country}"][:, -1]
        assert np.all(np.abs(last - net) <= np.abs(sum(run["entries_citizens", x] + run["exits_citizens", x] for x in places)[:, -1]) + 1e-9)


# ---- closed lanes and links ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", [chain, mean])
@pytest.mark.parametrize("capacity", [400.0, None])
def test_a_closed_crossing_carries_nobody(how, capacity):
    lanes = change(small().lanes, {"crossing": PASS, "lane": "car", "direction": "entries"}, capacity_per_day=capacity)
    shut = [changing(NOON_OF_THE_FIFTH, f"open[{PASS}; car]", 0.0)]
    case = small(lanes=lanes, shocks=(small().shocks[0], *shut))  # without the shock that opens the foot lane
    run = how(case, STILL)
    noon = 4 * 4 + 2
    assert run["entries_citizens", PASS][:, noon:].sum() == 0.0
    assert run["cars_out", PASS][:, noon:].sum() == 0.0
    assert run["capacity_cars", PASS][:, noon:].sum() == 0.0
    assert run["entries_citizens", PASS][:, :noon].sum() > 100.0
    assert run["queue_cars", PASS][:, -1].min() > 100.0


def test_a_lane_carries_nobody_outside_its_hours():
    run = chain(small(), {"pool": 100.0, "leaving_per_day[*]": 50.0}, runs=20, bins_per_day=24)
    by_hour_of_day = run["entries_citizens", BRU].reshape(20, -1, 24).sum(axis=(0, 1))
    assert by_hour_of_day[:6].sum() == by_hour_of_day[22:].sum() == 0.0
    assert by_hour_of_day[6:22].sum() > 0.0


def test_a_lane_without_limit_has_hours_too():
    lanes = change(small().lanes, {"crossing": BRU}, capacity_per_day=None)
    run = mean(small(lanes=lanes), bins_per_day=24)
    by_hour_of_day = run["entries_citizens", BRU].reshape(-1, 24).sum(axis=0)
    assert by_hour_of_day[:6].sum() == by_hour_of_day[22:].sum() == 0.0
    assert by_hour_of_day[6:22].min() > 0.0


def test_a_closed_link_carries_nobody():
    links = change(small().links, {"to": BRU}, closed=True)
    run = chain(small(links=links))
    assert run["demand", BRU].sum() == 0.0
    assert run["demand", PASS].sum() > 0.0


def test_those_on_foot_wait_at_a_gate_that_is_shut():
    lanes = tuple(x for x in small().lanes if x.crossing != BRU or x.lane == "foot")
    case = small(lanes=change(lanes, {"crossing": BRU}, open=False))
    run = chain(case, STILL, bins_per_day=24)
    queued = run["demand", BRU].sum()
    assert queued > 0.0
    assert run["queue_foot", BRU][0, -1] == pytest.approx(queued, rel=0.01)
    assert run["entries_citizens", BRU].sum() == 0.0


def test_a_crossing_for_buses_only_is_no_way_out():
    lanes = (*(x for x in small().lanes if x.crossing != BRU), Lane(crossing=BRU, lane="bus", capacity_per_day=10))
    assert chain(small(lanes=lanes))["demand", BRU].sum() == 0.0


# ---- queues --------------------------------------------------------------------------------------------------------


def test_portals_without_seats_are_no_way():
    run = chain(small(seats={"air IS": 0.0}))
    assert run["demand", AIR].sum() == 0.0
    assert run["demand", PASS].sum() > 0.0


def test_the_age_of_the_queue_on_foot_is_its_own():
    lanes = tuple(x for x in small().lanes if x.crossing != BRU or x.lane == "foot")
    run = mean(small(lanes=change(lanes, {"crossing": BRU}, open=False)), STILL, bins_per_day=24)
    first = np.flatnonzero(run["queue_foot", BRU][0] > 0.0)[0]
    age = run["head_age_foot", BRU][0]
    np.testing.assert_allclose(age[first:], np.arange(len(age) - first))
    assert run["head_age", BRU].sum() == 0.0


def one_lane(cohorts, alive=1.0, budget=0.0, is_chain=False, step=2, weights=(1.0, 1.0, 1.0)):
    """Serves a lane of cohorts (arrived in hours 0, 1, 2; types citizen, other, one group): head, used, served, hours waited, what is left."""
    queue = np.array([cohorts], dtype=float)
    served, hours = np.zeros(3), np.zeros(1)
    head, used = serve_lane(
        is_chain, queue, 0, 0, step, step, np.array([weights]), 0, alive, budget, served, np.arange(5.0), hours, 1, 0, 0, queue, -1
    )
    return head, used, served, hours[0], queue[0]


COHORTS = [[2, 0, 2], [1, 1, 0], [1, 0, 0]]


def test_mean_serves_the_first_cohort_in_proportion():
    head, used, served, hours, left = one_lane(COHORTS, budget=3.0)
    assert (head, used, hours) == (0, 3.0, 6.0)  # three parties have waited two hours each
    assert served.tolist() == [1.5, 0.0, 1.5]
    assert left.tolist() == [[0.5, 0, 0.5], [1, 1, 0], [1, 0, 0]]


@pytest.mark.parametrize("is_chain", [False, True])
def test_whole_cohorts_first_in_first_out(is_chain):
    head, used, served, hours, left = one_lane(COHORTS, budget=6.0, is_chain=is_chain)
    assert (head, used, hours) == (2, 6.0, 4 * 2.0 + 2 * 1.0)
    assert served.tolist() == [3, 1, 2]
    assert left.tolist() == [[0, 0, 0], [0, 0, 0], [1, 0, 0]]
    head, used, served, hours, left = one_lane(COHORTS, budget=60.0, is_chain=is_chain)
    assert (head, used, hours, served.sum(), left.sum()) == (2, 7.0, 10.0, 7.0, 0.0)  # the last one has not waited


def test_chain_serves_whole_parties():
    head, used, served, hours, left = one_lane(COHORTS, budget=3.9, is_chain=True)
    assert (head, used, hours, served.sum()) == (0, 3.0, 6.0, 3.0)
    assert served[0] in (1, 2)
    assert (served + left.sum(axis=0)).tolist() == [4, 1, 2]
    # 0.29 x 100 is a little less than 29 in floating point
    assert one_lane([[100, 0, 0], [0, 0, 0], [0, 0, 0]], budget=29.0, is_chain=True)[1] == 29.0


@pytest.mark.parametrize("is_chain", [False, True])
def test_a_budget_that_is_short_by_rounding_only_costs_no_waits(is_chain):
    _, used, served, hours, left = one_lane(COHORTS, budget=4.0 - 1e-12, is_chain=is_chain)
    assert (used, hours, served.tolist()) == (4.0, 8.0, [2, 0, 2])
    assert left.min() >= 0.0
    assert one_lane(COHORTS, budget=-2.5, is_chain=is_chain)[1:4:2] == (0.0, 0.0)


def test_switched_parties_are_not_served():
    # of the group 2 x 0.5 = 1 is still there: 3 parties in the first cohort
    _, used, served, hours, left = one_lane(COHORTS, alive=0.5, budget=1.5)
    assert (used, hours) == (1.5, 3.0)
    assert served.tolist() == [1.0, 0.0, 0.5]
    assert left[0].tolist() == [1.0, 0.0, 1.0]


def test_big_parties_use_more_of_a_foot_lane():
    _, used, served, _, _ = one_lane([[4, 0, 4], [0, 0, 0], [0, 0, 0]], budget=6.0, weights=(1.0, 1.0, 2.0))
    assert (used, served.tolist()) == (6.0, [2.0, 0.0, 2.0])


def steady(capacity=480.0, entries=240.0, **update):
    """A crossing with ordinary cars only, one person each, evenly over the day."""
    block = Ordinary(name="Sweden", country="SE", entries_per_day=entries, split={PASS: 1.0})
    return only_ordinary(ordinary=(block,), lanes=(Lane(crossing=PASS, lane="car", capacity_per_day=capacity),), step_before=None, **update)


EVEN = {"hour_peak": 1.0, **STILL}


def test_a_queue_by_hand():
    # 10 cars an hour come, 20 could pass; on the second day 5 from 0 to 4 o'clock. An idle lane has time for one car in hand.
    second = datetime(2030, 3, 2)
    case = steady(shocks=(changing(second, f"capacity_factor[{PASS}; car]", 0.25, second + timedelta(hours=4)),))
    run = mean(case, EVEN, bins_per_day=24)
    np.testing.assert_allclose(run["queue_cars", PASS][0, 23:31], [0, 4, 9, 14, 19, 9, 0, 0], atol=1e-9)
    np.testing.assert_allclose(run["cars_out", PASS][0, 23:31], [10, 6, 5, 5, 5, 20, 19, 10], atol=1e-9)
    np.testing.assert_allclose(run["wait_car_sum", PASS][0, 23:31], [0, 0, 4, 5, 9, 28, 9, 0], atol=1e-9)
    np.testing.assert_allclose(run["head_age", PASS][0, 24:30], [0, 0, 1, 1, 0, 0], atol=1e-9)
    np.testing.assert_allclose(run["queue_km", PASS][0], run["queue_cars", PASS][0] * 6.5e-3)
    np.testing.assert_allclose(run["capacity_cars", PASS][0, 23:29], [480, 120, 120, 120, 120, 480])


@pytest.mark.parametrize("how", [chain, mean])
def test_the_waits_of_all_are_the_queue_over_time(how):
    second = datetime(2030, 3, 2)
    case = steady(300.0, shocks=(changing(second, f"capacity_factor[{PASS}; car]", 0.5, second + timedelta(hours=40)),))
    run = how(case, EVEN, bins_per_day=24)
    queue = run["queue_cars", PASS][0]
    empty = np.flatnonzero((queue <= 1e-6) & (np.arange(len(queue)) > 24 * 5))
    end = empty[0] + 1  # all who came by then have passed
    assert queue[:end].sum() > 100.0
    assert run["wait_car_sum", PASS][0, :end].sum() == pytest.approx(queue[:end].sum(), rel=1e-6)


@fast
@given(st.floats(5.0, 2000.0), st.floats(1.0, 3.0), st.integers(0, 50))
def test_more_capacity_never_lengthens_the_total_wait(capacity, more, seed):
    values = {**STILL, "walk_appeal": -50.0, "growth[*; car]": 0.0}
    small_one = chain(small(), {**values, f"capacity[{PASS}; car]": capacity}, seed=seed)
    large_one = chain(small(), {**values, f"capacity[{PASS}; car]": capacity * more}, seed=seed)
    assert np.array_equal(small_one["demand", PASS], large_one["demand", PASS])  # the same people come
    assert large_one["queue_cars", PASS].sum() <= small_one["queue_cars", PASS].sum() + 1e-9


def test_pressure_makes_capacity_grow_up_to_its_limit():
    run = mean(steady(100.0, 1000.0), {**EVEN, f"growth[{PASS}; car]": 0.5, f"growth_lag_days[{PASS}; car]": 1.0})
    capacity = run["capacity_cars", PASS][0]
    assert np.all(np.diff(capacity) >= 0.0)
    assert capacity[0] < 110.0
    assert 149.0 < capacity[-1] <= 150.0


@pytest.mark.parametrize("step", [1.0, 3.0, 6.0, 24.0])
def test_capacity_a_day_does_not_depend_on_the_step(step):
    lanes = (Lane(crossing=PASS, lane="car", capacity_per_day=100.0, opens_hour=7, closes_hour=22),)
    case = steady(entries=5000.0).model_copy(update={"lanes": lanes, "step": step})
    run = mean(case, EVEN, bins_per_day=1)
    np.testing.assert_allclose(run.days("cars_out", PASS)[0, 1:], 100.0)


def test_switching_for_weeks_stays_finite():
    case = small(shocks=change(small().shocks, {"name": "foot access at the pass"}, at=datetime(2030, 3, 1)))
    slow = {f"capacity[{PASS}; car]": 140.0, f"growth[{PASS}; car]": 0.0, f"capacity[{PASS}; foot]": 1e9}
    values = {"switch_per_day": 100.0, "walk_appeal": -50.0, "pool": 1e6, **slow}
    run = mean_with_compartments(case, {**values, "leaving_per_day[*]": 1e5})
    assert np.isfinite(run.out).all()
    everyone = run.comp.sum(axis=(2, 3))[0]
    np.testing.assert_allclose(everyone, everyone[0], rtol=1e-9)


# ---- ordinary traffic ----------------------------------------------------------------------------------------------

WEEK = np.array([1, 0.9, 1, 1, 1.1, 1.2, 0.8])  # Monday first; mean 1


@pytest.mark.parametrize("step", [1.0, 6.0, 24.0])
@pytest.mark.parametrize("strength", [1.0, 0.5, 0.0])
def test_ordinary_traffic_by_hand(step, strength):
    case = only_ordinary(step=step, step_before=None)
    run = mean(case, {"weekly_strength[*]": strength}, bins_per_day=1)
    weekday = (date(2030, 3, 1).weekday() + np.arange(run.model.n_days)) % 7
    week = 1.0 + strength * (WEEK[weekday] - 1.0)
    np.testing.assert_allclose(run.days("entries_citizens", PASS)[0], 600 * 0.7 * week, rtol=1e-9)
    np.testing.assert_allclose(run.days("entries_citizens", "elsewhere SE")[0], 600 * 0.3 * week, rtol=1e-9)
    np.testing.assert_allclose(run.days("exits_citizens", PASS)[0], 620 * 0.7, rtol=1e-9)
    np.testing.assert_allclose(run.days("exits_citizens", "elsewhere SE")[0], 620 * 0.3, rtol=1e-9)
    np.testing.assert_allclose(run.days("cars_out", PASS)[0], 600 * 0.7 * week / 2.5, rtol=1e-9)
    np.testing.assert_allclose(run.days("cars_in", PASS)[0], 620 * 0.7 / 2.5, rtol=1e-9)
    assert run.everywhere("entries_others").sum() == run.everywhere("exits_others").sum() == 0.0


def test_ordinary_traffic_comes_by_hour_of_the_day():
    run = mean(only_ordinary(step_before=None), {"hour_peak": 1.5}, bins_per_day=24)
    hours = run["entries_citizens", "elsewhere SE"][0, :24]
    assert hours.argmax() in (14, 15)
    assert hours.max() / hours.mean() == pytest.approx(1.5, rel=0.01)


@pytest.mark.parametrize("hours", [0.25, 1.0, 3.0, 6.0, 8.0, 12.0, 24.0])
def test_arrivals_by_hour_have_mean_one_over_a_day(hours):
    middles = np.arange(hours / 2, 24, hours)
    assert np.mean([by_hour(1.8, h, hours / 24) for h in middles]) == pytest.approx(1.0, abs=1e-12)
    if hours < 1.0:
        assert by_hour(1.8, 15.0, hours / 24) == pytest.approx(1.8, rel=1e-3)


def test_journeys_given_up_after_the_shock():
    still = {"leaving_per_day[*]": 0.0, "weekly_strength[*]": 0.0, **STILL}
    run = mean(small(policies=()), {**still, "entries_given_up": 0.25, "exits_given_up[SE]": 0.5}, bins_per_day=1)
    entries, exits = run.days("entries_citizens", "elsewhere SE")[0], run.days("exits_citizens", "elsewhere SE")[0]
    np.testing.assert_allclose(entries[:4], 180.0)
    np.testing.assert_allclose(entries[5:], 180.0 * 0.75)
    np.testing.assert_allclose(exits[:4], 186.0)
    np.testing.assert_allclose(exits[5:], 186.0 * 0.5)


def test_blocks_that_share_a_lane_keep_their_people():
    blocks = tuple(
        Ordinary(name=f"b{i}", country="SE", party_size=size, entries_per_day=people, exits_per_day=people, split={PASS: 1.0})
        for i, (size, people) in enumerate([(1.0, 100.0), (4.0, 300.0)])
    )
    run = mean(only_ordinary(ordinary=blocks), bins_per_day=1)
    np.testing.assert_allclose(run.days("entries_citizens", PASS)[0], 400.0)
    np.testing.assert_allclose(run.days("exits_citizens", PASS)[0], 400.0)
    np.testing.assert_allclose(run.days("cars_out", PASS)[0], 175.0)


def test_ordinary_vehicles_count_where_no_lane_is_listed():
    run = mean(only_ordinary(lanes=()), {"weekly_strength[*]": 0.0}, bins_per_day=1)
    np.testing.assert_allclose(run["cars_out", PASS][0], 600 * 0.7 / 2.5)
    np.testing.assert_allclose(run["cars_in", PASS][0], 620 * 0.7 / 2.5)
    assert run["cars_out", "elsewhere SE"].sum() == 0.0


def test_people_on_foot_are_not_counted_as_cars():
    lanes = (Lane(crossing=PASS, lane="foot"), Lane(crossing=PASS, lane="foot", direction="exits"))
    block = Ordinary(name="Sweden", country="SE", lane="foot", entries_per_day=100, exits_per_day=100, split={PASS: 1.0})
    run = mean(only_ordinary(ordinary=(block,), lanes=lanes), bins_per_day=1)
    np.testing.assert_allclose(run.days("exits_citizens", PASS)[0], 100.0)
    assert run["cars_in", PASS].sum() == run["cars_out", PASS].sum() == 0.0


# ---- departures ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "by_hand"),
    [
        (4.4, 0.0),
        (5.0, 0.25 * (1 - math.exp(-0.5 / 0.4)) * math.exp(-0.5 / 6)),
        (7.0, 0.25 * (1 - math.exp(-2.5 / 0.4)) * math.exp(-2.5 / 6) * 1.5),
        (10.0, 0.25 * (1 - math.exp(-5.5 / 0.4)) * math.exp(-5.5 / 6) * 0.7),
    ],
)
def test_hazard_by_hand(day, by_hand):
    model = compile_case(small())
    assert hazard_of(model.arrays, model.base, day, 0) == pytest.approx(by_hand, rel=1e-12)


def test_hazards_add_up_and_reach_their_groups_only():
    first = small().shocks[0]
    second = first.model_copy(update={"name": "second", "at": datetime(2030, 3, 6), "groups": ("visa",), "leaving_per_day": 1200.0})
    model = compile_case(small(shocks=(first, second)))
    alone = hazard_of(model.arrays, model.base, 8.0, 0)
    both = hazard_of(model.arrays, model.base, 8.0, 1)
    assert both - alone == pytest.approx(0.1 * (1 - math.exp(-3.0 / 0.4)) * math.exp(-3.0 / 6), rel=1e-12)
    later = attributes(model, {"shift_days[*]": 3.5})[0]
    assert hazard_of(model.arrays, later, 8.0, 0) == pytest.approx(hazard_of(model.arrays, model.base, 4.5, 0))


@pytest.mark.parametrize("how", [chain, mean])
def test_choice_is_by_differences_of_utility_only(how):
    shifted = {"appeal[SE]": 600.4, "appeal[FI]": 600.0, "appeal[IS]": 600.0}
    near = {"appeal[SE]": 0.4, "appeal[FI]": 0.0, "appeal[IS]": 0.0}
    np.testing.assert_allclose(how(small(), shifted)["demand", PASS], how(small(), near)["demand", PASS], rtol=1e-6)
    # utilities so far apart that a weight would underflow: who may not enter the best country still chooses among the others
    far = how(small(), {"appeal[FI]": 2000.0, "mode_appeal[air]": -50.0, "wait_disutility": 0.0})
    alone = how(small(groups=small().groups[:1]), {"mode_appeal[air]": -50.0, "wait_disutility": 0.0})
    assert far["demand", BRU].sum() > 100.0
    assert far["demand", PASS].sum() > 0.5 * alone["demand", PASS].sum() > 100.0


def test_a_journey_counts_its_spread_and_its_preparation():
    values = {**STILL, "slowness": 1.0, "travel_spread_hours": 6.0, "long_journey_delay": 0.5, "rest_hours": 0.0}
    run = mean(free_roads(), {**values, "appeal[FI]": -50.0, "leaving_per_day[*]": 300.0})
    hours = run["journey_sum", PASS].sum() / run["journey_n", PASS].sum()
    assert 1.5 * 2.5 + 6.0 < hours < 1.5 * 11.0 + 6.0
    later = mean(free_roads(), {**values, "travel_spread_hours": 16.0, "appeal[FI]": -50.0, "leaving_per_day[*]": 300.0})
    assert later["journey_sum", PASS].sum() / later["journey_n", PASS].sum() == pytest.approx(hours + 10.0, rel=0.01)


def test_fine_steps_begin_where_priors_let_departures_be_felt():
    def first_fine(dist):
        early = small().priors[0].model_copy(update={"name": "early", "sets": ("shift_days[flood warning]",), "dist": dist})
        m = compile_case(small(priors=(early,))).arrays
        return m.start_day[np.flatnonzero(m.dt < 0.2)[0]]

    assert first_fine(Dist(normal=(0.0, 0.3))) == 3.0  # at noon of day 4: a day before at least
    assert first_fine(Dist(normal=(0.0, 1.0))) == 1.0
    assert first_fine(Dist(uniform=(-2.4, 1.0))) == 2.0
    assert first_fine(Dist(fixed=-4.0)) == 0.0


def test_those_who_may_not_enter_stay_at_home():
    groups = tuple(g.model_copy(update={"may_enter": ("IS",)}) for g in small().groups)
    run = chain(small(groups=groups, seats={}))
    assert run.everywhere("demand").sum() == 0.0
    assert run.comp[0, -1, :, 1:].sum() == 0.0


def test_a_country_that_closes_turns_back_those_on_the_road():
    case = small(shocks=(*small().shocks, changing(datetime(2030, 3, 7), "entries_factor[SE]", 0.0)))
    run = chain(case, {**STILL, "travel_spread_hours": 24.0})
    turned = run["turned_back", PASS]
    assert turned[:, : 6 * 4].sum() == 0.0
    assert turned[:, 6 * 4 :].sum() > 0.0
    people = run.comp[0, -1, :, COMPARTMENTS.index("turned_back")] @ np.array([2.5, 2.0])
    assert turned.sum() == pytest.approx(people)
    assert run["demand", PASS][:, 12 * 4 :].sum() < 0.02 * run["demand", PASS].sum()


# ---- the chain against the mean ------------------------------------------------------------------------------------


def free_roads():
    """A case in which nothing depends on how many others there are, and all homes hold whole parties."""
    lanes = tuple(x.model_copy(update={"capacity_per_day": None, "growth": 0.0, "opens_hour": 0.0, "closes_hour": 24.0}) for x in small().lanes)
    return small(lanes=lanes, seats={}, groups=change(small().groups, {"name": "visa"}, origin_weights={}))


LINEAR = ["demand", "newcomers", "entries_citizens", "exits_citizens", "cars_out", "wait_foot_n", "journey_n"]


def test_the_chain_has_the_mean_of_the_mean_engine():
    expected = mean(free_roads(), STILL, bins_per_day=1)
    runs = chain(free_roads(), STILL, runs=300, bins_per_day=1, lucky=False)
    n_compared = 0
    for series in LINEAR:
        for place in (PASS, BRU, "elsewhere SE"):
            for days in (slice(0, 4), slice(4, 8), slice(8, 16)):
                x, m = runs[series, place][:, days].sum(axis=1), expected[series, place][0, days].sum()
                error = x.std(ddof=1) / math.sqrt(len(x))
                assert abs(x.mean() - m) <= SIGMAS * error + 1e-9 * m, (series, place, days)
                n_compared += m > 50.0
    assert n_compared > 20
    x, m = runs["demand", PASS].sum(axis=1), expected["demand", PASS].sum()
    assert abs(x.mean() - 1.02 * m) > SIGMAS * x.std(ddof=1) / math.sqrt(len(x))  # an error of 2 % would be seen


def test_few_people_choose_as_many_do():
    # homes of a handful of parties, and a country that admits half of those who come
    half = changing(datetime(2030, 3, 1), "entries_factor[SE]", 0.5)
    case = free_roads().model_copy(update={"shocks": (*small().shocks, half)})
    values = {**STILL, "pool": 500.0, "leaving_per_day[*]": 200.0, "appeal[SE]": 0.0}
    expected = mean_with_compartments(case, values, bins_per_day=1)
    runs = chain(case, values, runs=3000, bins_per_day=1, lucky=False)
    home = attributes(runs.model, values)[0]
    assert np.array_equal(parties_at_home(runs.model, home, whole=True), parties_at_home(runs.model, home, whole=False))
    for group in (0, 1):
        left, wanted = runs.comp[:, -1, group, 0], expected.comp[0, -1, group, 0]
        assert abs(left.mean() - wanted) <= SIGMAS * left.std(ddof=1) / math.sqrt(3000)
    for place in (PASS, BRU):
        x, m = runs["demand", place].sum(axis=1), expected["demand", place].sum()
        assert m > 1.0
        assert abs(x.mean() - m) <= SIGMAS * x.std(ddof=1) / math.sqrt(3000)


def test_the_law_of_departures_is_binomial():
    runs = chain(free_roads(), STILL, runs=400, bins_per_day=1, lucky=False)
    expected = mean_with_compartments(free_roads(), STILL, bins_per_day=1)
    left = runs.comp[:, 7, 0, 0]
    n = expected.comp[0, 0, 0].sum()
    p = expected.comp[0, 7, 0, 0] / n
    # the variance of a sample variance of a nearly normal variable
    assert abs(left.var(ddof=1) / (n * p * (1 - p)) - 1.0) < SIGMAS * math.sqrt(2 / 399)


def test_luck_has_mean_one_and_its_spread():
    model = compile_case(small())
    n = 3000
    a = attributes(model, {"hazard_shock_sd": 0.3, "arrival_shock_sd": 0.2, "service_shock_sd": 0.1, "drift_sd": 0.1}, n)
    luck = draw_luck(model, a, 3, np.arange(n), drift_from=9.0)
    for x, sd in ((luck.hazard[:, 3], 0.3), (luck.arrival[:, 1, 0, 4], 0.2), (luck.service[:, 2, 5], 0.1)):
        assert abs(x.mean() - 1.0) < SIGMAS * x.std() / math.sqrt(n)
        assert np.log(x).std() == pytest.approx(sd, rel=SIGMAS / math.sqrt(2 * n))
    last = np.log(luck.arrival[:, 0, 1, -1])
    days = model.n_days - 9
    assert last.std() == pytest.approx(math.hypot(0.2, 0.1 * math.sqrt(days)), rel=SIGMAS / math.sqrt(2 * n))
    assert abs(luck.arrival[:, 0, 1, -1].mean() - 1.0) < SIGMAS * luck.arrival[:, 0, 1, -1].std() / math.sqrt(n)


@pytest.mark.parametrize("k", [10.0, 1000.0])
def test_k_times_the_people_and_capacity_give_k_times_the_result(k):
    case = small(lanes=change(small().lanes, {"crossing": PASS, "lane": "foot"}, open=True), step_before=None)
    one = mean(case, {"put_off": 0.5, "switch_per_day": 1.0}, bins_per_day=1)
    base = attributes(one.model)[0]
    scaled = {
        f"{name}[{'; '.join(index)}]" if index else name: base[slot] * k
        for (name, index), slot in one.model.slots.items()
        if name in ("pool", "entries_per_day", "exits_per_day", "capacity", "leaving_per_day", "initial_stock") and 0.0 < base[slot] < 1e8
    }
    many = mean(case, {"put_off": 0.5, "switch_per_day": 1.0, **scaled}, bins_per_day=1)
    for series in ("entries_citizens", "exits_citizens", "queue_cars", "queue_people", "newcomers", "stock"):
        # a lane keeps time for one party in hand, which is not scaled
        np.testing.assert_allclose(many.everywhere(series), k * one.everywhere(series), rtol=0.01, atol=3.0 * k)


# ---- policies, seeds, threads --------------------------------------------------------------------------------------


def same_bytes(x, y):
    return x.out.tobytes() == y.out.tobytes() and x.comp.tobytes() == y.comp.tobytes()


def test_no_policies_are_the_baseline_byte_for_byte():
    assert same_bytes(chain(small(), runs=3), chain(small(policies=()), runs=3))
    assert same_bytes(chain(small(), runs=3, happens=False), chain(small(policies=()), runs=3))
    assert mean(small()).out.tobytes() == mean(small(policies=())).out.tobytes()


def test_a_policy_after_the_end_changes_nothing():
    late = change(small().policies, {}, dates=(date(2030, 3, 17), date(2030, 3, 20)))
    assert same_bytes(chain(small(policies=late), runs=3, happens=True), chain(small(policies=()), runs=3))


def test_a_policy_changes_nothing_before_its_date():
    with_it, without = chain(small(), runs=8, happens=True), chain(small(), runs=8, happens=False)
    first_day = 9  # 10 March
    assert with_it.out[:, :, : 4 * first_day].tobytes() == without.out[:, :, : 4 * first_day].tobytes()
    assert with_it.comp[:, : 4 * first_day].tobytes() == without.comp[:, : 4 * first_day].tobytes()
    for i in range(8):
        assert with_it.out[i, :, 4 * 13 :].tobytes() != without.out[i, :, 4 * 13 :].tobytes()


def test_policies_do_not_change_the_luck_of_others():
    (one,) = small().policies
    other = Policy(
        name="nobody asks", probability=0.5, dates=(date(2030, 3, 9), date(2030, 3, 9)), why="test",
        changes=(Change(attribute="exits_factor[FI]", to=Dist(fixed=1.0)),),
    )  # fmt: skip
    a, b = chain(small(), runs=4, happens=True), chain(small(policies=(one, other)), runs=4, happens=True)
    assert a.out.tobytes() == b.out.tobytes()


def test_policies_come_about_as_often_as_they_are_likely():
    model = compile_case(small())
    n = 4000
    share = policy_happens(model, 3, np.arange(n))["Sweden asks for papers"].mean()
    assert abs(share - 0.3) < SIGMAS * math.sqrt(0.3 * 0.7 / n)


def test_the_same_seed_gives_the_same_bytes_on_any_number_of_threads():
    before = numba.get_num_threads()
    try:
        numba.set_num_threads(1)
        one = chain(small(), runs=7, drift_from=9.0)
        numba.set_num_threads(min(2, numba.config.NUMBA_NUM_THREADS))
        two = chain(small(), runs=7, drift_from=9.0)
    finally:
        numba.set_num_threads(before)
    assert same_bytes(one, two)
    assert not same_bytes(one, chain(small(), runs=7, seed=6, drift_from=9.0))


def test_a_run_alone_is_the_run_in_a_batch():
    batch = chain(small(), runs=70, drift_from=9.0, happens=True)
    for i in (0, 3, 69):
        alone = chain(small(), runs=[i], drift_from=9.0, happens=True)
        assert alone.out[0].tobytes() == batch.out[i].tobytes()
        assert alone.comp[0].tobytes() == batch.comp[i].tobytes()
    assert batch.out[0].tobytes() != batch.out[1].tobytes()


def test_a_longer_horizon_leaves_the_luck_of_the_first_days_alone():
    values = {"switch_per_day": 2.0}
    short, long = chain(small(horizon=5), values), chain(small(horizon=9), values)
    n = short.operator.n_bins
    assert short.out.tobytes() == long.out[:, :, :n].copy().tobytes()


def test_bins_only_group_what_happens():
    coarse, fine = chain(small(), bins_per_day=1), chain(small(), bins_per_day=4)
    for series in ("entries_citizens", "exits_citizens", "demand", "wait_car_sum"):
        np.testing.assert_allclose(coarse.everywhere(series), fine.everywhere(series).reshape(1, -1, 4).sum(axis=2))
    for series in ("queue_cars", "stock", "capacity_cars"):
        np.testing.assert_allclose(coarse.everywhere(series), fine.everywhere(series).reshape(1, -1, 4).mean(axis=2))


def test_arrays_hold_nothing_that_the_engine_does_not_read():
    text = "".join(Path(module.__file__).read_text(encoding="utf-8") for module in (engine, choice))
    assert [x for x in layout.Arrays._fields if f"m.{x}" not in text] == []
