"""Figures that a text gives more than once: as they stand, or rounded in one place and exact in another."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import NamedTuple

_AMOUNT = re.compile(r"(?<![\w.,])(?:\d{1,3}(?:[ ,.\u00a0']\d{3})+(?![\d])|\d+(?:[.,]\d+)?)(?: ?(million|mln|m\b|thousand|k\b|тыс|млн))?")
_SIGNS = re.compile(r"[ ,.\u00a0']")
_APART = re.compile("[ \u00a0']")
_SCALES = {"million": 1e6, "mln": 1e6, "m": 1e6, "млн": 1e6, "thousand": 1e3, "k": 1e3, "тыс": 1e3}
_ROUNDED = 0.04
"""The largest difference, as a share, between a figure and what it is rounded to."""
_SMALLEST, _SMALLEST_ROUNDED = 100.0, 1000.0
"""Smaller figures stand twice by chance."""
_MOST, _BESIDE = 3, 4
"""The most places that are told, and how many are looked at on either side in the order of values."""


class Twin(NamedTuple):
    """Where a figure stands again, and whether in the same digits."""

    start: int
    same: bool


class Twins:
    """The amounts of a text. low: its shadow (`passages.shadow`)."""

    def __init__(self, low: str) -> None:
        self._found = sorted(x for m in _AMOUNT.finditer(low) if (x := (_value(m), m.start()))[0] >= _SMALLEST)

    def of(self, value: float, start: int) -> list[Twin]:
        """Where a value of at least 100 stands elsewhere than at an offset: the same first, then what is nearest in value; at most three."""
        found = self._found
        if value < _SMALLEST or len(found) < 2:
            return []
        width = _ROUNDED * value if value >= _SMALLEST_ROUNDED else 0.0
        i = bisect_left(found, (value, start))
        beside = found[max(0, i - _BESIDE) : i + _BESIDE + 1]  # of a figure that stands everywhere, those next to it
        near = sorted((abs(other - value), abs(at - start), at) for other, at in beside if at != start and abs(other - value) <= width)
        return [Twin(at, apart == 0.0) for apart, _, at in near[:_MOST]]


def _value(m: re.Match[str]) -> float:
    digits, scale = m[0], 1.0
    if m[1]:
        digits, scale = m[0][: m.start(1) - m.start()].rstrip(), _SCALES[m[1]]
    groups = _SIGNS.split(digits)
    if len(groups) > 1 and all(len(g) == 3 for g in groups[1:]) and not (scale > 1.0 and len(groups) == 2):
        return float("".join(groups)) * scale
    if len(groups) > 2:
        return 0.0
    return float(_APART.sub("", digits).replace(",", ".")) * scale
