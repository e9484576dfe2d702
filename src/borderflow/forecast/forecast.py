"""Predictive distributions by day: the headline mixes over policies; scenarios share draws and luck with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from borderflow.calibrate.unknowns import attributes_of, fixed_base, limits_of, unknowns_of
from borderflow.forecast.targets import Reader, Series
from borderflow.simulate.compile import Model, as_of_end
from borderflow.simulate.luck import draw_luck
from borderflow.simulate.run import dated_changes, policy_happens, run_chain
from borderflow.simulate.series import COMPARTMENTS

Floats = NDArray[np.float64]
Progress = Callable[[str, int, int], None]
BATCH = 32
"""Members simulated at a time; bounds memory, changes nothing else."""
NOTHING_NEW = "nothing new happens"
SCENARIO_MEMBERS = 64
"""Members of each scenario: the first ones of the headline, so that differences are paired."""


@dataclass(frozen=True)
class Forecast:
    """Draws of the headline and of each scenario."""

    series: list[Series]
    headline: Floats
    """(n_members, n_series, n_days) over all simulated days"""
    scenarios: dict[str, Floats]
    """name -> (at most SCENARIO_MEMBERS, n_series, n_days), paired with the first members of the headline"""
    recorded: NDArray[np.float32]
    """(n_members, n_rows, n_days) every recorded series of the headline that is not zero throughout"""
    recorded_rows: NDArray[np.int64]
    """(n_rows, 2) location and series index of `recorded`"""
    people: Floats
    """(n_days, 8) mean people by compartment of those at risk, headline"""
    people_total: float
    gap: float
    """Largest difference, over members and days, between everyone and the sum of compartments (parties)."""


def predict(
    model: Model, z: Floats, seed: int, policies: list[str] | None = None, scenarios: bool = True, progress: Progress | None = None
) -> Forecast:
    """Chain runs for posterior draws z (n_members, n_unknowns) to the model's last day.

    policies: names that take effect for certain in the headline; None mixes over the case's policies by their probabilities.
    """
    tell = progress or (lambda stage, done, total: None)
    reader = Reader(model)
    unknowns, base, limits = unknowns_of(model), fixed_base(model), limits_of(model)
    n = len(z)
    names = [p.name for p in model.policies]
    todo = [NOTHING_NEW, *names] if scenarios else []
    headline = np.empty((n, len(reader.series), model.n_days))
    n_alone = min(n, SCENARIO_MEMBERS)
    alone = {name: np.empty((n_alone, *headline.shape[1:])) for name in todo}
    n_rows = reader.operator.n_rows
    recorded = np.empty((n, n_rows, model.n_days), dtype=np.float32)
    people = np.zeros((model.n_days, len(COMPARTMENTS)))
    gap = 0.0
    total = 0.0
    done, work = 0, n + n_alone * len(todo)
    for first in range(0, n, BATCH):
        runs = np.arange(first, min(first + BATCH, n), dtype=np.int64)
        here = slice(first, first + len(runs))
        a = attributes_of(base, unknowns, z[here], limits)
        luck = draw_luck(model, a, seed, runs, as_of_end(model.case))
        happens = policy_happens(model, seed, runs) if policies is None else {p: np.ones(len(runs), dtype=bool) for p in policies}
        out, comp = run_chain(model, a, reader.operator, seed, runs, dated_changes(model, a, seed, runs, happens), luck, conservation=True)
        headline[here] = reader(out)
        recorded[here] = out
        size = a[:, model.arrays.o_party : model.arrays.o_party + model.arrays.n_groups]
        people += np.einsum("rdgc,rg->dc", comp, size) / n
        if comp.size:
            everyone = comp.sum(axis=-1)
            gap = max(gap, float(np.abs(everyone - everyone[:, :1]).max()))
            total += float(np.einsum("rg,rg->", everyone[:, 0], size)) / n
        done += len(runs)
        tell("forecast", done, work)
        for name in todo if first < n_alone else ():
            same = name == NOTHING_NEW and not any(v.any() for v in happens.values())
            if same:
                alone[name][here] = headline[here]
                continue
            only = {} if name == NOTHING_NEW else {name: np.ones(len(runs), dtype=bool)}
            out, _ = run_chain(model, a, reader.operator, seed, runs, dated_changes(model, a, seed, runs, only), luck)
            alone[name][here] = reader(out)
            done += len(runs)
            tell("forecast", done, work)
    keep = np.flatnonzero(np.abs(recorded).max(axis=(0, 2)) > 0) if n else np.zeros(0, dtype=np.int64)
    n_series = reader.operator.rows.shape[1]
    where = np.stack([keep // n_series, keep % n_series], axis=1)
    return Forecast(reader.series, headline, alone, recorded[:, keep], where, people, total, gap)
