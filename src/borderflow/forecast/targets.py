"""Forecast targets as observables: location x target x day, in the terms of the case."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from borderflow.observe.express import Observable, Term, members
from borderflow.observe.operator import build_operator
from borderflow.simulate.compile import Model
from borderflow.world.model import Target
from borderflow.world.names import Location, locations_of

Floats = NDArray[np.float64]
LEAST_PARTIES = 0.5
"""A mean wait is stated for days on which at least this many parties crossed; on others the age of the head of the queue stands in."""


@dataclass(frozen=True)
class Series:
    """One forecast series: location as written in the case, target, and its daily observables over all simulated days."""

    location: str
    target: str
    days: tuple[Observable, ...]


def series_of(model: Model) -> list[Series]:
    """All forecast series of a case, in the order of `forecast` in case.yaml."""
    found = []
    locations = locations_of(model.case)
    for item in model.case.forecast:
        where = locations.resolve(item.location)
        if where is None:
            continue
        for target in item.targets:
            days = tuple(_daily(model, where, item, target, d) for d in range(model.n_days))
            found.append(Series(item.location, target, days))
    return found


def _daily(model: Model, where: Location, item: Target, target: str, day: int) -> Observable:
    gates, countries = members(where, model)
    everywhere = gates + [f"elsewhere {c}" for c in countries]

    def terms(locations: list[str], names: tuple[str, ...], weight: float = 1.0) -> tuple[Term, ...]:
        return tuple(Term(loc, name, float(day), day + 1.0, weight) for loc in locations for name in names)

    whose = ("citizens", "others") if item.who == "all" else ("citizens",)
    if target in ("entries", "exits"):
        return Observable(terms(everywhere, tuple(f"{target}_{w}" for w in whose)))
    if target == "stock":
        return Observable(terms([f"elsewhere {c}" for c in countries], ("stock",)))
    if target == "queue_vehicles":
        return Observable(terms(gates, ("queue_cars", "queue_lorries")))
    if target == "queue_people":
        return Observable(terms(gates, ("queue_people",)))
    way = "foot" if target == "wait_hours_foot" else "car"
    fallback = terms(gates, ("head_age_foot" if way == "foot" else "head_age",), 1.0 / max(len(gates), 1))
    return Observable(terms(gates, (f"wait_{way}_sum",)), terms(gates, (f"wait_{way}_n",)), fallback)


class Reader:
    """Reads the daily values of all forecast series out of runs recorded with `everything` on daily bins."""

    def __init__(self, model: Model) -> None:
        self.series = series_of(model)
        self.operator = build_operator([o for s in self.series for o in s.days], model, 1, everything=True)
        self.n_days = model.n_days

    def __call__(self, out: Floats) -> Floats:
        """Values (n_runs, n_series, n_days) of runs (n_runs, n_rows, n_days)."""
        return self.operator.values(out).reshape(out.shape[0], len(self.series), self.n_days)
