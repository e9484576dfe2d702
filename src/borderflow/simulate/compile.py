"""compile(case) -> Model: names become indices once; attributes get places in one flat vector.

The vector `a` of a run holds every attribute (world/attributes.py); an unknown sets or scales some of its places.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from borderflow.simulate.layout import BUS, CAR, COUNTRY, FOOT, LANE, LORRY, NO_BUS, ONE, SEAT, Arrays
from borderflow.simulate.queues import CITIZEN, OTHER
from borderflow.world.attributes import BY_NAME
from borderflow.world.model import Case, Change, Dist, Place
from borderflow.world.names import PORTAL_MODES, Gate, expand, gates_of, parse_reference

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
CLASSES = {"car": CAR, "bus": BUS, "lorry": LORRY, "foot": FOOT, "seat": SEAT}
NO_LIMIT = 1e9
WAY_SLACK_HOURS = 12.0
"""Among the gates of one country, an origin considers those at most this much further than the nearest."""
FAR_FUTURE = 1e9


@dataclass(frozen=True)
class Dated:
    """A dated change as compiled: where it acts, from when to when, within which hours, and the distribution of its size."""

    factor: int
    sets: bool
    start: float
    end: float
    size: Dist
    slot: int
    """Place of its size in the attribute vector."""
    number: int
    """Number of the change within its shock or policy."""
    hours: tuple[float, float] = (0.0, 24.0)


@dataclass(frozen=True)
class PolicyArrays:
    """A policy as compiled: probability, first and last day, end of the effect, and its changes (relative days)."""

    name: str
    probability: float
    first_day: float
    last_day: float
    end: float
    changes: tuple[Dated, ...]


@dataclass(frozen=True)
class Model:
    """A compiled case. `base` is the attribute vector with the case's own values."""

    case: Case
    arrays: Arrays
    base: Floats
    slots: dict[tuple[str, tuple[str, ...]], int]
    locations: tuple[str, ...]
    """Gates by name, then countries as 'elsewhere XX'."""
    countries: tuple[str, ...]
    n_days: int
    shock_changes: tuple[Dated, ...]
    policies: tuple[PolicyArrays, ...]

    def slots_of(self, reference: str) -> list[int]:
        """Places in the attribute vector that a reference such as `capacity[KZ; car]` names."""
        return [self.slots[key] for key in expand(parse_reference(reference), self.case) if key in self.slots]


def day_of(case: Case, instant: datetime) -> float:
    """Days since the case's start."""
    return (instant - datetime.combine(case.start, time())).total_seconds() / 86400.0


def compile_case(case: Case, last_day: int | None = None, policies: bool = True) -> Model:
    """Arrays of a case up to the end of day index `last_day` (default: horizon after as_of)."""
    n_days = (case.as_of - case.start).days + 1 + case.horizon if last_day is None else last_day
    gates = gates_of(case)
    countries = sorted({g.country for g in gates} | {b.country for b in case.ordinary} | {o.country for o in case.onward})
    gate_no = {g.name: i for i, g in enumerate(gates)}
    country_no = {c: i for i, c in enumerate(countries)}
    groups = case.groups
    origins = [p for p in case.places if p.kind == "origin" and p.country == (case.origin_country,)] if groups else []

    # the attribute vector
    base: list[float] = []
    slots: dict[tuple[str, tuple[str, ...]], int] = {}

    def put(name: str, index: tuple[str, ...], value: float) -> int:
        slots[name, index] = len(base)
        base.append(NO_LIMIT if math.isinf(value) else value)
        return len(base) - 1

    o_one = len(base)
    for name in ONE:
        put(name, (), case.behaviour.get(name, BY_NAME[name].default))
    o_group_share = len(base)
    for group in groups:
        put("group_share", (group.name,), group.pool_share)
    o_party = len(base)
    for group in groups:
        put("people_per_party", (group.name,), group.people_per_party)
    acting = [s for s in case.shocks if s.kind != "changes"]
    o_shock = len(base)
    for shock in acting:
        for name in ("leaving_per_day", "shift_days", "preparation_days", "decay_days", "boost", "after"):
            value = BY_NAME[name].default if name == "shift_days" else getattr(shock, name)
            put(name, (shock.name,), value)
    o_appeal = len(base)
    for c in countries:
        put("appeal", (c,), case.appeal.get(c, 0.0))
    o_gate_appeal = len(base)
    for gate in gates:
        put("gate_appeal", (gate.name,), 0.0)
    o_mode_appeal = len(base)
    for mode in ("air", "rail"):
        put("mode_appeal", (mode,), case.mode_appeal.get(mode, 0.0))

    o_bus = len(base)
    for group in groups:
        put("bus_appeal", (group.name,), NO_BUS if group.bus_appeal is None else group.bus_appeal)

    # lanes
    lanes: list[tuple[int, int, int, float, float, int]] = []
    lane_no: dict[tuple[str, str, str], int] = {}
    o_lane = len(base)
    for gate in gates:
        if gate.kind == "crossing":
            for lane in (x for x in case.lanes if x.crossing == gate.name):
                lane_no[gate.name, lane.lane, lane.direction] = len(lanes)
                exits = int(lane.direction == "exits")
                lanes.append((gate_no[gate.name], CLASSES[lane.lane], exits, lane.opens_hour, lane.closes_hour, int(lane.open)))
                key: tuple[str, str, str] = (gate.name, lane.lane, lane.direction)
                capacity = math.inf if lane.capacity_per_day is None else lane.capacity_per_day
                for name, value in zip(LANE, (capacity, lane.growth, lane.growth_lag_days, lane.booths, lane.service_cv), strict=True):
                    put(name, key, value)
        else:
            key = (gate.name, "seat", "entries")
            lane_no[key] = len(lanes)
            lanes.append((gate_no[gate.name], SEAT, 0, 0.0, 24.0, 1))
            for name in LANE:
                put(name, key, case.seats.get(gate.name, 0.0) if name == "capacity" else BY_NAME[name].default)
    o_station = len(base)
    station_no: dict[tuple[str, str, str], int] = {}
    for lane in case.lanes:
        key = (lane.crossing, lane.lane, lane.direction)
        if lane.entry_capacity_per_day is not None and key in lane_no:
            station_no[key] = len(station_no)
            put("entry_capacity", key, lane.entry_capacity_per_day)
            put("room", key, math.inf if lane.room is None else lane.room)

    # ordinary traffic
    o_block = len(base)
    for block in case.ordinary:
        put("entries_per_day", (block.name,), block.entries_per_day)
        put("exits_per_day", (block.name,), block.exits_per_day)
        put("weekly_strength", (block.name,), BY_NAME["weekly_strength"].default)
        put("party_size", (block.name,), block.party_size)
    o_share = len(base)
    rows: list[tuple[int, int, int, int, int, int, int]] = []
    for b, block in enumerate(case.ordinary):
        c_no, kind = country_no[block.country], CITIZEN if block.who == "citizens" else OTHER
        for where, share in block.split.items():
            name = f"{where} {block.country}" if where in PORTAL_MODES else where
            put("share", (block.name, name), share)
            loc = gate_no.get(name, len(gates) + c_no)
            lane_in = lane_no.get((name, block.lane, "entries"), -1)
            lane_out = lane_no.get((name, block.lane, "exits"), -1)
            stands = CLASSES[block.lane] if name in gate_no and where not in PORTAL_MODES else SEAT
            rows.append((b, c_no, loc, lane_in, lane_out, kind, stands))
    o_country = len(base)
    onward = {o.country: o for o in case.onward}
    for c in countries:
        item = onward.get(c)
        for name in COUNTRY:
            value = getattr(item, name, None)
            put(name, (c,), BY_NAME[name].default if value is None else value)

    # dated factors
    n_lanes, n_gates, n_countries = len(lanes), len(gates), len(countries)
    f_capacity, f_open = 1, 1 + n_lanes
    f_arrivals, f_entries = f_open + n_lanes, f_open + n_lanes + n_gates
    f_exits = f_entries + n_countries
    n_factors = f_exits + n_countries

    def reserve(name: str, n: int) -> int:
        """Position of n further factors if some change names the attribute, else -1."""
        nonlocal n_factors
        named = {parse_reference(c.attribute).name for part in (case.shocks, case.policies if policies else ()) for x in part for c in x.changes}
        if name not in named:
            return -1
        n_factors += n
        return n_factors - n

    f_station, n_factors = n_factors, n_factors + len(station_no)
    f_announced = reserve("announced_wait", n_gates)
    f_admitted = reserve("admitted", n_gates * len(groups))
    f_cap = reserve("reception_cap", n_countries)
    group_no = {group.name: i for i, group in enumerate(groups)}

    def factor_of(name: str, index: tuple[str, ...]) -> int | None:
        """Position of one dated attribute in the factors, None where the case has no use for it."""
        if name == "hazard_factor":
            return 0
        if name in ("capacity_factor", "open", "entry_capacity_factor"):
            where, first = (
                (station_no, f_station) if name == "entry_capacity_factor" else (lane_no, f_capacity if name == "capacity_factor" else f_open)
            )
            key = (index[0], index[1], index[2])
            return first + where[key] if key in where else None
        if name == "admitted":
            return f_admitted + gate_no[index[0]] * len(groups) + group_no[index[1]]
        if name in ("arrivals_factor", "announced_wait"):
            return (f_arrivals if name == "arrivals_factor" else f_announced) + gate_no[index[0]]
        first = {"entries_factor": f_entries, "exits_factor": f_exits, "reception_cap": f_cap}[name]
        return first + country_no[index[0]] if index[0] in country_no else None

    def dated(kind: str, owner: str, changes: tuple[Change, ...], start: float, end: float) -> list[Dated]:
        done = []
        for i, change in enumerate(changes):
            slot = put(f"size ({kind})", (owner, str(i)), middle_of(change.to))
            for name, index in expand(parse_reference(change.attribute), case):
                factor = factor_of(name, index)
                if factor is not None:
                    hours = change.hours or (0.0, 24.0)
                    done.append(Dated(factor, BY_NAME[name].sets, start + change.after_days, end, change.to, slot, i, hours))
        return done

    shock_changes: list[Dated] = []
    for shock in case.shocks:
        if shock.kind == "changes":
            end = day_of(case, shock.until) if shock.until else FAR_FUTURE
            shock_changes += dated("shock", shock.name, shock.changes, day_of(case, shock.at), end)
    policy_arrays = []
    for policy in case.policies if policies else ():
        first, last = (day_of(case, datetime.combine(d, time())) for d in policy.dates)
        end = day_of(case, datetime.combine(policy.until, time())) + 1 if policy.until else FAR_FUTURE
        policy_arrays.append(
            PolicyArrays(policy.name, policy.probability, first, last, end, tuple(dated("policy", policy.name, policy.changes, 0.0, end)))
        )
    all_changes = shock_changes + [d for p in policy_arrays for d in p.changes]

    ways = _ways(case, gates, gate_no, countries, origins)
    grid = _time_grid(case, n_days)
    shelter: dict[str, float] = {}
    for place in case.places:
        if place.shelter_places is not None:
            shelter[place.country[-1]] = shelter.get(place.country[-1], 0.0) + place.shelter_places
    weights = np.zeros((len(groups), max(len(origins), 1)))
    for g, group in enumerate(groups):
        for o, place in enumerate(origins):
            weights[g, o] = place.population * group.origin_weights.get(place.name, 1.0)
        weights[g] /= max(weights[g].sum(), 1e-12)
    may = np.array([[float(g.may_enter is None or c in g.may_enter) for c in countries] for g in groups]).reshape(len(groups), n_countries)
    gate_car, gate_foot, gate_bus = np.full(n_gates, -1), np.full(n_gates, -1), np.full(n_gates, -1)
    for (name, cls, direction), i in lane_no.items():
        if direction == "entries" and cls in ("car", "seat"):
            gate_car[gate_no[name]] = i
        if direction == "entries" and cls == "foot":
            gate_foot[gate_no[name]] = i
        if direction == "entries" and cls == "bus":
            gate_bus[gate_no[name]] = i
    lane_array = np.array(lanes, dtype=float).reshape(n_lanes, 6)
    row_array = np.array(rows, dtype=np.int64).reshape(len(rows), 7)
    week = lambda w: np.asarray(w) / np.mean(w)  # noqa: E731
    arrays = Arrays(
        n_groups=len(groups),
        n_gates=n_gates,
        n_countries=n_countries,
        n_lanes=n_lanes,
        n_stations=len(station_no),
        n_factors=n_factors,
        **grid,
        home_weight=weights,
        shock_kind=np.array([int(s.kind == "deadline") for s in acting], dtype=np.int64),
        shock_at=np.array([day_of(case, s.at) for s in acting], dtype=float),
        shock_until=np.array([day_of(case, s.until) if s.until else FAR_FUTURE for s in acting], dtype=float),
        shock_reach=np.array([[float(s.groups is None or g.name in s.groups) for g in groups] for s in acting]).reshape(len(acting), len(groups)),
        **ways,
        may_enter=may,
        gate_country=np.array([country_no[g.country] for g in gates], dtype=np.int64),
        gate_car=gate_car.astype(np.int64),
        gate_foot=gate_foot.astype(np.int64),
        gate_bus=gate_bus.astype(np.int64),
        lane_gate=lane_array[:, 0].astype(np.int64),
        lane_class=lane_array[:, 1].astype(np.int64),
        lane_exits=lane_array[:, 2].astype(np.int64),
        lane_opens=lane_array[:, 3].copy(),
        lane_closes=lane_array[:, 4].copy(),
        lane_open0=lane_array[:, 5].astype(np.int64),
        lane_station=np.array([station_no.get(key, -1) for key in lane_no], dtype=np.int64),
        row_block=row_array[:, 0].copy(),
        row_country=row_array[:, 1].copy(),
        row_loc=row_array[:, 2].copy(),
        row_in_lane=row_array[:, 3].copy(),
        row_out_lane=row_array[:, 4].copy(),
        row_kind=row_array[:, 5].copy(),
        row_class=row_array[:, 6].copy(),
        block_week_in=np.array([week(b.weekly_entries) for b in case.ordinary]).reshape(len(case.ordinary), 7),
        block_week_out=np.array([week(b.weekly_exits) for b in case.ordinary]).reshape(len(case.ordinary), 7),
        air_share=np.array([onward[c].air_share if c in onward else 0.0 for c in countries]),
        shelter_places=np.array([shelter.get(c, math.inf) for c in countries]),
        o_one=o_one,
        o_group_share=o_group_share,
        o_party=o_party,
        o_shock=o_shock,
        o_appeal=o_appeal,
        o_gate_appeal=o_gate_appeal,
        o_mode_appeal=o_mode_appeal,
        o_bus=o_bus,
        o_lane=o_lane,
        o_station=o_station,
        o_block=o_block,
        o_share=o_share,
        o_country=o_country,
        f_capacity=f_capacity,
        f_open=f_open,
        f_arrivals=f_arrivals,
        f_entries=f_entries,
        f_exits=f_exits,
        f_station=f_station,
        f_announced=f_announced,
        f_admitted=f_admitted,
        f_cap=f_cap,
        change_factor=np.array([d.factor for d in all_changes], dtype=np.int64),
        change_sets=np.array([int(d.sets) for d in all_changes], dtype=np.int64),
        change_from=np.array([d.hours[0] for d in all_changes], dtype=float),
        change_to=np.array([d.hours[1] for d in all_changes], dtype=float),
    )
    locations = tuple(g.name for g in gates) + tuple(f"elsewhere {c}" for c in countries)
    return Model(case, arrays, np.array(base), slots, locations, tuple(countries), n_days, tuple(shock_changes), tuple(policy_arrays))


def middle_of(dist: Dist) -> float:
    """Median of a distribution."""
    if dist.fixed is not None:
        return dist.fixed
    if dist.lognormal is not None:
        return dist.lognormal[0]
    if dist.normal is not None:
        return dist.normal[0]
    assert dist.uniform is not None
    return 0.5 * (dist.uniform[0] + dist.uniform[1])


def _earliest_shift(case: Case, shock: str) -> float:
    """Days (at most 0) by which the priors may move a shock to an earlier time; of a normal three standard deviations."""
    shifts = [0.0]
    for prior in case.priors:
        named = [index for text in prior.sets for name, index in expand(parse_reference(text), case) if name == "shift_days"]
        if (shock,) in named:
            dist = prior.dist
            low = dist.normal[0] - 3.0 * dist.normal[1] if dist.normal else dist.uniform[0] if dist.uniform else middle_of(dist)
            shifts.append(max(low, BY_NAME["shift_days"].low))
    return min(shifts)


def _time_grid(case: Case, n_days: int) -> dict[str, Any]:
    """Steps of `step_before` until the midnight a day before the first departures, earlier where priors may shift them further, then of `step`."""
    departures = {s.name: day_of(case, s.at) for s in case.shocks if s.kind == "departures"}
    first = min(departures.values(), default=None)
    felt = min((at + _earliest_shift(case, name) for name, at in departures.items()), default=0.0)
    change = n_days if first is None else min(max(min(math.floor(first) - 1, math.floor(felt)), 0), n_days)
    coarse = case.step_before or case.step
    steps = [coarse / 24.0] * round(change * 24 / coarse) + [case.step / 24.0] * round((n_days - change) * 24 / case.step)
    dt = np.array(steps)
    start = np.concatenate([[0.0], np.cumsum(dt)[:-1]])
    middle = start + dt / 2
    day = np.floor(middle + 1e-9).astype(np.int64)
    every = max(1, round((case.choice_every or case.step) / case.step))
    n_coarse = len(steps) - round((n_days - change) * 24 / case.step)
    choice = np.array(steps)
    for t in range(n_coarse, len(steps)):
        choice[t] = case.step / 24.0 * min(every, len(steps) - t) if (t - n_coarse) % every == 0 else 0.0
    return {
        "choice_days": choice,
        "start_day": start,
        "dt": dt,
        "hour": 24.0 * (middle - day),
        "day": day,
        "weekday": (day + case.start.weekday()) % 7,
        "fine_hours": case.step,
        "first_departure": math.inf if first is None else float(first),
    }


def _ways(case: Case, gates: list[Gate], gate_no: dict[str, int], countries: list[str], origins: list[Place]) -> dict[str, Any]:
    """Ways from each origin to the gates worth considering, with road hours and hours by air or rail."""
    inside = {p.name for p in case.places if case.origin_country in p.country}
    roads: dict[str, list[tuple[str, float]]] = {}
    foreign = {p.name: p.country[0] for p in case.places if case.origin_country not in p.country}
    portal_links: dict[str, list[tuple[str, float]]] = {}
    for link in case.links:
        if link.closed:
            continue
        ends = [(link.from_, link.to)] + ([] if link.oneway else [(link.to, link.from_)])
        for x, y in ends:
            if link.mode == "road" and x in inside and y in inside:
                roads.setdefault(x, []).append((y, link.typical_hours))
            if link.mode in ("air", "rail") and x in inside and y in foreign:
                portal_links.setdefault(f"{link.mode} {foreign[y]}", []).append((x, link.typical_hours))
    crossings = {g.name for g in gates if g.kind == "crossing"}
    start: list[int] = [0]
    gate: list[int] = []
    hours: list[float] = []
    fixed: list[float] = []
    mode: list[int] = []
    # those who flee come by car, on foot or, some of them, by bus; a crossing for lorries only is no way out for them
    has_lanes = {x.crossing for x in case.lanes if x.direction == "entries" and x.lane in ("car", "foot", "bus")}
    enterable = {c for g in case.groups for c in (g.may_enter if g.may_enter is not None else [x.country for x in gates])}
    for origin in origins:
        reach = _shortest(roads, origin.name, crossings)
        found: list[tuple[str, str, float, float, int]] = []
        for g in gates:
            if g.country not in enterable:
                continue
            if g.kind == "crossing":
                if g.name in reach and g.name in has_lanes:
                    found.append((g.country + " road", g.name, reach[g.name], 0.0, 0))
            else:
                best = min(((reach[x] + h, reach[x], h) for x, h in portal_links.get(g.name, []) if x in reach), default=None)
                if best:
                    found.append((g.name, g.name, best[1], best[2], 1 if g.kind == "air" else 2))
        nearest: dict[str, float] = {}
        for nest, _, road, extra, _ in found:
            nearest[nest] = min(nearest.get(nest, math.inf), road + extra)
        for nest, name, road, extra, by in found:
            if road + extra <= nearest[nest] + WAY_SLACK_HOURS:
                gate.append(gate_no[name])
                hours.append(road)
                fixed.append(extra)
                mode.append(by)
        start.append(len(gate))
    return {
        "way_start": np.array(start, dtype=np.int64),
        "way_gate": np.array(gate, dtype=np.int64),
        "way_hours": np.array(hours, dtype=float),
        "way_fixed_hours": np.array(fixed, dtype=float),
        "way_mode": np.array(mode, dtype=np.int64),
        "way_nest": np.array([3 * countries.index(gates[k].country) + by for k, by in zip(gate, mode, strict=True)], dtype=np.int64),
    }


def _shortest(roads: dict[str, list[tuple[str, float]]], origin: str, crossings: set[str]) -> dict[str, float]:
    """Hours by the quickest road from one place to all others (Dijkstra); nobody passes through a crossing on the way."""
    best = {origin: 0.0}
    heap = [(0.0, origin)]
    while heap:
        hours, at = heapq.heappop(heap)
        if hours > best.get(at, math.inf) or (at in crossings and at != origin):
            continue
        for to, more in roads.get(at, []):
            if hours + more < best.get(to, math.inf):
                best[to] = hours + more
                heapq.heappush(heap, (hours + more, to))
    return best


def as_of_end(case: Case) -> float:
    """Day index at which knowledge ends: the end of the day as_of."""
    return float((case.as_of - case.start + timedelta(days=1)).days)
