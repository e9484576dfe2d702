"""calibrate(model, evidence, seed) -> Posterior: start, tempering, moves at full temperature until the posterior is flat.

The work advances in short stages whose whole state is a `State`, so that an interrupted calibration can be resumed to the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from borderflow.calibrate.process import Process, first_guess, measure_process
from borderflow.calibrate.sampler import (
    LONGEST_PLAN,
    Particles,
    Problem,
    Surrogate,
    Tuning,
    fit_surrogate,
    log_prior,
    next_beta,
    reference,
    resample,
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
"""Correlation between a particle's place on arrival at full temperature and at the end, above which moves were too few."""


@dataclass(frozen=True)
class Settings:
    """Sizes of a calibration; defaults are those of the shipped case."""

    particles: int = 1024
    start_members: int = 384
    start_steps: int = 6
    plans: int = 3
    """Rounds in which the surrogate proposes a population and the engine corrects the surrogate."""
    process_runs: int = 256
    sweeps_per_step: int = 1
    least_sweeps: int = 20
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
    """Mean log-posterior of each sweep at full temperature."""
    trace_halves: tuple[tuple[float, float], ...]
    temperatures: tuple[float, ...]
    acceptance: float
    evaluations: int
    mixing: Floats
    """Correlation of each unknown between the arrival at full temperature and the end, (d,)."""


_NONE = np.zeros((0, 0))


@dataclass
class State:
    """Everything that a calibration knows between two stages."""

    stage: str = "start"
    """start, plan, tempering, sampling, done"""
    round: int = 0
    beta: float = 0.0
    betas: list[float] = field(default_factory=lambda: [0.0])
    particles: Particles = field(default_factory=lambda: Particles(_NONE, _NONE, _NONE, np.zeros(0)))
    process: Process = field(default_factory=lambda: Process(np.zeros(0), np.zeros((0, 0))))
    surrogate: Surrogate = field(default_factory=lambda: Surrogate(np.zeros((0, 0)), np.zeros(0)))
    tuning: Tuning = field(default_factory=Tuning)
    arrival: Floats = field(default_factory=lambda: np.zeros((0, 0)))
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
    s = settings or Settings()
    simulator = Simulator(model, evidence)
    if not simulator.unknowns or not evidence.judged:
        return _prior_only(simulator, evidence, seed, s)
    state = state or State()
    stages = {"start": _start, "plan": _plan, "tempering": _temper, "sampling": _sample}
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
        tuple(state.betas), state.tuning.accepted, state.tuning.evaluations, mixing(state),
    )  # fmt: skip


def _position(state: State, s: Settings) -> tuple[str, int, int]:
    """Where a calibration stands out of 100, by what stages usually cost."""
    done = {
        "start": 0.0,
        "plan": 8.0 + 4.0 * state.round,
        "tempering": 8.0 + 4.0 * s.plans + 15.0 * state.beta,
        "sampling": 23.0 + 4.0 * s.plans + 60.0 * min(1.0, state.round / (s.least_sweeps + 2 * s.window)),
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
    state.process = _measure(simulator, z[: s.process_runs], seed, s)
    state.tuning.remember(z, x)
    # the ensemble has shrunk too far: begin again around it, so that the surrogate learns the slopes
    z = z.mean(axis=0) + 0.6 * rng.standard_normal(z.shape) * np.maximum(z.std(axis=0), 0.5)
    state.tuning.remember(z, simulator(z))
    state.particles = Particles(z, np.zeros((len(z), evidence.n_sources)), np.zeros((0, 0)), np.zeros(0))
    state.tuning.plan, state.stage, state.round = LONGEST_PLAN, "plan", 0


def _plan(state: State, simulator: Simulator, seed: int, s: Settings) -> None:
    """Lets a population settle under the surrogate, and the engine correct the surrogate where it settled; the last one is tempered."""
    state.surrogate = fit_surrogate(state.tuning)
    problem = Problem(simulator.evidence, state.process, state.surrogate, simulator)
    p = state.particles
    last = state.round == s.plans
    if last:
        rng = _rng(seed, 2, 0)
        mean, root = reference(p.z, state.surrogate, problem)
        p.z = mean + rng.standard_normal((s.particles, p.z.shape[1])) @ root.T
        p.w = rng.standard_normal((s.particles, simulator.evidence.n_sources))
    p.z, p.w = settle(p.z, p.w, problem, state.tuning, seed, 4 if last else 2)
    p.x = simulator(p.z)
    state.tuning.remember(p.z, p.x)
    state.round += 1
    if last:
        p.log_lik = problem.log_lik(p.x, p.w)
        state.tuning.plan, state.tuning.sweeps = 8, 2 * (state.tuning.sweeps // 2 + 1)
        state.stage, state.round = "tempering", 0


def _temper(state: State, simulator: Simulator, seed: int, s: Settings) -> None:
    """One step in temperature; on arrival the process is measured again, where the posterior is."""
    problem = Problem(simulator.evidence, state.process, state.surrogate, simulator)
    p = state.particles
    rng = _rng(seed, 3, state.round)
    state.beta, log_weight = next_beta(p.log_lik - problem.rough_lik(p.z, p.w), state.beta)
    state.betas.append(state.beta)
    resample(p, log_weight, rng)
    for _ in range(s.sweeps_per_step):
        sweep(p, problem, state.beta, state.tuning, seed)
    state.round += 1
    if state.beta < 1.0:
        return
    some = np.arange(0, s.particles, max(1, s.particles // s.process_runs))
    state.process = _measure(simulator, p.z[some], seed + 1, s)
    p.log_lik = Problem(simulator.evidence, state.process, state.surrogate, simulator).log_lik(p.x, p.w)
    state.arrival = p.z.copy()
    state.stage, state.round = "sampling", 0


def _sample(state: State, simulator: Simulator, seed: int, s: Settings) -> None:
    """One sweep at full temperature; done when the mean log-posterior is flat."""
    problem = Problem(simulator.evidence, state.process, state.surrogate, simulator)
    sweep(state.particles, problem, 1.0, state.tuning, seed)
    lp = state.particles.log_lik + log_prior(state.particles.z)
    n = len(lp) // 2
    state.trace.append(float(lp.mean()))
    state.halves.append((float(lp[:n].mean()), float(lp[n:].mean())))
    state.round += 1
    flat = state.round >= s.least_sweeps and flatness(state.trace, s.window) <= s.flat_within
    mixed = flat and effective_size(state.particles.z) >= s.least_ess and mixing(state).max() <= MOST_STUCK
    if mixed or state.round >= s.most_sweeps:
        state.stage = "done"


def flatness(trace: list[float] | tuple[float, ...], window: int) -> float:
    """Difference between the means of the last two windows of a trace; infinite while it is too short."""
    if len(trace) < 2 * window:
        return float("inf")
    return abs(float(np.mean(trace[-window:]) - np.mean(trace[-2 * window : -window])))


def effective_size(z: Floats) -> float:
    """Effective number of draws z (n, d), from how far the means of the two independent populations differ.

    With n/2 independent draws each, the squared difference of means over its expectation is 1 on average over unknowns.
    """
    n = len(z)
    if z.shape[1] == 0:
        return float(n)
    a, b = z[: n // 2], z[n // 2 :]
    ratio = (a.mean(axis=0) - b.mean(axis=0)) ** 2 / (z.var(axis=0) * 4.0 / n + 1e-30)
    return float(n / max(1.0, float(ratio.mean())))


def mixing(state: State) -> Floats:
    """Correlation of each unknown between a particle's place on arrival at full temperature and now, (d,)."""
    z = state.particles.z
    return np.array([_correlation(state.arrival[:, i], z[:, i]) for i in range(z.shape[1])])


def _correlation(a: Floats, b: Floats) -> float:
    return float(np.corrcoef(a, b)[0, 1]) if a.std() > 0 and b.std() > 0 else 1.0


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
    return Posterior(tuple(simulator.unknowns), z, w, x, process, log_prior(z), (), (), (1.0,), 1.0, 0, np.zeros(z.shape[1]))
