"""Which observable a claim speaks of: terms over recorded series, or the reason why the model cannot express it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from borderflow.evidence.claim import Claim
from borderflow.simulate.compile import Model, day_of
from borderflow.world.names import Location, Locations, locations_of

BEFORE_DAYS = 14.0
"""Days from the start over which ordinary traffic is averaged where a window reaches back before the start."""
SEASON_SPREAD = 0.3
"""Spread (log) of traffic in the months before the case against its first days."""
QUEUE_OFFSET = 20.0
WAIT_OFFSET = 0.5
KM_OFFSET = 0.2
"""Vehicles (or people), hours and kilometres below which a queue is as good as none."""
OLD_SPREAD = 0.35
"""Spread (log) of a capacity stated long before the case against the capacity at its start."""


@dataclass(frozen=True)
class Term:
    """weight x (sum of a flow, or mean of a level) of one series at one location over [start, end) days."""

    location: str
    series: str
    start: float
    end: float
    weight: float = 1.0


@dataclass(frozen=True)
class Observable:
    """(sum of `top` + `before`) / (sum of `bottom`, or 1): the number that a perfect reporter would give, plus `shift`.

    peak: the largest day of the window instead of the sum. fallback: terms used where the bottom is empty (a wait when nobody crosses).
    scale: 'log' for positive quantities, 'signed' for nets. spread: extra spread (log) because the model only approximates the quantity.
    """

    top: tuple[Term, ...]
    bottom: tuple[Term, ...] = ()
    fallback: tuple[Term, ...] = ()
    peak: bool = False
    scale: str = "log"
    shift: float = 0.0
    offset: float = 0.0
    """Added before the logarithm: nobody tells a queue of two vehicles from an empty one."""
    spread: float = 0.0
    what: str = ""
    """The family of quantities, for sources whose reporting differs by quantity."""
    days: tuple[float, float] = (0.0, 0.0)
    places: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class Unused:
    """Why the model cannot express a claim."""

    why: str


Rule = Callable[[Claim, Model, Location, float, float], Observable | Unused]
"""From a claim, its location and its window in days to the observable."""

NO_MODEL = {
    "mobilisation_target": "a stated intention, not a movement of people",
    "population_liable": "a stated base of the call-up, not people at risk of leaving",
    "protest_arrests": "arrests are not displacement",
    "personal_numbers_issued": "registrations are not in the model",
    "people_sheltered": "shelter is not in the model",
    "sheltered_overnight": "shelter is not in the model",
    "checkpoints_open": "a number of crossings, not a flow or queue",
    "distance_walked": "the model has no distance walked",
    "ticket_price": "prices are not in the model",
    "bus_price": "prices are not in the model",
    "seat_capacity": "seats are an input of the case, not an outcome",
    "people_refused": "refusals at the border are not in the model",
    "trips": "trips of one person are not told apart from people",
}
PEOPLE = {
    "people_crossed", "people_left", "entries_per_day", "exits_per_day", "arrivals_per_day", "crossings_per_day", "net_migration",
    "people_processed", "people_flown_out", "entries_per_day_peak",
}  # fmt: skip
LORRIES = {"trucks_queued", "trucks_processed", "capacity_trucks_per_day"}
PORTAL_MODES = ("air", "rail")


def window_dates(claim: Claim) -> tuple[datetime, datetime]:
    """Start and end of a claim's window; the day stated where it names none."""
    end = claim.window_end or datetime.combine(claim.as_of.date(), time()) + timedelta(days=1)
    start = claim.window_start or datetime.combine((end - timedelta(seconds=1)).date(), time())
    if start >= end:  # one moment
        end = start + timedelta(hours=1)
    return start, end


def window_of(claim: Claim, model: Model) -> tuple[float, float]:
    """Start and end of a claim's window in days since the case's start."""
    start, end = window_dates(claim)
    return day_of(model.case, start), day_of(model.case, end)


def express(claim: Claim, model: Model, locations: Locations | None = None) -> Observable | Unused:
    """The observable a claim speaks of, or why there is none; `locations` of the case, where many claims are expressed."""
    kind = claim.quantity_kind
    if kind in NO_MODEL:
        return Unused(NO_MODEL[kind])
    rule = _rule(kind)
    if rule is None:
        return Unused(f"quantity_kind '{kind}' is not known to the model")
    where = (locations or locations_of(model.case)).resolve(claim.place)
    if where is None:
        return Unused(f"place '{claim.place}' is not in the case")
    start, end = window_of(claim, model)
    if end > model.n_days:
        return Unused("the window ends after the last day that is simulated")
    if end <= 0 and not kind.startswith("capacity"):
        return Unused("the window ends before the start of the case")
    return rule(claim, model, where, start, end)


def _rule(kind: str) -> Rule | None:
    if kind in PEOPLE:
        return _people
    return {
        "people_present": _present,
        "vehicles_queued": _queue,
        "trucks_queued": _queue,
        "queue_length": _queue,
        "people_waiting": _queue,
        "waiting_time": _wait,
        "journey_time": _journey,
        "capacity_people_per_day": _capacity,
        "capacity_vehicles_per_day": _capacity,
        "capacity_trucks_per_day": _capacity,
        "cars_out_per_day": _vehicles,
        "trucks_processed": _vehicles,
        "vehicle_flow_change": _ratio,
        "arrivals_rate_ratio": _ratio,
        "exit_share": _exit_share,
    }.get(kind)


def members(where: Location, model: Model) -> tuple[list[str], list[str]]:
    """Gates of a location, and countries all of whose ways count."""
    gates: list[str] = []
    countries: list[str] = []
    for name in where.members:
        if name in model.countries:
            countries.append(name)
            gates += [g for g, c in zip(model.locations, model.arrays.gate_country, strict=False) if model.countries[c] == name]
        elif name in model.locations:
            gates.append(name)
    return list(dict.fromkeys(gates)), countries


def direction_of(claim: Claim, model: Model) -> str:
    """Direction of a claim; leaving the country of origin is entering the far side, as the far side counts it."""
    return "entries" if claim.direction in (f"exits_from_{model.case.origin_country}", "exits_from_origin") else claim.direction


def ordinary_days(model: Model) -> float:
    """Days from the start over which traffic is ordinary: before the first shock, at most two weeks."""
    first = model.arrays.first_departure
    return float(min(BEFORE_DAYS, model.n_days, max(1.0, first if math.isinf(first) else math.floor(first))))


def _a_day(claim: Claim, start: float, end: float) -> bool:
    """Whether a count is stated per day: rates, and flows of a day or more; of a part of a day a flow is the count itself."""
    return claim.quantity_kind.endswith("_per_day") or claim.flow == "rate" or (claim.flow == "flow" and end - start > 1.0 - 1e-9)


def _flow_terms(
    claim: Claim, model: Model, where: Location, names: tuple[str, ...], start: float, end: float, per_day: bool
) -> tuple[list[Term], float]:
    """Terms of a flow over a window, with days before the start replaced by the first days; second: share of the window before."""
    gates, countries = members(where, model)
    locations = gates + [f"elsewhere {c}" for c in countries]
    divide = (end - start) if per_day else 1.0
    terms = []
    usual = ordinary_days(model)
    before = max(0.0, min(-start, end - start))
    for loc in locations:
        for name in names:
            if end > 0:
                terms.append(Term(loc, name, max(start, 0.0), end, 1.0 / divide))
            if before > 0.0:
                terms.append(Term(loc, name, 0.0, usual, before / usual / divide))
    return terms, before / (end - start)


def _series(direction: str, who: str) -> tuple[str, ...]:
    ways = {"both": ("entries", "exits"), "exits": ("exits",), "returns": ("exits",)}.get(direction, ("entries",))
    kinds = ("citizens", "others") if who == "all" else ("citizens",)
    return tuple(f"{way}_{kind}" for kind in kinds for way in ways)


def _people(claim: Claim, model: Model, where: Location, start: float, end: float) -> Observable | Unused:
    kind = claim.quantity_kind
    direction = direction_of(claim, model) or ("exits" if kind == "exits_per_day" else "net" if kind == "net_migration" else "entries")
    if where.kind == "place":
        return Unused("flows of one town are not in the model, only of crossings, countries and regions")
    if claim.mode in ("car", "bus", "lorry", "foot"):
        return Unused(f"people crossing by {claim.mode} alone are not recorded")
    if direction not in ("entries", "exits", "both", "returns", "net"):
        return Unused(f"direction '{claim.direction}' is not known")
    peak = kind == "entries_per_day_peak"
    if peak:
        start = max(start, 0.0)
    per_day = not peak and _a_day(claim, start, end)
    who = "all" if claim.who == "all" else "citizens"
    if direction == "exits" and (claim.mode == "air" or where.name.startswith("air ")):
        return _flown(model, where, start, end, 1.0 / (end - start) if per_day else 1.0)
    if direction in ("net", "both") and claim.mode in PORTAL_MODES:
        return Unused(f"those who leave by {claim.mode} are not told apart")
    if direction == "net":
        plus, share = _flow_terms(claim, model, where, _series("entries", who), start, end, per_day)
        minus, _ = _flow_terms(claim, model, where, _series("exits", who), start, end, per_day)
        if not plus:
            return Unused("the place has no crossing in the case")
        if share > 0.5:
            return Unused("most of the window of a net lies before the start of the case")
        top = tuple(plus) + tuple(Term(t.location, t.series, t.start, t.end, -t.weight) for t in minus)
        return Observable(top, scale="signed", what="people", days=(start, end), places=(where.name,))
    terms, share = _flow_terms(claim, model, where, _series(direction, who), start, end, per_day)
    if claim.mode in PORTAL_MODES:
        terms = [t for t in terms if t.location.startswith(f"{claim.mode} ")]
    if not terms:
        return Unused(f"the place has no {claim.mode if claim.mode in PORTAL_MODES else 'crossing'} in the case")
    return Observable(tuple(terms), peak=peak, spread=SEASON_SPREAD * share, what="people", days=(start, end), places=(where.name,))


def _flown(model: Model, where: Location, start: float, end: float, weight: float) -> Observable | Unused:
    """Exits by air: of newcomers who move on, and through the portal of the country of origin."""
    gates, found = members(where, model)
    countries = list(dict.fromkeys(found + [g.removeprefix("air ") for g in gates if g.startswith("air ")]))
    if not countries:
        return Unused("exits by air are modelled for countries only")
    terms = [Term(f"elsewhere {c}", "exits_air", max(start, 0.0), end, weight) for c in countries]
    terms += [Term(f"air {c}", "exits_citizens", max(start, 0.0), end, weight) for c in countries if f"air {c}" in model.locations]
    return Observable(tuple(terms), what="people", days=(start, end), places=(where.name,))


def _levels(model: Model, where: Location, names: tuple[str, ...], start: float, end: float, weight: float = 1.0) -> tuple[Term, ...]:
    gates, _ = members(where, model)
    return tuple(Term(g, n, start, end, weight) for g in gates for n in names)


def _queue(claim: Claim, model: Model, where: Location, start: float, end: float) -> Observable | Unused:
    if claim.direction == "exits":
        return Unused("queues on the far side are not recorded")
    if where.kind == "country":
        return Unused("a queue belongs to a crossing or a region, not to a country")
    vehicles = {"car": ("queue_cars",), "lorry": ("queue_lorries",)}.get(claim.mode, ("queue_cars", "queue_lorries"))
    names = {
        "vehicles_queued": vehicles,
        "trucks_queued": ("queue_lorries",),
        "queue_length": ("queue_km",),
        "people_waiting": ("queue_foot",) if claim.mode == "foot" else ("queue_people",),
    }[claim.quantity_kind]
    terms = _levels(model, where, names, max(start, 0.0), end)
    if not terms:
        return Unused("the place has no crossing in the case")
    km = names == ("queue_km",)
    return Observable(terms, offset=KM_OFFSET if km else QUEUE_OFFSET, what="km" if km else "queue", days=(start, end), places=(where.name,))


def _wait(claim: Claim, model: Model, where: Location, start: float, end: float) -> Observable | Unused:
    if where.kind in ("country", "place"):
        return Unused("a wait belongs to a crossing or a region of crossings")
    if claim.mode in ("lorry", *PORTAL_MODES):
        return Unused(f"waits by {claim.mode} are not recorded")
    way = "foot" if claim.mode == "foot" else "car"
    start = max(start, 0.0)
    top = _levels(model, where, (f"wait_{way}_sum",), start, end)
    bottom = _levels(model, where, (f"wait_{way}_n",), start, end)
    if not top:
        return Unused("the place has no crossing in the case")
    gates, _ = members(where, model)
    head = "head_age_foot" if way == "foot" else "head_age"
    fallback = _levels(model, where, (head,), start, end, 1.0 / len(gates))
    return Observable(top, bottom, fallback, offset=WAIT_OFFSET, what="wait", days=(start, end), places=(where.name,))


def _journey(claim: Claim, model: Model, where: Location, start: float, end: float) -> Observable | Unused:
    if where.kind == "place":
        gates = [x.from_ for x in model.case.links if x.to == where.name and x.from_ in model.locations]
        gates += [x.to for x in model.case.links if x.from_ == where.name and x.to in model.locations]
    else:
        gates, _ = members(where, model)
    if not gates:
        return Unused("no crossing of the case leads to the place")
    start = max(start, 0.0)
    names = list(dict.fromkeys(gates))
    top = tuple(Term(g, "journey_sum", start, end) for g in names)
    bottom = tuple(Term(g, "journey_n", start, end) for g in names)
    return Observable(top, bottom, offset=WAIT_OFFSET, what="wait", days=(start, end), places=(where.name,))


def _capacity(claim: Claim, model: Model, where: Location, start: float, end: float) -> Observable | Unused:
    names = {
        "capacity_people_per_day": ("capacity_people",),
        "capacity_vehicles_per_day": ("capacity_cars", "capacity_lorries"),
        "capacity_trucks_per_day": ("capacity_lorries",),
    }[claim.quantity_kind]
    old = end <= 0.0
    if old:
        start, end = 0.0, 1.0
    both = 2.0 if claim.direction == "both" else 1.0  # capacities of the two directions are taken as equal
    terms = _levels(model, where, names, max(start, 0.0), end, both)
    if not terms:
        return Unused("the place has no crossing in the case")
    return Observable(terms, spread=OLD_SPREAD if old else 0.0, what="capacity", days=(start, end), places=(where.name,))


def _vehicles(claim: Claim, model: Model, where: Location, start: float, end: float) -> Observable | Unused:
    sort = "lorries" if claim.quantity_kind in LORRIES or claim.mode == "lorry" else "cars"
    names = {"exits": (f"{sort}_in",), "both": (f"{sort}_out", f"{sort}_in")}.get(direction_of(claim, model), (f"{sort}_out",))
    terms, share = _flow_terms(claim, model, where, names, start, end, _a_day(claim, start, end))
    terms = [t for t in terms if not t.location.startswith("elsewhere ")]
    if not terms:
        return Unused("the place has no crossing in the case")
    return Observable(tuple(terms), spread=SEASON_SPREAD * share, what="vehicles", days=(start, end), places=(where.name,))


def _ratio(claim: Claim, model: Model, where: Location, start: float, end: float) -> Observable | Unused:
    """Rate in the window over the rate from the start of the case to the first shock."""
    first = model.arrays.first_departure
    if not 1.0 <= first <= end:
        return Unused("a ratio needs days before the shock to compare with")
    cars = claim.quantity_kind == "vehicle_flow_change"
    names = ("cars_out",) if cars else _series(direction_of(claim, model) or "entries", claim.who)
    top, _ = _flow_terms(claim, model, where, names, max(start, 0.0), end, True)
    bottom, _ = _flow_terms(claim, model, where, names, 0.0, float(int(first)), True)
    if not top:
        return Unused("the place has no crossing in the case")
    return Observable(tuple(top), tuple(bottom), shift=1.0 if cars else 0.0, what="ratio", days=(start, end), places=(where.name,))


def _exit_share(claim: Claim, model: Model, where: Location, start: float, end: float) -> Observable | Unused:
    top, _ = _flow_terms(claim, model, where, _series("exits", "citizens"), max(start, 0.0), end, False)
    bottom, _ = _flow_terms(claim, model, where, _series("entries", "citizens"), max(start, 0.0), end, False)
    if not top:
        return Unused("the place has no crossing in the case")
    return Observable(tuple(top), tuple(bottom), what="ratio", days=(start, end), places=(where.name,))


def _present(claim: Claim, model: Model, where: Location, start: float, end: float) -> Observable | Unused:
    if where.kind != "country":
        return Unused("stocks are kept by country")
    if where.members[0] not in model.countries:
        return Unused("the case has no way into the country")
    return Observable((Term(f"elsewhere {where.members[0]}", "stock", max(start, 0.0), end),), what="stock", days=(start, end), places=(where.name,))
