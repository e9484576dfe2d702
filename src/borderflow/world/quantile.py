"""Quantiles of the distributions that a case may name: one place for draws and priors."""

from __future__ import annotations

import math
from statistics import NormalDist

from borderflow.world.model import Dist

_STANDARD = NormalDist()


def from_z(dist: Dist, z: float) -> float:
    """The value of a distribution at the standard normal deviate z."""
    if dist.fixed is not None:
        return dist.fixed
    if dist.lognormal is not None:
        return dist.lognormal[0] * math.exp(dist.lognormal[1] * z)
    if dist.normal is not None:
        return dist.normal[0] + dist.normal[1] * z
    assert dist.uniform is not None
    low, high = dist.uniform
    return low + (high - low) * _STANDARD.cdf(z)


def quantile_of(dist: Dist, u: float) -> float:
    """The quantile of a distribution at level u in (0, 1)."""
    return from_z(dist, _STANDARD.inv_cdf(min(max(u, 1e-12), 1.0 - 1e-12)))
