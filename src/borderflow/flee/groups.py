"""Attributes of people, as far as they change how they move: groups with the same rule, and how many of each origin belong to them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from borderflow.flee.instance import Demographic, Instance

PLAIN, SQUARED, ONE = range(3)
"""What a group does with a score."""


@dataclass(frozen=True)
class Groups:
    """Axes: place p, group g."""

    cumulative: npt.NDArray[np.float64]
    """(p, g): cumulative shares among those spawned at p."""
    rule: npt.NDArray[np.int8]
    """(g,)"""


def groups_of(instance: Instance) -> Groups:
    """The groups that the switched-on rules tell apart."""
    s = instance.settings
    ages, sexes = _column(instance, "age"), _column(instance, "gender")
    by_age = s.children_avoid_hazards or s.elderly_avoid_hazards
    by_sex = s.women_avoid_hazards or (s.boys_take_risk and s.children_avoid_hazards)
    shares = np.zeros((len(instance.locations), 3))
    for p, place in enumerate(instance.locations):
        for age, a in _shares(ages if by_age else None, place.name):
            for sex, b in _shares(sexes if by_sex else None, place.name):
                shares[p, rule_of(instance, age, sex)] += a * b
    used = [r for r in range(3) if r == PLAIN or shares[:, r].any()]
    cumulative = np.cumsum(shares[:, used], axis=1)
    return Groups(cumulative / cumulative[:, -1:], np.array(used, dtype=np.int8))


def rule_of(instance: Instance, age: str, sex: str) -> int:
    """What somebody of an age and sex does with scores."""
    s = instance.settings
    years = int(age) if age else 0
    rule = PLAIN
    if s.children_avoid_hazards and age and years < 19:
        rule = ONE if s.boys_take_risk and sex == "male" and years > 14 else SQUARED
    if s.elderly_avoid_hazards and age and years > 59:
        rule = SQUARED
    if s.women_avoid_hazards and sex == "female" and rule == PLAIN:
        rule = SQUARED
    return rule


def _column(instance: Instance, attribute: str) -> Demographic | None:
    return next((d for d in instance.demographics if d.attribute == attribute), None)


def _shares(table: Demographic | None, place: str) -> list[tuple[str, float]]:
    """(value, share) of an attribute among those spawned at a place."""
    if table is None:
        return [("", 1.0)]
    weights = table.weights.get(place, table.weights["Default"])
    total = sum(weights)
    return [(v, w / total) for v, w in zip(table.values, weights, strict=True)]
