"""The series that a run can record, per location and bin of time: one table of names, kinds and units."""

from __future__ import annotations

from collections import namedtuple
from typing import Any, NamedTuple


class Series(NamedTuple):
    """One recorded quantity. flow: summed over a bin; level: averaged over a bin in time."""

    name: str
    kind: str
    unit: str
    meaning: str


SERIES: tuple[Series, ...] = (
    Series("entries_citizens", "flow", "people", "citizens of the country of origin who came in"),
    Series("entries_others", "flow", "people", "other travellers who came in"),
    Series("exits_citizens", "flow", "people", "citizens of the country of origin who left"),
    Series("exits_others", "flow", "people", "other travellers who left"),
    Series("cars_out", "flow", "vehicles", "cars and buses that crossed towards the far side"),
    Series("lorries_out", "flow", "vehicles", "lorries that crossed towards the far side"),
    Series("cars_in", "flow", "vehicles", "cars and buses that crossed towards the near side"),
    Series("lorries_in", "flow", "vehicles", "lorries that crossed towards the near side"),
    Series("queue_cars", "level", "vehicles", "cars and buses in the queue"),
    Series("queue_lorries", "level", "vehicles", "lorries in the queue"),
    Series("queue_foot", "level", "people", "people in the foot lane (portals: waiting for a seat)"),
    Series("queue_people", "level", "people", "people in all queues"),
    Series("queue_km", "level", "km", "vehicles queued x spacing"),
    Series("wait_car_sum", "flow", "hours x parties", "waits of those who crossed by car"),
    Series("wait_car_n", "flow", "parties", "parties who crossed by car"),
    Series("wait_foot_sum", "flow", "hours x parties", "waits of those who crossed on foot"),
    Series("wait_foot_n", "flow", "parties", "parties who crossed on foot"),
    Series("journey_sum", "flow", "hours x parties", "journey and wait of those who fled and crossed"),
    Series("journey_n", "flow", "parties", "parties who fled and crossed"),
    Series("head_age", "level", "hours", "time that the first in the car queue has waited"),
    Series("capacity_cars", "level", "vehicles/day", "what the car lane can pass now"),
    Series("capacity_lorries", "level", "vehicles/day", "what the lorry lane can pass now"),
    Series("capacity_people", "level", "people/day", "people whom the car and foot lanes can pass now"),
    Series("newcomers", "flow", "people", "those who fled and crossed"),
    Series("turned_back", "flow", "people", "those who fled and were turned back"),
    Series("exits_air", "flow", "people", "newcomers who moved on by air"),
    Series("stock", "level", "people", "initial stock + net entries of citizens since the start"),
    Series("demand", "flow", "people", "people who reached the gate"),
    Series("gave_up", "flow", "people", "those who fled and gave up at the gate or in its queue"),
    Series("cars_left", "flow", "vehicles", "cars left behind by those who changed to the foot lane"),
    Series("join_wait_car", "level", "hours", "wait of one who joins the car lane now"),
    Series("join_wait_foot", "level", "hours", "wait of one who joins the foot lane (portals: the queue for a seat) now"),
    Series("places_needed", "level", "people", "newcomers present who need a place to stay"),
    Series("places_short", "level", "people", "places needed beyond those that the country's places state"),
    Series("head_age_foot", "level", "hours", "time that the first in the foot lane (portals: for a seat) has waited"),
)
INDEX: dict[str, int] = {s.name: i for i, s in enumerate(SERIES)}
Row = namedtuple("Row", INDEX)  # type: ignore[misc]
ROW: Any = Row(*range(len(SERIES)))
"""The same numbers by name, as compiled code reads them."""
COMPARTMENTS: tuple[str, ...] = ("home", "on_the_road", "queued", "stayed", "will_move_on", "moved_on", "returned", "turned_back", "gave_up")
