"""What places are on each day: types, conflicts, floods and hunger, by replaying the files in the order of Flee's day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from borderflow.flee.instance import DailyTable, Instance

DEFAULT, CAMP, IDP, CONFLICT, ONE = range(5)
"""Which move chance holds."""


@dataclass(frozen=True)
class Calendar:
    """(days, places) each."""

    camp: npt.NDArray[np.bool_]
    town: npt.NDArray[np.bool_]
    marker: npt.NDArray[np.bool_]
    flooded: npt.NDArray[np.bool_]
    """Of type flood zone."""
    intensity: npt.NDArray[np.float64]
    """Of the conflict; -1 without one."""
    onset: npt.NDArray[np.int64]
    chance: npt.NDArray[np.int64]
    flood: npt.NDArray[np.int64]
    """Flood level."""
    ipc: npt.NDArray[np.float64]
    """Hunger of the region, in percent."""


class _Now:
    """The state of all places on one day."""

    def __init__(self, instance: Instance) -> None:
        n, s = len(instance.locations), instance.settings
        self.flags = {name: np.zeros(n, dtype=bool) for name in ("camp", "town", "marker", "flooded")}
        self.intensity = np.full(n, -1.0)
        self.onset = np.full(n, -1, dtype=np.int64)
        self.chance = np.zeros(n, dtype=np.int64)
        chances = (s.default_movechance, s.camp_movechance, s.idpcamp_movechance, s.conflict_movechance, 1.0)
        for i, place in enumerate(instance.locations):
            kind = "town" if place.kind == "conflict" and place.conflict_date > 0 else place.kind
            raw = place.attributes.get("conflict_intensity")
            self.become(i, kind, float(raw) if raw else 1.0)
            if chances[self.chance[i]] < 0.005 and not self.flags["camp"][i] and not self.flags["flooded"][i]:
                self.flags["camp"][i] = True

    def become(self, i: int, kind: str, intensity: float) -> None:
        """All flags cleared, those of a kind set, with its move chance."""
        for flag in self.flags.values():
            flag[i] = False
        self.intensity[i] = intensity if kind == "conflict" else -1.0
        flag_of = {"camp": "camp", "idpcamp": "camp", "town": "town", "marker": "marker", "flood_zone": "flooded"}.get(kind)
        if flag_of:
            self.flags[flag_of][i] = True
        self.chance[i] = {"camp": CAMP, "idpcamp": IDP, "conflict": CONFLICT, "forward": ONE, "marker": ONE}.get(kind, DEFAULT)

    def conflict(self, i: int, day: int, intensity: float) -> None:
        """An onset, or an end where the intensity is 0."""
        if intensity > 0:
            self.intensity[i], self.onset[i], self.chance[i] = intensity, day, CONFLICT
            self.flags["town"][i] = False
        else:
            self.intensity[i], self.chance[i] = -1.0, DEFAULT
            self.flags["town"][i] = True


def calendar_of(instance: Instance, days: int) -> Calendar:
    """The calendar of the first days of an instance."""
    n = len(instance.locations)
    now = _Now(instance)
    index = {place.name: i for i, place in reversed(list(enumerate(instance.locations)))}
    names = ("camp", "town", "marker", "flooded")
    flags = {name: np.zeros((days, n), dtype=bool) for name in names}
    intensity, onset, chance = np.zeros((days, n)), np.zeros((days, n), dtype=np.int64), np.zeros((days, n), dtype=np.int64)
    events = _events(instance, index, days)
    begun = 0
    for day in [*sorted(events), days]:
        if day > begun:
            stretch = slice(begun, day)
            for name in names:
                flags[name][stretch] = now.flags[name]
            intensity[stretch], onset[stretch], chance[stretch] = now.intensity, now.onset, now.chance
            begun = day
        if day < days:
            for what, i, value in events[day]:
                if what == "conflict":
                    now.conflict(i, day, float(value))
                else:
                    now.become(i, str(value), float(instance.settings.default_conflict_intensity))
    return Calendar(
        **flags,
        intensity=intensity,
        onset=onset,
        chance=chance,
        flood=np.trunc(_by_place(instance.floods, index, n, days)).astype(np.int64),
        ipc=_hunger(instance, days),
    )


def _events(instance: Instance, index: dict[str, int], days: int) -> dict[int, list[tuple[str, int, str | float]]]:
    """What changes on which day, in Flee's order within the day: location changes, conflicts, closures of camps."""
    events: dict[int, list[tuple[str, int, str | float]]] = {}
    for change in instance.location_changes:
        if 0 <= change.day < days:
            events.setdefault(change.day, []).append(("type", index[change.name], change.kind))
    table = instance.conflicts
    if table is not None and not instance.settings.flood_zone_spawning_only:
        values = np.array(table.values[:days]).reshape(min(days, len(table.values)), len(table.names))
        on = values > 0
        turned = np.diff(on.astype(np.int8), axis=0, prepend=np.zeros((1, len(table.names)), dtype=np.int8))
        columns = {name: c for c, name in enumerate(table.names)}
        order = [(i, columns[name]) for name, i in sorted(index.items(), key=lambda kv: kv[1]) if name in columns]
        for i, c in order:
            for day in np.flatnonzero(turned[:, c]).tolist():
                events.setdefault(day, []).append(("conflict", i, float(values[day, c])))
    for closure in instance.closures:
        if closure.kind in ("camp", "idpcamp"):
            for at, kind in ((closure.start, "town"), (closure.end, closure.kind)):
                if 0 <= at < days:
                    events.setdefault(at, []).append(("type", index[closure.name1], kind))
    return events


def _by_place(table: DailyTable | None, index: dict[str, int], n: int, days: int) -> npt.NDArray[np.float64]:
    """A daily table with one column a place."""
    values = np.zeros((days, n))
    if table is not None:
        found = np.array(table.values).reshape(len(table.values), len(table.names))[:days]
        for c, name in enumerate(table.names):
            if name in index:
                values[: len(found), index[name]] = found[:, c]
    return values


def _hunger(instance: Instance, days: int) -> npt.NDArray[np.float64]:
    """IPC levels by place, interpolated between the days of the table."""
    values = np.zeros((days, len(instance.locations)))
    if instance.ipc is not None:
        table = np.array(instance.ipc.values)
        for c, region in enumerate(instance.ipc.names):
            level = np.interp(np.arange(days), instance.ipc.days, table[:, c])
            for i, place in enumerate(instance.locations):
                if place.region == region:
                    values[:, i] = level
    return values
