"""A described instance as arrays: everything day by day that does not depend on chance, names as indices.

`compile_instance` makes a `Plan`; `retune` makes another one from it under other settings or camp multipliers without reading or
enumerating anything again, which is what a calibration needs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from borderflow.errors import InputError, Problem
from borderflow.flee import series
from borderflow.flee.calendar import Calendar, calendar_of
from borderflow.flee.groups import Groups, groups_of
from borderflow.flee.instance import Instance
from borderflow.flee.routes import Routes, routes_of
from borderflow.flee.settings import Settings

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class Arrays(NamedTuple):
    """What the engine reads. Axes: day t, place p, directed link l, epoch e (days with the same open links), option o, route tail s, group g."""

    # places by day
    score: Floats  # (t, p) attractiveness A
    factor: Floats  # (t, p) what agents multiply it with, group apart
    move: Floats  # (t, p) chance of leaving
    still: npt.NDArray[np.int8]  # (t,) harvest: nobody starts, and places count travellers at home
    town: npt.NDArray[np.int8]  # (t, p)
    camp: npt.NDArray[np.int8]  # (t, p)
    match: Floats  # (t, p, 2) what matching rules multiply shares of the same ethnicity, religion with; 0: no rule
    capacity: Floats  # (t, p) scaled; below 1: no limit
    buffer: float
    # spawning
    spawn_n: Ints  # (t,) shared out over places by weight
    spawn_factor: Floats  # (t, p) weight per head of population
    spawn_fixed: Ints  # (t, p) a number for each place
    spawn_rate: Floats  # (t, p) share of the population of each place
    spawn_mean: Floats  # (t, p) Poisson means
    population: Ints  # (p,) at the start
    deplete: bool
    initial: Ints  # (p,) there at the start
    pop_power: float  # population weights that follow a depleting population; 0: none
    pop_scale: float
    pop_base: float
    scaling: float  # of capacities
    # groups
    group_cum: Floats  # (p, g) cumulative shares of those spawned at p
    group_rule: npt.NDArray[np.int8]  # (g,) how often a score is squared; below 0 it counts as one
    group_same: npt.NDArray[np.int8]  # (2, g, g)
    group_native: Floats  # (2, g, p)
    group_initial: Ints  # (p, g) there at the start, of known groups
    # links and routes
    link_from: Ints  # (l,)
    link_to: Ints  # (l,)
    link_km: Floats  # (l,)
    link_speed: Floats  # (l,)
    link_walk: Floats  # (l,) chance of walking speed on a day
    epoch: Ints  # (t,)
    closing: npt.NDArray[np.int8]  # (t,) links close on this day
    close_ptr: Ints  # (t + 1,) of close_link
    close_link: Ints
    option_lo: Ints  # (e, p)
    option_hi: Ints  # (e, p)
    option_to: Ints  # (o,) where the path ends
    option_near: Floats  # (o,) 1 / (softening + km) ** distance_power
    option_factor: Floats  # (o,) closeness
    option_link: Ints  # (o,) first link travelled
    option_tail: Ints  # (o,) rest of the route, 0: none
    tail_next: Ints  # (s,)
    tail_rest: Ints  # (s,)
    tail_end: Ints  # (s,)
    open_ptr: Ints  # (e * p + 1,) of open_link
    open_link: Ints
    near_ptr: Ints  # (e * p + 1,) of near: the places with an option that ends at p
    near: Ints
    # movement
    weight_softening: float
    weight_power: float
    pruning: float
    fixed_routes: bool
    speed: float  # max_move_speed
    walk: float  # max_walk_speed
    on_foot: bool
    short_stints: bool
    sink: Floats  # (p,) chance of deactivation a day; all 0: no sinks
    recorded: Ints  # (c,) places that stand in out.csv


@dataclass(frozen=True)
class Plan:
    """An instance compiled up to a day."""

    instance: Instance
    days: int
    camps: tuple[str, ...]
    """Recorded places, in the order of out.csv."""
    arrays: Arrays
    data: Ints
    """(days, camps): the data columns of out.csv."""
    raw: Ints
    """(days,): `raw UNHCR refugee count`."""
    debt: Ints
    """(days,): `refugee_debt`."""
    attraction: tuple[float, ...]
    """(camps,): multipliers of attractiveness, 1 as in Flee."""
    skeleton: _Skeleton

    @property
    def dates(self) -> list[str]:
        """The Date column of out.csv: a row is printed after the step, so day 0 bears the date after the start."""
        return [(self.instance.start + timedelta(days=t + 1)).isoformat() for t in range(self.days)]


@dataclass(frozen=True)
class _Skeleton:
    """What does not depend on tunable settings."""

    calendar: Calendar
    routes: Routes
    spawn: dict[str, Any]
    groups: Groups


def compile_instance(instance: Instance, until: int | None = None) -> Plan:
    """The plan of the first `until` days (default: all). Raises InputError where Flee would stop on one of those days."""
    days = instance.days if until is None else min(until, instance.days)
    calendar = calendar_of(instance, days)
    routes = routes_of(instance, calendar)
    spawn = _spawning(instance, calendar, days)
    skeleton = _Skeleton(calendar, routes, spawn, groups_of(instance))
    return _assemble(instance, days, skeleton, (1.0,) * len(instance.camps))


def retune(plan: Plan, attraction: Mapping[str, float] | None = None, **settings: Any) -> Plan:
    """The plan under other values of settings (those of move_rules but awareness_level and fixed_routes) and multipliers of camps by name."""
    fixed = {"awareness_level", "fixed_routes", "hasten"} & set(settings)
    if fixed:
        raise ValueError(f"{', '.join(sorted(fixed))} cannot be changed without compiling again")
    instance = replace(plan.instance, settings=replace(plan.instance.settings, **settings))
    multipliers = tuple((attraction or {}).get(name, old) for name, old in zip(plan.camps, plan.attraction, strict=True))
    return _assemble(instance, plan.days, plan.skeleton, multipliers)


def _assemble(instance: Instance, days: int, skeleton: _Skeleton, attraction: tuple[float, ...]) -> Plan:
    s, calendar, routes, spawn = instance.settings, skeleton.calendar, skeleton.routes, skeleton.spawn
    places = instance.locations
    unscaled = _capacities(instance, spawn["day0"], days)
    capacity = unscaled * s.capacity_scaling
    population = np.array([0 if p.is_camp else p.population // s.hasten for p in places], dtype=np.int64)
    score = _scores(instance, calendar)
    camps = instance.camps
    score[:, list(camps)] *= np.array(attraction)
    move = _move_chances(instance, calendar, population, unscaled)
    factor = np.ones_like(score)
    follow = s.take_from_population and s.use_pop_for_loc_weight
    if s.use_pop_for_loc_weight and not s.take_from_population:
        factor = np.where(calendar.camp, 1.0, np.maximum(1.0, population) ** s.pop_power_for_loc_weight)
    if instance.floods is not None:
        weights = np.array(s.flood.flood_loc_weights)
        factor = factor * np.where(calendar.flood > 0, weights[np.minimum(calendar.flood, len(weights) - 1)], 1.0)
    speeds = [s.max_move_speed if link.max_move_speed is None else link.max_move_speed for link in instance.links]
    groups = skeleton.groups
    arrays = Arrays(
        score=score,
        factor=factor,
        move=move,
        still=_harvest(instance, days),
        town=calendar.town.astype(np.int8),
        camp=calendar.camp.astype(np.int8),
        match=_matching(instance, calendar),
        capacity=capacity,
        buffer=s.capacity_buffer,
        spawn_n=spawn["n"],
        spawn_factor=spawn["factor"],
        spawn_fixed=spawn["fixed"],
        spawn_rate=spawn["rate"],
        spawn_mean=spawn["mean"],
        population=population,
        deplete=s.take_from_population,
        initial=spawn["initial"],
        pop_power=s.pop_power_for_loc_weight if follow else 0.0,
        pop_scale=s.movechance_pop_scale_factor if s.take_from_population else 0.0,
        pop_base=s.movechance_pop_base,
        scaling=s.capacity_scaling,
        group_cum=groups.cumulative,
        group_rule=groups.rule,
        group_same=groups.same,
        group_native=groups.native,
        group_initial=groups.initial,
        link_from=routes.link_from,
        link_to=routes.link_to,
        link_km=routes.link_km,
        link_speed=np.array(speeds, dtype=np.float64)[routes.link_row] if speeds else np.zeros(0),
        link_walk=np.array([link.walk_probability or 0.0 for link in instance.links])[routes.link_row] if speeds else np.zeros(0),
        epoch=routes.epoch,
        closing=routes.closing,
        close_ptr=routes.close_ptr,
        close_link=routes.close_link,
        option_lo=routes.option_lo,
        option_hi=routes.option_hi,
        option_to=routes.option_to,
        option_near=(1.0 / (s.softening + routes.option_km) ** s.distance_power),
        option_factor=_closeness(instance, routes),
        option_link=routes.option_link,
        option_tail=routes.option_tail,
        tail_next=routes.tail_next,
        tail_rest=routes.tail_rest,
        tail_end=routes.tail_end,
        open_ptr=routes.open_ptr,
        open_link=routes.open_link,
        near_ptr=routes.near_ptr,
        near=routes.near,
        weight_softening=s.weight_softening,
        weight_power=s.weight_power,
        pruning=s.pruning_threshold if s.pruning_threshold >= 1.001 else 0.0,
        fixed_routes=s.fixed_routes,
        speed=s.max_move_speed,
        walk=s.max_walk_speed,
        on_foot=s.start_on_foot,
        short_stints=s.avoid_short_stints,
        sink=_sinks(instance),
        recorded=np.array(camps, dtype=np.int64),
    )
    names = tuple(places[i].name for i in camps)
    return Plan(instance, days, names, arrays, spawn["data"], spawn["raw"], spawn["debt"], attraction, skeleton)


# ---- scores and chances -------------------------------------------------------------------------------------------


def decay(settings: Settings, age: npt.NDArray[np.int64]) -> Floats:
    """The multiplier of a conflict `age` days after its onset."""
    table = settings.conflict_spawn_decay
    if not table:
        return np.ones(age.shape)
    step = np.trunc(age / settings.conflict_spawn_decay_interval).astype(np.int64)
    return np.array(table, dtype=np.float64)[np.minimum(step, len(table) - 1)]


def _scores(instance: Instance, calendar: Calendar) -> Floats:
    """Attractiveness of every place on every day."""
    s, places = instance.settings, instance.locations
    foreign = np.array([p.country != places[0].country for p in places])
    score = np.ones(calendar.intensity.shape)
    if s.use_economic_pull:
        pull = [1.0 + _attribute(p.attributes, "trade_volume") + _attribute(p.attributes, "hdi") ** 2 for p in places]
        score[:, foreign] = np.array(pull)[foreign]
    score[:, foreign] *= s.foreign_weight
    score *= np.where(calendar.camp, s.camp_weight, 1.0)
    active = calendar.intensity > 0
    age = np.arange(len(score))[:, None] - calendar.onset
    score *= np.where(active, s.conflict_weight ** (decay(s, age) * np.where(active, calendar.intensity, 0.0)), 1.0)
    if instance.floods is not None:
        weights = np.array(s.flood.flood_loc_weights)
        at = weights[np.minimum(calendar.flood, len(weights) - 1)]
        score *= np.where(calendar.flooded, 1.0 if "flood-weights" in instance.fixes else at, 1.0)
    if s.avoid_food_deprived_locations:
        hungry = 1.0 - (calendar.ipc / 100.0) ** 2
        score[1:] *= np.where(foreign, 1.0, hungry[1:])
    return score


def _attribute(attributes: Mapping[str, str], name: str) -> float:
    try:
        return float(attributes.get(name) or 0.0)
    except ValueError:
        return 0.0


def _move_chances(instance: Instance, calendar: Calendar, population: Ints, capacity: Floats) -> Floats:
    """Chance of leaving by day and place; the type's chance, times the population factor, changed by hunger and floods."""
    s = instance.settings
    chances = np.array([s.default_movechance, s.camp_movechance, s.idpcamp_movechance, s.conflict_movechance, 1.0])
    move = chances[calendar.chance]
    if s.movechance_pop_scale_factor and not s.take_from_population:
        move = move * (np.maximum(population, capacity) / s.movechance_pop_base) ** s.movechance_pop_scale_factor
    if instance.floods is not None:
        table = np.array(s.flood.flood_movechances)
        move = np.where(calendar.flood > 0, table[np.minimum(calendar.flood, len(table) - 1)], move)
    if s.flee_when_starving:
        hungry = calendar.ipc / 100.0
        move = np.where(hungry > 0, hungry + (1.0 - hungry) * move, move)
    return np.ascontiguousarray(move)


def _matching(instance: Instance, calendar: Calendar) -> Floats:
    """Factors of the rules by which people prefer places with people like themselves; (days, places, 2)."""
    s = instance.settings
    found = np.zeros((*calendar.camp.shape, 2))
    active = calendar.intensity > 0
    for wanted, where in ((s.match_camp_ethnicity, calendar.camp), (s.match_town_ethnicity, calendar.town), (s.match_conflict_ethnicity, active)):
        if wanted:
            found[..., 0][where] = 10.0
    if s.match_camp_religion:
        found[..., 1][calendar.camp] = 1.0 / s.avg_religion_fraction
    return found


def _harvest(instance: Instance, days: int) -> npt.NDArray[np.int8]:
    months = set(instance.settings.harvest_months)
    return np.array([(instance.start + timedelta(days=t)).month in months for t in range(days)], dtype=np.int8)


def _sinks(instance: Instance) -> Floats:
    if not instance.settings.camps_are_sinks:
        return np.zeros(len(instance.locations))
    return np.array([_attribute(p.attributes, "deactivation_probability") if p.is_camp else 0.0 for p in instance.locations])


def _closeness(instance: Instance, routes: Routes) -> Floats:
    """What closeness to where they are now does to an option."""
    s = instance.settings
    if not s.stay_close_to_home:
        return np.ones(len(routes.option_to))
    right = "lat-lon" in instance.fixes
    lat = np.radians([p.x if right else p.y for p in instance.locations])
    lon = np.radians([p.y if right else p.x for p in instance.locations])
    a, b = routes.option_from, routes.option_to
    h = np.sin((lat[b] - lat[a]) / 2) ** 2 + np.cos(lat[a]) * np.cos(lat[b]) * np.sin((lon[b] - lon[a]) / 2) ** 2
    km = 2.0 * 6371.0 * np.arcsin(np.sqrt(np.minimum(h, 1.0)))
    return np.asarray(1.0 / np.maximum(1.0, km) ** s.home_distance_power)


def _capacities(instance: Instance, day0: Ints, days: int) -> Floats:
    """Capacity by day, not yet scaled; growing, lowered by the counts of day 0 where data drive spawning."""
    s = instance.settings
    capacity = np.array([p.population // s.hasten if p.is_camp else -1 for p in instance.locations], dtype=np.float64)
    by_data = not s.conflict_spawn_mode and not s.flood_zone_spawning_only
    if s.insert_day0 and by_data and "day0-capacity" not in instance.fixes:
        capacity = np.where(capacity > 0, capacity - day0, capacity)
    growth = np.array([_attribute(p.attributes, "capacity_per_day") for p in instance.locations])
    return np.asarray(capacity + growth * np.arange(1, days + 1)[:, None])


# ---- spawning -----------------------------------------------------------------------------------------------------


def _spawning(instance: Instance, calendar: Calendar, days: int) -> dict[str, Any]:
    """Who is spawned when and where, as far as it is certain, and the columns of out.csv that rest on data alone."""
    s, places = instance.settings, instance.locations
    tables = series.tables(instance)
    values = np.array([series.by_day(table, days) for _, table in tables], dtype=np.int64).reshape(len(tables), days)
    first = values[:, 0].copy()
    if s.empty_camps_on_day0:
        values = values - first[:, None]
    row = {name: i for i, (name, _) in reversed(list(enumerate(tables)))}
    data = np.array([values[row[places[i].name]] if places[i].name in row else np.zeros(days) for i in instance.camps], dtype=np.int64)
    day0 = np.array([values[row[p.name], 0] if p.name in row else 0 for p in places], dtype=np.int64)
    initial = np.zeros(len(places), dtype=np.int64)
    if not s.empty_camps_on_day0:
        for i, place in enumerate(places):
            if place.is_camp:
                initial[i] = (day0[i] if s.insert_day0 else 0) + int(_attribute(place.attributes, "initial_idps"))
    shape = (days, len(places))
    zero = np.zeros(days, dtype=np.int64)
    found: dict[str, Any] = {"data": data.T.copy(), "initial": initial, "day0": day0, "n": zero, "raw": zero.copy(), "debt": zero.copy()}
    found |= {"factor": np.zeros(shape), "fixed": np.zeros(shape, dtype=np.int64), "rate": np.zeros(shape), "mean": np.zeros(shape)}
    active = calendar.intensity > 0
    intensity = np.where(active, calendar.intensity, 0.0)
    if s.flood_zone_spawning_only:
        _flood_spawning(instance, calendar, found)
    elif s.conflict_spawn_mode == "constant":
        found["fixed"] = (s.displaced_per_conflict_day * intensity).astype(np.int64)
    elif s.conflict_spawn_mode == "poisson":
        found["mean"] = s.displaced_per_conflict_day * intensity
    elif s.conflict_spawn_mode == "pop_ratio":
        found["rate"] = s.displaced_per_conflict_day * intensity
    else:
        age = np.arange(days)[:, None] - calendar.onset
        found["factor"] = np.where(active, intensity * decay(s, age), 0.0)
        if s.starvation_driven_spawning:
            hungry = calendar.ipc / 100.0
            hungry[0] = 0.0
            found["factor"] += np.where(active, hungry, 0.0 if s.conflict_zone_spawning_only else hungry)
        _data_spawning(instance, values, found)
    return found


def _data_spawning(instance: Instance, values: Ints, found: dict[str, Any]) -> None:
    """Numbers by day from the increase of the data, with what falls kept as a debt."""
    s = instance.settings
    total = values[1:].sum(axis=0) if s.sum_from_camps else values[0]
    rise = np.diff(total, prepend=0)
    if s.sum_from_camps and "day0-count" not in instance.fixes:
        rise[0] = values[:, 0].sum()
    debt, late = 0, 0
    people = np.array([0 if p.is_camp else p.population // s.hasten for p in instance.locations])
    lit = (found["factor"] * people).sum(axis=1) > 0
    wait = "no-conflict-day" in instance.fixes
    if not wait and not lit.all():
        day = int(np.argmin(lit))
        what = f"no conflict zone with a population on day {day} (and on {int((~lit).sum())} days in all): the run would stop there"
        raise InputError([Problem("conflicts.csv", day + 2, what, f"use --until {day}, or let people wait with --fix no-conflict-day")])
    for t in range(len(rise)):
        n = int(rise[t]) - debt
        debt = max(-n, 0)
        n = max(n, 0) if t or not s.insert_day0 else 0
        if wait:
            n, late = (n + late, 0) if lit[t] else (0, n + late)
        found["n"][t], found["debt"][t] = n, debt
    found["raw"] = np.cumsum(rise)


def _flood_spawning(instance: Instance, calendar: Calendar, found: dict[str, Any]) -> None:
    """Numbers by day and flood zone from its level."""
    s = instance.settings
    table = np.array(s.displaced_per_flood_day)
    at = np.where(calendar.flood > 0, table[np.minimum(calendar.flood, len(table) - 1)], 0.0)
    if s.flood_spawn_mode == "pop_ratio":
        found["rate"] = at
    elif s.flood_spawn_mode.lower() == "poisson":
        found["mean"] = at
    else:
        found["fixed"] = at.astype(np.int64)
