"""Result files that the page needs beyond the contract's, made from what a run folder already holds: nothing is simulated again.

map.csv (flows, queues, waits of every gate), drivers.csv (what the spread of the forecast comes from), contradictions.csv (claims that cannot all be
right), shelter.csv (places to stay, where the case asks for them). A folder without draws has no map, drivers or shelter.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from borderflow.calibrate.unknowns import attributes_of, fixed_base, limits_of, unknowns_of
from borderflow.forecast.drivers import drivers_of
from borderflow.io.case import read_case
from borderflow.publish import tables
from borderflow.publish.contradictions import contradictions
from borderflow.publish.runfolder import read_fits, shown_horizons
from borderflow.publish.store import read_draws, read_json, read_posterior
from borderflow.simulate.compile import Model, as_of_end, compile_case
from borderflow.simulate.luck import draw_luck
from borderflow.simulate.run import dated_changes, policy_happens
from borderflow.simulate.series import SERIES
from borderflow.world.countries import country_name
from borderflow.world.names import gates_of

Floats = NDArray[np.float64]
MAP_COLUMNS = ("location", "kind", "country", "lat", "lon", "quantity", "horizon", "date", "q10", "q50", "q90")
DRIVER_COLUMNS = ("location", "target", "horizon", "driver", "kind", "share", "sign")
SHELTER_COLUMNS = ("location", "target", "horizon", "date", "q10", "q50", "q90")
CONTRADICTION_COLUMNS = ("topic", "claim_id", "quantity_kind", "place", "source", "observed_low", "observed_high", "status")
SWING_LEAVING, SWING_DEMAND, SWING_SERVICE = "wish to leave", "demand", "service"
LEAST_PARTIES = 0.5
"""As in the forecast: a mean wait is stated for days on which at least this many parties crossed."""


def extra_files(folder: Path) -> dict[str, bytes]:
    """Name → content of the extra files of a run folder."""
    found = {"contradictions.csv": tables.to_csv(CONTRADICTION_COLUMNS, _contradictions(folder))}
    if not all((folder / name).is_file() for name in ("draws.npz", "posterior.npz", "run.json", "case/case.yaml")):
        return found
    run = read_json(folder / "run.json", "as_of", "horizon", "seed")
    case = read_case(folder / "case").model_copy(update={"as_of": date.fromisoformat(run["as_of"]), "horizon": run["horizon"]})
    model, draws = compile_case(case), read_draws(folder)
    recorded = _Recorded(model, draws)
    found["map.csv"] = tables.to_csv(MAP_COLUMNS, _map(recorded))
    found["drivers.csv"] = tables.to_csv(DRIVER_COLUMNS, _drivers(model, draws, folder, run))
    shelter = list(_shelter(recorded))
    if shelter:
        found["shelter.csv"] = tables.to_csv(SHELTER_COLUMNS, shelter)
    return found


class _Recorded:
    """Recorded series by location and name, on the shown days of the forecast."""

    def __init__(self, model: Model, draws: dict[str, Any]) -> None:
        self.model = model
        self.today = (model.case.as_of - model.case.start).days
        self.horizons = shown_horizons(list(range(1, model.n_days - self.today)))
        names = [s.name for s in SERIES]
        self.rows = {(model.locations[i], names[j]): r for r, (i, j) in enumerate(draws["recorded_rows"])}
        self.values = draws["recorded"]

    def __call__(self, location: str, series: str, horizon: int) -> Floats | None:
        """Draws (n,) of a series; None where it was never above zero."""
        row = self.rows.get((location, series))
        return None if row is None else np.asarray(self.values[:, row, self.today + horizon], dtype=np.float64)

    def date(self, horizon: int) -> date:
        """The date of a horizon."""
        return self.model.case.as_of + timedelta(days=horizon)


def _map(recorded: _Recorded) -> Iterator[tuple[Any, ...]]:
    for gate in gates_of(recorded.model.case):
        for h in recorded.horizons:
            for quantity, x in _of_gate(recorded, gate.name, h).items():
                if np.isfinite(x).any() and np.nanmax(x) > 0:
                    quantiles = np.nanquantile(x, (0.1, 0.5, 0.9)).tolist()
                    yield gate.name, gate.kind, gate.country, gate.lat, gate.lon, quantity, h, recorded.date(h), *quantiles


def _of_gate(recorded: _Recorded, gate: str, h: int) -> dict[str, Floats]:
    """What a map shows of a gate: citizens who come in, queues, mean waits of those who crossed that day, the wait of one who joins."""
    found = {}
    for quantity, parts in (
        ("entries", ("entries_citizens",)),
        ("queue_vehicles", ("queue_cars", "queue_lorries")),
        ("queue_lorries", ("queue_lorries",)),
        ("queue_people", ("queue_people",)),
    ):
        known = [x for name in parts if (x := recorded(gate, name, h)) is not None]
        if known:
            found[quantity] = np.sum(known, axis=0)
    for way in ("car", "foot"):
        total, n = recorded(gate, f"wait_{way}_sum", h), recorded(gate, f"wait_{way}_n", h)
        if total is not None and n is not None:
            head = recorded(gate, "head_age" if way == "car" else "head_age_foot", h)
            fallback = np.zeros_like(n) if head is None else head
            found[f"wait_hours_{way}"] = np.where(n > LEAST_PARTIES, total / np.maximum(n, LEAST_PARTIES), fallback)
    line, passed = recorded(gate, "queue_cars", h), recorded(gate, "wait_car_n", h)
    if line is not None and passed is not None:
        # not the engine's own belief of this wait, which stops at ten days
        found["join_hours_car"] = np.where(passed > LEAST_PARTIES, 24.0 * line / np.maximum(passed, LEAST_PARTIES), np.nan)
    return found


def _shelter(recorded: _Recorded) -> Iterator[tuple[Any, ...]]:
    """Places needed and short, where the case says that newcomers need some."""
    for location in recorded.model.locations:
        for target in ("places_needed", "places_short"):
            for h in recorded.horizons:
                x = recorded(location, target, h)
                if x is not None:
                    yield location.removeprefix("elsewhere "), target, h, recorded.date(h), *np.quantile(x, (0.1, 0.5, 0.9)).tolist()


def _drivers(model: Model, draws: dict[str, Any], folder: Path, run: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    """Drivers of every forecast figure in 7 days, or on the last day of a shorter forecast."""
    saved, names = read_posterior(folder), [u.name for u in unknowns_of(model)]
    runs = np.arange(len(draws["draw_of"]), dtype=np.int64)
    z = saved.z[draws["draw_of"]]
    today = (model.case.as_of - model.case.start).days
    h = min(7, model.n_days - today - 1)
    if h < 1 or names != list(saved.names):
        return
    a = attributes_of(fixed_base(model), unknowns_of(model), z, limits_of(model))
    groups = {"unknown": (names, z), "decision": _effects(model, a, run, runs, today + h), "swing": _swings(model, a, run, runs, today, h)}
    columns = np.concatenate([x for _, x in groups.values()], axis=1)
    kinds = {name: kind for kind, (of_kind, _) in groups.items() for name in of_kind}
    for i, location in enumerate(draws["locations"]):
        for j, target in enumerate(draws["targets"]):
            for d in drivers_of(
                draws["draws"][:, today + h, i, j].astype(np.float64), columns, [n for of_kind, _ in groups.values() for n in of_kind]
            ):
                yield location, target, h, d.name, kinds.get(d.name, "rest"), d.share, d.sign


def _effects(model: Model, a: Floats, run: dict[str, Any], runs: NDArray[np.int64], day: int) -> tuple[list[str], Floats]:
    """Names and sizes of the changes that policies have brought in each run by a day: (n_runs, n_changes), 0 where one is not in effect."""
    forced = run.get("policies") or []
    happens = {p: np.ones(len(runs), dtype=bool) for p in forced} if forced else policy_happens(model, int(run["seed"]), runs)
    changes = dated_changes(model, a, int(run["seed"]), runs, happens)
    active = (changes.start <= day + 0.5) & (changes.end > day)
    names = [p.name for p in model.policies for _ in p.changes]
    return names, np.where(active, changes.value - 1.0, 0.0)[:, len(model.shock_changes) :]


def _swings(model: Model, a: Floats, run: dict[str, Any], runs: NDArray[np.int64], today: int, h: int) -> tuple[list[str], Floats]:
    """Names and sizes of swings after as_of that nobody can foresee, (n_runs, n_swings): means of logarithms over the days until the figure's."""
    luck, days = draw_luck(model, a, int(run["seed"]), runs, as_of_end(model.case)), slice(today + 1, today + h + 1)
    gates = [g.name for g in gates_of(model.case)]
    names = [SWING_LEAVING, *(f"{SWING_DEMAND}: {country_name(c)}" for c in model.countries), *(f"{SWING_SERVICE}: {g}" for g in gates)]
    log = [np.log(x) for x in (luck.hazard[:, None, days], luck.arrival[:, :, 0, days], luck.service[:, : len(gates), days])]
    return names, np.concatenate([x.mean(axis=-1) for x in log], axis=1)


def _contradictions(folder: Path) -> Iterator[tuple[Any, ...]]:
    for topic, group in enumerate(contradictions(read_fits(folder)), 1):
        for fit in group:
            row = fit.row
            yield topic, row["claim_id"], row.get("quantity_kind"), row.get("place"), row.get("source"), fit.low, fit.high, fit.status
