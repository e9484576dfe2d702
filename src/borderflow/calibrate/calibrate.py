"""calibrate(model, evidence, seed) -> Posterior: start, tempering, moves at full temperature until the posterior is flat.

The work advances in short stages whose whole state is a `State`, so that an interrupted calibration can be resumed to the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from borderflow.calibrate.process import Process, first_guess, measure_process
from borderflow.calibrate.sampler import Particles, Problem, Tuning, log_prior, next_beta, plan_moves, resample, sweep
from borderflow.calibrate.start import Normal, around, invert
from borderflow.calibrate.unknowns import Unknown, attributes_of, fixed_base, limits_of, unknowns_of
from borderflow.observe.likelihood import Evidence
from borderflow.simulate.compile import Model
from borderflow.simulate.run import run_mean

Floats = NDArray[np.float64]
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Settings:
    """Sizes of a calibration; defaults are those of the shipped case."""

    particles: int = 1024
    start_members: int = 384
    start_steps: int = 6
    plans: int = 4
    """Rounds in which the surrogate proposes a population and the engine corrects the surrogate."""
    process_runs: int = 256
    widen: float = 1.15
    sweeps_per_step: int = 1
    least_sweeps: int = 14
    most_sweeps: int = 40
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


@dataclass
class State:
    """Everything that a calibration knows between two stages."""

    stage: str = "start"
    """start, plan, tempering, sampling, done"""
    round: int = 0
    beta: float = 0.0
    betas: list[float] = field(default_factory=lambda: [0.0])
    particles: Particles = field(default_factory=lambda: Particles(*(np.zeros((0, 0)) for _ in range(3)), np.zeros(0)))
    process: Process = field(default_factory=lambda: Process(np.zeros(0), np.zeros((0, 0))))
    start: Normal = field(default_factory=lambda: Normal(np.zeros(0), np.zeros((0, 0))))
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
    mixing = np.array([_correlation(state.arrival[:, i], p.z[:, i]) for i in range(p.z.shape[1])])
    return Posterior(
        tuple(simulator.unknowns), p.z, p.w, p.x, state.process, p.log_lik + log_prior(p.z), tuple(state.trace), tuple(state.halves),
        tuple(state.betas), state.tuning.accepted, state.tuning.evaluations, mixing,
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
    n = s.particles // 2
    spread = np.maximum(z.std(axis=0), 0.3)
    z = z.mean(axis=0) + 0.5 * rng.standard_normal((n, d)) * spread
    state.particles = Particles(z, np.zeros((n, evidence.n_sources)), np.zeros((n, 0)), np.zeros(n))
    state.start = Normal(np.zeros(d), np.eye(d))
    state.tuning.plan, state.stage, state.round = 48, "plan", 0


def _plan(state: State, simulator: Simulator, seed: int, s: Settings) -> None:
    """Lets a population settle under the surrogate, and the engine correct the surrogate where it settled."""
    problem = Problem(simulator.evidence, state.process, state.start, simulator)
    z, w = state.particles.z, state.particles.w
    for _ in range(2):
        z, _, _, _ = plan_moves(z, w, problem, 1.0, state.tuning, seed)
    state.tuning.remember(z, simulator(z))
    state.particles.z = z
    state.round += 1
    if state.round < s.plans:
        return
    rng = _rng(seed, 2, 0)
    state.start = around(z, s.widen)
    z = state.start.mean + rng.standard_normal((s.particles, z.shape[1])) @ state.start.root.T
    w = rng.standard_normal((s.particles, simulator.evidence.n_sources))
    x = simulator(z)
    state.tuning.remember(z, x)
    problem = Problem(simulator.evidence, state.process, state.start, simulator)
    state.particles = Particles(z, w, x, problem.log_lik(x, w))
    state.tuning.plan, state.stage, state.round = 8, "tempering", 0


def _temper(state: State, simulator: Simulator, seed: int, s: Settings) -> None:
    """One step in temperature; on arrival the process is measured again, where the posterior is."""
    problem = Problem(simulator.evidence, state.process, state.start, simulator)
    rng = _rng(seed, 3, state.round)
    state.beta, log_weight = next_beta(state.particles, state.start, state.beta)
    state.betas.append(state.beta)
    resample(state.particles, log_weight, rng)
    for _ in range(s.sweeps_per_step):
        sweep(state.particles, problem, state.beta, state.tuning, seed)
    state.round += 1
    if state.beta < 1.0:
        return
    p = state.particles
    some = np.arange(0, s.particles, max(1, s.particles // s.process_runs))
    state.process = _measure(simulator, p.z[some], seed + 1, s)
    renewed = Problem(simulator.evidence, state.process, state.start, simulator).log_lik(p.x, p.w)
    shift = renewed - p.log_lik
    p.log_lik = renewed
    resample(p, np.clip(shift, np.median(shift) - 3.0, np.median(shift) + 3.0), rng)
    state.arrival = p.z.copy()
    state.stage, state.round = "sampling", 0


def _sample(state: State, simulator: Simulator, seed: int, s: Settings) -> None:
    """One sweep at full temperature; done when the mean log-posterior is flat."""
    problem = Problem(simulator.evidence, state.process, state.start, simulator)
    sweep(state.particles, problem, 1.0, state.tuning, seed)
    lp = state.particles.log_lik + log_prior(state.particles.z)
    n = len(lp) // 2
    state.trace.append(float(lp.mean()))
    state.halves.append((float(lp[:n].mean()), float(lp[n:].mean())))
    state.round += 1
    flat = state.round >= s.least_sweeps and flatness(state.trace, s.window) <= s.flat_within
    if flat or state.round >= s.most_sweeps:
        state.stage = "done"


def flatness(trace: list[float] | tuple[float, ...], window: int) -> float:
    """Difference between the means of the last two windows of a trace; infinite while it is too short."""
    if len(trace) < 2 * window:
        return float("inf")
    return abs(float(np.mean(trace[-window:]) - np.mean(trace[-2 * window : -window])))


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
