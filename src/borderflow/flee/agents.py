"""Flee's law one agent at a time on an instance as it was read: the reference engine, plain and slow.

It shares nothing with the chain but the reader: types, closures, scores, options and spawning are worked out again here, day by day, from the
instance, so that a slip in one shows as a difference. What an agent does on a day is in `walker`. Not known here, and refused: harvest months and
agents.csv; of the fixes, only those that the reader applies and `lat-lon`, `sinks`, `link-closures`, `redirection`, `day0-capacity`.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from borderflow.flee import series, walker
from borderflow.flee.instance import Instance
from borderflow.flee.settings import Settings

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
EARTH_KM = 6371.0
NOBODY = 1e8
"""What a group match divides by where nobody lives."""
KNOWN_FIXES = frozenset(
    "lat-lon sinks link-closures redirection day0-capacity merge sorted thousands bom missing-data short-tables unknown-routes quoted-switches".split()
)


@dataclass
class Way:
    """One directed link; a reopened one is a new Way."""

    index: int
    start: int
    end: int
    length: float
    speed: float
    walk_prob: float
    closed: bool = False


@dataclass
class Place:
    """One location as it is today."""

    foreign: bool
    population: int
    capacity: int
    chance: float
    camp: bool = False
    idp: bool = False
    town: bool = False
    marker: bool = False
    flood_zone: bool = False
    intensity: float = -1.0
    onset: int = -1
    level: int = 0
    hunger: float = 0.0
    score: float = 1.0
    open: list[Way] = field(default_factory=list)
    shut: list[Way] = field(default_factory=list)


@dataclass(frozen=True)
class Kind:
    """What rules look at in an agent."""

    child: bool = False
    boy: bool = False
    elderly: bool = False
    woman: bool = False
    ethnicity: str = ""
    religion: str = ""
    awareness: int = 0


def simulate_agents(instance: Instance, runs: int, seed: int, first_run: int = 0, until: int | None = None) -> tuple[Ints, Ints]:
    """Agents in each camp, (runs, days, camps), and everyone, (runs, days), at the end of each day; run k is seeded by (seed, first_run + k).

    Raises ValueError where the instance uses what this engine does not know, or no conflict zone can be drawn from.
    """
    s = instance.settings
    unknown = [*sorted(instance.fixes - KNOWN_FIXES), *(["harvest_months"] if s.harvest_months else []), *(["agents.csv"] if instance.agents else [])]
    if unknown:
        raise ValueError(f"the agents engine does not know {', '.join(unknown)}")
    days = instance.days if until is None else min(until, instance.days)
    counts = np.zeros((runs, days, len(instance.camps)), dtype=np.int64)
    total = np.zeros((runs, days), dtype=np.int64)
    topology: dict[int, Any] = {}
    for k in range(runs):
        run = _Run(instance, np.random.default_rng([seed, first_run + k]), topology)
        for t in range(days):
            run.day(t)
            counts[k, t] = run.present[list(instance.camps)]
            total[k, t] = run.n
    return counts, total


def great_circle(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Kilometres between (longitude, latitude) points."""
    x1, y1, x2, y2 = (math.radians(v) for v in (*a, *b))
    h = math.sin((y2 - y1) / 2.0) ** 2 + math.cos(y1) * math.cos(y2) * math.sin((x2 - x1) / 2.0) ** 2
    return 2.0 * EARTH_KM * math.asin(math.sqrt(h))


class _Run:
    """One run: the world, everyone in it, and the day's steps."""

    def __init__(self, instance: Instance, rng: np.random.Generator, topology: dict[int, Any]) -> None:
        self.instance, self.rng, self.topology = instance, rng, topology
        s = self.settings = instance.settings
        self.places = [self._place(i) for i in range(len(instance.locations))]
        self.ways: list[Way] = []
        self._links()
        self.changes = 0
        """How often links or markers have changed: the key of what follows from them."""
        self.kinds, self.kind_prob = _kinds(instance)
        self.tables = dict(reversed(series.tables(instance)))
        self.rows = [table for _, table in series.tables(instance)]
        if s.empty_camps_on_day0:
            for table in (*self.rows, *self.tables.values()):
                base = float(series.value(table, 0))
                table[:] = [(d, v - base) for d, v in table]
        self.debt, self.n = 0, 0
        self.present = np.zeros(len(self.places), dtype=np.int64)
        self.agents = _empty(1024)
        for i in instance.camps:
            self._add(np.full(self._day0(i), i))

    # -- before day 0

    def _place(self, i: int) -> Place:
        s, row = self.settings, self.instance.locations[i]
        people = row.population // s.hasten
        camp = row.kind in ("camp", "idpcamp")
        chance = {"camp": s.camp_movechance, "idpcamp": s.idpcamp_movechance, "conflict": s.conflict_movechance, "forward": 1.0, "marker": 1.0}
        place = Place(
            foreign=row.country != self.instance.locations[0].country,
            population=0 if camp else people,
            capacity=people if camp else -1,
            chance=chance.get(row.kind, s.default_movechance),
            camp=camp,
            idp=row.kind == "idpcamp",
            town=row.kind == "town",
            marker=row.kind == "marker",
            flood_zone=row.kind == "flood_zone",
        )
        if row.kind == "conflict" and row.conflict_date > 0:
            place.town, place.chance = True, s.default_movechance
        elif row.kind == "conflict":
            place.intensity = float(row.attributes.get("conflict_intensity", 1.0) or 1.0)
        if place.chance < 0.005 and not camp and not place.flood_zone:
            place.camp, place.town = True, False
        return place

    def _links(self) -> None:
        for row in self.instance.links:
            pair = [(row.a, row.b), (row.b, row.a)]
            twice = 2 if row.redirection == 1 and "redirection" not in self.instance.fixes else 1
            for start, end in (pair[::-1] if row.redirection == 2 else pair) * twice:
                speed = row.max_move_speed if row.max_move_speed is not None else self.settings.max_move_speed
                self.places[start].open.append(self._way(start, end, row.km, speed, row.walk_probability or 0.0))

    def _way(self, start: int, end: int, km: float, speed: float, walk_prob: float) -> Way:
        way = Way(len(self.ways), start, end, km, speed, walk_prob)
        self.ways.append(way)
        return way

    def _day0(self, i: int) -> int:
        s, row = self.settings, self.instance.locations[i]
        if s.empty_camps_on_day0:
            return 0
        data = series.value(self.tables.get(row.name, []), 0) if s.insert_day0 else 0
        return int(data) + (int(float(row.attributes.get("initial_idps") or 0)) if row.is_camp else 0)

    # -- a day

    def day(self, t: int) -> None:
        self._change_places(t)
        self._change_conflicts(t)
        self._spawn(t)
        self._close(t)
        self._score(t)
        self._grow_capacities()
        today = self._today(t)
        walker.one_day(self.n, self.agents, today, self.present, self.rng)
        if self.settings.camps_are_sinks:
            prob = np.array([float(row.attributes.get("deactivation_probability") or 0.0) for row in self.instance.locations])
            prob[[not p.camp for p in self.places]] = 0.0
            walker.sink(self.n, self.agents, prob, self.rng)

    def _change_places(self, t: int) -> None:
        s = self.settings
        for change in self.instance.location_changes:
            if change.day == t:
                place = self.places[self.instance.names.index(change.name)]
                place.camp = place.idp = place.town = place.marker = place.flood_zone = False
                place.intensity = -1.0
                if change.kind in ("camp", "idpcamp"):
                    place.camp, place.idp = True, change.kind == "idpcamp"
                elif change.kind == "conflict":
                    place.intensity = float(s.default_conflict_intensity)
                else:
                    place.town, place.marker, place.flood_zone = (change.kind == k for k in ("town", "marker", "flood_zone"))
                chance = {"camp": s.camp_movechance, "idpcamp": s.idpcamp_movechance, "conflict": s.conflict_movechance, "forward": 1.0, "marker": 1.0}
                place.chance = chance.get(change.kind, s.default_movechance)
                self.changes += 1
        if self.instance.ipc is not None:
            table = self.instance.ipc
            for place, row in zip(self.places, self.instance.locations, strict=True):
                if row.region in table.names:
                    column = [v[table.names.index(row.region)] for v in table.values]
                    place.hunger = float(np.interp(t, table.days, column)) / 100.0
        if self.instance.floods is not None:
            table = self.instance.floods
            for name, level in zip(table.names, table.values[t], strict=True):
                self.places[self.instance.names.index(name)].level = int(level)

    def _change_conflicts(self, t: int) -> None:
        table = self.instance.conflicts
        if table is None:
            return
        for j, name in enumerate(table.names):
            now, before = table.values[t][j], table.values[t - 1][j] if t > 0 else 0.0
            place = self.places[self.instance.names.index(name)] if name in self.instance.names else None
            if place is None or (now > 0) == (before > 0):
                continue
            if now > 0:
                place.chance, place.intensity, place.town, place.onset = self.settings.conflict_movechance, now, False, t
            else:
                place.chance, place.intensity, place.town = self.settings.default_movechance, -1.0, True

    def _decay(self, place: Place, t: int) -> float:
        table = self.settings.conflict_spawn_decay
        if not table:
            return 1.0
        return table[min(int((t - place.onset) / self.settings.conflict_spawn_decay_interval), len(table) - 1)]

    def _spawn(self, t: int) -> None:
        s = self.settings
        if t == 0 and s.insert_day0 and "day0-capacity" not in self.instance.fixes:
            for place, row in zip(self.places, self.instance.locations, strict=True):
                if place.capacity > 0:
                    place.capacity -= series.value(self.tables.get(row.name, []), 0)
        if s.flood_zone_spawning_only:
            self._add_each([self._flooded(place) for place in self.places])
        elif s.conflict_spawn_mode:
            self._add_each([self._fleeing(place) for place in self.places])
        else:
            self._spawn_data(t)

    def _flooded(self, place: Place) -> int:
        s = self.settings
        if place.level <= 0:
            return 0
        rate = s.displaced_per_flood_day[place.level]
        if s.flood_spawn_mode == "pop_ratio":
            return int(rate * place.population)
        return int(self.rng.poisson(int(rate))) if s.flood_spawn_mode.lower() == "poisson" else int(rate)

    def _fleeing(self, place: Place) -> int:
        s = self.settings
        if place.intensity <= 0:
            return 0
        if s.conflict_spawn_mode == "pop_ratio":
            return int(s.displaced_per_conflict_day * place.population * place.intensity)
        if s.conflict_spawn_mode == "poisson":
            return int(self.rng.poisson(s.displaced_per_conflict_day * place.intensity))
        return int(s.displaced_per_conflict_day * place.intensity)

    def _add_each(self, numbers: list[int]) -> None:
        for i, n in enumerate(numbers):
            self._take(i, n)
            self._add(np.full(n, i))

    def _take(self, i: int, n: int) -> None:
        if self.settings.take_from_population:
            self.places[i].population -= min(n, max(self.places[i].population, 0))

    def _spawn_data(self, t: int) -> None:
        s = self.settings
        rows = self.rows[1:] if s.sum_from_camps else self.rows[:1]
        due = sum(series.value(r, t) for r in (rows if t > 0 else self.rows if s.sum_from_camps else rows))
        if t > 0:
            due -= sum(series.value(r, t - 1) for r in rows)
        due -= self.debt
        if t == 0 and s.insert_day0:
            due = 0
        self.debt = max(0, -due)
        weights = np.array([self._spawn_weight(place, t) for place in self.places])
        if weights.sum() <= 0:
            raise ValueError(f"day {t}: no place has a positive weight to be fled from")
        origins = self.rng.choice(len(self.places), size=max(0, due), p=weights / weights.sum())
        for i, n in enumerate(np.bincount(origins, minlength=len(self.places))):
            self._take(i, int(n))
        self._add(origins)

    def _spawn_weight(self, place: Place, t: int) -> float:
        s = self.settings
        weight = place.population * place.intensity * self._decay(place, t) if place.intensity > 0 else 0.0
        if s.starvation_driven_spawning and t > 0 and (place.intensity > 0 or not s.conflict_zone_spawning_only):
            weight += place.population * place.hunger
        return weight

    def _add(self, origins: Ints) -> None:
        n = len(origins)
        while self.n + n > len(self.agents.place):
            self.agents = _doubled(self.agents)
        new = slice(self.n, self.n + n)
        self.agents.place[new] = self.agents.home[new] = origins
        if len(self.kinds) > 1:
            u = self.rng.random(n)[:, None]
            self.agents.kind[new] = (u >= np.cumsum(self.kind_prob, axis=1)[origins][:, :-1]).sum(axis=1)
        self.present += np.bincount(origins, minlength=len(self.places))
        self.n += n

    # -- closures

    def _close(self, t: int) -> None:
        for row in self.instance.closures:
            for when, shut in ((row.start, True), (row.end, False)):
                if when == t:
                    self._closure(row.kind, row.name1, row.name2, shut)

    def _closure(self, kind: str, name1: str, name2: str, shut: bool) -> None:
        where = self.instance.locations
        if kind in ("camp", "idpcamp"):
            place = self.places[self.instance.names.index(name1)]
            place.intensity, place.town = -1.0, shut
            place.camp, place.idp = not shut, not shut and kind == "idpcamp"
            chance = self.settings.camp_movechance if kind == "camp" else self.settings.idpcamp_movechance
            place.chance = self.settings.default_movechance if shut else chance
        elif kind == "country":
            self._switch(shut, lambda w: {where[w.start].country, where[w.end].country} == {name1, name2})
        elif kind == "location":
            self._switch(shut, lambda w: name1 in (where[w.start].name, where[w.end].name))
        elif kind == "link" and "link-closures" in self.instance.fixes:
            self._switch(shut, lambda w: (where[w.start].name, where[w.end].name) == (name2, name1))

    def _switch(self, shut: bool, chosen: Any) -> None:
        self.changes += 1
        for place in self.places:
            for way in [w for w in (place.open if shut else place.shut) if chosen(w)]:
                if shut:
                    way.closed = True
                    place.open.remove(way)
                    place.shut.append(self._way(way.start, way.end, way.length, way.speed, way.walk_prob))
                else:
                    place.shut.remove(way)
                    place.open.append(way)

    # -- scores and options

    def _score(self, t: int) -> None:
        s = self.settings
        self.before = [place.score for place in self.places]
        for place, row in zip(self.places, self.instance.locations, strict=True):
            score = 1.0
            if place.foreign:
                if s.use_economic_pull:
                    score += float(row.attributes.get("trade_volume") or 0.0) + float(row.attributes.get("hdi") or 0.0) ** 2
                score *= s.foreign_weight
            if place.camp:
                score *= s.camp_weight
            if place.intensity > 0:
                score *= s.conflict_weight ** (self._decay(place, t) * place.intensity)
            if place.flood_zone and s.flood.flood_loc_weights:
                score *= s.flood.flood_loc_weights[place.level]
            if s.avoid_food_deprived_locations and not place.foreign and t > 0:
                score *= 1.0 - place.hunger**2
            place.score = score

    def _grow_capacities(self) -> None:
        for place, row in zip(self.places, self.instance.locations, strict=True):
            place.capacity += int(float(row.attributes.get("capacity_per_day") or 0))

    def _today(self, t: int) -> walker.Today:
        s, n = self.settings, len(self.places)
        begin, routes, steps, links = self._options()
        targets = routes[np.arange(len(steps)), steps - 1]
        starts = np.repeat(np.arange(n), np.diff(begin))
        lengths = np.array([sum(w.length for w in ways) for ways in links])
        if s.fixed_routes:
            begin, routes, steps, targets, starts, base = self._fixed(begin, routes, steps, targets, lengths)
        scores = self._kind_scores(t)
        option_score = scores[targets]
        if s.stay_close_to_home and len(targets):
            option_score = option_score * self._closeness()[starts, targets][:, None]
        if s.fixed_routes:
            base = (base[:, None] * option_score) ** (1.0 / s.weight_power)
        else:
            base = (s.weight_softening + option_score) / (s.softening + lengths[:, None]) ** s.distance_power if len(lengths) else np.zeros((0, 1))
        first = np.full((n, n), -1, dtype=np.int64)
        for i, place in enumerate(self.places):
            for way in reversed(place.open):
                first[i, way.end] = way.index
        ways = self.ways
        return walker.Today(
            chance=self._chances(t),
            town=np.array([p.town for p in self.places]),
            camp=np.array([p.camp for p in self.places]),
            capacity=np.array([p.capacity * s.capacity_scaling for p in self.places], dtype=np.float64),
            first_link=first,
            start=np.array([w.start for w in ways], dtype=np.int64),
            end=np.array([w.end for w in ways], dtype=np.int64),
            length=np.array([w.length for w in ways], dtype=np.float64),
            speed=np.array([w.speed for w in ways], dtype=np.float64),
            walk_prob=np.array([w.walk_prob for w in ways], dtype=np.float64),
            closed=np.array([w.closed for w in ways], dtype=np.bool_),
            option_begin=begin,
            option_base=np.ascontiguousarray(base, dtype=np.float64),
            option_route=routes,
            option_steps=steps,
            weight_power=float(s.weight_power),
            prune=float(s.pruning_threshold) if s.pruning_threshold >= 1.001 and not s.fixed_routes else 0.0,
            routes_ignore_capacity=s.fixed_routes,
            buffer=float(s.capacity_buffer),
            walk_speed=float(s.max_walk_speed),
            max_speed=float(s.max_move_speed),
            on_foot=s.start_on_foot,
            no_short_stints=s.avoid_short_stints,
            frozen=s.awareness_level == 0,
        )

    def _options(self) -> tuple[Ints, Ints, Ints, list[list[Way]]]:
        """Options of every place: where each place's begin, the places on each, how many, and its links."""
        if self.changes not in self.topology:
            self.topology[self.changes] = self._list_options()
        found: tuple[Ints, Ints, Ints, list[list[Way]]] = self.topology[self.changes]
        return found

    def _list_options(self) -> tuple[Ints, Ints, Ints, list[list[Way]]]:
        begin, options = [0], []
        for i in range(len(self.places)):
            options += list(self._paths([i], [], 0))
            begin.append(len(options))
        routes = np.full((len(options), walker.LONGEST_ROUTE), -1, dtype=np.int64)
        for o, ways in enumerate(options):
            routes[o, : len(ways)] = [w.end for w in ways]
        return np.array(begin), routes, np.array([len(w) for w in options], dtype=np.int64), options

    def _paths(self, visited: list[int], ways: list[Way], step: int) -> Iterator[list[Way]]:
        """Loop-free ways onward; visited: places passed, the last is where the path ends now. Markers make no step and no option."""
        for way in self.places[visited[-1]].open:
            if way.end in visited[:-1] or len(ways) >= walker.LONGEST_ROUTE:
                continue
            path = [*ways, way]
            marker = self.places[way.end].marker
            if not marker:
                yield path
            done = step + (0 if marker else 1)
            if max(self.settings.awareness_level, 1) > done:
                yield from self._paths([*visited, way.end], path, done)

    def _fixed(self, begin: Ints, routes: Ints, steps: Ints, targets: Ints, lengths: Floats) -> tuple[Ints, Ints, Ints, Ints, Ints, Floats]:
        """One route per destination, the heaviest, by the scores of this morning where they are known already and of yesterday elsewhere."""
        s, keep, weights, new_begin = self.settings, [], [], [0]
        for i, place in enumerate(self.places):
            best: dict[int, tuple[float, int]] = {}
            for o in range(begin[i], begin[i + 1]) if not place.marker else ():
                j = int(targets[o])
                score = self.places[j].score if j <= i else self.before[j]
                weight = ((s.weight_softening + score) / (s.softening + lengths[o]) ** s.distance_power) ** s.weight_power
                if weight > best.get(j, (0.0, -1))[0]:
                    best[j] = (weight, o)
            keep += [o for _, o in best.values()]
            weights += [w for w, _ in best.values()]
            new_begin.append(len(keep))
        starts = np.repeat(np.arange(len(self.places)), np.diff(new_begin))
        return np.array(new_begin), routes[keep], steps[keep], targets[keep], starts, np.array(weights)

    def _closeness(self) -> Floats:
        where = [(row.y, row.x) if "lat-lon" in self.instance.fixes else (row.x, row.y) for row in self.instance.locations]
        return np.array([[max(1.0, great_circle(a, b)) ** -self.settings.home_distance_power for b in where] for a in where])

    def _kind_scores(self, t: int) -> Floats:
        """Score of each place in the eyes of each kind of agent, (n_places, n_kinds)."""
        s, f = self.settings, self.settings.flood
        scores = np.zeros((len(self.places), len(self.kinds)))
        for k, kind in enumerate(self.kinds):
            groups = self._groups(k) if _matches(s) else np.zeros(0)
            for i, place in enumerate(self.places):
                score = place.score
                if s.children_avoid_hazards:
                    score = score * score if kind.child else score
                    score = 1.0 if s.boys_take_risk and kind.boy else score
                if s.elderly_avoid_hazards and kind.elderly:
                    score = score * score
                if s.women_avoid_hazards and kind.woman:
                    score = score * score
                if f.flood_loc_weights and place.level > 0:
                    score *= f.flood_loc_weights[place.level]
                if f.flood_forecaster and f.flood_forecaster_timescale > 1 and t <= f.flood_forecaster_end_time:
                    expected = self._forecast(i, t)
                    score *= expected * expected / f.flood_forecaster_timescale * f.flood_awareness_weights[kind.awareness]
                score *= self._match(place, groups[i] if len(groups) else 0.0, kind)
                if s.use_pop_for_loc_weight and not place.camp:
                    score *= max(1.0, place.population) ** s.pop_power_for_loc_weight
                scores[i, k] = score
        return scores

    def _forecast(self, i: int, t: int) -> float:
        """Weighted levels that are forecast for the coming days at place i."""
        f, table = self.settings.flood, self.instance.floods
        name = self.instance.locations[i].name
        if table is None or name not in table.names:
            return 0.0
        found = 0.0
        for x in range(1, f.flood_forecaster_timescale + 1):
            day = min(t + x, f.flood_forecaster_end_time)
            level = int(table.values[day][table.names.index(name)])
            if level > 0:
                found += f.flood_loc_weights[level] * f.flood_forecaster_weights[day]
            if day == f.flood_forecaster_end_time:
                break
        return found

    def _groups(self, k: int) -> Floats:
        """Agents at each place of the ethnicity and of the religion of kind k, (n_places, 2)."""
        here = self.agents.place[: self.n]
        mine = self.kinds[k]
        same = np.array([[o.ethnicity == mine.ethnicity, o.religion == mine.religion] for o in self.kinds])[self.agents.kind[: self.n]]
        at = here >= 0
        return np.stack([np.bincount(here[at], weights=same[at, c], minlength=len(self.places)) for c in (0, 1)], axis=1)

    def _match(self, place: Place, group: Any, kind: Kind) -> float:
        s, factor = self.settings, 1.0
        people = place.population if place.population >= 1 else NOBODY
        if place.camp:
            if s.match_camp_religion:
                factor *= group[1] / people / s.avg_religion_fraction
            if s.match_camp_ethnicity:
                factor *= group[0] / people * 10.0
        elif (place.intensity > 0 and s.match_conflict_ethnicity) or (place.intensity <= 0 and s.match_town_ethnicity):
            factor *= group[0] / people * 10.0
        return float(factor)

    def _chances(self, t: int) -> Floats:
        s, f = self.settings, self.settings.flood
        chances = np.zeros((len(self.places), len(self.kinds)))
        for i, place in enumerate(self.places):
            size = max(place.population, place.capacity) / s.movechance_pop_base
            chance = place.chance * (size**s.movechance_pop_scale_factor if s.movechance_pop_scale_factor else 1.0)
            if f.flood_movechances and place.level > 0:
                chance = f.flood_movechances[place.level]
            if s.flee_when_starving:
                chance = place.hunger + (1.0 - place.hunger) * chance
            chances[i] = chance
            if f.flood_forecaster and f.flood_forecaster_timescale > 1 and t <= f.flood_forecaster_end_time:
                expected = self._forecast(i, t) / f.flood_forecaster_timescale
                chances[i] *= [expected * f.flood_awareness_weights[kind.awareness] for kind in self.kinds]
        return chances


def _matches(s: Settings) -> bool:
    return s.match_camp_religion or s.match_camp_ethnicity or s.match_town_ethnicity or s.match_conflict_ethnicity


def _kinds(instance: Instance) -> tuple[list[Kind], Floats]:
    """Kinds of agents that rules tell apart, and how likely each is by origin, (n_places, n_kinds)."""
    s = instance.settings
    by_age = s.children_avoid_hazards or s.elderly_avoid_hazards
    wanted = {
        "age": by_age,
        "gender": s.women_avoid_hazards or (s.children_avoid_hazards and s.boys_take_risk),
        "ethnicity": s.match_camp_ethnicity or s.match_town_ethnicity or s.match_conflict_ethnicity,
        "religion": s.match_camp_religion,
        "floodawareness": s.flood.flood_forecaster,
    }
    tables = [d for d in instance.demographics if wanted.get(d.attribute)]
    prob: dict[Kind, Floats] = {}
    for values in itertools.product(*([(t.attribute, v, i) for i, v in enumerate(t.values)] for t in tables)):
        given = {name: value for name, value, _ in values}
        age, male = float(given.get("age", 30)), given.get("gender") == "male"
        kind = Kind(
            age < 19, male and age > 14, age > 59, given.get("gender") == "female", given.get("ethnicity", ""), given.get("religion", ""),
            int(float(given.get("floodawareness", 0))),
        )  # fmt: skip
        p = np.ones(len(instance.locations))
        for table, (_, _, row) in zip(tables, values, strict=True):
            for i, place in enumerate(instance.locations):
                weights = table.weights.get(place.name, table.weights["Default"])
                p[i] *= weights[row] / sum(weights)
        prob[kind] = prob.get(kind, np.zeros(len(instance.locations))) + p
    return list(prob), np.stack(list(prob.values()), axis=1)


def _empty(size: int) -> walker.Agents:
    return walker.Agents(
        place=np.zeros(size, dtype=np.int64),
        link=np.full(size, -1, dtype=np.int64),
        km=np.zeros(size),
        route=np.full((size, walker.LONGEST_ROUTE), -1, dtype=np.int64),
        route_length=np.zeros(size, dtype=np.int64),
        travelled=np.ones(size, dtype=np.int64),
        recent=np.zeros(size),
        moved=np.zeros(size),
        kind=np.zeros(size, dtype=np.int64),
        home=np.zeros(size, dtype=np.int64),
        active=np.ones(size, dtype=np.bool_),
    )


def _doubled(agents: walker.Agents) -> walker.Agents:
    more = _empty(len(agents.place))
    return walker.Agents(*(np.concatenate([a, b]) for a, b in zip(agents, more, strict=True)))
