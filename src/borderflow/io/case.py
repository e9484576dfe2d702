"""A case folder to a frozen `Case`, or every problem of all its files at once.

Each object is built by itself (`io/validate.py`), then the checks between objects run on what could be built (`world/consistency.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel

from borderflow.errors import InputError, Problem
from borderflow.evidence.claim import Claim
from borderflow.evidence.kinds import KINDS
from borderflow.io.boundaries import boundary_problems
from borderflow.io.claims import parse_claims
from borderflow.io.tables import Column, read_table
from borderflow.io.validate import At, build
from borderflow.io.yaml import Document, read_yaml
from borderflow.world.consistency import Path as ObjectPath
from borderflow.world.consistency import Where, find_problems
from borderflow.world.model import Case, Group, Lane, Link, Onward, Ordinary, Place, Policy, Prior, Region, Shock, SourceClass, Target, Threshold
from borderflow.world.names import similar

TABLES: dict[str, tuple[str, type[BaseModel], dict[str, Column]]] = {
    "places.csv": (
        "places",
        Place,
        {
            "name": Column(required=True),
            "alt_names": Column(),
            "kind": Column(required=True),
            "country": Column(required=True),
            "lat": Column(required=True, number=True, below_1000=True),
            "lon": Column(required=True, number=True, below_1000=True),
            "population": Column(number=True),
            "shelter_places": Column(number=True),
            "provenance": Column(),
            "note": Column(),
        },
    ),
    "links.csv": (
        "links",
        Link,
        {
            "from": Column(required=True),
            "to": Column(required=True),
            "mode": Column(required=True),
            "distance_km": Column(required=True, number=True),
            "typical_hours": Column(required=True, number=True, below_1000=True),
            "oneway": Column(),
            "closed": Column(),
            "provenance": Column(),
            "note": Column(),
        },
    ),
    "crossings.csv": (
        "lanes",
        Lane,
        {
            "crossing": Column(required=True),
            "lane": Column(required=True),
            "direction": Column(),
            "capacity_per_day": Column(number=True),
            "growth": Column(number=True, below_1000=True),
            "growth_lag_days": Column(number=True, below_1000=True),
            "opens_hour": Column(number=True, below_1000=True),
            "closes_hour": Column(number=True, below_1000=True),
            "booths": Column(number=True),
            "service_cv": Column(number=True, below_1000=True),
            "entry_capacity_per_day": Column(number=True),
            "room": Column(number=True),
            "open": Column(),
            "provenance": Column(),
            "note": Column(),
        },
    ),
}
"""File: part of the case, description of a row, columns."""

LISTS: dict[str, type[BaseModel]] = {
    "groups": Group,
    "ordinary": Ordinary,
    "onward": Onward,
    "regions": Region,
    "sources": SourceClass,
    "priors": Prior,
    "forecast": Target,
    "thresholds": Threshold,
}
"""Lists of case.yaml."""

LIST_FILES: dict[str, tuple[str, type[BaseModel]]] = {
    "shocks.yaml": ("shocks", Shock),
    "policies.yaml": ("policies", Policy),
    "priors.yaml": ("priors", Prior),
}
FILES: tuple[str, ...] = ("case.yaml", *TABLES, *LIST_FILES, "claims.csv")
_SEMICOLON_LISTS = ("alt_names", "country")
_LABELS: dict[str, str] = {
    "places": "place '{name}'",
    "links": "link '{from}' - '{to}'",
    "lanes": "crossing '{crossing}'",
    "groups": "group '{name}'",
    "ordinary": "ordinary block '{name}'",
    "onward": "onward rule for '{country}'",
    "regions": "region '{name}'",
    "sources": "source class '{name}'",
    "priors": "prior '{name}'",
    "forecast": "forecast of '{location}'",
    "thresholds": "threshold of '{location}'",
    "shocks": "shock '{name}'",
    "policies": "policy '{name}'",
}


class Checked(NamedTuple):
    """All that reading a case folder found out."""

    case: Case | None
    """None where there are problems."""
    claims: list[Claim]
    problems: list[Problem]
    warnings: list[Problem]
    """Claims that are kept but cannot be used, and the like."""
    counts: dict[str, int]


def read_case(folder: Path) -> Case:
    """The case of a folder.

    Raises InputError with every problem of all files.
    """
    checked = inspect_case(folder)
    if checked.case is None:
        raise InputError(checked.problems)
    return checked.case


def check_case(folder: Path) -> tuple[list[Problem], dict[str, int]]:
    """Every problem of a case folder, and how many objects of each kind it has."""
    checked = inspect_case(folder)
    return checked.problems, checked.counts


def inspect_case(folder: Path) -> Checked:
    """Reads and checks a whole case folder, claims included; never raises on bad input."""
    folder = Path(folder)
    if not folder.is_dir():
        what = "is a file, must be a case folder" if folder.exists() else "the case folder does not exist"
        return Checked(None, [], [Problem(str(folder), 0, what, "name a folder with case.yaml in it")], [], {})
    reading = _Reading(folder)
    reading.problems += _misnamed_files(folder)
    case = reading.read()
    warnings: list[Problem] = []
    claims: list[Claim] = []
    if (folder / "claims.csv").exists():
        # without places every claim would be about an unknown one
        claims, problems, warnings = parse_claims(folder / "claims.csv", None if "places" in reading.unreadable else case)
        reading.problems += reading.without_doubtful(problems)
        warnings = reading.without_doubtful(warnings)
    if case.boundaries:
        reading.problems += boundary_problems(folder / case.boundaries)
    found = sorted(set(reading.problems))
    return Checked(None if found else case, claims, found, sorted(set(warnings)), _counts(case, claims))


def _counts(case: Case, claims: list[Claim]) -> dict[str, int]:
    """Sizes of a case."""
    return {
        "places": len(case.places),
        "links": len(case.links),
        "crossings": sum(p.kind == "crossing" for p in case.places),
        "lanes": len(case.lanes),
        "groups": len(case.groups),
        "shocks": len(case.shocks),
        "policies": len(case.policies),
        "priors": len(case.priors),
        "claims": len(claims),
    }


def _misnamed_files(folder: Path) -> Iterator[Problem]:
    """Files that would be passed over because their name is not quite that of a file of the case."""
    given = sorted(p.name for p in folder.iterdir())
    for name in given:
        if name not in FILES and name.lower().endswith((".csv", ".yaml", ".yml")):
            meant = similar(name, [f for f in FILES if f not in given], 0.85)
            if meant:
                yield Problem(name, 0, "no file of a case has this name", f"rename it to {meant}, or move it elsewhere")


@dataclass
class _Reading:
    """One pass over a case folder."""

    folder: Path
    problems: list[Problem] = field(default_factory=list)
    doubtful: set[str] = field(default_factory=set)
    """Names of objects that could not be built: what refers to them is not a problem of its own."""
    lines: dict[ObjectPath, tuple[str, int]] = field(default_factory=dict)
    parts: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    unreadable: set[str] = field(default_factory=set)
    """Parts of the case whose file could not be read at all."""
    lossy: set[str] = field(default_factory=set)
    """Parts of the case of which some object could not be built."""

    def read(self) -> Case:
        """The case as far as it could be built."""
        for file, (part, model, columns) in TABLES.items():
            if file == "places.csv" or (self.folder / file).exists():
                self._table(file, part, model, columns)
        for file, (part, model) in LIST_FILES.items():
            if (self.folder / file).exists():
                document = read_yaml(self.folder / file, self.problems)
                if document.bad:
                    self.unreadable.add(part)
                self._list(document, part, model, document.value, ())
        case, skip = self._case_file()
        self.problems += self.without_doubtful(find_problems(case, Where(self.lines), skip) + self._unknown_quantities(case))
        return case

    def without_doubtful(self, problems: list[Problem]) -> list[Problem]:
        """Problems that do not come from objects that were themselves refused."""
        phrases = [phrase for part in self.lossy | self.unreadable for phrase in _HIDDEN.get(part, ())]
        phrases += [f"'{name}'" for name in self.doubtful]
        return [p for p in problems if not any(phrase in p.what for phrase in phrases)] if phrases else problems

    def _table(self, file: str, part: str, model: type[BaseModel], columns: Mapping[str, Column]) -> None:
        """Builds the objects of one table."""
        table = read_table(self.folder / file, columns, self.problems)
        if any(c.required and n not in table.columns for n, c in columns.items()):
            # each row would only repeat that the column is missing
            self.unreadable.add(part)
            return
        kept: list[BaseModel] = []
        for row in table.rows:
            data = {k: _split(v) if k in _SEMICOLON_LISTS else v for k, v in row.cells.items()}
            built = None if row.broken else build(model, data, _label(part, row.cells), _at_line(file, row.line), self.problems)[0]
            self._keep(kept, built, part, row.cells, (file, row.line))
        self.parts[part] = tuple(kept)

    def _keep(self, kept: list[BaseModel], built: BaseModel | None, part: str, data: Any, at: tuple[str, int]) -> None:
        """Adds an object with its line, or its name to the doubtful ones."""
        if built is not None:
            self.lines[part, len(kept)] = at
            kept.append(built)
        else:
            self.lossy.add(part)
            if isinstance(data, Mapping) and data.get("name"):
                self.doubtful.add(str(data["name"]))

    def _list(self, document: Document, part: str, model: type[BaseModel], items: Any, root: ObjectPath) -> None:
        """Builds the objects of one list of a YAML file."""
        if items is None:
            items = []
        if not isinstance(items, list):
            what = f"{part} must be a list" if root else f"the file must be a list of {part}"
            self.problems.append(Problem(document.file, document.line(root), what, "begin each with a hyphen: - name: ..."))
            items = []
            self.unreadable.add(part)
        kept: list[BaseModel] = []
        new_index: dict[str | int, int] = {}
        for i, item in enumerate(items):
            here = (*root, i)
            built, _ = build(model, item, _label(part, item, i), _at_path(document, here), self.problems)
            new_index[i] = len(kept)
            self._keep(kept, built, part, item, (document.file, document.line(here)))
        depth = len(root)
        for path, line in document.lines.items():
            if len(path) > depth and path[:depth] == root and path[depth] in new_index:
                self.lines.setdefault((part, new_index[path[depth]], *path[depth + 1 :]), (document.file, line))
        self.parts[part] = tuple(kept)

    def _case_file(self) -> tuple[Case, set[str]]:
        """The case with everything built so far, and the checks that make no sense on it."""
        document = read_yaml(self.folder / "case.yaml", self.problems)
        values = document.value
        if not isinstance(values, dict):
            self.unreadable.update(LISTS.keys() - self.parts.keys())
        if not document.bad and not isinstance(values, dict):
            what = "the file is empty" if values is None else "the file must have keys and values"
            self.problems.append(Problem("case.yaml", 0, what, "it needs at least title, origin_country, start and as_of"))
        given: dict[str, Any] = dict(values) if isinstance(values, dict) else {}
        for part, model in LISTS.items():
            if part in given:
                self._one_place_only(part, document)
                self._list(document, part, model, given.pop(part), (part,))
        for part in ("places", "links", "lanes", "shocks", "policies"):
            if part in given:
                del given[part]
                file = next(f for f, (p, *_) in {**TABLES, **LIST_FILES}.items() if p == part)
                self.problems.append(Problem("case.yaml", document.line((part,)), f"key '{part}' does not belong here", f"put it into {file}"))
        for path, line in document.lines.items():
            if path and path[0] in given:
                self.lines[path] = (document.file, line)
        problems = self.problems if isinstance(values, dict) else []
        case, whole = build(Case, given, "case", _at_path(document, ()), problems)
        skip: set[str] = set()
        if case is None or not whole:
            skip = {"dates_in_order", "span_of_time", "steps_divide_the_day"}
        if case is None or case.origin_country == "XX":
            skip |= _NEED_ORIGIN
        case = case or Case(title="-", origin_country="XX", start="2000-01-01", as_of="2000-01-01")
        return case.model_copy(update=self.parts), skip | self._skipped()

    def _skipped(self) -> set[str]:
        """Checks that would only repeat that a file is missing or unreadable."""
        return _NEED_PLACES if "places" in self.unreadable else set()

    def _one_place_only(self, part: str, document: Document) -> None:
        if part in self.parts:
            what = "priors are given in case.yaml and in priors.yaml"
            self.problems.append(Problem(document.file, document.line((part,)), what, "keep one of the two"))

    def _unknown_quantities(self, case: Case) -> list[Problem]:
        """Misspelled quantity kinds of source classes; kinds that the model does not know are fine here as they are in claims.csv."""
        where, found = Where(self.lines), []
        for i, source in enumerate(case.sources):
            for j, kind in enumerate(source.quantities):
                meant = None if kind in KINDS else similar(kind, sorted(KINDS), 0.85)
                if meant:
                    at = where.at(("sources", i, "quantities", j))
                    found.append(Problem(*at, f"source class '{source.name}': unknown quantity kind '{kind}'", f"did you mean '{meant}'?"))
        return found


_HIDDEN: dict[str, tuple[str, ...]] = {
    "places": (
        "names nothing",
        "matches nothing",
        "cannot be reached",
        "no place of kind origin",
        "leads",
        "has no air portal",
        "has no rail portal",
    ),
    "links": ("matches nothing", "cannot be reached", "leads", "has no air portal", "has no rail portal"),
    "lanes": ("matches nothing",),
    "ordinary": ("names nothing", "matches nothing", "leads", "has no air portal", "has no rail portal"),
    "groups": ("names nothing", "matches nothing", "has no groups"),
    "shocks": ("matches nothing", "names nothing"),
    "policies": ("names nothing",),
    "regions": ("names nothing",),
}
"""Words of problems that may only follow from an object of this part that was refused."""
_NEED_ORIGIN = {
    "unknown_countries",
    "lanes_without_crossing",
    "unreachable_crossings",
    "origins_without_people",
    "unknown_in_ordinary",
    "unknown_in_onward_and_appeal",
    "unknown_in_seats",
    "unknown_in_regions",
    "unknown_in_forecast",
    "priors_name_attributes",
    "changes_name_dated_attributes",
}
_NEED_PLACES = {*_NEED_ORIGIN, "links_to_unknown_places", "unknown_in_groups", "unknown_in_translations"} - {"unknown_countries"}


def _at_line(file: str, line: int) -> At:
    """Every part of a row stands in its line."""
    return lambda loc: (file, line)


def _at_path(document: Document, root: ObjectPath) -> At:
    """Lines of the parts of the object at `root` of a document."""
    return lambda loc: (document.file, document.line((*root, *loc)))


def _split(text: str) -> tuple[str, ...]:
    """Parts of a cell separated by semicolons."""
    return tuple(part.strip() for part in text.split(";") if part.strip())


def _label(part: str, data: Any, i: int = 0) -> str:
    """What an object is called in messages: its name, or its place in the list where it has none."""
    values = {k: v for k, v in data.items() if isinstance(v, str)} if isinstance(data, Mapping) else {}
    try:
        return _LABELS[part].format_map(values)
    except KeyError:
        word = _LABELS[part].partition(" '")[0]
        return f"{word} without a name" if part in ("places", "links", "lanes") else f"{word} no. {i + 1}"
