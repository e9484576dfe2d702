"""Ensemble Kalman inversion: where the sampler starts, never its answer.

Source: Emerick & Reynolds 2013, doi:10.1016/j.cageo.2012.03.011 (multiple data assimilation); Iglesias & Yang 2021,
doi:10.1088/1361-6420/abd29b (adaptive steps).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from borderflow.calibrate.process import Process
from borderflow.observe.likelihood import Evidence

Floats = NDArray[np.float64]
FARTHEST = 3.0
"""Misfits are pulled in to this many standard deviations, so that one rumour does not drag the ensemble."""


def report_cov(evidence: Evidence, process: Process) -> Floats:
    """Covariance of what sources say about the mean engine's output, at prior spreads; wide intervals count as uniform."""
    width = np.where(np.isfinite(evidence.high - evidence.low), evidence.high - evidence.low, 0.0)
    wide = np.arange(len(evidence.low)) >= evidence.n_narrow
    own = evidence.spread**2 + evidence.extra + np.where(wide, width**2 / 12.0, 0.0)
    return process.cov + evidence.same_bias + np.diag(own)


def misfit(evidence: Evidence, process: Process, x: Floats) -> Floats:
    """Stated minus expected, (n, n_claims); zero for a bound that holds."""
    r = evidence.middle - (x + process.bias + evidence.bias_mean)
    r = np.where(np.isinf(evidence.high) & (r < 0), 0.0, r)
    return np.where(np.isinf(evidence.low) & (r > 0), 0.0, r)


def kalman_update(z: Floats, x: Floats, r: Floats, r_cov: Floats, r_root: NDArray[Any], alpha: float, rng: np.random.Generator) -> Floats:
    """The ensemble z (n, d) after one step that counts the data for 1 / alpha.

    x, r: what the members predict and how far the data are from it, (n, n_obs); r_cov, r_root: covariance of reports and its Cholesky factor.
    """
    n = len(z)
    dz, dx = z - z.mean(axis=0), x - x.mean(axis=0)
    gain_top = dz.T @ dx / (n - 1)
    gain = np.linalg.solve(dx.T @ dx / (n - 1) + alpha * r_cov, gain_top.T).T
    noise = np.sqrt(alpha) * (r_root @ rng.standard_normal((r.shape[1], n))).T
    return np.asarray(z + (r + noise) @ gain.T)


def invert(
    evaluate: Callable[[Floats], Floats], evidence: Evidence, process: Process, z: Floats, rng: np.random.Generator, most: int
) -> tuple[Floats, Floats]:
    """Moves an ensemble z (n, d) from the prior towards the posterior; returns it with its scaled observables."""
    r_cov = report_cov(evidence, process)
    r_root = np.linalg.cholesky(r_cov)
    sd = np.sqrt(np.diag(r_cov))
    done = 0.0
    x = evaluate(z)
    for step in range(most):
        r = np.clip(misfit(evidence, process, x), -FARTHEST * sd, FARTHEST * sd)
        white = np.linalg.solve(r_root, r.T)
        alpha = max(float((white**2).sum(axis=0).mean()) / (2.0 * white.shape[0]) * 4.0, 1.5)
        alpha = min(alpha, 1.0 / (1.0 - done))
        if step == most - 1:
            alpha = 1.0 / (1.0 - done)
        z = kalman_update(z, x, r, r_cov, r_root, alpha, rng)
        x = evaluate(z)
        done += 1.0 / alpha
        if done >= 1.0 - 1e-9:
            break
    return z, x
