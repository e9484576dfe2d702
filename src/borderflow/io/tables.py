"""Comma-separated tables and their quirks: separators, decimal commas, thousands, ragged rows, line numbers.

A table comes out as rows of named text cells. What the cells mean is not decided here.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from borderflow.errors import Problem
from borderflow.io.text import read_text
from borderflow.world.names import nearest, similar

SEPARATORS: tuple[str, ...] = (",", ";", "\t")
_SPACES = "\u0020\u00a0\u2009\u202f'"
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", re.ASCII)
_SPACED = re.compile(rf"[-+]?\d{{1,3}}([{_SPACES}])\d{{3}}(\1\d{{3}})*([.,]\d+)?", re.ASCII)


@dataclass(frozen=True)
class Column:
    """What the reader needs to know of a column."""

    required: bool = False
    """The header must have it."""
    number: bool = False
    below_1000: bool = False
    """Numbers that cannot reach 1000 (degrees, hours of a day): a comma in them is a decimal comma."""


@dataclass(frozen=True)
class Row:
    """One row: its first line in the file, its non-empty cells, and whether it could be taken apart."""

    line: int
    cells: Mapping[str, str]
    broken: bool = False
    """Ragged: reported already, its content is not to be trusted."""


@dataclass(frozen=True)
class Table:
    """The rows of a table; `columns` in the order of the header."""

    file: str
    columns: tuple[str, ...] = ()
    rows: list[Row] = field(default_factory=list)


def read_table(path: Path, columns: Mapping[str, Column], problems: list[Problem], extra: bool = False) -> Table:
    """The rows of a file; what is wrong is added to `problems`. With `extra`, unknown columns are kept instead of refused."""
    text = read_text(path, problems)
    if text is None:
        return Table(path.name)
    return parse_table(text, path.name, columns, problems, extra)


def parse_table(text: str, file: str, columns: Mapping[str, Column], problems: list[Problem], extra: bool = False) -> Table:
    """The rows of the text of a table; see `read_table`."""
    separator = _separator(text, columns)
    records = _records(text, file, separator, problems)
    line, header = next(records, (0, []))
    if not any(cell.strip() for cell in header):
        problems.append(Problem(file, 0, "the file is empty", f"its first line must name the columns: {_required(columns)}"))
        return Table(file)
    names = [cell.strip() for cell in header]
    while names and not names[-1]:
        names.pop()
    problems.extend(_header_problems(names, file, line, columns, extra))
    known = tuple(dict.fromkeys(n for n in names if n in columns or (extra and n)))
    sheet = _Sheet(file, names, len(header), known, columns, separator, _Numbers(text if separator != "," else ""), problems)
    return Table(file, known, [sheet.row(at, cells) for at, cells in records])


def _required(columns: Mapping[str, Column]) -> str:
    return ", ".join(name for name, column in columns.items() if column.required)


def _separator(text: str, columns: Collection[str]) -> str:
    """The separator that finds most known columns in the first line that is not blank."""
    first = next((line for line in io.StringIO(text) if line.strip()), "")
    return max(SEPARATORS, key=lambda s: (sum(name.strip().strip('"') in columns for name in first.split(s)), s == ","))


def _records(text: str, file: str, separator: str, problems: list[Problem]) -> Iterator[tuple[int, list[str]]]:
    """(first line, cells) of every record that is not blank; a broken quote ends the reading with a problem."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    last = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problems.append(
                Problem(
                    file, last + 1, f"a quoted cell that begins here is not closed properly ({error})", 'close it with ", write " inside a cell as ""'
                )
            )
            return
        line, last = last + 1, reader.line_num
        if any(cell.strip() for cell in cells):
            yield line, cells


def _header_problems(names: list[str], file: str, line: int, columns: Mapping[str, Column], extra: bool) -> Iterator[Problem]:
    """Duplicate, unnamed, unknown and missing columns."""
    missing = [name for name, column in columns.items() if column.required and name not in names]
    unknown = [name for name in names if name and name not in columns]
    for i, name in enumerate(names):
        if not name:
            yield Problem(file, line, f"column {i + 1} has no name", "name it or delete it")
        elif name in names[:i]:
            yield Problem(file, line, f"column '{name}' is given twice", "keep one of the two")
        elif name not in columns and not extra:
            yield Problem(file, line, f"unknown column '{name}'", nearest(name, [c for c in columns if c not in names] or columns))
    for name in missing:
        found = similar(name, unknown, 0.7) or next((u for u in unknown if u.startswith(name)), None)
        remedy = f"rename '{found}'" if found else "add it" if len(names) > 1 else "separate the cells by , or ; or tab"
        yield Problem(file, line, f"column '{name}' is missing", remedy)


@dataclass(frozen=True)
class _Sheet:
    """What the rows of one file have in common."""

    file: str
    names: list[str]
    width: int
    """Cells of the header, unnamed ones at its end included."""
    known: tuple[str, ...]
    columns: Mapping[str, Column]
    separator: str
    numbers: _Numbers
    problems: list[Problem]

    def row(self, line: int, cells: list[str]) -> Row:
        """One row with its numbers written with a decimal point."""
        values = [cell.strip() for cell in cells]
        # spreadsheets export empty columns; but only as many as in the header, since 98,000 shifts a row by one cell
        while len(self.names) < len(values) <= self.width and not values[-1]:
            values.pop()
        found: dict[str, str] = {}
        for name, value in zip(self.names, values, strict=False):
            if value and name in self.known:
                found.setdefault(name, value)
        if len(values) != len(self.names):
            self._ragged(line, len(values))
            return Row(line, found, broken=True)
        for name in found:
            if name in self.columns and self.columns[name].number:
                found[name] = self._number(line, name, found[name])
        return Row(line, found)

    def _ragged(self, line: int, n_cells: int) -> None:
        remedy = "fill it up with empty cells"
        if n_cells > len(self.names):
            remedy = f"put cells that contain '{self.separator}' in quotes" + (
                ", and write 98000 rather than 98,000" if self.separator == "," else ""
            )
        self.problems.append(Problem(self.file, line, f"the row has {n_cells} cells, the header has {len(self.names)}", remedy))

    def _number(self, line: int, name: str, text: str) -> str:
        """A number with a decimal point; where it has two readings there is a problem, and the larger one stands in."""
        number = self.numbers.read(text, self.columns[name].below_1000)
        if number is not None:
            return number
        thousands, decimal = re.sub("[,.]", "", text), re.sub("[,.]", self.numbers.decimal_sign, text)
        what = f"{name} '{text}' can be read with a thousands separator or with a decimal one"
        self.problems.append(Problem(self.file, line, what, f"write {thousands} or {decimal.rstrip('0')}0"))
        return thousands


class _Numbers:
    """Reads numbers as one file writes them.

    Thousands separators are taken out where there is one reading only: '98 000', '1,234,567', '1,234.5', '1.234,5'. A single comma before
    exactly three digits ('98,000') is a decimal comma only where the file shows elsewhere that it writes decimal commas.
    """

    def __init__(self, text: str) -> None:
        """text: the file, if its separator leaves the comma free; else empty."""
        cells = (cell for line in text.splitlines() for cell in re.split(r"[;\t]", line)) if text else iter(())
        self.decimal_comma = any(_is_decimal_comma(cell.strip().strip('"')) for cell in cells)
        self.decimal_sign = "," if self.decimal_comma else "."

    def read(self, text: str, below_1000: bool = False) -> str | None:
        """The number with a decimal point; None where it has two readings; the text itself where it is not a number."""
        text = text.replace("\u2212", "-")
        if _SPACED.fullmatch(text):
            text = re.sub(f"[{_SPACES}]", "", text)
        commas, points = text.count(","), text.count(".")
        if not re.fullmatch(r"[-+]?[\d.,]+([eE][-+]?\d+)?", text, re.ASCII):
            return text
        if not commas:
            ambiguous = self.decimal_comma and not below_1000 and re.fullmatch(r"[-+]?[1-9]\d{0,2}\.\d{3}", text)
            if points > 1 and re.fullmatch(r"[-+]?\d{1,3}(\.\d{3})+", text):
                return text.replace(".", "")
            return None if ambiguous else text
        if points:
            return _both_signs(text)
        if commas > 1:
            return text.replace(",", "") if re.fullmatch(r"[-+]?\d{1,3}(,\d{3})+", text) else text
        decimal = below_1000 or self.decimal_comma or not re.fullmatch(r"[-+]?[1-9]\d{0,2},\d{3}", text)
        return text.replace(",", ".") if decimal else None


def _is_decimal_comma(text: str) -> bool:
    """Whether a cell can only be a number with a decimal comma."""
    return bool(re.fullmatch(r"[-+]?(\d+,(\d{1,2}|\d{4,})|0,\d+)", text, re.ASCII))


def _both_signs(text: str) -> str:
    """A number with commas and points: the last sign is the decimal one; the text itself if that does not work out."""
    point_last = text.rindex(".") > text.rindex(",")
    thousands, decimal = (",", ".") if point_last else (".", ",")
    if text.count(decimal) == 1 and re.fullmatch(rf"[-+]?\d{{1,3}}(\{thousands}\d{{3}})+\{decimal}\d+", text, re.ASCII):
        return text.replace(thousands, "").replace(decimal, ".")
    return text


def is_number(text: str) -> bool:
    """Whether a text is a plain number: digits, decimal point, exponent."""
    return bool(_NUMBER.fullmatch(text))


def format_number(value: float) -> str:
    """A number as short as it can be so that reading gives the same number."""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


def format_table(columns: Collection[str], rows: Collection[Mapping[str, str]]) -> str:
    """A table as comma-separated text, lines ending in a line feed; cells that a row does not have are empty."""
    names = list(columns)
    lines = [names, *([row.get(name, "") for name in names] for row in rows)]
    return "".join(",".join(map(_quoted, line)) + "\n" for line in lines)


def _quoted(cell: str) -> str:
    """A cell in quotes where it needs them; the csv module would leave a lone carriage return bare."""
    return '"' + cell.replace('"', '""') + '"' if re.search('[",\r\n]', cell) else cell


def used_columns(columns: Collection[str], rows: Collection[Mapping[str, str]], always: Collection[str]) -> list[str]:
    """Columns in the given order without those that are empty throughout and not in `always`."""
    return [c for c in columns if c in always or any(row.get(c) for row in rows)]
