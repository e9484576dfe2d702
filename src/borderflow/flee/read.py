"""A Flee instance folder to `Instance`, or every problem at once with file and line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

from borderflow.errors import InputError, Problem
from borderflow.flee import check
from borderflow.flee.instance import (
    FIXES,
    Agent,
    Closure,
    Correction,
    DailyTable,
    DataRow,
    Demographic,
    Instance,
    Link,
    Location,
    LocationChange,
    Series,
)
from borderflow.flee.settings import Settings, read_settings
from borderflow.flee.sheet import Line, Sheet

KINDS = (("camp", "camp"), ("conflict", "conflict"), ("forward", "forward"), ("marker", "marker"), ("flood_zone", "flood_zone"))
CLOSURES = ("country", "location", "link", "camp", "idpcamp", "remove_forced_redirection")
DATE = "YYYY-MM-DD"


def read_instance(folder: Path | str, settings: Path | str | None = None, fixes: frozenset[str] = frozenset()) -> Instance:
    """The instance in a folder, under the settings file given (default: its own simsetting.yml). Raises InputError with every problem."""
    return _Folder(Path(folder), Path(settings) if settings else None, frozenset(FIXES) if "all" in fixes else fixes).read()


def kind_of(text: str) -> str:
    """What Flee takes a type for: the first of its words that occurs in the text, or '' for none."""
    low = text.lower()
    for word, kind in KINDS:
        if word in low:
            return "idpcamp" if kind == "camp" and "idp" in low else kind
    return "town" if "default" in low or "town" in low else ""


class _Folder:
    """Reads one folder; problems and notices gather here."""

    def __init__(self, folder: Path, settings: Path | None, fixes: frozenset[str]) -> None:
        self.folder, self.settings_file, self.fixes = folder, settings, fixes
        self.problems: list[Problem] = []
        self.notices: list[str] = []
        for name in sorted(fixes - set(FIXES)):
            self.problems.append(Problem("--fix", 0, f"'{name}' is no fix", f"use all, or one of {', '.join(FIXES)}"))
        self.input = next((folder / n for n in ("input_csv", "input_files") if (folder / n).is_dir()), folder / "input_csv")
        self.source = folder / "source_data"
        self.sheet = Sheet(self.problems, self.notices, fixes)

    def read(self) -> Instance:
        if not self.folder.is_dir():
            raise InputError(
                [Problem(str(self.folder), 0, "is not a folder", "give the folder that holds input_csv, source_data and simsetting.yml")]
            )
        for needed in (self.input, self.source):
            if not needed.is_dir():
                self.problems.append(Problem(needed.name, 0, f"the folder is missing in {self.folder}", "an instance has input_csv and source_data"))
        if self.problems:
            raise InputError(self.problems)
        settings = self.settings()
        start, days = self.period()
        locations = self.locations(settings)
        index = {place.name: i for i, place in reversed(list(enumerate(locations)))}
        instance = Instance(
            name=self.folder.resolve().name,
            start=start,
            days=days,
            settings=settings,
            locations=locations,
            links=self.links(index),
            closures=self.closures(),
            conflicts=self.daily("conflicts.csv", days) if self.needs_conflicts(settings) else None,
            data=self.layout(start),
            corrections=self.corrections(start),
            demographics=self.demographics(),
            floods=self.daily("flood_level.csv", days) if settings.flood_zone_spawning_only else None,
            ipc=self.daily("region_attributes_IPC.csv", days) if (self.input / "region_attributes_IPC.csv").is_file() else None,
            major_routes=self.major_routes(index) if settings.fixed_routes else (),
            location_changes=self.location_changes(),
            agents=self.agents(index) if settings.read_from_agents_csv_file else (),
            fixes=self.fixes,
        )
        instance = check.whole(instance, self.problems, self.notices)
        if self.problems:
            raise InputError(list(dict.fromkeys(self.problems)))
        return replace(instance, notices=tuple(dict.fromkeys(self.notices)))

    # -- settings and period

    def settings(self) -> Settings:
        path = self.settings_file or self.folder / "simsetting.yml"
        if not path.is_file():
            self.problems.append(Problem(path.name, 0, f"the settings file is missing ({path})", "give one with --settings FILE"))
            return Settings()
        return read_settings(path, self.fixes, self.problems, self.notices)

    def period(self) -> tuple[date, int]:
        path = self.input / "sim_period.csv"
        if not path.is_file():
            old = self.input / "conflict_period.csv"
            remedy = f"copy {old.name} to it" if old.is_file() else "write its two lines: StartDate,YYYY-MM-DD and Length,days"
            self.problems.append(Problem(path.name, 0, "the file is missing", remedy))
            return date(2000, 1, 1), 0
        start, days = None, None
        for line in self.sheet.lines(path):
            key = line.cell(0).strip().lower()
            if key == "startdate":
                start = line.day(1, "StartDate")
            elif key == "length":
                days = line.whole(1, "Length")
                if days is not None and days < 1:
                    line.problem(f"Length is {days}, must be at least 1", "give the number of days")
        for name, value in (("StartDate", start), ("Length", days)):
            if value is None and not any(p.file == path.name for p in self.problems):
                self.problems.append(Problem(path.name, 0, f"the line {name} is missing", f"write {name},{DATE if name == 'StartDate' else 'days'}"))
        return start or date(2000, 1, 1), max(days or 0, 0)

    # -- geography

    def locations(self, settings: Settings) -> tuple[Location, ...]:
        path = self.input / "locations.csv"
        extra: list[str] = []
        found: list[Location] = []
        for line in self.sheet.lines(path, comments=True):
            if line.comment:
                extra = [c.strip() for c in line.cells[8:]] if len(line.cells) > 8 else extra
                continue
            place = self.location(line, extra)
            if place is None:
                continue
            if any(place.name == other.name for other in found):
                line.problem(f"the name '{place.name}' is given twice", "rename one of them")
            found.append(place)
        if not found and path.is_file() and not any(p.file == path.name for p in self.problems):
            self.problems.append(Problem(path.name, 0, "the file has no places", "one row a place, the first in the home country"))
        return tuple(found)

    def location(self, line: Line, extra: list[str]) -> Location | None:
        if line.cell(0).lower() in ("name", "#name") and line.cell(5).lower() in ("location_type", "type"):
            line.problem("the header is taken for a place and its country for the home country", "begin the line with #")
            return None
        if len(line.cells) < 6:
            line.problem(f"the row has {len(line.cells)} columns, must have name, region, country, x, y, type, conflict date, population", "")
            return None
        name, kind = line.cell(0), kind_of(line.cell(5))
        what = f"place '{name}': "
        if not kind:
            if kind_of(line.cell(3)) or kind_of(line.cell(4)) or kind_of(line.cell(6)) or kind_of(line.cell(7)):
                line.problem(
                    f"{what}the type stands in the wrong column ('{line.cell(5)}' is none)",
                    "order: name, region, country, x, y, type, date, population",
                )
                return None
            self.notices.append(
                f"locations.csv line {line.number}: type '{line.cell(5)}' is unknown to Flee, the place has the default move chance and no flag"
            )
        x, y = line.number_at(3, f"{what}gps_x"), line.number_at(4, f"{what}gps_y")
        onset = (line.whole(6, f"{what}conflict_date") if line.cell(6) or kind == "conflict" else 0) if kind == "conflict" else 0
        people = line.whole(7, f"{what}population or capacity") if line.cell(7) else 0
        if (people or 0) < 0:
            line.problem(f"{what}population or capacity is {people}, must not be negative", "")
        attributes = {key: line.cell(8 + i) for i, key in enumerate(extra) if key}
        region, country = line.cell(1) or "unknown", line.cell(2) or "unknown"
        return Location(name, region, country, x or 0.0, y or 0.0, kind, onset or 0, people or 0, attributes, line.number)

    def links(self, index: Mapping[str, int]) -> tuple[Link, ...]:
        path = self.input / "routes.csv"
        extra: list[str] = []
        found: list[Link] = []
        for line in self.sheet.lines(path, comments=True):
            if line.comment:
                extra = [c.strip() for c in line.cells[4:]]
                continue
            if len(line.cells) < 3:
                line.problem(f"the row has {len(line.cells)} columns, must have name1, name2, distance", "")
                continue
            ends = [self.place(line, i, index) for i in (0, 1)]
            km = line.number_at(2, f"route {line.cell(0)} - {line.cell(1)}: distance")
            redirection = line.whole(3, "forced_redirection") if line.cell(3) else 0
            rates: dict[str, float | None] = {}
            for i, name in enumerate(extra):
                if name in ("max_move_speed", "walk_probability"):
                    rates[name] = line.number_at(4 + i, name)
            if None in ends or km is None or redirection is None:
                continue
            if km < 0:
                line.problem(f"distance is {km:g} km, must not be negative", "")
            speed, walk = rates.get("max_move_speed"), rates.get("walk_probability")
            if speed is not None and speed <= 0:
                line.problem(f"max_move_speed is {speed:g} km a day, must be above 0", "")
            if walk is not None and not 0 <= walk <= 1:
                line.problem(f"walk_probability is {walk:g}, must be between 0 and 1", "")
            a, b = (e for e in ends if e is not None)
            found.append(Link(a, b, km, redirection, speed, walk, line.number))
        return tuple(found)

    def place(self, line: Line, column: int, index: Mapping[str, int]) -> int | None:
        """Index of the place named in a column; a problem if there is none, unless that is fixed."""
        name = line.cell(column)
        if name in index:
            return index[name]
        if "unknown-routes" in self.fixes:
            self.notices.append(f"{line.file} line {line.number}: '{name}' is no place of locations.csv, the row is left out (--fix unknown-routes)")
            return None
        near = next((n for n in index if n.lower() == name.lower()), None)
        hint = f"write '{near}', " if near else "add it there, "
        line.problem(f"'{name}' is no place of locations.csv", hint + "or leave such rows out with --fix unknown-routes")
        return None

    def major_routes(self, index: Mapping[str, int]) -> tuple[tuple[int, ...], ...]:
        path = self.input / "major_routes.csv"
        found = []
        for line in self.sheet.lines(path) if path.is_file() else ():
            chain = [self.place(line, i, index) for i, name in enumerate(line.cells) if name.strip()]
            if len(chain) < 2:
                line.problem("a major route needs at least two places", "")
            found.append(tuple(i for i in chain if i is not None))
        return tuple(found)

    def closures(self) -> tuple[Closure, ...]:
        path = self.input / "closures.csv"
        found = []
        for line in self.sheet.lines(path):
            kind = line.cell(0)
            if len(line.cells) < 5:
                line.problem(f"the row has {len(line.cells)} columns, must have type, name1, name2, start, end", "")
                continue
            if kind not in CLOSURES:
                line.problem(f"closure type '{kind}' is unknown, must be one of {', '.join(CLOSURES)}", "")
                continue
            start, end = line.whole(3, "closure_start"), line.whole(4, "closure_end")
            if start is not None and end is not None:
                found.append(Closure(kind, line.cell(1), line.cell(2), start, end, line.number))
        return tuple(found)

    def location_changes(self) -> tuple[LocationChange, ...]:
        """Flee reads location_changes.csv from its working directory; here it stands in the instance, or in its input folder."""
        path = next((p / "location_changes.csv" for p in (self.folder, self.input) if (p / "location_changes.csv").is_file()), None)
        found = []
        for line in self.sheet.lines(path) if path else ():
            kind, day = kind_of(line.cell(1)), line.whole(2, "day")
            if not kind:
                line.problem(f"type '{line.cell(1)}' is unknown", "use camp, idpcamp, conflict_zone, town, marker, forwarding_hub or flood_zone")
            elif day is not None:
                found.append(LocationChange(line.cell(0), kind, day, line.number))
        return tuple(found)

    # -- tables by day

    def needs_conflicts(self, settings: Settings) -> bool:
        return not settings.flood_zone_spawning_only or (self.input / "conflicts.csv").is_file()

    def daily(self, file: str, days: int) -> DailyTable | None:
        """A table with a day and values by name; rows of conflicts.csv and flood_level.csv count from 0 whatever their first cell says."""
        path = self.input / file
        by_row = file != "region_attributes_IPC.csv"
        names: tuple[str, ...] = ()
        rows: list[tuple[float, ...]] = []
        at: list[int] = []
        for line in self.sheet.lines(path, comments=True):
            if line.comment:
                if not names:
                    names = self.header(line)
                continue
            if not names:
                line.problem("the first line is not a header", "begin with #Day and the names of the places")
                return None
            day = len(rows) if by_row else line.whole(0, "day")
            values = [line.number_at(1 + i, f"'{name}'") if name else 0.0 for i, name in enumerate(names)]
            for i, cell in enumerate(line.cells[1:]):
                if cell.strip() and (i >= len(names) or not names[i]):
                    line.problem(f"column {i + 2} has a value ({cell}) but no name in the header", "name it or remove the value")
            if by_row and line.cell(0).isdigit() and int(line.cell(0)) != day:
                self.notices.append(f"{file} line {line.number}: the day is given as {line.cell(0)}, but Flee counts rows: it is day {day}")
            if day is not None and all(v is not None for v in values):
                rows.append(tuple(v for v in values if v is not None))
                at.append(day)
            elif by_row:
                rows.append((0.0,) * len(names))
                at.append(len(at))
        if not path.is_file():
            return None
        if by_row and len(rows) < days:
            if "short-tables" in self.fixes and rows:
                rows.extend([rows[-1]] * (days - len(rows)))
                at = list(range(days))
            else:
                what = f"the table has {len(rows)} days, the period has {days}: the run would stop on day {len(rows)}"
                self.problems.append(
                    Problem(file, 0, what, f"add the days, use --until {len(rows)}, or let the last row hold with --fix short-tables")
                )
        keep = [i for i, name in enumerate(names) if name]
        return DailyTable(tuple(names[i] for i in keep), tuple(at), tuple(tuple(row[i] for i in keep) for row in rows))

    def header(self, line: Line) -> tuple[str, ...]:
        names = tuple(c.strip() for c in line.cells[1:])
        for name in {n for n in names if n and names.count(n) > 1}:
            line.problem(f"the name '{name}' is given twice in the header", "keep one column")
        return names

    # -- data

    def layout(self, start: date) -> tuple[DataRow, ...]:
        path = self.source / "data_layout.csv"
        rows: list[DataRow] = []
        files: dict[str, Series] = {}
        for line in self.sheet.lines(path):
            series = []
            for cell in line.cells[1:]:
                file = cell.strip()
                if not file:
                    continue
                if file not in files:
                    files[file] = self.series(line, file, start)
                series.append(files[file])
            if not series:
                line.problem(f"'{line.cell(0)}' has no data file", "name one after the comma")
            rows.append(DataRow(line.cell(0), tuple(series)))
            if len(rows) == 1 and rows[0].name != "total":
                line.problem(f"the first row is '{rows[0].name}', must be total,refugees.csv", "Flee leaves the first row out when it adds the camps")
        return tuple(rows)

    def series(self, at: Line, file: str, start: date) -> Series:
        path = self.source / file
        if not path.is_file():
            at.problem(f"data file {file} of '{at.cell(0)}' is missing in {self.source.name}", "add it, or remove it from the row")
            return Series(file, (), ())
        days, counts = [], []
        for i, line in enumerate(self.sheet.lines(path)):
            if i == 0 and line.cell(0) in ("", "Date", "DateTime"):
                continue
            if not line.cell(1):
                if len(line.cells) < 2:
                    line.problem("the row has no count", "write date,count")
                continue
            day, count = line.day(0, "date"), line.whole(1, "count")
            if day is not None and count is not None:
                days.append((day - start).days)
                counts.append(count)
        if not days and not any(p.file == path.name for p in self.problems):
            self.problems.append(Problem(path.name, 0, "the file has no counts", "one row a date: YYYY-MM-DD,count"))
        if any(b < a for a, b in pairwise(days)) and "sorted" not in self.fixes:
            self.notices.append(f"{file}: dates are not in order; Flee takes the rows as they stand (--fix sorted puts them in order)")
        return Series(file, tuple(days), tuple(counts))

    def corrections(self, start: date) -> tuple[Correction, ...]:
        path = self.input / "registration_corrections.csv"
        found = []
        for line in self.sheet.lines(path, skip_comments=False) if path.is_file() else ():
            day = line.day(1, "date")
            if day is not None and (day - start).days >= 0:
                found.append(Correction(line.cell(0), (day - start).days, line.number))
        return tuple(found)

    # -- people

    def demographics(self) -> tuple[Demographic, ...]:
        found = []
        for path in sorted(self.input.glob("demographics_*.csv")):
            columns: list[str] = []
            rows: list[tuple[str, list[float]]] = []
            for line in self.sheet.lines(path):
                if not columns:
                    columns = [c.strip() for c in line.cells[1:]]
                    if "Default" not in columns:
                        line.problem("the header has no column Default", "it holds the weights of every origin without a column")
                    continue
                weights = [line.number_at(1 + i, f"weight of '{line.cell(0)}'") for i in range(len(columns))]
                if any(w is not None and w < 0 for w in weights):
                    line.problem(f"a weight of '{line.cell(0)}' is negative", "")
                rows.append((line.cell(0), [w or 0.0 for w in weights]))
            attribute = path.stem.removeprefix("demographics_").split("_")[0].split(".")[0]
            weights_of = {name: tuple(row[1][i] for row in rows) for i, name in enumerate(columns)}
            if any(sum(w) <= 0 for w in weights_of.values()) or not rows:
                self.problems.append(Problem(path.name, 0, "the weights of a column add up to nothing", "give at least one above 0"))
            found.append(Demographic(attribute, tuple(row[0] for row in rows), weights_of))
        return tuple(found)

    def agents(self, index: Mapping[str, int]) -> tuple[Agent, ...]:
        path = self.input / "agents.csv"
        header: list[str] = []
        found = []
        for line in self.sheet.lines(path):
            if not header:
                header = [c.strip() for c in line.cells]
            elif self.place(line, 0, index) is not None:
                found.append(Agent(line.cell(0), dict(zip(header[1:], (c.strip() for c in line.cells[1:]), strict=False)), line.number))
        return tuple(found)
