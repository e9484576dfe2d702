"""Flee's error on its own public instances, and what calibration on the first 30 % of the days makes of the rest, beside two plain forecasts.

A measurement more than a proof: it prints the table of docs/results.md. What must hold: uncalibrated runs have the errors of Flee's recorded runs.
"""

from __future__ import annotations

import csv
import math

import numpy as np
import pytest
from flee_equal import SHARED, load_series

from borderflow.flee import judge, score
from borderflow.flee.arrays import Plan, compile_instance
from borderflow.flee.calibrate import calibrate, forecast
from borderflow.flee.engine import simulate
from borderflow.flee.read import read_instance

pytestmark = [
    pytest.mark.verification,
    pytest.mark.skipif(not SHARED.is_dir(), reason="the published instances are not part of borderflow (../shared/flee)"),
]

INSTANCES = ("mali2012.own", "ethiopia2020.own", "burundi2015.own", "nigeria2016.suite", "ssudan2013.own", "car2013.own")
SHARE = 0.3
SEED = 1
RUNS = 40


def plan_of(name: str) -> Plan:
    series = load_series(name)
    return compile_instance(read_instance(series.folder, series.settings))


def of_flee(name: str) -> dict[str, float]:
    """Flee's measures of the one run of its own that is recorded day by day."""
    with (SHARED / "reference" / f"{name}.out.csv").open(newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    at = [i for i, h in enumerate(header) if h.endswith((" sim", " data"))] + [header.index("raw UNHCR refugee count")]
    table = np.array([[float(r[i]) for i in at] for r in rows if len(r) == len(header)])
    sim, data, raw = table[:, 0:-1:2], table[:, 1:-1:2], table[:, -1]
    e = score.flee_errors(sim[None], data, raw)
    return {"total": float(e.total[0]), "relative": float(e.relative[0]), "rescaled": float(e.rescaled[0])}


@pytest.mark.parametrize("name", INSTANCES)
def test_uncalibrated_errors_are_those_of_flee(name: str) -> None:
    """Within five times the spread from run to run, which the one recorded run has too, and the rounding of three digits."""
    plan = plan_of(name)
    counts = simulate(plan, RUNS, SEED).counts.astype(float)
    errors, flee = score.flee_errors(counts, plan.data.astype(float), plan.raw.astype(float)), of_flee(name)
    for kind, ours in errors._asdict().items():
        print(f"{name:20} {kind:9} Flee {flee[kind]:.3f}, ours {ours.mean():.3f} +- {ours.std():.3f}")
        assert abs(ours.mean() - flee[kind]) < 5.0 * ours.std() + 0.0005


def test_calibrated_on_the_first_part() -> None:
    ratios: dict[str, list[float]] = {}
    for name in INSTANCES:
        plan = plan_of(name)
        until, days = int(SHARE * plan.days) - 1, score.report_days(plan.instance)
        samples = forecast(plan, calibrate(plan, days, until, SEED), days, SEED)
        found = judge.of_forecast(plan, until, samples, simulate(plan, RUNS, SEED).counts)
        row = {k.removeprefix("error_after_"): v for k, v in found.items() if k.startswith("error_after_")}
        print(f"{name:20} after day {until}: " + "; ".join(f"{k} {v['relative']:.3f} / {v['rescaled']:.3f}" for k, v in row.items()))
        flows = found["flows"]
        print(
            f"{'':20} WIS of {flows['n']} flows, persons a day: calibrated {flows['wis']:.1f}, Flee {flows['wis_flee']:.1f}, "
            f"frozen shares {flows['wis_frozen_shares']:.1f}, last value {flows['wis_last_value']:.1f}; "
            f"in 50 % {flows['in50']:.2f}, in 90 % {flows['in90']:.2f}",
            flush=True,
        )
        for other in ("flee", "frozen_shares", "last_value"):
            for kind in ("relative", "rescaled"):
                ratios.setdefault(f"{other} {kind}", []).append(row["calibrated"][kind] / row[other][kind])
    for against, values in ratios.items():
        mean = math.exp(float(np.mean(np.log(values))))
        print(f"calibrated over {against}: geometric mean {mean:.3f}, worst {max(values):.3f}, best {min(values):.3f}")
    assert math.exp(float(np.mean(np.log(ratios["flee relative"])))) < 0.6
