"""What a Flee instance says, with Flee's names: frozen, read or refused by `borderflow.flee.read`.

Numbers are those of the files: nothing is scaled down by `hasten` yet, nothing is interpolated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from borderflow.flee.settings import Settings

FIXES: Mapping[str, str] = {
    "day0-count": "the first day's increase no longer counts the total row beside the camps, so that without insert_day0 nobody is spawned twice "
    "and `raw UNHCR refugee count`, by which Flee divides its error, is the true total (errors rise, for mali2012 by 22 %)",
    "lat-lon": "great-circle distances take the first coordinate for the latitude, as instances write it (only with stay_close_to_home)",
    "sinks": "camps_are_sinks, the documented name, is honoured",
    "no-conflict-day": "a day without a conflict zone no longer ends the run: those due are spawned on the next day that has one",
    "flood-spawn-key": "flood_spawn_mode is honoured beside spawn_mode, and so are its rates",
    "flood-weights": "a flood level weakens the attractiveness of a flood zone once instead of twice",
    "flood-top-level": "the last entry of a flood table can be used, and levels above it take it",
    "link-closures": "closures of type link close the direction name2 -> name1, as documented",
    "redirection": "forced_redirection 1 no longer doubles the pair of links",
    "merge": "several files of one place are added day by day, and a place listed twice counts once",
    "sorted": "rows of a data series are put in the order of their dates",
    "corrections": "registration corrections that would stop the run (no such date, first row, previous value 0) are left out",
    "day0-capacity": "capacities are not lowered by the counts of day 0, whose people also count as occupants",
    "thousands": "separators of thousands in whole numbers are removed: 22,849 is 22849",
    "bom": "byte-order marks are dropped",
    "missing-data": "a camp without a data series has no data (0 every day) instead of stopping the run",
    "short-tables": "the last row of a daily table that ends before the period holds to its end",
    "unknown-routes": "routes and closures that name unknown places are left out",
    "quoted-switches": 'the quoted texts "False", "no", "off" and "0" are false for switches',
}
"""Named corrections and what each changes. Without them everything is as in Flee."""


@dataclass(frozen=True)
class Location:
    """A row of locations.csv; population and capacity in persons."""

    name: str
    region: str
    country: str
    x: float
    y: float
    kind: str
    """camp, idpcamp, conflict, forward, marker, flood_zone, town, or empty where Flee knows no such type."""
    conflict_date: int = 0
    population: int = 0
    """Of a camp: its capacity."""
    attributes: Mapping[str, str] = field(default_factory=dict)
    line: int = 0

    @property
    def is_camp(self) -> bool:
        return self.kind in ("camp", "idpcamp")


@dataclass(frozen=True)
class Link:
    """A row of routes.csv: a pair of directed links of the same length; ends are indices of locations."""

    a: int
    b: int
    km: float
    redirection: int = 0
    max_move_speed: float | None = None
    walk_probability: float | None = None
    line: int = 0


@dataclass(frozen=True)
class Closure:
    """A row of closures.csv; a day of -1 never comes."""

    kind: str
    name1: str
    name2: str
    start: int
    end: int
    line: int = 0


@dataclass(frozen=True)
class DailyTable:
    """Values by day (rows) and name (columns): conflicts.csv, flood_level.csv, region_attributes_IPC.csv."""

    names: tuple[str, ...]
    days: tuple[int, ...]
    values: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Series:
    """One file of counts: days since the start, in file order, and persons."""

    file: str
    days: tuple[int, ...]
    counts: tuple[int, ...]


@dataclass(frozen=True)
class DataRow:
    """A row of data_layout.csv: a place and its series, to be merged from left to right."""

    name: str
    series: tuple[Series, ...]


@dataclass(frozen=True)
class Correction:
    """A row of registration_corrections.csv."""

    name: str
    day: int
    line: int = 0


@dataclass(frozen=True)
class Demographic:
    """A demographics_<attribute>.csv: values and their weights by column (`Default` or the name of a location)."""

    attribute: str
    values: tuple[str, ...]
    weights: Mapping[str, tuple[float, ...]]


@dataclass(frozen=True)
class LocationChange:
    """A row of location_changes.csv: on `day` the place becomes of another kind."""

    name: str
    kind: str
    day: int
    line: int = 0


@dataclass(frozen=True)
class Agent:
    """A row of agents.csv: somebody who is there at the start."""

    name: str
    attributes: Mapping[str, str]
    line: int = 0


@dataclass(frozen=True)
class Instance:
    """Everything a run of Flee reads."""

    name: str
    start: date
    days: int
    settings: Settings
    locations: tuple[Location, ...]
    links: tuple[Link, ...]
    closures: tuple[Closure, ...]
    conflicts: DailyTable | None
    data: tuple[DataRow, ...]
    """In the order of data_layout.csv: the first row is the total, the others are places."""
    corrections: tuple[Correction, ...] = ()
    demographics: tuple[Demographic, ...] = ()
    floods: DailyTable | None = None
    ipc: DailyTable | None = None
    """By region, in percent; rows on any rising days."""
    major_routes: tuple[tuple[int, ...], ...] = ()
    location_changes: tuple[LocationChange, ...] = ()
    agents: tuple[Agent, ...] = ()
    fixes: frozenset[str] = frozenset()
    notices: tuple[str, ...] = ()
    """What Flee accepts and ignores, one sentence each."""

    @property
    def camps(self) -> tuple[int, ...]:
        """Indices of the places that stand in out.csv: camps at the start, or everywhere in a flood run."""
        if self.settings.flood_zone_spawning_only:
            return tuple(range(len(self.locations)))
        return tuple(i for i, place in enumerate(self.locations) if place.is_camp)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(place.name for place in self.locations)
