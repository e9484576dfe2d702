"""Data sets whose truth is known: unknowns from the prior, one run of the chain, reports worded as the case words its own.

A data set differs from the shipped case in its numbers only: which claims, windows, sources, hedges and widths stay as they are.

    z ~ N(0, 1), w ~ N(0, 1)                                          the truth: unknowns, and the spreads of the sources
    y = observables of one chain run at z, with all its luck
    s = y + bias + approximation + spread exp(SPREAD_OF_SPREAD w) eps  what each source would say, on the scale of the likelihood

A claim of two bounds then states the cell that contains s, on the grid of cells as wide as the case's own interval and anchored at its
low: an interval chosen around s itself would say more than the likelihood believes. A claim of one bound keeps its bound L: 'more than L'
if s >= L, else 'less than L'.

The kind 'sampler' takes y from the mean engine and leaves the process out on both sides: data from the likelihood itself, so that only
the sampler can be wrong. Each calibration is kept as a line of JSON, so that an interrupted verification goes on where it stopped.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

import borderflow.calibrate.calibrate as calibration
from borderflow.calibrate.calibrate import Settings, Simulator, calibrate
from borderflow.calibrate.process import Process
from borderflow.io.case import read_case
from borderflow.io.claims import read_claims
from borderflow.observe.likelihood import SPREAD_OF_SPREAD, Evidence, build_evidence
from borderflow.observe.select import judge
from borderflow.simulate.compile import Model, compile_case
from borderflow.simulate.run import run_chain

Floats = NDArray[np.float64]
Kind = Literal["chain", "without-process", "sampler"]
"""Data from the chain, calibrated with process spread or without it; or data from the mean engine."""
ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "cases" / "russia-2022"
KEPT = ROOT / "out" / "verify"
BINS_PER_DAY = 4
SEED = 4_100_000
"""Data set k draws its truth and its luck from SEED + k, and is calibrated with CALIBRATION_SEED + 10 k: no luck in common."""
CALIBRATION_SEED = 7_300_000
DECIDES = ("errors.py", "world", "evidence", "io", "kernels", "simulate", "observe", "calibrate")
"""Parts of the package that a calibration depends on; a change in any of them makes kept results stale."""


@dataclass(frozen=True)
class Setup:
    """A case compiled for calibration, and the settings of every calibration."""

    model: Model
    evidence: Evidence
    settings: Settings
    key: str
    """Digest of everything that decides the results."""


@dataclass(frozen=True)
class Recovery:
    """What the calibration of one data set makes of the truth; lists over unknowns."""

    data_set: int
    kind: str
    rank: list[float]
    """Share of draws below the truth, (rank + 1/2) / (draws + 1): uniform on (0, 1) if the posterior is right."""
    truth: list[float]
    mean: list[float]
    sd: list[float]
    """Posterior standard deviation; the prior's is 1."""
    acceptance: float
    sweeps: int
    seconds: float


def prepare(folder: Path, settings: Settings) -> Setup:
    """A case folder with its used claims, compiled up to as_of."""
    case = read_case(folder)
    model = compile_case(case, (case.as_of - case.start).days + 1, policies=False)
    evidence = build_evidence(judge(read_claims(folder / "claims.csv", case).claims, model, case.as_of), model, BINS_PER_DAY)
    content = [p for p in sorted(folder.iterdir()) if p.is_file()] + source_files(DECIDES) + [Path(__file__)]
    return Setup(model, evidence, settings, digest(content, asdict(settings)))


def source_files(parts: tuple[str, ...] = ("",)) -> list[Path]:
    """Python files of parts of the package, in order."""
    package = ROOT / "src" / "borderflow"
    found = [f for part in parts for f in ([package / part] if part.endswith(".py") else (package / part).rglob("*.py"))]
    return sorted(found)


def digest(files: list[Path], settings: dict[str, Any]) -> str:
    """Short digest of files by content and of settings."""
    total = hashlib.sha256(json.dumps(settings, sort_keys=True, default=str).encode())
    for path in files:
        total.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()[:16]


# ---------------------------------------------------------------- one data set


def draw_data_set(setup: Setup, number: int, kind: Kind) -> tuple[Evidence, Floats]:
    """Evidence of a data set, and the unknowns z (n_unknowns,) behind it."""
    evidence = setup.evidence
    rng = np.random.Generator(np.random.Philox(key=SEED + number))
    simulator = Simulator(setup.model, evidence)
    z = rng.standard_normal(len(simulator.unknowns))
    if kind == "sampler":
        y = simulator(z[None])[0]
    else:
        operator = evidence.operator
        out, _ = run_chain(setup.model, simulator.attributes(z[None]), operator, SEED + number, np.zeros(1, dtype=np.int64))
        y = operator.scaled(operator.values(out))[0]
    return state(evidence, y + report_error(evidence, rng)), z


def report_error(evidence: Evidence, rng: np.random.Generator) -> Floats:
    """What sources add to the truth, (n_claims,): bias in common by source and quantity, approximation of the observable, own error."""
    n = len(evidence.judged)
    bias = evidence.bias_mean + evidence.bias_sd * rng.standard_normal(n)[_first_alike(evidence)]
    approximation = np.array([j.observable.spread if j.observable else 0.0 for j in evidence.judged]) * rng.standard_normal(n)
    w = rng.standard_normal(evidence.n_sources)
    own = evidence.spread * np.exp(SPREAD_OF_SPREAD * w[evidence.source]) * rng.standard_normal(n)
    return np.asarray(bias + approximation + own)


def _first_alike(evidence: Evidence) -> NDArray[np.int64]:
    """For each claim, the first claim that shares its bias."""
    alike = (evidence.same_bias != 0.0) | np.eye(len(evidence.judged), dtype=bool)
    return alike.argmax(axis=1)


def state(evidence: Evidence, s: Floats) -> Evidence:
    """The evidence with the numbers s, (n_claims,), worded as the case words its own; order, widths and rounding stay."""
    two_sided = np.isfinite(evidence.low) & np.isfinite(evidence.high)
    width = np.where(two_sided, evidence.high - evidence.low, 1.0)
    anchor = np.where(np.isfinite(evidence.low), evidence.low, evidence.high)
    cell = anchor + np.floor((s - anchor) / width) * width
    above = s >= anchor
    low = np.where(two_sided, cell, np.where(above, anchor, -np.inf))
    high = np.where(two_sided, cell + width, np.where(above, np.inf, anchor))
    return replace(evidence, low=low, high=high, middle=np.where(two_sided, cell + 0.5 * width, anchor))


def recover(setup: Setup, number: int, kind: Kind) -> Recovery:
    """Calibrates one data set."""
    evidence, truth = draw_data_set(setup, number, kind)
    begin = time.perf_counter()
    seed = CALIBRATION_SEED + 10 * number
    if kind == "sampler":
        n = len(evidence.judged)
        with patch.object(calibration, "_measure", lambda *_: Process(np.zeros(n), np.zeros((n, n)))):
            posterior = calibrate(setup.model, evidence, seed, setup.settings)
    else:
        posterior = calibrate(setup.model, evidence, seed, replace(setup.settings, process=kind == "chain"))
    z = posterior.z
    rank = ((z < truth).sum(axis=0) + 0.5) / (len(z) + 1)
    return Recovery(
        number, kind, rank.tolist(), truth.tolist(), z.mean(axis=0).tolist(), z.std(axis=0).tolist(),
        float(posterior.acceptance), len(posterior.trace), time.perf_counter() - begin,
    )  # fmt: skip


# ---------------------------------------------------------------- many, kept


def recover_all(setup: Setup, n: int, kind: Kind, kept: Path = KEPT) -> list[Recovery]:
    """Data sets 0 to n - 1; those calibrated before by the same code on the same case are read, the others are calibrated and kept."""
    path = kept / f"recovery-{setup.key}-{kind}.jsonl"
    done = {r.data_set: r for r in _read(path)}
    missing = [k for k in range(n) if k not in done]
    _say(f"recovery, {kind}: {n - len(missing)} of {n} data sets kept in {path.name}")
    seconds: list[float] = []
    for k in missing:
        found = recover(setup, k, kind)
        done[k] = found
        _append(path, found)
        seconds.append(found.seconds)
        left = (len(missing) - len(seconds)) * float(np.mean(seconds[1:] or seconds))  # the first one also loads compiled code
        _say(
            f"  data set {k}: {found.seconds:.0f} s, {found.sweeps} sweeps, accepted {found.acceptance:.2f}, "
            f"truth in the 90 % interval for {np.mean(_inside(found.rank, 0.9)):.0%} of unknowns; about {_duration(left)} left"
        )
    return [done[k] for k in range(n)]


def _inside(rank: list[float], level: float) -> NDArray[np.bool_]:
    return np.abs(np.asarray(rank) - 0.5) < 0.5 * level


def _read(path: Path) -> list[Recovery]:
    """Kept results; a last line cut off by an interruption is skipped."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        try:
            found.append(Recovery(**json.loads(line)))
        except json.JSONDecodeError:
            continue
    return found


def _append(path: Path, found: Recovery) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        # begins with a line break, so that a line cut off earlier stays alone
        file.write("\n" + json.dumps(asdict(found)) + "\n")


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()
