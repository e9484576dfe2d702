"""Tempered sequential Monte Carlo with moves that a cheap surrogate plans and the mean engine decides.

Particles travel from the posterior under a first surrogate of the observables to the posterior under the mean engine, along
prior x surrogate^(1 - beta) x engine^beta. A move is a chain of preconditioned Crank-Nicolson steps under the latest surrogate, accepted
as a whole with the engine's likelihood (surrogate transition method), so that surrogates change the speed and not the target. Two
populations never exchange particles: their difference is a check that cannot be overlooked.

Source: Del Moral, Doucet & Jasra 2006, doi:10.1111/j.1467-9868.2006.00553.x; Liu 2001, Monte Carlo Strategies in Scientific
Computing, section 9.4.3; Cotter et al. 2013, doi:10.1214/13-STS421.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from borderflow.calibrate.process import Process
from borderflow.calibrate.start import misfit, report_cov
from borderflow.kernels.random import PROPOSE, normal, philox
from borderflow.observe.likelihood import SUMS, Evidence, factor, given_factor, log_likelihood

Floats = NDArray[np.float64]
TEMPER_ESS = 0.5
"""Share of particles that a step in temperature leaves effective."""
INNER_ACCEPT = 0.3
OUTER_ACCEPT = 0.3
LONGEST_PLAN = 48
LOCAL_STEP = 0.2
LOCAL_PLAN = 6
"""Every other sweep takes short steps: where the surrogate errs alike here and there, nobody gets stuck."""
KEEP = 6
"""Batches of evaluations that the surrogate is fitted to."""
Evaluate = Callable[[Floats], Floats]


@dataclass
class Particles:
    """z (n, d), source spreads w (n, n_sources), scaled observables x (n, n_claims), log-likelihood (n,); first half, second half apart."""

    z: Floats
    w: Floats
    x: Floats
    log_lik: Floats

    def take(self, index: NDArray[np.int64]) -> None:
        """Keeps the particles of an index."""
        self.z, self.w, self.x, self.log_lik = self.z[index], self.w[index], self.x[index], self.log_lik[index]


@dataclass
class Tuning:
    """Sizes of moves, adapted on the way."""

    step: float = 0.35
    plan: int = 8
    w_step: float = 0.35
    history_z: list[Floats] = field(default_factory=list)
    history_x: list[Floats] = field(default_factory=list)
    sweeps: int = 0
    evaluations: int = 0
    accepted: float = 0.0

    def remember(self, z: Floats, x: Floats) -> None:
        """Keeps a batch of evaluations for the surrogate."""
        self.history_z.append(z)
        self.history_x.append(x)
        del self.history_z[:-KEEP], self.history_x[:-KEEP]
        self.evaluations += len(z)


def log_prior(z: Floats) -> Floats:
    """Log-density (n,) of independent standard normals, without its constant."""
    return -0.5 * np.einsum("ij,ij->i", z, z)


def next_beta(gain: Floats, beta: float) -> tuple[float, Floats]:
    """The next temperature, and the log-weights of the step to it; gain: (n,) log-likelihood of the engine minus that of the surrogate."""

    def effective(to: float) -> float:
        return _ess((to - beta) * gain) / len(gain)

    if effective(1.0) >= TEMPER_ESS:
        return 1.0, (1.0 - beta) * gain
    low, high = beta, 1.0
    for _ in range(50):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if effective(middle) >= TEMPER_ESS else (low, middle)
    low = max(low, beta + 1e-6)
    return low, (low - beta) * gain


def _ess(log_weight: Floats) -> float:
    weight = np.exp(log_weight - log_weight.max())
    return float(weight.sum() ** 2 / (weight**2).sum())


def resample(particles: Particles, log_weight: Floats, rng: np.random.Generator) -> None:
    """Systematic resampling inside each of the two populations."""
    half = len(log_weight) // 2
    parts = []
    for p in range(2):
        lw = log_weight[p * half : (p + 1) * half]
        weight = np.exp(lw - lw.max())
        edges = np.cumsum(weight / weight.sum())
        parts.append(p * half + np.minimum(np.searchsorted(edges, (np.arange(half) + rng.random()) / half), half - 1))
    particles.take(np.concatenate(parts))


def features(z: Floats) -> Floats:
    """What the surrogate is linear in: [1, z, z^2 - 1], (n, 1 + 2 d)."""
    return np.concatenate([np.ones((len(z), 1)), z, z**2 - 1.0], axis=1)


Claims = tuple[Floats, Floats, Floats, Floats, Floats, Floats, Floats, NDArray[np.int64], int]
"""middle, low, high, bias, cov, spread, extra, source, n_narrow: what the compiled likelihood needs"""


class Surrogate(NamedTuple):
    """A quadratic stand-in for the engine: weights (n_claims, 1 + 2 d) on the features, and the variance of its error (n_claims,)."""

    weight: Floats
    error: Floats

    def __call__(self, z: Floats) -> Floats:
        """Scaled observables, (n, n_claims)."""
        return np.ascontiguousarray(features(z) @ self.weight.T)


def fit_surrogate(tuning: Tuning) -> Surrogate:
    """Ridge fit to the last batches of evaluations; its error is that on the last batch of all."""
    f = features(np.concatenate(tuning.history_z[-KEEP:]))
    x = np.concatenate(tuning.history_x[-KEEP:])
    weight = np.linalg.solve(f.T @ f + 1e-2 * np.eye(f.shape[1]), f.T @ x)
    last = len(tuning.history_z[-1])
    return Surrogate(np.ascontiguousarray(weight.T), ((x[-last:] - f[-last:] @ weight) ** 2).mean(axis=0))


@dataclass(frozen=True)
class Problem:
    """What is sampled: the evidence, the process around the mean engine, the first surrogate, and the engine itself."""

    evidence: Evidence
    process: Process
    first: Surrogate
    """that the tempering starts from"""
    evaluate: Evaluate

    def log_lik(self, x: Floats, w: Floats) -> Floats:
        """Log-likelihood (n,) of scaled observables and source spreads."""
        return log_likelihood(self.evidence, x, w, self.process.bias, self.process.cov)

    def rough_lik(self, z: Floats, w: Floats) -> Floats:
        """Log-likelihood (n,) under the first surrogate, whose error counts as spread."""
        widened = replace(self.evidence, extra=self.evidence.extra + self.first.error)
        return log_likelihood(widened, self.first(z), w, self.process.bias, self.process.cov)

    def claims(self, error: Floats | float = 0.0) -> Claims:
        """What the compiled likelihood needs of the evidence and the process; error: variance added for a surrogate."""
        e = self.evidence
        bias, cov = self.process.bias + e.bias_mean, self.process.cov + e.same_bias
        return e.middle, e.low, e.high, bias, cov, e.spread, e.extra + error, e.source, e.n_narrow


def reference(z: Floats, surrogate: Surrogate, problem: Problem) -> tuple[Floats, Floats]:
    """Mean (d,) and Cholesky factor (d, d) of the normal that moves refer to.

    Half the covariance of the particles, half that of the linearised posterior at their mean: the latter knows how wide the prior leaves
    what no claim informs, where particles spread only slowly.
    """
    mean = z.mean(axis=0)
    n = z.shape[1]
    d = z - mean
    slope = surrogate.weight[:, 1 : 1 + n] + 2.0 * surrogate.weight[:, 1 + n :] * mean
    active = misfit(problem.evidence, problem.process, surrogate(mean[None]))[0] != 0.0
    white = np.linalg.solve(np.linalg.cholesky(report_cov(problem.evidence, problem.process)), slope * active[:, None])
    linear = np.linalg.inv(np.eye(n) + white.T @ white)
    return mean, np.linalg.cholesky(0.5 * (d.T @ d / len(z)) + 0.5 * linear)


def plan_moves(z: Floats, w: Floats, problem: Problem, surrogate: Surrogate, tuning: Tuning, seed: int, local: bool = False) -> tuple[Floats, Floats]:
    """Where chains of steps under a surrogate lead from z, (n, d); and by how much the surrogate's log-density rises on the way, (n,)."""
    mean, root = reference(z, surrogate, problem)
    white = np.ascontiguousarray(np.linalg.solve(root, (z - mean).T).T)
    step, plan = (LOCAL_STEP, LOCAL_PLAN) if local else (tuning.step, tuning.plan)
    z_new, rise, rate = _plan(white, mean, root, surrogate.weight, w, step, plan, *problem.claims(surrogate.error), seed, tuning.sweeps)
    if not local:
        tuning.step = float(np.clip(tuning.step * math.exp(1.5 * (rate - INNER_ACCEPT)), 0.02, 0.95))
    tuning.sweeps += 1
    return z_new, rise


def settle(z: Floats, w: Floats, problem: Problem, tuning: Tuning, seed: int, rounds: int) -> tuple[Floats, Floats]:
    """Moves z and source spreads w under the first surrogate alone, at no cost of the engine."""
    for _ in range(rounds):
        z, _ = plan_moves(z, w, problem, problem.first, tuning, seed)
        w, _, _ = _move_spreads(problem.first(z), w, tuning.w_step, 4, *problem.claims(problem.first.error), seed, tuning.sweeps)
    return z, w


def sweep(particles: Particles, problem: Problem, beta: float, tuning: Tuning, seed: int) -> None:
    """Moves every particle once with the engine's likelihood, and its source spreads.

    Every other sweep takes short steps; source spreads move at full temperature only.
    """
    z, number = particles.z, tuning.sweeps
    local = number % 2 == 1
    z_new, rise = plan_moves(z, particles.w, problem, fit_surrogate(tuning), tuning, seed, local)
    x_new = problem.evaluate(z_new)
    lik_new = problem.log_lik(x_new, particles.w)
    new = beta * lik_new + log_prior(z_new)
    old = beta * particles.log_lik + log_prior(z)
    if beta < 1.0:
        new += (1.0 - beta) * problem.rough_lik(z_new, particles.w)
        old += (1.0 - beta) * problem.rough_lik(z, particles.w)
    u = np.array([philox(seed, i, PROPOSE, number, 0, 1)[0] for i in range(len(z))])
    moved = np.log(u) < (new - old) - rise
    tuning.remember(z_new, x_new)
    particles.z = np.where(moved[:, None], z_new, z)
    particles.x = np.where(moved[:, None], x_new, particles.x)
    particles.log_lik = np.where(moved, lik_new, particles.log_lik)
    if local:
        return
    if beta >= 1.0:
        particles.w, particles.log_lik, rate = _move_spreads(particles.x, particles.w, tuning.w_step, 2, *problem.claims(), seed, number)
        tuning.w_step = float(np.clip(tuning.w_step * math.exp(rate - 0.3), 0.02, 0.95))
    tuning.accepted = float(moved.mean())
    if tuning.accepted > OUTER_ACCEPT + 0.1:
        tuning.plan = min(LONGEST_PLAN, math.ceil(tuning.plan * 1.3))
    elif tuning.accepted < OUTER_ACCEPT - 0.1:
        tuning.plan = max(1, math.floor(tuning.plan / 1.3))


@njit(cache=True, parallel=True, error_model="numpy", fastmath=SUMS)
def _plan(  # type: ignore[no-untyped-def]
    white, mean, root, surrogate, w, step, n_plan, middle, low, high, bias, cov, spread, extra, source, n_narrow, seed, sweep_no
):
    """Crank-Nicolson steps under the surrogate; returns where each particle would go, the rise of its log-density, acceptance."""
    n, d = white.shape
    n_claims = middle.shape[0]
    z_out = np.empty((n, d))
    old = np.empty(n)
    new = np.empty(n)
    rate = np.zeros(n)
    keep = math.sqrt(1.0 - step * step)
    for p in prange(n):
        factored = np.zeros((n_claims, n_claims))
        y = np.zeros(n_claims)
        x = np.empty(n_claims)
        at = white[p].copy()
        to = np.empty(d)
        z = np.empty(d)
        best = np.empty(d)
        log_det = factor(cov, spread, extra, source, w[p], n_narrow, factored)
        here = 0.0
        density = 0.0
        for k in range(n_plan + 1):
            for i in range(d):
                to[i] = at[i] if k == 0 else keep * at[i] + step * normal(seed, p, PROPOSE, sweep_no * 64 + k, 16 + i)
            reference = 0.0
            for i in range(d):
                s = mean[i]
                for j in range(i + 1):
                    s += root[i, j] * to[j]
                z[i] = s
                reference -= 0.5 * to[i] * to[i]
            for c in range(n_claims):
                s = surrogate[c, 0]
                for i in range(d):
                    s += z[i] * (surrogate[c, 1 + i] + surrogate[c, 1 + d + i] * z[i]) - surrogate[c, 1 + d + i]
                x[c] = s
            value = given_factor(factored, log_det, x, middle, low, high, bias, n_narrow, y)
            for i in range(d):
                value -= 0.5 * z[i] * z[i]
            if k == 0:
                old[p] = value
                here = value - reference
                density = value
                best[:] = z
            else:
                u, _ = philox(seed, p, PROPOSE, sweep_no * 64 + k, 0, 0)
                if math.log(u) < value - reference - here:
                    here = value - reference
                    density = value
                    at[:] = to
                    best[:] = z
                    rate[p] += 1.0
        new[p] = density
        z_out[p] = best
    return z_out, new - old, rate.mean() / n_plan


@njit(cache=True, parallel=True, error_model="numpy")
def _move_spreads(  # type: ignore[no-untyped-def]
    x, w, step, n_steps, middle, low, high, bias, cov, spread, extra, source, n_narrow, seed, sweep_no
):
    """Crank-Nicolson steps of the source spreads with the observables held; returns them, the log-likelihoods, acceptance."""
    n, n_sources = w.shape
    n_claims = middle.shape[0]
    w_out = w.copy()
    log_lik = np.empty(n)
    rate = np.zeros(n)
    keep = math.sqrt(1.0 - step * step)
    for p in prange(n):
        root = np.zeros((n_claims, n_claims))
        y = np.zeros(n_claims)
        to = np.empty(n_sources)
        log_det = factor(cov, spread, extra, source, w_out[p], n_narrow, root)
        here = given_factor(root, log_det, x[p], middle, low, high, bias, n_narrow, y)
        for k in range(n_steps):
            for i in range(n_sources):
                to[i] = keep * w_out[p, i] + step * normal(seed, p, PROPOSE, sweep_no * 64 + 56 + k, 4096 + i)
            log_det = factor(cov, spread, extra, source, to, n_narrow, root)
            there = given_factor(root, log_det, x[p], middle, low, high, bias, n_narrow, y)
            u, _ = philox(seed, p, PROPOSE, sweep_no * 64 + 56 + k, 1, 0)
            if math.log(u) < there - here:
                here = there
                w_out[p] = to
                rate[p] += 1.0
        log_lik[p] = here
    return w_out, log_lik, rate.mean() / n_steps
