"""One crossing alone: the chain's case, formulas of queueing theory, and the same crossing in SimPy.

Times are hours and rates per hour, where not said otherwise. 'In the system' counts those at the booths too, as the model's queue does.
"""

from __future__ import annotations

import math
import random
import time
from datetime import date, datetime, timedelta
from typing import NamedTuple

import numpy as np
import simpy

from borderflow.observe.operator import Operator, build_operator
from borderflow.simulate.compile import Model, compile_case
from borderflow.simulate.run import run_chain
from borderflow.simulate.series import INDEX
from borderflow.world.model import Case, Group, Lane, Link, Place, Shock

GATE = "Gate"
LAG_HOURS = 24.0
"""From leaving home to joining the lane: a day, so that the hour of departure is that of joining; the last step of it is the second stage."""
SPREAD_HOURS = 0.1


class Crossing(NamedTuple):
    """A lane with c booths. rate: parties an hour; service: hours that one takes; patience: mean hours before one in the line gives up."""

    rate: float
    service: float
    booths: int
    cv: float = 1.0
    patience: float = math.inf
    peak: float = 1.0


# ---- the chain -----------------------------------------------------------------------------------------------------


def crossing_case(x: Crossing, step: float, days: int) -> Case:
    """A case in which people who flee come to one lane as a Poisson stream for ever: a small hazard out of a very large pool."""
    pool = 3e4 * x.rate * 24.0 * days  # of which one in 30,000 leaves
    places = (
        Place(name="Home", kind="origin", country=("NO",), lat=60, lon=10, population=1e6),
        Place(name=GATE, kind="crossing", country=("NO", "SE"), lat=61, lon=12),
    )
    start = date(2030, 1, 1)
    return Case(
        title="one crossing",
        origin_country="NO",
        start=start,
        as_of=start + timedelta(days=1),
        horizon=min(days, 365),
        step=step,
        behaviour={
            "pool": min(pool, 1e10),
            "slowness": 1.0,
            "rest_hours": 0.0,
            "travel_spread_hours": SPREAD_HOURS,
            "hour_peak": x.peak,
            "wait_disutility": 0.0,
            "renege_per_day": 0.0 if math.isinf(x.patience) else 24.0 / x.patience,
            **dict.fromkeys(("hazard_shock_sd", "arrival_shock_sd", "service_shock_sd"), 0.0),
        },
        groups=(Group(name="all"),),
        places=places,
        links=(Link.model_validate({"from": "Home", "to": GATE, "mode": "road", "distance_km": 1.0, "typical_hours": LAG_HOURS - step}),),
        lanes=(Lane(crossing=GATE, lane="car", capacity_per_day=24.0 * x.booths / x.service, booths=x.booths, service_cv=x.cv),),
        shocks=(
            Shock(
                name="alarm",
                kind="departures",
                at=datetime(2030, 1, 1),
                leaving_per_day=24.0 * x.rate,
                preparation_days=1e-3,
                decay_days=1e5,
                why="test",
            ),
        ),
    )


class Recorded(NamedTuple):
    """Series of a lane by bin, (n_runs, n_bins) each."""

    queue: np.ndarray
    wait_sum: np.ndarray
    crossed: np.ndarray
    gave_up: np.ndarray
    demand: np.ndarray


def compiled(x: Crossing, step: float, days: int, bins_per_day: int) -> tuple[Model, Operator]:
    model = compile_case(crossing_case(x, step, days), days)
    return model, build_operator([], model, bins_per_day, everything=True)


def chain_runs(x: Crossing, step: float, days: int, runs: int, seed: int, bins_per_day: int = 1) -> Recorded:
    """Chain runs of a crossing."""
    model, operator = compiled(x, step, days, bins_per_day)
    out, _ = run_chain(model, np.repeat(model.base[None], runs, axis=0), operator, seed, np.arange(runs))
    series = ("queue_cars", "wait_car_sum", "wait_car_n", "gave_up", "demand")
    return Recorded(*(out[:, operator.rows[model.locations.index(GATE), INDEX[name]]] for name in series))


# ---- theory --------------------------------------------------------------------------------------------------------


class Theory(NamedTuple):
    """Stationary means: parties in the system, hours in the system of those who arrive (served or not), share who give up."""

    parties: float
    hours: float
    gave_up: float


def birth_and_death(x: Crossing, most: int = 5000) -> Theory:
    """M/M/c and, with patience, Erlang-A, from the stationary distribution of the number in the system.

    Source: Gross, Shortle, Thompson & Harris 2008, Fundamentals of Queueing Theory, ch. 2; Garnett, Mandelbaum & Reiman 2002,
    doi:10.1287/msom.4.3.208.7753 (deaths at rate min(n, c)/service + max(n − c, 0)/patience).
    """
    n = np.arange(1, most)
    leave = np.minimum(n, x.booths) / x.service + np.maximum(n - x.booths, 0) / x.patience
    log_p = np.concatenate([[0.0], np.cumsum(np.log(x.rate) - np.log(leave))])
    p = np.exp(log_p - log_p.max())
    p /= p.sum()
    parties = float(p @ np.arange(most))
    waiting = float(p @ np.maximum(np.arange(most) - x.booths, 0))
    return Theory(parties, parties / x.rate, waiting / x.patience / x.rate)


def fixed_service(x: Crossing, most: int = 1500) -> Theory:
    """M/D/c exactly: N(t + D) = max(N(t) − c, 0) + Poisson(rate D), iterated to its stationary distribution.

    Source: Crommelin 1932, The Post Office Electrical Engineers' Journal 25; Tijms 2003, A First Course in Stochastic Models, section 9.6.2.
    """
    mean = x.rate * x.service
    n = np.arange(most)
    log_arrivals = n * math.log(mean) - mean - np.concatenate([[0.0], np.cumsum(np.log(n[1:]))])
    arrivals = np.exp(log_arrivals)
    p = np.zeros(most)
    p[0] = 1.0
    for _ in range(20_000):
        left = np.concatenate([[p[: x.booths + 1].sum()], p[x.booths + 1 :], np.zeros(x.booths)])
        new = np.convolve(left, arrivals)[:most]
        if np.abs(new - p).max() < 1e-13:
            break
        p = new
    parties = float(p @ n)
    return Theory(parties, parties / x.rate, 0.0)


# ---- SimPy ---------------------------------------------------------------------------------------------------------


class Visits(NamedTuple):
    """What SimPy's travellers did, by day of joining (queue: at sampled times)."""

    joined: np.ndarray
    """(n,) hours"""
    stayed: np.ndarray
    """(n,) hours in the system"""
    served: np.ndarray
    """(n,) whether it crossed"""


def simpy_visits(x: Crossing, hours: float, seed: int) -> Visits:
    """The same crossing one traveller at a time: arrivals by thinning, a resource of c booths, exponential patience and service."""
    rng = random.Random(seed)
    env = simpy.Environment()
    booths = simpy.Resource(env, capacity=x.booths)
    joined: list[float] = []
    stayed: list[float] = []
    served: list[bool] = []

    def traveller():
        began = env.now
        with booths.request() as request:
            if math.isinf(x.patience):
                yield request
            else:
                yield request | env.timeout(rng.expovariate(1.0 / x.patience))
            crossed = request.triggered
            if crossed:
                yield env.timeout(rng.expovariate(1.0 / x.service) if x.cv == 1.0 else x.service)
        joined.append(began)
        stayed.append(env.now - began)
        served.append(crossed)

    def arrivals():
        most = x.rate * x.peak
        while True:
            yield env.timeout(rng.expovariate(most))
            now = x.rate * (1.0 + (x.peak - 1.0) * math.cos(2.0 * math.pi * (env.now - 15.0) / 24.0))
            if rng.random() * most < now:
                env.process(traveller())

    env.process(arrivals())
    env.run(until=hours)
    return Visits(np.array(joined), np.array(stayed), np.array(served))


class Speed(NamedTuple):
    """Processor seconds of the chain and of SimPy for the same travellers, and how many SimPy really simulated."""

    travellers: float
    chain_seconds: float
    simpy_seconds: float
    simulated: int

    @property
    def ratio(self) -> float:
        """How many times as fast the chain is."""
        return self.simpy_seconds / self.chain_seconds


def speed(travellers: float = 1e6, step: float = 0.25, share: float = 0.1) -> Speed:
    """Time for a million travellers over one crossing in a hundred days, with arrivals by hour of the day and reneging.

    SimPy runs for a share of the days and is scaled linearly, which its time is.
    """
    days = 100
    rate = travellers / days / 24.0
    x = Crossing(rate=rate, service=0.1, booths=round(rate * 0.1), patience=24.0, peak=1.8)
    model, operator = compiled(x, step, days, 24)
    a = np.repeat(model.base[None], 2, axis=0)
    run_chain(model, a, operator, 1, np.arange(2))
    seconds = []
    for seed in range(5):
        began = time.process_time()
        run_chain(model, a[:1], operator, seed, np.arange(1))
        seconds.append(time.process_time() - began)
    began = time.process_time()
    visits = simpy_visits(x, share * days * 24.0, 1)
    took = time.process_time() - began
    return Speed(travellers, min(seconds), took * travellers / len(visits.joined), len(visits.joined))
