"""Four plain forecasts that are hard to beat, made from nothing but the claims known at `as_of`.

A baseline sees the history of one series: (day, value) pairs of comparable claims. It predicts in log(1 + x), takes its spread from its own
one-step-ahead errors on that history, and says nothing (None) when it has too few values. What does not belong here: the model's own forecast.

What the spread is, honestly: the error of one step (a day; for `weekly_naive` a week) is pooled with one pseudo-error of size `PRIOR_SD`, because
histories are short, never falls below `FLOOR_SD`, and grows with the square root of the steps ahead, as if errors were independent (a random
walk). The days of a total over several days are taken to err together. The reporting spread of the source is not added: it is already
in the errors of reported values. Normal in log(1 + x), cut at 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from borderflow.evidence.claim import Claim
from borderflow.forecast.scores import QUANTILES, interval_midpoint

Array = NDArray[np.float64]
History = Sequence[tuple[float, float]]
"""(day, value) pairs in order of days; days since the case's start, values per day or as stated."""

FLOOR_SD = 0.05
PRIOR_SD = 0.2
RECENT_DAYS = 7.0
"""How far back the fit of `decay_fit` looks from the last value."""
GROWTH_DAYS = 3.0
"""How far back the recent net growth of a queue looks."""
WEEKS_BACK = 4
FASTEST = math.log(2.0)
"""Largest growth or decay per day that `decay_fit` continues: a doubling a day is not a trend but an accident of two reports."""
STALE_DAYS = 28.0
"""A history that ends longer ago before the middle of the window says nothing about it: no baseline, rather than a straw man."""
SAME_DAY = 0.3
"""Values whose days differ by less [days] are of one day."""

RATE_KINDS = frozenset({"entries_per_day", "exits_per_day", "arrivals_per_day", "crossings_per_day", "people_crossed", "people_left"})
"""Quantity kinds that count people passing: one family, as people per day."""
QUEUE_KINDS = frozenset({"vehicles_queued", "people_waiting", "queue_length"})
WAIT_KINDS = frozenset({"waiting_time"})
BOUND_HEDGES = ("more than", "over", "at least", "up to", "less than", "fewer than", "under", "at most", "no more than", "exceed")
"""Hedges that make a two-sided value one-sided (the hedge wins)."""

_Z = np.array([NormalDist().inv_cdf(level) for level in QUANTILES])


class SeriesKey(NamedTuple):
    """What makes claims comparable; claims of one key form one series."""

    family: str
    place: str
    direction: str
    mode: str
    who: str


class TargetWindow(NamedTuple):
    """The window of a claim to be predicted."""

    middle: float
    """Days since the case's start."""
    days: float
    """Length of the window [days]; 0 for one moment."""
    total: bool
    """True: the sum over the window's days; False: their mean (a rate) or the value at the middle (a queue, a wait)."""


# ---------------------------------------------------------------- claims → series


def two_sided(claim: Claim) -> bool:
    """True when the claim bounds its value on both sides and its hedge does not take one away."""
    hedge = claim.hedge.lower().strip()
    return claim.value_low is not None and claim.value_high is not None and not hedge.startswith(BOUND_HEDGES)


def _is_rate(claim: Claim) -> bool:
    return claim.quantity_kind in RATE_KINDS or claim.flow in {"flow", "rate", "cumulative"}


def series_key(claim: Claim) -> SeriesKey:
    """The family of comparable claims: daily, mean and cumulative counts of people passing are one family per direction."""
    kind, direction, mode = claim.quantity_kind, claim.direction, "" if claim.mode == "all" else claim.mode
    if kind in RATE_KINDS:
        implied = {"entries_per_day": "entries", "arrivals_per_day": "entries", "exits_per_day": "exits"}.get(kind, "")
        return SeriesKey("people_per_day", claim.place, direction or implied, mode, claim.who)
    if kind == "vehicles_queued" and mode == "car":
        mode = ""  # a queue of vehicles without a mode is the queue of cars; lorries have their own kind
    return SeriesKey(kind, claim.place, direction, mode, claim.who)


def window_of(claim: Claim, start: date) -> tuple[float, float]:
    """First and last instant of the claim's window [days since start], equal for one moment.

    Without an end, the day stated is the end; without a beginning, the window is the last day before its end (a moment for an instant).
    """
    end = claim.window_end or claim.as_of + timedelta(days=1)
    begin = claim.window_start or end - timedelta(days=1)
    zero = datetime(start.year, start.month, start.day)
    first, last = ((t.replace(tzinfo=None) - zero).total_seconds() / 86400.0 for t in (begin, end))
    return min(first, last), last


def target_window(claim: Claim, start: date) -> TargetWindow:
    """The window that a baseline must predict to speak of this claim."""
    first, last = window_of(claim, start)
    total = claim.flow == "cumulative" or (claim.quantity_kind in {"people_crossed", "people_left"} and claim.flow != "rate")
    return TargetWindow(0.5 * (first + last), last - first, total and last > first)


def _daily_value(claim: Claim, start: date) -> float:
    """The claim's midpoint; totals divided by the days of their window."""
    assert claim.value_low is not None
    assert claim.value_high is not None
    value = interval_midpoint(claim.value_low, claim.value_high)
    window = target_window(claim, start)
    return value / window.days if window.total else value


def history(claims: Sequence[Claim], key: SeriesKey, as_of: date, start: date) -> list[tuple[float, float]]:
    """(day, value) of the series known at `as_of`, in order of days: only two-sided claims stated by the end of that day.

    Totals become mean rates at the middle of their window. Left out: claims marked as restating others, earlier figures for the same
    window of the same source, and totals or means whose window contains a shorter one of the series (they restate it). Values that
    several sources give for one window are averaged.
    """
    known = [c for c in claims if c.as_of.date() <= as_of and two_sided(c) and not c.duplicate_of and series_key(c) == key]
    by_window: dict[tuple[float, float], dict[str, Claim]] = {}
    for claim in sorted(known, key=lambda c: (c.as_of, c.line)):
        by_window.setdefault(window_of(claim, start), {})[claim.source] = claim
    rate = any(_is_rate(c) for c in known)
    kept = [w for w in by_window if not (rate and (w[0] == w[1] or any(_contains(w, v) for v in by_window)))]
    return sorted((0.5 * sum(w), _mean([_daily_value(c, start) for c in by_window[w].values()])) for w in kept)


def _mean(values: list[float]) -> float:
    """Geometric mean of 1 + x, less 1; the arithmetic mean where a value is negative."""
    if len(values) == 1 or min(values) < 0:
        return float(np.mean(values))
    return math.expm1(float(np.mean(np.log1p(values))))


def _contains(outer: tuple[float, float], inner: tuple[float, float]) -> bool:
    """True when `inner` is a strictly shorter window inside `outer`, and no mere moment."""
    return outer[0] <= inner[0] and inner[1] <= outer[1] and 0 < inner[1] - inner[0] < outer[1] - outer[0]


# ---------------------------------------------------------------- points: what each baseline expects

Point = Callable[[Array, Array, float], float | None]
"""(days, log(1 + values), day) → expected log(1 + value) on `day`, from a history that ends before it; None = cannot say."""


def _last_point(days: Array, logs: Array, day: float) -> float | None:
    return float(logs[-1])


def _week_point(days: Array, logs: Array, day: float) -> float | None:
    """The value of the same weekday, the latest known of the last `WEEKS_BACK` weeks."""
    for weeks in range(1, WEEKS_BACK + 1):
        gap = np.abs(days - (day - 7 * weeks))
        if gap.min() < SAME_DAY:
            return float(logs[gap.argmin()])
    return None


def _line(days: Array, values: Array, back: float) -> tuple[float, float] | None:
    """Level at the last day and slope per day of the least-squares line through the last `back` days; None without two days."""
    recent = days >= days[-1] - back
    x, y = days[recent] - days[-1], values[recent]
    if x[-1] - x[0] < SAME_DAY:
        return None
    centred = x - x.mean()
    slope = float(np.dot(centred, y) / np.dot(centred, centred))
    return float(y.mean() - slope * x.mean()), slope


def _decay_point(days: Array, logs: Array, day: float) -> float | None:
    """The log-linear trend through the last `RECENT_DAYS` days, continued; needs three values there."""
    if np.count_nonzero(days >= days[-1] - RECENT_DAYS) < 3:
        return None
    line = _line(days, logs, RECENT_DAYS)
    if line is None:
        return None
    slope = min(FASTEST, max(-FASTEST, line[1]))
    return max(0.0, line[0] + slope * (day - float(days[-1])))


def _growth_point(days: Array, logs: Array, day: float) -> float | None:
    """The last queue plus its recent net growth per day, never below an empty road."""
    values = np.expm1(logs)
    line = _line(days, values, GROWTH_DAYS) or _line(days[-2:], values[-2:], math.inf)
    return None if line is None else math.log1p(max(0.0, float(values[-1]) + line[1] * (day - float(days[-1]))))


# ---------------------------------------------------------------- spread and quantiles


def _step_sd(point: Point, days: Array, logs: Array, step: float) -> float:
    """Standard deviation of one step ahead (`step` days) from the baseline's own errors on the history."""
    squares, n = PRIOR_SD**2, 1
    for i in range(1, days.size):
        before = days < days[i] - SAME_DAY
        expected = point(days[before], logs[before], float(days[i])) if before.any() else None
        if expected is not None:
            steps = max(1.0, float(days[i] - days[before][-1]) / step)
            squares, n = squares + (logs[i] - expected) ** 2 / steps, n + 1
    return max(FLOOR_SD, math.sqrt(squares / n))


def _path(point: Point, days: Array, logs: Array, window: TargetWindow) -> tuple[list[float], float] | None:
    """Expected values on the days of the window, and how far they lie ahead of the history on average [days, at least 0].

    Days inside the history take its interpolated values: a baseline need not forecast what is known.
    """
    n = max(1, round(window.days))
    at = [window.middle + (k - 0.5 * (n - 1)) for k in range(n)] if n > 1 else [window.middle]
    values = []
    for day in at:
        known = days[0] <= day <= days[-1]
        expected = float(np.interp(day, days, logs)) if known else point(days, logs, day)
        if expected is None:
            return None
        values.append(math.expm1(expected))
    return values, sum(max(0.0, day - float(days[-1])) for day in at) / n


def _quantiles(point: Point, past: History, window: TargetWindow, step: float = 1.0) -> Array | None:
    """The 23 predictive quantiles of a baseline, (23,); None when it cannot speak."""
    days, values = np.array([d for d, _ in past], dtype=float), np.array([v for _, v in past], dtype=float)
    if days.size == 0 or window.middle - days[-1] > STALE_DAYS or values.min() < 0:
        return None  # net figures can be negative: no logarithm, no baseline
    logs = np.log1p(values)
    path = _path(point, days, logs, window)
    if path is None:
        return None
    centre = sum(path[0]) / len(path[0])
    sd = _step_sd(point, days, logs, step) * math.sqrt(max(1.0, path[1] / step))
    quantiles = np.maximum(0.0, np.expm1(math.log1p(centre) + sd * _Z))
    return quantiles * window.days if window.total else quantiles


def last_value(past: History, window: TargetWindow) -> Array | None:
    """Tomorrow as the last value known, (23,); needs one value."""
    return _quantiles(_last_point, past, window)


def weekly_naive(past: History, window: TargetWindow) -> Array | None:
    """As on the same weekday before, (23,); needs a value one to `WEEKS_BACK` weeks before each day of the window."""
    return _quantiles(_week_point, past, window, step=7.0)


def decay_fit(past: History, window: TargetWindow) -> Array | None:
    """The log-linear growth or decay of the last `RECENT_DAYS` days continued, (23,); needs three values."""
    return _quantiles(_decay_point, past, window)


def queue_at_constant_rate(past: History, window: TargetWindow, waits: History | None = None) -> Array | None:
    """The last queue plus its recent net growth, (23,); needs two days.

    past: the history of the queue. waits: when given, the quantiles are of the wait instead, which changes in proportion to the queue: last wait
    x queue then / queue at the day of the last wait; the spread stays the queue's.
    """
    queue = _quantiles(_growth_point, past, window)
    if waits is None or queue is None:
        return queue
    if not waits:
        return None
    day, wait = waits[-1]
    days, logs = np.array([d for d, _ in past]), np.log1p([v for _, v in past])
    then = math.expm1(float(np.interp(day, days, logs)))
    return queue * (wait / then) if then > 0 else None


# ---------------------------------------------------------------- all four for a claim

NAMES = ("last_value", "weekly_naive", "decay_fit", "queue_at_constant_rate")
"""In the order of the columns `wis_...` of scores.csv."""


def _queue_of(claim: Claim, claims: Sequence[Claim], as_of: date, start: date) -> History:
    """History of the queue in which the wait of the claim is spent: people for those on foot, else vehicles, else kilometres."""
    kinds = ("people_waiting",) if claim.mode == "foot" else ("vehicles_queued", "queue_length")
    for kind in kinds:
        keys = {series_key(c) for c in claims if c.quantity_kind == kind and c.place == claim.place and (c.mode != "foot" or claim.mode == "foot")}
        found = [history(claims, key, as_of, start) for key in sorted(keys)]
        longest: History = max(found, key=len, default=[])
        if len(longest) > 1:
            return longest
    return []


def baseline_quantiles(claim: Claim, claims: Sequence[Claim], as_of: date, start: date) -> dict[str, Array | None]:
    """What each baseline predicts for one claim: name → (23,) quantiles or None, in the order of `NAMES`.

    claims: any claims; those stated after `as_of` are not looked at.
    """
    past, window = history(claims, series_key(claim), as_of, start), target_window(claim, start)
    queue: Array | None = None
    if claim.quantity_kind in QUEUE_KINDS:
        queue = queue_at_constant_rate(past, window)
    elif claim.quantity_kind in WAIT_KINDS:
        queue = queue_at_constant_rate(_queue_of(claim, claims, as_of, start), window, past)
    return dict(zip(NAMES, (last_value(past, window), weekly_naive(past, window), decay_fit(past, window), queue), strict=True))
