"""A claim as it is proposed from a text: the columns of claims.csv, the offsets of its quote, and the rule that made it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

__all__ = ["Other", "Proposal", "cells", "day_cell", "replace"]

PERSONS_PER_FAMILY = (2.0, 8.0)
"""Persons that a family stands for, low and high, over the countries that reports speak of."""


class Other(NamedTuple):
    """A place or window that a claim may have instead: the cells that would change, by column, and the chance in [0, 1] that this is right."""

    cells: tuple[tuple[str, str], ...]
    chance: float


@dataclass(frozen=True)
class Proposal:
    """One proposed claim. Dates are inclusive; None = unknown. status: candidate, or context for numbers that are no claims."""

    claim_id: str
    as_of: date | None
    quantity_kind: str
    value_low: float | None
    value_high: float | None
    unit: str
    flow: str
    place: str
    window_start: date | None
    window_end: date | None
    quote: str
    start: int
    end: int
    hedge: str = ""
    direction: str = ""
    mode: str = ""
    who: str = ""
    place_text: str = ""
    country: tuple[str, ...] = ()
    source: str = ""
    standing: str = ""
    """official, press or anecdote"""
    confidence: str = ""
    rule: str = ""
    status: str = "candidate"
    note: str = ""
    duplicate_of: str = ""
    sentence: tuple[int, int] = field(default=(0, 0))
    other_places: tuple[Other, ...] = ()
    other_windows: tuple[Other, ...] = ()
    """The likeliest first; only where `extract` was asked for them."""


def cells(p: Proposal, reference: str = "") -> dict[str, str | int | float | None]:
    """A proposal by the column names of claims.csv, and `start`, `end`, `standing`, `rule`; of families also the persons they imply."""
    row: dict[str, str | int | float | None] = {
        "claim_id": p.claim_id,
        "as_of": day_cell(p.as_of),
        "window_start": day_cell(p.window_start),
        "window_end": day_cell(p.window_end),
        "quantity_kind": p.quantity_kind,
        "value_low": _plain(p.value_low),
        "value_high": _plain(p.value_high),
        "hedge": p.hedge,
        "unit": p.unit,
        "flow": p.flow,
        "direction": p.direction,
        "mode": p.mode,
        "who": p.who,
        "place_text": p.place_text,
        "place_canonical": p.place,
        "country": ";".join(p.country),
        "source_attribution": p.source,
        "provenance": p.standing,
        "reference": reference,
        "confidence": p.confidence,
        "note": p.note,
        "quote": p.quote,
        "status": p.status,
        "duplicate_of": p.duplicate_of,
        "start": p.start,
        "end": p.end,
        "rule": p.rule,
    }
    if p.unit == "families":
        low, high = PERSONS_PER_FAMILY
        row["people_low"] = None if p.value_low is None else _plain(p.value_low * low)
        row["people_high"] = None if p.value_high is None else _plain(p.value_high * high)
    return row


def day_cell(day: date | None) -> str:
    """A day as a cell of claims.csv; empty where it is unknown."""
    return day.isoformat() if day else ""


def _plain(value: float | None) -> int | float | None:
    """A number without a needless fraction."""
    if value is None:
        return None
    return int(value) if value == int(value) else round(value, 4)
