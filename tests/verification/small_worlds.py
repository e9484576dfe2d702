"""Small randomised worlds of some hundred parties that together cover every part of the law, for comparing engines.

A world has two or three origins, two to four gates and a few days; which parts of the law it has on, and its numbers, come from its own seed.
Every part is on in PER_PART of N_WORLDS worlds. A part whose attributes the case format does not know is left out and named by `missing_parts`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from borderflow.simulate.compile import Model, compile_case
from borderflow.world.attributes import BY_NAME
from borderflow.world.model import Case, Change, Dist, Group, Lane, Link, Onward, Ordinary, Place, Policy, Shock

N_WORLDS = 24
PER_PART = 9
SEED = 20300301
START = date(2030, 3, 1)
N_DAYS = 4
MIDNIGHT = datetime(2030, 3, 1)
RUSH = MIDNIGHT + timedelta(days=1, hours=6)
"""When people begin to leave."""

PARTS: dict[str, tuple[str, ...]] = {
    "second group": (),
    "third group": (),
    "foot lanes": (),
    "opening hours": (),
    "seats by air": (),
    "lorries": (),
    "other travellers on foot": (),
    "queues of exits": (),
    "policy": (),
    "turning back": (),
    "closing and opening": (),
    "deadline": (),
    "two shocks": (),
    "switching": (),
    "growth": (),
    "onward": (),
    "choice in blocks": (),
    "put off": (),
    "long journeys": (),
    "drift": (),
    "no limit": (),
    "balking": ("balk_per_hour",),
    "reneging": ("renege_per_day",),
    "two stations": ("entry_capacity", "room", "entry_capacity_factor"),
    "booths": ("booths",),
    "random service": ("service_cv",),
    "nests": ("nest_similarity",),
    "buses": ("bus_appeal", "bus_seats"),
    "announcements": ("announced_wait", "announcement_weight"),
    "contagion": ("contagion", "contagion_lag_days"),
    "reception cap": ("reception_cap",),
    "draft checks": ("admitted",),
    "parts of a day": ("admitted",),
    "shelter": ("shelter_need",),
}
"""Part of the law -> attributes that a version must know to have it."""


@dataclass(frozen=True)
class World:
    """One world, compiled, with the values of attributes that no field of a case sets."""

    number: int
    parts: frozenset[str]
    model: Model
    values: dict[str, float]

    def attributes(self, n: int, factors: dict[str, float] | None = None) -> np.ndarray:
        """n attribute vectors; `factors` multiplies some: 'capacity[*; *]' -> factor."""
        a = np.repeat(self.model.base[None], n, axis=0)
        for reference, value in self.values.items():
            a[:, self.model.slots_of(reference)] = value
        for reference, factor in (factors or {}).items():
            at = self.model.slots_of(reference)
            a[:, at] = np.where(a[:, at] < 1e8, a[:, at] * factor, a[:, at])
        return a


def missing_parts() -> list[str]:
    """Parts of the law that this version cannot express."""
    return [part for part, needs in PARTS.items() if any(name not in BY_NAME for name in needs)]


def parts_of_worlds() -> list[frozenset[str]]:
    """Which parts each world has, balanced: each in PER_PART worlds."""
    rng = np.random.default_rng(SEED)
    on: list[set[str]] = [set() for _ in range(N_WORLDS)]
    for part in PARTS:
        for i in rng.permutation(N_WORLDS)[:PER_PART]:
            on[i].add(part)
    absent = set(missing_parts())
    return [frozenset(x - absent) for x in on]


def small_world(number: int) -> World:
    """World `number`, always the same."""
    parts = parts_of_worlds()[number]
    rng = np.random.default_rng([SEED, number])
    gates = [("Gate A", "SE"), ("Gate B", "SE" if number % 2 else "FI"), ("Gate C", "FI"), ("Gate D", "SE")][: 2 + number % 3]
    groups = _groups(parts, rng)
    case = Case(
        title="a small world",
        origin_country="NO",
        start=START,
        as_of=START + timedelta(days=2),
        horizon=N_DAYS - 3,
        step=float(rng.choice([1.0, 2.0, 3.0])),
        step_before=6.0,
        choice_every=6.0 if "choice in blocks" in parts else None,
        behaviour=_behaviour(parts, rng),
        groups=groups,
        ordinary=_ordinary(parts, gates, rng),
        onward=_onward(parts, rng),
        appeal={"SE": float(rng.uniform(-0.5, 0.5))},
        mode_appeal={"air": float(rng.uniform(-0.5, 1.0))} if "seats by air" in parts else {},
        seats={"air IS": float(rng.integers(20, 60))} if "seats by air" in parts else {},
        places=_places(parts, gates, number, rng),
        links=_links(parts, gates, number, rng),
        lanes=_lanes(parts, gates, rng),
        shocks=_shocks(parts, gates, groups, rng),
        policies=_policies(parts, rng),
    )
    values = {"weekly_strength[*]": float(rng.uniform(0.0, 1.5)), "gate_appeal[Gate A]": float(rng.uniform(-0.5, 0.5))}
    values["exits_given_up[SE]"] = float(rng.uniform(0.0, 0.5))
    if "two shocks" in parts:
        values["shift_days[second alarm]"] = float(rng.uniform(-0.3, 0.3))
    return World(number, parts, compile_case(case, N_DAYS), values)


def _groups(parts: frozenset[str], rng: np.random.Generator) -> tuple[Group, ...]:
    bus = {"bus_appeal": float(rng.uniform(-0.5, 1.0))} if "buses" in parts else {}
    groups = [Group(name="citizens", people_per_party=float(rng.choice([1.0, 2.0, 2.5])), **bus)]
    if "second group" in parts:
        groups.append(Group(name="visa", pool_share=0.6, people_per_party=3.0, origin_weights={"North": 2.0}))
    if "third group" in parts:
        groups.append(Group(name="barred", pool_share=0.4, may_enter=("SE", "IS"), **bus))
    return tuple(groups)


def _behaviour(parts: frozenset[str], rng: np.random.Generator) -> dict[str, float]:
    drawn = {
        "pool": float(rng.integers(250, 500)),
        "travel_disutility": float(rng.uniform(0.02, 0.2)),
        "wait_disutility": float(rng.uniform(0.0, 0.1)),
        "belief_lag_days": float(rng.choice([0.1, 0.5, 2.0])),
        "walk_appeal": float(rng.uniform(-1.5, 1.0)),
        "slowness": float(rng.uniform(0.8, 1.5)),
        "travel_spread_hours": float(rng.uniform(1.0, 10.0)),
        "hour_peak": float(rng.uniform(1.0, 2.0)),
        "hazard_shock_sd": float(rng.choice([0.0, 0.2])),
        "arrival_shock_sd": float(rng.choice([0.0, 0.15])),
        "service_shock_sd": float(rng.choice([0.0, 0.0, 0.1])),
        "entries_given_up": float(rng.uniform(0.0, 0.4)),
        "put_off": float(rng.uniform(0.3, 1.0)) if "put off" in parts else 0.0,
        "switch_per_day": float(rng.uniform(0.5, 4.0)) if "switching" in parts else 0.0,
        "long_journey_delay": float(rng.uniform(0.1, 1.0)) if "long journeys" in parts else 0.0,
        "rest_hours": 8.0 if "long journeys" in parts else 0.0,
        "drift_sd": 0.1 if "drift" in parts else 0.0,
    }
    drawn |= {"balk_per_hour": float(rng.uniform(0.01, 0.06))} if "balking" in parts else {}
    drawn |= {"renege_per_day": float(rng.uniform(0.3, 1.5))} if "reneging" in parts else {}
    drawn |= {"nest_similarity": float(rng.uniform(0.2, 0.8))} if "nests" in parts else {}
    drawn |= {"bus_seats": float(rng.integers(5, 20))} if "buses" in parts else {}
    drawn |= {"announcement_weight": float(rng.uniform(0.3, 1.0))} if "announcements" in parts else {}
    return drawn | ({"contagion": float(rng.uniform(2.0, 10.0)), "contagion_lag_days": 0.5} if "contagion" in parts else {})


def _places(parts: frozenset[str], gates: list[tuple[str, str]], number: int, rng: np.random.Generator) -> tuple[Place, ...]:
    beds = {"shelter_places": float(rng.integers(20, 100))} if "shelter" in parts else {}
    origins = ["South", "North", "East"][: 2 + number % 2]
    found = [Place(name=x, kind="origin", country=("NO",), lat=60 + i, lon=10, population=float(rng.integers(2, 9))) for i, x in enumerate(origins)]
    found += [Place(name=name, kind="crossing", country=("NO", code), lat=62 + i, lon=12) for i, (name, code) in enumerate(gates)]
    far = [("Sjostad", "SE", beds), ("Jarvela", "FI", beds), ("Hofn", "IS", {})]
    return (*found, *(Place(name=x, kind="destination", country=(code,), lat=63, lon=16, **more) for x, code, more in far))


def _links(parts: frozenset[str], gates: list[tuple[str, str]], number: int, rng: np.random.Generator) -> tuple[Link, ...]:
    longest = 20.0 if "long journeys" in parts else 9.0

    def link(a: str, b: str, mode: str = "road") -> Link:
        return Link.model_validate({"from": a, "to": b, "mode": mode, "distance_km": 100.0, "typical_hours": float(rng.uniform(0.5, longest))})

    origins = ["South", "North", "East"][: 2 + number % 2]
    found = [link(origin, gate) for origin in origins for gate, _ in gates if rng.random() < 0.85 or gate == "Gate A"]
    found.append(link("South", "North"))
    if "seats by air" in parts:
        found.append(link("South", "Hofn", "air"))
    return tuple(found)


def _lanes(parts: frozenset[str], gates: list[tuple[str, str]], rng: np.random.Generator) -> tuple[Lane, ...]:
    found = []
    for i, (gate, _) in enumerate(gates):
        more: dict[str, float] = {}
        if "opening hours" in parts and i % 2 == 0:
            more |= {"opens_hour": 5.0, "closes_hour": float(rng.choice([17.5, 22.0]))}
        if "growth" in parts:
            more |= {"growth": float(rng.uniform(0.5, 2.0)), "growth_lag_days": float(rng.uniform(0.2, 1.0))}
        if "random service" in parts:
            more |= {"service_cv": float(rng.choice([0.5, 1.0]))}
        if "booths" in parts:
            more |= {"booths": int(rng.integers(1, 5))}
        two = {}
        if "two stations" in parts and i % 2 == 0:
            two = {"entry_capacity_per_day": float(rng.integers(15, 40)), "room": float(rng.integers(3, 12))}
        limit = None if "no limit" in parts and i == 1 else float(rng.integers(15, 45))
        found.append(Lane(crossing=gate, lane="car", capacity_per_day=limit, **more, **two))
        if "foot lanes" in parts:
            walkers = {"entry_capacity_per_day": float(rng.integers(30, 60)), "room": 9.0} if two else {}
            found.append(Lane(crossing=gate, lane="foot", capacity_per_day=float(rng.integers(30, 90)), **more, **walkers))
        if "buses" in parts and i != 1:
            found.append(Lane(crossing=gate, lane="bus", capacity_per_day=float(rng.integers(3, 8)), **more))
        if "lorries" in parts:
            found.append(Lane(crossing=gate, lane="lorry", capacity_per_day=float(rng.integers(8, 15)), **more))
        if "queues of exits" in parts:
            found.append(Lane(crossing=gate, lane="car", direction="exits", capacity_per_day=float(rng.integers(10, 25)), **more))
    return tuple(found)


def _ordinary(parts: frozenset[str], gates: list[tuple[str, str]], rng: np.random.Generator) -> tuple[Ordinary, ...]:
    found = []
    for code in ("SE", "FI"):
        split = {gate: float(rng.uniform(0.3, 1.0)) for gate, c in gates if c == code}
        if not split:
            continue
        week = tuple(float(x) for x in rng.uniform(0.5, 1.5, 7))
        flows = {"entries_per_day": float(rng.uniform(5, 30)), "exits_per_day": float(rng.uniform(10, 40))}
        found.append(
            Ordinary(
                name=f"{code} cars", country=code, party_size=2.0, split={**split, "elsewhere": 0.4}, weekly_entries=week, weekly_exits=week, **flows
            )
        )
        if "lorries" in parts:
            found.append(Ordinary(name=f"{code} lorries", country=code, who="others", lane="lorry", split=split, **flows))
        if "other travellers on foot" in parts:
            found.append(Ordinary(name=f"{code} walkers", country=code, who="others", lane="foot", party_size=1.5, split=split, **flows))
        if "buses" in parts:
            found.append(Ordinary(name=f"{code} buses", country=code, lane="bus", party_size=10.0, split=split, **flows))
    return tuple(found)


def _onward(parts: frozenset[str], rng: np.random.Generator) -> tuple[Onward, ...]:
    if not {"onward", "reception cap", "shelter"} & parts:
        return ()
    more: dict[str, float] = {"shelter_need": float(rng.uniform(0.3, 1.0))} if "shelter" in parts else {}
    if "reception cap" in parts:
        more["reception_cap"] = float(rng.integers(30, 120))
    share = float(rng.uniform(0.3, 0.9))
    common = {"onward_share": share, "onward_per_day": float(rng.uniform(0.3, 2.0)), "return_share": float(rng.uniform(0.2, 0.8))}
    return (Onward(country="SE", air_share=0.3, initial_stock=100.0, **common, **more), Onward(country="FI", **common))


def _change(attribute: str, to: float | Dist, **more: object) -> Change:
    return Change.model_validate({"attribute": attribute, "to": to if isinstance(to, Dist) else Dist(fixed=to), **more})


def _dated(name: str, at: datetime, *changes: Change, hours: float | None = None) -> Shock:
    until = at + timedelta(hours=hours) if hours else None
    return Shock(name=name, kind="changes", at=at, until=until, changes=changes, why="test")


def _shocks(parts: frozenset[str], gates: list[tuple[str, str]], groups: tuple[Group, ...], rng: np.random.Generator) -> tuple[Shock, ...]:
    hours = lambda low, high: timedelta(hours=float(rng.integers(low, high)))  # noqa: E731
    found = [
        Shock(
            name="alarm",
            kind="departures",
            at=RUSH,
            leaving_per_day=float(rng.uniform(150, 500)),
            preparation_days=float(rng.uniform(0.05, 0.5)),
            decay_days=float(rng.uniform(0.5, 5.0)),
            why="test",
        )
    ]
    if "two shocks" in parts:
        found.append(
            Shock(name="second alarm", kind="departures", at=RUSH + hours(12, 36), leaving_per_day=150.0, groups=(groups[-1].name,), why="test")
        )
    if "deadline" in parts:
        at = RUSH + hours(4, 20)
        found.append(Shock(name="rumour", kind="deadline", at=at, until=at + timedelta(hours=20), boost=1.5, after=0.4, why="test"))
    if "closing and opening" in parts:
        found.append(_dated("closed", RUSH + hours(6, 24), _change("open[Gate A; car]", 0.0), hours=9.0))
        found.append(_dated("slower", RUSH + hours(6, 24), _change("capacity_factor[*; *]", 0.6), _change("hazard_factor", 1.3, after_days=0.5)))
        if "foot lanes" in parts:
            found.append(_dated("no walking", RUSH + hours(2, 30), _change("open[Gate B; foot]", 0.0), hours=20.0))
    if "turning back" in parts:
        found.append(_dated("refusals", RUSH + hours(6, 30), _change("arrivals_factor[Gate A]", 0.4), _change("exits_factor[SE]", 1.5)))
    if "two stations" in parts:
        found.append(_dated("entry slower", RUSH + hours(6, 30), _change("entry_capacity_factor[Gate A; car]", 0.5), hours=18.0))
    if "announcements" in parts:
        found.append(_dated("news", RUSH + hours(0, 24), _change("announced_wait[Gate A]", 30.0), _change("announced_wait[Gate B]", 2.0), hours=30.0))
    if "draft checks" in parts:
        found.append(_dated("draft", RUSH + hours(6, 24), _change(f"admitted[*; {groups[-1].name}]", 0.5)))
    if "reception cap" in parts:
        found.append(_dated("more room", RUSH + timedelta(days=2), _change("reception_cap[SE]", 200.0)))
    if "parts of a day" in parts:
        found.append(_dated("nights", RUSH, _change("capacity_factor[*; car]", 0.3, hours=[20.5, 5.0])))
        found.append(_dated("noon", RUSH, _change("open[Gate A; car]", 0.0, hours=[11.0, 13.5])))
    return tuple(found)


def _policies(parts: frozenset[str], rng: np.random.Generator) -> tuple[Policy, ...]:
    if "policy" not in parts:
        return ()
    changes = (
        _change("entries_factor[SE]", Dist(uniform=(0.3, 0.9))),
        _change("capacity_factor[Gate A; *]", float(rng.uniform(0.5, 0.9)), after_days=0.5),
    )
    return (Policy(name="papers", probability=0.5, dates=(START + timedelta(days=2), START + timedelta(days=3)), changes=changes, why="test"),)
