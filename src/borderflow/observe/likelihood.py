"""The likelihood of claims given what the mean engine says, with spread of the process and of the reports kept apart.

On the scale of the likelihood (logarithms) a report is

    s = x + b_process + e_process + b_source + e_source,

x from the mean engine; b_process, cov(e_process) measured from chain runs (calibrate/process.py); b_source ~ N(mean, sd) common to all
reports of a source on one kind of quantity (integrated out); e_source independent with a learned spread. A claim says that s lies in an
interval. Narrow intervals enter as a joint normal density, wide ones and bounds as probabilities given the narrow ones.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from borderflow.compiled import njit, prange
from borderflow.observe.express import Observable
from borderflow.observe.operator import Operator, build_operator, scale_bound
from borderflow.observe.select import Judged
from borderflow.simulate.compile import Model

Floats = NDArray[np.float64]
SPREAD_OF_SPREAD = 0.4
"""A source's spread is its class's times exp(0.4 w), w standard normal and learned."""
NARROW = 0.6
"""An interval up to this many prior standard deviations wide enters as a density at its middle."""
JITTER = 1e-6
SUMS = {"reassoc", "contract", "nsz"}
"""Compiler's freedom in the order of sums: fixed at compile time, so equal runs stay equal; infinities keep their meaning."""


@dataclass(frozen=True)
class Evidence:
    """The used claims, narrow ones first, compiled for the likelihood. All arrays (n_claims,) unless stated."""

    judged: tuple[Judged, ...]
    operator: Operator
    n_narrow: int
    low: Floats
    high: Floats
    middle: Floats
    extra: Floats
    """variance from rounding and from the approximation of the observable"""
    spread: Floats
    bias_mean: Floats
    bias_sd: Floats
    source: NDArray[np.int64]
    """index into `sources`"""
    sources: tuple[str, ...]
    same_bias: Floats
    """(n_claims, n_claims) covariance of source biases"""

    @property
    def n_sources(self) -> int:
        """Number of sources, each with its own spread."""
        return len(self.sources)


def source_name(item: Judged) -> str:
    """A source as far as its spread and bias are concerned: who says it, in which class."""
    return f"{item.claim.source or 'unnamed'} [{item.source_class.name}]"


def build_evidence(judged: list[Judged], model: Model, bins_per_day: int) -> Evidence:
    """Compiles the used claims."""
    used = [j for j in judged if j.status == "used"]
    low = np.array([scale_bound(j.interval.low, _observable(j)) for j in used])
    high = np.array([scale_bound(j.interval.high, _observable(j)) for j in used])
    width = high - low
    narrow = np.array([w <= NARROW * j.source_class.spread for w, j in zip(width, used, strict=True)], dtype=bool)
    order = np.argsort(~narrow, kind="stable")
    used = [used[i] for i in order]
    low, high, width, narrow = low[order], high[order], width[order], narrow[order]
    names = sorted({source_name(j) for j in used})
    source = np.array([names.index(source_name(j)) for j in used], dtype=np.int64)
    bias_sd = np.array([j.source_class.bias[1] for j in used])
    what = [f"{source_name(j)} {_observable(j).what}" for j in used]
    same = np.array([[float(a == b) for b in what] for a in what]).reshape(len(used), len(used))
    rounding = np.where(narrow, np.where(np.isfinite(width), width, 0.0) ** 2 / 12.0, 0.0)
    return Evidence(
        judged=tuple(used),
        operator=build_operator([_observable(j) for j in used], model, bins_per_day),
        n_narrow=int(narrow.sum()),
        low=low,
        high=high,
        middle=np.where(np.isfinite(low) & np.isfinite(high), 0.5 * (low + high), np.where(np.isfinite(low), low, high)),
        extra=rounding + np.array([_observable(j).spread ** 2 for j in used]),
        spread=np.array([j.source_class.spread for j in used]),
        bias_mean=np.array([j.source_class.bias[0] for j in used]),
        bias_sd=bias_sd,
        source=source,
        sources=tuple(names),
        same_bias=same * np.outer(bias_sd, bias_sd),
    )


def _observable(item: Judged) -> Observable:
    assert item.observable is not None
    return item.observable


def log_likelihood(evidence: Evidence, x: Floats, w: Floats, process_bias: Floats, process_cov: Floats) -> Floats:
    """Log-likelihood (n,) of scaled observables x (n, n_claims) and source spreads w (n, n_sources)."""
    return _many(
        np.ascontiguousarray(x), np.ascontiguousarray(w), evidence.middle, evidence.low, evidence.high, process_bias + evidence.bias_mean,
        process_cov + evidence.same_bias, evidence.spread, evidence.extra, evidence.source, evidence.n_narrow,
    )  # fmt: skip


@njit(cache=True, error_model="numpy")
def _log_cdf(t):  # type: ignore[no-untyped-def]
    """Logarithm of the standard normal distribution function."""
    if t > -30.0:
        return math.log(0.5 * math.erfc(-t / math.sqrt(2.0)))
    s = 1.0 / (t * t)  # asymptotic series; five terms, so that differences across the seam at -30 are right too
    return -0.5 * t * t - math.log(-t) - 0.9189385332046727 + math.log1p(-s * (1.0 - s * (3.0 - s * (15.0 - s * 105.0))))


@njit(cache=True, error_model="numpy")
def log_probability(a, b):  # type: ignore[no-untyped-def]
    """Logarithm of P(a <= Z <= b) for a standard normal Z, a < b, without cancellation in the tails."""
    if a > 0.0:
        a, b = -b, -a
    top = 0.0 if b == math.inf else _log_cdf(b)
    if a == -math.inf:
        return top
    bottom = _log_cdf(a)
    if bottom >= top:
        return top - 50.0
    return top + math.log1p(-math.exp(bottom - top))


@njit(cache=True, error_model="numpy", fastmath=SUMS)
def factor(cov, spread, extra, source, w, n_narrow, root):  # type: ignore[no-untyped-def]
    """Fills `root`: Cholesky rows of narrow claims; of a wide claim its row against the narrow ones, and its conditional sd."""
    n = spread.shape[0]
    log_det = 0.0
    for i in range(n):
        last = min(i, n_narrow)
        for j in range(last):
            s = cov[i, j]
            for k in range(j):
                s -= root[i, k] * root[j, k]
            root[i, j] = s / root[j, j]
        s = cov[i, i] + extra[i] + (spread[i] * math.exp(SPREAD_OF_SPREAD * w[source[i]])) ** 2 + JITTER
        for k in range(last):
            s -= root[i, k] * root[i, k]
        root[i, i] = math.sqrt(max(s, 1e-10))
        if i < n_narrow:
            log_det += math.log(root[i, i])
    return log_det


@njit(cache=True, error_model="numpy", fastmath=SUMS)
def given_factor(root, log_det, x, middle, low, high, bias, n_narrow, y):  # type: ignore[no-untyped-def]
    """Log-likelihood of one vector of scaled observables given a factored covariance; y is work space (n_claims,)."""
    n = x.shape[0]
    total = -log_det
    for i in range(n):
        m = x[i] + bias[i]
        last = min(i, n_narrow)
        shift = 0.0
        for j in range(last):
            shift += root[i, j] * y[j]
        if i < n_narrow:
            y[i] = (middle[i] - m - shift) / root[i, i]
            total -= 0.5 * y[i] * y[i]
        else:
            m += shift
            total += log_probability((low[i] - m) / root[i, i], (high[i] - m) / root[i, i])
    return total


@njit(cache=True, parallel=True, error_model="numpy")
def _many(x, w, middle, low, high, bias, cov, spread, extra, source, n_narrow):  # type: ignore[no-untyped-def]
    result = np.empty(x.shape[0])
    for p in prange(x.shape[0]):
        root = np.zeros((x.shape[1], x.shape[1]))
        y = np.zeros(x.shape[1])
        log_det = factor(cov, spread, extra, source, w[p], n_narrow, root)
        result[p] = given_factor(root, log_det, x[p], middle, low, high, bias, n_narrow, y)
    return result
