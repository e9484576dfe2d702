"""The unknowns of a case as independent standard normals z, and the attribute vectors that they stand for."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from borderflow.simulate.compile import Model
from borderflow.world.attributes import BY_NAME
from borderflow.world.model import Dist

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Unknown:
    """One unknown: name, distribution, and the places of the attribute vector that it sets or scales."""

    name: str
    dist: Dist
    sets: tuple[int, ...]
    scales: tuple[int, ...]
    factors: tuple[float, ...] = ()
    """Of each place that it sets, the product of the fixed priors that scale it; empty = 1."""


def unknowns_of(model: Model) -> list[Unknown]:
    """Unknowns of the case's priors, then the sizes of past shocks that are given as distributions."""
    found = []
    fixed = _fixed_scales(model)
    for prior in model.case.priors:
        if prior.dist.fixed is None:
            sets = tuple(dict.fromkeys(s for ref in prior.sets for s in model.slots_of(ref)))
            scales = tuple(dict.fromkeys(s for ref in prior.scales for s in model.slots_of(ref)))
            found.append(Unknown(prior.name, prior.dist, sets, scales, tuple(float(fixed[s]) for s in sets)))
    slots = {c.slot: c.size for c in model.shock_changes if c.size.fixed is None}
    names = {slot: key for key, slot in model.slots.items()}
    for slot, dist in slots.items():
        owner, number = names[slot][1]
        found.append(Unknown(f"size of {owner} ({int(number) + 1})", dist, (slot,), ()))
    return found


def fixed_base(model: Model) -> Floats:
    """The attribute vector with priors of kind `fixed` applied: sets first, then scales."""
    base = model.base.copy()
    for prior in model.case.priors:
        if prior.dist.fixed is not None:
            for ref in prior.sets:
                base[model.slots_of(ref)] = prior.dist.fixed
    return base * _fixed_scales(model)


def _fixed_scales(model: Model) -> Floats:
    """For each place of the attribute vector, the product of the fixed priors that scale it."""
    factor = np.ones(len(model.base))
    for prior in model.case.priors:
        if prior.dist.fixed is not None:
            factor[list(dict.fromkeys(s for ref in prior.scales for s in model.slots_of(ref)))] *= prior.dist.fixed
    return factor


def values_of(unknowns: list[Unknown], z: Floats) -> Floats:
    """Values of the unknowns, (n, n_unknowns), for z of the same shape."""
    return np.stack([_values(u.dist, z[:, i]) for i, u in enumerate(unknowns)], axis=1) if unknowns else np.zeros((len(z), 0))


def attributes_of(base: Floats, unknowns: list[Unknown], z: Floats, limits: tuple[Floats, Floats]) -> Floats:
    """Attribute vectors (n, n_attributes): sets first, then scales, clipped to the attributes' ranges."""
    a = np.repeat(base[None, :], len(z), axis=0)
    values = values_of(unknowns, z)
    for i, u in enumerate(unknowns):
        for k, slot in enumerate(u.sets):
            a[:, slot] = values[:, i] * (u.factors[k] if u.factors else 1.0)
    for i, u in enumerate(unknowns):
        for slot in u.scales:
            a[:, slot] *= values[:, i]
    return np.clip(a, limits[0], limits[1])


def limits_of(model: Model) -> tuple[Floats, Floats]:
    """Lowest and highest admissible value of each place of the attribute vector."""
    low, high = np.full(len(model.base), -math.inf), np.full(len(model.base), math.inf)
    for (name, _), slot in model.slots.items():
        if name in BY_NAME:
            low[slot], high[slot] = BY_NAME[name].low, min(BY_NAME[name].high, 1e9 if name == "capacity" else math.inf)
    return low, high


def _values(dist: Dist, z: Floats) -> Floats:
    if dist.lognormal is not None:
        return dist.lognormal[0] * np.exp(dist.lognormal[1] * z)
    if dist.normal is not None:
        return dist.normal[0] + dist.normal[1] * z
    assert dist.uniform is not None
    low, high = dist.uniform
    return low + (high - low) * _normal_cdf(z)


def _normal_cdf(z: Floats) -> Floats:
    return np.array([0.5 * math.erfc(-x / math.sqrt(2.0)) for x in z])
