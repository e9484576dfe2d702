"""A case of one crossing, for compiling the kernels: it takes every path of the code and says nothing about the world."""

from __future__ import annotations

from datetime import date, datetime

from borderflow.evidence.claim import Claim
from borderflow.world.model import Case, Dist, Group, Lane, Link, Onward, Ordinary, Place, Prior, Shock, Target


def tiny_case() -> Case:
    """One origin, one crossing with cars and people on foot, one group, one unknown of each kind of attribute."""
    return Case(
        title="compile",
        origin_country="RU",
        start=date(2022, 9, 1),
        as_of=date(2022, 9, 6),
        horizon=2,
        groups=(Group(name="people", people_per_party=2.0),),
        behaviour={"pool": 5000.0, "switch_per_day": 0.5},
        ordinary=(Ordinary(name="far", country="GE", party_size=2.0, entries_per_day=400, exits_per_day=400, split={"gate": 0.8, "elsewhere": 0.2}),),
        onward=(Onward(country="GE", onward_share=0.5),),
        places=(
            Place(name="town", kind="origin", country=("RU",), lat=43, lon=44, population=1000),
            Place(name="gate", kind="crossing", country=("RU", "GE"), lat=42.7, lon=44.6),
            Place(name="city", kind="destination", country=("GE",), lat=41.7, lon=44.8),
        ),
        links=(
            Link.model_validate({"from": "town", "to": "gate", "mode": "road", "distance_km": 30, "typical_hours": 1}),
            Link.model_validate({"from": "gate", "to": "city", "mode": "road", "distance_km": 160, "typical_hours": 3}),
        ),
        lanes=(
            Lane(crossing="gate", lane="car", capacity_per_day=250, growth=0.5),
            Lane(crossing="gate", lane="foot", capacity_per_day=100),
            Lane(crossing="gate", lane="car", direction="exits"),
        ),
        shocks=(Shock(name="shock", kind="departures", at=datetime(2022, 9, 4), leaving_per_day=1500, why="compile"),),
        priors=(
            Prior(name="leaving", dist=Dist(lognormal=(1500, 0.5)), sets=("leaving_per_day[shock]",), why="compile"),
            Prior(name="put_off", dist=Dist(uniform=(0, 1)), sets=("put_off",), why="compile"),
        ),
        forecast=(Target(location="gate", targets=("entries", "queue_vehicles", "wait_hours_car", "wait_hours_foot")),),
    )


def tiny_claims() -> list[Claim]:
    """A count, a bound and a queue."""
    day = [datetime(2022, 9, d) for d in range(1, 8)]
    return [
        Claim("c1", day[5], "entries_per_day", 500, 500, "people/day", "flow", "gate", day[4], day[5], source="border guard"),
        Claim("c2", day[5], "vehicles_queued", 100, None, "vehicles", "queue", "gate", day[4], day[5], source="witness"),
        Claim("c3", day[5], "waiting_time", 6, 8, "hours", "duration", "gate", day[4], day[5], mode="car", source="traveller"),
    ]
