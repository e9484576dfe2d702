"""A compiled world: arrays of indices, and where each attribute stands in the vector of one run."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

CAR, BUS, LORRY, FOOT, SEAT = range(5)
NO_BUS = -50.0
"""Appeal of buses for a group that takes none."""


class Arrays(NamedTuple):
    """A compiled world: indices only. Offsets `o_*` say where attributes begin in the vector `a` of one run."""

    n_groups: int
    n_gates: int
    n_countries: int
    n_lanes: int
    n_stations: int
    n_factors: int
    # time
    start_day: np.ndarray  # (n_steps,) days since the start at the beginning of a step
    dt: np.ndarray  # (n_steps,) days
    hour: np.ndarray  # (n_steps,) hour of the day at the middle
    day: np.ndarray  # (n_steps,) day index
    weekday: np.ndarray  # (n_steps,) 0 = Monday
    choice_days: np.ndarray  # (n_steps,) days for which departures are decided at the start of a step, 0 between decisions
    fine_hours: float  # length of the steps from the first departure on
    first_departure: float  # day of the first departure shock, +inf if none
    # demand
    home_weight: np.ndarray  # (n_groups, n_origins) share of a group's people at an origin
    shock_kind: np.ndarray  # (n_shocks,) 0 departures, 1 deadline
    shock_at: np.ndarray  # (n_shocks,) days
    shock_until: np.ndarray  # (n_shocks,) days
    shock_reach: np.ndarray  # (n_shocks, n_groups) 0/1
    # ways: origin -> gate
    way_start: np.ndarray  # (n_origins + 1,) first way of each origin
    way_gate: np.ndarray  # (n_ways,)
    way_hours: np.ndarray  # (n_ways,) by road at typical speed
    way_fixed_hours: np.ndarray  # (n_ways,) by rail or air
    way_mode: np.ndarray  # (n_ways,) 0 road, 1 air, 2 rail
    way_nest: np.ndarray  # (n_ways,) number of its country and mode
    may_enter: np.ndarray  # (n_groups, n_countries) 0/1
    # gates and lanes
    gate_country: np.ndarray  # (n_gates,)
    gate_car: np.ndarray  # (n_gates,) lane for cars (portals: seats), entries direction
    gate_foot: np.ndarray  # (n_gates,) foot lane or -1
    gate_bus: np.ndarray  # (n_gates,) bus lane or -1
    lane_gate: np.ndarray
    lane_class: np.ndarray
    lane_exits: np.ndarray  # (n_lanes,) 1 for the exits direction
    lane_opens: np.ndarray
    lane_closes: np.ndarray
    lane_open0: np.ndarray  # (n_lanes,) 1 if open at the start
    lane_station: np.ndarray  # (n_lanes,) number of its second station or -1
    # ordinary traffic: rows are block x way
    row_block: np.ndarray
    row_country: np.ndarray
    row_loc: np.ndarray  # (n_rows,) gate, or n_gates + country for ways not listed
    row_in_lane: np.ndarray  # (n_rows,) lane or -1
    row_out_lane: np.ndarray
    row_kind: np.ndarray  # (n_rows,) CITIZEN or OTHER
    row_class: np.ndarray  # (n_rows,) class of the lane in which they stand, SEAT by air, by rail and elsewhere
    block_week_in: np.ndarray  # (n_blocks, 7)
    block_week_out: np.ndarray
    air_share: np.ndarray  # (n_countries,)
    shelter_places: np.ndarray  # (n_countries,) people, +inf where no place states any
    # offsets into the attribute vector
    o_one: int  # attributes with one value, in the order of compile.ONE
    o_group_share: int
    o_party: int
    o_shock: int  # 6 per shock: leaving, shift, preparation, decay, boost, after
    o_appeal: int
    o_gate_appeal: int
    o_mode_appeal: int
    o_bus: int  # one per group
    o_lane: int  # N_LANE per lane, from CAPACITY on
    o_station: int  # 2 per second station: capacity, room
    o_block: int  # 4 per block: entries, exits, strength, party size
    o_share: int  # one per row
    o_country: int  # N_COUNTRY per country, from EXITS_GIVEN_UP on
    # dated factors: positions in the factor vector
    f_capacity: int
    f_open: int
    f_arrivals: int
    f_entries: int
    f_exits: int
    f_station: int
    f_announced: int  # one per gate, or -1 where nothing is announced; so below for what no change names
    f_admitted: int  # gate x group
    f_cap: int  # one per country
    change_factor: np.ndarray  # (n_changes,) position
    change_sets: np.ndarray  # (n_changes,) 1: sets, 0: multiplies
    change_from: np.ndarray  # (n_changes,) local hours within which it holds, over midnight if from > to
    change_to: np.ndarray


# attributes with one value, in the order in which they stand in the vector
(
    POOL, HAZARD_FACTOR, TRAVEL_DISUTILITY, WAIT_DISUTILITY, BELIEF_LAG, WALK_APPEAL, SWITCH_RATE, SLOWNESS, REST, LONG_DELAY, SPREAD, SPACING,
    HOUR_PEAK, GIVEN_UP, PUT_OFF, SIMILARITY, ANNOUNCED, BALKING, RENEGING, CONTAGION, CONTAGION_LAG, BUS_SEATS,
) = range(22)  # fmt: skip
ONE: tuple[str, ...] = (
    "pool", "hazard_factor", "travel_disutility", "wait_disutility", "belief_lag_days", "walk_appeal", "switch_per_day", "slowness", "rest_hours",
    "long_journey_delay", "travel_spread_hours", "spacing_m", "hour_peak", "entries_given_up", "put_off",
    "nest_similarity", "announcement_weight", "balk_per_hour", "renege_per_day", "contagion", "contagion_lag_days", "bus_seats",
    "hazard_shock_sd", "arrival_shock_sd", "service_shock_sd", "drift_sd",
)  # fmt: skip


# attributes of a lane and of a country, in the order in which they stand in the vector
CAPACITY, GROWTH, GROWTH_LAG, BOOTHS, SERVICE_CV = range(5)
LANE: tuple[str, ...] = ("capacity", "growth", "growth_lag_days", "booths", "service_cv")
N_LANE = len(LANE)
EXITS_GIVEN_UP, ONWARD_SHARE, ONWARD_RATE, RETURN_SHARE, INITIAL_STOCK, RECEPTION_CAP, SHELTER_NEED = range(7)
COUNTRY: tuple[str, ...] = ("exits_given_up", "onward_share", "onward_per_day", "return_share", "initial_stock", "reception_cap", "shelter_need")
N_COUNTRY = len(COUNTRY)
