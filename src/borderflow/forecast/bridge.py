"""From a forecast to the one after some more claims, without calibrating again: which claim moves which figure, and how far to trust that.

Two ways over the same draws. Reweighting is right but soon leaves few draws of any weight; the bridge (an ensemble Kalman update) uses all draws, is
linear, and splits the movement into one part for each claim. All on the scale of the likelihood.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from borderflow.observe.likelihood import log_probability

Floats = NDArray[np.float64]
LEAST_WIDTH = 1e-3
"""An interval narrower than this many spreads is taken as this wide: a probability then stands for a density."""


class Bridge(NamedTuple):
    """parts: movement of each figure by each claim, (n_figures, n_claims); weights: of the draws after reweighting, (n_draws,); ess: what they are
    worth."""

    parts: Floats
    weights: Floats
    ess: float


def bridge(centre: Floats, spread: Floats, low: Floats, high: Floats, figures: Floats) -> Bridge:
    """How claims would move the means of figures.

    centre, spread: what sources would say in each draw, (n_draws, n_claims); low, high: what they say, (n_claims,), may be infinite; figures:
    (n_draws, n_figures).

    Each interval is replaced by the normal observation that leaves the same mean and variance of what its source would say (moments of a truncated
    normal). Covariances are shrunk where a correlation is no larger than that of unrelated draws of this number.

    Source: G. Evensen (2009), Data Assimilation, ch. 4, doi:10.1007/978-3-642-03711-5; moment matching: T. Minka (2001), UAI, 362-369.
    """
    n, k = centre.shape
    log_weights = _log_weights(centre, spread, low, high)
    weights = np.exp(log_weights - log_weights.max())
    weights /= weights.sum()
    if not k:
        return Bridge(np.zeros((figures.shape[1], 0)), weights, float(n))
    own = (spread**2).mean(axis=0)
    said, variance = centre.mean(axis=0), centre.var(axis=0) + own
    seen = [_observation(m, v, a, b) for m, v, a, b in zip(said, variance, low, high, strict=True)]
    target, noise = np.array([t for t, _ in seen]), np.array([r for _, r in seen])
    among = np.diag(centre.var(axis=0)) if k == 1 else _shrunk(centre, centre)
    gain = np.linalg.solve(among + np.diag(own + noise), _shrunk(centre, figures)).T
    return Bridge(gain * (target - said), weights, float(1.0 / (weights**2).sum()))


def _log_weights(centre: Floats, spread: Floats, low: Floats, high: Floats) -> Floats:
    """Log-likelihood of the claims in each draw, up to a constant."""
    total = np.zeros(len(centre))
    for i in range(centre.shape[1]):
        narrow = high[i] - low[i] < LEAST_WIDTH * spread[:, i].max()
        for r in range(len(centre)):
            sd = spread[r, i]
            a, b = (low[i] - centre[r, i]) / sd, (high[i] - centre[r, i]) / sd
            if narrow:
                middle = 0.5 * (a + b)
                # a density: what stays the same from draw to draw is left out
                total[r] += -math.log(sd) - 0.5 * middle * middle
            else:
                total[r] += log_probability(a, b)
    return total


def _observation(mean: float, variance: float, low: float, high: float) -> tuple[float, float]:
    """Value and variance of the normal observation of N(mean, variance) that does to it what truncation to [low, high] does."""
    sd = math.sqrt(variance)
    a, b = (low - mean) / sd, (high - mean) / sd
    if b - a < LEAST_WIDTH:
        return 0.5 * (low + high), (high - low) ** 2 / 12.0
    # far in a tail the truncated normal sits at its nearer end
    if a > 6.0 or b < -6.0:
        return (low if a > 6.0 else high), 0.0
    unit = NormalDist()
    pa, pb = (0.0 if math.isinf(t) else unit.pdf(t) for t in (a, b))
    mass = unit.cdf(b) - unit.cdf(a)
    shift = (pa - pb) / mass
    ends = (0.0 if math.isinf(a) else a * pa) - (0.0 if math.isinf(b) else b * pb)
    left = max(1e-9, 1.0 + ends / mass - shift * shift)
    if left > 1.0 - 1e-6:
        return mean, 1e12 * variance
    noise = variance * left / (1.0 - left)
    return mean + sd * shift / (1.0 - left), noise


def _shrunk(x: Floats, y: Floats) -> Floats:
    """Covariances (k, m) of columns of x (n, k) and y (n, m), each times 1 - 1 / (n r^2) where its correlation r is larger than chance, else 0."""
    n = len(x)
    cov = (x - x.mean(axis=0)).T @ (y - y.mean(axis=0)) / n
    scale = np.outer(x.std(axis=0), y.std(axis=0))
    r2 = np.where(scale > 0, cov / np.where(scale > 0, scale, 1.0), 0.0) ** 2
    return np.asarray(cov * np.clip(1.0 - 1.0 / np.maximum(n * r2, 1e-12), 0.0, 1.0), dtype=np.float64)
