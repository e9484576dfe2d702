"""out.csv with Flee's columns, so that whatever reads Flee's output reads ours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from borderflow.flee.arrays import Plan
from borderflow.flee.engine import Result

TOTALS = (
    "Total error",
    "refugees in camps (UNHCR)",
    "total refugees (simulation)",
    "raw UNHCR refugee count",
    "refugees in camps (simulation)",
    "refugee_debt",
)


def header(plan: Plan, several: bool) -> str:
    """The first line; `run` stands before Flee's columns when there are several runs."""
    camps = [f"{name} {what}" for name in plan.camps for what in ("sim", "data", "error")]
    return ",".join([*(["run"] if several else []), "Day", "Date", *(_quoted(c) for c in camps), *TOTALS])


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(c in text for c in ',"\n') else text


def lines(plan: Plan, result: Result) -> Iterator[str]:
    """Every line of out.csv, without line ends."""
    runs = len(result.counts)
    yield header(plan, runs > 1)
    dates = plan.dates
    for r in range(runs):
        prefix = f"{result.first_run + r}," if runs > 1 else ""
        rows = day_rows(plan, result.counts[r], result.total[r])
        for t, row in enumerate(rows):
            yield f"{prefix}{t},{dates[t]},{row}"


def day_rows(plan: Plan, counts: npt.NDArray[np.int64], total: npt.NDArray[np.int64]) -> Sequence[str]:
    """The columns after Date of every day of one run: counts is (days, camps), total is (days,)."""
    data = plan.data
    forced = plan.instance.settings.conflict_spawn_mode == "" and not plan.instance.settings.flood_zone_spawning_only
    with np.errstate(divide="ignore", invalid="ignore"):
        errors = np.round(np.where(data == 0, 0.0, np.abs(counts / np.where(data == 0, 1, data) - 1.0)), 4)
    off = np.abs(counts - data).sum(axis=1)
    reported = data.sum(axis=1) if forced else np.zeros(len(data), np.int64)
    inside = counts.sum(axis=1)
    found = []
    for t in range(len(counts)):
        cells = [f"{n},{d},{e!r}" for n, d, e in zip(counts[t].tolist(), data[t].tolist(), errors[t].tolist(), strict=True)]
        share = float(off[t] / plan.raw[t]) if plan.raw[t] > 0 else 0.0
        cells += [repr(share), str(reported[t]), str(total[t]), str(plan.raw[t]), str(inside[t]), str(plan.debt[t])]
        found.append(",".join(cells))
    return found


def text(plan: Plan, result: Result) -> str:
    """The whole file."""
    return "\n".join(lines(plan, result)) + "\n"
