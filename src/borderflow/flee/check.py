"""Checks between the files of an instance: what would stop Flee half-way is said before the run, what it ignores becomes a notice."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from borderflow.errors import Problem
from borderflow.flee import series
from borderflow.flee.instance import Closure, Correction, Instance


def whole(instance: Instance, problems: list[Problem], notices: list[str]) -> Instance:
    """The instance without what the fixes leave out; problems and notices are added."""
    if not instance.locations:
        return instance
    instance = replace(instance, closures=_closures(instance, problems, notices))
    _tables(instance, problems, notices)
    _data(instance, problems, notices)
    _changes(instance, problems)
    _rules(instance, problems, notices)
    return replace(instance, corrections=_corrections(instance, problems, notices))


def _closures(instance: Instance, problems: list[Problem], notices: list[str]) -> tuple[Closure, ...]:
    names, countries = set(instance.names), {p.country for p in instance.locations}
    kept = []
    for c in instance.closures:
        if c.kind == "country":
            missing = [n for n in (c.name1, c.name2) if n not in countries]
        elif c.kind in ("link", "remove_forced_redirection"):
            missing = [n for n in (c.name1, c.name2) if n not in names]
        else:
            missing = [n for n in (c.name1,) if n not in names]
        if missing and c.kind == "country":
            notices.append(f"closures.csv line {c.line}: no place lies in '{missing[0]}', the closure has no effect")
        elif missing and "unknown-routes" in instance.fixes:
            notices.append(f"closures.csv line {c.line}: '{missing[0]}' is no place, the row is left out (--fix unknown-routes)")
            continue
        elif missing:
            problems.append(
                Problem("closures.csv", c.line, f"'{missing[0]}' is no place of locations.csv", "correct the name or use --fix unknown-routes")
            )
        if c.kind == "link" and "link-closures" not in instance.fixes:
            notices.append(f"closures.csv line {c.line}: closures of type link have no effect in Flee (--fix link-closures makes them act)")
        kept.append(c)
    return tuple(kept)


def _tables(instance: Instance, problems: list[Problem], notices: list[str]) -> None:
    s = instance.settings
    names = set(instance.names)
    for file, table in (("conflicts.csv", instance.conflicts), ("flood_level.csv", instance.floods)):
        if table is None:
            continue
        unknown = [n for n in table.names if n not in names]
        if unknown:
            notices.append(f"{file}: columns that name no place are ignored: {', '.join(unknown)}")
    if instance.ipc is not None and instance.ipc.days:
        days = instance.ipc.days
        if any(b <= a for a, b in pairwise(days)):
            problems.append(Problem("region_attributes_IPC.csv", 0, "days are not rising", "put the rows in order, one a day"))
        if days[0] > 0 or days[-1] < instance.days - 1:
            what = f"rows cover days {days[0]} to {days[-1]}, the run needs 0 to {instance.days - 1}"
            problems.append(Problem("region_attributes_IPC.csv", 0, what, "add rows for the first and last day"))
    if instance.floods is not None:
        rules = s.flood
        for what, entries in (("flood_movechances", rules.flood_movechances), ("flood_loc_weights", rules.flood_loc_weights)):
            if not entries:
                problems.append(Problem("simsetting.yml", 0, f"a flood run needs flood_rules.{what}", "give one entry a level"))
        top = max((int(v) for row in instance.floods.values for v in row), default=0)
        tables = (rules.flood_movechances, rules.flood_loc_weights, s.displaced_per_flood_day)
        limit = min((len(t) for t in tables if t), default=0) - (0 if "flood-top-level" in instance.fixes else 1)
        if top >= limit and "flood-top-level" not in instance.fixes:
            what = f"level {top} occurs, but with tables of {limit + 1} entries only levels 0 to {limit - 1} can be used: the run would stop"
            problems.append(Problem("flood_level.csv", 0, what, "lengthen the tables, or use --fix flood-top-level"))


def _data(instance: Instance, problems: list[Problem], notices: list[str]) -> None:
    names = [row.name for row in instance.data[1:]]
    if not instance.data and not any(p.file == "data_layout.csv" for p in problems):
        problems.append(Problem("data_layout.csv", 0, "the file has no rows", "begin with total,refugees.csv"))
    for i in instance.camps:
        name = instance.locations[i].name
        if name not in names:
            if "missing-data" in instance.fixes:
                notices.append(f"data_layout.csv: '{name}' has no data series, its data are 0 (--fix missing-data)")
            else:
                where = "data_layout.csv", instance.locations[i].line and 0
                problems.append(Problem(*where, f"camp '{name}' of locations.csv is missing", f"add a row {name},file.csv or use --fix missing-data"))
    for name in sorted({n for n in names if names.count(n) > 1}):
        notices.append(f"data_layout.csv: '{name}' is listed more than once and counts each time in the total (--fix merge counts it once)")
    places = set(instance.names)
    for name in names:
        if name not in places:
            notices.append(f"data_layout.csv: '{name}' is no place of locations.csv; its people count in the total")


def _corrections(instance: Instance, problems: list[Problem], notices: list[str]) -> tuple[Correction, ...]:
    """The corrections that can be made; those that cannot are problems, or left out by a fix."""
    kept: list[Correction] = []
    tables = dict(series.tables(replace(instance, corrections=()))) if instance.data else {}
    for c in instance.corrections:
        table = tables.get(c.name)
        days = [d for d, _ in table] if table else []
        why = ""
        if table is None:
            why = f"'{c.name}' has no data series"
        elif c.day not in days[1:]:
            why = f"'{c.name}' has no row of that date after its first"
        else:
            try:
                series.rescale(table, c.day)
            except ZeroDivisionError:
                why = f"the value of '{c.name}' before that date is 0"
        if not why:
            kept.append(c)
        elif "corrections" in instance.fixes:
            notices.append(f"registration_corrections.csv line {c.line}: {why}; the row is left out (--fix corrections)")
        else:
            problems.append(
                Problem("registration_corrections.csv", c.line, f"{why}: the run would stop", "correct the row, or use --fix corrections")
            )
    return tuple(kept)


def _changes(instance: Instance, problems: list[Problem]) -> None:
    names = set(instance.names)
    for change in instance.location_changes:
        if change.name not in names:
            problems.append(Problem("location_changes.csv", change.line, f"'{change.name}' is no place of locations.csv", ""))


def _rules(instance: Instance, problems: list[Problem], notices: list[str]) -> None:
    s = instance.settings
    have = {d.attribute for d in instance.demographics} | {k for a in instance.agents for k in a.attributes}
    needs = {
        "age": s.children_avoid_hazards or s.elderly_avoid_hazards,
        "gender": s.women_avoid_hazards or (s.boys_take_risk and s.children_avoid_hazards),
        "ethnicity": s.match_camp_ethnicity or s.match_town_ethnicity or s.match_conflict_ethnicity,
        "religion": s.match_camp_religion,
    }
    for attribute, needed in needs.items():
        if needed and attribute not in have:
            problems.append(
                Problem("simsetting.yml", 0, f"a rule needs the attribute {attribute}: the run would stop", f"add demographics_{attribute}.csv")
            )
    for d in instance.demographics:
        if d.attribute == "age" and needs["age"] and any(not v.lstrip("-").isdigit() for v in d.values):
            problems.append(Problem("demographics_age.csv", 0, "ages must be whole numbers", ""))
    if s.boys_take_risk and not s.children_avoid_hazards:
        notices.append("simsetting.yml: BoysTakeRisk is ignored (Flee looks at it only when ChildrenAvoidHazards is on)")
    if (s.flee_when_starving or s.avoid_food_deprived_locations or s.starvation_driven_spawning) and instance.ipc is None:
        notices.append("simsetting.yml: food rules are on, but there is no region_attributes_IPC.csv: they have no effect")
