"""What people see while a command works and when it is done: progress, summaries, problems.

Results go to stdout, everything else to stderr, so that `--json` can be piped. Libraries that take time to load are
imported where they are used: `borderflow --help` must stay quick.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from borderflow.errors import Problem

ProgressCall = Callable[[str, int, int], None]
"""(stage, done, total): total 0 = not known."""


def say(text: str) -> None:
    """Write one line to stderr."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


@contextmanager
def progress() -> Iterator[ProgressCall]:
    """A callable for the work to report to: a bar with the time that remains on a terminal, else one line a stage."""
    if sys.stderr.isatty():
        with _bar() as call:
            yield call
    else:
        yield _lines()


def _lines() -> ProgressCall:
    """Name each stage once, when it begins."""
    seen: set[str] = set()

    def call(stage: str, done: int, total: int) -> None:
        if stage not in seen:
            seen.add(stage)
            say(f"{stage} ...")

    return call


@contextmanager
def _bar() -> Iterator[ProgressCall]:
    """One bar a stage, with elapsed time and an estimate of what remains."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description:<28}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TimeElapsedColumn(), TimeRemainingColumn())
    tasks: dict[str, TaskID] = {}
    with Progress(*columns, console=Console(stderr=True)) as bars:

        def call(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=total or None)
            bars.update(tasks[stage], completed=done, total=total or None)

        yield call


def report_problems(problems: Sequence[Problem]) -> None:
    """Every problem on its own line of stderr, and how many there are."""
    for problem in problems:
        say(str(problem))
    n = len(problems)
    say(f"{n} problem{'' if n == 1 else 's'}; nothing was written")


def plain(value: Any) -> Any:
    """`value` in the types of JSON; a number that is not finite becomes null, since JSON has no word for it."""
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(v) for v in (sorted(value) if isinstance(value, (set, frozenset)) else value)]
    if isinstance(value, (date, Path)):
        return value.isoformat() if isinstance(value, date) else str(value)
    if hasattr(value, "tolist"):  # arrays and scalars of numpy, without importing it
        return plain(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def rounded(value: float, digits: int = 3) -> str:
    """`value` with `digits` significant digits, thousands separated, never in powers of ten.

    >>> rounded(12345.6), rounded(0.0123456), rounded(41)
    ('12,300', '0.0123', '41')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if not math.isfinite(value):
        return "-"
    if value == 0:
        return "0"
    places = digits - 1 - math.floor(math.log10(abs(value)))
    text = f"{round(value, places):,.{max(places, 0)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def to_json(summary: Mapping[str, Any]) -> str:
    """One JSON object on one line."""
    return json.dumps(plain(summary), ensure_ascii=False, allow_nan=False) + "\n"


def show(summary: Mapping[str, Any], as_json: bool) -> None:
    """Print the summary of a command on stdout: as one JSON object, or as aligned lines for people."""
    content = plain(summary)
    if as_json:
        sys.stdout.write(to_json(summary))
        return
    rows = list(_rows(content))
    width = max((len(name) for name, _ in rows), default=0)
    for name, text in rows:
        sys.stdout.write(f"{name:<{width}}  {text}".rstrip() + "\n")


def _rows(content: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """(name, text) of every entry that says something; entries of inner objects are named `outer inner`."""
    for key, value in content.items():
        name = f"{prefix}{key}".replace("_", " ")
        if isinstance(value, dict):
            yield from _rows(value, f"{name} ")
        elif isinstance(value, list):
            yield from _list_rows(name, value)
        elif key == "seed":  # a name, not an amount
            yield name, str(value)
        elif value is not None and value != "":
            yield name, _text(value)


def _list_rows(name: str, values: list[Any]) -> Iterator[tuple[str, str]]:
    """A list of short values on one line; longer things one a line."""
    texts = [_text(v) for v in values]
    if sum(map(len, texts)) <= 100:
        yield name, ", ".join(texts) or "none"
    else:
        for i, text in enumerate(texts):
            yield (name if i == 0 else "", text)


def _text(value: Any) -> str:
    if isinstance(value, (bool, int, float)):
        return rounded(value)
    if isinstance(value, dict):
        return ", ".join(f"{k} {_text(v)}" for k, v in value.items())
    if isinstance(value, list):
        return ", ".join(_text(v) for v in value)
    return "-" if value is None else str(value)
