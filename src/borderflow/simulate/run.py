"""Runs of a compiled world: the chain, the mean, or agents one by one; many at once, with or without policies."""

from __future__ import annotations

import math
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from borderflow.kernels.random import POLICY
from borderflow.kernels.random import philox as _philox
from borderflow.simulate.agents import simulate_agents
from borderflow.simulate.compile import FAR_FUTURE, Model
from borderflow.simulate.engine import simulate_many
from borderflow.simulate.luck import Luck, draw_luck, no_luck
from borderflow.simulate.series import COMPARTMENTS
from borderflow.world.quantile import quantile_of

Floats = NDArray[np.float64]


class Changes(NamedTuple):
    """Dated changes of each run, (n_runs, n_changes): value, first and last day."""

    value: Floats
    start: Floats
    end: Floats


class Recording(Protocol):
    """Which series to record on which bins; observe.operator makes one."""

    @property
    def rows(self) -> NDArray[np.int64]:
        """(n_locations, n_series) row of the result, or -1 where a series is not recorded."""

    @property
    def n_rows(self) -> int:
        """Number of recorded series over all locations."""

    @property
    def bin_of(self) -> NDArray[np.int64]:
        """(n_steps,) bin of each step."""

    @property
    def n_bins(self) -> int:
        """Number of bins of time."""


def dated_changes(model: Model, a: Floats, seed: int, runs: NDArray[np.int64], happens: dict[str, NDArray[np.bool_]] | None = None) -> Changes:
    """Dated changes of each run: past shocks with their sizes from `a`; policies where `happens[name]` is true.

    Date and size of a policy are drawn by (seed, run, policy), so that every scenario that contains it shares them.
    """
    n = len(runs)
    shocks = model.shock_changes
    total = len(shocks) + sum(len(p.changes) for p in model.policies)
    value, start, end = np.ones((n, total)), np.full((n, total), FAR_FUTURE), np.full((n, total), FAR_FUTURE)
    for i, change in enumerate(shocks):
        value[:, i], start[:, i], end[:, i] = a[:, change.slot], change.start, change.end
    at = len(shocks)
    for p, policy in enumerate(model.policies):
        on = (happens or {}).get(policy.name)
        for change in policy.changes:
            if on is not None:
                for r in np.flatnonzero(on):
                    _, v = policy_luck(seed, int(runs[r]), p, 1 + change.number)
                    span = policy.last_day - policy.first_day + 1
                    first, _ = policy_luck(seed, int(runs[r]), p, 0)
                    start[r, at] = policy.first_day + math.floor(first * span) + change.start
                    end[r, at] = policy.end
                    value[r, at] = quantile_of(change.size, v)
            at += 1
    return Changes(value, start, end)


def policy_luck(seed: int, run: int, policy: int, what: int) -> tuple[float, float]:
    """Two uniforms of one policy in one run; `what` 0 decides occurrence and date, others sizes."""
    u, v = _philox(seed, run, POLICY, 0, policy, what)
    return float(u), float(v)


def policy_happens(model: Model, seed: int, runs: NDArray[np.int64]) -> dict[str, NDArray[np.bool_]]:
    """For each policy and run, whether it comes about in the mixture over announced policies."""
    return {p.name: np.array([policy_luck(seed, int(r), i, 0)[1] < p.probability for r in runs], dtype=bool) for i, p in enumerate(model.policies)}


def run_mean(model: Model, a: Floats, recording: Recording, seed: int = 0, changes: Changes | None = None) -> Floats:
    """Expected flows for each row of `a`; returns (n_runs, n_rows, n_bins)."""
    runs = np.zeros(len(a), dtype=np.int64)
    return _run(False, model, a, recording, seed, runs, changes or dated_changes(model, a, seed, runs), no_luck(model))[0]


def run_chain(
    model: Model, a: Floats, recording: Recording, seed: int, runs: NDArray[np.int64], changes: Changes | None = None, luck: Luck | None = None,
    drift_from: float = math.inf, conservation: bool = False,
) -> tuple[Floats, Floats]:  # fmt: skip
    """Chain runs: (n_runs, n_rows, n_bins), and parties by compartment (n_runs, n_bins, n_groups, 8) if asked for."""
    luck = luck or draw_luck(model, a, seed, runs, drift_from)
    return _run(True, model, a, recording, seed, runs, changes or dated_changes(model, a, seed, runs), luck, conservation)


def run_agents(
    model: Model, a: Floats, recording: Recording, seed: int, runs: NDArray[np.int64], changes: Changes | None = None, luck: Luck | None = None,
    drift_from: float = math.inf, conservation: bool = False,
) -> tuple[Floats, Floats]:  # fmt: skip
    """Runs of the same law one party at a time, with the same shared luck and the same results as `run_chain`; slow."""
    luck = luck or draw_luck(model, a, seed, runs, drift_from)
    changes = changes or dated_changes(model, a, seed, runs)
    return simulate_agents(model, a, changes, luck, recording.rows, recording.bin_of, recording.n_bins, recording.n_rows, seed, runs, conservation)


def _run(
    chain: bool, model: Model, a: Floats, recording: Recording, seed: int, runs: NDArray[np.int64], changes: Changes, luck: Luck,
    conservation: bool = False,
) -> tuple[Floats, Floats]:  # fmt: skip
    out = np.empty((len(a), recording.n_rows, recording.n_bins))
    shape = (len(a), recording.n_bins) if conservation else (1, 0)
    comp = np.zeros((*shape, model.arrays.n_groups, len(COMPARTMENTS)))
    simulate_many(
        chain, model.arrays, np.ascontiguousarray(a), changes.value, changes.start, changes.end, luck.hazard, luck.arrival, luck.service,
        recording.rows, recording.bin_of, out, comp, seed, runs,
    )  # fmt: skip
    return out, comp
