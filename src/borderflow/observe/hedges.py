"""From the words of a claim to an interval: bounds, 'about', 'nearly', ranges, and the rounding of a plain number."""

from __future__ import annotations

import math
import re
from typing import NamedTuple

from borderflow.evidence.claim import Claim

LOWER = re.compile(r"\b((no|not) (less than|fewer than|under|below)|more than|over|at least|above|exceed\w*|upwards of)\b")
UPPER = re.compile(r"\b((no|not) (more than|over|above|exceed\w*)|up to|less than|fewer than|at most|(?<!just )(under|below))\b")
NEARLY = re.compile(r"\b(almost|nearly|close to|just under|just below)\b")
ABOUT = re.compile(r"\b(about|some|roughly|around|approximately|circa|estimated)\b|^~")
NEARLY_FROM = 0.9
ROUGHEST = 0.1
"""A plain number is rounded to at most this share of itself: 10,000 is read as 9,500 to 10,500."""


class Interval(NamedTuple):
    """What a claim says of its quantity: from low to high, -inf or +inf where it says nothing."""

    low: float
    high: float

    @property
    def one_sided(self) -> bool:
        """Whether the claim is a bound only."""
        return math.isinf(self.low) or math.isinf(self.high)


def rounding_unit(value: float, flow: str) -> float:
    """The unit to which a speaker rounds: hours to half days, whole-number ratios to one, others to the last digit that is not 0."""
    size = abs(value)
    if size == 0.0:
        return 1.0
    if flow == "duration":
        for unit in (24.0, 12.0, 6.0):
            if size % unit == 0.0 and size > unit:
                return unit / 2.0
        return 1.0 if size >= 2.0 else 0.5
    if flow in ("ratio", "share") or size < 2.0:
        digits = max(0, -math.floor(math.log10(size)) + 1)
        return 1.0 if size == int(size) else float(10.0**-digits)
    unit = 1.0
    while size % (unit * 10.0) == 0.0 and unit * 10.0 <= ROUGHEST * size:
        unit *= 10.0
    return unit


def bound_of(words: str) -> str:
    """Whether words of doubt name a 'lower' bound, an 'upper' one, or '' for none or both; 'no more than' is an upper one."""
    lower, upper = LOWER.search(words), UPPER.search(words)
    if lower and upper:
        overlap = lower.start() < upper.end() and upper.start() < lower.end()
        return "" if not overlap else "lower" if lower.start() < upper.start() else "upper"
    return "lower" if lower else "upper" if upper else ""


def interval(claim: Claim) -> Interval:
    """The interval that a claim states; a bound-type hedge wins over two equal values."""
    low, high = claim.value_low, claim.value_high
    words = claim.hedge.lower()
    bound = bound_of(words)
    if low is not None and high is not None and low == high:
        if bound == "lower":
            return Interval(low, math.inf)
        if bound == "upper":
            return Interval(-math.inf, high)
        if NEARLY.search(words):
            ends = sorted((NEARLY_FROM * high, high))
            return Interval(ends[0], ends[1])
        half = rounding_unit(high, _flow(claim)) / 2.0
        if ABOUT.search(words) and _flow(claim) != "ratio":
            half *= 2.0
        return Interval(low - half, high + half)
    if low is not None and high is not None:
        return {"lower": Interval(low, math.inf), "upper": Interval(-math.inf, high)}.get(bound, Interval(low, high))
    return Interval(-math.inf if low is None else low, math.inf if high is None else high)


def _flow(claim: Claim) -> str:
    return "ratio" if claim.unit == "ratio" else claim.flow
