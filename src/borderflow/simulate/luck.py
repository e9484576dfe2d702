"""Luck shared by many people: daily shocks and drift, drawn by address so that any run can be repeated alone."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from borderflow.compiled import njit
from borderflow.kernels.random import DRIFT, SHOCK_ARRIVAL, SHOCK_HAZARD, SHOCK_SERVICE, normal
from borderflow.simulate.compile import Model
from borderflow.simulate.layout import ONE

SD_AT = ONE.index("hazard_shock_sd")


class Luck(NamedTuple):
    """Multipliers of mean 1. hazard: (n_runs, n_days); arrival: (n_runs, n_countries, 2, n_days); service: (n_runs, n_gates, n_days)."""

    hazard: NDArray[np.float64]
    arrival: NDArray[np.float64]
    service: NDArray[np.float64]


def no_luck(model: Model) -> Luck:
    """Luck of the mean engine: every multiplier 1, one entry for all runs."""
    m = model.arrays
    return Luck(np.ones((1, model.n_days)), np.ones((1, m.n_countries, 2, model.n_days)), np.ones((1, m.n_gates, model.n_days)))


def draw_luck(model: Model, a: NDArray[np.float64], seed: int, runs: NDArray[np.int64], drift_from: float = math.inf) -> Luck:
    """Daily shocks of each run, and from day `drift_from` on a random walk of demand by country and of service by gate.

    a: (n_runs, n_attributes), whose spreads are used.
    """
    m = model.arrays
    n = len(runs)
    luck = Luck(np.ones((n, model.n_days)), np.ones((n, m.n_countries, 2, model.n_days)), np.ones((n, m.n_gates, model.n_days)))
    _fill(luck.hazard, luck.arrival, luck.service, a[:, m.o_one + SD_AT : m.o_one + SD_AT + 4], seed, runs, drift_from)
    return luck


@njit(cache=True)
def _fill(hazard, arrival, service, sd, seed, runs, drift_from):
    n_runs, n_days = hazard.shape
    n_countries = arrival.shape[1]
    n_gates = service.shape[1]
    for i in range(n_runs):
        run = runs[i]
        for d in range(n_days):
            hazard[i, d] = math.exp(sd[i, 0] * normal(seed, run, SHOCK_HAZARD, d, 0) - 0.5 * sd[i, 0] ** 2)
        for c in range(n_countries):
            for way in range(2):
                walk = 0.0
                for d in range(n_days):
                    if d >= drift_from:
                        walk += sd[i, 3] * normal(seed, run, DRIFT, d, 2 * c + way) - 0.5 * sd[i, 3] ** 2
                    x = sd[i, 1] * normal(seed, run, SHOCK_ARRIVAL, d, 2 * c + way) - 0.5 * sd[i, 1] ** 2
                    arrival[i, c, way, d] = math.exp(x + walk)
        for k in range(n_gates):
            walk = 0.0
            for d in range(n_days):
                if d >= drift_from:
                    # service drifts half as much as demand: officers and lanes change more slowly than wishes
                    walk += 0.5 * sd[i, 3] * normal(seed, run, DRIFT, d, 2 * n_countries + k) - 0.125 * sd[i, 3] ** 2
                x = sd[i, 2] * normal(seed, run, SHOCK_SERVICE, d, k) - 0.5 * sd[i, 2] ** 2
                service[i, k, d] = math.exp(x + walk)
