"""Observables as sparse sums over recorded series, evaluated for many runs at once."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from borderflow.compiled import njit, prange
from borderflow.observe.express import Observable, Term
from borderflow.simulate.compile import Model
from borderflow.simulate.series import INDEX, SERIES

SIGNED_UNIT = 1000.0
"""Nets are compared on the scale asinh(x / 1000): linear near zero, logarithmic far from it."""
SMALLEST = 0.05
"""Positive quantities below this are taken as this before the logarithm: an empty queue is not minus infinity."""
IS_LEVEL = {s.name: s.kind == "level" for s in SERIES}


@dataclass(frozen=True)
class Operator:
    """Sparse sums for a list of observables. rows: which series of which location must be recorded."""

    rows: NDArray[np.int64]
    """(n_locations, n_series) row or -1."""
    n_rows: int
    bin_of: NDArray[np.int64]
    """(n_steps,)"""
    n_bins: int
    bins_per_day: int
    start: NDArray[np.int64]
    """(3 n_observables + 1,) first entry of top, bottom, fallback of each observable."""
    entry: NDArray[np.int64]
    """flat index row x n_bins + bin"""
    weight: NDArray[np.float64]
    peak: NDArray[np.int64]
    has_bottom: NDArray[np.int64]
    signed: NDArray[np.int64]
    shift: NDArray[np.float64]
    offset: NDArray[np.float64]

    def values(self, out: NDArray[np.float64]) -> NDArray[np.float64]:
        """Observables of runs; out: (n_runs, n_rows, n_bins). Returns (n_runs, n_observables)."""
        return _values(out.reshape(out.shape[0], -1), self.start, self.entry, self.weight, self.peak, self.has_bottom, self.n_bins, self.bins_per_day)

    def scaled(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Observables on the scale of the likelihood, (…, n_observables)."""
        positive = np.log(np.maximum(values + self.offset, SMALLEST))
        return np.where(self.signed == 1, np.arcsinh(values / SIGNED_UNIT), positive)

    def unscaled(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Inverse of `scaled`, with each observable's shift taken off: the number as a source would state it."""
        with np.errstate(over="ignore"):
            return np.where(self.signed == 1, SIGNED_UNIT * np.sinh(np.clip(x, -500, 500)), np.exp(np.clip(x, -500, 500)) - self.offset) - self.shift


def scale_bound(value: float, observable: Observable) -> float:
    """A stated bound on the scale of the likelihood (may be infinite)."""
    if observable.scale == "signed":
        return math.asinh(value / SIGNED_UNIT) if math.isfinite(value) else value
    shifted = value + observable.shift + observable.offset
    if math.isinf(shifted):
        return shifted
    return math.log(shifted) if shifted > 0.0 else -math.inf


def build_operator(
    observables: list[Observable], model: Model, bins_per_day: int, everything: bool = False, recorded: NDArray[np.int64] | None = None
) -> Operator:
    """Compiles observables; `everything` records all series (for draws), not only those that the observables need.

    recorded: (n_rows, 2) location and series of the rows that a saved run holds; all others are zero there.
    """
    n_loc, n_series = len(model.locations), len(SERIES)
    place = {name: i for i, name in enumerate(model.locations)}
    rows = np.full((n_loc, n_series), -1, dtype=np.int64)
    if everything:
        rows[:] = np.arange(n_loc * n_series).reshape(n_loc, n_series)
    n_rows = n_loc * n_series if everything else 0
    if recorded is not None:
        rows[recorded[:, 0], recorded[:, 1]] = np.arange(len(recorded))
        n_rows = len(recorded)
    n_bins = model.n_days * bins_per_day
    holder, share = _holders(model, bins_per_day, n_bins)
    start, entry, weight = [0], [], []
    for item in observables:
        for terms in (item.top, item.bottom, item.fallback):
            for term in terms:
                i, j = place[term.location], INDEX[term.series]
                if rows[i, j] < 0 and recorded is not None:
                    continue
                if rows[i, j] < 0:
                    rows[i, j] = n_rows
                    n_rows += 1
                for bin_, part in _bins(term, bins_per_day, n_bins):
                    entry.append(int(rows[i, j]) * n_bins + int(holder[bin_]))
                    weight.append(part if IS_LEVEL[term.series] else part * share[bin_])
            start.append(len(entry))
    return Operator(
        rows=rows,
        n_rows=n_rows,
        bin_of=_bin_of(model, bins_per_day),
        n_bins=n_bins,
        bins_per_day=bins_per_day,
        start=np.array(start, dtype=np.int64),
        entry=np.array(entry, dtype=np.int64),
        weight=np.array(weight, dtype=float),
        peak=np.array([int(o.peak) for o in observables], dtype=np.int64),
        has_bottom=np.array([int(bool(o.bottom)) for o in observables], dtype=np.int64),
        signed=np.array([int(o.scale == "signed") for o in observables], dtype=np.int64),
        shift=np.array([o.shift for o in observables], dtype=float),
        offset=np.array([o.offset for o in observables], dtype=float),
    )


def _bin_of(model: Model, bins_per_day: int) -> NDArray[np.int64]:
    """Bin in which the middle of each step lies, (n_steps,)."""
    return np.floor((model.arrays.start_day + model.arrays.dt / 2) * bins_per_day + 1e-9).astype(np.int64)


def _holders(model: Model, bins_per_day: int, n_bins: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """For each bin, the bin that holds what happened in it and the share of that which is its own: steps may be longer than bins."""
    holder, share = np.arange(n_bins), np.ones(n_bins)
    m = model.arrays
    for t, bin_ in enumerate(_bin_of(model, bins_per_day)):
        first, last = round(m.start_day[t] * bins_per_day), round((m.start_day[t] + m.dt[t]) * bins_per_day)
        if last - first > 1:
            holder[first:last] = bin_
            share[first:last] = 1.0 / (last - first)
    return holder, share


def _bins(term: Term, bins_per_day: int, n_bins: int) -> list[tuple[int, float]]:
    """Bins that a term's window meets, with weights: the share of the bin (flows) or of the window (levels)."""
    a, b = term.start * bins_per_day, term.end * bins_per_day
    found = []
    for i in range(max(0, math.floor(a)), min(n_bins, math.ceil(b))):
        overlap = min(b, i + 1) - max(a, i)
        if overlap > 1e-12:
            found.append((i, term.weight * (overlap / (b - a) if IS_LEVEL[term.series] else overlap)))
    return found


@njit(cache=True, parallel=True)
def _values(out, start, entry, weight, peak, has_bottom, n_bins, bins_per_day):  # type: ignore[no-untyped-def]
    n_runs = out.shape[0]
    n = peak.shape[0]
    result = np.empty((n_runs, n))
    for r in prange(n_runs):
        days = np.zeros(n_bins // bins_per_day + 1)
        for i in range(n):
            top = 0.0
            if peak[i]:
                days[:] = 0.0
                for e in range(start[3 * i], start[3 * i + 1]):
                    days[(entry[e] % n_bins) // bins_per_day] += weight[e] * out[r, entry[e]]
                top = days.max()
            else:
                for e in range(start[3 * i], start[3 * i + 1]):
                    top += weight[e] * out[r, entry[e]]
            if has_bottom[i]:
                bottom = 0.0
                for e in range(start[3 * i + 1], start[3 * i + 2]):
                    bottom += weight[e] * out[r, entry[e]]
                if bottom > 1e-6:
                    top /= bottom
                else:
                    top = 0.0
                    for e in range(start[3 * i + 2], start[3 * i + 3]):
                        top += weight[e] * out[r, entry[e]]
            result[r, i] = top
    return result
