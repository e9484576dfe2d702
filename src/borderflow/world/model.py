"""The frozen description of a case: names and units, no indices, no files.

Field checks that need one object only stand here; checks between objects stand in `world/consistency.py`.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, NaiveDatetime, model_validator

Mode = Literal["road", "rail", "air", "foot"]
LaneClass = Literal["car", "bus", "lorry", "foot"]
Lat = Annotated[float, Field(ge=-90, le=90)]
Lon = Annotated[float, Field(ge=-180, le=180)]
Share = Annotated[float, Field(ge=0, le=1)]
NonNegative = Annotated[float, Field(ge=0, le=1e10)]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$", description="ISO 3166 alpha-2 code")]
Language = Annotated[str, Field(pattern=r"^[a-z]{2}$", description="ISO 639-1 code")]
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\[\];]+$")]

_UNITS_H = {"min": 1 / 60, "minute": 1 / 60, "minutes": 1 / 60, "h": 1.0, "hour": 1.0, "hours": 1.0, "d": 24.0, "day": 24.0, "days": 24.0}


def _hours(value: Any) -> Any:
    """Hours of a step given as a number (hours) or a text such as '15 min', '1 h', '1 day'."""
    if isinstance(value, str):
        found = re.fullmatch(r"\s*([0-9.]+)\s*([a-z]+)\s*", value)
        if found and found[2] in _UNITS_H:
            return float(found[1]) * _UNITS_H[found[2]]
        raise ValueError("must be a number of hours or a text such as '15 min', '1 h' or '1 day'")
    return value


def _no_bare_number(value: Any) -> Any:
    """A date as given; a bare number is refused, as it would be read as seconds since 1970."""
    if isinstance(value, int | float) or (isinstance(value, str) and re.fullmatch(r"[-+]?[0-9.]+", value.strip())):
        raise ValueError("must be a date such as 2022-09-21")
    return value


Day = Annotated[date, BeforeValidator(_no_bare_number)]
Instant = Annotated[NaiveDatetime, BeforeValidator(_no_bare_number)]
_StepNumber = Annotated[float, Field(ge=0.25, le=24)]
StepHours = Annotated[_StepNumber, BeforeValidator(_hours, json_schema_input_type=_StepNumber | str)]


class Frozen(BaseModel):
    """Base of every description: frozen, and unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Place(Frozen):
    """A location: origin, transit, crossing or destination (places.csv)."""

    name: Name
    kind: Literal["origin", "transit", "crossing", "destination"]
    country: tuple[Country, ...] = Field(description="one code; a crossing has two, near;far")
    lat: Lat
    lon: Lon
    population: Annotated[float, Field(ge=0, le=1e9)] = Field(0.0, description="people")
    alt_names: tuple[str, ...] = ()
    shelter_places: Annotated[float, Field(ge=0)] | None = Field(None, description="people who can be sheltered")
    provenance: str = ""
    note: str = ""

    @model_validator(mode="after")
    def _countries(self) -> Place:
        need = 2 if self.kind == "crossing" else 1
        if len(self.country) != need:
            raise ValueError(f"country of a {self.kind} must be {need} code{'s, near;far' if need == 2 else ''}")
        return self


class Link(Frozen):
    """A way between two places by one mode (links.csv); usable both ways unless `oneway`."""

    from_: Name = Field(alias="from")
    to: Name
    mode: Mode
    distance_km: Annotated[float, Field(ge=0, le=21000)]
    typical_hours: Annotated[float, Field(gt=0, le=1000)]
    oneway: bool = False
    closed: bool = False
    provenance: str = ""
    note: str = ""


class Lane(Frozen):
    """One lane class of a crossing in one direction (crossings.csv)."""

    crossing: Name
    lane: LaneClass
    direction: Literal["entries", "exits"] = Field("entries", description="entries = near to far side, exits = far to near")
    capacity_per_day: Annotated[float, Field(gt=0, le=1e7)] | None = Field(
        None, description="vehicles per day; foot lanes: people per day; empty = no limit"
    )
    growth: Annotated[float, Field(ge=0, le=20)] = Field(0.0, description="growth of capacity under pressure, 1 = can double")
    growth_lag_days: Annotated[float, Field(gt=0, le=60)] = 1.0
    opens_hour: Annotated[float, Field(ge=0, lt=24)] = Field(0.0, description="local hour at which the lane opens")
    closes_hour: Annotated[float, Field(gt=0, le=24)] = Field(24.0, description="local hour at which it closes")
    booths: Annotated[int, Field(ge=0, le=10_000)] = Field(
        0, description="fewer parties than booths are passed at their share of capacity; 0 = one party may use all of it"
    )
    service_cv: Share = Field(0.0, description="spread over mean of the time that one party takes, 0 = fixed, 1 = exponential")
    entry_capacity_per_day: Annotated[float, Field(gt=0, le=1e7)] | None = Field(
        None, description="a second station behind the first: what it passes per day; empty = there is none"
    )
    room: Annotated[float, Field(ge=0, le=1e6)] | None = Field(
        None, description="vehicles (foot lanes: people) that fit between the two stations; empty = no limit"
    )
    open: bool = Field(True, description="open at the start; shocks and policies can change it")
    provenance: str = ""
    note: str = ""

    @model_validator(mode="after")
    def _hours_in_order(self) -> Lane:
        if self.opens_hour >= self.closes_hour:
            raise ValueError(f"closes_hour {self.closes_hour:g} must be after opens_hour {self.opens_hour:g}")
        return self


class Group(Frozen):
    """People who share traits: pool share, party size, where they may enter."""

    name: Name
    pool_share: Annotated[float, Field(ge=0)] = Field(1.0, description="weight in the pool; weights are normalised")
    people_per_party: Annotated[float, Field(ge=1, le=60)] = 1.0
    may_enter: tuple[Country, ...] | None = Field(None, description="countries that admit the group; null = all")
    origin_weights: dict[str, Annotated[float, Field(ge=0)]] = Field(
        default_factory=dict, description="origin: factor on its population, for groups spread unevenly"
    )
    bus_appeal: Annotated[float, Field(gt=-50, le=50)] | None = Field(
        None, description="attraction of a bus lane against driving through, waits being equal; null = the group takes no buses"
    )
    why: str = ""


Week = Annotated[tuple[Annotated[float, Field(ge=0, le=20)], ...], Field(min_length=7, max_length=7)]
FLAT_WEEK: tuple[float, ...] = (1.0,) * 7


class Ordinary(Frozen):
    """Ordinary traffic between the country of origin and one country (case.yaml `ordinary`)."""

    name: Name
    country: Country
    who: Literal["citizens", "others"] = "citizens"
    lane: LaneClass = Field("car", description="the lane class in which they stand at crossings")
    party_size: Annotated[float, Field(ge=1, le=60)] = Field(1.0, description="people a vehicle")
    entries_per_day: NonNegative = Field(0.0, description="people a day over a mean week")
    exits_per_day: NonNegative = Field(0.0, description="people a day over a mean week")
    split: dict[str, Annotated[float, Field(ge=0)]] = Field(
        description="weights of crossings, of 'air' and 'rail' and of 'elsewhere' (ways that the case does not list)"
    )
    weekly_entries: Week = Field(FLAT_WEEK, description="Monday to Sunday, normalised to mean 1")
    weekly_exits: Week = Field(FLAT_WEEK, description="Monday to Sunday, normalised to mean 1")
    why: str = ""


class Onward(Frozen):
    """What newcomers do after they crossed into a country."""

    country: Country
    onward_share: Share = Field(description="share who move on or return sooner or later")
    onward_per_day: Annotated[float, Field(ge=0, le=10)] = 0.07
    return_share: Share = Field(0.3, description="share of those leaving who return to the country of origin")
    air_share: Share = Field(0.0, description="share of those moving on who leave by air")
    initial_stock: NonNegative = 0.0
    reception_cap: NonNegative | None = Field(None, description="people who fled and are present above which the country turns back; null = none")
    shelter_need: Share = Field(0.0, description="share of newcomers present who need a place to stay")
    why: str = ""


class Dist(Frozen):
    """A distribution: exactly one of fixed, lognormal, normal, uniform."""

    fixed: float | None = None
    lognormal: tuple[Annotated[float, Field(gt=0)], Annotated[float, Field(gt=0, le=5)]] | None = Field(
        None, description="[median, sd of the logarithm]"
    )
    normal: tuple[float, Annotated[float, Field(gt=0)]] | None = Field(None, description="[mean, sd]")
    uniform: tuple[float, float] | None = Field(None, description="[low, high]")

    @model_validator(mode="after")
    def _one(self) -> Dist:
        given = [k for k in ("fixed", "lognormal", "normal", "uniform") if getattr(self, k) is not None]
        if len(given) != 1:
            raise ValueError("needs exactly one of fixed, lognormal: [median, sd], normal: [mean, sd], uniform: [low, high]")
        if self.uniform and self.uniform[0] >= self.uniform[1]:
            raise ValueError(f"uniform low {self.uniform[0]:g} must be below high {self.uniform[1]:g}")
        return self


class Prior(Frozen):
    """An unknown: its distribution and the attributes that it sets or scales, with the reason."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    dist: Dist
    sets: tuple[str, ...] = Field((), description="attributes that take the drawn value")
    scales: tuple[str, ...] = Field((), description="attributes multiplied by the drawn value")
    why: str

    @model_validator(mode="after")
    def _targets(self) -> Prior:
        if not self.sets and not self.scales:
            raise ValueError("must set or scale at least one attribute")
        return self


class Change(Frozen):
    """A change of one dated attribute (a multiplier; `open`, `announced_wait` and `reception_cap` are set to the value instead)."""

    attribute: str
    to: Dist = Field(description="factor on the attribute; for `open`: 0 or 1; for what is set: its value")
    after_days: Annotated[float, Field(ge=0, le=365)] = Field(0.0, description="days after the date of the shock or policy")
    hours: tuple[Annotated[float, Field(ge=0, lt=24)], Annotated[float, Field(gt=0, le=24)]] | None = Field(
        None, description="[from, to]: local hours of the day within which it holds, over midnight if from > to; null = all day"
    )


class Shock(Frozen):
    """An external event: departures (a hazard of leaving), a believed deadline, or dated changes."""

    name: Name
    kind: Literal["departures", "deadline", "changes"]
    at: Instant
    until: Instant | None = Field(None, description="deadline: the believed date; changes: end of the effect")
    leaving_per_day: NonNegative = Field(0.0, description="departures: people a day just after the shock (pool x hazard)")
    preparation_days: Annotated[float, Field(gt=0, le=60)] = 0.5
    decay_days: Annotated[float, Field(gt=0, le=1e5)] = 30.0
    boost: Annotated[float, Field(ge=-1, le=20)] = 0.0
    after: Annotated[float, Field(ge=0, le=20)] = 1.0
    groups: tuple[str, ...] | None = Field(None, description="groups that a departure shock reaches; null = all")
    changes: tuple[Change, ...] = ()
    why: str
    sources: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _in_order(self) -> Shock:
        if self.until is not None and self.until <= self.at:
            raise ValueError(f"until {self.until} must be after at {self.at}")
        if self.kind == "deadline" and self.until is None:
            raise ValueError("a deadline needs `until`, the date that people believe in")
        if (self.kind == "changes") != bool(self.changes):
            raise ValueError("`changes` belong to a shock of kind changes, which needs at least one")
        return self


class Policy(Frozen):
    """A decision announced or rumoured: probability, range of dates, effects of uncertain size."""

    name: Name
    probability: Share
    dates: tuple[Day, Day] = Field(description="earliest and latest day of effect (inclusive, uniform)")
    until: Day | None = None
    changes: tuple[Change, ...] = Field(min_length=1)
    why: str
    sources: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _in_order(self) -> Policy:
        if self.dates[0] > self.dates[1]:
            raise ValueError(f"dates {self.dates[0]} and {self.dates[1]} are out of order")
        if self.until is not None and self.until <= self.dates[1]:
            raise ValueError(f"until {self.until} must be after the latest date {self.dates[1]}")
        return self


class Region(Frozen):
    """A named set of crossings and countries, so that claims about it can be expressed."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    members: tuple[str, ...] = Field(min_length=1, description="crossings, countries by code, 'air XX' or 'rail XX'")
    alt_names: tuple[str, ...] = ()


class SourceClass(Frozen):
    """How a kind of source reports: spread and bias of the logarithm of what it says."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    spread: Annotated[float, Field(gt=0, le=5)] = Field(description="sd of the logarithm, the prior median of a source's spread")
    bias: tuple[float, Annotated[float, Field(ge=0, le=5)]] = Field((0.0, 0.05), description="[mean, sd] of a source's bias (log)")
    quantities: tuple[str, ...] = Field((), description="quantity kinds it holds for; empty = any")
    sources: tuple[str, ...] = Field((), description="words one of which the attribution must contain; empty = any")
    why: str = ""


class Target(Frozen):
    """What the forecast states: a location and its targets."""

    location: str
    targets: tuple[Literal["entries", "exits", "stock", "queue_vehicles", "queue_people", "wait_hours_car", "wait_hours_foot"], ...] = Field(
        min_length=1
    )
    who: Literal["citizens", "all"] = "citizens"


class Threshold(Frozen):
    """A level whose exceedance probability by date is forecast."""

    location: str
    target: str
    above: NonNegative


class Case(Frozen):
    """One case: world, settings, unknowns. The horizon is in days, steps in hours."""

    title: str = Field(description="what the page is headed with")
    origin_country: Country
    start: Day = Field(description="first day of the simulation, early enough to learn ordinary traffic")
    as_of: Day = Field(description="last day of knowledge: claims stated later are never used")
    horizon: Annotated[int, Field(ge=1, le=365, description="days after as_of that are forecast")] = 14
    step: StepHours = Field(1.0, description="hours, or a text such as '15 min'")
    step_before: StepHours | None = Field(None, description="longer step before the first shock; null = step")
    choice_every: StepHours | None = Field(None, description="departures and choices of a way are decided this often; null = step")
    seed: Annotated[int, Field(ge=0, lt=2**63, description="seed of all luck, unless --seed gives another")] = 1
    behaviour: dict[str, float] = Field(default_factory=dict, description="attributes with one value, as in the attribute table")
    groups: tuple[Group, ...] = ()
    ordinary: tuple[Ordinary, ...] = ()
    onward: tuple[Onward, ...] = ()
    appeal: dict[Country, float] = Field(default_factory=dict, description="utility of a country")
    mode_appeal: dict[Literal["air", "rail"], float] = Field(default_factory=dict)
    seats: dict[str, Annotated[float, Field(ge=0)]] = Field(
        default_factory=dict, description="'air XX' or 'rail XX': seats a day beyond ordinary traffic"
    )
    boundaries: Annotated[str, Field(pattern=r"^[\w.-]+\.geojson$")] | None = Field(
        None, description="a GeoJSON file in the folder of the case, drawn instead of the boundaries that come with borderflow"
    )
    translations: dict[Language, dict[str, Annotated[str, Field(min_length=1, max_length=200)]]] = Field(
        default_factory=dict, description="by language, names of the case (title, places, regions, groups, shocks, policies) as pages in it show them"
    )
    regions: tuple[Region, ...] = ()
    sources: tuple[SourceClass, ...] = ()
    priors: tuple[Prior, ...] = ()
    forecast: tuple[Target, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    # from the other files of the folder
    places: tuple[Place, ...] = ()
    links: tuple[Link, ...] = ()
    lanes: tuple[Lane, ...] = ()
    shocks: tuple[Shock, ...] = ()
    policies: tuple[Policy, ...] = ()

    @model_validator(mode="after")
    def _dates(self) -> Case:
        if self.as_of < self.start:
            raise ValueError(f"as_of {self.as_of} must not be before start {self.start}")
        return self
