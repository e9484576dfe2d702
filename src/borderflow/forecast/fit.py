"""What sources would say: predictive samples for claims, and the rows of claims_fit.csv."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from borderflow.calibrate.process import Process
from borderflow.forecast.scores import interval_midpoint
from borderflow.kernels.random import REPORT, normal
from borderflow.observe.likelihood import SPREAD_OF_SPREAD, Evidence, source_name
from borderflow.observe.operator import Operator
from borderflow.observe.select import Judged

Floats = NDArray[np.float64]
LEVELS = {"q025": 0.025, "q05": 0.05, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q95": 0.95, "q975": 0.975}


@dataclass(frozen=True)
class Sources:
    """What was learned of sources: draws of their spreads (as factors on the class's) and of their biases."""

    spread: dict[str, Floats]
    """source -> (n_draws,)"""
    bias: dict[str, Floats]
    """source and kind of quantity -> (n_draws,)"""


@threadpool_limits.wrap(limits=1, user_api="blas")
def learn_sources(evidence: Evidence, process: Process, x: Floats, w: Floats, seed: int) -> Sources:
    """Posterior draws of spreads and biases of sources, given draws of scaled observables x (n, n_claims) and spreads w.

    Biases are normal given the residuals of the narrow claims.
    """
    n, k = len(x), evidence.n_narrow
    spread = {name: np.exp(SPREAD_OF_SPREAD * w[:, i]) for i, name in enumerate(evidence.sources)}
    keys = [bias_key(j) for j in evidence.judged]
    names = sorted(set(keys))
    sd = {key: evidence.bias_sd[i] for i, key in enumerate(keys)}
    mean = {key: evidence.bias_mean[i] for i, key in enumerate(keys)}
    member = np.array([[float(key == name) * sd[name] for key in keys[:k]] for name in names]).reshape(len(names), k)
    residual = evidence.middle[:k] - x[:, :k] - process.bias[:k] - evidence.bias_mean[:k]
    factor = np.stack([spread[evidence.sources[s]] for s in evidence.source[:k]], axis=1) if k else np.zeros((n, 0))
    draws = np.zeros((n, len(names)))
    white = np.array([[normal(seed, r, REPORT, 1, i) for i in range(len(names))] for r in range(n)]).reshape(n, len(names))
    for r in range(n):
        cov = process.cov[:k, :k] + evidence.same_bias[:k, :k] + np.diag(evidence.extra[:k] + (evidence.spread[:k] * factor[r]) ** 2 + 1e-6)
        cross = member * np.array([sd[name] for name in names])[:, None]
        gain = np.linalg.solve(cov, cross.T).T
        var = np.diag([sd[name] ** 2 for name in names]) - gain @ cross.T
        root = np.linalg.cholesky(var + 1e-12 * np.eye(len(names)))
        draws[r] = gain @ residual[r] + root @ white[r]
    return Sources(spread, {name: draws[:, i] + mean[name] for i, name in enumerate(names)})


def bias_key(item: Judged) -> str:
    """A source and the kind of quantity for which its bias is common."""
    assert item.observable is not None
    return f"{source_name(item)} | {item.observable.what}"


def said(judged: list[Judged], operator: Operator, values: Floats, sources: Sources, draw_of: NDArray[np.int64], seed: int) -> Floats:
    """Samples (n_runs, n_claims) of what the sources of claims would say of observables `values` of the same shape.

    draw_of: (n_runs,) posterior draw of each run, for what was learned of its sources; a new source is drawn from its class.
    """
    centre, own = reports(judged, operator, values, sources, draw_of, seed)
    n = len(values)
    luck = np.array([[normal(seed, r, REPORT, 2, i) for i in range(len(judged))] for r in range(n)]).reshape(n, len(judged))
    return operator.unscaled(centre + own * luck)


def reports(
    judged: list[Judged], operator: Operator, values: Floats, sources: Sources, draw_of: NDArray[np.int64], seed: int
) -> tuple[Floats, Floats]:
    """What the sources of claims would say, on the scale of the likelihood: centre (bias included) and spread, (n_runs, n_claims) each.

    Arguments as of `said`.
    """
    x = operator.scaled(values)
    spread = np.empty_like(x)
    n = len(values)
    new: dict[str, Floats] = {}

    def fresh(key: str) -> Floats:
        if key not in new:
            site = 10_000 + len(new)
            new[key] = np.array([normal(seed, r, REPORT, 3, site) for r in range(n)])
        return new[key]

    for i, item in enumerate(judged):
        assert item.observable is not None
        name, key = source_name(item), bias_key(item)
        mean, sd = item.source_class.bias
        x[:, i] += sources.bias[key][draw_of] if key in sources.bias else mean + sd * fresh(key)
        factor = sources.spread[name][draw_of] if name in sources.spread else np.exp(SPREAD_OF_SPREAD * fresh(name))
        spread[:, i] = np.sqrt((item.source_class.spread * factor) ** 2 + item.observable.spread**2)
    return x, spread


def fit_row(item: Judged, samples: Floats | None) -> dict[str, object]:
    """One row of claims_fit.csv; samples (n,) of what the source would say, None where the claim cannot be expressed."""
    low, high = item.interval
    row: dict[str, object] = {
        "claim_id": item.claim.claim_id,
        "status": item.status,
        "why": item.why,
        "observed_low": None if math.isinf(low) else low,
        "observed_high": None if math.isinf(high) else high,
    }
    if samples is None:
        return row
    row |= {name: float(np.quantile(samples, level)) for name, level in LEVELS.items()}
    if item.interval.one_sided:
        row["p_true"] = float(np.mean((samples >= low) & (samples <= high)))
    else:
        row["pit"] = float(np.mean(samples <= interval_midpoint(low, high)))
    return row
