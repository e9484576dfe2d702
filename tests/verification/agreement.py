"""Do two samples of runs have the same distribution? One permutation test over many statistics of many worlds, with an exact family-wise level.

Each run becomes a row of numbers: flows by window, levels at several times, mean waits of those who crossed. Their means, squared deviations,
shares above pooled quantiles and products between gates are columns whose means must not differ between engines; differences of the totals of each
series are also added up over worlds, which finds what is small everywhere. If they are equal in
distribution, runs are exchangeable, so the largest standardised difference over all columns of all worlds has a known null distribution: that
under random labels. Rejecting above its 99th percentile raises a false alarm with probability 1 % for everything together, whatever the
correlations (Westfall and Young 1993, doi:10.1002/bimj.4710360609, for the maximum statistic; Phipson and Smyth 2010, doi:10.2202/1544-6115.1585,
for the + 1).
"""

from __future__ import annotations

import itertools
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from borderflow.observe.operator import Operator
from borderflow.simulate.compile import Model
from borderflow.simulate.series import INDEX, SERIES

Floats = NDArray[np.float64]
LEVEL = 0.01
"""Probability of a false alarm over all statistics of all worlds together."""
QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)
LEAST_VARIED = 25
"""A number that differs from its most common value in fewer runs than this says nothing."""
ROUNDING = 1e-7
"""Numbers nearer than this, relative to the largest of their kind, are equal: engines add in another order."""


class Columns(NamedTuple):
    """Statistics of one world: (n_runs, n_columns) standardised numbers and their names; the last `n_pooled` are the same for all worlds."""

    values: NDArray[np.float32]
    names: list[str]
    n_pooled: int


class Verdict(NamedTuple):
    """Outcome of the test. largest: the largest difference in standard errors; threshold: exceeded by chance with probability LEVEL."""

    largest: float
    threshold: float
    p: float
    differences: list[tuple[float, str, str]]
    """Standard errors, world and name of the largest differences, largest first."""

    @property
    def reject(self) -> bool:
        """Whether the engines differ."""
        return self.p <= LEVEL


def summaries(model: Model, operator: Operator, out: Floats) -> tuple[Floats, list[str]]:
    """Numbers of each run, (n_runs, n_numbers), from its recorded series (n_runs, n_rows, n_bins)."""
    n_bins, per_day = operator.n_bins, operator.bins_per_day
    cuts = [0, int(1.5 * per_day), int(2.25 * per_day), int(3 * per_day), n_bins]
    moments = [int(1.5 * per_day), 2 * per_day, int(2.75 * per_day), int(3.5 * per_day), n_bins - 1]
    numbers: list[Floats] = []
    names: list[str] = []
    for i, place in enumerate(model.locations):
        rows = {s.name: out[:, operator.rows[i, INDEX[s.name]]] for s in SERIES}
        for s in SERIES:
            x = rows[s.name]
            if not x.any():
                continue
            if s.kind == "flow":
                parts = [(f"bins {a}-{b}", x[:, a:b].sum(axis=1)) for a, b in itertools.pairwise(cuts)]
                parts.append(("all", x.sum(axis=1)))
            else:
                parts = [(f"bin {b}", x[:, b]) for b in moments] + [("mean", x.mean(axis=1)), ("largest", x.max(axis=1))]
            for when, value in parts:
                numbers.append(value)
                names.append(f"{s.name} {place} {when}")
        for kind in ("wait_car", "wait_foot", "journey"):
            for a, b in [*itertools.pairwise(cuts[1:]), (0, n_bins)]:
                n = rows[f"{kind}_n"][:, a:b].sum(axis=1)
                numbers.append(np.where(n > 0, rows[f"{kind}_sum"][:, a:b].sum(axis=1) / np.maximum(n, 1.0), 0.0))
                names.append(f"{kind} a party {place} bins {a}-{b}")
    return np.stack(numbers, axis=1), names


def totals(operator: Operator, out: Floats) -> Floats:
    """Every series summed over places and time, (n_runs, n_series): what differences of all worlds are added up of."""
    return np.stack([out[:, operator.rows[:, i]].sum(axis=(1, 2)) for i in range(len(SERIES))], axis=1)


def standardised(values: Floats) -> Floats:
    """Columns with mean 0 and standard deviation 1; those that do not vary are 0."""
    spread = values.std(axis=0)
    return np.where(spread > 10.0 * ROUNDING, (values - values.mean(axis=0)) / np.maximum(spread, 1e-12), 0.0)


def rounded(x: Floats) -> Floats:
    """Numbers relative to the largest of their column, without what comes from the order of adding."""
    return np.round(x / np.maximum(np.abs(x).max(axis=0), 1e-9) / ROUNDING) * ROUNDING


def columns(x: Floats, names: list[str], everything: Floats, model: Model) -> Columns:
    """Statistics whose means are compared, from the pooled runs of both engines, (n_runs, n_numbers) and totals, (n_runs, n_series)."""
    x = rounded(x)
    centred = x - x.mean(axis=0)
    parts, labels = [x, centred**2], [f"mean of {n}" for n in names] + [f"variance of {n}" for n in names]
    for q in QUANTILES:
        parts.append((x > np.quantile(x, q, axis=0) + 2.0 * ROUNDING).astype(float))
        labels += [f"share above quantile {q:g} of {n}" for n in names]
    sd = np.maximum(centred.std(axis=0), 1e-12)
    at = {name: i for i, name in enumerate(names)}
    gates = model.locations[: model.arrays.n_gates]
    for what in ("demand {} all", "entries_citizens {} all", "queue_people {} mean"):
        known = [(g, at[what.format(g)]) for g in gates if what.format(g) in at]
        for i, (g, a) in enumerate(known):
            for h, b in known[:i]:
                parts.append((centred[:, a] * centred[:, b] / (sd[a] * sd[b]))[:, None])
                labels.append(f"product of {what.format(g)} and {what.format(h)}")
    values = np.concatenate(parts, axis=1)
    base = np.sort(values, axis=0)
    varied = (values != base[len(base) // 2]).sum(axis=0) >= LEAST_VARIED
    keep = varied & (values.std(axis=0) > 10.0 * ROUNDING)
    total = rounded(everything)
    pooled = np.concatenate([standardised(total), standardised((total - total.mean(axis=0)) ** 2)], axis=1)
    labels = [n for n, k in zip(labels, keep, strict=True) if k] + [f"{what} of {s.name}" for what in ("mean", "variance") for s in SERIES]
    return Columns(np.concatenate([standardised(values[:, keep]), pooled], axis=1).astype(np.float32), labels, pooled.shape[1])


def differences(values: NDArray[np.float32], first: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Standardised differences of column means between labelled runs and the others; first: (n_labellings, n_runs)."""
    n = first.shape[1]
    n1 = int(first[0].sum())
    signs = np.where(first, 1.0 / n1, -1.0 / (n - n1)).astype(np.float32)
    return (signs @ values) / np.float32(np.sqrt(1.0 / n1 + 1.0 / (n - n1)))


def same_distribution(worlds: list[tuple[Columns, int]], permutations: int, seed: int, numbers: list[int] | None = None) -> Verdict:
    """The test. worlds: columns of pooled runs with the number of runs of the first engine, which come first; numbers: of worlds, for names."""
    rng = np.random.default_rng(seed)
    null = np.zeros(permutations)
    found: list[tuple[float, str, str]] = []
    together = np.zeros((permutations + 1, worlds[0][0].n_pooled))
    for w, (item, n1) in enumerate(worlds):
        n = len(item.values)
        labels = np.zeros((permutations + 1, n), dtype=bool)
        labels[:, :n1] = True
        labels[1:] = rng.permuted(labels[1:], axis=1)
        z = differences(item.values, labels)
        together += z[:, -item.n_pooled :]
        z = np.abs(z[:, : -item.n_pooled])
        null = np.maximum(null, z[1:].max(axis=1))
        worst = np.argsort(-z[0])[:20]
        found += [(float(z[0, i]), f"world {numbers[w] if numbers else w}", item.names[i]) for i in worst]
    z = np.abs(together) / np.sqrt(len(worlds))
    null = np.maximum(null, z[1:].max(axis=1))
    names = worlds[0][0].names[-worlds[0][0].n_pooled :]
    found += [(float(z[0, i]), "all worlds", names[i]) for i in np.argsort(-z[0])[:20]]
    found.sort(reverse=True)
    largest = found[0][0]
    p = (1.0 + (null >= largest).sum()) / (permutations + 1.0)
    return Verdict(largest, float(np.quantile(null, 1.0 - LEVEL)), float(p), found)
