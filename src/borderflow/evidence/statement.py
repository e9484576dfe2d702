"""What the rules say a claim states, once what its number counts, its place and its window are known: kind, flow, unit, direction, who, way, hedge.

Kind, flow and direction are one answer among those that `quantities` weighs.
"""

from __future__ import annotations

import re

from borderflow.evidence.places import Place
from borderflow.evidence.reading import Reading
from borderflow.evidence.sentence import View
from borderflow.evidence.windows import Window

_ANOTHER = re.compile(r"[\d;]")
"""Where words belong to another number."""
_KINDS = {
    "enter": "people_crossed",
    "cross": "people_crossed",
    "leave": "people_left",
    "return": "people_returned",
    "displace": "people_displaced",
    "evacuate": "people_evacuated",
    "relocate": "people_relocated",
    "wait": "people_waiting",
    "stay": "people_present",
    "present": "people_present",
    "refuse": "people_refused",
    "process": "people_processed",
}
_DIRECTIONS = {"enter": "entries", "leave": "exits", "return": "returns", "stay": "stock", "present": "stock"}
_HOLDING = ("wait", "stay", "present")


def hedged(r: Reading, window: Window, hedge: str) -> str:
    ahead = r.forecast or ("forecast" if window.future else "")
    if ahead == "planned":
        return "planned" if not hedge else f"planned, {hedge}"
    return (f"forecast, {hedge}" if hedge else "forecast") if ahead else hedge


def is_national(v: View, r: Reading) -> bool:
    counted = v.between(r.mention.start, max(r.stop, r.mention.end)) if r.what in ("people", "families") else ()
    return any("demonym" in w.tags or "demonym?" in w.tags for w in counted)


def mode_of(r: Reading, v: View) -> str:
    if r.mode:
        return r.mode
    if r.what in ("lorries", "buses"):
        return "lorry" if r.what == "lorries" else "bus"
    if r.what == "people":
        low, stop = v.low, max(r.stop, r.mention.end)
        before = _ANOTHER.split(low[max(v.start, r.mention.begin - 70) : r.mention.begin])[-1]
        after = _ANOTHER.split(low[stop : min(v.end, stop + 70)])[0]
        for mode, pattern in v.language.ways_compiled:
            if f"by {mode}" in v.part and pattern.search(low, r.mention.begin - len(before), stop + len(after)):
                return mode
    return ""


def quantity(r: Reading, place: Place, window: Window) -> tuple[str, str, str, str]:
    """quantity_kind, flow, unit and direction of a reading."""
    direction = _DIRECTIONS.get(r.cue, "")
    if r.cue in ("cross", "leave", "displace", "evacuate") and place.role == "to" and r.what in ("people", "families"):
        direction = "entries"
    if r.cue == "enter" and place.role == "from":
        direction = "exits"
    one_day = window.last is not None and window.first is not None and (window.last - window.first).days <= 1
    if r.what in ("people", "families"):
        kind = _KINDS.get(r.cue, "people_crossed")
        if kind == "people_left" and place.role != "from":
            kind = "people_crossed"
        if r.cue == "stay" and window.since:
            kind, direction = "people_registered", ""
        if r.rate and r.what == "people":
            kind = {"entries": "entries_per_day", "exits": "exits_per_day", "returns": "entries_per_day"}.get(direction, "crossings_per_day")
            return ("capacity_people_per_day" if r.capacity else kind), "rate", "people/day", direction
        flow = (
            "queue"
            if r.cue == "wait"
            else "stock"
            if (r.cue in _HOLDING and not window.since) or window.stock
            else "flow"
            if one_day
            else "cumulative"
        )
        if r.cue == "displace" and window.stock:
            direction = "stock"
        return kind, flow, r.what, direction
    if r.what in ("vehicles", "lorries", "buses"):
        sort = {"vehicles": "vehicles", "lorries": "trucks", "buses": "buses"}[r.what]
        if r.rate:
            if r.capacity:
                return f"capacity_{sort}_per_day", "rate", f"{r.what}/day", direction
            return ("cars_out_per_day" if sort == "vehicles" else f"{sort}_per_day"), "rate", f"{r.what}/day", direction
        if r.cue == "wait":
            return f"{sort}_queued", "queue", r.what, direction
        return f"{sort}_processed", "flow" if one_day else "cumulative", r.what, direction
    if r.what == "km":
        return (
            {"queue": "queue_length", "walk": "distance_walked"}.get(r.cue, "distance_travelled"),
            "queue" if r.cue == "queue" else "distance",
            "km",
            "",
        )
    if r.what == "hours":
        return "journey_time" if r.cue == "travel" else "waiting_time", "duration", "hours", ""
    if r.what == "ratio":
        return ("waiting_time_ratio" if r.cue == "wait" else "arrivals_rate_ratio"), "ratio", "ratio", direction
    return ("exit_share" if direction == "exits" else "share"), "share", "share", direction


HIGH, MEDIUM = 0.9, 0.6
"""Least chances of a claim of high and of medium confidence."""


def confidence(chance: float, place: Place, likely: bool) -> str:
    """high, medium or low.

    chance: that place and window are both right, by the weights they were chosen with; on real pages they are too high (0043, 0044).
    One step lower where the kind is hardly more probable than another, or the place only similar to a name that is known.
    """
    steps = (chance >= MEDIUM) + (chance >= HIGH) - (not likely or any("similar" in note for note in place.notes))
    return ("low", "medium", "high")[max(steps, 0)]
