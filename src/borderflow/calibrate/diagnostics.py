"""Judgement of a calibration: what is good, what is not and what to do about it."""

from __future__ import annotations

import numpy as np

from borderflow.calibrate.calibrate import LEAST_ESS, MOST_STUCK, Posterior, Settings, correlation, effective_size, flatness


def diagnose(posterior: Posterior, settings: Settings) -> dict[str, object]:
    """The content of diagnostics.json that concerns the calibration."""
    ess = effective_size(posterior.z, posterior.start) if posterior.trace else float(len(posterior.z))
    problems: list[str] = []
    remedies: list[str] = []
    flat = flatness(posterior.trace, settings.window) if posterior.trace else 0.0
    if ess < LEAST_ESS:
        problems.append(f"effective sample size {ess:.0f} is below {LEAST_ESS:.0f}: draws still remember where they began, or their halves differ")
        remedies.append("allow more sweeps; look for unknowns that the claims confuse with each other")
    if flat > settings.flat_within:
        problems.append(f"the mean log-posterior still moves by {flat:.2f}")
        remedies.append("allow more sweeps")
    remembered = correlation(posterior.start, posterior.z) if posterior.trace else np.zeros(len(posterior.unknowns))
    stuck = [u.name for u, r in zip(posterior.unknowns, remembered, strict=True) if r > MOST_STUCK]
    if stuck:
        problems.append(f"unknowns that hardly moved: {', '.join(stuck)}")
        remedies.append("allow more sweeps")
    shrinkage = {u.name: round(float(1.0 - posterior.z[:, i].std()), 3) for i, u in enumerate(posterior.unknowns)}
    return {
        "good": not problems,
        "why": problems,
        "what_to_do": sorted(set(remedies)),
        "ess": round(ess, 1),
        "draws": len(posterior.z),
        "log_posterior": [round(v, 3) for v in posterior.trace],
        "log_posterior_by_population": [[round(a, 3), round(b, 3)] for a, b in posterior.trace_halves],
        "flatness": round(flat, 3) if np.isfinite(flat) else None,
        "acceptance": round(posterior.acceptance, 3),
        "mean_engine_runs": posterior.evaluations,
        "most_stuck": round(float(remembered.max()), 3) if len(remembered) else None,
        "shrinkage": shrinkage,
    }
