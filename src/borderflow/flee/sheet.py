"""Lines of Flee's comma-separated files: cells by position, comments, numbers and dates with a problem for what is none."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from borderflow.errors import Problem
from borderflow.io.text import read_text

_WHOLE = re.compile(r"[-+]?\d{1,15}", re.ASCII)
_THOUSANDS = re.compile(r"[-+]?\d{1,3}([, '\u00a0\u202f]\d{3})+", re.ASCII)


@dataclass(frozen=True)
class Line:
    """One line of a file, cells as they stand."""

    sheet: Sheet
    file: str
    number: int
    cells: list[str]
    comment: bool = False

    def cell(self, column: int) -> str:
        """The text of a cell without spaces around it; '' beyond the end."""
        return self.cells[column].strip() if column < len(self.cells) else ""

    def problem(self, what: str, remedy: str) -> None:
        self.sheet.problems.append(Problem(self.file, self.number, what, remedy))

    def whole(self, column: int, what: str) -> int | None:
        """The whole number in a cell, or None with a problem."""
        text = self.cell(column)
        if _WHOLE.fullmatch(text):
            return int(text)
        if _THOUSANDS.fullmatch(text):
            plain = re.sub(r"[^\d+-]", "", text)
            if "thousands" in self.sheet.fixes:
                return int(plain)
            self.problem(f"{what} is '{text}', must be a whole number", f"write {plain}, or remove separators of thousands with --fix thousands")
            return None
        self.problem(f"{what} is '{text}', must be a whole number", "Flee stops here")
        return None

    def number_at(self, column: int, what: str) -> float | None:
        """The number in a cell, or None with a problem."""
        text = self.cell(column)
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if math.isfinite(value):
            return value
        self.problem(f"{what} is '{text}', must be a number", "Flee stops here" if text else "fill the cell")
        return None

    def day(self, column: int, what: str) -> date | None:
        """The date in a cell, or None with a problem."""
        text = self.cell(column)
        try:
            year, month, day = text.split("-")
            return date(int(year), int(month), int(day))
        except (ValueError, OverflowError):
            self.problem(f"{what} is '{text}', must be a date YYYY-MM-DD", "Flee stops here")
            return None


@dataclass(frozen=True)
class Sheet:
    """Opens files; gathers what is wrong with them."""

    problems: list[Problem]
    notices: list[str]
    fixes: frozenset[str]

    def lines(self, path: Path, comments: bool = False, skip_comments: bool = True) -> Iterator[Line]:
        """The lines of a file that are not empty; those that begin with # only if asked for."""
        text = self._text(path)
        if text is None:
            return
        reader = csv.reader(io.StringIO(text, newline=""))
        number = 1
        try:
            for cells in reader:
                at, number = number, reader.line_num + 1
                if not any(c.strip() for c in cells) and len(cells) < 2:
                    continue
                comment = skip_comments and cells[0].startswith("#")
                if not comment or comments:
                    yield Line(self, path.name, at, cells, comment)
        except csv.Error as error:
            self.problems.append(Problem(path.name, number, f"the line cannot be taken apart ({error})", "check its quotes"))

    def _text(self, path: Path) -> str | None:
        text = read_text(path, self.problems)
        if text is None:
            return None
        if path.read_bytes().startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")) and "bom" not in self.fixes:
            self.problems.append(
                Problem(path.name, 1, "the file begins with a byte-order mark, which Flee takes for text", "save it as plain UTF-8, or --fix bom")
            )
        return text
