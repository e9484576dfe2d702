"""Two seeds agree on the shipped case, and the log-posterior is flat.

False alarms: of 73 unknowns the largest difference exceeds 4.5 Monte Carlo errors with probability below 0.1 % if both seeds have found
the posterior. Acceptance rates and a flat trace look fine long before particles have spread, so spreads of the two are compared too.
"""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from shipped import run_folder
from synthetic import SHIPPED, prepare

from borderflow.calibrate.calibrate import Posterior, Settings, calibrate, effective_size, flatness

pytestmark = pytest.mark.verification

SEEDS = (20220927, 19)
MOST_ERRORS = 4.5
"""Largest admissible difference of posterior means, in Monte Carlo errors sd sqrt(2 / ESS)."""
MOST_RMS = 1.5
"""The same, root mean square over unknowns."""
MOST_WIDTH_RATIO = 1.25
"""Largest admissible ratio of the widths of the two seeds' 80 % intervals, for any unknown: 4 standard errors with 512 draws each. Standard
deviations would depend on whether two or four of 512 draws lie in a far tail."""
MOST_MEAN_SD_RATIO = 1.05
"""The same, geometric mean over unknowns."""
MANY_SWEEPS = 100
"""Sweeps of a calibration that is long enough for certain."""
MOST_MEDIAN_GAP = 0.35
"""Largest admissible difference of forecast medians, as a share of the distance between the forecast's quartiles."""
MOST_MEAN_GAP = 0.1


def width(p: Posterior) -> np.ndarray:
    """Widths (d,) of the central 80 % of the draws."""
    low, high = np.quantile(p.z, (0.1, 0.9), axis=0)
    return high - low


def ess_of(p: Posterior) -> float:
    """Effective number of draws of a calibration."""
    return effective_size(p.z, p.start)


@pytest.fixture(scope="module")
def posteriors() -> tuple[Posterior, Posterior]:
    """Two calibrations of the shipped case with the settings of a forecast."""
    setup = prepare(SHIPPED, Settings())
    a, b = (calibrate(setup.model, setup.evidence, seed, setup.settings) for seed in SEEDS)
    return a, b


def test_posterior_means_agree_within_monte_carlo_error(posteriors: tuple[Posterior, Posterior]) -> None:
    a, b = posteriors
    ess = min(ess_of(a), ess_of(b))
    sd = np.sqrt(0.5 * (a.z.var(axis=0) + b.z.var(axis=0)))
    errors = (a.z.mean(axis=0) - b.z.mean(axis=0)) / (sd * np.sqrt(2.0 / ess))
    rms = float(np.sqrt(np.mean(errors**2)))
    print(f"\ntwo seeds: ESS {ess_of(a):.0f} and {ess_of(b):.0f} of {len(a.z)}; differences of means in Monte Carlo errors:")
    worst = np.argsort(-np.abs(errors))[:5]
    print(f"  root mean square {rms:.2f}; largest " + ", ".join(f"{a.unknowns[i].name} {errors[i]:+.1f}" for i in worst))
    assert rms <= MOST_RMS
    assert np.abs(errors).max() <= MOST_ERRORS


def test_posterior_spreads_agree(posteriors: tuple[Posterior, Posterior]) -> None:
    a, b = posteriors
    sd_a, sd_b = a.z.std(axis=0), b.z.std(axis=0)
    widths = np.log(width(a) / width(b))
    worst = int(np.abs(widths).argmax())
    print(f"\ntwo seeds: mean posterior sd {sd_a.mean():.3f} and {sd_b.mean():.3f}, ratio at most {np.exp(np.abs(np.log(sd_a / sd_b)).max()):.2f}")
    print(f"  ratio of 80 % intervals at most {np.exp(abs(widths[worst])):.2f} ({a.unknowns[worst].name})")
    assert abs(np.log(sd_a / sd_b).mean()) <= np.log(MOST_MEAN_SD_RATIO)
    assert abs(widths[worst]) <= np.log(MOST_WIDTH_RATIO)


def test_many_more_sweeps_change_nothing(posteriors: tuple[Posterior, Posterior]) -> None:
    """Two seeds that start too narrow in the same way agree with each other; a long calibration does not agree with them."""
    a, _ = posteriors
    setup = prepare(SHIPPED, Settings())
    long = replace(setup.settings, least_sweeps=MANY_SWEEPS, most_sweeps=MANY_SWEEPS)
    b = calibrate(setup.model, setup.evidence, SEEDS[0], long)
    sd_a, sd_b = a.z.std(axis=0), b.z.std(axis=0)
    shift = float(np.sqrt(np.mean(((a.z.mean(axis=0) - b.z.mean(axis=0)) / sd_b) ** 2)))
    print(
        f"\nafter {len(a.trace)} and {len(b.trace)} sweeps: mean posterior sd {sd_a.mean():.3f} and {sd_b.mean():.3f}; means differ by {shift:.2f} sd"
    )
    assert abs(np.log(sd_b / sd_a).mean()) <= np.log(MOST_MEAN_SD_RATIO)
    assert shift <= MOST_RMS * np.sqrt(1.0 / ess_of(a) + 1.0 / ess_of(b))


def test_the_log_posterior_is_flat_and_the_same_for_both(posteriors: tuple[Posterior, Posterior]) -> None:
    settings = Settings()
    for p in posteriors:
        print(f"\nlog-posterior by sweep: {' '.join(f'{x:.1f}' for x in p.trace)}")
        assert flatness(p.trace, settings.window) <= settings.flat_within
    a, b = posteriors
    ess = min(ess_of(a), ess_of(b))
    error = float(np.sqrt(0.5 * (a.log_posterior.var() + b.log_posterior.var())) * np.sqrt(2.0 / ess))
    gap = float(a.log_posterior.mean() - b.log_posterior.mean())
    print(f"levels differ by {gap:+.2f} nats, Monte Carlo error {error:.2f}")
    # each seed measures the process spread anew, which moves the level by about half a nat
    assert abs(gap) <= MOST_ERRORS * error + 0.5


def test_forecast_medians_agree() -> None:
    a, b = (_forecast(run_folder(seed) / "forecast.csv") for seed in SEEDS)
    assert a.keys() == b.keys()
    gaps = {}
    for key, fan in a.items():
        width = 0.5 * (fan[0.75] - fan[0.25] + b[key][0.75] - b[key][0.25])
        gaps[key] = abs(fan[0.5] - b[key][0.5]) / max(width, 1.0)  # one person, vehicle or hour is no difference
    worst = sorted(gaps, key=lambda k: -gaps[k])[:5]
    mean = float(np.mean(list(gaps.values())))
    print(f"\ntwo seeds: medians of {len(gaps)} forecasts differ by {mean:.3f} of the quartile distance on average; largest")
    print("\n".join(f"  {gaps[k]:.2f}  {k[0]}: {k[1]}, {k[2]} days ahead ({a[k][0.5]:.6g} and {b[k][0.5]:.6g})" for k in worst))
    assert mean <= MOST_MEAN_GAP
    assert gaps[worst[0]] <= MOST_MEDIAN_GAP


def _forecast(path: Path) -> dict[tuple[str, str, int], dict[float, float]]:
    """(location, target, horizon) -> quantiles by level."""
    found: dict[tuple[str, str, int], dict[float, float]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            key = (row["location"], row["target"], int(row["horizon"]))
            found.setdefault(key, {})[float(row["output_type_id"])] = float(row["value"])
    return found
