"""Movement parameters and attractiveness of camps from the first part of an instance's data, and a forecast of the rest with bands.

The unknowns are few, independent standard normals, shrunk towards the instance's own settings; the ensemble Kalman step is that of every case
(`calibrate.start`), on runs of the chain. A forecast begins at the last reports: simulated changes since then are added to them. What the
method leaves out beside a case's calibration, and why, is in docs/decisions/0015. What does not belong here: files.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from borderflow.calibrate.start import kalman_update
from borderflow.flee import score
from borderflow.flee.arrays import Plan, retune
from borderflow.flee.engine import simulate

Floats = NDArray[np.float64]
Progress = Callable[[str, int, int], None]

MEMBERS = 100
STEPS = 4
"""Kalman steps; each counts the data for a quarter."""
ATTRACTION_SD = 0.8
"""Prior standard deviation of the logarithm of a camp's attractiveness."""
TUNED: tuple[tuple[str, str, float], ...] = (
    ("default_movechance", "odds", 0.7),
    ("camp_movechance", "odds", 0.7),
    ("camp_weight", "factor", 0.4),
    ("conflict_weight", "factor", 0.4),
    ("softening", "factor", 0.5),
    ("distance_power", "factor", 0.2),
    ("max_move_speed", "factor", 0.3),
)
"""Settings that are fitted: name, scale on which they are normal, prior standard deviation there."""
OBSERVED = 10
"""Reports of a camp that are fitted at most, evenly spread, the last among them."""
ERROR_SHARE, ERROR_FLOOR = 0.2, 0.01
"""Standard deviation of simulated minus reported, relative to the camp and to all camps: the model's, not the source's."""
MEMORY_DAYS = 60.0
"""How long such an error lasts."""
DRIFT = 0.5
"""Random walk of a camp's log attractiveness after the last report: standard deviation after 30 days."""
FLOW_MEMORY_DAYS = 30.0
"""How long an error in the daily flow of a camp lasts; its size is that of past errors."""
LEVEL_NOISE = 0.0005
"""Least error of a daily flow, as a share of the people there."""
LATELY_DAYS = (20.0, 120.0)
"""How far back a member looks for the shares of lately: log-uniform between these."""


@dataclass(frozen=True)
class Posterior:
    """Members of the ensemble. z: (n, n_unknowns); names: of the unknowns; values: (n, n_unknowns) in their own units."""

    until: int
    names: tuple[str, ...]
    z: Floats
    values: Floats
    first_guess: Floats
    """The instance's own values, (n_unknowns,)."""


def tuned(plan: Plan) -> list[tuple[str, str, float]]:
    """The settings that can be fitted for this plan: those whose value is not at an end of its range."""
    s = plan.instance.settings
    return [(name, scale, sd) for name, scale, sd in TUNED if getattr(s, name) > 0 and (scale == "factor" or getattr(s, name) < 1)]


def values_of(plan: Plan, z: Floats) -> Floats:
    """Unknowns in their own units, (n, n_unknowns): multipliers of the camps, then settings."""
    n_camps = len(plan.camps)
    out = np.exp(ATTRACTION_SD * z)
    for k, (name, scale, sd) in enumerate(tuned(plan), start=n_camps):
        now = getattr(plan.instance.settings, name)
        moved = np.exp(sd * z[:, k])
        out[:, k] = now * moved if scale == "factor" else now * moved / (1.0 - now + now * moved)
    return out


def plan_of(plan: Plan, values: Floats) -> Plan:
    """The plan of one member; values: (n_unknowns,)."""
    n_camps = len(plan.camps)
    settings: dict[str, Any] = {name: float(v) for (name, _, _), v in zip(tuned(plan), values[n_camps:], strict=True)}
    return retune(plan, dict(zip(plan.camps, values[:n_camps].tolist(), strict=True)), **settings)


def run_members(plans: list[Plan], seed: int, report: Callable[[int], None]) -> Floats:
    """Agents in camps, (n_members, n_days, n_camps), one run each."""
    found = []
    for k, plan in enumerate(plans):
        found.append(simulate(plan, 1, seed, first_run=k, threads=1).counts[0])
        report(k + 1)
    return np.array(found, dtype=np.float64)


def observed_at(report_days: list[list[int]], until: int) -> list[tuple[int, int]]:
    """(camp, day) of the reports that are fitted: at most `OBSERVED` of each camp, none after `until`."""
    found = []
    for camp, days in enumerate(report_days):
        known = sorted({d for d in days if 0 < d <= until})
        chosen = {known[i] for i in np.linspace(0, len(known) - 1, OBSERVED).round().astype(int)} if known else set()
        found += [(camp, d) for d in sorted(chosen)]
    return found


def error_cov(at: list[tuple[int, int]], y: Floats) -> Floats:
    """Covariance of simulated minus reported, relative to all camps: lasting within a camp, plus a part of each report alone."""
    sd = ERROR_FLOOR + ERROR_SHARE * np.abs(y)
    camp, day = np.array([c for c, _ in at]), np.array([d for _, d in at], dtype=np.float64)
    same = (camp[:, None] == camp[None, :]) * np.exp(-np.abs(day[:, None] - day[None, :]) / MEMORY_DAYS)
    return np.asarray(np.outer(sd, sd) * (0.8 * same + 0.2 * np.eye(len(at))))


def calibrate(plan: Plan, report_days: list[list[int]], until: int, seed: int, members: int = MEMBERS, progress: Progress | None = None) -> Posterior:
    """The ensemble after the reports up to day `until`. plan: of the days 0 .. until at least.

    Raises ValueError without reports to fit to.
    """
    rng = np.random.default_rng([seed, 1])
    n_unknowns = len(plan.camps) + len(tuned(plan))
    at = observed_at(report_days, until)
    if not at:
        raise ValueError(f"no camp has a report between day 1 and day {until}")
    size = max(1.0, float(plan.data[until].sum()))
    camp, day = np.array([c for c, _ in at]), np.array([d for _, d in at])
    y = plan.data[day, camp] / size
    r_cov = error_cov(at, y)
    r_root = np.linalg.cholesky(r_cov)
    z = rng.standard_normal((members, n_unknowns))
    for step in range(STEPS):

        def report(done: int, step: int = step) -> None:
            if progress is not None:
                progress("calibrating", step * members + done, STEPS * members)

        counts = run_members([plan_of(plan, v) for v in values_of(plan, z)], seed + 1 + step, report)
        x = counts[:, day, camp] / size
        z = kalman_update(z, x, y - x, r_cov, r_root, float(STEPS), rng)
    names = (*(f"attractiveness of {c}" for c in plan.camps), *(name for name, _, _ in tuned(plan)))
    return Posterior(until, names, z, values_of(plan, z), values_of(plan, np.zeros((1, n_unknowns)))[0])


def drifted(plan: Plan, until: int, rng: np.random.Generator) -> Plan:
    """The plan with camps whose attractiveness wanders after day `until`."""
    score_by_day = plan.arrays.score.copy()
    ahead = len(score_by_day) - until - 1
    steps = rng.standard_normal((max(ahead, 0), len(plan.camps))) * DRIFT / math.sqrt(30.0)
    score_by_day[until + 1 :, plan.arrays.recorded] *= np.exp(np.cumsum(steps, axis=0))
    return replace(plan, arrays=plan.arrays._replace(score=score_by_day))


def from_last_reports(counts: Floats, reported: score.Known, total: Floats) -> Floats:
    """Simulated changes since the last report of each camp added to it, then scaled to the total of each day, which Flee is given too.

    counts: (n, n_days, n_camps); total: (n_days,). Of use after the last report.
    """
    then = counts[:, reported.day, np.arange(counts.shape[2])]
    moved = np.maximum(reported.level + counts - then[:, None, :], 0.0)
    return moved * _factor(total, moved)[..., None]


def shared_out(reported: score.Known, earlier: score.Known, total: Floats) -> tuple[Floats, Floats]:
    """Two plain ways to share out the total of each day, each (n_days, n_camps): as people are now, and with newcomers as they came lately.

    reported, earlier: the last reports now and some time ago; total: (n_days,).
    """
    shares = reported.shares(total)
    frozen = total[:, None] * shares
    came = np.maximum(reported.level - earlier.level, 0.0)
    came = came / came.sum() if came.sum() > 0 else shares
    rise = total[:, None] - total[reported.day]
    lately = np.maximum(reported.level + np.where(rise > 0, rise * came, rise * shares), 0.0)
    return frozen, lately * _factor(total, lately)[:, None]


def with_newcomers(view: Floats, simulated: Floats, reported: score.Known, total: Floats) -> Floats:
    """A plain view (n_days, n_camps) of the camps that have people; those where nobody has been reported yet are left to the simulation."""
    new = reported.level == 0
    if new.all() or not new.any():
        return view
    rest = np.maximum(total - simulated[:, new].sum(axis=1), 0.0)
    out = simulated.copy()
    out[:, ~new] = view[:, ~new] * _factor(rest, view[:, ~new])[:, None]
    return out


def _factor(total: Floats, camps: Floats) -> Floats:
    """What camps (..., n_days, n_camps) are to be multiplied with to add up to the total of the day."""
    everyone = camps.sum(axis=-1)
    return np.asarray(np.divide(np.broadcast_to(total, everyone.shape), everyone, out=np.zeros_like(everyone), where=everyone > 0))


def flow_noise(share: Floats, reported: score.Known, total: Floats, n: int, until: int, rng: np.random.Generator) -> Floats:
    """What errors in daily flows since day `until` have added up to, (n, n_days, n_camps).

    What no view knows of: camps registered anew, roads, rains, people moved by others. A flow is off for weeks (Ornstein-Uhlenbeck), by a share
    of the flow of all camps these weeks, which is given, and a small one of its own level. share: (n_camps,); total: (n_days,).
    """
    change = np.abs(np.diff(total, prepend=total[0]))
    weeks = np.ones(int(FLOW_MEMORY_DAYS))
    around = np.convolve(change, weeks, mode="same") / np.convolve(np.ones(len(change)), weeks, mode="same")
    sd = np.hypot(share * around[:, None], LEVEL_NOISE * reported.level)
    out = np.zeros((n, len(total), len(share)))
    keep = math.exp(-1.0 / FLOW_MEMORY_DAYS)
    state = rng.standard_normal((n, len(share)))
    for t in range(until + 1, len(total)):
        out[:, t] = out[:, t - 1] + sd[t] * state
        state = keep * state + math.sqrt(1.0 - keep**2) * rng.standard_normal((n, len(share)))
    return out


def forecast(plan: Plan, posterior: Posterior, report_days: list[list[int]], seed: int, progress: Progress | None = None) -> Floats:
    """Agents in camps by sample, day and camp, (4 n, n_days, n_camps), four samples a member; of use from day `until` + 1 on.

    Each member believes in the simulation, in shares that stay and in shares of lately with weights of its own, uniform on the simplex. Of a camp
    without anybody so far, only the simulation knows something.
    """
    rng = np.random.default_rng([seed, 2])
    data, until, n = plan.data.astype(np.float64), posterior.until, len(posterior.z)
    total = data.sum(axis=1)

    def report(done: int) -> None:
        if progress is not None:
            progress("forecasting", done, n)

    plans = [drifted(plan_of(plan, v), until, rng) for v in posterior.values]
    reported = score.known(data, report_days, until)
    simulated = from_last_reports(run_members(plans, seed + 100, report), reported, total)
    weights = rng.dirichlet(np.ones(3), n)
    back = np.exp(rng.uniform(math.log(LATELY_DAYS[0]), math.log(LATELY_DAYS[1]), n)).round().astype(int)
    for k in range(n):
        views = shared_out(reported, score.known(data, report_days, max(0, until - int(back[k]))), total)
        frozen, lately = (with_newcomers(view, simulated[k], reported, total) for view in views)
        simulated[k] = weights[k, 0] * simulated[k] + weights[k, 1] * frozen + weights[k, 2] * lately
    noise = flow_noise(score.flow_errors(data, report_days, until), reported, total, 2 * n, until, rng)
    noisy = np.maximum(np.concatenate([simulated + sign * noise[i::2] for i in range(2) for sign in (1.0, -1.0)]), 0.0)
    return noisy * _factor(total, noisy)[..., None]
