"""What the mechanism does on the shipped case, read from the draws of its run: queue against flow, waits on foot against by car, the deadline."""

from __future__ import annotations

import csv
from datetime import date

import numpy as np
import pytest
from shipped import run_folder
from synthetic import SHIPPED

from borderflow.io.case import read_case
from borderflow.world.quantile import quantile_of

pytestmark = pytest.mark.verification

PASS = "Verkhny Lars / Dariali"
SURE = 0.9
"""Share of draws in which a statement must hold."""


class Draws:
    """Daily series of the pass, (n_draws, n_days) each."""

    def __init__(self) -> None:
        file = np.load(run_folder(read_case(SHIPPED).seed) / "draws.npz", allow_pickle=False)
        self.first = date.fromisoformat(str(file["first_day"]))
        locations, series = list(file["recorded_locations"]), list(file["recorded_series"])
        at = locations.index(PASS)
        self.rows = {series[s]: file["recorded"][:, i].astype(float) for i, (loc, s) in enumerate(file["recorded_rows"]) if loc == at}

    def __call__(self, name: str, day: int) -> np.ndarray:
        """A series on a day of September 2022."""
        return self.rows[name][:, (date(2022, 9, day) - self.first).days]


@pytest.fixture(scope="module")
def draws() -> Draws:
    return Draws()


def told(name: str, values: np.ndarray) -> None:
    low, middle, high = np.quantile(values, (0.05, 0.5, 0.95))
    print(f"  {name}: {middle:.3g} (90 % {low:.3g} to {high:.3g})")


def test_the_queue_grows_while_the_flow_stays_flat(draws: Draws) -> None:
    """From 23 to 26 September, the day of the foot lane: the queue of cars at the pass, and the cars that pass."""
    queue = draws("queue_cars", 26) / np.maximum(draws("queue_cars", 23), 1.0)
    flow = draws("cars_out", 26) / draws("cars_out", 23)
    print(f"\n{PASS}, 26 over 23 September")
    told("queue of cars", queue)
    told("cars that passed", flow)
    told("ratio of the two", queue / flow)
    assert np.mean(queue > 1.5) >= SURE
    assert np.mean(queue / flow > 1.5) >= SURE


def test_the_foot_lane_splits_the_waits(draws: Draws) -> None:
    """Hours waited by those who crossed by car and on foot, on the day when people on foot were let through and on the day after."""
    print(f"\n{PASS}, hours")
    assert draws("wait_foot_n", 24).max() == 0.0
    for day in (26, 27):
        car = draws("wait_car_sum", day) / np.maximum(draws("wait_car_n", day), 1.0)
        foot = draws("wait_foot_sum", day) / np.maximum(draws("wait_foot_n", day), 1.0)
        told(f"{day} September, wait by car", car)
        told(f"{day} September, wait on foot", foot)
        assert np.mean(car > foot) >= SURE


def test_the_deadline_has_a_posterior() -> None:
    """How much the believed closing date raises departures, against its prior: claims narrow it, as a ratio, for the prior is lognormal."""
    case = read_case(SHIPPED)
    prior = next(p for p in case.priors if p.name == "deadline_boost")
    with (run_folder(case.seed) / "posterior.csv").open(encoding="utf-8", newline="") as file:
        values = np.array([float(row["deadline_boost"]) for row in csv.DictReader(file)])
    low, middle, high = (quantile_of(prior.dist, u) for u in (0.05, 0.5, 0.95))
    print(f"\ndeadline_boost, prior: {middle:.2f} (90 % {low:.2f} to {high:.2f})")
    told("posterior", values)
    assert np.quantile(values, 0.95) / np.quantile(values, 0.05) < 0.9 * high / low
