"""calibrate(model, claims) -> Posterior: start, tempering, moves at full temperature until the posterior is flat."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from borderflow.calibrate.process import Process, first_guess, measure_process
from borderflow.calibrate.sampler import Particles, Tuning, log_prior, next_beta, resample, sweep
from borderflow.calibrate.start import approximate, invert
from borderflow.calibrate.unknowns import Unknown, attributes_of, fixed_base, limits_of, unknowns_of
from borderflow.observe.likelihood import Evidence, log_likelihood
from borderflow.simulate.compile import Model
from borderflow.simulate.run import run_mean

Floats = NDArray[np.float64]
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Settings:
    """Sizes of a calibration; defaults are those of the shipped case."""

    particles: int = 1024
    start_members: int = 384
    start_steps: int = 7
    process_runs: int = 256
    widen: float = 1.4
    sweeps_per_step: int = 2
    least_sweeps: int = 12
    most_sweeps: int = 30
    flat_within: float = 0.5
    """Nats between the means of the log-posterior over two successive windows of sweeps."""
    window: int = 5
    process: bool = True
    """False leaves process spread out of the likelihood; only to show that the check of coverage then fails."""


@dataclass(frozen=True)
class Posterior:
    """Draws of the unknowns (n, d), of the source spreads, and what judges them."""

    unknowns: tuple[Unknown, ...]
    z: Floats
    w: Floats
    x: Floats
    """scaled observables of the mean engine (n, n_claims)"""
    process: Process
    log_posterior: Floats
    trace: tuple[float, ...]
    """Mean log-posterior of each sweep at full temperature."""
    trace_halves: tuple[tuple[float, float], ...]
    temperatures: tuple[float, ...]
    acceptance: float
    evaluations: int
    mixing: Floats
    """Correlation of each unknown between the arrival at full temperature and the end, (d,)."""


class Simulator:
    """z -> attributes -> mean engine -> scaled observables of the evidence."""

    def __init__(self, model: Model, evidence: Evidence) -> None:
        self.model, self.evidence = model, evidence
        self.unknowns = unknowns_of(model)
        self.base, self.limits = fixed_base(model), limits_of(model)

    def attributes(self, z: Floats) -> Floats:
        """Attribute vectors (n, n_attributes)."""
        return attributes_of(self.base, self.unknowns, z, self.limits)

    def __call__(self, z: Floats) -> Floats:
        operator = self.evidence.operator
        return operator.scaled(operator.values(run_mean(self.model, self.attributes(z), operator)))


def calibrate(model: Model, evidence: Evidence, seed: int, settings: Settings | None = None, progress: Progress | None = None) -> Posterior:
    """Posterior of the unknowns of a case given the evidence; the same seed gives the same bytes on any number of threads."""
    s = settings or Settings()
    tell = progress or (lambda stage, done, total: None)
    rng = np.random.Generator(np.random.Philox(key=seed))
    simulator = Simulator(model, evidence)
    d = len(simulator.unknowns)
    if d == 0 or not evidence.judged:
        return _prior_only(simulator, evidence, rng, s)
    tell("start", 0, 1)
    process = first_guess(evidence)
    z, x = invert(simulator, evidence, process, rng.standard_normal((s.start_members, d)), rng, s.start_steps)
    process = _process(simulator, z[: s.process_runs], seed, s)
    z, x = invert(simulator, evidence, process, 0.7 * (z - z.mean(axis=0)) + z.mean(axis=0) + 0.3 * rng.standard_normal(z.shape), rng, 2)
    start = approximate(evidence, process, z, x, s.widen)
    tell("start", 1, 1)

    z = start.mean + rng.standard_normal((s.particles, d)) @ start.root.T
    w = rng.standard_normal((s.particles, evidence.n_sources))
    x = simulator(z)
    particles = Particles(z, w, x, log_likelihood(evidence, x, w, process.bias, process.cov))
    tuning = Tuning(history_z=[z], history_x=[x])
    beta, betas = 0.0, [0.0]
    while beta < 1.0:
        beta, log_weight = next_beta(particles, start, beta)
        betas.append(beta)
        resample(particles, log_weight, rng)
        for _ in range(s.sweeps_per_step):
            sweep(particles, simulator, evidence, process, start, beta, tuning, seed)
        tell("tempering", int(100 * beta), 100)
    # the spread of the process belongs to where the posterior is
    half = np.arange(0, s.particles, max(1, s.particles // s.process_runs))
    process = _process(simulator, particles.z[half], seed + 1, s)
    renewed = log_likelihood(evidence, particles.x, particles.w, process.bias, process.cov)
    shift = renewed - particles.log_lik
    particles.log_lik = renewed
    resample(particles, np.clip(shift, np.median(shift) - 3.0, np.median(shift) + 3.0), rng)
    arrival = particles.z.copy()
    trace: list[float] = []
    halves: list[tuple[float, float]] = []
    n = s.particles // 2
    for k in range(s.most_sweeps):
        sweep(particles, simulator, evidence, process, start, 1.0, tuning, seed)
        lp = particles.log_lik + log_prior(particles.z)
        trace.append(float(lp.mean()))
        halves.append((float(lp[:n].mean()), float(lp[n:].mean())))
        tell("sampling", k + 1, s.most_sweeps)
        if k + 1 >= s.least_sweeps and flatness(trace, s.window) <= s.flat_within:
            break
    tell("sampling", s.most_sweeps, s.most_sweeps)
    mixing = np.array([np.corrcoef(arrival[:, i], particles.z[:, i])[0, 1] for i in range(d)])
    return Posterior(
        tuple(simulator.unknowns), particles.z, particles.w, particles.x, process, particles.log_lik + log_prior(particles.z), tuple(trace),
        tuple(halves), tuple(betas), tuning.accepted, tuning.evaluations, mixing,
    )  # fmt: skip


def flatness(trace: list[float] | tuple[float, ...], window: int) -> float:
    """Difference between the means of the last two windows of a trace; infinite while it is too short."""
    if len(trace) < 2 * window:
        return float("inf")
    return abs(float(np.mean(trace[-window:]) - np.mean(trace[-2 * window : -window])))


def _process(simulator: Simulator, z: Floats, seed: int, s: Settings) -> Process:
    process = measure_process(simulator.model, simulator.evidence, simulator.attributes(z), seed)
    if s.process:
        return process
    return Process(process.bias, np.zeros_like(process.cov))


def _prior_only(simulator: Simulator, evidence: Evidence, rng: np.random.Generator, s: Settings) -> Posterior:
    """Without claims or unknowns the posterior is the prior."""
    z = rng.standard_normal((s.particles, len(simulator.unknowns)))
    x = simulator(z) if evidence.judged else np.zeros((s.particles, 0))
    w = rng.standard_normal((s.particles, evidence.n_sources))
    n = len(evidence.judged)
    process = Process(np.zeros(n), np.zeros((n, n)))
    lp = log_prior(z)
    return Posterior(tuple(simulator.unknowns), z, w, x, process, lp, (), (), (1.0,), 1.0, 0, np.zeros(len(simulator.unknowns)))
