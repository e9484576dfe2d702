"""How far simulated camps are from the data: Flee's own measures, and honest ones.

Flee's own measures compare levels on every day, interpolated days included, and reward a model for a total that it was given. The honest ones
judge daily flows of single camps between two real reports, as predictive distributions, at rolling origins, beside baselines that get the same
total. What does not belong here: running anything, files.

Source: Suleimenova, Bell & Groen 2017, doi:10.1038/s41598-017-13828-9 (averaged relative difference); Bracher et al. 2021,
doi:10.1371/journal.pcbi.1008618 (WIS).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from borderflow.flee.instance import Instance
from borderflow.forecast.scores import QUANTILES, wis

Floats = NDArray[np.float64]

HORIZON_DAYS = 60
"""A window between two reports is forecast from an origin if it begins on or after it and ends at most this many days later."""
ORIGIN_EVERY_DAYS = 30
LEAST_SPREAD = 0.05
"""Least standard deviation of a baseline's flow, as a share of the mean flow in size that its camp has had; and that of its pseudo-error."""

_Z = np.array([NormalDist().inv_cdf(level) for level in QUANTILES])


class Errors(NamedTuple):
    """Flee's own measures of runs, each (n_runs,), as semantics of out.csv define them.

    total: mean over days of sum |sim - data| / raw count; relative: the same relative to the sum of data of the day;
    rescaled: the same as `relative` after the simulated camps of each day are scaled to the sum of data.
    """

    total: Floats
    relative: Floats
    rescaled: Floats


class Window(NamedTuple):
    """The time between two successive reports of one camp: what a flow is observed over."""

    camp: int
    first: int
    last: int
    """Days since the start; the flow is (value at `last` - value at `first`) / (last - first)."""


class FlowScores(NamedTuple):
    """Mean WIS of daily flows [agents a day] over origins and windows, of the model and of the baselines, and what they rest on."""

    n: int
    model: float
    frozen_shares: float
    last_value: float
    in50: float
    in90: float
    """Shares of observed flows inside the model's central intervals."""


def flee_errors(sim: Floats, data: Floats, raw: Floats, first_day: int = 0) -> Errors:
    """Flee's measures over the days from `first_day` on. sim: (n_runs, n_days, n_camps); data: (n_days, n_camps); raw: (n_days,)."""
    s, d, r = sim[:, first_day:].astype(float), data[first_day:].astype(float), raw[first_day:].astype(float)
    all_d, all_s = d.sum(axis=1), s.sum(axis=2)
    off = np.abs(s - d).sum(axis=2)
    scaled = s * np.divide(all_d, all_s, out=np.zeros_like(all_s), where=all_s > 0)[:, :, None]
    off_scaled = np.abs(scaled - d).sum(axis=2)
    base = np.maximum(1.0, all_d)
    total = np.divide(off, r, out=np.zeros_like(off), where=r > 0)
    return Errors(total.mean(axis=1), (off / base).mean(axis=1), (off_scaled / base).mean(axis=1))


def windows_of(report_days: Sequence[Sequence[int]], n_days: int) -> list[Window]:
    """Windows between successive reports inside the simulated days; report_days: of each camp, in any order."""
    found = []
    for camp, days in enumerate(report_days):
        inside = sorted({d for d in days if 0 <= d < n_days})
        found += [Window(camp, a, b) for a, b in itertools.pairwise(inside)]
    return found


def origins_of(n_days: int) -> list[int]:
    """Rolling origins: every `ORIGIN_EVERY_DAYS` days."""
    return list(range(ORIGIN_EVERY_DAYS, n_days - 1, ORIGIN_EVERY_DAYS))


def report_days(instance: Instance) -> list[list[int]]:
    """For each camp of out.csv the days on which one of its files has a row, before the start included; days between are interpolated."""
    rows = {row.name: row for row in reversed(instance.data)}
    names = [instance.names[i] for i in instance.camps]
    return [sorted({d for s in rows[name].series for d in s.days}) if name in rows else [] for name in names]


def ahead(windows: Sequence[Window], origin: int) -> list[Window]:
    """The windows that are forecast from an origin."""
    return [w for w in windows if w.first >= origin and w.last <= origin + HORIZON_DAYS]


def flow(values: Floats, window: Window) -> Floats:
    """Mean daily change over a window, (...); values: (..., n_days, n_camps)."""
    return np.asarray((values[..., window.last, window.camp] - values[..., window.first, window.camp]) / (window.last - window.first))


class Known(NamedTuple):
    """The last report of each camp on or before an origin: its value and its day, (n_camps,); 0 on day 0 without one."""

    level: Floats
    day: NDArray[np.int64]

    def shares(self, total: Floats) -> Floats:
        """Share of each camp in the total of the day of its own report, made to add up to 1; equal before anything is known. total: (n_days,)."""
        base = np.maximum(total[self.day], 1.0)
        share = self.level / base
        return np.asarray(share / share.sum() if share.sum() > 0 else np.full(len(share), 1.0 / len(share)))


def known(data: Floats, report_days: Sequence[Sequence[int]], origin: int) -> Known:
    """What is reported up to the origin. Interpolated days are not known then: they rest on a later report."""
    level, day = np.zeros(data.shape[1]), np.zeros(data.shape[1], dtype=np.int64)
    for camp, days in enumerate(report_days):
        before = [d for d in days if d <= origin and d < len(data)]
        if before:
            day[camp] = max(0, max(before))
            level[camp] = data[day[camp], camp]
    return Known(level, day)


def frozen_shares(data: Floats, reported: Known, window: Window) -> float:
    """Flow of a camp that keeps its share of the total, which is given."""
    total = data.sum(axis=1)
    return float(reported.shares(total)[window.camp] * (total[window.last] - total[window.first]) / (window.last - window.first))


def last_flow(data: Floats, windows: Sequence[Window], window: Window, origin: int) -> float:
    """The flow of the last window of the camp that ended on or before the origin; 0 without one."""
    past = [w for w in windows if w.camp == window.camp and w.last <= origin]
    return float(flow(data, max(past, key=lambda w: w.last))) if past else 0.0


def _spread(errors: Sequence[float], size: float) -> float:
    """Standard deviation of a baseline from its own past errors and one pseudo-error."""
    floor = LEAST_SPREAD * max(size, 1.0)
    return max(floor, math.sqrt((math.fsum(e * e for e in errors) + size**2) / (len(errors) + 1))) if errors else max(floor, size)


def flow_errors(data: Floats, report_days: Sequence[Sequence[int]], origin: int) -> Floats:
    """Error of frozen shares in the daily flow of each camp before the origin, as a share of the flow of all camps in size, (n_camps,).

    A camp without a past window has the middle of the others.
    """
    windows, total = windows_of(report_days, len(data)), data.sum(axis=1)
    found = np.full(data.shape[1], np.nan)
    for camp in range(data.shape[1]):
        past = [w for w in windows if w.camp == camp and w.last <= origin]
        if past:
            off = [float(flow(data, w)) - frozen_shares(data, known(data, report_days, w.first), w) for w in past]
            size = math.fsum((float(total[w.last] - total[w.first]) / (w.last - w.first)) ** 2 for w in past)
            found[camp] = math.sqrt((math.fsum(e * e for e in off)) / size) if size > 0.0 else np.nan
    return np.where(np.isnan(found), np.nanmedian(found) if not np.isnan(found).all() else 1.0 / data.shape[1], found)


def baseline_quantiles(
    data: Floats, report_days: Sequence[Sequence[int]], windows: Sequence[Window], window: Window, origin: int
) -> tuple[Floats, Floats]:
    """Predictive quantiles of both baselines for one window, (23,) each: normal, with the spread of their own errors before the origin."""
    past = [w for w in windows if w.camp == window.camp and w.last <= origin]
    observed = [float(flow(data, w)) for w in past]
    size = float(np.mean(np.abs(observed))) if observed else 1.0
    reported = known(data, report_days, origin)
    frozen_off, last_off = [], []
    for w, y in zip(past, observed, strict=True):
        then = known(data, report_days, w.first)
        frozen_off.append(y - frozen_shares(data, then, w))
        last_off.append(y - last_flow(data, windows, w, w.first))
    frozen = frozen_shares(data, reported, window) + _spread(frozen_off, size) * _Z
    last = last_flow(data, windows, window, origin) + _spread(last_off, size) * _Z
    return frozen, last


def flow_scores(
    samples_at: Sequence[tuple[int, Floats]], data: Floats, report_days: Sequence[Sequence[int]], windows: Sequence[Window] | None = None
) -> FlowScores:
    """Scores over origins. samples_at: (origin, samples (n_samples, n_days, n_camps)); of the samples only days after the origin count."""
    every = windows_of(report_days, len(data)) if windows is None else windows
    scores: list[tuple[float, float, float]] = []
    in50 = in90 = 0
    for origin, samples in samples_at:
        for window in ahead(every, origin):
            y = float(flow(data, window))
            model = np.quantile(flow(samples.astype(float), window), QUANTILES)
            frozen, last = baseline_quantiles(data, report_days, every, window, origin)
            scores.append((float(wis(model, QUANTILES, y)), float(wis(frozen, QUANTILES, y)), float(wis(last, QUANTILES, y))))
            at = dict(zip(QUANTILES, model.tolist(), strict=True))
            in50 += at[0.25] <= y <= at[0.75]
            in90 += at[0.05] <= y <= at[0.95]
    n = len(scores)
    if n == 0:
        return FlowScores(0, math.nan, math.nan, math.nan, math.nan, math.nan)
    model_mean, frozen_mean, last_mean = np.mean(np.array(scores), axis=0).tolist()
    return FlowScores(n, model_mean, frozen_mean, last_mean, in50 / n, in90 / n)
