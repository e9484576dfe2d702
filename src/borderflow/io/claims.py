"""claims.csv to claims and back: the contract of a case folder's evidence. What a claim means is decided in `observe`.

Columns that the contract does not know are kept; a claim that the model cannot express is not an error here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import NamedTuple

from borderflow.errors import InputError, Problem
from borderflow.evidence.claim import Claim
from borderflow.evidence.kinds import KINDS
from borderflow.io.tables import Column, Row, Table, format_number, format_table, is_number, read_table, used_columns
from borderflow.io.write import atomic_write
from borderflow.world.model import Case
from borderflow.world.names import Locations, locations_of, nearest, similar

FLOWS: tuple[str, ...] = ("flow", "rate", "cumulative", "stock", "queue", "duration", "distance", "ratio", "share", "price")
DIRECTIONS: tuple[str, ...] = ("entries", "exits", "both", "net", "stock", "returns")
"""Besides these, exits_from_XX by country code."""
MODES: tuple[str, ...] = ("car", "bus", "lorry", "foot", "air", "rail", "all")
WHO: tuple[str, ...] = ("citizens", "all", "men")
STATUSES: tuple[str, ...] = ("candidate", "accepted", "rejected", "superseded", "context")
REQUIRED: tuple[str, ...] = ("claim_id", "as_of", "quantity_kind", "value_low", "value_high", "unit", "flow", "place_canonical")
NEVER_EMPTY: tuple[str, ...] = ("claim_id", "as_of", "quantity_kind", "flow", "place_canonical")
OPTIONAL: tuple[str, ...] = (
    *("window_start", "window_end", "hedge", "direction", "mode", "who", "place_text", "country", "source_attribution", "provenance"),
    *("reference", "confidence", "note", "quote", "start", "end", "status", "duplicate_of"),
)
ORDER: tuple[str, ...] = (
    *("claim_id", "as_of", "window_start", "window_end", "quantity_kind", "value_low", "value_high", "hedge", "unit", "flow", "direction"),
    *("mode", "who", "place_text", "place_canonical", "country", "source_attribution", "provenance", "reference", "confidence", "note"),
    *("quote", "status", "duplicate_of"),
)
"""Order in which claims are written; extra columns follow."""
_KEPT_AS_UNUSED = "the claim is kept as unused"
_TYPO = 0.8
"""A place this similar to a known one is a misspelling of it."""
_WORD_TYPO = 0.7
"""The same for words of a closed list, which are few and unlike each other."""
_WHEN = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?))?", re.ASCII)
_DAY = timedelta(days=1)


class ClaimTable(NamedTuple):
    """Claims in the order of the file, and what a reader should know about them that is not an error."""

    claims: list[Claim]
    warnings: list[Problem]


def read_claims(path: Path, case: Case | None = None) -> ClaimTable:
    """The claims of a file; with a case, their places are checked against its names.

    Raises InputError with every problem of the file.
    """
    claims, problems, warnings = parse_claims(Path(path), case)
    if problems:
        raise InputError(problems)
    return ClaimTable(claims, sorted(set(warnings)))


def parse_claims(path: Path, case: Case | None = None) -> tuple[list[Claim], list[Problem], list[Problem]]:
    """(claims, problems, warnings) of a file; rows with a problem give no claim."""
    problems: list[Problem] = []
    table = read_table(path, _COLUMNS, problems, extra=True)
    id_column = next((name for name in ("claim_id", "fact_id") if name in table.columns), "")
    if table.columns and not id_column:
        found = similar("claim_id", [c for c in table.columns if c not in _COLUMNS], 0.7)
        remedy = f"rename '{found}'" if found else "add one; fact_id is fine too"
        problems.append(Problem(table.file, 1, "column 'claim_id' is missing", remedy))
    if any(name not in table.columns for name in REQUIRED[1:]) or not id_column:
        return [], problems, []
    reader = _Reader(table, id_column, problems, locations_of(case) if case is not None else None)
    claims = [claim for row in table.rows if (claim := reader.claim(row)) is not None]
    reader.check_duplicates(claims)
    reader.check_columns()
    return claims, problems, reader.warnings


def parse_row_problems(cells: Mapping[str, str]) -> list[Problem]:
    """What is wrong with single cells of a claim, each by itself: numbers, dates and words of closed lists."""
    problems: list[Problem] = []
    reader = _Reader(Table("", tuple(cells)), "claim_id", problems, None)
    row = Row(0, {**dict.fromkeys(NEVER_EMPTY, "?"), "flow": FLOWS[0], **{k: v for k, v in cells.items() if v}})
    reader._check_words(row, "?")
    for name in ("value_low", "value_high"):
        reader._value(row, "?", name)
    for name in ("as_of", "window_start", "window_end"):
        if name in cells:
            reader._when(row, "?", name)
    return problems


_COLUMNS: dict[str, Column] = {
    name: Column(required=name in REQUIRED[1:], number=name in ("value_low", "value_high")) for name in (*REQUIRED, *OPTIONAL)
}


@dataclass
class _Reader:
    """Turns the rows of one table into claims, collecting problems and warnings."""

    table: Table
    id_column: str
    problems: list[Problem]
    locations: Locations | None
    warnings: list[Problem] = field(default_factory=list)
    line_of: dict[str, int] = field(default_factory=dict)
    """Claim id -> line of its row."""
    judged: dict[str, tuple[bool, str, str] | None] = field(default_factory=dict)
    """Place texts looked up so far: None = known, else (error, what, remedy)."""

    def claim(self, row: Row) -> Claim | None:
        """The claim of one row, or None where the row has a problem."""
        before = len(self.problems)
        name = self._id(row)
        if row.broken:
            return None
        self._check_words(row, name)
        values = self._value(row, name, "value_low"), self._value(row, name, "value_high")
        times = self._when(row, name, "as_of"), self._when(row, name, "window_start"), self._when(row, name, "window_end")
        self._check_values(row, name, *values)
        self._check_window(row, name, *times)
        self._check_place(row, name)
        as_of, start, end = times
        return _claim(row, name, self.table.columns, values, (as_of, start, end)) if as_of is not None and len(self.problems) == before else None

    def check_duplicates(self, claims: Iterable[Claim]) -> None:
        """`duplicate_of` must name other claims; one that stands in another file is a warning."""
        for claim in claims:
            for other in claim.duplicate_of:
                if other == claim.claim_id:
                    self._problem(claim.line, claim.claim_id, "duplicate_of names the claim itself", "name the claim that it restates")
                elif other not in self.line_of:
                    what = f"duplicate_of '{other}' is not a claim of this file"
                    self._warn(claim.line, claim.claim_id, what, nearest(other, self.line_of) if len(self.line_of) < 5000 else "")

    def check_columns(self) -> None:
        """Extra columns that look like a misspelled column of the contract get a warning."""
        for name in self.table.columns:
            if name not in _COLUMNS and name != "fact_id":
                meant = similar(name, [c for c in OPTIONAL if c not in self.table.columns], _TYPO)
                if meant:
                    self.warnings.append(Problem(self.table.file, 1, f"column '{name}' is kept as an extra column", f"did you mean '{meant}'?"))

    def _problem(self, line: int, name: str, what: str, remedy: str) -> None:
        self.problems.append(Problem(self.table.file, line, f"claim '{name}': {what}", remedy))

    def _warn(self, line: int, name: str, what: str, remedy: str) -> None:
        self.warnings.append(Problem(self.table.file, line, f"claim '{name}': {what}", remedy))

    def _id(self, row: Row) -> str:
        """The row's id; reports ids that are missing or taken."""
        name = row.cells.get(self.id_column, "")
        if not name and not row.broken:
            self._problem(row.line, name, f"{self.id_column} is missing", "give every claim an id of its own")
        elif name in self.line_of:
            what = f"{self.id_column} is given twice, the first time in line {self.line_of[name]}"
            self._problem(row.line, name, what, "give every claim an id of its own")
        self.line_of.setdefault(name, row.line)
        return name

    def _check_words(self, row: Row, name: str) -> None:
        """Cells that must not be empty, and cells with a closed list of words."""
        cells = row.cells
        for column in NEVER_EMPTY[1:]:
            if column not in cells:
                self._problem(row.line, name, f"{column} is missing", "fill it in")
        flow = cells.get("flow", "flow")
        if flow not in FLOWS:
            self._problem(row.line, name, f"flow '{flow}' must be one of {', '.join(FLOWS)}", nearest(flow, FLOWS))
        for code in _split(cells.get("country", "")):
            if not re.fullmatch("[A-Z]{2}", code):
                self._problem(
                    row.line, name, f"country '{code}' must be an ISO 3166 alpha-2 code", "separate several by ;, write near;far for a crossing"
                )
        for column, known in (("direction", DIRECTIONS), ("mode", MODES), ("who", WHO), ("status", STATUSES)):
            word = cells.get(column, "")
            if word and word not in known and not (column == "direction" and re.fullmatch("exits_from_[A-Z]{2}", word)):
                self._unknown_word(row.line, name, column, word, known)

    def _unknown_word(self, line: int, name: str, column: str, word: str, known: tuple[str, ...]) -> None:
        """A misspelling is a problem, a word of its own a warning."""
        meant = similar(word, known, _WORD_TYPO)
        if meant:
            self._problem(line, name, f"{column} '{word}' must be one of {', '.join(known)}", f"did you mean '{meant}'?")
        else:
            self._warn(line, name, f"{column} '{word}' is not known to the model", _KEPT_AS_UNUSED)

    def _value(self, row: Row, name: str, column: str) -> float | None:
        """The number of a cell; None, with a problem, where it is none."""
        text = row.cells.get(column, "")
        if not text:
            return None
        if not is_number(text) or abs(float(text)) > 1e15:
            what = f"{column} '{text}' must be a number"
            self._problem(row.line, name, what, "write digits; put words such as 'about' into hedge")
            return None
        return float(text)

    def _when(self, row: Row, name: str, column: str) -> datetime | None:
        """The instant of a cell; a date in `window_end` is inclusive, so it ends on the next midnight."""
        text = row.cells.get(column, "")
        if not text:
            return None
        try:
            day, clock = parse_when(text)
        except ValueError as error:
            self._problem(row.line, name, f"{column} '{text}' {error}", "write 2022-09-28, or 2022-09-28T10:00 with a clock time")
            return None
        start = datetime.combine(day, clock or time())
        return start + _DAY if column == "window_end" and clock is None else start

    def _check_values(self, row: Row, name: str, low: float | None, high: float | None) -> None:
        if not row.cells.get("value_low") and not row.cells.get("value_high"):
            self._problem(row.line, name, "value_low and value_high are both empty, one must be given", "a bound on one side is fine")
        elif low is not None and high is not None and low > high:
            self._problem(row.line, name, f"value_low {low:g} must be <= value_high {high:g}", "swap them")

    def _check_window(self, row: Row, name: str, as_of: datetime | None, start: datetime | None, end: datetime | None) -> None:
        """The window must be in order, and a claim of a kind that the model knows must not look ahead."""
        if start is None:
            return
        # an end without clock time that falls on the start is the day before it
        whole_days = ":" not in row.cells.get("window_end", "")
        if end is not None and (start > end or (start == end and whole_days)):
            what = f"window_start {written(start)} is after window_end {row.cells['window_end']}"
            self._problem(row.line, name, what, "swap them")
        elif as_of is not None and row.cells.get("quantity_kind") in KINDS and as_of.date() < start.date():
            what = f"as_of {written(as_of)} is before window_start {written(start)}: stated before it happened"
            self._problem(row.line, name, what, "correct the dates; an expectation is not a claim about what was counted")

    def _check_place(self, row: Row, name: str) -> None:
        """A misspelled place is a problem, one that the case does not have a warning."""
        place = row.cells.get("place_canonical", "")
        if self.locations is None or not place:
            return
        if place not in self.judged:
            self.judged[place] = judge_place(place, self.locations)
        verdict = self.judged[place]
        if verdict is not None:
            error, what, remedy = verdict
            (self._problem if error else self._warn)(row.line, name, what, remedy)


def judge_place(text: str, locations: Locations) -> tuple[bool, str, str] | None:
    """None for a known place; else whether it is an error (a misspelling), what it is, and the remedy."""
    if locations.resolve(text) is not None:
        return None
    what = f"unknown place '{text}'"
    base = re.sub(r"\s*\([^()]*\)$", "", text)
    if base != text and locations.resolve(base) is not None:
        # 'Finland (sea border)': a part of something known, not a misspelling
        return False, what, _KEPT_AS_UNUSED
    meant = similar(text, locations.names, _TYPO)
    return (True, what, f"did you mean '{meant}'?") if meant else (False, what, _KEPT_AS_UNUSED)


def _claim(
    row: Row, name: str, columns: tuple[str, ...], values: tuple[float | None, float | None], times: tuple[datetime, datetime | None, datetime | None]
) -> Claim:
    """A claim of a row whose cells are all in order."""
    cells = row.cells
    known = {*ORDER, "fact_id"} if "claim_id" not in columns else {*ORDER}
    texts = ("unit", "hedge", "direction", "mode", "who", "place_text", "provenance", "reference", "confidence", "note", "quote", "status")
    return Claim(
        claim_id=name,
        as_of=times[0],
        quantity_kind=cells["quantity_kind"],
        value_low=values[0],
        value_high=values[1],
        flow=cells["flow"],
        place=cells["place_canonical"],
        window_start=times[1],
        window_end=times[2],
        country=_split(cells.get("country", "")),
        source=cells.get("source_attribution", ""),
        duplicate_of=_split(cells.get("duplicate_of", "")),
        extra={column: cells.get(column, "") for column in columns if column not in known},
        line=row.line,
        **{column: cells.get(column, "") for column in texts},
    )


def parse_when(text: str) -> tuple[date, time | None]:
    """Day and, if given, clock time of a text such as 2022-09-28 or 2022-09-28T10:00.

    Raises ValueError with the expectation.
    """
    found = _WHEN.fullmatch(text)
    if not found:
        zone = re.search(r"(Z|[+-]\d{2}:?\d{2})$", text) if "T" in text else None
        raise ValueError("must be local, without a time zone" if zone else "must be year-month-day")
    try:
        day, clock = date.fromisoformat(found[1]), time.fromisoformat(found[2]) if found[2] else None
    except ValueError:
        raise ValueError("is not a date of the calendar") from None
    if not 1900 <= day.year <= 2200:
        raise ValueError("must be between the years 1900 and 2200")
    return day, clock


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())


# ---- writing --------------------------------------------------------------------------------------------------------


def written(when: datetime) -> str:
    """An instant as it is written: a date at midnight, else with the clock time."""
    return when.date().isoformat() if when.time() == time() else when.isoformat(timespec="auto" if when.second or when.microsecond else "minutes")


def written_end(end: datetime, start: datetime | None) -> str:
    """An exclusive end as it is written: the last day if it is a midnight, unless the window is one moment."""
    if end.time() == time() and end != start:
        return (end - _DAY).date().isoformat()
    return end.isoformat(timespec="auto" if end.second or end.microsecond else "minutes")


def write_claims(path: Path, claims: Iterable[Claim]) -> None:
    """Writes claims as claims.csv, all at once or not at all; reading gives the same claims."""
    atomic_write(Path(path), claims_text([claim_cells(claim) for claim in claims]))


def claims_text(rows: Collection[Mapping[str, str]]) -> str:
    """The text of claims.csv of rows of cells; columns that the contract does not know follow those that it does."""
    extra = dict.fromkeys(name for row in rows for name in row if name not in ORDER)
    return format_table([*used_columns(ORDER, rows, REQUIRED), *extra], rows)


def claim_cells(claim: Claim) -> Mapping[str, str]:
    """The cells of one claim."""
    values = {"value_low": claim.value_low, "value_high": claim.value_high}
    start, end = claim.window_start, claim.window_end
    one_moment = start is not None and start == end
    texts = (
        *("claim_id", "quantity_kind", "unit", "flow", "hedge", "direction", "mode", "who", "place_text", "provenance"),
        *("reference", "confidence", "note", "quote", "status"),
    )
    return {
        **{name: getattr(claim, name) for name in texts},
        **{name: "" if value is None else format_number(value) for name, value in values.items()},
        "as_of": written(claim.as_of),
        "window_start": "" if start is None else start.isoformat(timespec="minutes") if one_moment and start.time() == time() else written(start),
        "window_end": "" if end is None else written_end(end, start),
        "place_canonical": claim.place,
        "country": ";".join(claim.country),
        "source_attribution": claim.source,
        "duplicate_of": ";".join(claim.duplicate_of),
        **claim.extra,
    }
