"""Checks between the objects of a case: one small function per check, each naming the offender and the remedy.

What one object can tell alone is checked by `world/model.py`. Nothing is read or repaired here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import chain
from typing import Any, get_args

from borderflow.errors import Problem
from borderflow.world import names
from borderflow.world.attributes import ATTRIBUTES, BY_NAME, Attribute
from borderflow.world.countries import country_name
from borderflow.world.model import Case, Change, Dist, Place, Target

Path = tuple[str | int, ...]
"""Where an object stands in a case, e.g. ("links", 3) or ("priors", 2, "sets", 0)."""

FILES: dict[str, str] = {
    "places": "places.csv",
    "links": "links.csv",
    "lanes": "crossings.csv",
    "shocks": "shocks.yaml",
    "policies": "policies.yaml",
}
"""File of each part of a case that does not stand in case.yaml."""

MAX_SPAN_DAYS = 1100
MAX_COUNTS: dict[str, int] = {"places": 200_000, "links": 2_000_000, "lanes": 100_000, "groups": 200, "ordinary": 5_000, "priors": 2_000}
MAX_SPEED_KMH: dict[str, float] = {"road": 200.0, "rail": 400.0, "air": 1200.0, "foot": 15.0}
YEARS: tuple[int, int] = (1900, 2200)
HINTS = 60
"""Nearest spellings are looked up for this many names; looking through very many would take minutes."""


@dataclass(frozen=True)
class Where:
    """Maps paths of objects to file and line; without lines (a case built in memory) it names the file only."""

    lines: Mapping[Path, tuple[str, int]] = field(default_factory=dict)

    def at(self, path: Path) -> tuple[str, int]:
        """File and line of the innermost known part of `path`."""
        for end in range(len(path), 0, -1):
            if path[:end] in self.lines:
                return self.lines[path[:end]]
        return FILES.get(str(path[0]), "case.yaml") if path else "case.yaml", 0


Found = tuple[Path, str, str]
"""Path, what is wrong, remedy."""


class World:
    """A case with the look-ups that several checks share."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self._hints_left = HINTS

    @cached_property
    def places(self) -> dict[str, Place]:
        return {p.name: p for p in self.case.places}

    @cached_property
    def crossings(self) -> dict[str, Place]:
        return {p.name: p for p in self.case.places if p.kind == "crossing"}

    @cached_property
    def gates(self) -> dict[str, names.Gate]:
        return {g.name: g for g in names.gates_of(self.case)}

    @cached_property
    def universe(self) -> names.Universe:
        return names.universe_of(self.case)

    @cached_property
    def locations(self) -> names.Locations:
        return names.locations_of(self.case)

    @cached_property
    def lane_crossings(self) -> set[str]:
        return {lane.crossing for lane in self.case.lanes}

    @cached_property
    def alias_of(self) -> dict[str, str]:
        return {alias: p.name for p in self.case.places for alias in p.alt_names}

    def hint(self, name: str, candidates: Iterable[str]) -> str:
        """Remedy for an unknown name: the place it is an alias of, else the nearest spelling."""
        known = list(candidates)
        if self.alias_of.get(name) in known:
            return f"it is another name of '{self.alias_of[name]}': write that"
        self._hints_left -= 1
        return names.nearest(name, known) if self._hints_left >= 0 else "correct the name"


# ---- names ----------------------------------------------------------------------------------------------------------


def duplicate_names(world: World) -> Iterator[Found]:
    """Objects of one kind need different names; so do lanes of one crossing, lane class and direction."""
    case = world.case
    kinds: tuple[tuple[str, str, list[str]], ...] = (
        ("places", "place", [p.name for p in case.places]),
        ("groups", "group", [g.name for g in case.groups]),
        ("ordinary", "ordinary block", [b.name for b in case.ordinary]),
        ("onward", "onward rule for", [o.country for o in case.onward]),
        ("regions", "region", [r.name for r in case.regions]),
        ("sources", "source class", [s.name for s in case.sources]),
        ("priors", "prior", [p.name for p in case.priors]),
        ("shocks", "shock", [s.name for s in case.shocks]),
        ("policies", "policy", [p.name for p in case.policies]),
        ("lanes", "lane", [f"{a.crossing}; {a.lane}; {a.direction}" for a in case.lanes]),
        ("forecast", "forecast of", [f"{t.location}; {t.who}" for t in case.forecast]),
    )
    for part, word, given in kinds:
        seen: set[str] = set()
        for i, name in enumerate(given):
            if name in seen:
                yield (part, i), f"{word} '{name}' is given twice", "keep one of the two or rename one"
            seen.add(name)


def clashing_aliases(world: World) -> Iterator[Found]:
    """An alias must not be the name of another place, nor a region's name that of a gate."""
    for i, place in enumerate(world.case.places):
        for alias in place.alt_names:
            if alias in world.places and alias != place.name:
                yield ("places", i), f"place '{place.name}': alias '{alias}' is the name of another place", "drop the alias"
    for i, region in enumerate(world.case.regions):
        if region.name in world.places or region.name in world.gates:
            yield ("regions", i), f"region '{region.name}' has the name of a place or gate", "rename the region"


def names_with_meaning(world: World) -> Iterator[Found]:
    """Words that references use for themselves cannot be names of places."""
    for i, place in enumerate(world.case.places):
        if place.name in {"*", "elsewhere", *names.PORTAL_MODES} or names.is_country(place.name):
            yield ("places", i), f"place '{place.name}' has a name with a meaning of its own in references", "rename the place"


# ---- places, links, lanes -------------------------------------------------------------------------------------------


def unknown_countries(world: World) -> Iterator[Found]:
    """Country codes must be codes of countries."""
    case = world.case
    given: list[tuple[Path, str, str]] = [(("origin_country",), "origin_country", case.origin_country)]
    given += [(("places", i), f"place '{p.name}': country", c) for i, p in enumerate(case.places) for c in p.country]
    given += [(("ordinary", i, "country"), f"ordinary block '{b.name}': country", b.country) for i, b in enumerate(case.ordinary)]
    given += [(("groups", i, "may_enter"), f"group '{g.name}': may_enter", c) for i, g in enumerate(case.groups) for c in g.may_enter or ()]
    for path, label, code in given:
        if not names.is_country(code):
            yield path, f"{label} '{code}' is not an ISO 3166 alpha-2 code", "use the two-letter code, such as 'GE' for Georgia"


def links_to_unknown_places(world: World) -> Iterator[Found]:
    """Both ends of a link must be places, and different ones."""
    for i, link in enumerate(world.case.links):
        for end, name in (("from", link.from_), ("to", link.to)):
            if name not in world.places:
                yield ("links", i), f"link '{link.from_}' - '{link.to}': {end} '{name}' is not a place of places.csv", world.hint(name, world.places)
        if link.from_ == link.to:
            yield ("links", i), f"link '{link.from_}' - '{link.to}' leads from a place to itself", "drop the row or correct one end"


def absurd_speeds(world: World) -> Iterator[Found]:
    """Length over hours must be a speed that the mode can reach."""
    for i, link in enumerate(world.case.links):
        speed, limit = link.distance_km / link.typical_hours, MAX_SPEED_KMH[link.mode]
        if speed > limit:
            yield (
                ("links", i),
                f"link '{link.from_}' - '{link.to}': {link.distance_km:g} km in {link.typical_hours:g} h by {link.mode} is {speed:.0f} km/h,"
                f" must be <= {limit:g}",
                "typical_hours are hours, distance_km kilometres",
            )


def lanes_without_crossing(world: World) -> Iterator[Found]:
    """A row of crossings.csv must be about a crossing out of the country of origin."""
    case = world.case
    for i, lane in enumerate(case.lanes):
        place = world.places.get(lane.crossing)
        if place is None:
            yield ("lanes", i), f"crossing '{lane.crossing}' is not a place of places.csv", world.hint(lane.crossing, world.crossings)
        elif place.kind != "crossing":
            yield (
                ("lanes", i),
                f"crossing '{lane.crossing}' is a place of kind {place.kind}, must be of kind crossing",
                "correct the name, or the kind in places.csv",
            )
        elif names.near_country(place) != case.origin_country:
            yield (
                ("lanes", i),
                f"crossing '{lane.crossing}' has near country {place.country[0]}, must be origin_country {case.origin_country}",
                f"write its country as {case.origin_country};{place.country[0]} in places.csv, or drop its lanes",
            )


def room_without_second_station(world: World) -> Iterator[Found]:
    """Room lies between two stations, so that a lane with room needs the second."""
    for i, lane in enumerate(world.case.lanes):
        if lane.room is not None and lane.entry_capacity_per_day is None:
            what = f"lane '{lane.crossing}; {lane.lane}; {lane.direction}': room {lane.room:g} lies between two stations, but the lane has one"
            yield ("lanes", i), what, "fill in entry_capacity_per_day, or leave room empty"


def unreachable_crossings(world: World) -> Iterator[Found]:
    """A crossing needs a road from some origin, over places of the country of origin; one without lanes may stand alone."""
    case = world.case
    origins = [p.name for p in case.places if p.kind == "origin" and names.near_country(p) == case.origin_country]
    if not origins:
        return
    reached = _reached(world, origins)
    open_ends = set(chain.from_iterable((a.from_, a.to) for a in case.links if not a.closed))
    for i, place in enumerate(case.places):
        if not names.crosses_from_origin(place, case) or place.name in reached:
            continue
        if place.name in world.lane_crossings or place.name in open_ends:
            yield (
                ("places", i),
                f"crossing '{place.name}' cannot be reached by road from any origin",
                "add a road link to it in links.csv (not closed, not oneway the other way)",
            )


def _reached(world: World, origins: list[str]) -> set[str]:
    """Places and crossings that roads inside the country of origin reach from any origin."""
    case = world.case
    ways: dict[str, list[str]] = {}
    for link in case.links:
        if link.mode == "road":
            for a, b in names.link_ways(link):
                ways.setdefault(a, []).append(b)
    reached, open_ = set(origins), list(origins)
    while open_:
        for name in ways.get(open_.pop(), ()):
            place = world.places.get(name)
            if name in reached or place is None or names.near_country(place) != case.origin_country:
                continue
            reached.add(name)
            # the road does not lead on through the crossing
            if place.kind != "crossing":
                open_.append(name)
    return reached


def origins_without_people(world: World) -> Iterator[Found]:
    """Groups leave origins in proportion to their population."""
    case = world.case
    origins = [(i, p) for i, p in enumerate(case.places) if p.kind == "origin"]
    for i, place in origins:
        if names.near_country(place) != case.origin_country:
            yield (
                ("places", i),
                f"place '{place.name}' of kind origin lies in {place.country[0]}, must be in origin_country {case.origin_country}",
                "make it transit or destination",
            )
        elif case.groups and place.population <= 0:
            yield (
                ("places", i),
                f"origin '{place.name}' has population {place.population:g}, must be > 0 since the case has groups",
                "fill in population, or make it transit",
            )
    if case.groups and not origins:
        yield ("groups",), "the case has groups but no place of kind origin", "add origins to places.csv"


# ---- case.yaml ------------------------------------------------------------------------------------------------------


def unknown_in_groups(world: World) -> Iterator[Found]:
    """Origin weights must name origins."""
    origins = [p.name for p in world.case.places if p.kind == "origin"]
    known = set(origins)
    for i, group in enumerate(world.case.groups):
        for name in group.origin_weights:
            if name not in known:
                yield (
                    ("groups", i, "origin_weights", name),
                    f"group '{group.name}': origin_weights name '{name}', which is not a place of kind origin",
                    world.hint(name, origins),
                )


def buses_for_groups(world: World) -> Iterator[Found]:
    """A group that takes buses needs a crossing with a bus lane."""
    if any(lane.lane == "bus" and lane.direction == "entries" for lane in world.case.lanes):
        return
    for i, group in enumerate(world.case.groups):
        if group.bus_appeal is not None:
            what = f"group '{group.name}': bus_appeal {group.bus_appeal:g}, but no crossing has a bus lane"
            yield ("groups", i, "bus_appeal"), what, "add a lane of class bus to crossings.csv, or leave bus_appeal out"


def unknown_in_ordinary(world: World) -> Iterator[Found]:
    """A split must name gates of the block's country, and weigh something if anybody travels."""
    portals = names.linked_portals(world.case)
    for i, block in enumerate(world.case.ordinary):
        label = f"ordinary block '{block.name}'"
        own = [g.name for g in world.gates.values() if g.kind == "crossing" and g.country == block.country]
        for key in block.split:
            path: Path = ("ordinary", i, "split", key)
            if key in names.PORTAL_MODES:
                if f"{key} {block.country}" not in portals:
                    yield path, f"{label}: split names '{key}', but no {key} link leads to {block.country}", _add_link(key, block.country)
            elif key in world.gates and key not in own:
                yield path, f"{label}: split names '{key}', which does not lead to {block.country}", world.hint(key, [*own, "elsewhere"])
            elif key not in own and key != "elsewhere":
                yield path, f"{label}: split names unknown gate '{key}'", world.hint(key, [*own, *names.PORTAL_MODES, "elsewhere"])
        if block.entries_per_day + block.exits_per_day > 0 and sum(block.split.values()) <= 0:
            yield ("ordinary", i, "split"), f"{label}: weights of split add up to 0, must be > 0", "give at least one way a weight"
        for week in ("weekly_entries", "weekly_exits"):
            if sum(getattr(block, week)) <= 0:
                yield ("ordinary", i, week), f"{label}: {week} add up to 0, must be > 0", "leave it out for a flat week"


def _add_link(mode: str, country: str) -> str:
    return f"add a link of mode {mode} from a place of the country of origin to a place in {country} to links.csv, or drop it"


def unknown_in_onward_and_appeal(world: World) -> Iterator[Found]:
    """Onward rules and appeal must be about countries that people can enter, mode_appeal about modes that exist."""
    case = world.case
    by_gate = list(dict.fromkeys(g.country for g in world.gates.values()))
    entered = list(dict.fromkeys([*by_gate, *(b.country for b in case.ordinary)]))
    for i, rule in enumerate(case.onward):
        if rule.country not in entered:
            what = f"onward rule for '{rule.country}': no gate or ordinary block leads there"
            yield ("onward", i, "country"), what, world.hint(rule.country, entered)
    for code in case.appeal:
        if code not in by_gate:
            yield ("appeal", code), f"appeal of '{code}': no gate leads there", world.hint(code, by_gate)
    modes = {g.kind for g in world.gates.values()}
    for mode in case.mode_appeal:
        if mode not in modes:
            yield ("mode_appeal", mode), f"mode_appeal of '{mode}': the case has no {mode} portal", f"add '{mode} XX' to seats, or drop it"


def unknown_in_seats(world: World) -> Iterator[Found]:
    """Seats must name portals that a link makes possible."""
    portals = names.linked_portals(world.case)
    for name in world.case.seats:
        if name in portals:
            continue
        mode, _, code = name.partition(" ")
        if mode in names.PORTAL_MODES and names.is_country(code):
            yield ("seats", name), f"seats of '{name}': no {mode} link leads from the country of origin to {code}", _add_link(mode, code)
        else:
            yield ("seats", name), f"seats of '{name}': must be named 'air XX' or 'rail XX' by country code", world.hint(name, portals)


def unknown_in_regions(world: World) -> Iterator[Found]:
    """Members of a region must be gates, or countries that the case has places in."""
    countries = list(dict.fromkeys(c for p in world.case.places for c in p.country))
    for i, region in enumerate(world.case.regions):
        for j, member in enumerate(region.members):
            if member not in world.gates and member not in countries:
                yield (
                    ("regions", i, "members", j),
                    f"region '{region.name}': member '{member}' is not a gate or the code of a country of the case",
                    world.hint(member, [*world.gates, *countries]),
                )


def unknown_in_forecast(world: World) -> Iterator[Found]:
    """Forecasts and thresholds must be of gates, regions or countries that the case has, thresholds of a known target."""
    case = world.case
    countries = [*names.countries_of(case), case.origin_country]
    given: list[tuple[Path, str]] = [(("forecast", i, "location"), t.location) for i, t in enumerate(case.forecast)]
    given += [(("thresholds", i, "location"), t.location) for i, t in enumerate(case.thresholds)]
    for path, text in given:
        place = world.locations.resolve(text)
        if place is None:
            yield path, f"{path[0]}: unknown location '{text}'", world.hint(text, world.locations.names)
        elif place.kind == "place":
            yield path, f"{path[0]}: location '{text}' is a place, must be a gate, a region or a country", "name the crossing or the country"
        elif place.kind == "country" and place.members[0] not in countries:
            known = [country_name(c) for c in countries]
            yield path, f"{path[0]}: no gate or ordinary block of the case leads to '{text}'", world.hint(text, known)
    for i, threshold in enumerate(case.thresholds):
        if threshold.target not in TARGETS:
            yield ("thresholds", i, "target"), f"thresholds: unknown target '{threshold.target}'", world.hint(threshold.target, TARGETS)


def unknown_in_translations(world: World) -> Iterator[Found]:
    """Only names that the case has can be translated; names of countries are those of the page."""
    case = world.case
    known = dict.fromkeys([case.title, *(p.name for p in case.places), *(r.name for r in case.regions), *(g.name for g in case.groups)])
    known |= dict.fromkeys([*(b.name for b in case.ordinary), *(s.name for s in case.shocks), *(p.name for p in case.policies)])
    for language, texts in case.translations.items():
        for name in texts:
            if name not in known:
                yield ("translations", language, name), f"translations: '{name}' names nothing of the case", world.hint(name, known)


TARGETS: tuple[str, ...] = get_args(get_args(Target.model_fields["targets"].annotation)[0])


def unknown_behaviour(world: World) -> Iterator[Found]:
    """`behaviour` sets attributes with one value, within their range."""
    single = [a.name for a in ATTRIBUTES if a.index == ""]
    for name, value in world.case.behaviour.items():
        path: Path = ("behaviour", name)
        attribute = BY_NAME.get(name)
        if attribute is None:
            yield path, f"behaviour: unknown attribute '{name}'", world.hint(name, single)
        elif attribute.index:
            yield (
                path,
                f"behaviour: attribute '{name}' has one value per {attribute.index}, must have one for all",
                f"set {name}{names.INDEX_FORM[attribute.index]} in priors, with `fixed:` if it is known",
            )
        else:
            yield from _in_range(path, f"behaviour: {name}", value, attribute)


def appeal_in_range(world: World) -> Iterator[Found]:
    """Values of appeal and mode_appeal must be within the range of their attribute."""
    for code, value in world.case.appeal.items():
        yield from _in_range(("appeal", code), f"appeal of '{code}'", value, BY_NAME["appeal"])
    for mode, value in world.case.mode_appeal.items():
        yield from _in_range(("mode_appeal", mode), f"mode_appeal of '{mode}'", value, BY_NAME["mode_appeal"])


def _in_range(path: Path, label: str, value: float, attribute: Attribute) -> Iterator[Found]:
    if not attribute.low <= value <= attribute.high:
        yield path, f"{label} {value:g} must be between {attribute.low:g} and {attribute.high:g} ({attribute.unit})", attribute.meaning


# ---- priors, shocks, policies ---------------------------------------------------------------------------------------


def priors_name_attributes(world: World) -> Iterator[Found]:
    """Every reference of a prior must match something; two priors must not set the same reference."""
    set_by: dict[str, str] = {}
    for i, prior in enumerate(world.case.priors):
        for part in ("sets", "scales"):
            for j, text in enumerate(getattr(prior, part)):
                path: Path = ("priors", i, part, j)
                attribute, found = _check_reference(world, path, f"prior '{prior.name}': '{text}'", text)
                yield from found
                if attribute is not None:
                    yield from _dist_in_range(path, f"prior '{prior.name}': {text}", prior.dist, attribute, scales=part == "scales")
                if part == "sets" and text in set_by:
                    yield path, f"prior '{prior.name}': '{text}' is set by prior '{set_by[text]}' too", "let one set it and the other scale it"
                if part == "sets":
                    set_by.setdefault(text, prior.name)


def _each_change(case: Case) -> Iterator[tuple[Path, str, Change]]:
    """Path, label and change of every change of shocks and policies."""
    for i, shock in enumerate(case.shocks):
        for j, change in enumerate(shock.changes):
            yield ("shocks", i, "changes", j), f"shock '{shock.name}': '{change.attribute}'", change
    for i, policy in enumerate(case.policies):
        for j, change in enumerate(policy.changes):
            yield ("policies", i, "changes", j), f"policy '{policy.name}': '{change.attribute}'", change


def changes_name_dated_attributes(world: World) -> Iterator[Found]:
    """A change must name a dated attribute, match something and stay within range; `open` is 0 or 1."""
    dated = [a.name for a in ATTRIBUTES if a.dated]
    for path, label, change in _each_change(world.case):
        attribute, found = _check_reference(world, (*path, "attribute"), label, change.attribute, dated)
        yield from found
        if attribute is None:
            continue
        if change.hours is not None and change.hours[0] == change.hours[1]:
            yield (
                (*path, "hours"),
                f"{label} holds from {change.hours[0]:g} to {change.hours[1]:g} o'clock, no part of a day",
                "leave hours out for all day",
            )
        if not attribute.dated:
            yield (*path, "attribute"), f"{label} cannot change at a date", "dated attributes are " + ", ".join(dated)
        elif attribute.name == "announced_wait" and not announcements_heard(world.case):
            yield (*path, "attribute"), f"{label} has no effect while announcement_weight is 0", "set it in behaviour or by a prior"
        elif attribute.name == "open" and change.to.fixed not in (0.0, 1.0):
            yield (*path, "to"), f"{label} must be set to fixed: 0 (closed) or fixed: 1 (open)", "use capacity_factor for part of the capacity"
        else:
            yield from _dist_in_range((*path, "to"), label, change.to, attribute, scales=False)


def announcements_heard(case: Case) -> bool:
    """Whether anything gives announcements a weight."""
    return case.behaviour.get("announcement_weight", 0.0) > 0.0 or any("announcement_weight" in text for p in case.priors for text in p.sets)


def _check_reference(
    world: World, path: Path, label: str, text: str, preferred: Collection[str] | None = None
) -> tuple[Attribute | None, list[Found]]:
    """The attribute that a reference names (None if it names none), and what is wrong with the reference."""
    try:
        reference = names.parse_reference(text)
    except ValueError as error:
        return None, [(path, f"{label} {error}", "for example capacity[GE; car], appeal[GE] or pool")]
    attribute = BY_NAME.get(reference.name)
    if attribute is None:
        return None, [(path, f"{label} names unknown attribute '{reference.name}'", world.hint(reference.name, preferred or BY_NAME))]
    try:
        matched = names.expand(reference, world.case, world.universe)
    except ValueError as error:
        return attribute, [(path, f"{label} {error}", f"it has one value per {attribute.index}" if attribute.index else "it has no index")]
    return attribute, [] if matched else [(path, f"{label} matches nothing in the case", _why_no_match(world, reference, attribute))]


def _why_no_match(world: World, reference: names.Reference, attribute: Attribute) -> str:
    """A remedy for a reference that matches nothing: the nearest name for the index that is unknown by itself."""
    known = names.indices_of(attribute.index, world.universe)
    if attribute.index == "station" and not known:
        return "give entry_capacity_per_day in crossings.csv, which makes the second station"
    for i, written in enumerate(reference.indices):
        candidates = list(dict.fromkeys(index[i] for index in known))
        countries = list(dict.fromkeys(world.universe.gate_country.get(c, "") for c in candidates))
        if written not in ("*", *candidates, *countries, *names.PORTAL_MODES):
            return world.hint(written, candidates)
    if attribute.index == "lane":
        return "add the lane to crossings.csv; with open = 0 if it opens later"
    if attribute.index == "shock":
        return f"no shock of that name has {attribute.name}"
    return "each index is known, but not together" if len(reference.indices) > 1 else "the case has none"


def _dist_in_range(path: Path, label: str, dist: Dist, attribute: Attribute, scales: bool) -> Iterator[Found]:
    """Values that are certain to be drawn (fixed, ends of uniform, medians) must be within the range of the attribute."""
    values = [dist.fixed] if dist.fixed is not None else list(dist.uniform or ())
    values += [pair[0] for pair in (dist.lognormal, dist.normal) if pair]
    for value in values:
        if scales:
            if value is not None and value < 0:
                yield path, f"{label} is scaled by {value:g}, must be >= 0", "use `sets` for values that can be negative"
        elif value is not None and not attribute.low <= value <= attribute.high:
            yield path, f"{label} takes {value:g}, must be between {attribute.low:g} and {attribute.high:g} ({attribute.unit})", attribute.meaning
            return


def unknown_in_shocks(world: World) -> Iterator[Found]:
    """A shock must reach groups of the case."""
    known = [g.name for g in world.case.groups]
    for i, shock in enumerate(world.case.shocks):
        for name in shock.groups or ():
            if name not in known:
                yield ("shocks", i, "groups"), f"shock '{shock.name}': unknown group '{name}'", world.hint(name, known)
        if shock.kind == "departures" and not known:
            yield ("shocks", i), f"shock '{shock.name}' makes people depart, but the case has no groups", "add groups to case.yaml"


# ---- time and size --------------------------------------------------------------------------------------------------


def dates_in_order(world: World) -> Iterator[Found]:
    """Shocks and policies must be felt between the start and the end of the forecast."""
    case = world.case
    if not all(_sane(d) for d in (case.start, case.as_of)):
        return
    last = case.as_of.toordinal() + case.horizon
    for i, shock in enumerate(case.shocks):
        label = f"shock '{shock.name}'"
        if shock.kind == "departures" and shock.at.date() < case.start:
            what = f"{label}: at {shock.at} is before the start {case.start} of the case"
            yield ("shocks", i, "at"), what, "let the case start some days before its first shock"
        if shock.at.toordinal() > last:
            what = f"{label}: at {shock.at} is after the end of the forecast (as_of + horizon)"
            yield ("shocks", i, "at"), what, "correct the date or raise horizon"
        if shock.until is not None and shock.until.date() < case.start:
            what = f"{label}: until {shock.until} is before the start {case.start} of the case"
            yield ("shocks", i, "until"), what, "drop the shock or correct the date"
    for i, policy in enumerate(case.policies):
        label, (first, latest) = f"policy '{policy.name}'", policy.dates
        if latest < case.start:
            yield ("policies", i, "dates"), f"{label}: dates end on {latest}, before the start {case.start} of the case", "correct the dates"
        if first.toordinal() > last:
            what = f"{label}: dates begin on {first}, after the end of the forecast (as_of + horizon)"
            yield ("policies", i, "dates"), what, "correct the dates or raise horizon"


def _sane(day: date) -> bool:
    return YEARS[0] <= day.year <= YEARS[1]


def span_of_time(world: World) -> Iterator[Found]:
    """The case must lie in sane years and not be absurdly long."""
    case = world.case
    for name in ("start", "as_of"):
        if not _sane(getattr(case, name)):
            yield (name,), f"{name} {getattr(case, name)} must be between the years {YEARS[0]} and {YEARS[1]}", "write year-month-day"
            return
    span = (case.as_of - case.start).days + case.horizon
    if span > MAX_SPAN_DAYS:
        yield ("start",), f"the case lasts {span} days from start {case.start} to the end of the forecast, must be <= {MAX_SPAN_DAYS}", "start later"


def steps_divide_the_day(world: World) -> Iterator[Found]:
    """A whole number of steps must make a day, and a longer step before the first shock must be a multiple of the step."""
    case = world.case
    for name, hours in (("step", case.step), ("step_before", case.step_before)):
        if hours is not None and not _whole(24.0 / hours):
            yield (name,), f"{name} of {hours:g} hours does not divide a day", "use 15 min, 30 min, 1 h, 2 h, 3 h, 4 h, 6 h, 8 h, 12 h or 1 day"
    if case.step_before is not None and not _whole(case.step_before / case.step):
        yield (
            ("step_before",),
            f"step_before of {case.step_before:g} hours must be a multiple of step, {case.step:g} hours",
            "leave it out to use step throughout",
        )


def _whole(number: float) -> bool:
    return number >= 1 - 1e-9 and abs(number - round(number)) < 1e-6


def absurd_sizes(world: World) -> Iterator[Found]:
    """Tables far beyond what a machine holds are more likely a mistake than a case."""
    for part, most in MAX_COUNTS.items():
        count = len(getattr(world.case, part))
        if count > most:
            yield (part,), f"the case has {count} {part}, must be <= {most}", "split the case"
    people = sum(p.population for p in world.case.places)
    if people > 9e9:
        yield ("places",), f"populations add up to {people:g}, more than live on Earth", "population is in people, not in thousands of them"


CHECKS: dict[str, Callable[[World], Iterator[Found]]] = {
    check.__name__: check
    for check in (
        duplicate_names,
        clashing_aliases,
        names_with_meaning,
        unknown_countries,
        links_to_unknown_places,
        absurd_speeds,
        lanes_without_crossing,
        room_without_second_station,
        unreachable_crossings,
        origins_without_people,
        unknown_in_groups,
        buses_for_groups,
        unknown_in_ordinary,
        unknown_in_onward_and_appeal,
        unknown_in_seats,
        unknown_in_regions,
        unknown_in_forecast,
        unknown_in_translations,
        unknown_behaviour,
        appeal_in_range,
        priors_name_attributes,
        changes_name_dated_attributes,
        unknown_in_shocks,
        dates_in_order,
        span_of_time,
        steps_divide_the_day,
        absurd_sizes,
    )
}


def find_problems(case: Case, where: Where | None = None, skip: Collection[str] = ()) -> list[Problem]:
    """Everything wrong between the objects of a case, sorted by file and line; `skip` names checks to leave out."""
    where, world = where or Where(), World(case)
    found: list[Any] = []
    for name, check in CHECKS.items():
        if name not in skip:
            found += [Problem(*where.at(path), what, remedy) for path, what, remedy in check(world)]
    return sorted(set(found))
