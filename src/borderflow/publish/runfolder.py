"""The files of a run folder, parsed for the page: forecasts as fans, claims as fits, history as bands. No words, no HTML."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from borderflow.forecast.scores import interval_midpoint
from borderflow.io.case import inspect_case
from borderflow.world.model import Case

Series = tuple[str, str]
"""(location, target)"""
Fan = dict[int, dict[float, float]]
"""horizon → level → value"""
Row = dict[str, str]

STATUSES = ("used", "checked", "unused")


class Band(NamedTuple):
    """Quantiles of one day; `day` is the date's ordinal."""

    day: float
    q10: float
    q25: float
    q50: float
    q75: float
    q90: float


class Fit(NamedTuple):
    """A row of claims_fit.csv, parsed."""

    row: Row
    status: str
    low: float | None
    high: float | None
    quantiles: dict[str, float]
    """q05, q25, … → value; empty when the claim has no prediction."""
    p_true: float | None

    @property
    def middle(self) -> float | None:
        """The observed midpoint of a two-sided claim."""
        if self.low is None or self.high is None:
            return None
        return interval_midpoint(min(self.low, self.high), max(self.low, self.high))

    def inside(self, lower: str, upper: str) -> bool | None:
        """Whether the midpoint lies between two quantiles; None for one-sided or unpredicted claims."""
        y = self.middle
        if y is None or lower not in self.quantiles or upper not in self.quantiles:
            return None
        return self.quantiles[lower] <= y <= self.quantiles[upper]

    def overlaps(self, lower: str, upper: str) -> bool:
        """Whether the stated range touches the band between two quantiles that the claim has."""
        low, high = (-math.inf if self.low is None else self.low), (math.inf if self.high is None else self.high)
        return low <= self.quantiles[upper] and high >= self.quantiles[lower]


@dataclass(frozen=True)
class RunFolder:
    """The files of a run folder, parsed; an absent file is empty."""

    run: dict[str, Any]
    diagnostics: dict[str, Any]
    reference: date | None
    forecast: dict[Series, Fan]
    scenarios: dict[tuple[str, str, str], Fan]
    effects: dict[tuple[str, str, str], Fan]
    """(scenario, location, target) → difference to a world in which nothing new happens"""
    exceedance: list[Row]
    fits: list[Fit]
    stated: dict[str, Row]
    """claim_id → its row in the case's claims.csv, as its source worded it; claims that came from elsewhere have none."""
    conservation: list[Row]
    history: dict[Series, list[Band]]
    map: list[Row]
    drivers: list[Row]
    contradictions: list[Row]
    shelter: list[Row]
    files: frozenset[str]
    """Names of the files and folders that are there."""
    boundaries: str
    """The text of the case's own boundaries; '' where it has none."""
    case: Case | None
    """The run's own copy of its case; None where there is none, or one that this version cannot read."""

    @property
    def horizons(self) -> list[int]:
        """Horizons of the forecast in days, rising."""
        return sorted({h for fan in self.forecast.values() for h in fan})

    def shown_horizons(self) -> list[int]:
        """Tomorrow, in 7 and in 14 days, as far as the forecast reaches."""
        return shown_horizons(self.horizons)


def shown_horizons(have: list[int]) -> list[int]:
    """Of the horizons that a forecast has, rising, those that are shown: tomorrow, in 7 and in 14 days, as far as it reaches."""
    chosen: list[int] = [h for h in (1, 7, 14) if h in have]
    return chosen if len(chosen) > 1 or not have else sorted({*chosen, have[0], have[-1]})


def _json(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    found = json.loads(path.read_text(encoding="utf-8"))
    return found if isinstance(found, dict) else {}


def _rows(path: Path) -> list[Row]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return [{k: v or "" for k, v in row.items() if k is not None} for row in csv.DictReader(file)]


def number_or_none(text: str | None) -> float | None:
    """A finite number, or None for an empty or unreadable cell."""
    try:
        x = float(text or "")
    except ValueError:
        return None
    return x if math.isfinite(x) else None


def _hub(path: Path, levels: Iterable[float]) -> tuple[str, dict[tuple[str, str, str], Fan]]:
    """Reference date and (scenario, location, target) → fan of a file in hub form; scenario is '' where there is no such column."""
    out: dict[tuple[str, str, str], Fan] = {}
    wanted, reference = set(levels), ""
    if not path.exists():
        return reference, out
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        header = next(reader, [])
        at = {name: i for i, name in enumerate(header)}
        for cells in reader:
            level = float(cells[at["output_type_id"]])
            if level in wanted:
                scenario = cells[at["scenario"]] if "scenario" in at else ""
                fan = out.setdefault((scenario, cells[at["location"]], cells[at["target"]]), {})
                fan.setdefault(int(cells[at["horizon"]]), {})[level] = float(cells[at["value"]])
                reference = cells[at["reference_date"]]
    return reference, out


def _fit(row: Row) -> Fit:
    quantiles = {name: x for name in ("q025", "q05", "q25", "q50", "q75", "q95", "q975") if (x := number_or_none(row.get(name))) is not None}
    status = row.get("status", "") if row.get("status") in STATUSES else "unused"
    return Fit(
        row, status, number_or_none(row.get("observed_low")), number_or_none(row.get("observed_high")), quantiles, number_or_none(row.get("p_true"))
    )


def _bands(rows: Iterable[Row]) -> dict[Series, list[Band]]:
    """(location, target) → bands by day, from history.csv."""
    out: dict[Series, list[Band]] = {}
    for row in rows:
        values = [number_or_none(row.get(name)) for name in ("q10", "q25", "q50", "q75", "q90")]
        known = [v for v in values if v is not None]
        if len(known) == 5:
            day = date.fromisoformat(row["date"][:10]).toordinal()
            out.setdefault((row["location"], row["target"]), []).append(Band(day, *known))
    return {key: sorted(bands) for key, bands in out.items()}


def read_run(folder: Path) -> RunFolder:
    """The parsed files of a run folder."""
    reference, forecast = _hub(folder / "forecast.csv", (0.1, 0.25, 0.5, 0.75, 0.9))
    run = _json(folder / "run.json")
    case = _case(folder / "case")
    stated = str(run.get("as_of") or reference)[:10]
    return RunFolder(
        run=run,
        diagnostics=_json(folder / "diagnostics.json"),
        reference=date.fromisoformat(reference or stated) if reference or stated else None,
        forecast={(location, target): fan for (_, location, target), fan in forecast.items()},
        scenarios=_hub(folder / "scenarios.csv", (0.1, 0.5, 0.9))[1],
        effects=_effects(_rows(folder / "effects.csv")),
        exceedance=_rows(folder / "exceedance.csv"),
        fits=read_fits(folder),
        stated={r.get("claim_id") or r.get("fact_id", ""): r for r in _rows(folder / "case" / "claims.csv")},
        conservation=_rows(folder / "conservation.csv"),
        history=_bands(_rows(folder / "history.csv")),
        map=_rows(folder / "map.csv"),
        drivers=_rows(folder / "drivers.csv"),
        contradictions=_rows(folder / "contradictions.csv"),
        shelter=_rows(folder / "shelter.csv"),
        files=frozenset(p.name for p in folder.iterdir()) if folder.is_dir() else frozenset(),
        boundaries=_boundaries(folder / "case", case),
        case=case,
    )


def _effects(rows: Iterable[Row]) -> dict[tuple[str, str, str], Fan]:
    out: dict[tuple[str, str, str], Fan] = {}
    for r in rows:
        levels = {0.1: float(r["q10"]), 0.5: float(r["q50"]), 0.9: float(r["q90"])}
        out.setdefault((r["scenario"], r["location"], r["target"]), {})[int(r["horizon"])] = levels
    return out


def read_fits(folder: Path) -> list[Fit]:
    """The rows of claims_fit.csv; none where there is no such file."""
    return [_fit(row) for row in _rows(folder / "claims_fit.csv")]


def _boundaries(folder: Path, case: Case | None) -> str:
    return (folder / case.boundaries).read_text("utf-8") if case is not None and case.boundaries else ""


def _case(folder: Path) -> Case | None:
    return inspect_case(folder).case if folder.is_dir() else None
