"""The kinds of quantity that a claim can be about: those the model knows, and other names for the same things.

Every kind that is not in `KINDS` is kept and reported as unused.
"""

from __future__ import annotations

from collections.abc import Mapping

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
"""Kinds that the model knows, spelt as in claims.csv."""

_BY_MODE: Mapping[tuple[str, str], str] = {("distance_travelled", "foot"): "distance_walked"}
_SAME: Mapping[str, str] = {
    "arrivals_ratio": "arrivals_rate_ratio",
    "distance_driven": "distance_travelled",
    "journey_distance": "distance_travelled",
    "families_displaced": "people_displaced",
    "lorries_crossed": "trucks_processed",
    "people_expelled": "people_deported",
    "people_hosted": "people_present",
    "people_transported": "people_relocated",
    "people_turned_back": "people_refused",
    "refugees_hosted": "people_present",
    "vehicles_crossed": "vehicles_processed",
    "net_crossings": "net_migration",
    "families_returned": "people_returned",
    "families_registered": "people_registered",
    "people_evacuated": "people_relocated",
    "people_transferred": "people_relocated",
    "people_queued": "people_waiting",
    "refugees_present": "people_present",
    "children_sheltered": "people_sheltered",
    "families_sheltered": "people_sheltered",
    "sheltered_overnight": "people_sheltered",
    "asylum_applicants": "asylum_applications",
    "asylum_claims": "asylum_applications",
    "people_applied": "asylum_applications",
    "people_arrived": "people_crossed",
    "people_refugees": "people_present",
    "ratio": "arrivals_rate_ratio",
    "arrivals_per_day": "entries_per_day",
    "travel_time": "journey_time",
    "distance": "distance_travelled",
    "distance_km": "distance_travelled",
    "lorries_queued": "trucks_queued",
    "buses_waiting": "buses_queued",
    "buses_arrived": "buses_processed",
    "buses_departed": "buses_processed",
    "buses_sent": "buses_processed",
    "share_citizens": "share_nationals",
    "share_minors": "share_children",
}
_BY_UNIT: Mapping[tuple[str, str], str] = {
    ("people_crossed", "people/day"): "crossings_per_day",
    ("people_returned", "people/day"): "returns_per_day",
    ("people_crossed", "ratio"): "ratio_people_crossed",
    ("vehicles_queued", "lorries"): "trucks_queued",
    ("vehicles_queued", "buses"): "buses_queued",
    ("vehicles_processed", "lorries"): "trucks_processed",
    ("vehicles_processed", "buses"): "buses_processed",
    ("vehicles_processed", "lorries/day"): "trucks_per_day",
    ("vehicles_processed", "buses/day"): "buses_per_day",
    ("vehicles_per_day", "lorries/day"): "trucks_per_day",
    ("vehicles_per_day", "buses/day"): "buses_per_day",
}
_BY_DIRECTION: Mapping[tuple[str, str], str] = {
    ("families_arrived", "entries"): "people_crossed",
    ("people_departed", "exits"): "people_crossed",
    ("people_left", "exits"): "people_crossed",
    ("crossings_per_day", "entries"): "entries_per_day",
    ("crossings_per_day", "exits"): "exits_per_day",
    ("entries_per_day", "returns"): "crossings_per_day",
    ("returns_per_day", "returns"): "crossings_per_day",
    ("people_crossed_change", "entries"): "arrivals_rate_ratio",
    ("ratio_people_crossed", "entries"): "arrivals_rate_ratio",
}


def kind_named(name: str, unit: str = "", direction: str = "", mode: str = "") -> str:
    """The one word for a kind of quantity, whatever name for the same thing was written; the other cells of the claim say part of it."""
    word = _SAME.get(name, name)
    word = _BY_UNIT.get((word, unit), word)
    word = _BY_DIRECTION.get((word, direction), word)
    return _BY_MODE.get((word, mode), word)
