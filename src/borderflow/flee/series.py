"""Data series as Flee sees them: divided by hasten, merged, rescaled, looked up. Pure functions of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from borderflow.flee.instance import DataRow, Instance

Table = list[tuple[int, float]]


def tables(instance: Instance) -> list[tuple[str, Table]]:
    """(name, rows) of every row of data_layout.csv, after merging and registration corrections."""
    hasten, fixes = instance.settings.hasten, instance.fixes
    found = [(row.name, _of_row(row, hasten, fixes)) for row in instance.data]
    if "merge" in fixes:
        found = list({name: (name, table) for name, table in reversed(found)}.values())[::-1]
    for correction in instance.corrections:
        for name, table in found:
            if name == correction.name:
                rescale(table, correction.day)
    return found


def _of_row(row: DataRow, hasten: int, fixes: frozenset[str]) -> Table:
    parts = [[(d, c / hasten) for d, c in zip(s.days, s.counts, strict=True)] for s in row.series]
    if "sorted" in fixes:
        parts = [sorted(p, key=lambda r: r[0]) for p in parts]
    merged = parts[0] if parts else []
    for part in parts[1:]:
        merged = _added(merged, part) if "merge" in fixes else merge(merged, part)
    return merged


def merge(one: Table, two: Table) -> Table:
    """Two tables merged in Flee's way: later rows of the first may be lost (formats.md)."""
    if not one:
        return list(two)
    result: Table = []
    p, carried, last = 0, 0.0, len(one) - 1
    for day, value in two:
        while day > one[p][0]:
            result.append((one[p][0], carried + one[p][1]))
            if p == last:
                break
            p += 1
        if day == one[p][0]:
            result.append((day, value + one[p][1]))
            carried = value
            if p < last:
                p += 1
        elif day < one[p][0]:
            result.append((day, value + one[p][1]))
            carried = value
    return result


def _added(one: Table, two: Table) -> Table:
    """Two tables added on every day that either has."""
    return [(d, _between(one, d) + _between(two, d)) for d in sorted({d for d, _ in (*one, *two)})]


def _between(table: Table, day: int) -> float:
    if day <= table[0][0]:
        return table[0][1]
    for (d0, v0), (d1, v1) in pairwise(table):
        if day < d1:
            return v0 + (day - d0) / (d1 - d0) * (v1 - v0)
    return table[-1][1]


def rescale(table: Table, day: int) -> None:
    """All rows before each row of `day` (from the second on) times value there over value before, in place. Raises ZeroDivisionError."""
    for i in range(1, len(table)):
        if table[i][0] == day:
            factor = table[i][1] / table[i - 1][1]
            table[:i] = [(d, v * factor) for d, v in table[:i]]


def value(table: Sequence[tuple[int, float]], day: int) -> int:
    """The count of a day: the first interval in file order that ends after it, truncated."""
    if not table:
        return 0
    if day <= table[0][0]:
        return int(table[0][1])
    for i in range(1, len(table)):
        d1 = table[i][0]
        if day < d1:
            d0, v0 = table[i - 1]
            fraction = float(day - d0) / float(d1 - d0)
            if fraction > 1.0:
                return -1
            return int(v0 + fraction * float(table[i][1] - v0))
    return int(table[-1][1])


def by_day(table: Sequence[tuple[int, float]], days: int) -> list[int]:
    """`value` of days 0 .. days - 1."""
    return [value(table, t) for t in range(days)]
