"""A number of a text."""

from __future__ import annotations

from typing import NamedTuple


class Mention(NamedTuple):
    """A number and what it may be: value bounds, and the offsets of number (`start`, `end`) and of number with words of doubt (`begin`).

    form: count, percent, ratio, share or amount (a bare 'a kilometre' with its unit in `unit`).
    """

    start: int
    end: int
    begin: int
    low: float | None
    high: float | None
    form: str = "count"
    hedge: str = ""
    small: bool = False
    """A number word below ten, or a bare digit: too weak to stand without a noun."""
    unit: str = ""
    cue: str = ""
    """Of a ratio: up, down or times."""
    scale: float = 1.0
    """What its last multiplier amounts to: 1000 of 'three thousand'."""
