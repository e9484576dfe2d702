"""A synthetic run folder for tests of the page: invented places, invented numbers, hostile texts on request."""

from __future__ import annotations

import json
import math
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from borderflow.forecast.forecast import NOTHING_NEW
from borderflow.publish import tables
from borderflow.publish.extras import DRIVER_COLUMNS, MAP_COLUMNS, SHELTER_COLUMNS, extra_files

AS_OF = date(2030, 5, 20)
HORIZON = 14
LEVELS = {"entries": 9000.0, "exits": 4200.0, "queue_vehicles": 2500.0, "wait_hours_car": 30.0, "wait_hours_foot": 5.0}
SERIES = [
    ("Avland", "entries"), ("Avland", "exits"), ("Beland", "entries"), ("High Pass / Low Gate", "queue_vehicles"),
    ("High Pass / Low Gate", "wait_hours_car"), ("High Pass / Low Gate", "wait_hours_foot"),
]  # fmt: skip
HOSTILE = "<script>alert('x')</script> \"quoted\" & <img src=x onerror=alert(1)>"


def _draws(series: tuple[str, str], n_days: int, *, ahead: bool, n: int = 300) -> np.ndarray:
    """Gamma-like paths, (n, n_days); wider with the days when `ahead`."""
    rng = np.random.default_rng(sum(map(ord, "".join(series))) + ahead)
    days = np.arange(1, n_days + 1)
    shape = np.exp(-0.02 * days) if ahead else 0.6 + 0.4 * days / n_days
    spread = 0.1 + 0.05 * np.sqrt(days) if ahead else np.full(n_days, 0.1)
    return LEVELS[series[1]] * shape * np.exp(spread * rng.normal(size=(n, 1)) + 0.04 * rng.normal(size=(n, n_days)))


def _claim(
    number: int, day: int, low: float | None, high: float | None, *, status: str = "used", centre: float = 8000.0, days: int = 1, **more: object
) -> dict[str, object]:
    row: dict[str, object] = {
        "claim_id": f"F{number:03}", "status": status, "why": "", "observed_low": low, "observed_high": high, "source": "Ministry of Roads",
        "quantity_kind": "entries_per_day", "place": "Avland", "window_start": (AS_OF - timedelta(days=day + days - 1)).isoformat(),
        "window_end": (AS_OF - timedelta(days=day)).isoformat(), "quote": "so many came in on that day", "reference": "https://example.org/report?a=1&b=2",
        "direction": "entries", "mode": "", "who": "citizens", "unit": "people/day", "flow": "flow",
    }  # fmt: skip
    if status != "unused":
        factors = {"q025": 0.75, "q05": 0.8, "q25": 0.92, "q50": 1.0, "q75": 1.08, "q95": 1.2, "q975": 1.25}
        row |= {name: centre * f for name, f in factors.items()}
        two = low is not None and high is not None
        row |= {"pit": 0.4} if two else {"p_true": 0.87}
    return row | more


def claims(hostile: bool = False) -> list[dict[str, object]]:
    """Claims of every hedge and status; with `hostile`, one whose texts try to break out."""
    queue = {"place": "High Pass / Low Gate", "quantity_kind": "vehicles_queued", "direction": "exits_from_AA", "unit": "vehicles", "flow": "queue"}
    wait = {"place": "High Pass / Low Gate", "quantity_kind": "waiting_time", "direction": "exits_from_AA", "unit": "hours", "flow": "duration"}
    rows = [_claim(i, 12 - i, v, v, centre=c) for i, (v, c) in enumerate([(5600, 5700), (6100, 6000), (6400, 6300), (7600, 6600), (8100, 7900)])]
    rows += [
        _claim(10, 5, 7000, 9500, centre=7900.0), _claim(11, 3, 6500, None, centre=8300.0), _claim(12, 2, None, 12000, centre=8600.0),
        _claim(13, 1, 11143, 11143, centre=8800.0, source="A newspaper"),
        _claim(14, 1, 9000, 9000, status="checked", why="restates F013", centre=8800.0),
        _claim(15, 4, 20000, 30000, status="unused", why="counts trips, which the model cannot express"),
        _claim(16, 6, 45000, 45000, centre=46000.0, quantity_kind="people_crossed", flow="cumulative", unit="people", days=6),
        _claim(20, 2, 2300, 2300, centre=2200.0, **queue), _claim(21, 1, 3000, None, centre=2400.0, **queue),
        _claim(22, 0, 2500, 3500, status="checked", why="reprint of F021", centre=2450.0, **queue),
        _claim(23, 1, 24, 48, centre=29.0, mode="car", **wait), _claim(24, 1, 4, 6, centre=5.1, mode="foot", **wait),
        _claim(25, 3, None, None, status="unused", why="no number", place="Elsewhere", quantity_kind="mood"),
    ]  # fmt: skip
    if hostile:
        rows.append(
            _claim(66, 1, 7777, 7777, source=HOSTILE, quote=HOSTILE, place=HOSTILE, reference="javascript:alert(1)", why=HOSTILE, status="checked")
        )
    return rows


def _map() -> list[tuple[object, ...]]:
    """Crossings close together and far apart, and one way by air."""
    out: list[tuple[object, ...]] = []
    at = [(40.0, 10.0), (40.2, 10.3), (40.1, 10.6), (48.0, 20.0), (35.0, 25.0)]
    names = ["High Pass / Low Gate", "North Ford", "South Ford", "Far Bridge", "Lone Tower"]
    for i, (name, (lat, lon)) in enumerate(zip(names, at, strict=True)):
        for quantity, likely in (("entries", 4000.0 / (i + 1)), ("queue_vehicles", 900.0 * i), ("wait_hours_car", 7.5 * i)):
            if likely:
                out.append((name, "crossing", "BE", lat, lon, quantity, 1, AS_OF + timedelta(days=1), likely * 0.7, likely, likely * 1.4))
    for quantity, likely in (("join_hours_car", 41.0), ("queue_lorries", 1900.0)):
        row = (names[0], "crossing", "BE", *at[0], quantity, 1, AS_OF + timedelta(days=1))
        out.append((*row, likely * 0.8, likely, likely * 1.3))
    out.append(("air CC", "air", "CC", 50.0, 30.0, "entries", 1, AS_OF + timedelta(days=1), 90.0, 120.0, 170.0))
    return out


def _drivers() -> list[tuple[object, ...]]:
    """Drivers of two figures: an unknown, a decision, a swing, the rest."""
    out: list[tuple[object, ...]] = []
    for location, target in SERIES[:2]:
        for name, kind, share in (
            ("some_unknown", "unknown", 0.314),
            ("High Pass closed to cars", "decision", 0.221),
            ("demand: Beland", "swing", 0.1),
        ):
            out.append((location, target, 7, name, kind, share, 1))
        out.append((location, target, 7, "rest", "rest", 0.365, 0))
    return out


def make_run(folder: Path, *, good: bool = True, hostile: bool = False) -> Path:
    """Write a run folder with all files of the contract that the page reads; returns it."""
    folder.mkdir(parents=True, exist_ok=True)
    headline = {s: _draws(s, HORIZON, ahead=True) for s in SERIES}
    headline[SERIES[5]][:40, 2] = math.nan  # days on which nobody crossed on foot in some draws
    closed = {s: x * (0.7 if "Pass" in s[0] else 1.05 if s[0] == "Beland" else 1.0) for s, x in headline.items()}
    lanes = {s: x * (0.55 if s[1].startswith("wait") else 1.0) for s, x in headline.items()}
    scenarios = {NOTHING_NEW: headline, "High Pass closed to cars": closed, HOSTILE if hostile else "six more lanes": lanes}
    thresholds = [("Avland", "entries", 10000.0), ("High Pass / Low Gate", "wait_hours_car", 24.0)]
    past = {s: _draws(s, 18, ahead=False) for s in SERIES}
    days = np.arange(18.0)
    parts = {"at_home": 300_000 - 9000 * days, "on_road": 6000 + 0 * days, "queued": 4000 + 100 * days, "crossed": 8900 * days, "returned": 0 * days}
    everyone = sum(parts.values(), np.zeros(18))
    files = {
        "forecast.csv": tables.forecast_rows(AS_OF, headline),
        "scenarios.csv": tables.scenario_rows(AS_OF, scenarios),
        "differences.csv": tables.difference_rows(AS_OF, scenarios, headline),
        "effects.csv": tables.effect_rows(AS_OF, {n: v for n, v in scenarios.items() if n != NOTHING_NEW}, scenarios[NOTHING_NEW], (1, 7, 14)),
        "map.csv": tables.to_csv(MAP_COLUMNS, _map()),
        "drivers.csv": tables.to_csv(DRIVER_COLUMNS, _drivers()),
        "shelter.csv": tables.to_csv(SHELTER_COLUMNS, [("Avland", "places_short", 7, AS_OF + timedelta(days=7), 0.0, 1234.5, 3456.7)]),
        "exceedance.csv": tables.exceedance_rows(AS_OF, thresholds, headline),
        "claims_fit.csv": tables.claims_fit_rows(claims(hostile)),
        "conservation.csv": tables.conservation_rows(AS_OF - timedelta(days=17), parts, everyone),
        "history.csv": tables.history_rows(AS_OF - timedelta(days=17), past),
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
    for name, data in extra_files(folder).items():
        (folder / name).write_bytes(data)
    digests = {"case.yaml": "a" * 64, "claims.csv": "b" * 64}
    settings = {"particles": 1000, "engine": "chain", "step_hours": 1.0}
    run = {
        "title": HOSTILE if hostile else "An invented outflow",
        "as_of": AS_OF.isoformat(),
        "version": "0.0.1",
        "seed": 20300520,
        "digests": digests,
    }
    run |= {"settings": settings, "wall_seconds": 12.345, "limits": ["Waits of lorries are not modelled."]}
    diagnostics = {
        "good": good,
        "why": [] if good else ["effective sample size 37 is below 400"],
        "ess": 812.4 if good else 37.0,
        "n_particles": 1000,
    }
    diagnostics |= {"what_to_do": "" if good else "run more particles", "shrinkage": {"pool": 0.61, "capacity_high_pass": 0.83}}
    (folder / "run.json").write_text(json.dumps(run), encoding="utf-8")
    (folder / "diagnostics.json").write_text(json.dumps(diagnostics), encoding="utf-8")
    return folder
