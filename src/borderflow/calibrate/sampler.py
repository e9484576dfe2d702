"""Moves of particles that a cheap surrogate plans and the mean engine decides.

Every particle is a Markov chain of its own, begun at a draw from the surrogate's posterior. A move is a chain of preconditioned
Crank-Nicolson steps under the surrogate, accepted as a whole with the engine's likelihood (surrogate transition method), so that the
surrogate changes the speed and not the target. Nothing is resampled: what particles share is the surrogate only.

Source: Liu 2001, Monte Carlo Strategies in Scientific Computing, section 9.4.3; Cotter et al. 2013, doi:10.1214/13-STS421.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from borderflow.calibrate.process import Process
from borderflow.calibrate.start import misfit, report_cov
from borderflow.calibrate.surrogate import NO_SURROGATE, Surrogate, fit_surrogate, predict
from borderflow.compiled import njit, prange
from borderflow.kernels.random import PROPOSE, normal, philox
from borderflow.observe.likelihood import SUMS, Evidence, factor, given_factor, log_likelihood

Floats = NDArray[np.float64]
INNER_ACCEPT = 0.3
OUTER_ACCEPT = (0.1, 0.3)
"""Plans get shorter below and longer above; where the surrogate is good the longest are best."""
LONGEST_PLAN = 48
ANEW_EVERY = 6
"""One step of so many draws one unknown anew from its prior."""
KEEP = 5000
"""Latest evaluations that the surrogate is fitted to."""
Evaluate = Callable[[Floats], Floats]


@dataclass
class Particles:
    """z (n, d), source spreads w (n, n_sources), scaled observables x (n, n_claims), log-likelihood (n,)."""

    z: Floats
    w: Floats
    x: Floats
    log_lik: Floats


@dataclass
class Tuning:
    """Sizes of moves, adapted on the way."""

    step: float = 0.35
    plan: int = LONGEST_PLAN
    w_step: float = 0.35
    history_z: list[Floats] = field(default_factory=list)
    history_x: list[Floats] = field(default_factory=list)
    surrogate: Surrogate = NO_SURROGATE
    sweeps: int = 0
    evaluations: int = 0
    accepted: float = 0.0

    def remember(self, z: Floats, x: Floats) -> None:
        """Keeps a batch of evaluations for the surrogate."""
        self.history_z.append(z)
        self.history_x.append(x)
        while sum(map(len, self.history_z)) - len(self.history_z[0]) >= KEEP:
            del self.history_z[0], self.history_x[0]
        self.evaluations += len(z)

    def learn(self) -> None:
        """Fits the surrogate to the evaluations kept."""
        self.surrogate = fit_surrogate(np.concatenate(self.history_z), np.concatenate(self.history_x))


def log_prior(z: Floats) -> Floats:
    """Log-density (n,) of independent standard normals, without its constant."""
    return -0.5 * np.einsum("ij,ij->i", z, z)


Claims = tuple[Floats, Floats, Floats, Floats, Floats, Floats, Floats, NDArray[np.int64], int]
"""middle, low, high, bias, cov, spread, extra, source, n_narrow: what the compiled likelihood needs"""


@dataclass(frozen=True)
class Problem:
    """What is sampled: the evidence, the process around the mean engine, and the engine itself."""

    evidence: Evidence
    process: Process
    evaluate: Evaluate

    def log_lik(self, x: Floats, w: Floats) -> Floats:
        """Log-likelihood (n,) of scaled observables and source spreads."""
        return log_likelihood(self.evidence, x, w, self.process.bias, self.process.cov)

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
    slope = surrogate.slope(mean)
    active = misfit(problem.evidence, problem.process, surrogate(mean[None]))[0] != 0.0
    white = np.linalg.solve(np.linalg.cholesky(report_cov(problem.evidence, problem.process)), slope * active[:, None])
    linear = np.linalg.inv(np.eye(n) + white.T @ white)
    return mean, np.linalg.cholesky(0.5 * (d.T @ d / len(z)) + 0.5 * linear)


def plan_moves(z: Floats, w: Floats, problem: Problem, tuning: Tuning, seed: int) -> tuple[Floats, Floats]:
    """Where chains of steps under the surrogate lead from z, (n, d); and by how much its log-density rises on the way, (n,)."""
    surrogate = tuning.surrogate
    mean, root = reference(z, surrogate, problem)
    white = np.ascontiguousarray(np.linalg.solve(root, (z - mean).T).T)
    z_new, rise, rate = _plan(white, mean, root, *surrogate[:5], w, tuning.step, tuning.plan, *problem.claims(surrogate.error), seed, tuning.sweeps)
    tuning.step = float(np.clip(tuning.step * math.exp(1.5 * (rate - INNER_ACCEPT)), 0.02, 0.95))
    tuning.sweeps += 1
    return z_new, rise


def settle(z: Floats, w: Floats, problem: Problem, tuning: Tuning, seed: int, rounds: int) -> tuple[Floats, Floats]:
    """Moves z and source spreads w under the surrogate alone, whose error counts as spread, at no cost of the engine."""
    for _ in range(rounds):
        z, _ = plan_moves(z, w, problem, tuning, seed)
        w, _, _ = _move_spreads(tuning.surrogate(z), w, tuning.w_step, 4, *problem.claims(tuning.surrogate.error), seed, tuning.sweeps)
    return z, w


def sweep(particles: Particles, problem: Problem, tuning: Tuning, seed: int) -> None:
    """Moves every particle once with the engine's likelihood, and its source spreads."""
    z, number = particles.z, tuning.sweeps
    z_new, rise = plan_moves(z, particles.w, problem, tuning, seed)
    x_new = problem.evaluate(z_new)
    lik_new = problem.log_lik(x_new, particles.w)
    gain = lik_new + log_prior(z_new) - particles.log_lik - log_prior(z)
    u = np.array([philox(seed, i, PROPOSE, number, 0, 1)[0] for i in range(len(z))])
    moved = np.log(u) < gain - rise
    tuning.remember(z_new, x_new)
    particles.z = np.where(moved[:, None], z_new, z)
    particles.x = np.where(moved[:, None], x_new, particles.x)
    particles.log_lik = np.where(moved, lik_new, particles.log_lik)
    particles.w, particles.log_lik, rate = _move_spreads(particles.x, particles.w, tuning.w_step, 2, *problem.claims(), seed, number)
    tuning.w_step = float(np.clip(tuning.w_step * math.exp(rate - 0.3), 0.02, 0.95))
    tuning.accepted = float(moved.mean())
    low, high = OUTER_ACCEPT
    if tuning.accepted > high:
        tuning.plan = min(LONGEST_PLAN, math.ceil(tuning.plan * 1.3))
    elif tuning.accepted < low:
        tuning.plan = max(1, math.floor(tuning.plan / 1.3))


@njit(cache=True, parallel=True, error_model="numpy", fastmath=SUMS)
def _plan(  # type: ignore[no-untyped-def]
    white,
    mean,
    root,
    at_z,
    per_z,
    weight,
    pair,
    pair_weight,
    w,
    step,
    n_plan,
    middle,
    low,
    high,
    bias,
    cov,
    spread,
    extra,
    source,
    n_narrow,
    seed,
    sweep_no,
):
    """Steps under the surrogate; returns where each particle would go, the rise of its log-density, acceptance of Crank-Nicolson steps.

    Every so often a step draws one unknown anew from its prior instead: that is how a particle changes between modes.
    """
    n, d = white.shape
    unroot = np.linalg.inv(root)
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
        f = np.empty(weight.shape[1])
        at = white[p].copy()
        to = np.empty(d)
        z = np.empty(d)
        best = mean + root @ at
        log_det = factor(cov, spread, extra, source, w[p], n_narrow, factored)
        here = 0.0
        density = 0.0
        for k in range(n_plan + 1):
            anew = -1
            if k % ANEW_EVERY == ANEW_EVERY - 1:
                u, _ = philox(seed, p, PROPOSE, sweep_no * 256 + k, 1, 0)
                anew = int(u * d)
                change = normal(seed, p, PROPOSE, sweep_no * 256 + k, 16) - best[anew]
                for i in range(d):
                    to[i] = at[i] + unroot[i, anew] * change
            else:
                for i in range(d):
                    to[i] = at[i] if k == 0 else keep * at[i] + step * normal(seed, p, PROPOSE, sweep_no * 256 + k, 16 + i)
            reference = 0.0
            for i in range(d):
                s = mean[i]
                for j in range(i + 1):
                    s += root[i, j] * to[j]
                z[i] = s
                reference -= 0.5 * to[i] * to[i]
            predict(z, at_z, per_z, weight, pair, pair_weight, f, x)
            value = given_factor(factored, log_det, x, middle, low, high, bias, n_narrow, y)
            for i in range(d):
                value -= 0.5 * z[i] * z[i]
            if k == 0:
                old[p] = value
                here = value - reference
                density = value
                best[:] = z
            else:
                u, _ = philox(seed, p, PROPOSE, sweep_no * 256 + k, 0, 0)
                gain = value - reference - here
                if anew >= 0:
                    gain = value - density + 0.5 * (z[anew] * z[anew] - best[anew] * best[anew])
                if math.log(u) < gain:
                    here = value - reference
                    density = value
                    at[:] = to
                    best[:] = z
                    rate[p] += 1.0 if anew < 0 else 0.0
        new[p] = density
        z_out[p] = best
    return z_out, new - old, rate.mean() / max(1, n_plan - (n_plan + 1) // ANEW_EVERY)


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
                to[i] = keep * w_out[p, i] + step * normal(seed, p, PROPOSE, sweep_no * 256 + 200 + k, 4096 + i)
            log_det = factor(cov, spread, extra, source, to, n_narrow, root)
            there = given_factor(root, log_det, x[p], middle, low, high, bias, n_narrow, y)
            u, _ = philox(seed, p, PROPOSE, sweep_no * 256 + 200 + k, 1, 0)
            if math.log(u) < there - here:
                here = there
                w_out[p] = to
                rate[p] += 1.0
        log_lik[p] = here
    return w_out, log_lik, rate.mean() / n_steps
