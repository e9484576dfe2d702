"""Every option of simsetting.yml that Flee reads, with its default; text of the file to `Settings`.

What Flee accepts and ignores (unknown keys, documented keys under another name) becomes a notice.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from borderflow.errors import Problem
from borderflow.io.yaml import Document, read_yaml


@dataclass(frozen=True)
class FloodRules:
    """move_rules.flood_rules: tables by flood level."""

    max_flood_level: int = -1
    flood_movechances: tuple[float, ...] = ()
    flood_loc_weights: tuple[float, ...] = ()
    flood_forecaster: bool = False
    flood_forecaster_timescale: int = 0
    flood_forecaster_end_time: int = 0
    flood_forecaster_weights: tuple[float, ...] = ()
    flood_awareness_weights: tuple[float, ...] = ()


@dataclass(frozen=True)
class Settings:
    """The options that act, with Flee's names and defaults."""

    default_conflict_intensity: int = 1
    # log_levels
    idp_totals: int = 0
    # spawn_rules
    take_from_population: bool = False
    insert_day0: bool = True
    empty_camps_on_day0: bool = False
    conflict_zone_spawning_only: bool = True
    flood_zone_spawning_only: bool = False
    sum_from_camps: bool = True
    camps_are_sinks: bool = False
    read_from_agents_csv_file: bool = False
    conflict_spawn_mode: str = ""
    """'' without the subsection conflict_driven_spawning; else constant, poisson or pop_ratio."""
    displaced_per_conflict_day: float = 500
    flood_spawn_mode: str = "pop_ratio"
    displaced_per_flood_day: tuple[float, ...] = (0.0, 0.1, 0.2, 0.5, 0.9)
    conflict_spawn_decay: tuple[float, ...] = ()
    conflict_spawn_decay_interval: int = 30
    starvation_driven_spawning: bool = False
    # move_rules
    max_move_speed: float = 360.0
    max_walk_speed: float = 35.0
    foreign_weight: float = 1.0
    camp_weight: float = 1.0
    conflict_weight: float = 1.0 / math.sqrt(10.0)
    conflict_movechance: float = 1.0
    camp_movechance: float = 0.001
    idpcamp_movechance: float = 0.1
    default_movechance: float = 0.3
    awareness_level: int = 1
    capacity_buffer: float = 0.9
    capacity_scaling: float = 1.0
    avoid_short_stints: bool = False
    start_on_foot: bool = False
    softening: float = 10.0
    weight_softening: float = 0.0
    weight_power: float = 1.0
    distance_power: float = 1.0
    stay_close_to_home: bool = False
    home_distance_power: float = 0.5
    use_pop_for_loc_weight: bool = False
    pop_power_for_loc_weight: float = 0.1
    movechance_pop_base: float = 10000.0
    movechance_pop_scale_factor: float = 0.0
    pruning_threshold: float = 1.0
    fixed_routes: bool = False
    children_avoid_hazards: bool = False
    boys_take_risk: bool = False
    elderly_avoid_hazards: bool = False
    women_avoid_hazards: bool = False
    match_camp_religion: bool = False
    match_camp_ethnicity: bool = False
    match_town_ethnicity: bool = False
    match_conflict_ethnicity: bool = False
    avg_religion_fraction: float = 0.25
    use_economic_pull: bool = False
    harvest_months: tuple[int, ...] = ()
    flee_when_starving: bool = False
    avoid_food_deprived_locations: bool = False
    flood: FloodRules = FloodRules()
    # optimisations
    hasten: int = 1


_OTHER_NAMES = {
    "children_avoid_hazards": "ChildrenAvoidHazards",
    "boys_take_risk": "BoysTakeRisk",
    "elderly_avoid_hazards": "ElderlyAvoidHazards",
    "women_avoid_hazards": "WomenAvoidHazards",
    "match_camp_religion": "MatchCampReligion",
    "match_camp_ethnicity": "MatchCampEthnicity",
    "match_town_ethnicity": "MatchTownEthnicity",
    "match_conflict_ethnicity": "MatchConflictEthnicity",
    "camps_are_sinks": "camps_are_sicks",
}
_IN_SPAWN = frozenset({
    *("take_from_population", "insert_day0", "empty_camps_on_day0", "conflict_zone_spawning_only", "flood_zone_spawning_only", "sum_from_camps"),
    *("camps_are_sinks", "read_from_agents_csv_file", "conflict_spawn_decay", "conflict_spawn_decay_interval", "starvation_driven_spawning"),
})  # fmt: skip
_NOT_PLAIN = frozenset({
    *("default_conflict_intensity", "idp_totals", "conflict_spawn_mode", "displaced_per_conflict_day", "flood_spawn_mode"),
    *("displaced_per_flood_day", "flood", "hasten"),
})  # fmt: skip
_IGNORED: Mapping[str, Mapping[str, str]] = {
    "": {
        "number_of_steps": "the length comes from sim_period.csv",
        "conflict_input_file": "conflicts.csv of the input folder is always read",
        "flood_level_input_file": "flood_level.csv of the input folder is always read",
    },
    "log_levels": dict.fromkeys(("agent", "link", "camp", "conflict", "init", "granularity"), "it changes logs only"),
    "spawn_rules": {
        "average_social_connectivity": "connections influence nothing",
        "camps_are_sinks": "Flee reads this switch as camps_are_sicks; --fix sinks honours it",
        "flood_driven_spawning": "flood_zone_spawning_only is what switches floods on",
    },
    "move_rules": {
        "max_crossing_speed": "only the coupled model uses it",
        "two_system_decision_making": "it cannot be switched on from the file",
        "max_flood_level": "it belongs into flood_rules",
    },
    "optimisations": {},
}


def read_settings(path: Path, fixes: frozenset[str], problems: list[Problem], notices: list[str]) -> Settings:
    """The settings of a simsetting.yml; what is wrong is added to `problems`, what Flee ignores to `notices`."""
    return settings_of(read_yaml(path, problems), fixes, problems, notices)


def settings_of(document: Document, fixes: frozenset[str], problems: list[Problem], notices: list[str]) -> Settings:
    """The settings of a parsed simsetting.yml; see `read_settings`."""
    if document.bad:
        return Settings()
    return _Reader(document, fixes, problems, notices).settings()


class _Reader:
    """Takes values out of a document by section and key, remembering which were read."""

    def __init__(self, document: Document, fixes: frozenset[str], problems: list[Problem], notices: list[str]) -> None:
        self.document, self.fixes, self.problems, self.notices = document, fixes, problems, notices
        self.seen: set[tuple[str, ...]] = set()
        if not isinstance(document.value, dict | None):
            self.problem((), "the file must hold sections such as move_rules:", "compare it with a simsetting.yml that works")
        self.root: dict[str, Any] = document.value if isinstance(document.value, dict) else {}

    def settings(self) -> Settings:
        found: dict[str, Any] = {}
        for entry in fields(Settings):
            if entry.name in _NOT_PLAIN:
                continue
            section = "spawn_rules" if entry.name in _IN_SPAWN else "move_rules"
            default = entry.default
            found[entry.name] = self.value((section, _OTHER_NAMES.get(entry.name, entry.name)), default)
        found["default_conflict_intensity"] = self.value(("default_conflict_intensity",), 1)
        found["idp_totals"] = self.value(("log_levels", "idp_totals"), 0)
        found["hasten"] = self.value(("optimisations", "hasten"), 1)
        if "sinks" in self.fixes and self.has(("spawn_rules", "camps_are_sinks")):
            found["camps_are_sinks"] = self.value(("spawn_rules", "camps_are_sinks"), False)
        found |= self.conflict_spawning() | self.flood_spawning() | {"flood": self.flood_rules()}
        if self.value(("move_rules", "use_v1_rules"), False):
            found |= {"max_move_speed": 200.0, "start_on_foot": False, "avoid_short_stints": False, "camp_weight": 2.0, "conflict_weight": 0.25}
        settings = replace(Settings(), **found)
        self.check(settings)
        self.report_rest()
        return settings

    def conflict_spawning(self) -> dict[str, Any]:
        path = ("spawn_rules", "conflict_driven_spawning")
        if self.section(path) is None:
            return {}
        mode = str(self.raw((*path, "spawn_mode"), "constant"))
        if mode.lower() == "poisson":
            mode = "poisson"
        if mode not in ("constant", "poisson", "pop_ratio"):
            self.problem((*path, "spawn_mode"), f"spawn_mode is '{mode}', must be constant, poisson or pop_ratio", "")
            return {}
        number = self.value((*path, "displaced_per_conflict_day"), 0.01 if mode == "pop_ratio" else 500.0)
        return {"conflict_spawn_mode": mode, "displaced_per_conflict_day": number if mode == "pop_ratio" else int(number)}

    def flood_spawning(self) -> dict[str, Any]:
        path = ("spawn_rules", "flood_driven_spawn_mode")
        if self.section(path) is None:
            return {}
        key = "flood_spawn_mode" if "flood-spawn-key" in self.fixes and self.has((*path, "flood_spawn_mode")) else "spawn_mode"
        mode = str(self.raw((*path, key), "pop_ratio"))
        given = self.value(
            (*path, "displaced_per_flood_day"), (0.0, 0.1, 0.2, 0.5, 0.9) if mode == "pop_ratio" else (0.0, 100.0, 200.0, 300.0, 500.0)
        )
        if key == "spawn_mode" and self.has((*path, "flood_spawn_mode")) and not self.has((*path, "spawn_mode")):
            self.seen.add((*path, "flood_spawn_mode"))
            self.notices.append(
                "simsetting.yml: flood_spawn_mode is ignored (Flee reads spawn_mode, so pop_ratio holds); --fix flood-spawn-key honours it"
            )
        return {"flood_spawn_mode": mode, "displaced_per_flood_day": given}

    def flood_rules(self) -> FloodRules:
        path = ("move_rules", "flood_rules")
        if self.section(path) is None:
            return FloodRules()
        self.seen.add((*path, "flood_link_weights"))
        if self.has((*path, "flood_link_weights")):
            self.notices.append("simsetting.yml: flood_link_weights is ignored (Flee never uses it)")
        if self.value((*path, "flood_forecaster"), False):
            self.problem((*path, "flood_forecaster"), "flood_forecaster is on, but its formula is not known here", "switch it off")
        return FloodRules(**{f.name: self.value((*path, f.name), f.default) for f in fields(FloodRules)})

    def check(self, s: Settings) -> None:
        """Values that would stop a run or make it meaningless."""
        if s.flood_zone_spawning_only and s.conflict_zone_spawning_only:
            self.problem(
                ("spawn_rules", "flood_zone_spawning_only"),
                "flood_zone_spawning_only and conflict_zone_spawning_only are both true: the run stops",
                "set conflict_zone_spawning_only: False",
            )
        positive = ("max_move_speed", "max_walk_speed", "movechance_pop_base", "conflict_spawn_decay_interval", "capacity_scaling")
        for name in (*positive, "hasten"):
            if getattr(s, name) <= 0:
                self.problem(("optimisations" if name == "hasten" else self.home(name), name), f"{name} is {getattr(s, name):g}, must be above 0", "")
        if s.capacity_buffer >= 1.0:
            self.problem(("move_rules", "capacity_buffer"), f"capacity_buffer is {s.capacity_buffer:g}, must be below 1", "use 0.9")
        for name in ("camp_movechance", "idpcamp_movechance", "default_movechance", "conflict_movechance"):
            if not 0.0 <= getattr(s, name) <= 1.0:
                self.problem(("move_rules", name), f"{name} is {getattr(s, name):g}, must be between 0 and 1", "")
        for name in ("foreign_weight", "camp_weight", "conflict_weight", "weight_softening", "softening"):
            if getattr(s, name) < 0:
                self.problem(("move_rules", name), f"{name} is {getattr(s, name):g}, must not be negative", "")
        if s.awareness_level == 0:
            self.notices.append("simsetting.yml: awareness_level 0 freezes everybody in Flee, and here")

    # -- taking values out

    def home(self, name: str) -> str:
        return "spawn_rules" if name in _IN_SPAWN else "move_rules"

    def raw(self, path: tuple[str, ...], default: Any) -> Any:
        """The value at a path as the file gives it."""
        self.seen.add(path)
        here: Any = self.root
        for key in path:
            if not isinstance(here, dict) or key not in here:
                return default
            here = here[key]
        return here

    def has(self, path: tuple[str, ...]) -> bool:
        here: Any = self.root
        for key in path:
            if not isinstance(here, dict) or key not in here:
                return False
            here = here[key]
        return True

    def section(self, path: tuple[str, ...]) -> dict[str, Any] | None:
        self.seen.add(path)
        if not self.has(path):
            return None
        found = self.raw(path, None)
        if isinstance(found, dict | None):
            return found or {}
        self.problem(path, f"{path[-1]} must hold keys and values", "indent its options below it")
        return None

    def value(self, path: tuple[str, ...], default: Any) -> Any:
        """The value at a path in the type of its default, as Flee converts it."""
        raw = self.raw(path, default)
        if raw is default:
            return default
        convert = self._list if isinstance(default, tuple) else _CONVERT[type(default)]
        try:
            if isinstance(default, bool):
                return self._switch(path, raw)
            return convert(raw)
        except (TypeError, ValueError, OverflowError):
            what = {bool: "true or false", int: "a whole number", float: "a number"}.get(type(default), "a list of numbers")
            self.problem(path, f"{path[-1]} is '{raw}', must be {what}", "")
            return default

    def _switch(self, path: tuple[str, ...], raw: Any) -> bool:
        if isinstance(raw, str) and raw in ("yes", "Yes", "YES", "on", "On", "ON", "no", "No", "NO", "off", "Off", "OFF"):
            return raw.lower() in ("yes", "on")  # YAML 1.1, which Flee's reader speaks
        if isinstance(raw, str) and raw.lower() in ("false", "0"):
            if "quoted-switches" in self.fixes:
                return False
            self.notices.append(
                f"simsetting.yml: {path[-1]} is the quoted text '{raw}', which counts as true; --fix quoted-switches takes it as false"
            )
        return bool(raw)

    def _list(self, raw: Any) -> tuple[float, ...]:
        if isinstance(raw, bool) or raw is None:
            return ()
        if not isinstance(raw, list):
            raise TypeError
        return tuple(_number(v) for v in raw)

    def problem(self, path: tuple[str, ...], what: str, remedy: str) -> None:
        self.problems.append(Problem(self.document.file, self.document.line(path), what, remedy))

    def report_rest(self) -> None:
        """Notices on keys that nothing has read."""
        for section in ("log_levels", "spawn_rules", "move_rules", "optimisations"):
            self.section((section,))
        self._rest((), self.root)

    def _rest(self, path: tuple[str, ...], here: dict[str, Any]) -> None:
        for key, value in here.items():
            at = (*path, str(key))
            known = _IGNORED.get(path[0] if path else "", {}) if len(path) < 2 else {}
            if at in self.seen:
                if isinstance(value, dict):
                    self._rest(at, value)
            elif key not in known:
                self.notices.append(f"simsetting.yml: {' '.join(at)} is ignored (Flee reads no such key)")
            elif value not in (0, False, None, -1) and known[key] != "it changes logs only":
                self.notices.append(f"simsetting.yml: {' '.join(at)} is ignored ({known[key]})")


def _number(raw: Any) -> float:
    if isinstance(raw, bool):
        return float(raw)
    value = float(raw)
    if not math.isfinite(value):
        raise ValueError
    return value


_CONVERT: Mapping[type, Callable[[Any], Any]] = {bool: bool, int: int, float: _number}
