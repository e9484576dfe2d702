"""Runs of the small case for tests: the case as an object, attributes by name, and recorded series by name."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from borderflow.io.case import read_case
from borderflow.observe.operator import Operator, build_operator
from borderflow.simulate.compile import Model, compile_case
from borderflow.simulate.engine import simulate_many
from borderflow.simulate.luck import no_luck
from borderflow.simulate.run import dated_changes, run_chain, run_mean
from borderflow.simulate.series import COMPARTMENTS, INDEX, SERIES
from borderflow.world.model import Case
from small_case import write_small_case

PASS, BRU, AIR = "Fjellpass / Skogtull", "Elvebru / Jokisilta", "air IS"


@functools.cache
def small_case() -> Case:
    """The small case of `small_case.py`, read once."""
    with tempfile.TemporaryDirectory() as folder:
        return read_case(write_small_case(Path(folder) / "small"))


def small(**update: Any) -> Case:
    """The small case with some of its fields replaced."""
    return small_case().model_copy(update=update)


def only_ordinary(**update: Any) -> Case:
    """The small case without shocks, policies and people who flee: ordinary traffic in one block."""
    return small(**{"groups": (), "shocks": (), "policies": (), "priors": (), "onward": (), "seats": {}, **update})


def change(items: tuple[Any, ...], which: Mapping[str, Any], **update: Any) -> tuple[Any, ...]:
    """Descriptions with fields replaced in those whose fields are as in `which`; there must be one."""
    hit = [all(getattr(x, k) == v for k, v in which.items()) for x in items]
    assert any(hit)
    return tuple(x.model_copy(update=update) if h else x for x, h in zip(items, hit, strict=True))


def attributes(model: Model, values: Mapping[str, float] | None = None, n: int = 1) -> np.ndarray:
    """n attribute vectors with the case's own values, some replaced: 'put_off' or 'capacity[*; car]' -> value."""
    a = np.repeat(model.base[None, :], n, axis=0)
    for reference, value in (values or {}).items():
        places = model.slots_of(reference)
        assert places, reference
        a[:, places] = value
    return a


@dataclass(frozen=True)
class Runs:
    """Recorded runs: `runs['entries_citizens', 'air IS']` is (n_runs, n_bins)."""

    model: Model
    operator: Operator
    out: np.ndarray
    comp: np.ndarray

    def __getitem__(self, key: tuple[str, str]) -> np.ndarray:
        series, location = key
        return self.out[:, self.operator.rows[self.model.locations.index(location), INDEX[series]]]

    def days(self, series: str, location: str) -> np.ndarray:
        """A flow by day, (n_runs, n_days)."""
        x = self[series, location]
        return x.reshape(x.shape[0], self.model.n_days, -1).sum(axis=2)

    def everywhere(self, series: str) -> np.ndarray:
        """Sum over all locations, (n_runs, n_bins)."""
        return self.out[:, self.operator.rows[:, INDEX[series]]].sum(axis=1)

    def without(self, *names: str) -> np.ndarray:
        """All recorded numbers but those of some series, (n_runs, n_locations, n_series, n_bins)."""
        keep = [i for i, s in enumerate(SERIES) if s.name not in names]
        return self.out[:, self.operator.rows[:, keep]]


def chain(
    case: Case, values: Mapping[str, float] | None = None, runs: int | list[int] = 1, seed: int = 5, bins_per_day: int = 4, lucky: bool = True,
    happens: bool | None = None, drift_from: float = 1e9,
) -> Runs:  # fmt: skip
    """Chain runs with compartments; `happens`: whether every policy comes about (None: as without policies)."""
    model = compile_case(case)
    operator = build_operator([], model, bins_per_day, everything=True)
    numbers = np.arange(runs) if isinstance(runs, int) else np.array(runs)
    a = attributes(model, values, len(numbers))
    on = None if happens is None else {p.name: np.full(len(numbers), happens) for p in model.policies}
    changes = dated_changes(model, a, seed, numbers, on)
    luck = None if lucky else no_luck(model)
    out, comp = run_chain(model, a, operator, seed, numbers, changes, luck, drift_from, conservation=True)
    return Runs(model, operator, out, comp)


def mean(case: Case, values: Mapping[str, float] | None = None, bins_per_day: int = 4) -> Runs:
    """One run of the mean engine, without compartments."""
    model = compile_case(case)
    operator = build_operator([], model, bins_per_day, everything=True)
    out = run_mean(model, attributes(model, values), operator)
    return Runs(model, operator, out, np.empty(0))


def mean_with_compartments(case: Case, values: Mapping[str, float] | None = None, bins_per_day: int = 4) -> Runs:
    """One run of the mean engine with compartments, which its callers do not ask for."""
    model = compile_case(case)
    operator = build_operator([], model, bins_per_day, everything=True)
    a = attributes(model, values)
    zero = np.zeros(1, dtype=np.int64)
    changes, luck = dated_changes(model, a, 0, zero), no_luck(model)
    out = np.empty((1, operator.n_rows, operator.n_bins))
    comp = np.zeros((1, operator.n_bins, model.arrays.n_groups, len(COMPARTMENTS)))
    simulate_many(
        False, model.arrays, a, changes.value, changes.start, changes.end, luck.hazard, luck.arrival, luck.service,
        operator.rows, operator.bin_of, out, comp, 0, zero,
    )  # fmt: skip
    return Runs(model, operator, out, comp)


def parties_at_home(model: Model, a: np.ndarray, whole: bool) -> np.ndarray:
    """Parties of each group before anyone leaves, (n_groups,); the chain rounds each origin's to whole ones."""
    m = model.arrays
    share = a[m.o_group_share : m.o_group_share + m.n_groups]
    party = a[m.o_party : m.o_party + m.n_groups]
    n = (a[m.o_one] * share / share.sum() / party)[:, None] * m.home_weight
    return np.floor(n + 0.5).sum(axis=1) if whole else n.sum(axis=1)
