"""calibrate(model, evidence, seed) -> Posterior: start, surrogate, moves until the log-posterior is flat.

The work advances in short stages whose whole state is a `State`, so that an interrupted calibration can be resumed to the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from borderflow.calibrate.process import Process, first_guess, measure_process
from borderflow.calibrate.sampler import (
    Particles,
    Problem,
    Tuning,
    log_prior,
    reference,
    settle,
    sweep,
)
from borderflow.calibrate.start import invert
from borderflow.calibrate.unknowns import Unknown, attributes_of, fixed_base, limits_of, unknowns_of
from borderflow.observe.likelihood import Evidence
from borderflow.simulate.compile import Model
from borderflow.simulate.run import run_mean

Floats = NDArray[np.float64]
Progress = Callable[[str, int, int], None]


LEAST_ESS = 400.0
"""Effective number of draws below which a calibration is not called good."""
MOST_STUCK = 0.5
"""Correlation between a particle's place in the surrogate's posterior and at the end, above which moves were too few."""

LEARN_AT = (0, 3, 8)
"""Sweeps before which the surrogate is fitted anew; later it stays, so that moves keep the posterior exactly."""
MEASURE_AT = 2
"""Sweep before which the process is measured again, where the particles have gone."""


@dataclass(frozen=True)
class Settings:
    """Sizes of a calibration; defaults are those of the shipped case."""

    particles: int = 512
    start_members: int = 256
    start_steps: int = 6
    plans: int = 3
    """Rounds in which the surrogate proposes a population and the engine corrects the surrogate."""
    process_runs: int = 512
    least_sweeps: int = 24
    most_sweeps: int = 40
    flat_within: float = 0.5
    """Nats between the means of the log-posterior over two successive windows of sweeps."""
    window: int = 5
    least_ess: float = 1.1 * LEAST_ESS
    """Moves go on until the estimated effective size is above this: the estimate is noisy, hence the margin over what is called good."""
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
    """Mean log-posterior of each sweep."""
    trace_halves: tuple[tuple[float, float], ...]
    acceptance: float
    evaluations: int
    start: Floats
    """Where the draws began: in the surrogate's posterior, (n, d)."""


_NONE = np.zeros((0, 0))


@dataclass
class State:
    """Everything that a calibration knows between two stages."""

    stage: str = "start"
    """start, plan, sampling, done"""
    round: int = 0
    particles: Particles = field(default_factory=lambda: Particles(_NONE, _NONE, _NONE, np.zeros(0)))
    process: Process = field(default_factory=lambda: Process(np.zeros(0), np.zeros((0, 0))))
    tuning: Tuning = field(default_factory=Tuning)
    start_z: Floats = field(default_factory=lambda: np.zeros((0, 0)))
    trace: list[float] = field(default_factory=list)
    halves: list[tuple[float, float]] = field(default_factory=list)


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


def calibrate(
    model: Model,
    evidence: Evidence,
    seed: int,
    settings: Settings | None = None,
    progress: Progress | None = None,
    state: State | None = None,
    save: Callable[[State], None] | None = None,
) -> Posterior:
    """Posterior of the unknowns of a case given the evidence; the same seed gives the same bytes on any number of threads.

    state: where an interrupted calibration stood. save: called after each stage with the state.
    """
    with threadpool_limits(limits=1, user_api="blas"):  # libraries of linear algebra sum in another order on more threads
        return _calibrate(model, evidence, seed, settings or Settings(), progress, state, save)


def _calibrate(
    model: Model, evidence: Evidence, seed: int, s: Settings, progress: Progress | None, state: State | None, save: Callable[[State], None] | None
) -> Posterior:
    simulator = Simulator(model, evidence)
    if not simulator.unknowns or not evidence.judged:
        return _prior_only(simulator, evidence, seed, s)
    state = state or State()
    stages = {"start": _start, "plan": _plan, "sampling": _sample}
    while state.stage != "done":
        if progress:
            progress(*_position(state, s))
        stages[state.stage](state, simulator, seed, s)
        if save:
            save(state)
    if progress:
        progress("calibration", 100, 100)
    p = state.particles
    return Posterior(
        tuple(simulator.unknowns), p.z, p.w, p.x, state.process, p.log_lik + log_prior(p.z), tuple(state.trace), tuple(state.halves),
        state.tuning.accepted, state.tuning.evaluations, state.start_z,
    )  # fmt: skip


def _position(state: State, s: Settings) -> tuple[str, int, int]:
    """Where a calibration stands out of 100, by what stages usually cost."""
    done = {
        "start": 0.0,
        "plan": 7.0 + 2.0 * state.round,
        "sampling": 8.0 + 2.0 * s.plans + 85.0 * min(1.0, state.round / (s.least_sweeps + 2 * s.window)),
    }[state.stage]
    return "calibration", int(min(done, 99.0)), 100


def _rng(seed: int, stage: int, number: int) -> np.random.Generator:
    """Randomness of one stage, addressed like all luck."""
    return np.random.Generator(np.random.Philox(key=seed, counter=[0, 0, stage, number]))


def _start(state: State, simulator: Simulator, seed: int, s: Settings) -> None:
    """Ensemble Kalman inversion, then a first measure of the process where it ends."""
    evidence = simulator.evidence
    rng = _rng(seed, 1, 0)
    d = len(simulator.unknowns)
    z, x = invert(simulator, evidence, first_guess(evidence), rng.standard_normal((s.start_members, d)), rng, s.start_steps)
    state.process = _measure(simulator, z[: s.start_members // 2], seed, s)
    state.tuning.remember(z, x)
    # the ensemble has shrunk too far: begin again around it, so that the surrogate learns the slopes
    z = z.mean(axis=0) + 0.6 * rng.standard_normal(z.shape) * np.maximum(z.std(axis=0), 0.5)
    state.tuning.remember(z, simulator(z))
    state.particles = Particles(z, np.zeros((len(z), evidence.n_sources)), np.zeros((0, 0)), np.zeros(0))
    state.stage, state.round = "plan", 0


def _plan(state: State, simulator: Simulator, seed: int, s: Settings) -> None:
    """Lets the particles settle under the surrogate, and the engine correct the surrogate where they settled."""
    state.tuning.learn()
    problem = Problem(simulator.evidence, state.process, simulator)
    p = state.particles
    if state.round == 0:
        rng = _rng(seed, 2, 0)
        mean, root = reference(p.z, state.tuning.surrogate, problem)
        p.z = mean + rng.standard_normal((s.particles, p.z.shape[1])) @ root.T
        p.w = rng.standard_normal((s.particles, simulator.evidence.n_sources))
    _settle(p, problem, state.tuning, seed, 2)
    state.tuning.remember(p.z, p.x)
    state.round += 1
    if state.round == s.plans:
        state.stage, state.round = "sampling", 0


def _settle(p: Particles, problem: Problem, tuning: Tuning, seed: int, rounds: int) -> None:
    """Puts the particles into the surrogate's posterior and asks the engine what is there."""
    p.z, p.w = settle(p.z, p.w, problem, tuning, seed, rounds)
    p.x = problem.evaluate(p.z)
    p.log_lik = problem.log_lik(p.x, p.w)


def _sample(state: State, simulator: Simulator, seed: int, s: Settings) -> None:
    """One sweep; done when the mean log-posterior is flat."""
    p = state.particles
    if state.round == MEASURE_AT:
        some = np.linspace(0, s.particles - 1, min(s.process_runs, s.particles)).round().astype(np.int64)
        state.process = _measure(simulator, p.z[some], seed + 1, s)
    problem = Problem(simulator.evidence, state.process, simulator)
    if state.round == MEASURE_AT:
        p.log_lik = problem.log_lik(p.x, p.w)
    if state.round in LEARN_AT:
        state.tuning.learn()
    if state.round == 0:
        _settle(p, problem, state.tuning, seed, 3)
        state.start_z = p.z.copy()
    sweep(p, problem, state.tuning, seed)
    lp = p.log_lik + log_prior(p.z)
    n = len(lp) // 2
    state.trace.append(float(lp.mean()))
    state.halves.append((float(lp[:n].mean()), float(lp[n:].mean())))
    state.round += 1
    flat = state.round >= s.least_sweeps and flatness(state.trace, s.window) <= s.flat_within
    mixed = flat and effective_size(p.z, state.start_z) >= s.least_ess and correlation(state.start_z, p.z).max() <= MOST_STUCK
    if mixed or state.round >= s.most_sweeps:
        state.stage = "done"


def flatness(trace: list[float] | tuple[float, ...], window: int) -> float:
    """Difference between the means of the last two windows of a trace; infinite while it is too short."""
    if len(trace) < 2 * window:
        return float("inf")
    return abs(float(np.mean(trace[-window:]) - np.mean(trace[-2 * window : -window])))


def effective_size(z: Floats, start: Floats) -> float:
    """Effective number of draws z (n, d) that began at start (n, d): one over the squared error of a mean, in variances, over unknowns.

    The error has two parts. Chance: 1/n, or more if the two halves of the draws differ by more than that. What is left of the start: with a
    correlation r between start and now, means that have moved by s so far have about s r / (1 - r) to go.
    """
    n, d = z.shape
    if d == 0:
        return float(n)
    a, b, variance = z[: n // 2], z[n // 2 :], z.var(axis=0) + 1e-30
    apart = float(((a.mean(axis=0) - b.mean(axis=0)) ** 2 / variance).mean())
    r = min(max(float(correlation(start, z).mean()), 0.0), 1.0 - 1e-9)
    moved = float(((z.mean(axis=0) - start.mean(axis=0)) ** 2 / variance).mean())
    to_go = max(0.0, moved - 2.0 * (1.0 - r) / n) * (r / (1.0 - r)) ** 2
    return 1.0 / (max(1.0 / n, apart / 4.0) + to_go)


def correlation(a: Floats, b: Floats) -> Floats:
    """Correlation of each unknown between the same particles at two times, (d,); 1 for one that never varied."""
    u, v = a - a.mean(axis=0), b - b.mean(axis=0)
    size = np.sqrt((u**2).sum(axis=0) * (v**2).sum(axis=0))
    return np.where(size > 0.0, (u * v).sum(axis=0) / np.where(size > 0.0, size, 1.0), 1.0)


def _measure(simulator: Simulator, z: Floats, seed: int, s: Settings) -> Process:
    process = measure_process(simulator.model, simulator.evidence, simulator.attributes(z), seed)
    return process if s.process else Process(process.bias, np.zeros_like(process.cov))


def _prior_only(simulator: Simulator, evidence: Evidence, seed: int, s: Settings) -> Posterior:
    """Without claims or unknowns the posterior is the prior."""
    rng = _rng(seed, 0, 0)
    z = rng.standard_normal((s.particles, len(simulator.unknowns)))
    n = len(evidence.judged)
    x = simulator(z) if n else np.zeros((s.particles, 0))
    w = rng.standard_normal((s.particles, evidence.n_sources))
    process = Process(np.zeros(n), np.zeros((n, n)))
    return Posterior(tuple(simulator.unknowns), z, w, x, process, log_prior(z), (), (), 1.0, 0, z)
