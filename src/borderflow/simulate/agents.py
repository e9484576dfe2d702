"""The agents engine: one party at a time, slow and plain; the reference that the chain is tested against in distribution.

Written from docs/explanation/law.md, whose letters the comments name. Every party, ordinary ones too, is an object that moves from list to
list: home, road, two stages of travel, the cohorts of a lane, a country. Attributes are looked up by name in the compiled model, not by the
offsets that the kernel uses. Speed does not matter here, and nothing is shared with the kernel but the luck of days and the compiled indices.
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from borderflow.simulate.compile import NO_LIMIT, Model, day_of
from borderflow.simulate.luck import Luck
from borderflow.simulate.series import COMPARTMENTS, INDEX
from borderflow.world.attributes import BY_NAME
from borderflow.world.model import Change
from borderflow.world.model import Lane as LaneDescription
from borderflow.world.names import PORTAL_MODES, expand, parse_reference, universe_of

Floats = NDArray[np.float64]
CITIZENS, OTHERS = -2, -1
"""Who an ordinary party is; those who fled have the number of their group."""
LONGEST_WAIT = 240.0
LONGEST_JOURNEY = 240.0
RUSH_HOUR = 15.0
NO_BUS = -50.0
"""bus_appeal of a group that takes no buses."""
MOST_BOOTHS = 64


class Party:
    """People who move together: who they are, how many, the step in which they joined their lane and the budget they take there."""

    __slots__ = ("joined", "size", "weight", "who")

    def __init__(self, who: int, size: float) -> None:
        self.who = who
        self.size = size
        self.joined = -1
        self.weight = 1.0


Cohort = tuple[int, list[Party]]
"""A step and those who joined in it."""


def first_come(cohorts: deque[Cohort]) -> Iterable[Cohort]:
    """The order of service."""
    return cohorts


class Coins:
    """Independent uniforms of one run, drawn in blocks because that is quicker."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self._left: list[float] = []

    def uniform(self) -> float:
        """The next number in [0, 1)."""
        if not self._left:
            self._left = self.rng.random(512).tolist()
        return self._left.pop()

    def split(self, parties: list[Party], p: float) -> tuple[list[Party], list[Party]]:
        """Those whose coin with probability p says yes, and the others."""
        if not parties or p <= 0.0:
            return [], parties
        if p >= 1.0:
            return parties, []
        yes: list[Party] = []
        no: list[Party] = []
        for party in parties:
            (yes if self.uniform() < p else no).append(party)
        return yes, no

    def choose(self, utilities: Sequence[float]) -> int:
        """One of several by logit."""
        most = max(utilities)
        weights = [math.exp(u - most) for u in utilities]
        left = self.uniform() * sum(weights)
        for i, weight in enumerate(weights):
            left -= weight
            if left < 0.0:
                return i
        return max(i for i, weight in enumerate(weights) if weight > 0.0)


class Attributes:
    """The attribute vector of one run, by name."""

    def __init__(self, model: Model, a: Floats) -> None:
        self._slots = model.slots
        self._a = a.tolist()

    def __call__(self, name: str, *index: str) -> float:
        """The value at an index; of an attribute that the case does not hold there, its default in the table."""
        slot = self._slots.get((name, index))
        return BY_NAME[name].default if slot is None else float(self._a[slot])


# ---- the world of one run: what does not change --------------------------------------------------------------------


class Way(NamedTuple):
    """A way from an origin to a gate: journey before the spread [hours], lag [steps], utility without waits, its nest."""

    gate: int
    hours: float
    lag: int
    utility: float
    nest: tuple[str, int]


class Block(NamedTuple):
    """One way of an ordinary block: who, lane by direction (None: none listed), vehicles a day by direction and weekday."""

    who: int
    country: str
    place: str
    gate: int | None
    lane_class: str
    size: float
    entries: list[float]
    exits: list[float]
    entries_lane: Lane | None
    exits_lane: Lane | None


class Lane:
    """A lane of a gate: its rules, those who stand in it by cohort, and what is believed of it."""

    def __init__(self, key: tuple[str, str, str], gate: int, listed: LaneDescription | None, value: Attributes, dated: set[tuple[str, ...]]) -> None:
        self.key, self.gate, self.kind, self.entries = key, gate, key[1], key[2] == "entries"
        self.opens = listed.opens_hour if listed else 0.0
        self.closes = listed.closes_hour if listed else 24.0
        self.open_at_first = bool(listed.open) if listed else True
        self.capacity = value("capacity", *key)
        self.growth, self.growth_lag = value("growth", *key), value("growth_lag_days", *key)
        self.two_stations = listed is not None and listed.entry_capacity_per_day is not None
        self.entry_capacity = value("entry_capacity", *key) if self.two_stations else NO_LIMIT
        self.room = value("room", *key) if self.two_stations else math.inf
        self.booths = value("booths", *key)
        self.cv = value("service_cv", *key)
        all_hours = self.opens <= 0.0 and self.closes >= 24.0
        self.limited = self.capacity < 0.1 * NO_LIMIT or not self.open_at_first or not all_hours or key in dated or self.two_stations
        self.sizes: dict[int, float] = {}
        self.front: deque[Cohort] = deque()
        self.between: deque[Cohort] = deque()
        self.new: list[Party] = []
        self.credit = self.credit2 = 0.0
        self.remaining: list[float] = []
        """Of each service going on at a booth, where booths are followed one by one: what is left, as a share of a service."""
        self.pressure = self.belief = self.join_wait = self.believed = 0.0
        self.rate = self.rate2 = 0.0

    @property
    def n_front(self) -> int:
        """Parties in front of the first station."""
        return sum(len(parties) for _, parties in self.front)

    def all_queued(self) -> list[Party]:
        """Everyone who stands in the lane, between two stations too."""
        return [x for cohorts in (self.front, self.between) for _, parties in cohorts for x in parties]

    def weight_of(self, who: int, size: float, bus_seats: float) -> float:
        """Budget that a party takes."""
        if self.kind in ("foot", "seat"):
            return size
        return size / bus_seats if self.kind == "bus" and who >= 0 else 1.0


class Country:
    """Those who fled and came into a country, and its stock of citizens."""

    def __init__(self, stock: float) -> None:
        self.stay: list[Party] = []
        self.will_move_on: list[Party] = []
        self.newcomers: list[Party] = []
        self.stock = stock
        self.people = 0.0


class DatedChange(NamedTuple):
    """A dated change of one run at one attribute."""

    key: tuple[str, tuple[str, ...]]
    value: float
    start: float
    end: float
    hours: tuple[float, float] | None


SET_BY_CHANGES = ("open", "announced_wait", "reception_cap")


def inside(hours: tuple[float, float], h0: float, h1: float) -> float:
    """Share of the hours [h0, h1) of a day that lies in a part of the day, which may go over midnight."""
    first, last = hours
    spans = [(first, last)] if first <= last else [(0.0, last), (first, 24.0)]
    return sum(max(0.0, min(h1, b) - max(h0, a)) for a, b in spans) / (h1 - h0)


def by_hour(peak: float, start_day: float, days: float) -> float:
    """Arrivals in a span over the mean of the day: the average of 1 + (peak − 1) cos 2π(h − 15)/24 over it."""
    a = 2.0 * math.pi * (start_day - RUSH_HOUR / 24.0)
    b = a + 2.0 * math.pi * days
    return 1.0 + (peak - 1.0) * (math.sin(b) - math.sin(a)) / (b - a)


# ---- one run -------------------------------------------------------------------------------------------------------


class Agents:
    """One run. `order` is the order in which a lane serves its cohorts."""

    def __init__(
        self, model: Model, a: Floats, changes: tuple[Floats, Floats, Floats], luck: tuple[Floats, Floats, Floats], rng: np.random.Generator,
        order: Callable[[deque[Cohort]], Iterable[Cohort]] = first_come,
    ) -> None:  # fmt: skip
        self.model, self.case, self.m = model, model.case, model.arrays
        self.value = Attributes(model, a)
        self.coins, self.rng, self.order = Coins(rng), rng, order
        self.hazard_luck, self.arrival_luck, self.service_luck = luck
        self.groups = self.case.groups
        self.gates = list(model.locations[: self.m.n_gates])
        self.country_of = [model.countries[c] for c in self.m.gate_country]
        self.dated = self._dated(changes)
        self.size = [self.value("people_per_party", g.name) for g in self.groups]
        self.wait_disutility = self.value("wait_disutility")
        self.walk_appeal, self.hour_peak = self.value("walk_appeal"), self.value("hour_peak")
        self.belief_lag, self.spread = self.value("belief_lag_days"), self.value("travel_spread_hours")
        self.balk, self.renege = self.value("balk_per_hour"), self.value("renege_per_day")
        self.switching = self.value("switch_per_day")
        self.trust = self.value("announcement_weight")
        self.contagion, self.similarity = self.value("contagion"), self.value("nest_similarity")
        self.bus_appeal = [self._bus_appeal(g.name) for g in self.groups]
        self.bus_seats = self.value("bus_seats")
        self.step_hours = self.case.step
        self._make_lanes()
        self._make_blocks()
        self._make_homes_and_ways()
        self.countries = {c: Country(self.value("initial_stock", c)) for c in model.countries}
        self.road: dict[int, list[tuple[int, Party]]] = defaultdict(list)
        self.stage1: list[list[Party]] = [[] for _ in self.gates]
        self.stage2: list[list[Party]] = [[] for _ in self.gates]
        self.known = [[1.0] * len(self.groups) for _ in self.gates]
        self.gate_wait = [0.0] * len(self.gates)
        self.set_out = [(0, 0.0)] * len(self.gates)  # parties who have set out for a gate, and hours of their journeys
        self.left_lately = 0.0
        self.gone: dict[str, list[Party]] = {x: [] for x in ("turned_back", "gave_up", "returned", "moved_on")}
        self.own: dict[tuple[str, tuple[str, ...]], float] = {}  # attributes without changes, once looked up
        self.factor: dict[tuple[str, tuple[str, ...]], float] = {}
        self.places_of = {
            c: [p.shelter_places for p in self.case.places if p.country[-1] == c and p.shelter_places is not None] for c in model.countries
        }

    # -- before the first step

    def _bus_appeal(self, group: str) -> float | None:
        """Utility of buses for a group, None where it takes none."""
        appeal = self.value("bus_appeal", group)
        return appeal if appeal > NO_BUS else None

    def _dated(self, changes: tuple[Floats, Floats, Floats]) -> list[DatedChange]:
        """The changes of this run in the order of the files, shocks before policies, one entry an attribute and index."""
        value, start, end = changes
        column: dict[int, int] = {}
        compiled = [*self.model.shock_changes, *(x for p in self.model.policies for x in p.changes)]
        for i, item in enumerate(compiled):
            column.setdefault(item.slot, i)
        universe = universe_of(self.case)
        owners: list[tuple[str, str, tuple[Change, ...]]] = [("shock", s.name, s.changes) for s in self.case.shocks if s.kind == "changes"]
        policies = {p.name for p in self.model.policies}
        owners += [("policy", p.name, p.changes) for p in self.case.policies if p.name in policies]
        found = []
        for kind, owner, items in owners:
            for i, change in enumerate(items):
                slot = self.model.slots.get((f"size ({kind})", (owner, str(i))))
                if slot is None or slot not in column:
                    continue
                at = column[slot]
                hours = change.hours
                for key in expand(parse_reference(change.attribute), self.case, universe):
                    found.append(DatedChange(key, float(value[at]), float(start[at]), float(end[at]), hours))
        return found

    def _make_lanes(self) -> None:
        """Lanes by (gate, class, direction)."""
        # a dated change of its service limits a lane even in runs in which it does not come about
        services = ("capacity_factor", "entry_capacity_factor", "open")
        dated = {c.key[1] for c in self.dated if c.key[0] in services}
        listed = {(x.crossing, x.lane, x.direction): x for x in self.case.lanes}
        self.lanes: dict[tuple[str, str, str], Lane] = {}
        for index in universe_of(self.case).indices["lane"]:
            key = (index[0], index[1], index[2])
            self.lanes[key] = Lane(key, self.gates.index(key[0]), listed.get(key), self.value, dated)  # type: ignore[arg-type]
        self.at_gate: list[list[Lane]] = []
        for gate in self.gates:
            found = [self.lanes.get((gate, kind, "entries")) for kind in ("car", "seat", "foot", "bus")]
            self.at_gate.append([x for x in found if x is not None])

    def _make_blocks(self) -> None:
        """Ordinary traffic by block and way, and the people of an ordinary party in each lane."""
        self.blocks: list[Block] = []
        for block in self.case.ordinary:
            names = {w: f"{w} {block.country}" if w in PORTAL_MODES else w for w in block.split}
            shares = {w: self.value("share", block.name, name) for w, name in names.items()}
            total = max(sum(shares.values()), 1e-12)
            size, strength = self.value("party_size", block.name), self.value("weekly_strength", block.name)
            per_day = []
            for people, week in (("entries_per_day", block.weekly_entries), ("exits_per_day", block.weekly_exits)):
                mean = sum(week) / 7.0
                per_day.append([self.value(people, block.name) / size * max(0.0, 1.0 + strength * (w / mean - 1.0)) for w in week])
            for w, name in names.items():
                gate = self.gates.index(name) if name in self.gates else None
                place = name if gate is not None else f"elsewhere {block.country}"
                share = shares[w] / total
                lanes = [self.lanes.get((name, block.lane, direction)) for direction in ("entries", "exits")]
                entries, exits = ([x * share for x in week] for week in per_day)
                who = CITIZENS if block.who == "citizens" else OTHERS
                self.blocks.append(Block(who, block.country, place, gate, block.lane, size, entries, exits, *lanes))
        for lane in self.lanes.values():
            for g in range(len(self.groups)):
                lane.sizes[g] = self.size[g]
            for who in (CITIZENS, OTHERS):
                users = [(sum(b.entries if lane.entries else b.exits) / 7.0, b.size) for b in self._users(lane) if b.who == who]
                total = sum(n for n, _ in users)
                if total > 0.0:
                    lane.sizes[who] = sum(n * s for n, s in users) / total
                else:
                    lane.sizes[who] = sum(s for _, s in users) / len(users) if users else 1.0

    def _users(self, lane: Lane) -> list[Block]:
        return [b for b in self.blocks if (b.entries_lane if lane.entries else b.exits_lane) is lane]

    def _make_homes_and_ways(self) -> None:
        """Parties at home by group and origin, and the ways of each group and origin."""
        share = [self.value("group_share", g.name) for g in self.groups]
        total = max(sum(share), 1e-12)
        pool = self.value("pool")
        n_origins = len(self.m.way_start) - 1
        self.home: list[list[list[Party]]] = []
        self.ways: list[list[list[Way]]] = []
        for g in range(len(self.groups)):
            counts = [math.floor(0.5 + pool * share[g] / total * self.m.home_weight[g, o] / self.size[g]) for o in range(n_origins)]
            self.home.append([[Party(g, self.size[g]) for _ in range(n)] for n in counts])
            self.ways.append([[self._way(w) for w in range(*self.m.way_start[o : o + 2]) if self._exists(w, g)] for o in range(n_origins)])

    def _exists(self, w: int, g: int) -> bool:
        """Whether a way of the compiled world is one for a group."""
        gate = int(self.m.way_gate[w])
        allowed = self.groups[g].may_enter
        if allowed is not None and self.country_of[gate] not in allowed:
            return False
        kinds = {lane.kind for lane in self.at_gate[gate]}
        if "seat" in kinds:
            return self.value("capacity", self.gates[gate], "seat", "entries") > 0.0
        return bool(kinds & {"car", "foot"}) or ("bus" in kinds and self.bus_appeal[g] is not None)

    def _way(self, w: int) -> Way:
        gate, mode = int(self.m.way_gate[w]), ("road", "air", "rail")[int(self.m.way_mode[w])]
        road = float(self.m.way_hours[w]) * self.value("slowness")
        hours = road + self.value("rest_hours") * max(0.0, road / 14.0 - 1.0) + float(self.m.way_fixed_hours[w])
        utility = -self.value("travel_disutility") * hours + self.value("appeal", self.country_of[gate])
        utility += self.value("gate_appeal", self.gates[gate])
        if mode != "road":
            utility += self.value("mode_appeal", mode)
        delayed = (1.0 + self.value("long_journey_delay")) * hours
        lag = min(math.floor(0.5 + delayed / self.step_hours), math.floor(LONGEST_JOURNEY / self.step_hours))
        return Way(gate, min(LONGEST_JOURNEY, delayed) + self.spread, lag, utility, (self.country_of[gate], mode))  # type: ignore[arg-type]

    # -- the steps

    def run(self, rows: NDArray[np.int64], bin_of: NDArray[np.int64], out: Floats, comp: Floats | None) -> None:
        """All steps. Fills out (n_rows, n_bins) and, if given, parties by compartment (n_bins, n_groups, n_compartments)."""
        sums = [[0.0] * out.shape[1] for _ in range(out.shape[0])]
        self.recorded = [{name: sums[of_place[i]] for name, i in INDEX.items() if of_place[i] >= 0} for of_place in rows.tolist()]
        bins, dt = bin_of.tolist(), self.m.dt.tolist()
        in_bin = np.bincount(bin_of, weights=self.m.dt, minlength=out.shape[1]).tolist()
        ends = np.cumsum(self.m.dt).tolist()
        self.end_hours = [24.0 * x for x in ends]
        for t in range(len(dt)):
            self.t, self.dt, self.bin = t, dt[t], bins[t]
            self.level = dt[t] / in_bin[bins[t]]
            self.start, self.day = float(self.m.start_day[t]), int(self.m.day[t])
            self.step()
            if comp is not None and (t + 1 == len(dt) or bins[t + 1] != bins[t]):
                comp[bins[t]] = self.compartments()
        out[:] = sums

    def step(self) -> None:
        """Parts A to J of the law in their order."""
        self.change_attributes()
        self.admit()
        if self.m.choice_days[self.t] > 0.0:
            self.depart(float(self.m.choice_days[self.t]))
        self.travel()
        self.ordinary_traffic()
        self.leave_queues()
        for lane in self.lanes.values():
            self.pass_lane(lane)
        self.believe()
        self.afterwards()

    def add(self, place: int, series: str, amount: float) -> None:
        """Adds to a recorded series of a location, if it is recorded."""
        row = self.recorded[place].get(series)
        if row is not None:
            row[self.bin] += amount

    def elsewhere(self, country: str) -> int:
        """Location of ways that are not listed."""
        return len(self.gates) + self.model.countries.index(country)

    # -- A, B

    def change_attributes(self) -> None:
        """A: the attributes that dated changes act on, now."""
        middle = self.start + 0.5 * self.dt
        h0 = 24.0 * (self.start - self.day)
        self.factor = {}
        for change in self.dated:
            if not change.start <= middle < change.end:
                continue
            name = change.key[0]
            q = 1.0 if change.hours is None else inside(change.hours, h0, h0 + 24.0 * self.dt)
            if name in SET_BY_CHANGES:
                if q >= 0.5:
                    self.factor[change.key] = change.value
            else:
                self.factor[change.key] = self.current(*change.key) * (1.0 + q * (change.value - 1.0))

    def current(self, name: str, index: tuple[str, ...]) -> float:
        """An attribute with its dated changes."""
        key = (name, index)
        changed = self.factor.get(key)
        if changed is not None:
            return changed
        if key not in self.own:
            if name == "open":
                self.own[key] = float(self.lanes[index[0], index[1], index[2]].open_at_first)
            else:
                self.own[key] = self.value(name, *index)
        return self.own[key]

    def is_open(self, lane: Lane) -> bool:
        """Whether a lane is open by `open`, whatever the hour."""
        return self.current("open", lane.key) > 0.0

    def admit(self) -> None:
        """B: A(k, g), the share of a group that is admitted at a gate."""
        self.admitted: list[list[float]] = []
        for gate, country in zip(self.gates, self.country_of, strict=True):
            full = self.countries[country].people > self.current("reception_cap", (country,))
            both = self.current("arrivals_factor", (gate,)) * self.current("entries_factor", (country,))
            self.admitted.append([0.0 if full else min(1.0, both * self.current("admitted", (gate, g.name))) for g in self.groups])

    # -- C

    def hazard(self, g: int, at: float) -> float:
        """People a day who leave per person at home, from shocks and believed deadlines alone."""
        total, factor = 0.0, 1.0
        for shock in self.case.shocks:
            if shock.kind == "changes":
                continue
            since = at - day_of(self.case, shock.at) - self.value("shift_days", shock.name)
            if shock.kind == "departures":
                if since > 0.0 and (shock.groups is None or self.groups[g].name in shock.groups):
                    rise = 1.0 - math.exp(-since / self.value("preparation_days", shock.name))
                    fall = math.exp(-since / self.value("decay_days", shock.name))
                    total += self.value("leaving_per_day", shock.name) / max(self.value("pool"), 1.0) * rise * fall
            elif since >= 0.0:
                before = shock.until is not None and at < day_of(self.case, shock.until)
                factor *= 1.0 + self.value("boost", shock.name) if before else self.value("after", shock.name)
        return total * factor

    def depart(self, days: float) -> None:
        """C: who leaves in the coming block of steps, by which way."""
        at = self.start + 0.5 * days
        common = self.current("hazard_factor", ()) * float(self.hazard_luck[self.day]) * by_hour(self.hour_peak, self.start, days)
        common *= 1.0 + self.contagion * self.left_lately
        left = 0.0
        for g in range(len(self.groups)):
            hazard = self.hazard(g, at) * common
            if hazard <= 0.0:
                continue
            p = 1.0 - math.exp(-hazard * days)
            for o, at_home in enumerate(self.home[g]):
                leaving = np.flatnonzero(self.rng.random(len(at_home)) < p)
                for i in leaving[::-1]:  # from the end, so that places of others in the list stay
                    way = self.choose_way(self.ways[g][o])
                    if way is None or self.coins.uniform() >= self.admitted[way.gate][g]:
                        continue
                    party = at_home[i]
                    at_home[i] = at_home[-1]
                    at_home.pop()
                    left += party.size
                    self.road[self.t + way.lag].append((way.gate, party))
                    n, hours = self.set_out[way.gate]
                    self.set_out[way.gate] = (n + 1, hours + way.hours)
        if self.contagion > 0.0:
            fading = math.exp(-days / self.value("contagion_lag_days"))
            self.left_lately = self.left_lately * fading + left / max(self.value("pool"), 1.0)

    def choose_way(self, ways: list[Way]) -> Way | None:
        """One of the ways by (nested) logit; None where there is none."""
        if not ways:
            return None
        utilities = []
        for way in ways:
            luck = float(self.arrival_luck[self.m.gate_country[way.gate], 0, self.day])
            utilities.append(way.utility - self.wait_disutility * self.gate_wait[way.gate] + math.log(luck))
        if self.similarity >= 1.0:
            return ways[self.coins.choose(utilities)]
        nests: dict[tuple[str, int], list[int]] = defaultdict(list)
        for i, way in enumerate(ways):
            nests[way.nest].append(i)
        members = list(nests.values())
        inclusive = []
        for nest in members:
            most = max(utilities[i] for i in nest)
            inclusive.append(most + self.similarity * math.log(sum(math.exp((utilities[i] - most) / self.similarity) for i in nest)))
        nest = members[self.coins.choose(inclusive)]
        return ways[nest[self.coins.choose([utilities[i] / self.similarity for i in nest])]]

    # -- D, E

    def travel(self) -> None:
        """D: journeys that end, two stages of spread; E for those who reach a gate."""
        for gate, party in self.road.pop(self.t, []):
            self.stage1[gate].append(party)
        p = 1.0 - math.exp(-48.0 * self.dt / self.spread)
        learnt = 1.0 - math.exp(-self.dt)
        for k in range(len(self.gates)):
            reached, waiting = self.coins.split(self.stage2[k], p)
            onward, self.stage1[k] = self.coins.split(self.stage1[k], p)
            self.stage2[k] = waiting + onward
            for party in reached:
                self.reach_gate(k, party)
            for g in range(len(self.groups)):
                self.known[k][g] += (self.admitted[k][g] - self.known[k][g]) * learnt

    def reach_gate(self, k: int, party: Party) -> None:
        """E: a party is turned back, gives up, or stands in a lane."""
        self.add(k, "demand", party.size)
        known, admitted = self.known[k][party.who], self.admitted[k][party.who]
        share = admitted / known if known > 1e-9 else 1.0
        if share < 1.0 and self.coins.uniform() >= share:
            self.add(k, "turned_back", party.size)
            self.gone["turned_back"].append(party)
            return
        lane = self.choose_lane(k, party.who)
        if self.balk > 0.0 and self.coins.uniform() < 1.0 - math.exp(-self.balk * lane.believed):
            self.give_up(k, party)
            return
        self.join(lane, party)

    def choose_lane(self, k: int, g: int) -> Lane:
        """The lane in which a party that fled stands."""
        usable = [x for x in self.at_gate[k] if x.kind != "bus" or self.bus_appeal[g] is not None]
        ready = [x for x in usable if self.is_open(x)]
        if not ready:
            return min(usable, key=lambda x: ("car", "seat", "foot", "bus").index(x.kind))
        if len(ready) == 1:
            return ready[0]
        utilities = []
        for lane in ready:
            appeal = {"foot": self.walk_appeal, "bus": self.bus_appeal[g] or 0.0}.get(lane.kind, 0.0)
            utilities.append(appeal - self.wait_disutility * lane.believed)
        return ready[self.coins.choose(utilities)]

    def give_up(self, k: int, party: Party) -> None:
        """A party gives up, for good."""
        self.add(k, "gave_up", party.size)
        self.gone["gave_up"].append(party)

    def join(self, lane: Lane, party: Party) -> None:
        """A party joins the end of a lane, in this step's cohort."""
        party.joined = self.t
        party.weight = lane.weight_of(party.who, party.size, self.bus_seats)
        lane.new.append(party)

    # -- F

    def ordinary_traffic(self) -> None:
        """F: ordinary parties arrive in their lanes, or pass at once where there is none."""
        weekday = int(self.m.weekday[self.t])
        span = by_hour(self.hour_peak, self.start, self.dt) * self.dt
        shaken = self.start >= self.m.first_departure
        for b in self.blocks:
            c = self.model.countries.index(b.country)
            entries, exits = (
                b.entries[weekday] * float(self.arrival_luck[c, 0, self.day]),
                b.exits[weekday] * float(self.arrival_luck[c, 1, self.day]),
            )
            if b.who == CITIZENS:
                entries *= self.current("entries_factor", (b.country,))
                if shaken:
                    entries *= 1.0 - self.value("entries_given_up")
                    exits *= 1.0 - self.value("exits_given_up", b.country)
            exits *= self.current("exits_factor", (b.country,))
            if b.entries_lane is not None and b.lane_class != "lorry":
                w = b.entries_lane.believed
                entries *= 1.0 - self.value("put_off") * w / (w + 12.0)
            for _ in range(self.rng.poisson(entries * span)):
                if b.entries_lane is not None:
                    self.join(b.entries_lane, Party(b.who, b.entries_lane.sizes[b.who]))
                else:
                    self.cross_unlisted(b, 1)
            for _ in range(self.rng.poisson(exits * span)):
                if b.exits_lane is not None and b.exits_lane.limited:
                    self.join(b.exits_lane, Party(b.who, b.exits_lane.sizes[b.who]))
                else:
                    self.cross_unlisted(b, -1)

    def cross_unlisted(self, b: Block, way: int) -> None:
        """An ordinary party passes at once; way: 1 entries, -1 exits."""
        place = b.gate if b.gate is not None else self.elsewhere(b.country)
        self.add(place, ("entries" if way == 1 else "exits") + ("_citizens" if b.who == CITIZENS else "_others"), b.size)
        if b.gate is not None and self.at_crossing(b.gate) and b.lane_class != "foot":
            self.add(place, ("lorries" if b.lane_class == "lorry" else "cars") + ("_out" if way == 1 else "_in"), 1.0)
        if b.who == CITIZENS:
            self.countries[b.country].stock += way * b.size

    def at_crossing(self, k: int) -> bool:
        """Whether a gate is a crossing, not a portal."""
        return all(lane.kind != "seat" for lane in self.at_gate[k])

    # -- G

    def leave_queues(self) -> None:
        """G: those who fled and wait leave the queue for the foot lane or for good."""
        for lane in self.lanes.values():
            if not lane.entries or not lane.limited or not lane.front:
                continue
            foot = self.lanes.get((lane.key[0], "foot", "entries"))
            r1 = 0.0
            if lane.kind == "car" and foot is not None and self.is_open(foot) and foot.believed < lane.believed:
                r1 = self.switching
            r2 = self.renege * max(0.0, 1.0 - lane.booths / lane.n_front)
            if r1 + r2 <= 0.0:
                continue
            p = 1.0 - math.exp(-(r1 + r2) * self.dt)
            for _, parties in lane.front:
                fled = [x for x in parties if x.who >= 0]
                leaving, _ = self.coins.split(fled, p)
                for party in leaving:
                    parties.remove(party)
                    if self.coins.uniform() * (r1 + r2) < r1 and foot is not None:
                        self.add(lane.gate, "cars_left", 1.0)
                        self.join(foot, party)
                    else:
                        self.give_up(lane.gate, party)
            lane.front = deque(c for c in lane.front if c[1])

    # -- H

    def pass_lane(self, lane: Lane) -> None:
        """H: service of one lane in this step, what is seen at it, and who crosses."""
        if lane.limited:
            if lane.new:
                lane.front.append((self.t, lane.new))
            passed = self.serve_queue(lane)
            self.look_at(lane)
        else:
            passed = lane.new
        lane.new = []
        if passed:
            self.cross(lane, passed)

    def serve_queue(self, lane: Lane) -> list[Party]:
        """H.1 to H.9: service within the budgets, what remains of them, and the wait of one who joins now."""
        grown = 1.0 + lane.growth * lane.pressure
        luck = float(self.service_luck[lane.gate, self.day]) if self.is_open(lane) else 0.0
        lane.rate = lane.capacity * grown * self.current("capacity_factor", lane.key) * luck
        h0 = 24.0 * (self.start - self.day)
        hours = max(0.0, min(h0 + 24.0 * self.dt, lane.closes) - max(h0, lane.opens))
        share = hours / (lane.closes - lane.opens) if hours > 1e-9 else 0.0
        budget = lane.rate * share
        if 0.5 <= lane.booths < MOST_BOOTHS + 0.5 and lane.cv <= 0.0 and 24.0 * lane.booths >= lane.capacity * self.model.arrays.fine_hours:
            budget = self.services_ended(lane, budget / lane.booths) if budget > 0.0 else 0.0
        elif lane.booths > 0.0:
            budget *= min(1.0, lane.n_front / lane.booths)
        lane.credit = self.credit_after(lane.credit, budget, lane.rate * share > 0.0, lane.cv)
        if lane.two_stations:
            lane.rate2 = lane.entry_capacity * grown * self.current("entry_capacity_factor", lane.key) * luck
            lane.credit2 = self.credit_after(lane.credit2, lane.rate2 * share, lane.rate2 * share > 0.0, lane.cv)
            between = weight_in(lane.between)
            through = self.serve(lane.front, min(lane.credit, lane.room - between + max(lane.credit2, 0.0)))
            lane.credit -= sum(x.weight for x in through)
            for party in through:
                stand_between(lane.between, party)
            passed = self.serve(lane.between, lane.credit2)
            lane.credit2 -= sum(x.weight for x in passed)
        else:
            passed = self.serve(lane.front, lane.credit)
            lane.credit -= sum(x.weight for x in passed)
        in_front, in_between = weight_in(lane.front), weight_in(lane.between)
        biggest = max([1.0, *(lane.weight_of(who, size, self.bus_seats) for who, size in lane.sizes.items())])
        lane.credit = self.nothing_saved(lane, lane.credit, bool(lane.front or lane.between), biggest)
        lane.credit2 = self.nothing_saved(lane, lane.credit2, in_between >= 0.5, biggest)
        lane.join_wait = 24.0 * max(in_front, lane.booths) / lane.rate if lane.rate > 0.0 else LONGEST_WAIT
        if lane.two_stations:
            through_both = 24.0 * (in_front + in_between) / lane.rate2 if lane.rate2 > 0.0 else LONGEST_WAIT
            lane.join_wait = max(lane.join_wait, through_both)
        lane.join_wait = min(lane.join_wait, LONGEST_WAIT)
        load = in_front + in_between
        target = load / (load + 0.5 * min(lane.capacity, lane.entry_capacity) + 1e-9)
        lane.pressure += (target - lane.pressure) * (1.0 - math.exp(-self.dt / lane.growth_lag))
        return passed

    @staticmethod
    def services_ended(lane: Lane, work: float) -> float:
        """H.2, fixed services booth by booth: how many end in a step; the clock runs from 0 to `work`, in services."""
        events = sorted(lane.remaining)[: lane.n_front]
        line = lane.n_front - len(events)
        booths = round(lane.booths)
        while line > 0 and len(events) < booths:
            events.append(1.0)
            line -= 1
        heapq.heapify(events)
        ended = 0
        while events and events[0] <= work:
            now = heapq.heappop(events)
            ended += 1
            if line > 0:
                line -= 1
                heapq.heappush(events, now + 1.0)
        lane.remaining = [x - work for x in events]
        return float(ended)

    def credit_after(self, credit: float, budget: float, working: bool, cv: float) -> float:
        """H.2, H.3: the credit of a station after this step's budget."""
        if not working:
            return min(credit, 0.0)
        return credit + (cv * cv * self.rng.poisson(budget / (cv * cv)) if cv > 0.0 else budget)

    def serve(self, cohorts: deque[Cohort], credit: float) -> list[Party]:
        """H.4: those who pass within a credit, cohort by cohort, at random within the one that does not pass whole."""
        passed: list[Party] = []
        left = credit
        for _, parties in list(self.order(cohorts)):
            weight = sum(x.weight for x in parties)
            if weight <= left + 1e-9:
                passed += parties
                parties.clear()
                left -= weight
                continue
            for _ in range(math.floor(len(parties) * max(left, 0.0) / weight + 1e-9)):
                passed.append(parties.pop(int(self.coins.uniform() * len(parties))))
            break
        while cohorts and not cohorts[0][1]:
            cohorts.popleft()
        while cohorts and not cohorts[-1][1]:
            cohorts.pop()
        return passed

    def nothing_saved(self, lane: Lane, credit: float, somebody: bool, biggest: float) -> float:
        """H.6: an idle station keeps at most one party's worth."""
        if somebody:
            return min(credit, biggest)
        return min(credit, 0.0 if lane.booths > 0.0 or lane.cv > 0.0 else 1.0)

    def look_at(self, lane: Lane) -> None:
        """Levels of a queue at the end of the step."""
        if not lane.entries:
            return
        k, level = lane.gate, self.level
        queued = lane.all_queued()
        people = sum(x.size for x in queued)
        vehicles = sum(x.weight for x in queued)
        rate = min(lane.rate, lane.rate2) if lane.two_stations else lane.rate
        self.add(k, "queue_people", people * level)
        if lane.kind in ("car", "bus"):
            self.add(k, "queue_cars", vehicles * level)
            self.add(k, "capacity_cars", rate * level)
            self.add(k, "capacity_people", rate * lane.sizes[CITIZENS] * level)
        elif lane.kind == "lorry":
            self.add(k, "queue_lorries", vehicles * level)
            self.add(k, "capacity_lorries", rate * level)
        else:
            self.add(k, "queue_foot", people * level)
            if lane.kind == "foot":
                self.add(k, "capacity_people", rate * level)
        if lane.kind in ("car", "foot", "seat"):
            self.add(k, "join_wait_car" if lane.kind == "car" else "join_wait_foot", lane.join_wait * level)
        if lane.kind in ("car", "bus", "lorry"):
            self.add(k, "queue_km", vehicles * self.value("spacing_m") / 1000.0 * level)
        if queued and lane.kind in ("car", "foot", "seat"):
            age = self.end_hours[self.t] - self.end_hours[min(x.joined for x in queued)]
            self.add(k, "head_age" if lane.kind == "car" else "head_age_foot", age * level)

    def cross(self, lane: Lane, passed: list[Party]) -> None:
        """Flows and waits of those who pass a lane in this step; H.10."""
        k, country = lane.gate, self.countries[self.country_of[lane.gate]]
        citizens = sum(x.size for x in passed if x.who != OTHERS)
        others = sum(x.size for x in passed if x.who == OTHERS)
        vehicles = sum(x.weight for x in passed) if lane.kind in ("car", "bus", "lorry") else 0.0
        kind = "lorries" if lane.kind == "lorry" else "cars"
        if not lane.entries:
            self.add(k, "exits_citizens", citizens)
            self.add(k, "exits_others", others)
            self.add(k, f"{kind}_in", vehicles)
            country.stock -= citizens
            return
        waits = sum(self.end_hours[self.t] - self.end_hours[x.joined] for x in passed)
        fled = [x for x in passed if x.who >= 0]
        self.add(k, "entries_citizens", citizens)
        self.add(k, "entries_others", others)
        self.add(k, f"{kind}_out", vehicles)
        if lane.kind in ("car", "bus", "foot"):
            name = "foot" if lane.kind == "foot" else "car"
            self.add(k, f"wait_{name}_sum", waits)
            self.add(k, f"wait_{name}_n", float(len(passed)))
        self.add(k, "newcomers", sum(x.size for x in fled))
        if fled:
            n, hours = self.set_out[k]
            self.add(k, "journey_sum", len(fled) * (hours / max(n, 1) + waits / len(passed)))
            self.add(k, "journey_n", float(len(fled)))
        country.newcomers += fled
        country.stock += citizens

    # -- I, J

    def believe(self) -> None:
        """I: what is believed of each lane and gate from the next step on."""
        mix = 1.0 - math.exp(-self.dt / self.belief_lag)
        for lane in self.lanes.values():
            lane.belief += (lane.join_wait - lane.belief) * mix
            announced = self.current("announced_wait", (lane.key[0],)) if self.trust > 0.0 and lane.entries else -1.0
            lane.believed = (1.0 - self.trust) * lane.belief + self.trust * announced if announced >= 0.0 else lane.belief
        some_bus = any(x is not None for x in self.bus_appeal)
        for k, lanes in enumerate(self.at_gate):
            counted = [x for x in lanes if x.kind in ("car", "seat") or (self.is_open(x) and (x.kind == "foot" or some_bus))]
            self.gate_wait[k] = min([LONGEST_WAIT, *(x.believed for x in counted)])

    def afterwards(self) -> None:
        """J: who moves on or returns, and places to sleep."""
        for c, (code, country) in enumerate(self.countries.items()):
            place = len(self.gates) + c
            p = 1.0 - math.exp(-self.value("onward_per_day", code) * self.dt)
            leaving, country.will_move_on = self.coins.split(country.will_move_on, p)
            returning, onward = self.coins.split(leaving, self.value("return_share", code))
            flying, _ = self.coins.split(onward, float(self.m.air_share[c]))
            country.stock -= sum(x.size for x in leaving)
            self.add(place, "exits_citizens", sum(x.size for x in onward))
            self.add(place, "exits_air", sum(x.size for x in flying))
            self.record_returns(code, place, sum(x.size for x in returning))
            self.gone["returned"] += returning
            self.gone["moved_on"] += onward
            later, staying = self.coins.split(country.newcomers, self.value("onward_share", code))
            country.will_move_on += later
            country.stay += staying
            country.people += sum(x.size for x in country.newcomers) - sum(x.size for x in leaving)
            country.newcomers = []
            self.add(place, "stock", country.stock * self.level)
            self.shelter(code, country, place)

    def record_returns(self, code: str, place: int, people: float) -> None:
        """Returns are counted on the ways out of ordinary citizens, in proportion to their vehicles."""
        ways = [(b, sum(b.exits)) for b in self.blocks if b.country == code and b.who == CITIZENS and b.lane_class != "lorry"]
        total = sum(n for _, n in ways)
        if people <= 0.0:
            return
        if total <= 0.0:
            self.add(place, "exits_citizens", people)
        for b, n in ways if total > 0.0 else []:
            self.add(b.gate if b.gate is not None else place, "exits_citizens", people * n / total)

    def shelter(self, code: str, country: Country, place: int) -> None:
        """J.3: places needed, and lacking where the case states any."""
        needed = country.people * self.value("shelter_need", code)
        stated = self.places_of[code]
        self.add(place, "places_needed", needed * self.level)
        self.add(place, "places_short", (max(0.0, needed - sum(stated)) if stated else 0.0) * self.level)

    def compartments(self) -> Floats:
        """Parties by group and compartment, counted where they are, (n_groups, n_compartments)."""
        where: dict[str, list[Party]] = {
            "home": [x for group in self.home for origin in group for x in origin],
            "on_the_road": [x for due in self.road.values() for _, x in due] + [x for stage in (*self.stage1, *self.stage2) for x in stage],
            "queued": [x for lane in self.lanes.values() for x in lane.all_queued()],
            "stayed": [x for country in self.countries.values() for x in country.stay],
            "will_move_on": [x for country in self.countries.values() for x in country.will_move_on],
            **self.gone,
        }
        found = np.zeros((len(self.groups), len(COMPARTMENTS)))
        for i, name in enumerate(COMPARTMENTS):
            for party in where[name]:
                if party.who >= 0:
                    found[party.who, i] += 1.0
        return found


def weight_in(cohorts: deque[Cohort]) -> float:
    """Budget that all who stand in some cohorts take."""
    return sum(x.weight for _, parties in cohorts for x in parties)


def stand_between(cohorts: deque[Cohort], party: Party) -> None:
    """Puts a party that passed the first station into its cohort between the stations."""
    if not cohorts or cohorts[-1][0] != party.joined:
        cohorts.append((party.joined, []))
    cohorts[-1][1].append(party)


def n_parties(model: Model, a: Floats) -> float:
    """Parties that a run follows one by one: those of the pool and ordinary ones of the whole horizon."""
    value = Attributes(model, a)
    share = [value("group_share", g.name) for g in model.case.groups]
    sizes = [value("people_per_party", g.name) for g in model.case.groups]
    fled = value("pool") * sum(s / z for s, z in zip(share, sizes, strict=True)) / max(sum(share), 1e-12)
    ordinary = [(value("entries_per_day", b.name) + value("exits_per_day", b.name)) / value("party_size", b.name) for b in model.case.ordinary]
    return fled + model.n_days * sum(ordinary)


def simulate_agents(
    model: Model, a: Floats, changes: tuple[Floats, Floats, Floats], luck: Luck, rows: NDArray[np.int64], bin_of: NDArray[np.int64], n_bins: int,
    n_rows: int, seed: int, runs: NDArray[np.int64], conservation: bool, order: Callable[[deque[Cohort]], Iterable[Cohort]] = first_come,
) -> tuple[Floats, Floats]:  # fmt: skip
    """Runs one after the other: (n_runs, n_rows, n_bins) and, if asked for, parties by compartment (n_runs, n_bins, n_groups, n_compartments).

    a: (n_runs, n_attributes). changes: value, first and last day of each dated change, (n_runs, n_changes) each.
    """
    out = np.zeros((len(a), n_rows, n_bins))
    comp = np.zeros((len(a) if conservation else 1, n_bins if conservation else 0, len(model.case.groups), len(COMPARTMENTS)))
    for i, run in enumerate(runs):
        j = i if len(luck.hazard) > 1 else 0
        rng = np.random.default_rng([seed, int(run)])
        of_run = (changes[0][i], changes[1][i], changes[2][i])
        agents = Agents(model, a[i], of_run, (luck.hazard[j], luck.arrival[j], luck.service[j]), rng, order)
        agents.run(rows, bin_of, out[i], comp[i] if conservation else None)
    return out, comp
