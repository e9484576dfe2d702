"""What a forecast's spread comes from: how much of it goes with each unknown and each undecided policy, and how much is left to chance.

The forecast's own draws are explained by a sum of effects, chosen one by one; nothing is simulated again.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
LEAST_F = 15.0
"""A driver is taken while its F is at least this: by chance about one candidate in eight thousand, so one figure in fifty with 150 candidates."""
MOST_DRIVERS = 10
REST = "rest"


class Driver(NamedTuple):
    """One driver of a figure. share: of the variance of its normal scores; sign: +1 if more of it goes with higher figures."""

    name: str
    share: float
    sign: int


def drivers_of(y: Floats, columns: Floats, names: Sequence[str]) -> list[Driver]:
    """Drivers of draws y (n,) among columns (n, k), greatest share first, then `rest`: what no sum of their effects explains.

    Several columns may have one name; their shares are added. Draws that are NaN are left out. Figures are compared as normal scores of their
    ranks, so that a few extreme draws do not decide. Correlated drivers share what they explain in common by relative weights.

    Source: J. W. Johnson (2000), Multivariate Behavioral Research 35, 1-19, doi:10.1207/S15327906MBR3501_1.
    """
    kept = np.isfinite(y)
    if kept.sum() < 30 or np.ptp(y[kept]) <= 0:
        return []
    score, x = _normal_scores(y[kept]), columns[kept]
    varied = np.flatnonzero(x.std(axis=0) > 1e-12)
    x = (x[:, varied] - x[:, varied].mean(axis=0)) / x[:, varied].std(axis=0)
    chosen = _chosen(score, x)
    weights = _relative_weights(score, x[:, chosen])
    shares: dict[str, float] = {}
    signs: dict[str, float] = {}
    for place, weight in zip(chosen, weights, strict=True):
        name = names[varied[place]]
        shares[name] = shares.get(name, 0.0) + float(weight)
        signs[name] = signs.get(name, 0.0) + float(weight) * float(np.sign(x[:, place] @ score))
    found = [Driver(name, share, 1 if signs[name] >= 0 else -1) for name, share in shares.items()]
    return [*sorted(found, key=lambda d: (-d.share, d.name)), Driver(REST, max(0.0, 1.0 - math.fsum(shares.values())), 0)]


def _normal_scores(y: Floats) -> Floats:
    """Normal quantiles of mid-ranks, with mean 0 and variance 1."""
    _, place, count = np.unique(y, return_inverse=True, return_counts=True)
    middle = np.cumsum(count) - 0.5 * count
    scores = np.array([NormalDist().inv_cdf(m / len(y)) for m in middle])[place]
    return np.asarray((scores - scores.mean()) / scores.std(), dtype=np.float64)


def _chosen(y: Floats, x: Floats) -> list[int]:
    """Columns of x in the order in which they explain most of what is left of y, while they explain more than chance would."""
    n, left, basis = len(y), y.copy(), x.copy()
    chosen: list[int] = []
    while len(chosen) < min(MOST_DRIVERS, x.shape[1], n - 3):
        norm = np.einsum("nk,nk->k", basis, basis)
        usable = norm > 1e-6 * n
        gain = np.where(usable, (left @ basis) ** 2 / np.where(usable, norm, 1.0), 0.0)
        gain[chosen] = 0.0
        best = int(np.argmax(gain))
        rest = float(left @ left) - gain[best]
        if rest <= 0 or gain[best] / (rest / (n - len(chosen) - 2)) < LEAST_F:
            break
        direction = basis[:, best] / math.sqrt(norm[best])
        left = left - direction * (direction @ left)
        basis = basis - np.outer(direction, direction @ basis)
        chosen.append(best)
    return chosen


def _relative_weights(y: Floats, x: Floats) -> Floats:
    """Share of the variance of y that goes with each standardised column; they sum to R squared, less what chance alone would give."""
    n, k = x.shape
    if not k:
        return np.zeros(0)
    value, vector = np.linalg.eigh(x.T @ x / n)
    root = (vector * np.sqrt(np.maximum(value, 0.0))) @ vector.T
    beta = np.linalg.lstsq(root, x.T @ y / n, rcond=None)[0]
    weights = root**2 @ beta**2
    total = float(weights.sum())
    adjusted = max(0.0, 1.0 - (1.0 - total) * (n - 1) / (n - k - 1))
    return np.asarray(weights * (adjusted / total if total > 0 else 0.0), dtype=np.float64)
