"""The contract's CSV files as bytes, from arrays and dicts: utf-8, `\\n`, the same bytes for the same numbers.

One place for column names and number formats. What does not belong here: writing to disk, deciding what to forecast.
A value that is undefined in a draw (the mean wait of a day on which nobody crossed) is NaN; quantiles are then of the draws in which it is defined.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from borderflow.forecast.scores import QUANTILES

Array = NDArray[np.float64]
Draws = Mapping[tuple[str, str], Array]
"""(location, target) → draws by day, (n_draws, n_days); the first day is the one after the reference date."""

HUB_COLUMNS = ("reference_date", "target", "horizon", "location", "target_end_date", "output_type", "output_type_id", "value")
SCENARIO_COLUMNS = ("scenario", *HUB_COLUMNS)
EFFECT_COLUMNS = ("scenario", "location", "target", "horizon", "date", "q10", "q50", "q90")
EXCEEDANCE_COLUMNS = ("location", "target", "above", "date", "probability", "probability_by_then")
HISTORY_COLUMNS = ("location", "target", "date", "q05", "q10", "q25", "q50", "q75", "q90", "q95")
SCORES_COLUMNS = (
    "claim_id", "status", "why", "observed_low", "observed_high", "q025", "q10", "q25", "q50", "q75", "q90", "q975", "pit", "p_true",
    "in50", "in80", "in95", "crps", "wis", "wis_last_value", "wis_weekly_naive", "wis_decay_fit", "wis_queue_at_constant_rate",
)  # fmt: skip
CLAIMS_FIT_COLUMNS = (
    "claim_id", "status", "why", "observed_low", "observed_high", "q025", "q05", "q25", "q50", "q75", "q95", "q975", "pit", "p_true",
    # what the page needs beyond the contract; `location` and `target` name the forecast series that the claim speaks of, if any
    "source", "quantity_kind", "place", "window_start", "window_end", "quote", "reference",
    "direction", "mode", "who", "unit", "flow", "location", "target",
)  # fmt: skip


def number(value: Any) -> str:
    """A value as the text of a CSV cell: whole numbers in full, other numbers to 6 significant digits, missing as empty."""
    if value is None:
        return ""
    if isinstance(value, bool | np.bool_):
        return "1" if value else "0"
    if isinstance(value, int | np.integer):
        return str(int(value))
    if isinstance(value, float | np.floating):
        return _float(float(value))
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value)


def _float(x: float) -> str:
    """The shortest text of x to 6 significant digits; NaN is empty, -0 is 0."""
    if math.isnan(x):
        return ""
    if x.is_integer() and abs(x) < 1e15:
        return str(int(x))
    x = float(f"{x:.6g}")
    return str(int(x)) if x.is_integer() and abs(x) < 1e15 else repr(x)


def to_csv(columns: Sequence[Any], rows: Iterable[Sequence[Any]]) -> bytes:
    """A CSV file with a header; every row must have as many cells as there are columns."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([number(c) for c in columns])
    width = len(columns)
    for row in rows:
        if len(row) != width:
            raise ValueError(f"a row of {len(row)} cells does not fit the {width} columns {', '.join(columns)}")
        writer.writerow([number(v) for v in row])
    return out.getvalue().encode("utf-8")


def dicts_to_csv(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """A CSV file from dicts; missing keys are empty cells, unknown keys an error, so that no figure is lost silently."""
    return to_csv(columns, (_cells(columns, row) for row in rows))


def _cells(columns: Sequence[str], row: Mapping[str, Any]) -> list[Any]:
    unknown = [key for key in row if key not in columns]
    if unknown:
        raise ValueError(f"unknown columns {', '.join(unknown)}; expected {', '.join(columns)}")
    return [row.get(key) for key in columns]


# ---------------------------------------------------------------- forecasts


def _quantiles(draws: Array) -> Array:
    """Quantiles at the 23 levels of each day over the draws in which the value is defined, (23, n_days); NaN where it never is."""
    x = np.asarray(draws, dtype=np.float64)
    if x.ndim != 2:
        raise ValueError(f"draws must have the shape (n_draws, n_days), not {x.shape}")
    if np.isfinite(x).all() and x.shape[0]:
        return np.asarray(np.quantile(x, QUANTILES, axis=0))
    out = np.full((len(QUANTILES), x.shape[1]), math.nan)
    for day in range(x.shape[1]):
        defined = x[np.isfinite(x[:, day]), day]
        if defined.size:
            out[:, day] = np.quantile(defined, QUANTILES)
    return out


def _hub(reference_date: date, targets: Draws, before: tuple[str, ...] = ()) -> Iterator[str]:
    """Lines in hub form after the cells `before`, in the order of `targets`, then by horizon and level; days without a value are left out.

    Text is built at once, because scenarios make hundreds of thousands of rows.
    """
    levels = [number(level) for level in QUANTILES]
    for (location, target), draws in targets.items():
        quantiles = _quantiles(draws)
        for day in range(quantiles.shape[1]):
            if math.isnan(quantiles[0, day]):
                continue
            end = reference_date + timedelta(days=day + 1)
            start = _line((*before, reference_date, target, day + 1, location, end, "quantile"))
            values = quantiles[:, day].tolist()
            yield "".join([f"{start},{level},{_float(value)}\n" for level, value in zip(levels, values, strict=True)])


def _line(cells: Sequence[Any]) -> str:
    """Cells as one line of CSV, without its end."""
    return to_csv(cells, ()).decode("utf-8")[:-1]


def forecast_rows(reference_date: date, targets: Draws) -> bytes:
    """forecast.csv: 23 quantiles of every target by day, horizon 1 = the day after `reference_date`."""
    return "".join([_line(HUB_COLUMNS) + "\n", *_hub(reference_date, targets)]).encode("utf-8")


def scenario_rows(reference_date: date, scenarios: Mapping[str, Draws]) -> bytes:
    """scenarios.csv: as forecast.csv, for each scenario by name."""
    blocks = (block for name, targets in scenarios.items() for block in _hub(reference_date, targets, (name,)))
    return "".join([_line(SCENARIO_COLUMNS) + "\n", *blocks]).encode("utf-8")


def difference_rows(reference_date: date, scenarios: Mapping[str, Draws], headline: Draws) -> bytes:
    """differences.csv: quantiles of scenario - headline, draw by draw (same draw, same luck).

    Raises ValueError when a scenario's draws do not pair with the headline's.
    """
    differences = {name: {key: _paired(name, key, draws, headline) for key, draws in targets.items()} for name, targets in scenarios.items()}
    return scenario_rows(reference_date, differences)


def effect_rows(reference_date: date, scenarios: Mapping[str, Draws], nothing_new: Draws, horizons: Sequence[int]) -> bytes:
    """effects.csv: low, likely and high of scenario - nothing new, draw by draw, on the days `horizons`. Raises ValueError as `difference_rows`."""
    return to_csv(EFFECT_COLUMNS, _effects(reference_date, scenarios, nothing_new, horizons))


def _effects(reference_date: date, scenarios: Mapping[str, Draws], nothing_new: Draws, horizons: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    at = [QUANTILES.index(level) for level in (0.1, 0.5, 0.9)]
    for name, targets in scenarios.items():
        for key, draws in targets.items():
            quantiles = _quantiles(_paired(name, key, draws, nothing_new))[at]
            for h in horizons:
                if not math.isnan(quantiles[0, h - 1]):
                    yield name, *key, h, reference_date + timedelta(days=h), *quantiles[:, h - 1].tolist()


def _paired(name: str, key: tuple[str, str], draws: Array, other: Draws) -> Array:
    base = other.get(key)
    if base is None or base.shape != draws.shape:
        raise ValueError(f"scenario {name!r}: draws of {key[1]} at {key[0]} do not pair with those compared with")
    return np.asarray(draws, dtype=np.float64) - base


def exceedance_rows(reference_date: date, thresholds: Iterable[tuple[str, str, float]], targets: Draws) -> bytes:
    """exceedance.csv: for each (location, target, above) and day, the probability that the value is above, on that day and on any day up to it.

    A day without a value (nobody crossed) is not above. Thresholds without a forecast are left out.
    """
    return to_csv(EXCEEDANCE_COLUMNS, _exceedance(reference_date, thresholds, targets))


def _exceedance(reference_date: date, thresholds: Iterable[tuple[str, str, float]], targets: Draws) -> Iterator[tuple[Any, ...]]:
    for location, target, above in thresholds:
        draws = targets.get((location, target))
        if draws is None:
            continue
        over = np.asarray(draws) > above
        on_day, by_then = over.mean(axis=0), np.logical_or.accumulate(over, axis=1).mean(axis=0)
        for day in range(over.shape[1]):
            yield location, target, above, reference_date + timedelta(days=day + 1), float(on_day[day]), float(by_then[day])


def history_rows(first_day: date, targets: Draws) -> bytes:
    """history.csv: seven quantiles of every target on the days before the reference date; column 0 of the draws is `first_day`."""
    return to_csv(HISTORY_COLUMNS, _history(first_day, targets))


def _history(first_day: date, targets: Draws) -> Iterator[tuple[Any, ...]]:
    at = [QUANTILES.index(level) for level in (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)]
    for (location, target), draws in targets.items():
        quantiles = _quantiles(draws)[at]
        for day in range(quantiles.shape[1]):
            if not math.isnan(quantiles[0, day]):
                yield location, target, first_day + timedelta(days=day), *quantiles[:, day].tolist()


# ---------------------------------------------------------------- the rest


def posterior_rows(names: Sequence[str], draws: Array, weights: Array | None = None) -> bytes:
    """posterior.csv: one row a draw; draws (n_draws, n_unknowns), weights (n_draws,) that sum to 1 (equal when None)."""
    x = np.asarray(draws, dtype=np.float64)
    w = np.full(x.shape[0], 1.0 / max(1, x.shape[0])) if weights is None else np.asarray(weights, dtype=np.float64)
    return to_csv(("draw", "weight", *names), ((i, float(w[i]), *x[i].tolist()) for i in range(x.shape[0])))


def claims_fit_rows(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """claims_fit.csv from dicts with keys among `CLAIMS_FIT_COLUMNS`."""
    return dicts_to_csv(CLAIMS_FIT_COLUMNS, rows)


def scores_rows(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """scores.csv from dicts with keys among `SCORES_COLUMNS`."""
    return dicts_to_csv(SCORES_COLUMNS, rows)


def conservation_rows(first_day: date, parts: Mapping[str, Array], everyone: Array) -> bytes:
    """conservation.csv: where everyone is at the end of each day, and what is missing.

    parts: name → people by day, (n_days,); everyone: people who ever entered the account, (n_days,). Columns: date, the parts, everyone, gap.
    """
    total = np.asarray(everyone, dtype=np.float64)
    columns = {name: np.asarray(values, dtype=np.float64) for name, values in parts.items()}
    gap = sum(columns.values(), np.zeros_like(total)) - total
    rows = ((first_day + timedelta(days=d), *(float(v[d]) for v in columns.values()), float(total[d]), float(gap[d])) for d in range(total.size))
    return to_csv(("date", *columns, "everyone", "gap"), rows)
