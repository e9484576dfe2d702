"""A conditional logit fitted to choices between candidates with named features; what the tools that learn weights share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize


@dataclass
class Choice:
    """One choice between candidates: their features, which are right, and how much it counts."""

    options: Sequence[Mapping[str, float]]
    right: Sequence[bool]
    weight: float


def learned(given: Sequence[Choice], penalty: float, fewest: int, least: float) -> dict[str, float]:
    """Weights that make the right candidates most probable, in log-odds, rounded to two places.

    penalty: half of it times each weight squared is added to the loss. fewest: features of fewer candidates are left out.
    least: smaller weights are left out too.
    """
    given = [c for c in given if any(c.right) and not all(c.right)]
    counts = Counter(name for c in given for o in c.options for name in o)
    index = {name: i for i, name in enumerate(sorted(n for n, k in counts.items() if k >= fewest))}
    entries = [(row, index[name], value) for row, o in enumerate(o for c in given for o in c.options) for name, value in o.items() if name in index]
    row, column, value = (np.array(x) for x in zip(*entries, strict=True))
    sizes = np.array([len(c.options) for c in given])
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    right = np.array([r for c in given for r in c.right])
    weight = np.array([c.weight for c in given])
    total = int(sizes.sum())

    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        score = np.bincount(row, weights=value * w[column], minlength=total)
        score -= np.repeat(np.maximum.reduceat(score, starts), sizes)
        e = np.exp(score)
        all_, good = np.add.reduceat(e, starts), np.maximum(np.add.reduceat(e * right, starts), 1e-300)
        pull = np.repeat(weight, sizes) * (e / np.repeat(all_, sizes) - e * right / np.repeat(good, sizes))
        slope = np.bincount(column, weights=value * pull[row], minlength=len(index))
        return float((weight * (np.log(all_) - np.log(good))).sum() + penalty / 2 * (w @ w)), slope + penalty * w

    best = minimize(loss, np.zeros(len(index)), jac=True, method="L-BFGS-B", options={"maxiter": 400}).x
    return {name: round(float(best[i]), 2) for name, i in index.items() if abs(best[i]) >= least}
