"""Scores of predictive distributions against claims: WIS, CRPS, PIT, coverage, relative skill.

Pure functions of arrays: no claims, no files. Lower scores are better. Which samples belong to which claim is decided elsewhere.

Source: Bracher et al. 2021, doi:10.1371/journal.pcbi.1008618 (WIS and its parts); Bosse et al. 2023, doi:10.1371/journal.pcbi.1011393 (log scale).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

QUANTILES: tuple[float, ...] = (0.01, 0.025, *(round(0.05 * k, 2) for k in range(1, 20)), 0.975, 0.99)
"""The 23 levels of the forecast hubs."""

ONE_ZERO_RATIO = 100.0
"""A pair of scores of which exactly one is zero has no finite logarithm; it counts as this ratio, either way."""


class WisParts(NamedTuple):
    """WIS as the sum of its three parts; each of the shape of y."""

    dispersion: Array
    overprediction: Array
    underprediction: Array

    @property
    def total(self) -> Array:
        """The weighted interval score."""
        return self.dispersion + self.overprediction + self.underprediction


class ScoreRow(NamedTuple):
    """The scored columns of scores.csv for one claim, in the order of the contract; None = empty."""

    observed_low: float | None
    observed_high: float | None
    q025: float
    q10: float
    q25: float
    q50: float
    q75: float
    q90: float
    q975: float
    pit: float | None
    p_true: float | None
    in50: bool | None
    in80: bool | None
    in95: bool | None
    crps: float | None
    wis: float | None


class Coverage(NamedTuple):
    """Shares of two-sided claims inside their central intervals; NaN when there are none."""

    n: int
    in50: float
    in80: float
    in95: float


class Skill(NamedTuple):
    """Geometric means of WIS ratios, model over baseline: below 1, the model is better; NaN without pairs."""

    n: int
    natural: float
    log1p: float


def _finite_samples(samples: ArrayLike) -> Array:
    """One-dimensional finite samples; raises ValueError otherwise, because a silent drop would flatter the forecast."""
    x = np.asarray(samples, dtype=np.float64)
    if x.ndim != 1 or x.size == 0 or not np.isfinite(x).all():
        raise ValueError(f"samples must be a non-empty one-dimensional array of finite numbers, not {x.size} values of shape {x.shape}")
    return x


def crps_sample(samples: ArrayLike, y: float, *, fair: bool = False) -> float:
    """Continuous ranked probability score of an ensemble against y, in the unit of y.

    samples: (n,). Exact for the empirical distribution in O(n log n): mean |x - y| - sum |x_i - x_j| / (2 n^2).
    fair: divide by n (n - 1) instead, which is unbiased for the distribution that the samples come from (needs n >= 2).
    """
    x = np.sort(_finite_samples(samples))
    n = x.size
    if fair and n < 2:
        raise ValueError("the fair CRPS needs at least 2 samples, not 1")
    # sum over i < j of (x_j - x_i), from the sorted samples; the half of the full double sum
    half_sum = float(np.dot(2.0 * np.arange(n) - n + 1.0, x))
    return float(np.mean(np.abs(x - y))) - half_sum / (n * (n - 1) if fair else n * n)


def _symmetric(levels: Sequence[float]) -> Array:
    """Levels as an array, checked: rising, odd in number, symmetric around a median."""
    tau = np.asarray(levels, dtype=np.float64)
    if tau.size % 2 == 0 or not np.allclose(tau + tau[::-1], 1.0) or np.any(np.diff(tau) <= 0):
        raise ValueError(f"levels {list(levels)} must rise and be symmetric around a median 0.5")
    return tau


def wis_parts(quantile_values: ArrayLike, levels: Sequence[float], y: ArrayLike) -> WisParts:
    """Dispersion, over- and underprediction of the weighted interval score, each (...).

    quantile_values: (..., n_levels) at `levels`, rising; y: (...).
    Notes: (|y - m| / 2 + sum_k alpha_k / 2 x IS_k) / (K + 1/2) over the K central intervals and the median m.
    """
    tau = _symmetric(levels)
    q = np.asarray(quantile_values, dtype=np.float64)
    if q.shape[-1] != tau.size:
        raise ValueError(f"{q.shape[-1]} quantile values do not match {tau.size} levels")
    obs = np.asarray(y, dtype=np.float64)[..., None]
    k = tau.size // 2
    low, median, high = q[..., :k], q[..., k], q[..., :k:-1]
    norm = k + 0.5
    dispersion = np.sum(tau[:k] * (high - low), axis=-1) / norm  # tau of the lower end is alpha / 2
    over = (np.sum(np.maximum(low - obs, 0.0), axis=-1) + 0.5 * np.maximum(median - obs[..., 0], 0.0)) / norm
    under = (np.sum(np.maximum(obs - high, 0.0), axis=-1) + 0.5 * np.maximum(obs[..., 0] - median, 0.0)) / norm
    return WisParts(dispersion, over, under)


def wis(quantile_values: ArrayLike, levels: Sequence[float], y: ArrayLike) -> Array:
    """Weighted interval score in the hub's definition, (...), in the unit of y; arguments as in `wis_parts`."""
    return wis_parts(quantile_values, levels, y).total


def log1p_wis(quantile_values: ArrayLike, levels: Sequence[float], y: ArrayLike) -> Array:
    """WIS of log(1 + x) of quantiles and observation, (...); negative values count as 0."""
    q, obs = np.asarray(quantile_values, dtype=np.float64), np.asarray(y, dtype=np.float64)
    return wis(np.log1p(np.maximum(q, 0.0)), levels, np.log1p(np.maximum(obs, 0.0)))


def interval_midpoint(low: float, high: float) -> float:
    """The one number that stands for an interval: the geometric middle if low > 0, else the arithmetic one."""
    if low > high:
        raise ValueError(f"low {low:g} must not be above high {high:g}")
    if low == high:
        return low
    return math.sqrt(low) * math.sqrt(high) if low > 0 else 0.5 * (low + high)


def pit(samples: ArrayLike, y: float) -> float:
    """Share of samples below y, ties counted half, so that counts need no random numbers; in [0, 1]."""
    x = _finite_samples(samples)
    return float(np.mean(x < y) + 0.5 * np.mean(x == y))


def p_true(samples: ArrayLike, low: float | None, high: float | None) -> float:
    """Predictive probability that a statement with these bounds holds: P(low <= sample <= high); None = no bound."""
    x = _finite_samples(samples)
    if low is None and high is None:
        raise ValueError("a statement needs a low or a high bound")
    holds = np.ones(x.shape, dtype=bool)
    if low is not None:
        holds &= x >= low
    if high is not None:
        holds &= x <= high
    return float(np.mean(holds))


def score_row(samples: ArrayLike, low: float | None, high: float | None) -> ScoreRow:
    """Scores of one claim, columns as in scores.csv.

    samples: (n,), what the source would say. Two bounds: scored at the interval's midpoint. One bound: `p_true` and the quantiles
    only, so that it stays out of coverage and WIS.
    """
    x = _finite_samples(samples)
    q = np.quantile(x, QUANTILES)
    at = dict(zip(QUANTILES, q.tolist(), strict=True))
    shown = (at[0.025], at[0.1], at[0.25], at[0.5], at[0.75], at[0.9], at[0.975])
    if low is None or high is None:
        return ScoreRow(low, high, *shown, None, p_true(x, low, high), None, None, None, None, None)
    y = interval_midpoint(low, high)
    inside = (at[0.25] <= y <= at[0.75], at[0.1] <= y <= at[0.9], at[0.025] <= y <= at[0.975])
    return ScoreRow(low, high, *shown, pit(x, y), None, *inside, crps_sample(x, y), float(wis(q, QUANTILES, y)))


def relative_skill(wis_model: Iterable[float | None], wis_baseline: Iterable[float | None]) -> float:
    """Geometric mean of paired ratios model / baseline; below 1, the model is better; NaN without pairs.

    Pairs with an empty side (None or NaN: the baseline could not speak) are left out. Two zeros count as 1, one zero as
    `ONE_ZERO_RATIO` or its inverse, so that one exact hit does not decide everything.
    """
    logs = [_log_ratio(m, b) for m, b in zip(wis_model, wis_baseline, strict=True) if m is not None and b is not None and math.isfinite(m + b)]
    return math.exp(math.fsum(logs) / len(logs)) if logs else math.nan


def _log_ratio(model: float, baseline: float) -> float:
    """log(model / baseline) with the rule for zeros of `relative_skill`."""
    if model < 0 or baseline < 0:
        raise ValueError(f"scores {model:g} and {baseline:g} must not be negative")
    if model > 0 and baseline > 0:
        return math.log(model) - math.log(baseline)
    if model == baseline:
        return 0.0
    return math.log(ONE_ZERO_RATIO) * (1 if model > 0 else -1)


def skill(
    model_quantiles: ArrayLike, baseline_quantiles: Sequence[ArrayLike | None], y: Sequence[float], levels: Sequence[float] = QUANTILES
) -> Skill:
    """Relative skill on the natural and on the log(1 + x) scale, over the claims where the baseline speaks.

    model_quantiles: (n_claims, n_levels); baseline_quantiles: n_claims arrays (n_levels,) or None; y: n_claims observations.
    """
    q = np.asarray(model_quantiles, dtype=np.float64)
    speaks = [i for i, b in enumerate(baseline_quantiles) if b is not None]
    if not speaks:
        return Skill(0, math.nan, math.nan)
    model, obs = q[speaks], np.asarray(y, dtype=np.float64)[speaks]
    base = np.asarray([baseline_quantiles[i] for i in speaks], dtype=np.float64)
    natural = relative_skill(wis(model, levels, obs).tolist(), wis(base, levels, obs).tolist())
    logs = relative_skill(log1p_wis(model, levels, obs).tolist(), log1p_wis(base, levels, obs).tolist())
    return Skill(len(speaks), natural, logs)


def coverage(rows: Iterable[ScoreRow]) -> Coverage:
    """Shares of the two-sided claims that lie in their 50, 80 and 95 % intervals; one-sided ones stay out."""
    scored = [r for r in rows if r.in50 is not None]
    if not scored:
        return Coverage(0, math.nan, math.nan, math.nan)
    n = len(scored)
    return Coverage(n, *(sum(bool(getattr(r, name)) for r in scored) / n for name in ("in50", "in80", "in95")))
