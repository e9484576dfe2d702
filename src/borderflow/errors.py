"""The errors that a caller of borderflow may want to catch."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong with the input: where it stands, what it is, what was expected and the remedy."""

    file: str
    line: int
    """1-based; 0 when the problem is the file itself."""
    what: str
    """The object, its value and the expectation, as one sentence without a full stop."""
    remedy: str = ""

    def __str__(self) -> str:
        where = f"{self.file} line {self.line}" if self.line else self.file
        return f"{where}: {self.what}" + (f"; {self.remedy}" if self.remedy else "")


class BorderflowError(Exception):
    """Root of all errors that borderflow raises on purpose."""


class InputError(BorderflowError):
    """The input has problems; `problems` lists every one of them, sorted by file and line."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(problems)
        super().__init__("\n".join(str(p) for p in self.problems))
