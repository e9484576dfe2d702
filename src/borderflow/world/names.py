"""What a written name means in a case: attribute references, gates, locations, and the nearest known spelling.

No files and no arrays: names in, names out. Indices of arrays are made in `simulate`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

from borderflow.world.attributes import BY_NAME
from borderflow.world.countries import COUNTRIES, country_code, country_name
from borderflow.world.model import Case, Link, Place

PORTAL_MODES: tuple[str, ...] = ("air", "rail")
DIRECTIONS: tuple[str, ...] = ("entries", "exits")
LANE_CLASSES: tuple[str, ...] = ("car", "bus", "lorry", "foot", "seat")
INDEX_FORM: dict[str, str] = {
    "": "",
    "group": "[group]",
    "country": "[country code]",
    "mode": "[air or rail]",
    "gate": "[gate or country code]",
    "lane": "[gate or country code; lane class] or [gate; lane class; exits]",
    "station": "[gate or country code; lane class] or [gate; lane class; exits]",
    "admission": "[gate or country code; group]",
    "block": "[ordinary block]",
    "share": "[ordinary block; gate or elsewhere]",
    "shock": "[shock]",
}
_SHOCK_KINDS: dict[str, str] = {
    "leaving_per_day": "departures",
    "preparation_days": "departures",
    "decay_days": "departures",
    "boost": "deadline",
    "after": "deadline",
}
"""Attributes of shocks that only one kind of shock has."""


# ---- spelling -------------------------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=65536)  # the same few hundred names are compared over and over
def _key(text: str) -> str:
    """A name as it is compared: case, white space and the kind of dash do not matter."""
    return re.sub(r"\s+", " ", text.replace("\u2013", "-").replace("\u2014", "-")).strip().casefold()


def similar(name: str, candidates: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The candidate spelled most like `name`, or None where none is as similar as `cutoff` (0 to 1)."""
    key, best, best_ratio = _key(name), None, cutoff
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(key)
    for candidate in candidates:
        matcher.set_seq1(_key(candidate))
        # the two quick ratios are upper bounds: most candidates stop there
        if matcher.real_quick_ratio() >= best_ratio and matcher.quick_ratio() >= best_ratio:
            ratio = matcher.ratio()
            if ratio > best_ratio or (ratio == best_ratio and best is None):
                best, best_ratio = candidate, ratio
    return best


def nearest(name: str, candidates: Iterable[str]) -> str:
    """A remedy for an unknown name: the nearest known one, else the first few that are known."""
    known = list(dict.fromkeys(candidates))
    found = similar(name, known) or _containing(name, known)
    if found is not None:
        return f"did you mean '{found}'?"
    if not known:
        return "the case has none"
    shown = ", ".join(f"'{k}'" for k in known[:6])
    return f"known: {shown}" + (f" and {len(known) - 6} more" if len(known) > 6 else "")


def _containing(name: str, known: list[str]) -> str | None:
    """The only candidate that a name is a part of, as 'Lars' is of 'Verkhny Lars / Dariali'."""
    key = _key(name)
    found = [k for k in known if len(key) >= 4 and key in _key(k)]
    return found[0] if len(found) == 1 else None


# ---- gates ----------------------------------------------------------------------------------------------------------


class Gate(NamedTuple):
    """A way out of the country of origin: a crossing, or all seats by air or rail to one country."""

    name: str
    kind: Literal["crossing", "air", "rail"]
    country: str
    """The far country."""
    lat: float
    lon: float


def near_country(place: Place) -> str:
    """The country on whose side a place lies; of a crossing the near one."""
    return place.country[0]


def crosses_from_origin(place: Place, case: Case) -> bool:
    """Whether a place is a crossing out of the country of origin."""
    return place.kind == "crossing" and near_country(place) == case.origin_country


def link_ways(link: Link) -> tuple[tuple[str, str], ...]:
    """The ways in which a link can be used, as (from, to); none if it is closed."""
    if link.closed:
        return ()
    return ((link.from_, link.to),) if link.oneway else ((link.from_, link.to), (link.to, link.from_))


def linked_portals(case: Case) -> dict[str, Place]:
    """Portals ('air TR') that the links make possible: name -> the far end of the first such link."""
    places = {p.name: p for p in case.places}
    found: dict[str, Place] = {}
    for link in case.links:
        if link.mode not in PORTAL_MODES:
            continue
        for a, b in link_ways(link):
            near, far = places.get(a), places.get(b)
            if near is None or far is None or "crossing" in (near.kind, far.kind):
                continue
            if near_country(near) == case.origin_country != near_country(far):
                found.setdefault(f"{link.mode} {near_country(far)}", far)
    return found


def wanted_portals(case: Case) -> set[str]:
    """Portals that `seats` or an ordinary block's split name."""
    return set(case.seats) | {f"{mode} {block.country}" for block in case.ordinary for mode in PORTAL_MODES if mode in block.split}


def gates_of(case: Case) -> list[Gate]:
    """Every gate of a case: crossings out of the country of origin in the order of places, then portals in the order of links."""
    gates = [Gate(p.name, "crossing", p.country[1], p.lat, p.lon) for p in case.places if crosses_from_origin(p, case)]
    wanted = wanted_portals(case)
    for name, far in linked_portals(case).items():
        if name in wanted:
            gates.append(Gate(name, "air" if name.startswith("air") else "rail", near_country(far), far.lat, far.lon))
    return gates


def countries_of(case: Case) -> list[str]:
    """Countries that people can enter or leave in a case: those of gates, ordinary blocks and onward rules, in that order."""
    codes = [g.country for g in gates_of(case)] + [b.country for b in case.ordinary] + [o.country for o in case.onward]
    return list(dict.fromkeys(codes))


# ---- attribute references -------------------------------------------------------------------------------------------


class Reference(NamedTuple):
    """An attribute as it is written: its name and the indices in brackets."""

    name: str
    indices: tuple[str, ...]

    def __str__(self) -> str:
        return self.name + (f"[{'; '.join(self.indices)}]" if self.indices else "")


Concrete = tuple[str, tuple[str, ...]]
"""One number of the model: attribute name and its full index."""


def parse_reference(text: str) -> Reference:
    """The parts of an attribute reference such as 'capacity[KZ; car]'.

    Raises ValueError where it is not of the form name, name[index] or name[index; index].
    """
    found = re.fullmatch(r"\s*([A-Za-z_][A-Za-z0-9_]*)\s*(?:\[([^\[\]]*)\])?\s*", text)
    if not found:
        raise ValueError("must be written name, name[index] or name[index; index]")
    if found[2] is None:
        return Reference(found[1], ())
    indices = tuple(part.strip() for part in found[2].split(";"))
    if not all(indices):
        raise ValueError("has an empty index; write * for every one")
    return Reference(found[1], indices)


class Universe(NamedTuple):
    """Every concrete index of a case by kind of index; build it once where many references are expanded."""

    indices: Mapping[str, list[tuple[str, ...]]]
    gate_country: Mapping[str, str]
    shock_kind: Mapping[str, str]


def universe_of(case: Case) -> Universe:
    """All concrete indices of a case."""
    gates = gates_of(case)
    crossings = {g.name for g in gates if g.kind == "crossing"}
    lanes = [(lane.crossing, lane.lane, lane.direction) for lane in case.lanes if lane.crossing in crossings]
    stations = [(lane.crossing, lane.lane, lane.direction) for lane in case.lanes if lane.entry_capacity_per_day is not None]
    portals = [(g.name, "seat", "entries") for g in gates if g.kind != "crossing"]
    shares = [(b.name, f"{key} {b.country}" if key in PORTAL_MODES else key) for b in case.ordinary for key in b.split]
    indices: dict[str, list[tuple[str, ...]]] = {
        "": [()],
        "group": [(g.name,) for g in case.groups],
        "country": [(c,) for c in countries_of(case)],
        "mode": [(m,) for m in PORTAL_MODES if any(g.kind == m for g in gates)],
        "gate": [(g.name,) for g in gates],
        "lane": list(dict.fromkeys([*lanes, *portals])),
        "station": [s for s in dict.fromkeys(stations) if s[0] in crossings],
        "block": [(b.name,) for b in case.ordinary],
        "share": [*shares],
        "shock": [(s.name,) for s in case.shocks],
    }
    return Universe(indices, {g.name: g.country for g in gates}, {s.name: s.kind for s in case.shocks})


def index_counts(kind: str) -> tuple[int, ...]:
    """How many indices a reference to an attribute of this kind may have."""
    return {"": (0,), "lane": (2, 3), "station": (2, 3), "share": (2,), "admission": (2,)}.get(kind, (1,))


def indices_of(kind: str, universe: Universe) -> list[tuple[str, ...]]:
    """All concrete indices of one kind; pairs of gate and group are made here only, since there may be very many."""
    if kind == "admission":
        return [(*gate, *group) for gate in universe.indices["gate"] for group in universe.indices["group"]]
    return universe.indices[kind]


def expand(reference: Reference, case: Case, universe: Universe | None = None) -> list[Concrete]:
    """The concrete (name, index) pairs that a reference stands for; empty where it matches nothing.

    A lane's index is (gate, lane class, direction); a reference without direction means entries.
    Raises ValueError for an unknown attribute or a wrong number of indices.
    """
    attribute = BY_NAME.get(reference.name)
    if attribute is None:
        raise ValueError(f"unknown attribute '{reference.name}'")
    if len(reference.indices) not in index_counts(attribute.index):
        raise ValueError(f"must be written {reference.name}{INDEX_FORM[attribute.index]}")
    universe = universe or universe_of(case)
    pattern = reference.indices
    if attribute.index in ("lane", "station") and len(pattern) == 2:
        pattern = (*pattern, "entries")
    only = _SHOCK_KINDS.get(reference.name)
    return [
        (reference.name, index)
        for index in indices_of(attribute.index, universe)
        if all(_fits(p, part, universe) for p, part in zip(pattern, index, strict=True)) and (only is None or universe.shock_kind[index[0]] == only)
    ]


def _fits(pattern: str, part: str, universe: Universe) -> bool:
    """Whether one written index stands for one concrete index: itself, *, a gate's country, or 'air' for 'air XX'."""
    if pattern in ("*", part):
        return True
    country = universe.gate_country.get(part)
    return country is not None and (country == pattern or (pattern in PORTAL_MODES and part == f"{pattern} {country}"))


# ---- locations ------------------------------------------------------------------------------------------------------


class Location(NamedTuple):
    """What a place_canonical or a forecast location means."""

    kind: Literal["country", "gate", "region", "place"]
    name: str
    """Name of the gate, region or place; English name of the country."""
    members: tuple[str, ...]
    """Gate names and country codes; empty for a place that is neither."""


class Locations(NamedTuple):
    """Names known to a case as locations; build it once (`locations_of`) where many texts are resolved."""

    by_key: Mapping[str, Location]
    names: tuple[str, ...]
    """Every spelling that resolves, for hints."""

    def resolve(self, text: str) -> Location | None:
        """The location that a text names, or None. A text with ';' that is not a name itself is the sum of its parts."""
        whole = self._one(text)
        if whole is not None or ";" not in text:
            return whole
        parts = [self._one(part) for part in text.split(";") if part.strip()]
        known = [p for p in parts if p is not None and p.members]
        if not known or len(known) < len(parts):
            return None
        if len(known) == 1:
            return known[0]
        return Location("region", text.strip(), tuple(dict.fromkeys(m for p in known for m in p.members)))

    def _one(self, text: str) -> Location | None:
        key = _key(text)
        found = self.by_key.get(key)
        if found is not None:
            return found
        outer = re.fullmatch(r"([^()]+) \(([^()]+)\)", key)
        base = self.by_key.get(outer[1]) if outer else None
        if outer is None or base is None:
            return None
        # 'Oral (Uralsk)': both names are of the same thing
        return base if self.by_key.get(outer[2]) == base else None


def locations_of(case: Case) -> Locations:
    """All names that stand for a location of a case. Exact names win over aliases, aliases over the two halves of a crossing's name."""
    gates = gates_of(case)
    tiers = (_region_names(case), _gate_names(gates), _place_names(case), _country_names(case, gates), _aliases(case), _halves(gates))
    by_key: dict[str, Location] = {}
    spelled: dict[str, str] = {}
    for tier in tiers:
        for key, (text, location) in _unambiguous(tier).items():
            if key not in by_key:
                by_key[key] = location
                spelled[key] = text
    return Locations(by_key, tuple(spelled.values()))


def resolve_location(text: str, case: Case) -> Location | None:
    """The location that a text such as 'Georgia', 'Upper Lars' or 'Kazakhstan (air)' names in a case, or None."""
    return locations_of(case).resolve(text)


Named = list[tuple[str, Location]]


def _unambiguous(named: Named) -> dict[str, tuple[str, Location]]:
    """Spellings that stand for one location only: an ambiguous alias resolves to nothing rather than to a guess."""
    found: dict[str, tuple[str, Location]] = {}
    ambiguous: set[str] = set()
    for text, location in named:
        key = _key(text)
        if key in found and found[key][1] != location:
            ambiguous.add(key)
        found.setdefault(key, (text, location))
    return {key: value for key, value in found.items() if key not in ambiguous}


def _gate_location(name: str) -> Location:
    return Location("gate", name, (name,))


def _place_location(place: Place, case: Case) -> Location:
    return _gate_location(place.name) if crosses_from_origin(place, case) else Location("place", place.name, ())


def _region_names(case: Case) -> Named:
    return [(text, Location("region", r.name, r.members)) for r in case.regions for text in (r.name, *r.alt_names)]


def _gate_names(gates: list[Gate]) -> Named:
    """Gates by name; portals also as 'Kazakhstan (air)'."""
    named = [(g.name, _gate_location(g.name)) for g in gates]
    for g in gates:
        if g.kind != "crossing":
            named += [(f"{name} ({g.kind})", _gate_location(g.name)) for name in (g.country, *COUNTRIES.get(g.country, ()))]
    return named


def _place_names(case: Case) -> Named:
    return [(p.name, _place_location(p, case)) for p in case.places]


def _country_names(case: Case, gates: list[Gate]) -> Named:
    """Countries by code and English name; '(all borders)' says the same, '(land border)' means the crossings only."""
    land: dict[str, list[str]] = {}
    for g in gates:
        if g.kind == "crossing":
            land.setdefault(g.country, []).append(g.name)
            land.setdefault(case.origin_country, []).append(g.name)
    named: Named = []
    for code, names in COUNTRIES.items():
        country = Location("country", country_name(code), (code,))
        for text in (code, *names):
            named += [(text, country), (f"{text} (all borders)", country)]
            if code in land:
                border = Location("region", f"{country.name} (land border)", tuple(land[code]))
                named += [(f"{text} ({words})", border) for words in ("land border", "land borders")]
    return named


def _aliases(case: Case) -> Named:
    return [(alias, _place_location(p, case)) for p in case.places for alias in p.alt_names]


def _halves(gates: list[Gate]) -> Named:
    """'Verkhny Lars' and 'Dariali' of the crossing 'Verkhny Lars / Dariali'."""
    return [(half, _gate_location(g.name)) for g in gates if g.kind == "crossing" and " / " in g.name for half in g.name.split(" / ")]


def is_country(code: str) -> bool:
    """Whether a text is an ISO 3166 alpha-2 code."""
    return len(code) == 2 and country_code(code) == code
