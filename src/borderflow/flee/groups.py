"""Attributes of people, as far as they change how they move: groups with the same rule, and how many of each origin belong to them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from borderflow.errors import InputError, Problem
from borderflow.flee.instance import Demographic, Instance

PLAIN, SQUARED, ONE = range(3)
"""What a group does with a score."""
MOST = 255
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Groups:
    """Axes: place p, group g. Matching rules multiply the score of a place by how many of the own group are there."""

    cumulative: Floats
    """(p, g): cumulative shares among those spawned at p."""
    rule: npt.NDArray[np.int8]
    """(g,)"""
    same: npt.NDArray[np.int8]
    """(2, g, g): of the same ethnicity; of the same religion."""
    native: Floats
    """(2, g, p): people of the group's ethnicity, religion who live there (extra columns of locations.csv)."""
    initial: npt.NDArray[np.int64]
    """(p, g): of agents.csv."""


def groups_of(instance: Instance) -> Groups:
    """The groups that the switched-on rules tell apart. Raises InputError where there are too many."""
    s = instance.settings
    needs = {
        "age": s.children_avoid_hazards or s.elderly_avoid_hazards,
        "gender": s.women_avoid_hazards or (s.boys_take_risk and s.children_avoid_hazards),
        "ethnicity": s.match_camp_ethnicity or s.match_town_ethnicity or s.match_conflict_ethnicity,
        "religion": s.match_camp_religion,
    }
    tables = {d.attribute: d for d in instance.demographics}
    used = [tables.get(name) if needed else None for name, needed in needs.items()]
    keys: dict[tuple[int, str, str], int] = {}
    shares: list[dict[int, float]] = []
    for place in instance.locations:
        found: dict[int, float] = {}
        for (age, a), (sex, b), (people, c), (faith, d) in product(*(_shares(table, place.name) for table in used)):
            g = keys.setdefault((rule_of(instance, age, sex), people, faith), len(keys))
            found[g] = found.get(g, 0.0) + a * b * c * d
        shares.append(found)
    counts: dict[tuple[int, int], int] = {}
    index = {place.name: p for p, place in reversed(list(enumerate(instance.locations)))}
    for agent in instance.agents:
        age, sex, people, faith = (agent.attributes.get(name, "") if needed else "" for name, needed in needs.items())
        g = keys.setdefault((rule_of(instance, age, sex), people, faith), len(keys))
        counts[index[agent.name], g] = counts.get((index[agent.name], g), 0) + 1
    if len(keys) > MOST:
        what = f"the rules tell {len(keys)} groups of people apart, at most {MOST} are possible"
        raise InputError([Problem("simsetting.yml", 0, what, "merge values in the demographics files")])
    matrix = np.array([[found.get(g, 0.0) for g in range(len(keys))] for found in shares])
    cumulative = np.cumsum(matrix, axis=1)
    initial = np.zeros(matrix.shape, np.int64)
    for (p, g), n in counts.items():
        initial[p, g] = n
    traits = [[people for _, people, _ in keys], [faith for _, _, faith in keys]]
    same = np.array([[[a == b for b in of] for a in of] for of in traits], dtype=np.int8)
    native = np.array([[[_number(place.attributes.get(t)) if t else 0.0 for place in instance.locations] for t in of] for of in traits])
    return Groups(cumulative / cumulative[:, -1:], np.array([key[0] for key in keys], dtype=np.int8), same, native, initial)


def rule_of(instance: Instance, age: str, sex: str) -> int:
    """What somebody of an age and sex does with scores."""
    s = instance.settings
    years = int(age) if age.lstrip("-").isdigit() else -1
    rule = PLAIN
    if s.children_avoid_hazards and 0 <= years < 19:
        rule = ONE if s.boys_take_risk and sex == "male" and years > 14 else SQUARED
    if s.elderly_avoid_hazards and years > 59:
        rule = SQUARED
    if s.women_avoid_hazards and sex == "female" and rule == PLAIN:
        rule = SQUARED
    return rule


def _number(text: str | None) -> float:
    try:
        return float(text or 0.0)
    except ValueError:
        return 0.0


def _shares(table: Demographic | None, place: str) -> list[tuple[str, float]]:
    """(value, share) of an attribute among those spawned at a place."""
    if table is None:
        return [("", 1.0)]
    weights = table.weights.get(place, table.weights["Default"])
    total = sum(weights)
    return [(v, w / total) for v, w in zip(table.values, weights, strict=True)]
