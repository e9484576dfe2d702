"""Do runs of ours and runs of Flee itself have one distribution? A permutation test on counts by camp and day, with an exact family-wise level.

Under equality the runs of both engines are exchangeable, so any statistic has the null distribution that it has under random labels, whatever
the dependence among days and camps. The statistics of a series (`KINDS`): differences of means by camp and day (largest and mean
square), of the number in all camps together averaged over days, of variances (mean and largest) and of correlations between camps (mean
square). The smallest of their p-values is compared with its own null distribution, which gives one p per series. Fisher sums over series of
each kind, and sums of the signed ones, give one more p: what is a little wrong everywhere. Rejecting when any of these is below
LEVEL / (number of series + 1) raises a false alarm with probability at most LEVEL for everything together. A p can be as small as that only
with many permutations: `resolution`.

Source: Westfall & Young 1993, doi:10.1002/bimj.4710360609 (smallest p); Phipson & Smyth 2010, doi:10.2202/1544-6115.1585 (the + 1).
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
SHARED = Path(__file__).resolve().parents[3] / "shared" / "flee"
"""The published instances and the runs of Flee itself; not part of the product."""

LEVEL = 0.01
"""Probability of a false alarm over all statistics of all series together."""
LEAST_VARIED = 25
"""A number that differs from its most common value in fewer pooled runs than this says nothing about spread."""
CORRELATION_DAYS = 20
"""Recorded days on which correlations between camps are compared, evenly spread; neighbouring days say nearly the same."""
KINDS = ("largest mean", "square mean", "all camps", "mean variance", "largest variance", "correlation")
SIGNED = ("all camps", "mean variance")
CHUNK = 500


class Series(NamedTuple):
    """One recorded series of Flee. counts: (n_seeds, n_days, n_camps); total: (n_seeds, n_days)."""

    instance: str
    tag: str
    camps: tuple[str, ...]
    days: tuple[int, ...]
    counts: Floats
    total: Floats

    @property
    def name(self) -> str:
        """`instance.tag`."""
        return f"{self.instance}.{self.tag}"

    @property
    def settings(self) -> Path:
        """The settings that Flee ran with."""
        return SHARED / "reference" / f"{self.name}.yml"

    @property
    def folder(self) -> Path:
        """The instance."""
        return SHARED / "instances" / self.instance


class Outcome(NamedTuple):
    """What the test says of one series. statistics: (1 + n_permutations, n_kinds), row 0 = observed; signed: the same of `SIGNED`."""

    name: str
    largest_z: float
    where: str
    rms_z: float
    variance_ratio: float
    p: float
    p_kinds: dict[str, float]
    ranks: Floats
    """p-value of each labelling by kind, (1 + n_permutations, n_kinds)."""
    signed: Floats


class Verdict(NamedTuple):
    """Over all series. p_together: of the sums over series; threshold: what each p is compared with."""

    outcomes: list[Outcome]
    p_together: float
    kind_together: str
    threshold: float

    @property
    def rejected(self) -> list[str]:
        """Names of the series that differ, `together` for the sums."""
        names = [o.name for o in self.outcomes if o.p <= self.threshold]
        return [*names, "together"] if self.p_together <= self.threshold else names


def series_names() -> list[str]:
    """Every recorded series, `instance.tag`; empty without ../shared."""
    return sorted(p.stem for p in (SHARED / "reference").glob("*.yml")) if SHARED.is_dir() else []


def load_series(name: str) -> Series:
    """The runs of Flee itself."""
    instance, tag = name.split(".")
    with (SHARED / "reference" / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    header, body = rows[0], np.array([[float(v) for v in row] for row in rows[1:]])
    seeds, days = np.unique(body[:, 0]), np.unique(body[:, 1])
    table = body.reshape(len(seeds), len(days), -1)
    assert (table[:, :, 1] == days).all()
    camps = tuple(c.removesuffix(" sim") for c in header[2:-1])
    return Series(instance, tag, camps, tuple(int(d) for d in days), table[:, :, 2:-1], table[:, :, -1])


def columns(counts: Floats, total: Floats) -> Floats:
    """Camps, all camps together and everyone, (n_runs, n_days, n_camps + 2)."""
    return np.concatenate([counts, counts.sum(axis=2, keepdims=True), total[:, :, None]], axis=2)


def labellings(n: int, n_first: int, permutations: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Weights that average over `n_first` of n runs, (1 + permutations, n): first the true ones, then random ones."""
    weights = np.zeros((1 + permutations, n), dtype=np.float32)
    weights[:, :n_first] = 1.0 / n_first
    weights[1:] = rng.permuted(weights[1:], axis=1)
    return weights


class Prepared(NamedTuple):
    """Pooled runs as columns whose averages over labelled runs are the statistics."""

    z: NDArray[np.float32]
    squares: NDArray[np.float32]
    products: NDArray[np.float32]
    together: NDArray[np.int64]
    """Columns of `z` that are all camps together."""
    cells: list[tuple[int, int]]
    """(day, column) of each column of `z`."""


def prepare(pool: Floats, centre: Floats | None = None, spread: Floats | None = None) -> Prepared:
    """pool: (n_runs, n_days, n_columns), standardised by its own moments unless they are given."""
    n, n_days, n_columns = pool.shape
    centre = pool.mean(axis=0) if centre is None else centre
    spread = pool.std(axis=0) if spread is None else spread
    common = np.median(pool, axis=0)
    kept = ((pool != common).sum(axis=0) >= LEAST_VARIED) & (spread > 0)
    z = np.where(kept, (pool - centre) / np.where(kept, spread, 1.0), 0.0)
    cells = [(int(d), int(c)) for d, c in np.argwhere(kept)]
    flat = z[:, kept]
    squares = flat**2 - 1.0
    chosen = np.unique(np.linspace(0, n_days - 1, CORRELATION_DAYS).astype(int))
    products = [
        z[:, d, a] * z[:, d, b] - (z[:, d, a] * z[:, d, b]).mean()
        for d in chosen
        for a in range(n_columns - 2)
        for b in range(a)
        if kept[d, a] and kept[d, b]
    ]
    together = np.array([i for i, (_, c) in enumerate(cells) if c == n_columns - 2], dtype=np.int64)
    stacked = np.stack(products, axis=1) if products else np.zeros((n, 1))
    return Prepared(flat.astype(np.float32), squares.astype(np.float32), stacked.astype(np.float32), together, cells)


def statistics(item: Prepared, weights: NDArray[np.float32], n_first: int, square_spread: NDArray[np.float32]) -> tuple[Floats, Floats]:
    """(n_labellings, n_kinds), all rising with the difference, and the signed ones (n_labellings, n_signed)."""
    z = weights @ item.z * np.float32(np.sqrt(n_first))
    v = weights @ item.squares
    c = weights @ item.products
    together = z[:, item.together].mean(axis=1) if len(item.together) else np.zeros(len(z))
    mean_v = v.mean(axis=1)
    kinds = [np.abs(z).max(axis=1), (z**2).mean(axis=1), np.abs(together), np.abs(mean_v), np.abs(v / square_spread).max(axis=1), (c**2).mean(axis=1)]
    return np.stack(kinds, axis=1).astype(float), np.stack([together, mean_v], axis=1).astype(float)


def resolution(permutations: int) -> float:
    """What the p of even the plainest difference may amount to: each kind's largest value may stand at a labelling of its own."""
    return (len(KINDS) + len(SIGNED)) / (permutations + 1.0)


def p_values(values: Floats) -> Floats:
    """Share of labellings with a value as large, by column, of every labelling itself."""
    order = np.sort(values, axis=0)
    return np.stack([(len(values) - np.searchsorted(order[:, k], values[:, k], side="left")) / len(values) for k in range(values.shape[1])], axis=1)


def compare(name: str, camps: Sequence[str], days: Sequence[int], first: Floats, second: Floats, permutations: int, seed: int) -> Outcome:
    """One series: runs of Flee against ours, each (n_runs, n_days, n_columns) as `columns` makes them."""
    pool = np.concatenate([first, second])
    n_first = len(first)
    item = prepare(pool)
    square_spread = np.maximum(item.squares.std(axis=0), np.float32(1e-6))
    weights = labellings(len(pool), n_first, permutations, np.random.default_rng(seed))
    parts = [statistics(item, weights[i : i + CHUNK], n_first, square_spread) for i in range(0, len(weights), CHUNK)]
    return summarise(name, camps, days, item, n_first, np.concatenate([a for a, _ in parts]), np.concatenate([b for _, b in parts]))


def summarise(name: str, camps: Sequence[str], days: Sequence[int], item: Prepared, n_first: int, values: Floats, signed: Floats) -> Outcome:
    """p of a series from its statistics by labelling, and where its means differ most."""
    ranks = p_values(values)
    smallest = ranks.min(axis=1)
    p = float((smallest <= smallest[0]).mean())
    z = item.z[:n_first].mean(axis=0) * np.sqrt(n_first)
    worst = int(np.abs(z).argmax())
    day, column = item.cells[worst]
    labels = [*camps, "all camps", "everyone"]
    ratio = float(1.0 + (item.squares[:n_first].mean(axis=0) - item.z[:n_first].mean(axis=0) ** 2).mean()) * n_first / (n_first - 1.0)
    return Outcome(
        name, float(z[worst]), f"{labels[column]} day {days[day]}", float(np.sqrt((z**2).mean())), ratio, p,
        dict(zip(KINDS, ranks[0].tolist(), strict=True)), ranks, signed,
    )  # fmt: skip


def together(outcomes: list[Outcome]) -> Verdict:
    """The verdict over series: Fisher sums by kind and sums of signed statistics, in units of their spread under random labels."""
    threshold = LEVEL / (len(outcomes) + 1)
    permutations = len(outcomes[0].ranks) - 1
    assert resolution(permutations) <= threshold, f"{permutations} permutations may not reject the plainest difference at {threshold:.5f}"
    fisher = -2.0 * np.sum([np.log(o.ranks) for o in outcomes], axis=0)
    signed = np.abs(np.sum([(o.signed - o.signed[1:].mean(axis=0)) / np.maximum(o.signed[1:].std(axis=0), 1e-12) for o in outcomes], axis=0))
    ranks = p_values(np.concatenate([fisher, signed], axis=1))
    smallest = ranks.min(axis=1)
    names = [*(f"sum of {k}" for k in KINDS), *(f"signed {k}" for k in SIGNED)]
    return Verdict(outcomes, float((smallest <= smallest[0]).mean()), names[int(ranks[0].argmin())], threshold)
