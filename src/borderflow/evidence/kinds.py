"""The kinds of quantity that a claim can be about; every other kind is kept and reported as unused."""

from __future__ import annotations

KINDS: frozenset[str] = frozenset(
    {
        "people_crossed",
        "people_left",
        "people_flown_out",
        "people_processed",
        "people_refused",
        "people_present",
        "people_waiting",
        "entries_per_day",
        "entries_per_day_peak",
        "exits_per_day",
        "arrivals_per_day",
        "arrivals_rate_ratio",
        "crossings_per_day",
        "cars_out_per_day",
        "vehicle_flow_change",
        "vehicles_queued",
        "trucks_queued",
        "trucks_processed",
        "queue_length",
        "waiting_time",
        "journey_time",
        "capacity_people_per_day",
        "capacity_vehicles_per_day",
        "capacity_trucks_per_day",
        "net_migration",
        "exit_share",
        "trips",
    }
)
