"""The agents engine: its interface, that nobody is lost, and a rush followed by hand. That it agrees with the chain is a slow proof
(verification/test_engines_agree.py); that both play the same deterministic world alike is tested here.
"""

from __future__ import annotations

from collections import deque
from datetime import date, datetime

import numpy as np
import pytest

from borderflow.observe.operator import build_operator
from borderflow.simulate.agents import by_hour, first_come, inside, n_parties
from borderflow.simulate.compile import compile_case
from borderflow.simulate.run import run_agents, run_chain
from borderflow.world.model import Case, Group, Lane, Link, Ordinary, Place, Shock
from runs import PASS, Runs, attributes, parties_at_home, small

FEW = {
    "pool": 600.0,
    "leaving_per_day[*]": 250.0,
    "capacity[*; car]": 25.0,
    "capacity[*; foot]": 60.0,
    "entries_per_day[*]": 90.0,
    "exits_per_day[*]": 90.0,
    "switch_per_day": 1.0,
}
"""The small case with few people."""


def agents(case: Case, values: dict[str, float] | None = None, runs: list[int] | None = None, seed: int = 5) -> Runs:
    model = compile_case(case)
    operator = build_operator([], model, 4, everything=True)
    numbers = np.array(runs or [0])
    out, comp = run_agents(model, attributes(model, values, len(numbers)), operator, seed, numbers, conservation=True)
    return Runs(model, operator, out, comp)


def test_results_have_the_shapes_of_the_chain():
    run = agents(small(), FEW, [0, 1])
    out, comp = run_chain(run.model, attributes(run.model, FEW, 2), run.operator, 5, np.arange(2), conservation=True)
    assert (run.out.shape, run.comp.shape) == (out.shape, comp.shape)
    some = build_operator([], run.model, 4, recorded=np.array([[0, 0], [2, 5]]))
    few, none = run_agents(run.model, attributes(run.model, FEW, 2), some, 5, np.arange(2))
    assert np.array_equal(few, run.out[:, run.operator.rows[[0, 2], [0, 5]]])
    assert none.size == 0


def test_everyone_is_somewhere_in_whole_parties():
    run = agents(small(), FEW, [0, 1, 2])
    everyone = parties_at_home(run.model, attributes(run.model, FEW)[0], whole=True)
    assert np.array_equal(run.comp.sum(axis=3), np.broadcast_to(everyone, run.comp.shape[:3]))
    assert run.comp.min() >= 0.0
    assert run.comp[:, -1, :, 1:].sum() > 100.0
    assert run.without("stock").min() >= 0.0


def test_a_run_can_be_repeated_alone():
    both, second = agents(small(), FEW, [3, 8]), agents(small(), FEW, [8])
    assert np.array_equal(both.out[1], second.out[0])
    assert not np.array_equal(both.out[0], both.out[1])
    assert not np.array_equal(agents(small(), FEW, [8], seed=6).out, second.out)


def rush(**lane: object) -> Case:
    """Ten parties of two people who all leave at ten on the second day for one crossing two hours away, which passes one car an hour."""
    places = (
        Place(name="Home", kind="origin", country=("NO",), lat=60, lon=10, population=20),
        Place(name="Gate", kind="crossing", country=("NO", "SE"), lat=61, lon=12),
    )
    link = Link.model_validate({"from": "Home", "to": "Gate", "mode": "road", "distance_km": 100, "typical_hours": 2})
    return Case(
        title="a rush",
        origin_country="NO",
        start=date(2030, 3, 1),
        as_of=date(2030, 3, 2),
        horizon=1,
        step=1.0,
        behaviour={
            "pool": 20.0,
            "slowness": 1.0,
            "travel_spread_hours": 0.1,
            "hazard_shock_sd": 0.0,
            "arrival_shock_sd": 0.0,
            "service_shock_sd": 0.0,
        },
        groups=(Group(name="citizens", people_per_party=2.0),),
        places=places,
        links=(link,),
        lanes=(Lane.model_validate({"crossing": "Gate", "lane": "car", "capacity_per_day": 24, **lane}),),
        shocks=(Shock(name="alarm", kind="departures", at=datetime(2030, 3, 2, 10), leaving_per_day=1e9, preparation_days=1e-3, why="test"),),
    )


def hourly(engine, case: Case) -> Runs:
    model = compile_case(case, 3)
    operator = build_operator([], model, 24, everything=True)
    out, comp = engine(model, attributes(model), operator, 1, np.array([0]), conservation=True)
    return Runs(model, operator, out, comp)


LEFT = 24 + 10
"""The step in which everyone sets out."""
CAME = LEFT + 2 + 1
"""Two hours of road, one step in the second stage."""


@pytest.mark.parametrize("engine", [run_agents, run_chain])
def test_a_rush_by_hand(engine):
    run = hourly(engine, rush())
    home, road, queued, stayed = run.comp[0, :, 0, :4].T
    assert (home[LEFT - 1], home[LEFT], road[LEFT], road[CAME - 1], road[CAME]) == (10, 0, 10, 10, 0)
    # the idle lane has one party's time in hand: two pass at once, then one an hour
    assert queued[CAME : CAME + 10].tolist() == [8, 7, 6, 5, 4, 3, 2, 1, 0, 0]
    assert stayed[CAME : CAME + 3].tolist() == [2, 3, 4]
    assert run["demand", "Gate"][0, CAME] == 20.0
    assert run["entries_citizens", "Gate"][0, CAME : CAME + 3].tolist() == [4.0, 2.0, 2.0]
    assert run["wait_car_sum", "Gate"].sum() == pytest.approx(sum(range(9)))
    assert run["head_age", "Gate"][0, CAME : CAME + 9].tolist() == pytest.approx([0, 1, 2, 3, 4, 5, 6, 7, 0])
    assert run["join_wait_car", "Gate"][0, CAME] == pytest.approx(8.0)
    assert run["journey_sum", "Gate"].sum() == pytest.approx(10 * 2.1 + sum(range(9)))


@pytest.mark.parametrize("engine", [run_agents, run_chain])
def test_two_stations_by_hand(engine):
    # two parties an hour to the space between, one an hour beyond it; three fit there
    run = hourly(engine, rush(capacity_per_day=48, entry_capacity_per_day=24, room=3))
    # in the first hour: 3 in hand, at most room 3 + 2; then room for what the second station passes
    assert run["queue_cars", "Gate"][0, CAME : CAME + 9].tolist() == pytest.approx([8, 7, 6, 5, 4, 3, 2, 1, 0])
    assert run["wait_car_sum", "Gate"].sum() == pytest.approx(sum(range(9)))


@pytest.mark.parametrize(
    "lane", [{}, {"opens_hour": 8, "closes_hour": 20}, {"growth": 1.0}, {"capacity_per_day": None}, {"lane": "foot", "capacity_per_day": 30}]
)
def test_without_luck_agents_and_chain_are_the_same(lane):
    a, b = hourly(run_agents, rush(**lane)), hourly(run_chain, rush(**lane))
    np.testing.assert_allclose(a.out, b.out, rtol=1e-9, atol=1e-9)
    assert np.array_equal(a.comp, b.comp)


def test_ordinary_traffic_only():
    block = Ordinary(name="all", country="SE", entries_per_day=100, exits_per_day=50, split={PASS: 1.0})
    run = agents(small(groups=(), shocks=(), policies=(), priors=(), onward=(), seats={}, ordinary=(block,)), {"service_shock_sd": 0.0}, [0, 1, 2])
    days = run.days("entries_citizens", PASS)
    assert abs(days.mean() - 100.0) < 4.5 * np.sqrt(100.0 / days.size) * 2.0  # the daily shocks add as much again


def test_the_order_of_service_is_an_argument():
    cohorts = deque([(1, []), (2, [])])
    assert [c[0] for c in first_come(cohorts)] == [1, 2]


@pytest.mark.parametrize(
    ("hours", "step", "share"),
    [((8, 20), (7, 9), 0.5), ((8, 20), (9, 10), 1.0), ((22, 6), (5, 7), 0.5), ((22, 6), (21, 24), 2 / 3), ((22, 6), (12, 13), 0.0)],
)
def test_parts_of_a_day(hours, step, share):
    assert inside(hours, *step) == pytest.approx(share)


def test_arrivals_by_hour_average_to_one():
    assert np.mean([by_hour(1.8, 5 + h / 24, 1 / 24) for h in range(24)]) == pytest.approx(1.0)
    assert by_hour(1.8, 5 + 14.9 / 24, 0.2 / 24) == pytest.approx(1.8, abs=1e-3)


def test_parties_that_a_run_follows():
    model = compile_case(small())
    # 12,000 people in parties of 2.5 and 2, and 1,220 ordinary travellers a day in cars of 2.5
    assert n_parties(model, model.base) == pytest.approx(9600 / 2.5 + 2400 / 2 + model.n_days * 1220 / 2.5)
