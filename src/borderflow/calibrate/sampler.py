"""Tempered sequential Monte Carlo with moves that a cheap surrogate plans and the mean engine decides.

Particles travel from a widened normal start q0 to the posterior along q0^(1 - beta) x posterior^beta. A move is a chain of
preconditioned Crank-Nicolson steps under a quadratic surrogate of the observables, accepted as a whole with the true likelihood
(surrogate transition method), so that the surrogate changes the speed and never the answer. Two populations never exchange
particles: their difference is a check that cannot be overlooked.

Source: Del Moral, Doucet & Jasra 2006, doi:10.1111/j.1467-9868.2006.00553.x; Liu 2001, Monte Carlo Strategies in Scientific
Computing, section 9.4.3; Cotter et al. 2013, doi:10.1214/13-STS421.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from borderflow.calibrate.process import Process
from borderflow.calibrate.start import Normal
from borderflow.kernels.random import PROPOSE, normal, philox
from borderflow.observe.likelihood import Evidence, factor, given_factor, log_likelihood

Floats = NDArray[np.float64]
TEMPER_ESS = 0.5
"""Share of particles that a step in temperature leaves effective."""
INNER_ACCEPT = 0.3
OUTER_ACCEPT = 0.3
LONGEST_PLAN = 48
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


def log_start(z: Floats, start: Normal) -> Floats:
    """Log-density (n,) of the start, without its constant."""
    white = np.linalg.solve(start.root, (z - start.mean).T)
    return -0.5 * np.einsum("ij,ij->j", white, white)


def next_beta(particles: Particles, start: Normal, beta: float) -> tuple[float, Floats]:
    """The next temperature, and the log-weights of the step to it."""
    gain = particles.log_lik + log_prior(particles.z) - log_start(particles.z, start)

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


def fit_surrogate(tuning: Tuning) -> Floats:
    """Ridge fit of the observables on [1, z, z^2 - 1], (n_claims, 1 + 2 d), from the last batches of evaluations."""
    z = np.concatenate(tuning.history_z[-KEEP:])
    x = np.concatenate(tuning.history_x[-KEEP:])
    features = np.concatenate([np.ones((len(z), 1)), z, z**2 - 1.0], axis=1)
    gram = features.T @ features + 1e-2 * np.eye(features.shape[1])
    return np.ascontiguousarray(np.linalg.solve(gram, features.T @ x).T)


@dataclass(frozen=True)
class Problem:
    """What is sampled: the evidence, the process around the mean engine, the start, and the engine itself."""

    evidence: Evidence
    process: Process
    start: Normal
    evaluate: Evaluate

    def log_lik(self, x: Floats, w: Floats) -> Floats:
        """Log-likelihood (n,) of scaled observables and source spreads."""
        return log_likelihood(self.evidence, x, w, self.process.bias, self.process.cov)

    def claims(self) -> tuple[object, ...]:
        """What the compiled likelihood needs of the evidence and the process."""
        e = self.evidence
        bias, cov = self.process.bias + e.bias_mean, self.process.cov + e.same_bias
        return e.middle, e.low, e.high, bias, cov, e.spread, e.extra, e.source, e.n_narrow


def plan_moves(z: Floats, w: Floats, problem: Problem, beta: float, tuning: Tuning, seed: int) -> tuple[Floats, Floats, Floats, float]:
    """Where a chain of steps under the surrogate leads from z; with the surrogate's log-densities there and here, and its acceptance."""
    mean = z.mean(axis=0)
    d = z - mean
    cov = d.T @ d / len(z)
    root = np.linalg.cholesky(0.9 * cov + 0.1 * np.diag(np.diag(cov)) + 1e-6 * np.eye(len(mean)))
    white = np.ascontiguousarray(np.linalg.solve(root, d.T).T)
    start = problem.start
    z_new, old, new, rate = _plan(
        white, mean, root, fit_surrogate(tuning), w, beta, start.mean, np.linalg.inv(start.root), tuning.step, tuning.plan, *problem.claims(),
        seed, tuning.sweeps,
    )  # fmt: skip
    tuning.step = float(np.clip(tuning.step * math.exp(1.5 * (rate - INNER_ACCEPT)), 0.02, 0.95))
    tuning.sweeps += 1
    return z_new, new, old, rate


def sweep(particles: Particles, problem: Problem, beta: float, tuning: Tuning, seed: int) -> None:
    """Moves every particle once with the true likelihood, and its source spreads a few times."""
    z = particles.z
    number = tuning.sweeps
    z_new, plan_new, plan_old, _ = plan_moves(z, particles.w, problem, beta, tuning, seed)
    x_new = problem.evaluate(z_new)
    lik_new = problem.log_lik(x_new, particles.w)
    old = beta * (particles.log_lik + log_prior(z)) + (1.0 - beta) * log_start(z, problem.start)
    new = beta * (lik_new + log_prior(z_new)) + (1.0 - beta) * log_start(z_new, problem.start)
    u = np.array([philox(seed, i, PROPOSE, number, 0, 1)[0] for i in range(len(z))])
    moved = np.log(u) < (new - old) - (plan_new - plan_old)
    tuning.remember(z_new, x_new)
    particles.z = np.where(moved[:, None], z_new, z)
    particles.x = np.where(moved[:, None], x_new, particles.x)
    particles.w, particles.log_lik, rate = _move_spreads(particles.x, particles.w, beta, tuning.w_step, 3, *problem.claims(), seed, number)
    tuning.accepted = float(moved.mean())
    tuning.w_step = float(np.clip(tuning.w_step * math.exp(rate - 0.3), 0.02, 0.95))
    if tuning.accepted > OUTER_ACCEPT + 0.1:
        tuning.plan = min(LONGEST_PLAN, math.ceil(tuning.plan * 1.3))
    elif tuning.accepted < OUTER_ACCEPT - 0.1:
        tuning.plan = max(1, math.floor(tuning.plan / 1.3))


@njit(cache=True, parallel=True, error_model="numpy")
def _plan(  # type: ignore[no-untyped-def]
    white, mean, root, surrogate, w, beta, start_mean, start_inv, step, n_plan, middle, low, high, bias, cov, spread, extra, source, n_narrow, seed, sweep_no
):
    """Crank-Nicolson steps under the surrogate; returns where each particle would go, the surrogate's log-densities, acceptance."""
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
            value = beta * given_factor(factored, log_det, x, middle, low, high, bias, n_narrow, y)
            for i in range(d):
                value -= 0.5 * beta * z[i] * z[i]
                if beta < 1.0:
                    s = 0.0
                    for j in range(i + 1):
                        s += start_inv[i, j] * (z[j] - start_mean[j])
                    value -= 0.5 * (1.0 - beta) * s * s
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
    return z_out, old, new, rate.mean() / n_plan


@njit(cache=True, parallel=True, error_model="numpy")
def _move_spreads(  # type: ignore[no-untyped-def]
    x, w, beta, step, n_steps, middle, low, high, bias, cov, spread, extra, source, n_narrow, seed, sweep_no
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
            if math.log(u) < beta * (there - here):
                here = there
                w_out[p] = to
                rate[p] += 1.0
        log_lik[p] = here
    return w_out, log_lik, rate.mean() / n_steps
