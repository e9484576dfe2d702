"""The one table of model attributes: name, index, unit, default, range and meaning.

Defaults, validation of priors and changes, documentation and the flat vector that the engines read
all come from here. An attribute is written `name`, `name[index]` or `name[place; lane]`, and `*` stands for any index,
as in `capacity[*; car]`. A country code stands for all crossings of that country on the far side.
"""

from __future__ import annotations

from typing import NamedTuple


class Attribute(NamedTuple):
    """One named number of the model."""

    name: str
    index: str  # type: ignore[assignment]  # hides tuple.index, which nobody needs here
    """What it is indexed by: '' (one number), group, country, mode, gate, lane, station (a lane with a second station), admission (gate and
    group), block, share, shock."""
    unit: str
    default: float
    low: float
    high: float
    meaning: str
    dated: bool = False
    """True for what shocks and policies change at a date: multipliers (1 = no change), and those that `sets` says."""
    sets: bool = False
    """Whether a dated change sets the value instead of multiplying it."""


INF = float("inf")

ATTRIBUTES: tuple[Attribute, ...] = (
    # demand
    Attribute("pool", "", "people", 0.0, 0.0, 1e10, "people who would leave if they could, all groups together"),
    Attribute("group_share", "group", "share", 1.0, 0.0, 1e6, "weight of a group in the pool; weights are normalised"),
    Attribute("people_per_party", "group", "people", 1.0, 1.0, 60.0, "people who move together as one party (one vehicle)"),
    Attribute("leaving_per_day", "shock", "people/day", 0.0, 0.0, 1e9, "pool x hazard just after a departure shock, before anyone has left"),
    Attribute(
        "shift_days", "shock", "days", 0.0, -10.0, 10.0, "how much later than its date a shock is felt; steps are fine early enough for its priors"
    ),
    Attribute("preparation_days", "shock", "days", 0.5, 1e-3, 60.0, "time in which the hazard rises to its full size"),
    Attribute("decay_days", "shock", "days", 30.0, 1e-2, 1e5, "e-folding time of the hazard"),
    Attribute("boost", "shock", "share", 0.0, -1.0, 20.0, "hazard x (1 + boost) while a deadline is believed to be near"),
    Attribute("after", "shock", "factor", 1.0, 0.0, 20.0, "hazard x after once the believed deadline has passed"),
    Attribute("hazard_factor", "", "factor", 1.0, 0.0, 100.0, "multiplies the hazard of leaving of everyone", True),
    Attribute("contagion", "", "factor", 0.0, 0.0, 1e4, "hazard x (1 + contagion x share of the pool that left lately); 0 = none"),
    Attribute("contagion_lag_days", "", "days", 1.0, 1e-2, 60.0, "how long a departure makes others leave"),
    # choice of gate and mode
    Attribute("travel_disutility", "", "1/hour", 0.08, 0.0, 10.0, "utility lost per hour of journey to the gate"),
    Attribute("wait_disutility", "", "1/hour", 0.03, 0.0, 10.0, "utility lost per hour of believed wait at the gate"),
    Attribute("belief_lag_days", "", "days", 0.5, 1e-3, 60.0, "lag with which people learn of true waits"),
    Attribute("announcement_weight", "", "share", 0.0, 0.0, 1.0, "weight of an announced wait against what people learn of true waits"),
    Attribute("announced_wait", "gate", "hours", -1.0, -1.0, 1000.0, "wait announced for a gate, for all its lanes; below 0: none", True, True),
    Attribute(
        "nest_similarity", "", "share", 1.0, 0.01, 1.0, "1: any two ways are alike; below: gates of one country by one mode replace each other"
    ),
    Attribute("appeal", "country", "utility", 0.0, -50.0, 50.0, "attraction of a country beyond travel time and wait"),
    Attribute("gate_appeal", "gate", "utility", 0.0, -50.0, 50.0, "attraction of one gate beyond that of its country"),
    Attribute("mode_appeal", "mode", "utility", 0.0, -50.0, 50.0, "attraction of air or rail beyond travel time and wait"),
    Attribute("walk_appeal", "", "utility", -1.0, -50.0, 50.0, "attraction of crossing on foot against driving through, waits being equal"),
    Attribute("switch_per_day", "", "1/day", 0.0, 0.0, 100.0, "rate of leaving the car for the foot lane while that is the shorter wait"),
    Attribute("bus_appeal", "group", "utility", -50.0, -50.0, 50.0, "attraction of a bus against driving through; -50: the group takes none"),
    Attribute("bus_seats", "", "people", 40.0, 1.0, 300.0, "people who fled that one bus takes"),
    Attribute("balk_per_hour", "", "1/hour", 0.0, 0.0, 10.0, "who reaches a gate gives up with probability 1 - exp(-this x believed wait)"),
    Attribute("renege_per_day", "", "1/day", 0.0, 0.0, 100.0, "rate at which those who fled give up in a queue"),
    # travel to the gate
    Attribute("slowness", "", "factor", 1.15, 0.1, 20.0, "real driving hours over the typical hours of the links"),
    Attribute("rest_hours", "", "hours", 8.0, 0.0, 48.0, "rest after each 14 hours of driving"),
    Attribute("long_journey_delay", "", "hours/hour", 0.0, 0.0, 20.0, "extra preparation per hour of journey"),
    Attribute("travel_spread_hours", "", "hours", 4.0, 0.1, 240.0, "mean of the random part of a journey (Erlang, two stages)"),
    # crossings
    Attribute("capacity", "lane", "parties/day", INF, 0.0, 1e9, "vehicles (foot lanes: people; air and rail: seats) that a lane can pass per day"),
    Attribute("growth", "lane", "share", 0.0, 0.0, 20.0, "how much capacity can grow under pressure of a queue"),
    Attribute("growth_lag_days", "lane", "days", 1.0, 1e-2, 60.0, "time in which capacity grows under pressure"),
    Attribute("booths", "lane", "count", 0.0, 0.0, 1e4, "n < booths parties are passed at n/booths of capacity; 0: one party may use all of it"),
    Attribute("service_cv", "lane", "share", 0.0, 0.0, 1.0, "spread over mean of the time that one party takes: 0 = fixed, 1 = exponential"),
    Attribute("entry_capacity", "station", "parties/day", INF, 0.0, 1e9, "what the entry control, behind the exit control, can pass per day"),
    Attribute("room", "station", "parties", INF, 0.0, 1e9, "vehicles (foot lanes: people) that fit between exit and entry control"),
    Attribute("spacing_m", "", "metres", 6.5, 1.0, 100.0, "length of road that a queued vehicle takes"),
    Attribute("capacity_factor", "lane", "factor", 1.0, 0.0, 1e3, "multiplies the capacity of a lane", True),
    Attribute("entry_capacity_factor", "station", "factor", 1.0, 0.0, 1e3, "multiplies the capacity of the entry control", True),
    Attribute("open", "lane", "0 or 1", 1.0, 0.0, 1.0, "whether a lane is open", True, True),
    Attribute("admitted", "admission", "share", 1.0, 0.0, 1.0, "share of a group that a gate lets through; the others are turned back", True),
    Attribute("arrivals_factor", "gate", "factor", 1.0, 0.0, 1.0, "share of those who fled and reach a gate who are not turned back", True),
    Attribute(
        "entries_factor",
        "country",
        "factor",
        1.0,
        0.0,
        1.0,
        "share of citizens of the country of origin whom a country admits or who still come",
        True,
    ),
    Attribute("exits_factor", "country", "factor", 1.0, 0.0, 10.0, "multiplies ordinary exits from a country", True),
    # ordinary traffic
    Attribute("entries_per_day", "block", "people/day", 0.0, 0.0, 1e8, "ordinary entries over all ways into a country (mean of a week)"),
    Attribute("exits_per_day", "block", "people/day", 0.0, 0.0, 1e8, "ordinary exits over all ways out of a country (mean of a week)"),
    Attribute(
        "share", "share", "share", 1.0, 0.0, 1e6, "weight of a gate, or of 'elsewhere', in a block of ordinary traffic; weights are normalised"
    ),
    Attribute("weekly_strength", "block", "factor", 1.0, 0.0, 3.0, "strength of the weekly cycle (0 = none, 1 = as given)"),
    Attribute("party_size", "block", "people", 1.0, 1.0, 60.0, "people a vehicle in ordinary traffic"),
    Attribute("hour_peak", "", "factor", 1.6, 1.0, 2.0, "peak over mean of arrivals by hour of the day"),
    Attribute("entries_given_up", "", "share", 0.0, 0.0, 1.0, "ordinary entries of citizens given up from the first shock on"),
    Attribute("exits_given_up", "country", "share", 0.0, -1.0, 1.0, "journeys home given up from the first shock on"),
    Attribute("put_off", "", "share", 0.0, 0.0, 1.0, "ordinary travellers who put off the journey when the believed wait is very long"),
    # afterwards
    Attribute("onward_share", "country", "share", 0.0, 0.0, 1.0, "share of newcomers who move on or return sooner or later"),
    Attribute("onward_per_day", "country", "1/day", 0.07, 0.0, 10.0, "rate at which those leave"),
    Attribute("return_share", "country", "share", 0.3, 0.0, 1.0, "share of those leaving who go back to the country of origin"),
    Attribute("initial_stock", "country", "people", 0.0, 0.0, 1e9, "people of the country of origin present at the start"),
    Attribute(
        "reception_cap", "country", "people", INF, 0.0, 1e10, "while more of those who fled are in a country, it turns back who comes", True, True
    ),
    Attribute("shelter_need", "country", "share", 0.0, 0.0, 1.0, "share of newcomers present who need a place to stay"),
    # luck shared by many people: without it the bands at a million people are absurdly narrow
    Attribute("hazard_shock_sd", "", "log", 0.10, 0.0, 2.0, "spread of daily shocks to the hazard of leaving"),
    Attribute("arrival_shock_sd", "", "log", 0.08, 0.0, 2.0, "spread of daily shocks to arrivals, one per country and day"),
    Attribute("service_shock_sd", "", "log", 0.08, 0.0, 2.0, "spread of daily shocks to service, one per gate and day"),
    Attribute("drift_sd", "", "log/sqrt(day)", 0.0, 0.0, 2.0, "random walk of demand per country, and of service per gate, from as_of on"),
)

BY_NAME: dict[str, Attribute] = {a.name: a for a in ATTRIBUTES}
