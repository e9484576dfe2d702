"""What `borderflow flee --calibrate` does: fit the first part of an instance's data, forecast the rest, write both, and score them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from borderflow.errors import InputError, Problem
from borderflow.flee import judge, score
from borderflow.flee.arrays import Plan, compile_instance
from borderflow.flee.calibrate import Posterior, calibrate, forecast
from borderflow.flee.engine import simulate
from borderflow.flee.page import page as page_of
from borderflow.flee.read import read_instance
from borderflow.io.write import atomic_write

Floats = NDArray[np.float64]
LEVELS = (0.025, 0.05, 0.25, 0.5, 0.75, 0.95, 0.975)
UNCALIBRATED = 40
"""Runs with the instance's own settings that stand beside the forecast."""


def calibrate_flee(
    folder: Path,
    out: Path,
    until: int | None,
    settings: Path | None = None,
    fixes: Sequence[str] = (),
    seed: int = 0,
    page: Path | None = None,
    progress: Callable[[str, int, int], None] = lambda stage, done, total: None,
) -> dict[str, Any]:
    """Leaves the forecast (a row a day and camp), the posterior beside it and, if asked for, a page; the summary of the command."""
    progress("reading", 0, 0)
    instance = read_instance(folder, settings, frozenset(fixes))
    if until is None or not 1 <= until < instance.days - 1:
        what = "--calibrate needs --until" if until is None else f"{until} must be between 1 and {instance.days - 2}"
        raise InputError([Problem("--until", 0, what, "give the last day whose data may be used; the days after it are forecast")])
    plan = compile_instance(instance)
    days = score.report_days(instance)
    if not any(0 < d <= until for camp in days for d in camp):
        raise InputError([Problem("source_data", 0, f"no camp has a report between day 1 and day {until}", "give a later --until")])
    cpu = time.process_time()
    posterior = calibrate(plan, days, until, seed, progress=progress)
    samples = forecast(plan, posterior, days, seed, progress=progress)
    cpu = time.process_time() - cpu
    own = simulate(plan, UNCALIBRATED, seed).counts
    found = judge.of_forecast(plan, until, samples, own)
    beside = out.with_name(f"{out.stem}-posterior.csv")
    summary = {
        "instance": instance.name,
        "until": until,
        "days_forecast": plan.days - until - 1,
        "members": len(posterior.z),
        "seed": seed,
        "fitted": {n: round(float(v), 4) for n, v in zip(posterior.names, np.median(posterior.values, axis=0), strict=True)},
        **found,
        "cpu_seconds": cpu,
        "given": "the total of all camps on each later day comes from the data, as in Flee; what is forecast is how it is shared out",
        "ignored": list(instance.notices),
        "out": out,
        "posterior": beside,
    }
    texts = {out: forecast_text(plan, samples, days, until), beside: posterior_text(posterior)}
    if page is not None:
        texts[page] = page_of(plan, samples, until, [_sentence(found, until)])
        summary["page"] = page
    for path, text in texts.items():
        atomic_write(path, text)
    return summary


def _sentence(found: dict[str, Any], until: int) -> str:
    error = {name: found[f"error_after_{name}"]["relative"] for name in ("flee", "calibrated", "frozen_shares", "last_value")}
    return (
        f"Calibrated on the reports up to day {until}. Error after it (sum of differences over camps, relative to all): {error['calibrated']:.3f}; "
        f"Flee with its own settings {error['flee']:.3f}, shares frozen {error['frozen_shares']:.3f}, last values {error['last_value']:.3f}. "
        "The total of all camps is taken from the data on every day."
    )


def forecast_text(plan: Plan, samples: Floats, report_days: list[list[int]], until: int) -> str:
    """forecast.csv: the days after `until`, in agents as in out.csv."""
    quantiles = np.quantile(samples, LEVELS, axis=0)
    rows = ["day,date,camp,data,reported," + ",".join(f"q{level:g}".replace("0.", "") for level in LEVELS)]
    reported = [set(days) for days in report_days]
    for t in range(until + 1, plan.days):
        for c, name in enumerate(plan.camps):
            values = ",".join(f"{v:.1f}" for v in quantiles[:, t, c])
            rows.append(f"{t},{plan.dates[t]},{_cell(name)},{plan.data[t, c]},{int(t in reported[c])},{values}")
    return "\n".join(rows) + "\n"


def posterior_text(posterior: Posterior) -> str:
    """One row a member, after a first row `own` with the instance's own values."""
    rows = ["member," + ",".join(_cell(n) for n in posterior.names)]
    for name, values in [("own", posterior.first_guess), *((str(k), v) for k, v in enumerate(posterior.values))]:
        rows.append(f"{name}," + ",".join(f"{v:.6g}" for v in values))
    return "\n".join(rows) + "\n"


def _cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(c in text for c in ',"\n') else text
