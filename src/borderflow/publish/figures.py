"""Numbers as a reader sees them: rounded as their uncertainty deserves, the same wherever they stand. English signs; the page translates those."""

from __future__ import annotations

import math
from collections.abc import Sequence


def rounding_step(low: float, high: float, least: float = 0.0) -> float:
    """The step to which a figure with this range deserves to be rounded: 1, 2 or 5 x 10^k, at most a tenth of the range's width.

    least: no finer than this, since there are no halves of people.
    """
    width = abs(high - low)
    size = max(abs(low), abs(high))
    target = max(width / 10, size / 1000)
    if target <= 0:
        return max(1.0, least)
    power = 10.0 ** math.floor(math.log10(target))
    return max(least, *(step * power for step in (1, 2, 5) if step * power <= target * (1 + 1e-9)))


def finest(unit: str) -> float:
    """The finest step in which a quantity of this unit makes sense to a reader: whole people and vehicles, tenths of hours; 0 where any does."""
    if unit == "hours":
        return 0.1
    return 1.0 if unit.startswith(("people", "men", "vehicles", "cars", "lorries", "parties")) else 0.0


def in_steps(value: float, step: float) -> str:
    """A value rounded to a multiple of the step, with thousands separators and no more decimals than the step has."""
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    text = f"{round(value / step) * step:,.{decimals}f}"
    return text.replace("-", "−") if text.strip("-0.,") else "0"


def rounded(values: Sequence[float], least: float = 0.0) -> list[str]:
    """Values of one distribution rounded alike, as the range between the first and the last deserves, no finer than `least`."""
    step = rounding_step(values[0], values[-1], least)
    return [in_steps(v, step) for v in values]


def signed(value: float, step: float) -> str:
    """A difference rounded to a multiple of the step, with its sign; 0 has none."""
    text = in_steps(value, step)
    return text if value <= 0 or text == "0" else f"+{text}"


def plain(value: float) -> str:
    """A stated value in full, with thousands separators."""
    return (f"{value:,.0f}" if value == round(value) else f"{value:,.6g}").replace("-", "−")


def percent(share: float) -> str:
    """A probability in whole per cent; never a certainty that it is not."""
    if 0 < share < 0.01:
        return "<\u00a01\u00a0%"
    if 0.99 < share < 1:
        return ">\u00a099\u00a0%"
    return f"{100 * share:.0f}\u00a0%"
