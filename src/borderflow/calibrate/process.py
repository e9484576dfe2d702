"""Process spread and the bias of the mean engine, measured by running the chain beside the mean at the same parameters."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from borderflow.observe.likelihood import Evidence
from borderflow.simulate.compile import Model
from borderflow.simulate.run import run_chain, run_mean

Floats = NDArray[np.float64]
SHRINK = 0.1
"""Weight of the diagonal in the estimated covariance: a few hundred runs for about a hundred claims."""
WORST = 4.0
"""Differences beyond this many robust standard deviations are pulled in: an empty queue's logarithm has long tails."""


class Process(NamedTuple):
    """Mean and covariance of chain minus mean on the scale of the likelihood, (n_claims,) and (n_claims, n_claims)."""

    bias: Floats
    cov: Floats


def first_guess(evidence: Evidence) -> Process:
    """Independent spread of a tenth, before any chain has run."""
    n = len(evidence.judged)
    return Process(np.zeros(n), np.eye(n) * 0.1**2)


def measure_process(model: Model, evidence: Evidence, a: Floats, seed: int, x_mean: Floats | None = None) -> Process:
    """Runs the chain once at each row of `a`; x_mean: scaled observables of the mean engine there, computed if not given."""
    operator = evidence.operator
    if x_mean is None:
        x_mean = operator.scaled(operator.values(run_mean(model, a, operator)))
    out, _ = run_chain(model, a, operator, seed, np.arange(len(a), dtype=np.int64))
    return moments(operator.scaled(operator.values(out)) - x_mean)


def moments(e: Floats) -> Process:
    """Robust mean and shrunk covariance of differences e, (n_runs, n_claims)."""
    middle = np.median(e, axis=0)
    sd = 1.4826 * np.median(np.abs(e - middle), axis=0)
    sd = np.maximum(sd, 0.3 * e.std(axis=0) + 1e-9)
    e = middle + np.clip(e - middle, -WORST * sd, WORST * sd)
    bias = e.mean(axis=0)
    d = e - bias
    cov = np.einsum("ri,rj->ij", d, d) / max(len(e) - 1, 1)
    return Process(bias, (1.0 - SHRINK) * cov + SHRINK * np.diag(np.diag(cov)))
