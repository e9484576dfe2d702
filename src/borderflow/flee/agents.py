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
from typing import Any, NamedTuple

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
KNOWN_FIXES = {
    *("lat-lon", "sinks", "link-closures", "redirection", "day0-capacity", "merge", "sorted", "thousands", "bom"),
    *("missing-data", "short-tables", "unknown-routes", "quoted-switches"),
}


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


class _Options(NamedTuple):
    """Every option of every place; those of place i are begin[i] .. begin[i + 1]."""

    begin: Ints
    starts: Ints
    targets: Ints
    lengths: Floats
    routes: Ints
    """Places on the way, (n_options, LONGEST_ROUTE)."""
    steps: Ints
    first_link: Ints
    ways: tuple[Any, ...]
    """start, end, length, speed, walk probability, closed of each link."""


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
    together = not (s.take_from_population or _matches(s))
    """Nothing that agents do changes the world, so that all runs can live in one."""
    worlds = [_World(instance)] if together else [_World(instance) for _ in range(runs)]
    crowds = [_Crowd(worlds[0 if together else k], np.random.default_rng([seed, first_run + k])) for k in range(runs)]
    for t in range(days):
        for world in worlds:
            world.morning(t)
        for crowd in crowds:
            crowd.spawn(t)
        for world in worlds:
            world.noon(t)
        today = worlds[0].today(t, np.zeros(0)) if together else None
        for k, crowd in enumerate(crowds):
            crowd.move(today or crowd.world.today(t, crowd.groups()))
            counts[k, t] = crowd.present[list(instance.camps)]
            total[k, t] = crowd.n
    return counts, total


def great_circle(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Kilometres between (longitude, latitude) points."""
    x1, y1, x2, y2 = (math.radians(v) for v in (*a, *b))
    h = math.sin((y2 - y1) / 2.0) ** 2 + math.cos(y1) * math.cos(y2) * math.sin((x2 - x1) / 2.0) ** 2
    return 2.0 * EARTH_KM * math.asin(math.sqrt(h))


class _World:
    """Places and links as they are today, and what follows from them."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        s = self.settings = instance.settings
        self.places = [self._place(i) for i in range(len(instance.locations))]
        self.ways: list[Way] = []
        self._links()
        self.options: _Options | None = None
        self.kinds, self.kind_prob = _kinds(instance)
        self.rows = [table for _, table in series.tables(instance)]
        if s.empty_camps_on_day0:
            for table in self.rows:
                base = float(series.value(table, 0))
                table[:] = [(d, v - base) for d, v in table]
        self.tables = dict(reversed([(row.name, table) for row, table in zip(instance.data, self.rows, strict=False)]))

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

    def at_start(self, i: int) -> int:
        """Agents that are in camp i before day 0."""
        s, row = self.settings, self.instance.locations[i]
        if s.empty_camps_on_day0:
            return 0
        data = series.value(self.tables.get(row.name, []), 0) if s.insert_day0 else 0
        return int(data) + (int(float(row.attributes.get("initial_idps") or 0)) if row.is_camp else 0)

    # -- a day

    def morning(self, t: int) -> None:
        """What happens before anybody is spawned."""
        self._change_places(t)
        self._change_conflicts(t)
        s = self.settings
        by_data = not s.conflict_spawn_mode and not s.flood_zone_spawning_only
        if t == 0 and by_data and s.insert_day0 and "day0-capacity" not in self.instance.fixes:
            for place, row in zip(self.places, self.instance.locations, strict=True):
                if place.capacity > 0:
                    place.capacity -= series.value(self.tables.get(row.name, []), 0)

    def noon(self, t: int) -> None:
        """What happens between spawning and moving."""
        self._close(t)
        self._score(t)
        for place, row in zip(self.places, self.instance.locations, strict=True):
            place.capacity += int(float(row.attributes.get("capacity_per_day") or 0))

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
                chance = {
                    "camp": s.camp_movechance,
                    "idpcamp": s.idpcamp_movechance,
                    "conflict": s.conflict_movechance,
                    "forward": 1.0,
                    "marker": 1.0,
                }
                place.chance = chance.get(change.kind, s.default_movechance)
                self.options = None
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

    def decay(self, place: Place, t: int) -> float:
        table = self.settings.conflict_spawn_decay
        if not table:
            return 1.0
        return table[min(int((t - place.onset) / self.settings.conflict_spawn_decay_interval), len(table) - 1)]

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
        self.options = None
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
        """Scores of yesterday."""
        for place, row in zip(self.places, self.instance.locations, strict=True):
            score = 1.0
            if place.foreign:
                if s.use_economic_pull:
                    score += float(row.attributes.get("trade_volume") or 0.0) + float(row.attributes.get("hdi") or 0.0) ** 2
                score *= s.foreign_weight
            if place.camp:
                score *= s.camp_weight
            if place.intensity > 0:
                score *= s.conflict_weight ** (self.decay(place, t) * place.intensity)
            if place.flood_zone and s.flood.flood_loc_weights:
                score *= s.flood.flood_loc_weights[place.level]
            if s.avoid_food_deprived_locations and not place.foreign and t > 0:
                score *= 1.0 - place.hunger**2
            place.score = score

    def today(self, t: int, groups: Floats) -> walker.Today:
        """The day as agents meet it. groups: agents of each kind's ethnicity and religion by place, (n_kinds, n_places, 2), empty if no rule asks."""
        s = self.settings
        if self.options is None:
            self.options = self._list_options()
        o, base = self.options, np.zeros((0, len(self.kinds)))
        scores = self._kind_scores(t, groups)
        if s.fixed_routes:
            o, weight = self._fixed(o)
            base = (weight[:, None] * self._seen(scores, o)) ** (1.0 / s.weight_power)
        elif len(o.targets):
            base = (s.weight_softening + self._seen(scores, o)) / (s.softening + o.lengths[:, None]) ** s.distance_power
        return walker.Today(
            chance=self._chances(t),
            town=np.array([p.town for p in self.places]),
            camp=np.array([p.camp for p in self.places]),
            capacity=np.array([p.capacity * s.capacity_scaling for p in self.places], dtype=np.float64),
            first_link=o.first_link,
            start=o.ways[0],
            end=o.ways[1],
            length=o.ways[2],
            speed=o.ways[3],
            walk_prob=o.ways[4],
            closed=o.ways[5],
            option_begin=o.begin,
            option_base=base,
            option_route=o.routes,
            option_steps=o.steps,
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

    def _seen(self, scores: Floats, o: _Options) -> Floats:
        """Score of the end of each option from where it begins, by kind."""
        seen = scores[o.targets]
        return seen * self._closeness()[o.starts, o.targets][:, None] if self.settings.stay_close_to_home else seen

    def _list_options(self) -> _Options:
        n, paths = len(self.places), [list(self._paths([i], [], 0)) for i in range(len(self.places))]
        options = [ways for of_place in paths for ways in of_place]
        routes = np.full((len(options), walker.LONGEST_ROUTE), -1, dtype=np.int64)
        for o, ways in enumerate(options):
            routes[o, : len(ways)] = [w.end for w in ways]
        first = np.full((n, n), -1, dtype=np.int64)
        for i, place in enumerate(self.places):
            for way in reversed(place.open):
                first[i, way.end] = way.index
        return _Options(
            begin=np.array([0, *itertools.accumulate(len(p) for p in paths)]),
            starts=np.repeat(np.arange(n), [len(p) for p in paths]),
            targets=np.array([w[-1].end for w in options], dtype=np.int64),
            lengths=np.array([sum(w.length for w in ways) for ways in options], dtype=np.float64),
            routes=routes,
            steps=np.array([len(w) for w in options], dtype=np.int64),
            first_link=first,
            ways=(
                *(np.array([getattr(w, name) for w in self.ways], dtype=np.int64) for name in ("start", "end")),
                *(np.array([getattr(w, name) for w in self.ways], dtype=np.float64) for name in ("length", "speed", "walk_prob")),
                np.array([w.closed for w in self.ways], dtype=np.bool_),
            ),
        )

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

    def _fixed(self, o: _Options) -> tuple[_Options, Floats]:
        """One route per destination, the heaviest, by the scores of this morning where they are known already and of yesterday elsewhere."""
        s, keep, weights, counts = self.settings, [], [], []
        for i, place in enumerate(self.places):
            best: dict[int, tuple[float, int]] = {}
            for k in range(o.begin[i], o.begin[i + 1]) if not place.marker else ():
                j = int(o.targets[k])
                score = self.places[j].score if j <= i else self.before[j]
                weight = ((s.weight_softening + score) / (s.softening + o.lengths[k]) ** s.distance_power) ** s.weight_power
                if weight > best.get(j, (0.0, -1))[0]:
                    best[j] = (weight, k)
            keep += [k for _, k in best.values()]
            weights += [w for w, _ in best.values()]
            counts.append(len(best))
        begin = np.array([0, *itertools.accumulate(counts)])
        kept = o._replace(
            begin=begin, starts=o.starts[keep], targets=o.targets[keep], lengths=o.lengths[keep], routes=o.routes[keep], steps=o.steps[keep]
        )
        return kept, np.array(weights)

    def _closeness(self) -> Floats:
        where = [(row.y, row.x) if "lat-lon" in self.instance.fixes else (row.x, row.y) for row in self.instance.locations]
        return np.array([[max(1.0, great_circle(a, b)) ** -self.settings.home_distance_power for b in where] for a in where])

    def _kind_scores(self, t: int, groups: Floats) -> Floats:
        """Score of each place in the eyes of each kind of agent, (n_places, n_kinds)."""
        s, f = self.settings, self.settings.flood
        scores = np.zeros((len(self.places), len(self.kinds)))
        for k, kind in enumerate(self.kinds):
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
                score *= self._match(place, groups[k, i]) if len(groups) else 1.0
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

    def _match(self, place: Place, group: Floats) -> float:
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


class _Crowd:
    """Everyone of one run, and its luck."""

    def __init__(self, world: _World, rng: np.random.Generator) -> None:
        self.world, self.rng = world, rng
        self.debt, self.n = 0, 0
        self.present = np.zeros(len(world.places), dtype=np.int64)
        self.agents = _empty(1024)
        for i in world.instance.camps:
            self._add(np.full(world.at_start(i), i))

    def move(self, today: walker.Today) -> None:
        """Everyone decides and travels; sinks take theirs."""
        walker.one_day(self.n, self.agents, today, self.present, self.rng)
        if self.world.settings.camps_are_sinks:
            prob = np.array([float(row.attributes.get("deactivation_probability") or 0.0) for row in self.world.instance.locations])
            walker.sink(self.n, self.agents, np.where(today.camp, prob, 0.0), self.rng)

    def groups(self) -> Floats:
        """Agents at each place of the ethnicity and of the religion of each kind, (n_kinds, n_places, 2); empty if no rule asks."""
        if not _matches(self.world.settings):
            return np.zeros(0)
        here, kinds = self.agents.place[: self.n], self.world.kinds
        at = here >= 0
        found = np.zeros((len(kinds), len(self.world.places), 2))
        for k, mine in enumerate(kinds):
            same = np.array([[o.ethnicity == mine.ethnicity, o.religion == mine.religion] for o in kinds])[self.agents.kind[: self.n]]
            for c in (0, 1):
                found[k, :, c] = np.bincount(here[at], weights=same[at, c], minlength=len(self.world.places))
        return found

    def spawn(self, t: int) -> None:
        """Everyone who sets out from home on day t."""
        s = self.world.settings
        if s.flood_zone_spawning_only:
            self._add_each([self._flooded(place) for place in self.world.places])
        elif s.conflict_spawn_mode:
            self._add_each([self._fleeing(place) for place in self.world.places])
        else:
            self._spawn_data(t)

    def _flooded(self, place: Place) -> int:
        s = self.world.settings
        if place.level <= 0:
            return 0
        rate = s.displaced_per_flood_day[place.level]
        if s.flood_spawn_mode == "pop_ratio":
            return int(rate * place.population)
        return int(self.rng.poisson(int(rate))) if s.flood_spawn_mode.lower() == "poisson" else int(rate)

    def _fleeing(self, place: Place) -> int:
        s = self.world.settings
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
        if self.world.settings.take_from_population:
            self.world.places[i].population -= min(n, max(self.world.places[i].population, 0))

    def _spawn_data(self, t: int) -> None:
        s = self.world.settings
        rows = self.world.rows[1:] if s.sum_from_camps else self.world.rows[:1]
        due = sum(series.value(r, t) for r in (rows if t > 0 else self.world.rows if s.sum_from_camps else rows))
        if t > 0:
            due -= sum(series.value(r, t - 1) for r in rows)
        due -= self.debt
        if t == 0 and s.insert_day0:
            due = 0
        self.debt = max(0, -due)
        weights = np.array([self._spawn_weight(place, t) for place in self.world.places])
        if weights.sum() <= 0:
            raise ValueError(f"day {t}: no place has a positive weight to be fled from")
        origins = self.rng.choice(len(self.world.places), size=max(0, due), p=weights / weights.sum())
        for i, n in enumerate(np.bincount(origins, minlength=len(self.world.places))):
            self._take(i, int(n))
        self._add(origins)

    def _spawn_weight(self, place: Place, t: int) -> float:
        s = self.world.settings
        weight = place.population * place.intensity * self.world.decay(place, t) if place.intensity > 0 else 0.0
        if s.starvation_driven_spawning and t > 0 and (place.intensity > 0 or not s.conflict_zone_spawning_only):
            weight += place.population * place.hunger
        return weight

    def _add(self, origins: Ints) -> None:
        n = len(origins)
        while self.n + n > len(self.agents.place):
            self.agents = _doubled(self.agents)
        new = slice(self.n, self.n + n)
        self.agents.place[new] = self.agents.home[new] = origins
        if len(self.world.kinds) > 1:
            u = self.rng.random(n)[:, None]
            self.agents.kind[new] = (u >= np.cumsum(self.world.kind_prob, axis=1)[origins][:, :-1]).sum(axis=1)
        self.present += np.bincount(origins, minlength=len(self.world.places))
        self.n += n


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
